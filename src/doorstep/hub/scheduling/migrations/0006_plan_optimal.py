"""Keeps that a plan was proven best."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0005_plan_advice"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="optimal",
            field=models.BooleanField(default=False, help_text="proven by the planner: no plan is better, whatever the bound says"),
        ),
    ]
