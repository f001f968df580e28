"""A week as frozen arrays: who can help, who asks, and what was promised already."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
JSON = dict[str, Any]

WEEK_MINUTES = 10_080
START_STEP = 15
ROLES = ("social_worker", "volunteer", "specialist", "property")


@dataclass(frozen=True)
class People:
    """P people. Lists of lists are stored flat: row i is `ptr[i]:ptr[i + 1]`; codes are positions in the problem's vocabularies.

    `place` is the point on the unit sphere (P × 3); `pace` metres a minute; `free_*` minutes of the week, half-open.
    `avoid` holds sorted keys `person · residents + resident`. `booked_*` are accepted visits, with fully fixed needs among them.
    """

    ids: tuple[str, ...]
    role: Ints
    place: Floats
    pace: Floats
    reach: Floats
    max_minutes: Ints
    max_visits: Ints
    vetted: Bools
    gender: Ints
    skills: NDArray[np.int8]
    languages: Bools
    prefers: Bools
    free_ptr: Ints
    free_from: Ints
    free_to: Ints
    avoid: Ints
    booked_ptr: Ints
    booked_start: Ints
    booked_minutes: Ints
    booked_place: Floats
    load_28d: Ints


@dataclass(frozen=True)
class Needs:
    """N needs and their S seats, flat by `seat_ptr`; −1 is "anybody", "not fixed" or "not published".

    `value` is what a visit is worth before people are counted; `familiar` and `forbid` hold sorted keys `need · people + person`.
    """

    ids: tuple[str, ...]
    resident: Ints
    category: Ints
    place: Floats
    minutes: Ints
    priority: Ints
    value: Floats
    minor: Bools
    window_ptr: Ints
    window_from: Ints
    window_to: Ints
    seat_ptr: Ints
    seat_need: Ints
    seat_skill: Ints
    seat_level: Ints
    seat_role: Ints
    seat_gender: Ints
    seat_language: Ints
    familiar: Ints
    forbid: Ints
    fixed_start: Ints
    fixed_team: Ints
    published_start: Ints
    published_team: Ints

    @property
    def seats(self) -> Ints:
        """How many seats each need has."""
        return np.diff(self.seat_ptr)


@dataclass(frozen=True)
class Problem:
    """One validated week. `kept` are the needs that were accepted in full: they are visited in every plan."""

    people: People
    needs: Needs
    skill_names: tuple[str, ...]
    language_names: tuple[str, ...]
    category_names: tuple[str, ...]
    resident_count: int
    kept: Bools


@dataclass(frozen=True)
class Visit:
    """A need (position), its start and its team (positions, one a seat)."""

    need: int
    start: int
    team: tuple[int, ...]


def on_sphere(lat: Floats, lon: Floats) -> Floats:
    """Degrees → points on the unit sphere (n × 3)."""
    a, b = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=-1)
