"""A document cut into the passages that can answer a question: sentences of its results, rows of its tables.

A passage knows its place (offsets in the document's text), its section, its stems, and for a table row its label, its
cells, and the header lines above it. Passages are cut once for each document and serve all its questions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from trialtab import language
from trialtab.questions import letters, words
from trialtab.questions.words import Stems, Weights

Row = Mapping[str, Any]

KEPT = 32
"""Documents whose worked-out groups and counts are kept: questions come document by document."""

MAX_PASSAGE = 600
"""Characters of a passage that is shown; a longer one is cut at its end."""

TOLD_IN = {
    "abstract": 1.0, "summary": 1.0, "results": 1.0, "other": 0.9, "discussion": 0.8, "conclusion": 0.85,
    "title": 0.6, "caption": 0.5,
}  # fmt: skip
"""Sections whose sentences tell results, and how much the section is trusted to speak of this study."""

_NUMBER = re.compile(r"\d")
TABLE_LABEL = re.compile(r"Table\s+[\w.]{1,6}?(?=[\s.:]|$)", re.I)
_ONLY_METHODS = frozenset({"background", "methods"})


class Passage(NamedTuple):
    """A sentence or a table row: text[start:end].

    kind: sentence | row; label: what the row is about (stub and section), "" for a sentence; header: the header lines
    above the row as tuples of cells; cells: (start, end) of each cell of the row.
    """

    kind: str
    section: str
    start: int
    end: int
    text: str
    label: str = ""
    caption: str = ""
    header: tuple[tuple[str, ...], ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    stems: frozenset[str] = frozenset()

    @property
    def quote(self) -> str:
        """The passage as it is shown: verbatim, at most MAX_PASSAGE characters."""
        return self.text[: MAX_PASSAGE - 1]


Split = Callable[[int, int], tuple[tuple[int, int], ...]]


def sentences(text: str, blocks: Iterable[Row], split: Split) -> list[Passage]:
    """The sentences in which a document tells results, in text order; split: start, end -> its sentences."""
    found = []
    for block in blocks:
        if block["kind"] in ("table", "heading", "furniture", "reference", "title", "footnote"):
            continue
        if block["section"] not in TOLD_IN or block["part"] in _ONLY_METHODS:
            continue
        for start, end in split(block["start"], block["end"]):
            if end - start >= 20:
                found.append(Passage("sentence", block["section"], start, end, text[start:end]))
    return found


def table_rows(text: str, blocks: Sequence[Row]) -> list[Passage]:
    """The rows of a document's tables that hold a number, each with its label and the header above it.

    A table's text has a line for each row and a tab between cells. Lines before the first that has a number outside its
    first cell are header; a line with nothing but its first cell is a section of the stub.
    """
    found: list[Passage] = []
    caption = ""
    for block in blocks:
        if block["kind"] == "caption":
            caption = text[block["start"] : block["end"]]
        elif block["kind"] == "table":
            found.extend(_rows_of(text, block, caption))
    return found


def _rows_of(text: str, block: Row, caption: str) -> Iterable[Passage]:
    header: list[tuple[str, ...]] = []
    section, in_body, at = "", False, block["start"]
    for line in text[block["start"] : block["end"]].split("\n"):
        start, at = at, at + len(line) + 1
        cells, where = [], start
        for cell in line.split("\t"):
            cells.append((where, where + len(cell)))
            where += len(cell) + 1
        said = [text[s:e].strip() for s, e in cells]
        if not any(said):
            continue
        numbers = any(_NUMBER.search(cell) for cell in said[1:])
        if not in_body and (not numbers or not said[0] or not header):
            if len([cell for cell in said if cell]) == 1 and said[0] and header:
                section = said[0]
            else:
                header.append(tuple(said))
            continue
        in_body = True
        if not any(said[1:]):
            section = said[0]
        elif not numbers and not said[0]:
            header = [*header[-1:], tuple(said)]  # a header again, below a section
        elif numbers:
            label = " > ".join(filter(None, (section, said[0])))
            yield Passage("row", "table", start, start + len(line), line, label, caption, tuple(header), tuple(cells))


@dataclass(eq=False)
class Index:
    """One document, ready for questions: its passages with their stems, abbreviations and word weights.

    rows, arms, statements: as the store gives them; blocks: kind, section, part, start, end in text order.
    """

    document: str
    text: str
    blocks: Sequence[Row]
    rows: Sequence[Row]
    arms: Sequence[Row]
    statements: Sequence[Row]

    def split(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The sentences of text[start:end], as offsets; each stretch is cut once."""
        if (start, end) not in self._cut:
            self._cut[start, end] = language.split(self.text, start, end)
        return self._cut[start, end]

    @cached_property
    def _cut(self) -> dict[tuple[int, int], tuple[tuple[int, int], ...]]:
        return {}

    @cached_property
    def body(self) -> str:
        """The text before its references."""
        ends = [b["start"] for b in self.blocks if b["kind"] == "reference"]
        return self.text[: min(ends)] if ends else self.text

    @cached_property
    def short(self) -> dict[str, Stems]:
        """Abbreviation -> stems of its long form."""
        notes = [self.text[b["start"] : b["end"]] for b in self.blocks if b["kind"] == "footnote"]
        return {**words.legend(note for note in notes if len(note) > 8), **words.abbreviations(self.body)}

    @cached_property
    def compounds(self) -> tuple[tuple[frozenset[str], Stems], ...]:
        """Short forms of several parts: their parts as stems, and the stems of their long form."""
        return tuple((frozenset(s.split()), long) for s, long in self.short.items() if " " in s)

    @cached_property
    def groups(self) -> dict[str, Stems]:
        """Group letter -> stems of what the group is."""
        return letters.groups(self.body, words.stems)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Sentences and table rows in text order, with their stems."""
        cut = [*sentences(self.text, self.blocks, self.split), *table_rows(self.text, self.blocks)]
        return tuple(self._with_stems(passage) for passage in sorted(cut, key=lambda p: (p.start, p.end)))

    def _with_stems(self, passage: Passage) -> Passage:
        said = passage.label if passage.kind == "row" else passage.text
        found = words.expand(frozenset(words.stems(said)), self.short)
        return Passage(
            passage.kind, passage.section, passage.start, passage.end, passage.text, passage.label, passage.caption,
            passage.header, passage.cells, found,
        )  # fmt: skip

    @cached_property
    def weights(self) -> Weights:
        """Word weights over the passages."""
        return Weights(passage.stems for passage in self.passages)

    @cached_property
    def captions(self) -> dict[str, frozenset[str]]:
        """Table label ("Table 2") -> stems of the table's caption."""
        found: dict[str, frozenset[str]] = {}
        for block in self.blocks:
            if block["kind"] == "caption":
                said = self.text[block["start"] : block["end"]]
                if m := TABLE_LABEL.match(said):
                    found.setdefault(m.group(), words.expand(frozenset(words.stems(said[m.end() :])), self.short))
        return found

    @cached_property
    def image_tables(self) -> tuple[str, ...]:
        """Labels of tables whose caption stands in the document while its cells do not: it is an image."""
        found = []
        for block, after in zip(self.blocks, (*self.blocks[1:], None), strict=False):
            m = TABLE_LABEL.match(self.text, block["start"], block["end"]) if block["kind"] == "caption" else None
            if m and (after is None or after["section"] != "table"):
                found.append(m.group())
        return tuple(dict.fromkeys(found))

    def passage_at(self, start: int) -> int:
        """The number of the passage that holds an offset, or of the last one before it; -1 before the first."""
        return bisect_right(self._starts, start) - 1

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(passage.start for passage in self.passages)

    @cached_property
    def rows_by_start(self) -> tuple[Row, ...]:
        """Evidence rows in text order."""
        return tuple(sorted(self.rows, key=lambda row: (row["start"], row["end"], row["finding_id"])))


__all__ = ["KEPT", "MAX_PASSAGE", "TABLE_LABEL", "TOLD_IN", "Index", "Passage", "sentences", "table_rows"]
