"""Writes on persons: roles, skills, clearances, consents, and how they like the pages."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale, check_version
from doorstep.hub.journal.actions import record

from ..models import (
    Clearance,
    Consent,
    ConsentText,
    Credential,
    GuardianConsent,
    Membership,
    Person,
    Place,
    ServiceCategory,
    Skill,
    SpokenLanguage,
    VolunteerProfile,
)
from ..queries import age_in_years

ADULT = 18
CLEARANCE_LASTS = timedelta(days=365)


class BornInTheFuture(Refused):
    field = "birth_date"
    sentence = _("出生日期在今天以后。请再看一看年份。")


class OwnWork(Refused):
    sentence = _("自己的证要由别人来核验。请找另一位社工。")


class AgeIsKept(Refused):
    field = "birth_date"
    sentence = _("未满 18 岁的出生日期，由社工看过证件再改。请联系带您的社工。")


class AlreadyOver(Refused):
    field = "expires_on"
    sentence = _("这张证今天以前就到期了，核验了也不算数。请他换了新证再来。")


class CheckedInTheFuture(Refused):
    field = "checked_on"
    sentence = _("查询的日子在今天以后。请再看一看。")


class NoConsent(Refused):
    sentence = _("还没有本人同意。请先问过本人，再记下来。")


@transaction.atomic
def appoint(
    *, by: Person | None, person: Person, role: str, place: Place, since: date,
    led_by: Person | None = None, brought_in_by: Person | None = None,
) -> Membership:  # fmt: skip
    membership = Membership.objects.create(person=person, role=role, place=place, since=since, led_by=led_by, brought_in_by=brought_in_by)
    record(actor_id=by.pk if by else None, verb="appoint", subject=person, place_id=place.pk, detail={"role": role})
    return membership


@transaction.atomic
def verify_credential(
    *, by: Person, person: Person, skill: Skill, level: int, evidence: str, expires_on: date | None, seen: int | None = None
) -> Credential:
    """Replaces the standing credential of that skill; nobody verifies his own. `seen`: how many the page showed."""
    if by.pk == person.pk:
        raise OwnWork
    day = timezone.localdate()
    if expires_on and expires_on < day:
        raise AlreadyOver
    check_version(Credential.objects.filter(person=person).count(), seen)
    Credential.objects.filter(person=person, skill=skill, revoked_on=None).update(revoked_on=day)
    credential = Credential.objects.create(
        person=person, skill=skill, level=level, evidence=evidence, verified_by=by, verified_on=day, expires_on=expires_on
    )
    record(actor_id=by.pk, verb="verify_credential", subject=person, detail={"skill": skill.code, "level": level})
    return credential


@transaction.atomic
def record_clearance(*, by: Person, person: Person, authority: str, checked_on: date, passed: bool, seen: int | None = None) -> Clearance:
    """Keeps the answer only, and for twelve months at most."""
    if by.pk == person.pk:
        raise OwnWork
    if checked_on > timezone.localdate():
        raise CheckedInTheFuture
    check_version(Clearance.objects.filter(person=person).count(), seen)
    clearance = Clearance.objects.create(
        person=person, authority=authority, checked_on=checked_on, passed=passed,
        expires_on=checked_on + CLEARANCE_LASTS, recorded_by=by,
    )  # fmt: skip
    record(actor_id=by.pk, verb="record_clearance", subject=person)
    return clearance


@transaction.atomic
def give_consent(
    *, person: Person | None, purpose: str, channel: str, given_by_name: str = "", relation: str = "",
    witness: Person | None = None, at: datetime | None = None,
) -> Consent:  # fmt: skip
    """Consent to the newest text of that purpose."""
    text = ConsentText.objects.filter(purpose=purpose).order_by("-version").first()
    if text is None:
        raise NoConsent
    consent = Consent.objects.create(
        person=person, text=text, channel=channel, given_by_name=given_by_name, relation=relation,
        witness=witness, given_at=at or timezone.now(),
    )  # fmt: skip
    by = witness or person
    record(actor_id=by.pk if by else None, verb="give_consent", subject=consent)
    return consent


@transaction.atomic
def withdraw_consent(*, by: Person, consent: Consent) -> None:
    """As easy as giving it; asking twice changes nothing."""
    if Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        record(actor_id=by.pk, verb="withdraw_consent", subject=consent)


@transaction.atomic
def record_guardian_consent(
    *, by: Person, person: Person, guardian_name: str, guardian_phone: str, max_minutes: int,
    tasks: list[ServiceCategory], channel: str,
) -> GuardianConsent:  # fmt: skip
    consent = give_consent(person=person, purpose="minor", channel=channel, given_by_name=guardian_name, relation="监护人", witness=by)
    row, _created = GuardianConsent.objects.update_or_create(
        person=person,
        defaults={"guardian_name": guardian_name, "guardian_phone": guardian_phone, "consent": consent, "max_minutes": max_minutes},
    )
    row.tasks.set(tasks)
    record(actor_id=by.pk, verb="record_guardian_consent", subject=person)
    return row


@transaction.atomic
def change_profile(
    *, by: Person, person: Person, phone: str, birth_date: date | None, travel: str, reach_m: int, max_minutes: int,
    max_visits: int, offers_welcome: bool, motto: str, languages: list[str], categories: list[ServiceCategory], residence: str | None = None,
    seen: int | None = None,
) -> VolunteerProfile:  # fmt: skip
    """The volunteer's own page: what is not verified by others. `seen` is the version that the page was drawn from."""
    if birth_date and birth_date > timezone.localdate():
        raise BornInTheFuture
    profile = VolunteerProfile.objects.select_related("person").get(person=person)
    check_version(profile.version, seen)
    if by.pk == person.pk and _crosses_eighteen(profile.person.birth_date, birth_date):
        raise AgeIsKept
    said = {} if residence is None else {"residence": own_residence(profile.person, residence)}
    Person.objects.filter(pk=person.pk).update(phone=phone, birth_date=birth_date, **said)
    changes = {"travel": travel, "reach_m": reach_m, "offers_welcome": offers_welcome, "motto": motto}
    changes |= {"max_minutes": max_minutes, "max_visits": max_visits, "version": profile.version + 1}
    if not VolunteerProfile.objects.filter(pk=profile.pk, version=profile.version).update(**changes):
        raise Stale
    profile.categories.set(categories)
    SpokenLanguage.objects.filter(person=person).exclude(code__in=languages).delete()
    for code in languages:
        SpokenLanguage.objects.get_or_create(person=person, code=code)
    record(actor_id=by.pk, verb="change_profile", subject=person)
    profile.refresh_from_db()
    return profile


def own_residence(person: Person, words: str) -> str:
    """The area of residence as it is kept. The form shows the community of the home where nothing was said: sent back as it was, it stays
    unsaid, so that it goes on following the home."""
    said = words.strip()
    return "" if person.household is not None and said == person.household.community.name else said


def _crosses_eighteen(before: date | None, after: date | None) -> bool:
    """A minor's protection cannot be typed away, nor may somebody become a minor by a slip of the finger."""
    if before is None or before == after:
        return False
    return after is None or min(age_in_years(before) or 0, age_in_years(after) or 0) < ADULT


@transaction.atomic
def change_view(*, person: Person, language: str | None = None, elder_mode: bool | None = None, theme: str | None = None) -> None:
    """How the person likes the pages; kept so that every device shows them so."""
    wanted = {"language": language, "elder_mode": elder_mode, "theme": theme}
    changes = {field: value for field, value in wanted.items() if value is not None}
    if changes:
        Person.objects.filter(pk=person.pk).update(**changes)
        record(actor_id=person.pk, verb="change_view", subject=person)
