"""Writes on those who said "I want to help": they register, and a social worker answers."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell

from ..models import Membership, Person, Place, Registration, Role, VolunteerProfile
from .account import create_account
from .person import appoint

#: A volunteer number is a letter and six figures, given in order.
NUMBERED = "V"


class AlreadyAnswered(Refused):
    sentence = _("这位已经有人联系过了。请回到志愿者名单看一看。")


@transaction.atomic
def register(
    *, name: str, community: Place, phone: str, birth_date: date, words: str, username: str, password: str, residence: str = ""
) -> Registration:
    """An account and a person without any role; what they may do waits for a social worker."""
    person = Person.objects.create(
        name=name,
        phone=phone,
        birth_date=birth_date,
        residence=residence.strip(),
        account=create_account(username=username, password=password),
    )
    row = Registration.objects.create(person=person, place=community, words=words)
    record(actor_id=person.pk, verb="register", subject=person, place_id=community.pk)
    return row


def next_number() -> str:
    """The next volunteer number that is free."""
    last = VolunteerProfile.objects.filter(number__startswith=NUMBERED).order_by("-number").values_list("number", flat=True).first()
    figures = (last or "")[len(NUMBERED) :]
    return f"{NUMBERED}{int(figures) + 1 if figures.isdigit() else 1:06d}"


def _answer(by: Person, registration: Registration, state: str) -> None:
    """Raises AlreadyAnswered if somebody else was quicker."""
    waiting = Registration.objects.filter(pk=registration.pk, state=Registration.State.WAITING)
    if not waiting.update(state=state, answered_by=by, answered_at=timezone.now()):
        raise AlreadyAnswered


@transaction.atomic
def welcome(*, by: Person, registration: Registration) -> Membership:
    """The social worker has talked to the person, who is a support volunteer from today, led by that social worker."""
    _answer(by, registration, Registration.State.WELCOMED)
    return begin_volunteering(by=by, person=registration.person, place=registration.place)


@transaction.atomic
def close_registration(*, by: Person, registration: Registration) -> None:
    """It came to nothing; the account stays, as that of any resident."""
    _answer(by, registration, Registration.State.CLOSED)
    record(actor_id=by.pk, verb="close_registration", subject=registration.person, place_id=registration.place_id)


@transaction.atomic
def begin_volunteering(*, by: Person, person: Person, place: Place, brought_in_by: Person | None = None) -> Membership:
    membership = appoint(
        by=by, person=person, role=Role.VOLUNTEER, place=place, since=timezone.localdate(), led_by=by, brought_in_by=brought_in_by
    )
    home: Any = person.household or place
    VolunteerProfile.objects.get_or_create(
        person=person, defaults={"number": next_number(), "lat": home.lat or place.lat or 0, "lon": home.lon or place.lon or 0}
    )
    tell(person_id=person.pk, kind="welcomed", subject=person)
    return membership
