import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_help_texts"),
        ("records", "0003_answers_and_stars"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatusRegister",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=200, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("image", models.BinaryField(null=True)),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"),
                ),
                ("unit", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="seal", to="people.place")),
            ],
            options={"abstract": False},
        ),
        migrations.AlterModelOptions(name="batch", options={"ordering": ["-made_at"]}),
        migrations.AddField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[("asking", "在问本人"), ("working", "正在开"), ("done", "开好了"), ("stopped", "停下了")],
                default="asking",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="touched_at",
            field=models.DateTimeField(help_text="when the work last got on: work that stands still is taken up again", null=True),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["unit", "made_at"], name="records_bat_unit_id_f29a02_idx"),
        ),
        migrations.CreateModel(
            name="BatchMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("declined_at", models.DateTimeField(null=True)),
                ("none_why", models.CharField(blank=True, help_text="why no certificate could be made", max_length=200)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="members", to="records.batch"),
                ),
                (
                    "certificate",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="records.certificate"
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.consent"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person")),
            ],
            options={
                "ordering": ["person__name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "person"), name="once_in_a_batch"),
                    models.CheckConstraint(
                        condition=models.Q(("consent", None), ("declined_at", None), _connector="OR"),
                        name="batch_member_says_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchPaper",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="paper",
                        serialize=False,
                        to="records.batchmember",
                    ),
                ),
                ("data", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
    ]
