"""The past visits stand in the ledger, head by head; doubts, certificates and files have their life; nobody is accused for nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from doorstep.demonstration.doubts import enliven_records
from doorstep.demonstration.draw import draw
from doorstep.demonstration.load import load
from doorstep.demonstration.recorded import Recording, record
from doorstep.hub.people.queries import next_monday
from doorstep.hub.records import proving
from doorstep.hub.records.models import Anomaly, Certificate, Correction, DataRequest, Hours, Log, LogEntry, LogHead, Presence, Transfer
from doorstep.ledger.command import main as verify


@pytest.mark.django_db
def test_the_past_is_recorded_and_the_ledger_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = timezone.now()
    drawn = draw("community", 1, next_monday(), now)
    load(drawn, progress=lambda _: None, seed=1, size="community")
    counts = record(drawn, now)
    shares = {
        grade: Hours.objects.filter(grade=grade).count() / counts["hours"]
        for grade in ("code_pair", "code_and_word", "leader", "backfilled")
    }
    assert sum(shares.values()) == pytest.approx(1) and shares["code_pair"] > 0.4 and 0.01 < shares["backfilled"] < 0.1
    assert counts["entries"] == Log.objects.get().size == LogEntry.objects.count() > counts["hours"] > 400
    assert Presence.objects.count() == Hours.objects.filter(code_in=True).count()
    days = list(LogHead.objects.order_by("day").values_list("day", flat=True))
    assert days[-1] == timezone.localdate() - timedelta(days=1) and len(days) == (days[-1] - days[0]).days + 1 > 170
    assert proving.misfits() == []
    told = enliven_records(show=lambda _: None)
    assert told == {"certificates": 3, "sent": told["sent"], "worth a look": 2} and told["sent"] > 5
    worst, other = Anomaly.objects.filter(state="open")
    assert other.kind == "phone" and other.numbers["people"] == 3
    assert worst.kind == "bought" and worst.numbers["tenths"] == 50, "five hours bought in two minutes, and nobody else is accused"
    assert Certificate.objects.get(person=worst.other).snapshot["questioned"] == 50
    assert Hours.objects.filter(state="disputed").count() == Correction.objects.filter(state="approved").count() == 1
    assert Transfer.objects.count() == DataRequest.objects.count() == 2
    for part in ("heads", "keys"):
        call_command("ledger", part, tmp_path / part, verbosity=0)
    call_command("ledger", "export", tmp_path / "log", verbosity=0)
    capsys.readouterr()
    assert verify([str(tmp_path / "log"), "--head", str(tmp_path / "heads"), "--keys", str(tmp_path / "keys")]) == 0


def test_the_same_seed_records_the_same_hours() -> None:
    now = timezone.now()
    served = [Recording(draw("community", 1, next_monday(), now), now).served() for _ in range(2)]
    assert served[0] == served[1]
    for row in served[0]:
        assert row.came < row.left < row.recorded_at < now and row.person_id not in (
            row.confirmed_by_id,
            row.entered_by_id,
            row.approved_by_id,
        )
