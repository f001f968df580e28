"""The second person of a finding; earlier hours come in by the file, and a second person decides on them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_help_texts"),
        ("records", "0004_seals_batches_and_lists"),
    ]

    operations = [
        migrations.AlterModelOptions(name="transfer", options={"ordering": ["-at"]}),
        migrations.AddField(
            model_name="anomaly",
            name="other",
            field=models.ForeignKey(
                help_text="the second person in it",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="batch",
            field=models.UUIDField(default=uuid.uuid4, help_text="the file it came in: taken whole or not at all"),
        ),
        migrations.AddField(model_name="transfer", name="decided_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="transfer",
            name="state",
            field=models.CharField(
                choices=[("waits", "等另一个人批"), ("taken", "已收下，本处没有核过"), ("refused", "没有收")],
                default="waits",
                max_length=10,
            ),
        ),
        migrations.AddIndex(model_name="transfer", index=models.Index(fields=["batch"], name="records_tra_batch_780993_idx")),
        migrations.AddIndex(model_name="transfer", index=models.Index(fields=["person", "state"], name="records_tra_person__5208cf_idx")),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(condition=~models.Q(entered_by=models.F("approved_by")), name="transfer_by_two"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(condition=~models.Q(person=models.F("approved_by")), name="transfer_not_approved_by_oneself"),
        ),
    ]
