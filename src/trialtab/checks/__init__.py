"""The arithmetic that a row must stand: pure, over the rows of one document.

Every check has three results. `pass` (consistent) and `fail` (inconsistent) say that the printed numbers were compared;
`not_checkable` (cannot tell) says that the row is of a kind the check looks at, but lacks what would convict or clear
it, and the note says what. A check fails only where rounding, cut-off decimals, missing data and a denominator that was
guessed cannot explain what is printed: a false alarm costs a reviewer more than a missed one.

There is at most one line for each finding and check, its most serious one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from trialtab.checks.about import CURVE_CLASSES, DIFFERENCES, EFFECTS, RATIOS
from trialtab.checks.between_rows import ANY_GRADE, any_grade_not_below_severe, arms_sum_to_total
from trialtab.checks.denominators import Denominators, denominators
from trialtab.checks.one_row import (
    ci_symmetry,
    estimate_in_ci,
    grim,
    n_within_total,
    percent_of_total,
    quantile_order,
)
from trialtab.checks.p_values import p_against_ci, p_against_table, sharing_p
from trialtab.checks.printed import Printed, printed
from trialtab.checks.two_places import abstract_against_body, text_against_table
from trialtab.model import Arm, Check, Evidence, changed
from trialtab.prefilter import Prefiltered

NAMES = (
    "percent_of_total",
    "grim",
    "n_within_total",
    "arms_sum_to_total",
    "estimate_in_ci",
    "ci_symmetry",
    "p_against_ci",
    "p_against_table",
    "quantile_order",
    "any_grade_not_below_severe",
    "abstract_against_body",
    "text_against_table",
)

OF_ONE_ROW: tuple[Callable[[Evidence, Denominators, str], Iterable[Check]], ...] = (
    percent_of_total,
    n_within_total,
    grim,
    estimate_in_ci,
    quantile_order,
)

_SERIOUSNESS = {"not_checkable": 0, "pass": 1, "fail": 2}
_NON_INFERIORITY = Prefiltered(r"\bnon[-\s]?inferiority", re.IGNORECASE)
_NON_INFERIOR = re.compile(r"\b(?:non[-\s]?inferior|equivalen|bio-?equivalen)", re.IGNORECASE)


def check(rows: Sequence[Evidence], arms: Sequence[Arm], text: str = "") -> list[Check]:
    """All checks on the rows of one document: one line per finding and check, in the order of rows, then of NAMES.

    text: the document's; where it is given, a quotation that begins within a number or a unit convicts nobody.
    A check that does not concern a row leaves no line.
    """
    margin = bool(_NON_INFERIORITY.search(text)) or any(
        _NON_INFERIOR.search(" ".join(filter(None, (r.outcome, r.definition, r.population, r.quote)))) for r in rows
    )
    found: dict[tuple[str, str], Check] = {}
    for line in _lines(rows, arms, margin, text):
        key = (line.finding_id, line.check)
        if key not in found or _SERIOUSNESS[line.result] > _SERIOUSNESS[found[key].result]:
            found[key] = line
    order = {row.finding_id: i for i, row in enumerate(rows)}
    rank = {name: i for i, name in enumerate(NAMES)}
    return sorted(found.values(), key=lambda line: (order[line.finding_id], rank[line.check]))


def _lines(rows: Sequence[Evidence], arms: Sequence[Arm], margin: bool, text: str) -> Iterator[Check]:
    known, shared = denominators(rows), sharing_p(rows)
    for row in rows:
        for one in OF_ONE_ROW:
            yield from one(row, known, text)
        yield from p_against_ci(row, margin, row.finding_id in shared, text)
    yield from ci_symmetry(rows, text)
    yield from p_against_table(rows, margin, known, text)
    yield from any_grade_not_below_severe(rows)
    yield from arms_sum_to_total(rows, arms, text)
    yield from abstract_against_body(rows)
    yield from text_against_table(rows)


def failed(checks: Iterable[Check]) -> dict[str, str]:
    """finding_id -> names of its failed checks, comma-separated: the column `checks` of the evidence table."""
    names: dict[str, list[str]] = defaultdict(list)
    for line in checks:
        if line.result == "fail":
            names[line.finding_id].append(line.check)
    return {finding_id: ",".join(sorted(set(found), key=NAMES.index)) for finding_id, found in names.items()}


def mark(rows: Iterable[Evidence], checks: Iterable[Check]) -> tuple[Evidence, ...]:
    """The rows with their column `checks` filled: failed checks, or null."""
    names = failed(checks)
    marked = ((row, names.get(row.finding_id)) for row in rows)
    return tuple(row if row.checks == found else changed(row, checks=found) for row, found in marked)


__all__ = [
    "ANY_GRADE", "CURVE_CLASSES", "DIFFERENCES", "EFFECTS", "NAMES", "RATIOS", "Printed", "check", "failed", "mark",
    "printed",
]  # fmt: skip
