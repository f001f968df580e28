"""What owners say is wrong about awards, evaluations and hours of elsewhere, and what two people change in them and in the words of trainings."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_residence_and_national_number"),
        ("records", "0010_break_on_a_sheet"),
    ]

    operations = [
        migrations.AddField(
            model_name="award",
            name="answer",
            field=models.CharField(blank=True, help_text="why a dispute led to no correction; its owner reads it", max_length=200),
        ),
        migrations.AddField(
            model_name="award",
            name="dispute",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="award",
            name="struck",
            field=models.BooleanField(default=False, help_text="two people found that it should not be there at all"),
        ),
        migrations.AddField(
            model_name="award",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="answer",
            field=models.CharField(blank=True, help_text="why a dispute led to no correction; its owner reads it", max_length=200),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="dispute",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="struck",
            field=models.BooleanField(default=False, help_text="two people found that it should not be there at all"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="transfer",
            name="answer",
            field=models.CharField(blank=True, help_text="why a dispute led to no correction; its owner reads it", max_length=200),
        ),
        migrations.AddField(
            model_name="transfer",
            name="dispute",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="transfer",
            name="struck",
            field=models.BooleanField(default=False, help_text="two people found that it should not be there at all"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("was", models.JSONField(help_text="each fact that two people may change, as it stood")),
                ("said", models.JSONField(help_text="the same facts as they should be")),
                ("struck", models.BooleanField(default=False)),
                ("why", models.CharField(max_length=200)),
                ("answer", models.CharField(blank=True, help_text="what the second person said to it", max_length=200)),
                ("proposed_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "等另一个人批"), ("approved", "已更正"), ("refused", "没有批")],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("entry", models.BigIntegerField(null=True, unique=True)),
                (
                    "award",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="records.award"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
                (
                    "evaluation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="records.evaluation"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
                (
                    "training",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="records.training"
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="records.transfer"
                    ),
                ),
            ],
            options={
                "ordering": ["proposed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("award__isnull", False), ("evaluation", None), ("training", None), ("transfer", None)),
                            models.Q(("award", None), ("evaluation__isnull", False), ("training", None), ("transfer", None)),
                            models.Q(("award", None), ("evaluation", None), ("training__isnull", False), ("transfer", None)),
                            models.Q(("award", None), ("evaluation", None), ("training", None), ("transfer__isnull", False)),
                            _connector="OR",
                        ),
                        name="amendment_of_one_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("proposed_by", models.F("decided_by")), _negated=True), name="amendment_by_two"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("award",), name="one_open_amendment_of_award"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("evaluation",), name="one_open_amendment_of_evaluation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("training",), name="one_open_amendment_of_training"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("transfer",), name="one_open_amendment_of_transfer"
                    ),
                ],
            },
        ),
    ]
