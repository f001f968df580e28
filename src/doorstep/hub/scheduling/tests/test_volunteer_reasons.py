"""Why you: every code of the planner has its sentence to the volunteer, in both languages, and none tells of others."""

import inspect
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.scheduling.reasons import SAY, for_volunteer
from doorstep.hub.testing import Cast
from doorstep.planner.week import explain

#: Facts as the planner gives them, and what the volunteer reads.
READS: list[tuple[dict[str, Any], str, str]] = [
    ({"code": "skill", "skill": "electrician", "level": 2, "asked": 1, "others": 7}, "您会水电，2 级，是核验过的", "Electrician"),
    ({"code": "familiar", "others": 7}, "这家您去过，彼此认识", "been to this home"),
    ({"code": "familiar", "times": 4}, "这家您去过 4 次，彼此熟悉", "4 times"),
    ({"code": "nearest", "metres": 420, "minutes": 6, "rank": 1, "next_metres": 777}, "能去的人里，您住得最近，6 分钟就到", "6 min"),
    ({"code": "near", "metres": 420, "minutes": 6, "rank": 3, "next_metres": 777}, "离您家很近，6 分钟就到", "6 min"),
    ({"code": "near", "metres": 1900, "minutes": 10, "rank": 7}, "路上 10 分钟，在您说的路程里", "10 min"),
    ({"code": "prefers", "category": "elderly"}, "您说过愿意做助老服务", "Help for the elderly"),
    ({"code": "free_then", "from": 3360, "to": 3600, "others": 7}, "周三上午您填了有空", "Wed Morning"),
    ({"code": "free_then"}, "周三上午您填了有空", "Wed Morning"),
    ({"code": "load", "visits_28d": 0}, "这四周还没有劳动过您", "four weeks"),
    ({"code": "language", "language": "wuu"}, "您会常州话", "Changzhou"),
    ({"code": "role", "role": "specialist"}, "这件事要请专业志愿者，您正是", "olunteer"),
    ({"code": "gender"}, "这件事想请一位男士", "man"),
    ({"code": "only_one"}, "那时能去、又合要求的，眼下只有您", "only"),
    ({"code": "vetted"}, "现场有孩子，您查过无犯罪记录，家里放心", "child"),
    ({"code": "kept"}, "前一次安排想到的也是您", "plan before"),
    ({"code": "accepted"}, "这件事您已经答应了", "said yes"),
    ({"code": "home_wishes"}, "家里说想请您来", "asked for you"),
    ({"code": "wished"}, "您说过想去", "like to go"),
    ({"code": "signed_up"}, "您自己报的名", "signed up yourself"),
    ({"code": "waited"}, "您排了队，现在空出一个名额", "waited in line"),
    ({"code": "with_fellow"}, "一起做过志愿服务的伙伴，想和您一起去", "go with you"),
    ({"code": "stepped_in"}, "有人来不了，您肯顶上", "stepped in"),
    ({"code": "stands_in"}, "您答应替伙伴去", "instead of a fellow"),
    ({"code": "chosen_by_social_worker"}, "社工觉得您去最合适", "right person"),
]


@pytest.fixture
def offer(cast: Cast) -> Offer:
    made = cast.offer(cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"), gender="m")]), person=cast.jiang)
    return Offer.objects.select_related("slot__category", "seat__skill").get(pk=made.pk)


def said(offer: Offer, *reasons: dict[str, Any]) -> list[str]:
    offer.reasons = list(reasons)
    return for_volunteer(offer)


def test_each_fact_is_said_as_people_say_it_and_tells_nothing_of_others(offer: Offer) -> None:
    for facts, chinese, english in READS:
        assert said(offer, facts) == [chinese]
        with translation.override("en"):
            words = said(offer, facts)
        assert len(words) == 1
        assert english in words[0]
        assert not re.search(r"[\u4e00-\u9fff]", words[0])
        assert "7" not in chinese + words[0], "how many others there are, and where, is not the volunteer's to know"


def test_every_code_that_the_planner_gives_can_be_said() -> None:
    given = set(re.findall(r'"code": "(\w+)"', inspect.getsource(explain))) | {"nearest", "near"}
    assert len(given) > 10
    assert given <= set(SAY)
    assert set(SAY) == {facts["code"] for facts, _chinese, _english in READS}


def test_no_reason_is_better_than_a_poor_one(offer: Offer) -> None:
    assert said(offer, {"code": "load", "visits_28d": 9}, {"code": "a code of tomorrow"}, {}) == []
    assert said(offer, {"code": "nearest"}, {"code": "nearest"}) == ["能去的人里，您住得最近"]


def test_a_familiar_home_is_counted_on_the_page(client: Client, cast: Cast) -> None:
    for day in (0, 1, 3):
        past = cast.offer(cast.slot(windows=[(cast.at(day, 9), cast.at(day, 9))]), state=OfferState.ACCEPTED)
        Offer.objects.filter(pk=past.pk).update(state=OfferState.SERVED)
    offer = cast.offer(cast.slot(windows=[(cast.at(4, 9), cast.at(4, 9))]))
    Offer.objects.filter(pk=offer.pk).update(reasons=[{"code": "familiar", "others": 2}])
    cast.sign_in(client, cast.chen)
    for address in (reverse("scheduling:week"), reverse("scheduling:offer", args=[offer.pk])):
        assert "这家您去过 3 次，彼此熟悉" in client.get(address).content.decode()
