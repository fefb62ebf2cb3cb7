"""Tables with gold: one source, read here, is set as PDF, JATS and HTML (`table_formats`) and says what is in it.

`sources/NAME.table.toml` becomes `documents/NAME_pdf.pdf`, `NAME_jats.nxml` and `NAME_html.html`:

    title = "..."
    results = "..."                    # paragraphs parted by blank lines, above the tables; `methods` likewise
    findings = [{quote = "118 patients", ...}]   # of the running text, as in a .gold.toml; the first such quote
    pdf = {place = "across"}           # how the PDF is set: `table_formats`

    [[table]]
    label = "Table 1"
    caption = "Adverse events"
    notes = ["Data are n (%)."]
    head = '''
    Event | Brivanol (N=118) | <         | Placebo (N=121) | <
    ^     | Any grade        | Grade 3-4 | Any grade       | Grade 3-4'''
    body = '''
    = Infections                               @ {population = "..."}
    > Pneumonia | 12 (10.2) | 3 (2.5) | 9 (7.4) | 1 (0.8)
    > Sepsis    | 2 (1.7)   | 2 (1.7) | 0       | 0       @ {outcome = "sepsis", 2 = {grade = "4"}}'''
    shape = ["{n} ({percent})", "{n}"]
    defaults = {outcome_class = "adverse_event", statistic = "proportion"}
    columns = [{arm = "brivanol", N = 118}, {arm = "brivanol", N = 118, grade = "3-4"}, ...]

A cell that is `<` belongs to the one on its left, `^` to the one above; `=` opens a section over all columns; `>` sets
a label in; ` // ` breaks a line; `^a^` is a raised mark. What a row of gold says is what the annotator wrote for the
table, the section, the row (after `@`), the column and the cell (`@ {1 = {...}}`), the later over the earlier: the
fields of a finding ("none" takes one back), and

    shape = "{value} ({low} to {high})"   # or several: how the cell is printed; {n} {N} {percent} {value} {low} {high}
    spread = "iqr"                        #   {sd} {se} {p}; spread: what {low} and {high} are
    twin = true                           # the cell and the one on its right are printed parts of one result
    p_of = [1, 2]                         # the cell is the p-value of the findings in these columns, none of its own
    trap = "baseline"                     # no finding, and a row there is an error
    skip = true                           # neither

The outcome is the row's label unless said otherwise. Nothing here looks at what trialtab reads, but for the place of a
cell in the text of each document.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trialtab.errors import GoldError

Row = dict[str, Any]

FORMATS = {"pdf": "pdf", "jats": "nxml", "html": "html"}
"""What each source becomes: the end of the stem, and the suffix."""

SPECIAL = ("shape", "spread", "twin", "p_of", "trap", "skip")
NUMBER = r"[−–+-]?\d+(?:[.,·]\d+)*"
MARK = re.compile(r"\^(.+?)\^")


@dataclass(slots=True)
class SourceCell:
    """A cell of a source: rows and columns from 0; lines: its printed lines, with marks still between `^`."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    header: bool
    indent: int = 0

    @property
    def plain(self) -> str:
        """The text in one line, marks as they are read: after the word, without signs around them."""
        return MARK.sub(r"\1", self.text.replace(" // ", " "))


@dataclass(slots=True)
class BodyRow:
    """A row below the header. section: the row is one; gold: what was written behind `@`."""

    number: int
    label: str
    section: bool
    path: tuple[str, ...]
    gold: Row
    section_gold: Row


@dataclass(slots=True)
class SourceTable:
    """A table of a source, laid out."""

    label: str
    caption: str
    notes: list[str]
    columns: int
    head_rows: int
    rows: int
    cells: list[SourceCell]
    body: list[BodyRow]
    entry: Row

    def at(self, row: int, column: int) -> SourceCell | None:
        """The cell that covers a place."""
        for cell in self.cells:
            if cell.row <= row < cell.row + cell.row_span and cell.column <= column < cell.column + cell.column_span:
                return cell
        return None

    def column_path(self, column: int) -> tuple[str, ...]:
        """The header above a column, from the top, each text once."""
        texts = [cell.plain for row in range(self.head_rows) if (cell := self.at(row, column)) is not None]
        return tuple(text for k, text in enumerate(texts) if text and text not in texts[:k])


@dataclass(slots=True)
class Report:
    """A source: prose, tables, and how its PDF is set."""

    name: str
    title: str
    methods: list[str]
    results: list[str]
    findings: list[Row]
    tables: list[SourceTable]
    pdf: Row = field(default_factory=dict)


# ---- reading a source ------------------------------------------------------------------------------------------


def _inline(text: str, name: str) -> Row:
    try:
        return dict(tomllib.loads(f"x = {text.strip()}")["x"])
    except tomllib.TOMLDecodeError as error:
        raise GoldError(f"{name}: behind @: {error}: {text.strip()!r}") from error


def _grid_line(line: str) -> list[str]:
    return [part.strip() for part in line.split("|")]


def _table(entry: Row, defaults: Row, name: str) -> SourceTable:
    heads = [_grid_line(line) for line in entry["head"].strip("\n").splitlines() if line.strip()]
    columns = max(map(len, heads))
    lines = [line for line in entry["body"].strip("\n").splitlines() if line.strip()]
    table = SourceTable(
        entry["label"], entry["caption"], entry.get("notes", []), columns, len(heads), len(heads) + len(lines), [], [],
        {"defaults": defaults | entry.get("defaults", {})}
        | {key: entry[key] for key in ("shape", "columns") if key in entry},
    )  # fmt: skip
    grid: list[list[SourceCell | None]] = []

    def place(row: int, texts: list[str], header: bool) -> None:
        if len(texts) != columns:
            raise GoldError(f"{name}: {len(texts)} cells, not {columns}: {' | '.join(texts)}")
        places: list[SourceCell | None] = []
        for column, text in enumerate(texts):
            if text == "<" and column:
                cell = places[-1]
                assert cell is not None
                cell.column_span = max(cell.column_span, column - cell.column + 1)
            elif text == "^" and row:
                cell = grid[row - 1][column]
                assert cell is not None
                cell.row_span = max(cell.row_span, row - cell.row + 1)
            else:
                indent = len(text) - len(text.lstrip(">"))
                cell = SourceCell(row, column, 1, 1, text[indent:].strip(), header, indent)
                table.cells.append(cell)
            places.append(cell)
        grid.append(places)

    for row, texts in enumerate(heads):
        place(row, texts, True)
    section, section_gold = "", Row()
    names: list[tuple[int, str]] = []  # labels that what is set in belongs to
    for row, line in enumerate(lines, len(heads)):
        printed, _, said = line.partition(" @ ")
        gold = _inline(said, f"{name}, {printed.strip()!r}") if said.strip() else {}
        if printed.strip().startswith("="):
            section, section_gold, names = printed.strip()[1:].strip(), gold, []
            table.cells.append(SourceCell(row, 0, 1, columns, section, False))
            grid.append([table.cells[-1]] * columns)
            table.body.append(BodyRow(row, MARK.sub(r"\1", section), True, (), {}, {}))
            section = MARK.sub(r"\1", section)
            continue
        texts = _grid_line(printed)
        place(row, texts, False)
        stub = table.at(row, 0)
        assert stub is not None
        names = [(deep, text) for deep, text in names if deep < stub.indent]
        path = tuple(text for text in (section, *(text for _, text in names), stub.plain) if text)
        names.append((stub.indent, stub.plain))
        table.body.append(BodyRow(row, stub.plain, False, path, gold, section_gold))
    return table


def read_report(path: Path) -> Report:
    """A source, checked. Raises GoldError naming file and line at fault."""
    name = path.name.split(".")[0]
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise GoldError(f"{path.name}: {error}") from error
    known = {"title", "methods", "results", "findings", "pdf", "defaults", "table"}
    if unknown := set(data) - known:
        raise GoldError(f"{path.name}: unknown {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    paragraphs = [[p for p in re.split(r"\n\s*\n", data.get(k, "").strip()) if p] for k in ("methods", "results")]
    tables = [_table(entry, data.get("defaults", {}), f"{path.name}, {entry['label']}") for entry in data["table"]]
    return Report(
        name, data["title"], *[[" ".join(p.split()) for p in part] for part in paragraphs], data.get("findings", []),
        tables, data.get("pdf", {}),
    )  # fmt: skip


# ---- what is in it ---------------------------------------------------------------------------------------------


def gold_cells(report: Report) -> list[Row]:
    """The cells below the headers that print something, each with its row path and its column path."""
    found = []
    for table in report.tables:
        cells = []
        for row in table.body:
            for column in range(1, table.columns):
                cell = table.at(row.number, column)
                if row.section or cell is None or cell.column != column or not cell.text:
                    continue
                cells.append([list(row.path), list(table.column_path(column)), cell.plain])
        found.append({"table": report.name, "label": table.label, "cells": cells})
    return found


def _shaped(text: str, shapes: list[str], name: str) -> dict[str, float]:
    """The numbers of a cell, by the first shape that it has."""
    plain = " ".join(MARK.sub("", text.replace(" // ", " ")).split())
    for shape in shapes:
        pattern = re.escape(shape)
        pattern = re.sub(r"\\\{(\w+)\\\}", lambda m: f"(?P<{m[1]}>{NUMBER})", pattern).replace("\\ ", r"\s*")
        if found := re.fullmatch(pattern, plain):
            signs = str.maketrans("−–·", "--.")
            return {
                key: float(re.sub(",(?=\\d{3})", "", number.translate(signs)))
                for key, number in found.groupdict().items()
            }
    raise GoldError(f"{name}: the cell {plain!r} has none of the shapes {', '.join(map(repr, shapes))}")


def _entry(table: SourceTable, row: BodyRow, column: int) -> Row:
    """What was written for one cell, the nearer over the farther."""
    columns = table.entry.get("columns", [])
    own = {key: value for key, value in row.gold.items() if not key.isdigit()}
    above = columns[column - 1] if column - 1 < len(columns) else {}
    stub = table.at(row.number, 0)
    label = MARK.sub("", stub.text.replace(" // ", " ")) if stub else ""
    entry = {"outcome": label, "shape": table.entry.get("shape", []), **table.entry["defaults"]}
    entry |= row.section_gold | own | above | row.gold.get(str(column), {})
    return {key: value for key, value in entry.items() if value != "none"}


def _finding(entry: Row, text: str, name: str) -> Row:
    """The fields of a finding from the numbers of its cell."""
    shapes = [entry["shape"]] if isinstance(entry["shape"], str) else list(entry["shape"])
    found = {key: int(n) if n == int(n) else n for key, n in _shaped(text, shapes, name).items()}
    out = {key: value for key, value in entry.items() if key not in SPECIAL}
    low, high, p = found.pop("low", None), found.pop("high", None), found.pop("p", None)
    if low is not None:
        out[entry.get("spread", "ci")] = [low, high]
    if p is not None:
        relation = "<" if "<" in text else "="
        out["p_value"] = f"{relation}{p:g}" if p >= 1e-4 else f"{relation}{p}"
    out |= found
    if out.get("n") == 0:
        out["negated"] = True
    return out | {"cell": True}


def gold_entries(report: Report) -> list[tuple[SourceTable, BodyRow, int, int, Row]]:
    """(table, row, first and last column, what the cell says) for all findings and traps of the tables.

    A trap has the key `why`, all else are findings. Raises GoldError naming the cell at fault.
    """
    found: list[tuple[SourceTable, BodyRow, int, int, Row]] = []
    for table in report.tables:
        for row in (row for row in table.body if not row.section):
            here: dict[int, Row] = {}
            shared: dict[int, str] = {}
            for column in range(1, table.columns):
                cell = table.at(row.number, column)
                entry = _entry(table, row, column)
                if cell is None or cell.column != column or not re.search(r"\d", cell.text) or entry.get("skip"):
                    continue
                if why := entry.get("trap"):
                    found.append((table, row, column, column, {"why": why}))
                    continue
                name = f"{report.name}, {table.label}, {row.label!r}, column {column}"
                last, text = column, cell.text
                if entry.get("twin") and (other := table.at(row.number, column + 1)) is not None:
                    last, text = column + 1, f"{text} {other.text}"
                said = _finding(entry, text, name)
                if "p_of" in entry:
                    shared |= dict.fromkeys(entry["p_of"], said["p_value"])
                    continue
                here[column] = said
                found.append((table, row, column, last, said))
            for column, p in shared.items():
                if column in here:
                    here[column].setdefault("p_value", p)
    return found


# ---- where it stands -------------------------------------------------------------------------------------------


def _printed(text: str) -> str:
    """A pattern for a cell as a reader may give it: blanks run together, a mark raised, in brackets or plain."""
    words = []
    for word in text.replace(" // ", " ").split():
        parts = MARK.split(word)
        words.append("".join(
            rf"[\s^\[]{{0,3}}{re.escape(part)}\]?" if k % 2 else re.escape(part) for k, part in enumerate(parts)
        ))  # fmt: skip
    return r"\s+".join(words)


def _whole(pattern: str) -> str:
    return rf"(?<![\d.,]){pattern}(?![\d]|[.,]\d)"


class Places:
    """Where the cells of a report's tables stand in the text of one document, table by table, row by row."""

    def __init__(self, report: Report, text: str) -> None:
        self.text = text
        self.spans: dict[tuple[int, int, int], tuple[int, int]] = {}
        at = 0
        for table in report.tables:
            head = re.compile(rf"{_printed(table.label)}[.:]?\s+{_printed(table.caption)}").search(text, at)
            begin = at = head.end() if head else at
            for row in table.body:
                at = self._row(table, row.number, begin, at)

    def _row(self, table: SourceTable, number: int, begin: int, at: int) -> int:
        cells = [c for c in sorted(table.cells, key=lambda c: c.column) if c.row == number and c.text]
        whole = re.compile(r"\s+".join(f"({_whole(_printed(cell.text))})" for cell in cells))
        if found := whole.search(self.text, at) or whole.search(self.text, begin):
            for k, cell in enumerate(cells, 1):
                self.spans[id(table), number, cell.column] = found.span(k)
            return found.end()
        for cell in cells:  # a row that was not read as one
            if alone := re.compile(_whole(_printed(cell.text))).search(self.text, at):
                self.spans[id(table), number, cell.column] = alone.span()
        return at

    def of(self, table: SourceTable, number: int, first: int, last: int) -> tuple[int, int] | None:
        """Start and end of some cells of a row; None where one of them is not in the text."""
        a, b = (self.spans.get((id(table), number, column)) for column in (first, last))
        return (a[0], b[1]) if a and b and a[0] < b[1] else None
