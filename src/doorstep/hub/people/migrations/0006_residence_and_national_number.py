"""The basic block of the national rules: the area of residence, and the national number of a volunteer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_consent_to_certificates")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="residence",
            field=models.CharField(
                blank=True, help_text="street and community where they live, in their own words; never the door", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="volunteerprofile",
            name="national_no",
            field=models.CharField(
                blank=True,
                help_text="the national system's number of the volunteer, once it is known",
                max_length=20,
                null=True,
                unique=True,
            ),
        ),
    ]
