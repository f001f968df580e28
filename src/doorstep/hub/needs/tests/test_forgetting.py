"""Somebody asks to be forgotten: afterwards no table says who it was, the ledger still holds, and others keep what is theirs."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.models import Entry as JournalEntry
from doorstep.hub.needs.actions.asking import Asked, ask
from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.needs.actions.forgetting import forget
from doorstep.hub.people.actions.forgetting import FORGOTTEN
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Account, Consent, Membership, Person, Role
from doorstep.hub.records import book
from doorstep.hub.records.actions.amending import decide_amendment, propose_amendment
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import issue_certificate, revoke_certificate, share_name
from doorstep.hub.records.actions.data_request import answer_data_request, ask_for_data
from doorstep.hub.records.actions.hours import approve_hours, back_fill, decide_correction, dispute_hours, propose_correction
from doorstep.hub.records.actions.moving import decide_transfers, enter_transfers
from doorstep.hub.records.actions.record import grant_award, rate, record_training
from doorstep.hub.records.actions.watching import handle_anomaly
from doorstep.hub.records.models import Anomaly, Certificate, DataRequest, Hours, LogEntry, Salt, Training
from doorstep.hub.records.moving.arriving import Earlier
from doorstep.hub.records.moving_access import AnsweredAlready, AskedAlready, InOffice, NotOwnRequest, OpenQuestion, StillPromised, WhyNot
from doorstep.hub.records.telling import kind_name
from doorstep.hub.scheduling.models import OfferState
from doorstep.hub.testing import Cast
from doorstep.ledger.command import main as verify

pytestmark = pytest.mark.django_db
NAME, PHONE, BORN = "欧阳不疑", "13900007531", "1958-11-23"


@pytest.fixture
def gone(cast: Cast) -> Person:
    """Somebody of many parts: a volunteer with hours, a resident who was helped, one who asked for a neighbour, with an account."""
    account = Account.objects.create_user(username="buyi1958", password="jia-men-kou-2026")
    person = Person.objects.create(
        name=NAME, calling_name="欧阳伯", phone=PHONE, birth_date=datetime.fromisoformat(BORN).date(), gender="m", account=account,
        household=cast.shen.household, contact_via=f"请{NAME}的女儿转告",
    )  # fmt: skip
    appoint(
        by=cast.zhou, person=person, role=Role.VOLUNTEER, place=cast.community, since=cast.monday - timedelta(days=300), led_by=cast.zhou
    )
    return person


@pytest.fixture
def colleague(cast: Cast) -> Person:
    person = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=person, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    return person


def serve(cast: Cast, person: Person, colleague: Person, day: int = 3) -> Hours:
    came = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=day), time(9)))
    row = back_fill(by=cast.zhou, person=person, unit=cast.community, title="理书", came=came, left=came + timedelta(hours=2))
    return approve_hours(by=colleague, hours=row)


def visited(cast: Cast, person: Person) -> Hours:
    """陈国梁 was at his home; the title says whose home it was."""
    need = ask(
        asked=Asked(community=cast.community, own_words=f"我是{NAME}，电话 {PHONE}，灯坏了。", resident=person, phone=PHONE, consents=True)
    )
    slot = cast.checked(need, title="给欧阳不疑家换灯", resident=person, windows=[(cast.at(2, 9), cast.at(2, 9))])
    offer = cast.offer(slot, cast.chen, OfferState.ACCEPTED)
    record_visit(by=cast.zhou, need=need, slot=slot, outcomes={offer: "served"}, channel="phone", words=f"{NAME}说好了", now=cast.at(2, 12))
    return Hours.objects.get(slot=slot)


def written_about(cast: Cast, person: Person, colleague: Person, hours: Hours) -> None:
    """A certificate, an award, a word, earlier hours, a correction, and something odd that was looked into: each with the name in it."""
    today = timezone.localdate()
    correction = propose_correction(
        by=cast.zhou, hours=hours, came=hours.came, left=hours.left - timedelta(minutes=30), why=f"{NAME}说走得早"
    )
    decide_correction(by=colleague, correction=correction, approved=True)
    certificate = issue_certificate(by=cast.zhou, person=person, unit=cast.community, start=today - timedelta(days=60), end=today)
    share_name(by=person, certificate=certificate, shares=True)
    grant_award(
        by=cast.zhou,
        person=person,
        unit=cast.community,
        name="热心邻居",
        granted_by="街道",
        source="other",
        granted_on=today,
        proof=f"{NAME}的证书",
    )
    rate(by=cast.zhou, person=person, unit=cast.community, rating=5, words=f"{NAME}最耐心")
    earlier = Earlier(person, "志愿汇", today - timedelta(days=900), today - timedelta(days=500), 300, f"{NAME}打印的记录")
    decide_transfers(by=colleague, batch=enter_transfers(by=cast.zhou, unit=cast.community, rows=[earlier]), taken=True)
    odd = Anomaly.objects.create(
        key="x", kind="night", unit=cast.community, person=person, weight=12, numbers={"count": 3, "of": 4, "usual": 2}
    )
    handle_anomaly(by=cast.lin, anomaly=odd, state="sound", words=f"问过{NAME}，夜里送老人去医院")


def typed_about(cast: Cast, person: Person, colleague: Person) -> None:
    """Words that somebody typed with the name in them: what was filled in afterwards, a course, why a certificate was taken back."""
    came = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=6), time(9)))
    left = came + timedelta(hours=1)
    approve_hours(
        by=colleague, hours=back_fill(by=cast.zhou, person=person, unit=cast.community, title=f"替{NAME}补", came=came, left=left)
    )
    came, left = came - timedelta(days=1), left - timedelta(days=1)
    record_training(
        by=cast.zhou, unit=cast.community, people=[person], name=f"{NAME}的急救课", content=f"{NAME}讲", host=NAME, came=came, left=left
    )
    approve_hours(by=colleague, hours=Hours.objects.get(kind="training"))
    # A no is told to who proposed it, under the course's name.
    other_host = propose_amendment(by=cast.zhou, row=Training.objects.get(), said={"host": "红十字会"}, why="写错了")
    decide_amendment(by=colleague, amendment=other_host, approved=False)
    today = timezone.localdate()
    paper = issue_certificate(by=cast.zhou, person=person, unit=cast.community, start=today - timedelta(days=5), end=today)
    revoke_certificate(by=cast.zhou, certificate=paper, reason="hours_wrong", words=f"{NAME}说少了半小时")


def request_of(cast: Cast, person: Person, kind: str = "delete") -> DataRequest:
    return ask_for_data(by=person, person=person, place=cast.community, kind=kind, words=f"我叫{NAME}，不想再留了")


def every_text() -> Iterator[str]:
    """All that is stored, of every table, packed bytes unpacked."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    yield f"{model._meta.label}: {_spelt(value)}"


def _spelt(value: object) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    data = bytes(value)
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            return unpack(data).decode("utf-8", "replace")
        except (OSError, zlib.error, EOFError):
            continue
    return data.decode("utf-8", "replace")


def said_of(*secrets: str) -> list[str]:
    texts = [text.encode().decode("unicode_escape", "ignore") + text if "\\u" in text else text for text in every_text()]
    return [text for text in texts for secret in secrets if secret in text]


@pytest.mark.both_databases
def test_afterwards_no_table_says_who_it_was(cast: Cast, gone: Person, colleague: Person) -> None:
    visited(cast, gone)
    written_about(cast, gone, colleague, serve(cast, gone, colleague))
    assert len(said_of(NAME)) > 12 and said_of(PHONE) and said_of(BORN), "the search finds what is there"
    typed_about(cast, gone, colleague)
    forget(by=cast.zhou, request=request_of(cast, gone), answer="办好了")
    assert said_of(NAME, PHONE, BORN, "欧阳伯", "buyi1958") == []
    assert not Account.objects.filter(username="buyi1958").exists()
    gone.refresh_from_db()
    assert (gone.name, gone.household, gone.account) == (FORGOTTEN, None, None)
    assert not Membership.objects.on(timezone.localdate()).filter(person=gone).exists()
    assert set(Hours.objects.filter(slot=None).values_list("title", flat=True)) <= {kind_name("service"), kind_name("training")}
    certificate = Certificate.objects.get(state="valid")
    assert (certificate.person, certificate.state, certificate.name_salt) == (None, "valid", "")
    assert Client().get(f"/check/{certificate.number}/").status_code == 200, "whoever holds the paper can still have it checked"
    assert JournalEntry.objects.filter(verb="erase", actor_id=cast.zhou.pk).count() == 1


def test_the_ledger_still_holds_and_nobody_can_say_whose_entry_it_is(
    cast: Cast, gone: Person, colleague: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = serve(cast, gone, colleague)
    salt = bytes(Salt.objects.get(person=gone).salt)
    subject = book.known_as(salt, gone.pk, cast.community.pk)
    assert LogEntry.objects.filter(subject=subject).exists()
    before = [bytes(data) for data in LogEntry.objects.values_list("data", flat=True)]
    forget(by=cast.zhou, request=request_of(cast, gone), answer="")
    assert [bytes(data) for data in LogEntry.objects.values_list("data", flat=True)] == before
    hours.refresh_from_db()
    assert (hours.person, hours.tenths, hours.entry is None) == (None, 20, False), "the hours stay, as nobody's"
    assert not Salt.objects.filter(person=gone).exists()
    assert all(book.known_as(bytes(other.salt), gone.pk, cast.community.pk) != subject for other in Salt.objects.all())
    close_day()
    for part in ("heads", "keys"):
        call_command("ledger", part, tmp_path / part, verbosity=0)
    call_command("ledger", "export", tmp_path / "log")
    capsys.readouterr()
    assert verify([str(tmp_path / "log"), "--head", str(tmp_path / "heads"), "--keys", str(tmp_path / "keys")]) == 0
    assert capsys.readouterr().out.startswith("good: 1 entr")


def test_others_keep_their_hours_and_where_they_were_is_said_by_its_kind(cast: Cast, gone: Person, colleague: Person) -> None:
    hours = visited(cast, gone)
    forget(by=cast.zhou, request=request_of(cast, gone), answer="")
    hours.refresh_from_db()
    assert (hours.person, hours.tenths, hours.title) == (cast.chen, 10, cast.category("elderly").name)
    client = cast.sign_in(Client(), cast.zhou)
    assert client.get("/needs/").status_code in (200, 404)
    assert client.get("/today/").status_code == 200


def test_who_asked_for_a_neighbour_leaves_and_the_neighbours_matter_stays(cast: Cast, gone: Person) -> None:
    words = "对门沈阿姨家厕所要装扶手。"
    need = ask(
        asked=Asked(
            community=cast.community, own_words=words, for_whom="neighbour", asked_by=gone, asker_name=NAME, phone=PHONE, consents=True
        )
    )
    with pytest.raises(StillPromised):
        forget(by=cast.zhou, request=request_of(cast, gone), answer="")
    need.state = "done"
    need.save()
    forget(by=cast.zhou, request=DataRequest.objects.get(), answer="")
    need.refresh_from_db()
    assert (need.own_words, need.asker_name, need.phone, need.contact_via) == (words, "", "", FORGOTTEN)


def test_not_while_a_visit_is_promised_a_dispute_is_open_or_a_post_is_held(cast: Cast, gone: Person, colleague: Person) -> None:
    request = request_of(cast, cast.chen)
    offer = cast.offer(state=OfferState.ACCEPTED)
    with pytest.raises(StillPromised):
        forget(by=cast.zhou, request=request, answer="")
    offer.state = OfferState.CANNOT_COME
    offer.save()
    hours = serve(cast, cast.chen, colleague)
    dispute_hours(by=cast.chen, hours=hours, words="去了三个小时")
    with pytest.raises(OpenQuestion):
        forget(by=cast.zhou, request=request, answer="")
    with pytest.raises(InOffice):
        forget(by=cast.lin, request=request_of(cast, cast.zhou), answer="")
    assert cast.chen.name == Person.objects.get(pk=cast.chen.pk).name


def test_it_is_done_once_by_somebody_else_and_only_what_was_asked(cast: Cast, gone: Person) -> None:
    request = request_of(cast, gone)
    with pytest.raises(AskedAlready):
        request_of(cast, gone)
    with pytest.raises(AnsweredAlready):
        answer_data_request(by=cast.zhou, request=request, done=True, answer="办好了")
    with pytest.raises(AnsweredAlready):
        forget(by=cast.zhou, request=request_of(cast, gone, "see"), answer="")
    forget(by=cast.zhou, request=request, answer="")
    with pytest.raises(AnsweredAlready):
        forget(by=cast.zhou, request=request, answer="")


def test_no_is_said_with_a_reason_and_never_by_oneself(cast: Cast, gone: Person) -> None:
    request = request_of(cast, gone, "correct")
    with pytest.raises(WhyNot):
        answer_data_request(by=cast.zhou, request=request, done=False, answer=" ")
    own = ask_for_data(by=cast.zhou, person=cast.zhou, place=cast.community, kind="see")
    with pytest.raises(NotOwnRequest):
        answer_data_request(by=cast.zhou, request=own, done=True, answer="")
    answered = answer_data_request(by=cast.zhou, request=request, done=False, answer="生日和身份证上的一样，没有错。")
    assert answered.state == DataRequest.State.REFUSED and answered.answered_by == cast.zhou


def test_the_clock_counts_fifteen_working_days(cast: Cast, gone: Person) -> None:
    asked = timezone.make_aware(datetime(2026, 9, 25, 10))  # 1 to 7 October are free, 10 October is worked
    row = ask_for_data(by=gone, person=gone, place=cast.community, kind="carry", now=asked)
    assert row.due_on.isoformat() == "2026-10-22"


def test_consents_stay_as_proof_without_the_names_in_them(cast: Cast, gone: Person) -> None:
    ask(asked=Asked(community=cast.community, own_words="要换灯", resident=gone, phone=PHONE, consents=True)).delete()
    assert Consent.objects.filter(person=gone).count() == 1
    forget(by=cast.zhou, request=request_of(cast, gone), answer="")
    [kept] = Consent.objects.filter(person=gone)
    assert (kept.given_by_name, kept.text.purpose) == ("", "service")
