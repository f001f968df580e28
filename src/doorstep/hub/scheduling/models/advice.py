"""What one more helper, or one change, would have gained in a plan: worked out after the plan, in its own time."""

from django.db import models

from .plan import Plan


class PlanAdvice(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        # A newer plan of the same place and week was ready before anybody worked on it.
        REPLACED = "replaced"

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="advice")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # The lease: a worker that died loses it, and its late answer is refused by the fence.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    found = models.JSONField(default=dict, help_text="rows of codes with numbers, as docs/planner.md lists them")

    class Meta:
        indexes = [models.Index(fields=["state"])]
