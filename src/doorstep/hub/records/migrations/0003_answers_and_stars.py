import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_help_texts"),
        ("records", "0002_hours_and_the_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="StarScheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="id@version", max_length=50, unique=True)),
                ("data", models.BinaryField()),
                ("adopted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "adopted_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="hours",
            name="block",
            field=models.CharField(
                default="service", help_text="where it goes in the record: service, training or none", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="hours",
            name="answer",
            field=models.CharField(blank=True, default="", help_text="why a dispute led to no correction; its owner reads it", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="correction",
            name="beyond_plan",
            field=models.BooleanField(default=False, help_text="the planned length was too short: what was served counts"),
        ),
        migrations.AddField(
            model_name="correction",
            name="answer",
            field=models.CharField(blank=True, default="", help_text="what the second person said to it", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="award",
            name="salt",
            field=models.BinaryField(
                default=bytes, help_text="opens the digest in the ledger to whoever is shown the award", max_length=32
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="salt",
            field=models.BinaryField(
                default=bytes, help_text="opens the digest in the ledger to whoever is shown the evaluation", max_length=32
            ),
        ),
    ]
