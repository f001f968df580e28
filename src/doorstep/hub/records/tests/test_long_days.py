"""A long day that was filled in, as three people see it: who wrote it down, the officer who looked at it, and who approves."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Place, Role
from doorstep.hub.people.queries import today
from doorstep.hub.records.actions.hours import back_fill
from doorstep.hub.records.models import Hours, HoursState
from doorstep.hub.records.queries.hours import hours_in_place, recorded_late
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def long_day(cast: Cast, by: Person) -> Hours:
    came = timezone.localtime(timezone.now() - timedelta(days=2)).replace(hour=8, minute=0, second=0, microsecond=0)
    return back_fill(by=by, person=cast.chen, unit=cast.community, title="马拉松服务站", came=came, left=came + 10 * HOUR)


def officer(cast: Cast) -> Person:
    found = Person.objects.create(name="顾晓岚")
    appoint(by=None, person=found, role=Role.DISTRICT, place=cast.district, since=today() - timedelta(days=30))
    return found


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"records:{name}", args=args)).content.decode()


def press(client: Client, row: Hours, said: str) -> str:
    row.refresh_from_db()
    url = reverse("records:settle", args=[row.pk, said])
    return client.post(url, {"once": uuid4().hex, "seen": str(row.version)}, follow=True).content.decode()


def wait_here(cast: Cast, person: Person) -> int:
    [found] = Place.objects.filter(pk=cast.community.pk).annotate(n=hours_in_place(person)).values_list("n", flat=True)
    return int(found)


def test_the_officer_looks_at_it_and_somebody_else_approves(cast: Cast, client: Client) -> None:
    row, second = long_day(cast, cast.zhou), officer(cast)
    cast.sign_in(client, cast.zhou)
    assert "看过，可以算" not in page(client, "one", row.pk), "the community does not look at its own long day"
    cast.sign_in(client, cast.lin)
    assert "一天的时间太长，等区里看" in page(client, "hours") and "看过，可以算" in page(client, "one", row.pk)
    assert "看过了。" in press(client, row, "reviewed")
    # The first officer has no button any more, is not counted as waited for, and reads why.
    shown = page(client, "one", row.pk)
    assert "是这样，批" not in shown and "林涛" in shown
    assert "长的一天您看过了，要另一个人来批。" in page(client, "hours") and "这一条批" not in page(client, "hours")
    assert (wait_here(cast, cast.lin), wait_here(cast, second), wait_here(cast, cast.zhou)) == (0, 1, 0)
    refused = press(client, row, "yes")
    assert "填的、看的、批的不能是同一个" in refused
    row.refresh_from_db()
    assert row.state == HoursState.WAITS_APPROVER
    cast.sign_in(client, second)
    assert "是这样，批" in page(client, "one", row.pk)
    assert "批了。" in press(client, row, "yes")
    row.refresh_from_db()
    assert (row.entered_by, row.parent, row.approved_by, row.tenths) == (cast.zhou, cast.lin, second, 100)


def test_an_officer_who_filled_it_in_does_not_look_at_it(cast: Cast, client: Client) -> None:
    row = long_day(cast, cast.lin)
    cast.sign_in(client, cast.lin)
    assert "看过，可以算" not in page(client, "one", row.pk)
    press(client, row, "reviewed")
    row.refresh_from_db()
    assert row.state == HoursState.WAITS_PARENT and row.parent is None


def test_an_officer_of_another_district_sees_none_of_it(cast: Cast, client: Client) -> None:
    elsewhere = Place.objects.create(kind=Place.Kind.DISTRICT, name="柳东区", code="999902")
    other = Person.objects.create(name="高明")
    appoint(by=None, person=other, role=Role.DISTRICT, place=elsewhere, since=today() - timedelta(days=1))
    row = long_day(cast, cast.zhou)
    cast.sign_in(client, other)
    assert client.get(reverse("records:one", args=[row.pk])).status_code == 404


def test_what_was_recorded_after_its_last_day_says_so(cast: Cast, client: Client) -> None:
    came = timezone.localtime(timezone.now() - timedelta(days=3)).replace(hour=8, minute=0, second=0, microsecond=0)
    row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + HOUR)
    assert not recorded_late(row), "what is not recorded yet is overdue, not late"

    def recorded_on(moment: datetime) -> bool:
        Hours.objects.filter(pk=row.pk).update(recorded_at=moment, state=HoursState.RECORDED, due_guessed=False)
        row.refresh_from_db()
        return recorded_late(row)

    last = timezone.make_aware(datetime.combine(row.due_on, came.time().replace(hour=23)))
    assert (recorded_on(last), recorded_on(last + HOUR * 2)) == (False, True)
    cast.sign_in(client, cast.zhou)
    assert "晚了，该在" in page(client, "one", row.pk)
