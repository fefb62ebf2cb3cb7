"""Was a row read as a person would read it? The quotation must show it, before its numbers convict anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialtab.checks.printed import numbers_in, read_off
from trialtab.model import Evidence

_PART_OF = re.compile(r"(?:[\d.,·]|/\s?|\bper\s|[-\u2212\u2013]\s?[$£€]\s?)$", re.IGNORECASE)
"""Before the quotation: its first number is the rest of another, or of a unit ("per 100 ml"), or has lost its sign."""

_LEVEL = re.compile(r"\b9[059](?:\.\d)?\s?%\s?,?\s?(?:CI|confidence)")
_NAMES_INTERVAL = re.compile(r"\bC\.?I\b|confidence|95\s?%", re.IGNORECASE)
_TO_LIMIT = re.compile(r"[(\[{,;:|]|\bCI\b|\b(?:range|IQR|limits)\b", re.IGNORECASE)
_BETWEEN_LIMITS = re.compile(
    r"^[^=:()\[\]]{0,20}?(?:\bto\b|[-\u2212\u2013\u2014;,~]|\band\b)[^=:()\[\]]{0,6}$", re.IGNORECASE
)
_BOUND = re.compile(r"\s*[<>\u2264\u2265]")
_AGAINST = re.compile(r"\b(?:vs|versus|compared (?:with|to)|than|against|from)\b[^;]*$", re.IGNORECASE)
"""Before the quotation of an arm's value: the interval behind it may be that of the difference."""

OF_ONE_ARM = frozenset({"proportion", "rate", "mean", "median"})
BEFORE = 60
LONGEST_WAY = 60
"""Characters between an estimate and its interval."""


def why_not_read(row: Evidence, text: str) -> str:
    """Why the quotation is not trusted: it holds more than the row's numbers, or begins within another. Else empty."""
    if text and _PART_OF.search(text[max(0, row.start - 6) : row.start]):
        return "the first number is part of another, or of a unit"
    if read_off(row.quote, _numbers(row))[1]:
        return "more than the row's own numbers stand in the quotation"
    return ""


def _numbers(row: Evidence) -> tuple[float | None, ...]:
    """The numbers of a row, each as often as it may be printed: the value is mostly the percent or the events."""
    main = (row.events, row.percent, *(() if row.value in (row.events, row.percent) else (row.value,)))
    return (
        *main, row.total, row.sd, row.se, row.plus_minus, row.q1, row.q3, row.iqr_width, row.range_low, row.range_high,
        row.ci_low, row.ci_high, row.ci_level, row.p_value,
    )  # fmt: skip


def why_no_interval(row: Evidence, estimate: float, ends: Sequence[float], text: str) -> str:
    """Why an interval may not be the estimate's; empty where it is: estimate, then the two limits side by side.

    Estimate and limits of an effect may have a column each of a table.
    """
    if not read_off(row.quote, (estimate, *ends))[0]:
        apart = row.rule == "table.effect" and row.source != "text"
        return "" if apart else "estimate and interval do not stand together"
    if reason := why_not_read(row, text):
        return reason
    if _LEVEL.search(row.quote) and f"{estimate:g}" in ("90", "95", "99"):
        return "the estimate may be the level of the interval"
    of_one = text and row.source == "text" and row.statistic in OF_ONE_ARM
    if of_one and _AGAINST.search(text[max(0, row.start - BEFORE) : row.start]):
        return "the interval may be that of the difference from the group before"
    if row.statistic in ("mean", "median") and estimate == row.total:
        return "the number may be the size of the group"
    if _BOUND.match(row.quote):
        return "a bound, and no estimate"
    if row.se is not None:
        return "estimate with its standard error on one scale, the interval perhaps on another"
    if "plus_minus" in row.rule and not _NAMES_INTERVAL.search(f"{row.quote} {row.column_path} {row.row_path}"):
        return "nothing says what the figures in brackets are"
    found = numbers_in(row.quote)
    for i, (value, _, end) in enumerate(found):
        if value != abs(estimate):
            continue
        for (low, start, low_end), (high, high_start, _) in zip(found[i + 1 :], found[i + 2 :], strict=False):
            way = row.quote[end:start]
            beside = _BETWEEN_LIMITS.match(row.quote[low_end:high_start]) and {low, high} == {abs(n) for n in ends}
            if beside and len(way) <= LONGEST_WAY and _TO_LIMIT.search(way):
                return ""
    return "estimate and interval do not stand side by side"
