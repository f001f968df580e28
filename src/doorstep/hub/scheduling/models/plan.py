"""A run of the planner over one week: its progress, its value, its bound, and what it could not fill."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Place

from .slot import Slot


class PlanQuerySet(models.QuerySet["Plan"]):
    def ready(self) -> "PlanQuerySet":
        return self.filter(state=Plan.State.READY)


class Plan(Identified):
    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在排")
        READY = "ready", _("排好了")
        STOPPED = "stopped", _("已停下")
        FAILED = "failed", _("没排成")

    week = models.DateField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="plans", help_text="the district, or one community")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    seed = models.IntegerField(default=1)
    seconds_allowed = models.PositiveSmallIntegerField(default=25)
    requested_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    # The lease: a worker that stops renewing it loses the plan, and its late answer is refused by the fence.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    stop_wanted = models.BooleanField(default=False)
    stage = models.CharField(max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    value = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    asked = models.PositiveIntegerField(default=0)
    met = models.PositiveIntegerField(default=0)
    broken_rules = models.PositiveIntegerField(null=True, help_text="as the independent checker counts them")
    seconds = models.FloatField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    failure_code = models.CharField(max_length=30, blank=True, help_text="what the planner said; the sentence is made on the page")
    failure_numbers = models.JSONField(default=dict)
    # What can be checked again after years, from the stored bytes alone.
    week_sha256 = models.CharField(max_length=64, blank=True)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    planner_version = models.CharField(max_length=20, blank=True)
    packages = models.JSONField(default=dict, help_text="package to version, as it was then")
    even_percent = models.FloatField(default=0.0, help_text="how much of the score the plan was allowed to give up to be even")
    even_paid = models.FloatField(null=True, help_text="points given up for it")
    optimal = models.BooleanField(default=False, help_text="proven by the planner: no plan is better, whatever the bound says")
    rechecked_at = models.DateTimeField(null=True)
    recheck_faults = models.JSONField(default=list, help_text="codes with numbers; none: everything holds")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["week", "place", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["week", "place"], condition=models.Q(state__in=["queued", "running"]), name="one_plan_at_work")
        ]

    @property
    def gap(self) -> float | None:
        if self.value is None or self.bound is None:
            return None
        return max(0.0, (self.bound - self.value) / max(1.0, abs(self.bound)))


class PlanFile(models.Model):
    """The week that went in and the plan that came out, gzipped, so that anyone can check the proof again."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="file")
    week_gz = models.BinaryField()
    plan_gz = models.BinaryField()
    verdict = models.JSONField(default=dict)


class PlanGap(models.Model):
    """A slot that the plan had to leave out, with the rule that emptied it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="gaps")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="gaps")
    code = models.CharField(max_length=30)
    numbers = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "slot"], name="one_gap_a_slot")]
