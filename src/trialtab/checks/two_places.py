"""One result told twice in one document: the abstract against the body, the text against a table.

That two rows tell one result is sure only where outcome, arm, comparator, timepoint, grade and population agree and the
numbers themselves show it: nearly all of them are the same. Then the one that is not is a slip in one of the places.
Rows that share no number may be two results, and nothing is said of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from trialtab.checks.about import derived, line
from trialtab.checks.printed import printed, read_off
from trialtab.model import Check, Evidence

ABSTRACT = frozenset({"abstract", "summary", "title"})
BODY = frozenset({"results", "discussion", "conclusion"})
COMPARED = (
    "value", "events", "total", "percent", "sd", "se", "plus_minus", "q1", "q3", "range_low", "range_high", "ci_low",
    "ci_high",
)  # fmt: skip
MOST_SAYINGS = 3
"""More rows than this for one question in one place are answers to questions that the columns do not tell apart."""


def abstract_against_body(rows: Sequence[Evidence]) -> Iterator[Check]:
    """A result of the abstract against the same one in the text of results and discussion, or in a table."""
    first = [row for row in rows if row.section in ABSTRACT and row.source == "text"]
    second = [row for row in rows if row.section in BODY or row.source == "table"]
    yield from _held("abstract_against_body", first, second)


def text_against_table(rows: Sequence[Evidence]) -> Iterator[Check]:
    """A result in the text of the body against the same one in a table."""
    first = [row for row in rows if row.section in BODY and row.source == "text"]
    yield from _held("text_against_table", first, [row for row in rows if row.source == "table"])


def _held(name: str, first: Sequence[Evidence], second: Sequence[Evidence]) -> Iterator[Check]:
    asked, told = _by_question(first), _by_question(second)
    for question, ones in asked.items():
        others = told.get(question, ())
        if not others or len(ones) > MOST_SAYINGS or len(others) > MOST_SAYINGS:
            continue
        for row in ones:
            found = [(*_compared(row, other), other) for other in others]
            same = next((one for one in found if one[0] and not one[1]), None)
            slip = next((one for one in found if len(one[1]) == 1 and _one_result(row, one[0])), None)
            if same is not None:
                yield line(row, name, "pass", _said(same[2], same[0]), _said(row, same[0]), "rounding", other=same[2])
            elif slip is not None:
                agreed, (column,), other = slip
                yield line(
                    row, name, "fail", f"{column} {_shown(other, column)}", f"{column} {_shown(row, column)}",
                    "rounding", f"{_said(row, agreed)} in both places", other=other,
                )  # fmt: skip


def _by_question(rows: Sequence[Evidence]) -> dict[tuple[Hashable, ...], list[Evidence]]:
    found: dict[tuple[Hashable, ...], list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome_id is None or row.statistic == "p_value" or row.arm_id is None or row.qualifier is not None:
            continue
        kind = "n" if row.statistic in ("count", "proportion") else row.statistic
        population = row.population.casefold() if row.population else None
        found[
            row.outcome_id, row.arm_id, row.comparator, kind, row.timepoint_value, row.timepoint_unit, row.grade,
            population, row.count_of, row.serious, row.negated,
        ].append(row)  # fmt: skip
    return found


def _compared(row: Evidence, other: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns in which two rows print the same number, rounding apart, and those in which they do not."""
    computed = derived(row) | derived(other)
    same: list[str] = []
    apart: list[str] = []
    for column in COMPARED:
        x, y = getattr(row, column), getattr(other, column)
        if x is None or y is None or column in computed:
            continue
        if column == "value" and (x in (row.percent, row.events) or y in (other.percent, other.events)):
            continue  # percent and events are compared themselves
        if column == "total" and not all(read_off(one.quote, (one.total,))[0] for one in (row, other)):
            continue
        a, b = printed(x, row.quote), printed(y, other.quote)
        (apart if a.above(b) or b.above(a) else same).append(column)
    return tuple(same), tuple(apart)


def _one_result(row: Evidence, agreed: Sequence[str]) -> bool:
    """Do the numbers that agree show that the two rows tell one result? Two that are no small counts do."""
    telling = [column for column in agreed if abs(getattr(row, column)) >= 10 or not getattr(row, column).is_integer()]
    return len(telling) >= 2


def _shown(row: Evidence, column: str) -> str:
    return str(printed(getattr(row, column), row.quote))


def _said(row: Evidence, columns: Sequence[str]) -> str:
    return ", ".join(f"{column} {_shown(row, column)}" for column in columns)
