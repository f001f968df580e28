"""A need is asked, moved or taken back by the one who asks."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from doorstep.hub.journal.access import check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.models import Household, Person, Place
from doorstep.hub.people.queries import social_workers_at
from doorstep.hub.scheduling.actions.slot import cancel_slot
from doorstep.hub.scheduling.models import Channel, Slot, SlotState

from ..access import AlreadyChecked, NoConsent, NoWayToReach, require_voice
from ..models import Need, NeedState
from ..queries import promised_by


@dataclass(frozen=True)
class Asked:
    """What the one who asks has said."""

    community: Place
    own_words: str
    for_whom: str = Need.For.SELF
    resident: Person | None = None
    household: Household | None = None
    asked_by: Person | None = None
    asker_name: str = ""
    about_name: str = ""
    relation: str = ""
    phone: str = ""
    contact_via: str = ""
    address: str = ""
    wish: str = ""
    call_morning: bool = False
    call_afternoon: bool = False
    call_evening: bool = False
    channel: str = Channel.WEB
    consents: bool = False
    witness: Person | None = None


def _reachable(asked: Asked) -> bool:
    known = asked.resident or asked.asked_by
    return bool(asked.phone or asked.contact_via or (known and known.reachable))


@transaction.atomic
def ask(*, asked: Asked, now: datetime | None = None) -> Need:
    """A new need in the asker's own words, with its consent and the promise of an answer."""
    moment = now or timezone.now()
    if not asked.consents:
        raise NoConsent
    if not _reachable(asked):
        raise NoWayToReach
    known = asked.resident or asked.asked_by
    consent = give_consent(
        person=asked.resident or asked.asked_by,
        purpose="service" if asked.for_whom == Need.For.SELF else "proxy",
        channel=asked.channel, given_by_name=asked.asker_name, relation=asked.relation, witness=asked.witness, at=moment,
    )  # fmt: skip
    need = Need.objects.create(
        community=asked.community, own_words=asked.own_words, for_whom=asked.for_whom, resident=asked.resident,
        household=asked.household or (asked.resident.household if asked.resident else None), asked_by=asked.asked_by,
        asker_name=asked.asker_name, about_name=asked.about_name, relation=asked.relation, phone=asked.phone or (known.phone if known else ""),
        contact_via=asked.contact_via or (known.contact_via if known else ""), address=asked.address, wish=asked.wish,
        call_morning=asked.call_morning, call_afternoon=asked.call_afternoon, call_evening=asked.call_evening,
        consent=consent, channel=asked.channel, asked_at=moment, answer_by=promised_by(asked.community, moment),
    )  # fmt: skip
    for worker_id in social_workers_at(asked.community).values_list("pk", flat=True):
        tell(person_id=worker_id, kind="need_asked", subject=need)
    actor = asked.witness or asked.asked_by or asked.resident
    record(actor_id=actor.pk if actor else None, verb="ask", subject=need, place_id=asked.community.pk, detail={"channel": asked.channel})
    return need


@transaction.atomic
def cancel_need(*, by: Person, need: Need, words: str = "", seen: int | None = None, now: datetime | None = None) -> None:
    """Taken back: whoever was on the way is told and free again."""
    moment = now or timezone.now()
    require_voice(by, need)
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    if current.state not in (NeedState.NEW, NeedState.CHECKED):
        raise AlreadyChecked
    _take_back(need, by, words, moment)


def _take_back(need: Need, by: Person | None, words: str, now: datetime) -> None:
    for slot in Slot.objects.filter(occasion__need=need, state__in=(SlotState.OPEN, SlotState.HELD)):
        cancel_slot(by=by, slot=slot, now=now)
    Need.objects.filter(pk=need.pk).update(state=NeedState.CANCELLED, closing_words=words, closed_at=now, version=F("version") + 1)
    record(actor_id=by.pk if by else None, verb="cancel_need", subject=need, place_id=need.community_id)


@transaction.atomic
def heed_withdrawn_consents(*, now: datetime | None = None) -> int:
    """Consent may also be taken back on the person's own page: what is open of it is cancelled within a minute."""
    moment, ended = now or timezone.now(), 0
    for need in Need.objects.filter(state__in=(NeedState.NEW, NeedState.CHECKED), consent__withdrawn_at__isnull=False).select_for_update(
        of=("self",)
    ):
        _take_back(need, None, "", moment)
        ended += 1
    return ended
