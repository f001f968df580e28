"""What a title may say: whoever is asked reads it before the yes, so no door, no number and no name belongs in it."""

import re
from collections.abc import Iterable

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.access import before_yes

from .models import Need

#: How people begin when they say who somebody is to them; what follows may be a name.
KIN = re.compile(
    "^(?:(?:我|咱|他|她|你|您|本人|自己|对门|隔壁|楼上|楼下|邻居|老伴|女儿|儿子|妈妈|爸爸|母亲|父亲|爷爷|奶奶|外公|外婆|孩子|孙子|孙女|丈夫|妻子|爱人)(?:们|家|的)?)+"
)


def without_home(title: str, need: Need, members: Iterable[Person]) -> str:
    """The title as it may be read before the yes; the same title if it may stand as it is.

    A form of address of somebody registered in the home may stand: it is left out where the title is read. A name in
    full may not, and nothing else leaves out who only called.
    """
    home = [(person.name, person.calling_name) for person in members]
    callers = [_pair(word) for word in (KIN.sub("", need.asker_name), KIN.sub("", need.about_name)) if len(word) > 1]
    read = before_yes(title, home)
    in_full = any(len(name) > 1 and name in title for name, _called in home)
    if in_full or before_yes(title, []) != title or before_yes(read, callers) != read:
        return before_yes(title, [*home, *callers])
    return title


def _pair(word: str) -> tuple[str, str]:
    """A caller's word for somebody as name and calling name: 王女士 is no name, but begins with one."""
    return (word, word) if before_yes(word, [(word[0], "")]) == word else (word[0], word)
