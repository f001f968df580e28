"""The people who can sign in, and what has happened around them: all of it invented, all in one community."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from doorstep.demonstration.asking import SHANGHAI
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.people import Home, Peopling, Resident
from doorstep.demonstration.places import Community
from doorstep.demonstration.rows import ClearanceRow, ConsentRow, CredentialRow, GuardianRow
from doorstep.demonstration.volunteers import Cells, Helper, Recruiting

#: Name, gender, age, how neighbours say it, account, telephone ending.
PEOPLE = {
    "沈秀英": ("f", 75, "沈阿姨", "shenxiuying", 1), "许桂珍": ("f", 72, "许阿姨", "", 2), "何伯年": ("m", 83, "何伯", "", 0),
    "陈国梁": ("m", 66, "陈师傅", "chenguoliang", 3), "唐颖": ("f", 38, "唐老师", "tangying", 4), "宁小雨": ("f", 16, "小雨", "ningxiaoyu", 5),
    "蒋文斌": ("m", 50, "蒋师傅", "", 6), "许建平": ("m", 68, "老许", "", 7), "高志远": ("m", 45, "高师傅", "", 8),
    "周敏": ("f", 37, "小周", "zhoumin", 9), "吴倩": ("f", 33, "小吴", "wuqian", 10), "林涛": ("m", 44, "林科长", "lintao", 11),
    "王倩": ("f", 43, "王女士", "wangqian", 12),
}  # fmt: skip
#: Kind of home, who lives in it, its manys, its note.
HOMES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("alone", ("沈秀英",), ("elderly",), "走路扶着墙，开门慢，敲了门请等两分钟。备用钥匙在对门，先打电话再用。"),
    ("alone", ("许桂珍",), ("elderly",), "女儿王倩在南京上班，每晚七点通电话。高血压，药在床头柜第一格。"),
    ("alone", ("何伯年",), ("elderly", "disabled"), "耳朵背，敲门重一点。爱下象棋，坐下来陪一盘就好。"),
    ("single", ("陈国梁",), (), ""),
    ("couple", ("唐颖",), (), ""),
    ("family", ("宁小雨",), ("child",), ""),
    ("single", ("蒋文斌",), (), ""),
    ("single", ("许建平",), (), ""),
    ("single", ("高志远",), (), ""),
    ("one_parent", ("+f34", "+m9天宇"), ("child", "newly_arrived"), "妈妈在商场上晚班，九点到家。孩子怕生，熟了话很多。"),
)


@dataclass
class Cast:
    """Who is who, once they are drawn."""

    people: dict[str, Resident]
    homes: dict[str, Home]
    helpers: dict[str, Helper]

    def person(self, name: str) -> Resident:
        return self.people[name]


def resident(name: str, peopling: Peopling) -> Resident:
    gender, age, called, account, ending = PEOPLE[name]
    person = peopling.person(gender, age)
    person.name, person.calling, person.account = name, called, account
    person.phone, person.via = (f"139000000{ending:02d}", "") if ending else ("", "请楼下老孙转告")
    person.elder_mode = name == "沈秀英"
    return person


def settle(community: Community, peopling: Peopling, cast: Cast) -> list[Home]:
    """The cast's homes, in the first buildings of the community."""
    found = []
    for number, (kind, names, manys, note) in enumerate(HOMES):
        building = community.buildings[number % len(community.buildings)]
        home = Home(peopling.chance.id(), community, building, building.doors.pop(), kind, manys=list(manys), note=note)
        for name in names:
            person = resident(name, peopling) if name in PEOPLE else _unnamed(name, peopling, home)
            person.home = home
            home.members.append(person)
            cast.people[person.name if name in PEOPLE else name], cast.homes[name] = person, home
        if kind in ("couple", "family"):
            _relatives(kind, home, peopling)
        found.append(home)
    return found


def _unnamed(words: str, peopling: Peopling, home: Home) -> Resident:
    """`+m9天宇`: a boy of nine of the family that already lives there."""
    gender, given = words[1], words[2:].lstrip("0123456789")
    person = peopling.person(gender, int(words[2:].removesuffix(given)), home.members[0].name[0] if home.members else "")
    if given:
        person.name, person.calling = home.members[0].name[0] + given, f"小{given[-1]}"
    else:
        person.phone = peopling.names.number()
    return person


def _relatives(kind: str, home: Home, peopling: Peopling) -> None:
    first = home.members[0]
    if kind == "couple":
        others = [peopling.person("m", first.age + 2)]
    else:
        father = peopling.person("m", 46, first.name[0])
        father.name = first.name[0] + "建华"
        others = [father, peopling.person("f", 44)]
    for person in others:
        person.home, person.phone = home, peopling.names.number()
        home.members.append(person)


#: Name, role, kind, cells, reach, visits a week, skills, likes, cleared, motto.
HELPERS: tuple[tuple[str, str, str, Cells, int, int, dict[str, int], list[str], bool, str], ...] = (
    ("陈国梁", "volunteer", "support", {(0, 1), (2, 0), (3, 1), (4, 0), (5, 0)}, 2500, 5, {"digital": 2, "company": 2},
     ["elderly", "education", "culture"], False, "开了三十年公交，认路，也认人。"),
    ("唐颖", "specialist", "skilled", {(0, 2), (1, 2), (3, 2), (5, 0), (5, 1), (6, 1)}, 3000, 4, {"tutoring": 3, "picture_books": 2},
     ["education", "youth"], True, "一个孩子一个办法。"),
    ("宁小雨", "volunteer", "support", {(5, 1), (6, 0)}, 1500, 2, {}, ["culture", "elderly"], False, "听老人讲过去的事，比看电视有意思。"),
    ("蒋文斌", "specialist", "skilled", {(2, 1), (3, 2), (5, 0)}, 3000, 6, {"electrician": 2}, ["property", "elderly"], False, "水电无小事，安全第一。"),
    ("许建平", "specialist", "skilled", {(0, 0), (1, 1), (3, 0)}, 2000, 7, {"electrician": 3, "repair": 3}, ["property"], False, "退休水电工，家里的事可以问我。"),
    ("高志远", "specialist", "skilled", {(2, 0), (4, 1), (6, 0)}, 2000, 2, {"electrician": 2}, ["property"], False, ""),
)  # fmt: skip
EVIDENCE = {"electrician": "低压电工证", "tutoring": "教师资格证（小学语文）", "picture_books": "绘本阅读指导师证"}


def enlist(recruiting: Recruiting, cast: Cast, lead: Helper, monday: date) -> list[Helper]:
    """The volunteers of the cast, led by 周敏."""
    found = []
    for name, role, kind, cells, reach, visits, known, likes, cleared, motto in HELPERS:
        helper = recruiting.volunteer(cast.person(name), lead, role == "specialist")
        helper.role, helper.kind, helper.cells, helper.reach_m = role, kind, set(cells), reach
        helper.max_visits, helper.max_minutes, helper.motto, helper.likes = visits, visits * 75, motto, likes
        helper.travel, helper.welcome, helper.zeal, helper.led_by = "bike", True, 2.2, lead.id
        helper.languages = ["zh", "wuu"] if name not in ("唐颖", "宁小雨") else ["zh"]
        helper.since = min(helper.since, monday - timedelta(days=260))
        _paper(helper, known, cleared, lead, monday, recruiting.chance)
        found.append(helper)
        cast.helpers[name] = helper
    return found


def _paper(helper: Helper, known: dict[str, int], cleared: bool, lead: Helper, monday: date, chance: Chance) -> None:
    """Their credentials; 高志远's runs out in the middle of the week, and nobody may count on it any more."""
    expiring = helper.person.name == "高志远"
    helper.skills, helper.credentials = {} if expiring else dict(known), []
    for skill, level in known.items():
        until = monday + timedelta(days=1 if expiring else 300) if skill in EVIDENCE else None
        seen = EVIDENCE.get(skill, "社工当面看过")
        helper.credentials.append(
            CredentialRow(chance.id(), helper.id, skill, level, seen, lead.id, helper.since + timedelta(days=20), until)
        )
    checked = monday - timedelta(days=60)
    row = ClearanceRow(chance.id(), helper.id, "钟楼公安分局无犯罪记录查询", checked, True, checked + timedelta(days=365), lead.id)
    helper.clearance, helper.cleared = (row, True) if cleared else (None, False)


def guardians(young: Helper, parent: Resident, lead: Helper, since: date, chance: Chance) -> tuple[ConsentRow, GuardianRow]:
    """The consent of a minor's guardian, on paper, and what it allows."""
    given = datetime.combine(since, time(10), SHANGHAI)
    consent = ConsentRow(chance.id(), young.id, "minor", given, "paper", parent.name, "监护人", lead.id)
    return consent, GuardianRow(young.id, parent.name, parent.phone, consent.id, 120, ("culture", "elderly"))
