"""An offer of a seat to a person: proposed by the plan or a social worker, and nothing until the person says yes."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person

from .party import Party
from .plan import Plan
from .slot import Channel, Seat, Slot


class OfferState(models.TextChoices):
    PROPOSED = "proposed", _("已排好，未发出")
    HELD = "held", _("先不发")
    SENT = "sent", _("等回话")
    ACCEPTED = "accepted", _("已答应")
    SERVED = "served", _("去过了")
    DECLINED = "declined", _("这次不去")
    LAPSED = "lapsed", _("没有回话")
    WITHDRAWN = "withdrawn", _("社工撤回")
    CANNOT_COME = "cannot_come", _("来不了")
    UNABLE = "unable", _("条件变了")
    REPLACED = "replaced", _("换了安排")
    MISSED = "missed", _("没办成")
    HANDED_ON = "handed_on", _("请人顶了")


#: States in which the offer holds its seat.
ACTIVE = (OfferState.PROPOSED, OfferState.HELD, OfferState.SENT, OfferState.ACCEPTED, OfferState.SERVED)


class OfferQuerySet(models.QuerySet["Offer"]):
    def active(self) -> "OfferQuerySet":
        return self.filter(state__in=ACTIVE)

    def awaiting_answer(self) -> "OfferQuerySet":
        return self.filter(state=OfferState.SENT)

    def in_week(self, monday: date) -> "OfferQuerySet":
        return self.filter(slot__week=monday)


class Offer(Identified):
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="offers")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="offers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offers")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="offers")
    start = models.DateTimeField()
    state = models.CharField(max_length=12, choices=OfferState.choices, default=OfferState.PROPOSED)
    pinned = models.BooleanField(default=False, help_text="a new plan has to keep it")
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="offers", help_text="who goes only if all of them go"
    )
    reasons = models.JSONField(default=list, help_text="codes and numbers; sentences are made on the page")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(null=True)
    reply_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    answer_recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        indexes = [
            models.Index(fields=["person", "state"]),
            models.Index(fields=["state", "reply_by"]),
            models.Index(fields=["slot", "state"]),
        ]
        constraints = [
            # The database itself refuses a second person on a seat and a person on two seats of one slot.
            models.UniqueConstraint(fields=["seat"], condition=Q(state__in=[s.value for s in ACTIVE]), name="one_active_offer_a_seat"),
            models.UniqueConstraint(
                fields=["slot", "person"], condition=Q(state__in=[s.value for s in ACTIVE]), name="one_active_seat_a_person"
            ),
        ]

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.slot.minutes)
