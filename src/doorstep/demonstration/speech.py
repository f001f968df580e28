"""Texts as people speak: the files under facts/words, with choices in brackets and names in braces."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from doorstep.demonstration.chance import Chance

WORDS = Path(__file__).parent / "facts" / "words"
TOKEN = re.compile(r"([\[\]|]|\{[^}]+\})")
Piece = str | tuple["Pattern", ...]
Pattern = tuple[Piece, ...]


def parsed(text: str) -> Pattern:
    """`[a|b]` becomes a choice, `{x}` a name to fill in; choices may stand in choices."""
    tokens = [token for token in TOKEN.split(text) if token]
    pattern, rest = _sequence(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"a bracket too many: {text}")
    return pattern


def _sequence(tokens: list[str], at: int) -> tuple[Pattern, int]:
    found: list[Piece] = []
    while at < len(tokens) and tokens[at] not in ("|", "]"):
        if tokens[at] == "[":
            choice, at = _choice(tokens, at + 1)
            found.append(choice)
        else:
            found.append(tokens[at])
            at += 1
    return tuple(found), at


def _choice(tokens: list[str], at: int) -> tuple[tuple[Pattern, ...], int]:
    options = []
    while True:
        option, at = _sequence(tokens, at)
        options.append(option)
        if at >= len(tokens):
            raise ValueError(f"a bracket is not closed: {''.join(tokens)}")
        at += 1
        if tokens[at - 1] == "]":
            return tuple(options), at


def said(pattern: Pattern, names: Mapping[str, str], chance: Chance) -> str:
    parts = []
    for piece in pattern:
        if isinstance(piece, tuple):
            parts.append(said(chance.one(piece), names, chance))
        elif piece[0] == "{":
            parts.append(names[piece[1:-1]])
        else:
            parts.append(piece)
    return "".join(parts)


def sections(name: str) -> dict[str, list[Pattern]]:
    """A file of `# section` lines, each with one pattern a line below it."""
    found: dict[str, list[Pattern]] = defaultdict(list)
    section = ""
    for line in (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line[1:].strip()
        elif line.strip():
            found[section].append(parsed(line.strip()))
    return found


class Speech:
    """Everything short that people say or write down, by kind."""

    def __init__(self) -> None:
        self.notes, self.turns, self.closings = sections("notes"), sections("turns"), sections("closings")
        self.mottos = sections("mottos")

    def note(self, manys: list[str], chance: Chance) -> str:
        kinds = [chance.one([*manys, "any"]), *(["any"] if chance.yes(0.4) else [])]
        return "".join(dict.fromkeys(said(chance.one(self.notes[kind]), {}, chance) for kind in kinds))[:300]

    def motto(self, kind: str, chance: Chance) -> str:
        return said(chance.one(self.mottos[kind]), {}, chance)[:120]

    def turn(self, kind: str, names: Mapping[str, str], chance: Chance) -> str:
        """An opening, a reason, a closing word."""
        return said(chance.one(self.turns[kind]), names, chance)

    def closing(self, kind: str, names: Mapping[str, str], chance: Chance) -> str:
        return said(chance.one(self.closings[kind]), names, chance)[:300]
