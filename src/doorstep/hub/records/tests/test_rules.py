"""Rules, stars and holidays as a district sets them: each version once, from tomorrow on, in the ledger; what was recorded before stays."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.records import book
from doorstep.hub.records.access import NotParent
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.actions.rules import (
    BackDated,
    BadDays,
    BadRules,
    OldYear,
    OtherDistrict,
    VersionTaken,
    adopt_rules,
    adopt_stars,
    enter_year,
)
from doorstep.hub.records.book import digest_of
from doorstep.hub.records.holidays import days_in
from doorstep.hub.records.models import AnnouncedYear, Hours, LogEntry, RulePack
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db
CODE = "999901"


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def pack(**changes: Any) -> bytes:
    found = json.loads(book.DEFAULT_RULES.read_bytes())
    return json.dumps(
        found | {"id": "rules-999901", "district": CODE, "valid_from": tomorrow().isoformat()} | changes, ensure_ascii=False
    ).encode()


def stars(**changes: Any) -> bytes:
    found = json.loads(book.DEFAULT_STARS.read_bytes())
    return json.dumps(found | {"id": "stars-999901", "district": CODE, "valid_from": tomorrow().isoformat()} | changes).encode()


def test_a_pack_is_adopted_with_its_digest_and_never_again(cast: Cast) -> None:
    data = pack(unit_tenths=5)
    adopt_rules(by=cast.lin, district=cast.district, data=data)
    [entry] = [book.read(bytes(row.data)) for row in LogEntry.objects.all()]
    assert (str(entry.kind), entry.rules, entry.document, entry.unit) == (
        "rules.adopted",
        "rules-999901@1",
        digest_of(data),
        str(cast.district.pk),
    )
    with pytest.raises(VersionTaken):
        adopt_rules(by=cast.lin, district=cast.district, data=pack(unit_tenths=1))
    assert bytes(RulePack.objects.get().data) == data


def test_the_new_rules_hold_from_their_day_in_their_district_alone(cast: Cast) -> None:
    adopt_rules(by=cast.lin, district=cast.district, data=pack(unit_tenths=5))
    assert book.rules_on(timezone.localdate(), CODE).name == "default@1"
    assert book.rules_on(tomorrow(), CODE).name == "rules-999901@1"
    assert book.rules_on(tomorrow(), "999902").name == "default@1"


def test_what_was_recorded_before_stays_under_its_rules(cast: Cast) -> None:
    came = timezone.now() - timedelta(days=1)
    before = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(minutes=50))
    adopt_rules(by=cast.lin, district=cast.district, data=pack(unit_tenths=5, rounding="down"))
    approve_hours(by=cast.lin, hours=before)
    after, now = came + timedelta(days=4), timezone.now() + timedelta(days=9)
    later = back_fill(
        by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=after, left=after + timedelta(minutes=50), now=now
    )
    approve_hours(by=cast.lin, hours=later, now=now)
    found = {row.rules: row.tenths for row in Hours.objects.all()}
    assert found == {"default@1": 8, "rules-999901@1": 5}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit_tenths": 3}, "unit_tenths"), ({"rounding": "away"}, "rounding"), ({"alone_minutes_a_day": 900}, "alone_minutes_a_day"),
        ({"kinds": {"扫地": "service"}}, "kinds"), ({"kinds": {}}, "kinds"), ({"utc_offset_minutes": 60}, "utc_offset_minutes"),
        ({"sources": []}, "sources"), ({"warn_on_day": 11}, "warn_on_day"), ({"more": 1}, "more"), ({"format": "x"}, "format"),
    ],
)  # fmt: skip
def test_a_bad_pack_is_refused_with_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRules) as refused:
        adopt_rules(by=cast.lin, district=cast.district, data=pack(**changes))
    assert refused.value.field == field
    assert not RulePack.objects.exists() and not LogEntry.objects.exists()


def test_rules_never_work_backwards_nor_for_others(cast: Cast) -> None:
    with pytest.raises(BackDated):
        adopt_rules(by=cast.lin, district=cast.district, data=pack(valid_from=timezone.localdate().isoformat()))
    with pytest.raises(OtherDistrict):
        adopt_rules(by=cast.lin, district=cast.district, data=pack(district=""))
    for who, where in ((cast.zhou, cast.district), (cast.lin, cast.community)):
        with pytest.raises(NotParent):
            adopt_rules(by=who, district=where, data=pack())
    with pytest.raises(BadRules):
        adopt_rules(by=cast.lin, district=cast.district, data=b"\xff no json")


def test_a_star_scheme_is_read_anew_from_the_facts(cast: Cast) -> None:
    levels = [{"star": 1, "hours": 1, "ratings": 0, "mean_hundredths": 0, "witnessed_percent": 0}]
    adopt_stars(by=cast.lin, district=cast.district, data=stars(levels=levels))
    scheme = book.stars_on(tomorrow(), CODE)
    assert book.star_of(scheme, {"backfilled": 10}, []).star == 1
    assert book.star_of(book.stars_on(timezone.localdate(), CODE), {"backfilled": 10}, []).lacks == {"tenths": 990}
    with pytest.raises(BadRules):
        adopt_stars(by=cast.lin, district=cast.district, data=stars(version=2, levels=[]))


def test_the_district_changes_rules_over_their_fields(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.lin)
    form = client.get("/hours/rules/new/").context["form"]
    typed = {name: form[name].value() for name in form.fields} | {
        "unit_tenths": "5",
        "valid_from": tomorrow().isoformat(),
        "which": "rules",
    }
    bad = client.post("/hours/rules/new/", typed | {"alone": "13"})
    assert bad.status_code == 422 and "一天不用再审的上限" in bad.content.decode()
    assert client.post("/hours/rules/new/", typed).status_code == 302
    assert book.rules_on(tomorrow(), CODE).unit_tenths == 5
    assert "rules-999901@1" in client.get("/hours/rules/").content.decode()


def test_a_year_that_is_announced_ends_the_guess(cast: Cast) -> None:
    year = max(book.known_years()) + 1
    ended = date(year, 1, 4)
    came = timezone.make_aware(datetime(year, 1, 4, 9))
    hours = back_fill(
        by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=1), now=came + timedelta(days=1)
    )  # fmt: skip
    assert hours.due_guessed and book.deadline_of(book.rules_on(ended, ""), ended).missing == year
    free = days_in(f"1月1日 至 1月3日\n{year}-01-08", year)
    enter_year(by=cast.lin, district=cast.district, year=year, free=free, worked=[], source="通知", now=came)
    before = hours.due_on
    hours.refresh_from_db()
    assert not hours.due_guessed and hours.due_on > before and AnnouncedYear.objects.get().year == year


def test_a_year_that_makes_no_sense_is_sent_back(cast: Cast) -> None:
    year = timezone.localdate().year + 1
    saturday = next(date(year, 1, n) for n in range(1, 9) if date(year, 1, n).weekday() == 5)
    said: dict[str, Any] = {
        "by": cast.lin,
        "district": cast.district,
        "year": year,
        "free": [date(year, 1, 1)],
        "worked": [],
        "source": "通知",
    }
    wrong: tuple[dict[str, Any], ...] = (
        {"free": []},
        {"worked": [date(year, 1, 1)]},
        {"free": [date(year + 2, 1, 1)]},
        {"worked": [saturday + timedelta(days=2)]},
    )
    for changes in wrong:
        with pytest.raises(BadDays):
            enter_year(**(said | changes))
    with pytest.raises(OldYear):
        enter_year(**(said | {"year": year - 2}))
    with pytest.raises(NotParent):
        enter_year(**(said | {"by": cast.zhou}))


def test_days_are_read_as_people_type_them() -> None:
    assert days_in("1月1日 至 1月3日\n\n2027-02-06\n5月1号到5月2号", 2027) == [
        date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), date(2027, 2, 6), date(2027, 5, 1), date(2027, 5, 2),
    ]  # fmt: skip
    assert days_in("10月1日-10月2日", 2027) == [date(2027, 10, 1), date(2027, 10, 2)]
    for wrong in ("元旦", "2月30日", "3月5日 至 3月1日", "1月1日 至 12月31日"):
        with pytest.raises(ValueError, match=wrong):
            days_in(wrong, 2027)
