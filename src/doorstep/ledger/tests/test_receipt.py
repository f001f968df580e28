"""A receipt proves its own entry under its own head, and no letter of it can be changed."""

import json
from typing import Any

import pytest

from doorstep.ledger.canonical import dump
from doorstep.ledger.head import sign
from doorstep.ledger.receipt import BadReceipt, proved, receipt

from .notebook import KEY, LATER_SIGNER, SIGNER, entries, entry, head, kept

NODES = kept(entries(300))[0]
NOTE = sign(head(300), [SIGNER])
RECEIPT = receipt(NODES, entries(300)[77], NOTE, 300)


def refusal(data: bytes) -> str:
    with pytest.raises(BadReceipt) as refused:
        proved(data, [KEY])
    return refused.value.code


@pytest.mark.parametrize("n", [0, 77, 255, 256, 299])
def test_every_entry_has_a_receipt(n: int) -> None:
    data = receipt(NODES, entries(300)[n], NOTE, 300)
    found = proved(data, [KEY])
    assert (found.entry, found.head) == (entry(n), head(300)) and len(data) < 2048


def test_an_older_head_proves_what_was_there() -> None:
    older = sign(head(100), [SIGNER])
    assert proved(receipt(NODES, entries(300)[77], older, 100), [KEY]).head.size == 100
    with pytest.raises(ValueError, match="leaf"):
        receipt(NODES, entries(300)[100], older, 100)


def test_no_letter_can_be_changed() -> None:
    for place in range(len(RECEIPT)):
        assert refusal(RECEIPT[:place] + bytes([RECEIPT[place] ^ 1]) + RECEIPT[place + 1 :])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entry": entries(300)[78].decode()}, "proof"), ({"head": sign(head(299), [SIGNER])}, "proof"), ({"head": sign(head(300), [LATER_SIGNER])}, "head"),
        ({"entry": "{}"}, "entry"), ({"entry": 1}, "form"), ({"proof": 1}, "form"), ({"proof": [1]}, "form"), ({"proof": []}, "proof"), ({"proof": ["AAAA"]}, "proof"),
        ({"more": 1}, "form"), ({"format": "x"}, "form"), ({"head": None}, "head"),
    ],
)  # fmt: skip
def test_what_belongs_elsewhere_proves_nothing(change: dict[str, Any], code: str) -> None:
    assert refusal(dump({**json.loads(RECEIPT), **change})) == code


def test_what_is_no_receipt_is_refused() -> None:
    for data in (b"", b"[]", b"x" * 40_000, RECEIPT + b"\n", b"1"):
        assert refusal(data) == "form"
