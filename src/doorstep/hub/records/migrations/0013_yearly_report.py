"""The yearly report as a district published it."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_residence_and_national_number"),
        ("records", "0012_stars"),
    ]

    operations = [
        migrations.CreateModel(
            name="YearlyReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField()),
                ("figures", models.JSONField(help_text="language to the whole report in words and figures")),
                ("published_at", models.DateTimeField()),
                ("entry", models.BigIntegerField(null=True, unique=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, help_text="why it was taken back", max_length=200)),
                ("district", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.place")),
                (
                    "published_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
            ],
            options={
                "ordering": ["-year", "-published_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)), fields=("district", "year"), name="one_report_a_year"
                    )
                ],
            },
        ),
    ]
