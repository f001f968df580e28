"""Hostile tables do no harm, sound ones are read as they are, and what leaves comes back equal and as text."""

import csv
import io
import resource
import time
import zipfile
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from doorstep.hub.records.moving.sheets import NotATable, rows_of
from doorstep.hub.records.moving.writing import as_csv, as_xlsx

from .hostile import HOSTILE, cells, good, inline

MOST_SECONDS, MOST_BYTES = 5.0, 200 * 2**20


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_is_refused_quickly_and_in_little_memory(name: str) -> None:
    data = HOSTILE[name]()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, time.monotonic()
    with pytest.raises(NotATable) as refused:
        rows_of("a.xlsx", data)
    assert str(refused.value.sentence).endswith("。")
    assert time.monotonic() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < MOST_BYTES


def test_there_are_more_than_thirty_of_them() -> None:
    assert len(HOSTILE) >= 30


def test_a_broken_workbook_is_never_believed_wherever_a_byte_is_wrong() -> None:
    """Two hundred bytes turned over, one at a time: refused, or read as a table of texts; never anything else."""
    rng, data = Random(1), good([["志愿者号", "小时"], ["V000001", "2.5"]])
    for _ in range(200):
        at = rng.randrange(len(data))
        broken = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        try:
            rows = rows_of("a.xlsx", broken)
        except NotATable:
            continue
        assert all(isinstance(cell, str) for row in rows for cell in row)


def test_sound_tables_are_read_as_they_are() -> None:
    rows = [["志愿者号", "姓名", "小时"], ["V000001", "陈国梁", "2.5"], ["V000002", "+86 139 0000 0000", "-3"]]
    assert rows_of("a.xlsx", good(rows)) == rows
    text = "\n".join(",".join(row) for row in rows)
    assert rows_of("a.csv", text.encode("utf-8-sig")) == rows_of("a.csv", text.encode("gb18030")) == rows
    assert rows_of("a.xlsx", cells(inline("好".encode()))) == [["好"]]
    assert rows_of("a.csv", b"a,b\n,\n1,2\n") == [["a", "b"], ["1", "2"]], "empty rows are left out"


NASTY = [
    "=1+1", "+86 139", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(\"http://a\")", "陈国梁", "007", "1e5", "2026-01-01", "http://a.example",
    "'quoted", 'say "hi", please', "a\nb", "", "true", "x" * 400, "=cmd|' /C calc'!A0",
]  # fmt: skip


def test_every_cell_of_a_workbook_that_leaves_is_text_and_comes_back_equal() -> None:
    data = as_xlsx([["标题"], *([word] for word in NASTY)])
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    # A carriage return inside a cell is a line feed to every reader of XML.
    assert [row[0] for row in found[1:]] == NASTY
    assert all(isinstance(row[0], str) for row in found)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet, styles = parts.read("xl/worksheets/sheet1.xml"), parts.read("xl/styles.xml")
    assert b"<f>" not in sheet and sheet.count(b't="s"') == len(NASTY) + 1
    assert b'quotePrefix="1"' in styles and b"hyperlink" not in sheet


def test_a_text_file_that_leaves_begins_with_its_mark_and_no_cell_is_a_formula() -> None:
    data = as_csv([["标题"], *([word] for word in NASTY)])
    assert data.startswith(b"\xef\xbb\xbf")
    back = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in back)
    assert [cell.removeprefix("'") if cell not in NASTY else cell for cell in back[1:]] == NASTY
