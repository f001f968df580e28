"""Reads a sheet of earlier hours, or another system's answer to our file: every row is checked, and one wrong row keeps all out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.actions.basic import national_number
from doorstep.hub.people.models import Person

from ..models import Sheet
from .columns import Column, two_words, usual

#: An invented line that shows how.
SAMPLE = {
    "number": "V000123", "name": "王小明", "source": "志愿汇", "start": "2024-01-01", "end": "2024-12-31", "hours": "36.5", "paper": "本人带来的打印记录",
    "national_no": "JS2026000123",
}  # fmt: skip
EARLIEST = date(1990, 1, 1)
MOST_HOURS_A_DAY = 12
SHOWN_FAULTS = 50


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row; `row` counts as the sheet does, the headings being 1."""

    row: int
    sentence: str


@dataclass(frozen=True)
class Earlier:
    """A row of earlier hours that can be taken."""

    person: Person
    source: str
    start: date
    end: date
    tenths: int
    paper: str


@dataclass(frozen=True)
class Answered:
    record_id: UUID
    taken: bool
    words: str


def sample(columns: Sequence[Column]) -> list[list[str]]:
    """A table as it should come, with one invented line."""
    return [[column["heading"] for column in columns], [SAMPLE[column["fact"]] for column in columns]]


def placed(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[list[dict[str, str]], list[Fault]]:
    """The rows by fact; a fault if a heading is missing."""
    headings = [_bare(cell) for cell in rows[0]]
    missing = [column["heading"] for column in columns if _bare(column["heading"]) not in headings]
    if missing:
        return [], [Fault(1, _("第一行少了这几列：%(names)s。请照样张改。") % {"names": "、".join(missing)})]
    where = {column["fact"]: headings.index(_bare(column["heading"])) for column in columns}
    return [{fact: row[place] if place < len(row) else "" for fact, place in where.items()} for row in rows[1:]], []


def _bare(heading: str) -> str:
    return heading.replace(" ", "")


def _called(columns: Sequence[Column], fact: str) -> str:
    """What the sheet calls a fact."""
    return next(column["heading"] for column in columns if column["fact"] == fact)


def earlier_hours(
    rows: Sequence[Sequence[str]],
    people: Mapping[str, Person],
    today: date,
    known: Iterable[tuple[Any, ...]],
    columns: Sequence[Column] | None = None,
) -> tuple[list[Earlier], list[Fault]]:
    """Hours of elsewhere. people: those of the unit, by volunteer number · known: (person, source, start, end) that came in before."""
    columns = columns or usual(Sheet.EARLIER)[1]
    found, faults = placed(rows, columns)
    taken, before = [], set(known)
    for number, said in enumerate(found, 2):
        try:
            row = _earlier(said, people, today, columns)
        except ValueError as fault:
            faults.append(Fault(number, str(fault)))
            continue
        key = (row.person.pk, row.source, row.start, row.end)
        if key in before:
            faults.append(Fault(number, _("这一条已经有了：同一个人、同一处、同样的起止。请删掉这一行。")))
        before.add(key)
        taken.append(row)
    if not found and not faults:
        faults.append(Fault(1, _("表里没有内容。请在标题下面一行一条地填。")))
    return taken, faults


def _whose(said: Mapping[str, str], people: Mapping[str, Person]) -> Person:
    """The volunteer of a row; the name beside the number keeps a slip of the pen from going to somebody else."""
    person = people.get(said["number"].upper())
    if person is None:
        raise ValueError(_("本社区没有志愿者号“%(number)s”。请对一下，或让他先在这里报名。") % {"number": said["number"][:20]})
    if person.name != said["name"]:
        raise ValueError(_("志愿者号“%(number)s”登记的不是这个姓名。请对一下。") % {"number": said["number"][:20]})
    return person


def _earlier(said: Mapping[str, str], people: Mapping[str, Person], today: date, columns: Sequence[Column]) -> Earlier:
    person = _whose(said, people)
    start, end = _day(said["start"]), _day(said["end"])
    tenths = _tenths(said["hours"])
    require_likely(start, end, tenths, today)
    for fact, most in (("source", 60), ("paper", 120)):
        if not said[fact] or len(said[fact]) > most:
            raise ValueError(_("“%(name)s”要写，最多 %(most)s 个字。") % {"name": _called(columns, fact), "most": most})
    return Earlier(person, said["source"], start, end, tenths, said["paper"])


def require_likely(start: date, end: date, tenths: int, today: date) -> None:
    """Raises what is wrong with a stretch of earlier service."""
    if start > end or end > today or start < EARLIEST:
        raise ValueError(_("日期不对：开始不能晚于结束，结束不能晚于今天。"))
    if tenths > 10 * MOST_HOURS_A_DAY * ((end - start).days + 1):
        raise ValueError(_("这几天里排不下这么多小时。请看一看小时数和日期。"))


def _day(words: str) -> date:
    figures = words.replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-").replace("日", "").split(" ")[0]
    try:
        year, month, day = (int(part) for part in figures.split("-"))
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("日期“%(words)s”看不懂。请写成 2025-03-05。") % {"words": words[:20]}) from None


def _tenths(words: str) -> int:
    try:
        tenths = Decimal(words) * 10
    except InvalidOperation:
        tenths = Decimal("NaN")
    if not tenths.is_finite() or tenths != tenths.to_integral_value() or not 0 < tenths < 1_000_000:
        raise ValueError(_("小时“%(words)s”看不懂。请写数字，最多一位小数。") % {"words": words[:20]})
    return int(tenths)


def answers(
    rows: Sequence[Sequence[str]], sent: Iterable[UUID], columns: Sequence[Column] | None = None
) -> tuple[list[Answered], list[Fault]]:  # fmt: skip
    """What the other system says to the records of a file. sent: the records that were in it."""
    columns = columns or usual(Sheet.ANSWERS)[1]
    found, faults = placed(rows, columns)
    taken_word, returned_word = two_words(columns) or ("收录", "退回")
    expected, seen, taken = set(sent), set(), []
    for number, said in enumerate(found, 2):
        try:
            record_id = UUID(said["record"])
        except ValueError:
            record_id = None
        if record_id not in expected or record_id is None:
            faults.append(Fault(number, _("这个记录号不在这份文件里。请用对方退回来的原表。")))
        elif record_id in seen:
            faults.append(Fault(number, _("这个记录号出现了两次。请只留一行。")))
        elif said["result"] not in (taken_word, returned_word):
            faults.append(
                Fault(
                    number,
                    _("“%(name)s”只能写“%(taken)s”或“%(returned)s”。")
                    % {"name": _called(columns, "result"), "taken": taken_word, "returned": returned_word},
                )
            )
        else:
            taken.append(Answered(record_id, said["result"] == taken_word, said["words"][:200]))
        if record_id is not None:
            seen.add(record_id)
    if not found and not faults:
        faults.append(Fault(1, _("表里没有内容。请用对方退回来的原表。")))
    return taken, faults


def numbers(
    rows: Sequence[Sequence[str]], people: Mapping[str, Person], columns: Sequence[Column] | None = None
) -> tuple[list[tuple[Person, str]], list[Fault]]:  # fmt: skip
    """The national numbers of the unit's volunteers; what is wrong with a number itself is said when it is written down."""
    found, faults = placed(rows, columns or usual(Sheet.NUMBERS)[1])
    taken, given = list[tuple[Person, str]](), set[str]()
    for number, said in enumerate(found, 2):
        try:
            person, words = _whose(said, people), national_number(said["national_no"])
        except ValueError as fault:
            faults.append(Fault(number, str(fault)))
            continue
        except Refused as refusal:
            faults.append(Fault(number, str(refusal)))
            continue
        if words is None:
            faults.append(Fault(number, _("这一行没有全国志愿者编号。没有的，请删掉这一行。")))
        elif words in given or person in {one for one, _words in taken}:
            faults.append(Fault(number, _("这一位、这个编号，表里出现了两次。请只留一行。")))
        else:
            taken.append((person, words))
            given.add(words)
    if not found and not faults:
        faults.append(Fault(1, _("表里没有内容。请在标题下面一行一条地填。")))
    return taken, faults
