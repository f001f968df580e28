"""What people ask for: the situations under facts/words/needs, each with its title, its words and what it takes."""

from dataclasses import dataclass
from pathlib import Path

from doorstep.demonstration.skills import PROFESSIONAL
from doorstep.demonstration.speech import WORDS, Pattern, parsed
from doorstep.demonstration.volunteers import CATEGORIES


@dataclass(frozen=True, slots=True)
class Situation:
    """One kind of trouble.

    `who`: old, alone, oldpair, pair, kid, oneparent, worker, poor, poorworker, disabled, new or any; `when`: day, eve, morning or any;
    `by`: other, if one does not say it of oneself.
    """

    category: str
    titles: tuple[Pattern, ...]
    #: Each with who may say it: `self`, `other`, or anybody.
    words: tuple[tuple[str, Pattern], ...]
    who: str = "any"
    skill: str = ""
    level: int = 1
    beside: str = ""
    minutes: tuple[int, ...] = (60,)
    priority: tuple[int, ...] = (2, 3)
    minor: bool = False
    risk: str = ""
    bring: str = ""
    when: str = "any"
    by: str = ""
    weight: float = 1.0

    @property
    def skilled(self) -> bool:
        return self.skill in PROFESSIONAL


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("/"))


def _line(text: str) -> tuple[str, Pattern]:
    """`己：` is said of oneself only, `他：` by others only."""
    speaker = {"己：": "self", "他：": "other"}.get(text[:2], "")
    return speaker, parsed(text[2:] if speaker else text)


def _situation(category: str, head: str, titles: list[str], words: list[str], file: Path) -> Situation:
    given = dict(part.split("=", 1) for part in head.split())
    unknown = set(given) - {"who", "skill", "level", "with", "min", "prio", "minor", "risk", "bring", "when", "w", "by"}
    if unknown or not titles or not words:
        raise ValueError(f"{file.name}: {titles[:1]}: {unknown or 'no title or no words'}")
    return Situation(
        category, tuple(map(parsed, titles)), tuple(map(_line, words)), given.get("who", "any"), given.get("skill", ""),
        int(given.get("level", "1")), given.get("with", ""), _numbers(given.get("min", "60")), _numbers(given.get("prio", "2/3")),
        "minor" in given, given.get("risk", ""), given.get("bring", ""), given.get("when", "any"),
        given.get("by", ""), float(given.get("w", "1")),
    )  # fmt: skip


def read(file: Path) -> list[Situation]:
    """Blocks of `= title` lines, one `@` line of facts, and the words below it."""
    found: list[Situation] = []
    titles: list[str] = []
    words: list[str] = []
    head = ""
    for raw in [*file.read_text(encoding="utf-8").splitlines(), "= "]:
        line = raw.strip()
        if line.startswith("=") and words:
            found.append(_situation(file.stem, head, titles, words, file))
            titles, words, head = [], [], ""
        if line.startswith("="):
            titles.append(line[1:].strip())
        elif line.startswith("@"):
            head = line[1:].strip()
        elif line:
            words.append(line)
    return found


def every() -> dict[str, list[Situation]]:
    return {category: read(WORDS / "needs" / f"{category}.txt") for category in CATEGORIES}
