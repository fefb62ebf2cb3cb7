"""The effect-direction table, and the studies with their documents, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from trialtab import compare
from trialtab.views.base import Cell, Table, Value, plain, without_empty_columns

SIGNS = {"up": "▲", "down": "▼", "no difference": "◄►", "conflicting": "▲▼"}
KEYS = (
    "▲ higher in the first arm, ▼ lower, ◄► no difference, ▲▼ figures or words that disagree; in words: said without "
    "a figure",
    "by the confidence interval, else by p below 0.05; higher is not better or worse by itself, and of a hazard or "
    "rate ratio it is the hazard or rate that is higher",
)


def directions(found: compare.DirectionTable, *, for_machines: bool = False) -> Table:
    """Studies by outcomes with an arrow in each cell; for machines a row for each study and outcome, in words."""
    if for_machines:
        columns = ("study", "n", "outcome", "direction", "why", "finding_ids", "places")
        rows = []
        values: tuple[Value, ...]
        for study, n, cells in found.lines:
            for (_, name), cell in zip(found.outcomes, cells, strict=True):
                if cell is None:
                    continue
                places = "; ".join(f"{document} {start}-{end}" for document, start, end in cell.places)
                values = (
                    study, n, name, cell.direction, cell.why, " ".join(cell.finding_ids) or None, places or None,
                )  # fmt: skip
                rows.append(tuple(plain(value, cell.finding_ids) for value in values))
        return Table(columns, tuple(rows), "Direction of effects")
    lines = []
    for study, n, cells in found.lines:
        ids = tuple(dict.fromkeys(f for cell in cells if cell for f in cell.finding_ids))
        shown = []
        for cell in cells:
            sign = "" if cell is None else SIGNS[cell.direction] + ("" if cell.finding_ids else " in words")
            shown.append(Cell(cell.direction if cell else None, sign, cell.finding_ids if cell else ()))
        lines.append((Cell(study, study, ids), plain(n, ids), *shown))
    names = ("study", "n", *(name for _, name in found.outcomes))
    return Table(names, tuple(lines), "Direction of effects", (), KEYS if lines else ())


def studies(found: Sequence[compare.StudyGroup], *, for_machines: bool = False) -> Table:
    """Studies with their documents, the fullest first, and why several documents are one study."""
    rows: list[tuple[Cell, ...]] = []
    groups = []
    for group in found:
        for number, one in enumerate(group.documents):
            first = number == 0 or for_machines
            values: tuple[Value, ...] = (
                group.study if first else None, one.document, one.findings, one.year, one.nct, one.doi,
                group.condition if first else None, group.why if first and group.why else None,
            )  # fmt: skip
            rows.append(tuple(plain(value) for value in values))
        groups.append(len(group.documents))
    columns = ("study", "document", "findings", "year", "trial number", "DOI", "condition", "one study because")
    many = sum(len(group.documents) for group in found)
    title = f"{len(found)} studies in {many} documents"
    made = Table(columns, tuple(rows), title, (), (), tuple(groups))
    return made if for_machines else without_empty_columns(made)
