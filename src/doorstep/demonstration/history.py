"""Half a year of visits: the same people come back to the same homes, and skill is asked for more from month to month."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from doorstep.demonstration import hours
from doorstep.demonstration.asking import Ask, Asking, Wanted, at
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.district import District
from doorstep.demonstration.filing import Filing
from doorstep.demonstration.hours import HOUR, Course
from doorstep.demonstration.places import Community
from doorstep.demonstration.speech import Speech
from doorstep.demonstration.volunteers import Helper

WEEKS = 26
#: Share of needs that ask for a skill: half a year ago, and in the last full week.
SKILLED_THEN, SKILLED_NOW = 0.27, 0.44
TALKS = ("counselling", "mediation")


class History:
    """Draws past weeks, the oldest first."""

    def __init__(self, district: District, asking: Asking, filing: Filing, speech: Speech, chance: Chance) -> None:
        self.district, self.asking, self.filing, self.speech, self.chance = district, asking, filing, speech, chance
        self.visits = 0
        self._busy: set[tuple[UUID, date, int]] = set()
        self._load: dict[tuple[UUID, date], int] = defaultdict(int)

    def week(self, monday: date, back: int, visits: int) -> None:
        """One week of the whole district, `back` weeks before the one that is planned."""
        share = SKILLED_THEN + (SKILLED_NOW - SKILLED_THEN) * (WEEKS + 1 - back) / WEEKS
        homes = sum(community.homes for community in self.district.communities)
        for community in self.district.communities:
            expected = visits * community.homes / homes
            for _ in range(int(expected) + self.chance.yes(expected % 1)):
                self._once(community, monday, share)

    def _once(self, community: Community, monday: date, share: float) -> None:
        situation = self.district.situation(self.chance.yes(share), self.chance)
        home = self.district.home_for(situation, community, self.chance)
        if home is None:
            return
        ask = self.asking.ask(situation, home, occasions=1)
        dice = self.chance.random()
        if dice < 0.022:
            self._ended(ask, monday, "cancelled" if dice < 0.014 else "referred")
            return
        self.visit(ask, monday, self.team(ask, monday))

    def team(self, ask: Ask, monday: date) -> list[Helper] | None:
        """A person for each seat, those whom the home knows first; None if somebody is missing."""
        found: list[Helper] = []
        for wanted in ask.seats:
            helper = self._helper(ask, wanted, monday, found)
            if helper is None:
                return None
            found.append(helper)
        return found

    def _helper(self, ask: Ask, wanted: Wanted, monday: date, taken: list[Helper]) -> Helper | None:
        known = [self.district.by_id[one] for one in self.district.served.get(ask.home.id, ()) if one in self.district.by_id]
        if self.chance.yes(0.8):
            for helper in known:
                if self._fits(helper, ask, wanted, monday, taken):
                    return helper
        for key, tries in ((ask.home.community.id, 14), (ask.home.community.street, 10)):
            pool, weights = self.district.pool(key, wanted.skill, wanted.role)
            for _ in range(tries if pool else 0):
                helper = self.chance.choices(pool, cum_weights=weights)[0]
                if self._fits(helper, ask, wanted, monday, taken):
                    return helper
        return None

    def _fits(self, helper: Helper, ask: Ask, wanted: Wanted, monday: date, taken: list[Helper]) -> bool:
        day = monday + timedelta(days=ask.openings[0].day)
        return (
            helper not in taken
            and helper.since <= day and (helper.until is None or helper.until > day)
            and (not wanted.skill or helper.skills.get(wanted.skill, 0) >= wanted.level)
            and (helper.role == wanted.role if wanted.role else helper.role != "property" or bool(wanted.skill))
            and (not wanted.gender or wanted.gender == helper.person.gender)
            and (not wanted.language or wanted.language in helper.languages)
            and (helper.cleared or not ask.minor)
            and not (helper.minor and (ask.minor or bool(ask.situation.risk) or wanted.skill != "" or ask.openings[0].first > 1080))
            and helper.person.home is not ask.home
            and self._load[(helper.id, monday)] < helper.max_visits
            and (helper.id, day, ask.openings[0].first // 300) not in self._busy
        )  # fmt: skip

    def visit(self, ask: Ask, monday: date, team: list[Helper] | None, sure: bool = False) -> None:
        """A need from its first words to its last, as far as it has come by now."""
        opening, chance = ask.openings[0], self.chance
        start = at(monday, opening.day, opening.first)
        end = start + timedelta(minutes=ask.minutes)
        # The last days' visits wait for the word of how it went.
        over = end + HOUR < self.filing.now and not (self.filing.now - end < 30 * HOUR and chance.yes(0.3))
        course = hours.course(start, end, over, self.filing.now, chance)
        lead = self._lead(ask.home.community, team)
        outcome = "served" if sure else chance.choices(["served", "not_home", "no_show", "called_off"], [965, 14, 11, 10])[0]
        state = "unmet" if team is None and start < self.filing.now else "checked"
        if team and over:
            state = "done" if outcome == "served" else "unmet"
        # Who nobody was found for is told by the evening before.
        closed = (course.said or course.agreed) if state in ("done", "unmet") else None
        need = self.filing.need(
            ask, state=state, asked_at=course.asked, lead=lead, checked_at=course.checked,
            closing=self._words(ask, state), closed_at=closed,
        )  # fmt: skip
        slot, seats = self.filing.slot(
            need, ask, lead=lead, monday=monday, state={"checked": "open"}.get(state, state), agreed_at=course.agreed if team else None
        )
        self._declined(ask, slot, seats[0], start, lead, team, course)
        for helper, seat in zip(team or [], seats, strict=False):
            self._went(ask, slot, seat, helper, start, lead, outcome if over else "", course)

    def _went(self, ask: Ask, slot: UUID, seat: UUID, helper: Helper, start: datetime, lead: Helper, outcome: str, course: Course) -> None:
        known = self.district.served[ask.home.id].get(helper.id, 0)
        reasons: list[dict[str, object]] = [{"code": "familiar", "times": known}] if known else [{"code": "free_then"}]
        state = {"": "accepted", "served": "served"}.get(outcome, "missed")
        offer = self.filing.offer(slot, seat, helper, start, state, lead, reasons, course)
        monday = start.date() - timedelta(days=start.weekday())
        self._load[(helper.id, monday)] += 1
        self._busy.add((helper.id, start.date(), ask.openings[0].first // 300))
        if course.said is None:
            return
        self.filing.attendance(offer, outcome, lead, course.said, "")
        if outcome == "served":
            self.district.served[ask.home.id][helper.id] += 1
            self.visits += 1

    def _declined(self, ask: Ask, slot: UUID, seat: UUID, start: datetime, lead: Helper, team: list[Helper] | None, course: Course) -> None:
        """Some were asked first and could not."""
        dice = self.chance.random()
        if dice > 0.24:
            return
        pool, weights = self.district.pool(ask.home.community.id, ask.seats[0].skill, "")
        if not pool:
            return
        other = self.chance.choices(pool, cum_weights=weights)[0]
        if other in (team or []) or other.since > start.date() or (other.until and other.until <= start.date()) or other.minor:
            return
        self.filing.offer(
            slot,
            seat,
            other,
            start,
            "declined" if dice < 0.14 else "lapsed" if dice < 0.2 else "cannot_come",
            lead,
            [{"code": "free_then"}],
            course,
        )

    def _lead(self, community: Community, team: list[Helper] | None) -> Helper:
        leads = self.district.leads[community.id]
        first = team[0].led_by if team else None
        return next((lead for lead in leads if lead.id == first), None) or self.chance.one(leads)

    def _words(self, ask: Ask, state: str) -> str:
        if state not in ("done", "unmet"):
            return ""
        work = ask.situation.skill in ("repair", "electrician")
        kind = (
            "unmet"
            if state == "unmet"
            else "talk"
            if ask.situation.category in TALKS
            else "child"
            if ask.minor
            else "work"
            if work
            else "done"
        )
        return self.speech.closing(kind, {"称": ask.resident.calling}, self.chance)

    def _ended(self, ask: Ask, monday: date, state: str) -> None:
        """Taken back, or sent on to the right door."""
        course = hours.course(
            at(monday, ask.openings[0].day, 600), at(monday, ask.openings[0].day, 660), False, self.filing.now, self.chance
        )
        asked, closed = course.asked, course.sent
        words = self.speech.closing(state, {"称": ask.resident.calling}, self.chance)
        lead = self.chance.one(self.district.leads[ask.home.community.id])
        self.filing.need(ask, state=state, asked_at=asked, lead=lead, checked_at=course.checked, closing=words, closed_at=closed)
