"""Where an event is: two numbers off a map, read in either order, put right where the map shifts them, and used for the way there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.scheduling.access import TimeClash
from doorstep.hub.scheduling.actions.offer import check_clash
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.models import Slot
from doorstep.hub.scheduling.spot import from_chinese_maps, is_near, on_chinese_maps, read_point
from doorstep.hub.scheduling.travel import DETOUR, metres_between
from doorstep.hub.testing import LAT, LON, Cast

from .events import event

#: Points as satellites say them and as maps in China draw them, from the published tests of the formula.
KNOWN = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(
    ("words", "point"),
    [
        ("31.7712, 119.9466", (31.7712, 119.9466)), ("119.9466，31.7712", (31.7712, 119.9466)), ("北纬31.7712 东经119.9466", (31.7712, 119.9466)),
        ("31 119", (31.0, 119.0)), ("31.7712", None), ("31.7, 119.9, 4", None), ("91, 181", None), ("红梅公园", None), ("-31.7, 119.9", None), ("0, 0", None),
    ],
)  # fmt: skip
def test_two_numbers_are_read_in_either_order_or_not_at_all(words: str, point: tuple[float, float] | None) -> None:
    assert read_point(words) == point


@pytest.mark.parametrize(("true", "drawn"), KNOWN)
def test_the_shift_of_chinese_maps_is_taken_off(true: tuple[float, float], drawn: tuple[float, float]) -> None:
    assert on_chinese_maps(true) == pytest.approx(drawn, abs=1e-6)
    assert metres_between(*from_chinese_maps(drawn), *true) / DETOUR < 0.5 < 300 < metres_between(*drawn, *true) / DETOUR
    assert is_near(true, drawn, 1000) and not is_near(true, drawn, 100)


def said(cast: Cast, **more: Any) -> dict[str, Any]:
    facts = {
        "place": str(cast.community.pk), "title": "桂花节引路", "category": cast.category("culture").pk, "at": "09:00", "minutes": "120",
        "day": cast.at(5, 9).date().isoformat(), "where": "红梅公园南门", "places": "4", "trainees": "0", "level": "1", "activity": "service",
        "once": uuid4().hex,
    }  # fmt: skip
    return facts | more


@pytest.mark.django_db
def test_an_event_stands_where_it_is(cast: Cast, client: Client) -> None:
    zhou, address = cast.sign_in(client, cast.zhou), reverse("scheduling:announce")
    page = zhou.get(f"{address}?place={cast.community.pk}").content.decode()
    assert "在地图上的位置" in page and "高德" in page
    assert zhou.post(address, said(cast)).status_code == 302
    assert (Slot.objects.get().lat, Slot.objects.get().lon) == (LAT, LON), "nobody said: the community's middle"
    spots = {"phone": (LAT + 0.05, LON), "maps": on_chinese_maps((LAT, LON + 0.05))}
    for drawn, (lat, lon) in spots.items():
        Slot.objects.all().delete()
        assert zhou.post(address, said(cast, spot=f"{lon:.6f}, {lat:.6f}", drawn=drawn)).status_code == 302
        slot, true = Slot.objects.get(), (LAT + 0.05, LON) if drawn == "phone" else (LAT, LON + 0.05)
        assert is_near((slot.lat, slot.lon), true, 1.0)


@pytest.mark.django_db
@pytest.mark.parametrize(("spot", "why"), [("红梅公园", "看不懂"), ("39.9, 116.4", "一百公里以上")])
def test_a_wrong_position_is_said_beside_the_field(cast: Cast, client: Client, spot: str, why: str) -> None:
    answer = cast.sign_in(client, cast.zhou).post(reverse("scheduling:announce"), said(cast, spot=spot, drawn="phone"))
    assert answer.status_code == 422 and why in answer.content.decode() and not Slot.objects.exists()


@pytest.mark.django_db
def test_the_way_to_a_far_event_counts(cast: Cast) -> None:
    """Half an hour after a visit one can be at the community's own event, and not at one ten kilometres away."""
    sign_up(by=cast.chen, slot=event(cast, start=cast.at(5, 9), minutes=60))
    near, far = event(cast, start=cast.at(5, 10, 30)), event(cast, start=cast.at(5, 10, 30), spot=(LAT + 0.09, LON))
    start = cast.at(5, 9) + timedelta(minutes=90)
    check_clash(near, cast.chen, start)
    with pytest.raises(TimeClash):
        check_clash(far, cast.chen, start)
