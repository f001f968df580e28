"""The drawn district keeps what the mission promises, says things in many ways, and names nobody who could be real."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from doorstep.demonstration.asking import SHANGHAI
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.draw import draw
from doorstep.demonstration.names import Names
from doorstep.demonstration.people import HOMES, Peopling
from doorstep.demonstration.places import facts
from doorstep.demonstration.rows import Drawn
from doorstep.demonstration.situations import every
from doorstep.demonstration.speech import Speech
from doorstep.demonstration.volunteers import CATEGORIES

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
INVENTED = re.compile(r"13[5-9]0000\d{4}|0519-0000\d{4}|")


@pytest.fixture(scope="module")
def small() -> Drawn:
    return draw("community", 1, MONDAY, NOW)


@pytest.fixture(scope="module")
def large() -> Drawn:
    return draw("district", 1, MONDAY, NOW)


def test_the_same_seed_draws_the_same_district(small: Drawn) -> None:
    again, other = draw("community", 1, MONDAY, NOW), draw("community", 2, MONDAY, NOW)
    for table in ("persons", "needs", "offers", "availability"):
        assert again.rows(table) == small.rows(table)
    assert other.rows("persons") != small.rows("persons")


def test_a_community_has_its_people(small: Drawn) -> None:
    assert {
        "social workers": 8,
        "volunteers": 140,
        "households": 224,
        "residents": 448,
        "needs of the week": 62,
    }.items() <= small.counts.items()
    assert small.counts["past visits"] > 300
    named = {row.name: row for row in small.rows("persons")}
    for name in ("周敏", "陈国梁", "沈秀英", "林涛", "唐颖", "王倩", "吴倩", "宁小雨"):
        assert named[name].account_id
    assert Counter(row.name for row in small.rows("persons"))["周敏"] == 1


@pytest.mark.drill
def test_a_district_has_the_figures_of_the_mission(large: Drawn) -> None:
    assert large.counts | {"past visits": 0, "new needs": 0, "places": 0} == {
        "places": 0, "communities": 105, "social workers": 600, "volunteers": 10_000, "households": 20_000, "residents": 40_000,
        "past visits": 0, "needs of the week": 6_000, "new needs": 0,
    }  # fmt: skip
    assert large.counts["past visits"] >= 30_000
    assert 2 * 105 <= large.counts["new needs"] <= 6 * 105 + 2
    open_roles = Counter(row.role for row in large.rows("memberships") if row.until is None)
    assert open_roles["social_worker"] == 600 and open_roles["volunteer"] + open_roles["specialist"] == 10_000
    assert {row.kind for row in large.rows("circumstances")} == {"elderly", "low_income", "newly_arrived", "disabled", "child"}


@pytest.mark.drill
def test_skill_is_asked_for_more_from_month_to_month(large: Drawn) -> None:
    by_month: dict[str, list[bool]] = {}
    for row in large.rows("needs"):
        if row.state in ("done", "unmet") and row.asked_at.date() < MONDAY - timedelta(days=14):
            by_month.setdefault(row.asked_at.strftime("%Y-%m"), []).append(row.skilled)
    shares = [sum(found) / len(found) for _, found in sorted(by_month.items()) if len(found) > 1000]
    assert len(shares) >= 5 and shares[-1] > shares[0] + 0.08
    assert shares == sorted(shares)


@pytest.mark.drill
def test_a_district_does_not_repeat_itself(large: Drawn) -> None:
    week = [row.own_words for row in large.asked[-1][1]["needs"]]
    assert len(set(week)) > 5_900
    assert Counter(week).most_common(1)[0][1] <= 3
    assert len({row.note for row in large.rows("households") if row.note}) > 250
    assert len({row.name for row in large.rows("persons")}) > 15_000


def test_a_community_does_not_repeat_itself(small: Drawn) -> None:
    words = [row.own_words for row in small.rows("needs")]
    assert len(set(words)) > 0.96 * len(words)
    assert not [text for text in words if "{" in text or "[" in text or "|" in text or len(text) < 8]
    assert all(row.title for row in small.rows("slots")) and max(len(row.title) for row in small.rows("slots")) <= 40


@pytest.mark.parametrize("seed", range(12))
def test_two_people_live_in_a_home_on_average(seed: int) -> None:
    peopling = Peopling(Chance(seed), Names(Chance(seed)), Speech(), MONDAY)
    for homes in (10, 24, 190, 400):
        assert sum(HOMES[kind][1] for kind in peopling.kinds(homes, 2 * homes - 1)) == 2 * homes - 1


def test_every_category_has_many_situations() -> None:
    found = every()
    assert list(found) == list(CATEGORIES)
    assert min(len(situations) for situations in found.values()) >= 25


def test_numbers_belong_to_nobody(small: Drawn) -> None:
    numbers = [row.phone for table in ("persons", "needs", "places") for row in small.rows(table)]
    numbers += [row.guardian_phone for row in small.rows("guardians")]
    assert not [number for number in numbers if not INVENTED.fullmatch(number)]
    persons = [row.phone for row in small.rows("persons") if row.phone]
    assert len(set(persons)) == len(persons)


def test_everybody_can_be_reached_or_is_a_child(small: Drawn) -> None:
    cut_off = [row for row in small.rows("persons") if not row.phone and not row.contact_via]
    assert all(row.birth_date > date(2007, 1, 1) for row in cut_off)
    assert not [row for row in small.rows("needs") if not row.phone and not row.contact_via]


def test_nobody_under_18_helps_without_a_guardian(small: Drawn) -> None:
    born = {row.id: row.birth_date for row in small.rows("persons")}
    young = {row.person_id for row in small.rows("profiles") if born[row.person_id] > date(2008, 11, 30)}
    assert young
    assert young == {row.person_id for row in small.rows("guardians")}


def test_nobody_visits_a_child_without_a_clearance(small: Drawn) -> None:
    cleared = {row.person_id for row in small.rows("clearances")}
    with_children = {row.id for row in small.rows("slots") if row.minor}
    went = {row.person_id for row in small.rows("offers") if row.state == "served" and row.slot_id in with_children}
    assert went
    assert went <= cleared


def test_familiar_faces_come_back(small: Drawn) -> None:
    home = {row.id: row.household_id for row in small.rows("slots")}
    pairs = Counter((row.person_id, home[row.slot_id]) for row in small.rows("offers") if row.state == "served")
    assert sum(1 for times in pairs.values() if times >= 3) > 20


def test_nothing_has_happened_that_is_still_to_come(small: Drawn) -> None:
    assert all(row.asked_at <= NOW for row in small.rows("needs"))
    assert all(row.at <= NOW for row in small.rows("attendances"))
    assert all(row.start < NOW for row in small.rows("offers") if row.state == "served")
    assert all(moment <= NOW for row in small.rows("offers") for moment in (row.sent_at, row.answered_at, row.closed_at) if moment)


@pytest.mark.parametrize("hour", [2, 9, 14, 23])
def test_people_speak_by_day_and_one_thing_after_the_other(hour: int) -> None:
    """Asked, checked, offered, accepted, home agreed, visit, said: whatever hour it is now."""
    now = datetime(2026, 11, 25, hour, 20, tzinfo=SHANGHAI)
    drawn = draw("community", 3, MONDAY, now)
    spoken = [moment for row in drawn.rows("needs") for moment in (row.asked_at, row.checked_at) if moment]
    spoken += [row.sent_at for row in drawn.rows("offers")] + [row.answered_at for row in drawn.rows("offers") if row.answered_at]
    spoken += [row.home_answer_at for row in drawn.rows("slots") if row.home_answer_at]
    assert not [moment for moment in spoken if not 480 <= (t := moment.astimezone(SHANGHAI)).hour * 60 + t.minute < 1260]
    assert max(spoken) <= now
    said = {row.offer_id: row.at for row in drawn.rows("attendances")}
    assert not [moment for moment in said.values() if not 8 <= moment.astimezone(SHANGHAI).hour < 22]
    needs, slots = {row.id: row for row in drawn.rows("needs")}, {row.id: row for row in drawn.rows("slots")}
    need_of = {row.slot_id: needs[row.need_id] for row in drawn.rows("occasions")}
    for offer in drawn.rows("offers"):
        need, slot = need_of[offer.slot_id], slots[offer.slot_id]
        assert need.asked_at < need.checked_at < offer.sent_at < (offer.answered_at or now)
        if offer.state in ("served", "missed", "accepted"):
            assert offer.answered_at < slot.home_answer_at < max(offer.start, now)
        if offer.id in said:
            assert offer.start + timedelta(minutes=slot.minutes) < said[offer.id] <= now
            assert need.closed_at == said[offer.id] == offer.closed_at


def test_words_fit_any_season_and_no_name_is_unkind(small: Drawn) -> None:
    words = [row.own_words + row.title for row in small.rows("needs")]
    assert not [text for text in words if re.search("暑|寒假|放假|过冬|入冬|冬衣|过年了|元旦", text)]
    drawn = {Names(Chance(seed)).full("m", 1945, family) for seed in range(300) for family in ("武", "黄", "范")}
    assert not [name for name in drawn if "狗" in name or "武士" in name]


def test_the_cast_never_says_the_same_twice(small: Drawn) -> None:
    mine = [row.own_words for name, batch in small.asked[:1] for row in batch["needs"]]
    assert len(mine) == 21 and len(set(mine)) == len(mine)


@pytest.mark.drill
def test_places_are_those_of_the_lists(large: Drawn) -> None:
    listed = facts()
    assert (sum(1 for row in listed if row["name_2018"]), sum(1 for row in listed if row["name_2023"])) == (106, 105)
    drawn = {row.code: row for row in large.places["places"] if row.kind == "community"}
    assert set(drawn) == {row["code"] for row in listed}
    for row in listed:
        place = drawn[row["code"]]
        # The lists say which units stand in them, and neither dates nor successors.
        assert (place.name, place.standing) == ((row["name_2023"], "current") if row["name_2023"] else (row["name_2018"], "ended_unknown"))
    gone = next(row for row in drawn.values() if row.name.startswith("红星新村"))
    assert gone.standing == "ended_unknown" and not gone.slug
    pages = [row.slug for row in drawn.values() if row.standing == "current"]
    assert len(set(pages)) == 105 and max(map(len, pages)) <= 20


@pytest.mark.drill
def test_communities_lie_apart_and_within_reach(large: Drawn) -> None:
    points = [
        (row.lat * 111_200, row.lon * 111_200 * 0.85)
        for row in large.places["places"]
        if row.kind == "community" and row.standing == "current"
    ]
    nearest = sorted(min(((a - c) ** 2 + (b - d) ** 2) ** 0.5 for c, d in points if (c, d) != (a, b)) for a, b in points)
    assert nearest[0] > 100 and 300 < nearest[52] < 1500
