"""Stars: announced in the unit once they are reached, objected to, decided by the district, and granted when the days of notice are over."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person
from doorstep.hub.people.queries import social_workers_at

from .. import book, bound
from ..models import Salt, StarAward, StarObjection
from ..queries.stars import Reached, reached
from ..star_access import NobodyElseDecides, NoticeOver, ObjectedAlready, OwnStar, deciders_over, require_decider, units_of
from .booking import append, salt_of, subject_of
from .hours import NoWordsYet

logger = logging.getLogger(__name__)
#: So many tenths of an hour more than those that were looked into, before a refused star is announced again by itself.
OTHER_HOURS = 100

T = TypeVar("T")


class NotOfThisUnit(Refused):
    pass


def keep_stars(*, now: datetime | None = None) -> int:
    """Announces what was reached and grants what nobody objected to; gives how many stars moved."""
    moment = now or timezone.now()
    return announce_stars(now=moment) + grant_stars(now=moment)


def announce_stars(*, now: datetime | None = None) -> int:
    """The highest star that each has reached and does not have: at once on the notice of their community."""
    moment = now or timezone.now()
    known: dict[UUID, int] = {}
    refused: dict[tuple[UUID, int], int] = {}
    for person_id, star, state, tenths in StarAward.objects.exclude(person=None).values_list("person_id", "star", "state", "tenths"):
        if state in (StarAward.State.NOTICE, StarAward.State.GRANTED):
            known[person_id] = max(known.get(person_id, 0), star)
        elif state == StarAward.State.REFUSED:
            refused[person_id, star] = max(refused.get((person_id, star), 0), tenths)
    fresh = [
        one
        for one in reached(timezone.localdate(moment))
        if one.star > known.get(one.person_id, 0) and _other_hours(one.tenths, refused.get((one.person_id, one.star)))
    ]
    return _each(fresh, lambda one: _announce(one, moment))


def _other_hours(tenths: int, refused: int | None) -> bool:
    """What was refused is announced again when hours were corrected since, or clearly more were added: a few minutes undo no decision."""
    return refused is None or tenths < refused or tenths >= refused + OTHER_HOURS


def _each(found: Iterable[T], act: Callable[[T], bool]) -> int:
    """What goes wrong with one star holds up no other."""
    moved = 0
    for one in found:
        try:
            moved += act(one)
        except Exception:
            logger.exception("a star could not be moved on and is tried again: %s", one)
    return moved


@transaction.atomic
def _announce(one: Reached, now: datetime) -> bool:
    """Once: who is being forgotten, or whom another round has announced meanwhile, is passed over."""
    hold_people([one.person_id])
    person = Person.objects.get(pk=one.person_id)
    if StarAward.objects.filter(person=person, star__gte=one.star, state__in=(StarAward.State.NOTICE, StarAward.State.GRANTED)).exists():
        return False
    if not Salt.objects.filter(person=person).exists():
        return False
    day = timezone.localdate(now)
    made = StarAward.objects.create(
        person=person, unit=one.unit, star=one.star, scheme=one.scheme.name, tenths=one.tenths, reached_on=day,
        notice_until=day + timedelta(days=one.scheme.notice_days),
    )  # fmt: skip
    tell(person_id=person.pk, kind="star_noticed", subject=made, numbers={"title": str(made.star)})
    record(actor_id=None, verb="announce_star", subject=made, place_id=one.unit.pk, detail={"star": made.star, "scheme": made.scheme})
    return True


def grant_stars(*, now: datetime | None = None) -> int:
    """Whose notice is over without an open objection, and who still reaches it."""
    moment = now or timezone.now()
    over = StarAward.objects.filter(state=StarAward.State.NOTICE, notice_until__lt=timezone.localdate(moment)).exclude(person=None)
    return _each(list(over.order_by("pk").values_list("pk", "person_id")), lambda one: _grant(*one, moment))


@transaction.atomic
def _grant(star_id: UUID, person_id: UUID, now: datetime) -> bool:
    # The person first, as everywhere: whoever forgets somebody holds them and then comes to their stars.
    hold_people([person_id])
    found = StarAward.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=star_id)
    if found.state != StarAward.State.NOTICE or found.person is None:
        return False
    if found.objections.filter(state=StarObjection.State.OPEN).exists():
        return False
    day = timezone.localdate(now)
    still = next((one.star for one in reached(day, [found.person.pk])), 0)
    if still >= found.star:
        found.state, found.granted_on = StarAward.State.GRANTED, day
        said = {
            "subject": subject_of(found.person, found.unit), "start": day, "rules": found.scheme, "reasons": (f"star_{found.star}",),
            "document": book.commitment(salt_of(found.person), bound.of_star(found)),
        }  # fmt: skip
        [found.entry] = append(facts=[book.Fact(book.Kind.STAR_GRANTED, found.unit_id, said)], now=now)
    else:
        found.state = StarAward.State.LAPSED
    found.save()
    tell(person_id=found.person_id, kind=f"star_{found.state}", subject=found, numbers={"title": str(found.star)})
    record(actor_id=None, verb="settle_star", subject=found, place_id=found.unit_id, detail={"star": found.star, "state": found.state})
    return True


@transaction.atomic
def object_to_star(*, by: Person, star: StarAward, words: str, now: datetime | None = None) -> StarObjection:
    """Somebody of the community says what speaks against it; it waits until the district has decided."""
    moment = now or timezone.now()
    found = StarAward.objects.select_for_update(of=("self",)).select_related("unit").get(pk=star.pk)
    if not units_of(by).filter(pk=found.unit_id).exists():
        raise NotOfThisUnit
    if by.pk == found.person_id:
        raise OwnStar
    if found.state != StarAward.State.NOTICE or found.notice_until < timezone.localdate(moment):
        raise NoticeOver
    if not words.strip():
        raise NoWordsYet
    if found.objections.filter(by=by, state=StarObjection.State.OPEN).exists():
        raise ObjectedAlready
    officers = {officer.pk for officer in deciders_over(found.unit)}
    if officers == {by.pk}:
        raise NobodyElseDecides
    made = StarObjection.objects.create(star=found, by=by, words=words, at=moment)
    for person_id in officers | {worker.pk for worker in social_workers_at(found.unit)}:
        if person_id not in (by.pk, found.person_id):
            tell(person_id=person_id, kind="star_objected", subject=found, numbers={"title": str(found.star)})
    record(actor_id=by.pk, verb="object_to_star", subject=made, place_id=found.unit_id)
    return made


@transaction.atomic
def decide_objection(*, by: Person, objection: StarObjection, upheld: bool, words: str, now: datetime | None = None) -> StarObjection:
    """The district has looked into it: with a yes the star is not granted, and its owner reads why."""
    moment = now or timezone.now()
    star = StarAward.objects.select_for_update(of=("self",)).select_related("unit").get(pk=objection.star_id)
    found = StarObjection.objects.select_for_update(of=("self",)).select_related("star__unit").get(pk=objection.pk)
    require_decider(by, found)
    if found.state != StarObjection.State.OPEN or star.state != StarAward.State.NOTICE:
        raise ObjectedAlready
    if not words.strip():
        raise NoWordsYet
    state = StarObjection.State.UPHELD if upheld else StarObjection.State.REJECTED
    found.state, found.answer, found.decided_by, found.decided_at = state, words, by, moment
    found.save()
    if upheld:
        star.state, star.words = StarAward.State.REFUSED, words
        star.save(update_fields=["state", "words"])
        _close_the_rest(star, by, words, moment)
        tell(person_id=star.person_id, kind="star_refused", subject=star, numbers={"title": str(star.star)})
    tell(person_id=found.by_id, kind="objection_answered", subject=star, numbers={"title": str(star.star)})
    record(actor_id=by.pk, verb="decide_objection", subject=found, place_id=star.unit_id, detail={"upheld": upheld})
    return found


def _close_the_rest(star: StarAward, by: Person, words: str, now: datetime) -> None:
    """What one objection led to answers the others; the decider's own is closed with them, decided by nobody."""
    rest = star.objections.filter(state=StarObjection.State.OPEN)
    told = list(rest.exclude(by=by).exclude(by=None).values_list("by_id", flat=True))
    rest.filter(by=by).update(state=StarObjection.State.UPHELD, answer=words, decided_at=now)
    rest.update(state=StarObjection.State.UPHELD, answer=words, decided_by=by, decided_at=now)
    for person_id in told:
        tell(person_id=person_id, kind="objection_answered", subject=star, numbers={"title": str(star.star)})
