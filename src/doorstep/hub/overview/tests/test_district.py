"""The district's picture: every figure from the records, small counts hidden, registered beside active, drawn and tabled."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.actions.closing import give_up, record_visit
from doorstep.hub.needs.models import Need
from doorstep.hub.overview.access import get_district_for
from doorstep.hub.overview.drawing import lines, spots
from doorstep.hub.overview.queries import district, glance, heat, map, standing, volunteers
from doorstep.hub.people.models import Person, Place
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Plan, Slot, SlotState
from doorstep.hub.testing import Cast

PAGE = "overview:district"


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def after(cast: Cast) -> datetime:
    """Tuesday after the cast's week: its week is the last finished one."""
    return cast.at(8, 12)


def serve(cast: Cast, person: Person | None = None) -> None:
    offer = cast.offer(person=person, state="accepted")
    need = offer.slot.occasion.need
    record_visit(by=cast.zhou, need=need, slot=offer.slot, outcomes={offer: Attendance.Outcome.SERVED}, channel="phone", now=offer.end)


def miss(cast: Cast, times: int, skill: str = "electrician") -> None:
    """So many occasions for which nobody was found."""
    for _ in range(times):
        need = cast.need()
        cast.checked(need, seats=[SeatWanted(skill=cast.skill(skill))])
        give_up(by=cast.zhou, need=need, words="没找到会水电的人。")


def places(cast: Cast) -> list[Place]:
    return get_district_for(cast.lin)[1]


def test_what_was_met_and_what_was_not_is_counted_by_community(cast: Cast) -> None:
    serve(cast)
    miss(cast, 2)
    found = district.picture(places(cast), after(cast))
    assert (found.last_met, found.last_unmet) == (1, 2)
    assert [(tally.met, tally.unmet) for tally in found.tallies] == [(1, 2), (0, 0)]


def test_the_coming_week_counts_seats_and_who_holds_them(cast: Cast) -> None:
    cast.offer(cast.slot(seats=[SeatWanted(), SeatWanted()]), state="proposed")
    found = district.picture(places(cast), timezone.now())
    assert (found.coming, found.seats, found.held, found.missing) == (1, 2, 1, 1)


def test_the_skill_that_is_missing_is_named_with_its_street_from_five_on(cast: Cast) -> None:
    miss(cast, 4)
    missing = district.picture(places(cast), after(cast)).unmet
    assert heat.worst(missing, {}, district.skills(), places(cast)) is None
    miss(cast, 1)
    missing = district.picture(places(cast), after(cast)).unmet
    found = heat.worst(missing, {}, district.skills(), places(cast))
    assert found is not None
    assert (found.skill.code, found.unmet, found.places) == ("electrician", 5, [cast.street])


def test_the_coming_weeks_empty_seats_name_the_skill_too(client: Client, cast: Cast) -> None:
    for _ in range(5):
        cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    coming = district.picture(places(cast), timezone.now())
    found = heat.worst(coming.unmet, coming.gaps, district.skills(), places(cast))
    assert found is not None
    assert (found.skill.code, found.unmet, found.coming) == ("electrician", 0, 5)
    said = re.sub(r"<[^>]+>", "", page(cast.sign_in(client, cast.lin)))
    assert "最缺的是水电：下周还缺 5 人，缺在柳岸街道。" in said


def test_many_skills_that_lack_a_little_are_not_called_enough(client: Client, cast: Cast) -> None:
    for skill in ("electrician", "counselling", "nursing"):
        for _ in range(2):
            cast.slot(seats=[SeatWanted(skill=cast.skill(skill))])
    said = re.sub(r"<[^>]+>", "", page(cast.sign_in(client, cast.lin)))
    assert "其中 6 人要专长" in said and "没有哪一样" not in said


def test_the_district_and_its_social_worker_count_alike(cast: Cast) -> None:
    cast.offer(cast.slot(), state="sent")
    cast.offer(cast.slot(seats=[SeatWanted(), SeatWanted()]), person=cast.jiang, state="proposed")
    give_up(by=cast.zhou, need=(need := cast.need(), cast.checked(need))[0], words="没找到人。")
    now = timezone.now()
    here = [cast.community]
    found = district.picture(here, now)
    own = glance.weeks(here, standing.standings(here, now), {}, now)[1]
    assert (found.coming, found.filled, found.lacking) == (own.asked, own.filled, own.missing) == (2, 1, 1)


def test_small_counts_of_the_table_are_not_written(cast: Cast) -> None:
    miss(cast, 3)
    miss(cast, 9, "counselling")
    counts = district.picture(places(cast), after(cast)).unmet
    table = heat.heat_of(counts, district.skills(), places(cast), cast.street)
    written = {row.skill.code if row.skill else row.kind: [cell.count for cell, _step in row.cells] for row in table.rows}
    assert written["electrician"][0] is None and table.rows[1].total.count is None


def test_skills_beyond_the_tenth_stand_together_and_hands_come_last() -> None:
    skills: Any = {n: Thing(pk=n, professional=n < 14) for n in range(1, 15)}
    place: Any = Thing(pk="a", parent_id="s")
    counts: Any = {("a", n): 30 - n for n in range(1, 14)} | {("a", 14): 6, ("a", None): 9}
    table = heat.heat(counts, skills, [place], lambda found: found)
    assert [row.kind for row in table.rows[-2:]] == ["others", "hands"]
    assert [row.total.count for row in table.rows[-2:]] == [19 + 18 + 17, 15]


def test_months_run_from_hands_to_skill(cast: Cast) -> None:
    now = timezone.make_aware(datetime(2026, 11, 24, 9))
    for asked, skilled in (
        ("2026-09-30T23:30", False),
        ("2026-10-01T00:10", True),
        ("2026-11-02T08:00", True),
        ("2026-11-03T08:00", False),
    ):
        need = cast.need()
        Need.objects.filter(pk=need.pk).update(asked_at=timezone.make_aware(datetime.fromisoformat(asked)), skilled=skilled)
    found = district.months(cast.district, places(cast), now)
    assert [(row.first.month, row.asked, row.share) for row in found] == [(9, 1, 0), (10, 1, 100), (11, 2, 50)]


def test_registered_stands_beside_active_idle_and_overused(cast: Cast) -> None:
    serve(cast)
    found = volunteers.count_hands(places(cast), after(cast))
    assert (found.workers, found.registered, found.active, found.led) == (2, 4, 1, 4)
    assert found.idle == [(cast.community.pk, 3)]
    assert found.overused == 0


def test_who_goes_too_often_is_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(cast)
    monkeypatch.setattr(volunteers, "TOO_MANY", 1)
    assert volunteers.count_hands(places(cast), after(cast)).overused == 1


def test_communities_are_compared_only_with_enough_to_compare(cast: Cast) -> None:
    here, there = cast.community, cast.other_community
    few = [district.Tally(here, met=19), district.Tally(there, met=90, unmet=10)]
    assert volunteers.evenness(few) is None
    found = volunteers.evenness([district.Tally(here, met=30, unmet=10), *few[1:]])
    assert found is not None
    assert (found.worst[0], found.best[0], found.middle) == ((here, 75), (there, 90), 82)


def test_the_map_writes_no_share_behind_a_hidden_count(cast: Cast) -> None:
    drawn = map.map_of([district.Tally(cast.community, seats=40, held=38), district.Tally(cast.other_community, seats=40, held=20)])
    first, second = drawn.tiles
    assert (first.missing.count, first.filled) == (None, None)
    assert (second.missing.count, second.filled) == (None, None)
    assert drawn.total.count == 22


def test_tiles_keep_who_lies_beside_whom_and_never_overlap() -> None:
    grid = tuple((31.7 + row * 0.01, 119.9 + column * 0.01) for row in range(10) for column in range(10))
    placed, _width, _height = spots(grid)
    assert len({(spot.x, spot.y) for spot in placed}) == 100
    assert placed[90].y < placed[0].y and placed[99].x > placed[90].x
    assert spots(())[0] == []
    assert len(spots(((None, None), (31.7, 119.9)))[0]) == 2


def test_the_line_finds_the_month_in_which_skill_passes_half() -> None:
    drawn = lines([34, 48, 50, 51, 57])
    assert drawn.crossing_at == 3 and drawn.crossing is drawn.dots[3]
    assert drawn.dots[0].skilled_y > drawn.dots[4].skilled_y
    assert lines([60]).crossing is None


@pytest.mark.parametrize("shares", [[18, 46], [18, 54], [34, 50], [50, 50], [18, 57], [70, 30]])
def test_labels_of_the_line_never_lie_on_each_other(shares: list[int]) -> None:
    drawn = lines(shares)
    skilled, hands = drawn.last_labels
    assert abs(skilled - hands) >= 50
    assert (skilled < hands) == (shares[-1] > 50)
    assert abs(drawn.first_labels[0] - drawn.first_labels[1]) >= 36


def page(client: Client, query: str = "") -> str:
    answer = client.get(reverse(PAGE) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_opens_with_three_sentences(client: Client, cast: Cast) -> None:
    cast.slot()
    Plan.objects.create(
        place=cast.district,
        week=cast.monday,
        state="ready",
        value=99.0,
        bound=100.0,
        asked=1,
        met=1,
        broken_rules=0,
        finished_at=timezone.now(),
    )
    said = re.sub(r"<[^>]+>", "", page(cast.sign_in(client, cast.lin)))
    assert "上周办成 0 件，没办成 0 件；下周要办 1 件，现在排好 0 件，还差 1 件。" in said
    assert "排的时候 1 件，排上 1 件。" in said
    assert "没有哪一样专长缺得厉害" in said
    assert "登记的志愿者 4 人，近三个月真正来过的 0 人。" in said
    assert "再怎么排，最多也只能好 1.00%" in said


def test_every_drawing_has_its_table(client: Client, cast: Cast) -> None:
    now = timezone.now()
    for back in (40, 5):
        Need.objects.filter(pk=cast.need().pk).update(asked_at=now - timedelta(days=back))
    said = page(cast.sign_in(client, cast.lin))
    drawings, tables = said.count('role="img"'), said.count("<table")
    assert (drawings, tables) == (2, 2)


def test_a_street_opens_into_its_communities(client: Client, cast: Cast) -> None:
    miss(cast, 6)
    Slot.objects.filter(state=SlotState.UNMET).update(week=cast.monday - timedelta(days=14))
    officer = cast.sign_in(client, cast.lin)
    said = page(officer)
    assert f"?street={cast.street.pk}" in said
    inside = page(officer, f"?street={cast.street.pk}")
    assert "柳岸社区" in inside and "缺在柳岸街道哪个社区" in inside
    assert "近四周还没有办成的记录" in page(officer, "?show=met")
    assert page(officer, "?street=nonsense")


@pytest.mark.parametrize(("who", "status"), [("lin", 200), ("zhou", 404), ("chen", 404), ("shen", 404), ("jiang", 404), ("sun", 404)])
def test_the_picture_is_for_the_district(client: Client, cast: Cast, who: str, status: int) -> None:
    assert cast.sign_in(client, cast.people[who]).get(reverse(PAGE)).status_code == status


def test_the_picture_asks_at_most_fifteen_times(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    miss(cast, 6)
    cast.sign_in(client, cast.lin)
    with django_assert_max_num_queries(15):
        page(client, "?show=met")
    with django_assert_max_num_queries(12):
        page(client)
