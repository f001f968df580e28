"""Homes and who lives in them: half the homes are of old people, and each of the four manys has its share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from doorstep.demonstration.chance import Chance
from doorstep.demonstration.names import Names, calling
from doorstep.demonstration.places import Building, Community
from doorstep.demonstration.rows import Batch, CircumstanceRow, HouseholdRow, PersonRow
from doorstep.demonstration.speech import Speech

#: Kind of home to how often it is met and how many live there; two a home on average.
HOMES = {
    "alone": (22.0, 1), "old_couple": (23.0, 2), "family": (17.0, 3), "single": (9.0, 1), "couple": (9.0, 2),
    "grandparent": (4.0, 2), "three_generations": (4.0, 5), "newcomers": (8.0, 3), "one_parent": (4.0, 2),
}  # fmt: skip
#: The kind of home with one person less, or one more.
LESS = {"couple": "single", "family": "couple", "old_couple": "alone", "newcomers": "couple"}
MORE = {"single": "couple", "couple": "family", "alone": "old_couple"}
OLD = 65


@dataclass(slots=True)
class Resident:
    id: UUID
    name: str
    calling: str
    gender: str
    born: date
    age: int
    phone: str = ""
    via: str = ""
    account: str = ""
    elder_mode: bool = False
    home: "Home | None" = None


@dataclass(slots=True)
class Home:
    """One door: its members, the oldest first, and what a visit has to reckon with."""

    id: UUID
    community: Community
    building: Building
    door: str
    kind: str
    members: list[Resident] = field(default_factory=list)
    manys: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def adults(self) -> list[Resident]:
        return [person for person in self.members if person.age >= 18]

    @property
    def children(self) -> list[Resident]:
        return [person for person in self.members if person.age < 18]

    @property
    def old(self) -> list[Resident]:
        return [person for person in self.members if person.age >= OLD]


def of_working_age(person: Resident) -> bool:
    return 21 <= person.age <= 58


class Peopling:
    """Draws the homes of one community after another."""

    def __init__(self, chance: Chance, names: Names, speech: Speech, today: date) -> None:
        self.chance, self.names, self.speech, self.today = chance, names, speech, today

    def kinds(self, homes: int, people: int) -> list[str]:
        """So many kinds of home that just so many people live in them."""
        drawn = self.chance.choices(list(HOMES), [share for share, _ in HOMES.values()], k=homes)
        surplus = sum(HOMES[kind][1] for kind in drawn) - people
        step = LESS if surplus > 0 else MORE
        while surplus:
            number = self.chance.choice([n for n, kind in enumerate(drawn) if kind in step])
            drawn[number] = step[drawn[number]]
            surplus += -1 if surplus > 0 else 1
        return drawn

    def homes(self, community: Community, kinds: list[str]) -> Iterator[Home]:
        doors = [(building, door) for building in community.buildings for door in building.doors]
        chosen = self.chance.sample(doors, len(kinds))
        for kind, (building, door) in zip(kinds, chosen, strict=True):
            home = Home(self.chance.id(), community, building, door, kind)
            home.members = self._members(kind)
            for person in home.members:
                person.home = home
            home.manys = self._manys(home)
            self._ways_to_reach(home)
            if self.chance.yes(0.42):
                home.note = self.speech.note(home.manys, self.chance)
            yield home

    def person(self, gender: str, age: int, surname: str = "") -> Resident:
        born = self.today - timedelta(days=int(age * 365.25) + self.chance.randrange(360))
        name = self.names.full(gender, born.year, surname)
        return Resident(self.chance.id(), name, calling(name, gender, age, self.chance), gender, born, age)

    def _members(self, kind: str) -> list[Resident]:
        chance, family = self.chance, self.names.surname()
        old = chance.randint(66, 84)
        adult = chance.randint(30, 48)
        sex = chance.choice("fm")
        if kind == "alone":
            return [self.person(chance.choices("fm", [68, 32])[0], chance.randint(68, 93))]
        if kind == "old_couple":
            return [self.person("m", old, family), self.person("f", max(62, old - chance.randint(0, 4)))]
        if kind == "single":
            return [self.person(sex, chance.randint(24, 62))]
        if kind == "couple":
            return [self.person("m", adult + 4, family), self.person("f", adult + chance.randint(0, 6))]
        child = self.person(chance.choice("fm"), chance.randint(3, 17), family)
        if kind == "grandparent":
            return [self.person(chance.choices("fm", [65, 35])[0], chance.randint(58, 76)), child]
        if kind == "one_parent":
            return [self.person(chance.choices("fm", [72, 28])[0], adult), child]
        parents = [self.person("m", adult, family), self.person("f", max(27, adult - chance.randint(0, 4)))]
        if kind == "three_generations":
            return [self.person("m", adult + 27, family), self.person("f", adult + 25), *parents, child]
        return [*parents, child]

    def _manys(self, home: Home) -> list[str]:
        chance = self.chance
        poor = {"alone": 0.2, "one_parent": 0.34, "grandparent": 0.3, "newcomers": 0.16, "single": 0.12}.get(home.kind, 0.07)
        found = [
            ("elderly", (home.kind == "alone" and home.members[0].age >= 70) or any(p.age >= 80 for p in home.members)),
            ("low_income", chance.yes(poor)),
            ("newly_arrived", home.kind == "newcomers" or (home.kind in ("single", "couple") and chance.yes(0.2))),
            ("disabled", chance.yes(0.16 if home.old else 0.06)),
            ("child", bool(home.children)),
        ]
        return [kind for kind, is_so in found if is_so]

    def _ways_to_reach(self, home: Home) -> None:
        for person in home.members:
            share = 0.0 if person.age < 14 else 0.5 if person.age >= 82 else 0.78 if person.age >= 72 else 0.95
            if self.chance.yes(share):
                person.phone = self.names.number()
            elif person.age >= 18:
                person.via = self._via(person)

    def _via(self, person: Resident) -> str:
        family = self.names.surname()
        return self.chance.one([
            f"请楼下老{family}转告", f"打给{self.chance.one(['女儿', '儿子', '外甥女', '侄子'])}转告", f"请对门{family}{self.chance.one(['阿姨', '师傅'])}喊一声",
            "没有手机，上门说", f"请楼栋长{family}{self.chance.one(['阿姨', '师傅', '大姐'])}转告", "耳朵背，请上门敲门重一点", f"请{family}{self.chance.one(['好婆', '老伯', '阿姨'])}带个话",
        ])  # fmt: skip


def home_rows(homes: list[Home], chance: Chance, today: date) -> Batch:
    """The rows of homes and residents of one street."""
    batch: Batch = {"households": [], "circumstances": [], "persons": []}
    for home in homes:
        batch["households"].append(
            HouseholdRow(home.id, home.community.id, home.building.id, home.door, home.building.lat, home.building.lon, home.note)
        )
        for kind in home.manys:
            since = today - timedelta(days=chance.randint(60, 2400)) if chance.yes(0.7) else None
            batch["circumstances"].append(CircumstanceRow(home.id, kind, since))
        batch["persons"].extend(person_row(person) for person in home.members)
    return batch


def person_row(person: Resident) -> PersonRow:
    return PersonRow(
        person.id, person.account, person.name, person.calling, person.gender, person.born, person.phone, person.via,
        person.home.id if person.home else None, person.elder_mode,
    )  # fmt: skip
