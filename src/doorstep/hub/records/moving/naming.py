"""What tables and columns are called by people, for whoever reads what is kept about them; a column without a word keeps its own."""

from django.utils.translation import gettext_lazy as _

TABLES = {
    "people.Person": _("本人"), "people.Membership": _("在哪里、做什么"), "people.Consent": _("同意过的事"), "people.Credential": _("专长和证"),
    "people.Clearance": _("无犯罪记录查询"), "people.VolunteerProfile": _("怎么帮"), "people.SpokenLanguage": _("会说的话"),
    "people.GuardianConsent": _("监护人同意"), "people.Registration": _("报名"), "scheduling.Availability": _("平常的空闲"),
    "scheduling.AvailabilityException": _("某一天的空闲"), "scheduling.Offer": _("邀请和回话"), "scheduling.Waiting": _("排过的队"),
    "scheduling.Appeal": _("请您顶上的"), "scheduling.Exchange": _("请您替的、换的"), "scheduling.Party": _("约人一起去的"),
    "scheduling.CalendarKey": _("日历地址"), "records.Hours": _("时长"), "records.Award": _("表彰"), "records.Evaluation": _("评价"),
    "records.Transfer": _("别处转来的时长"), "records.StarAward": _("星级"), "records.Certificate": _("证明"), "records.BatchMember": _("学校、单位要的证明"),
    "records.DataRequest": _("对资料提过的事"), "needs.Need": _("求助"), "journal.Notice": _("给您的通知"), "journal.Entry": _("您办过的事（日志）"),
}  # fmt: skip
COLUMNS = {
    "name": _("姓名"), "account": _("登录名"), "calling_name": _("称呼"), "gender": _("性别"), "birth_date": _("出生日期"), "phone": _("电话"),
    "contact_via": _("请谁转告"), "residence": _("住在哪一片"), "national_no": _("全国志愿者编号"), "household": _("住处"), "language": _("语言"), "elder_mode": _("长辈版"), "role": _("身份"), "place": _("地方"),
    "since": _("从"), "until": _("到"), "text": _("条款"), "given_at": _("什么时候"), "channel": _("怎么说的"), "withdrawn_at": _("收回"),
    "skill": _("专长"), "level": _("级别"), "evidence": _("凭什么"), "verified_on": _("核验"), "expires_on": _("到期"), "authority": _("哪里查的"),
    "checked_on": _("查的日子"), "passed": _("通过"), "number": _("号码"), "kind": _("哪一种"), "travel": _("怎么去"), "reach_m": _("最远几米"),
    "max_minutes": _("一周最多分钟"), "max_visits": _("一周最多次"), "offers_welcome": _("欢迎邀请"), "motto": _("一句话"), "code": _("哪种"),
    "weekday": _("星期（0 是周一）"), "start_minute": _("从（一天的第几分钟）"), "end_minute": _("到（一天的第几分钟）"), "slot": _("哪件事"), "start": _("开始"),
    "end": _("结束"), "state": _("到哪一步"), "reasons": _("为什么请您"), "sent_at": _("发出"), "reply_by": _("请在这以前回话"), "answered_at": _("回话"),
    "answer_channel": _("怎么回的"), "closed_at": _("了结"), "unit": _("记录单位"), "title": _("做了什么"), "came": _("来"), "left": _("走"),
    "planned": _("约了几分钟"), "away": _("其中不算的分钟"), "tenths": _("十分之几小时"), "grade": _("凭据等级"), "rules": _("照哪份规则"), "recorded_at": _("记下"), "due_on": _("期限"),
    "dispute": _("异议"), "answer": _("答复"), "entry": _("账本第几条"), "sync": _("报送"), "source": _("从哪里来"), "paper": _("凭什么纸"), "words": _("说的话"),
    "asked_at": _("提的时候"), "own_words": _("原话"), "category": _("类别"), "did": _("办了什么"), "with": _("对什么"), "at": _("什么时候"),
    "numbers": _("写了什么"), "granted_by": _("谁给的"), "granted_on": _("哪天"), "rating": _("几分"), "on": _("哪天"), "lat": _("纬度"), "lon": _("经度"),
    "entered_at": _("填的时候"), "verified_at": _("您核对"), "block": _("哪一块"), "date": _("哪天"), "free": _("有空"), "issued_at": _("开的时候"),
}  # fmt: skip
#: Shown in the copy only: nobody reads them.
SILENT = {
    "id",
    "code_in",
    "code_out",
    "due_guessed",
    "warn_on",
    "refusals",
    "token",
    "snapshot",
    "attendance",
    "seat",
    "plan",
    "batch",
    "pinned",
}


def spoken(row: dict[str, object]) -> list[tuple[object, object]]:
    """A row as people read it."""
    return [(COLUMNS.get(name, name), value) for name, value in row.items() if name not in SILENT]
