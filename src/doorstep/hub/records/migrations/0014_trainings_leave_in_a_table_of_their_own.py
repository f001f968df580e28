"""Trainings leave in a table of their own; each line of a file keeps whether it took something back and what the other system did with it."""

from django.db import migrations, models
from django.db.models import F, Q


def as_they_left(apps, schema_editor):
    """What the lines that left had said and were answered. Trainings that had left as service were never there as trainings: they wait anew,
    and the table of service takes them back."""
    lines = apps.get_model("records", "Shipped").objects
    for key in ("hours", "award", "evaluation"):
        as_now = lines.filter(entry=F(f"{key}__entry")).exclude(**{key: None})
        as_now.filter(**{f"{key}__sync": "synced"}).update(taken=True)
        as_now.filter(**{f"{key}__sync": "returned"}).update(taken=False)
        gone = Q(hours__block="none") | Q(hours__left=F("hours__came")) if key == "hours" else Q(**{f"{key}__struck": True})
        as_now.filter(gone).update(struck=True)
    apps.get_model("records", "Hours").objects.filter(block="training").exclude(sync="not_sent").update(sync="not_sent")


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_yearly_report"),
    ]

    operations = [
        migrations.AlterField(
            model_name="columnmap",
            name="sheet",
            field=models.CharField(
                choices=[
                    ("service", "服务"),
                    ("training", "培训"),
                    ("awards", "表彰"),
                    ("evaluations", "评价"),
                    ("earlier", "别处转来的时长"),
                    ("answers", "对方的回话"),
                    ("numbers", "全国志愿者编号"),
                ],
                default="service",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="shipment",
            name="sheet",
            field=models.CharField(
                choices=[("service", "服务"), ("training", "培训"), ("awards", "表彰"), ("evaluations", "评价")],
                default="service",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="shipped",
            name="struck",
            field=models.BooleanField(default=False, help_text="it left to take back what this table had said before"),
        ),
        migrations.AddField(
            model_name="shipped",
            name="taken",
            field=models.BooleanField(help_text="what the other system did with this line; nothing: it has not answered", null=True),
        ),
        migrations.RunPython(as_they_left, migrations.RunPython.noop),
    ]
