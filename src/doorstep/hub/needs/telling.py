"""How a need stands, said to the home in plain sentences."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from doorstep.hub.web.templatetags.doorstep import clock, day, when

from .models import Need
from .queries import Arrangement, Happened


@dataclass(frozen=True)
class Told:
    """A mark with its word, the sentence that answers the page's question, and what comes next."""

    mark: str
    word: str
    heading: str
    more: str = ""

    @property
    def parts(self) -> list[str]:
        """The heading cut after each comma, so that a line breaks by meaning."""
        return [part for part in re.split(r"(?<=[，。；,.;])\s*", self.heading) if part]


def _names(names: list[str]) -> str:
    if get_language() == "en" and len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return "、".join(names)


def told(arrangement: Arrangement) -> Told:
    """The sentence for where the need stands now."""
    return _SENTENCES[arrangement.phase](arrangement)


def told_at_desk(stand: Arrangement) -> Told:
    """The same, said to the social worker."""
    said = told(stand)
    if stand.phase == "new":
        return replace(said, heading=_("答应 %(when)s 前回话。") % {"when": when(stand.need.answer_by)}, more="")
    if stand.phase == "proposed":
        return replace(said, word=_("等家里点头"), more=_("家里还没点头。打电话或上门问了，记在“家里的回话”里。"))
    if stand.phase == "visited":
        return replace(said, mark="gap", word=_("要回访"), heading=_("约好的时间过了，还没人说去过没有。"), more="")
    if stand.phase == "let_down":
        return replace(
            said,
            heading=_("约好的人没来。先打电话说声对不住，问今天还要不要人。"),
            more=_("要，就在“记下家里的回话”里改到今天，再找人问。"),
        )
    if stand.phase == "unplanned":
        return replace(
            said,
            heading=_("这件事没有安排了：再约一次，或者结束。"),
            more=_("先和家里说好，再约时间。家里看到的是：原来的安排取消了，社工会再约。"),
        )
    if stand.phase in ("looking", "asked", "waits", "held", "gone_by", "agreed"):
        return replace(said, more="")
    return said


def _new(found: Arrangement) -> Told:
    need = found.need
    if need.answer_by < timezone.now():
        return Told("gap", _("回话晚了"), _("社工还没给您回话，这是我们晚了。"), _("请直接打社区电话催一声，号码在下面。"))
    return Told("wait", _("等社工核实"), _("社工 %(when)s 前给您回话。") % {"when": when(need.answer_by)}, _("问清楚了，就去找人。"))


def _looking(found: Arrangement) -> Told:
    return Told("wait", _("在找人"), _("正在找合适的人。"), _("找到了先问您，您点头才算定。"))


def _asked(found: Arrangement) -> Told:
    return Told("wait", _("在等回话"), _("已经问了合适的人，正等他们回话。"), _("有人答应了，马上告诉您。谁都可以说不，所以还不能算定。"))


def _waits(found: Arrangement) -> Told:
    slot = found.slot
    weeks = slot.waited_weeks if slot else 1
    return Told(
        "gap", _("上周没找到人"), _("上周没找到合适的人，这周接着找。"),
        _("您等了 %(weeks)d 周，排队会往前靠。等不及，请打社区电话另想办法。") % {"weeks": weeks},
    )  # fmt: skip


def _unplanned(found: Arrangement) -> Told:
    return Told(
        "gap", _("没有安排了"), _("原来的安排取消了，现在没有约新的时间。"), _("社工会和您再约，或者跟您说清楚。等不及，请打社区电话。")
    )


def _held(found: Arrangement) -> Told:
    return Told("wait", _("先放一放"), _("社工先把这件事放一放，没有忘。"), _("想问为什么，请打社区电话。"))


def _gone_by(found: Arrangement) -> Told:
    return Told("gap", _("时间过了，没找到人"), _("约的时间过去了，没找到合适的人。"), _("社工会和您另约。您也可以自己换个时间。"))


def _let_down(found: Arrangement) -> Told:
    return Told(
        "gap", _("约好的人没来"), _("约好的人没来，真对不住。"),
        _("今天还要不要人？要，就在下面点今天还有的时段，社工马上去问；等得及，我们接着找，您排在前面。"),
    )  # fmt: skip


def _proposed(found: Arrangement) -> Told:
    return Told("wait", _("等您点头"), _expected(found), _("您点头才算定。时间、人不合适，都可以换，不用说理由。"))


def _agreed(found: Arrangement) -> Told:
    return Told("ok", _("定好了"), _expected(found), _("临时有事，请早一点在这里改，或打社区电话。"))


def _expected(found: Arrangement) -> str:
    fields = {"when": when(found.start), "names": _names([person.name for person in found.helpers])}
    if found.missing:
        return (
            _("%(when)s，%(names)s来。还在再找一位。") % fields
            if found.missing == 1
            else _("%(when)s，%(names)s来。还在再找几位。") % fields
        )
    return _("%(when)s，%(names)s来。") % fields


def _visited(found: Arrangement) -> Told:
    return Told("wait", _("办得怎么样"), _("约好的时间到了，来过了吗？"), _("您说一声，社工就知道了。不用再从头讲一遍。"))


def _done(found: Arrangement) -> Told:
    return Told("ok", _("已办完"), _("这件事办完了。"), _("还有没办好的地方，请打社区电话，或再说一件。"))


def _referred(found: Arrangement) -> Told:
    where = Need.Referral(found.need.referral).label if found.need.referral else _("别的部门")
    return Told("ok", _("已转到别处"), _("这件事要请%(where)s来办。") % {"where": where}, found.need.closing_words)


def _unmet(found: Arrangement) -> Told:
    return Told("gap", _("没办成"), _("这件事我们没办成，对不起。"), found.need.closing_words)


def _cancelled(found: Arrangement) -> Told:
    return Told("ok", _("已撤回"), _("这件事已经撤回，不会有人上门。"), _("想起来又要办，再说一件就行。"))


_SENTENCES = {
    "new": _new, "looking": _looking, "asked": _asked, "waits": _waits, "held": _held, "unplanned": _unplanned, "gone_by": _gone_by,
    "let_down": _let_down,    "proposed": _proposed, "agreed": _agreed, "visited": _visited, "done": _done, "referred": _referred,
    "unmet": _unmet, "cancelled": _cancelled,
}  # fmt: skip


def retold(line: Happened, own: bool = False) -> str:
    """One line of the history as a sentence; what the reader herself has said is told with "you"."""
    fields = {"who": line.who, "start": when(line.start), "channel": _channel(line.channel)}
    if own and line.kind in _OWN:
        return _OWN[line.kind]() % fields
    return _HISTORY.get(line.kind, lambda: _("有了新的安排。"))() % fields


def _channel(channel: str) -> str:
    return {"web": _("在网上"), "phone": _("打电话"), "in_person": _("当面"), "paper": _("在纸上")}.get(channel, "")


_HISTORY = {
    "asked": lambda: _("%(channel)s说了这件事。"),
    "checked": lambda: _("社工%(who)s问清楚了，开始找人。"),
    "accepted": lambda: _("%(who)s答应 %(start)s 来。"),
    "cannot_come": lambda: _("%(who)s来不了了，重新找人。"),
    "home_agreed": lambda: _("家里%(channel)s点了头。"),
    "home_refused": lambda: _("家里%(channel)s说要换一位，重新找人。"),
    "move_slot": lambda: _("改了时间，重新找人。"),
    "close_unmet": lambda: _("那一周没找到合适的人。"),
    "visit_served": lambda: _("%(who)s来过了，办了。"),
    "visit_not_home": lambda: _("%(who)s来过，家里没人。"),
    "visit_no_show": lambda: _("约好了，%(who)s没有来。"),
    "visit_called_off": lambda: _("%(who)s到了门口，家里改了主意。"),
    "done": lambda: _("这件事办完了。"),
    "judged_well": lambda: _("家里%(channel)s说：办好了。%(who)s"),
    "judged_partly": lambda: _("家里%(channel)s说：办了一半。%(who)s"),
    "judged_badly": lambda: _("家里%(channel)s说：没办好。%(who)s"),
    "referred": lambda: _("转给了更合适的地方。"),
    "unmet": lambda: _("社工说明了为什么没办成。"),
    "cancelled": lambda: _("撤回了。"),
}


_OWN = {
    "home_agreed": lambda: _("您%(channel)s点了头。"),
    "home_refused": lambda: _("您%(channel)s说要换一位，重新找人。"),
    "judged_well": lambda: _("您%(channel)s说：办好了。%(who)s"),
    "judged_partly": lambda: _("您%(channel)s说：办了一半。%(who)s"),
    "judged_badly": lambda: _("您%(channel)s说：没办好。%(who)s"),
}


def times_said(windows: list[tuple[datetime, datetime]]) -> str:
    """Windows as one short line: 12月2日 周三 9:00–10:00."""
    return _("；").join(f"{day(early)} {clock(early)}–{clock(late)}" for early, late in windows)
