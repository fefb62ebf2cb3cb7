"""A meta-analysis as rows for RevMan: a line for each study, under the column names of RevMan's own data rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trialtab import compare
from trialtab.errors import QuestionError
from trialtab.views import Table, Value, table

COLUMNS = (
    "Analysis group", "Analysis number", "Analysis name", "Subgroup", "Applicability", "Study", "Study year",
    "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Experimental cases", "Experimental N",
    "Control mean", "Control SD", "Control cases", "Control N", "O-E", "Variance", "Weight", "Mean", "CI start",
    "CI end", "Footnotes",
)  # fmt: skip


def revman_table(found: compare.Synthesis, years: Mapping[str, int | None] | None = None) -> Table:
    """Studies of two arms; years: study -> year of publication.

    Counts or means of both arms where every study has them, else the effect (of a ratio its log) and standard error of
    each, for generic inverse variance. Raises QuestionError for proportions: RevMan has no analysis of single arms.
    """
    if found.measure == "proportion":
        raise QuestionError("RevMan has no analysis of single arms: pool a ratio or a difference with --measure")
    points = [(group, point, weight) for group in found.groups for point, weight in _weighted(group)]
    sizes = {len(point.counts) for _, point, _ in points}
    names: tuple[str, ...] = ("GIV Mean", "GIV SE")
    if sizes == {4}:
        names = ("Experimental cases", "Experimental N", "Control cases", "Control N")
    elif sizes == {6}:
        names = ("Experimental mean", "Experimental SD", "Experimental N", "Control mean", "Control SD", "Control N")
    rows: list[list[Value]] = []
    for group, point, weight in points:
        one = point.estimate
        figures = point.counts if len(names) > 2 else (one.effect, one.standard_error)
        notes = "; ".join((point.label, *point.notes, f"findings {' '.join(point.finding_ids)}"))
        line: dict[str, Any] = {
            "Analysis group": 1, "Analysis number": 1, "Analysis name": found.outcome, "Subgroup": group.name or None,
            "Applicability": "OVERALL" if len(found.groups) == 1 else "SUBGROUP", "Study": point.study,
            "Study year": (years or {}).get(point.study), "Weight": weight, "Mean": one.value, "CI start": one.low,
            "CI end": one.high, "Footnotes": notes, **dict(zip(names, figures, strict=True)),
        }  # fmt: skip
        rows.append([line.get(name) for name in COLUMNS])
    return table(COLUMNS, rows, title=found.outcome)


def _weighted(group: compare.Group) -> Sequence[tuple[compare.Point, float | None]]:
    weights = group.summary.weights if group.summary else ()
    return [(point, weights[at] if weights else None) for at, point in enumerate(group.points)]


__all__ = ["COLUMNS", "revman_table"]
