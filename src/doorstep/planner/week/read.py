"""Reads a doorstep-week/1: every fault is one sentence that names its place in the file."""

import gzip
import json
import reprlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from .problem import JSON, ROLES, WEEK_MINUTES

# The week of 100,000 people and 60,000 needs has 45 million characters, three million commas and one million brackets.
MOST_BYTES = 400_000_000
MOST_SIGNS = {b",": 40_000_000, b"[": 12_000_000, b"{": 12_000_000}
CHUNK = 1 << 22
SHOWN = 60
PERSON = {"id", "role", "lat", "lon", "kmh", "reach_m", "max_minutes", "max_visits"}
PERSON_MORE: JSON = {
    "skills": {}, "vetted": False, "gender": None, "languages": [], "free": [], "avoid": [], "prefers": [], "booked": [], "load_28d": 0,
}  # fmt: skip
NEED = {"id", "resident", "category", "lat", "lon", "minutes", "windows", "priority", "seats"}
NEED_MORE: JSON = {"waited_weeks": 0, "minor": False, "familiar": [], "forbid": [], "fixed": None, "published": None}
SEAT_MORE: JSON = {"skill": None, "level": 1, "role": None, "gender": None, "language": None}


class Malformed(ValueError):
    """The file is not a week; the text is one sentence with the place of the first fault."""


class Twice(JSON):
    """An object of a file in which one key stands twice: no rule accepts it."""

    key = ""


def load(path: str | Path) -> Any:
    """The JSON in a file, gzipped or not. Raises Malformed; never reads more than it needs to say no."""
    try:
        text = _read(path).decode("utf-8")
        return json.loads(text, object_pairs_hook=_object)
    except Malformed as fault:
        raise Malformed(f"{path}: {fault}") from None
    except RecursionError:
        raise Malformed(f"{path}: the file is nested too deeply") from None
    except OSError as fault:
        raise Malformed(f"{path}: {fault.strerror or fault}") from None
    except UnicodeDecodeError as fault:
        raise Malformed(f"{path}: the byte at {fault.start} is not UTF-8") from None
    except (EOFError, ValueError, MemoryError) as fault:
        raise Malformed(f"{path}: {_in_one_line(fault)}") from None
    except Exception as fault:  # zlib.error is a bare Exception
        raise Malformed(f"{path}: {_in_one_line(fault)}") from None


def _in_one_line(fault: Exception) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__


def _read(path: str | Path) -> bytes:
    """The bytes of a file that begins like a week and is not absurdly large; stops reading as soon as it is neither."""
    data, read, signs = bytearray(), 0, dict.fromkeys(MOST_SIGNS, 0)
    with gzip.open(path, "rb") if str(path).endswith(".gz") else open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            read += len(chunk)
            data += chunk if data else chunk.lstrip()
            signs = {sign: count + chunk.count(sign) for sign, count in signs.items()}
            if data and data[0] != ord("{"):
                raise Malformed(_first_fault(data))
            if read > MOST_BYTES:
                raise Malformed(f"the file is longer than {MOST_BYTES} bytes, as no week is")
            if any(count > MOST_SIGNS[sign] for sign, count in signs.items()):
                raise Malformed("the file has many times the values of a week of 100,000 people")
    if not data:
        raise Malformed("the file is empty")
    return bytes(data)


def _first_fault(data: bytearray) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "the file begins with a byte order mark: save it as UTF-8 without one"
    if data.startswith(b"\x1f\x8b"):
        return "the file is gzipped, but its name does not end in .gz"
    return "the file does not begin with an object"


def _object(pairs: list[tuple[str, Any]]) -> JSON:
    """An object, marked if it has a key twice: JSON would silently keep the last."""
    row = dict(pairs)
    if len(row) == len(pairs):
        return row
    marked, seen = Twice(row), set[str]()
    marked.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return marked


def validated(week: Any) -> tuple[list[JSON], list[JSON]]:
    """Volunteers and needs with their defaults filled in, in the order of the file; raises Malformed."""
    row = _complete(week, "week", {"format", "start", "volunteers", "needs"}, {})
    _must(row["format"] == "doorstep-week/1", "week.format", "is not doorstep-week/1")
    _must(_is_date(row["start"]), "week.start", "is not a date such as 2026-11-30")
    for key in ("volunteers", "needs"):
        _must(isinstance(row[key], list), f"week.{key}", "is not a list")
    people = [_person(person, f"volunteers[{i}]") for i, person in enumerate(row["volunteers"])]
    _all_new(people, "volunteers")
    known = {person["id"] for person in people}
    needs = [_need(need, f"needs[{i}]", known) for i, need in enumerate(row["needs"])]
    _all_new(needs, "needs")
    return people, needs


def _must(ok: bool, where: str, what: str) -> None:
    if not ok:
        raise Malformed(f"{where}: {what}")


def _complete(item: Any, where: str, required: set[str], more: JSON) -> JSON:
    _must(isinstance(item, dict), where, "is not an object")
    _must_once(item, where)
    if missing := required - item.keys():
        raise Malformed(f"{where}: lacks {', '.join(sorted(missing))}")
    if unknown := item.keys() - required - more.keys():
        raise Malformed(f"{where}: has the unknown key {_short(min(unknown))}")
    return {**more, **item}


def _must_once(item: JSON, where: str) -> None:
    if isinstance(item, Twice):
        raise Malformed(f"{where}: has the key {_short(item.key)} twice")


def _short(word: str) -> str:
    """A word of the file as a sentence can show it: in quotes, on one line, not too long."""
    return repr(word if len(word) <= SHOWN else word[:SHOWN] + "…")


def _all_new(rows: Sequence[JSON], where: str) -> None:
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        if row["id"] in seen:
            raise Malformed(f"{where}[{i}].id: {_short(row['id'])} is also the id of {where}[{seen[row['id']]}]")
        seen[row["id"]] = i


def _is_date(x: Any) -> bool:
    try:
        return isinstance(x, str) and date.fromisoformat(x) is not None
    except ValueError:
        return False


def _whole(x: Any, low: int, high: int) -> bool:
    return type(x) is int and low <= x <= high


def _number(x: Any, low: float, high: float) -> bool:
    """Not a number and the infinities are in no range; integers of any length can be compared."""
    return type(x) in (int, float) and low <= x <= high


def _texts(x: Any) -> bool:
    return isinstance(x, list) and all(isinstance(i, str) for i in x)


def _place(row: JSON, at: str) -> None:
    _must(_number(row["lat"], -90, 90), f"{at}.lat", "is not a latitude from -90 to 90")
    _must(_number(row["lon"], -180, 180), f"{at}.lon", "is not a longitude from -180 to 180")


def _spans(rows: Any, at: str, *, half_open: bool) -> None:
    """[from, to) stretches may touch but not be empty; [earliest, latest] windows may be one minute but not touch."""
    _must(isinstance(rows, list), at, "is not a list")
    for i, row in enumerate(rows):
        ok = isinstance(row, list) and len(row) == 2 and all(_whole(x, 0, WEEK_MINUTES) for x in row)
        _must(ok, f"{at}[{i}]", f"is not two whole minutes from 0 to {WEEK_MINUTES}")
        _must(row[0] < row[1] or (row[0] == row[1] and not half_open), f"{at}[{i}]", f"ends at {row[1]} before it starts at {row[0]}")
    for i, (a, b) in enumerate(pairwise(rows)):
        _must(
            a[1] <= b[0] if half_open else a[1] < b[0],
            f"{at}[{i + 1}]",
            f"overlaps the one before it, or the list is not sorted ({a} and {b})",
        )


def _person(item: Any, at: str) -> JSON:
    row = _complete(item, at, PERSON, PERSON_MORE)
    _must(isinstance(row["id"], str), f"{at}.id", "is not a text")
    _must(row["role"] in ROLES, f"{at}.role", f"is not one of {', '.join(ROLES)}")
    _place(row, at)
    _must(_number(row["kmh"], 0.1, 200), f"{at}.kmh", "is not a speed from 0.1 to 200")
    _must(_number(row["reach_m"], 0, 1e6), f"{at}.reach_m", "is not a distance from 0 to 1000000")
    _must(_whole(row["max_minutes"], 0, WEEK_MINUTES), f"{at}.max_minutes", f"is not a whole number from 0 to {WEEK_MINUTES}")
    _must(_whole(row["max_visits"], 0, 200), f"{at}.max_visits", "is not a whole number from 0 to 200")
    _must(isinstance(row["skills"], dict), f"{at}.skills", "is not an object")
    _must_once(row["skills"], f"{at}.skills")
    for skill, level in row["skills"].items():
        _must(_whole(level, 1, 3), f"{at}.skills.{_short(skill)[1:-1]}", f"is {reprlib.repr(level)}, not a level from 1 to 3")
    _must(isinstance(row["vetted"], bool), f"{at}.vetted", "is neither true nor false")
    _must(row["gender"] is None or isinstance(row["gender"], str), f"{at}.gender", "is neither a text nor null")
    _spans(row["free"], f"{at}.free", half_open=True)
    for key in ("languages", "avoid", "prefers"):
        _must(_texts(row[key]), f"{at}.{key}", "is not a list of texts")
    _must(isinstance(row["booked"], list), f"{at}.booked", "is not a list")
    for i, visit in enumerate(row["booked"]):
        _booked(visit, f"{at}.booked[{i}]")
    _must(_number(row["load_28d"], 0, 1_000_000), f"{at}.load_28d", "is not a number of visits")
    return row


def _booked(item: Any, at: str) -> None:
    row = _complete(item, at, {"start", "minutes", "lat", "lon"}, {})
    _must(_whole(row["start"], 0, WEEK_MINUTES), f"{at}.start", "is not a minute of the week")
    _must(_whole(row["minutes"], 1, 600), f"{at}.minutes", "is not a whole number from 1 to 600")
    _place(row, at)


def _need(item: Any, at: str, people: set[str]) -> JSON:
    row = _complete(item, at, NEED, NEED_MORE)
    for key in ("id", "resident", "category"):
        _must(isinstance(row[key], str), f"{at}.{key}", "is not a text")
    _place(row, at)
    for key, low, high in (("minutes", 15, 600), ("priority", 1, 5), ("waited_weeks", 0, 10)):
        _must(_whole(row[key], low, high), f"{at}.{key}", f"is not a whole number from {low} to {high}")
    _must(isinstance(row["minor"], bool), f"{at}.minor", "is neither true nor false")
    _spans(row["windows"], f"{at}.windows", half_open=False)
    for key in ("familiar", "forbid"):
        _must(_texts(row[key]), f"{at}.{key}", "is not a list of texts")
    _must(isinstance(row["seats"], list) and bool(row["seats"]), f"{at}.seats", "is not a list with at least one seat")
    row["seats"] = [_seat(seat, f"{at}.seats[{i}]") for i, seat in enumerate(row["seats"])]
    for key in ("fixed", "published"):
        if row[key] is not None:
            _promise(row[key], f"{at}.{key}", len(row["seats"]), people, open_seats=key == "fixed")
    return row


def _seat(item: Any, at: str) -> JSON:
    row = _complete(item, at, set(), SEAT_MORE)
    for key in ("skill", "gender", "language"):
        _must(row[key] is None or isinstance(row[key], str), f"{at}.{key}", "is neither a text nor null")
    _must(_whole(row["level"], 1, 3), f"{at}.level", "is not a level from 1 to 3")
    _must(row["role"] is None or row["role"] in ROLES, f"{at}.role", f"is not one of {', '.join(ROLES)}")
    return row


def _promise(item: Any, at: str, seats: int, people: set[str], *, open_seats: bool) -> None:
    row = _complete(item, at, {"start", "team"}, {})
    _must(_whole(row["start"], 0, WEEK_MINUTES), f"{at}.start", "is not a minute of the week")
    _must(isinstance(row["team"], list) and len(row["team"]) == seats, f"{at}.team", f"is not a list of {seats}, one for each seat")
    for i, who in enumerate(row["team"]):
        _must((who is None and open_seats) or (isinstance(who, str) and who in people), f"{at}.team[{i}]", "is nobody among the volunteers")


def vocabulary(words: Iterable[str | None]) -> dict[str, int]:
    """Word → position, in alphabetical order, so that the same week gives the same numbers."""
    return {word: i for i, word in enumerate(sorted({word for word in words if word is not None}))}
