"""Lets advice say that its plan was replaced before anybody worked on it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0006_plan_optimal"),
    ]

    operations = [
        migrations.AlterField(
            model_name="planadvice",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("running", "Running"),
                    ("ready", "Ready"),
                    ("failed", "Failed"),
                    ("replaced", "Replaced"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]
