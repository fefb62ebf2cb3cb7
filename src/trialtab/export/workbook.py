"""A review's form as a workbook: all studies on one sheet, a sheet for each outcome, and the quotations.

Every value is linked to its quotation on the sheet "Quotations". Needs XlsxWriter (extra `report`), which
is imported here and nowhere else.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trialtab.errors import TrialtabError
from trialtab.export import clean

QUOTATIONS = "Quotations"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _LONGEST_CELL = 31, 32_000


def write_form(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], outcomes: Mapping[str, Sequence[str]], path: Path
) -> None:
    """Write a wide form as .xlsx; outcomes: name -> its measures, columns "name: measure", "name: quote" and so on.

    Raises TrialtabError where XlsxWriter is missing, OSError where the file cannot be written.
    """
    try:
        writer = importlib.import_module("xlsxwriter")
    except ImportError as error:
        raise TrialtabError("a workbook needs XlsxWriter: pip install 'trialtab[report]', or write .csv") from error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = writer.Workbook(str(path), options)
    bold, link = book.add_format({"bold": True}), book.add_format({"font_color": "#1155cc", "underline": 1})
    own = [column for column in columns if ": " not in column]
    sheets: dict[str, list[str]] = {"Studies": list(columns)}
    for outcome in outcomes:
        sheets[_sheet(outcome, sheets)] = [*own, *(c for c in columns if c.startswith(f"{outcome}: "))]
    quoted = {finding: at for at, (finding, _, _) in enumerate(_quotations(rows, outcomes), 1)}
    for name, shown in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for column, title in enumerate(shown):
            sheet.write_string(0, column, clean(title), bold)
        for line, row in enumerate(rows, 1):
            for column, title in enumerate(shown):
                _cell(sheet, line, column, row[title], quoted.get(_finding(row, title)), link)
    sheet = book.add_worksheet(QUOTATIONS)
    for column, title in enumerate(("finding", "document", "quotation")):
        sheet.write_string(0, column, title, bold)
    for line, texts in enumerate(_quotations(rows, outcomes), 1):
        for column, text in enumerate(texts):
            sheet.write_string(line, column, clean(text)[:_LONGEST_CELL])
    try:
        book.close()
    except writer.exceptions.FileCreateError as error:
        raise OSError(f"{path.name}: {error}") from error


def _sheet(outcome: str, taken: Mapping[str, object]) -> str:
    """The name of an outcome as a sheet may bear it: 31 characters, none of them special, none twice."""
    name = _FORBIDDEN.sub(" ", clean(outcome)).strip()[:_LONGEST_NAME] or "outcome"
    same = {one.lower() for one in (*taken, QUOTATIONS)}
    number = 2
    while name.lower() in same:
        name = f"{name[: _LONGEST_NAME - 4]} {number}"
        number += 1
    return name


def _finding(row: Mapping[str, Any], column: str) -> str:
    outcome, colon, _ = column.rpartition(": ")
    return row.get(f"{outcome}: finding") or "" if colon else ""


def _quotations(rows: Sequence[Mapping[str, Any]], outcomes: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    """Finding, document and quotation of all that is shown, each finding once, in the order of the form."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        for outcome in outcomes:
            if finding := row[f"{outcome}: finding"]:
                found.setdefault(finding, (finding, row["document"], row[f"{outcome}: quote"]))
    return list(found.values())


def _cell(sheet: Any, line: int, column: int, value: Any, quoted: int | None, link: Any) -> None:
    """One cell: a number or a text, linked to its quotation where it has one."""
    if value is None:
        return
    text = value if isinstance(value, str) else f"{value:g}"
    if quoted is not None:
        sheet.write_url(line, column, f"internal:'{QUOTATIONS}'!C{quoted + 1}", link, clean(text)[:_LONGEST_CELL])
    if not isinstance(value, str):
        sheet.write_number(line, column, value, *([link] if quoted is not None else []))
    elif quoted is None:
        sheet.write_string(line, column, clean(value)[:_LONGEST_CELL])


__all__ = ["QUOTATIONS", "write_form"]
