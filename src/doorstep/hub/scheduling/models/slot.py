"""A slot is one occasion that asks for people: the only thing that is ever staffed."""

from datetime import date, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Household, Person, Place, Role, ServiceCategory, Skill


class Channel(models.TextChoices):
    """How an answer reached us."""

    WEB = "web", _("网上")
    PHONE = "phone", _("电话")
    IN_PERSON = "in_person", _("当面")
    PAPER = "paper", _("纸面")


class SlotState(models.TextChoices):
    OPEN = "open", _("待安排")
    HELD = "held", _("先放一放")
    DONE = "done", _("已办完")
    UNMET = "unmet", _("没办成")
    CANCELLED = "cancelled", _("已取消")


class Activity(models.TextChoices):
    """What kind of occasion it is, in the words of the rules of hours; what each is worth is said there, district by district."""

    SERVICE = "service", _("志愿服务")
    DUTY = "duty", _("值班")
    STANDBY = "standby", _("在家待命")
    TRAINING = "training", _("培训、学习")
    MEETING = "meeting", _("开会")
    REHEARSAL = "rehearsal", _("排练")


class HomeAnswer(models.TextChoices):
    """What the home says to the time and the person: never presumed."""

    NOT_ASKED = "not_asked", _("还没问家里")
    AGREED = "agreed", _("家里同意")
    REFUSED = "refused", _("家里不同意")


#: So many steps of priority at most may a matter be weighed up or down.
MOST_WEIGHT = 2


class SlotQuerySet(models.QuerySet["Slot"]):
    def in_week(self, monday: date) -> "SlotQuerySet":
        return self.filter(week=monday)

    def open(self) -> "SlotQuerySet":
        return self.filter(state=SlotState.OPEN)

    def homes(self) -> "SlotQuerySet":
        """Without the events, which lack nobody: they take place with whoever comes."""
        return self.exclude(household=None, signup_at__isnull=False)

    def taking_signups(self) -> "SlotQuerySet":
        return self.open().filter(signup_at__isnull=False)


class Slot(Identified):
    week = models.DateField(help_text="the Monday of its week")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="slots", help_text="the community as it was then")
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="slots")
    contact = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="who opens the door")
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="led_slots", help_text="the responsible social worker")
    title = models.CharField(max_length=40)
    caller = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="who calls the roll of this event beside the lead",
    )
    category = models.ForeignKey(ServiceCategory, on_delete=models.PROTECT, related_name="slots")
    lat = models.FloatField()
    lon = models.FloatField()
    rough_place = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(15), MaxValueValidator(600)])
    priority = models.PositiveSmallIntegerField(default=2)
    weight = models.SmallIntegerField(default=0, help_text="steps of priority that a social worker adds or takes off for the plan")
    waited_weeks = models.PositiveSmallIntegerField(default=0)
    minor = models.BooleanField(default=False)
    bodily_risk = models.BooleanField(default=False)
    risk_note = models.CharField(max_length=120, blank=True)
    insured = models.BooleanField(default=False)
    bring = models.CharField(max_length=120, blank=True)
    signup_at = models.DateTimeField(
        null=True, blank=True, help_text="open for sign-up, to begin at this moment; the weekly plan leaves it alone"
    )
    activity = models.CharField(max_length=20, choices=Activity.choices, default=Activity.SERVICE)
    about = models.CharField(max_length=200, blank=True, help_text="what is taught, of a training")
    host = models.CharField(max_length=60, blank=True, help_text="who holds a training; nobody named: the community itself")
    pause_after = models.PositiveSmallIntegerField(default=0, help_text="minutes from the start to a planned break")
    pause = models.PositiveSmallIntegerField(default=0, help_text="minutes of that break: they do not count")
    state = models.CharField(max_length=10, choices=SlotState.choices, default=SlotState.OPEN)
    home_answer = models.CharField(max_length=10, choices=HomeAnswer.choices, default=HomeAnswer.NOT_ASKED)
    home_answer_channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    home_answer_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SlotQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["week", "place", "state"]),
            models.Index(fields=["place", "state"]),
            models.Index(fields=["signup_at"], condition=Q(signup_at__isnull=False), name="slot_takes_signups"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(15, 600)), name="slot_minutes"),
            models.CheckConstraint(condition=Q(priority__range=(1, 5)), name="slot_priority"),
            models.CheckConstraint(
                condition=Q(pause=0) | Q(pause_after__gt=0, minutes__gte=models.F("pause_after") + models.F("pause")), name="slot_pause"
            ),
            models.CheckConstraint(condition=Q(weight__range=(-MOST_WEIGHT, MOST_WEIGHT)), name="slot_weight"),
        ]

    @property
    def is_event(self) -> bool:
        """At no home: people sign up for it, and it takes place with those who come."""
        return self.household_id is None and self.signup_at is not None

    @property
    def serves(self) -> bool:
        """Whether it is service at all; whether it counts the rules of hours say."""
        return self.activity not in (Activity.STANDBY, Activity.TRAINING, Activity.MEETING, Activity.REHEARSAL)

    def pause_from(self, start: datetime) -> tuple[datetime, datetime] | None:
        """From when to when the planned break is, of what begins at a moment."""
        begins = start + timedelta(minutes=self.pause_after)
        return (begins, begins + timedelta(minutes=self.pause)) if self.pause else None

    def pause_within(self, start: datetime, came: datetime, left: datetime) -> int:
        """Minutes of the planned break that lie between a coming and a leaving."""
        pause = self.pause_from(start)
        if pause is None:
            return 0
        return max(0, int((min(left, pause[1]) - max(came, pause[0])).total_seconds() // 60))

    @property
    def weighed_priority(self) -> int:
        """How urgent it is for the plan of this one week: as it was judged, and as a social worker weighs it."""
        return min(5, max(1, self.priority + self.weight))

    def __str__(self) -> str:
        return self.title


class Window(models.Model):
    """A stretch in which the visit may start, both ends included."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="windows")
    earliest = models.DateTimeField()
    latest = models.DateTimeField()

    class Meta:
        ordering = ["earliest"]
        constraints = [models.CheckConstraint(condition=Q(latest__gte=models.F("earliest")), name="window_ends_after_it_begins")]


class Seat(Identified):
    """One person wanted on the slot, with what that person must bring."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField()
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="seats")
    level = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=15, choices=Role.choices, blank=True)
    gender = models.CharField(max_length=1, choices=Person.Gender.choices, blank=True)
    language = models.CharField(max_length=5, blank=True)
    trainee = models.BooleanField(default=False, help_text="to learn beside somebody experienced; never filled by the plan, never missed")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "number"], name="seat_number_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="seat_level"),
        ]


class Refusal(models.Model):
    """That this person is not to be asked for this slot, as the social worker or the home wishes."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="refusals")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    of_home = models.BooleanField(default=False, help_text="the home's own word, taken back by the home alone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "person"], name="refusal_once")]


def ends_before(slot: Slot, now: datetime) -> bool:
    """Whether every start that was possible has gone by."""
    return all(window.latest < now for window in slot.windows.all())
