"""The papers of a batch as one ZIP that is written while it is sent, with a list in which nothing is a formula."""

import zipfile
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from typing import Any

import xlsxwriter

from .models import Batch, BatchPaper
from .printing import hours


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


def zipped(batch: Batch, papers: Iterator[BatchPaper]) -> Iterator[bytes]:
    outlet, listed = Outlet(), []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for paper in papers:
            certificate = paper.member.certificate
            assert certificate is not None
            archive.writestr(f"{certificate.number}.pdf", bytes(paper.data))
            listed.append([certificate.number, paper.member.person.name, certificate.unit.name, hours(certificate.tenths)])
            yield outlet.taken()
        archive.writestr("名单.xlsx", listing(batch, listed))
    yield outlet.taken()


def listing(batch: Batch, rows: list[list[str]]) -> bytes:
    """The list as a workbook in which nothing is a formula."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("名单")
        sheet.set_column(0, 3, 24)
        head = [["编号", "姓名", "记录单位", "小时"]]
        for place, row in enumerate([[batch.asked_by], [f"{batch.start.isoformat()} – {batch.end.isoformat()}"], *head, *rows]):
            for column, text in enumerate(row):
                sheet.write_string(place, column, text)
    return file.getvalue()
