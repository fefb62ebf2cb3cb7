"""The corpus of tables, measured by format: cells in their place, cells with their path, rows of the evidence table.

Each of its tables is a PDF, a JATS and an HTML document made from one source. Figures are given for all tables and
for the third that nobody looks at (`floors.unseen` of the table's name).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import bundled
import floors
from trialtab import readers, score
from trialtab.extract.table_layout import lay_out
from trialtab.model import Document, Table

CORPUS = bundled.ROOT / "corpora" / "tables"
FORMATS = ("pdf", "jats", "html")
Cell = tuple[str, str, str]


def plain(text: str) -> str:
    """A text without what readers may write in more than one way: case, blanks, signs around raised marks."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("−", "-").replace("–", "-")
    return re.sub(r"[^a-z0-9.%<>=±/+-]", "", text)


def named(stem: str) -> tuple[str, str]:
    """The table's name and the format of a document of the corpus."""
    name, _, kind = stem.rpartition("_")
    return name, kind


# ---- cells -----------------------------------------------------------------------------------------------------


def placed(table: Table, text: str) -> Counter[Cell]:
    """The cells right of the first column and below the header: label of their row, header above them, text.

    As the reader gives the grid: what it marks as a header, and the cell of the first column.
    """
    head: dict[int, list[str]] = {}
    labels: dict[int, str] = {}
    for cell in table.cells:
        printed = plain(text[cell.start : cell.end])
        if cell.header:
            for column in range(cell.column, cell.column + cell.column_span):
                if printed and printed not in head.setdefault(column, []):
                    head[column].append(printed)
        elif cell.column == 0:
            for row in range(cell.row, cell.row + cell.row_span):
                labels[row] = printed
    return Counter(
        (labels.get(cell.row, ""), "".join(head.get(cell.column, [])), plain(text[cell.start : cell.end]))
        for cell in table.cells
        if not cell.header and cell.column > 0 and plain(text[cell.start : cell.end])
    )


def pathed(table: Table, text: str) -> Counter[Cell]:
    """The same cells with the whole path of their row, sections included, as the table is laid out for findings."""
    layout = lay_out(table, text)
    found = Counter[Cell]()
    for row in layout.rows if layout else ():
        for column in range(layout.stubs, table.columns) if not row.section else ():
            cell = row.cells[column]
            if cell >= 0 and table.cells[cell].column == column and plain(layout.texts[cell]):
                head = layout.column_path(row.head, column)
                found["/".join(map(plain, row.path)), "".join(map(plain, head)), plain(layout.texts[cell])] += 1
    return found


def wanted(entry: score.Gold, *, whole: bool) -> Counter[Cell]:
    """The gold cells of a table; whole: with the whole path of their row."""
    return Counter(
        (
            "/".join(map(plain, path)) if whole else plain(path[-1] if path else ""),
            "".join(map(plain, head)),
            plain(text),
        )
        for path, head, text in entry["cells"]
        if plain(text)
    )


def f1(pairs: list[tuple[Counter[Cell], Counter[Cell]]]) -> float:
    """Of cells given and cells wanted."""
    right = sum((given & gold).total() for given, gold in pairs)
    return round(2 * right / max(1, sum(given.total() + gold.total() for given, gold in pairs)), 4)


def cells_of(document: Document, entries: list[score.Gold], *, whole: bool) -> tuple[Counter[Cell], Counter[Cell]]:
    """All cells of a document, given and wanted. A table is known by its label."""
    given, gold = Counter[tuple[str, Cell]](), Counter[tuple[str, Cell]]()
    for table in document.tables:
        for cell, n in (pathed if whole else placed)(table, document.text).items():
            given[plain(table.label), cell] += n
    for entry in entries:
        for cell, n in wanted(entry, whole=whole).items():
            gold[plain(entry["label"]), cell] += n
    return given, gold  # type: ignore[return-value]


def figures() -> dict[str, float]:
    """Cells in their place, cells with their path, rows found and rows whole, by format; all, and the unseen third."""
    gold_cells = score.load(CORPUS / "cells.jsonl", required=("table", "label", "cells"))
    gold, traps = score.load(CORPUS / "gold.jsonl"), score.load(CORPUS / "traps.jsonl")
    rows = [row for _, record in bundled.records(CORPUS) for row in record.rows]
    out: dict[str, float] = {}
    for part in ("all", "unseen"):

        def here(stem: str, part: str = part) -> bool:
            return part == "all" or floors.unseen(named(stem)[0])

        for kind in FORMATS:
            paths = [p for p, _ in bundled.records(CORPUS) if named(p.stem)[1] == kind and here(p.stem)]
            documents = [(p, d) for p in paths for d in readers.read(p.read_bytes(), p.name)]
            for name, whole in (("cells", False), ("paths", True)):
                pairs = [
                    cells_of(d, [e for e in gold_cells if e["table"] == named(p.stem)[0]], whole=whole)
                    for p, d in documents
                ]
                out[f"{part}.{kind}.{name}_f1"] = f1(pairs)
            stems = {path.stem for path in paths}
            result = score.score(
                [row for row in rows if Path(row.document).stem in stems],
                [entry for entry in gold if entry["doc"] in stems],
                [entry for entry in traps if entry["doc"] in stems],
            )
            out |= {f"{part}.{kind}.{name}": value for name, value in result.figures().items()}
    return out
