"""The best week of one person when every visit also earns the price of its seat, or a value that no week of theirs exceeds.

verify_bound.py adds these up. Standard library only.
"""

import math
from bisect import bisect_left, insort
from collections import Counter
from typing import NamedTuple

RADIUS, DETOUR, WEEK = 6371008.8, 1.3, 10080
FULL_TURN = 2 * DETOUR * RADIUS  # metres on foot are FULL_TURN · asin(chord / 2)
# Ways are rounded up after a billionth of a minute is forgiven; more is forgiven here (in minutes, and as a share), so that no difference of
# rounding makes a week illegal that is legal elsewhere.
LATE, ROUND = 1e-6, 1e-8
EASY_STEPS, MOST_STEPS = 100_000, 10_000_000  # of a search before caps get tolls, and in all
TURNS, PATIENCE, CLOSE = 30, 4, 1e-3  # steps on tolls; of those in vain before they get shorter; and when nothing is left to gain


class Option(NamedTuple):
    """One person at one need at one start: what it earns with the price of the best seat that they could take."""

    start: int
    end: int
    gain: float
    need: int
    place: tuple
    metres: float


class Label(NamedTuple):
    """A part of a week, up to one visit: visits, minutes and needs are noted only as far as their rule is switched on.

    `points` is the value less the tolls of what it uses of the caps.
    """

    value: float
    visits: int
    minutes: int
    watched: int
    points: float
    option: Option | None
    before: "Label | None"


NOTHING = Label(0.0, 0, 0, 0, 0.0, None, None)


class Tolls(NamedTuple):
    """Prices of a person's own caps: what each option earns less its tolls, what can follow it at most, and what the caps are worth in all."""

    points: list
    rest: list
    in_all: float
    minute: float
    visit: float
    owed: dict


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


def in_time(here, there, gap, kmh):
    return gap >= 0 and square(here, there) <= farthest((gap + LATE) * kmh * 1000 / 60)


class Search:
    """The best week of one person: labels are lengthened visit by visit, and one that is nowhere better than another is dropped.

    The caps and the ban on going twice to one need are switched on one after another, as the best week found breaks them (decremental
    state-space relaxation, Righini and Salani 2008): every value found on the way is an upper bound. Where that takes long, caps and bans
    get tolls first (Held and Karp 1971): they give a bound of their own, and tell early which labels cannot win.
    """

    def __init__(self, person, booked, visits, minutes, options):
        self.step_cost = 0 if person["role"] == "social_worker" else 4
        self.booked, self.visits, self.minutes = booked, visits, minutes
        self.options = [option for option in options if option.gain > self.step_cost * booked]
        pace = person["kmh"] * 1000 / 60
        longest = min(2 * max((option.metres for option in self.options), default=0), FULL_TURN * math.pi / 2)
        self.longest = math.ceil(longest * (1 + ROUND) / pace)
        self.within = [farthest((gap + LATE) * pace) for gap in range(min(self.longest, WEEK))]
        self.steps, self.most_steps = 0, 0
        self.most, self.least = self.without_time(), 0.0

    def best(self, easy_steps=EASY_STEPS, most_steps=MOST_STEPS):
        """(what no week exceeds, what a legal week reaches)."""
        if not self.options:
            return 0.0, 0.0
        self.most_steps = min(easy_steps, most_steps)
        if not self.settle(None) and self.steps < most_steps:
            self.most_steps = most_steps
            tolls = None if self.step_cost else self.price_caps()
            if self.most - self.least > CLOSE:
                self.settle(tolls)
        return self.most, self.least

    def settle(self, tolls):
        """Switches rules on until the best week is legal; False when that takes too many steps."""
        count, minutes, watch = self.step_cost > 0, False, {}
        if tolls:  # what has a toll must count among labels, or one without hope could drive out a better one
            count, minutes, watch = tolls.visit > 0, tolls.minute > 0, {need: 1 << k for k, need in enumerate(tolls.owed)}
        while True:
            end = self.run(count, minutes, watch, tolls)
            if end is None:
                return False
            if tolls and end.value <= self.least:  # nothing rose above the best week that is known
                self.most = min(self.most, self.least)
                return True
            self.most = min(self.most, end.value)
            broken = self.look_at(path(end))
            if not any(broken):
                self.most = self.least = end.value
                return True
            count, minutes = count or broken[0], minutes or broken[1]
            for need in sorted(broken[2] - watch.keys()):
                watch[need] = 1 << len(watch)

    def look_at(self, week):
        """Which rules a relaxed week breaks (visits, minutes, needs twice); what is left without its worst visits is a legal week."""
        again = {o.need for k, o in enumerate(week) if any(o.need == other.need for other in week[:k])}
        broken = len(week) > self.visits, sum(o.end - o.start for o in week) > self.minutes, again
        value, minutes, kept = 0.0, 0, set()
        for option in sorted(week, key=lambda o: -o.gain / (o.end - o.start)):
            took = option.end - option.start
            if option.need not in kept and len(kept) < self.visits and minutes + took <= self.minutes:
                value, minutes = value + option.gain - self.toll(len(kept)), minutes + took
                kept.add(option.need)
        self.least = max(self.least, value)
        return broken

    def toll(self, visits):
        return self.step_cost * (self.booked + visits)

    def without_time(self):
        """The best visits, one a need, if they took no time."""
        best = {}
        for option in self.options:
            best[option.need] = max(best.get(option.need, 0.0), option.gain)
        gains = sorted(best.values(), reverse=True)[: self.visits]
        return math.fsum(max(0.0, gain - self.toll(k)) for k, gain in enumerate(gains))

    def run(self, count, minutes, watch, tolls):
        """The best label under the rules that are on; None when there would be too many.

        `hub` has the labels of those who have had time to get anywhere since their last visit.
        """
        hub, recent, first = [NOTHING], [], 0
        for j, option in enumerate(self.options):
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
            worth, enough = (tolls.points[j], self.least - tolls.in_all - tolls.rest[j]) if tolls else (0.0, -1.0)
            for label in before:
                if label.watched & bit or (minutes and label.minutes + took > self.minutes) or (count and label.visits >= self.visits):
                    continue
                value, points = label.value + gain - (self.toll(label.visits) if count else 0), label.points + worth
                if value > 0 and points > enough:
                    keep(labels, Label(value, label.visits + count, label.minutes + took, label.watched | bit, points, option, label))
                    self.steps += len(labels)
            if labels:
                insort(recent, (end, option, labels), lo=first, key=lambda node: node[0])
        for _, _, labels in recent[first:]:
            hub += labels
        return max(hub, key=lambda label: label.value)

    def price_caps(self):
        """The best tolls that subgradient steps find (by Polyak's rule); most and least are brought together on the way."""
        after, beyond = self.ways()
        minute = visit = 0.0
        owed, best, lowest, scale, stale = {}, None, math.inf, 1.0, 0
        for _ in range(TURNS):
            in_all = minute * self.minutes + visit * self.visits + math.fsum(owed.values())
            points = [o.gain - minute * (o.end - o.start) - visit - owed.get(o.need, 0.0) for o in self.options]
            value, rest, week = self.backward(points, after, beyond)
            self.steps += len(points)
            stale += 1
            if value + in_all < lowest:
                lowest, stale, best = value + in_all, 0, Tolls(points, rest, in_all, minute, visit, dict(owed))
            self.most = min(self.most, lowest)
            again = self.look_at(week)[2]
            if self.most - self.least <= CLOSE:
                break
            owed |= dict.fromkeys(sorted(again - owed.keys()), 0.0)
            visits = Counter(o.need for o in week)
            slopes = {need: visits[need] - 1.0 for need in owed}
            by_hour, by_visit = (sum(o.end - o.start for o in week) - self.minutes) / 60, len(week) - self.visits
            steps = [*((slope, owed[need]) for need, slope in slopes.items()), (by_hour, minute), (by_visit, visit)]
            norm = sum(slope**2 for slope, now in steps if slope > 0 or now > 0)
            if not norm:
                break
            scale, stale = (scale / 2, 0) if stale >= PATIENCE else (scale, stale)
            step = scale * (value + in_all - self.least) / norm
            owed = {need: max(0.0, owed[need] + step * slope) for need, slope in slopes.items()}
            minute, visit = max(0.0, minute + step * by_hour / 60), max(0.0, visit + step * by_visit)
        return best

    def ways(self):
        """For each option: those that can follow it in time, and the first from which on all can."""
        options, starts = self.options, [option.start for option in self.options]
        beyond = [bisect_left(starts, option.end + self.longest) for option in options]
        after = []
        for option, last in zip(options, beyond, strict=True):
            near = range(bisect_left(starts, option.end), last)
            fits = [
                k
                for k in near
                if options[k].need != option.need and square(options[k].place, option.place) <= self.within[starts[k] - option.end]
            ]
            after.append(fits)
        self.steps += sum(last - j for j, last in enumerate(beyond))
        return after, beyond

    def backward(self, points, after, beyond):
        """(the most that a week earns, the most that can follow each option, the best week)."""
        size = len(points)
        rest, then, full = [0.0] * size, [size] * size, [0.0] * size
        best, begin = [0.0] * (size + 1), [size] * (size + 1)
        for j in range(size - 1, -1, -1):
            most, at = best[beyond[j]], begin[beyond[j]]
            if after[j]:
                near = [full[k] for k in after[j]]
                if max(near) > most:
                    most = max(near)
                    at = after[j][near.index(most)]
            rest[j], then[j], full[j] = most, at, points[j] + most
            best[j], begin[j] = max((best[j + 1], begin[j + 1]), (full[j], j), key=lambda pair: pair[0])
        week, j = [], begin[0]
        while j < size:
            week.append(self.options[j])
            j = then[j]
        return best[0], rest, week


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
