"""Forgetting a person from the top down: what was asked, then everything below, in one transaction."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from doorstep.hub.journal.actions import forget_notices, record
from doorstep.hub.people.actions.forgetting import FORGOTTEN
from doorstep.hub.people.models import Person
from doorstep.hub.records.actions.data_request import StillPromised, erase, hold_records, require_nothing_open
from doorstep.hub.records.models import DataRequest

from ..models import Need, NeedState, Verdict


@transaction.atomic
def forget(*, by: Person, request: DataRequest, answer: str, now: datetime | None = None) -> DataRequest:
    """Refused while something is open; then no table says any more who this was."""
    person = request.person
    if person is not None:
        # Needs before slots, as everywhere.
        own = Need.objects.filter(Q(resident=person) | Q(asked_by=person))
        list(own.select_for_update().order_by("pk").values_list("pk"))
        hold_records(person)
        require_nothing_open(person)
        if own.filter(state__in=(NeedState.NEW, NeedState.CHECKED)).exists():
            raise StillPromised
        _forget_needs(by, person)
    return erase(by=by, request=request, answer=answer, now=now)


def _forget_needs(by: Person, person: Person) -> None:
    """Their own matters keep their kind and their days; where they asked for somebody else, only they are left out."""
    titles: dict[str, str] = {}
    for need in Need.objects.filter(Q(resident=person) | Q(asked_by=person)).select_related("category"):
        if need.resident_id == person.pk:
            kind = need.category.name if need.category else ""
            titles |= {need.title: kind} if need.title else {}
            need.own_words, need.title, need.wish, need.closing_words, need.about_name, need.address = FORGOTTEN, kind, "", "", "", ""
            Verdict.objects.filter(need=need).update(words="")
        else:
            need.own_words = need.own_words.replace(person.name, FORGOTTEN)
        need.asker_name, need.relation, need.phone, need.contact_via = "", "", "", FORGOTTEN
        need.version += 1
        need.save()
    forget_notices(titles=titles)
    record(actor_id=by.pk, verb="forget_needs", subject=person)
