"""Who was really there, and how it is known: an attendance says what came of a promised seat, a presence when somebody came and left."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Channel, Offer


class Attendance(Identified):
    class Outcome(models.TextChoices):
        SERVED = "served", _("去过了，办了")
        NOT_HOME = "not_home", _("去了，家里没人")
        NO_SHOW = "no_show", _("没有来")
        CALLED_OFF = "called_off", _("到门口改了主意")

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="attendance")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    said_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="who confirms it; never oneself; nobody for a pair of codes",
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)


class How(models.TextChoices):
    """How a coming or a leaving is known."""

    SCANNED = "scanned", _("扫了现场的码")
    SPOKEN = "spoken", _("报了现场的六位数")
    LEADER = "leader", _("带队的点名")
    WORD = "word", _("家里人或社工说的")
    PAPER = "paper", _("签到表上签的")
    UNPROVED = "unproved", _("自己报的，还没人证明")


#: What only the place itself shows.
CODES = (How.SCANNED, How.SPOKEN)
MINUTE = timedelta(minutes=1)


class Presence(Identified):
    """From coming to leaving, by the server's clock; an act kept on a phone counts from the half minute that its code proves."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="presence")
    came_at = models.DateTimeField(null=True)
    came_how = models.CharField(max_length=10, choices=How.choices, blank=True)
    came_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    came_step = models.BigIntegerField(null=True, help_text="the half minute of the code that was seen")
    came_sent_at = models.DateTimeField(null=True, help_text="when it reached us, if it was kept on the phone")
    came_near = models.BooleanField(null=True, help_text="within reach of the place, as the phone said; only with consent")
    left_at = models.DateTimeField(null=True)
    left_how = models.CharField(max_length=10, choices=How.choices, blank=True)
    left_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    left_step = models.BigIntegerField(null=True)
    left_sent_at = models.DateTimeField(null=True)
    left_near = models.BooleanField(null=True)
    away = models.PositiveSmallIntegerField(null=True, help_text="minutes of break as the sheet says; nothing: as it was planned")
    device = models.CharField(
        max_length=64, blank=True, help_text="an opaque mark of the browser that sent the code, to see one phone checking in many"
    )
    wrong_codes = models.PositiveSmallIntegerField(default=0, help_text="codes that did not fit: six digits could be guessed by trying")
    reminded_at = models.DateTimeField(null=True, help_text="when the person was asked about a leaving that was forgotten")

    class Meta:
        indexes = [models.Index(fields=["came_at"]), models.Index(fields=["device", "came_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(came_at=None) | Q(left_at__gte=models.F("came_at")), name="presence_ends_after_it_begins"
            )
        ]

    @property
    def code_in(self) -> bool:
        """A code of the place, seen by the person; typed by whoever can show it, it says no more than that one's word."""
        return self.came_how in CODES and self.came_by_id == self.offer.person_id

    @property
    def code_out(self) -> bool:
        return self.left_how in CODES and self.left_by_id == self.offer.person_id

    @property
    def pair(self) -> bool:
        """Codes at coming and at leaving: no other witness is needed."""
        return self.code_in and self.code_out

    @property
    def vouched_by(self) -> Person | None:
        """Who of those in charge wrote down the coming or the leaving."""
        named = ((self.came_by, self.came_how), (self.left_by, self.left_how))
        return next((who for who, how in named if who and how != How.UNPROVED and who.pk != self.offer.person_id), None)

    @property
    def minutes_late(self) -> int:
        return _minutes(self.offer.start, self.came_at)

    @property
    def minutes_short(self) -> int:
        """How much earlier than planned the person left."""
        return _minutes(self.left_at, self.offer.end)


def _minutes(early: datetime | None, late: datetime | None) -> int:
    return max(0, (late - early) // MINUTE) if early and late else 0
