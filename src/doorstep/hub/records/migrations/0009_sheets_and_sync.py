"""Each table that leaves or comes in has its own columns; awards and evaluations leave too, and say where they stand with the other system."""

import django.db.models.deletion
from django.db import migrations, models


def belongs_to_its_district(apps, schema_editor):
    """Where there is one district, the columns that were changed are its own."""
    places = apps.get_model("people", "Place").objects.filter(kind="district")
    if places.count() == 1:
        apps.get_model("records", "ColumnMap").objects.filter(district=None).update(district=places.get())


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_residence_and_national_number"),
        ("records", "0008_corrections_of_kind_and_break"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="columnmap",
            options={"ordering": ["pk"]},
        ),
        migrations.AddField(
            model_name="award",
            name="sync",
            field=models.CharField(
                choices=[
                    ("not_sent", "没有报送"),
                    ("exported", "已导出，等对方收录"),
                    ("synced", "全国系统已收录"),
                    ("returned", "对方退回"),
                ],
                default="not_sent",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="columnmap",
            name="district",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.place"),
        ),
        migrations.AddField(
            model_name="columnmap",
            name="sheet",
            field=models.CharField(
                choices=[
                    ("service", "服务和培训"),
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
        migrations.AddField(
            model_name="evaluation",
            name="sync",
            field=models.CharField(
                choices=[
                    ("not_sent", "没有报送"),
                    ("exported", "已导出，等对方收录"),
                    ("synced", "全国系统已收录"),
                    ("returned", "对方退回"),
                ],
                default="not_sent",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="shipment",
            name="sheet",
            field=models.CharField(
                choices=[("service", "服务和培训"), ("awards", "表彰"), ("evaluations", "评价")], default="service", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="shipped",
            name="award",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="shipped", to="records.award"),
        ),
        migrations.AddField(
            model_name="shipped",
            name="evaluation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="shipped", to="records.evaluation"
            ),
        ),
        migrations.AlterField(
            model_name="columnmap",
            name="name",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="shipped",
            name="hours",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="shipped", to="records.hours"),
        ),
        migrations.AddConstraint(
            model_name="columnmap",
            constraint=models.UniqueConstraint(fields=("district", "sheet"), name="one_map_a_sheet"),
        ),
        migrations.AddConstraint(
            model_name="shipped",
            constraint=models.UniqueConstraint(fields=("shipment", "award"), name="award_shipped_once_a_file"),
        ),
        migrations.AddConstraint(
            model_name="shipped",
            constraint=models.UniqueConstraint(fields=("shipment", "evaluation"), name="evaluation_shipped_once_a_file"),
        ),
        migrations.AddConstraint(
            model_name="shipped",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award", None), ("evaluation", None), ("hours__isnull", False)),
                    models.Q(("award__isnull", False), ("evaluation", None), ("hours", None)),
                    models.Q(("award", None), ("evaluation__isnull", False), ("hours", None)),
                    _connector="OR",
                ),
                name="shipped_is_one_record",
            ),
        ),
        migrations.RunPython(belongs_to_its_district, migrations.RunPython.noop),
    ]
