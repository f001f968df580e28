"""What names people, as one ZIP that is written while it is sent: locked by a passphrase, with a list in which nothing is a formula."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from typing import Any

import pyzipper
import xlsxwriter

from .models import Batch, BatchPaper
from .printing import hours

#: No letter or figure that is taken for another one when it is read out; four groups of four are 79 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = 4
#: What lies beside the data in each parcel; nobody's name in it but that of who took it.
MARK = "谁取走的 WHO TOOK THIS.txt"


def passphrase() -> str:
    """To be read out on the telephone and typed once."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(GROUPS)) for _group in range(GROUPS))


@dataclass(frozen=True)
class Part:
    """One file of a parcel: all at once, or piece by piece."""

    name: str
    data: bytes | Iterable[bytes]


class Outlet(RawIOBase):
    """Takes what the ZIP writer writes and gives it away piece by piece."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        return len(data)

    def taken(self) -> bytes:
        found, self.waiting = bytes(self.waiting), bytearray()
        return found


def locked(parts: Iterable[Part], phrase: str) -> Iterator[bytes]:
    """AES-256 as 7-Zip, WinRAR and Keka open it. The names of the files are not locked: they tell nobody anything."""
    outlet = Outlet()
    with pyzipper.AESZipFile(outlet, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(phrase.encode())
        for part in parts:
            with archive.open(part.name, "w", force_zip64=not isinstance(part.data, bytes)) as file:
                for piece in [part.data] if isinstance(part.data, bytes) else part.data:
                    file.write(piece)
                    yield outlet.taken()
            yield outlet.taken()
    yield outlet.taken()


def papers_and_list(batch: Batch, papers: Iterator[BatchPaper], mark: str) -> Iterator[Part]:
    """Every paper of a batch under its number, and at the end the list of who it is."""
    listed = []
    for paper in papers:
        certificate = paper.member.certificate
        assert certificate is not None
        listed.append([certificate.number, paper.member.person.name, certificate.unit.name, hours(certificate.tenths)])
        yield Part(f"{certificate.number}.pdf", bytes(paper.data))
    yield Part("名单.xlsx", listing(batch, listed, mark))


def listing(batch: Batch, rows: list[list[str]], mark: str) -> bytes:
    """The list as a workbook in which nothing is a formula; its last line says who took it."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("名单")
        sheet.set_column(0, 3, 24)
        head = [["编号", "姓名", "记录单位", "小时"]]
        for place, row in enumerate([[batch.asked_by], [f"{batch.start.isoformat()} – {batch.end.isoformat()}"], *head, *rows, [mark]]):
            for column, text in enumerate(row):
                sheet.write_string(place, column, text)
    return file.getvalue()
