"""Hours of service and training as they are counted, with how they are known; corrections by two people."""

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.models import Slot

from .attendance import Attendance


class Grade(models.TextChoices):
    """How an hour is known, the best first (the ledger's words)."""

    CODE_PAIR = "code_pair", _("来去都扫了码")
    CODE_AND_WORD = "code_and_word", _("扫了一次码，有人确认")
    LEADER = "leader", _("带队的、家里人或社工确认")
    BACKFILLED = "backfilled", _("事后补录，另有人批")
    TRANSFERRED = "transferred", _("从别处转来，本处没有核过")


class HoursState(models.TextChoices):
    WAITS_APPROVER = "waits_approver", _("等另一个人批")
    WAITS_PARENT = "waits_parent", _("超过八小时，等上级单位看过")
    REFUSED = "refused", _("不能计时")
    RECORDED = "recorded", _("已记下，等本人核对")
    VERIFIED = "verified", _("本人核对无误")
    DISPUTED = "disputed", _("本人有异议")


#: States in which the hours stand in the ledger.
STANDING = (HoursState.RECORDED, HoursState.VERIFIED, HoursState.DISPUTED)


class SyncState(models.TextChoices):
    """Where the record stands with the national system."""

    NOT_SENT = "not_sent", _("没有报送")
    EXPORTED = "exported", _("已导出，等对方收录")
    SYNCED = "synced", _("全国系统已收录")
    RETURNED = "returned", _("对方退回")


class HoursQuerySet(models.QuerySet["Hours"]):
    def standing(self) -> "HoursQuerySet":
        return self.filter(state__in=STANDING)

    def of_unit(self, places: list[Place]) -> "HoursQuerySet":
        return self.filter(unit__in=places)

    def overdue(self, today: date) -> "HoursQuerySet":
        return self.filter(recorded_at=None, due_on__lt=today).exclude(state=HoursState.REFUSED)


class Hours(Identified):
    """One presence of one person as it counts now; what it was before stands in the ledger and among the corrections."""

    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="hours", help_text="nobody once the person is forgotten"
    )
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="hours", help_text="the recording unit")
    slot = models.ForeignKey(Slot, null=True, on_delete=models.PROTECT, related_name="hours")
    attendance = models.OneToOneField(Attendance, null=True, on_delete=models.PROTECT, related_name="hours")
    kind = models.CharField(max_length=20, default="service", help_text="kind of activity in the rule pack")
    block = models.CharField(max_length=10, default="service", help_text="where it goes in the record: service, training or none")
    title = models.CharField(max_length=60)
    came = models.DateTimeField()
    left = models.DateTimeField()
    away = models.PositiveSmallIntegerField(default=0, help_text="minutes of breaks, travel and standby within it")
    planned = models.PositiveSmallIntegerField()
    tenths = models.PositiveIntegerField(default=0)
    grade = models.CharField(max_length=15, choices=Grade.choices, blank=True)
    code_in = models.BooleanField(default=False)
    code_out = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    led_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    entered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", help_text="who filled it in afterwards")
    entered_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    parent = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", help_text="who of the street or district reviewed a long day"
    )
    rules = models.CharField(max_length=50, blank=True)
    refusals = models.JSONField(default=list, help_text="codes and numbers of why it does not count")
    state = models.CharField(max_length=15, choices=HoursState.choices)
    recorded_at = models.DateTimeField(null=True)
    due_on = models.DateField(help_text="the last day for the record, as far as holidays are announced")
    warn_on = models.DateField()
    due_guessed = models.BooleanField(default=False, help_text="the holidays of that year are not announced yet")
    verified_at = models.DateTimeField(null=True)
    dispute = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="why a dispute led to no correction; its owner reads it")
    entry = models.BigIntegerField(null=True, unique=True, help_text="number of the ledger's entry that counts now")
    sync = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.NOT_SENT)
    version = models.PositiveIntegerField(default=1)

    objects = HoursQuerySet.as_manager()

    class Meta:
        ordering = ["-came"]
        indexes = [
            models.Index(fields=["person", "came"]),
            models.Index(fields=["unit", "state", "came"]),
            models.Index(fields=["state", "due_on"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(left__gte=models.F("came")), name="hours_end_after_they_begin"),
            models.CheckConstraint(condition=~Q(person=models.F("confirmed_by")), name="hours_not_confirmed_by_oneself"),
            models.CheckConstraint(condition=~Q(person=models.F("led_by")), name="hours_not_led_by_oneself"),
            models.CheckConstraint(condition=~Q(person=models.F("approved_by")), name="hours_not_approved_by_oneself"),
            models.CheckConstraint(condition=~Q(entered_by=models.F("approved_by")), name="hours_approved_by_another"),
        ]

    @property
    def minutes(self) -> int:
        return int((self.left - self.came).total_seconds() // 60)

    @property
    def booked(self) -> int:
        """Minutes as they were agreed, the break among them."""
        return self.planned + self.away

    @property
    def not_service(self) -> bool:
        """Whether nothing stands against it but its kind: a meeting is no service, and nobody did anything wrong."""
        return self.state == HoursState.REFUSED and {one.get("code") for one in self.refusals} == {"no_service"}

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def confirmer_id(self) -> UUID | None:
        return self.approved_by_id or self.confirmed_by_id or self.led_by_id


class Correction(Identified):
    """Another came and left, kind or break for hours that stand: proposed by one, approved by another, never by the person itself."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("等另一个人批")
        APPROVED = "approved", _("已更正")
        REFUSED = "refused", _("没有批")

    hours = models.ForeignKey(Hours, on_delete=models.PROTECT, related_name="corrections")
    came = models.DateTimeField()
    left = models.DateTimeField()
    old_came = models.DateTimeField()
    old_left = models.DateTimeField()
    old_tenths = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, blank=True, help_text="kind of activity in the rule pack; nothing: as it was")
    old_kind = models.CharField(max_length=20, blank=True)
    away = models.PositiveSmallIntegerField(default=0, help_text="minutes of breaks, travel and standby within it")
    old_away = models.PositiveSmallIntegerField(default=0)
    beyond_plan = models.BooleanField(default=False, help_text="the planned length was too short: what was served counts")
    why = models.CharField(max_length=200)
    answer = models.CharField(max_length=200, blank=True, help_text="what the second person said to it")
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["hours"], condition=Q(state="proposed"), name="one_open_correction"),
            models.CheckConstraint(condition=~Q(proposed_by=models.F("decided_by")), name="correction_by_two"),
        ]
