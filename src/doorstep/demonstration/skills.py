"""What each volunteer can do, on what evidence, until when; and who is cleared to meet children."""

from datetime import date, timedelta
from uuid import UUID

from doorstep.demonstration.chance import Chance
from doorstep.demonstration.rows import ClearanceRow, CredentialRow

#: How many specialists have it, and what they show for it.
PROFESSIONAL = {
    "tutoring": (17, ("教师资格证", "教师资格证（初中数学）", "教师资格证（小学语文）", "师范毕业证和试讲", "教师资格证（英语）")),
    "counselling": (11, ("心理咨询师证", "二级心理咨询师证", "心理治疗师资格", "应用心理硕士和督导证明")),
    "mediation": (11, ("人民调解员证", "调解员培训合格证", "法院特邀调解员聘书")),
    "legal": (8, ("律师执业证", "基层法律服务工作者证", "法律职业资格证书")),
    "nursing": (11, ("护士执业证", "养老护理员证（中级）", "护士执业证（主管护师）", "养老护理员证（高级）")),
    "rehab": (7, ("康复治疗师证", "康复治疗技术资格证", "中医推拿师证")),
    "electrician": (10, ("低压电工证", "电工证（中级）", "水电安装上岗证")),
    "family_intervention": (8, ("婚姻家庭咨询师证", "社会工作师证和家庭介入培训", "家庭教育指导师证")),
    "youth_work": (10, ("青少年社工培训合格证", "助理社会工作师证", "团委青少年事务社工证")),
    "property_law": (6, ("物业管理师证", "物业法规培训合格证", "律师执业证（房产）")),
    "picture_books": (7, ("绘本阅读指导师证", "幼儿教师资格证", "阅读推广人证书")),
    "first_aid": (5, ("红十字救护员证", "急救培训师证")),
    "career": (5, ("职业指导员证", "人力资源管理师证")),
    "nutrition": (4, ("营养师证", "公共营养师证")),
    "debt_advice": (3, ("金融理财师证", "会计师证和债务咨询培训")),
    "sign_language": (3, ("手语翻译员证", "特教教师资格证（听障）")),
    "speech": (4.5, ("言语治疗师证", "特教教师资格证")),
    "psychiatry": (3, ("精神科护士执业证", "精神卫生社工证")),
    "occupational": (3.5, ("作业治疗师证", "康复治疗师证（作业）")),
}  # fmt: skip
COMMON = {
    "company": 22, "errands": 18, "cleaning": 14, "escort": 14, "repair": 10, "cooking": 8, "reading": 8, "digital": 13,
    "haircut": 5, "culture": 10, "meal_delivery": 8, "patrol": 9,
}  # fmt: skip
SEEN = ("社工当面看过", "跟岗两次，社工点头", "带过一次，做得好", "本人说会，社工试过", "邻居推荐，社工见过")
#: Skills that are mostly used where children are.
WITH_CHILDREN = {"tutoring", "youth_work", "picture_books", "speech"}


def professional(chance: Chance) -> dict[str, int]:
    """One professional skill, sometimes two; level 2 as a rule."""
    count = chance.choices([1, 2, 3], [66, 28, 6])[0]
    tail = {skill: share for skill, (share, _) in PROFESSIONAL.items()}
    return {chance.weighted(tail): chance.choices([1, 2, 3], [14, 62, 24])[0] for _ in range(count)}


def common(chance: Chance) -> dict[str, int]:
    count = chance.choices([0, 1, 2, 3], [30, 36, 24, 10])[0]
    return {chance.weighted(COMMON): chance.choices([1, 2, 3], [35, 45, 20])[0] for _ in range(count)}


def credential(chance: Chance, person: UUID, skill: str, level: int, by: UUID, today: date, joined: date) -> tuple[CredentialRow, bool]:
    """The row, and whether it counts today: some have run out, some nobody has verified yet."""
    is_professional = skill in PROFESSIONAL
    evidence = chance.one(PROFESSIONAL[skill][1]) if is_professional else chance.one(SEEN)
    dice = chance.random()
    verified = joined + (today - joined) * chance.uniform(0.0, 0.5)
    if not is_professional:
        # What a social worker has seen with her own eyes does not run out.
        row = CredentialRow(
            chance.id(), person, skill, level, evidence, None if dice < 0.06 else by, None if dice < 0.06 else verified, None
        )
        return row, dice >= 0.06
    if dice < 0.09:
        return CredentialRow(
            chance.id(), person, skill, level, evidence, None, None, today + timedelta(days=chance.randint(200, 900))
        ), False
    if dice < 0.16:
        gone = max(verified + timedelta(days=1), today - timedelta(days=chance.randint(1, 150)))
        return CredentialRow(chance.id(), person, skill, level, evidence, by, verified, gone), gone >= today + timedelta(days=7)
    until = today + timedelta(days=chance.randint(20, 1100)) if chance.yes(0.6) else None
    return CredentialRow(chance.id(), person, skill, level, evidence, by, verified, until), True


def clearance(chance: Chance, person: UUID, by: UUID, today: date, share: float) -> tuple[ClearanceRow | None, bool]:
    """The yearly check of no record: held by some, run out for a few."""
    if not chance.yes(share):
        return None, False
    days = chance.randint(5, 340) if chance.yes(0.9) else chance.randint(366, 500)
    checked = today - timedelta(days=days)
    row = ClearanceRow(chance.id(), person, "钟楼公安分局无犯罪记录查询", checked, True, checked + timedelta(days=365), by)
    return row, days < 350
