"""A household behind one door, and what is known of it for the sake of serving it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified

from .place import Place


class HouseholdQuerySet(models.QuerySet["Household"]):
    def in_community(self, place: Place) -> "HouseholdQuerySet":
        return self.filter(community=place)


class Household(Identified):
    community = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="households")
    building = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=30, help_text="the unit and the number")
    lat = models.FloatField()
    lon = models.FloatField()
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="two editors of one page: the second is told")

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["building", "door"], name="one_household_a_door")]
        ordering = ["building__name", "door"]

    def __str__(self) -> str:
        return f"{self.building.name} {self.door}"

    @property
    def rough_place(self) -> str:
        """As near as a stranger may know: the building, never the door."""
        return self.building.name


class Circumstance(models.Model):
    """One of the four manys, or another fact that a visit has to reckon with; for service, never shown as a label."""

    class Kind(models.TextChoices):
        ELDERLY = "elderly", _("高龄或独居")
        LOW_INCOME = "low_income", _("生活困难")
        NEWLY_ARRIVED = "newly_arrived", _("新来本地")
        DISABLED = "disabled", _("行动或感官不便")
        CHILD = "child", _("有未成年人")

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="circumstances")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    since = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["household", "kind"], name="circumstance_once")]

    @property
    def fact(self) -> str:
        """What whoever comes should mind: said as service, never as a label."""
        return str(MINDED[self.Kind(self.kind)])


#: What a visit reckons with, in the words one would say to whoever goes there.
MINDED = {
    Circumstance.Kind.ELDERLY: _("家里有老人：敲门重一点，多等一会儿，话说慢些"),
    Circumstance.Kind.LOW_INCOME: _("手头紧：先想不花钱的办法，能申请的帮着问一问"),
    Circumstance.Kind.NEWLY_ARRIVED: _("刚来这里：哪里看病、上学、办事，多说一句"),
    Circumstance.Kind.DISABLED: _("走动、看或听不方便：去之前先问怎样方便"),
    Circumstance.Kind.CHILD: _("家里有孩子：只请查过无犯罪记录的人"),
}
