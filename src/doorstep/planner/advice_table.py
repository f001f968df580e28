"""Advice in words for a terminal: whom to recruit, and what to change about those who are here."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from doorstep.planner.week import Malformed

JSON = dict[str, Any]
ROWS, ROWS_OF_A_KIND = 20, 8
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
KINDS = {
    "train": "Training",
    "clear": "Clearing for work with minors",
    "widen": "A wider reach",
    "free": "One more free stretch",
    "open": "One more window for a need that was left out",
}


def places_in(path: str) -> list[JSON]:
    """Communities from a file: a JSON list of {id, lat, lon}. Raises Malformed with what is wrong."""
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Malformed(f"{path}: cannot be read as JSON: {fault}") from None
    if not isinstance(rows, list) or not rows:
        raise Malformed(f"{path}: is not a list of places")
    for i, row in enumerate(rows):
        if not (isinstance(row, dict) and isinstance(row.get("id"), str | int) and _degree(row, "lat", 90) and _degree(row, "lon", 180)):
            raise Malformed(f"{path}: place {i} needs an id, and lat and lon in degrees")
    return rows


def _degree(row: JSON, key: str, most: int) -> bool:
    number = row.get(key)
    return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= most


def advice_table(advice: JSON) -> str:
    """The advice as text, a row a change; what was checked exactly has a gain, what was not has a price alone."""
    like = advice["like"]
    lines = [
        f"One more helper ({like['kmh']} km/h, within {like['reach_m']} m, {like['max_visits']} visits or {like['max_minutes']} minutes a week):",
        f"{'gain':>8} {'price':>8} {'visits':>6}  who, where, when",
    ]
    lines += [_row(row, _newcomer(row)) for row in advice["recruit"][:ROWS]]
    lines.append(_nearness("newcomers", advice["checked"]["recruit"]))
    joint = advice["joint"]
    if joint:
        gain = (
            "could not be proved in its time" if joint["gain"] is None else f"{joint['gain']:,.1f} points, {joint['more_visits']:+d} visits"
        )
        lines.append(
            f"The first {len(joint['rows'])} that do not serve the same needs, together: {gain} (one by one they add to {joint['sum']:,.1f})."
        )
    for kind, title in KINDS.items():
        lines += ["", f"{title}:"] + [_row(row, _change(kind, row)) for row in advice[kind][:ROWS_OF_A_KIND]]
        lines.append(_nearness("changes", advice["checked"][kind]) if advice[kind] else "  nothing of the kind would gain anything")
    spent = sum(advice["seconds"].values())
    return "\n".join([*lines, "", f"advice took {spent:.1f} s: " + ", ".join(f"{name} {s:.1f}" for name, s in advice["seconds"].items())])


def _row(row: JSON, words: str) -> str:
    gain = f"{row['gain']:8,.1f}" if row["gain"] is not None else "       –"
    visits = f"{row['more_visits']:+6d}" if row["gain"] is not None else "     –"
    return f"{gain} {row['price']:8,.1f} {visits}  {words}"


def _newcomer(row: JSON) -> str:
    skill = f"{row['skill']} at level {row['level']}" if row["skill"] else "no skill in particular"
    return f"{skill}{', cleared for minors' if row['vetted'] else ''}, place {row['place']}, {row['band'].replace('_', ' ')}s"


def _change(kind: str, row: JSON) -> str:
    if kind == "train":
        return f"{row['person']}: {row['skill']} from level {row['from']} to {row['level']}"
    if kind == "clear":
        return f"{row['person']}: be cleared"
    if kind == "widen":
        return f"{row['person']}: {row['more_m']} m beyond {row['reach_m']} m"
    when = f"on {DAYS[row['day']]} {row['part']}"
    return f"{row['need']}: may begin {when} too" if kind == "open" else f"{row['person']}: free {when}"


def _nearness(who: str, how: JSON) -> str:
    if not how["checked"]:
        return f"  none of these {who} was checked exactly"
    parts = [f"  {how['checked']} {who} checked exactly"]
    if how["unproved"]:
        parts.append(f"{how['unproved']} more not proved in their time and left out")
    parts += _numbers(
        [("correlation of price and gain", how["pearson"]), ("of their ranks", how["spearman"]), ("price over gain", how["factor"])]
    )
    return "; ".join(parts)


def _numbers(named: Iterable[tuple[str, float | None]]) -> list[str]:
    return [f"{name} {number:.3f}" for name, number in named if number is not None]
