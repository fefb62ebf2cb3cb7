"""What a reader of tables should be told of them: a header that says nothing, rows that break off, a lonely caption."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from trialtab.model import Block, Table

MAX_CAPTION = 600
"""Characters: what is longer and begins like the caption of a table is running text."""

_CAPTION = re.compile(
    r"(?P<label>table\s?(?:\d{1,3}[A-Za-z]?|[IVX]{1,5}))(?P<end>\s?[.:|–—])?\s", re.IGNORECASE
)  # "Table S3" is named in an article but stands elsewhere


def table_notices(text: str, blocks: Sequence[Block], tables: Sequence[Table]) -> list[str]:
    """One line for each table that may have been misread, and for each caption of a table without one.

    Only tables with a label or a caption are looked at: web pages lay out other things in tables. Linear in cells.
    """
    found: list[str] = []
    for table in tables:
        if table.label or table.caption:
            found += [f"{table.label or 'a table'}: {fault}" for fault in _faults(text, table)]
    labels = {_plain(table.label) for table in tables}
    captions = {table.caption.start for table in tables if table.caption}
    for block in blocks:
        if block.start in captions or block.kind not in ("caption", "paragraph", "heading"):
            continue
        if block.end - block.start > MAX_CAPTION or not (named := _CAPTION.match(text, block.start, block.end)):
            continue
        if (named["end"] or block.kind == "caption") and _plain(named["label"]) not in labels:
            found.append(f"{' '.join(named['label'].split())}: a caption without a table")
    return list(dict.fromkeys(found))


def _plain(label: str) -> str:
    return "".join(label.casefold().split())


def _faults(text: str, table: Table) -> list[str]:
    found = []
    heads = {cell.row for cell in table.cells if cell.header}
    if not any(cell.header and text[cell.start : cell.end].strip() for cell in table.cells):
        found.append("no header")
    elif all(cell.header for cell in table.cells):
        found.append("no row below its header")
    held = Counter(cell.row for cell in table.cells)
    whole = {
        row
        for cell in table.cells
        if cell.column + cell.column_span >= table.columns
        for row in range(cell.row, cell.row + cell.row_span)
    }
    short = sum(many > 1 and row not in whole and row not in heads for row, many in held.items())
    if short > 1:  # a single one may be a section
        found.append(f"{short} rows end before the last column")
    return found
