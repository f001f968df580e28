"""A purpose of consent more: certificates handed to a school or a company; the texts of new purposes come to installations that have the old ones."""

from django.db import migrations, models

from doorstep.hub.people.vocabulary import CONSENTS


def bring_texts(apps, schema_editor):
    texts = apps.get_model("people", "ConsentText").objects
    if texts.exists():
        for purpose, version, text, text_en in CONSENTS:
            texts.get_or_create(purpose=purpose, version=version, defaults={"text": text, "text_en": text_en})


class Migration(migrations.Migration):
    dependencies = [("people", "0004_consent_of_position")]

    operations = [
        migrations.AlterField(
            model_name="consenttext",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("service", "为办这件事使用信息"), ("proxy", "请别人代为提出"), ("health", "使用健康或残疾情况"), ("minor", "未成年人参加志愿服务"),
                    ("publication", "公开姓名或故事"), ("certificate", "把志愿服务证明交给学校或单位"), ("position", "签到时手机说一声在不在附近"),
                ],
                max_length=15,
            ),
        ),
        migrations.RunPython(bring_texts, migrations.RunPython.noop),
    ]  # fmt: skip
