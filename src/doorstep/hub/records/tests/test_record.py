"""The rest of the record: trainings apart, awards with the paper seen, evaluations by others, the star, and what may be read by whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.models import Notice
from doorstep.hub.records import book
from doorstep.hub.records.access import NotOneself, NotRecorder, SaidAlready
from doorstep.hub.records.actions.deadlines import warn_of_records
from doorstep.hub.records.actions.hours import approve_hours, back_fill, dispute_hours
from doorstep.hub.records.actions.record import BadRating, NotGivenYet, NotTheirHours, PaperNotSeen, grant_award, rate, record_training
from doorstep.hub.records.models import Award, Evaluation, Hours, HoursState, LogEntry, Training, Transfer
from doorstep.hub.records.queries.hours import desk_of
from doorstep.hub.records.queries.record import own_hours, record_of
from doorstep.hub.testing import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HOUR = timedelta(hours=1)


def morning(days: int) -> datetime:
    return timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)


def filled(cast: Cast, days: int = 2, kind: str = "service") -> Hours:
    came = morning(days)
    return back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + 2 * HOUR, kind=kind)


def kinds() -> list[str]:
    return [row.kind for row in LogEntry.objects.all()]


def test_a_training_is_kept_apart_and_counts_with_a_second_person(cast: Cast) -> None:
    came = morning(3)
    made = record_training(
        by=cast.zhou, unit=cast.community, people=[cast.chen, cast.jiang], name="急救", content="包扎", host="红十字会", came=came, left=came + 2 * HOUR
    )  # fmt: skip
    assert [row.hours.state for row in made] == [HoursState.WAITS_APPROVER] * 2
    for row in made:
        approve_hours(by=cast.lin, hours=row.hours)
    assert kinds() == ["training.recorded"] * 2
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert (record.tenths, record.learned, record.star.tenths) == (0, 20, 0)
    assert [line.hours.training.host for line in record.training] == ["红十字会"]


def test_a_training_that_meets_service_is_refused_for_that_person_alone(cast: Cast) -> None:
    approve_hours(by=cast.lin, hours=filled(cast, 3))
    came = morning(3)
    made = record_training(
        by=cast.zhou, unit=cast.community, people=[cast.chen, cast.jiang], name="急救", content="包扎", host="社区", came=came, left=came + HOUR
    )  # fmt: skip
    assert {row.hours.person: row.hours.state for row in made} == {cast.chen: HoursState.REFUSED, cast.jiang: HoursState.WAITS_APPROVER}
    assert Training.objects.count() == 2


def test_what_is_no_volunteer_service_gets_no_hours_and_says_why(cast: Cast, client: Client) -> None:
    assert filled(cast, kind="meeting").state == HoursState.REFUSED
    cast.sign_in(client, cast.chen)
    assert "开会不是志愿服务" in client.get("/record/").content.decode()


def test_an_award_of_others_needs_its_paper(cast: Cast) -> None:
    said: dict[str, Any] = {"unit": cast.community, "name": "优秀志愿者", "granted_by": "区", "granted_on": timezone.localdate()}
    with pytest.raises(PaperNotSeen):
        grant_award(by=cast.zhou, person=cast.chen, source=Award.Source.COUNTY, **said)
    with pytest.raises(NotGivenYet):
        grant_award(
            by=cast.zhou, person=cast.chen, source=Award.Source.OWN, **(said | {"granted_on": timezone.localdate() + timedelta(days=2)})
        )
    with pytest.raises(NotOneself):
        grant_award(by=cast.zhou, person=cast.zhou, source=Award.Source.OWN, **said)
    with pytest.raises(NotRecorder):
        grant_award(by=cast.wu, person=cast.chen, source=Award.Source.OWN, **said)
    award = grant_award(by=cast.zhou, person=cast.chen, source=Award.Source.COUNTY, proof="证书 12 号", **said)
    entry = book.read(bytes(LogEntry.objects.get(kind="award.granted").data))
    details = {
        "id": str(award.pk),
        "name": "优秀志愿者",
        "granted_by": "区",
        "source": "county",
        "on": said["granted_on"].isoformat(),
        "paper": "证书 12 号",
    }
    assert entry.document == book.commitment(bytes(award.salt), details)
    assert entry.document != book.commitment(bytes(award.salt), details | {"name": "别的"})


def test_an_evaluation_is_somebody_elses_and_said_once_a_visit(cast: Cast) -> None:
    hours, other = approve_hours(by=cast.lin, hours=filled(cast)), filled(cast, 4)
    rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=5, words="准时", hours=hours)
    with pytest.raises(SaidAlready):
        rate(by=cast.lin, person=cast.chen, unit=cast.community, rating=1, hours=hours)
    with pytest.raises(BadRating):
        rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=6)
    with pytest.raises(NotOneself):
        rate(by=cast.zhou, person=cast.zhou, unit=cast.community, rating=5)
    with pytest.raises(NotTheirHours):
        rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=5, hours=other)
    assert Evaluation.objects.count() == 1 and kinds() == ["hours.recorded", "quality.rated"]


def test_the_star_says_what_the_next_one_lacks(cast: Cast) -> None:
    Hours.objects.filter(pk=approve_hours(by=cast.lin, hours=filled(cast)).pk).update(tenths=1200)
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert (record.star.star, record.star.next_hours) == (1, 300)
    assert record.star.lacks == {"tenths": 1800, "ratings": 3, "witnessed_percent": 50}


def test_hours_of_elsewhere_are_shown_apart_and_count_for_the_star_alone(cast: Cast) -> None:
    approve_hours(by=cast.lin, hours=filled(cast))
    Transfer.objects.create(
        person=cast.chen, unit=cast.community, source="别处", start=morning(40).date(), end=morning(30).date(), tenths=500, paper="证明", entry=99
    )  # fmt: skip
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert (record.tenths, record.transferred, record.star.tenths) == (20, 500, 520)
    assert [one.service for one in record.years] == [20]


def test_another_units_social_worker_reads_none_of_it(cast: Cast, client: Client) -> None:
    hours = filled(cast)
    cast.sign_in(client, cast.wu)
    for address in (f"/hours/{hours.pk}/", f"/record/of/{cast.chen.pk}/", f"/hours/{hours.pk}/correct/"):
        assert client.get(address).status_code == 404
    client.post("/hours/approve/", {"hours": f"{hours.pk}:{hours.version}"})
    hours.refresh_from_db()
    assert hours.state == HoursState.WAITS_APPROVER


def test_what_was_changed_meanwhile_is_not_said_to_be_right(cast: Cast, client: Client) -> None:
    hours = approve_hours(by=cast.lin, hours=filled(cast))
    cast.sign_in(client, cast.chen)
    Hours.objects.filter(pk=hours.pk).update(version=hours.version + 1)
    answer = client.post("/record/right/", {"only": f"{hours.pk}:{hours.version}"}, follow=True)
    assert "别人刚改过" in answer.content.decode()
    hours.refresh_from_db()
    assert hours.state == HoursState.RECORDED


def test_the_clock_warns_once_on_the_seventh_day_and_once_when_it_is_over(cast: Cast) -> None:
    hours = filled(cast, 1)
    offer = cast.offer(state="accepted")
    nine = timezone.make_aware(datetime.combine(hours.warn_on, datetime.min.time())) + 9 * HOUR
    assert warn_of_records(now=nine - timedelta(days=1)) == 0
    assert (warn_of_records(now=nine), warn_of_records(now=nine)) == (1, 0)
    assert Notice.objects.get(kind="record_due").subject_id == str(hours.pk)
    late = offer.start + timedelta(days=30)
    desk = desk_of([cast.community.pk], late)
    assert {type(row).__name__ for row in desk.overdue} == {"Waiting", "Unrecorded"}
    assert (warn_of_records(now=late), warn_of_records(now=late)) == (2, 0)
    told = Notice.objects.filter(kind="record_overdue")
    assert {notice.subject_id for notice in told} == {str(hours.pk), str(offer.pk)}
    assert cast.zhou.pk in {notice.person_id for notice in told}


def test_a_dispute_is_on_the_desk_until_it_is_answered(cast: Cast, client: Client) -> None:
    hours = approve_hours(by=cast.lin, hours=filled(cast))
    dispute_hours(by=cast.chen, hours=hours, words="三个小时")
    assert [row.hours for row in desk_of([cast.community.pk], timezone.now()).disputed] == [hours]
    cast.sign_in(client, cast.zhou)
    hours.refresh_from_db()
    assert client.post(f"/hours/{hours.pk}/say/answer/", {"words": "", "seen": hours.version}).status_code == 422
    client.post(f"/hours/{hours.pk}/say/answer/", {"words": "问过家里，是两个小时。", "seen": hours.version})
    assert desk_of([cast.community.pk], timezone.now()).disputed == []
    cast.sign_in(client, cast.chen)
    assert "问过家里，是两个小时。" in client.get("/record/").content.decode()


def test_a_long_record_comes_in_pages_and_what_waits_for_its_owner_comes_first(cast: Cast, client: Client) -> None:
    for days in range(2, 26):
        approve_hours(by=cast.lin, hours=filled(cast, days))
    Hours.objects.exclude(pk=Hours.objects.order_by("came")[0].pk).update(state=HoursState.VERIFIED)
    cast.sign_in(client, cast.chen)
    first = client.get("/record/?year=all").context["record"]
    assert (first.asked, first.tenths, len(first.service), first.more) == (1, 480, 20, True)
    assert first.service[0].hours.state == HoursState.RECORDED
    second = client.get("/record/?year=all&page=2").context["record"]
    assert (len(second.service), second.more) == (4, False)
