"""A star that is reached stands on the community's notice for some days; nobody objects, it is granted; somebody does, the district decides."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.models import Notice
from doorstep.hub.people.actions.person import appoint, give_consent
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records import book
from doorstep.hub.records.actions.hours import NoWordsYet, approve_hours, back_fill
from doorstep.hub.records.actions.rules import adopt_stars
from doorstep.hub.records.actions.starring import NotOfThisUnit, announce_stars, decide_objection, grant_stars, keep_stars, object_to_star
from doorstep.hub.records.models import Hours, LogEntry, StarAward, StarObjection
from doorstep.hub.records.queries.record import own_hours, record_of
from doorstep.hub.records.star_access import NobodyElseDecides, NoticeOver, NotTheDistrict, ObjectedAlready, OwnStar
from doorstep.hub.testing import Cast

from .test_rules import stars, tomorrow

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
State = StarAward.State
DAY = timedelta(days=1)


@pytest.fixture
def worked(cast: Cast) -> Hours:
    """陈国梁 has served for a hundred and twenty hours."""
    came = timezone.localtime(timezone.now() - 2 * DAY).replace(hour=8, minute=0, second=0, microsecond=0)
    row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
    approve_hours(by=cast.lin, hours=row)
    Hours.objects.filter(pk=row.pk).update(tenths=1200)
    return row


def noon(days: int) -> datetime:
    return (timezone.localtime() + days * DAY).replace(hour=12)


def test_a_star_is_announced_once_and_granted_after_seven_days(cast: Cast, worked: Hours) -> None:
    assert (announce_stars(), announce_stars()) == (1, 0)
    star = StarAward.objects.get()
    today = timezone.localdate()
    assert (star.star, star.person, star.unit, star.scheme, star.state) == (1, cast.chen, cast.community, "default@2", State.NOTICE)
    assert star.notice_until == today + 7 * DAY and Notice.objects.filter(kind="star_noticed", person_id=cast.chen.pk).count() == 1
    assert keep_stars(now=noon(7)) == 0, "the last day of the notice is a day of the notice"
    assert keep_stars(now=noon(8)) == 1
    star.refresh_from_db()
    assert (star.state, star.granted_on) == (State.GRANTED, today + 8 * DAY)
    entry = book.read(bytes(LogEntry.objects.get(n=star.entry or -1).data))
    assert (str(entry.kind), entry.rules, entry.reasons) == ("star.granted", "default@2", ("star_1",))
    assert keep_stars(now=noon(9)) == 0


def test_what_was_granted_stays_and_what_is_not_reached_any_more_lapses(cast: Cast, worked: Hours) -> None:
    announce_stars()
    Hours.objects.update(tenths=900)
    assert grant_stars(now=noon(8)) == 1
    assert StarAward.objects.get().state == State.LAPSED and not LogEntry.objects.filter(kind="star.granted").exists()
    Hours.objects.update(tenths=1000)
    announce_stars(now=noon(9))
    grant_stars(now=noon(20))
    Hours.objects.update(tenths=10)
    keep_stars(now=noon(21))
    assert StarAward.objects.filter(state=State.GRANTED).count() == 1
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert record.star.granted is not None and record.star.granted.star == 1


def test_the_days_of_notice_are_the_districts(cast: Cast, worked: Hours) -> None:
    adopt_stars(by=cast.lin, district=cast.district, data=stars(notice_days=3))
    at = timezone.make_aware(datetime.combine(tomorrow(), datetime.min.time())) + timedelta(hours=9)
    announce_stars(now=at)
    star = StarAward.objects.get()
    assert (star.scheme, star.notice_until) == ("stars-999901@2", tomorrow() + 3 * DAY)


def test_somebody_of_the_community_objects_and_the_district_decides(cast: Cast, worked: Hours) -> None:
    announce_stars()
    star = StarAward.objects.get()
    with pytest.raises(OwnStar):
        object_to_star(by=cast.chen, star=star, words="我自己")
    with pytest.raises(NotOfThisUnit):
        object_to_star(by=cast.wu, star=star, words="别处的")
    with pytest.raises(NoWordsYet):
        object_to_star(by=cast.jiang, star=star, words=" ")
    made = object_to_star(by=cast.jiang, star=star, words="那天他没有来")
    with pytest.raises(ObjectedAlready):
        object_to_star(by=cast.jiang, star=star, words="再说一次")
    assert grant_stars(now=noon(8)) == 0, "nothing is granted while it is looked into"
    for who in (cast.zhou, cast.jiang, cast.chen):
        with pytest.raises(NotTheDistrict):
            decide_objection(by=who, objection=made, upheld=False, words="看过")
    decide_objection(by=cast.lin, objection=made, upheld=False, words="对过签到，来了")
    assert Notice.objects.filter(kind="objection_answered", person_id=cast.jiang.pk).exists()
    with pytest.raises(ObjectedAlready):
        decide_objection(by=cast.lin, objection=made, upheld=True, words="又说")
    grant_stars(now=noon(8))
    assert StarAward.objects.get().state == State.GRANTED


def test_an_objection_that_holds_keeps_the_star_back_until_other_hours_count(cast: Cast, worked: Hours) -> None:
    announce_stars()
    star = StarAward.objects.get()
    made = object_to_star(by=cast.jiang, star=star, words="那天他没有来")
    object_to_star(by=cast.zhou, star=star, words="我也没看见")
    decide_objection(by=cast.lin, objection=made, upheld=True, words="问过家里，没有去")
    star.refresh_from_db()
    assert (star.state, star.words) == (State.REFUSED, "问过家里，没有去")
    assert set(StarObjection.objects.values_list("state", flat=True)) == {"upheld"}
    assert (grant_stars(now=noon(8)), announce_stars(now=noon(8))) == (0, 0), "the same hours are not announced again"
    Hours.objects.update(tenths=1010)
    assert announce_stars(now=noon(9)) == 1


def test_the_district_is_told_and_finds_it_on_its_first_page(cast: Cast, worked: Hours) -> None:
    announce_stars()
    star, lin = StarAward.objects.get(), cast.sign_in(Client(), cast.lin)
    assert "对星级公示的异议" not in lin.get("/district/").content.decode()
    made = object_to_star(by=cast.jiang, star=star, words="那天他没有来")
    assert Notice.objects.filter(kind="star_objected", person_id=cast.lin.pk).count() == 1
    assert "有 1 条对星级公示的异议" in lin.get("/district/").content.decode()
    decide_objection(by=cast.lin, objection=made, upheld=False, words="对过签到")
    assert "对星级公示的异议" not in lin.get("/district/").content.decode()


def test_the_only_officer_leaves_it_to_others_to_object(cast: Cast, worked: Hours) -> None:
    announce_stars()
    with pytest.raises(NobodyElseDecides):
        object_to_star(by=cast.lin, star=StarAward.objects.get(), words="抽查到一处不对")
    assert not StarObjection.objects.exists()


def test_one_answer_reaches_everybody_who_objected(cast: Cast, worked: Hours) -> None:
    second = Person.objects.create(name="顾海")
    appoint(by=cast.lin, person=second, role=Role.DISTRICT, place=cast.district, since=cast.monday - timedelta(days=400))
    announce_stars()
    star = StarAward.objects.get()
    made = object_to_star(by=cast.jiang, star=star, words="那天他没有来")
    for who in (cast.zhou, cast.lin):
        object_to_star(by=who, star=star, words="我也没看见")
    decide_objection(by=cast.lin, objection=made, upheld=True, words="问过家里")
    assert set(StarObjection.objects.values_list("by__name", "state", "decided_by__name")) == {
        (cast.jiang.name, "upheld", cast.lin.name), (cast.zhou.name, "upheld", cast.lin.name), (cast.lin.name, "upheld", None),
    }  # fmt: skip
    told = Notice.objects.filter(kind="objection_answered").values_list("person_id", flat=True)
    assert sorted(told) == sorted([cast.jiang.pk, cast.zhou.pk])


def test_a_few_minutes_more_do_not_undo_what_was_decided(cast: Cast, worked: Hours) -> None:
    announce_stars()
    made = object_to_star(by=cast.jiang, star=StarAward.objects.get(), words="那天他没有来")
    decide_objection(by=cast.lin, objection=made, upheld=True, words="没有去")
    Hours.objects.update(tenths=1201)
    assert announce_stars(now=noon(1)) == 0
    Hours.objects.update(tenths=1300)
    assert announce_stars(now=noon(1)) == 1


def test_what_goes_wrong_with_one_star_holds_up_no_other(cast: Cast, worked: Hours, caplog: pytest.LogCaptureFixture) -> None:
    announce_stars()
    first = StarAward.objects.get()
    other = StarAward.objects.create(
        person=cast.jiang,
        unit=first.unit,
        star=1,
        scheme="default@2",
        tenths=1000,
        reached_on=first.reached_on,
        notice_until=first.notice_until,
    )
    # No entry of the ledger takes such a name of a scheme; the neighbour's star moves on all the same.
    StarAward.objects.filter(pk=first.pk).update(scheme="这不是名字")
    assert grant_stars(now=noon(8)) == 1
    states = dict(StarAward.objects.values_list("pk", "state"))
    assert states == {first.pk: State.NOTICE, other.pk: State.LAPSED} and "is tried again" in caplog.text


def test_no_objection_after_the_notice(cast: Cast, worked: Hours) -> None:
    announce_stars()
    with pytest.raises(NoticeOver):
        object_to_star(by=cast.jiang, star=StarAward.objects.get(), words="晚了", now=noon(8))


def test_the_notice_hides_the_name_from_neighbours_unless_agreed(cast: Cast, worked: Hours) -> None:
    announce_stars()
    star = StarAward.objects.get()
    chen, jiang, zhou, wu = (cast.sign_in(Client(), person) for person in (cast.chen, cast.jiang, cast.zhou, cast.wu))
    assert "陈**" in jiang.get("/record/stars/").content.decode() and "陈国梁" not in jiang.get("/record/stars/").content.decode()
    assert "陈国梁" in zhou.get("/record/stars/").content.decode()
    text = chen.get("/record/").content.decode()
    assert "公示中" in text and "还没有评上星" in text and "1 星志愿者" not in text
    assert wu.get(f"/record/stars/{star.pk}/").status_code == 404
    give_consent(person=cast.chen, purpose="publication", channel="web")
    assert "陈国梁" in jiang.get("/record/stars/").content.decode()


def test_it_is_objected_to_and_decided_on_the_pages(cast: Cast, worked: Hours) -> None:
    announce_stars()
    star = StarAward.objects.get()
    address = f"/record/stars/{star.pk}/"
    jiang, lin, chen = (cast.sign_in(Client(), person) for person in (cast.jiang, cast.lin, cast.chen))
    assert jiang.post(address, {"words": "那天他没有来", "once": "a"}).status_code == 302
    assert "那天他没有来" not in jiang.get(address).content.decode(), "not for neighbours to read"
    page = lin.get(address).content.decode()
    assert "那天他没有来" in page and cast.jiang.name in page
    page = chen.get(address).content.decode()
    assert "那天他没有来" in page and cast.jiang.name not in page, "its owner reads what was said, not by whom"
    made = StarObjection.objects.get()
    assert lin.post(f"/record/stars/objections/{made.pk}/no/", {"words": "", "once": "b"}).status_code == 422
    assert lin.post(f"/record/stars/objections/{made.pk}/no/", {"words": "对过签到", "once": "c"}).status_code == 302
    keep_stars(now=noon(8))
    text = chen.get("/record/").content.decode()
    assert "1 星志愿者" in text and "default@2" in text


def test_an_officer_decides_nothing_about_their_own_objection(cast: Cast, worked: Hours) -> None:
    second = Person.objects.create(name="顾海")
    appoint(by=cast.lin, person=second, role=Role.DISTRICT, place=cast.district, since=cast.monday - timedelta(days=400))
    announce_stars()
    made = object_to_star(by=second, star=StarAward.objects.get(), words="抽查到一处不对")
    with pytest.raises(NotTheDistrict):
        decide_objection(by=second, objection=made, upheld=True, words="我查的")
    assert decide_objection(by=cast.lin, objection=made, upheld=True, words="查实").state == "upheld"
