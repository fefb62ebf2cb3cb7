"""Short faithful texts of rows: what a reader would copy into a cell, decimals as printed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from trialtab import checks, statistics
from trialtab.model import Evidence, evidence_columns

Row = Mapping[str, Any]


RATIO_NAMES = {"hazard_ratio": "HR", "odds_ratio": "OR", "risk_ratio": "RR", "rate_ratio": "rate ratio"}
MEASURE_NAMES = RATIO_NAMES | {
    "mean_difference": "difference", "risk_difference": "risk difference",
    "standardized_mean_difference": "SMD", "correlation": "r", "rate": "rate", "p_value": "",
}  # fmt: skip
TIME_UNITS = {
    "s": "s", "min": "min", "h": "h", "d": "d", "wk": "wk", "mo": "mo", "a": "y",
    "second": "s", "minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "y",
}  # fmt: skip
DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "y": 365.25}
_CALENDAR = frozenset({"mo", "y"})
_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "~": "~"}
_UCUM = (
    (re.compile(r"^/\((\d+)\.\{patient\}\.a\)$"), r"per \1 patient-years"),
    (re.compile(r"^/\(\{patient\}\.a\)$"), "per patient-year"),
    (re.compile(r"^\{patient\}\.a$"), "patient-years"),
    (re.compile(r"mm\[Hg\]"), "mmHg"),
    (re.compile(r"\bCel\b"), "°C"),
    (re.compile(r"10\*"), "10^"),
    (re.compile(r"\bu(?=(?:mol|kat|g|L|m|s)\b|\[)"), "µ"),
    (re.compile(r"[{}\[\]]"), ""),
    (re.compile(r"[_ ]+"), " "),
)
"""UCUM's spellings that a reader would stumble over, and what reports print."""


@lru_cache(maxsize=1024)
def unit_text(unit: str | None) -> str:
    """A unit as a reader writes it: "d", "y" for the year, "mmHg" for "mm[Hg]", "points" for "{points}"."""
    if unit is None or unit == "1":
        return ""
    if unit in TIME_UNITS:
        return TIME_UNITS[unit]
    for code, printed in _UCUM:
        unit = code.sub(printed, unit)
    return unit


def number_text(value: float, quote: str) -> str:
    """A number with the decimals it is printed with."""
    return str(checks.printed(value, quote))


def _span(low: float | None, high: float | None, quote: str, missing: str = "NR") -> str:
    """ "39.5-128.8"; " to " where a sign would read as a dash."""
    ends = [missing if end is None else number_text(end, quote) for end in (low, high)]
    signed = any(end is not None and end < 0 for end in (low, high))
    return (" to " if signed else "-").join(ends)


def spread_texts(row: Row) -> list[str]:
    """IQR, range, SD, SE and CI of a row, those that are printed."""
    quote = row["quote"]
    parts = []
    if row["q1"] is not None or row["q3"] is not None:
        parts.append(f"IQR {_span(row['q1'], row['q3'], quote, '?')}")
    elif row["iqr_width"] is not None:
        parts.append(f"IQR width {number_text(row['iqr_width'], quote)}")
    if row["range_low"] is not None or row["range_high"] is not None:
        parts.append(f"range {_span(row['range_low'], row['range_high'], quote, '?')}")
    if row["sd"] is not None:
        parts.append(f"SD {number_text(row['sd'], quote)}")
    if row["se"] is not None:
        parts.append(f"SE {number_text(row['se'], quote)}")
    if row["ci_low"] is not None or row["ci_high"] is not None:
        level = row["ci_level"]
        shown = "CI" if level is None else f"{(100 * level if level <= 1 else level):g}% CI"
        parts.append(f"{shown} {_span(row['ci_low'], row['ci_high'], quote)}")
    return parts


def cell_text(row: Row | Evidence) -> str:
    """The numbers of a row as a reader would copy them into a table, decimals as printed.

    "11/11 (100%)", "67 events", "30% (95% CI 25-36)", "median 68 d (IQR 39.5-128.8)", "median not reached",
    "mean 112 ± 47 d", "HR 0.41 (95% CI 0.23-0.73), p=0.004". Outcome, arm, timepoint and grade are left to headers.
    """
    row = mapping(row)
    statistic = row["statistic"]
    if statistic in ("count", "proportion"):
        return _with_spread(_share_text(row), row)
    sign = _SIGNS.get(row["qualifier"] or "", "")
    if row["value"] is None:
        if not row["qualifier"] and (parts := spread_texts(row)):
            unit = unit_text(row["unit"])
            return " ".join(filter(None, (MEASURE_NAMES.get(statistic, ""), "; ".join(parts), unit)))
        number = row["qualifier"] if row["qualifier"] and not sign else "no value"
    else:
        number = sign + number_text(row["value"], row["quote"])
        if row["plus_minus"] is not None:
            number += f" ± {number_text(row['plus_minus'], row['quote'])}"
        unit = unit_text(row["unit"])
        if unit:
            per = "per " if statistic == "rate" and unit != "%" and not re.search(r"/|\bper\b", unit) else ""
            number += unit if unit == "%" else f" {per}{unit}"
        if row["qualifier"] and not sign:
            number = f"{row['qualifier']} {number}"
    if statistic == "p_value":
        return p_text(row) or f"p {number}"
    name = MEASURE_NAMES.get(statistic, statistic if statistic in ("mean", "median") else "")
    text = _with_spread(f"{name} {number}".strip(), row)
    p = p_text(row) if statistic in checks.EFFECTS else ""
    return f"{text}, {p}" if p else text


def _share_text(row: Row) -> str:
    quote, events, total, percent = row["quote"], row["events"], row["total"], row["percent"]
    sign = _SIGNS.get(row["qualifier"] or "", "")
    shown = None
    if percent is not None:
        derived = "percent" in (row["derived"] or "")
        shown = f"{percent:.0f}%" if derived and percent == round(percent) else None
        shown = shown or (f"{percent:.1f}%" if derived else f"{number_text(percent, quote)}%")
    if events is not None:
        count = f"{sign}{events:g}"
        if row["count_of"] in ("events", "episodes"):
            count += f" {row['count_of']}"
        elif total is not None:
            count += f"/{total:g}"
        return f"{count} ({shown})" if shown else count
    if shown is not None:
        if total is not None and not off_a_curve(row):
            return f"{sign}{shown} of {total:g}"
        return f"{sign}{shown}"
    if row["value"] is not None:
        unit = unit_text(row["unit"])
        number = f"{sign}{number_text(row['value'], quote)}"
        return number + unit if unit == "%" else f"{number} {unit}".strip()
    return row["qualifier"] or "no value"


def interval_text(row: Row | Evidence) -> str:
    """ " (95% CI 0.54-0.86)": the printed interval behind its estimate; empty where there is none."""
    row = mapping(row)
    if row["ci_low"] is None and row["ci_high"] is None:
        return ""
    level = row["ci_level"]
    shown = "CI" if level is None else f"{(100 * level if level <= 1 else level):g}% CI"
    return f" ({shown} {_span(row['ci_low'], row['ci_high'], row['quote'])})"


def _with_spread(text: str, row: Row) -> str:
    parts = spread_texts(row)
    return f"{text} ({'; '.join(parts)})" if parts else text


def p_text(row: Row) -> str:
    return "" if row["p_value"] is None else f"p{row['p_relation'] or '='}{row['p_value']:g}"


def wilson_text(row: Row | Evidence) -> str:
    """ "74.1-100%": the Wilson 95 % interval of n/N; empty for events, curves, bounds and where n/N is not known.

    A percent with its N but without n counts where exactly one whole n gives it.
    """
    row = mapping(row)
    total = row["total"]
    if row["statistic"] not in ("count", "proportion") or row["count_of"] not in (None, "patients") or off_a_curve(row):
        return ""
    if total is None or not math.isfinite(total) or total <= 0 or row["qualifier"] is not None:
        return ""
    events = row["events"] if row["events"] is not None else only_count(row)
    if events is None or not 0 <= events <= total:
        return ""
    low, high = statistics.wilson(events, total)
    return f"{100 * low:.1f}-{100 * high:.1f}%"


def only_count(row: Row) -> int | None:
    """The one whole n of N that gives the printed percent; None where none or several do."""
    if row["percent"] is None:
        return None
    shown = checks.printed(row["percent"], row["quote"])
    middle = row["percent"] * row["total"] / 100
    width = shown.half * row["total"] / 100
    if width >= 1:
        return None
    near = range(max(0, math.floor(middle - width) - 1), math.ceil(middle + width) + 2)
    fitting = [n for n in near if shown.low <= 100 * n / row["total"] <= shown.high]
    return fitting[0] if len(fitting) == 1 else None


def off_a_curve(row: Row) -> bool:
    return row["outcome_class"] == "survival" or (
        row["outcome_class"] in checks.CURVE_CLASSES and row["timepoint"] is not None
    )


def days(value: float, unit: str | None) -> float | None:
    """A time in days (a month is 30.4375 days, a year 365.25); None where the unit is no time."""
    short = TIME_UNITS.get(unit or "")
    return None if short is None else value * DAYS[short]


_PATIENT_TIME = re.compile(r"^/\((?:(\d+)\.)?\{patient\}\.a\)$")
SHARE, PATIENT_TIME = "%", "patient-years"
"""Kinds of units, beside time, between which figures are converted exactly: by 100, and by the years that are named."""


def patient_years(unit: str | None) -> int | None:
    """For how many patient-years a rate is printed: 100 for "/(100.{patient}.a)"; None where it is no such rate."""
    found = _PATIENT_TIME.match(unit or "")
    return int(found[1] or 1) if found else None


def _exactly(row: Row, unit: str) -> str:
    """A fraction in percent, a rate for another number of patient-years; empty where it is printed so."""
    value, years, wanted = row["value"], patient_years(row["unit"]), patient_years(unit)
    if unit == SHARE and row["unit"] != SHARE and value is not None and abs(value) <= 1:
        return f"= {100 * value:.6g}%"
    if years and wanted and value is not None and years != wanted:
        return f"= {value * wanted / years:.6g} {unit_text(unit)}"
    return ""


def converted_text(row: Row | Evidence, unit: str) -> str:
    """A figure in a line's unit: "= 14 d", "= 5.2%" where exact, "≈ 350 d" by 30.4375 days a month; else empty."""
    row = mapping(row)
    if unit == SHARE or patient_years(unit):
        return _exactly(row, unit)
    source = TIME_UNITS.get(row["unit"] or "")
    if row["value"] is None or source is None or source == unit or unit not in DAYS:
        return ""
    exact = (source in _CALENDAR) == (unit in _CALENDAR)
    value = row["value"] * (12 if (source, unit) == ("y", "mo") else DAYS[source] / DAYS[unit])
    if (source, unit) == ("mo", "y"):
        value = row["value"] / 12
    shown = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{'=' if exact and math.isclose(float(shown), value) else '≈'} {shown} {unit}"


def mapping(row: Row | Evidence) -> Row:
    return {name: getattr(row, name) for name in _EVIDENCE} if isinstance(row, Evidence) else row


_EVIDENCE = evidence_columns()


def fold(name: Any) -> str:
    return "" if name is None else str(name).strip().casefold()
