"""A week that is already alive: the plan is made, offers are out, some people have said yes, some no, some nothing yet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.needs.actions.asking import Asked, ask
from doorstep.hub.needs.actions.checking import Checked, check_need
from doorstep.hub.people.models import Membership, Person, Place, Role, ServiceCategory
from doorstep.hub.people.queries import social_workers_at
from doorstep.hub.scheduling.actions.advising import request_advice
from doorstep.hub.scheduling.actions.offer import accept, cannot_come, decline, propose, send_offer
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted, record_home_answer
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Plan, Seat, Slot
from doorstep.hub.scheduling.queries import newest_plan
from doorstep.hub.scheduling.solving import solve_plan
from doorstep.hub.scheduling.tasks import keep

from .gathering import gather

Show = Callable[[str], None]

#: What happened in the days before the demonstration, and what is promised for the next: days from now, hour, title, words, category.
AROUND_NOW = (
    (-2, 9, "陪{}去配助听器", "耳朵背得厉害，约了医院测听，一个人去怕听不清医生的话。", "elderly"),
    (-1, 14, "帮{}换灯泡", "客厅的灯坏了两天，凳子不敢爬，想请人来换一换。", "elderly"),
    (-1, 10, "给{}送药", "腿刚开过刀下不了楼，降压药只剩两天的了。", "poor_disabled"),
    (1, 10, "教{}用手机挂号", "医院现在都要手机挂号，女儿教过一遍，回来又忘了。", "education"),
    (2, 15, "陪{}下盘棋", "老棋友搬走了，一个人在家闷得慌，想有人来下两盘。", "culture"),
)
#: Of the people who are asked, every so many-th says not this time.
SAYS_NO = 11
#: Of the people who say yes, every so many-th has to give it back.
GIVEN_BACK = 13


def cast_community() -> Place:
    return Membership.objects.get(person__name="周敏", person__account__isnull=False, role=Role.SOCIAL_WORKER, until=None).place


def make_plan(*, monday: date, seed: int, show: Show) -> dict[str, object]:
    """First what has been promised already, so that the plan reckons with it."""
    days_around(cast_community(), Random(7))
    district = Place.objects.get(kind=Place.Kind.DISTRICT)
    queued = request_plan(by=None, place=district, week=monday, seed=seed)
    plan = solve_plan(plan_id=queued.pk, tell=lambda stage, percent: show(f"{stage} {percent}%"))
    if plan is None or plan.state != Plan.State.READY:
        raise SystemExit(f"plan: {plan.failure if plan else 'taken by another worker'}")
    keep(plan)  # so that whoever asks what a change would cost has the answer at once
    request_advice(plan=plan)  # the worker finds it when the pages are served
    return {
        "value": plan.value,
        "bound": plan.bound,
        "gap": plan.gap,
        "broken_rules": plan.broken_rules,
        "asked": plan.asked,
        "met": plan.met,
    }


def enliven(*, monday: date, show: Show) -> dict[str, int]:
    """Offers go out in the cast's community and a few others; answers come by web and by phone, each through its action."""
    cast = cast_community()
    others = list(Place.objects.communities().current().exclude(pk=cast.pk).order_by("code")[:4])
    plan = newest_plan(cast, monday)
    rng, told = Random(7), {"sent": 0, "yes": 0, "no": 0, "cannot come": 0, "refused": 0}
    for place in [cast, *others]:
        offers = Offer.objects.filter(plan=plan, slot__place=place, state=OfferState.PROPOSED).select_related(
            "slot__lead", "slot__place", "person"
        )
        for offer in offers:
            show(f"{place.short_name} {told['sent']}")
            _answer(offer, rng, told)
    _something_to_answer(cast, monday)
    return told | gather(place=cast, lead=social_workers_at(cast).get(name="周敏"), monday=monday)


def _answer(offer: Offer, rng: Random, told: dict[str, int]) -> None:
    """Two of three proposals are sent; most are answered, some by telephone, a few are given back."""
    dice, is_cast = rng.random(), offer.person.account_id is not None
    if dice < 0.3 and not is_cast:
        return
    try:
        send_offer(by=offer.slot.lead, offer=offer)
        told["sent"] += 1
        # The cast keeps an offer to answer, so that whoever signs in has something to do.
        if is_cast:
            return
        by, channel = (offer.slot.lead, "phone") if dice > 0.8 else (offer.person, "web")
        # Counted, not thrown: even the smallest week has somebody who says no.
        if told["sent"] % SAYS_NO == 4:
            decline(by=by, offer=offer, channel=channel)
            told["no"] += 1
        elif dice < 0.74 or dice > 0.83:
            _yes(offer, by, channel, rng, told)
    except Refused:
        told["refused"] += 1


def _yes(offer: Offer, by: Person, channel: str, rng: Random, told: dict[str, int]) -> None:
    accept(by=by, offer=offer, channel=channel)
    told["yes"] += 1
    if told["yes"] % GIVEN_BACK == 5:
        offer.refresh_from_db()
        cannot_come(by=by, offer=offer, channel=channel)
        told["cannot come"] += 1
    elif rng.random() < 0.5:
        record_home_answer(by=offer.slot.lead, slot=offer.slot, answer=HomeAnswer.AGREED, channel="phone")


def _something_to_answer(place: Place, monday: date) -> None:
    """陈国梁 finds an offer with its reasons, even if the plan had no use for him."""
    lead, chen = social_workers_at(place).get(name="周敏"), Person.objects.get(name="陈国梁", account__isnull=False)
    if Offer.objects.awaiting_answer().filter(person=chen, slot__week=monday).exists():
        return
    slots = (
        Slot.objects.open().in_week(monday).filter(place=place, contact__name__in=("何伯年", "沈秀英")).prefetch_related("windows", "seats")
    )
    for slot in slots:
        try:
            with transaction.atomic():
                seat = Seat.objects.select_related("slot__place").get(slot=slot, number=0)
                offer = propose(
                    by=lead,
                    seat=seat,
                    person=chen,
                    start=slot.windows.all()[0].earliest,
                    reasons=[{"code": "familiar"}, {"code": "free_then"}],
                )
                send_offer(by=lead, offer=offer)
            return
        except Refused:
            continue


def days_around(place: Place, rng: Random) -> None:
    """A few visits of the last and the next days: some to follow up, some to look forward to."""
    lead = social_workers_at(place).get(name="周敏")
    old = Person.objects.filter(household__community=place, account=None, volunteer=None, birth_date__year__lt=1954)
    residents = rng.sample(list(old.exclude(name__in=("何伯年", "许桂珍")).order_by("pk")), len(AROUND_NOW))
    helpers = list(
        Person.objects.filter(
            memberships__place=place, memberships__role=Role.VOLUNTEER, memberships__until=None, guardian_consent=None, account=None
        )
        .exclude(volunteer=None)
        .order_by("pk")[:40]
    )
    chen = Person.objects.get(name="陈国梁", account__isnull=False)
    today = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    for number, (days, hour, title, words, category) in enumerate(AROUND_NOW):
        start = (today + timedelta(days=days)).replace(hour=hour)
        helper = chen if number in (3, 4) else rng.choice(helpers)
        resident = residents[number]
        _visit(place, lead, resident, helper, title.format(resident.called), words, ServiceCategory.objects.get(code=category), start)


def _visit(
    place: Place, lead: Person, resident: Person, helper: Person, title: str, words: str, category: ServiceCategory, start: datetime
) -> None:
    before = start - timedelta(days=3)
    asked = Asked(
        community=place, own_words=words, resident=resident, contact_via=resident.contact_via or "请社区服务台转告",
        channel="phone", consents=True, witness=lead,
    )  # fmt: skip
    need = ask(asked=asked, now=before)
    found = Checked(
        title=title, category=category, household=resident.household, resident=resident, minutes=60,
        windows=[(start, start)], seats=[SeatWanted()],
    )  # fmt: skip
    slot: Slot = check_need(by=lead, need=need, checked=found, now=before)
    seat = Seat.objects.select_related("slot__place").get(slot=slot)
    try:
        offer = propose(by=lead, seat=seat, person=helper, start=start, now=before)
        send_offer(by=lead, offer=offer, now=before)
        accept(by=helper, offer=offer, now=before)
        record_home_answer(by=lead, slot=slot, answer=HomeAnswer.AGREED, channel="phone", now=before)
    except Refused:
        return


def close_database() -> None:
    """Folds the write-ahead log back into the file, so that the file alone is the whole database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("ANALYZE")
    connection.close()
