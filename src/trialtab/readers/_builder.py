"""The text of a document under construction: blocks, tables and notices, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialtab.errors import ReadError
from trialtab.model import Block, Cell, Document, Source, Span, Table
from trialtab.readers._heads import pieces
from trialtab.readers._raw_grid import Grid
from trialtab.readers._table_notices import table_notices

BETWEEN = "\n\n"


@dataclass(slots=True)
class Builder:
    """Builds a document's text once, block after block, two line ends between blocks."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def _put(self, text: str) -> int:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start

    def notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def add(
        self, kind: str, section: str, part: str, text: str, *, heading: str = "", path: str = "", lead: str = ""
    ) -> Span | None:
        """Append a block; empty text adds none. `lead` (a list number) enters the text but not the block."""
        if not text:
            return None
        if self.length:
            self._put(BETWEEN)
        if lead:
            self._put(lead)
        start = self._put(text)
        self.blocks.append(Block(kind, section, part, start, self.length, heading, path))
        return Span(start, self.length)

    def add_pieces(self, section: str, part: str, text: str, *, heading: str = "", path: str = "") -> str:
        """Append a paragraph cut at its in-paragraph heads, all in `section`; gives the part in force at its end."""
        for piece in pieces(text):
            part = piece.part if piece.head else part
            self.add(piece.kind, section, part, text[piece.start : piece.end], heading=piece.head or heading, path=path)
        return part

    def add_table(
        self, grid: Grid, label: str, part: str, *, heading: str = "", path: str = "", caption: Span | None = None
    ) -> int | None:
        """Append a grid: cells joined by tab, rows by line end. Gives its index in `tables`; None where it is empty."""
        if not any(cell.raw.text for cell in grid.cells):
            return None
        if self.length:
            self._put(BETWEEN)
        start, row = self.length, 0
        cells: list[Cell] = []
        first = True
        for cell in grid.cells:
            if cell.row != row:
                self._put("\n" * (cell.row - row))
                row = cell.row
            elif not first:
                self._put("\t")
            first = False
            raw, at = cell.raw, self._put(cell.raw.text)
            spans = (cell.row_span, cell.column_span)
            cells.append(Cell(cell.row, cell.column, *spans, at, self.length, raw.header, raw.path))
        self.blocks.append(Block("table", "table", part, start, self.length, heading or label, path))
        self.tables.append(Table(label, start, self.length, grid.rows, grid.columns, tuple(cells), caption, (), path))
        for notice in grid.notices:
            self.notice(f"{label or 'a table'}: {notice}")
        return len(self.tables) - 1

    def document(self, name: str, document_id: str, format: str, source: Source) -> Document:
        """The finished document. Raises ReadError where no text was built."""
        if not self.blocks:
            raise ReadError("no text found in it")
        text = "".join(self.parts)
        for notice in table_notices(text, self.blocks, self.tables):
            label = notice.partition(":")[0]
            if not any(known.startswith(f"{label} ") for known in self.notices):  # "Table 1 is an image: not read"
                self.notice(notice)
        return Document(
            name, document_id, format, text, tuple(self.blocks), tuple(self.tables), source, tuple(self.notices)
        )
