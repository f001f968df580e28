"""How the plan's states, gaps and near misses are said on the social worker's pages."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import SpokenLanguage
from doorstep.hub.web.templatetags.doorstep import clock, day, local, span, when

from .best import Candidate, Short, starts_left
from .board import SlotLine
from .models import Offer, OfferState, PlanGap, Rhythm, Seat, Window
from .templatetags.dates import lasting


def phase_words(rhythm: Rhythm, monday: date, now: datetime) -> str:
    """Where the week stands in the district's rhythm, and what comes next."""
    words: dict[str, Callable[[], str]] = {
        "collect": lambda: _("正在收集需求，%(when)s 截止。") % {"when": when(rhythm.cutoff(monday))},
        "plan": lambda: _("需求已经截止，%(when)s 统一排班。") % {"when": when(rhythm.plan_at(monday))},
        "offer": lambda: _("正在发邀请、等回话、补人。"),
        "serve": lambda: _("这一周正在进行，%(when)s 收尾。") % {"when": when(rhythm.close_at(monday))},
        "closed": lambda: _("这一周已经收尾。"),
    }
    return words[rhythm.phase(monday, now)]()


def refused_words(kept: Iterable[tuple[Offer, Refused]]) -> list[str]:
    """One sentence for each offer that did not go out."""
    return [
        _("%(title)s（%(name)s）没有发出：%(why)s") % {"title": offer.slot.title, "name": offer.person.name, "why": refusal.sentence}
        for offer, refusal in kept
    ]


#: What is one step short of the seat, as a mark.
_SHORT_MARKS: dict[str, Callable[[Short], str]] = {
    "proof_ended": lambda s: _("差一步：%(proof)s %(day)s 到期") % {"proof": s.words or _("证"), "day": day(s.at)},
    "check_ended": lambda s: _("差一步：无犯罪记录查询已过期"),
    "reach": lambda s: _("差一步：比自己说的 %(reach)s 公里远") % {"reach": s.words},
    "visits": lambda s: _("差一步：这周已排 %(n)d 次") % {"n": int(s.number)},
    "minutes": lambda s: _("差一步：一周最多 %(most)s") % {"most": lasting(int(s.number))},
    "not_free": lambda s: _("差一步：那时没填有空"),
    "clash": lambda s: _("差一步：那时另有一件事"),
}
#: The same as a sentence that says what would change it.
_SHORT_SENTENCES: dict[str, Callable[[Short], str]] = {
    "proof_ended": lambda s: _("时间合适。证续好、核验过，就能去。"),
    "check_ended": lambda s: _("现场有孩子。重新查过无犯罪记录，就能去。"),
    "reach": lambda s: _("离家 %(km)s 公里，比自己说的远一点。愿意跑这一趟，就能成。") % {"km": s.number},
    "visits": lambda s: _("这一周的次数满了。愿意多去一次，就能成。"),
    "minutes": lambda s: _many_minutes(s),
    "not_free": lambda s: _not_free(s),
    "clash": lambda s: (
        _("%(at)s 要去“%(title)s”。那一件有人替，就能成。") % {"at": when(s.at if isinstance(s.at, datetime) else None), "title": s.words}
    ),
}


def _many_minutes(short: Short) -> str:
    said = {"most": lasting(int(short.number)), "wanted": lasting(short.wanted), "booked": lasting(short.booked)}
    if short.booked:
        return _("自己说一周最多 %(most)s，这周已约 %(booked)s，这件要 %(wanted)s。愿意多留一会儿，就能成。") % said
    return _("自己说一周最多 %(most)s，这件要 %(wanted)s。愿意多留一会儿，就能成。") % said


def _not_free(short: Short) -> str:
    at = short.at if isinstance(short.at, datetime) else None
    if short.words:
        return _("%(day)s 只填了 %(free)s 有空。若能 %(at)s 来，就能成。") % {"day": day(at), "free": short.words, "at": clock(at)}
    return _("%(day)s 没填有空。若能 %(at)s 来，就能成。") % {"day": day(at), "at": clock(at)}


def short_mark(short: Short) -> str:
    return _SHORT_MARKS[short.code](short)


def candidate_sentence(candidate: Candidate) -> str:
    """What fits, or the one thing that would have to change."""
    if candidate.short:
        return _SHORT_SENTENCES[candidate.short.code](candidate.short)
    return _("%(when)s 有空，路上来得及。") % {"when": when(candidate.start)}


def time_over_words(line: SlotLine, seat: Seat, rhythm: Rhythm) -> str:
    """That nobody can be asked in time any more, or nothing if somebody can."""
    if starts_left(line, seat, rhythm):
        return ""
    if starts_left(line, seat, None):
        return _("离开始不到 %(n)d 小时，来不及发邀请等回话了。请直接打电话找人，或者改时间。") % {"n": rhythm.least_notice_hours}
    return _("约好的时间已经过了，不能再请人。请改时间。")


def candidate_chips(candidate: Candidate) -> list[str]:
    """What speaks for the person, in facts; the proof has a mark of its own."""
    chips = []
    if candidate.wishes:
        chips.append(_("自己说想去"))
    if candidate.times_here:
        chips.append(_("来过这家 %(n)d 次") % {"n": candidate.times_here})
    if candidate.times_kind:
        chips.append(_("这类事做过 %(n)d 次") % {"n": candidate.times_kind})
    if candidate.prefers:
        chips.append(_("喜欢这类事"))
    chips.append(_("这周已排 %(n)d 次") % {"n": candidate.visits} if candidate.visits else _("这周还没排"))
    return chips


#: Travel as people say it, by the profile's way of getting about.
TRAVEL: dict[str, Any] = {
    "walk": gettext_lazy("走路 %(n)d 分钟"), "bike": gettext_lazy("骑车 %(n)d 分钟"), "bus": gettext_lazy("坐车 %(n)d 分钟"),
}  # fmt: skip


def way_words(candidate: Candidate) -> str:
    return str(TRAVEL[candidate.profile.travel]) % {"n": candidate.minutes}


def ask_words(candidate: Candidate) -> str:
    """The button's words: what exactly is asked."""
    pronoun = _("她") if candidate.person.gender == "f" else _("他")
    if candidate.short and candidate.short.code == "not_free":
        return _("问%(who)s能否 %(at)s") % {"who": pronoun, "at": clock(candidate.start)}
    return _("问%(who)s") % {"who": pronoun}


def seat_words(seat: Seat) -> str:
    """What a seat asks for: skill, role, gender, language; nothing in particular is said as nothing."""
    words = [str(local(seat.skill))] if seat.skill else []
    words += [str(seat.get_role_display())] if seat.role else []
    words += [_("女士") if seat.gender == "f" else _("男士")] if seat.gender else []
    words += [str(SpokenLanguage.Code(seat.language).label)] if seat.language in SpokenLanguage.Code.values else []
    return _("，").join(words)


def gap_words(line: SlotLine) -> str:
    """Why nobody is there: what people said, or the rule that left the plan nobody."""
    if line.kind in ("cannot", "declined") and (answer := _last_answer(line.gone)):
        return answer
    if line.kind == "refused":
        return _("家里不同意现在的人或时间。请换一位，或改时间。")
    if line.gap is None:
        return _never_planned(line) if line.kind == "gap" else ""
    code, people = line.gap.code, _people_in(line.gap)
    wanted = seat_words(line.asks[0]) if line.asks else ""
    words = str(COUNTED[code] if people and code in COUNTED else GAPS.get(code, GAPS[""]))
    why = words % {"wanted": wanted or _("这样的人"), "n": people}
    return why if not wanted or "%(wanted)s" in words else _("要%(what)s。%(why)s") % {"what": wanted, "why": why}


def _never_planned(line: SlotLine) -> str:
    """Why no plan says anything of it."""
    if line.planned_from is None:
        return _("这一周还没有排过班。排一次，或者直接找人问。")
    if line.gone:
        return _("请过%(name)s，后来收回了。请另找人问。") % {"name": line.gone.person.name}
    if line.too_near:
        return _("排班的时候，它离开始已经太近，来不及问人。请直接打电话找人。")
    return _("它的时间是排班以后才定的。请直接找人问，或者再排一次。")


def begins_words(line: SlotLine) -> str:
    """When it starts, with its date; while nobody is found, from when on it may."""
    return _("%(when)s 起") % {"when": when(line.start)} if line.undecided else when(line.start)


def place_in_week_words(line: SlotLine) -> str:
    """When it is; while nobody is found, every stretch in which it may start."""
    if not line.undecided:
        return f"{day(line.start)} {span(line.start, line.slot.minutes)}"
    stretches = [f"{day(window.earliest)} {_stretch(window)}" for window in line.windows]
    return _("%(stretches)s 开始，大约 %(time)s") % {"stretches": _("、").join(stretches), "time": lasting(line.slot.minutes)}


def _stretch(window: Window) -> str:
    return clock(window.earliest) if window.earliest == window.latest else f"{clock(window.earliest)}–{clock(window.latest)}"


def _last_answer(gone: Offer | None) -> str:
    """Who was asked last, and what became of it."""
    said = {
        OfferState.CANNOT_COME: _("%(name)s来不了了。"), OfferState.DECLINED: _("问过%(name)s，这次不去。"),
        OfferState.LAPSED: _("问过%(name)s，没有回话。"), OfferState.UNABLE: _("%(name)s那天去不成了：登记、证件或查询不在有效期里。"),
    }  # fmt: skip
    return said[OfferState(gone.state)] % {"name": gone.person.name} if gone and gone.state in said else ""


def _people_in(gap: PlanGap) -> int:
    """How many people the planner's sentence is about: those left by the rules before, or those who could sit there."""
    left, able, seat = gap.numbers.get("left") or {}, gap.numbers.get("candidates") or [], gap.numbers.get("seat", 0)
    counts = list(left.values()) or able[seat : seat + 1]
    return int(counts[-1]) if counts else 0


#: Why a plan leaves a slot out, by the planner's code (docs/planner.md); the numbers are the planner's.
GAPS: dict[str, Any] = {
    "": gettext_lazy("排班程序没有找到合适的人。"),
    "no_start": gettext_lazy("排班的时候，约好的时段里已经没有来得及的钟点。请改时间，或直接打电话。"),
    "no_common_time": gettext_lazy("每个位子都有人合适，可是凑不到同一个钟点。请把时段放宽一点。"),
    "no_skill": gettext_lazy("要%(wanted)s，附近没有核验过的人。"),
    "no_role": gettext_lazy("要%(wanted)s，附近没有这样的人。"),
    "no_gender": gettext_lazy("要%(wanted)s，别的条件合适的人里没有。"),
    "no_language": gettext_lazy("要%(wanted)s，别的条件合适的人里没有会说的。"),
    "nobody_vetted": gettext_lazy("现场有孩子，合适的人都没有一年内的无犯罪记录查询。"),
    "forbidden": gettext_lazy("合适的人都说好了不去这一家。"),
    "none_in_reach": gettext_lazy("合适的人都住得太远。"),
    "no_free_time": gettext_lazy("合适的人，那个时段都没填有空。"),
    "caps_used_up": gettext_lazy("合适的人，这一周都已经排满了。"),
    "all_booked": gettext_lazy("合适的人，那个时段都另有约。"),
    "home_busy": gettext_lazy("这一家同一时段另有一件事。请错开时间。"),
    "not_worth_it": gettext_lazy("只有很远的人合适，跑一趟不值得。请就近找人问。"),
    "outbid": gettext_lazy("合适的人都排给更急的事了。"),
    "all_busy_elsewhere": gettext_lazy("合适的人，那个时段都在别家。"),
}


#: The same with how many there are, for the rules that are asked last: before them the number is of the whole district.
COUNTED: dict[str, Any] = {
    "no_free_time": gettext_lazy("附近合得上的有 %(n)d 位，那个时段都没填有空。"),
    "caps_used_up": gettext_lazy("附近合得上的有 %(n)d 位，这一周都已经排满了。"),
    "all_booked": gettext_lazy("附近合得上的有 %(n)d 位，那个时段都另有约。"),
    "outbid": gettext_lazy("附近合得上的有 %(n)d 位，都排给更急的事了。"),
    "all_busy_elsewhere": gettext_lazy("附近合得上的有 %(n)d 位，那个时段都在别家。"),
}


def why_words(offer: Offer) -> list[str]:
    """Why this person, one sentence a reason, the strongest first, for the social worker's eyes."""
    found = [_reason(offer, reason) for reason in offer.reasons]
    return [words for words in found if words] or [_("时间、路程和条件都合适")]


def _reason(offer: Offer, reason: dict[str, Any]) -> str:
    code, skill = str(reason.get("code")), str(local(offer.seat.skill)) if offer.seat.skill else _("要的专长")
    if code == "familiar" and reason.get("times"):
        return _("这家熟悉，来过 %(times)s 次") % reason
    if code in ("nearest", "near") and not reason.get("minutes"):
        return _("就住旁边")
    if code in ("nearest", "near"):
        return _("住得最近，路上 %(minutes)s 分钟") % reason if code == "nearest" else _("路上 %(minutes)s 分钟") % reason
    if code == "load" and not reason.get("visits_28d"):
        return _("最近四周还没出过门")
    words = WHY_THEM.get(code)
    return str(words) % {**reason, "skill": skill, "wanted": seat_words(offer.seat)} if words else ""


#: Why this person, by the planner's code.
WHY_THEM: dict[str, Any] = {
    "chosen_by_social_worker": gettext_lazy("社工选的"),
    "signed_up": gettext_lazy("自己报的名"),
    "waited": gettext_lazy("排队轮到的"),
    "with_fellow": gettext_lazy("伙伴约着一起去"),
    "stepped_in": gettext_lazy("别人来不了，顶上的"),
    "stands_in": gettext_lazy("替伙伴去"),
    "home_wishes": gettext_lazy("家里点名请的"),
    "wished": gettext_lazy("自己说想去"),
    "accepted": gettext_lazy("已经答应了"),
    "only_one": gettext_lazy("合适的只有这一位"),
    "familiar": gettext_lazy("这家熟悉"),
    "skill": gettext_lazy("会%(skill)s，核验过"),
    "kept": gettext_lazy("上次就排的这位"),
    "vetted": gettext_lazy("查过无犯罪记录，可以和孩子一起"),
    "language": gettext_lazy("会说%(wanted)s"),
    "role": gettext_lazy("正好是%(wanted)s"),
    "gender": gettext_lazy("合要求：%(wanted)s"),
    "prefers": gettext_lazy("喜欢做这类事"),
    "free_then": gettext_lazy("那时有空"),
    "load": gettext_lazy("最近四周去过 %(visits_28d)s 次，不算多"),
}
