"""What a change would cost and why somebody is not asked, said to the social worker and to the volunteer; numbers to both, names to the first."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorstep.hub.people.models import Role, SpokenLanguage
from doorstep.hub.web.templatetags.doorstep import day, local, minute_clock, when

from .models import Offer, OfferState
from .pool import week_start
from .queries import skill_called
from .templatetags.dates import lasting

if TYPE_CHECKING:
    from .asking import OwnWeek
    from .solving import Cost, Remedy, Why

Numbers = Mapping[str, Any]
#: Points that are not worth a word.
NOTHING = 0.05


#: What points are like, in things that people know: a hundred metres each, or matters of the usual weight.
METRES, MATTER, SHORT_OF_A_MATTER = 100, 300, 150.0


def _like(points: float) -> str:
    """（好比一共多走 1.2 公里路）; nothing for what nobody would notice."""
    if points < 1:
        return ""
    if points < SHORT_OF_A_MATTER:
        return _("（好比一共多走 %(km)s 公里路）") % {"km": f"{points * METRES / 1000:.1f}"}
    matters = max(1, round(points / MATTER))
    words = ngettext("（好比 %(n)d 件平常的事没有人去）", "（好比 %(n)d 件平常的事没有人去）", matters)
    return words % {"n": matters}


def points_sentence(cost: "Cost") -> str:
    """What the whole plan loses or gains, what that is like, and how sure it is."""
    lost, least = -cost.change, max(0.0, -cost.at_best)
    said = {"n": f"{abs(lost):,.1f}", "like": _like(lost), "least": f"{least:,.1f}"}
    if abs(lost) < NOTHING:
        return _("整份安排一分不少。")
    if lost < 0:
        return _("整份安排还多 %(n)s 分。") % said
    if cost.proven or abs(lost - least) < NOTHING:
        return _("整份安排少 %(n)s 分%(like)s，别的不动的话，再怎么调也省不下来。") % said
    if least < NOTHING:
        return _("整份安排最多少 %(n)s 分%(like)s，重排时也许一分不少。") % said
    return _("整份安排最多少 %(n)s 分%(like)s，最少也要少 %(least)s 分。") % said


def changes_something(cost: "Cost") -> bool:
    """Whether it is more than another choice that is exactly as good."""
    return bool(cost.moves) and (abs(cost.change) >= NOTHING or cost.met != cost.unmet)


def effects(cost: "Cost") -> list[str]:
    """What it comes to for other matters, as counts; the gravest first."""
    said = []
    if cost.unmet:
        said.append(ngettext("另有 %(n)d 件会没有人去", "另有 %(n)d 件会没有人去", cost.unmet) % {"n": cost.unmet})
    if cost.moved:
        said.append(ngettext("另有 %(n)d 件要换人或换钟点", "另有 %(n)d 件要换人或换钟点", cost.moved) % {"n": cost.moved})
    if cost.farther:
        said.append(ngettext("有 %(n)d 件的人要多走路", "有 %(n)d 件的人要多走路", cost.farther) % {"n": cost.farther})
    if cost.strangers:
        said.append(ngettext("有 %(n)d 家见不到熟悉的人", "有 %(n)d 家见不到熟悉的人", cost.strangers) % {"n": cost.strangers})
    if cost.met:
        said.append(ngettext("另外能多排上 %(n)d 件", "另外能多排上 %(n)d 件", cost.met) % {"n": cost.met})
    return said


def _facts(numbers: Numbers, monday: date) -> dict[str, Any]:
    """The planner's numbers as words."""
    facts: dict[str, Any] = dict(numbers)
    if "skill" in numbers:
        facts["skill"] = local(skill_called(str(numbers["skill"]))) or numbers["skill"]
    if numbers.get("language") in SpokenLanguage.Code.values:
        facts["language"] = SpokenLanguage.Code(numbers["language"]).label
    if numbers.get("role") in Role.values:
        facts["role"] = Role(numbers["role"]).label
    if "metres" in numbers:
        facts["km"] = f"{numbers['metres'] / 1000:.1f}"
    if "reach_m" in numbers:
        facts["reach"] = f"{numbers['reach_m'] / 1000:g}"
    if "from" in numbers and numbers["from"] >= 0:
        begins = week_start(monday) + timedelta(minutes=int(numbers["from"]))
        facts["when"] = f"{day(begins)} {minute_clock(int(numbers['from']) % 1440)}–{minute_clock((int(numbers['to']) - 1) % 1440 + 1)}"
    if numbers.get("minutes"):
        facts["more"] = lasting(int(numbers["minutes"]))
    return facts


def told_words(offer: Offer) -> str:
    """What happens to somebody who was asked already, before they are ruled out; nothing for who knows nothing of it."""
    if offer.state == OfferState.ACCEPTED:
        return _("%(name)s已经答应了。按下去就收回，会告诉这位不用去了；家里也要再问一次。") % {"name": offer.person.name}
    if offer.state == OfferState.SENT:
        return _("已经问过%(name)s了。按下去就收回，会告诉这位不用去了。") % {"name": offer.person.name}
    return ""


def kept_words(offer: Offer) -> str:
    """Why the seat cannot be given to another right away, and what to do first."""
    said = {"name": offer.person.name, "when": when(offer.start)}
    if offer.state == OfferState.ACCEPTED:
        return _("%(name)s已经答应了 %(when)s。要换，先看“要是不请这位”，收回以后再定。") % said
    return _("已经请%(name)s %(when)s 去，在等回话。要换，先看“要是不请这位”，收回以后再定。") % said


#: Why somebody is not on it, by the planner's code (docs/planner.md): to the social worker, who knows the name, and to the person.
WHY: dict[str, tuple[Any, Any]] = {
    "chosen": (gettext_lazy("本来就排的%(name)s。"), gettext_lazy("您合适。社工还在一件一件地问人，问到您，这里马上看得到。")),
    "accepted": (gettext_lazy("已经有人答应了。"), gettext_lazy("已经有人答应了。谢谢您惦记着。")),
    "held": (gettext_lazy("这一件已经问了人，或者固定了，排班不再动它。"), gettext_lazy("社工已经在问别人了。没谈成的话，会再找人。")),
    "no_start": (gettext_lazy("约好的时段里，已经没有来得及的钟点。"), gettext_lazy("约好的时段里，已经没有来得及的钟点了。")),
    "no_team": (
        gettext_lazy("这件事要几个人一起去，%(name)s能去的时候，另外的位子凑不齐。"),
        gettext_lazy("这件事要几个人一起去，眼下还凑不齐同一个钟点。"),
    ),
    "busy": (
        gettext_lazy("%(name)s合条件，只是这一周已经请去做别的了：次数满了，或者路上来不及。"),
        gettext_lazy("您合条件。只是这一周已经请了您别的事：次数满了，或者路上来不及。"),
    ),
    "skill": (
        gettext_lazy("要%(skill)s %(asked)s 级，%(name)s核验过的是 %(level)s 级（0 就是还没有）。"),
        gettext_lazy("这件事要%(skill)s，要 %(asked)s 级。您核验过的还不够。"),
    ),
    "role": (gettext_lazy("要%(role)s，%(name)s不是。"), gettext_lazy("这件事要请%(role)s。")),
    "gender": (gettext_lazy("家里对男女有要求，%(name)s不合。"), gettext_lazy("这一家想请另一位，和您做得好不好没有关系。")),
    "language": (gettext_lazy("要会说%(language)s，%(name)s没有记着会。"), gettext_lazy("这一家要会说%(language)s，您的资料里没有记着。")),
    "vetted": (
        gettext_lazy("现场有孩子，%(name)s还没有一年内的无犯罪记录查询。"),
        gettext_lazy("现场有孩子，要有一年内的无犯罪记录查询，您还没有。"),
    ),
    "ruled_out": (gettext_lazy("家里或本人说过不合适。"), gettext_lazy("这一件另有安排。")),
    "reach": (
        gettext_lazy("离%(name)s家 %(km)s 公里，自己说的最远是 %(reach)s 公里。"),
        gettext_lazy("离您家 %(km)s 公里，比您填的 %(reach)s 公里远。"),
    ),
    "free": (gettext_lazy("约好的时段里，%(name)s没填有空。"), gettext_lazy("约好的时段里，您没填有空。")),
    "caps": (
        gettext_lazy("%(name)s这一周答应的、正在问的，已经满了。"),
        gettext_lazy("您这一周答应的、正在问您的，已经到了您说的次数或时间。"),
    ),
    "booked": (gettext_lazy("%(name)s那时另有一件答应了的事，路上来不及。"), gettext_lazy("那时您另有一件答应了的事，路上来不及。")),
    "joins": (
        gettext_lazy("这一件已经有人了，还缺人手。%(name)s去，就凑齐了，您可以定这位。"),
        gettext_lazy("这一件已经有人了，还缺人手，您合条件。回上一页点“我想去”，社工会来问您。"),
    ),
    "unsure": (
        gettext_lazy("%(name)s合条件，只是一起去的人凑不凑得齐，一时算不出来。要请，可以直接请。"),
        gettext_lazy("您合条件，只是一起去的人凑不凑得齐，一时算不出来。想去，回上一页点“我想去”，社工会来问您。"),
    ),
    "equal": (
        gettext_lazy("换成%(name)s，整份安排一分不少。是两可的事，您定。"),
        gettext_lazy("您去也一样好，只是请了另一位。想去，跟社工说一声。"),
    ),
    "equal_open": (
        gettext_lazy("这一件现在还没有人。%(name)s去，别的一分不少，您可以定这位。"),
        gettext_lazy("您合条件，这一件现在还没有人去。回上一页点“我想去”，社工会来问您。"),
    ),
    "loses_open": (
        gettext_lazy("%(name)s合条件，现在也没有人去；只是去了这里，别处要让一让。"),
        gettext_lazy("您合条件，这一件眼下也没有人去；只是您去了这里，别处要让一让。想去，回上一页点“我想去”，社工会来问您。"),
    ),
    "loses": (gettext_lazy("%(name)s合条件，只是换过去不划算。"), gettext_lazy("您合条件。这一次请别人去，大家合起来更周到。")),
}

#: The smallest change, and then: it wins, or it only makes the person fit.
REMEDY: dict[str, Any] = {
    "free": gettext_lazy("%(when)s 也填上有空"),
    "reach": gettext_lazy("愿意多走 %(metres)s 米"),
    "skill": gettext_lazy("%(skill)s核验到 %(level)s 级"),
    "vetted": gettext_lazy("办好一年内的无犯罪记录查询"),
    "language": gettext_lazy("会说%(language)s，并记进资料"),
    "caps": gettext_lazy("这一周愿意多去一次"),
}


def why_sentence(why: "Why", monday: date, name: str = "") -> str:
    """Why not, with the name to the social worker; without one, to the person."""
    code = f"{why.code}_open" if why.code in ("equal", "loses") and why.cost and why.cost.was_open else why.code
    return str(WHY[code][0 if name else 1]) % {"name": name, **_facts(why.numbers, monday)}


def _remedy(remedy: "Remedy") -> Any:
    """One visit more, or only longer ones: a person fills in two numbers."""
    if remedy.code == "caps" and not remedy.numbers.get("visits"):
        return gettext_lazy("这一周愿意多帮 %(more)s")
    return REMEDY[remedy.code]


def remedy_sentence(remedy: "Remedy | None", monday: date, name: str = "") -> str:
    """The smallest change that was tried, and what came of it."""
    if remedy is None or remedy.code not in REMEDY or (remedy.code == "free" and remedy.numbers.get("from", -1) < 0):
        return ""
    change = str(_remedy(remedy)) % _facts(remedy.numbers, monday)
    if name:
        words = (
            _("差一步：%(change)s，重排就会排%(name)s。") if remedy.wins else _("要是%(change)s，%(name)s就合条件；不过还有更合适的人。")
        )
    else:
        words = _("差一步：%(change)s，重排就会排您。") if remedy.wins else _("要是%(change)s，您就合条件；不过眼下还有更合适的人。")
    return words % {"change": change, "name": name}


def loss_sentence(cost: "Cost | None") -> str:
    """What it would come to if the volunteer went, in plain terms and counts; nothing of anybody."""
    if cost is None:
        return ""
    said = effects(cost)
    if said:
        return _("要是改请您去：%(what)s。") % {"what": _("，").join(said)}
    if cost.less_known:
        return _("要是改请您去：这一家见到的会是生面孔。")
    return _("要是改请您去：路上合起来要多走一些。") if cost.worse_way else _("差得很少，是一点点路和钟点的事。")


#: Why a whole week asks nothing more of somebody, by the rule that closes most.
MOSTLY: dict[str, Any] = {
    "skill": gettext_lazy("附近的 %(near)s 件里，多数要一项您还没有核验过的专长。"),
    "role": gettext_lazy("附近的 %(near)s 件里，多数要请社工、物业或治理型志愿者。"),
    "gender": gettext_lazy("附近的 %(near)s 件里，多数家里对请谁有要求。"),
    "language": gettext_lazy("附近的 %(near)s 件里，多数要会说一种您的资料里没有记着的话。"),
    "vetted": gettext_lazy("附近的 %(near)s 件里，多数现场有孩子，要有无犯罪记录查询。"),
    "ruled_out": gettext_lazy("附近的 %(near)s 件，多数另有安排。"),
    "reach": gettext_lazy("要人的地方，多数比您填的路程远。"),
    "free": gettext_lazy("附近的 %(near)s 件，多数约的时段您没填有空。"),
    "caps": gettext_lazy("您这一周答应的、正在问您的，已经到了您说的次数或时间。"),
    "booked": gettext_lazy("附近的 %(near)s 件，多数和您答应了的事碰在一起。"),
}


def week_sentences(own: "OwnWeek") -> list[str]:
    """Why nothing more is asked of the person this week: the reason, what it would come to, and the smallest change that wins."""
    why = own.why
    if why is None:
        return []
    if why.code == "rule":
        said = [str(MOSTLY[why.rule]) % why.numbers]
    elif why.code == "nothing_near":
        said = [_("这一周，您填的路程里没有人家要人。这是好事。")]
    elif why.code == "chosen":
        said = [_("附近合您条件的都在安排里了。社工还在一件一件地问人，问到您，这里马上看得到。")]
    else:
        fit = int(why.numbers["fit"])
        said = [
            ngettext(
                "附近合您条件的还有 %(n)d 件，这一次都请了别人，或者还没排上。",
                "附近合您条件的还有 %(n)d 件，这一次都请了别人，或者还没排上。",
                fit,
            )
            % {"n": fit}
        ]
        said.append(_("排您去也一样好，想去就跟社工说一声。") if why.code == "equal" else loss_sentence(why.cost))
    if own.promised:
        said.insert(
            0, ngettext("这一周已经请了您 %(n)d 次，谢谢您。", "这一周已经请了您 %(n)d 次，谢谢您。", own.promised) % {"n": own.promised}
        )
    return [words for words in [*said, remedy_sentence(why.remedy, own.monday)] if words]


#: Why the plan does not even know somebody.
UNKNOWN: dict[str, Any] = {
    "no_profile": gettext_lazy("您还没有登记志愿者资料，排班不知道您。请找社工登记一下。"),
    "paused": gettext_lazy("您暂停了邀请，排班先不想着您。想恢复，到“我的资料”里点一下。"),
    "minor": gettext_lazy("您还没满 18 岁，排班程序不排您，由社工来问。"),
    "no_free": gettext_lazy("这一周您没填有空的时间，排班就没有想着您。填上就好。"),
    "too_far": gettext_lazy("排班的时候，您填的路程里没有人家要人；或者您是排班以后才登记的。"),
}
