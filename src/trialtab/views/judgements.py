"""Judgements that people made of studies (risk of bias, certainty), read from CSV and printed beside the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from trialtab import compare
from trialtab.errors import QuestionError
from trialtab.views.base import Cell, Table

MADE_BY_PEOPLE = "judgements were made by people, not by trialtab: {}"


@dataclass(frozen=True, slots=True)
class Judgements:
    """columns: the domains, as the file names them; of: study (folded) -> (its name, a judgement for each column);
    known: studies that there are, shown or not."""

    file: str
    columns: tuple[str, ...]
    of: dict[str, tuple[str, tuple[str, ...]]]
    known: frozenset[str] = frozenset()

    def check(self, studies: Sequence[str]) -> None:
        """Raises QuestionError for a judged study that is neither shown nor known, with the nearest names."""
        there = {*studies, *self.known}
        folded = {one.casefold() for one in there}
        for key, (name, _) in self.of.items():
            if key not in folded:
                near = compare.nearest_names(name, sorted(there))
                hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
                raise QuestionError(f"{self.file}: no study {name!r} in the table{hint}")


def read_judgements(data: bytes, file: str) -> Judgements:
    """A CSV with a column `study` and any others ("D1 randomisation", "Overall"), one line a study.

    Raises QuestionError where it is no such file or names a study twice; UTF-8, comma, semicolon or tab.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(f"{file}: not UTF-8") from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise QuestionError(f"{file}: {error}") from error
    heads = [name.strip() for name in lines[0]] if lines else []
    at = next((i for i, name in enumerate(heads) if name.casefold() == "study"), None)
    others = [i for i, name in enumerate(heads) if i != at and name]
    if at is None or not others:
        raise QuestionError(f"{file}: needs a column study and at least one judgement")
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for line in lines[1:]:
        cells: list[Any] = [*line, *[""] * (len(heads) - len(line))]
        name = cells[at].strip()
        if not name:
            continue
        if name.casefold() in found:
            raise QuestionError(f"{file}: the study {name!r} stands there twice")
        found[name.casefold()] = (name, tuple(cells[i].strip() for i in others))
    return Judgements(file, tuple(heads[i] for i in others), found)


def _study(cell: Cell) -> str:
    """The study that a cell names: its first line; "" where it names none."""
    return str(cell.value).partition("\n")[0] if cell.text else ""


def with_judgements(of: Table, made: Judgements) -> Table:
    """A table with the judgements of each study behind its other columns; a study's first row has them.

    Raises QuestionError where the table has no column study, or a judged study is neither in it nor known otherwise.
    """
    if "study" not in of.columns:
        raise QuestionError("this table has no column study: nothing to put the judgements beside")
    at = of.columns.index("study")
    made.check([_study(row[at]) for row in of.rows if row[at].text])
    rows = []
    for row in of.rows:
        _, judged = made.of.get(_study(row[at]).casefold(), ("", ()))
        texts = judged or ("",) * len(made.columns)
        rows.append((*row, *(Cell(text or None, text, row[at].findings if text else ()) for text in texts)))
    spans = (*of.spans, ("", len(made.columns))) if of.spans else ()
    return replace(
        of, columns=(*of.columns, *made.columns), rows=tuple(rows), spans=spans,
        heads=(*of.heads, *made.columns) if of.spans else (), keys=(*of.keys, MADE_BY_PEOPLE.format(made.file)),
    )  # fmt: skip
