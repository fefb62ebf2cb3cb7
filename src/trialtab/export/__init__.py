"""A view -> a file: table (for people), csv, json, jsonl, md. Writers take a text stream; none of them prints.

What is written is safe where it is opened: control and direction characters never reach a terminal, a cell that a
spreadsheet would run as a formula is made text, and JSON keeps every character as an escape.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, TextIO

from trialtab.views import Cell, Table, Value

if TYPE_CHECKING:
    from rich.text import Text

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters (but tab and line end) and marks that turn the direction of writing."""

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


def _object(table: Table, row: tuple[Cell, ...]) -> dict[str, object]:
    found: dict[str, object] = {column: cell.value for column, cell in zip(table.columns, row, strict=True)}
    if "finding_id" not in found and any(cell.findings for cell in row):
        found["findings"] = {
            c: list(cell.findings) for c, cell in zip(table.columns, row, strict=True) if cell.findings
        }
    return found


def dumps(value: object, indent: int | None = None) -> str:
    """JSON as it is written everywhere: characters as they are, unsafe ones as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


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


def write_table(table: Table, out: TextIO, *, width: int | None = None) -> None:
    """A table with borders for people, in colour where `out` is a terminal; width: columns, default the terminal's."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
    drawn = Drawn(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    widest = [
        max((len(line) for row in table.rows for line in row[i].text.split("\n")), default=0)
        for i in range(len(table.columns))
    ]
    for column, longest in zip(table.columns, widest, strict=True):
        # Ids are copied by hand and short names read at a glance: they are never folded.
        whole = column in ("finding", "finding_id") or (column in _NAMES and longest <= _WHOLE)
        most = _WHOLE - 4 if column == "outcome" and table.groups else None
        drawn.add_column(Text(clean(column)), no_wrap=whole, max_width=most, overflow="fold")
    tall = any("\n" in cell.text for row in table.rows for cell in row)
    ends = set(accumulate(table.groups)) if table.groups else set(range(len(table.rows) + 1) if tall else ())
    for number, row in enumerate(table.rows, 1):
        drawn.add_row(*(_painted(clean(cell.text)) for cell in row), end_section=number in ends)
    if table.title:
        console.print(Text(clean(table.title), style="bold"))
    for note in table.notes:
        console.print(Text(clean(note), style="dim"))
    if table.title or table.notes:
        console.print()
    console.print(drawn)
    if table.keys:
        console.print()
    for key in table.keys:
        console.print(Text(clean(key), style="dim"))


_NAMES = ("study", "id", "document")
_WHOLE = 32
_ID = re.compile(r"\[[0-9a-f]{8}\]")


def _painted(text: str) -> Text:
    """A cell's text, finding ids dimmed."""
    from rich.text import Text

    painted = Text(text)
    painted.highlight_regex(_ID, "dim")
    return painted


WRITERS: dict[str, Callable[[Table, TextIO], None]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
    "jsonl": write_jsonl,
    "md": write_md,
}
FORMATS = tuple(WRITERS)


def write(table: Table, form: str, out: TextIO, *, width: int | None = None) -> None:
    """Write a table in one of FORMATS; width is for `table` only. Raises KeyError for another format."""
    if form == "table":
        write_table(table, out, width=width)
    else:
        WRITERS[form](table, out)


__all__ = [
    "FORMATS", "WRITERS", "clean", "dumps", "guarded", "write", "write_csv", "write_json", "write_jsonl", "write_md",
    "write_table",
]  # fmt: skip
