"""Why you: the planner's codes (docs/planner.md) as sentences to the one who is asked, in facts that the person gave or did.

Nothing of anybody else is said, neither how many others could come nor how far away they live; the social worker's
view of the same codes stands in wording.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.hub.people.models import Role, SpokenLanguage
from doorstep.hub.web.templatetags.doorstep import WEEKDAYS, local

from .models import Offer

Facts = Mapping[str, Any]
#: Nearer than this is around the corner.
CLOSE_METRES = 1000
#: Until when morning and afternoon last, in hours.
PARTS_OF_THE_DAY = ((12, gettext_lazy("上午")), (18, gettext_lazy("下午")), (24, gettext_lazy("晚上")))


def for_volunteer(offer: Offer, visits: int = 0) -> list[str]:
    """One sentence a reason, the strongest first; what is no reason in the volunteer's eyes is left unsaid.

    `visits` is how often the person has been to this home, which the planner does not count.
    """
    reasons = [{"times": visits} | reason for reason in offer.reasons]
    said = [SAY[code](offer, reason) for reason in reasons if (code := reason.get("code")) in SAY]
    return list(dict.fromkeys(words for words in said if words))


def _skill(offer: Offer, facts: Facts) -> str:
    if offer.seat.skill is None:
        return ""
    return _("您会%(skill)s，%(level)s 级，是核验过的") % {"skill": local(offer.seat.skill), "level": facts.get("level", offer.seat.level)}


def _language(offer: Offer, facts: Facts) -> str:
    code = str(facts.get("language", offer.seat.language))
    return _("您会%(language)s") % {"language": SpokenLanguage.Code(code).label} if code in SpokenLanguage.Code.values else ""


def _role(offer: Offer, facts: Facts) -> str:
    role = str(facts.get("role", offer.seat.role))
    return _("这件事要请%(role)s，您正是") % {"role": Role(role).label} if role in Role.values else ""


def _gender(offer: Offer, facts: Facts) -> str:
    return {"f": _("这件事想请一位女士"), "m": _("这件事想请一位男士")}.get(offer.seat.gender, "")


def _familiar(offer: Offer, facts: Facts) -> str:
    times = int(facts.get("times", 0))
    return _("这家您去过 %(times)s 次，彼此熟悉") % {"times": times} if times > 1 else _("这家您去过，彼此认识")


def _near(offer: Offer, facts: Facts) -> str:
    if "minutes" not in facts:
        return ""
    close = facts.get("metres", 0) < CLOSE_METRES
    words = _("离您家很近，%(minutes)s 分钟就到") if close else _("路上 %(minutes)s 分钟，在您说的路程里")
    return words % {"minutes": max(1, int(facts["minutes"]))}


def _nearest(offer: Offer, facts: Facts) -> str:
    if "minutes" not in facts:
        return _("能去的人里，您住得最近")
    return _("能去的人里，您住得最近，%(minutes)s 分钟就到") % {"minutes": max(1, int(facts["minutes"]))}


def _prefers(offer: Offer, facts: Facts) -> str:
    return _("您说过愿意做%(category)s") % {"category": local(offer.slot.category)}


def _free_then(offer: Offer, facts: Facts) -> str:
    start = timezone.localtime(offer.start)
    part = next(name for until, name in PARTS_OF_THE_DAY if start.hour < until)
    return _("%(day)s%(part)s您填了有空") % {"day": WEEKDAYS[start.weekday()], "part": part}


def _load(offer: Offer, facts: Facts) -> str:
    """Having been out a lot is no reason for asking again, so only having been spared is said."""
    return "" if facts.get("visits_28d") else _("这四周还没有劳动过您")


def _always(words: Any) -> Callable[[Offer, Facts], str]:
    return lambda offer, facts: str(words)


SAY: dict[str, Callable[[Offer, Facts], str]] = {
    "signed_up": _always(gettext_lazy("您自己报的名")),
    "waited": _always(gettext_lazy("您排了队，现在空出一个名额")),
    "with_fellow": _always(gettext_lazy("一起做过志愿服务的伙伴，想和您一起去")),
    "stepped_in": _always(gettext_lazy("有人来不了，您肯顶上")),
    "stands_in": _always(gettext_lazy("您答应替伙伴去")),
    "chosen_by_social_worker": _always(gettext_lazy("社工觉得您去最合适")),
    "home_wishes": _always(gettext_lazy("家里说想请您来")),
    "wished": _always(gettext_lazy("您说过想去")),
    "accepted": _always(gettext_lazy("这件事您已经答应了")),
    "only_one": _always(gettext_lazy("那时能去、又合要求的，眼下只有您")),
    "vetted": _always(gettext_lazy("现场有孩子，您查过无犯罪记录，家里放心")),
    "kept": _always(gettext_lazy("前一次安排想到的也是您")),
    "skill": _skill, "language": _language, "role": _role, "gender": _gender, "familiar": _familiar,
    "near": _near, "nearest": _nearest, "prefers": _prefers, "free_then": _free_then, "load": _load,
}  # fmt: skip
