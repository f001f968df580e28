"""What-if pages: the cost before the act, the act, the kept file's life, and a volunteer's own why-not without a word about others."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Person, VolunteerProfile
from doorstep.hub.scheduling import access, asking, solving
from doorstep.hub.scheduling.actions import kept_files
from doorstep.hub.scheduling.actions.arranging import put_on
from doorstep.hub.scheduling.actions.offer import send_offer, withdraw_offer
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted, forbid, move_slot
from doorstep.hub.scheduling.actions.weighing import weigh
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, PlanFile, Refusal, Slot
from doorstep.hub.scheduling.solving import Cost
from doorstep.hub.scheduling.tasks import keep, make_plan
from doorstep.hub.scheduling.whatif_words import points_sentence
from doorstep.hub.testing import Cast

MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def planned(cast: Cast) -> Plan:
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday)
    assert make_plan.func(str(plan.pk)) == Plan.State.READY
    plan.refresh_from_db()
    return plan


def the_offer(slot: Slot) -> Offer:
    return Offer.objects.active().select_related("person", "slot", "seat").get(slot=slot)


def others(slot: Slot) -> Person:
    """Somebody whom the plan could send instead."""
    desk = asking.Desk(Slot.objects.select_related("place__parent__parent").get(pk=slot.pk))
    return Person.objects.get(pk=desk.could(slot.seats.get())[0])


def page(client: Client, slot: Slot, **asked: str) -> str:
    answer = client.get(reverse("scheduling:what_if", args=[slot.pk]), asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def decide(client: Client, slot: Slot, do: str, **said: str) -> Any:
    slot.refresh_from_db()
    return client.post(reverse("scheduling:decide", args=[slot.pk, do]), {"seen": str(slot.version), **said})


def test_a_plan_without_stored_files_cannot_be_asked_and_says_so(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    plan = planned(cast)
    kept_files.path_of(plan).unlink()
    PlanFile.objects.all().delete()
    keep(plan)
    assert "算不出代价" in page(cast.sign_in(client, cast.zhou), slot)


def test_the_cost_is_shown_and_nothing_is_changed_by_looking(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    cast.sign_in(client, cast.zhou)
    other, was = others(slot), list(Offer.objects.values_list("pk", "state", "pinned"))
    assert "本来就排的这位" in page(client, slot, do="pin", person=str(the_offer(slot).person_id))
    assert "整份安排" in page(client, slot, do="pin", person=str(other.pk))
    assert other.name in page(client, slot, do="forbid", person=str(the_offer(slot).person_id))
    assert "加重了也不变" in page(client, slot, do="more")
    assert f"为什么没有排{other.name}" in page(client, slot, do="why", person=str(other.pk))
    assert list(Offer.objects.values_list("pk", "state", "pinned")) == was


def test_pinning_the_proposed_and_pinning_somebody_else(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    cast.sign_in(client, cast.zhou)
    offer, other = the_offer(slot), others(slot)
    decide(client, slot, "pin", person=str(offer.person_id))
    offer.refresh_from_db()
    assert offer.pinned
    text = page(client, slot, do="pin", person=str(other.pk))
    start = text.split('name="start" value="')[1].split('"')[0]
    decide(client, slot, "pin", person=str(other.pk), seat=str(offer.seat_id), start=start)
    assert (the_offer(slot).person, the_offer(slot).pinned, the_offer(slot).sent_at) == (other, True, None)
    planned(cast)
    assert the_offer(slot).person == other


def test_ruling_somebody_out_keeps_them_out_of_the_next_plan(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    who = the_offer(slot).person
    decide(cast.sign_in(client, cast.zhou), slot, "forbid", person=str(who.pk))
    assert Refusal.objects.filter(slot=slot, person=who).exists()
    planned(cast)
    assert the_offer(slot).person != who


def test_a_weight_reaches_the_next_week_file_within_the_scale_and_is_written_down(cast: Cast, client: Client) -> None:
    slot = cast.slot(priority=4)
    planned(cast)
    cast.sign_in(client, cast.zhou)
    for _ in range(4):
        decide(client, slot, "more")
    slot.refresh_from_db()
    assert (slot.priority, slot.weight, slot.weighed_priority) == (4, 2, 5)
    week = solving.build_week(place=cast.district, monday=cast.monday)
    assert [need["priority"] for need in week["needs"] if need["id"] == str(slot.pk)] == [5]
    assert Entry.objects.filter(verb="weigh").count() == 4
    for _ in range(5):
        decide(client, slot, "less")
    slot.refresh_from_db()
    assert (slot.weight, slot.weighed_priority) == (-2, 2)


def test_an_old_page_weighs_nothing(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    cast.sign_in(client, cast.zhou)
    old = str(slot.version)
    weigh(by=cast.zhou, slot=slot, steps=1)
    client.post(reverse("scheduling:decide", args=[slot.pk, "more"]), {"seen": old})
    slot.refresh_from_db()
    assert slot.weight == 1


def test_what_people_were_asked_for_since_is_not_moved(cast: Cast, client: Client) -> None:
    first, second = cast.slot(), cast.slot(title="陪沈阿姨买药")
    planned(cast)
    send_offer(by=cast.zhou, offer=the_offer(second))
    desk = asking.Desk(Slot.objects.get(pk=first.pk))
    who = the_offer(second).person
    told = desk.pin(who) if the_offer(first).person != who else desk.weigh(2)
    assert told is None or all(shift.slot.pk != second.pk for shift in told.here)


def test_the_plan_is_asked_as_the_week_stands(cast: Cast) -> None:
    """Who was put there by hand is on it; who was taken off is not; a pinned proposal is not moved for another matter."""
    slot = cast.slot()
    planned(cast)
    first, other, start = the_offer(slot).person, others(slot), the_offer(slot).start
    desk = asking.Desk(Slot.objects.get(pk=slot.pk))
    assert (desk.why_not(first).code, desk.why_not(other).code == "chosen") == ("chosen", False)
    put_on(by=cast.zhou, seat=slot.seats.get(), person=other, start=start, ask=False)
    desk = asking.Desk(Slot.objects.get(pk=slot.pk))
    assert (desk.why_not(other).code, desk.why_not(first).code == "chosen") == ("chosen", False)
    withdraw_offer(by=cast.zhou, offer=the_offer(slot))
    desk = asking.Desk(Slot.objects.get(pk=slot.pk))
    assert desk.why_not(other).code in ("equal", "loses")
    told = desk.pin(other)
    assert told is not None, "an empty seat may be filled"
    assert told.cost.change == 0, "and that gains nothing beside what the plan would gain by filling it with anybody"
    assert [(shift.slot, shift.before, shift.after) for shift in told.here] == [(slot, [], [other])]


def test_an_empty_seat_is_not_said_to_be_somebody_elses(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    other = others(slot)
    withdraw_offer(by=cast.zhou, offer=the_offer(slot))
    cast.sign_in(client, cast.zhou)
    said = page(client, slot, do="why", person=str(other.pk))
    assert "这一件现在还没有人" in said and f"{other.name}去，别的一分不少" in said


@pytest.mark.parametrize(("answered", "says"), [("sent", "已经问过"), ("accepted", "已经答应了")])
def test_who_was_asked_is_told_and_the_page_says_so_first(cast: Cast, client: Client, answered: str, says: str) -> None:
    slot = cast.slot()
    planned(cast)
    offer = the_offer(slot)
    Offer.objects.filter(pk=offer.pk).update(state=answered)
    cast.sign_in(client, cast.zhou)
    assert says in page(client, slot, do="forbid", person=str(offer.person_id))
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.PROPOSED)
    assert "会告诉这位" not in page(client, slot, do="forbid", person=str(offer.person_id))


@pytest.mark.parametrize("answered", ["sent", "accepted"])
def test_a_seat_that_was_asked_for_is_taken_back_before_somebody_else_is_fixed(cast: Cast, client: Client, answered: str) -> None:
    slot = cast.slot()
    planned(cast)
    offer, other = the_offer(slot), others(slot)
    Offer.objects.filter(pk=offer.pk).update(state=answered)
    cast.sign_in(client, cast.zhou)
    said = page(client, slot, do="pin", person=str(other.pk))
    assert f"{offer.person.name}" in said and "收回以后再定" in said and "就定这位" not in said
    decide(client, slot, "forbid", person=str(offer.person_id))
    assert "就定这位" in page(client, slot, do="pin", person=str(other.pk))


@pytest.mark.parametrize(
    ("points", "says"), [(0.4, "少 0.4 分，"), (12.0, "12.0 分（好比一共多走 1.2 公里路）"), (563.5, "（好比 2 件平常的事没有人去）")]
)
def test_points_are_likened_to_what_people_know(points: float, says: str) -> None:
    assert says in points_sentence(Cost(-points, -points, True, ()))


def test_a_slot_that_was_moved_or_opened_since_is_not_answered_for(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    later = cast.slot(title="排班以后才有的")
    move_slot(by=cast.zhou, slot=slot, windows=[(cast.at(4, 14), cast.at(4, 15))])
    cast.sign_in(client, cast.zhou)
    assert "算不出代价" in page(client, slot)
    assert f"{reverse('scheduling:plan')}?place={cast.community.pk}&amp;week={cast.monday.isoformat()}" in page(client, slot)
    assert "算不出代价" in page(client, later)


def test_pinning_while_a_plan_is_stored_leaves_one_person_on_the_seat(cast: Cast) -> None:
    """The social worker decides between the planner's reading and its storing: what she fixed stands."""
    slot = cast.slot()
    planned(cast)
    other, start = others(slot), the_offer(slot).start
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday)
    decided: list[Offer] = []

    def tell(stage: str, progress: int) -> None:
        if stage == "storing" and not decided:
            decided.append(put_on(by=cast.zhou, seat=slot.seats.get(), person=other, start=start, ask=False))

    solving.solve_plan(plan_id=plan.pk, tell=tell)
    assert decided and (the_offer(slot).person, the_offer(slot).pinned) == (other, True)


def test_the_page_asks_few_questions_of_the_database(cast: Cast, client: Client) -> None:
    slot = cast.slot(seats=[SeatWanted(), SeatWanted()])
    planned(cast)
    cast.sign_in(client, cast.zhou)
    page(client, slot)
    offer = Offer.objects.active().filter(slot=slot).first()
    assert offer is not None
    for asked in ({}, {"do": "forbid", "person": str(offer.person_id)}, {"do": "why", "person": str(cast.jiang.pk)}):
        with CaptureQueriesContext(connection) as queries:
            page(client, slot, **asked)
        assert len(queries) <= MOST_QUERIES, "\n".join(
            query["sql"][:60] + " … " + query["sql"].partition(" FROM ")[2][:150] for query in queries
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"offers_welcome": False}, "您暂停了邀请"),
        ({"reach_m": 1}, "您填的路程里"),
        ({}, ""),
    ],
)
def test_a_volunteer_hears_of_the_own_week_alone(cast: Cast, client: Client, change: dict[str, Any], sentence: str) -> None:
    VolunteerProfile.objects.filter(person=cast.chen).update(**change)
    cast.slot()
    planned(cast)
    cast.sign_in(client, cast.chen)
    client.get(reverse("scheduling:why_week"))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("scheduling:why_week"))
    text = answer.content.decode()
    assert (answer.status_code, len(queries) <= MOST_QUERIES) == (200, True)
    assert sentence in text
    assert not [
        person.name for person in Person.objects.exclude(pk=cast.chen.pk) if person.name in text.split("<main")[1].split("</main>")[0]
    ]


def test_a_volunteer_hears_why_not_of_an_open_matter_and_of_no_other(cast: Cast, client: Client) -> None:
    lonely = cast.slot(windows=[(cast.at(2, 19, 30), cast.at(2, 20))])
    filled = cast.slot(title="已经排上的")
    cast.offer(filled, cast.jiang, OfferState.SENT)
    planned(cast)
    forbidden = cast.slot(title="不请他的", windows=[(cast.at(2, 19, 30), cast.at(2, 20))])
    forbid(by=cast.zhou, slot=forbidden, person=cast.chen)
    cast.sign_in(client, cast.chen)
    Offer.objects.filter(slot=lonely).delete()
    text = client.get(reverse("scheduling:why_not", args=[lonely.pk])).content.decode()
    assert "为什么没有排我" in text and "沈" not in text.split("<main")[1].split("</main>")[0]
    for slot in (filled, forbidden):
        assert client.get(reverse("scheduling:why_not", args=[slot.pk])).status_code == 404


def test_the_first_button_leads_to_the_change_that_wins(cast: Cast, client: Client) -> None:
    """Who has promised as much as they offer is led to how often they go, not to their free time."""
    slot, other = cast.slot(), cast.slot(title="另一件", household=cast.he.household, windows=[(cast.at(4, 9), cast.at(4, 10))])
    VolunteerProfile.objects.filter(person=cast.chen).update(max_visits=1)
    VolunteerProfile.objects.exclude(person=cast.chen).update(offers_welcome=False)
    cast.offer(slot, cast.chen, OfferState.ACCEPTED)
    planned(cast)
    text = cast.sign_in(client, cast.chen).get(reverse("scheduling:why_not", args=[other.pk])).content.decode()
    assert "愿意多去一次，重排就会排您" in text
    assert f'btn-main" href="{reverse("people:profile")}"' in text


def test_the_other_week_is_a_link_away(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    for first, then in ((cast.monday, "week="), (cast.monday - timedelta(days=7), f"week={cast.monday.isoformat()}")):
        text = client.get(reverse("scheduling:why_week"), {"week": first.isoformat()}).content.decode()
        assert f'<a class="tap" href="?{then}' in text


def test_weight_outside_the_scale_is_refused_by_the_database(cast: Cast) -> None:
    slot = cast.slot()
    assert weigh(by=cast.zhou, slot=slot, steps=9) == 2
    assert weigh(by=cast.zhou, slot=slot, steps=-9) == -2


def test_a_confidential_matter_is_not_told_in_answers_about_the_week(cast: Cast, client: Client) -> None:
    """A matter with a professional's seat is heard of by those alone who could take that seat."""
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("counselling"), level=2)])
    assert access.untold_to(cast.chen, cast.monday) == {str(slot.pk)}
    planned(cast)
    cast.sign_in(client, cast.chen)
    answer = client.get(reverse("scheduling:why_week"), {"week": cast.monday.isoformat()}).content.decode()
    assert "没有人家要人" in answer and "专长" not in answer.split("<main")[1]


def test_a_proposal_that_was_not_sent_is_not_told(cast: Cast, client: Client) -> None:
    VolunteerProfile.objects.exclude(person=cast.chen).update(offers_welcome=False)
    slot = cast.slot()
    planned(cast)
    assert the_offer(slot).state == OfferState.PROPOSED and the_offer(slot).person == cast.chen
    cast.sign_in(client, cast.chen)
    for url in (reverse("scheduling:why_week"), reverse("scheduling:why_not", args=[slot.pk])):
        answer = client.get(url, {"week": cast.monday.isoformat()})
        if answer.status_code == 200:
            text = answer.content.decode().split("<main")[1]
            assert "排了您" not in text and "排的就是您" not in text
            assert "问到您" in text
