"""Whoever waits for a place: in the line of those who signed up too late, or asked at once with others to step in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person

from .offer import Offer
from .slot import Seat, Slot


class Waiting(Identified):
    """A place in the line of one slot; who came first is asked first."""

    class State(models.TextChoices):
        IN_LINE = "in_line", _("在排队")
        ASKED = "asked", _("轮到了，等回话")
        LEFT = "left", _("不排了")
        OVER = "over", _("排到头了")

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="line")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.IN_LINE)
    since = models.DateTimeField()
    number = models.PositiveIntegerField(help_text="order of coming, counted for each slot")
    offer = models.ForeignKey(Offer, null=True, on_delete=models.SET_NULL, related_name="+", help_text="what it led to")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "number"], name="line_number_once"),
            models.UniqueConstraint(fields=["slot", "person"], condition=Q(state__in=["in_line", "asked"]), name="once_in_line"),
        ]


class Appeal(Identified):
    """One of several people who are asked at once to step in: the first yes takes the seat, the others hear that it is settled."""

    class State(models.TextChoices):
        ASKED = "asked", _("问了，等回话")
        YES = "yes", _("他去")
        NO = "no", _("这次不去")
        OVER = "over", _("已经有人去了")

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="appeals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", help_text="nobody: asked by itself")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    start = models.DateTimeField()
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        indexes = [models.Index(fields=["person", "state"])]
        constraints = [models.UniqueConstraint(fields=["seat", "person"], condition=Q(state="asked"), name="appeal_once")]
