"""Keeps whose word a refusal is; of those written down before nobody knows, so the home is asked where there is one."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def ask_the_homes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    visits = apps.get_model("scheduling", "Slot").objects.filter(household__isnull=False)
    apps.get_model("scheduling", "Refusal").objects.filter(slot__in=visits).update(of_home=True)


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0007_advice_replaced"),
    ]

    operations = [
        migrations.AddField(
            model_name="refusal",
            name="of_home",
            field=models.BooleanField(default=False, help_text="the home's own word, taken back by the home alone"),
        ),
        migrations.RunPython(ask_the_homes, migrations.RunPython.noop),
    ]
