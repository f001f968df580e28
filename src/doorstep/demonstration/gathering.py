"""Events of the cast's community that take sign-ups: one with room, one that is full with a line, one that takes a credential; and
one each of what is no plain service: duty with a lunch hour, a course, a meeting, an evening of standing by."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Membership, Person, Place, Role, ServiceCategory, Skill
from doorstep.hub.scheduling.actions.announcing import EventWanted, announce
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import ActivityWanted
from doorstep.hub.scheduling.actions.waiting import join_line
from doorstep.hub.scheduling.models import Activity, Slot

#: What kind each is, else plain service.
KINDS = {
    "雪松公园值班：引路、看护": ActivityWanted(activity=Activity.DUTY, pause_after=180, pause=60),
    "急救入门课": ActivityWanted(activity=Activity.TRAINING, about="心肺复苏、止血包扎，学完当场考一考", host="区红十字会"),
    "志愿者月度例会": ActivityWanted(activity=Activity.MEETING),
    "降温夜在家待命": ActivityWanted(activity=Activity.STANDBY),
}
#: Day of the week, hour, minutes, title, category, where, places, trainees, skill, risk, what to bring, how many come.
EVENTS: tuple[tuple[int, int, int, str, str, str, int, int, str, str, str, int], ...] = (
    (5, 9, 120, "周末图书角：给孩子念故事", "culture", "社区一楼图书角", 12, 3, "", "", "老花镜、水杯", 7),
    (4, 14, 120, "敬老院包馄饨", "culture", "社区食堂", 4, 0, "", "锅里有热水", "围裙", 9),
    (6, 9, 180, "修灯修水日", "elderly", "社区门口大棚", 3, 2, "electrician", "要上人字梯", "工具箱", 0),
    (5, 9, 480, "雪松公园值班：引路、看护", "culture", "雪松公园南门岗亭", 4, 0, "", "", "帽子、水杯", 3),
    (3, 14, 180, "急救入门课", "culture", "社区二楼教室", 20, 0, "", "", "", 6),
    (2, 19, 90, "志愿者月度例会", "culture", "社区二楼会议室", 20, 0, "", "", "", 5),
    (4, 18, 180, "降温夜在家待命", "elderly", "各自家里，叫到再去", 4, 0, "", "", "手机别静音", 2),
)


def gather(*, place: Place, lead: Person, monday: date) -> dict[str, int]:
    """Announced by the social worker, signed up for by volunteers of the community; who comes too late waits in line."""
    told = {"events": 0, "signed up": 0, "in line": 0}
    helping = Membership.objects.on(monday).filter(place=place, role=Role.VOLUNTEER).values("person_id")
    people = list(Person.objects.filter(pk__in=helping, account=None).order_by("name", "pk")[:105])
    for number, (weekday, hour, minutes, title, category, where, places, trainees, skill, risk, bring, come) in enumerate(EVENTS):
        start = timezone.make_aware(datetime.combine(monday + timedelta(days=weekday), time(hour)))
        wanted = EventWanted(
            title=title, category=ServiceCategory.objects.get(code=category), start=start, minutes=minutes, where=where, places=places,
            trainees=trainees, skill=Skill.objects.filter(code=skill).first() if skill else None, bodily_risk=bool(risk), insured=bool(risk),
            risk_note=risk, bring=bring, what=KINDS.get(title, ActivityWanted()),
        )  # fmt: skip
        slot = announce(by=lead, place=place, wanted=wanted)
        told["events"] += 1
        _come(slot, people[number * 15 : number * 15 + 15], come, told)
    return told


def _come(slot: Slot, people: list[Person], number: int, told: dict[str, int]) -> None:
    """So many say that they come; whoever cannot or may not lets it be."""
    left = number
    for person in people:
        if not left:
            return
        for act, name in ((sign_up, "signed up"), (join_line, "in line")):
            try:
                with transaction.atomic():
                    act(by=person, slot=slot)
            except Refused:
                continue
            told[name] += 1
            left -= 1
            break
