"""The table of characteristics: what each study is, one line for each of its arms."""

from __future__ import annotations

from collections.abc import Sequence

from trialtab import compare
from trialtab.views.base import Cell, Table, plain, without_empty_columns

FROM_THE_WHOLE = "study design, condition and evidence level are read from the document as a whole, not from one place"


def characteristics(arms: Sequence[compare.StudyArm], *, for_machines: bool = False) -> Table:
    """Study arms: for people one line an arm and a study's facts on its first line; for machines all on every line."""
    return _for_machines(arms) if for_machines else _for_people(arms)


def _for_people(arms: Sequence[compare.StudyArm]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    groups: list[int] = []
    last = None
    for arm in arms:
        first = arm.study != last
        last = arm.study
        groups[len(groups) if first else -1 :] = [1] if first else [groups[-1] + 1]
        facts = arm.facts
        blank = Cell(None, "", arm.named_in)

        def fact(name: str, facts: compare.Facts = facts, arm: compare.StudyArm = arm) -> Cell:
            value = facts.get(name)
            return Cell(value, str(value or ""), arm.named_in)

        year = f" ({facts['year']})" if facts.get("year") else ""
        study = Cell(arm.study, arm.study + year, arm.named_in)
        given = arm.intervention or ""
        label = arm.arm or given or "all patients"
        named = "" if not given or given.casefold() in label.casefold() else f" ({given})"
        rows.append(
            (
                *((study, fact("design"), fact("condition")) if first else (blank, blank, blank)),
                Cell(label, label + named, arm.named_in),
                Cell(arm.intervention_class, arm.intervention_class or "", arm.named_in),
                Cell(arm.dose, arm.dose or "", arm.named_in),
                plain(arm.n, arm.n_findings or arm.named_in),
                Cell(arm.follow_up or None, arm.follow_up, arm.follow_up_findings) if first or arm.follow_up else blank,
                *((fact("nct"), fact("evidence_level")) if first else (blank, blank)),
            )
        )
    columns = (
        "study", "design", "condition", "arm", "class", "dose", "N", "follow-up", "registration", "evidence level",
    )  # fmt: skip
    keys = (FROM_THE_WHOLE,) if rows else ()
    made = Table(columns, tuple(rows), "Characteristics of the studies", (), keys, tuple(groups))
    return without_empty_columns(made)


def _for_machines(arms: Sequence[compare.StudyArm]) -> Table:
    columns = (
        "study", "documents", *compare.FACTS, "arm", "intervention", "intervention_class", "dose", "n", "follow_up",
    )  # fmt: skip
    rows = []
    for arm in arms:
        facts = [plain(value, arm.named_in) for value in (arm.facts.get(name) for name in compare.FACTS)]
        rows.append(
            (
                plain(arm.study, arm.named_in), plain("; ".join(arm.documents), arm.named_in), *facts,
                plain(arm.arm or None, arm.named_in), plain(arm.intervention, arm.named_in),
                plain(arm.intervention_class, arm.named_in), plain(arm.dose, arm.named_in),
                plain(arm.n, arm.n_findings or arm.named_in),
                plain(arm.follow_up or None, arm.follow_up_findings),
            )
        )  # fmt: skip
    return Table(columns, tuple(rows), "Characteristics of the studies")
