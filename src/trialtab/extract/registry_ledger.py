"""Every number of a registry record and its fate. What a number is, its place in the record tells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from trialtab.model import Block, Document, Finding, Number, Table

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def ledger(document: Document, findings: Sequence[Finding]) -> Iterator[Number]:
    """Numbers of design, results and adverse events in text order: extracted, or ignored with the reason."""
    spans = sorted((f.measure.start, f.measure.end) for f in findings)
    starts = [start for start, _ in spans]
    tables = {table.start: table for table in document.tables}
    for block in document.blocks:
        if block.kind == "title":
            continue
        for found in _NUMBER.finditer(document.text, block.start, block.end):
            at = bisect_right(starts, found.start()) - 1
            if at >= 0 and found.end() <= spans[at][1]:
                yield Number(found.start(), found.end(), block.section, "extracted", "")
            else:
                reason = _reason(block, found.start(), tables.get(block.start), document.text)
                yield Number(found.start(), found.end(), block.section, "ignored", reason)


def _reason(block: Block, at: int, table: Table | None, text: str) -> str:
    if block.heading == "Baseline characteristics":
        return "baseline"
    if table is None:
        return {"caption": "time, unit or label of a table", "heading": "label"}.get(block.kind, "description")
    cell = next((cell for cell in table.cells if cell.start <= at < cell.end), None)
    if cell is None or cell.header or cell.column == 0:
        return "label of a row or column"
    row = next((c for c in table.cells if c.row == cell.row and c.column == 0), None)
    if row is not None and text[row.start : row.end] == "analysed":
        return "group size"
    return "number of events beside the patients, or of nobody analysed"
