"""An event of two hundred on the week's page: two numbers, whoever opens it reads who comes, and it costs no more than a visit."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorstep.hub.scheduling.actions.offer import accept, propose, send_offer
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.board import board_of, opened, week_of
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.testing import Cast

from .events import event, volunteers

pytestmark = pytest.mark.django_db


def crowd(cast: Cast, places: int, coming: int) -> Slot:
    """An event on which so many have their place."""
    slot = event(cast, places=places, trainees=2)
    seats = list(slot.seats.filter(trainee=False).order_by("number"))[:coming]
    Offer.objects.bulk_create(
        Offer(slot=slot, seat=seat, person=person, start=cast.at(5, 9), state=OfferState.ACCEPTED, sent_at=cast.at(0, 9))
        for seat, person in zip(seats, volunteers(cast, coming), strict=True)
    )
    return slot


@pytest.mark.parametrize(("places", "coming", "kind"), [(5, 0, "signup"), (5, 3, "signup"), (5, 5, "settled")])
def test_two_numbers_say_what_the_list_says(cast: Cast, places: int, coming: int, kind: str) -> None:
    slot = crowd(cast, places, coming)
    [brief], [whole] = week_of(cast.community, cast.monday).lines, board_of(cast.community, cast.monday).lines
    for line in (brief, whole):
        assert (line.kind, line.places, line.going, line.open, line.start) == (kind, places, coming, places - coming, cast.at(5, 9))
    assert brief.crowd is not None and brief.seats == [] and len(whole.seats) == places and len(whole.trainees) == 2
    full = opened(brief)
    assert len(full.offers) == coming and len(full.seats) == places and full.slot.pk == slot.pk


def test_a_place_that_waits_to_be_sent_is_sent_with_the_week(cast: Cast) -> None:
    """Put on by hand: the one button of the page means the same offers as the action behind it."""
    slot, (asked, sure) = crowd(cast, 4, 1), volunteers(cast, 2)
    free = list(slot.seats.filter(trainee=False, offers=None).select_related("slot__place"))
    offer = propose(by=cast.zhou, seat=free[0], person=asked, start=cast.at(5, 9))
    sent = send_offer(by=cast.zhou, offer=propose(by=cast.zhou, seat=free[1], person=sure, start=cast.at(5, 9)))
    page, whole = week_of(cast.community, cast.monday), board_of(cast.community, cast.monday)
    assert page.to_send == whole.to_send == [offer] and page.seen == whole.seen
    assert page.lines[0].going == whole.lines[0].going == 3
    accept(by=sure, offer=sent)
    sign_up(by=cast.chen, slot=slot)
    assert week_of(cast.community, cast.monday).lines[0].kind == board_of(cast.community, cast.monday).lines[0].kind == "proposed"


def test_the_page_asks_the_database_the_same_for_two_and_for_two_hundred(cast: Cast, client: Client) -> None:
    zhou, address = cast.sign_in(client, cast.zhou), f"{reverse('scheduling:plan')}?week={cast.monday.isoformat()}"
    counts, rows = [], []
    for places in (2, 200):
        crowd(cast, places, places)
        # Something to work on, so that no event stands open on the page.
        cast.slot()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = zhou.get(address).content.decode()
        counts.append(len(asked.captured_queries))
        board = week_of(cast.community, cast.monday)
        rows.append(sum(len(line.seats) + len(line.tried) for line in board.lines if line.slot.is_event))
    assert "报上 200 位，一共要 200 位" in page and "报上 2 位，一共要 2 位" in page
    assert counts[0] == counts[1] <= 15 and rows == [0, 0]


def test_the_event_that_is_opened_names_who_comes(cast: Cast, client: Client) -> None:
    slot = crowd(cast, 3, 2)
    page = (
        cast.sign_in(client, cast.zhou).get(f"{reverse('scheduling:plan')}?week={cast.monday.isoformat()}&slot={slot.pk}").content.decode()
    )
    assert all(name in page for name in Offer.objects.filter(slot=slot).values_list("person__name", flat=True))
