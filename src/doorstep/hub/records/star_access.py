"""Who sees the notice of stars, who may object, who decides; every refusal with its sentence."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Membership, Person, Place, Role

from .access import officer_over, recorded_units, units_under
from .models import StarAward, StarObjection


class NoticeOver(Refused):
    sentence = _("公示已经结束，不能再提异议。觉得记录不对，请找社工或打 12345。")


class OwnStar(Refused):
    sentence = _("自己的星不用自己提异议。记录不对，请在“我的记录”里说。")


class ObjectedAlready(Refused):
    sentence = _("您已经提过，区里在查。查好了会告诉您。")


class NotTheDistrict(Refused):
    sentence = _("异议由区里的工作人员来定；提的人和本人都不能定。")


class NobodyElseDecides(Refused):
    sentence = _("区里能定异议的只有您一位，自己提的自己不能定。请告诉社区的社工，由他们来提。")


def units_of(person: Person | None) -> QuerySet[Place]:
    """The communities to which somebody belongs: where they live, help, lead, or whose record they keep."""
    if person is None:
        return Place.objects.none()
    held = person.memberships.on(timezone.localdate()).values("place_id")
    home = person.household.community_id if person.household else None
    return Place.objects.filter(Q(pk__in=held) | Q(pk=home) | Q(pk__in=recorded_units(person).values("pk")), kind=Place.Kind.COMMUNITY)


def get_notice_units(person: Person | None) -> list[Place]:
    """404 for who belongs to no community."""
    found = list(units_of(person))
    if not found:
        raise Http404
    return found


def get_star_for(person: Person | None, star_id: UUID) -> StarAward:
    """A star under notice in one's community; what was decided is seen by its owner and by who keeps the record."""
    found = get_object_or_404(StarAward.objects.select_related("person", "unit"), pk=star_id, unit__in=units_of(person))
    own = person is not None and found.person_id == person.pk
    if found.state == StarAward.State.NOTICE or own or keeps_record(person, found):
        return found
    raise Http404


def keeps_record(person: Person | None, star: StarAward) -> bool:
    return recorded_units(person).filter(pk=star.unit_id).exists()


def deciders_over(unit: Place) -> QuerySet[Person]:
    """Who works for the district that a unit lies in."""
    above, place = [], unit.parent
    while place is not None:
        above.append(place.pk)
        place = place.parent
    held = Membership.objects.on(timezone.localdate()).filter(role=Role.DISTRICT, place__in=above)
    return Person.objects.filter(pk__in=held.values("person_id"))


def objections_to_decide(person: Person | None) -> QuerySet[StarObjection]:
    """What waits for a yes or no of this officer: stars under notice in the district, neither the own one nor what was said by oneself."""
    if person is None:
        return StarObjection.objects.none()
    waiting = StarObjection.objects.filter(
        state=StarObjection.State.OPEN, star__state=StarAward.State.NOTICE, star__unit__in=units_under(person)
    )
    return waiting.exclude(by=person).exclude(star__person=None).exclude(star__person=person)


def may_decide(person: Person | None, objection: StarObjection) -> bool:
    """The district; never who objected, nor whose star it is."""
    if person is None or person.pk in (objection.by_id, objection.star.person_id):
        return False
    return officer_over(person, objection.star.unit)


def require_decider(by: Person, objection: StarObjection) -> None:
    if not may_decide(by, objection):
        raise NotTheDistrict


def get_objection_for(person: Person | None, objection_id: UUID) -> StarObjection:
    found = get_object_or_404(StarObjection.objects.select_related("star__unit", "star__person"), pk=objection_id)
    if person is None or not officer_over(person, found.star.unit):
        raise Http404
    return found
