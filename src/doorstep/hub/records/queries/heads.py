"""What two heads say to each other, and how rows that do not agree with the ledger are named on a page."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import proving
from ..models import LogHead


@dataclass(frozen=True)
class Told:
    """A head in what a page says of it."""

    day: date
    size: int
    fingerprint: str


@dataclass(frozen=True)
class Since:
    """Whether the log of the newer head begins with the whole log of the older one; `file` is where the proof lies, if both are kept here."""

    old: Told
    new: Told
    holds: bool
    file: str

    @property
    def added(self) -> int:
        return self.new.size - self.old.size


def head_of(day: date) -> LogHead | None:
    return LogHead.objects.filter(day=day).first()


def since_day(day: date) -> Since | None:
    """From the head of a day to the newest one; None where that day has none that holds."""
    row = head_of(day)
    return since_note(row.note) if row else None


def since_note(note: str) -> Since | None:
    """From a head that somebody kept to the newest one; None where no key of ours signed it, or there is none yet."""
    newest = LogHead.objects.first()
    old, new = proving.head_or_none(note), proving.head_or_none(newest.note) if newest else None
    if old is None or new is None:
        return None
    kept = LogHead.objects.filter(day=old.day, note=note).exists()
    file = reverse("records:since_file", args=[old.day.isoformat(), new.day.isoformat()]) if kept else ""
    return Since(_told(old), _told(new), proving.still_begins(old, new), file)


def _told(head: proving.Head) -> Told:
    return Told(head.day, head.size, proving.fingerprint(head))


def proof_between(old: date, new: date) -> bytes | None:
    """The file from the head of one day to that of another; None where one of them is missing or they do not continue each other."""
    first, last = head_of(old), head_of(new)
    if first is None or last is None or old > new:
        return None
    try:
        return proving.since_file(first, last)
    except (LookupError, ValueError):
        return None


# --- rows that do not agree --------------------------------------------------------------------------------------------------------------

TABLES = {
    "hours": gettext_lazy("时长"), "correction": gettext_lazy("更正"), "transfer": gettext_lazy("转来的时长"), "award": gettext_lazy("表彰"),
    "evaluation": gettext_lazy("评价"), "amendment": gettext_lazy("表彰、评价或转来时长的更正"), "certificate": gettext_lazy("证明"), "rules": gettext_lazy("计时规则"), "stars": gettext_lazy("星级规则"),
    "entry": gettext_lazy("账本里的一条"), "star": gettext_lazy("评上的星级"), "salt": gettext_lazy("代号的盐"), "report": gettext_lazy("公布的年度报告"),
}  # fmt: skip
WHYS = {
    proving.Why.UNREADABLE: gettext_lazy("读不出来了"),
    proving.Why.COLUMN: gettext_lazy("旁边记的和它自己写的不一样"),
    proving.Why.NO_ENTRY: gettext_lazy("账本里没有它"),
    proving.Why.KIND: gettext_lazy("指着账本里另一种的一条"),
    proving.Why.DIFFERS: gettext_lazy("和账本写的不一样"),
    proving.Why.REPLACED: gettext_lazy("账本里早就更正过了"),
    proving.Why.WORD: gettext_lazy("核对、异议或撤销，和账本说的不一样"),
    proving.Why.NO_ROW: gettext_lazy("账本里有，登记里没有了"),
    proving.Why.WITHIN: gettext_lazy("自己前后不一样"),
}
FIELDS = {
    "tenths": gettext_lazy("多少小时"), "grade": gettext_lazy("凭据等级"), "activity": gettext_lazy("哪一类"), "planned": gettext_lazy("计划几分钟"),
    "served": gettext_lazy("做了几分钟"), "start": gettext_lazy("从哪天"), "end": gettext_lazy("到哪天"), "subject": gettext_lazy("是谁的"),
    "approvers": gettext_lazy("谁确认的"), "document": gettext_lazy("写的话"), "unit": gettext_lazy("哪个单位"), "rules": gettext_lazy("哪一版规则"),
    "slot": gettext_lazy("哪一次"), "state": gettext_lazy("到了哪一步"), "number": gettext_lazy("编号"), "index": gettext_lazy("撤销名单里的位置"),
    "service": gettext_lazy("多少小时"), "token": gettext_lazy("签过名的原文"), "head": gettext_lazy("上面的日结"), "salt": gettext_lazy("代号的盐"),
    "issued_at": gettext_lazy("哪天开的"), "paper": gettext_lazy("纸上印的"), "struck": gettext_lazy("是不是已经撤掉"), "block": gettext_lazy("算服务还是培训"), "said": gettext_lazy("写的话"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row that does not agree, in words; url leads to it where there is a page of it."""

    table: str
    where: str
    why: str
    url: str


def row_told(found: proving.Difference) -> Row:
    where = found.row[:40]
    if found.entry >= 0:
        number = _("账本第 %(n)s 号") % {"n": found.entry}
        where = f"{where} · {number}" if where else number
    field = str(FIELDS.get(found.field, found.field))
    why = str(WHYS[found.why]) + (_("：%(field)s") % {"field": field} if field else "")
    page = {"hours": "records:one", "certificate": "records:certificate"}.get(found.table)
    url = reverse(page, args=[found.row]) if page and found.row else ""
    return Row(str(TABLES.get(found.table, found.table)), where, why, url)
