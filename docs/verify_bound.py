"""An upper bound that no legal plan of a week exceeds, from the week and a price for each seat alone.

The theorem and its proof are in docs/planner.md, "The bound is a theorem": whatever the prices are, each home's most profitable meetings
and each person's best week of their own (verify_week.py) add up to a bound. Nothing is known here of how plan and prices were found. Where
a search would grow too large its last relaxed value stands, which is never below the true maximum. Standard library only; verify_plan.py
is the door.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import NamedTuple

from verify_week import EASY_STEPS, MOST_STEPS, Option, Search, farthest, in_time, metres, on_globe, square

STEP, WORTH = 15, [0, 100, 200, 400, 1000, 4000]
# Once so many steps were used for all people, those who are left get few; and the ways that are tried to fill one home's time.
ALL_STEPS, FEW_STEPS, MOST_WAYS = 600_000_000, 100_000, 50_000
FORGIVEN, DIGITS = 1e-6, 1e-3  # for rounding: a share of the sums, and the last digit of a score as it is told
MOST_PRICE, MOST_SEATS = 1e12, 200  # far above any price that says something, and any team


class Proof(NamedTuple):
    """`bound` is proven, with `forgiven` for rounding in it; at these prices legal weeks reach `least`: nothing below it can be proven."""

    bound: float
    least: float
    forgiven: float
    options: int
    relaxed_people: int
    relaxed_homes: int


def accepted(need):
    return need["fixed"] is not None and None not in need["fixed"]["team"]


class Needs:
    """The needs that are still open, from south to north, with their starts and the prices of their seats at each."""

    def __init__(self, needs, prices):
        taken = defaultdict(list)
        for need in filter(accepted, needs.values()):
            taken[need["resident"]].append((need["fixed"]["start"], need["fixed"]["start"] + need["minutes"]))
        self.rows = sorted((n for n in needs.values() if not accepted(n)), key=lambda need: on_globe(need)[2])
        self.places = [on_globe(need) for need in self.rows]
        self.heights = [place[2] for place in self.places]
        self.starts = [legal_starts(need, taken[need["resident"]]) for need in self.rows]
        self.worth = [WORTH[need["priority"]] * (1 + need["waited_weeks"] / 10) for need in self.rows]
        self.price = [prices_of(need, starts, prices) for need, starts in zip(self.rows, self.starts, strict=True)]
        self.familiar = [set(need["familiar"]) for need in self.rows]
        self.takers = [[defaultdict(list) for _ in need["seats"]] for need in self.rows]
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
        seats, at = len(needs[name]["seats"]) if name in needs else None, f".{name[:60]!r}".replace("'", "")
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
    """Everything that one person may do on their own, sorted by start; notes for each seat who could take it then."""
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
            takers = needs.takers[i][seat][start]
            if len(takers) < len(need["seats"]):  # with so many, somebody is always left for this seat
                takers.append(person["id"])
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


def a_team_exists(takers):
    """Whether every seat can be filled by somebody else (by augmenting paths; so large a team as to go too deep is let pass)."""
    team = {}

    def place(seat, asked):
        for who in takers[seat]:
            if who not in asked:
                asked.add(who)
                if who not in team or place(team[who], asked):
                    team[who] = seat
                    return True
        return False

    return all(takers) and (len(takers) > MOST_SEATS or all(place(seat, set()) for seat in range(len(takers))))


def prove(people, needs, prices, easy_steps=EASY_STEPS, most_steps=MOST_STEPS, most_ways=MOST_WAYS):
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
            search = Search(person, len(mine), visits, minutes, options)
            high, low = search.best(easy_steps, most_steps if steps < ALL_STEPS else FEW_STEPS)
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
        relaxed_people=sum(high - low > DIGITS for high, low in zip(most, least, strict=True)),
        relaxed_homes=sum(high - low > DIGITS for high, low in homes),
    )


def home_profits(needs, most_ways):
    """(most, least) for each home where a visit pays at a start for which there is a team."""
    homes = defaultdict(list)
    for i, need in enumerate(needs.rows):
        rows = []
        for start in needs.starts[i]:
            profit = needs.worth[i] - math.fsum(needs.price[i][start])
            if profit > 0 and a_team_exists([takers[start] for takers in needs.takers[i]]):
                rows.append((start, start + need["minutes"], profit))
        if rows:
            homes[need["resident"]].append(rows)
    return [best_meetings(meetings, most_ways) for meetings in homes.values()]
