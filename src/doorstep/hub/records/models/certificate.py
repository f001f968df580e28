"""Certificates of one recording unit each, and the list that says which were revoked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place


class Batch(Identified):
    """Certificates for a school or a company, for those who agreed."""

    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=60, help_text="the school or company")
    purpose = models.CharField(max_length=120)
    start = models.DateField()
    end = models.DateField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)


class Certificate(Identified):
    class State(models.TextChoices):
        VALID = "valid", _("有效")
        REVOKED = "revoked", _("已撤销")

    number = models.CharField(max_length=30, unique=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="certificates")
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="certificates")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.SET_NULL, related_name="certificates")
    start = models.DateField()
    end = models.DateField()
    tenths = models.PositiveIntegerField()
    snapshot = models.JSONField(help_text="what was printed: lines of service, hours by grade")
    token = models.TextField(help_text="the credential as signed")
    index = models.PositiveIntegerField(unique=True, help_text="its place in the list of revoked ones, drawn at random")
    name_salt = models.CharField(max_length=44, blank=True)
    shares_name = models.BooleanField(default=False, help_text="whether the check page says the holder's name")
    with_seal = models.BooleanField(default=False)
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_why = models.CharField(max_length=200, blank=True)
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["-issued_at"]
        indexes = [models.Index(fields=["person", "issued_at"]), models.Index(fields=["unit", "issued_at"])]
