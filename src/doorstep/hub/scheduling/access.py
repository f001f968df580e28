"""Who may see and staff a slot, who may be asked for a seat, and what an offer reveals when."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.access import is_district_officer, led_places
from doorstep.hub.people.models import Person
from doorstep.hub.people.queries import cleared_for_minors, guardian_consent_of, skills_in_force

from .models import Exclusion, Offer, OfferState, Plan, Seat, Slot, SlotState


class SeatTaken(Refused):
    sentence = _("这个位子已经有人了。谢谢您，还有别的事等着您。")


class AlreadyAnswered(Refused):
    sentence = _("这份邀请已经回过话，或者已经收回了。请看“本周”里最新的安排。")


class ReplyTooLate(Refused):
    sentence = _("回话的时间过了，位子已经另找人。下次照样想着您。")


class SlotClosed(Refused):
    sentence = _("这件事已经办完或取消了，不用再安排人。")


class NotSkilled(Refused):
    sentence = _("这个位子要的专长，他还没有核验过的证，或者证已过期。先核验再安排。")


class NotCleared(Refused):
    sentence = _("现场有孩子。他还没有一年内的无犯罪记录查询，先办好再安排。")


class NotWished(Refused):
    sentence = _("家里或本人说过不合适，请另找一位。")


class SeatAsksForOther(Refused):
    sentence = _("这个位子要的身份、性别或语言和他不合，请另找一位。")


class TimeClash(Refused):
    sentence = _("那个时候他另有一件事，路上来不及。请换个时间或换一位。")


class GuardianSaysNo(Refused):
    sentence = _("他未满 18 岁，这件事不在监护人同意的范围里。请另找一位。")


class NotInsured(Refused):
    sentence = _("这件事可能磕着碰着，要先办好意外险，才能发出邀请。")


class OutsideWindow(Refused):
    sentence = _("这个时间不在约好的时段里。请改成时段里的时间。")


class TooLateToAsk(Refused):
    sentence = _("离开始太近了，来不及问。请打电话，或和家里另约时间。")


def slots_visible_to(person: Person | None) -> QuerySet[Slot]:
    """A social worker sees the slots of the own community; the one who waits for help sees her own."""
    if person is None:
        return Slot.objects.none()
    mine = Slot.objects.filter(place_id__in=led_places(person))
    return mine | Slot.objects.filter(contact=person)


def get_slot_for(person: Person | None, slot_id: UUID) -> Slot:
    found = slots_visible_to(person).select_related("place", "household__building", "contact", "lead", "category").filter(id=slot_id)
    slot = found.first()
    if slot is None:
        raise Http404
    return slot


def get_led_slot_for(person: Person | None, slot_id: UUID) -> Slot:
    """The slot, for a social worker of its community only."""
    slot = get_slot_for(person, slot_id)
    if slot.place_id not in led_places(person):
        raise Http404
    return slot


#: States in which a person has been told of the offer.
TOLD = (
    OfferState.SENT, OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED, OfferState.CANNOT_COME,
    OfferState.SERVED, OfferState.MISSED, OfferState.WITHDRAWN,
)  # fmt: skip


def offers_visible_to(person: Person | None) -> QuerySet[Offer]:
    """A volunteer sees what he was asked, never a proposal; a social worker all offers of the own community."""
    if person is None:
        return Offer.objects.none()
    asked = Offer.objects.filter(person=person, sent_at__isnull=False, state__in=TOLD)
    return asked | Offer.objects.filter(slot__place_id__in=led_places(person))


def get_own_offer(person: Person | None, offer_id: UUID) -> Offer:
    found = Offer.objects.filter(person=person, sent_at__isnull=False, state__in=TOLD, id=offer_id) if person else Offer.objects.none()
    offer = found.select_related("slot__lead", "slot__household__building", "slot__contact", "slot__category", "slot__place", "seat__skill").first()
    if offer is None:
        raise Http404
    return offer


def get_led_offer_for(person: Person | None, offer_id: UUID) -> Offer:
    found = Offer.objects.filter(id=offer_id, slot__place_id__in=led_places(person))
    offer = found.select_related("slot__lead", "slot__place", "person", "seat__skill").first()
    if offer is None:
        raise Http404
    return offer


def plans_visible_to(person: Person | None) -> QuerySet[Plan]:
    """Social workers and district officers see the plan's figures; the offers in it only where they lead."""
    return Plan.objects.all() if is_district_officer(person) or led_places(person) else Plan.objects.none()


def get_plan_for(person: Person | None, plan_id: UUID) -> Plan:
    plan = plans_visible_to(person).select_related("place").filter(id=plan_id).first()
    if plan is None:
        raise Http404
    return plan


class Revealed(NamedTuple):
    """What the asked person may know at this moment."""

    door: str
    name: str
    phone: str


def revealed(offer: Offer, now: datetime | None = None) -> Revealed | None:
    """Name, door and phone: only between yes and the end of the visit's day, never before and never after."""
    if offer.state != OfferState.ACCEPTED or offer.slot.household is None:
        return None
    over = (offer.start + timedelta(minutes=offer.slot.minutes)).astimezone(timezone.get_current_timezone())
    if (now or timezone.now()) > over.replace(hour=23, minute=59):
        return None
    contact = offer.slot.contact
    return Revealed(str(offer.slot.household), contact.called if contact else "", contact.phone if contact else "")


def check_seat(seat: Seat, person: Person, start: datetime) -> None:
    """Raises the first refusal that keeps this person from this seat; distance and free time are the person's own to say."""
    slot = seat.slot
    day = timezone.localdate(start)
    if seat.skill_id and skills_in_force(person.pk, day).get(seat.skill_id, 0) < seat.level:
        raise NotSkilled
    roles = set(person.memberships.on(day).values_list("role", flat=True))
    if not roles or (seat.role and seat.role not in roles) or (seat.gender and seat.gender != person.gender):
        raise SeatAsksForOther
    if seat.language and not person.languages.filter(code=seat.language).exists():
        raise SeatAsksForOther
    if slot.minor and not cleared_for_minors(person.pk, day):
        raise NotCleared
    ruled_out = Exclusion.objects.filter(person=person, household_id=slot.household_id).exists() if slot.household_id else False
    if ruled_out or slot.refusals.filter(person=person).exists():
        raise NotWished
    check_guardian(slot, person, start)


def check_guardian(slot: Slot, person: Person, start: datetime) -> None:
    """A person under 18 goes only where the guardian agreed: the task, the minutes a week, the hour, no bodily risk."""
    age = person.age_on(timezone.localdate(start))
    if age is None or age >= 18:
        return
    consent = guardian_consent_of(person.pk)
    if consent is None or slot.bodily_risk or slot.category_id not in {task.pk for task in consent.tasks.all()}:
        raise GuardianSaysNo
    local = timezone.localtime(start)
    booked = Offer.objects.active().in_week(slot.week).filter(person=person).exclude(slot=slot)
    minutes = sum(booked.values_list("slot__minutes", flat=True)) + slot.minutes
    if local.hour * 60 + local.minute + slot.minutes > consent.latest_end_minute or minutes > consent.max_minutes:
        raise GuardianSaysNo


def check_window(slot: Slot, start: datetime) -> None:
    if slot.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    if not any(window.earliest <= start <= window.latest for window in slot.windows.all()):
        raise OutsideWindow
