"""The weekly rhythm of a district: until when needs are collected, when the plan is made, how long people have to answer."""

from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils import timezone

from doorstep.hub.people.models import Place


class Rhythm(models.Model):
    """All of it is the district's to set; days are counted back from the Monday that is planned."""

    place = models.OneToOneField(Place, on_delete=models.CASCADE, related_name="rhythm")
    cutoff_days_before = models.PositiveSmallIntegerField(default=4, help_text="4: Thursday")
    cutoff_minute = models.PositiveSmallIntegerField(default=18 * 60)
    plan_days_before = models.PositiveSmallIntegerField(default=3, help_text="3: Friday")
    plan_minute = models.PositiveSmallIntegerField(default=9 * 60)
    reply_hours = models.PositiveSmallIntegerField(default=36)
    least_notice_hours = models.PositiveSmallIntegerField(default=3, help_text="nobody is asked later than this before the start")
    reply_promise_hours = models.PositiveSmallIntegerField(default=24, help_text="a resident hears from us within")
    waiting_hours = models.PositiveSmallIntegerField(default=12, help_text="so long has whoever waited for a place to answer")
    ask_three = models.BooleanField(default=False, help_text="when somebody cannot come, the best three are asked without a social worker")
    signups_held = models.PositiveSmallIntegerField(
        default=30, help_text="so many occasions to come has one account signed up for, at most"
    )
    signups_an_hour = models.PositiveSmallIntegerField(default=20, help_text="so often does one account sign up within an hour, at most")
    evening_minute = models.PositiveSmallIntegerField(default=18 * 60, help_text="the evening before: a reminder")
    morning_minute = models.PositiveSmallIntegerField(default=7 * 60, help_text="the morning of the day: a reminder")
    close_minute = models.PositiveSmallIntegerField(default=21 * 60, help_text="Sunday: what is still open is told")
    seconds_allowed = models.PositiveSmallIntegerField(default=25)
    even_percent = models.FloatField(default=1.0, help_text="of the score, what an even plan may cost; 0: the best plan as it is")

    def _moment(self, monday: date, days_before: int, minute: int) -> datetime:
        midnight = datetime.combine(monday - timedelta(days=days_before), time.min)
        return timezone.make_aware(midnight + timedelta(minutes=minute))

    def cutoff(self, monday: date) -> datetime:
        return self._moment(monday, self.cutoff_days_before, self.cutoff_minute)

    def plan_at(self, monday: date) -> datetime:
        return self._moment(monday, self.plan_days_before, self.plan_minute)

    def close_at(self, monday: date) -> datetime:
        return self._moment(monday, -6, self.close_minute)

    def phase(self, monday: date, now: datetime) -> str:
        """Where the week stands: collect, plan, offer, serve or closed."""
        if now < self.cutoff(monday):
            return "collect"
        if now < self.plan_at(monday):
            return "plan"
        if now < self._moment(monday, 0, 0):
            return "offer"
        return "serve" if now < self.close_at(monday) else "closed"
