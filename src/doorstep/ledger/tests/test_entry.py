"""One fact has one spelling, and nothing that is not exactly that is read."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.canonical import LARGEST, NotCanonical, base64_bytes, base64_text, dump, load
from doorstep.ledger.entry import FIELDS, MOST_BYTES, SHAPES, Entry, Grade, Kind, NotAnEntry, check, commitment, pseudonym, read

from .notebook import DAY, LI, NOW, ODD, WANG, ZHAO, changed, entry

WHOLE = entry().as_bytes()
texts = st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=4), inner, max_size=4),
    max_leaves=12,
)
#: RFC 8785 §3.2.2: the letters of its example, which sorts and escapes them.
PEACH: Any = {"literals": [None, True, False], "numbers": [333333333, 4, 2], "string": '\u20ac$\u000f\nA\'B"\\\\"/'}


def test_the_example_of_the_standard_is_spelled_as_there() -> None:
    assert dump(PEACH).decode() == '{"literals":[null,true,false],"numbers":[333333333,4,2],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


@settings(deadline=None, derandomize=True)
@given(value=values)
def test_canonical_bytes_are_read_back_and_have_no_second_spelling(value: Any) -> None:
    data = dump(value)
    assert load(data) == value
    spaced = json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).encode()
    if spaced != data:
        with pytest.raises(NotCanonical):
            load(spaced)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "number"), (LARGEST + 1, "number"), (float("nan"), "number"), ({"键": 1}, "key"), ({1: 1}, "key"), ("\ud800", "encoding"), (b"", "type"),
        (json.loads("[" * 40 + "]" * 40), "depth"),
    ],
)  # fmt: skip
def test_what_has_no_canonical_bytes_is_refused(value: Any, code: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        dump(value)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", " QQ==", "Q-==", "QQ=", "QQ==QQ=="])
def test_base_64_has_one_spelling(text: str) -> None:
    assert base64_bytes("QQ==") == b"A"
    with pytest.raises(NotCanonical):
        base64_bytes(text)


@given(data=st.binary(max_size=70), url=st.booleans())
def test_base_64_comes_back(data: bytes, url: bool) -> None:
    assert base64_bytes(base64_text(data, url), url) == data


def test_an_entry_is_plain_sorted_ascii_and_comes_back() -> None:
    assert read(WHOLE) == entry()
    assert WHOLE.isascii() and b" " not in WHOLE and list(json.loads(WHOLE)) == sorted(json.loads(WHOLE))


EVERY_KIND = [
    entry(),
    replace(entry(), kind=Kind.TRAINING_RECORDED, reasons=("course",)),
    Entry(3, NOW, Kind.HOURS_VERIFIED, "unit-1", WANG, corrects=0),
    Entry(3, NOW, Kind.HOURS_DISPUTED, "unit-1", WANG, corrects=0, reasons=("too_few",), document="0" * 64),
    replace(entry(4), kind=Kind.HOURS_CORRECTED, corrects=0, reasons=("late",), approvers=tuple(sorted((LI, ZHAO)))),
    Entry(
        5,
        NOW,
        Kind.HOURS_TRANSFERRED,
        "unit-1",
        WANG,
        tenths=300,
        grade=Grade.TRANSFERRED,
        approvers=(LI,),
        start=DAY,
        end=DAY,
        document="1" * 64,
    ),
    Entry(6, NOW, Kind.AWARD_GRANTED, "unit-1", WANG, start=DAY, document="2" * 64),
    Entry(6, NOW, Kind.QUALITY_RATED, "unit-1", WANG, slot="slot-1", start=DAY, document="2" * 64),
    Entry(6, NOW, Kind.RECORD_DISPUTED, "unit-1", WANG, corrects=5, reasons=("owner_disagrees",), document="2" * 64),
    *(
        Entry(
            7,
            NOW,
            kind,
            "unit-1",
            WANG,
            start=DAY,
            document="2" * 64,
            corrects=6,
            reasons=("two_people",),
            approvers=tuple(sorted((LI, ZHAO))),
        )
        for kind in (Kind.AWARD_CORRECTED, Kind.QUALITY_CORRECTED, Kind.TRAINING_CORRECTED)
    ),
    Entry(
        7,
        NOW,
        Kind.TRANSFER_CORRECTED,
        "unit-1",
        WANG,
        tenths=200,
        grade=Grade.TRANSFERRED,
        start=DAY,
        end=DAY,
        document="2" * 64,
        corrects=5,
        reasons=("two_people",),
        approvers=tuple(sorted((LI, ZHAO))),
    ),
    Entry(7, NOW, Kind.STAR_GRANTED, "unit-1", WANG, start=DAY, rules="default@2", document="2" * 64),
    Entry(7, NOW, Kind.REPORT_PUBLISHED, "district-1", start=DAY, end=DAY, document="2" * 64),
    Entry(7, NOW, Kind.CERTIFICATE_ISSUED, "unit-1", WANG, tenths=18, start=DAY, end=DAY, document="3" * 64),
    Entry(8, NOW, Kind.CERTIFICATE_REVOKED, "unit-1", WANG, corrects=7, reasons=("mistake",)),
    Entry(9, NOW, Kind.RULES_ADOPTED, "unit-1", rules="default@1", document="4" * 64),
    Entry(10, NOW, Kind.KEY_CHANGED, "unit-1", document="5" * 64),
]


@pytest.mark.parametrize("fact", EVERY_KIND, ids=lambda fact: str(fact.kind))
def test_every_kind_comes_back_and_needs_each_of_its_fields(fact: Entry) -> None:
    data = fact.as_bytes()
    assert read(data) == fact
    for name in SHAPES[fact.kind][0]:
        left = {key: value for key, value in json.loads(data).items() if key != name}
        with pytest.raises(NotAnEntry):
            check(dump(left))


def test_every_kind_is_tried() -> None:
    assert {fact.kind for fact in EVERY_KIND} == set(Kind) == set(SHAPES)


@pytest.mark.parametrize("fact", [fact for fact in EVERY_KIND if str(fact.kind).endswith(".corrected")], ids=lambda fact: str(fact.kind))
def test_every_correction_needs_two_people(fact: Entry) -> None:
    with pytest.raises(NotAnEntry) as refused:
        replace(fact, approvers=(LI,)).as_bytes()
    assert refused.value.code == "approvers"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Wang"}, "unknown"), ({"corrects": 0}, "unknown"), ({"v": 2}, "version"), ({"v": True}, "version"), ({"n": -1}, "value"),
        ({"n": True}, "value"), ({"n": 1.0}, "value"), ({"n": 2**53}, "value"), ({"at": "2026-11-25T01:30:00"}, "value"), ({"at": "2026-11-25 01:30:00Z"}, "value"),
        ({"at": "2026-02-30T01:30:00Z"}, "value"), ({"kind": "hours.bought"}, "value"), ({"kind": ["hours.recorded"]}, "value"), ({"subject": "王"}, "value"),
        ({"subject": WANG.upper()}, "value"), ({"grade": "sworn"}, "value"), ({"grade": "transferred"}, "grade"), ({"approvers": []}, "value"),
        ({"approvers": [LI, LI]}, "value"), ({"approvers": sorted((LI, ZHAO), reverse=True)}, "value"), ({"approvers": [WANG]}, "own_approver"),
        ({"start": "2026-11-25"}, "backwards"), ({"end": "2026-11-27"}, "from_tomorrow"), ({"start": "20261124"}, "value"), ({"tenths": 30}, "more_than_served"), ({"slot": ""}, "value"),
        ({"slot": "a b"}, "value"), ({"slot": "x" * 65}, "value"), ({"rules": "default"}, "value"), ({"reasons": ["Late"]}, "value"), ({"unit": None}, "value"),
    ],
)  # fmt: skip
def test_an_entry_that_says_something_else_is_refused(change: dict[str, Any], code: str) -> None:
    found = json.loads(WHOLE) | change
    with pytest.raises(NotAnEntry) as refused:
        check(json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
    assert refused.value.code == code


@pytest.mark.parametrize("fact", EVERY_KIND, ids=lambda fact: str(fact.kind))
def test_whatever_stands_in_a_field_is_read_or_refused(fact: Entry) -> None:
    found = json.loads(fact.as_bytes())
    for name in [*FIELDS, "v", "more"]:
        for odd in ODD:
            data = json.dumps({**found, name: odd}, separators=(",", ":"), sort_keys=True).encode()
            try:
                assert read(data).as_bytes() == data, (name, odd)
            except NotAnEntry:
                continue


@pytest.mark.parametrize(
    "data",
    [
        WHOLE + b"\n", b" " + WHOLE, WHOLE.replace(b",", b", ", 1), WHOLE.replace(b'"n":0', b'"n":0,"n":0'), WHOLE.replace(b'"n":0', b'"n":-0'),
        WHOLE.replace(b'"n":0', b'"n":0.0'), WHOLE.replace(b"unit-1", b"unit\\u002d1"), WHOLE.replace(b"unit-1", b"unit\xff1"), b"", b"[]", b"null", b"{}",
        b"[" * (MOST_BYTES // 2) + b"]" * (MOST_BYTES // 2), b'{"n":' + b"9" * 1500 + b"}", b'"' + b"x" * MOST_BYTES + b'"', WHOLE[:-1],
    ],
)  # fmt: skip
def test_bytes_with_another_spelling_are_refused(data: bytes) -> None:
    with pytest.raises(NotAnEntry):
        check(data)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_never_spells_the_same_fact(place: int, byte: int) -> None:
    data = WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]
    try:
        assert (read(data) == entry()) == (data == WHOLE)
    except NotAnEntry:
        assert data != WHOLE


def test_a_moment_is_written_in_utc_and_needs_its_zone() -> None:
    shanghai = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert changed(entry(), at=shanghai) == changed(entry(), at=datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
    with pytest.raises(ValueError, match="zone"):
        changed(entry(), at=datetime(2026, 11, 25))


def test_corrections_point_back_and_rest_on_two_people() -> None:
    corrected = replace(entry(4), kind=Kind.HOURS_CORRECTED, corrects=3, reasons=("late",), approvers=tuple(sorted((LI, ZHAO))))
    assert read(corrected.as_bytes()).corrects == 3
    for wrong in ({"corrects": 4}, {"approvers": (LI,)}):
        with pytest.raises(NotAnEntry):
            changed(corrected, **wrong)


def test_hours_that_only_somebody_says_name_who_says_it() -> None:
    assert read(changed(entry(), grade=Grade.CODE_PAIR, approvers=())).approvers == ()
    for grade in (Grade.LEADER, Grade.BACKFILLED, Grade.CODE_AND_WORD):
        with pytest.raises(NotAnEntry):
            changed(entry(), grade=grade, approvers=())


def test_a_pseudonym_depends_on_salt_person_and_scope() -> None:
    salts, people, scopes = (b"a" * 32, b"b" * 32), ("1", "2"), ("x", "y")
    made = {pseudonym(salt, person, scope) for salt in salts for person in people for scope in scopes}
    assert len(made) == 8 and pseudonym(b"a" * 32, "1", "x") in made
    with pytest.raises(ValueError, match="salt"):
        pseudonym(b"short", "1", "x")


def test_a_commitment_binds_every_detail() -> None:
    salt, details = b"c" * 32, {"name": "读书会", "place": "活动室", "days": [1, 2]}
    assert commitment(salt, details) == commitment(salt, dict(reversed(details.items())))
    assert commitment(salt, details) not in {
        commitment(salt, details | {"days": [2, 1]}),
        commitment(b"d" * 32, details),
        pseudonym(salt, "1", "x"),
    }


def test_the_local_day_may_be_ahead_of_the_clock_by_one() -> None:
    assert read(changed(entry(), end=date(2026, 11, 26))).end == date(2026, 11, 26)


def test_a_day_as_text_is_a_day_of_the_calendar() -> None:
    assert read(changed(entry(), start=date(2024, 2, 29))).start == date(2024, 2, 29)
