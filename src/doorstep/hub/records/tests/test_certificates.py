"""Certificates come from the record alone, say how the hours are known, and can be checked, corrected and revoked."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from doorstep.hub.people.models import Person, Place
from doorstep.hub.records import printing, proving
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.models import Certificate, Hours
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime:
    """Nine in the morning, so many days ago."""
    return timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def filled(cast: Cast, hours: int = 2, days: int = 3, person: Person | None = None, title: str = "巡楼") -> Hours:
    """Hours on a day gone by, entered by 周敏 and approved by 林涛."""
    came = ago(days)
    row = back_fill(
        by=cast.zhou, person=person or cast.chen, unit=cast.community, title=title, came=came, left=came + timedelta(hours=hours)
    )
    return approve_hours(by=cast.lin, hours=row)


def issued(cast: Cast, by: Person | None = None, unit: Place | None = None) -> Certificate:
    today = timezone.localdate()
    return issue_certificate(
        by=by or cast.zhou, person=cast.chen, unit=unit or cast.community, start=today - timedelta(days=300), end=today
    )


def test_a_certificate_says_the_hours_and_how_they_are_known(cast: Cast) -> None:
    filled(cast), filled(cast, hours=3, days=5)
    close_day(day=timezone.localdate() - timedelta(days=1))
    certificate = issued(cast)
    assert (certificate.tenths, certificate.snapshot["service"]) == (50, {"backfilled": 50})
    found = proving.opened_token(certificate.token, timezone.now())
    assert found.certificate.unit == cast.community.name and found.certificate.whole == 50
    assert found.certificate.name is not None and found.certificate.name.is_name("陈国梁") and "陈国梁" not in certificate.token
    sheet = printing.section(certificate)
    assert (sheet["hours"], sheet["late"]) == ("5.0", "其中 5.0 小时（100%）是事后补录的")
    assert printing.sheets([certificate]).startswith(b"%PDF")
