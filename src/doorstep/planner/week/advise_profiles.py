"""Profiles of newcomers that could do something: skill and level, place, time band."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .advise_people import bands, newcomers
from .candidates import Options
from .problem import JSON, Bools, Floats, People, Problem, on_sphere
from .score import DETOUR, RADIUS, metres

SIDE_M = 1600.0  # of a square of the district where no communities are given: about the ground of one
MOSTLY = 0.5  # who helps with a skill is cleared too when so many of its needs are homes with a child


@dataclass(frozen=True)
class Places:
    """K places by name, where somebody of each lives, and whose needs are counted there."""

    names: tuple[str, ...]
    lat: Floats
    lon: Floats

    @property
    def point(self) -> Floats:
        return on_sphere(self.lat, self.lon)


def places_of(problem: Problem, given: Sequence[JSON] | None = None) -> Places:
    """The places given (`id`, `lat`, `lon` each), or squares of the map, each at the middle of its needs and numbered from the north-west."""
    if given:
        names = tuple(str(row["id"]) for row in given)
        return Places(names, np.array([float(row["lat"]) for row in given]), np.array([float(row["lon"]) for row in given]))
    lat, lon = _degrees(problem.needs.place)
    if not len(lat):
        return Places((), lat, lon)
    step = SIDE_M / (RADIUS * np.pi / 180)
    rows = np.floor((lat.max() - lat) / step)
    columns = np.floor((lon - lon.min()) * np.cos(np.radians(lat.mean())) / step)
    _, at = np.unique(np.stack([rows, columns], axis=1), axis=0, return_inverse=True)
    at = at.reshape(-1)
    count = np.bincount(at)
    names = tuple(f"{i + 1}" for i in range(len(count)))
    return Places(names, np.round(np.bincount(at, lat) / count, 5), np.round(np.bincount(at, lon) / count, 5))


def _degrees(place: Floats) -> tuple[Floats, Floats]:
    lat, lon = np.degrees(np.arcsin(np.clip(place[:, 2], -1, 1))), np.degrees(np.arctan2(place[:, 1], place[:, 0]))
    return lat, lon


def profiles(problem: Problem, options: Options, places: Places) -> tuple[People, list[JSON]]:
    """Newcomers of every profile that some seat within their reach asks for, in their band; and each one's row of codes and numbers."""
    in_band = _needs_in_band(problem, options)
    reach = float(newcomers(problem, np.zeros((1, 3)), np.array([-1]), np.array([1]), np.array([False]), [[]]).reach[0])
    needs, found = problem.needs, list[tuple[int, int, int, int, bool]]()
    kinds = np.unique(np.stack([needs.seat_skill, np.where(needs.seat_skill < 0, 1, needs.seat_level)], axis=1), axis=0)
    for skill, level in kinds.tolist():
        seats = np.flatnonzero((needs.seat_skill == skill) & ((needs.seat_level == level) | (skill < 0)))
        with_child = bool(skill >= 0 and needs.minor[needs.seat_need[needs.seat_skill == skill]].mean() >= MOSTLY)
        near = _near(places.point, needs.place[needs.seat_need[seats]], reach)
        for k, b in np.argwhere(near.astype(np.float32) @ in_band[needs.seat_need[seats]].astype(np.float32) > 0).tolist():
            found.append((skill, level, k, b, with_child))
    return _people(problem, places, found)


def _near(places: Floats, doors: Floats, reach: float) -> Bools:
    """Which doors (columns) lie within reach of which places (rows)."""
    chord = 2 * np.sin(min(reach / (2 * DETOUR * RADIUS), np.pi / 2))
    return np.asarray(2 - 2 * (places @ doors.T) <= chord * chord)


def _needs_in_band(problem: Problem, options: Options) -> Bools:
    """Which needs (rows) could be met within which band (columns) by somebody who is free in it."""
    owner = np.repeat(np.arange(len(problem.needs.ids)), np.diff(options.starts_ptr))
    end = options.starts + problem.needs.minutes[owner]
    columns = []
    for spans in bands().values():
        inside = np.zeros(len(owner), dtype=bool)
        for a, b in spans:
            inside |= (options.starts >= a) & (end <= b)
        columns.append(np.bincount(owner[inside], minlength=len(problem.needs.ids)) > 0)
    return np.stack(columns, axis=1)


def _people(problem: Problem, places: Places, found: list[tuple[int, int, int, int, bool]]) -> tuple[People, list[JSON]]:
    names, spans = list(bands()), list(bands().values())
    table = np.array(found, dtype=np.int64).reshape(len(found), 5)
    skill, level, place, band, vetted = table.T
    rows: list[JSON] = [
        {
            "skill": problem.skill_names[s] if s >= 0 else None, "level": lv if s >= 0 else None, "vetted": bool(v), "place": places.names[k],
            "lat": float(places.lat[k]), "lon": float(places.lon[k]), "band": names[b],
        }
        for s, lv, k, b, v in table.tolist()
    ]  # fmt: skip
    where = places.point[place] if len(found) else np.zeros((0, 3))
    return newcomers(problem, where, skill, level, vetted.astype(bool), [spans[b] for b in band.tolist()]), rows


def like_whom(problem: Problem) -> JSON:
    """What every newcomer is assumed to be like beside their profile."""
    one = newcomers(problem, np.zeros((1, 3)), np.array([-1]), np.array([1]), np.array([False]), [[]])
    return {
        "kmh": round(float(one.pace[0]) * 60 / 1000, 1), "reach_m": round(float(one.reach[0])), "max_visits": int(one.max_visits[0]),
        "max_minutes": int(one.max_minutes[0]), "languages": [name for name, has in zip(problem.language_names, one.languages[0], strict=True) if has],
    }  # fmt: skip


def way(a: Floats, b: Floats) -> Floats:
    """Metres from each of a to each of b."""
    return metres(a[:, None, :], b[None, :, :])
