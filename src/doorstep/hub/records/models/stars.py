"""Stars: announced inside the unit for some days, granted where nobody objected, and kept with the day and the scheme."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place


class StarAward(Identified):
    """One star of one person; what was granted stays granted."""

    class State(models.TextChoices):
        NOTICE = "notice", _("公示中")
        GRANTED = "granted", _("评上了")
        LAPSED = "lapsed", _("更正以后不够了")
        REFUSED = "refused", _("有异议，没有评上")

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="stars")
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="the community in which it is announced")
    star = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=50, help_text="id@version")
    tenths = models.PositiveIntegerField(help_text="what counted on the day on which it was reached")
    reached_on = models.DateField()
    notice_until = models.DateField(help_text="the last day for an objection")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NOTICE)
    granted_on = models.DateField(null=True)
    words = models.CharField(max_length=200, blank=True, help_text="why it was not granted")
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["-reached_on", "-star"]
        indexes = [models.Index(fields=["unit", "state"]), models.Index(fields=["state", "notice_until"])]
        constraints = [
            models.UniqueConstraint(fields=["person", "star"], condition=Q(state__in=("notice", "granted")), name="one_star_once"),
        ]


class StarObjection(Identified):
    """Somebody of the unit says during the notice why a star should not be granted; the district decides."""

    class State(models.TextChoices):
        OPEN = "open", _("等区里查")
        UPHELD = "upheld", _("有道理，没有评上")
        REJECTED = "rejected", _("查过，没有问题")

    star = models.ForeignKey(StarAward, on_delete=models.CASCADE, related_name="objections")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(max_length=200)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["star", "by"], condition=Q(state="open"), name="one_open_objection_each"),
            models.CheckConstraint(condition=~Q(by=models.F("decided_by")), name="objection_decided_by_another"),
        ]
