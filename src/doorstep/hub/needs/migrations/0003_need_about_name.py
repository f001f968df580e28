"""Whose matter it is, when somebody speaks for another who is not in the register."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("needs", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="need",
            name="about_name",
            field=models.CharField(blank=True, help_text="whose matter it is, as the asker calls that person", max_length=40),
        ),
    ]
