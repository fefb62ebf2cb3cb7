"""A table as an Excel workbook: as printed, as data with typed cells, and where each figure stands."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from textwrap import wrap
from typing import Any

from trialtab.errors import QuestionError
from trialtab.export.text import clean
from trialtab.views import Table, Value

_WHEN = datetime(2000, 1, 1)
"""The date in every workbook: the same table gives the same bytes."""

MOST_CHARACTERS = 32_767
"""What Excel takes in one cell."""

LINE_HEIGHT = 15
"""Points of a line of a sheet."""

PROVENANCE = ("finding_id", "study", "document", "place", "quote", "outcome", "arm", "marks")


def xlsx(table: Table, data: Table | None = None) -> bytes:
    """A workbook with the sheets Table (as printed), Data (typed; where given) and Provenance.

    No text becomes a formula or a link. Raises QuestionError where XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise QuestionError("xlsx needs XlsxWriter: pip install 'trialtab[report]'") from error
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    )
    book.set_properties({"title": clean(table.title), "created": _WHEN, "comments": "Made by trialtab"})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "over": book.add_format({"bold": True, "bottom": 4, "align": "center", "text_wrap": True}),
        "cell": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 12}),
        "note": book.add_format({"italic": True, "font_color": "#444444"}),
    }
    _printed(book.add_worksheet("Table"), table, formats)
    if data is not None:
        _data(book.add_worksheet("Data"), data, formats)
    _provenance(book.add_worksheet("Provenance"), table, formats)
    book.close()
    return buffer.getvalue()


def _put(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    """A number as a number, all else as text; Excel's limit of a cell is kept and said."""
    if isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
        return
    text = clean(value or "")
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 6] + " [...]"
    sheet.write_string(row, column, text, style)


def _printed(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    at = 0
    for text, style in ((table.title, "title"), *((note, "note") for note in table.notes)):
        if text:
            _put(sheet, at, 0, text, formats[style])
            at += 1
    if table.spans:
        column = 0
        for name, n in table.spans:
            if n > 1:
                sheet.merge_range(at, column, at, column + n - 1, "", formats["over"])
            _put(sheet, at, column, name, formats["over" if name else "cell"])
            column += n
        at += 1
    for column, name in enumerate(table.heads or table.columns):
        _put(sheet, at, column, name, formats["head"])
    sheet.freeze_panes(at + 1, 1)
    sheet.repeat_rows(at)
    widths = _widths(table)
    for row in table.rows:
        at += 1
        tall = max((_lines(cell.text, width) for cell, width in zip(row, widths, strict=True)), default=1)
        if tall > 1:  # not every program makes a row as high as its wrapped text
            sheet.set_row(at, LINE_HEIGHT * tall)
        for column, cell in enumerate(row):
            whole = isinstance(cell.value, int | float) and cell.text == str(cell.value)
            _put(sheet, at, column, cell.value if whole else cell.text, formats["cell"])
    for key in table.keys:
        at += 1
        _put(sheet, at, 0, key, formats["note"])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _data(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for column, name in enumerate(table.columns):
        _put(sheet, 0, column, name, formats["head"])
    for at, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if cell.value is not None:
                _put(sheet, at, column, cell.value, None)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    for column, width in enumerate(_widths(table)):
        sheet.set_column(column, column, width)


def _provenance(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    columns = (*PROVENANCE, "cells")
    cells: dict[str, list[str]] = {}
    first = sum(bool(text) for text in (table.title, *table.notes)) + bool(table.spans) + 2
    for number, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            for finding in cell.findings if cell.text else ():
                cells.setdefault(finding, []).append(f"{_letter(column)}{first + number}")
    for column, name in enumerate(columns):
        _put(sheet, 0, column, name, formats["head"])
    for at, one in enumerate(table.references, 1):
        values = (*(getattr(one, name) for name in PROVENANCE), " ".join(cells.get(one.finding_id, [])))
        for column, value in enumerate(values):
            _put(sheet, at, column, value, formats["cell"])
    sheet.freeze_panes(1, 1)
    for column, width in enumerate((18, 24, 28, 16, 60, 28, 20, 16, 20)):
        sheet.set_column(column, column, width)


def _letter(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column of so many characters."""
    return sum(max(1, len(wrap(line, width - 1))) for line in text.split("\n"))


def _widths(table: Table) -> list[int]:
    return [
        min(
            44, max([8, min(20, len(name)), *(len(line) for row in table.rows for line in row[i].text.split("\n"))]) + 1
        )
        for i, name in enumerate(table.heads or table.columns)
    ]
