"""Stars: announced inside the unit, objected to, granted and kept with the day and the scheme."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_residence_and_national_number"),
        ("records", "0011_amendments"),
    ]

    operations = [
        migrations.CreateModel(
            name="StarAward",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("star", models.PositiveSmallIntegerField()),
                ("scheme", models.CharField(help_text="id@version", max_length=50)),
                ("tenths", models.PositiveIntegerField(help_text="what counted on the day on which it was reached")),
                ("reached_on", models.DateField()),
                ("notice_until", models.DateField(help_text="the last day for an objection")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("notice", "公示中"),
                            ("granted", "评上了"),
                            ("lapsed", "更正以后不够了"),
                            ("refused", "有异议，没有评上"),
                        ],
                        default="notice",
                        max_length=10,
                    ),
                ),
                ("granted_on", models.DateField(null=True)),
                ("words", models.CharField(blank=True, help_text="why it was not granted", max_length=200)),
                ("entry", models.BigIntegerField(null=True, unique=True)),
                (
                    "person",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="stars", to="people.person"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        help_text="the community in which it is announced",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.place",
                    ),
                ),
            ],
            options={
                "ordering": ["-reached_on", "-star"],
            },
        ),
        migrations.CreateModel(
            name="StarObjection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("words", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "等区里查"), ("upheld", "有道理，没有评上"), ("rejected", "查过，没有问题")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person")),
                (
                    "decided_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
                ("star", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="objections", to="records.staraward")),
            ],
            options={
                "ordering": ["at"],
            },
        ),
        migrations.AddIndex(
            model_name="staraward",
            index=models.Index(fields=["unit", "state"], name="records_sta_unit_id_05e4be_idx"),
        ),
        migrations.AddIndex(
            model_name="staraward",
            index=models.Index(fields=["state", "notice_until"], name="records_sta_state_938af3_idx"),
        ),
        migrations.AddConstraint(
            model_name="staraward",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("notice", "granted"))), fields=("person", "star"), name="one_star_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="starobjection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("star", "by"), name="one_open_objection_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="starobjection",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("decided_by")), _negated=True), name="objection_decided_by_another"
            ),
        ),
    ]
