"""Which facts of a record can leave in a column, and how each is said; titles stay here, since they may name who was helped."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Hours

USUAL = Path(__file__).parent.parent / "facts" / "national-columns.json"
Column = Mapping[str, str]
MOST_COLUMNS = 40


def _profile(hours: Hours) -> Any:
    return getattr(hours.person, "volunteer", None)


def _local(hours: Hours, name: str) -> Any:
    return timezone.localtime(getattr(hours, name))


def _category(hours: Hours) -> str:
    return hours.slot.category.name if hours.slot else str(_("志愿服务"))


def _national(hours: Hours) -> str:
    """The names of the national categories that the district's own is mapped to; several are allowed there."""
    return "、".join(one.name for one in hours.slot.category.national.all()) if hours.slot else "其他"


def _skills(hours: Hours) -> str:
    held = hours.person.credentials.all() if hours.person else []
    return "、".join(sorted({one.skill.name for one in held if one.revoked_on is None and one.verified_on}))


FACTS: dict[str, tuple[Any, Callable[[Hours], str]]] = {
    "record": (_("记录号（对账用）"), lambda hours: str(hours.pk)),
    "number": (_("志愿者号"), lambda hours: getattr(_profile(hours), "number", "")),
    "name": (_("姓名"), lambda hours: hours.person.name if hours.person else ""),
    "sex": (_("性别"), lambda hours: {"f": "女", "m": "男"}.get(hours.person.gender, "") if hours.person else ""),
    "birth_date": (_("出生日期"), lambda hours: hours.person.birth_date.isoformat() if hours.person and hours.person.birth_date else ""),
    "residence": (_("居住区域（街道、社区）"), lambda hours: hours.person.lives_in if hours.person else ""),
    "national_no": (_("全国志愿者编号"), lambda hours: getattr(_profile(hours), "national_no", None) or ""),
    "phone": (_("电话"), lambda hours: hours.person.phone if hours.person else ""),
    "skills": (_("专业技能"), _skills),
    "activity": (_("活动名称（单位加类别，不带住户称呼）"), lambda hours: f"{hours.unit.short_name}{_category(hours)}"),
    "category": (_("服务内容（本区类别）"), _category),
    "national": (_("服务类别（全国 22 类）"), _national),
    "day": (_("服务日期"), lambda hours: _local(hours, "came").date().isoformat()),
    "came": (_("开始时间"), lambda hours: f"{_local(hours, 'came'):%H:%M}"),
    "left": (_("结束时间"), lambda hours: f"{_local(hours, 'left'):%H:%M}"),
    "hours": (_("服务时长（小时）"), lambda hours: f"{hours.tenths / 10:.1f}"),
    "where": (_("服务地点（楼栋，没有门牌）"), lambda hours: hours.slot.rough_place if hours.slot else hours.unit.short_name),
    "unit": (_("记录单位"), lambda hours: hours.unit.name),
    "lead": (_("活动负责人（社工）"), lambda hours: hours.slot.lead.name if hours.slot else ""),
    "grade": (_("凭据等级"), lambda hours: str(hours.get_grade_display())),
    "recorded": (_("记录日期"), lambda hours: timezone.localtime(hours.recorded_at).date().isoformat() if hours.recorded_at else ""),
    "kind": (_("服务还是培训"), lambda hours: "培训" if hours.block == "training" else "服务"),
    "fixed": (_("固定的字，或空着由对方补"), lambda hours: ""),
}  # fmt: skip


@lru_cache(maxsize=1)
def usual() -> tuple[str, list[dict[str, str]]]:
    """The name and the columns that hold until a district changes them."""
    found = json.loads(USUAL.read_text(encoding="utf-8"))
    return found["name"], found["columns"]


def table(rows: Sequence[Hours], columns: Sequence[Column]) -> list[list[str]]:
    """Headings and one line a record."""
    lines = [[column["words"] if column["fact"] == "fixed" else FACTS[column["fact"]][1](row) for column in columns] for row in rows]
    return [[column["heading"] for column in columns], *lines]
