"""The yearly report: a year that is over is published by the district, its figures stay as they were, small numbers are not written."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Place, Role
from doorstep.hub.records import book, bound
from doorstep.hub.records.actions.hours import NoWordsYet, approve_hours, back_fill, decide_correction, propose_correction
from doorstep.hub.records.actions.reporting import (
    NothingRecorded,
    PublishedAlready,
    TakenBack,
    TooFew,
    YearNotOver,
    publish_report,
    take_back_report,
)
from doorstep.hub.records.models import Grade, Hours, LogEntry, SyncState, YearlyReport
from doorstep.hub.records.moving_access import NotThisDistrict, get_published
from doorstep.hub.records.queries.yearly import _in_time, yearly, years_recorded
from doorstep.hub.testing import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def last_year() -> int:
    return timezone.localdate().year - 1


def served(cast: Cast, people: int, grade: str = Grade.BACKFILLED) -> list[Hours]:
    """So many neighbours have served for two hours each, last June."""
    rows = []
    for number in range(people):
        person = Person.objects.create(name=f"邻居{grade}{number}")
        appoint(by=cast.lin, person=person, role=Role.VOLUNTEER, place=cast.community, since=cast.monday)
        came = timezone.localtime(timezone.now() - timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
        row = back_fill(by=cast.zhou, person=person, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
        rows.append(approve_hours(by=cast.lin, hours=row))
    june = timezone.make_aware(datetime(last_year(), 6, 1, 9))
    Hours.objects.filter(pk__in=[row.pk for row in rows]).update(grade=grade, came=june, left=june + timedelta(hours=2))
    return rows


def address(cast: Cast) -> str:
    return f"/reports/{cast.district.code}/{last_year()}/"


def main_of(cast: Cast) -> str:
    """What the public page says, to somebody who has not signed in."""
    return Client().get(address(cast)).content.decode().split("<h1")[1].split("</main>")[0]


def test_a_year_is_published_once_and_its_figures_stay(cast: Cast) -> None:
    served(cast, 5)
    assert Client().get(address(cast)).status_code == 404, "nothing of a year that is not published"
    report = publish_report(by=cast.lin, district=cast.district, year=last_year())
    entry = book.read(bytes(LogEntry.objects.get(kind="report.published").data))
    assert entry.document == book.digest_of(bound.report_file(report)) and (entry.n, entry.unit) == (report.entry, str(cast.district.pk))
    before = main_of(cast)
    assert "1 个记录单位记下了 5 人、5 人次、10.0 小时志愿服务" in before and "柳溪区" in before
    served(cast, 1, Grade.LEADER)
    assert main_of(cast) == before, "what comes later changes the district's own page alone"
    lin = cast.sign_in(Client(), cast.lin)
    assert "6 人、6 人次、12.0 小时" in lin.get(f"/moving/yearly/?year={last_year()}").content.decode()
    with pytest.raises(PublishedAlready):
        publish_report(by=cast.lin, district=cast.district, year=last_year())
    reader = Client()
    reader.cookies["doorstep_language"] = "en"
    english = reader.get(address(cast)).content.decode()
    assert "Article 18" in english and "10.0" in english and "Certificates" in english, "frozen in both languages"


def test_a_visit_that_never_took_place_is_no_visit_and_nobody_served(cast: Cast) -> None:
    rows = served(cast, 6)
    correction = propose_correction(by=cast.zhou, hours=rows[0], came=rows[0].came, left=rows[0].came, why="那天下雨，没有去")
    decide_correction(by=cast.lin, correction=correction, approved=True)
    june = timezone.make_aware(datetime(last_year(), 6, 1, 9))
    Hours.objects.filter(pk=rows[0].pk).update(came=june, left=june)
    found = yearly(cast.district, last_year())
    assert (found.total["people"], found.total["times"], found.total["hours"]) == ("5", "5", "10.0")
    assert [(line.people, line.times) for line in found.units] == [("5", "5")]
    correction = propose_correction(by=cast.zhou, hours=rows[1], came=rows[1].came, left=rows[1].came, why="也没有去")
    decide_correction(by=cast.lin, correction=correction, approved=True)
    Hours.objects.filter(pk=rows[1].pk).update(came=june, left=june)
    with pytest.raises(TooFew):
        publish_report(by=cast.lin, district=cast.district, year=last_year())


def test_a_night_into_the_new_year_belongs_to_the_year_of_the_wall_clock(cast: Cast) -> None:
    rows = served(cast, 1)
    morning = timezone.make_aware(datetime(last_year(), 1, 1, 5))
    Hours.objects.filter(pk=rows[0].pk).update(came=morning, left=morning + timedelta(hours=2))
    assert years_recorded(cast.district) == [last_year()]


def test_of_two_districts_that_had_one_code_the_last_report_is_read(cast: Cast) -> None:
    served(cast, 5)
    report = publish_report(by=cast.lin, district=cast.district, year=last_year())
    gone = Place.objects.create(
        kind="district", name="旧柳溪区", code=cast.district.code, valid_until=timezone.localdate() - timedelta(days=900)
    )
    YearlyReport.objects.create(
        district=gone, year=report.year, figures=report.figures, published_at=report.published_at - timedelta(days=9), entry=None
    )  # fmt: skip
    assert get_published(cast.district.code, report.year) == report


def test_a_year_that_nobody_can_read_is_the_last_one(cast: Cast) -> None:
    served(cast, 1)
    lin = cast.sign_in(Client(), cast.lin)
    assert lin.get("/moving/yearly/?year=" + "9" * 5000).status_code == 200


def test_what_was_wrong_is_taken_back_with_a_reason_and_published_anew(cast: Cast) -> None:
    served(cast, 5)
    report = publish_report(by=cast.lin, district=cast.district, year=last_year())
    with pytest.raises(NoWordsYet):
        take_back_report(by=cast.lin, report=report, why=" ")
    with pytest.raises(NotThisDistrict):
        take_back_report(by=cast.zhou, report=report, why="不对")
    take_back_report(by=cast.lin, report=report, why="漏了一个社区")
    assert Client().get(address(cast)).status_code == 404
    with pytest.raises(TakenBack):
        take_back_report(by=cast.lin, report=report, why="再来")
    served(cast, 1, Grade.LEADER)
    publish_report(by=cast.lin, district=cast.district, year=last_year())
    assert "6 人、6 人次" in Client().get(address(cast)).content.decode() and YearlyReport.objects.count() == 2


def test_who_may_not_and_what_cannot_be_published(cast: Cast) -> None:
    served(cast, 4)
    this_year = timezone.localdate().year
    for by, year, refused in (
        (cast.zhou, last_year(), NotThisDistrict), (cast.lin, this_year, YearNotOver), (cast.lin, 1999, NothingRecorded), (cast.lin, last_year(), TooFew),
    ):  # fmt: skip
        with pytest.raises(refused):
            publish_report(by=by, district=cast.district, year=year)
    assert not YearlyReport.objects.exists()


def test_no_sum_stands_for_fewer_than_five_people(cast: Cast) -> None:
    served(cast, 7, Grade.CODE_PAIR)
    served(cast, 6, Grade.LEADER)
    served(cast, 2)
    report = yearly(cast.district, last_year())
    told = {label: hours for label, hours, _percent in report.grades}
    assert told == {"来去都扫了码": "14.0", "带队的、家里人或社工确认": "不单列", "事后补录，另有人批": "不单列"}, (
        "one more is hidden, or a sum tells"
    )


def lines(cast: Cast) -> dict[str, str]:
    return dict(line for _heading, part in yearly(cast.district, last_year()).parts for line in part)


def test_few_late_records_and_few_returned_ones_are_not_written(cast: Cast) -> None:
    rows = served(cast, 8)
    intime, sent = "活动结束十个工作日以内记好的", "全国系统已收录、等收录、被退回"
    Hours.objects.update(due_on=timezone.localdate() + timedelta(days=9))
    assert (lines(cast)[intime], lines(cast)[sent]) == ("8 / 8（100%）", "0 · 0 · 0")
    late, more = [row.pk for row in rows[:2]], [row.pk for row in rows[2:]]
    Hours.objects.filter(pk__in=late).update(due_on=timezone.localdate() - timedelta(days=9), sync=SyncState.RETURNED)
    Hours.objects.filter(pk__in=more).update(sync=SyncState.SYNCED)
    assert lines(cast)[intime] == "不单列" and lines(cast)[sent] == "不单列 · 0 · 少于 5", "eight less six would tell the two"


def test_among_very_many_a_share_tells_no_few() -> None:
    assert (_in_time(998, 1000), _in_time(900, 1000), _in_time(3, 1000)) == ("99%", "900 / 1,000（90%）", "1%")
    assert _in_time(0, 0) == "0 / 0（0%）" and _in_time(98, 100) == "不单列"


def test_hours_that_are_nobodys_any_more_stand_for_few(cast: Cast) -> None:
    rows = served(cast, 6)
    Hours.objects.filter(pk__in=[row.pk for row in rows]).update(person=None)
    found = yearly(cast.district, last_year())
    assert [(line.people, line.times, line.hours) for line in found.units] == [("不单列",) * 3]
    assert [(hours, share) for _label, hours, share in found.grades] == [("不单列", "")]


def test_the_district_publishes_and_takes_back_on_its_page(cast: Cast) -> None:
    served(cast, 5)
    lin, zhou = cast.sign_in(Client(), cast.lin), cast.sign_in(Client(), cast.zhou)
    page = f"/moving/yearly/?year={last_year()}"
    assert f"公布 {last_year()} 年的" in lin.get(page).content.decode()
    assert zhou.post(f"/moving/yearly/{last_year()}/publish/", {"once": "a"}).status_code == 404
    assert lin.post(f"/moving/yearly/{last_year()}/publish/", {"once": "b"}).status_code == 302
    assert address(cast) in lin.get(page).content.decode() and Client().get(address(cast)).status_code == 200
    back = f"/moving/yearly/reports/{YearlyReport.objects.get().pk}/back/"
    assert lin.post(back, {"words": "", "once": "c"}).status_code == 422
    assert lin.post(back, {"words": "漏了一个社区", "once": "d"}).status_code == 302
    assert Client().get(address(cast)).status_code == 404
