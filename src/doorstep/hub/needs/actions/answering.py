"""What the home says to the time and the person: agrees, asks for another time or another person, or takes its consent back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from doorstep.hub.journal.access import check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.person import withdraw_consent
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.access import SlotClosed
from doorstep.hub.scheduling.actions.exclusion import rule_out_for_home
from doorstep.hub.scheduling.actions.slot import exclude, move_slot, record_home_answer
from doorstep.hub.scheduling.models import Channel, HomeAnswer, Offer, OfferState, Slot, SlotState

from ..access import NobodyYet, NotExpected, require_voice
from ..models import Need, NeedState
from .asking import cancel_need


def _open(need: Need, slot: Slot, seen: int | None) -> None:
    """The page's slot must belong to the need, still be open, and look as it did when the page was drawn."""
    # The need's row before the slot's, as everywhere: who says how it went waits in the same order.
    Need.objects.select_for_update().get(pk=need.pk)
    current = Slot.objects.select_for_update().filter(pk=slot.pk, occasion__need=need).first()
    if current is None or current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    check_version(current.version, seen)


@transaction.atomic
def agree(*, by: Person, need: Need, slot: Slot, channel: str = Channel.WEB, seen: int | None = None, now: datetime | None = None) -> None:
    """The home says yes to who comes and when; the social worker takes it down where it was said by phone or at the door."""
    require_voice(by, need)
    _open(need, slot, seen)
    # Who was only asked may still say no: the home is not bound to somebody of whom it has not heard.
    if not Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).exists():
        raise NobodyYet
    record_home_answer(by=by, slot=slot, answer=HomeAnswer.AGREED, channel=channel, now=now)
    if by.pk != slot.lead_id:
        tell(person_id=slot.lead_id, kind="home_agreed", subject=slot, numbers={"title": slot.title})


@transaction.atomic
def refuse_person(
    *, by: Person, need: Need, slot: Slot, person: Person, ever: bool = False,
    channel: str = Channel.WEB, seen: int | None = None, now: datetime | None = None,
) -> None:  # fmt: skip
    """The home wants somebody else, this time or for good: the seat opens again, and the person is thanked without a reason."""
    require_voice(by, need)
    _open(need, slot, seen)
    if not Offer.objects.active().filter(slot=slot, person=person).exists():
        raise NotExpected
    rule_out_for_home(by=by, slot=slot, person=person, now=now)
    if ever and slot.household:
        exclude(by=by, person=person, household=slot.household)
    still = Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).exists()
    record_home_answer(by=by, slot=slot, answer=HomeAnswer.NOT_ASKED if still else HomeAnswer.REFUSED, channel=channel, now=now)
    if by.pk != slot.lead_id:
        tell(person_id=slot.lead_id, kind="home_refused", subject=slot, numbers={"title": slot.title})


@transaction.atomic
def move_visit(
    *, by: Person, need: Need, slot: Slot, windows: list[tuple[datetime, datetime]], channel: str = Channel.WEB,
    seen: int | None = None, now: datetime | None = None,
) -> None:  # fmt: skip
    """Another time suits the home better: whoever had said yes is free again and may be asked anew."""
    require_voice(by, need)
    _open(need, slot, seen)
    move_slot(by=by, slot=slot, windows=windows, now=now)
    Need.objects.filter(pk=need.pk).update(version=F("version") + 1)
    if by.pk != slot.lead_id:
        tell(person_id=slot.lead_id, kind="home_moved", subject=slot, numbers={"title": slot.title})
    record(actor_id=by.pk, verb="move_visit", subject=need, place_id=need.community_id, detail={"channel": channel})


@transaction.atomic
def take_consent_back(*, by: Person, need: Need, now: datetime | None = None) -> None:
    """Without consent nobody may look at the matter any more: an open need is cancelled with it."""
    require_voice(by, need)
    if need.consent is not None:
        withdraw_consent(by=by, consent=need.consent)
    state = Need.objects.select_for_update().values_list("state", flat=True).get(pk=need.pk)
    if state in (NeedState.NEW, NeedState.CHECKED):
        cancel_need(by=by, need=need, now=now or timezone.now())
