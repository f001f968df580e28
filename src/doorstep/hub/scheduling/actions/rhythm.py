"""Setting a district's weekly rhythm."""

from dataclasses import asdict, dataclass, fields

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person, Place

from ..models import Rhythm


class PlanBeforeCutoff(Refused):
    sentence = _("排班要在截止以后。请把排班的时间改晚一点，或把截止改早一点。")


@dataclass(frozen=True)
class Wanted:
    """Days count back from the Monday that is planned; minutes count from midnight."""

    cutoff_days_before: int
    cutoff_minute: int
    plan_days_before: int
    plan_minute: int
    reply_hours: int
    least_notice_hours: int
    reply_promise_hours: int
    close_minute: int
    seconds_allowed: int
    even_percent: float = 1.0
    waiting_hours: int = 12
    ask_three: bool = False
    evening_minute: int = 18 * 60
    morning_minute: int = 7 * 60
    signups_held: int = 30
    signups_an_hour: int = 20


class RhythmChanged(Stale):
    sentence = _("您打开这一页以后，别人改过节奏。您填的还在下面，上面的图是现在的节奏。看一看，再存一次。")


def stands(rhythm: Rhythm) -> str:
    """All that is set, in one line: a page drawn from another one is stale."""
    return "-".join(str(getattr(rhythm, field.name)) for field in fields(Wanted))


@transaction.atomic
def set_rhythm(*, by: Person, place: Place, wanted: Wanted, seen: str | None = None) -> Rhythm:
    """Takes effect at once for what is still to come; reply times that were told to people stay as told."""
    now_set = Rhythm.objects.select_for_update().filter(place=place).first() or Rhythm(place=place)
    if seen is not None and seen != stands(now_set):
        raise RhythmChanged
    cutoff = -wanted.cutoff_days_before * 1440 + wanted.cutoff_minute
    if -wanted.plan_days_before * 1440 + wanted.plan_minute < cutoff:
        raise PlanBeforeCutoff
    rhythm, _created = Rhythm.objects.update_or_create(place=place, defaults=asdict(wanted))
    record(actor_id=by.pk, verb="set_rhythm", subject=rhythm, place_id=place.pk, detail=asdict(wanted))
    return rhythm
