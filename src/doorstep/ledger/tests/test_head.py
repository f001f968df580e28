"""A head is a text of five lines and a signature, and nothing else is believed."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.canonical import base64_bytes
from doorstep.ledger.head import BadHead, Head, Key, Rotation, Signer, follows, notes, opened, sign
from doorstep.ledger.tree import EMPTY, consistency

from .notebook import DAY, KEY, LATER_SIGNER, ORIGIN, SIGNER, entries, head, kept

HEAD = head(300)
NOTE = sign(HEAD, [SIGNER])
#: The example of the C2SP signed-note specification, and the key of Go's note package that signed it.
GO_NAME, GO_KEY_ID = "PeterNeumann", "c74f20a3"
GO_KEY = f"{GO_NAME}+{GO_KEY_ID}+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_the_text_is_a_checkpoint_that_can_be_printed() -> None:
    lines = NOTE.split("\n")
    assert lines[0] == ORIGIN and lines[1] == "300" and base64_bytes(lines[2]) == HEAD.root
    assert lines[3:6] == ["day 2026-11-24", "previous none", ""]
    assert lines[6].startswith(f"— {ORIGIN} ") and lines[7:] == [""]
    assert all(len(line) <= 120 for line in lines)


def test_the_signature_is_plain_ed25519_over_the_text() -> None:
    mark = base64_bytes(NOTE.rstrip("\n").rpartition(" ")[2])
    Ed25519PublicKey.from_public_bytes(KEY.public).verify(mark[4:], HEAD.text().encode())
    assert mark[:4] == hashlib.sha256(ORIGIN.encode() + b"\n\x01" + KEY.public).digest()[:4]


def test_a_key_and_a_signature_of_another_implementation_are_understood() -> None:
    key = Key.parse(GO_KEY)
    mark = base64_bytes(GO_SIGNATURE)
    assert str(key) == GO_KEY and key.id.hex() == GO_KEY_ID == mark[:4].hex()
    assert key.vouches(GO_TEXT.encode(), mark[4:]) and not key.vouches(GO_TEXT.encode()[:-1], mark[4:])


def test_a_signed_head_is_opened_with_its_key_only() -> None:
    assert opened(NOTE, [KEY]) == HEAD
    stranger = Signer.from_seed(ORIGIN, b"s" * 32)
    for keys in ([], [stranger.key()], [Key("other.example/log", KEY.public)]):
        assert refusal(NOTE, keys) == "unsigned"


def refusal(note: str, keys: list[Key]) -> str:
    with pytest.raises(BadHead) as refused:
        opened(note, keys)
    return refused.value.code


@settings(max_examples=300, deadline=None, derandomize=True)
@given(place=st.integers(0, len(NOTE) - 1), letter=st.characters(max_codepoint=0x2100))
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    note = NOTE[:place] + letter + NOTE[place + 1 :]
    if note != NOTE:
        assert refusal(note, [KEY])


def test_every_single_byte_counts() -> None:
    for place in range(len(NOTE)):
        assert refusal(NOTE[:place] + ("A" if NOTE[place] != "A" else "B") + NOTE[place + 1 :], [KEY])
        assert refusal(NOTE[:place] + NOTE[place + 1 :], [KEY])


@pytest.mark.parametrize(
    "note",
    [
        "", "\n\n", NOTE.rstrip("\n"), NOTE + "\n", NOTE.replace("\n", "\r\n"), NOTE.replace("\n300\n", "\n0300\n"), NOTE.replace("\n300\n", "\n+300\n"),
        NOTE.replace("day 2026-11-24", "day 20261124"), NOTE.replace("— ", "- "), NOTE + NOTE, NOTE.replace("none", ""), NOTE * 40, "x" * 20_000,
        NOTE.replace("previous none\n", ""), NOTE.replace("previous none\n", "previous none\nmore\n"), NOTE.replace(ORIGIN, "a b"), "\x00" + NOTE,
    ],
)  # fmt: skip
def test_what_is_no_head_is_refused(note: str) -> None:
    assert refusal(note, [KEY]) in {"form", "signature", "unsigned"}


def test_a_head_that_could_not_be_read_is_not_signed() -> None:
    for wrong in (
        replace(HEAD, origin="a b"),
        replace(HEAD, origin=""),
        replace(HEAD, root=b"short"),
        replace(HEAD, size=-1),
        replace(HEAD, previous=b"x"),
    ):
        with pytest.raises(BadHead):
            sign(wrong, [SIGNER])
    with pytest.raises(BadHead):
        sign(HEAD, [])


def test_on_the_day_of_change_both_keys_sign_and_each_is_believed_in_its_days() -> None:
    change = DAY + timedelta(days=1)
    keys = list(Rotation(SIGNER.key(), LATER_SIGNER.key(), change).keys())
    on_the_day, after = replace(HEAD, day=change), replace(HEAD, day=change + timedelta(days=1))
    both = sign(on_the_day, [SIGNER, LATER_SIGNER])
    assert opened(both, keys[:1]) == opened(both, keys[1:]) == on_the_day
    assert opened(NOTE, keys) == HEAD and opened(sign(after, [LATER_SIGNER]), keys) == after
    assert refusal(sign(after, [SIGNER]), keys) == "day"
    assert refusal(sign(HEAD, [LATER_SIGNER]), keys) == "day"


def test_an_unknown_signature_is_passed_over_and_a_false_one_is_not() -> None:
    both = sign(HEAD, [SIGNER, LATER_SIGNER])
    assert opened(both, [KEY]) == HEAD
    first, second = both.rstrip("\n").split("\n")[-2:]
    forged = both.replace(second, second[:-3] + ("A" if second[-3] != "A" else "B") + second[-2:])
    assert opened(forged, [KEY]) == HEAD and first in forged
    assert refusal(forged, [KEY, LATER_SIGNER.key()]) == "signature"


@pytest.mark.parametrize(
    "line",
    ["", "a", "a+b", f"{ORIGIN}+00000000+{str(KEY).rpartition('+')[2]}", str(KEY)[:-2], "x y+00+AA==", str(KEY).replace("+A", "+B", 1)],
)
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(BadHead):
        Key.parse(line)


def test_heads_follow_each_other_by_day_chain_and_proof() -> None:
    nodes, _, _ = kept(entries(300))
    old = head(200)
    new = replace(HEAD, day=DAY + timedelta(days=1), previous=old.digest())
    proof = consistency(nodes, 200, 300)
    assert follows(old, new, proof)
    for wrong in (
        replace(new, day=DAY),
        replace(new, previous=None),
        replace(new, origin="x"),
        replace(new, root=EMPTY),
        replace(new, size=199),
    ):
        assert not follows(old, wrong, proof)
    assert not follows(old, new, proof[:-1])


def test_the_first_head_may_be_empty() -> None:
    nothing = Head(ORIGIN, 0, EMPTY, DAY)
    assert opened(sign(nothing, [SIGNER]), [KEY]) == nothing
    assert follows(nothing, replace(HEAD, day=date(2026, 12, 1), previous=nothing.digest()), [])


def test_notes_in_one_file_come_apart_again() -> None:
    several = [NOTE, sign(head(100), [SIGNER, LATER_SIGNER]), sign(Head(ORIGIN, 0, EMPTY, DAY), [SIGNER])]
    assert notes("\n".join(several)) == several and notes(NOTE) == [NOTE]
    assert refusal(notes(NOTE + "\n\n" + NOTE)[1], [KEY]) == "form"


def test_a_secret_is_not_shown() -> None:
    assert "old" not in repr(SIGNER) and SIGNER.secret.private_bytes_raw().hex() not in repr(SIGNER)
