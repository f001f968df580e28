"""What names people leaves the house known, with a reason, locked, marked and written down; one's own copy stays simple."""

import io
import json
import struct
import zipfile
import zlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.models import Entry as JournalEntry
from doorstep.hub.people.models import Person
from doorstep.hub.records.actions.data_request import ask_for_data
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.actions.moving import ship
from doorstep.hub.records.models import Shipment
from doorstep.hub.records.moving.sheets import rows_of
from doorstep.hub.records.packing import GROUPS, LETTERS, passphrase
from doorstep.hub.records.queries.moving import columns_in_use
from doorstep.hub.testing import Cast

from .taking import WHY, known, locked_file, taken

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def sent(cast: Cast) -> Shipment:
    came = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=4)
    row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="陪沈阿姨看病", came=came, left=came + timedelta(hours=2))
    approve_hours(by=cast.lin, hours=row)
    name, columns, _version = columns_in_use()
    return ship(
        by=cast.lin, district=cast.district, map_name=name, columns=columns, start=TODAY - timedelta(days=30), end=TODAY, format="xlsx", why="月底报送",
    )  # fmt: skip


def address(sent: Shipment) -> str:
    return f"/moving/sent/{sent.pk}/file/"


@pytest.mark.both_databases
def test_password_reason_passphrase_file(cast: Cast, sent: Shipment) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    asked = lin.get(address(sent))
    assert asked["Location"] == f"/account/again/?next=%2Fmoving%2Fsent%2F{sent.pk}%2Ffile%2F", "an open session alone takes nothing away"
    assert lin.post("/account/again/", {"password": "wrong", "next": address(sent)}).status_code == 422
    assert lin.post("/account/again/", {"password": "jia-men-kou-2026", "next": address(sent)})["Location"] == address(sent)
    assert "月底报送" in lin.get(address(sent)).content.decode(), "what was written when it was made stands there already"
    for empty in ("", "因为"):
        assert lin.post(address(sent), {"why": empty}).status_code == 422
    assert not JournalEntry.objects.filter(verb="download_records").exists()
    files = taken(lin, address(sent))
    assert JournalEntry.objects.get(verb="download_records", actor_id=cast.lin.pk, confidential_read=True).detail == {"why": WHY}
    table = next(data for name, data in files.items() if name.endswith(".xlsx"))
    assert "陈国梁" in str(rows_of("a.xlsx", table)) and WHY not in str(rows_of("a.xlsx", table)), "the first sheet is records alone"
    mark = files["谁取走的 WHO TOOK THIS.txt"].decode()
    assert all(word in mark for word in ("林涛", str(timezone.localdate().year), "柳溪区", WHY))
    with zipfile.ZipFile(io.BytesIO(table)) as book:
        words = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert words.count(mark) == 2, "on a sheet of its own and at the foot of each page"


def test_the_passphrase_is_kept_nowhere_and_serves_once_and_here(cast: Cast, sent: Shipment) -> None:
    lin = known(cast.sign_in(Client(), cast.lin))
    page = lin.post(address(sent), {"why": WHY})
    assert "no-store" in page["Cache-Control"]
    data, phrase = locked_file(lin, address(sent))
    assert len(phrase.replace("-", "")) == GROUPS * GROUPS and set(phrase) <= {*LETTERS, "-"}
    assert phrase.encode() not in data and phrase not in str(list(JournalEntry.objects.values()))
    assert len({passphrase() for _ in range(200)}) == 200
    for forged in ("x", "eyJieSI6IjEifQ:1:abc"):
        assert lin.post(address(sent), {"sealed": forged})["Location"] == address(sent)
    zhou = known(cast.sign_in(Client(), cast.zhou))
    assert zhou.post(address(sent), {"sealed": "x"}).status_code == 404


def test_the_reason_that_is_suggested_is_never_too_long(cast: Cast, sent: Shipment) -> None:
    Shipment.objects.update(why="报" * 200)
    lin = known(cast.sign_in(Client(), cast.lin))
    suggested = lin.get(address(sent)).context["form"]["why"].value()
    assert len(suggested) == 200 and taken(lin, address(sent), suggested)


def test_who_was_known_is_asked_again_after_some_minutes(cast: Cast, sent: Shipment, monkeypatch: pytest.MonkeyPatch) -> None:
    lin, real = known(cast.sign_in(Client(), cast.lin)), timezone.now
    assert lin.get(address(sent)).status_code == 200
    for minutes in (11, -2):
        monkeypatch.setattr(timezone, "now", lambda minutes=minutes: real() + timedelta(minutes=minutes))
        assert "/account/again/" in lin.get(address(sent))["Location"], f"{minutes} minutes later"


def test_anybody_with_the_standard_opens_it(cast: Cast, sent: Shipment) -> None:
    """Written after the published format (AE-2: PBKDF2 with SHA-1, AES-256 in counter mode), with another library than the one that locked it."""
    data, phrase = locked_file(known(cast.sign_in(Client(), cast.lin)), address(sent))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            assert entry.flag_bits & 1 and entry.compress_type == 99, "every file is locked"
            begin = entry.header_offset + 30 + sum(struct.unpack("<HH", data[entry.header_offset + 26 : entry.header_offset + 30]))
            salt, check = data[begin : begin + 16], data[begin + 16 : begin + 18]
            derived = PBKDF2HMAC(SHA1(), 66, salt, 1000).derive(phrase.encode())  # noqa: S303
            assert derived[64:] == check
            body = data[begin + 18 : begin + entry.compress_size - 10]
            blocks = Cipher(algorithms.AES(derived[:32]), modes.ECB()).encryptor()  # noqa: S305
            stream = b"".join(blocks.update(number.to_bytes(16, "little")) for number in range(1, len(body) // 16 + 2))
            plain = zlib.decompress(bytes(a ^ b for a, b in zip(body, stream, strict=False)), -15)
            assert len(plain) == entry.file_size


def test_the_copy_of_somebody_without_a_sign_in_name_leaves_locked(cast: Cast) -> None:
    old = cast.shen
    Person.objects.filter(pk=old.pk).update(account=None)
    asked = ask_for_data(by=cast.zhou, person=old, place=cast.community, kind="carry")
    files = taken(cast.sign_in(Client(), cast.zhou), f"/my-data/{asked.pk}/copy/", why="当面交给沈阿姨的女儿")
    assert json.loads(files["data.json"])["tables"]["people.Person"][0]["name"] == "沈秀英"
    assert JournalEntry.objects.get(verb="carry_away").detail == {"why": "当面交给沈阿姨的女儿"}


def test_one_click_people_of_a_demonstration_have_a_button_and_only_there(
    cast: Cast, sent: Shipment, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    cast.lin.account.set_unusable_password()
    cast.lin.account.save()
    lin.force_login(cast.lin.account)
    assert "重设条" in lin.get("/account/again/").content.decode()
    assert lin.post("/account/again/", {"next": address(sent)}).status_code == 422 and "again" in lin.get(address(sent))["Location"]
    monkeypatch.setattr("doorstep.hub.people.views.signin.open_doors", lambda request: [cast.lin])
    assert lin.post("/account/again/", {"next": address(sent)})["Location"] == address(sent)
    assert lin.get(address(sent)).status_code == 200
