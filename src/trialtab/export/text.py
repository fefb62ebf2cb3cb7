"""Plain text formats: CSV, TSV, JSON and Markdown.

What is written is safe where it is opened: control and direction characters never reach a terminal, a cell that a
spreadsheet would run as a formula is made text, and JSON keeps every character as an escape.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Mapping
from typing import TextIO

from trialtab.views import Cell, Table, Value

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
"""Control characters (but tab and line end), marks that turn the direction of writing, and what is no character."""

_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_NUMERAL = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def clean(text: str) -> str:
    """Text that does nothing to a terminal: unsafe characters become a blank."""
    return _UNSAFE.sub(" ", text)


def guarded(value: Value) -> Value:
    """A value that no spreadsheet runs: text that begins like a formula gets an apostrophe; numbers stay."""
    if isinstance(value, str):
        value = clean(value)
        if _FORMULA.match(value) and not _NUMERAL.fullmatch(value):
            return f"'{value}"
    return value


def write_csv(table: Table, out: TextIO) -> None:
    """CSV (RFC 4180, line ends \\n), values guarded against formulas."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([guarded(column) for column in table.columns])
    for row in table.rows:
        rows.writerow([guarded(cell.value) for cell in row])


def write_tsv(table: Table, out: TextIO) -> None:
    """Tab-separated values: line ends and tabs within a cell become blanks, values guarded as in CSV."""

    def shown(value: Value) -> str:
        value = guarded(value)
        return "" if value is None else " ".join(str(value).split()) if isinstance(value, str) else str(value)

    for line in (table.columns, *([cell.value for cell in row] for row in table.rows)):
        out.write("\t".join(map(shown, line)) + "\n")


def _object(table: Table, row: tuple[Cell, ...]) -> dict[str, object]:
    found: dict[str, object] = {column: cell.value for column, cell in zip(table.columns, row, strict=True)}
    if "finding_id" not in found and any(cell.findings for cell in row):
        found["findings"] = {
            c: list(cell.findings) for c, cell in zip(table.columns, row, strict=True) if cell.findings
        }
    return found


def dumps(value: object, indent: int | None = None) -> str:
    """JSON as it is written everywhere: characters as they are, unsafe ones as escapes, no end as null."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    except ValueError:  # JSON has no infinity
        text = json.dumps(_finite(value), ensure_ascii=False, indent=indent, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_json(table: Table, out: TextIO) -> None:
    """A JSON array with one object a row; `findings` names the findings of each cell where no column does."""
    out.write("[")
    for number, row in enumerate(table.rows):
        out.write((",\n " if number else "\n ") + dumps(_object(table, row)))
    out.write("\n]\n" if table.rows else "]\n")


def write_jsonl(table: Table, out: TextIO) -> None:
    """One JSON object a line."""
    for row in table.rows:
        out.write(dumps(_object(table, row)) + "\n")


_MARKDOWN = re.compile(r"([\\|`*_<>\[\]])")


def write_md(table: Table, out: TextIO) -> None:
    """A Markdown table, with its title and notes above it."""

    def shown(text: str) -> str:
        return _MARKDOWN.sub(r"\\\1", clean(text)).replace("\n", "<br>").replace("\t", " ")

    if table.title:
        out.write(f"**{shown(table.title)}**\n\n")
    for note in table.notes:
        out.write(f"- {shown(note)}\n")
    if table.notes:
        out.write("\n")
    out.write(f"| {' | '.join(map(shown, table.columns))} |\n")
    out.write(f"|{' --- |' * len(table.columns)}\n")
    for row in table.rows:
        out.write(f"| {' | '.join(shown(cell.text) for cell in row)} |\n")
    if table.keys:
        out.write("\n")
    for key in table.keys:
        out.write(f"- {shown(key)}\n")
