"""A social worker's work of today, in heaps: what is wrong first, then what waits, then what is done and wants a word."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Substr, TruncDate
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.needs.queries import unplanned
from doorstep.hub.people.models import Clearance, Credential, Membership, Place, Registration
from doorstep.hub.scheduling.models import Channel, HomeAnswer, OfferState, Slot

from .standing import LOST, Standing, named_slots, with_wishes

#: So many rows of a heap stand on the first page; the rest is one tap away.
SHOWN = 5
#: Papers that ran out a while ago, or will so soon.
PAPERS_BACK, PAPERS_AHEAD = timedelta(days=30), timedelta(days=30)
WORDS_SHOWN = 28


@dataclass(frozen=True)
class Task:
    """One row of the worklist, and the page where it is done."""

    mark: str
    word: str
    title: str
    under: str
    route: str
    pk: UUID | None = None
    at: datetime | date | None = None
    deadline: bool = False
    query: str = ""


Details = Mapping[UUID, Slot]


def due(row: Any, by: datetime) -> bool:
    """Whether it has to be done today: what begins, is promised or runs out by then, and what waits already."""
    if isinstance(row, Standing):
        return row.start is None or row.start < by
    if isinstance(row, Fresh):
        return row.answer_by < by
    return not isinstance(row, Paper) or row.until is None or row.until < timezone.localdate(by)


def tomorrow_night(now: datetime) -> datetime:
    """Until then things are pressing: tomorrow's visit is called about today."""
    return timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=2), time.min))


@dataclass(frozen=True)
class Heap:
    """One kind of work: its rows in order, and how a row is told."""

    key: str
    heading: Any
    rows: list[Any]
    tell: Callable[[Any, Details], Task]

    @property
    def first(self) -> list[Any]:
        return self.rows[:SHOWN]

    def tasks(self, rows: Iterable[Any], details: Details) -> list[Task]:
        return [self.tell(row, details) for row in rows]


class Fresh(NamedTuple):
    """A need that nobody has checked yet."""

    pk: UUID
    words: str
    answer_by: datetime
    asker: str
    resident: str | None
    calling: str | None
    channel: str


class Dropped(NamedTuple):
    """A checked need for which nothing is arranged any more."""

    pk: UUID
    title: str
    who: str


class Paper(NamedTuple):
    """A credential or clearance that runs out; a clearance has no skill."""

    person_id: UUID
    name: str
    skill: str
    skill_en: str
    until: date | None


class Mine(NamedTuple):
    """What the social worker herself is asked to go to."""

    offers: int


class Words(NamedTuple):
    """People who came and whose hours wait for the social worker's word."""

    people: int


class Waiting(NamedTuple):
    """Hours that are disputed, filled in by somebody else, or to be corrected."""

    hours: int


class Odd(NamedTuple):
    """Hours that look odd until somebody has asked."""

    findings: int


class AskedData(NamedTuple):
    """People who ask to see, correct, carry away or delete what is kept about them."""

    requests: int


class Joining(NamedTuple):
    """Somebody who said "I want to help" and waits for a call."""

    person_id: UUID
    name: str
    words: str
    since: date


class Unsent(NamedTuple):
    """What the plan proposes for a week and nobody has been asked yet."""

    week: date
    offers: int


def heaps(
    places: list[Place],
    rows: list[Standing],
    now: datetime,
    planned: set[date],
    asks: int = 0,
    words: int = 0,
    odd: int = 0,
    data: int = 0,
    hours: int = 0,
) -> list[Heap]:
    """All heaps that have something in them; `asks`: offers that wait for the reader's own answer, `words`: people whose hours wait for her word."""
    with_wishes(rows, places, now)
    fresh, dropped = needs_in_hand(places)
    expiring, joining = papers(places, timezone.localdate(now))
    by_kind: dict[str, list[Standing]] = {"gap": [], "answer": [], "home": [], "visit": [], "wish": []}
    for row in rows:
        if kind := row.kind(now, planned):
            by_kind[kind].append(row)
    for pile in by_kind.values():
        pile.sort(key=lambda row: (row.start or now, str(row.slot_id)))
    by = tomorrow_night(now)
    by_kind["gap"].sort(key=lambda row: (not due(row, by), row.given_back is None or row.given_back.state not in LOST))
    found = [
        Heap("gap", gettext_lazy("要补人"), by_kind["gap"], _gap),
        Heap("answer", gettext_lazy("过了时间没回话"), by_kind["answer"], _answer),
        Heap("check", gettext_lazy("新来的需求，要核实"), fresh, lambda need, _details: _check(need, now)),
        Heap("again", gettext_lazy("没有安排了：再约一次，或者结束"), dropped, _again),
        Heap("mine", gettext_lazy("想请您自己去的"), [Mine(asks)] if asks else [], _mine),
        Heap("word", gettext_lazy("来过了，等您一句话"), [Words(words)] if words else [], _word),
        Heap("hours", gettext_lazy("时长等您批、等您查"), [Waiting(hours)] if hours else [], _hours),
        Heap("odd", gettext_lazy("值得看一看的时长"), [Odd(odd)] if odd else [], _odd),
        Heap("data", gettext_lazy("自己的资料，等您答复"), [AskedData(data)] if data else [], _data),
        Heap("wish", gettext_lazy("有人说想去"), by_kind["wish"], _wish),
        Heap("join", gettext_lazy("想来帮忙，等您回电"), joining, _join),
        Heap("plan", gettext_lazy("排好了，等您发出"), unsent(rows), _plan),
        Heap("home", gettext_lazy("人定了，要问家里"), by_kind["home"], _home),
        Heap("visit", gettext_lazy("该去过了，要回访"), by_kind["visit"], _visit),
        Heap("paper", gettext_lazy("证件快到期"), expiring, lambda paper, _details: _paper(paper, now)),
    ]
    return [heap for heap in found if heap.rows]


def first_rows(found: list[Heap]) -> list[tuple[Heap, list[Task]]]:
    """The first rows of every heap; one query for all the occasions among them."""
    shown = [(heap, heap.first) for heap in found]
    details = named_slots(row.slot_id for _heap, rows in shown for row in rows if isinstance(row, Standing))
    return [(heap, heap.tasks(rows, details)) for heap, rows in shown]


def counted(found: list[Heap], now: datetime) -> tuple[int, int]:
    """How much is to be done today, and how much may wait."""
    by = tomorrow_night(now)
    pressing = sum(due(row, by) for heap in found for row in heap.rows)
    return pressing, sum(len(heap.rows) for heap in found) - pressing


def told(heap: Heap, rows: list[Any]) -> list[Task]:
    """Some rows of one heap."""
    return heap.tasks(rows, named_slots(row.slot_id for row in rows if isinstance(row, Standing)))


def needs_in_hand(places: list[Place]) -> tuple[list[Fresh], list[Dropped]]:
    """What waits to be checked, and what was checked and has nothing arranged any more, the soonest promise first; one query."""
    waiting = Q(state=NeedState.NEW) | Q(pk__in=unplanned(places).order_by().values("pk"))
    # Consent that was taken back this minute: the words are nobody's to read, and the need is about to end.
    rows = Need.objects.filter(waiting, community__in=places, consent__withdrawn_at=None).order_by("answer_by", "pk")
    columns = ("pk", "words", "answer_by", "asker_name", "resident__name", "resident__calling_name", "channel", "state", "title")
    fresh, dropped = [], []
    for *facts, state, title in rows.annotate(words=Substr("own_words", 1, WORDS_SHOWN + 1)).values_list(*columns):
        need = Fresh(*facts)
        if state == NeedState.NEW:
            fresh.append(need)
        else:
            dropped.append(Dropped(need.pk, title or need.words, need.asker or need.calling or need.resident or ""))
    return fresh, dropped


def unsent(rows: list[Standing]) -> list[Unsent]:
    weeks: dict[date, int] = {}
    for row in rows:
        waiting = len(row.in_state(OfferState.PROPOSED)) if row.first else 0
        weeks[row.week] = weeks.get(row.week, 0) + waiting
    return [Unsent(week, offers) for week, offers in sorted(weeks.items()) if offers]


def papers(places: list[Place], day: date) -> tuple[list[Paper], list[Joining]]:
    """Credentials and clearances of the own volunteers that run out, and who signed up to help and has not been called; one query.

    What was renewed since is not told. Each list begins with the oldest.
    """
    span = (day - PAPERS_BACK, day + PAPERS_AHEAD)
    here = Membership.objects.on(day).helping().filter(place__in=places).values("person_id")
    credentials = Credential.objects.filter(person__in=here, expires_on__range=span, revoked_on=None, verified_on__isnull=False)
    renewed = Clearance.objects.filter(person=OuterRef("person"), passed=True, expires_on__gt=OuterRef("expires_on"))
    clearances = Clearance.objects.filter(person__in=here, expires_on__range=span, passed=True).exclude(Exists(renewed))
    columns = ("person_id", "person__name", "said", "said_en", "on", "kind")
    asked = Registration.objects.filter(place__in=places, state=Registration.State.WAITING)
    kinds = [
        credentials.annotate(said=F("skill__name"), said_en=F("skill__name_en"), on=F("expires_on"), kind=Value("paper")),
        clearances.annotate(said=Value(""), said_en=Value(""), on=F("expires_on"), kind=Value("paper")),
        asked.annotate(said=F("words"), said_en=Value(""), on=TruncDate("created_at"), kind=Value("join")),
    ]
    first, *others = (rows.order_by().values_list(*columns) for rows in kinds)
    found = sorted(first.union(*others, all=True), key=lambda row: (row[4] or day, row[1]))
    return (
        [Paper(*row[:5]) for row in found if row[5] == "paper"],
        [Joining(person, name, said, since) for person, name, said, _en, since, kind in found if kind == "join"],
    )


def _skill(slot: Slot) -> str:
    row: Any = slot
    return str((row.skill_en if get_language() == "en" else row.skill_zh) or row.skill_zh or "")


def _called(slot: Slot) -> str:
    return slot.contact.called if slot.contact else slot.rough_place


def _gap(row: Standing, details: Details) -> Task:
    slot, back, missing = details[row.slot_id], row.given_back, row.missing
    word, under = _("缺志愿者"), [slot.rough_place]
    if row.home_answer == HomeAnswer.REFUSED:
        word, missing = _("家里说不合适"), max(1, missing)
    elif back and back.state == OfferState.CANNOT_COME:
        word = _("有人来不了")
        under.append(_("%(name)s来不了") % {"name": back.name})
    elif back and back.state == OfferState.UNABLE:
        word = _("有人去不成")
        under.append(_("%(name)s的登记、证或查询到那天失效") % {"name": back.name})
    elif back:
        word = _("位子又空了")
        answer = _("%(name)s这次不去") if back.state == OfferState.DECLINED else _("%(name)s没有回话")
        under.append(answer % {"name": back.name})
    if skill := _skill(slot):
        under.append(_("要会%(skill)s") % {"skill": skill})
    under.append(ngettext("还差 %(n)s 人", "还差 %(n)s 人", missing) % {"n": missing})
    if row.wishing:
        under.append(_wishing(row))
    return Task("gap", word, slot.title, _("，").join(under), "scheduling:slot", slot.pk, row.start)


def _answer(row: Standing, details: Details) -> Task:
    slot = details[row.slot_id]
    names = _("、").join(offer.name for offer in row.in_state(OfferState.SENT))
    return Task(
        "gap", _("没有回话"), slot.title, _("%(names)s还没回话，打个电话问问") % {"names": names}, "scheduling:slot", slot.pk, row.start
    )


def _check(need: Fresh, now: datetime) -> Task:
    late = need.answer_by < now
    words = need.words if len(need.words) <= WORDS_SHOWN else f"{need.words[:WORDS_SHOWN]}…"
    who = need.asker or need.calling or need.resident or _("没留称呼")
    under = _("%(who)s，%(channel)s") % {"who": who, "channel": Channel(need.channel).label}
    word = _("已经晚了") if late else _("等回电")
    return Task("gap" if late else "wait", word, words, under, "needs:check", need.pk, need.answer_by, deadline=True)


def _again(need: Dropped, _details: Details) -> Task:
    under = _("%(who)s，原来的安排取消了") % {"who": need.who or _("没留称呼")}
    return Task("gap", _("没有安排了"), need.title, under, "needs:check", need.pk)


def _mine(mine: Mine, _details: Details) -> Task:
    title = ngettext("想请您去的 %(n)s 件", "想请您去的 %(n)s 件", mine.offers) % {"n": mine.offers}
    return Task("wait", _("等您回话"), title, _("您也是志愿者：去不去都行，给个回话"), "scheduling:week")


def _word(waiting: Words, _details: Details) -> Task:
    title = ngettext("%(n)s 位来过，等您确认", "%(n)s 位来过，等您确认", waiting.people) % {"n": waiting.people}
    return Task("wait", _("等您一句话"), title, _("没扫码、只扫了一次，或者忘了签退的；确认了才有时长"), "records:presence")


def _hours(waiting: Waiting, _details: Details) -> Task:
    title = ngettext("%(n)s 条时长等着", "%(n)s 条时长等着", waiting.hours) % {"n": waiting.hours}
    return Task("wait", _("等您看"), title, _("本人说不对的、别人补的、等着更正的"), "records:hours")


def _odd(found: Odd, _details: Details) -> Task:
    title = ngettext("%(n)s 件值得看一看", "%(n)s 件值得看一看", found.findings) % {"n": found.findings}
    return Task("wait", _("先问一问"), title, _("时长有点奇怪，不等于作假；问清楚了写一句结果"), "records:watch")


def _data(asked: AskedData, _details: Details) -> Task:
    title = ngettext("%(n)s 位要看、改、带走或删掉自己的资料", "%(n)s 位要看、改、带走或删掉自己的资料", asked.requests) % {
        "n": asked.requests
    }
    return Task("wait", _("等答复"), title, _("有期限，过了区里看得到"), "records:data_requests")


def _wishing(row: Standing) -> str:
    return _("%(names)s说想去") % {"names": _("、").join(row.wishing)}


def _wish(row: Standing, details: Details) -> Task:
    slot = details[row.slot_id]
    return Task(
        "wait", _("有人想去"), slot.title, _("%(wish)s，问一问就成") % {"wish": _wishing(row)}, "scheduling:slot", slot.pk, row.start
    )


def _join(row: Joining, _details: Details) -> Task:
    under = row.words or _("登记了想来帮忙，打个电话聊聊")
    return Task("wait", _("等回电"), row.name, under, "people:volunteers", at=row.since, query=f"#join-{row.person_id}")


def _plan(week: Unsent, _details: Details) -> Task:
    title = ngettext("%(n)s 份邀请还没发", "%(n)s 份邀请还没发", week.offers) % {"n": week.offers}
    return Task(
        "wait", _("等您发出"), title, _("看一遍，改一改，再发给志愿者"), "scheduling:plan", at=week.week, query=f"?week={week.week}"
    )


def _home(row: Standing, details: Details) -> Task:
    slot = details[row.slot_id]
    names = _("、").join(offer.name for offer in row.in_state(OfferState.ACCEPTED))
    under = _("%(names)s答应了，问问%(home)s") % {"names": names, "home": _called(slot)}
    return Task("wait", _("等家里点头"), slot.title, under, "scheduling:slot", slot.pk, row.start)


def _visit(row: Standing, details: Details) -> Task:
    slot = details[row.slot_id]
    names = _("、").join(offer.name for offer in row.in_state(OfferState.ACCEPTED))
    under = _("%(names)s去的，问问%(home)s") % {"names": names, "home": _called(slot)}
    return Task("wait", _("等回访"), slot.title, under, "needs:visit", slot.pk, row.start)


def _paper(paper: Paper, now: datetime) -> Task:
    over = paper.until is not None and paper.until < timezone.localdate(now)
    skill = paper.skill_en if get_language() == "en" else paper.skill
    what = _("%(skill)s的证") % {"skill": skill} if skill else _("无犯罪记录查询")
    under = _("续好以前，不会再派要这张证的事") if skill else _("续好以前，不会再派有孩子在场的事")
    title = pgettext("paper", "%(name)s：%(what)s") % {"name": paper.name, "what": what}
    return Task(
        "gap" if over else "wait", _("已经过期") if over else _("快到期"), title, under, "people:volunteer", paper.person_id, paper.until
    )
