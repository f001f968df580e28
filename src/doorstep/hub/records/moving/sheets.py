"""Reads a table that somebody sent: a workbook or a text file, both looked through before anything is believed.

What a workbook says of its own size is not trusted: every part is unpacked with a limit, cells are counted by where they
claim to stand, and a text is measured before a reader copies it into ten thousand cells.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from doorstep.hub.journal.access import Refused

MOST_BYTES, MOST_UNPACKED, MOST_RATIO, MOST_PARTS = 5 * 2**20, 50 * 2**20, 100, 200
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 10_000, 60, 500
#: A text in a workbook with its markup.
MOST_TEXT = 8_000
PIECE = 2**16
ZIP = b"PK\x03\x04"
#: Old workbooks, locked ones and other things that begin like this.
COMPOUND = b"\xd0\xcf\x11\xe0"

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,12})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["']([0-9]{1,12})["']""")
_ENTITY_IN_ATTRIBUTE = re.compile(rb"""=\s*["'][^"'<>]*&""")
_DECLARED = re.compile(rb"""<!(?:DOCTYPE|ENTITY)|encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_TEXT_ENDS = re.compile(rb"</(?:\w+:)?(?:si|c|t)\s*>")
#: Parts that carry what a table does not need.
_ACTIVE = re.compile(r"vbaProject|externalLink|activeX|embeddings|oleObject|customUI", re.IGNORECASE)
#: What a spreadsheet takes for a formula.
FORMULA_BEGINS = ("=", "@", "+", "-", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d[\d ,.()-]*")


class NotATable(Refused):
    """Why a file is not read, and what to do."""

    sentence = _("这个文件读不了。请用下面的样张，存成 .xlsx 或 .csv 再传。")
    field = "file"


class TooLarge(NotATable):
    sentence = _("文件太大：最多 5 MB、一万行、60 列，一格最多 500 个字。请分成几份再传。")


class Active(NotATable):
    sentence = _("文件里有公式、宏或外部链接，不能收。请全选、复制，“只粘贴数值”到新表，再存一次。")


class Odd(NotATable):
    sentence = _("文件的结构不对劲，没有读。请在表格软件里另存为 .xlsx 或 .csv 再传。")


def rows_of(name: str, data: bytes) -> list[list[str]]:
    """The cells of the first sheet as trimmed texts, empty rows left out. Raises NotATable."""
    if len(data) > MOST_BYTES:
        raise TooLarge
    if not data.strip() or data.startswith(COMPOUND):
        raise NotATable
    rows = list(_workbook(data) if data.startswith(ZIP) else _text(data))
    if not rows:
        raise NotATable
    return rows


# --- workbooks ---------------------------------------------------------------------------------------------------------------------------


def _workbook(data: bytes) -> Iterator[list[str]]:
    _look_through(data)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS + 1 or sheet.total_width > MOST_COLUMNS:
            raise TooLarge
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, IndexError, KeyError, zipfile.BadZipFile) as fault:
        raise Odd from fault
    except BaseException as fault:
        # The reader is Rust: what it did not expect is a panic, which is no Exception.
        if type(fault).__name__ == "PanicException":
            raise Odd from None
        raise
    yield from _checked([_plain(cell) for cell in row] for row in cells)


def _look_through(data: bytes) -> None:
    """Every part, really unpacked: sizes, declarations, formulas, and where its cells claim to stand."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
            if len(parts) > MOST_PARTS or len({part.filename for part in parts}) < len(parts):
                raise Odd
            if any(_ACTIVE.search(part.filename) for part in parts):
                raise Active
            if any(part.flag_bits & 1 for part in parts):
                raise NotATable
            left = MOST_UNPACKED
            for part in parts:
                body = _unpacked(book, part, left, len(data))
                left -= len(body)
                _look_at(body)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as fault:
        raise Odd from fault


def _unpacked(book: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, packed: int) -> bytes:
    """The bytes of a part, as many as there really are, up to what is left."""
    most = min(left, max(MOST_RATIO * packed, PIECE))
    body = bytearray()
    with book.open(part) as stream:
        while piece := stream.read(PIECE):
            body += piece
            if len(body) > most or len(body) > MOST_RATIO * max(part.compress_size, PIECE // 16):
                raise TooLarge
    return bytes(body)


def _look_at(body: bytes) -> None:
    if b"\0" in body[:4096] or body[:2] in (b"\xff\xfe", b"\xfe\xff") or _DECLARED.search(body[:4096]) or b"<!ENTITY" in body:
        raise Odd
    if _FORMULA.search(body):
        raise Active
    if b"sheetData" in body and _ENTITY_IN_ATTRIBUTE.search(body):
        raise Odd
    _look_where(body)
    end = max(0, body.find(b"sheetData"))
    for found in _TEXT_ENDS.finditer(body, end):
        if found.start() - end > MOST_TEXT:
            raise TooLarge
        end = found.end()


def _look_where(body: bytes) -> None:
    """A cell far out makes a reader lay out everything before it."""
    if b"sheetData" not in body:
        return
    for letters, row in _CELL.findall(body):
        if len(letters) > 3 or _column(letters) > MOST_COLUMNS or int(row) > MOST_ROWS + 1:
            raise TooLarge
    if any(int(row) > MOST_ROWS + 1 for row in _ROW.findall(body)):
        raise TooLarge
    if len(re.findall(rb"<(?:\w+:)?c[\s>/]", body)) > (MOST_ROWS + 1) * MOST_COLUMNS:
        raise TooLarge


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _plain(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# --- texts -------------------------------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> Iterator[list[str]]:
    if b"\0" in data:
        raise Odd
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Odd
    try:
        yield from _checked(csv.reader(io.StringIO(words, newline=""), strict=True))
    except csv.Error as fault:
        raise Odd from fault


def _checked(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise TooLarge
        cells = [cell.strip() for cell in row]
        if any(len(cell) > MOST_LETTERS for cell in cells):
            raise TooLarge
        if any(_is_formula(cell) for cell in cells):
            raise Active
        if any(cells):
            yield cells


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_BEGINS) and not _NUMBER.fullmatch(cell)
