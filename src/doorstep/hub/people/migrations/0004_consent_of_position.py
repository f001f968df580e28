"""A purpose of consent more: that the phone says whether it is near."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_help_texts")]

    operations = [
        migrations.AlterField(
            model_name="consenttext",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("service", "为办这件事使用信息"), ("proxy", "请别人代为提出"), ("health", "使用健康或残疾情况"),
                    ("minor", "未成年人参加志愿服务"), ("publication", "公开姓名或故事"), ("position", "签到时手机说一声在不在附近"),
                ],
                max_length=15,
            ),
        )
    ]  # fmt: skip
