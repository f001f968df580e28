"""A person, and the roles that he or she has at places."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified

from .account import Account
from .household import Household
from .place import Place


class Role(models.TextChoices):
    SOCIAL_WORKER = "social_worker", _("社工")
    VOLUNTEER = "volunteer", _("志愿者")
    SPECIALIST = "specialist", _("专业志愿者")
    PROPERTY = "property", _("物业")
    STEWARD = "steward", _("楼栋长")
    DISTRICT = "district", _("区工作人员")


#: Roles that the planner may send to a door.
HELPING = (Role.SOCIAL_WORKER, Role.VOLUNTEER, Role.SPECIALIST, Role.PROPERTY)


class Person(Identified):
    class Gender(models.TextChoices):
        FEMALE = "f", _("女")
        MALE = "m", _("男")

    account = models.OneToOneField(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="person")
    name = models.CharField(max_length=40)
    calling_name = models.CharField(max_length=20, blank=True, help_text="how neighbours say it")
    gender = models.CharField(max_length=1, choices=Gender.choices, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_index=True)
    contact_via = models.CharField(max_length=80, blank=True, help_text="who passes a message on, for who has no phone")
    residence = models.CharField(
        max_length=60, blank=True, help_text="street and community where they live, in their own words; never the door"
    )
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    language = models.CharField(max_length=10, blank=True)
    elder_mode = models.BooleanField(default=False)
    theme = models.CharField(max_length=5, blank=True, choices=[("light", _("浅色")), ("dark", _("深色"))])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        return self.calling_name or self.name

    @property
    def lives_in(self) -> str:
        """The area of residence (Order 67, Article 5): what the person said, else the community of the registered home."""
        return self.residence or (self.household.community.name if self.household else "")

    @property
    def reachable(self) -> bool:
        return bool(self.phone or self.contact_via)

    def age_on(self, day: date) -> int | None:
        if self.birth_date is None:
            return None
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> "MembershipQuerySet":
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)

    def helping(self) -> "MembershipQuerySet":
        return self.filter(role__in=HELPING)


class Membership(models.Model):
    """A role at a place from a day to a day, with the social worker who leads and the one who brought them in."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=15, choices=Role.choices)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    led_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="leads")
    brought_in_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="brought_in")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["place", "role"])]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=models.F("since")), name="membership_ends_after_it_begins"),
            models.UniqueConstraint(fields=["person", "role", "place"], condition=Q(until=None), name="one_open_membership"),
        ]
