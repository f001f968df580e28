"""What can be done for residents, who can do it, and who has checked that."""

from datetime import date

from django.db import models
from django.db.models import Q

from doorstep.hub.journal.models import Identified

from .person import Person


class NationalCategory(models.Model):
    """One of the 22 categories of the national volunteer service site; its code numbers are not published."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=20)
    name_en = models.CharField(max_length=60)


class ServiceCategory(models.Model):
    """The district's own category, mapped to the national ones for export."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=20)
    name_en = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=100)
    national = models.ManyToManyField(NationalCategory, related_name="service_categories")

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """A skill of the trade; `professional` ones need a credential before they open any door."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=20)
    name_en = models.CharField(max_length=60)
    professional = models.BooleanField(default=False)

    class Meta:
        ordering = ["professional", "code"]

    def __str__(self) -> str:
        return self.name


class CredentialQuerySet(models.QuerySet["Credential"]):
    def in_force(self, day: date) -> "CredentialQuerySet":
        """Verified, not withdrawn and in date: the only ones that count in matching."""
        in_date = Q(expires_on=None) | Q(expires_on__gte=day)
        return self.filter(in_date, verified_on__lte=day, revoked_on=None)


class Credential(Identified):
    """That a person has a skill at a level: on what evidence, verified by whom, until when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="credentials")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="credentials")
    level = models.PositiveSmallIntegerField()
    evidence = models.CharField(max_length=120, blank=True)
    verified_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    verified_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="level_one_to_three"),
            models.UniqueConstraint(fields=["person", "skill"], condition=Q(revoked_on=None), name="one_standing_credential_a_skill"),
        ]


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def in_force(self, day: date) -> "ClearanceQuerySet":
        return self.filter(passed=True, checked_on__lte=day, expires_on__gte=day)


class Clearance(Identified):
    """The yearly check before anybody meets a child: the answer only, never the record."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="clearances")
    authority = models.CharField(max_length=60)
    checked_on = models.DateField()
    passed = models.BooleanField()
    expires_on = models.DateField()
    recorded_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(expires_on__gt=models.F("checked_on")), name="clearance_expires_after_check"),
        ]
