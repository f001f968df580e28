"""The status list is the one of the standard, bit by bit."""

import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.canonical import base64_text
from doorstep.ledger.jws import BadToken, signed
from doorstep.ledger.status import LEAST_BITS, MOST_BITS, StatusList, read_list

from .certificates import ISSUED, KID, NOW, OURS, UNIT, escaped, published
from .notebook import ODD, SIGNER

#: The encodedList of the specification's example.
EXAMPLE = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def test_the_example_of_the_standard_is_an_empty_list() -> None:
    assert StatusList.decoded(EXAMPLE) == StatusList.empty() and len(StatusList.empty()) == LEAST_BITS == 131_072


@settings(max_examples=50, deadline=None, derandomize=True)
@given(indexes=st.sets(st.integers(0, LEAST_BITS - 1), max_size=20))
def test_what_is_set_is_set_and_nothing_else(indexes: set[int]) -> None:
    made = StatusList.empty().with_set(indexes)
    again = StatusList.decoded(made.encoded())
    assert again == made and all(again[index] for index in indexes)
    assert sum(byte.bit_count() for byte in again.data) == len(indexes)


def test_index_nought_is_the_leftmost_bit() -> None:
    assert StatusList.empty().with_set([0]).data[0] == 0b1000_0000
    assert StatusList.empty().with_set([15]).data[1] == 0b0000_0001


def test_outside_the_list_nothing_is_known() -> None:
    for index in (-1, LEAST_BITS):
        with pytest.raises(IndexError):
            StatusList.empty()[index]
        with pytest.raises(IndexError):
            StatusList.empty().with_set([index])


def gzipped(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    "text",
    [
        "", "u", EXAMPLE[1:], "z" + EXAMPLE[1:], EXAMPLE + "=", EXAMPLE[:-4], "u" + base64_text(gzipped(bytes(16_383)), url=True),
        "u" + base64_text(gzipped(bytes(16_384)) + b"more", url=True), "u" + base64_text(zlib.compress(bytes(16_384)), url=True),
        "u" + base64_text(gzipped(bytes(MOST_BITS // 8 + 1)), url=True),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_list_is_refused_without_unpacking_too_much(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        StatusList.decoded(text)


def test_a_published_list_comes_back_in_its_days() -> None:
    token = published(5).token(SIGNER, KID)
    assert read_list(token, [OURS], NOW) == published(5)
    for now, code in ((ISSUED - timedelta(seconds=1), "not_yet"), (ISSUED + timedelta(days=7), "stale")):
        with pytest.raises(BadToken) as refused:
            read_list(token, [OURS], now)
        assert refused.value.code == code


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_signed_list_is_read_or_refused(odd: Any) -> None:
    whole = published()._payload()
    changes = [{name: odd} for name in whole] + [
        {"credentialSubject": {**whole["credentialSubject"], name: odd}} for name in whole["credentialSubject"]
    ]
    for change in changes:
        with suppress(BadToken):
            assert read_list(escaped({**whole, **change}), [OURS], NOW) == published(), change


def test_an_issuer_publishes_its_own_list_only() -> None:
    with pytest.raises(BadToken) as refused:
        read_list(published().token(SIGNER, KID), [replace(OURS, issuer=UNIT + "2")], NOW)
    assert refused.value.code == "issuer"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "x"},
        {"exp": 10**12},
        {"type": []},
        {"more": 1},
        {"credentialSubject": {}},
        {"credentialSubject": None},
        {"validUntil": "x"},
        {"issuer": {"id": UNIT}},
    ],
)
def test_a_list_that_contradicts_itself_is_refused_even_signed(change: dict[str, Any]) -> None:
    with pytest.raises(BadToken) as refused:
        read_list(signed({**published()._payload(), **change}, SIGNER, KID), [OURS], NOW)
    assert refused.value.code == "list"
