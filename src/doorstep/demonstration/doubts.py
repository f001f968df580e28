"""What became of some hours: one disputed, one corrected by two people, five bought in two minutes, some certified, sent away or brought along."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from doorstep.demonstration.living import cast_community
from doorstep.hub.people.models import Membership, Person, Place, Role
from doorstep.hub.people.queries import social_workers_at
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.data_request import answer_data_request, ask_for_data
from doorstep.hub.records.actions.hours import (
    approve_hours,
    back_fill,
    decide_correction,
    dispute_hours,
    propose_correction,
    verify_hours,
)
from doorstep.hub.records.actions.moving import decide_transfers, enter_transfers, ship, take_answers
from doorstep.hub.records.actions.record import grant_award, rate, record_training
from doorstep.hub.records.actions.watching import handle_anomaly, watch_all
from doorstep.hub.records.models import Anomaly, Hours, HoursState
from doorstep.hub.records.moving.arriving import Answered, Earlier
from doorstep.hub.records.queries.moving import columns_in_use, sent_ids

Show = Callable[[str], None]
#: The bought hours: days ago, from, to. Nothing was planned, nobody was seen, and ten minutes later they were approved.
BOUGHT = ((9, 9, 11), (10, 14, 16), (12, 9, 10))
TAKEN, RETURNED = 30, 2


def enliven_records(*, show: Show) -> dict[str, int]:
    """Everything through its action, by the people whose part it is."""
    place = cast_community()
    here = list(social_workers_at(place).order_by("pk"))
    zhou = next(person for person in here if person.name == "周敏")
    first, second = [person for person in here if person != zhou][:2]
    named = {name: Person.objects.get(name=name, account__isnull=False) for name in ("陈国梁", "唐颖", "沈秀英", "林涛")}
    show("hours")
    _disputed(named["陈国梁"])
    _corrected(place, zhou, first)
    buyer = _bought(place, first, second, exclude=[person.pk for person in named.values()])
    _explained(place, zhou, second, named["林涛"], buyer)
    _learned(place, zhou, second, named["陈国梁"], named["唐颖"])
    show("certificates")
    told = {"certificates": _certified(place, [(named["陈国梁"], named["陈国梁"]), (zhou, named["唐颖"]), (buyer, buyer)])}
    show("moving")
    _brought(place, zhou, first, named["陈国梁"], named["唐颖"])
    told["sent"] = _sent(place, named["林涛"])
    _asked(place, zhou, named)
    show("watch")
    watch_all()
    return told | {"worth a look": Anomaly.objects.filter(state=Anomaly.State.OPEN).count()}


def _own(person: Person) -> list[Hours]:
    return list(Hours.objects.filter(person=person, state=HoursState.RECORDED).order_by("-came", "pk"))


def _disputed(chen: Person) -> None:
    rows = _own(chen)
    for row in rows[1:3]:
        verify_hours(by=chen, hours=row)
    dispute_hours(by=chen, hours=rows[0], words="那天我陪到十一点半才走，少记了半个钟头。")


def _corrected(place: Place, zhou: Person, other: Person) -> None:
    row = (
        Hours.objects.filter(unit=place, state=HoursState.RECORDED)
        .exclude(person__in=[zhou, other])
        .exclude(grade="backfilled")
        .order_by("came", "pk")[0]
    )
    correction = propose_correction(
        by=zhou, hours=row, came=row.came, left=row.left - timedelta(minutes=15), why="本人来说：早走了一刻钟，家里有事。"
    )
    decide_correction(by=other, correction=correction, approved=True)


def _at(days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), time(hour)))


def _bought(place: Place, seller: Person, friend: Person, exclude: list[UUID]) -> Person:
    """One account types in five hours for somebody who was hardly ever seen; a colleague approves at once."""
    busy = Hours.objects.filter(came__gte=_at(20, 0)).values("person")
    idle = Membership.objects.filter(place=place, role=Role.VOLUNTEER, until=None, person__account=None, person__guardian_consent=None)
    buyer = idle.exclude(person__in=busy).exclude(person_id__in=exclude).exclude(person__volunteer=None).order_by("person_id")[0].person
    rows = [
        back_fill(by=seller, person=buyer, unit=place, title="社区活动", came=_at(days, start), left=_at(days, end))
        for days, start, end in BOUGHT
    ]
    for row in rows:
        approve_hours(by=friend, hours=row)
    return buyer


def _explained(place: Place, zhou: Person, other: Person, lin: Person, buyer: Person) -> None:
    """The same signs with an honest reason: asked, answered, and written down."""
    served = Hours.objects.filter(unit=place, came__gte=_at(7, 0)).values("person")
    free = Membership.objects.filter(place=place, role=Role.VOLUNTEER, until=None, person__account=None, person__guardian_consent=None)
    helper = free.exclude(person__in=served).exclude(person=buyer).order_by("-person_id")[0].person
    row = back_fill(by=zhou, person=helper, unit=place, title="重阳节百家宴", came=_at(5, 9), left=_at(5, 14))
    approve_hours(by=other, hours=row)
    for anomaly in Anomaly.objects.filter(hours=row, state=Anomaly.State.OPEN):
        handle_anomaly(by=lin, anomaly=anomaly, state="sound", words="问过周敏：百家宴那天手机都收着，签到表上来去都有签名，五个小时都在。")


def _learned(place: Place, zhou: Person, other: Person, chen: Person, tang: Person) -> None:
    """The other blocks of the record: a course, an award, a word on how it was; and hours that wait for a second person."""
    for row in record_training(
        by=zhou,
        unit=place,
        people=[chen, tang],
        name="与老人说话",
        content="怎样敲门、怎样慢慢说、怎样听出难处",
        host="街道社工站",
        came=_at(40, 9),
        left=_at(40, 11),
    ):
        approve_hours(by=other, hours=row.hours)
    day = timezone.localdate() - timedelta(days=30)
    grant_award(by=zhou, person=chen, unit=place, name="热心邻居", granted_by=place.name, source="own", granted_on=day)
    rate(by=zhou, person=tang, unit=place, rating=5, words="孩子肯写作业了，家里也松了口气。")
    back_fill(by=zhou, person=tang, unit=place, title="寒假读书会备课", came=_at(3, 19), left=_at(3, 20))


def _certified(place: Place, asked: list[tuple[Person, Person]]) -> int:
    today = timezone.localdate()
    for by, person in asked:
        issue_certificate(by=by, person=person, unit=place, start=today - timedelta(days=365), end=today)
    return len(asked)


def _brought(place: Place, zhou: Person, other: Person, chen: Person, tang: Person) -> None:
    """Earlier hours: one file waits for a second person, one was taken in."""
    year = timezone.localdate().year - 1
    waiting = Earlier(chen, "志愿汇", date(year, 1, 1), date(year, 12, 31), 865, "本人打印的志愿汇记录，三页")
    taken = Earlier(tang, "学校团委", date(year, 3, 1), date(year, 6, 30), 240, "学校盖章的服务证明")
    enter_transfers(by=zhou, unit=place, rows=[waiting])
    decide_transfers(by=other, batch=enter_transfers(by=zhou, unit=place, rows=[taken]), taken=True)


def _sent(place: Place, lin: Person) -> int:
    """One week of the district's records is at the national system, which has begun to answer."""
    district = Place.objects.get(kind=Place.Kind.DISTRICT)
    name, columns, _version = columns_in_use()
    last = timezone.localdate() - timedelta(days=28)
    sent = ship(
        by=lin,
        district=district,
        start=last - timedelta(days=6),
        end=last,
        format="xlsx",
        why="试报一周，看对方收不收",
        map_name=name,
        columns=columns,
    )
    ids = sorted(sent_ids(sent))
    many = min(TAKEN, len(ids) - RETURNED)
    said = [Answered(one, number < many, "" if number < many else "证件号码没有填") for number, one in enumerate(ids[: many + RETURNED])]
    take_answers(by=lin, shipment=sent, answers=said)
    return sent.count


def _asked(place: Place, zhou: Person, named: dict[str, Person]) -> None:
    ask_for_data(by=named["沈秀英"], person=named["沈秀英"], place=place, kind="correct", words="门牌写错了，我家是 502 不是 501。")
    carry = ask_for_data(by=named["陈国梁"], person=named["陈国梁"], place=place, kind="carry")
    answer_data_request(by=zhou, request=carry, done=True, answer="在“带走一份”里，请收好，里面有您的电话。")
