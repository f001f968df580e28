"""What has happened around the cast, and what they have asked for the coming week."""

from datetime import date, timedelta
from typing import NamedTuple

from doorstep.demonstration.asking import Ask, Opening, Wanted
from doorstep.demonstration.coming import Coming
from doorstep.demonstration.history import History
from doorstep.demonstration.people import Resident
from doorstep.demonstration.situations import Situation
from doorstep.demonstration.story import Cast
from doorstep.demonstration.voices import Voice
from doorstep.demonstration.volunteers import Helper

#: Who asks, who came, title, words, category, minutes; one line a past visit, weeks back and day of the week at its end.
PAST: tuple[tuple[str, str, str, tuple[str, ...], str, int, tuple[tuple[int, int], ...]], ...] = (
    ("沈秀英", "陈国梁", "陪沈阿姨去医院复查", ("约了二院的骨科复查，一个人楼上楼下跑不动，想有人陪着。", "又到复查的日子了，还是二院，最好还是陈师傅陪。"),
     "elderly", 120, ((23, 2), (15, 2))),
    ("沈秀英", "陈国梁", "上门看看沈阿姨", ("这两天落雨，脚馒头痛得下不了楼，一个人闷得慌，想有人来坐坐。", "女儿这个月来不了，想有人来讲讲话。", "脚好些了，一个人在家还是冷清，陈师傅有空再来坐坐。"),
     "elderly", 60, ((11, 3), (6, 3), (3, 3))),
    ("沈秀英", "许建平", "给沈阿姨换厨房的灯", ("厨房的灯一闪一闪的，摸黑烧饭，凳子不敢爬。",), "elderly", 45, ((9, 0),)),
    ("何伯年", "陈国梁", "陪何伯下盘棋", ("老棋友搬走了，对着棋谱自己跟自己下，没意思。", "上回输了两盘，不服气，想请陈师傅再来。", "新学了一个开局，要找人试试。",
     "这阵子没人来，棋盘都落灰了。", "陈师傅说好再来的，我等他。"), "culture", 90, ((20, 4), (16, 4), (12, 4), (8, 4), (4, 4))),
    ("何伯年", "宁小雨", "给何伯读读报", ("看了一辈子报，现在字糊成一片，想有人读读晚报。", "小雨读得清楚，想请她星期天再来读一回。"), "elderly", 60, ((10, 6), (5, 6))),
    ("许桂珍", "陈国梁", "教许阿姨用手机挂号", ("医院现在都要手机挂号，女儿教过一遍，回来又忘了。", "手机换了一个，样子变了，又不会挂号了。"), "education", 60, ((14, 2), (7, 2))),
    ("+f34", "唐颖", "陪小宇写作业", ("我在商场上晚班，天宇放学没人管，作业写到十一点，想有老师陪一陪。", "上回唐老师来过以后肯写了，想请她再来一次。", "应用题又卡住了，我回来讲不清楚。",
     "单元考退步了，孩子自己说想唐老师来。", "这周又是晚班，作业还是没人看。", "乘法口诀背熟了，除法还不行，想再请唐老师。"),
     "education", 90, ((18, 0), (13, 0), (9, 0), (5, 0), (3, 0), (2, 0))),
)  # fmt: skip


class Wish(NamedTuple):
    """What one of the cast asks for the week that is planned."""

    who: str
    title: str
    words: str
    category: str
    minutes: int
    opening: Opening
    seat: Wanted
    priority: int = 3
    risk: str = ""
    bring: str = ""
    wish: str = ""
    daughter: bool = False


#: The first one is the gap that 周敏 has to close: nobody with that paper is free on Wednesday morning.
COMING = (
    Wish("沈秀英", "给沈阿姨家装厕所扶手", "夜里起来上厕所摔过一回，扶手买好了没人会装，墙上要打洞。周三上午都在家。", "elderly", 90,
         Opening(2, 540, 570), Wanted("electrician", 2), 4, "要在墙上打孔，地上可能湿滑", "电钻和膨胀螺丝", "最好是认得的人"),
    Wish("沈秀英", "上门看看沈阿姨", "上回陈师傅来坐了一歇，心里松快多了。礼拜四下午我都在家，有空再来坐坐。", "elderly", 60,
         Opening(3, 840, 900), Wanted(language="wuu")),
    Wish("何伯年", "教三位老人用手机挂号", "我和楼里两个老伙计都想学手机挂号，周三上午到我家来，一道教。", "education", 90,
         Opening(2, 570, 600), Wanted("digital")),
    Wish("+f34", "陪小宇写作业", "天宇数学刚有点起色，还想请唐老师周一晚上来。我九点到家。", "education", 90, Opening(0, 1110, 1140), Wanted("tutoring", 2)),
    Wish("+f34", "小宇妈妈想找人谈谈", "离婚一年了，白天没事，夜里睡不着，想找个懂心理的女老师说说话。周四晚上能早点下班。", "counselling", 60,
         Opening(3, 1140, 1155), Wanted("counselling", 3, gender="f"), 4),
    Wish("许桂珍", "陪许阿姨下楼走走", "我是许阿姨的女儿，在南京上班。她半年没怎么下楼了，想有人周五上午陪她晒晒太阳。", "elderly", 60,
         Opening(4, 570, 630), Wanted(), daughter=True),
)  # fmt: skip
#: Not checked yet.
FRESH = Wish(
    "许桂珍", "", "我妈一个人住，夜里起来上厕所摔过一回。我在外地上班，想有人白天去看看她，最好能给厕所装个扶手。", "elderly", 60,
    Opening(2, 570, 630), Wanted(), daughter=True,
)  # fmt: skip


def _situation(category: str, seat: Wanted, risk: str = "", bring: str = "") -> Situation:
    return Situation(category, (), (), skill=seat.skill, level=seat.level, risk=risk, bring=bring)


def _ask(wish: Wish, cast: Cast, daughter: Resident | None = None) -> Ask:
    person, home = cast.people[wish.who], cast.homes[wish.who]
    if daughter is not None:
        voice = Voice("child", "plain", "web", "family", daughter.name, "女儿", daughter.phone, by_resident=False)
    else:
        old = person.age > 63
        voice = Voice("old" if old else "self", "old" if old else "plain", "phone" if old else "web")
    # A lesson is with the child there; a talk with the mother is not.
    minor = bool(home.children) and wish.category == "education"
    return Ask(
        home, person, _situation(wish.category, wish.seat, wish.risk, wish.bring), wish.title, wish.words, voice, wish.minutes,
        wish.priority, minor, [wish.seat], [wish.opening], wish.wish, waited=int(bool(wish.risk)),
    )  # fmt: skip


def past(cast: Cast, history: History, monday: date) -> None:
    """The visits that make the faces familiar."""
    starts = {0: (1110, 1170), 2: (570, 600), 3: (840, 900), 4: (570, 630), 6: (570, 630)}
    for who, helper, title, words, category, minutes, days in PAST:
        for time, (back, day) in enumerate(days):
            first, last = (570, 630) if helper == "许建平" else starts[day]
            ask = _ask(Wish(who, title, words[time], category, minutes, Opening(day, first, last), Wanted()), cast)
            history.visit(ask, monday - timedelta(weeks=back), [cast.helpers[helper]], sure=True)


def coming(cast: Cast, week: Coming, monday: date, lead: Helper, daughter: Resident) -> None:
    """What the cast asks for the week that is planned, and one matter that is still to be checked."""
    for wish in COMING:
        asker = daughter if wish.daughter else None
        week.file(_ask(wish, cast, asker), monday, lead, asked_by=daughter.id if asker else None)
    week.file_new(_ask(FRESH, cast, daughter), 5.5, asked_by=daughter.id)
