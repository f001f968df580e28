"""Which facts of a record can leave in a column or come in by one, and how each is said; titles stay here, since they may name who was helped."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import SENT, Award, Correction, Evaluation, Hours, Sheet

FILES = Path(__file__).parent.parent / "facts"
FORMAT = "doorstep-columns/1"
Column = Mapping[str, str]
MOST_COLUMNS = 40
#: A fact of a record as it leaves: what it is called, and what is written.
Facts = dict[str, tuple[Any, Callable[[Any], str]]]


def _profile(row: Any) -> Any:
    return getattr(row.person, "volunteer", None)


def _local(hours: Hours, name: str) -> Any:
    return timezone.localtime(getattr(hours, name))


def _category(hours: Hours) -> str:
    return hours.slot.category.name if hours.slot else str(_("志愿服务"))


def _national(hours: Hours) -> str:
    """The names of the national categories that the district's own is mapped to; several are allowed there."""
    return "、".join(one.name for one in hours.slot.category.national.all()) if hours.slot else "其他"


def _skills(row: Any) -> str:
    held = row.person.credentials.all() if row.person else []
    return "、".join(sorted({one.skill.name for one in held if one.revoked_on is None and one.verified_on}))


def _activity(hours: Hours | None) -> str:
    return f"{hours.unit.short_name}{_category(hours)}" if hours else ""


def is_void(row: Any, sheet: str) -> bool:
    """Whether a table says of a record only that it is no more: struck out, nobody came, or service in the one and training in the other."""
    if isinstance(row, Hours):
        return row.block != sheet or row.left == row.came
    return bool(row.struck)


def _hours(sheet: str) -> Callable[[Hours], str]:
    return lambda hours: "0.0" if is_void(hours, sheet) else f"{hours.tenths / 10:.1f}"


def _struck(sheet: str) -> Facts:
    return {"struck": (_("作废了没有"), lambda row: "作废" if is_void(row, sheet) else "")}


def _is_course(hours: Hours) -> bool:
    """Whether the title was written as that of a course. What was taken for service first may name who was helped, until two people say
    what the course is called."""
    training = getattr(hours, "training", None)
    if training and any(one.state == Correction.State.APPROVED for one in training.amendments.all()):
        return True
    if hours.slot is not None:
        return hours.slot.household_id is None
    return not any(one.state == Correction.State.APPROVED and one.old_kind not in ("", one.kind) for one in hours.corrections.all())


def _course(hours: Hours) -> str:
    return hours.title if _is_course(hours) else f"{hours.unit.short_name}培训"


def _taught(hours: Hours, name: str) -> str:
    training = getattr(hours, "training", None)
    return str(getattr(training, name)) if training and _is_course(hours) else ""


#: The basic block, of whichever record.
WHO: Facts = {
    "record": (_("记录号（对账用）"), lambda row: str(row.pk)),
    "number": (_("志愿者号"), lambda row: getattr(_profile(row), "number", "")),
    "national_no": (_("全国志愿者编号"), lambda row: getattr(_profile(row), "national_no", None) or ""),
    "name": (_("姓名"), lambda row: row.person.name if row.person else ""),
    "sex": (_("性别"), lambda row: {"f": "女", "m": "男"}.get(row.person.gender, "") if row.person else ""),
    "birth_date": (_("出生日期"), lambda row: row.person.birth_date.isoformat() if row.person and row.person.birth_date else ""),
    "residence": (_("居住区域（街道、社区）"), lambda row: row.person.lives_in if row.person else ""),
    "phone": (_("电话"), lambda row: row.person.phone if row.person else ""),
    "skills": (_("专业技能"), _skills),
    "unit": (_("记录单位"), lambda row: row.unit.name),
    "fixed": (_("固定的字，或空着由对方补"), lambda row: ""),
}
#: When somebody was there, and how that is known.
WHEN: Facts = {
    "day": (_("日期"), lambda hours: _local(hours, "came").date().isoformat()),
    "came": (_("开始时间"), lambda hours: f"{_local(hours, 'came'):%H:%M}"),
    "left": (_("结束时间"), lambda hours: f"{_local(hours, 'left'):%H:%M}"),
    "grade": (_("凭据等级"), lambda hours: str(hours.get_grade_display())),
    "recorded": (_("记录日期"), lambda hours: timezone.localtime(hours.recorded_at).date().isoformat() if hours.recorded_at else ""),
}
FACTS: Facts = WHO | WHEN | _struck(Sheet.SERVICE) | {
    "activity": (_("活动名称（单位加类别，不带住户称呼）"), _activity),
    "category": (_("服务内容（本区类别）"), _category),
    "national": (_("服务类别（全国 22 类）"), _national),
    "hours": (_("服务时长（小时）"), _hours(Sheet.SERVICE)),
    "where": (_("服务地点（楼栋，没有门牌）"), lambda hours: hours.slot.rough_place if hours.slot else hours.unit.short_name),
    "lead": (_("活动负责人（社工）"), lambda hours: hours.slot.lead.name if hours.slot else ""),
    # Trainings left in this table too, once: a district's own columns may still ask.
    "kind": (_("现在算服务还是培训"), lambda hours: {"training": "培训", "none": "不记"}.get(hours.block, "服务")),
}  # fmt: skip
TRAININGS: Facts = WHO | WHEN | _struck(Sheet.TRAINING) | {
    "training": (_("培训名称"), _course),
    "content": (_("主要内容"), lambda hours: _taught(hours, "content")),
    "hours": (_("学时（小时）"), _hours(Sheet.TRAINING)),
    "host": (_("主办单位"), lambda hours: _taught(hours, "host")),
}  # fmt: skip
AWARDS: Facts = (
    WHO
    | _struck(Sheet.AWARDS)
    | {
        "award": (_("表彰名称"), lambda award: award.name),
        "granted_by": (_("授予单位"), lambda award: award.granted_by),
        "source": (_("来源（本单位、县级以上、其他）"), lambda award: str(award.get_source_display())),
        "day": (_("日期"), lambda award: award.granted_on.isoformat()),
        "proof": (_("看过的证书"), lambda award: award.proof),
    }
)
#: What was said in words stays here: it may tell of the home.
EVALUATIONS: Facts = (
    WHO
    | _struck(Sheet.EVALUATIONS)
    | {
        "rating": (_("几分（1–5）"), lambda evaluation: str(evaluation.rating)),
        "day": (_("日期"), lambda evaluation: evaluation.on.isoformat()),
        "activity": (_("活动名称（单位加类别，不带住户称呼）"), lambda evaluation: _activity(evaluation.hours)),
    }
)
FACTS_OF: dict[str, Facts] = {
    Sheet.SERVICE: FACTS, Sheet.TRAINING: TRAININGS, Sheet.AWARDS: AWARDS, Sheet.EVALUATIONS: EVALUATIONS,
}  # fmt: skip
#: What a table that comes in has to say, each in one column of its own.
READ: dict[str, dict[str, Any]] = {
    Sheet.EARLIER: {
        "number": _("志愿者号"), "name": _("姓名"), "source": _("从哪里转来"), "start": _("开始日期"), "end": _("结束日期"), "hours": _("小时"),
        "paper": _("凭什么"),
    },
    Sheet.ANSWERS: {"record": _("记录号（对账用）"), "result": _("结果：收下的词/退回的词"), "words": _("说明")},
    Sheet.NUMBERS: {"number": _("志愿者号"), "name": _("姓名"), "national_no": _("全国志愿者编号")},
}  # fmt: skip


def leaves(sheet: str) -> bool:
    return sheet in SENT


def choices(sheet: str) -> list[tuple[str, Any]]:
    """What may stand in a column of such a table, with its words."""
    return [(name, label) for name, (label, _said) in FACTS_OF[sheet].items()] if leaves(sheet) else list(READ[sheet].items())


def fits(sheet: str, columns: Sequence[Column]) -> bool:
    """Whether these columns can be used: no heading twice, only facts that there are, and those without which nothing can be matched."""
    headings, facts = [column["heading"] for column in columns], [column["fact"] for column in columns]
    if not all(headings) or len(set(headings)) != len(headings) or len(headings) > MOST_COLUMNS:
        return False
    if leaves(sheet):
        return set(facts) <= set(FACTS_OF[sheet]) and "record" in facts
    named = sorted(facts) == sorted(READ[sheet])
    return named and (sheet != Sheet.ANSWERS or two_words(columns) is not None)


def two_words(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The other system's words for "taken" and "returned"."""
    said = next((column["words"] for column in columns if column["fact"] == "result"), "").replace("／", "/")
    words = [word.strip() for word in said.split("/")]
    return (words[0], words[1]) if len(words) == 2 and all(words) and words[0] != words[1] else None


@lru_cache(maxsize=len(Sheet))
def _newest(sheet: str) -> dict[str, Any]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in FILES.glob(f"columns-{sheet}-*.json")]
    return max((one for one in found if one["format"] == FORMAT and one["sheet"] == sheet), key=lambda one: int(one["version"]))


def usual(sheet: str = Sheet.SERVICE) -> tuple[str, list[dict[str, str]]]:
    """The name and the columns that hold until a district changes them: of the newest version that was published."""
    return _newest(sheet)["name"], _newest(sheet)["columns"]


def usual_version(sheet: str) -> int:
    return int(_newest(sheet)["version"])


def table(
    rows: Sequence[Hours] | Sequence[Award] | Sequence[Evaluation], columns: Sequence[Column], sheet: str = Sheet.SERVICE
) -> list[list[str]]:
    """Headings and one line a record."""
    facts = FACTS_OF[sheet]
    lines = [[column["words"] if column["fact"] == "fixed" else facts[column["fact"]][1](row) for column in columns] for row in rows]
    return [[column["heading"] for column in columns], *lines]
