"""Checks of one row: n/N against its percent, the grain of percents and means, intervals, the order of quantiles."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from trialtab.checks.about import (
    COUNT_UNITS,
    EFFECTS,
    POINT_UNITS,
    RATIOS,
    counts_patients,
    derived,
    guessed_total,
    line,
    off_a_curve,
    show,
    unknown,
    whole,
)
from trialtab.checks.denominators import Denominators, neighbours, own_total, why_not_its_denominator
from trialtab.checks.printed import TINY, printed
from trialtab.checks.reading import why_no_interval, why_not_read
from trialtab.model import Check, Evidence

NOTHING = Denominators()
_NAMED = re.compile(r"ratio|effect")
_OF = re.compile(r"\d\s*(?:/|(?:out )?of)\s*\d", re.IGNORECASE)
SYMMETRY_SLACK = 0.2
"""Share of a ratio CI's half-width (log scale) by which the estimate may lie off its middle, rounding apart.

Exact, profile-likelihood and bootstrap intervals are not symmetric; at 20 or more events a group they stay within
about a tenth. 0.2 lets them pass and still catches a swapped digit in most intervals."""


WIDEST = 100.0
"""Upper over lower limit of a ratio beyond which few events gave it, and exact intervals are the rule."""


def percent_of_total(row: Evidence, known: Denominators = NOTHING, text: str = "") -> Iterator[Check]:
    """n/N against the printed percent, by the decimals printed; a percent cut off instead of rounded passes."""
    name = "percent_of_total"
    if row.percent is None or row.events is None or row.total is None or "percent" in derived(row):
        return
    if not counts_patients(row):
        yield unknown(row, name, f"counts {row.count_of}, which have no percent of patients")
    elif off_a_curve(row):
        yield unknown(row, name, "a percentage off a survival or incidence curve is not n/N")
    elif guessed_total(row):
        yield unknown(row, name, "the denominator is not printed with the number")
    elif row.qualifier not in (None, "~"):
        yield unknown(row, name, f"printed with {row.qualifier}")
    elif row.total <= 0 or {"events", "total"} & derived(row):
        yield unknown(row, name, "events or total are not as printed")
    else:
        percent = printed(row.percent, row.quote)
        exact = 100 * row.events / row.total
        near = percent.rounds_from(exact) or (row.qualifier == "~" and abs(exact - percent.value) <= 1)
        reason = "" if near else why_not_its_denominator(row, known, text)
        if reason:
            yield unknown(row, name, reason)
            return
        yield line(
            row, name, "pass" if near else "fail", f"{exact:.{percent.decimals + 1}f}%", f"{percent}%",
            f"half of {percent.unit:g}, or cut off", f"{row.events:g}/{row.total:g}",
        )  # fmt: skip


def n_within_total(row: Evidence, known: Denominators = NOTHING, text: str = "") -> Iterator[Check]:
    """n <= N for counts of patients."""
    name = "n_within_total"
    if row.statistic == "proportion" and row.events is None and row.percent is not None:
        if not -TINY <= row.percent <= 100 + TINY:
            yield unknown(row, name, f"{row.percent:g}% is no share of patients: a change, or a part of another figure")
        return
    if row.events is None or row.total is None or row.statistic not in ("count", "proportion"):
        return
    if not counts_patients(row):
        yield unknown(row, name, f"counts {row.count_of}, which may exceed the patients")
    elif row.events <= row.total:
        yield line(row, name, "pass", f"at most {row.total:g}", f"{row.events:g}", "none")
    elif guessed_total(row):
        yield unknown(row, name, "the denominator is not printed with the number")
    elif (own_total(row) and not _OF.search(row.quote)) or not (own_total(row) or known.hold(row)):
        yield unknown(row, name, "the second number may be another group's")
    else:
        yield line(row, name, "fail", f"at most {row.total:g}", f"{row.events:g}", "none")


def grim(row: Evidence, known: Denominators = NOTHING, text: str = "") -> Iterator[Check]:
    """Can this percent, or this mean of whole counts, come from that N?

    Source: Brown NJL, Heathers JAJ, Soc Psychol Personal Sci 2017;8:363-369 (granularity of means). Means in points
    pass where a whole sum exists and are never convicted: an item average or half-point scale has a finer grain.
    """
    name = "grim"
    computed = derived(row)
    if row.total is None or "total" in computed:
        return
    if row.statistic == "proportion" and row.percent is not None and "percent" not in computed:
        if row.events is not None and "events" not in computed:
            return  # n is printed too: percent_of_total is the sharper check
        shown, scale, convicts = printed(row.percent, row.quote), 100.0, True
    elif row.statistic == "mean" and row.value is not None and row.unit in COUNT_UNITS | POINT_UNITS:
        shown, scale, convicts = printed(row.value, row.quote), 1.0, row.unit in COUNT_UNITS
    else:
        return
    if off_a_curve(row):
        yield unknown(row, name, "a percentage off a survival or incidence curve is not n/N")
    elif not counts_patients(row) or row.qualifier is not None:
        yield unknown(row, name, "not a plain share of patients")
    elif guessed_total(row) or not whole(row.total) or row.total < 1:
        yield unknown(row, name, "the denominator is not printed with the number")
    elif scale / row.total <= shown.unit:
        yield unknown(row, name, f"with N = {row.total:g} every number of {shown.decimals} decimals can occur")
    else:
        near = [scale * k / row.total for k in neighbours(shown.value * row.total / scale)]
        tolerance = f"half of {shown.unit:g}, or cut off"
        nearest = " or ".join(f"{exact:.{shown.decimals + 1}f}" for exact in near)
        if any(shown.rounds_from(exact) for exact in near):
            yield line(row, name, "pass", "a whole n", str(shown), tolerance)
        elif not convicts:
            yield unknown(row, name, "no whole sum of points gives this mean, and the step of the scale is not known")
        elif row.statistic == "mean" and not own_total(row):
            yield unknown(row, name, "N stands elsewhere, and the mean may be of fewer")
        elif row.statistic == "proportion" and (reason := why_not_its_denominator(row, known, text)):
            yield unknown(row, name, reason)
        else:
            yield line(row, name, "fail", f"{nearest} from N = {row.total:g}", str(shown), tolerance)


WITH_INTERVAL = EFFECTS | {"proportion", "rate", "mean", "median", "correlation"}


def estimate_in_ci(row: Evidence, known: Denominators = NOTHING, text: str = "") -> Iterator[Check]:
    """The estimate lies inside its confidence interval, rounding of all three apart."""
    name = "estimate_in_ci"
    if row.ci_low is None or row.ci_high is None:
        return
    estimate = row.percent if row.statistic == "proportion" and row.percent is not None else row.value
    if estimate is None or row.qualifier is not None or row.statistic not in WITH_INTERVAL:
        yield unknown(row, name, "no plain estimate beside the interval")
        return
    shown, low, high = printed(estimate, row.quote), printed(row.ci_low, row.quote), printed(row.ci_high, row.quote)
    if low.value > high.value:
        low, high = high, low
    expected, tolerance = f"{low} to {high}", "rounding, where decimals differ"
    if not low.above(shown) and not shown.above(high):
        yield line(row, name, "pass", expected, str(shown), tolerance)
    elif row.ci_low > row.ci_high and row.ci_high < 0 <= row.ci_low <= estimate <= -row.ci_high:
        yield unknown(row, name, "the sign before the upper limit may be the dash of a range")
    elif shown.value > 0 > high.value and not low.above(shown.negative) and not shown.negative.above(high):
        yield unknown(row, name, "inside but for its sign: a decrease said in words, its interval with a sign")
    elif row.statistic == "proportion" and 0 <= low.value <= high.value <= 1 < shown.value:
        # a percent with its interval printed as a fraction
        inside = 100 * low.low - shown.half <= shown.value <= 100 * high.high + shown.half
        result = "pass" if inside else "fail"
        yield line(row, name, result, expected, str(shown), tolerance, "interval printed as a fraction")
    elif reason := why_no_interval(row, estimate, (row.ci_low, row.ci_high), text):
        yield unknown(row, name, reason)
    else:
        yield line(row, name, "fail", expected, str(shown), tolerance)


def ci_symmetry(rows: Sequence[Evidence], text: str = "") -> Iterator[Check]:
    """A ratio stands at the geometric middle of its interval, by the rounding of all three and SYMMETRY_SLACK.

    Where two ratios of one line of a table do not, their intervals are of another kind (bootstrap, profile).
    """
    found = [(row, check) for row in rows for check in _symmetry(row, text)]
    failed: Counter[tuple[str | None, str | None]] = Counter(
        (row.table_label, row.row_path) for row, check in found if check.result == "fail" and row.table_label
    )
    for row, check in found:
        if check.result == "fail" and failed[row.table_label, row.row_path] > 1:
            yield unknown(row, check.check, "the intervals of this line are of another kind")
        else:
            yield check


def _symmetry(row: Evidence, text: str) -> Iterator[Check]:
    name = "ci_symmetry"
    if row.statistic not in RATIOS or row.value is None or row.ci_low is None or row.ci_high is None:
        return
    shown, low, high = printed(row.value, row.quote), printed(row.ci_low, row.quote), printed(row.ci_high, row.quote)
    if row.qualifier is not None or not 0 < low.value < high.value or shown.value <= 0:
        yield unknown(row, name, "needs a positive ratio between two positive limits")
        return
    if low.low <= 0 or shown.low <= 0:
        yield unknown(row, name, "printed too coarsely")
        return
    if high.value > WIDEST * low.value:
        yield unknown(row, name, "so wide an interval is mostly an exact one, which is not symmetric")
        return
    if low.above(shown) or shown.above(high):
        yield unknown(row, name, "the ratio lies outside its interval")
        return
    half_width = math.log(high.value / low.value) / 2
    middle_low, middle_high = math.sqrt(low.low * high.low), math.sqrt(low.high * high.high)
    slack = SYMMETRY_SLACK * half_width
    gap = max(math.log(shown.low / middle_high), math.log(middle_low / shown.high), 0.0)
    if gap > slack and (reason := why_no_interval(row, row.value, (row.ci_low, row.ci_high), text)):
        yield unknown(row, name, reason)
        return
    if gap > slack and not _NAMED.search(row.rule):
        yield unknown(row, name, "not called a ratio: perhaps a number needed to treat")
        return
    yield line(
        row, name, "pass" if gap <= slack else "fail", f"{math.sqrt(low.value * high.value):.3g}", str(shown),
        f"rounding and {SYMMETRY_SLACK:g} of the half-width (log scale)",
    )  # fmt: skip


def quantile_order(row: Evidence, known: Denominators = NOTHING, text: str = "") -> Iterator[Check]:
    """min <= q1 <= median <= q3 <= max, and a mean within its range; each by its printed rounding."""
    name = "quantile_order"
    middle = row.value if row.statistic in ("median", "mean") and row.qualifier is None else None
    quartiles = (row.q1, middle, row.q3) if row.statistic == "median" else (row.q1, row.q3)
    chain = [number for number in (row.range_low, *quartiles, row.range_high) if number is not None]
    if row.q1 is None and row.q3 is None and row.range_low is None and row.range_high is None:
        return
    if row.statistic == "mean" and middle is not None and row.range_low is not None and row.range_high is not None:
        chains = [chain, [row.range_low, middle, row.range_high]]
    else:
        chains = [chain]
    if max(map(len, chains)) < 2:
        yield unknown(row, name, "only one number of the order is printed")
        return
    for numbers in chains:
        shown = [printed(number, row.quote) for number in numbers]
        for before, after in pairwise(shown):
            if not before.above(after):
                continue
            if reason := _why_no_order(row, middle, text):
                yield unknown(row, name, reason)
                return
            yield line(
                row, name, "fail", " <= ".join(map(str, sorted(shown, key=lambda p: p.value))),
                ", ".join(map(str, shown)), "rounding, where decimals differ",
            )  # fmt: skip
            return
    yield line(row, name, "pass", "in order", ", ".join(show(number) for number in chain), "rounding")


def _why_no_order(row: Evidence, middle: float | None, text: str) -> str:
    """Why numbers out of order may not be the quartiles or the range of the value; empty where they are."""
    if middle is None:
        return "no median or mean stands with them: from one value to another"
    ends = ((row.q1, row.q3), (row.range_low, row.range_high))
    for low, high in ends:
        if low is not None and high is not None and (reason := why_no_interval(row, middle, (low, high), text)):
            return reason
    return why_not_read(row, text)
