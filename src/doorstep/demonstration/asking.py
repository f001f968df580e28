"""One thing asked: who it is about, who says it and how, what it takes, and when it suits."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from doorstep.demonstration import voices
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.people import Home, Resident
from doorstep.demonstration.situations import Situation
from doorstep.demonstration.speech import Speech, said

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = "一二三四五六日"
PARTS = ("上午", "下午", "晚上")
#: First and last start of each part of the day: the visit ends while people are still free.
STARTS = ((510, 660), (795, 975), (1095, 1170))
ENDS = (720, 1050, 1260)
#: (weekday, part) that suit each kind of matter.
SUITS = {
    "day": [(day, part) for day in range(5) for part in (0, 1)],
    "morning": [(day, 0) for day in range(6)],
    "eve": [(day, 2) for day in range(5)] + [(day, part) for day in (5, 6) for part in (0, 1)] * 2,
    "any": [(day, part) for day in range(7) for part in (0, 0, 1, 1, 2) if part < 2 or day < 5],
}


@dataclass(slots=True)
class Wanted:
    """What one seat asks of the person on it."""

    skill: str = ""
    level: int = 1
    role: str = ""
    gender: str = ""
    language: str = ""


@dataclass(slots=True)
class Opening:
    """A stretch in which the visit may start: day of the week, first and last start in minutes."""

    day: int
    first: int
    last: int

    @property
    def cell(self) -> tuple[int, int]:
        """Day and part of the day, as on the page where free time is painted."""
        return self.day, 0 if self.first < 720 else 1 if self.first < 1080 else 2


@dataclass(slots=True)
class Ask:
    """A matter as it was said and as a social worker has written it down."""

    home: Home
    resident: Resident
    situation: Situation
    title: str
    words: str
    voice: voices.Voice
    minutes: int
    priority: int
    minor: bool
    seats: list[Wanted]
    openings: list[Opening]
    wish: str = ""
    waited: int = 0
    familiar: list[object] = field(default_factory=list)

    @property
    def skilled(self) -> bool:
        return self.situation.skilled


def at(monday: date, day: int, minute: int) -> datetime:
    """A moment of that week, in Shanghai."""
    return datetime.combine(monday, time.min, SHANGHAI) + timedelta(days=day, minutes=minute)


class Asking:
    """Turns a situation at a home into words, a title, seats and times."""

    def __init__(self, chance: Chance, speech: Speech, person: voices.Naming) -> None:
        self.chance, self.speech, self.naming = chance, speech, person
        self._said: dict[str, int] = {}

    def ask(self, situation: Situation, home: Home, occasions: int = 0) -> Ask:
        chance = self.chance
        resident = voices.concerned(situation.who, home, chance)
        minutes = chance.one(situation.minutes)
        # For a rare skill people keep more times free.
        times = [20, 44, 36] if situation.skilled else [46, 38, 16]
        openings = self.openings(situation.when, minutes, occasions or chance.choices([1, 2, 3], times)[0])
        voice = voices.draw(situation, home, resident, self.naming, chance)
        names = voices.names(voice, home, resident, chance) | {"时": spoken(openings), "楼": home.building.name.replace(" ", "")}
        seats, wish = self._seats(situation, resident, names)
        minor = situation.minor or (bool(home.children) and situation.who in ("kid", "oneparent"))
        return Ask(
            home, resident, situation, said(chance.one(situation.titles), names, chance)[:40], self._words(situation, voice, names),
            voice, minutes, chance.one(situation.priority), minor, seats, openings, wish,
        )  # fmt: skip

    def openings(self, when: str, minutes: int, count: int) -> list[Opening]:
        chance = self.chance
        found: dict[int, Opening] = {}
        for day, part in chance.sample(SUITS[when], min(count * 2, len(SUITS[when]))):
            first, last = STARTS[part][0], min(STARTS[part][1], ENDS[part] - minutes)
            if last >= first and len(found) < count and day not in found:
                start = first + 15 * chance.randrange((last - first) // 15 + 1)
                found[day] = Opening(day, start, min(last, start + chance.one([0, 30, 30, 60, 60, 90, 120])))
        return [found[day] for day in sorted(found)] or self.openings("day", min(minutes, 120), 1)

    def _seats(self, situation: Situation, resident: Resident, names: dict[str, str]) -> tuple[list[Wanted], str]:
        """The first seat bears the skill and the wishes; the second one is for a helping hand or a role."""
        chance, wish = self.chance, ""
        first = Wanted(situation.skill, situation.level)
        if situation.skill and not situation.skilled:
            first.level = 1
        dice = chance.random()
        if dice < 0.05 and situation.who not in ("kid", "oneparent", "pair"):
            first.gender = resident.gender
            wish = self.speech.turn(f"wish_{resident.gender}", names, chance)
        elif dice < 0.12 and resident.age >= 66:
            first.language, wish = "wuu", self.speech.turn("wish_wuu", names, chance)
        elif dice < 0.24:
            wish = self.speech.turn("wish", names, chance)
        beside = {"sw": "social_worker", "property": "property"}.get(situation.beside, "")
        return [first, Wanted(role=beside)] if situation.beside else [first], wish

    def _words(self, situation: Situation, voice: voices.Voice, names: dict[str, str]) -> str:
        """A few tries to say it as nobody has said it yet."""
        for _ in range(4):
            words = self._once(situation, voice, names)
            if words not in self._said:
                break
        self._said[words] = self._said.get(words, 0) + 1
        return words

    def _once(self, situation: Situation, voice: voices.Voice, names: dict[str, str]) -> str:
        chance, speech = self.chance, self.speech
        mine = "other" if voice.of_others else "self"
        body = said(chance.one([words for speaker, words in situation.words if speaker in ("", mine)]), names, chance)
        opening = speech.turn(voice.opening, names, chance) if chance.yes(voice.opens) else ""
        if "我" in opening and body.startswith("我") and body[1] not in voices.KIN:
            body = body[1:]
        parts = [opening + body]
        if chance.yes(0.34):
            parts.append(speech.turn(self._mood(situation, voice), names, chance))
        if chance.yes(0.36):
            parts.append(speech.turn("time", names, chance))
        if chance.yes(0.06):
            parts.append(speech.turn("besides", names, chance))
        if chance.yes(0.30):
            parts.append(speech.turn(f"thanks_{voice.manner}", names, chance))
        return voices.as_written("".join(parts), voice, chance)

    def _mood(self, situation: Situation, voice: voices.Voice) -> str:
        """Whoever has a heavy heart says so; whoever wants a lamp changed does not."""
        heavy = situation.category in ("counselling", "mediation") and min(situation.priority) >= 3
        if heavy and self.chance.yes(0.6):
            return "mood_heavy"
        if max(situation.priority) <= 1 or situation.category == "culture":
            return "mood_light"
        if situation.skill in ("repair", "electrician") and self.chance.yes(0.6):
            return "mood_work"
        return "mood_old" if voice.manner == "old" else "mood"


def spoken(openings: list[Opening]) -> str:
    """周三上午, or 周三上午、周五下午."""
    parts = [f"周{DAYS[o.day]}{PARTS[o.cell[1]]}" for o in openings[:2]]
    return "或者".join(parts) if len(parts) < 3 else "、".join(parts)
