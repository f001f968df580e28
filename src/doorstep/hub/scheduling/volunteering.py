"""What a volunteer's pages show: what comes, what is asked, what was, each with the way there and no more than may be revealed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from doorstep.hub.journal.models import Notice
from doorstep.hub.people.access import is_volunteer
from doorstep.hub.people.models import GuardianConsent, Person, VolunteerProfile
from doorstep.hub.people.queries import guardian_consent_of, this_monday
from doorstep.hub.web.templatetags.doorstep import when

from .access import Revealed, revealed, title_of
from .models import Offer, OfferState, Slot
from .nearby import Nearby, nearby
from .queries import notices_to, times_at, told_offers_among, told_offers_of, who_go_with
from .reasons import for_volunteer
from .templatetags.dates import lasting
from .travel import metres_between, minutes_between

#: So far back a volunteer still sees what was.
LOOKS_BACK = timedelta(days=28)
NOTICES_SHOWN = 5
WEEK = timedelta(days=7)
WAYS = {"walk": gettext_lazy("走路 %(n)s 分钟"), "bike": gettext_lazy("骑车 %(n)s 分钟"), "bus": gettext_lazy("公交 %(n)s 分钟")}
#: What a volunteer is told without having asked; `offer_sent` says nothing that the offer itself does not say.
NEWS = {
    "offer_withdrawn": gettext_lazy("“%(title)s”另有安排，这次不用您去了。谢谢您留了时间。"),
    "offer_lapsed": gettext_lazy("“%(title)s”的回话时间过了，位子已另找人。没关系，下次照样想着您。"),
    "offer_unable": gettext_lazy("“%(title)s”这一次先请别人去：您的登记、证件或查询，到那天不在有效期里。续好了告诉社工，下次照样想着您。"),
    "slot_moved": gettext_lazy("“%(title)s”改了时间，原来约的不算了。新时间合适的话，会再来问您。"),
    "slot_kind_changed": gettext_lazy("“%(title)s”改了算不算时长，或者休息的时间。去之前请再看一看那一页。"),
    "slot_cancelled": gettext_lazy("“%(title)s”取消了，您不用去了。谢谢您。"),
    "slot_done": gettext_lazy("“%(title)s”已经有人办好了，这次不用您去了。谢谢您留了时间。"),
    "welcomed": gettext_lazy("欢迎您来做志愿者。先填一填有空的时间，排班就会想着您。"),
    "kind_changed": gettext_lazy("社工改了您的志愿者类别，请到“我的资料”里看一看。"),
    "presence_forgotten": gettext_lazy("“%(title)s”那天没有签退。请打开那一件，说一说几点走的，时长才算得出来。"),
    "certificate_issued": gettext_lazy("社工给您开好了一张志愿服务证明，在“我的资料”的“我的证明”里。"),
    "certificate_revoked": gettext_lazy("您有一张志愿服务证明撤销了。为什么撤销，在“我的资料”的“我的证明”里看得到。"),
    "batch_asks": gettext_lazy("有学校或单位想要您的志愿服务证明，给不给由您定，在“我的资料”的“我的证明”里回话。"),
    "slot_gone_by": gettext_lazy("“%(title)s”的时间过了，这次没办成，不怪谁。"),
    "remind_evening": gettext_lazy("记得：%(when)s “%(title)s”。来不了请早点说一声。"),
    "remind_morning": gettext_lazy("今天就去：%(when)s “%(title)s”。路上小心。"),
    "place_free": gettext_lazy("“%(title)s”空出一个名额，轮到您了。去不去，请给个回话。"),
    "line_over": gettext_lazy("“%(title)s”的名额没有空出来，这次没轮到您。谢谢您排队等。"),
    "line_cancelled": gettext_lazy("“%(title)s”取消了，不用再排队了。谢谢您。"),
    "party_together": gettext_lazy("“%(title)s”，你们几位都去，定了。"),
    "party_dissolved": gettext_lazy("“%(title)s”，有一位去不了，你们几位的名额都退了。还想去，可以自己再报。"),
    "signed_up_by_family": gettext_lazy("家里人替您报了“%(title)s”。不去没关系，点“我来不了”就行。"),
    "asked_along": gettext_lazy("有伙伴想请您一起去“%(title)s”。你们都答应了才算。"),
    "appeal_over": gettext_lazy("“%(title)s”已经有人去了。谢谢您，下次照样想着您。"),
    "roll_named": gettext_lazy("请您给“%(title)s”点名。那天打开这一件的“签到”，里面有“点名”；您自己来没来，由社工记。"),
    "roll_taken_back": gettext_lazy("“%(title)s”的点名另有人来，您不用点了。谢谢您。"),
    "exchange_done": gettext_lazy("“%(title)s”有人替您去了，您不用去了。社工也知道了。"),
    "exchange_declined": gettext_lazy("“%(title)s”，您请的那一位不方便，还是您去。来不了，请告诉社工。"),
    "exchange_lapsed": gettext_lazy("“%(title)s”，您请的那一位没有回话，还是您去。来不了，请告诉社工。"),
    "exchange_undone": gettext_lazy("“%(title)s”，社工另有考虑，不用您替了。谢谢您肯帮忙。"),
    "exchange_refused": gettext_lazy("“%(title)s”，社工没有同意换人。还去不去，请看“想请您帮忙”。"),
    "hours_not_service": gettext_lazy("有一次不是志愿服务，不计时长；“记录”里留着您到过场。"),
    "hours_refused": gettext_lazy("有一次没有记成时长，“记录”里写着为什么、怎么办。"),
    "hours_corrected": gettext_lazy("有一次的时长更正了，请到“记录”里看一看。"),
    "dispute_answered": gettext_lazy("您说不对的那一次，社工写了回话，请到“记录”里看。"),
}
#: Written into the outbox without anybody's name, since nobody was asked by an offer that the page could look up.
NAMELESS = ("line_over", "line_cancelled", "party_together", "appeal_over")
READ_WITH_THE_WEEK = ("offer_sent", *NEWS)


@dataclass(frozen=True)
class Card:
    """One offer as its page shows it at this moment."""

    offer: Offer
    person: Person
    way: str
    door: Revealed | None
    team: Sequence[Person]
    reasons: Sequence[str]
    now: datetime

    @property
    def title(self) -> str:
        return title_of(self.offer, self.now)

    @property
    def slot(self) -> Slot:
        return self.offer.slot

    @property
    def day(self) -> date:
        return timezone.localdate(self.offer.start)

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate(self.now)

    @property
    def is_tomorrow(self) -> bool:
        return self.day == timezone.localdate(self.now) + timedelta(days=1)

    @property
    def waits(self) -> bool:
        """Whether an answer would still count."""
        return self.offer.state == OfferState.SENT and (self.offer.reply_by is None or self.now <= self.offer.reply_by)

    @property
    def promised(self) -> bool:
        return self.offer.state == OfferState.ACCEPTED

    @property
    def begun(self) -> bool:
        return self.now >= self.offer.start

    @property
    def over(self) -> bool:
        return self.now >= self.offer.end

    @property
    def helpers(self) -> list[Person]:
        """The hands beside the social worker's: the reader's own, and who else has said yes."""
        return [self.person, *self.team]


@dataclass(frozen=True)
class Week:
    """All of a volunteer's first page."""

    monday: date
    this_monday: date
    upcoming: list[Card]
    asks: list[Card]
    past: list[Card]
    other_week: int
    near: list[Nearby] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    profile: VolunteerProfile | None = None
    guardian: GuardianConsent | None = None
    minor: bool = False

    @property
    def is_this(self) -> bool:
        return self.monday == self.this_monday

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def visits_in_week(self) -> int:
        """What is promised for a later week stands in the list, but is not counted for this one."""
        return sum(card.day <= self.sunday for card in self.upcoming)

    @property
    def other_monday(self) -> date:
        return self.this_monday + WEEK if self.is_this else self.this_monday

    @property
    def other_sunday(self) -> date:
        return self.other_monday + timedelta(days=6)

    @property
    def served(self) -> list[Card]:
        return [card for card in self.past if card.offer.state == OfferState.SERVED]


def profile_of(person: Person) -> VolunteerProfile | None:
    return person.volunteer if is_volunteer(person) else None


def way_to(profile: VolunteerProfile | None, lat: float, lon: float) -> str:
    """How long the person takes from home, the way that the person goes."""
    if profile is None:
        return ""
    minutes = minutes_between(metres_between(profile.lat, profile.lon, lat, lon), profile.kmh)
    return str(WAYS[profile.travel]) % {"n": max(1, minutes)}


def is_minor(person: Person, day: date) -> bool:
    age = person.age_on(day)
    return age is not None and age < 18


def card_of(offer: Offer, person: Person, profile: VolunteerProfile | None, team: Sequence[Person], times: int, now: datetime) -> Card:
    return Card(
        offer=offer, person=person, way=way_to(profile, offer.slot.lat, offer.slot.lon), door=revealed(offer, now), team=team,
        reasons=for_volunteer(offer, times), now=now,
    )  # fmt: skip


def one_card(offer: Offer, person: Person, now: datetime) -> Card:
    """The whole page of one offer; who else goes is told to those who go."""
    team = who_go_with(person, [offer.slot_id])[offer.slot_id] if offer.state == OfferState.ACCEPTED else []
    return card_of(offer, person, profile_of(person), team, _been(_times(person, [offer]), offer), now)


def _times(person: Person, offers: Iterable[Offer]) -> dict[UUID, int]:
    """How often the person has been to the homes that are given as familiar; no query if none is."""
    homes = [
        offer.slot.household_id
        for offer in offers
        if offer.slot.household_id and any(reason.get("code") == "familiar" and "times" not in reason for reason in offer.reasons)
    ]
    return times_at(person, homes) if homes else {}


def _been(times: dict[UUID, int], offer: Offer) -> int:
    return times.get(offer.slot.household_id, 0) if offer.slot.household_id else 0


def week_of(person: Person, wanted: date | None, now: datetime) -> Week:
    """The week that the page asks for, or this one, or the next if nothing more comes this week and something does then."""
    monday = this_monday(now)
    profile, minor = profile_of(person), is_minor(person, monday)
    offers = list(told_offers_of(person, now - LOOKS_BACK))
    promised = [offer for offer in offers if offer.state == OfferState.ACCEPTED]
    teams = who_go_with(person, [offer.slot_id for offer in promised]) if promised else {}
    # A minor is never proposed by the planner, and by hand the visits are counted already.
    times = {} if minor else _times(person, [offer for offer in offers if offer.state == OfferState.SENT])
    cards = [card_of(offer, person, profile, teams.get(offer.slot_id, []), _been(times, offer), now) for offer in offers]
    notices = [notice for notice in notices_to(person, NEWS)[: 2 * NOTICES_SHOWN] if not gone_by(notice, now)][:NOTICES_SHOWN]
    titles = {str(card.offer.pk): card.title for card in cards} | _older_titles(person, notices, cards, now)
    coming = [card for card in cards if card.promised and not card.over]
    now_or_then = {
        True: [card for card in coming if card.day < monday + WEEK],
        False: [card for card in coming if card.day >= monday + WEEK],
    }
    this = wanted != monday + WEEK if wanted else bool(now_or_then[True] or not now_or_then[False])
    shown = monday if this else monday + WEEK
    guardian = guardian_consent_of(person.pk) if minor else None
    booked = [offer for offer in offers if offer.state in (OfferState.SENT, OfferState.ACCEPTED)]
    return Week(
        monday=shown, this_monday=monday, upcoming=now_or_then[this], other_week=_in_week(now_or_then[not this], monday if not this else monday + WEEK),
        asks=[card for card in cards if card.waits], past=_past(cards), profile=profile, guardian=guardian, minor=minor,
        near=nearby(person, profile, [shown, shown + WEEK] if this and not minor else [shown], booked, guardian, now) if profile and profile.offers_welcome else [],
        news=list(dict.fromkeys(news_of(notice, titles.get(notice.subject_id, "")) for notice in notices)),
    )  # fmt: skip


def _in_week(cards: list[Card], monday: date) -> int:
    return sum(monday <= card.day < monday + WEEK for card in cards)


def _past(cards: list[Card]) -> list[Card]:
    """Where the person was, or was to be: the newest first."""
    states = (OfferState.SERVED, OfferState.MISSED)
    return [card for card in reversed(cards) if card.offer.state in states or (card.promised and card.over)]


def _older_titles(person: Person, notices: Iterable[Notice], cards: Iterable[Card], now: datetime) -> dict[str, str]:
    """Titles of offers further back than the page looks, as they may be read now; no query if no news is that old."""
    shown = {str(card.offer.pk) for card in cards}
    named = [notice for notice in notices if "%(title)s" in str(NEWS[notice.kind]) and notice.kind not in NAMELESS]
    missing = [notice.subject_id for notice in named if notice.subject_id not in shown]
    return {str(offer.pk): title_of(offer, now) for offer in told_offers_among(person, missing)} if missing else {}


def gone_by(notice: Notice, now: datetime) -> bool:
    """A reminder of what has begun reminds nobody."""
    start = parse_datetime(notice.numbers.get("start", "")) if notice.kind.startswith("remind_") else None
    return start is not None and start <= now


def news_of(notice: Notice, title: str) -> str:
    """The sentence; never with the title that the notice was written with, for that one may name somebody."""
    start = parse_datetime(notice.numbers.get("start", ""))
    written = str(notice.numbers.get("title", "")) if notice.kind in NAMELESS else ""
    return str(NEWS[notice.kind]) % {"title": written or title or _("约过的那一件"), "when": when(start) if start else ""}


def guardian_sentence(consent: GuardianConsent | None) -> str:
    """What a person under 18 may be asked for, as the guardian wrote it down."""
    if consent is None:
        return _("您还没满 18 岁，我们这里没有监护人的同意书，所以先不请您去。请监护人到社区填一张，就可以参加了。")
    english = get_language() == "en"
    names = _("、").join(task.name_en if english else task.name for task in consent.tasks.all())
    latest = f"{consent.latest_end_minute // 60}:{consent.latest_end_minute % 60:02}"
    return _("监护人同意您参加：%(tasks)s；一周最多 %(time)s，%(latest)s 以前结束，有危险的事不去。要改，请监护人找社工。") % {
        "tasks": names, "time": lasting(consent.max_minutes), "latest": latest,
    }  # fmt: skip


def as_monday(text: str, now: datetime, weeks: int) -> date | None:
    """The Monday that an address names, if it is one of the coming weeks; anything else is nothing."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    first = this_monday(now)
    return day if day in {first + n * WEEK for n in range(weeks)} else None


def moment_of(day: date, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min)) + timedelta(minutes=minute)
