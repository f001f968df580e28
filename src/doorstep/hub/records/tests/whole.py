"""A record with one of everything that stands in the ledger, honestly made: what an insider may then write into."""

import json
from datetime import datetime, timedelta

from django.utils import timezone

from doorstep.hub.records import book
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import issue_certificate, revoke_certificate
from doorstep.hub.records.actions.correcting import decide_correction, propose_correction
from doorstep.hub.records.actions.hours import approve_hours, back_fill, dispute_hours, verify_hours
from doorstep.hub.records.actions.moving import decide_transfers, enter_transfers
from doorstep.hub.records.actions.record import grant_award, rate, record_training
from doorstep.hub.records.actions.rules import adopt_rules, adopt_stars
from doorstep.hub.records.auditing import audit
from doorstep.hub.records.models import Award, Hours
from doorstep.hub.records.moving.arriving import Earlier
from doorstep.hub.testing import Cast

HOUR = timedelta(hours=1)


def morning(days: int) -> datetime:
    return timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)


def filled(cast: Cast, days: int, away: int = 0) -> Hours:
    came = morning(days)
    hours = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + 2 * HOUR, away=away)
    return approve_hours(by=cast.lin, hours=hours)


def whole_record(cast: Cast) -> None:
    """Hours that nobody spoke of, with and without a break, verified, disputed and corrected ones, a training, an award, an evaluation, a transfer, two certificates of
    which one was revoked, adopted rules and stars, and two heads."""
    filled(cast, 9), filled(cast, 10, away=30), verify_hours(by=cast.chen, hours=filled(cast, 8))
    disputed = dispute_hours(by=cast.chen, hours=filled(cast, 7), words="少了一小时")
    other = dispute_hours(by=cast.chen, hours=filled(cast, 6), words="多了")
    correction = propose_correction(by=cast.zhou, hours=other, came=other.came, left=other.left + HOUR, away=20, why="签到表上是三小时")
    decide_correction(by=cast.lin, correction=correction, approved=True)
    correction = propose_correction(by=cast.lin, hours=disputed, came=disputed.came, left=disputed.came + HOUR, why="只来了一小时")
    decide_correction(by=cast.zhou, correction=correction, approved=False, words="不对")
    came = morning(5)
    [training] = record_training(
        by=cast.zhou, unit=cast.community, people=[cast.chen], name="急救", content="包扎", host="红十字会", came=came, left=came + HOUR
    )
    approve_hours(by=cast.lin, hours=training.hours)
    day = timezone.localdate()
    grant_award(
        by=cast.zhou, person=cast.chen, unit=cast.community, name="优秀志愿者", granted_by="区", source=Award.Source.COUNTY, granted_on=day, proof="证书 12 号"
    )  # fmt: skip
    rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=5, words="准时", hours=disputed)
    earlier = Earlier(
        person=cast.chen, source="别处", start=day - timedelta(days=400), end=day - timedelta(days=399), tenths=30, paper="证明"
    )
    decide_transfers(by=cast.lin, batch=enter_transfers(by=cast.zhou, unit=cast.community, rows=[earlier]), taken=True)
    close_day(day=day - timedelta(days=1))
    for _ in range(2):
        found = issue_certificate(by=cast.chen, person=cast.chen, unit=cast.community, start=day - timedelta(days=30), end=day)
    revoke_certificate(by=cast.lin, certificate=found, reason="hours_wrong", words="记重了")
    tomorrow = (day + timedelta(days=1)).isoformat()
    for name, data, adopt in (("rules", book.DEFAULT_RULES, adopt_rules), ("stars", book.DEFAULT_STARS, adopt_stars)):
        said = json.loads(data.read_bytes())
        said |= {"id": f"{name}-999901", "district": "999901", "valid_from": tomorrow}
        adopt(by=cast.lin, district=cast.district, data=json.dumps(said, ensure_ascii=False).encode())
    close_day(day=day)


def honest_record(cast: Cast) -> Cast:
    """The same, and a look over everything that finds nothing."""
    whole_record(cast)
    found = audit()
    assert found.good, (found.misfits, found.rows)
    return cast


def named() -> set[tuple[str, str, str]]:
    """Table, why and field of what a look finds; each names its row."""
    return {(one.table, str(one.why), one.field) for one in audit().rows}
