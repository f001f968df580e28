"""Faults put into the product on purpose, one at a time: the tests that play anything in any order find each of them, and say by which steps."""

import importlib
import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from doorstep.hub.records.models import How
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.testing import Cast
from tests.racing import Figures, count
from tests.test_presence_machine import MINUTE, STEPS, Presences
from tests.test_sequences import STEPS as SEQUENCES
from tests.test_sequences import Step, played

pytestmark = [pytest.mark.drill, pytest.mark.django_db]
RUNS = 1500
ACTIONS, LEDGER, SCHEDULING = "doorstep.hub.records.actions", "doorstep.ledger", "doorstep.hub.scheduling.actions"


@dataclass(frozen=True)
class Fault:
    """A function whose text is changed. by: who has to find it, the machine of presences or the sequences of hours."""

    says: str
    by: str
    module: str
    function: str
    old: str
    new: str


FAULTS = (
    Fault("hours may overlap", "sequences", f"{LEDGER}.rules", "_beside", "if shared > timedelta(0):", "if False:"),
    Fault("a code that one can show oneself counts", "machine", f"{ACTIONS}.presence", "_worth", "How.UNPROVED if", "how if"),
    Fault(
        "travel and breaks are counted", "sequences", f"{LEDGER}.rules", "by_day",
        "minutes = max(0, presence.minutes - presence.away)\n    if pack.cap_at_planned:", "minutes = presence.minutes\n    if False:",
    ),
    Fault(
        "who proposed a correction may approve it", "sequences", f"{ACTIONS}.correcting", "decide_correction",
        "if by.pk in (hours.person_id, found.proposed_by_id):", "if by.pk == hours.person_id:",
    ),
    Fault(
        "one may approve the correction of one's own hours", "sequences", f"{ACTIONS}.correcting", "decide_correction",
        "if by.pk in (hours.person_id, found.proposed_by_id):", "if by.pk == found.proposed_by_id:",
    ),
    Fault(
        "one may approve what was filled in for oneself", "sequences", f"{ACTIONS}.hours", "approve_hours",
        "if by.pk in (found.person_id, found.entered_by_id, found.parent_id):", "if False:",
    ),
    Fault("an act that a phone sends again is taken again", "machine", f"{ACTIONS}.presence", "check_in", "if presence.came_at is not None:", "if False:"),
    Fault("a second leaving writes over the first", "machine", f"{ACTIONS}.presence", "check_out", "if presence.left_at is not None:", "if False:"),
    Fault("who leaves before coming is taken", "machine", f"{ACTIONS}.presence", "check_out", "if seen.at < presence.came_at:", "if False:"),
    Fault("a clock that jumped back is believed", "machine", "doorstep.hub.records.access", "require_steady_clock", "if behind_by(timezone.now()):", "if False:"),
    Fault(
        "a visit that is called off keeps its people", "machine", f"{SCHEDULING}.slot", "cancel_slot",
        'release_offers(current, OfferState.WITHDRAWN, "slot_cancelled", moment)', "pass",
    ),
    Fault("any six digits are a code", "machine", f"{ACTIONS}.presence", "_seen", "if step is None:", "if False:"),
    Fault("somebody else says that hours are right", "sequences", f"{ACTIONS}.hours", "_owner_says", "if by.pk != found.person_id:", "if False:"),
    Fault("who did not come gets hours", "machine", f"{ACTIONS}.hours", "hours_from", "attendance.outcome != Attendance.Outcome.SERVED or", ""),
    Fault("a day has more than twelve hours", "sequences", f"{LEDGER}.rules", "_days", "if whole > pack.reviewed_minutes_a_day:", "if False:"),
    Fault("time beyond what was agreed counts", "machine", f"{LEDGER}.rules", "by_day", "minutes = min(minutes, presence.planned)", "pass"),
    Fault("a correction stays out of the ledger", "sequences", f"{ACTIONS}.correcting", "_correct", "[hours.entry] = append(facts=[fact], now=now)", "pass"),
    Fault("one says that one left before one did", "machine", f"{ACTIONS}.presence", "say_left", "if not presence.came_at < at <= min(moment, closes(current)):", "if False:"),
)  # fmt: skip


@contextmanager
def faulty(fault: Fault) -> Iterator[None]:
    """The function with its changed text, wherever it was imported to; afterwards everything is as it was."""
    module = importlib.import_module(fault.module)
    right = getattr(module, fault.function)
    source = dedent(inspect.getsource(right))
    assert source.count(fault.old) == 1, f"the text of {fault.function} has changed: {fault.old}"
    names = dict(vars(module))
    exec(compile(source.replace(fault.old, fault.new), f"{fault.module} with a fault", "exec"), names)
    with pytest.MonkeyPatch.context() as patch:
        for other in [found for name, found in sys.modules.items() if name.startswith(("doorstep.", "tests."))]:
            for name, value in list(vars(other).items()):
                if value is right:
                    patch.setattr(other, name, names[fault.function])
        yield


RULES = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
Hunt = Callable[[], tuple[str, list[str]] | None]


def fewest(steps: list[Any], fails: Callable[[list[Any]], bool]) -> list[Any]:
    """The steps without those that it does not need to fail."""
    for place in reversed(range(len(steps))):
        without = steps[:place] + steps[place + 1 :]
        if fails(without):
            steps = without
    return steps


def why(error: BaseException) -> str:
    first = str(error).strip().splitlines()
    return first[0] if first and "assert" not in first[0] else type(error).__name__ + (f": {first[0][:90]}" if first else "")


def by_sequences(cast: Cast) -> tuple[str, list[str]] | None:
    last: list[list[Step]] = [[]]

    @settings(RULES)
    @given(steps=SEQUENCES)
    def look(steps: list[Step]) -> None:
        last[0] = steps
        played(cast, steps, Counter())

    def fails(steps: list[Step]) -> bool:
        try:
            with transaction.atomic():
                played(cast, steps, Counter())
        except Exception:
            return True
        return False

    try:
        look()
    except Exception as error:
        return why(error), [" ".join(map(str, step[:3])) for step in fewest(last[0], fails)]
    return None


def by_machine(machine: type[Presences]) -> tuple[str, list[str]] | None:
    def fails(lines: list[str]) -> bool:
        state = machine()
        try:
            for line in lines:
                exec(line, {"state": state, "How": How})
                state.the_hours_are_honest()
        except Exception:
            return True
        finally:
            state.teardown()
        return False

    try:
        run_state_machine_as_test(machine, settings=RULES)
    except Exception as error:
        told = "\n".join(getattr(error, "__notes__", []))
        lines = [line.strip() for line in told.splitlines() if re.match(r"\s*state\.\w+\(", line)]
        lines = [line for line in lines if not line.startswith(("state.teardown", "state.the_hours_are_honest"))]
        begin, rest = lines[:1], lines[1:]
        least = fewest(rest, lambda some: fails([*begin, *some])) if fails(lines) else rest
        return why(error), [line.removeprefix("state.") for line in [*begin, *least]]
    return None


@pytest.fixture
def machine(cast: Cast) -> type[Presences]:
    times = (cast.at(2, 9), cast.at(2, 11))
    offers = [cast.offer(cast.slot(windows=[(at, at)]), cast.chen, OfferState.ACCEPTED) for at in times]
    offers.append(cast.offer(cast.slot(windows=[(times[0], times[0] + 0 * MINUTE)]), cast.zhou, OfferState.ACCEPTED))
    Slot.objects.filter(pk=offers[2].slot_id).update(household=None)
    assert Offer.objects.count() == 3
    return type("Presences", (Presences,), {"cast": cast, "offers": offers})


def test_every_fault_that_is_put_in_is_found(
    cast: Cast, machine: type[Presences], figures: Figures, capsys: pytest.CaptureFixture[str]
) -> None:
    # In the suite those two that a few runs find: enough to show that faults are caught.
    faults = FAULTS[2:4] if count(1, 2) == 1 else FAULTS
    missed, found = [], Counter[str]()
    for fault in faults:
        with faulty(fault):
            caught = by_sequences(cast) if fault.by == "sequences" else by_machine(machine)
        if caught is None:
            missed.append(fault.says)
            continue
        found[fault.by] += 1
        with capsys.disabled():
            print(f"\n{fault.says}: {fault.by}, {caught[0]}; {' → '.join(caught[1])}", flush=True)
    assert missed == []
    figures(faults=len(faults), caught=sum(found.values()), by_the_machine=found["machine"], by_the_sequences=found["sequences"])
