"""Weeks in a row: the same seed lives the same weeks, what stands is kept, the forgotten get their turn, and the figures count right."""

from datetime import date
from pathlib import Path

import pytest

from doorstep.demonstration.chance import Chance
from doorstep.demonstration.names import Names
from doorstep.demonstration.weeks.command import main
from doorstep.demonstration.weeks.figures import (
    figures,
    fill_of_places,
    forgotten_people,
    gini,
    helpers_of_homes,
    helpers_of_series,
    idle_people,
    use_of_people,
)
from doorstep.demonstration.weeks.life import Life, Policy, Week
from doorstep.demonstration.weeks.memory import Memory
from doorstep.demonstration.weeks.table import BEGIN, END, write
from doorstep.demonstration.weeks.world import World, draw_world

MONDAY = date(2026, 11, 30)
WEEKS, ROUNDS = 5, 20


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(size="community", seed=2, monday=MONDAY, weeks=WEEKS)


@pytest.fixture(scope="module")
def before(world: World) -> list[Week]:
    return list(Life(world, Policy("score alone"), ROUNDS, lambda _words: None).weeks(WEEKS))


@pytest.fixture(scope="module")
def after(world: World) -> list[Week]:
    return list(Life(world, Policy("even", 1.0), ROUNDS, lambda _words: None).weeks(WEEKS))


def week(number: int, *visits: tuple[str, str, str], **more: object) -> Week:
    found = Week(number, visits=list(visits))
    for name, value in more.items():
        setattr(found, name, value)
    return found


def test_as_much_is_asked_in_every_week_and_two_of_five_matters_come_back(world: World) -> None:
    counts = [len(world.asked(number)) for number in range(WEEKS)]
    assert len(set(counts)) == 1
    series = [matter for matter in world.asked(2) if matter.is_series]
    assert 0.3 < len(series) / counts[2] < 0.5 and len(world.helpers) > 60


def test_the_same_seed_lives_the_same_weeks(world: World, before: list[Week]) -> None:
    again = list(Life(world, Policy("score alone"), ROUNDS, lambda _words: None).weeks(2))
    assert again == before[:2]


@pytest.mark.drill
def test_95_of_100_proposals_are_kept_while_people_answer() -> None:
    """A week of eight communities, planned on three days: three of ten offers go out later, one in seven people says no, some needs come late."""
    small = draw_world(size="district", seed=3, monday=MONDAY, weeks=1, communities=8)
    (lived,) = Life(small, Policy("even", 1.0), ROUNDS, lambda _words: None).weeks(1)
    assert lived.published >= 150 and lived.kept >= 0.95 * lived.published


def test_evenness_reaches_more_people_and_meets_as_many_needs_within_its_price(before: list[Week], after: list[Week]) -> None:
    then, now = figures("before", before), figures("after", after)
    assert now.idle < then.idle and now.forgotten < then.forgotten and now.gini < then.gini
    assert now.met >= then.met - 0.03
    assert 0 < now.paid <= 0.01 and then.paid == 0
    assert now.gap >= 0 and then.gap >= 0


def test_nobody_goes_who_said_no(after: list[Week]) -> None:
    assert sum(len(w.refused) for w in after) > 10
    assert not any(w.refused & {(matter, who) for _, who, matter in w.visits} for w in after)
    assert all(w.met <= w.asked == sum(w.needs.values()) for w in after)


def test_helpers_are_counted_over_ten_visits_in_a_row() -> None:
    visits = [("home", who, "reading") for who in "aaaaaaaaab"]
    assert helpers_of_homes([week(0, *visits)]) == [2.0]
    assert helpers_of_homes([week(0, *visits, ("home", "c", "lamp"))]) == [2.5]
    assert helpers_of_homes([week(0, *visits[:9])]) == []
    assert helpers_of_series([week(0, *visits, ("home", "c", "lamp"))]) == [2.0]
    assert helpers_of_series([week(0, *(("home", who, "reading") for who in "aaaaabbbbbcc"))]) == [pytest.approx((2 + 3 + 3) / 3)]


def test_gini_is_nought_when_all_do_the_same_and_near_one_when_one_does_all() -> None:
    assert gini([0.3] * 7) == pytest.approx(0)
    assert gini([0.0] * 99 + [1.0]) == pytest.approx(0.99)
    assert gini([]) == gini([0.0, 0.0]) == 0


def test_use_is_of_those_for_whom_something_fitted() -> None:
    weeks = [week(0, ("home", "a", "m"), fitted={"a", "b"}, offered={"a": 2, "b": 1, "c": 4}), week(1, fitted={"a"}, offered={"a": 2})]
    assert sorted(use_of_people(weeks)) == [0.0, 0.25]


def test_idle_is_who_was_willing_and_forgotten_who_was_not_even_asked() -> None:
    month = [week(n, fitted={"a", "b", "c", "d"}) for n in range(4)]
    month[0].visits, month[0].called = [("home", "a", "m")], {"a"}
    month[1].unwilling, month[1].called = {"b"}, {"b"}
    month[2].called = {"c"}
    assert idle_people(month) == [{"c", "d"}] and forgotten_people(month) == [{"d"}]
    assert idle_people(month[:3]) == []
    assert idle_people([*month, week(4)])[1] == {"a", "c", "d"}


def test_fill_is_of_all_weeks_together() -> None:
    assert fill_of_places([week(0, needs={"x": 2, "y": 2}, served={"x": 1}), week(1, needs={"x": 2}, served={"x": 2})]) == [0.75, 0.0]


def test_memory_carries_load_calls_faces_and_fill_from_week_to_week(world: World) -> None:
    memory, place = Memory(world), str(world.communities[0].id)
    memory.places["n"] = place
    memory.call("new")
    memory.call("asked")
    memory.close([("home", "new", "m")], {place: 4}, {place: 1})
    assert (memory.load_of("new"), memory.load_of("asked"), memory.asked()["asked"]) == (1, 0, 1)
    assert memory.familiar("home", 0) == ["new"] and memory.knows("new", "home")
    assert memory.lift(["n"]) == {"n": 0.0}
    for _ in range(3):
        memory.close([], {}, {})
    assert memory.load_of("new") == 1 and memory.asked()["new"] == 0
    memory.close([], {}, {})
    assert memory.load_of("new") == 0


def test_the_command_writes_its_table_between_its_own_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Figures\n\n{BEGIN}\nold\n{END}\n\nmore\n")
    assert main(["--size", "community", "--communities", "1", "--weeks", "1", "--iterations", "5", "--write", str(page)]) == 0
    text = page.read_text()
    assert "old" not in text and text.startswith("# Figures") and text.endswith("more\n") and "| Gini of visits" in text
    assert "Gini" in capsys.readouterr().out
    fresh = tmp_path / "fresh.md"
    fresh.write_text("# Figures\n")
    write(fresh, "table")
    write(fresh, "all of it", whole=True)
    write(fresh, "all of it anew", whole=True)
    assert "anew" in fresh.read_text() and fresh.read_text().count("all of it") == 1
    write(fresh, "table")
    assert fresh.read_text().count(BEGIN) == 1 and "## Over many weeks" in fresh.read_text()


def test_numbers_come_round_again_where_many_weeks_ask_for_more_than_there_are() -> None:
    names = Names(Chance(1))
    given = [names.number() for _ in range(49_900)]
    assert len(set(given)) == len(given) and [names.number() for _ in range(3)] == given[:3]
