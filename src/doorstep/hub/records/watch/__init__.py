"""What looks odd about hours: each kind of oddness is one small function over the lines of a unit, with its numbers and its statistic."""

from collections.abc import Callable, Iterable

from .lines import Finding, Kind, Line, Unit
from .people import approving_each_other, mostly_filled_in, night_hours, one_voice, round_hours
from .places import many_on_one_code, many_on_one_phone, two_places
from .typed import bought, many_in_one_sitting

Detector = Callable[[Unit], Iterable[Finding]]
#: What is looked at as soon as somebody has filled in or approved something.
AT_ONCE: tuple[Detector, ...] = (bought, many_in_one_sitting)
ALL: tuple[Detector, ...] = (
    *AT_ONCE, many_on_one_code, many_on_one_phone, two_places,
    one_voice, night_hours, round_hours, mostly_filled_in, approving_each_other,
)  # fmt: skip


def odd(unit: Unit, detectors: Iterable[Detector] = ALL) -> list[Finding]:
    """Everything odd in a unit, the oddest first."""
    found = [finding for detector in detectors for finding in detector(unit)]
    return sorted(found, key=lambda finding: (-finding.weight, finding.about))


__all__ = ["ALL", "AT_ONCE", "Finding", "Kind", "Line", "Unit", "odd"]
