"""A household or a few fellows in one act: all of them, or none."""

import pytest

from doorstep.hub.journal.models import Notice
from doorstep.hub.scheduling.access.refused import CompanionCannot, NotSpoken, TooFewPlaces
from doorstep.hub.scheduling.actions.fitness import free_unfit_offers
from doorstep.hub.scheduling.actions.offer import accept, cannot_come, decline
from doorstep.hub.scheduling.actions.party import settle_parties
from doorstep.hub.scheduling.actions.signup import sign_up, sign_up_together
from doorstep.hub.scheduling.actions.slot import forbid
from doorstep.hub.scheduling.models import Offer, Party
from doorstep.hub.testing import Cast

from .events import event, volunteers

pytestmark = pytest.mark.django_db


def states(party: Party) -> list[str]:
    return sorted(party.offers.values_list("state", flat=True))


def test_a_household_signs_up_in_one_act(cast: Cast) -> None:
    family = volunteers(cast, 2, home=cast.shen.household)
    party = sign_up_together(by=cast.chen, slot=event(cast, places=3), family=family, spoken=True)
    assert party.state == Party.State.TOGETHER and states(party) == ["accepted"] * 3
    mine = Offer.objects.get(person=family[0])
    assert (mine.answer_channel, mine.answer_recorded_by) == ("in_person", cast.chen)
    assert Notice.objects.filter(kind="signed_up_by_family").count() == 2


def test_the_family_has_said_so_itself(cast: Cast) -> None:
    with pytest.raises(NotSpoken):
        sign_up_together(by=cast.chen, slot=event(cast, places=3), family=volunteers(cast, 1), spoken=False)


def test_too_few_places_take_none_of_them(cast: Cast) -> None:
    slot = event(cast, places=2)
    with pytest.raises(TooFewPlaces):
        sign_up_together(by=cast.chen, slot=slot, family=volunteers(cast, 2), spoken=True)
    assert not Offer.objects.filter(slot=slot).exists() and not Party.objects.exists()


def test_one_who_may_not_keeps_all_of_them_out_and_is_not_named(cast: Cast) -> None:
    slot, (a, b) = event(cast, places=3), volunteers(cast, 2)
    forbid(by=cast.zhou, slot=slot, person=b)
    with pytest.raises(CompanionCannot) as refused:
        sign_up_together(by=cast.chen, slot=slot, family=[a, b], spoken=True)
    assert b.name not in str(refused.value) and not Offer.objects.filter(slot=slot).exists()


def test_fellows_each_say_yes_alone(cast: Cast) -> None:
    slot, fellows = event(cast, places=3), volunteers(cast, 2)
    party = sign_up_together(by=cast.chen, slot=slot, fellows=fellows)
    assert party.state == Party.State.ASKING and states(party) == ["accepted", "sent", "sent"]
    for person in fellows:
        accept(by=person, offer=Offer.objects.get(slot=slot, person=person))
    party.refresh_from_db()
    assert party.state == Party.State.TOGETHER and states(party) == ["accepted"] * 3
    assert Notice.objects.filter(person_id=cast.chen.pk, kind="party_together").count() == 1


def test_one_no_gives_all_the_places_back(cast: Cast) -> None:
    slot, fellows = event(cast, places=3), volunteers(cast, 2)
    party = sign_up_together(by=cast.chen, slot=slot, fellows=fellows)
    accept(by=fellows[0], offer=Offer.objects.get(slot=slot, person=fellows[0]))
    decline(by=fellows[1], offer=Offer.objects.get(slot=slot, person=fellows[1]))
    party.refresh_from_db()
    assert party.state == Party.State.DISSOLVED and states(party) == ["declined", "withdrawn", "withdrawn"]
    assert Notice.objects.filter(kind="party_dissolved").count() == 2
    assert not Offer.objects.active().filter(slot=slot).exists()


def test_whatever_befalls_one_of_them_is_noticed_by_the_clock(cast: Cast) -> None:
    slot, (fellow,) = event(cast, places=2), volunteers(cast, 1)
    party = sign_up_together(by=cast.chen, slot=slot, fellows=[fellow])
    fellow.memberships.all().delete()
    assert free_unfit_offers() == 1
    assert settle_parties() == 1 and settle_parties() == 0
    party.refresh_from_db()
    assert party.state == Party.State.DISSOLVED


def test_once_they_are_together_one_may_drop_out_alone(cast: Cast) -> None:
    slot, family = event(cast, places=2), volunteers(cast, 1)
    party = sign_up_together(by=cast.chen, slot=slot, family=family, spoken=True)
    cannot_come(by=family[0], offer=Offer.objects.get(person=family[0]))
    assert states(party) == ["accepted", "cannot_come"]


def test_who_is_in_already_cannot_be_brought_again(cast: Cast) -> None:
    slot, (other,) = event(cast, places=3), volunteers(cast, 1)
    sign_up(by=other, slot=slot)
    with pytest.raises(CompanionCannot):
        sign_up_together(by=cast.chen, slot=slot, fellows=[other])
