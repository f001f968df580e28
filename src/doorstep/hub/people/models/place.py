"""The place tree: district, street, community, grid, building, each with its validity, successors and aliases."""

import re
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified

#: What an office adds to the name of a community or a village.
COMMITTEE = re.compile(r"(?<=社区)(?:居民委员会|居委会)$|(?<=村)(?:村民委员会|村委会|民委员会|委会)$|居委会$")


class PlaceQuerySet(models.QuerySet["Place"]):
    def communities(self) -> "PlaceQuerySet":
        return self.filter(kind=Place.Kind.COMMUNITY)

    def current(self) -> "PlaceQuerySet":
        return self.filter(standing=Place.Standing.CURRENT)

    def valid_on(self, day: date) -> "PlaceQuerySet":
        """Units whose known dates allow this day; an unknown date excludes nobody."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day))


class Place(Identified):
    """One unit as it was: when a unit ends, its records stay with it and a successor is named beside it."""

    class Kind(models.TextChoices):
        DISTRICT = "district", _("区")
        STREET = "street", _("街道")
        COMMUNITY = "community", _("社区")
        GRID = "grid", _("网格")
        BUILDING = "building", _("楼栋")

    class Standing(models.TextChoices):
        CURRENT = "current", _("在用")
        ENDED_UNKNOWN = "ended_unknown", _("已撤，去向待查")
        ENDED = "ended", _("已撤，去向已明")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=60)
    code = models.CharField(max_length=20, blank=True, db_index=True)
    standing = models.CharField(max_length=15, choices=Standing.choices, default=Standing.CURRENT)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=80, blank=True)
    slug = models.CharField(max_length=20, blank=True, db_index=True, help_text="the public page's address")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["code", "name"]
        indexes = [models.Index(fields=["kind", "standing"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="place_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name people say: without the committee's suffix."""
        return COMMITTEE.sub("", self.name)


class PlaceList(models.Model):
    """A published list of units, such as the statistics office's list of one year."""

    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=200)


class PlaceListing(models.Model):
    """A unit as a list names it; the lists carry no dates, so standing in a list is all that is known."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="listings")
    place_list = models.ForeignKey(PlaceList, on_delete=models.CASCADE, related_name="listings")
    name = models.CharField(max_length=60)
    code = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "place_list"], name="listed_once_a_list")]


class Succession(models.Model):
    """Where an ended unit went: filled in by a person, with the date and the paper it rests on."""

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("改名")
        MERGED = "merged", _("并入")
        SPLIT = "split", _("拆分")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="predecessions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField(null=True)
    source = models.CharField(max_length=200)
    recorded_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(place=models.F("successor")), name="nobody_succeeds_himself"),
        ]


class PlaceAlias(models.Model):
    """Another name by which people still look for the unit."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=60, db_index=True)
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="alias_once")]
