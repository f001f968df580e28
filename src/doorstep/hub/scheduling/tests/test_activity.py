"""Whether an announced occasion is service, duty, training or a meeting: said before anybody signs up, and never changed in silence."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Notice
from doorstep.hub.scheduling.actions.activity import AtHome, ContentUnsaid, HasBegun, PauseOutside, SaidSo, set_activity
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import ActivityWanted
from doorstep.hub.scheduling.activities import HINTS, SAID
from doorstep.hub.scheduling.models import Activity, Slot
from doorstep.hub.testing import Cast

from .events import event
from .pressing import press

pytestmark = pytest.mark.django_db


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"scheduling:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def wanted(**said: Any) -> ActivityWanted:
    return ActivityWanted(**said)


def test_whoever_thinks_of_coming_reads_what_it_means_for_hours(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    meeting = event(cast, title="月度例会", what=wanted(activity=Activity.MEETING))
    course = event(cast, title="急救课", start=cast.at(4, 9), what=wanted(activity=Activity.TRAINING, about="止血包扎", host="区红十字会"))
    whole_day = event(cast, title="游园会", start=cast.at(3, 9), minutes=480, what=wanted(pause_after=180, pause=60))
    listed = read(client, "openings")
    assert "开会，不计服务时长" in listed and "培训，记学时" in listed
    assert "本次不计服务时长" in read(client, "opening", meeting.pk)
    taught = read(client, "opening", course.pk)
    assert "记学时，不计服务时长" in taught and "主要讲：止血包扎。主办：区红十字会。" in taught
    day_out = read(client, "opening", whole_day.pk)
    assert "计服务时长" in day_out and "中间 12:00 到 13:00 休息，不计时长。" in day_out
    # Whoever has promised reads it again with what to know before going.
    offer = sign_up(by=cast.chen, slot=meeting)
    assert "本次不计服务时长" in read(client, "offer", offer.pk)


def test_the_social_worker_chooses_while_announcing(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.zhou)
    said = {
        "title": "急救课", "category": str(cast.category("culture").pk), "day": cast.at(5, 9).date().isoformat(), "at": "09:00",
        "minutes": "480", "where": "社区二楼", "places": "12", "trainees": "0", "level": "1", "activity": "training", "pause_at": "12:00",
    }  # fmt: skip
    refused = client.post(reverse("scheduling:announce"), said)
    assert refused.status_code == 422 and "还要写多少分钟" in refused.content.decode()
    refused = client.post(reverse("scheduling:announce"), said | {"pause": "60"})
    assert refused.status_code == 422 and "培训要写一句主要讲什么" in refused.content.decode()
    refused = client.post(reverse("scheduling:announce"), said | {"pause": "60", "pause_at": "16:30", "about": "止血包扎"})
    assert refused.status_code == 422 and "休息要在开始以后、结束以前" in refused.content.decode()
    assert "开放报名了" in press(client, "announce", **said, pause="60", about="止血包扎")
    slot = Slot.objects.get(title="急救课")
    assert (slot.activity, slot.about, slot.host, slot.pause_after, slot.pause) == ("training", "止血包扎", "", 180, 60)
    assert "记学时，不计服务时长" in read(client, "slot", slot.pk)


def test_every_kind_has_its_words_for_both_sides() -> None:
    assert set(HINTS) == set(SAID) == set(Activity)


def test_a_changed_kind_is_told_to_whoever_said_yes(cast: Cast, client: Client) -> None:
    slot = event(cast, title="桂花节引路")
    sign_up(by=cast.chen, slot=slot)
    cast.sign_in(client, cast.zhou)
    slot.refresh_from_db()
    said = {"activity": "meeting", "seen": str(slot.version)}
    assert "改好了" in press(client, "activity", slot.pk, **said)
    slot.refresh_from_db()
    assert slot.activity == Activity.MEETING
    notice = Notice.objects.get(kind="slot_kind_changed")
    assert str(notice.person_id) == str(cast.chen.pk)
    cast.sign_in(client, cast.chen)
    assert "改了算不算时长" in read(client, "week")


def test_a_kind_is_not_changed_behind_anybodys_back(cast: Cast) -> None:
    slot, home = event(cast), cast.slot()
    meeting = wanted(activity=Activity.MEETING)
    with pytest.raises(SaidSo):
        set_activity(by=cast.zhou, slot=slot, what=wanted())
    with pytest.raises(Stale):
        set_activity(by=cast.zhou, slot=slot, what=meeting, seen=99)
    with pytest.raises(ContentUnsaid):
        set_activity(by=cast.zhou, slot=slot, what=wanted(activity=Activity.TRAINING))
    for pause in ({"pause": 30, "pause_after": 100}, {"pause": 30}, {"pause": 120, "pause_after": 1}):
        with pytest.raises(PauseOutside):
            set_activity(by=cast.zhou, slot=slot, what=wanted(**pause))
    with pytest.raises(AtHome):
        set_activity(by=cast.zhou, slot=home, what=meeting)
    assert slot.signup_at is not None
    with pytest.raises(HasBegun):
        set_activity(by=cast.zhou, slot=slot, what=meeting, now=slot.signup_at)
    slot.refresh_from_db()
    assert slot.activity == Activity.SERVICE


def test_of_a_break_counts_what_lies_within_the_presence(cast: Cast) -> None:
    slot = event(cast, start=cast.at(3, 9), minutes=480, what=wanted(pause_after=180, pause=60))
    start = cast.at(3, 9)
    hours = timedelta(hours=1)
    assert slot.pause_from(start) == (cast.at(3, 12), cast.at(3, 13))
    cases = {(0.0, 8.0): 60, (0.0, 2.0): 0, (3.5, 8.0): 30, (0.0, 3.25): 15, (4.0, 8.0): 0, (-1.0, 9.0): 60}
    assert {case: slot.pause_within(start, start + case[0] * hours, start + case[1] * hours) for case in cases} == cases
    assert timezone.localtime(start).hour == 9
