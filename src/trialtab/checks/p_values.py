"""A printed p against the one that a confidence interval, or the counts of two arms, give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from trialtab import statistics
from trialtab.checks.about import (
    EFFECTS,
    RATIOS,
    Setting,
    arm_of,
    counts_patients,
    derived,
    guessed_total,
    line,
    off_a_curve,
    outcome_of,
    setting,
    show,
    unknown,
    whole,
)
from trialtab.checks.denominators import Denominators, own_total
from trialtab.checks.printed import Printed, printed, read_off
from trialtab.checks.reading import why_no_interval
from trialtab.model import Check, Evidence

Z_SLACK = 1.0
"""Distance in standard errors at which a printed p and a recomputed one are called different tests' results."""

FAR = 2.0
"""The same distance, where the printed p is the larger: tests that heed clusters or covariates give larger ones."""

NOTHING = Denominators()
_A_P = re.compile(r"\bp\s*[<=>\u2264]", re.IGNORECASE)
_OTHER_P = re.compile(r"interaction|trend|heterogeneity|inferiority|\bLR\b|likelihood", re.IGNORECASE)
NEXT = 40
"""Characters behind an estimate in which its p is named."""
FARTHEST = 200
"""Characters behind an estimate in which a p may still be taken for its own."""

_CLUSTER = re.compile(
    r"\b(?:clusters?|practices|facilities|villages|schools|wards|clinics|units|centres)\b", re.IGNORECASE
)
NEAR = 400
"""Characters within which the counts of two arms are one passage."""


@dataclass(frozen=True, slots=True)
class PrintedP:
    """A printed p as the range of true p-values that it allows."""

    low: float
    high: float
    text: str

    def distance(self, p: float) -> float:
        """Distance in standard errors between a two-sided p and this one, read as two-sided or as one-sided."""
        if self.low <= p <= self.high:
            return 0.0
        z = statistics.z_of_p(max(p, 1e-300))
        gaps = []
        for sides in (1.0, 2.0):  # a one-sided p is half of the two-sided one
            z_low = statistics.z_of_p(min(1.0, max(sides * self.high, 1e-300)))
            z_high = statistics.z_of_p(min(1.0, max(sides * self.low, 1e-300)))
            gaps.append(max(z_low - z, z - z_high, 0.0))
        return min(gaps)

    def decides_otherwise(self, p: float, alpha: float) -> bool:
        """One of the two is significant at alpha and the other is not, rounding apart."""
        return (p < alpha <= self.low) or (self.high <= alpha < p)


def _printed_p(row: Evidence) -> PrintedP | None:
    """The row's p as a range. p-values stand outside the quotation: decimals are those of their shortest form."""
    if row.p_value is None or not 0 <= row.p_value <= 1:
        return None
    shown = printed(row.p_value, "")
    relation = row.p_relation or "="
    text = f"p{relation}{row.p_value:g}"
    if row.p_value == 0:  # "p = 0.000" or "0.00": what software prints for a p too small for its decimals
        return PrintedP(0.0, 0.005, text)
    if relation in ("<", "<=", "≤"):
        return PrintedP(0.0, shown.value, text)
    if relation in (">", ">=", "≥"):
        return PrintedP(shown.value, 1.0, text)
    return PrintedP(max(0.0, shown.low), min(1.0, shown.value + shown.unit), text)


def _compare_p(printed_p: PrintedP, ps: Sequence[float], alpha: float) -> str:
    """`pass` where one recomputed p is near, `fail` where all decide otherwise and lie far off, else not_checkable."""
    near = [p for p in ps if printed_p.distance(p) <= Z_SLACK / 2]
    between = min(ps) <= printed_p.high and printed_p.low <= max(ps)
    if between or any(not printed_p.decides_otherwise(p, alpha) for p in near):
        return "pass"
    if all(printed_p.decides_otherwise(p, alpha) and printed_p.distance(p) > Z_SLACK for p in ps):
        return "fail"
    return "not_checkable"


def _corner_ps(shown: Printed, low: Printed, high: Printed, level: float, ratio: bool) -> Iterator[float]:
    """p at the corners of what an estimate and its limits may have been before rounding: p lies between them."""
    for value, below, above in product(*((number.low, number.high) for number in (shown, low, high))):
        if below < above and (not ratio or (below > 0 and value > 0)):
            yield statistics.p_from_interval(value, below, above, level, ratio=ratio)


def sharing_p(rows: Sequence[Evidence]) -> frozenset[str]:
    """Ids of effects of tables whose p stands on another effect of their line, or to all its digits of their column.

    It is printed once, and which of them it belongs to the cells do not tell.
    """
    groups: dict[tuple[Hashable, ...], list[str]] = defaultdict(list)
    for row in rows:
        if row.table_label is None or row.statistic not in EFFECTS or row.p_value is None:
            continue
        p = (row.table_label, row.p_relation, row.p_value)
        groups[("line", row.row_path, *p)].append(row.finding_id)
        if row.p_relation == "=":
            groups[("column", row.column_path, *p)].append(row.finding_id)
    return frozenset(finding_id for ids in groups.values() if len(ids) > 1 for finding_id in ids)


def p_against_ci(row: Evidence, non_inferiority: bool = False, shared: bool = False, text: str = "") -> Iterator[Check]:
    """A printed p against the one that the confidence interval of a ratio or difference gives.

    Other tests than Wald's (log-rank, stratified, adjusted) move p, so only a p on the other side of the level and
    more than one standard error off fails. `non_inferiority`: the document speaks of a margin; then a small p beside
    an interval that holds "no effect" may be right. `shared`: another effect of the table carries this p too.
    """
    name = "p_against_ci"
    if row.statistic not in EFFECTS or row.p_value is None or row.ci_low is None or row.ci_high is None:
        return
    printed_p = _printed_p(row)
    ratio = row.statistic in RATIOS
    low, high = sorted((row.ci_low, row.ci_high))
    if printed_p is None or row.value is None or row.qualifier is not None or low == high or (ratio and low <= 0):
        yield unknown(row, name, "needs an estimate, its interval and a p between 0 and 1")
        return
    if not low <= row.value <= high:
        yield unknown(row, name, "the estimate lies outside its interval")
        return
    level = 0.95 if row.ci_level is None else (row.ci_level / 100 if row.ci_level > 1 else row.ci_level)
    if not 0.5 <= level < 1:
        yield unknown(row, name, f"confidence level {row.ci_level:g}")
        return
    shown, below, above = (printed(number, row.quote) for number in (row.value, low, high))
    p = statistics.p_from_interval(row.value, low, high, level, ratio=ratio)
    result = _compare_p(printed_p, [p, *_corner_ps(shown, below, above, level, ratio)], round(1 - level, 6))
    null = 1.0 if ratio else 0.0
    note = ""
    if result == "fail" and non_inferiority and low <= null <= high:
        result, note = "not_checkable", "the document tests for non-inferiority"
    elif result == "fail" and shared:
        result, note = "not_checkable", "the p may be another effect's of the table"
    elif result == "fail" and _OTHER_P.search(_up_to_its_p(row, text)):
        result, note = "not_checkable", "the p is of another test: interaction, trend"
    elif result == "fail" and not ratio and low > 0 and _fits_as_ratio(row, printed_p, level):
        result, note = "not_checkable", "fits as a ratio"
    elif result == "fail" and (reason := why_no_interval(row, row.value, (low, high), text)):
        result, note = "not_checkable", reason
    elif result == "not_checkable":
        note = "p and interval differ, as another test's or an adjusted p may"
    yield line(row, name, result, f"p about {show(p)}", printed_p.text, f"{Z_SLACK:g} standard error", note)


def _up_to_its_p(row: Evidence, text: str) -> str:
    """What stands between an effect and the p behind it; at least NEXT characters."""
    found = _A_P.search(text, row.end, row.end + FARTHEST)
    return text[row.end : max(row.end + NEXT, found.end() if found else 0)]


def _fits_as_ratio(row: Evidence, printed_p: PrintedP, level: float) -> bool:
    """A difference whose numbers are all positive, and whose p is that of a ratio with these limits."""
    low, high = sorted((row.ci_low or 0.0, row.ci_high or 0.0))
    if row.value is None or row.value <= 0:
        return False
    p = statistics.p_from_interval(row.value, low, high, level, ratio=True)
    return _compare_p(printed_p, [p], round(1 - level, 6)) == "pass"


def p_against_table(
    rows: Sequence[Evidence], non_inferiority: bool = False, known: Denominators = NOTHING, text: str = ""
) -> Iterator[Check]:
    """Two arms' n/N of one outcome against the p printed with both: Fisher and chi-square must both disagree badly."""
    name = "p_against_table"
    groups: dict[Setting, list[Evidence]] = defaultdict(list)
    for row in rows:
        if (
            row.statistic in ("count", "proportion") and row.p_value is not None and row.events is not None
            and row.total is not None and outcome_of(row) and arm_of(row)
        ):  # fmt: skip
            groups[(*setting(row), row.grade, row.p_relation, row.p_value)].append(row)
    for group in groups.values():
        arms = {arm_of(row): row for row in group}
        if len(arms) == 1:
            continue
        pair = list(arms.values())
        reason = _why_no_table(pair, group)
        if reason:
            for row in group:
                yield unknown(row, name, reason)
            continue
        a, b = pair
        table = _table(a, b)
        printed_p = _printed_p(a)
        if table is None or printed_p is None:
            continue
        plain, corrected = statistics.chi_square(table), statistics.chi_square(table, corrected=True)
        expected = f"chi-square p {show(plain)}, corrected {show(corrected)}"
        result = _compare_p(printed_p, (plain, corrected), 0.05)
        if result != "pass":  # Fisher's test is dear: asked only where chi-square does not settle it
            exact = statistics.fisher(table)
            expected = f"Fisher p {show(exact)}, {expected}"
            result = _compare_p(printed_p, (exact, plain, corrected), 0.05)
        note = "two-sided, unadjusted" if result == "pass" else ""
        if result == "fail" and non_inferiority and printed_p.high <= 0.05:
            result, note = "not_checkable", "the document tests for non-inferiority"
        elif result == "fail" and printed_p.low >= 0.05 and printed_p.distance(min(plain, corrected)) <= FAR:
            result, note = "not_checkable", "a test that heeds clusters or covariates may give it"
        elif result == "fail" and (reason := _why_not_trusted(pair, rows, known, text)):
            result, note = "not_checkable", reason
        elif result == "not_checkable":
            note = "differs from an unadjusted test, as an adjusted p may"
        for row in group:
            yield line(row, name, result, expected, printed_p.text, f"{Z_SLACK:g} standard error", note)


def _why_no_table(pair: Sequence[Evidence], group: Sequence[Evidence]) -> str:
    """Why these rows make no 2x2 table; empty where they do."""
    if len(pair) > 2:
        return "more than two arms share this p"
    if len({(arm_of(row), row.events, row.total) for row in group}) > 2:
        return "an arm has more than one n/N for this outcome"
    if any(off_a_curve(row) for row in pair):
        return "a percentage off a survival or incidence curve is not n/N"
    if not all(counts_patients(row) for row in pair):
        return "not counts of patients"
    if any(guessed_total(row) for row in pair):
        return "a denominator is not printed with the number"
    if any({"events", "total"} & derived(row) for row in pair):
        return "events or total are not as printed"
    if _table(*pair) is None:
        return "events and totals are no whole numbers with events within the total"
    return ""


def _why_not_trusted(pair: Sequence[Evidence], rows: Sequence[Evidence], known: Denominators, text: str) -> str:
    """Why a p that fits no test of these counts may still be right: it may not be about them. Empty where it is."""
    a, b = pair
    if a.source != b.source or a.table_label != b.table_label or a.row_path != b.row_path:
        return "the two arms are told in different places"
    if not all(read_off(row.quote, (row.events,))[0] for row in pair):
        return "the counts are not printed in figures"
    if not all(own_total(row) or known.hold(row) for row in pair):
        return "a denominator stands elsewhere"
    if any(_CLUSTER.search(" ".join(filter(None, (row.column_path, row.arm, row.outcome)))) for row in pair):
        return "the test may heed clusters"
    first, last = sorted(pair, key=lambda row: row.start)
    if a.table_label is None and _A_P.search(text[first.end : last.start]):
        return "each arm has a p of its own: against something else"
    if a.table_label is None:
        return "" if abs(a.start - b.start) <= NEAR else "the two arms are told in different places"
    beside = [row for row in rows if row.table_label == a.table_label]
    if any(row.statistic in EFFECTS and row.row_path == a.row_path for row in beside):
        return "the p is of the effect that the line prints"
    beside = [row for row in beside if row.statistic in ("count", "proportion")]
    if len({row.column_path for row in beside if row.row_path == a.row_path}) > 2:
        return "the row has more columns than the two arms"
    block = (a.row_path or "").rpartition(" > ")[0]
    others = [
        row for row in beside if row.row_path != a.row_path and (row.row_path or "").rpartition(" > ")[0] == block
    ]
    if any(row.p_value in (None, a.p_value) for row in others) and (block or others[0].p_value == a.p_value):
        return "the p may be of a group of rows together"
    return ""


def _table(a: Evidence, b: Evidence) -> statistics.Table2x2 | None:
    numbers = (a.events, a.total, b.events, b.total)
    if not all(whole(number) for number in numbers):
        return None
    events_a, total_a, events_b, total_b = (int(number) for number in numbers if number is not None)
    if not (0 <= events_a <= total_a and 0 <= events_b <= total_b and total_a > 0 and total_b > 0):
        return None
    return statistics.Table2x2(events_a, total_a, events_b, total_b)
