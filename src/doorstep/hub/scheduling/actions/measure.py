"""How much one account may sign up for: as much as people do, and not as much as a program does."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from doorstep.hub.people.models import Person

from ..access.refused import HeldEnough, TooManyAnHour
from ..models import Offer, OfferState, Slot, Waiting
from ..queries import rhythm_of

HOUR = timedelta(hours=1)
IN_LINE, ASKED = Waiting.State.IN_LINE, Waiting.State.ASKED


def _taken_by(by: Person) -> QuerySet[Offer]:
    """Places that this account took, for itself, for its home, or by asking fellows along; not what it was asked for by others."""
    return Offer.objects.filter(made_by=by, reasons__0__code__in=("signed_up", "with_fellow"))


def require_measure(by: Person, slot: Slot, now: datetime, *, asked: int = 0) -> None:
    """Raises what is too much, by the district's rhythm. Whoever calls it holds the person, so that many requests at once count each other.

    A home that goes together is one occasion. A fellow who was asked and has not answered is one each: such a place is held for
    somebody who may not know of it. Within the hour whatever was given back counts too, and each line that one stands in.
    """
    rhythm, mine = rhythm_of(slot.place), _taken_by(by)
    waits = Waiting.objects.filter(person=by)
    coming = mine.filter(start__gt=now)
    # One's own place in the line of this very slot becomes the place that is taken now.
    lines = waits.filter(state__in=(IN_LINE, ASKED)).exclude(slot=slot).count()
    held = coming.filter(state=OfferState.ACCEPTED).values("slot").distinct().count() + lines
    unanswered = coming.filter(state=OfferState.SENT, reasons__0__code="with_fellow").count()
    if held + unanswered + 1 + asked > rhythm.signups_held:
        raise HeldEnough(rhythm.signups_held)
    lately = mine.filter(sent_at__gt=now - HOUR).values("slot", "sent_at").distinct().count() + waits.filter(since__gt=now - HOUR).count()
    if lately + 1 > rhythm.signups_an_hour:
        raise TooManyAnHour(rhythm.signups_an_hour)
