"""How a record is said in words: kinds of activity, why time does not count and what to do, and the news about one's own record."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Kinds of activity that the usual rules know; a district may name others.
KINDS = {
    "service": gettext_lazy("志愿服务"),
    "duty": gettext_lazy("值班"),
    "event": gettext_lazy("大型活动"),
    "called_standby": gettext_lazy("待命时被叫去"),
    "training": gettext_lazy("培训、学习"),
    "standby": gettext_lazy("在家待命"),
    "travel": gettext_lazy("路上"),
    "meeting": gettext_lazy("开会"),
    "lecture": gettext_lazy("听讲座"),
    "office": gettext_lazy("单位里的本职工作"),
    "meal": gettext_lazy("吃饭"),
    "team_building": gettext_lazy("团建、联谊"),
    "rehearsal": gettext_lazy("排练"),
    "commerce": gettext_lazy("商业活动"),
}

#: Why time does not count, and what to do about it; the numbers are the ledger's.
REFUSALS = {
    "no_service": gettext_lazy("%(kind)s不算志愿服务，按规定不记时长。真做了服务的那一段，请社工单独补记。"),
    "unknown_kind": gettext_lazy("“%(kind)s”这一类，本区的规则里没有。请社工换一类再记。"),
    "no_rules": gettext_lazy("%(day)s那天没有可用的计时规则。请区里的工作人员先采用一份。"),
    "backwards": gettext_lazy("结束的时间不在开始以后。请社工按实际几点到几点补记。"),
    "from_tomorrow": gettext_lazy("这段时间还没过完。等过完了再记。"),
    "too_long": gettext_lazy("一次有 %(hours)s 小时，最多 %(most)s 小时。请社工分开来记。"),
    "nothing_left": gettext_lazy("不满 %(unit)s 分钟，记不成时长。服务本身留着记录。"),
    "overlap": gettext_lazy(
        "和本人另一次已经记下的时间重了 %(minutes)s 分钟：一个人不能同时在两处。请和社工对一对，哪一次的时间写错了，更正那一次再补记。"
    ),
    "checkins": gettext_lazy("同一件事一天里已经是第 %(count)s 次，规定最多 %(limit)s 次。请社工合在一起补记。"),
    "needs_parent": gettext_lazy("那一天一共 %(hours)s 小时，超过 %(most)s 小时，要等区里看过才算。不用您做什么。"),
    "day_full": gettext_lazy("那一天一共 %(hours)s 小时，一天最多 %(most)s 小时。请和社工对一对时间有没有写错。"),
    "no_evidence": gettext_lazy("还没有人证明这一次：没有扫码，也没有人确认。请家里人、带队的或社工确认一下。"),
    "own_word": gettext_lazy("自己不能证明自己。请社工换一个人来确认。"),
    "same_hands": gettext_lazy("填的人和批的人是同一个。请换一个人来批。"),
    "no_approver": gettext_lazy("事后补录的，等另一个人批了才算。不用您做什么。"),
    "turned_down": gettext_lazy("没有批：%(words)s 有出入，请和社工说一声。"),
}

#: The same of one kind, where more can be said.
OF_KIND = {
    ("no_service", "standby"): gettext_lazy("在家待命的时间不计服务时长；被叫去的，从到场算到离开。叫您去过？请告诉社工，她来更正。"),
    ("no_service", "meeting"): gettext_lazy("开会不是志愿服务，按规定不计服务时长。您到过场，记录留着。中间真做了服务的那一段，请告诉社工，她来更正或者补记。"),
    ("no_service", "rehearsal"): gettext_lazy("排练不是志愿服务，按规定不计服务时长。您到过场，记录留着；正式演出的那一次照算。"),
}  # fmt: skip

#: What a person is told about the own record without having asked.
NEWS = {
    "hours_recorded": gettext_lazy("“%(title)s”记下了 %(hours)s 小时，请核对。"),
    "hours_refused": gettext_lazy("“%(title)s”没有记成时长，下面写着为什么、怎么办。"),
    "hours_not_service": gettext_lazy("“%(title)s”不是志愿服务，按规定不计服务时长。您到过场，记录留着。"),
    "hours_corrected": gettext_lazy("“%(title)s”更正了，现在是 %(hours)s 小时，请再核对。"),
    "correction_refused": gettext_lazy("“%(title)s”提了更正，第二个人没有批，时长没有变。"),
    "dispute_answered": gettext_lazy("“%(title)s”您说不对，社工查过了，写了回话。"),
    "hours_disputed": gettext_lazy("“%(title)s”本人说时长不对，请查一查。"),
    "record_disputed": gettext_lazy("“%(title)s”本人说记得不对，请查一查。"),
    "record_answered": gettext_lazy("“%(title)s”您说记得不对，社工查过了，写了回话。"),
    "record_corrected": gettext_lazy("“%(title)s”更正了，新的一条记进账本了，请看一看。"),
    "record_not_corrected": gettext_lazy("“%(title)s”提了更正，第二个人没有批，没有变。"),
    "award_granted": gettext_lazy("记下了您的一项表彰：%(title)s。"),
    "quality_rated": gettext_lazy("社工给您的服务写了评价。"),
    "star_noticed": gettext_lazy("您够 %(title)s 星了，在社区里公示，没有人提异议就评上。"),
    "star_granted": gettext_lazy("您评上 %(title)s 星了，谢谢您。"),
    "star_lapsed": gettext_lazy("%(title)s 星公示的时候，记录更正过，现在还不够。够了会再公示。"),
    "star_refused": gettext_lazy("%(title)s 星公示的时候有人提了异议，区里查过，这次没有评上，写了为什么。"),
    "star_objected": gettext_lazy("有人对 %(title)s 星的公示提了异议，请查一查。"),
    "objection_answered": gettext_lazy("您对 %(title)s 星公示提的异议，区里查过了，写了回话。"),
    "hours_transferred": gettext_lazy("从“%(title)s”转来的 %(hours)s 小时收下了：单独列着，写明这里没有核过。"),
    "transfer_refused": gettext_lazy("从“%(title)s”转来的时长没有收。请问一问社工，少了什么纸。"),
    "data_request_done": gettext_lazy("您对自己资料提的事办好了。到“我的”里点“看、改、带走、删掉我的资料”。"),
    "data_request_refused": gettext_lazy("您对自己资料提的事没有办，社工写了理由。到“我的”里点“看、改、带走、删掉我的资料”。"),
    "record_due": gettext_lazy("“%(title)s”快到记录的期限了，还没记完。"),
    "record_overdue": gettext_lazy("“%(title)s”过了记录的期限，请马上补上。"),
}

#: The fields of a pack of rules and of a star scheme, in words: what each is called, and what may stand in it.
FIELDS = {
    "format": (gettext_lazy("文件的样子"), gettext_lazy("第一项要写 doorstep-rules/1（计时规则）或 doorstep-stars/1（星级办法）。")),
    "id": (gettext_lazy("名字"), gettext_lazy("小写字母、数字、点和短横，最多 40 个。")),
    "version": (gettext_lazy("版本号"), gettext_lazy("从 1 起的整数，每改一次大一号。")),
    "district": (gettext_lazy("区的代码"), gettext_lazy("本区的代码，只写数字。")),
    "valid_from": (gettext_lazy("从哪天起用"), gettext_lazy("写成 2027-01-01 这样，最早是明天。")),
    "valid_until": (gettext_lazy("用到哪天"), gettext_lazy("写成 2027-12-31 这样，不能早于起用那天；一直用就写 null。")),
    "sources": (gettext_lazy("依据"), gettext_lazy("至少写一条：哪个文件、第几条。")),
    "utc_offset_minutes": (gettext_lazy("用哪里的时间"), gettext_lazy("这里用北京时间，写 480。")),
    "unit_tenths": (gettext_lazy("记到多细"), gettext_lazy("0.1 小时写 1，半小时写 5。")),
    "rounding": (gettext_lazy("零头怎么办"), gettext_lazy("舍去写 down，四舍五入写 nearest，进上去写 up。")),
    "cap_at_planned": (gettext_lazy("超过约定的算不算"), gettext_lazy("不算写 true，算写 false。")),
    "alone_minutes_a_day": (gettext_lazy("一天不用再审的上限"), gettext_lazy("0.5 到 24 小时，整半小时，不能多于审过以后的上限。")),
    "reviewed_minutes_a_day": (gettext_lazy("区里看过以后的上限"), gettext_lazy("0.5 到 24 小时，整半小时。")),
    "checkins_a_day": (gettext_lazy("同一件事一天最多几次"), gettext_lazy("1 到 100 的整数。")),
    "longest_minutes": (gettext_lazy("一次最长"), gettext_lazy("0.5 小时到 31 天。")),
    "kinds": (
        gettext_lazy("哪些算服务"),
        gettext_lazy("每一类写 service（服务）、training（培训）或 none（不记）；类名用小写字母和下划线，最多 20 个。"),
    ),
    "record_within_days": (gettext_lazy("几个工作日记好"), gettext_lazy("1 到 60 的整数。")),
    "warn_on_day": (gettext_lazy("第几天提醒"), gettext_lazy("1 到 60 的整数，不能晚于记好的那天。")),
    "grades": (gettext_lazy("哪几等凭据算数"), gettext_lazy("至少选一等：code_pair、code_and_word、leader、backfilled、transferred。")),
    "notice_days": (gettext_lazy("公示几天"), gettext_lazy("0 到 60 的整数；没有人提异议，公示完了才评上。")),
    "levels": (
        gettext_lazy("每一颗星要多少"),
        gettext_lazy("从一星起一级一级写；小时一级比一级多，评价次数、平均分、有人见证的比例不能往下降。"),
    ),
}

#: On what the usual rules and the usual star scheme rest, in the reader's language; those of a district are in its own words.
USUAL = {
    "rules": (
        gettext_lazy("民政部令第 67 号：第七条，按实际服务的小时记；第十一条，十个工作日以内记好；第十九条，不是志愿服务的不记。"),
        gettext_lazy("一天的上限、次数、不记的种类，照省级平台的做法；各区可以自己定。"),
    ),
    "stars": (
        gettext_lazy("100、300、600、1000、1500 小时：社区志愿者注册办法；民政部令第 67 号第十条：时长和质量都算。"),
        gettext_lazy("单位内公示不少于 7 天：民发〔2015〕149 号推荐的样式，现在是否有效没有核实；各区可以自己定。"),
    ),
}


def sources_of(which: str, name: str, sources: Iterable[str]) -> list[str]:
    return [str(one) for one in (USUAL[which] if name.startswith("default@") else sources)]


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def hours_text(tenths: int) -> str:
    """Tenths of an hour as people read them: 1.0."""
    return f"{tenths // 10}.{tenths % 10}"


def refusal_sentence(refusal: Mapping[str, Any]) -> str:
    """Why it does not count and what to do, with the numbers in hours where people count in hours."""
    said = dict(refusal)
    code = str(said.get("code"))
    known = OF_KIND.get((code, str(said.get("kind"))))
    sentence = known or REFUSALS.get(code, gettext_lazy("按规则不能计时。请问一问社工。"))
    numbers = {
        **said, "kind": kind_name(str(said.get("kind", ""))), "hours": _hours(said.get("minutes")), "most": _hours(said.get("limit")),
    }  # fmt: skip
    return str(sentence) % numbers


def refusal_sentences(refusals: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is refused says why; who would still have to look at it is said only while that is all that is missing."""
    told = list(refusals)
    refused = [one for one in told if one.get("code") not in ("no_approver", "needs_parent")]
    return [refusal_sentence(one) for one in refused or told]


def _hours(minutes: Any) -> str:
    return f"{minutes / 60:.1f}".rstrip("0").rstrip(".") if isinstance(minutes, int) else ""


def news_sentence(kind: str, numbers: Mapping[str, Any]) -> str:
    """The sentence of a notice; a title that was not given is left general."""
    title = numbers.get("title") or _("那一次")
    tenths = numbers.get("tenths")
    return str(NEWS[kind]) % {"title": title, "hours": hours_text(tenths) if isinstance(tenths, int) else ""}
