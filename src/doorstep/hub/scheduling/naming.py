"""Titles without names: they are written by hand, and whoever has not said yes may not learn from them who lives there."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Aggregate, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_noop

from doorstep.hub.people.models import Person

#: Stands for the name in a title; part of the title's own Chinese, so it is never translated.
SOMEBODY = gettext_noop("一位居民")
FORMS = "(?:阿姨|奶奶|好婆|大妈|大姐|大爷|爷爷|老伯|伯伯|伯|大叔|叔叔|叔|婶|嫂|师傅|老师|同学|女士|先生|姐|哥)"
#: A family name with a form of address behind it, or before it.
ADDRESSED = re.compile(f"(.){FORMS}|[老小](.)")
#: Words of every day that look like 小 and somebody's name.
NOT_A_NAME = re.compile("小(?:学|区|时|组|心|朋友|孩|家电|修)")
#: Family names of two characters that are common enough to be met.
DOUBLE = ("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "东方")
#: Stands for a door or a number in a title.
LEFT_OUT = "…"
NUMBER = "[0-9０-９零〇一二三四五六七八九十百两]+"
#: 12 幢 2 单元 501, 十二栋一单元, 501 室, 12-2-501, 柳岸路 18 号; not 5 号电池, 12 月 5 号, 三室一厅.
DOOR = re.compile(
    f"(?:{NUMBER}\\s*(?:幢|栋|座|号楼|单元|室(?!\\s*[一二两]\\s*厅)|弄)\\s*)+(?:[0-9０-９]{{2,4}}(?!\\s*(?:[分点元岁瓦个]|小时))(?:\\s*[室号房])?)?"
    "|[0-9０-９]+\\s*[-－—#]\\s*[0-9０-９]+\\s*[-－—]\\s*[0-9０-９]+"
    "|(?<![月0-9０-９])(?<!月 )[0-9０-９]+\\s*号(?!\\s*(?:电池|线|[上下中]午|晚上|早上))"
    "|(?<![0-9０-９])[0-9０-９]{3,4}(?=\\s*(?:的|房))"
)
#: Five figures in a row or more, however they are set apart: a telephone, an identity card, a bank card.
DIGITS = re.compile(r"[0-9０-９](?:[\s-]?[0-9０-９]){4,}")


def nameless(title: str, people: Iterable[tuple[str, str]]) -> str:
    """The title without anybody of the home: name, calling name, given name, and the forms in which neighbours call people.

    Nor does it keep a door or a number, whoever lives there.
    """
    title = DOOR.sub(LEFT_OUT, DIGITS.sub(LEFT_OUT, title))
    known = [(name, called) for name, called in people if name or called]
    spoken = {word for pair in known for word in pair if word} | {given for name, _called in known if len(given := _given(name)) > 1}
    for word in sorted(spoken, key=len, reverse=True):
        title = re.sub(f"{re.escape(word)}{FORMS}?", SOMEBODY, title)
    title = _pet_names(title, {letter for name, _called in known for letter in _given(name)})
    families = {name[0] for name, _called in known if name}
    # The same person under another form of address.
    return ADDRESSED.sub(lambda found: SOMEBODY if families & set(filter(None, found.groups())) else found[0], title)


def _given(name: str) -> str:
    """The part of a Chinese name behind the family name; of other names there is none."""
    return name[2:] if name[:2] in DOUBLE else name[1:] if 2 <= len(name) <= 4 and not name.isascii() else ""


def _pet_names(title: str, letters: set[str]) -> str:
    """小宇, 阿宇, 宇宇, 宇儿: how children are called at home."""
    if not letters:
        return title
    letter = f"[{re.escape(''.join(sorted(letters)))}]"
    pet = re.compile(f"(?:[小阿]{letter}|({letter})\\1|{letter}儿)(?:同学|弟弟|妹妹)?")
    return pet.sub(lambda found: found[0] if NOT_A_NAME.match(title, found.start()) else SOMEBODY, title)


class _Joined(Aggregate):
    """The words of many rows in one text; SQLite has another name for it."""

    function = "STRING_AGG"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)


def names_at(household: str) -> Subquery:
    """Who lives in the home that this column names, as one text that `split_names` reads: no query of its own."""
    pair = Concat("name", Value("\t"), "calling_name", output_field=TextField())
    inside = Person.objects.filter(household=OuterRef(household)).order_by().values("household")
    return Subquery(inside.annotate(names=_Joined(pair, Value("\n"))).values("names"), output_field=TextField())


def split_names(names: str | None) -> list[tuple[str, str]]:
    """Names and calling names out of that text."""
    return [(name, called) for line in (names or "").split("\n") for name, _tab, called in [line.partition("\t")] if line]
