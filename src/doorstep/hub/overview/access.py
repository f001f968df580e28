"""Which overview is whose: a social worker's worklist, the district's picture, and what anybody may see."""

from django.http import Http404

from doorstep.hub.people.access import is_district_officer
from doorstep.hub.people.models import Membership, Person, Place, Role
from doorstep.hub.people.queries import today


def get_public_community(slug: str) -> Place:
    """A community's public page is for everybody; where two share an address, the one in use is shown."""
    found = Place.objects.communities().filter(slug=slug).exclude(slug="").select_related("parent__parent")
    place = found.prefetch_related("aliases", "listings", "successions__successor").order_by("standing", "code").first()
    if place is None:
        raise Http404
    return place


def led_communities(person: Person | None) -> list[Place]:
    """The communities whose work is this person's today, with the rhythm of their district; 404 for who leads none."""
    if person is None:
        raise Http404
    held = Membership.objects.on(today()).filter(person=person, role=Role.SOCIAL_WORKER).values("place_id")
    found = list(Place.objects.filter(pk__in=held).select_related("rhythm", "parent__rhythm", "parent__parent__rhythm"))
    if not found:
        raise Http404
    return found


def get_district_for(person: Person | None) -> Place:
    """The district of a district officer; 404 for everybody else."""
    if person is None or not is_district_officer(person):
        raise Http404
    held = Membership.objects.on(today()).filter(person=person, role=Role.DISTRICT).values("place_id")
    return Place.objects.filter(pk__in=held).order_by("code")[0]
