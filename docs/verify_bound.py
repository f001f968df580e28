"""An upper bound that no legal plan of a week exceeds, from the week and a price for each seat alone.

The theorem and its proof are in docs/planner.md, "The bound is a theorem": whatever the prices are, each home's most profitable meetings
and each person's best week of their own add up to a bound. Nothing is known here of how plan and prices were found. Where a search would
grow too large its last relaxed value stands, which is never below the true maximum. Standard library only; verify_plan.py is the door.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from typing import NamedTuple

RADIUS, DETOUR, STEP, WORTH = 6371008.8, 1.3, 15, [0, 100, 200, 400, 1000, 4000]
FULL_TURN = 2 * DETOUR * RADIUS  # metres on foot are FULL_TURN · asin(chord / 2)
# A way of several legs may be late by a billionth of a minute on each; with this slack (minutes, and a share for rounding) leaving out
# a visit of a legal week always leaves one that is allowed here.
LATE, ROUND = 1e-6, 1e-8
# Steps of the search for one person's best week, fewer once so many were used in all, and ways to fill one home's time.
MOST_STEPS, ALL_STEPS, FEW_STEPS, MOST_WAYS = 10_000_000, 600_000_000, 100_000, 50_000
FORGIVEN, DIGITS = 1e-6, 1e-3  # for rounding: a share of the sums, and the last digit of a score as it is told
MOST_PRICE = 1e12  # far above any price that says something


class Proof(NamedTuple):
    """`bound` is proven, with `forgiven` for rounding in it; at these prices legal weeks reach `least`: nothing below it can be proven."""

    bound: float
    least: float
    forgiven: float
    options: int
    relaxed_people: int
    relaxed_homes: int


class Option(NamedTuple):
    """One person at one need at one start: what it earns with the price of the best seat that they could take."""

    start: int
    end: int
    gain: float
    need: int
    place: tuple
    metres: float


class Label(NamedTuple):
    """A part of a week, up to one visit: visits, minutes and needs are noted only as far as their rule is switched on."""

    value: float
    visits: int
    minutes: int
    watched: int
    option: Option | None
    before: "Label | None"


NOTHING = Label(0.0, 0, 0, 0, None, None)


def on_globe(row):
    lat, lon = math.radians(row["lat"]), math.radians(row["lon"])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def square(a, b):
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2


def metres(squared):
    return FULL_TURN * math.asin(min(1.0, math.sqrt(squared) / 2))


def farthest(way):
    """The squared chord that is reached within so many metres."""
    half = way * (1 + ROUND) / FULL_TURN
    return 4.0 if half >= math.pi / 2 else (2 * math.sin(half)) ** 2


def accepted(need):
    return need["fixed"] is not None and None not in need["fixed"]["team"]


class Needs:
    """The needs that are still open, from south to north, with their starts and the prices of their seats at each."""

    def __init__(self, needs, prices):
        taken = defaultdict(list)
        for need in filter(accepted, needs.values()):
            taken[need["resident"]].append((need["fixed"]["start"], need["fixed"]["start"] + need["minutes"]))
        self.rows = sorted((n for n in needs.values() if not accepted(n)), key=lambda n: n["lat"])
        self.places = [on_globe(need) for need in self.rows]
        self.heights = [place[2] for place in self.places]
        self.starts = [legal_starts(need, taken[need["resident"]]) for need in self.rows]
        self.worth = [WORTH[need["priority"]] * (1 + need["waited_weeks"] / 10) for need in self.rows]
        self.price = [prices_of(need, starts, prices) for need, starts in zip(self.rows, self.starts, strict=True)]
        self.familiar = [set(need["familiar"]) for need in self.rows]
        self.filled = [[set() for _ in need["seats"]] for need in self.rows]
        self.promised = defaultdict(list)
        for i, need in enumerate(self.rows):
            for seat, who in enumerate(need["fixed"]["team"] if need["fixed"] else []):
                if who is not None:
                    self.promised[who].append((i, seat))


def legal_starts(need, taken):
    if need["fixed"]:
        starts = [need["fixed"]["start"]]
    else:
        starts = [t for a, b in need["windows"] for t in range(-(-a // STEP) * STEP, b + 1, STEP)]
    return [t for t in starts if not any(a < t + need["minutes"] and t < b for a, b in taken)]


def prices_in(plan, needs):
    """The prices that a plan carries; raises ValueError with the place of what is no price."""
    prices = plan.get("prices")
    if type(prices) is not dict:
        raise ValueError(": the plan carries none")
    for name, rows in prices.items():
        seats, at = len(needs[name]["seats"]) if name in needs else None, f".{name[:60]}"
        if seats is None or type(rows) is not list:
            raise ValueError(f"{at}: is not a need of the week with a list of rows")
        for k, row in enumerate(rows):
            fine = type(row) is list and len(row) == 2 and (row[0] is None or type(row[0]) is int) and type(row[1]) is list
            if not fine or len(row[1]) != seats or not all(type(x) in (int, float) and abs(x) <= MOST_PRICE for x in row[1]):
                raise ValueError(f"{at}[{k}]: is not a start (or null) with a price for each of {seats} seats")
    return prices


def prices_of(need, starts, prices):
    """{start: [price of each seat]}; a row without a start is for all starts, and what has no price costs nothing."""
    rows = dict(prices.get(need["id"], []))
    free = [0.0] * len(need["seats"])
    return {t: rows.get(t, rows.get(None, free)) for t in starts}


def seats_for(person, need):
    """The seats that rule 2 lets a person take, those that are promised to somebody left out."""
    if (need["minor"] and not person["vetted"]) or need["resident"] in person["avoid"] or person["id"] in need["forbid"]:
        return []
    promised, skills, languages = need["fixed"]["team"] if need["fixed"] else None, person["skills"], person["languages"]
    return [
        k
        for k, seat in enumerate(need["seats"])
        if (not seat["skill"] or skills.get(seat["skill"], 0) >= seat["level"])
        and (not seat["role"] or person["role"] == seat["role"])
        and (not seat["gender"] or person["gender"] == seat["gender"])
        and (not seat["language"] or seat["language"] in languages)
        and (promised is None or promised[k] is None)
    ]


def options_of(person, booked, room, needs):
    """Everything that one person may do on their own, sorted by start; notes which seats can be filled at which start."""
    home, found = on_globe(person), []
    far = farthest(person["reach_m"] + 1e-6)
    south = bisect_left(needs.heights, home[2] - math.sqrt(far))
    north = bisect_right(needs.heights, home[2] + math.sqrt(far))
    x, y, z = home
    for i in range(south, north):
        px, py, pz = needs.places[i]
        if (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2 <= far:
            seats = seats_for(person, needs.rows[i])
            if seats and needs.rows[i]["minutes"] <= room:
                found += meetings_of(person, home, booked, i, seats, False, needs)
    for i, seat in needs.promised.get(person["id"], []):
        if needs.rows[i]["minutes"] <= room:
            found += meetings_of(person, home, booked, i, [seat], True, needs)
    return sorted(found, key=lambda option: option.start)


def meetings_of(person, home, booked, i, seats, promised, needs):
    need, place, minutes, found = needs.rows[i], needs.places[i], needs.rows[i]["minutes"], []
    way = metres(square(home, place))
    base = 40 * (person["id"] in needs.familiar[i]) + 5 * (need["category"] in person["prefers"]) - way / 100
    for start in needs.starts[i]:
        if not promised and not any(a <= start and start + minutes <= b for a, b in person["free"]):
            continue
        if booked and not clear_of(booked, start, minutes, place, person):
            continue
        price = needs.price[i][start]
        for seat in seats:
            needs.filled[i][seat].add(start)
        gain = max(price[seat] - changes(need, seat, person["id"], start) for seat in seats)
        found.append(Option(start, start + minutes, base + gain, i, place, way))
    return found


def changes(need, seat, who, start):
    """What it costs to depart from what was published; the start is charged to the first seat, which every visit fills once."""
    was = need["published"]
    return 30 * ((was["team"][seat] != who) + (seat == 0 and was["start"] != start)) if was else 0


def clear_of(booked, start, minutes, place, person):
    """Whether there is time for the way from the booked visit just before and to the one just after."""
    at = bisect_right(booked, (start, minutes), key=lambda visit: visit[:2])
    if at and not in_time(booked[at - 1][2], place, start - booked[at - 1][0] - booked[at - 1][1], person["kmh"]):
        return False
    return at == len(booked) or in_time(place, booked[at][2], booked[at][0] - start - minutes, person["kmh"])


def in_time(here, there, gap, kmh):
    return gap >= 0 and square(here, there) <= farthest((gap + LATE) * kmh * 1000 / 60)


class Search:
    """The best week of one person: labels are lengthened visit by visit, and one that is nowhere better than another is dropped.

    The caps and the ban on going twice to one need are switched on one after another, as the best week found breaks them (decremental
    state-space relaxation, Righini and Salani 2008): every value found on the way is an upper bound.
    """

    def __init__(self, person, booked, visits, minutes, options, most_steps=MOST_STEPS):
        self.step_cost = 0 if person["role"] == "social_worker" else 4
        self.booked, self.visits, self.minutes = booked, visits, minutes
        self.options = [option for option in options if option.gain > self.step_cost * booked]
        pace = person["kmh"] * 1000 / 60
        longest = min(2 * max((option.metres for option in self.options), default=0), FULL_TURN * math.pi / 2)
        self.longest = math.ceil(longest * (1 + ROUND) / pace)
        self.within = [farthest((gap + LATE) * pace) for gap in range(min(self.longest, 10080))]
        self.steps, self.most_steps = 0, most_steps

    def best(self):
        """(what no week exceeds, what a legal week reaches)."""
        most, least = self.without_time(), 0.0
        count, minutes, watch = self.step_cost > 0, False, {}
        while self.options:
            end = self.run(count, minutes, watch)
            if end is None:
                return most, least
            week = path(end)
            most, least = min(most, end.value), max(least, self.mended(week))
            again = {o.need for k, o in enumerate(week) if any(o.need == other.need for other in week[:k])}
            over = sum(o.end - o.start for o in week) > self.minutes
            if len(week) <= self.visits and not over and not again:
                return end.value, end.value
            count, minutes = count or len(week) > self.visits, minutes or over
            watch.update((need, 1 << len(watch)) for need in again - watch.keys())
        return 0.0, 0.0

    def toll(self, visits):
        return self.step_cost * (self.booked + visits)

    def without_time(self):
        """The best visits, one a need, if they took no time."""
        best = {}
        for option in self.options:
            best[option.need] = max(best.get(option.need, 0.0), option.gain)
        gains = sorted(best.values(), reverse=True)[: self.visits]
        return math.fsum(max(0.0, gain - self.toll(k)) for k, gain in enumerate(gains))

    def mended(self, week):
        """What is left of a relaxed week without the visits that break a rule."""
        value, minutes, kept = 0.0, 0, []
        for option in week:
            took = option.end - option.start
            if option.need not in kept and len(kept) < self.visits and minutes + took <= self.minutes:
                value, minutes = value + option.gain - self.toll(len(kept)), minutes + took
                kept.append(option.need)
        return value

    def run(self, count, minutes, watch):
        """The best label under the rules that are on; None when there would be too many.

        `hub` has the labels of those who have had time to get anywhere since their last visit.
        """
        hub, recent, first = [NOTHING], [], 0
        for option in self.options:
            start, end, gain, need, place, _ = option
            while first < len(recent) and recent[first][0] + self.longest <= start:
                for label in recent[first][2]:
                    keep(hub, label)
                    self.steps += len(hub)
                first += 1
            before = list(hub)
            for ended, visited, labels in recent[first:]:
                if ended > start:
                    break
                if visited.need != need and square(visited.place, place) <= self.within[start - ended]:
                    before += labels
            self.steps += len(recent) - first
            if self.steps + len(before) > self.most_steps:
                return None
            bit, took, labels = watch.get(need, 0), (end - start if minutes else 0), []
            for label in before:
                if label.watched & bit or (minutes and label.minutes + took > self.minutes) or (count and label.visits >= self.visits):
                    continue
                value = label.value + gain - (self.toll(label.visits) if count else 0)
                if value > 0:
                    keep(labels, Label(value, label.visits + count, label.minutes + took, label.watched | bit, option, label))
                    self.steps += len(labels)
            if labels:
                insort(recent, (end, option, labels), lo=first, key=lambda node: node[0])
        for _, _, labels in recent[first:]:
            hub += labels
        return max(hub, key=lambda label: label.value)


def keep(labels, new):
    """Adds a label unless another is as good in every way, and drops those that it outdoes."""
    value, visits, minutes, watched = new[:4]
    for old in labels:
        if old[0] >= value and old[1] <= visits and old[2] <= minutes and not old[3] & ~watched:
            return
    labels[:] = [o for o in labels if not (o[0] <= value and o[1] >= visits and o[2] >= minutes and not watched & ~o[3])]
    labels.append(new)


def path(label):
    week = []
    while label.option is not None:
        week.append(label.option)
        label = label.before
    return week[::-1]


def best_meetings(meetings, most_ways=MOST_WAYS):
    """(most, least) that the needs of one home can earn: one meeting a need, none at the same time. `meetings`: [(start, end, profit)…] a need."""
    meetings = sorted((sorted(rows, key=lambda row: -row[2]) for rows in meetings), key=lambda rows: -rows[0][2])
    rest = [0.0] * (len(meetings) + 1)
    for k in range(len(meetings) - 1, -1, -1):
        rest[k] = rest[k + 1] + meetings[k][0][2]
    best, ways, stack = 0.0, 0, [(0, 0.0, ())]
    while stack:
        k, value, held = stack.pop()
        best, ways = max(best, value), ways + 1
        if ways > most_ways:
            return rest[0], best
        if k == len(meetings) or value + rest[k] <= best:
            continue
        stack.append((k + 1, value, held))
        fitting = (row for row in reversed(meetings[k]) if not any(a < row[1] and row[0] < b for a, b, _ in held))
        stack += [(k + 1, value + row[2], (*held, row)) for row in fitting]
    return best, best


def prove(people, needs, prices, most_steps=MOST_STEPS, most_ways=MOST_WAYS):
    """The bound that these prices prove. `people` and `needs` by id with all keys; `prices` as a plan file has them, checked."""
    open_needs, booked = Needs(needs, prices), defaultdict(list)
    for who, person in people.items():
        booked[who] = [(visit["start"], visit["minutes"], on_globe(visit)) for visit in person["booked"]]
    constant = []
    for need in filter(accepted, needs.values()):
        start, place = need["fixed"]["start"], on_globe(need)
        constant.append(WORTH[need["priority"]] * (1 + need["waited_weeks"] / 10))
        for seat, who in enumerate(need["fixed"]["team"]):
            way = metres(square(on_globe(people[who]), place))
            constant += [40.0 * (who in need["familiar"]), 5.0 * (need["category"] in people[who]["prefers"]), -way / 100]
            constant.append(-float(changes(need, seat, who, start)))
            booked[who].append((start, need["minutes"], place))
    most, least, found, steps = [], [], 0, 0
    for who, person in people.items():
        mine = sorted(booked[who])
        if person["role"] != "social_worker":
            constant.append(-2.0 * len(mine) * (len(mine) - 1))
        visits, minutes = person["max_visits"] - len(mine), person["max_minutes"] - sum(visit[1] for visit in mine)
        if visits > 0 and minutes > 0:
            options = options_of(person, mine, minutes, open_needs)
            found += len(options)
            search = Search(person, len(mine), visits, minutes, options, most_steps if steps < ALL_STEPS else FEW_STEPS)
            high, low = search.best()
            steps += search.steps
            most.append(high)
            least.append(low)
    homes = home_profits(open_needs, most_ways)
    fixed, tops, bottoms = math.fsum(constant), [high for high, _ in homes], [low for _, low in homes]
    forgiven = DIGITS + FORGIVEN * math.fsum([*map(abs, constant), *most, *tops])
    return Proof(
        bound=math.fsum([fixed, *most, *tops]) + forgiven,
        least=math.fsum([fixed, *least, *bottoms]) - forgiven,
        forgiven=forgiven,
        options=found,
        relaxed_people=sum(high > low for high, low in zip(most, least, strict=True)),
        relaxed_homes=sum(high > low for high, low in homes),
    )


def home_profits(needs, most_ways):
    """(most, least) for each home where a visit pays at a start at which every seat can be filled."""
    homes = defaultdict(list)
    for i, need in enumerate(needs.rows):
        rows = []
        for start in needs.starts[i]:
            profit = needs.worth[i] - math.fsum(needs.price[i][start])
            if profit > 0 and all(start in starts for starts in needs.filled[i]):
                rows.append((start, start + need["minutes"], profit))
        if rows:
            homes[need["resident"]].append(rows)
    return [best_meetings(meetings, most_ways) for meetings in homes.values()]
