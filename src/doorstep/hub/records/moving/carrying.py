"""Everything that is kept about one person, gathered from the tables themselves, so that nobody can forget a new one."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Person

#: Keys to a person that say whom a row is about. Tables above this app are named, not imported.
ABOUT = {
    "people.Membership": "person", "people.Consent": "person", "people.Credential": "person", "people.Clearance": "person",
    "people.VolunteerProfile": "person", "people.SpokenLanguage": "person", "people.GuardianConsent": "person", "people.Registration": "person",
    "scheduling.Availability": "person", "scheduling.AvailabilityException": "person", "scheduling.Offer": "person", "scheduling.Waiting": "person",
    "scheduling.Appeal": "person", "scheduling.Exchange": "fellow", "scheduling.Party": "by", "scheduling.CalendarKey": "person",
    "records.Hours": "person", "records.Award": "person", "records.Evaluation": "person", "records.Transfer": "person",
    "records.Certificate": "person", "records.BatchMember": "person", "records.DataRequest": "person",
    "needs.Need": "resident",
}  # fmt: skip
#: A second key by which a row is about somebody.
ALSO = {"needs.Need": "asked_by"}
#: Keys that name somebody whose row this is not: what was said of others, what a home wished, or a secret.
NOT_TOLD = {
    "scheduling.Exclusion.person", "scheduling.Refusal.person", "scheduling.Slot.contact", "scheduling.Slot.lead", "records.Salt.person",
    "records.Anomaly.person", "records.Anomaly.other", "records.Hours.parent", "people.Consent.witness", "people.Account.person",
}  # fmt: skip
#: What nobody reads in a copy, or what would open what is closed.
LEFT_OUT = {"password", "guardian_phone", "name_salt", "salt", "digest", "index", "version", "seen", "key"}


def is_told(model: type[models.Model], key: str) -> bool:
    """Whether a key to a person is one that the copy follows, one of an office that was held, or one that is held back with a reason."""
    label = model._meta.label
    return key in (ABOUT.get(label), ALSO.get(label)) or f"{label}.{key}" in NOT_TOLD or key.endswith("_by") or key == "by"


@lru_cache(maxsize=1)
def tables() -> list[tuple[type[models.Model], list[str]]]:
    """Each table with the keys by which its rows are about somebody."""
    return [(apps.get_model(label), [key, *([ALSO[label]] if label in ALSO else [])]) for label, key in ABOUT.items()]


def kept_about(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Table name to its rows, each column by its name; other people are left out."""
    found = {Person._meta.label: [_row(person)]}
    for model, keys in tables():
        asked = models.Q()
        for key in keys:
            asked |= models.Q(**{key: person})
        known = [field.name for field in model._meta.concrete_fields if _is_followed(field)]
        rows = [_row(row) for row in model._default_manager.filter(asked).select_related(*known).order_by("pk")[:5000]]
        if rows:
            found[model._meta.label] = rows
    found["journal.Notice"] = [
        {"at": _plain(row.created_at), "kind": row.kind, "numbers": row.numbers} for row in Notice.objects.to_person(person.pk)[:5000]
    ]
    lines = Entry.objects.filter(actor_id=person.pk).order_by("pk")[:5000]
    found["journal.Entry"] = [{"at": _plain(line.at), "did": line.verb, "with": line.subject_type} for line in lines]
    return found


def _is_followed(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.ForeignKey) and field.related_model is not Person


def _row(row: models.Model) -> dict[str, Any]:
    return dict(_columns(row))


def _columns(row: models.Model) -> Iterator[tuple[str, Any]]:
    for field in row._meta.concrete_fields:
        if field.name in LEFT_OUT or isinstance(field, models.BinaryField) or field.related_model is Person:
            continue
        value = getattr(row, field.name)
        if value in (None, "", [], {}):
            continue
        shown = getattr(row, f"get_{field.name}_display", None)
        yield field.name, str(shown()) if shown else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict) else str(value)


def copy_of(person: Person) -> bytes:
    """One ZIP: a page of words, and everything as JSON that other programs read."""
    found = kept_about(person)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("读我 README.txt", "\r\n".join(_words(person, found)))
        parts.writestr("data.json", json.dumps({"format": "doorstep-person/1", "tables": found}, ensure_ascii=False, indent=1))
    return out.getvalue()


def _words(person: Person, found: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield _("这是家门口记着的关于%(name)s的全部，%(day)s取出。") % {"name": person.name, "day": timezone.localdate().isoformat()}
    yield _("data.json 里一张表一段，别的程序读得了。别人的姓名、电话不在里面；谁说过不要谁去，也不在里面。")
    yield ""
    for table, rows in found.items():
        yield f"{table}: {len(rows)}"
