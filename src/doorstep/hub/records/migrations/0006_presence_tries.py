"""How often a code did not fit, and when somebody was asked about a leaving."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_watch_and_transfers")]

    operations = [
        migrations.AddField(
            model_name="presence",
            name="reminded_at",
            field=models.DateTimeField(help_text="when the person was asked about a leaving that was forgotten", null=True),
        ),
        migrations.AddField(
            model_name="presence",
            name="wrong_codes",
            field=models.PositiveSmallIntegerField(default=0, help_text="codes that did not fit: six digits could be guessed by trying"),
        ),
    ]
