"""The rest of a volunteer's record: training, awards and evaluations."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place

from .hours import Hours, SyncState


class Disputable(models.Model):
    """What its owner may say is wrong, and what two people may then correct; what it was before stands in the ledger and among the amendments."""

    dispute = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="why a dispute led to no correction; its owner reads it")
    struck = models.BooleanField(default=False, help_text="two people found that it should not be there at all")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Training(Identified):
    """What a course was about and who held it; its learning hours are `hours` of kind training, kept apart from service."""

    hours = models.OneToOneField(Hours, on_delete=models.PROTECT, related_name="training")
    content = models.CharField(max_length=200)
    host = models.CharField(max_length=60)


class Award(Disputable, Identified):
    """What somebody was honoured with; of others' the paper was seen."""

    class Source(models.TextChoices):
        OWN = "own", _("本单位")
        COUNTY = "county", _("县级以上机关，有证明")
        OTHER = "other", _("其他单位，本人申请、已核对")

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="awards")
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    granted_by = models.CharField(max_length=60)
    source = models.CharField(max_length=10, choices=Source.choices)
    granted_on = models.DateField()
    proof = models.CharField(max_length=120, blank=True, help_text="which paper was seen")
    entered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    salt = models.BinaryField(max_length=32, default=bytes, help_text="opens the digest in the ledger to whoever is shown the award")
    entry = models.BigIntegerField(null=True, unique=True)
    sync = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.NOT_SENT)

    class Meta:
        ordering = ["-granted_on"]


class Evaluation(Disputable, Identified):
    """From one to five, by somebody else, for a visit or a stretch of service."""

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="evaluations")
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    hours = models.ForeignKey(Hours, null=True, on_delete=models.PROTECT, related_name="evaluations")
    rating = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    on = models.DateField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    salt = models.BinaryField(max_length=32, default=bytes, help_text="opens the digest in the ledger to whoever is shown the evaluation")
    entry = models.BigIntegerField(null=True, unique=True)
    sync = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.NOT_SENT)

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="evaluation_one_to_five"),
            models.CheckConstraint(condition=~Q(person=models.F("by")), name="evaluation_by_another"),
        ]
