"""Reads a sheet of earlier hours, or another system's answer to our file: every row is checked, and one wrong row keeps all out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from doorstep.hub.people.models import Person

#: The columns of the sample sheet, by what they are called here.
TRANSFER_COLUMNS = ("志愿者号", "姓名", "从哪里转来", "开始日期", "结束日期", "小时", "凭什么")
#: An invented line that shows how.
SAMPLE = ("V000123", "王小明", "志愿汇", "2024-01-01", "2024-12-31", "36.5", "本人带来的打印记录")
ANSWER_COLUMNS = ("记录号", "结果", "说明")
TAKEN, RETURNED = "收录", "退回"
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
    hours_id: UUID
    taken: bool
    words: str


def placed(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> tuple[list[dict[str, str]], list[Fault]]:
    """The rows by heading; a fault if a heading is missing."""
    headings = [cell.replace(" ", "") for cell in rows[0]]
    missing = [name for name in columns if name not in headings]
    if missing:
        return [], [Fault(1, _("第一行少了这几列：%(names)s。请照样张改。") % {"names": "、".join(missing)})]
    where = {name: headings.index(name) for name in columns}
    return [{name: row[place] if place < len(row) else "" for name, place in where.items()} for row in rows[1:]], []


def earlier_hours(
    rows: Sequence[Sequence[str]], people: Mapping[str, Person], today: date, known: Iterable[tuple[Any, ...]]
) -> tuple[list[Earlier], list[Fault]]:
    """Hours of elsewhere. people: those of the unit, by volunteer number · known: (person, source, start, end) that came in before."""
    found, faults = placed(rows, TRANSFER_COLUMNS)
    taken, before = [], set(known)
    for number, said in enumerate(found, 2):
        try:
            row = _earlier(said, people, today)
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


def _earlier(said: Mapping[str, str], people: Mapping[str, Person], today: date) -> Earlier:
    person = people.get(said["志愿者号"].upper())
    if person is None:
        raise ValueError(_("本社区没有志愿者号“%(number)s”。请对一下，或让他先在这里报名。") % {"number": said["志愿者号"][:20]})
    if person.name != said["姓名"]:
        raise ValueError(_("志愿者号“%(number)s”登记的不是这个姓名。请对一下。") % {"number": said["志愿者号"][:20]})
    start, end = _day(said["开始日期"]), _day(said["结束日期"])
    if start > end or end > today or start < EARLIEST:
        raise ValueError(_("日期不对：开始不能晚于结束，结束不能晚于今天。"))
    tenths = _tenths(said["小时"])
    if tenths > 10 * MOST_HOURS_A_DAY * ((end - start).days + 1):
        raise ValueError(_("这几天里排不下这么多小时。请看一看小时数和日期。"))
    for name, most in (("从哪里转来", 60), ("凭什么", 120)):
        if not said[name] or len(said[name]) > most:
            raise ValueError(_("“%(name)s”要写，最多 %(most)s 个字。") % {"name": name, "most": most})
    return Earlier(person, said["从哪里转来"], start, end, tenths, said["凭什么"])


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


def answers(rows: Sequence[Sequence[str]], sent: Iterable[UUID]) -> tuple[list[Answered], list[Fault]]:
    """What the other system says to the records of a file. sent: the records that were in it."""
    found, faults = placed(rows, ANSWER_COLUMNS)
    expected, seen, taken = set(sent), set(), []
    for number, said in enumerate(found, 2):
        try:
            hours_id = UUID(said["记录号"])
        except ValueError:
            hours_id = None
        if hours_id not in expected or hours_id is None:
            faults.append(Fault(number, _("这个记录号不在这份文件里。请用对方退回来的原表。")))
        elif hours_id in seen:
            faults.append(Fault(number, _("这个记录号出现了两次。请只留一行。")))
        elif said["结果"] not in (TAKEN, RETURNED):
            faults.append(Fault(number, _("结果只能写“收录”或“退回”。")))
        else:
            taken.append(Answered(hours_id, said["结果"] == TAKEN, said["说明"][:200]))
        if hours_id is not None:
            seen.add(hours_id)
    if not found and not faults:
        faults.append(Fault(1, _("表里没有内容。请用对方退回来的原表。")))
    return taken, faults
