"""Certificates of one recording unit each, the lists that say which were revoked, seals, and batches for schools and companies."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Consent, Person, Place


class Batch(Identified):
    """Certificates for a school or a company, for those who agreed."""

    class State(models.TextChoices):
        ASKING = "asking", _("在问本人")
        WORKING = "working", _("正在开")
        DONE = "done", _("开好了")
        STOPPED = "stopped", _("停下了")

    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=60, help_text="the school or company")
    purpose = models.CharField(max_length=120)
    start = models.DateField()
    end = models.DateField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKING)
    touched_at = models.DateTimeField(null=True, help_text="when the work last got on: work that stands still is taken up again")

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["unit", "made_at"])]


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


class StatusRegister(models.Model):
    """One published list of revocations under the address that its certificates name; a new address gets a new list."""

    number = models.PositiveIntegerField(primary_key=True)
    url = models.CharField(max_length=200, unique=True)


class Seal(Identified):
    """The seal that a unit lets be printed where the holder wishes it; without an image a plain ring with the unit's name is drawn."""

    unit = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="seal")
    image = models.BinaryField(null=True)
    set_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField()


class BatchMember(Identified):
    """Somebody whose certificate a school or a company asks for: asked, and taken in only while the consent stands."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    consent = models.ForeignKey(Consent, null=True, on_delete=models.SET_NULL, related_name="+")
    declined_at = models.DateTimeField(null=True)
    certificate = models.OneToOneField(Certificate, null=True, on_delete=models.SET_NULL, related_name="+")
    none_why = models.CharField(max_length=200, blank=True, help_text="why no certificate could be made")

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="once_in_a_batch"),
            models.CheckConstraint(condition=Q(consent=None) | Q(declined_at=None), name="batch_member_says_one_thing"),
        ]


class BatchPaper(models.Model):
    """A printed certificate of a batch, kept for some days so that the whole is handed out at once."""

    member = models.OneToOneField(BatchMember, on_delete=models.CASCADE, related_name="paper", primary_key=True)
    data = models.BinaryField()
    made_at = models.DateTimeField()
