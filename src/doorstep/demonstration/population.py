"""Everybody who lives or works in the district, as rows: residents, social workers, property staff, volunteers, officers."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from doorstep.demonstration import story
from doorstep.demonstration.chance import Chance, metres
from doorstep.demonstration.district import District
from doorstep.demonstration.names import Names
from doorstep.demonstration.people import Home, Peopling, Resident, home_rows, person_row
from doorstep.demonstration.places import HOME, NEXT_DOOR, Community
from doorstep.demonstration.rows import (
    AvailabilityRow,
    Batch,
    Drawn,
    ExceptionRow,
    LanguageRow,
    LikedRow,
    MembershipRow,
    ProfileRow,
)
from doorstep.demonstration.speech import Speech
from doorstep.demonstration.volunteers import Helper, Recruiting, grow_tree

#: The three cells of a day, as they are painted on the volunteer's page, in minutes.
PARTS = ((480, 720), (780, 1050), (1080, 1260))
#: As the product gives them, so that the next volunteer's number follows.
NUMBERED = "V"
#: Staff with a week of their own in the plan; the others work behind the desk.
OUT_OF_DOORS = 0.5


class Population:
    """Draws community after community and writes a batch a street."""

    def __init__(self, district: District, district_id: UUID, names: Names, speech: Speech, chance: Chance, monday: date) -> None:
        self.district, self.district_id, self.names, self.chance, self.monday = district, district_id, names, chance, monday
        self.peopling = Peopling(chance, names, speech, district.today)
        self.recruiting = Recruiting(chance, self.peopling, district.today)
        self.cast = story.Cast({}, {}, {})
        self.number = 0
        self.zhou: Helper
        self.daughter: Resident

    def draw(self, drawn: Drawn, figures: dict[str, int]) -> None:
        communities = self.district.communities
        homes = sum(community.homes for community in communities)
        volunteers, staff = self._share(communities, figures["volunteers"], homes), self._share(communities, figures["staff"], homes)
        batches: dict[str, Batch] = {}
        left: list[Helper] = []
        for community, many, workers in zip(communities, volunteers, staff, strict=True):
            batch = batches.setdefault(community.street, {})
            gone = self._community(community, many, workers, batch)
            left += gone
        self._officers(batches[communities[0].street], drawn)
        drawn.people.extend(batches.items())
        drawn.counts |= {
            "places": len(drawn.places["places"]), "communities": len(communities), "social workers": figures["staff"],
            "volunteers": figures["volunteers"], "households": homes, "residents": sum(len(h.members) for c in communities for h in self.district.homes[c.id]),
        }  # fmt: skip

    @staticmethod
    def _share(communities: list[Community], whole: int, homes: int) -> list[int]:
        parts = [max(2, whole * community.homes // homes) for community in communities]
        for number in range(abs(whole - sum(parts))):
            parts[number % len(parts)] += 1 if whole > sum(parts) else -1
        return parts

    def _community(self, community: Community, volunteers: int, workers: int, batch: Batch) -> list[Helper]:
        homes = self._homes(community)
        self.district.homes[community.id] = homes
        leads = self._leads(community, workers)
        property_staff = self.recruiting.staff(community, "property", 1 + (community.homes > 200))
        cast = story.enlist(self.recruiting, self.cast, self.zhou, self.monday) if community.code == HOME else []
        reserved = {helper.id for helper in cast}
        team, left = self.recruiting.team(homes, leads, volunteers - len(cast), round(volunteers * 0.065), reserved)
        team += cast
        self._keep_the_gap(team)
        grow_tree([*team, *left], leads, self.chance)
        self.district.leads[community.id] = leads
        self.district.helpers[community.id] = [*team, *left, *leads, *property_staff]
        for table, rows in home_rows(homes, self.chance, self.district.today).items():
            batch.setdefault(table, []).extend(rows)
        for helper in (*leads, *property_staff):
            batch["persons"].append(person_row(helper.person))
            outdoors = helper.role == "property" or self.chance.yes(OUT_OF_DOORS)
            helper.cells = helper.cells if outdoors else set()
            self._helper_rows(helper, batch, profile=outdoors)
        for helper in (*team, *left):
            self._helper_rows(helper, batch, profile=True)
        self._young(team, leads, batch)
        self._stewards(homes, community, batch)
        return left

    def _homes(self, community: Community) -> list[Home]:
        mine = story.settle(community, self.peopling, self.cast) if community.code == HOME else []
        kinds = self.peopling.kinds(community.homes - len(mine), 2 * community.homes - sum(len(home.members) for home in mine))
        return [*mine, *self.peopling.homes(community, kinds)]

    def _leads(self, community: Community, count: int) -> list[Helper]:
        leads = self.recruiting.staff(community, "social_worker", count)
        name = {HOME: "周敏", NEXT_DOOR: "吴倩"}.get(community.code)
        if name:
            known = story.resident(name, self.peopling)
            known.id = leads[0].person.id
            leads[0].person = known
            leads[0].since = self.district.today - timedelta(days=2300)
            if community.code == HOME:
                self.zhou = leads[0]
        return leads

    def _keep_the_gap(self, team: list[Helper]) -> None:
        """Nobody who may wire a wall and could walk there is free on Wednesday morning: the gap that 周敏 has to close."""
        home = next(community for community in self.district.communities if community.code == HOME)
        for helper in team:
            if helper.skills.get("electrician", 0) >= 2 and metres(helper.lat, helper.lon, home.lat, home.lon) < helper.reach_m + 400:
                helper.cells.discard((2, 0))

    def _helper_rows(self, helper: Helper, batch: Batch, profile: bool) -> None:
        rows: dict[str, list[Any]] = {
            "memberships": [MembershipRow(helper.id, helper.role, helper.community.id, helper.since, helper.until, helper.led_by, helper.brought_in_by)],
            "credentials": helper.credentials,
            "clearances": [helper.clearance] if helper.clearance else [],
            "languages": [LanguageRow(helper.id, code) for code in dict.fromkeys(helper.languages)],
        }  # fmt: skip
        if profile:
            rows |= self._profile(helper)
        for table, found in rows.items():
            batch.setdefault(table, []).extend(found)

    def _profile(self, helper: Helper) -> dict[str, list[Any]]:
        self.number += 1
        row = ProfileRow(
            self.chance.id(), helper.id, f"{NUMBERED}{self.number:06d}", helper.kind, helper.lat, helper.lon, helper.travel, helper.reach_m,
            helper.max_minutes, helper.max_visits, helper.welcome, helper.motto,
        )  # fmt: skip
        return {
            "profiles": [row],
            "liked": [LikedRow(row.id, category) for category in helper.likes],
            "availability": [AvailabilityRow(helper.id, day, *PARTS[part]) for day, part in sorted(helper.cells)],
            "exceptions": list(self._exceptions(helper)),
        }

    def _exceptions(self, helper: Helper) -> list[ExceptionRow]:
        """A few are away on a day of the coming weeks, or free for once."""
        if not helper.cells or helper.person.account or not self.chance.yes(0.08):
            return []
        day = self.monday + timedelta(days=self.chance.randrange(14))
        usual = [part for weekday, part in helper.cells if weekday == day.weekday()]
        if usual:
            return [ExceptionRow(helper.id, day, *PARTS[part], False) for part in usual]
        if "electrician" in helper.skills:
            return []
        return [ExceptionRow(helper.id, day, *PARTS[self.chance.randrange(3)], True)]

    def _young(self, team: list[Helper], leads: list[Helper], batch: Batch) -> None:
        """Whoever is under 18 has a guardian's consent, or is not a volunteer."""
        for helper in team:
            home = helper.person.home
            if not helper.minor or home is None:
                continue
            parent = home.adults[0]
            parent.phone = parent.phone or self.names.number()
            consent, guardian = story.guardians(helper, parent, leads[0], helper.since, self.chance)
            batch.setdefault("consents", []).append(consent)
            batch.setdefault("guardians", []).append(guardian)

    def _stewards(self, homes: list[Home], community: Community, batch: Batch) -> None:
        """One building in two has its steward, who lives there."""
        seen: set[UUID] = set()
        for home in homes:
            if home.building.id in seen or self.chance.yes(0.4):
                continue
            seen.add(home.building.id)
            since = self.district.today - timedelta(days=self.chance.randint(100, 2000))
            batch["memberships"].append(MembershipRow(home.adults[0].id, "steward", home.building.id, since, None, None, None))

    def _officers(self, batch: Batch, drawn: Drawn) -> None:
        """The district's office, and the daughter who lives elsewhere."""
        lin = story.resident("林涛", self.peopling)
        others = [self.peopling.person("f", 41), self.peopling.person("m", 36)]
        self.daughter = story.resident("王倩", self.peopling)
        drawn.officer_id = lin.id
        for person in (lin, *others, self.daughter):
            person.phone = person.phone or self.names.number()
            batch["persons"].append(person_row(person))
        for person in (lin, *others):
            since = self.district.today - timedelta(days=1500)
            batch["memberships"].append(MembershipRow(person.id, "district", self.district_id, since, None, None, None))
