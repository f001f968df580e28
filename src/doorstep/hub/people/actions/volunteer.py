"""Writes on volunteers by their social worker: kind, lead, beginning and end."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale, check_version
from doorstep.hub.journal.actions import record, tell

from ..learning import path_to_skilled, standing
from ..models import Membership, Person, Place, Role, VolunteerProfile
from .person import OwnWork, appoint
from .registration import begin_volunteering

VOLUNTEERING = (Role.VOLUNTEER, Role.SPECIALIST)


class NotYetSkilled(Refused):
    sentence = _("还不能转成治理型：三个条件要都齐。缺哪一样，页上写着。")


class PromisedInTheFuture(Refused):
    field = "confidential_since"
    sentence = _("签承诺的日子在今天以后。请再看一看。")


class NobodyOfThatNumber(Refused):
    field = "brought_in_by"
    sentence = _("没有这个志愿者号，或者就是本人。请再对一对。")


class HelpsAlready(Refused):
    sentence = _("他已经是这个社区的志愿者了。请在名单里找一找。")


def _bump(profile: VolunteerProfile, seen: int | None, **changes: object) -> None:
    check_version(profile.version, seen)
    if not VolunteerProfile.objects.filter(pk=profile.pk, version=profile.version).update(version=F("version") + 1, **changes):
        raise Stale


@transaction.atomic
def change_kind(
    *, by: Person, profile: VolunteerProfile, place: Place, kind: str, confidential_since: date | None, seen: int | None = None
) -> None:
    """Support to skilled only with all conditions met, and never by oneself; the role at the place follows the kind."""
    if by.pk == profile.person_id:
        raise OwnWork
    if confidential_since and confidential_since > timezone.localdate():
        raise PromisedInTheFuture
    promised = confidential_since or profile.confidential_since
    _bump(profile, seen, kind=kind, confidential_since=promised)
    profile.confidential_since = promised
    if kind == VolunteerProfile.Kind.SKILLED and any(step.state != "ok" for step in path_to_skilled(profile, standing(profile.person))):
        raise NotYetSkilled
    _change_role(by, profile.person, place, Role.SPECIALIST if kind == VolunteerProfile.Kind.SKILLED else Role.VOLUNTEER)
    record(actor_id=by.pk, verb="change_kind", subject=profile.person, place_id=place.pk, detail={"kind": kind})
    tell(person_id=profile.person_id, kind="kind_changed", subject=profile.person)


def _change_role(by: Person, person: Person, place: Place, role: str) -> None:
    """The old role ends today and the new one begins, under the same lead and with the same origin."""
    before = Membership.objects.filter(person=person, place=place, role__in=VOLUNTEERING, until=None).exclude(role=role).first()
    if before is None:
        return
    Membership.objects.filter(pk=before.pk).update(until=max(before.since, timezone.localdate()))
    if not Membership.objects.filter(person=person, place=place, role=role, until=None).exists():
        appoint(
            by=by,
            person=person,
            role=role,
            place=place,
            since=timezone.localdate(),
            led_by=before.led_by,
            brought_in_by=before.brought_in_by,
        )


@transaction.atomic
def change_lead(
    *, by: Person, profile: VolunteerProfile, place: Place, led_by: Person, brought_in_by: str = "", seen: int | None = None
) -> None:
    """Who leads the volunteer, and who brought them in."""
    friend = person_of_number(brought_in_by, profile.person) if brought_in_by else None
    _bump(profile, seen)
    open_here = Membership.objects.filter(person=profile.person, place=place, role__in=VOLUNTEERING, until=None)
    open_here.update(led_by=led_by, **({"brought_in_by": friend} if friend else {}))
    record(actor_id=by.pk, verb="change_lead", subject=profile.person, place_id=place.pk, detail={"led_by": str(led_by.pk)})


def person_of_number(number: str, oneself: Person | None = None) -> Person:
    """Whose volunteer number this is; nobody brings himself in."""
    found = VolunteerProfile.objects.select_related("person").filter(number__iexact=number.strip()).first()
    if found is None or (oneself is not None and found.person_id == oneself.pk):
        raise NobodyOfThatNumber
    return found.person


@transaction.atomic
def end_membership(*, by: Person, profile: VolunteerProfile, place: Place, seen: int | None = None) -> None:
    """The volunteer stops in this community from tomorrow on; what was done stays, and coming back is easy."""
    _bump(profile, seen)
    today = timezone.localdate()
    Membership.objects.filter(person=profile.person, place=place, role__in=VOLUNTEERING, until=None, since__lte=today).update(until=today)
    record(actor_id=by.pk, verb="end_membership", subject=profile.person, place_id=place.pk)


@transaction.atomic
def add_volunteer(
    *,
    by: Person,
    place: Place,
    person: Person | None,
    name: str = "",
    phone: str = "",
    birth_date: date | None = None,
    residence: str = "",
    brought_in_by: str = "",
) -> Person:
    """Somebody whom the social worker knows begins to help: a neighbour from the register, or somebody new."""
    friend = person_of_number(brought_in_by, person) if brought_in_by else None
    if person is None:
        person = Person.objects.create(name=name, phone=phone, birth_date=birth_date, residence=residence)
    elif Membership.objects.filter(person=person, place=place, role__in=VOLUNTEERING, until=None).exists():
        raise HelpsAlready
    begin_volunteering(by=by, person=person, place=place, brought_in_by=friend)
    return person
