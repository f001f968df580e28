"""Writes a table that leaves the house: every cell is a text, in a workbook by its type, in a text file by an apostrophe before it."""

import csv
import io
from collections.abc import Sequence

from xlsxwriter import Workbook

from .sheets import FORMULA_BEGINS

BOM = "\ufeff"
WIDTH = 16
#: A foot line longer than 255 letters is refused by spreadsheets.
FOOT = 250


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with the mark that makes a spreadsheet read Chinese; what it would take for a formula gets an apostrophe."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([[escaped(cell) for cell in row] for row in rows])
    return (BOM + out.getvalue()).encode()


def escaped(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*FORMULA_BEGINS, "\n")) else cell


def as_xlsx(rows: Sequence[Sequence[str]], mark: str = "") -> bytes:
    """One sheet, each cell of type text and marked as such, so that editing it does not make a formula of it.

    The mark says who took the file: at the foot of each printed page and on a second sheet, because whoever takes the
    first one in reads every line of it as a record.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}) as book:
        text = book.add_format({"num_format": "@", "quote_prefix": True})
        head = book.add_format({"num_format": "@", "bold": True, "quote_prefix": True})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text if number else head)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.set_column(0, len(rows[0]) - 1, WIDTH)
        if mark:
            # In a foot line "&" begins a command.
            sheet.set_footer("&L" + mark.replace("&", "&&")[:FOOT])
            book.add_worksheet("谁取走的").write_string(0, 0, mark, text)
    return out.getvalue()
