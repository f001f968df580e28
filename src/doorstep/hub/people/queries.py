"""Reads on people and places."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from .models import (
    Account,
    Clearance,
    Consent,
    Credential,
    GuardianConsent,
    Installation,
    Membership,
    Person,
    Place,
    Registration,
    ResetCode,
    Role,
    ServiceCategory,
)

LEADING_FIRST = {Role.DISTRICT: 0, Role.SOCIAL_WORKER: 1, Role.SPECIALIST: 2, Role.VOLUNTEER: 3}

#: In which order the demonstration shows its cast: who leads the day first; 2 is a resident.
CAST_TURN = {Role.SOCIAL_WORKER: 0, Role.VOLUNTEER: 1, Role.DISTRICT: 3}


def today() -> date:
    return timezone.localdate()


def this_monday(now: datetime | None = None) -> date:
    day = timezone.localdate(now)
    return day - timedelta(days=day.weekday())


def next_monday(now: datetime | None = None) -> date:
    return this_monday(now) + timedelta(days=7)


def is_demonstration() -> bool:
    return Installation.objects.filter(demonstration=True).exists()


def account_with_person(account_id: int) -> Account | None:
    """An account and who signs in with it, and (`in_demonstration`) whether this is a demonstration, which every page says: one question a page."""
    found = Account.objects.select_related("person__household__community", "person__volunteer").filter(pk=account_id)
    return found.annotate(in_demonstration=Exists(Installation.objects.filter(demonstration=True))).first()


def roles_of(person: Person, day: date | None = None) -> list[Membership]:
    """The person's open memberships, the leading ones first."""
    found = person.memberships.on(day or today()).select_related("place", "led_by", "brought_in_by")
    return sorted(found, key=lambda membership: LEADING_FIRST.get(Role(membership.role), 9))


def skills_in_force(person_id: UUID, day: date | None = None) -> dict[int, int]:
    """Skill id to level, for verified credentials in date only."""
    found = Credential.objects.in_force(day or today()).filter(person_id=person_id)
    return dict(found.values_list("skill_id", "level"))


def cleared_for_minors(person_id: UUID, day: date | None = None) -> bool:
    return Clearance.objects.in_force(day or today()).filter(person_id=person_id).exists()


def guardian_consent_of(person_id: UUID) -> GuardianConsent | None:
    """The standing consent of a minor's guardian; None if there is none or it was withdrawn."""
    return GuardianConsent.objects.filter(person_id=person_id, consent__withdrawn_at=None).prefetch_related("tasks").first()


def social_workers_at(place: Place) -> QuerySet[Person]:
    return Person.objects.filter(
        Q(memberships__until=None) | Q(memberships__until__gte=today()),
        memberships__place=place,
        memberships__role=Role.SOCIAL_WORKER,
    ).distinct()


def find_place(words: str) -> QuerySet[Place]:
    """Units by name, former name, alias or code, those in use first."""
    match = Q(name__icontains=words) | Q(aliases__name__icontains=words) | Q(listings__name__icontains=words) | Q(code=words)
    return Place.objects.filter(match).distinct().order_by("standing", "code")


def plain(words: str) -> str:
    """As typed on any keyboard: full-width letters and figures become plain, spaces at the ends go."""
    return unicodedata.normalize("NFKC", words).strip()


def plain_phone(words: str) -> str:
    """The figures of a phone number, without spaces, dashes and the country's code."""
    figures = "".join(letter for letter in plain(words) if letter not in " -()")
    return figures.removeprefix("+86") if figures.removeprefix("+").isdigit() else ""


def account_called(words: str) -> Account | None:
    """Whose sign-in name this is; else whose phone, if exactly one account has that number."""
    name = plain(words)
    found = {account.username: account for account in Account.objects.filter(username__in={name, name.lower()})}
    if by_name := found.get(name) or found.get(name.lower()):
        return by_name
    phone = plain_phone(name)
    if not phone:
        return None
    # Somebody who only registered has been seen by nobody yet, and must not take a number away from its owner.
    owners = Person.objects.filter(phone=phone, account__isnull=False).exclude(registration__state=Registration.State.WAITING)
    accounts = [person.account for person in owners.select_related("account")[:2]]
    return accounts[0] if len(accounts) == 1 else None


def sign_in_name_taken(name: str) -> bool:
    return Account.objects.filter(username__iexact=name).exists()


def printed_code(code: ResetCode) -> str:
    """The eight figures on the slip: derived, so that the slip can be printed again without storing them."""
    return f"{int(salted_hmac('doorstep.reset-code', str(code.pk), algorithm='sha256').hexdigest(), 16) % 100_000_000:08d}"


def demonstration_cast() -> list[Person]:
    """Who can be entered with one click, with the part that each plays; only asked where that is allowed."""
    found = Person.objects.exclude(account=None).select_related("account", "household__community")
    cast = list(found.prefetch_related("memberships__place").order_by("account_id")[:40])
    named = [person for person in cast if person.account and person.account.username.startswith("demo-")]
    for person in (shown := (named or cast)[:12]):
        held = [role for role in person.memberships.all() if role.until is None]
        person.leads_somewhere = any(role.role in (Role.DISTRICT, Role.SOCIAL_WORKER) for role in held)  # type: ignore[attr-defined]
        person.part = _part(person, held)  # type: ignore[attr-defined]
        person.turn = min((CAST_TURN.get(Role(role.role), 4) for role in held), default=2)  # type: ignore[attr-defined]
    return sorted(shown, key=lambda person: person.turn)  # type: ignore[attr-defined]


def _part(person: Person, held: list[Membership]) -> str:
    """One line that says what somebody is here, the leading role first."""
    if held:
        leading = min(held, key=lambda role: LEADING_FIRST.get(Role(role.role), 9))
        here = person.household.community if person.household else leading.place
        return f"{here.short_name} · {leading.get_role_display()}"
    if person.household:
        return f"{person.household.community.short_name} · {_('居民')}"
    return str(_("家里人，替家人说话"))


def age_in_years(born: date | None, day: date | None = None) -> int | None:
    return Person(birth_date=born).age_on(day or today())


def communities_in_use() -> QuerySet[Place]:
    return Place.objects.communities().current()


def place_by_slug(slug: str) -> Place | None:
    return communities_in_use().filter(slug=slug).first() if slug else None


def sign_in_name_for(person: Person) -> str:
    """A sign-in name to propose: the volunteer's number, else the name, with figures if somebody has it."""
    profile = getattr(person, "volunteer", None)
    wish = profile.number.lower() if profile else "".join(person.name.split())
    taken = set(Account.objects.filter(username__istartswith=wish).values_list("username", flat=True))
    return next(name for number in range(10_000) if (name := f"{wish}{number or ''}") not in taken)


def consents_of(person: Person) -> list[Consent]:
    """What the person agreed to, what stands first."""
    return sorted(
        person.consents.select_related("text", "witness").order_by("-given_at")[:60], key=lambda consent: consent.withdrawn_at is not None
    )


def registration_of(person: Person) -> Registration | None:
    return Registration.objects.select_related("place").filter(person=person).first()


def leading_of(person: Person) -> Person | None:
    """The social worker who leads the volunteer today."""
    held = person.memberships.on(today()).exclude(led_by=None).select_related("led_by").first()
    return held.led_by if held else None


def kept_about(person: Person) -> dict[str, int]:
    """How many rows of each kind are kept about the person, for plain sentences."""
    return {
        "skills": person.credentials.filter(revoked_on=None).count(),
        "clearances": person.clearances.count(),
        "consents": person.consents.count(),
    }


def natural(words: str) -> list[tuple[int, str]]:
    """Sorts 2 幢 before 10 幢 and 201 before 1101: figures by what they are worth."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", words)]


def buildings_of(community: Place) -> QuerySet[Place]:
    """The buildings of a community, under its grids or straight below it."""
    inside = Q(parent=community) | Q(parent__parent=community)
    return Place.objects.current().filter(inside, kind=Place.Kind.BUILDING).order_by("name")


def guardian_agreed(person_id: UUID) -> dict[str, object] | None:
    """What a guardian agreed to, for reading: name, minutes and kinds of task, in one question."""
    standing = GuardianConsent.objects.filter(person_id=person_id, consent__withdrawn_at=None)
    rows = list(standing.values_list("guardian_name", "max_minutes", "tasks__name", "tasks__name_en").order_by("tasks__order"))
    if not rows:
        return None
    tasks = [ServiceCategory(name=name, name_en=name_en) for _who, _minutes, name, name_en in rows if name]
    return {"guardian_name": rows[0][0], "max_minutes": rows[0][1], "tasks": tasks}


def grids_of(community: Place) -> QuerySet[Place]:
    return Place.objects.current().filter(parent=community, kind=Place.Kind.GRID).order_by("name")
