"""Draws the demonstration district from a seed: pure, without a database; the same seed draws the same district."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from doorstep.demonstration import episodes
from doorstep.demonstration.asking import SHANGHAI, Asking
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.coming import Coming
from doorstep.demonstration.district import District
from doorstep.demonstration.filing import Filing, empty
from doorstep.demonstration.history import WEEKS, History
from doorstep.demonstration.names import Names
from doorstep.demonstration.places import HOME, Community, draw_places
from doorstep.demonstration.population import Population
from doorstep.demonstration.rows import Drawn
from doorstep.demonstration.situations import every
from doorstep.demonstration.speech import Speech

#: What the mission's figures say, and what a single community has of them.
FIGURES = {
    "district": {"volunteers": 10_000, "staff": 600, "visits": 1_235, "needs": 6_000},
    "community": {"volunteers": 140, "staff": 8, "visits": 17, "needs": 62},
}


class Lived(NamedTuple):
    """A district with its past: its people, who has served where, and what goes on writing in it."""

    drawn: Drawn
    district: District
    population: Population
    asking: Asking
    filing: Filing
    chance: Chance


def lived(size: str, seed: int, monday: date, moment: datetime) -> Lived:
    """The district with half a year of visits behind it; nothing is asked yet for the week from `monday`."""
    chance, speech, figures = Chance(seed), Speech(), FIGURES[size]
    district_id, communities, places = draw_places(size, chance)
    drawn = Drawn(seed, size, places)
    district = District(moment.astimezone(SHANGHAI).date(), communities, every())
    population = Population(district, district_id, Names(chance), speech, chance, monday)
    population.draw(drawn, figures)
    district.index()
    filing = Filing(chance, moment)
    asking = Asking(chance, speech, population.names)
    _weeks(drawn, district, population, History(district, asking, filing, speech, chance), monday, figures["visits"])
    return Lived(drawn, district, population, asking, filing, chance)


def draw(size: str, seed: int, monday: date, now: datetime | None = None) -> Drawn:
    """The district as it stands at `now` (usually: today), with the week from `monday` still to be planned."""
    moment = now or datetime.combine(monday - timedelta(days=3), time(10), SHANGHAI)
    drawn, district, population, asking, filing, chance = lived(size, seed, monday, moment)
    _coming(drawn, district, population, Coming(district, asking, filing, chance, size), monday, FIGURES[size]["needs"])
    return drawn


def _weeks(drawn: Drawn, district: District, population: Population, history: History, monday: date, visits: int) -> None:
    """26 whole weeks and the one we are in, a batch a week."""
    episodes.past(population.cast, history, monday)
    drawn.asked.append(("the cast's past", history.filing.batch))
    for back in range(WEEKS + 1, 0, -1):
        history.filing.batch = empty()
        # A little more from month to month, as volunteers join.
        history.week(monday - timedelta(weeks=back), back, round(visits * (0.9 + 0.2 * (WEEKS + 1 - back) / WEEKS)))
        drawn.asked.append((f"{monday - timedelta(weeks=back)}", history.filing.batch))
    drawn.counts["past visits"] = history.visits


def _coming(drawn: Drawn, district: District, population: Population, week: Coming, monday: date, needs: int) -> None:
    week.filing.batch = empty()
    episodes.coming(population.cast, week, monday, population.zhou, population.daughter)
    shares = shared(district.communities, needs - week.needs)
    for community, count in zip(district.communities, shares, strict=True):
        week.checked(community, monday, count)
        fresh = week.chance.randint(2, 6)
        week.new(community, max(4, fresh) if community.code == HOME else fresh)
    drawn.asked.append((f"{monday}, to be planned", week.filing.batch))
    drawn.counts |= {"needs of the week": week.needs, "new needs": week.fresh}


def shared(communities: list[Community], whole: int) -> list[int]:
    """So many among the communities, by their homes; the parts add up."""
    homes = sum(community.homes for community in communities)
    parts = [whole * community.homes // homes for community in communities]
    for number in range(whole - sum(parts)):
        parts[number % len(parts)] += 1
    return parts
