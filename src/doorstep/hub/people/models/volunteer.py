"""How a person helps: how far, how often, in which languages, and who agreed if the person is a minor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified

from .consent import Consent
from .person import Person
from .place import Place
from .skill import ServiceCategory


class VolunteerProfile(Identified):
    class Kind(models.TextChoices):
        SUPPORT = "support", _("支持型")
        SKILLED = "skilled", _("治理型")

    class Travel(models.TextChoices):
        WALK = "walk", _("走路")
        BIKE = "bike", _("骑车")
        BUS = "bus", _("公交")

    #: Door to door, waits included.
    KMH = {Travel.WALK: 4.5, Travel.BIKE: 12.0, Travel.BUS: 15.0}

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="volunteer")
    number = models.CharField(max_length=12, unique=True, help_text="our own number; never the ID number")
    national_no = models.CharField(
        max_length=20, null=True, blank=True, unique=True, help_text="the national system's number of the volunteer, once it is known"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SUPPORT)
    lat = models.FloatField()
    lon = models.FloatField()
    travel = models.CharField(max_length=5, choices=Travel.choices, default=Travel.WALK)
    reach_m = models.PositiveIntegerField(default=2000)
    max_minutes = models.PositiveSmallIntegerField(default=180)
    max_visits = models.PositiveSmallIntegerField(default=3)
    categories = models.ManyToManyField(ServiceCategory, related_name="liked_by", blank=True)
    offers_welcome = models.BooleanField(default=True, help_text="off: is never proposed by the plan")
    motto = models.CharField(max_length=120, blank=True)
    confidential_since = models.DateField(null=True, blank=True, help_text="the day of the signed promise of confidentiality")
    version = models.PositiveIntegerField(default=1, help_text="two editors of one page: the second is told")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(reach_m__lte=50_000), name="reach_at_most_50_km"),
            models.CheckConstraint(condition=models.Q(max_minutes__lte=2_400, max_visits__lte=40), name="weekly_caps_are_human"),
        ]

    @property
    def kmh(self) -> float:
        return self.KMH[self.Travel(self.travel)]


class SpokenLanguage(models.Model):
    class Code(models.TextChoices):
        MANDARIN = "zh", _("普通话")
        WU = "wuu", _("常州话")
        SIGN = "csl", _("手语")
        ENGLISH = "en", _("英语")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="languages")
    code = models.CharField(max_length=5, choices=Code.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "code"], name="language_once")]


class GuardianConsent(models.Model):
    """Without it nobody under 18 is asked for anything; it says how much, and only harmless tasks."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="guardian_consent")
    guardian_name = models.CharField(max_length=40)
    guardian_phone = models.CharField(max_length=20)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    max_minutes = models.PositiveSmallIntegerField(default=120)
    latest_end_minute = models.PositiveSmallIntegerField(default=20 * 60, help_text="minute of the day after which nothing is asked")
    tasks = models.ManyToManyField(ServiceCategory, related_name="+", help_text="what the guardian agreed to")


class Registration(Identified):
    """Somebody who said "I want to help" and waits for a social worker to talk to."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等社工联系")
        WELCOMED = "welcomed", _("已成为志愿者")
        CLOSED = "closed", _("没有继续")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="registration")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="registrations")
    words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["place", "state"])]
