from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0009_sheets_and_sync")]

    operations = [
        migrations.AddField(
            model_name="presence",
            name="away",
            field=models.PositiveSmallIntegerField(help_text="minutes of break as the sheet says; nothing: as it was planned", null=True),
        ),
    ]
