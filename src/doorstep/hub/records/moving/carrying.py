"""Everything that is kept about one person, gathered from the tables themselves, so that nobody can forget a new one."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
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
    "records.StarAward": "person", "records.Certificate": "person", "records.BatchMember": "person", "records.DataRequest": "person",
    "needs.Need": "resident",
}  # fmt: skip
#: A second key by which a row is about somebody.
ALSO = {"needs.Need": "asked_by"}
#: Keys that name somebody whose row this is not: what was said of others, what a home wished, or a secret.
NOT_TOLD = {
    "scheduling.Exclusion.person", "scheduling.Refusal.person", "scheduling.Slot.contact", "scheduling.Slot.lead", "scheduling.Slot.caller", "records.Salt.person",
    "records.Anomaly.person", "records.Anomaly.other", "records.Hours.parent", "people.Consent.witness", "people.Account.person",
}  # fmt: skip
JOURNAL, NOTICES = "journal.Entry", "journal.Notice"
#: Every table of a copy, in its order.
LABELS = ("people.Person", *ABOUT, NOTICES, JOURNAL)
MOST_ROWS = 5000
#: What nobody reads in a copy, or what would open what is closed.
LEFT_OUT = {"password", "guardian_phone", "name_salt", "salt", "digest", "index", "version", "seen", "key"}


def is_told(model: type[models.Model], key: str) -> bool:
    """Whether a key to a person is one that the copy follows, one of an office that was held, or one that is held back with a reason."""
    label = model._meta.label
    return key in (ABOUT.get(label), ALSO.get(label)) or f"{label}.{key}" in NOT_TOLD or key.endswith("_by") or key == "by"


def kept_about(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Table name to its rows, each column by its name; other people are left out."""
    return {label: found for label in LABELS if (found := rows_about(person, label))}


def rows_about(person: Person, label: str, most: int = MOST_ROWS) -> list[dict[str, Any]]:
    """The rows of one table, the newest last."""
    if label == JOURNAL:
        lines = Entry.objects.filter(actor_id=person.pk).order_by("pk")[:most]
        return [{"at": _plain(line.at), "did": line.verb, "with": line.subject_type} for line in lines]
    if label == NOTICES:
        return [
            {"at": _plain(row.created_at), "kind": row.kind, "numbers": row.numbers} for row in Notice.objects.to_person(person.pk)[:most]
        ]
    model = apps.get_model(label)
    known = [field.name for field in model._meta.concrete_fields if _is_followed(field)]
    return [_row(row) for row in _about(person, label).select_related(*known).order_by("pk")[:most]]


def counts_about(person: Person) -> dict[str, int]:
    """How many rows each table has about a person, asked of all tables at once."""
    told = [_about(person, label) for label in LABELS if label not in (JOURNAL, NOTICES)]
    told += [Entry.objects.filter(actor_id=person.pk), Notice.objects.to_person(person.pk)]
    named = [rows.order_by().annotate(told=models.Value(rows.model._meta.label)).values("told") for rows in told]
    found = Counter(row["told"] for row in named[0].union(*named[1:], all=True))
    return {label: found[label] for label in LABELS if found[label]}


def _about(person: Person, label: str) -> models.QuerySet[Any]:
    model = apps.get_model(label)
    if model is Person:
        return Person.objects.filter(pk=person.pk)
    asked = models.Q(**{ABOUT[label]: person})
    if label in ALSO:
        asked |= models.Q(**{ALSO[label]: person})
    found: models.QuerySet[Any] = model._default_manager.filter(asked)
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
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, data in files_about(person).items():
            parts.writestr(name, data)
    return out.getvalue()


def files_about(person: Person) -> dict[str, bytes]:
    """What a copy holds."""
    found = kept_about(person)
    told = json.dumps({"format": "doorstep-person/1", "tables": found}, ensure_ascii=False, indent=1)
    return {"读我 README.txt": "\r\n".join(_words(person, found)).encode(), "data.json": told.encode()}


def _words(person: Person, found: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield _("这是家门口记着的关于%(name)s的全部，%(day)s取出。") % {"name": person.name, "day": timezone.localdate().isoformat()}
    yield _("data.json 里一张表一段，别的程序读得了。别人的姓名、电话不在里面；谁说过不要谁去，也不在里面。")
    yield ""
    for table, rows in found.items():
        yield f"{table}: {len(rows)}"
