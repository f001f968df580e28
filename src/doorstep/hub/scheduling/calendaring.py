"""A volunteer's calendar: the months as a list on the page, and the same as a feed that tells no more than a page does before a visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from django.utils import timezone
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Person

from .access import before_yes, title_of
from .models import Offer, OfferState, Waiting
from .naming import split_names
from .openings import title_before_yes
from .queries import told_offers_of

LOOKS_BACK, KEEPS_BACK = timedelta(days=28), timedelta(days=60)
ZONE = ZoneInfo("Asia/Shanghai")
#: What stands in the calendar of a phone, and how; all that is over otherwise is crossed out there.
STATUS = {OfferState.ACCEPTED: "CONFIRMED", OfferState.SERVED: "CONFIRMED", OfferState.MISSED: "CONFIRMED", OfferState.SENT: "TENTATIVE"}
STANDS = (OfferState.ACCEPTED, OfferState.SENT, OfferState.SERVED, OfferState.MISSED)


@dataclass(frozen=True)
class Item:
    """One line of the calendar."""

    start: datetime
    minutes: int
    title: str
    place: str
    mark: str
    word: str
    offer: Offer | None = None
    slot_id: Any = None
    today: bool = False

    @property
    def day(self) -> date:
        return timezone.localdate(self.start)


@dataclass(frozen=True)
class Month:
    first: date
    items: list[Item]


def words_of(offer: Offer, now: datetime) -> tuple[str, str]:
    """The mark and the word of an offer in the list."""
    if offer.state == OfferState.ACCEPTED:
        return ("ok", _("您答应了")) if now < offer.end else ("wait", _("等社工确认"))
    if offer.state == OfferState.SENT:
        return "wait", _("等您回话")
    return ("ok", _("去过了")) if offer.state == OfferState.SERVED else ("gap", _("没办成"))


def items_of(person: Person, now: datetime) -> list[Item]:
    """All that was promised, is asked, or is waited for; two queries."""
    offers = [offer for offer in told_offers_of(person, now - LOOKS_BACK) if offer.state in STANDS]
    today = timezone.localdate(now)
    found = []
    for offer in offers:
        if offer.state == OfferState.SENT and (offer.start <= now or (offer.reply_by and offer.reply_by < now)):
            continue
        mark, word = words_of(offer, now)
        found.append(
            Item(
                offer.start, offer.slot.minutes, title_of(offer, now), offer.slot.rough_place, mark, word, offer=offer,
                today=timezone.localdate(offer.start) == today,
            )
        )  # fmt: skip
    rows = Waiting.objects.filter(person=person, state=Waiting.State.IN_LINE, slot__signup_at__gt=now).select_related(
        "slot__contact", "slot__household"
    )
    for row in rows:
        slot = row.slot
        begins = slot.signup_at or now
        found.append(Item(begins, slot.minutes, title_before_yes(slot), slot.rough_place, "wait", _("在排队"), slot_id=slot.pk))
    return sorted(found, key=lambda item: item.start)


def months_of(person: Person, now: datetime) -> list[Month]:
    return [Month(first, list(items)) for first, items in groupby(items_of(person, now), key=lambda item: item.day.replace(day=1))]


def feed_of(person: Person, now: datetime, address: Any) -> bytes:
    """The calendar as phones read it; `address` makes a page's whole address of an offer."""
    found = icalendar.Calendar()
    found.add("prodid", "-//Doorstep//Calendar//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", _("家门口 志愿服务"))
    found.add("x-wr-timezone", str(ZONE))
    found.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for offer in _told(person, now):
        found.add_component(_event(offer, address(offer)))
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _told(person: Person, now: datetime) -> Iterable[Offer]:
    """What the person was told of; what ended before it was ever promised or has long been over is nothing to cross out."""
    return told_offers_of(person, now - KEEPS_BACK)


def _event(offer: Offer, url: str) -> icalendar.Event:
    changed = max(moment for moment in (offer.sent_at, offer.answered_at, offer.closed_at) if moment)
    event = icalendar.Event()
    event.add("uid", f"{offer.pk}@doorstep")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", sum(moment is not None for moment in (offer.answered_at, offer.closed_at)))
    event.add("dtstart", offer.start.astimezone(ZONE))
    event.add("dtend", offer.end.astimezone(ZONE))
    event.add("summary", feed_title(offer))
    event.add("location", offer.slot.rough_place)
    event.add("status", STATUS.get(OfferState(offer.state), "CANCELLED"))
    event.add("description", _("称呼和门牌不写在日历里，请打开“家门口”看。"))
    event.add("url", url)
    return event


def feed_title(offer: Offer) -> str:
    """As it may be read before the yes, whatever was answered: a calendar lies open on many desks."""
    contact = offer.slot.contact
    people = split_names(getattr(offer, "home_names", "")) + ([(contact.name, contact.calling_name)] if contact else [])
    title = before_yes(offer.slot.title, people)
    return _("（等您回话）%(title)s") % {"title": title} if offer.state == OfferState.SENT else title
