"""Tables for people at a terminal, with borders and dimmed finding ids."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, TextIO

from trialtab.export.text import clean
from trialtab.views import Table

if TYPE_CHECKING:
    from rich.text import Text


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
    heads = [
        f"{over}\n{head}" if over else head
        for over, head in zip((s for s, n in table.spans for _ in range(n)), table.heads, strict=True)
    ] or list(table.columns)
    for column, longest in zip(heads, widest, strict=True):
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
