"""Workbooks and texts that somebody sends in the hope that the reader breaks: each by its name."""

import io
import zipfile
from collections.abc import Callable

from xlsxwriter import Workbook

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
WORKBOOK = (
    HEAD + b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELS = (
    HEAD + b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
ROOT = (
    HEAD + b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
TYPES = (
    HEAD
    + b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)


def book(sheet: bytes, **more: bytes) -> bytes:
    """A workbook with this sheet; more parts by their path, written with __ for / and _x for .x."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", TYPES)
        parts.writestr("_rels/.rels", ROOT)
        parts.writestr("xl/workbook.xml", WORKBOOK)
        parts.writestr("xl/_rels/workbook.xml.rels", RELS)
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
        for path, body in more.items():
            parts.writestr(path.replace("__", "/").replace("_x_", "."), body)
    return out.getvalue()


def cells(inside: bytes, before: bytes = HEAD) -> bytes:
    return book(before + SHEET % (b"<sheetData>" + inside + b"</sheetData>"))


def inline(words: bytes, where: bytes = b"A1") -> bytes:
    return b'<row><c r="%s" t="inlineStr"><is><t>%s</t></is></c></row>' % (where, words)


def good(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return out.getvalue()


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _lying(data: bytes) -> bytes:
    """The directory says ten bytes where a megabyte is."""
    size = (2**20).to_bytes(4, "little")
    return data.replace(size, (10).to_bytes(4, "little"))


def _locked(data: bytes) -> bytes:
    """Every part says that it is encrypted."""
    out = bytearray(data)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        out[at + 8] |= 1
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def _many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for number in range(1000):
            parts.writestr(f"a{number}", b"")
    return out.getvalue()


def _twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/workbook.xml", WORKBOOK)
        parts.NameToInfo.clear()
        parts.writestr("xl/workbook.xml", b"<other/>")
    return out.getvalue()


SHARED = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
LAUGHS = HEAD + b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + SHEET % b"<sheetData/>"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blank": lambda: b" \r\n ",
    "six megabytes": lambda: b"a,b\n" * 1_600_000,
    "an old workbook or a locked one": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
    "a zip of nothing": lambda: b"PK\x05\x06" + b"\0" * 18,
    "half a workbook": lambda: _cut(good([["a", "b"]])),
    "no workbook inside": lambda: _zip_of({"a.txt": b"hello"}),
    "a bomb of one sheet": lambda: book(b"<sheetData>" + b" " * 200_000_000),
    "a bomb beside the sheet": lambda: book(SHEET % b"<sheetData/>", xl__media__a_x_png=b"\1" * 120_000_000),
    "a directory that lies": lambda: _lying(book(b" " * 2**20)),
    "encrypted parts": lambda: _locked(good([["a"]])),
    "a thousand parts": _many_parts,
    "two parts of one name": _twice,
    "a billion laughs": lambda: book(LAUGHS),
    "an outside entity": lambda: book(HEAD + b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + SHEET % b"<sheetData/>"),
    "an entity far down": lambda: book(HEAD + b" " * 5000 + b"<!ENTITY a 'b'>" + SHEET % b"<sheetData/>"),
    "another encoding": lambda: book(b'<?xml version="1.0" encoding="UTF-16"?>' + SHEET % b"<sheetData/>"),
    "two bytes a letter": lambda: book("<worksheet><sheetData/></worksheet>".encode("utf-16")),
    "a formula": lambda: cells(b'<row><c r="A1"><f>1+1</f><v>2</v></c></row>'),
    "a formula under another name": lambda: cells(b'<row><c r="A1"><x:f xmlns:x="a">1+1</x:f><v>2</v></c></row>'),
    "a formula as text": lambda: cells(inline(b"=cmd|' /C calc'!A0")),
    "a macro": lambda: book(SHEET % b"<sheetData/>", xl__vbaProject_x_bin=b"\1"),
    "a link outside": lambda: book(SHEET % b"<sheetData/>", xl__externalLinks__externalLink1_x_xml=b"<a/>"),
    "a cell at the far corner": lambda: cells(inline(b"a") + inline(b"b", b"XFD1048576")),
    "a cell beyond every corner": lambda: cells(inline(b"a", b"ZZZZZZ99999999")),
    "a row far down": lambda: cells(b'<row r="999999"><c><v>1</v></c></row>'),
    "a cell that hides where it is": lambda: cells(inline(b"a", b"&#88;FD1048576")),
    "eleven thousand rows": lambda: good([["a"]] * 11_000),
    "seventy columns": lambda: good([["a"] * 70]),
    "one long text": lambda: cells(inline(b"a" * 9_000)),
    "one long text said ten thousand times": lambda: book(
        HEAD + SHEET % (b"<sheetData>" + b'<row><c t="s"><v>0</v></c></row>' * 9_000 + b"</sheetData>"),
        xl__sharedStrings_x_xml=HEAD + SHARED % (b"<si><t>" + b"a" * 1_000_000 + b"</t></si>"),
    ),
    "a text of many runs": lambda: book(
        SHEET % b"<sheetData/>", xl__sharedStrings_x_xml=HEAD + SHARED % (b"<si>" + b"<r><x>aaaaaaaaaa</x></r>" * 9_000 + b"</si>")
    ),
    "broken markup": lambda: cells(b"<row><c r='A1'><v>1</row>"),
    "a number that is none": lambda: cells(b'<row><c r="A1" t="s"><v>999999999999</v></c></row>'),
    "a text file with zeros": lambda: b"a,b\n\0,1\n",
    "a text file of no encoding": lambda: b"a,b\n\xff\xff\xff,\x81\n",
    "a text file with an open quote": lambda: b'a,b\n"open,1\n',
    "a text file with a long cell": lambda: b"a,b\n" + b"x" * 200_000 + b",1\n",
    "a text file with a formula": lambda: b"a,b\n=1+1,2\n",
    "a text file with a hidden formula": lambda: b"a,b\n@SUM(A1),2\n",
}


def _zip_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for path, body in parts.items():
            made.writestr(path, body)
    return out.getvalue()
