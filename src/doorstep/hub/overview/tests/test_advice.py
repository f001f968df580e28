"""What one more helper would bring, as the district reads it: in visits, exact or estimated, and never who."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.overview.queries import advice
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Plan, PlanAdvice
from doorstep.hub.testing import Cast


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def plan(cast: Cast) -> Plan:
    facts = {"state": "ready", "value": 99.0, "bound": 100.0, "asked": 9, "met": 8, "broken_rules": 0, "finished_at": timezone.now()}
    return Plan.objects.create(place=cast.district, week=cast.monday, **facts)


def found(cast: Cast, **other: Any) -> dict[str, Any]:
    recruit = {
        "skill": "electrician",
        "level": 2,
        "vetted": True,
        "place": str(cast.community.pk),
        "lat": 31.8,
        "lon": 119.9,
        "band": "weekend_morning",
    }
    hands = recruit | {"skill": None, "level": None, "vetted": False, "band": "weekday_evening"}
    rows = [recruit | {"price": 410.0, "gain": 400.0, "more_visits": 2}, hands | {"price": 90.0, "gain": 80.0, "more_visits": 0}]
    none = {"checked": 0, "unproved": 0, "pearson": None, "spearman": None, "factor": None}
    somebody = str(cast.chen.pk)
    return {
        "like": {"kmh": 4.5, "reach_m": 2500, "max_visits": 3, "max_minutes": 240, "languages": []}, "profiles": 9,
        "recruit": rows, "joint": {"rows": rows, "sum": 480.0, "gain": 430.0, "more_visits": 2},
        "train": [{"person": somebody, "skill": "electrician", "from": 0, "level": 1, "price": 50.0, "gain": None}],
        "clear": [{"person": somebody, "price": 100.0, "gain": 100.0, "more_visits": 1}],
        "widen": [{"person": somebody, "reach_m": 800, "more_m": 500, "price": 99.0, "gain": 90.0, "more_visits": 1}],
        "free": [{"person": somebody, "day": 5, "part": "evening", "from": 1, "to": 2, "price": 9.0, "gain": 9.0, "more_visits": 1}],
        "open": [{"need": "x", "day": 6, "part": "morning", "from": 1, "to": 2, "price": 9.0, "gain": 8.0, "more_visits": 1}],
        "checked": {"recruit": none | {"checked": 98, "factor": 1.042}, **dict.fromkeys(advice.CHANGES, none)}, "seconds": {},
    } | other  # fmt: skip


def ready(plan: Plan, told: dict[str, Any]) -> None:
    PlanAdvice.objects.create(plan=plan, state="ready", found=told, seconds=41.2, finished_at=timezone.now())


def section(client: Client, cast: Cast) -> str:
    said = cast.sign_in(client, cast.lin).get(reverse("overview:district")).content.decode()
    part = re.search(r'aria-labelledby="advice">(.*?)</section>', said, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part[1])) if part else ""


def test_gains_are_told_in_visits_with_street_and_band(client: Client, cast: Cast, plan: Plan) -> None:
    ready(plan, found(cast))
    said = section(client, cast)
    assert "再有一位会水电的志愿者（2 级）住在柳岸街道，周末上午有空，查过无犯罪记录多办 2 件 算准" in said
    assert "再有一位志愿者，不用专长住在柳岸街道，工作日晚上有空件数一样，先顾上更急的 算准" in said
    assert "头 2 位要是一起来，这一周多办 2 件。" in said
    assert "离家 2.5 公里以内，一周最多 3 次" in said and "这样算了 98 项，一共用了 41 秒" in said and "平均比算准的高 4%" in said


def test_changes_name_nobody(client: Client, cast: Cast, plan: Plan) -> None:
    ready(plan, found(cast))
    said = section(client, cast)
    for words in (
        "教一位志愿者水电估的",
        "替一位志愿者办好无犯罪记录查询多办 1 件",
        "请一位志愿者多走 500 米",
        "请一位志愿者周六晚上也来",
        "问一户没排上的人家，周日上午行不行多办 1 件",
    ):
        assert words in said
    assert not [name for name in Person.objects.values_list("name", flat=True) if name in said]
    assert str(cast.chen.pk) not in cast.sign_in(client, cast.lin).get(reverse("overview:district")).content.decode()


def test_every_sentence_has_its_english(client: Client, cast: Cast, plan: Plan) -> None:
    ready(plan, found(cast))
    Person.objects.filter(pk=cast.lin.pk).update(language="en")
    said = cast.sign_in(client, cast.lin).get(reverse("overview:district")).content.decode()
    part = re.search(r'aria-labelledby="advice">(.*?)</section>', said, re.S)
    assert part and "With one more helper" in part[1] and "<b>2</b> more met" in part[1]
    assert not re.search(r"[一-鿿]", part[1].replace(cast.street.name, ""))


def test_the_joint_gain_is_not_made_up(client: Client, cast: Cast, plan: Plan) -> None:
    told = found(cast)
    ready(plan, told | {"joint": told["joint"] | {"gain": None, "more_visits": None}})
    assert "2 位一起来能多办多少，这次没来得及算准。" in section(client, cast)


def test_what_is_not_there_yet_is_said_or_left_out(client: Client, cast: Cast, plan: Plan) -> None:
    assert section(client, cast) == ""
    made = PlanAdvice.objects.create(plan=plan)
    assert "正在算" in section(client, cast)
    PlanAdvice.objects.filter(pk=made.pk).update(state="failed")
    assert section(client, cast) == ""
    nothing: dict[str, Any] = {kind: [] for kind in ("recruit", *advice.CHANGES)}
    PlanAdvice.objects.filter(pk=made.pk).update(state="ready", finished_at=timezone.now(), found=found(cast, joint=None, **nothing))
    assert "再添一位，这一周也多办不了" in section(client, cast)


def test_advice_from_before_windows_were_thought_of_is_still_told(client: Client, cast: Cast, plan: Plan) -> None:
    told = found(cast)
    del told["open"], told["checked"]["open"]
    ready(plan, told)
    said = section(client, cast)
    assert "请一位志愿者周六晚上也来" in said and "没排上的人家" not in said


def test_advice_costs_the_page_no_query(client: Client, cast: Cast, plan: Plan) -> None:
    cast.sign_in(client, cast.lin)

    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("overview:district"))
        return len(seen)

    before = asked()
    ready(plan, found(cast))
    assert asked() == before <= 15
