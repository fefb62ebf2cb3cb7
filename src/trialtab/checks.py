"""The arithmetic that a row must stand: pure, over the rows of one document.

Every check has three results. `pass` and `fail` say that the printed numbers were compared; `not_checkable` says that
the row is of a kind the check looks at, but lacks what would convict or clear it, and the note says what. A check
fails only where rounding, cut-off decimals and a denominator that was guessed cannot explain what is printed: a false
alarm costs a reviewer more than a missed one.

There is at most one line for each finding and check, its most serious one.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from trialtab import statistics, values
from trialtab.model import Arm, Check, Evidence

RATIOS = frozenset({"hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio"})
DIFFERENCES = frozenset({"mean_difference", "risk_difference", "standardized_mean_difference"})
EFFECTS = RATIOS | DIFFERENCES

CURVE_CLASSES = frozenset({"survival", "time_to_event", "remission_duration", "relapse", "mortality"})
"""Classes whose percentage at a timepoint is read from a curve (Kaplan-Meier, cumulative incidence), not n/N."""

COUNT_UNITS = frozenset(
    {"count", "counts", "{count}", "{events}", "{episodes}", "event", "events", "episode", "episodes"}
)
POINT_UNITS = frozenset({"point", "points", "{score}", "{points}", "[score]", "score"})

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
)

SYMMETRY_SLACK = 0.2
"""Share of a ratio CI's half-width (log scale) by which the estimate may lie off its middle, rounding apart.

Exact, profile-likelihood and bootstrap intervals are not symmetric; at 20 or more events a group they stay within
about a tenth. 0.2 lets them pass and still catches a swapped digit in most intervals."""

Z_SLACK = 1.0
"""Distance in standard errors at which a printed p and a recomputed one are called different tests' results."""

_SERIOUSNESS = {"not_checkable": 0, "pass": 1, "fail": 2}
_TINY = 1e-9
_NUMBER = re.compile(
    rf"\d+(?:[,\u2009\u202f\u00a0]\d{{3}})*(?:[.,{values.DECIMAL_POINTS}]\d+)?|[.{values.DECIMAL_POINTS}]\d+"
)
_NON_INFERIOR = re.compile(r"\b(?:non[-\s]?inferior|equivalen|bio-?equivalen)", re.IGNORECASE)


# ---- printed precision -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in the quotation: its value and the digits after its decimal point."""

    value: float
    decimals: int

    @property
    def unit(self) -> float:
        """One unit in the last printed place: 0.1 for "36.4"."""
        return float(10.0**-self.decimals)

    @property
    def half(self) -> float:
        return self.unit / 2

    @property
    def low(self) -> float:
        """The smallest true value that rounds to what is printed."""
        return self.value - self.half - _TINY

    @property
    def high(self) -> float:
        return self.value + self.half + _TINY

    def rounds_from(self, exact: float) -> bool:
        """Could `exact` have been printed so, rounded either way at the half or cut off?"""
        cut_low, cut_high = (
            (self.value, self.value + self.unit) if self.value >= 0 else (self.value - self.unit, self.value)
        )
        return self.low <= exact <= self.high or cut_low <= exact < cut_high

    @property
    def negative(self) -> Printed:
        return Printed(-self.value, self.decimals)

    def above(self, other: Printed) -> bool:
        """Is this number above the other, whatever was rounded away?

        Rounding keeps order, so two numbers of equal decimals are compared as printed; else the coarser one may have
        moved by half of its last place.
        """
        slack = 0.0 if self.decimals == other.decimals else max(self.half, other.half)
        return self.value - other.value > slack + _TINY

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"


def printed(value: float, quote: str) -> Printed:
    """`value` with the decimals it is printed with in `quote`.

    Where the quotation prints the number twice ("54.0% (54/100)") the one before a percent sign speaks, else the
    coarser one. Where it does not print it at all (number words, a value from a header), the shortest decimal form is
    taken.
    """
    best: tuple[bool, int] | None = None
    for found in _NUMBER.finditer(quote):
        digits = _decimals_as(found.group(), abs(value))
        if digits is None:
            continue
        percent = quote[found.end() : found.end() + 2].lstrip().startswith(("%", "per"))
        if best is None or (percent, -digits) > (best[0], -best[1]):
            best = (percent, digits)
    if best is not None:
        return Printed(value, best[1])
    shortest = f"{value:.10f}".rstrip("0")
    return Printed(value, len(shortest.partition(".")[2]))


def _decimals_as(text: str, value: float) -> int | None:
    """Decimals of a printed number that reads as `value`; None where it reads as another. A comma may be a point."""
    read = values.number(text)
    if read is not None and math.isclose(read, value, abs_tol=_TINY):
        return values.decimals(text)
    if text.count(",") == 1:
        read = values.number(text.replace(",", "."))
        if read is not None and math.isclose(read, value, abs_tol=_TINY):
            return values.decimals(text.replace(",", "."))
    return None


# ---- what a row is ---------------------------------------------------------------------------------------------


def _derived(row: Evidence) -> frozenset[str]:
    return frozenset(name.strip() for name in (row.derived or "").split(",") if name.strip())


def _guessed_total(row: Evidence) -> bool:
    return row.total_source not in ("explicit", "header")


def _off_a_curve(row: Evidence) -> bool:
    """A survival or cumulative-incidence percentage at a timepoint: its N is no denominator."""
    return row.outcome_class in CURVE_CLASSES and (row.timepoint is not None or row.outcome_class == "survival")


def _counts_patients(row: Evidence) -> bool:
    return row.count_of in (None, "patients")


def _whole(number: float | None) -> bool:
    return number is not None and math.isfinite(number) and number == int(number)


Setting = tuple[Hashable, ...]


def _outcome(row: Evidence) -> str | None:
    return row.outcome_id or (row.outcome.casefold().strip() if row.outcome else None)


def _arm(row: Evidence) -> str | None:
    return row.arm_id or (row.arm.casefold().strip() if row.arm else None)


def _setting(row: Evidence) -> Setting:
    """What must agree, the arm apart, before two rows may be held against each other."""
    time: Hashable = (row.timepoint_value, row.timepoint_unit) if row.timepoint_value is not None else row.timepoint
    population = row.population.casefold() if row.population else None
    return (_outcome(row), time, population, row.serious, row.definition)


def _line(
    row: Evidence, check: str, result: str, expected: str = "", observed: str = "", tolerance: str = "", note: str = ""
) -> Check:
    return Check(
        finding_id=row.finding_id, check=check, result=result, expected=expected, observed=observed,
        tolerance=tolerance, note=note,
    )  # fmt: skip


def _unknown(row: Evidence, check: str, note: str) -> Check:
    return _line(row, check, "not_checkable", note=note)


def _show(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"


# ---- checks of one row -----------------------------------------------------------------------------------------


def percent_of_total(row: Evidence) -> Iterator[Check]:
    """n/N against the printed percent, by the decimals printed; a percent cut off instead of rounded passes."""
    name = "percent_of_total"
    if row.percent is None or row.events is None or row.total is None or "percent" in _derived(row):
        return
    if not _counts_patients(row):
        yield _unknown(row, name, f"counts {row.count_of}, which have no percent of patients")
    elif _off_a_curve(row):
        yield _unknown(row, name, "a percentage off a survival or incidence curve is not n/N")
    elif _guessed_total(row):
        yield _unknown(row, name, "the denominator is not printed with the number")
    elif row.qualifier not in (None, "~"):
        yield _unknown(row, name, f"printed with {row.qualifier}")
    elif row.total <= 0 or {"events", "total"} & _derived(row):
        yield _unknown(row, name, "events or total are not as printed")
    else:
        percent = printed(row.percent, row.quote)
        exact = 100 * row.events / row.total
        near = percent.rounds_from(exact) or (row.qualifier == "~" and abs(exact - percent.value) <= 1)
        yield _line(
            row, name, "pass" if near else "fail", f"{exact:.{percent.decimals + 1}f}%", f"{percent}%",
            f"half of {percent.unit:g}, or cut off", f"{row.events:g}/{row.total:g}",
        )  # fmt: skip


def n_within_total(row: Evidence) -> Iterator[Check]:
    """n <= N for counts of patients, and a proportion between 0 and 100 %."""
    name = "n_within_total"
    if row.statistic == "proportion" and row.percent is not None and not -_TINY <= row.percent <= 100 + _TINY:
        yield _line(row, name, "fail", "0 to 100%", f"{row.percent:g}%", "none", "no share of patients: a change?")
        return
    if row.events is None or row.total is None or row.statistic not in ("count", "proportion"):
        return
    if not _counts_patients(row):
        yield _unknown(row, name, f"counts {row.count_of}, which may exceed the patients")
    elif row.events <= row.total:
        yield _line(row, name, "pass", f"at most {row.total:g}", f"{row.events:g}", "none")
    elif _guessed_total(row):
        yield _unknown(row, name, "the denominator is not printed with the number")
    else:
        yield _line(row, name, "fail", f"at most {row.total:g}", f"{row.events:g}", "none")


def grim(row: Evidence) -> Iterator[Check]:
    """Can this percent, or this mean of whole counts, come from that N?

    Source: Brown NJL, Heathers JAJ, Soc Psychol Personal Sci 2017;8:363-369 (granularity of means). Means in points
    pass where a whole sum exists and are never convicted: an item average or half-point scale has a finer grain.
    """
    name = "grim"
    derived = _derived(row)
    if row.total is None or "total" in derived:
        return
    if row.statistic == "proportion" and row.percent is not None and "percent" not in derived:
        if row.events is not None and "events" not in derived:
            return  # n is printed too: percent_of_total is the sharper check
        shown, scale, convicts = printed(row.percent, row.quote), 100.0, True
    elif row.statistic == "mean" and row.value is not None and row.unit in COUNT_UNITS | POINT_UNITS:
        shown, scale, convicts = printed(row.value, row.quote), 1.0, row.unit in COUNT_UNITS
    else:
        return
    if _off_a_curve(row):
        yield _unknown(row, name, "a percentage off a survival or incidence curve is not n/N")
    elif not _counts_patients(row) or row.qualifier is not None:
        yield _unknown(row, name, "not a plain share of patients")
    elif _guessed_total(row) or not _whole(row.total) or row.total < 1:
        yield _unknown(row, name, "the denominator is not printed with the number")
    elif scale / row.total <= shown.unit:
        yield _unknown(row, name, f"with N = {row.total:g} every number of {shown.decimals} decimals can occur")
    else:
        near = [scale * k / row.total for k in _neighbours(shown.value * row.total / scale)]
        if any(shown.rounds_from(exact) for exact in near):
            yield _line(row, name, "pass", "a whole n", str(shown), f"half of {shown.unit:g}, or cut off")
        elif convicts:
            nearest = " or ".join(f"{exact:.{shown.decimals + 1}f}" for exact in near)
            yield _line(
                row,
                name,
                "fail",
                f"{nearest} from N = {row.total:g}",
                str(shown),
                f"half of {shown.unit:g}, or cut off",
            )
        else:
            yield _unknown(row, name, "no whole sum of points gives this mean, and the step of the scale is not known")


def _neighbours(exact: float) -> tuple[int, int]:
    """The two whole numbers around a number."""
    below = math.floor(exact + _TINY)
    return below, below + 1


def estimate_in_ci(row: Evidence) -> Iterator[Check]:
    """The estimate lies inside its confidence interval, rounding of all three apart."""
    name = "estimate_in_ci"
    if row.ci_low is None or row.ci_high is None:
        return
    estimate = row.percent if row.statistic == "proportion" and row.percent is not None else row.value
    if estimate is None or row.qualifier is not None:
        yield _unknown(row, name, "no plain estimate beside the interval")
        return
    shown, low, high = printed(estimate, row.quote), printed(row.ci_low, row.quote), printed(row.ci_high, row.quote)
    if low.value > high.value:
        low, high = high, low
    expected, tolerance = f"{low} to {high}", "rounding, where decimals differ"
    if not low.above(shown) and not shown.above(high):
        yield _line(row, name, "pass", expected, str(shown), tolerance)
    elif shown.value > 0 > high.value and not low.above(shown.negative) and not shown.negative.above(high):
        yield _unknown(row, name, "inside but for its sign: a decrease said in words, its interval with a sign")
    elif row.statistic == "proportion" and 0 <= low.value <= high.value <= 1 < shown.value:
        # a percent with its interval printed as a fraction
        inside = 100 * low.low - shown.half <= shown.value <= 100 * high.high + shown.half
        result = "pass" if inside else "fail"
        yield _line(row, name, result, expected, str(shown), tolerance, "interval printed as a fraction")
    else:
        yield _line(row, name, "fail", expected, str(shown), tolerance)


def ci_symmetry(row: Evidence) -> Iterator[Check]:
    """A ratio stands at the geometric middle of its interval, by the rounding of all three and SYMMETRY_SLACK."""
    name = "ci_symmetry"
    if row.statistic not in RATIOS or row.value is None or row.ci_low is None or row.ci_high is None:
        return
    shown, low, high = printed(row.value, row.quote), printed(row.ci_low, row.quote), printed(row.ci_high, row.quote)
    if row.qualifier is not None or not 0 < low.value < high.value or shown.value <= 0:
        yield _unknown(row, name, "needs a positive ratio between two positive limits")
        return
    if low.low <= 0 or shown.low <= 0:
        yield _unknown(row, name, "printed too coarsely")
        return
    if low.above(shown) or shown.above(high):
        yield _unknown(row, name, "the ratio lies outside its interval")
        return
    half_width = math.log(high.value / low.value) / 2
    middle_low, middle_high = math.sqrt(low.low * high.low), math.sqrt(low.high * high.high)
    slack = SYMMETRY_SLACK * half_width
    gap = max(math.log(shown.low / middle_high), math.log(middle_low / shown.high), 0.0)
    yield _line(
        row, name, "pass" if gap <= slack else "fail", f"{math.sqrt(low.value * high.value):.3g}", str(shown),
        f"rounding and {SYMMETRY_SLACK:g} of the half-width (log scale)",
    )  # fmt: skip


# ---- p-values --------------------------------------------------------------------------------------------------


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


def p_against_ci(row: Evidence, non_inferiority: bool = False) -> Iterator[Check]:
    """A printed p against the one that the confidence interval of a ratio or difference gives.

    Other tests than Wald's (log-rank, stratified, adjusted) move p, so only a p on the other side of the level and
    more than one standard error off fails. `non_inferiority`: the document speaks of a margin; then a small p beside
    an interval that holds "no effect" may be right.
    """
    name = "p_against_ci"
    if row.statistic not in EFFECTS or row.p_value is None or row.ci_low is None or row.ci_high is None:
        return
    printed_p = _printed_p(row)
    ratio = row.statistic in RATIOS
    low, high = sorted((row.ci_low, row.ci_high))
    if printed_p is None or row.value is None or row.qualifier is not None or low == high or (ratio and low <= 0):
        yield _unknown(row, name, "needs an estimate, its interval and a p between 0 and 1")
        return
    if not low <= row.value <= high:
        yield _unknown(row, name, "the estimate lies outside its interval")
        return
    level = 0.95 if row.ci_level is None else (row.ci_level / 100 if row.ci_level > 1 else row.ci_level)
    if not 0.5 <= level < 1:
        yield _unknown(row, name, f"confidence level {row.ci_level:g}")
        return
    shown, below, above = (printed(number, row.quote) for number in (row.value, low, high))
    p = statistics.p_from_interval(row.value, low, high, level, ratio=ratio)
    result = _compare_p(printed_p, [p, *_corner_ps(shown, below, above, level, ratio)], round(1 - level, 6))
    null = 1.0 if ratio else 0.0
    note = ""
    if result == "fail" and non_inferiority and low <= null <= high:
        result, note = "not_checkable", "the document tests for non-inferiority"
    elif result == "not_checkable":
        note = "p and interval differ, as another test's or an adjusted p may"
    yield _line(row, name, result, f"p about {_show(p)}", printed_p.text, f"{Z_SLACK:g} standard error", note)


def p_against_table(rows: Sequence[Evidence], non_inferiority: bool = False) -> Iterator[Check]:
    """Two arms' n/N of one outcome against the p printed with both: Fisher and chi-square must both disagree badly."""
    name = "p_against_table"
    groups: dict[Setting, list[Evidence]] = defaultdict(list)
    for row in rows:
        if (
            row.statistic in ("count", "proportion") and row.p_value is not None and row.events is not None
            and row.total is not None and _outcome(row) and _arm(row)
        ):  # fmt: skip
            groups[(*_setting(row), row.grade, row.p_relation, row.p_value)].append(row)
    for group in groups.values():
        arms = {_arm(row): row for row in group}
        if len(arms) == 1:
            continue
        pair = list(arms.values())
        reason = _why_no_table(pair, group)
        if reason:
            for row in group:
                yield _unknown(row, name, reason)
            continue
        a, b = pair
        table = _table(a, b)
        printed_p = _printed_p(a)
        if table is None or printed_p is None:
            continue
        plain, corrected = statistics.chi_square(table), statistics.chi_square(table, corrected=True)
        expected = f"chi-square p {_show(plain)}, corrected {_show(corrected)}"
        result = _compare_p(printed_p, (plain, corrected), 0.05)
        if result != "pass":  # Fisher's test is dear: asked only where chi-square does not settle it
            exact = statistics.fisher(table)
            expected = f"Fisher p {_show(exact)}, {expected}"
            result = _compare_p(printed_p, (exact, plain, corrected), 0.05)
        note = "two-sided, unadjusted" if result == "pass" else ""
        if result == "fail" and non_inferiority and printed_p.high <= 0.05:
            result, note = "not_checkable", "the document tests for non-inferiority"
        elif result == "not_checkable":
            note = "differs from an unadjusted test, as an adjusted p may"
        for row in group:
            yield _line(row, name, result, expected, printed_p.text, f"{Z_SLACK:g} standard error", note)


def _why_no_table(pair: Sequence[Evidence], group: Sequence[Evidence]) -> str:
    """Why these rows make no 2x2 table; empty where they do."""
    if len(pair) > 2:
        return "more than two arms share this p"
    if len({(_arm(row), row.events, row.total) for row in group}) > 2:
        return "an arm has more than one n/N for this outcome"
    if any(_off_a_curve(row) for row in pair):
        return "a percentage off a survival or incidence curve is not n/N"
    if not all(_counts_patients(row) for row in pair):
        return "not counts of patients"
    if any(_guessed_total(row) for row in pair):
        return "a denominator is not printed with the number"
    if any({"events", "total"} & _derived(row) for row in pair):
        return "events or total are not as printed"
    if _table(*pair) is None:
        return "events and totals are no whole numbers with events within the total"
    return ""


def _table(a: Evidence, b: Evidence) -> statistics.Table2x2 | None:
    numbers = (a.events, a.total, b.events, b.total)
    if not all(_whole(number) for number in numbers):
        return None
    events_a, total_a, events_b, total_b = (int(number) for number in numbers if number is not None)
    if not (0 <= events_a <= total_a and 0 <= events_b <= total_b and total_a > 0 and total_b > 0):
        return None
    return statistics.Table2x2(events_a, total_a, events_b, total_b)


# ---- order ------------------------------------------------------------------------------------------------------


def quantile_order(row: Evidence) -> Iterator[Check]:
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
        yield _unknown(row, name, "only one number of the order is printed")
        return
    for numbers in chains:
        shown = [printed(number, row.quote) for number in numbers]
        for before, after in pairwise(shown):
            if before.above(after):
                yield _line(
                    row, name, "fail", " <= ".join(map(str, sorted(shown, key=lambda p: p.value))),
                    ", ".join(map(str, shown)), "rounding, where decimals differ",
                )  # fmt: skip
                return
    yield _line(row, name, "pass", "in order", ", ".join(_show(number) for number in chain), "rounding")


ANY_GRADE = frozenset({"any", "any grade", "all", "all grades", "1-5", "1-4", "0-5", ">=1"})
SEVERE = frozenset({">=3", "3-4", "3-5", "3", "4", "5", "4-5", ">=4", "severe"})


def any_grade_not_below_severe(rows: Sequence[Evidence]) -> Iterator[Check]:
    """An adverse event of any grade is at least as frequent as its grade 3 and higher, in one arm at one time.

    Compared by events where both print the same total or none, else by percent. A row without a grade counts as "any
    grade" for a conviction only beside the severe row in one table: in prose it may be another subset.
    """
    name = "any_grade_not_below_severe"
    any_rows: dict[Setting, list[Evidence]] = defaultdict(list)
    severe_rows: dict[Setting, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome_class != "adverse_event" or _outcome(row) is None or not _counts_patients(row):
            continue
        if row.statistic not in ("count", "proportion") or row.qualifier is not None:
            continue
        key = (*_setting(row), _arm(row))
        grade = row.grade.casefold().strip() if row.grade else None
        if grade in SEVERE:
            severe_rows[key].append(row)
        elif grade is None or grade in ANY_GRADE:
            any_rows[key].append(row)
    for key, severe in severe_rows.items():
        by_total, by_percent = _most_severe(severe)
        for row in any_rows.get(key, ()):
            if row.events is not None and row.total in by_total:
                worst = by_total[row.total]
                excess = (worst.events or 0.0) - row.events
            elif row.percent is not None and by_percent is not None and by_percent.percent is not None:
                worst = by_percent
                above = printed(by_percent.percent, worst.quote)
                excess = above.low - printed(row.percent, row.quote).high
            else:
                yield _unknown(row, name, "no common scale: totals differ and percents are missing")
                continue
            expected, observed = f"at least {_amount(worst)} (grade {worst.grade})", _amount(row)
            if excess <= 0:
                yield _line(row, name, "pass", expected, observed, "rounding")
            elif row.grade is None and not (row.table_label and row.table_label == worst.table_label):
                yield _unknown(row, name, "the row names no grade and may be another subset")
            else:
                yield _line(row, name, "fail", expected, observed, "rounding", f"against finding {worst.finding_id}")


def _most_severe(severe: Iterable[Evidence]) -> tuple[dict[float | None, Evidence], Evidence | None]:
    """The severe rows with the most events, by their total, and the one with the highest percent."""
    by_total: dict[float | None, Evidence] = {}
    by_percent: Evidence | None = None
    for row in severe:
        if row.events is not None:
            old = by_total.get(row.total)
            if old is None or row.events > (old.events or 0.0):
                by_total[row.total] = row
        if row.percent is not None and (by_percent is None or row.percent > (by_percent.percent or 0.0)):
            by_percent = row
    return by_total, by_percent


def _amount(row: Evidence) -> str:
    parts = [] if row.events is None else [f"{row.events:g}" if row.total is None else f"{row.events:g}/{row.total:g}"]
    if row.percent is not None:
        parts.append(f"{row.percent:g}%")
    return " ".join(parts)


# ---- arms -------------------------------------------------------------------------------------------------------


def arms_sum_to_total(rows: Sequence[Evidence], arms: Sequence[Arm]) -> Iterator[Check]:
    """Enrolment of all arms of the document against the enrolment of the whole.

    Fails only where every arm prints one number for the same kind of enrolment and no arm is the union of others.
    """
    name = "arms_sum_to_total"
    parts = {arm.arm_id for arm in arms if arm.role != "overall"}
    if len(parts) < 2:
        return
    groups: dict[Setting, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome_class == "enrollment" and _size(row) is not None and row.qualifier is None:
            groups[_setting(row)].append(row)
    for group in groups.values():
        whole = [row for row in group if row.arm_id not in parts and _of_everyone(row)]
        sized = [row for row in group if row.arm_id in parts]
        sizes: dict[str | None, set[float | None]] = defaultdict(set)
        for row in sized:
            sizes[row.arm_id].add(_size(row))
        if not whole or not sized:
            continue
        alone = [size for found in sizes.values() for size in found if size is not None and len(found) == 1]
        united = sum(alone)
        text = f"{' + '.join(f'{size:g}' for size in alone)} = {united:g}"
        for row in whole:
            total = _size(row) or 0.0
            if set(sizes) != parts or len(alone) != len(parts):
                yield _unknown(row, name, "not every arm prints one size")
            elif abs(united - total) < 0.5:
                yield _line(row, name, "pass", text, f"{total:g}", "none")
            elif len({_size(one) for one in whole}) > 1:
                yield _unknown(row, name, "several totals are printed")
            elif len(alone) > 2 and any(abs(2 * size - united) < 0.5 for size in alone):
                yield _unknown(row, name, "an arm is the sum of the others")
            elif row.outcome_id is None or any(_phrase(row) != _phrase(one) for one in sized):
                yield _unknown(
                    row, name, "the arms and the whole may be different sets: screened, enrolled, randomised"
                )
            else:
                yield _line(row, name, "fail", text, f"{total:g}", "none")


def _of_everyone(row: Evidence) -> bool:
    """A row of the whole document, not of a group that found no place among its arms."""
    unplaced = row.arm_id is None and row.arm is not None and row.arm.casefold() != "overall"
    return row.arm_role in (None, "overall") and not unplaced


def _phrase(row: Evidence) -> str:
    return " ".join((row.outcome or "").casefold().split())


def _size(row: Evidence) -> float | None:
    return row.events if row.events is not None else row.value


# ---- all of them ------------------------------------------------------------------------------------------------

OF_ONE_ROW: tuple[Callable[[Evidence], Iterable[Check]], ...] = (
    percent_of_total,
    n_within_total,
    grim,
    estimate_in_ci,
    ci_symmetry,
    quantile_order,
)


def check(rows: Sequence[Evidence], arms: Sequence[Arm]) -> list[Check]:
    """All checks on the rows of one document: one line per finding and check, in the order of rows, then of NAMES.

    A check that does not concern a row leaves no line.
    """
    margin = any(
        _NON_INFERIOR.search(" ".join(filter(None, (r.outcome, r.definition, r.population, r.quote)))) for r in rows
    )
    found: dict[tuple[str, str], Check] = {}
    for line in _lines(rows, arms, margin):
        key = (line.finding_id, line.check)
        if key not in found or _SERIOUSNESS[line.result] > _SERIOUSNESS[found[key].result]:
            found[key] = line
    order = {row.finding_id: i for i, row in enumerate(rows)}
    rank = {name: i for i, name in enumerate(NAMES)}
    return sorted(found.values(), key=lambda line: (order[line.finding_id], rank[line.check]))


def _lines(rows: Sequence[Evidence], arms: Sequence[Arm], margin: bool) -> Iterator[Check]:
    for row in rows:
        for one in OF_ONE_ROW:
            yield from one(row)
        yield from p_against_ci(row, margin)
    yield from p_against_table(rows, margin)
    yield from any_grade_not_below_severe(rows)
    yield from arms_sum_to_total(rows, arms)


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
    return tuple(row if row.checks == found else replace(row, checks=found) for row, found in marked)
