#!/usr/bin/env python3
"""Checks a plan against its week, knowing nothing of how the plan was made.

    python docs/verify_plan.py [--bound] WEEK.json[.gz] PLAN.json[.gz]

Prints one JSON object. Exit 0: legal. 1: illegal, a broken rule on each line. 2: a file is malformed, one sentence says where.
Standard library only. The rules and the score are those of docs/planner.md, sections "The model" and "The score".
With --bound, verify_bound.py recomputes the upper bound from the week and the plan's prices alone: `proven_bound` holds for every legal
plan, and a plan whose own bound claims less than its prices can prove breaks a rule.
"""

import gzip
import json
import math
import reprlib
import sys
from collections import defaultdict
from itertools import pairwise

EARTH, DETOUR, WEEK, WORTH = 6371008.8, 1.3, 10080, [0, 100, 200, 400, 1000, 4000]
# The week of 100,000 people and 60,000 needs has 45 million characters, three million commas and one million brackets.
LIMITS = {b",": 40_000_000, b"[": 12_000_000, b"{": 12_000_000}
MOST_BYTES, CHUNK = 400_000_000, 1 << 22
ROLES, REQUIRED = ("social_worker", "volunteer", "specialist", "property"), object()


class Malformed(Exception):
    """A file cannot be read as what it should be; the text is one sentence with the place."""


# Reading. A shape is a table of key → (test of the value, default).
def integer(low, high):
    return lambda x: type(x) is int and low <= x <= high


def number(low, high):
    return lambda x: type(x) in (int, float) and low <= x <= high


def one_of(*kinds):
    return lambda x: type(x) in kinds


def list_of(test):
    return lambda x: type(x) is list and all(test(item) for item in x)


def stretches(shortest):
    """Sorted and disjoint [from, to) of at least a minute (1), or [earliest, latest] that may be a single minute (0)."""
    pairs = list_of(lambda s: list_of(integer(0, WEEK))(s) and len(s) == 2 and s[1] - s[0] >= shortest)
    return lambda x: pairs(x) and all(b[0] - a[1] >= 1 - shortest for a, b in pairwise(x))


def anything(x):
    return True


plain = one_of(str, int, float, bool, type(None))
text, texts, text_or_none, role = one_of(str), list_of(one_of(str)), one_of(str, type(None)), lambda x: x in ROLES
WEEK_SHAPE = {
    "format": (lambda x: x == "doorstep-week/1", REQUIRED), "start": (anything, REQUIRED),
    "volunteers": (one_of(list), REQUIRED), "needs": (one_of(list), REQUIRED),
}  # fmt: skip
PLACE = {"lat": (number(-90, 90), REQUIRED), "lon": (number(-180, 180), REQUIRED)}
BOOKED = PLACE | {"start": (integer(0, WEEK), REQUIRED), "minutes": (integer(1, 600), REQUIRED)}
PERSON = PLACE | {
    "id": (text, REQUIRED), "role": (role, REQUIRED), "kmh": (number(0.1, 200), REQUIRED), "reach_m": (number(0, 1e6), REQUIRED),
    "max_minutes": (integer(0, WEEK), REQUIRED), "max_visits": (integer(0, 200), REQUIRED), "load_28d": (anything, 0),
    "skills": (lambda x: type(x) is dict and all(map(integer(1, 3), x.values())), {}), "vetted": (anything, False),
    "gender": (anything, None), "languages": (texts, []), "free": (stretches(1), []), "avoid": (texts, []), "prefers": (texts, []),
    "booked": (one_of(list), []),
}  # fmt: skip
SEAT = {
    "skill": (plain, None), "level": (integer(1, 3), 1), "role": (lambda x: x is None or role(x), None),
    "gender": (plain, None), "language": (plain, None),
}  # fmt: skip
PROMISE = {"start": (integer(0, WEEK), REQUIRED), "team": (list_of(text_or_none), REQUIRED)}
NEED = PLACE | {
    "id": (text, REQUIRED), "resident": (text, REQUIRED), "category": (text, REQUIRED), "minutes": (integer(15, 600), REQUIRED),
    "windows": (stretches(0), REQUIRED), "priority": (integer(1, 5), REQUIRED), "waited_weeks": (integer(0, 10), 0),
    "minor": (anything, False), "seats": (lambda x: type(x) is list and len(x) > 0, REQUIRED), "familiar": (texts, []),
    "forbid": (texts, []), "fixed": (one_of(dict, type(None)), None), "published": (one_of(dict, type(None)), None),
}  # fmt: skip
VISIT = {"need": (text, REQUIRED), "start": (integer(0, WEEK), REQUIRED), "team": (texts, REQUIRED)}


def shaped(item, where, shape, more=False):
    """The object with its defaults filled in; `more` keys may be somebody else's."""
    if type(item) is not dict:
        raise Malformed(f"{where}: is not an object")
    for key in item:
        if key not in shape and not more:
            raise Malformed(f"{where}: has the unknown key {key[:60]!r}")
    for key, (test, default) in shape.items():
        if key not in item and default is REQUIRED:
            raise Malformed(f"{where}: lacks {key}")
        if key in item and not test(item[key]):
            raise Malformed(f"{where}.{key}: is not legal: {reprlib.repr(item[key])}")
    return {key: item.get(key, default) for key, (_, default) in shape.items()}


def by_id(rows, where, shape):
    found = {}
    for i, item in enumerate(rows):
        row = shaped(item, f"{where}[{i}]", shape)
        if row["id"] in found:
            raise Malformed(f"{where}[{i}].id: {row['id'][:60]!r} is there twice")
        found[row["id"]] = row
    return found


def read_week(week):
    """People and needs by id, with defaults filled in."""
    top = shaped(week, "week", WEEK_SHAPE)
    people, needs = by_id(top["volunteers"], "volunteers", PERSON), by_id(top["needs"], "needs", NEED)
    for i, person in enumerate(people.values()):
        person["booked"] = [shaped(visit, f"volunteers[{i}].booked[{j}]", BOOKED) for j, visit in enumerate(person["booked"])]
    for i, need in enumerate(needs.values()):
        need["seats"] = [shaped(seat, f"needs[{i}].seats[{j}]", SEAT) for j, seat in enumerate(need["seats"])]
        for key in [key for key in ("fixed", "published") if need[key] is not None]:
            team = shaped(need[key], f"needs[{i}].{key}", PROMISE)["team"]
            if len(team) != len(need["seats"]) or not all(who in people or (who is None and key == "fixed") for who in team):
                raise Malformed(f"needs[{i}].{key}.team: is not one of the volunteers for each seat")
    return people, needs


def distance(a, b):
    """Metres on foot: the great circle from the straight line between two points of the globe, times the detour."""
    points = [(math.radians(x["lat"]), math.radians(x["lon"])) for x in (a, b)]
    p, q = [(math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)) for lat, lon in points]
    return EARTH * 2 * math.asin(min(1.0, math.dist(p, q) / 2)) * DETOUR


def why_not(person, need, seat, start):
    """The rule that forbids this person on this seat at this start, or None."""
    if seat["skill"] and person["skills"].get(seat["skill"], 0) < seat["level"]:
        return f"has not {seat['skill']} at level {seat['level']}"
    if seat["role"] and person["role"] != seat["role"]:
        return f"is no {seat['role']}"
    if seat["gender"] and person["gender"] != seat["gender"]:
        return "is not of the gender asked for"
    if seat["language"] and seat["language"] not in person["languages"]:
        return f"does not speak {seat['language']}"
    if need["minor"] and not person["vetted"]:
        return "is not vetted for work with minors"
    if need["resident"] in person["avoid"] or person["id"] in need["forbid"]:
        return "is ruled out for this home"
    if distance(person, need) > person["reach_m"] + 1e-6:
        return "lives too far away"
    if not any(lo <= start and start + need["minutes"] <= hi for lo, hi in person["free"]):
        return "is not free for the whole visit"
    return None


def check_visit(visit, need, people, say):
    """Rules 1 and 2 and the free time of rule 3; True if the visit can be counted."""
    name, start, team, seats = need["id"], visit["start"], visit["team"], need["seats"]
    if len(team) != len(seats) or len(set(team)) != len(team) or not all(who in people for who in team):
        say(f"{name}: the team does not fill every seat with a different known person")
        return False
    promised = need["fixed"]["team"] if need["fixed"] else [None] * len(team)
    if need["fixed"] is None and (start % 15 or not any(lo <= start <= hi for lo, hi in need["windows"])):
        say(f"{name}: may not start at {start}")
    if need["fixed"] and need["fixed"]["start"] != start:
        say(f"{name}: does not start when it was accepted")
    for who, was, seat in zip(team, promised, seats, strict=True):
        fault = f"sits where {was} was accepted" if was not in (None, who) else None
        if fault or (was is None and (fault := why_not(people[who], need, seat, start))):
            say(f"{name}: {who} {fault}")
    return True


def points_of(visit, need, people):
    points = WORTH[need["priority"]] * (1 + need["waited_weeks"] / 10)
    for who in visit["team"]:
        points += 40 * (who in need["familiar"]) + 5 * (need["category"] in people[who]["prefers"]) - distance(people[who], need) / 100
    if need["published"]:
        changed = sum(was != who for was, who in zip(need["published"]["team"], visit["team"], strict=True))
        points -= 30 * (changed + (need["published"]["start"] != visit["start"]))
    return points


def check_person(person, mine, say):
    """The way between visits, and the weekly caps; returns what the load costs."""
    stops = sorted([(v["start"], v["minutes"], v) for v in [*mine, *person["booked"]]], key=lambda stop: stop[:2])
    for (start, minutes, here), (then, _, there) in pairwise(stops):
        way = math.ceil(distance(here, there) / (person["kmh"] * 1000 / 60) - 1e-9)
        if start + minutes + way > then and ("id" in here or "id" in there):
            say(f"{person['id']}: cannot be at {there.get('id', 'a booked visit')} in time after {here.get('id', 'a booked visit')}")
    count, minutes = len(stops), sum(stop[1] for stop in stops)
    if mine and (count > person["max_visits"] or minutes > person["max_minutes"]):
        say(f"{person['id']}: {count} visits and {minutes} minutes are over the weekly cap")
    return 0 if person["role"] == "social_worker" else 2 * count * (count - 1)


def verify(week, plan):
    """{"errors": [sentence…], "score": …, …}; raises Malformed."""
    people, needs = read_week(week)
    if type(plan) is not dict or plan.get("format") != "doorstep-plan/1" or type(plan.get("visits")) is not list:
        raise Malformed("plan: is not a doorstep-plan/1 with visits")
    errors, score, done, weeks, homes, bound = [], 0.0, set(), defaultdict(list), defaultdict(list), plan.get("bound")
    for i, item in enumerate(plan["visits"]):
        visit = shaped(item, f"visits[{i}]", VISIT, more=True)
        need = needs.get(visit["need"])
        if need is None or need["id"] in done:
            errors.append(f"{visit['need']}: is {'visited twice' if need else 'not in the week'}")
        elif check_visit(visit, need, people, errors.append):
            done.add(need["id"])
            score += points_of(visit, need, people)
            homes[need["resident"]].append((visit["start"], visit["start"] + need["minutes"], need["id"]))
            for who in visit["team"]:
                weeks[who].append({**need, "start": visit["start"]})
    errors += [
        f"{i}: was accepted but is not visited" for i, n in needs.items() if n["fixed"] and None not in n["fixed"]["team"] and i not in done
    ]
    errors += [
        f"{b[2]}: overlaps another visit to the same home" for day in homes.values() for a, b in pairwise(sorted(day)) if a[1] > b[0]
    ]
    score -= sum(check_person(person, weeks[who], errors.append) for who, person in people.items())
    if bound is not None and not (number(-1e15, 1e15)(bound) and bound >= score - 1e-6 * max(1.0, abs(score))):
        errors.append(f"the bound {bound} is not a number at or above the score {score:.3f}")
        bound = None
    gap = None if bound is None else round((bound - score) / max(1.0, abs(bound)), 6)
    return {
        "legal": not errors,
        "errors": errors,
        "score": round(score, 3),
        "bound": bound,
        "gap": gap,
        "visits": len(done),
        "needs": len(needs),
    }


def claimed(week, plan, report):
    """What --bound adds to the report: the bound that the plan's prices prove, and whether the plan claims a lower one."""
    from verify_bound import prices_in, prove  # stands beside this file, and only --bound asks for it

    people, needs = read_week(week)
    try:
        prices = prices_in(plan, needs)
    except ValueError as fault:
        raise Malformed(f"prices{fault}") from None
    own, proof = report["bound"], prove(people, needs, prices)
    if own is not None and own < proof.least:
        report["errors"].append(f"the plan claims the bound {own}, but its prices prove no bound below {proof.least:.3f}")
    report["legal"] = not report["errors"]
    return report | {
        "proven_bound": math.ceil(proof.bound * 1000) / 1000,
        "proven_gap": round((proof.bound - report["score"]) / max(1.0, abs(proof.bound)), 6),
        "claim_is_proven": own is not None and own >= proof.bound - proof.forgiven,
        "options": proof.options,
        "relaxed_people": proof.relaxed_people,
        "relaxed_homes": proof.relaxed_homes,
    }


def load(path):
    try:
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
            data, counts = bytearray(), dict.fromkeys(LIMITS, 0)
            while chunk := file.read(CHUNK):
                data += chunk
                counts = {sign: count + chunk.count(sign) for sign, count in counts.items()}
                if len(data) > MOST_BYTES or any(count > LIMITS[sign] for sign, count in counts.items()):
                    raise Malformed(f"{path}: is far larger than a week of 100,000 people")
        return json.loads(data.decode())
    except (Malformed, MemoryError, RecursionError) as fault:
        raise Malformed(str(fault) if isinstance(fault, Malformed) else f"{path}: is nested too deeply, or too large") from None
    except OSError as fault:
        raise Malformed(f"{path}: {fault.strerror or fault}") from None
    except Exception as fault:  # ValueError, EOFError, and zlib.error, which is a bare Exception
        raise Malformed(f"{path}: {' '.join(str(fault).split()) or type(fault).__name__}") from None


def main(argv):
    paths = [word for word in argv if word != "--bound"]
    if len(paths) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        week, plan = map(load, paths)
        report = verify(week, plan)
        report = claimed(week, plan, report) if "--bound" in argv else report
    except Malformed as fault:
        print(fault, file=sys.stderr)
        return 2
    errors = report.pop("errors")
    print(json.dumps(report))
    print(*errors, sep="\n", end="\n" if errors else "", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
