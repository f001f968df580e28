"""Which overview is whose: a social worker's worklist, the district's picture, and what anybody may see."""

from django.db.models import Q
from django.http import Http404

from doorstep.hub.people.models import Membership, Person, Place, Role
from doorstep.hub.people.queries import today
from doorstep.hub.records.queries.hours import hours_in_place
from doorstep.hub.records.queries.moving import asked_in_place
from doorstep.hub.records.queries.watching import waiting_in_place

from .queries.standing import asks_of


def get_public_community(slug: str) -> Place:
    """A community's public page is for everybody; an ended one without an address of its own is found by its code.

    Where two share an address, the one in use is shown.
    """
    found = Place.objects.communities().filter(Q(slug=slug) | Q(slug="", code=slug)).select_related("parent__parent")
    place = found.prefetch_related("aliases", "listings").order_by("standing", "code").first()
    if place is None:
        raise Http404
    return place


def led_communities(person: Person | None) -> list[Place]:
    """The communities whose work is this person's today, with the rhythm of their district; 404 for who leads none."""
    if person is None:
        raise Http404
    held = Membership.objects.on(today()).filter(person=person, role=Role.SOCIAL_WORKER).values("place_id")
    rows = Place.objects.filter(pk__in=held).select_related("rhythm", "parent__rhythm", "parent__parent__rhythm")
    found = list(
        rows.annotate(
            asks_me=asks_of(person), odd_here=waiting_in_place(person), data_here=asked_in_place(person), hours_here=hours_in_place(person)
        )
    )
    if not found:
        raise Http404
    return found


def get_district_for(person: Person | None) -> tuple[Place, list[Place]]:
    """A district officer's district with its communities in use; 404 for everybody else."""
    if person is None:
        raise Http404
    held = Membership.objects.on(today()).filter(person=person, role=Role.DISTRICT).values("place_id")
    inside = Place.objects.communities().current().filter(Q(parent__in=held) | Q(parent__parent__in=held))
    places = list(inside.select_related("parent__parent").order_by("code"))
    district = _district_of(places[0]) if places else Place.objects.filter(pk__in=held).first()
    if district is None:
        raise Http404
    return district, [place for place in places if _district_of(place) == district]


def _district_of(community: Place) -> Place | None:
    above = community.parent
    return above if above is None or above.kind == Place.Kind.DISTRICT else above.parent
