"""Bulk loading of places and people: one transaction and one journal line a batch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from doorstep.hub.journal.actions import record, write_rows

from ..models import (
    Account,
    Circumstance,
    Clearance,
    Consent,
    ConsentText,
    Credential,
    GuardianConsent,
    Household,
    Installation,
    Membership,
    Person,
    Place,
    PlaceAlias,
    PlaceList,
    PlaceListing,
    ServiceCategory,
    Skill,
    SpokenLanguage,
    VolunteerProfile,
)

#: Table name to its rows: named tuples whose names are the columns; categories, skills, texts and accounts by their words.
Batch = Mapping[str, Sequence[Any]]


@transaction.atomic
def load_places(*, batch: Batch, sources: Mapping[int, str]) -> int:
    """The place tree with the lists in which its units stand; `sources` says where each year's list comes from."""
    lists = {year: PlaceList.objects.get_or_create(year=year, defaults={"source": source})[0].pk for year, source in sources.items()}
    written = write_rows(model=Place, rows=batch["places"])
    written += write_rows(model=PlaceListing, rows=batch["listings"], codes={"place_list_id": lists})
    written += write_rows(model=PlaceAlias, rows=batch["aliases"])
    district = Place.objects.get(pk=batch["places"][0].id)
    record(actor_id=None, verb="load_places", subject=district, place_id=district.pk, detail={"rows": written})
    return written


@transaction.atomic
def load_people(*, batch: Batch, name: str) -> int:
    """Homes, persons, roles, profiles and papers, whole or not at all."""
    skills = dict(Skill.objects.values_list("code", "pk"))
    codes = {"account_id": _accounts(row.account_id for row in batch["persons"] if row.account_id)}
    written = write_rows(model=Household, rows=batch["households"])
    written += write_rows(model=Person, rows=batch["persons"], codes=codes)
    written += write_rows(model=Circumstance, rows=batch["circumstances"])
    written += write_rows(model=Membership, rows=batch["memberships"])
    written += write_rows(model=VolunteerProfile, rows=batch["profiles"])
    written += write_rows(model=VolunteerProfile.categories.through, rows=batch["liked"], codes={"servicecategory_id": _categories()})
    written += write_rows(model=SpokenLanguage, rows=batch["languages"])
    written += write_rows(model=Credential, rows=batch["credentials"], codes={"skill_id": skills})
    written += write_rows(model=Clearance, rows=batch["clearances"])
    written += lay_consents(rows=batch.get("consents", ()))
    written += _guardians(batch.get("guardians", ()))
    record(actor_id=None, verb="load_people", subject=Installation.objects.get(), detail={"batch": name, "rows": written})
    return written


def lay_consents(*, rows: Sequence[Any]) -> int:
    """Consents to the newest text of each purpose; in the caller's transaction, which leaves the journal line."""
    texts = dict(ConsentText.objects.order_by("version").values_list("purpose", "pk"))
    return write_rows(model=Consent, rows=rows, codes={"text_id": texts})


def _categories() -> dict[str, int]:
    return dict(ServiceCategory.objects.values_list("code", "pk"))


def _accounts(names: Iterable[str]) -> dict[str, int]:
    """Accounts that nobody can sign in to with a password: a demonstration lets them in by one click."""
    made = Account.objects.bulk_create([Account(username=name, password=make_password(None)) for name in names])
    return {account.username: account.pk for account in made}


def _guardians(rows: Sequence[Any]) -> int:
    categories = _categories()
    made = GuardianConsent.objects.bulk_create(
        GuardianConsent(
            person_id=row.person_id, guardian_name=row.guardian_name, guardian_phone=row.guardian_phone,
            consent_id=row.consent_id, max_minutes=row.max_minutes,
        )
        for row in rows
    )  # fmt: skip
    through = GuardianConsent.tasks.through
    through.objects.bulk_create(
        through(guardianconsent_id=one.pk, servicecategory_id=categories[task])
        for one, row in zip(made, rows, strict=True)
        for task in row.tasks
    )
    return len(made)
