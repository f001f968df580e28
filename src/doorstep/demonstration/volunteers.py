"""Who helps: social workers, the volunteers whom they lead, and how each brought in the next over two years."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from doorstep.demonstration import skills
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.people import Home, Peopling, Resident
from doorstep.demonstration.places import Community
from doorstep.demonstration.rows import ClearanceRow, CredentialRow

CATEGORIES = ("poor_disabled", "mediation", "counselling", "education", "culture", "elderly", "property", "youth")
#: What a holder of a skill likes to be asked for.
LIKES = {
    "tutoring": "education", "picture_books": "education", "counselling": "counselling", "psychiatry": "counselling", "mediation": "mediation",
    "legal": "mediation", "nursing": "elderly", "rehab": "poor_disabled", "electrician": "property", "property_law": "property",
    "family_intervention": "mediation", "youth_work": "youth", "digital": "education", "culture": "culture", "company": "elderly",
    "haircut": "elderly", "escort": "elderly", "patrol": "property", "repair": "property", "reading": "culture", "career": "youth",
}  # fmt: skip
#: A usual week by habit: chance of each cell (weekday morning, afternoon, evening; weekend morning, afternoon, evening).
HABITS = {
    "retired": (0.42, 0.42, 0.08, 0.14, 0.16, 0.04),
    "working": (0.03, 0.03, 0.36, 0.42, 0.40, 0.14),
    "student": (0.0, 0.02, 0.05, 0.55, 0.55, 0.08),
    "sparse": (0.08, 0.08, 0.10, 0.16, 0.16, 0.06),
    "staff": (0.26, 0.30, 0.30, 0.22, 0.16, 0.0),
}
Cells = set[tuple[int, int]]


@dataclass(slots=True)
class Helper:
    """A person who can be sent: the role, when free, how far, what verified."""

    person: Resident
    community: Community
    role: str
    kind: str
    since: date
    lat: float
    lon: float
    until: date | None = None
    led_by: UUID | None = None
    brought_in_by: UUID | None = None
    cells: Cells = field(default_factory=set)
    travel: str = "walk"
    reach_m: int = 1500
    max_minutes: int = 180
    max_visits: int = 3
    welcome: bool = True
    motto: str = ""
    likes: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=lambda: ["zh"])
    skills: dict[str, int] = field(default_factory=dict)
    credentials: list[CredentialRow] = field(default_factory=list)
    clearance: ClearanceRow | None = None
    cleared: bool = False
    #: How often this person really comes; nought for who registered and was never seen.
    zeal: float = 0.0

    @property
    def id(self) -> UUID:
        return self.person.id

    @property
    def minor(self) -> bool:
        return self.person.age < 18


class Recruiting:
    """Draws a community's social workers and volunteers."""

    def __init__(self, chance: Chance, peopling: Peopling, today: date) -> None:
        self.chance, self.peopling, self.today = chance, peopling, today

    def staff(self, community: Community, role: str, count: int) -> list[Helper]:
        chance, found = self.chance, []
        for _ in range(count):
            gender = chance.choices("fm", [78, 22] if role == "social_worker" else [25, 75])[0]
            person = self.peopling.person(gender, chance.randint(24, 52))
            person.phone = self.peopling.names.number()
            since = self.today - timedelta(days=chance.randint(240, 2900))
            helper = Helper(person, community, role, "skilled", since, community.lat, community.lon, led_by=None)
            helper.travel, helper.reach_m, helper.zeal = "bike", 3000, 0.5
            helper.max_visits, helper.max_minutes = chance.one([2, 2, 3]), 180
            helper.motto = self.peopling.speech.motto("staff", chance) if chance.yes(0.4) else ""
            found.append(helper)
        for helper in found:
            self._equip_staff(helper, found[0])
        return found

    def _equip_staff(self, helper: Helper, first: Helper) -> None:
        chance, by = self.chance, first.id
        helper.cells = self.usual_week("staff")
        helper.languages = ["zh", "wuu"] if chance.yes(0.7) else ["zh"]
        if helper.role == "social_worker":
            known = {chance.one(["youth_work", "mediation", "family_intervention", "counselling"]): 1} if chance.yes(0.3) else {}
            self._certify(helper, known | {"company": 2}, by)
            helper.clearance, helper.cleared = skills.clearance(chance, helper.id, by, self.today, 0.85)
        elif chance.yes(0.5):
            self._certify(helper, {"property_law": 1}, by)

    def usual_week(self, habit: str) -> Cells:
        shares = HABITS[habit]
        return {(day, part) for day in range(7) for part in range(3) if self.chance.yes(shares[part + (3 if day > 4 else 0)])}

    def volunteer(self, person: Resident, lead: Helper, specialist: bool) -> Helper:
        """From a resident to a volunteer with a usual week, a reach and what others have verified."""
        chance, home = self.chance, person.home
        assert home is not None
        # Slowly at first, then each brings the next: two thirds have joined within the last year.
        since = self.today - timedelta(days=8 + int(722 * (1 - chance.random() ** 0.62)))
        helper = Helper(person, home.community, "specialist" if specialist else "volunteer", "skilled" if specialist else "support",
                        since, home.building.lat, home.building.lon, led_by=lead.id)  # fmt: skip
        self._ways(helper)
        self._rhythm(helper)
        known = skills.common(chance) | (skills.professional(chance) if specialist else {})
        if not specialist and chance.yes(0.05) and person.age >= 18:
            known |= {next(iter(skills.professional(chance))): 1}
        self._certify(helper, known, lead.id)
        with_children = bool(skills.WITH_CHILDREN & set(known))
        helper.clearance, helper.cleared = skills.clearance(
            chance, person.id, lead.id, self.today, 0.0 if helper.minor else 0.82 if with_children else 0.5 if specialist else 0.2
        )
        likes = {LIKES[skill] for skill in known if skill in LIKES and chance.yes(0.7)}
        helper.likes = sorted(likes | set(chance.some(CATEGORIES, chance.choices([0, 1, 2], [35, 45, 20])[0])))
        helper.motto = self.peopling.speech.motto(helper.kind, chance) if chance.yes(0.3) else ""
        return helper

    def _ways(self, helper: Helper) -> None:
        chance, age = self.chance, helper.person.age
        helper.travel = chance.choices(["walk", "bike", "bus"], [50, 34, 16] if age >= 60 else [22, 66, 12])[0]
        near = {"walk": [1000, 1200, 1500, 1500, 2000], "bike": [2000, 2500, 3000, 3000, 4000], "bus": [3000, 4000, 5000]}[helper.travel]
        helper.reach_m = chance.one(near)
        home = helper.person.home
        local = not (home and "newly_arrived" in home.manys)
        speaks = (0.9 if age >= 60 else 0.62) if local else 0.04
        helper.languages = ["zh", *(["wuu"] if chance.yes(speaks) else []), *(["en"] if age < 45 and chance.yes(0.05) else [])]

    def _rhythm(self, helper: Helper) -> None:
        chance, age = self.chance, helper.person.age
        helper.max_visits = chance.choices([1, 2, 3, 4, 6], [22, 34, 26, 13, 5])[0]
        helper.max_minutes = helper.max_visits * chance.one([60, 90, 90, 120])
        # Registered is not active: nearly half have hardly ever been seen.
        helper.zeal = 0.0 if chance.yes(0.46) else chance.lognormvariate(0, 0.9)
        habit = "student" if age < 22 else "retired" if age >= 60 else "working" if chance.yes(0.82) else "sparse"
        if chance.yes(0.12):
            habit = "sparse"
        helper.cells = self.usual_week(habit) if helper.zeal or chance.yes(0.72) else set()
        helper.welcome = chance.yes(0.95 if helper.zeal else 0.82)
        if helper.minor:
            helper.max_visits, helper.max_minutes = 2, 120

    def _certify(self, helper: Helper, known: dict[str, int], by: UUID) -> None:
        for skill, level in known.items():
            row, counts = skills.credential(self.chance, helper.id, skill, level, by, self.today, helper.since)
            if row.verified_by_id == helper.id:
                row = row._replace(verified_by_id=None)
            helper.credentials.append(row)
            if counts:
                helper.skills[skill] = level
        if "sign_language" in helper.skills:
            helper.languages.append("csl")

    def team(self, homes: list[Home], leads: list[Helper], count: int, leavers: int, but: set[UUID]) -> tuple[list[Helper], list[Helper]]:
        """So many volunteers of a community, and some who have left again."""
        chance = self.chance
        adults = [p for home in homes for p in home.members if 18 <= p.age <= 79 and not p.account and p.id not in but]
        young = [p for home in homes for p in home.children if p.age >= 15 and not p.account]
        chance.shuffle(adults)
        teens = min(len(young), round(count * 0.008 + chance.random() * 0.6))
        chosen = [*chance.some(young, teens), *sorted(adults[: count + leavers - teens], key=lambda p: chance.random())]
        team = [self.volunteer(person, chance.one(leads), person.age >= 22 and chance.yes(0.19)) for person in chosen]
        left = [helper for helper in team if not helper.minor][:leavers]
        for helper in left:
            helper.until = self.today - timedelta(days=chance.randint(3, 170))
            helper.since = min(helper.since, helper.until - timedelta(days=chance.randint(40, 500)))
            helper.welcome, helper.zeal = False, max(helper.zeal, 0.4)
        gone = {helper.id for helper in left}
        return [helper for helper in team if helper.id not in gone], left


def grow_tree(helpers: list[Helper], leads: list[Helper], chance: Chance) -> None:
    """Each is brought in by somebody who was there before; who has brought many brings more."""
    order = sorted(helpers, key=lambda helper: helper.since)
    branches: dict[UUID, float] = defaultdict(lambda: 1.0)
    for number, helper in enumerate(order):
        if number < 3 or chance.yes(0.22):
            helper.brought_in_by = helper.led_by or chance.one(leads).id
            continue
        before = order[max(0, number - 60) : number]
        chosen = chance.choices(before, [branches[one.id] for one in before])[0]
        branches[chosen.id] += 1.3
        helper.brought_in_by = chosen.id
        # Whoever is brought in by a neighbour mostly comes to that neighbour's social worker.
        if chosen.led_by and chance.yes(0.6):
            helper.led_by = chosen.led_by
