"""Who speaks: the old woman herself, a daughter far away, a newcomer, a neighbour, the building steward on the telephone."""

from dataclasses import dataclass
from typing import Protocol

from doorstep.demonstration.chance import Chance
from doorstep.demonstration.people import Home, Resident, of_working_age
from doorstep.demonstration.situations import Situation

TOWNS = ("上海", "苏州", "南京", "无锡", "深圳", "杭州", "北京", "昆山", "宁波", "广州", "合肥", "武汉", "国外", "江阴", "常熟")
HOMETOWNS = (
    "安徽阜阳",
    "河南周口",
    "苏北宿迁",
    "盐城",
    "安徽六安",
    "贵州毕节",
    "江西上饶",
    "山东菏泽",
    "淮安",
    "湖北黄冈",
    "四川达州",
    "连云港",
    "河南信阳",
    "安徽宿州",
)
DIGITS = "零一二三四五六七八九"
#: How often a slip of the finger is left in: the wrong letter with the same sound.
SLIPS = {
    "在": "再",
    "做": "作",
    "的": "得",
    "需要": "须要",
    "以前": "以前",
    "帐": "账",
    "那里": "哪里",
    "账": "帐",
    "已经": "以经",
    "安装": "按装",
    "部": "布",
    "像": "象",
    "座": "坐",
}


#: How often each speaks: for oneself, a child, a neighbour, the steward.
_OLD = (44, 28, 12, 16)
SHARES = {
    "old": _OLD, "alone": (42, 30, 12, 16), "oldpair": _OLD, "disabled": (54, 18, 12, 16), "poor": (56, 10, 14, 20), "poorworker": (66, 0, 14, 20),
    "kid": (86, 0, 5, 9), "oneparent": (88, 0, 5, 7),
}  # fmt: skip
#: Letters after which 我 belongs to a relative: 我妈, 我家.
KIN = "妈爸母父女儿孙外家姨舅婶叔奶爷们老自媳"


class Naming(Protocol):
    """Where names and numbers come from."""

    def surname(self) -> str: ...
    def full(self, gender: str, born: int, surname: str = "") -> str: ...
    def number(self) -> str: ...


@dataclass(slots=True)
class Voice:
    """Who says it, through which channel, in which manner."""

    kind: str
    manner: str
    channel: str
    for_whom: str = "self"
    asker_name: str = ""
    relation: str = ""
    phone: str = ""
    opens: float = 0.5
    by_resident: bool = True

    @property
    def of_others(self) -> bool:
        return self.kind in ("child", "neighbour", "steward")

    @property
    def opening(self) -> str:
        return f"open_{self.kind}"


def concerned(who: str, home: Home, chance: Chance) -> Resident:
    """Whom it is about and who opens the door: never a child."""
    adults = home.adults
    old = home.old
    if who in ("old", "alone", "oldpair") and old:
        return chance.one(old)
    if who in ("worker", "poorworker"):
        return chance.one([person for person in adults if of_working_age(person)])
    if who in ("kid", "oneparent"):
        return chance.one([person for person in adults if person.age >= 27] or adults)
    return chance.one(adults)


def draw(situation: Situation, home: Home, resident: Resident, naming: Naming, chance: Chance) -> Voice:
    who, others = situation.who, situation.by == "other"
    shares = SHARES.get(who, (74, 8, 8, 10))
    kind = chance.choices(["self", "child", "neighbour", "steward"], (0, *shares[1:]) if others else shares)[0]
    if kind == "child" and resident.age < 58:
        kind = "neighbour" if others else "self"
    if all(speaker == "self" for speaker, _ in situation.words):
        kind = "self"
    if kind == "self":
        return _self(who, home, resident, chance)
    gender = chance.choices("fm", [68, 32])[0]
    name = naming.full(
        gender,
        2026 - (resident.age - 27 if kind == "child" else chance.randint(40, 72)),
        resident.name[0] if kind == "child" and resident.gender == "m" else "",
    )
    if kind == "child":
        relation = chance.choices(["女儿", "外甥女", "孙女"] if gender == "f" else ["儿子", "侄子", "孙子"], [84, 9, 7])[0]
        channel = chance.choices(["web", "phone"], [76, 24])[0]
        return Voice(kind, "plain", channel, "family", name, relation, naming.number(), 0.62, by_resident=False)
    if kind == "neighbour":
        channel = chance.choices(["phone", "web", "in_person"], [52, 26, 22])[0]
        return Voice(kind, chance.one(["plain", "old"]), channel, "neighbour", name, "邻居", naming.number(), 0.5, by_resident=False)
    return Voice(
        kind,
        "note",
        chance.choices(["phone", "in_person", "paper"], [76, 16, 8])[0],
        "neighbour",
        name,
        "楼栋长",
        naming.number(),
        0.85,
        by_resident=False,
    )


def _self(who: str, home: Home, resident: Resident, chance: Chance) -> Voice:
    with_child = who in ("kid", "oneparent")
    for_whom = "family" if with_child else "self"
    relation = relation_to_child(home, resident) if with_child else ""
    if resident.age >= OLD_SPEAKER:
        channel = chance.choices(["phone", "in_person", "paper", "web"], [56, 20, 10, 14])[0]
        return Voice("old", "old", channel, for_whom, resident.name if with_child else "", relation, opens=0.42)
    kind = "new" if home.kind == "newcomers" else "self"
    channel = chance.choices(["web", "phone", "in_person", "paper"], [62, 26, 9, 3])[0]
    return Voice(kind, "plain", channel, for_whom, resident.name if with_child else "", relation, opens=0.4)


def relation_to_child(home: Home, resident: Resident) -> str:
    """The father's parents bear the child's family name."""
    if resident.age < 55:
        return "妈妈" if resident.gender == "f" else "爸爸"
    of_father = home.kind == "three_generations" or any(child.name[0] == resident.name[0] for child in home.children)
    if resident.gender == "m":
        return "爷爷" if of_father else "外公"
    return "奶奶" if of_father else "外婆"


OLD_SPEAKER = 64


def _years(age: int) -> str:
    tens, ones = divmod(age, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def names(voice: Voice, home: Home, resident: Resident, chance: Chance) -> dict[str, str]:
    """What the braces stand for, seen from the one who speaks."""
    pronoun = "她" if resident.gender == "f" else "他"
    parent = chance.one(
        ["我妈", "我妈", "我妈妈", "老妈", "我母亲"] if resident.gender == "f" else ["我爸", "我爸", "我爸爸", "老爸", "我父亲"]
    )
    if voice.relation in ("外甥女", "侄子", "孙女", "孙子"):
        wife = resident.gender == "f"
        parent = {"外甥女": "我姨妈" if wife else "我舅舅", "侄子": "我婶婶" if wife else "我叔叔"}.get(
            voice.relation, "我奶奶" if wife else "我爷爷"
        )
    door = home.door.replace(" ", "")
    who = {"child": parent, "neighbour": chance.one(["对门", "隔壁", "楼下", "楼上", "我们楼", "同单元"]) + resident.calling,
           "steward": chance.one([door + resident.calling, f"{door}的{resident.calling}", resident.calling])}.get(voice.kind, "我")  # fmt: skip
    mine = not voice.of_others
    old_self = "老太婆" if resident.gender == "f" else "老头子"
    return {
        "人": who, "她": "我" if mine else pronoun, "家": "我家" if mine else f"{pronoun}家", "称": resident.calling, "姓": resident.name[0],
        "岁数": _years(resident.age), "亲": voice.relation, "城": chance.one(TOWNS), "老家": chance.one(HOMETOWNS), "门": door, "独": f"{old_self}一个" if len(home.members) == 1 else f"{old_self}老太婆两个" if old_self == "老头子" and len(home.old) > 1 else "人老了",
        "问者": voice.asker_name[:1] + chance.one(["女士", "阿姨", "师傅", "老师", "先生"]), "旁": naming_beside(chance),
        "伴": _partner(voice, resident, mine, chance),
    } | _child_names(mine, home, resident, chance)  # fmt: skip


def _partner(voice: Voice, resident: Resident, mine: bool, chance: Chance) -> str:
    if voice.relation in ("女儿", "儿子"):
        return "我爸" if resident.gender == "f" else "我妈"
    if not mine:
        return "她老伴" if resident.gender == "f" else "他老伴"
    return "老伴" if chance.yes(0.6) else "我家老头子" if resident.gender == "f" else "老太婆"


def naming_beside(chance: Chance) -> str:
    return chance.one(["楼上", "楼下", "隔壁", "对门", "楼上那家", "隔壁那户", "楼下那家", "对门人家"])


def _child_names(mine: bool, home: Home, resident: Resident, chance: Chance) -> dict[str, str]:
    child = chance.one(home.children) if home.children else None
    if child is None:
        return {"孩": "孩子", "孩名": "孩子", "岁": "八岁", "年级": "三年级", "孩她": "他"}
    girl = child.gender == "f"
    grand = resident.age >= 55
    outer = relation_to_child(home, resident).startswith("外")
    own = (
        ([f"{'外' if outer else ''}孙女", "我孙女", "小佬"] if girl else ["外孙" if outer else "孙子", "我孙子", "小佬"])
        if grand
        else (["我女儿", "女儿", "我家姑娘", "孩子"] if girl else ["我儿子", "儿子", "孩子", "我家小子"])
    )
    return {
        "孩": chance.one(own if mine else ["他家孩子", "她家孩子", "这家孩子"]), "孩名": child.calling, "孩她": "她" if girl else "他",
        "岁": f"{_years(child.age) if child.age > 9 else DIGITS[child.age] if child.age != 2 else '两'}岁", "年级": grade(child.age, chance),
    }  # fmt: skip


def grade(age: int, chance: Chance) -> str:
    if age < 6:
        return chance.one(["幼儿园小班", "幼儿园"] if age < 4 else ["幼儿园中班", "幼儿园大班"])
    if age < 12:
        return f"{'一二三四五六'[age - 6]}年级"
    return {12: "初一", 13: "初一", 14: "初二", 15: "初三", 16: "高一", 17: "高二"}[age]


def as_written(text: str, voice: Voice, chance: Chance) -> str:
    """Hurried typing: here a full stop is missing, there a letter is the wrong one with the right sound."""
    text = text.replace("。。", "。").replace("，。", "。").replace("，，", "，")
    if voice.channel == "web" and chance.yes(0.10):
        for right, wrong in chance.sample(list(SLIPS.items()), 3):
            if right in text:
                text = text.replace(right, wrong, 1)
                break
    if voice.channel == "web" and chance.yes(0.12):
        text = text.replace("。", chance.one([" ", "，", "。。。", "！"]), 1)
    if voice.channel == "web" and chance.yes(0.10):
        text = text.rstrip("。")
    return text.strip()[:1900]
