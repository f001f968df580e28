"""After a visit the home says how well it was done."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Person

from ..access import NotDoneYet, ToldAlready, require_voice
from ..models import Need, NeedState, Verdict
from ..queries import newest_slot


@transaction.atomic
def judge(*, by: Person, need: Need, mark: str, words: str = "", channel: str, now: datetime | None = None) -> Verdict:
    """One word a need, with a few of one's own if one likes; the social worker who answers for it hears of it."""
    require_voice(by, need)
    if Need.objects.select_for_update().get(pk=need.pk).state != NeedState.DONE:
        raise NotDoneYet
    try:
        with transaction.atomic():
            said = Verdict.objects.create(need=need, mark=mark, words=words, said_by=by, channel=channel, at=now or timezone.now())
    except IntegrityError:
        raise ToldAlready from None
    slot = newest_slot(need)
    if slot and slot.lead_id != by.pk:
        tell(person_id=slot.lead_id, kind="home_judged", subject=need, numbers={"title": need.title, "mark": mark})
    record(actor_id=by.pk, verb="judge", subject=need, place_id=need.community_id, detail={"mark": mark, "channel": channel})
    return said
