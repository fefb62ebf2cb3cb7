"""Which rows may be contrasted, and the contrast: two sides, outcome by outcome; and studies by outcomes.

A side is a class of interventions ("CD19 CAR T"), an intervention or a study. Nothing is pooled and nothing unlike is
merged: other timepoints, grades, units and ways of counting stand on lines of their own, other populations and
definitions are entries of their own, other conditions are marked. Every entry carries the ids of the findings it
shows and of those it stands for.

Rows, arms and documents are mappings with the columns of the evidence table, as the store gives them; `from_records`
makes them from what was read, without a database.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from trialtab import checks, statistics, values, vocabulary
from trialtab.errors import QuestionError
from trialtab.model import Evidence, Record, evidence_columns

Row = Mapping[str, Any]

NAIVE = "naive, unadjusted, no common comparator"
RANDOMISED = "within one randomised trial"
WITHIN = "within one study, not randomised"

CLASSES = (
    "efficacy_response", "survival", "remission_duration", "time_to_event", "relapse", "biomarker", "score_change",
    "adverse_event", "mortality", "follow_up", "enrollment", "other",
)  # fmt: skip
"""The order of outcomes in every table: benefit, harm, then what describes the study."""

_SECTIONS = {"results": 0, "table": 0, "caption": 0, "abstract": 1, "discussion": 2, "conclusion": 2, "summary": 3}
_REVIEWED = frozenset({"accepted", "corrected"})
_SAME_TIME = 0.02
"""Timepoints within 2 % of each other are comparable: 52 weeks and 12 months (0.3 %), not 24 weeks and 6 months."""


def from_records(records: Iterable[Record]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows, arms and documents of what was read, in the form that the functions of this room take."""
    rows: list[dict[str, Any]] = []
    arms: list[dict[str, Any]] = []
    documents: list[dict[str, Any]] = []
    for record in records:
        key = {"study": record.study, "document": record.document.name, "document_id": record.document.document_id}
        rows.extend(asdict(row) for row in record.rows)
        arms.extend({**asdict(arm), **key} for arm in record.arms)
        documents.append({**key, "condition": record.condition, "design": record.design})
    return rows, arms, documents


# ---- short faithful cell texts ---------------------------------------------------------------------------------

RATIO_NAMES = {"hazard_ratio": "HR", "odds_ratio": "OR", "risk_ratio": "RR", "rate_ratio": "rate ratio"}
_NAMES = RATIO_NAMES | {
    "mean_difference": "difference", "risk_difference": "risk difference",
    "standardized_mean_difference": "SMD", "correlation": "r", "rate": "rate", "p_value": "",
}  # fmt: skip
TIME_UNITS = {
    "s": "s", "min": "min", "h": "h", "d": "d", "wk": "wk", "mo": "mo", "a": "y",
    "second": "s", "minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "y",
}  # fmt: skip
_DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "y": 365.25}
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


def _spread(row: Row) -> list[str]:
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
    row = _mapping(row)
    statistic = row["statistic"]
    if statistic in ("count", "proportion"):
        return _with_spread(_share_text(row), row)
    sign = _SIGNS.get(row["qualifier"] or "", "")
    if row["value"] is None:
        if not row["qualifier"] and (parts := _spread(row)):
            unit = unit_text(row["unit"])
            return " ".join(filter(None, (_NAMES.get(statistic, ""), "; ".join(parts), unit)))
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
        return _p_text(row) or f"p {number}"
    name = _NAMES.get(statistic, statistic if statistic in ("mean", "median") else "")
    text = _with_spread(f"{name} {number}".strip(), row)
    p = _p_text(row) if statistic in checks.EFFECTS else ""
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
        if total is not None and not _off_a_curve(row):
            return f"{sign}{shown} of {total:g}"
        return f"{sign}{shown}"
    if row["value"] is not None:
        unit = unit_text(row["unit"])
        number = f"{sign}{number_text(row['value'], quote)}"
        return number + unit if unit == "%" else f"{number} {unit}".strip()
    return row["qualifier"] or "no value"


def _with_spread(text: str, row: Row) -> str:
    parts = _spread(row)
    return f"{text} ({'; '.join(parts)})" if parts else text


def _p_text(row: Row) -> str:
    return "" if row["p_value"] is None else f"p{row['p_relation'] or '='}{row['p_value']:g}"


def wilson_text(row: Row | Evidence) -> str:
    """ "74.1-100%": the Wilson 95 % interval of n/N; empty for events, curves, bounds and where n/N is not known.

    A percent with its N but without n counts where exactly one whole n gives it.
    """
    row = _mapping(row)
    total = row["total"]
    if (
        row["statistic"] not in ("count", "proportion")
        or row["count_of"] not in (None, "patients")
        or _off_a_curve(row)
    ):
        return ""
    if total is None or not math.isfinite(total) or total <= 0 or row["qualifier"] is not None:
        return ""
    events = row["events"] if row["events"] is not None else _only_count(row)
    if events is None or not 0 <= events <= total:
        return ""
    low, high = statistics.wilson(events, total)
    return f"{100 * low:.1f}-{100 * high:.1f}%"


def _only_count(row: Row) -> int | None:
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


def _off_a_curve(row: Row) -> bool:
    return row["outcome_class"] == "survival" or (
        row["outcome_class"] in checks.CURVE_CLASSES and row["timepoint"] is not None
    )


def days(value: float, unit: str | None) -> float | None:
    """A time in days (a month is 30.4375 days, a year 365.25); None where the unit is no time."""
    short = TIME_UNITS.get(unit or "")
    return None if short is None else value * _DAYS[short]


def converted_text(row: Row | Evidence, unit: str) -> str:
    """A median or mean time in another unit: "= 14 d" where exact, "≈ 350 d" by 30.4375 days a month; else empty."""
    row = _mapping(row)
    source = TIME_UNITS.get(row["unit"] or "")
    if row["value"] is None or source is None or source == unit or unit not in _DAYS:
        return ""
    exact = (source in _CALENDAR) == (unit in _CALENDAR)
    value = row["value"] * (12 if (source, unit) == ("y", "mo") else _DAYS[source] / _DAYS[unit])
    if (source, unit) == ("mo", "y"):
        value = row["value"] / 12
    shown = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{'=' if exact and math.isclose(float(shown), value) else '≈'} {shown} {unit}"


def _mapping(row: Row | Evidence) -> Row:
    return {name: getattr(row, name) for name in _EVIDENCE} if isinstance(row, Evidence) else row


_EVIDENCE = evidence_columns()


# ---- sides -----------------------------------------------------------------------------------------------------

_Key = tuple[str, str]
"""A document: file name and digest (one digest may stand in two files)."""


def _key(row: Row) -> _Key:
    return row["document"], row["document_id"]


@dataclass(frozen=True, slots=True)
class Member:
    """An arm of a document that belongs to a side. arm_id None: the document as a whole; label: "" for an only arm."""

    study: str
    document: str
    document_id: str
    arm_id: str | None
    label: str
    intervention: str | None
    intervention_class: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. kind: study | intervention | class, by which `asked` was understood."""

    asked: str
    kind: str
    members: tuple[Member, ...]
    conditions: tuple[tuple[str, str | None], ...]

    @property
    def studies(self) -> tuple[str, ...]:
        return tuple(study for study, _ in self.conditions)

    def documents(self, study: str) -> tuple[str, ...]:
        """Names of the documents that speak for a study."""
        return tuple(dict.fromkeys(member.document for member in self.members if member.study == study))


_KIND_OF_DOCUMENT = re.compile(
    r"[\s_.\-]+(?:abstract|article|letter|page|paper|poster|preprint|publication|registry|report|summary|supplement)$"
)


def one_study(documents: Sequence[Row]) -> dict[tuple[str, str], str]:
    """(document, document_id) -> the study that it speaks for: documents of one study count as one.

    Documents belong together that share their label; that name one and the same trial number, or the same DOI; or
    whose labels, taken from their file names, differ only in the kind of document ("x_report", "x_summary") while
    neither trial number nor condition speaks against it. The study is named by the labels' common part.
    """
    parent: dict[str, str] = {}

    def root(study: str) -> str:
        while parent.setdefault(study, study) != study:
            study = parent[study]
        return study

    first: dict[tuple[str, str], Row] = {}
    for document in sorted(documents, key=lambda d: (d["study"], *_key(d))):
        study = root(document["study"])
        numbers = [n.strip() for n in _fold(document.get("nct")).split(",") if n.strip()]
        keys = [("nct", numbers[0])] if len(numbers) == 1 else []
        if document.get("doi"):
            keys.append(("doi", _fold(document["doi"])))
        name = _fold(document["study"])
        stem = _KIND_OF_DOCUMENT.sub("", name)
        if stem != name and _fold(document["document"]).startswith(f"{name}."):
            keys.append(("name", stem))
        for key in keys:
            other = first.setdefault(key, document)
            if key[0] != "name" or not any(_contradict(document, other, fact) for fact in ("nct", "condition")):
                parent[root(study)] = root(other["study"])
    members: dict[str, dict[str, None]] = defaultdict(dict)
    for document in documents:
        members[root(document["study"])][document["study"]] = None
    names = {study: _common_name(sorted(labels, key=_fold)) for study, labels in members.items()}
    return {_key(document): names[root(document["study"])] for document in documents}


def _contradict(one: Row, other: Row, column: str) -> bool:
    return bool(one.get(column) and other.get(column)) and _fold(one[column]) != _fold(other[column])


def _common_name(labels: Sequence[str]) -> str:
    """ "x_report", "x_summary" -> "x"; else the first label."""
    stems = {_fold(label)[: len(_KIND_OF_DOCUMENT.sub("", _fold(label)))] for label in labels}
    stem = stems.pop() if len(labels) > 1 and len(stems) == 1 else ""
    return labels[0][: len(stem)] or labels[0]


def resolve(asked: str, arms: Sequence[Row], documents: Sequence[Row]) -> Side:
    """The arms that a name means: a study label, else a class of interventions, else an intervention or arm.

    Raises QuestionError with the nearest names, or all there are, where it means none.
    """
    wanted = asked.strip().casefold()
    by_document: dict[_Key, list[Row]] = defaultdict(list)
    for arm in arms:
        by_document[_key(arm)].append(arm)
    conditions = _conditions(documents)
    named = one_study(documents)

    def side(kind: str, wants: Callable[[Row, Row], bool]) -> Side | None:
        members = [
            member
            for document in documents
            for member in _members(document, by_document.get(_key(document), []), wants, named[_key(document)])
        ]
        studies = dict.fromkeys(member.study for member in members)
        return Side(asked, kind, tuple(members), tuple((s, conditions.get(s)) for s in studies)) if members else None

    if wanted:
        known = vocabulary.intervention(asked)
        exact = known.term if known and known.method != "contained" else None
        found = (
            side("study", lambda document, arm: _fold(document["study"]) == wanted)
            or side("study", lambda document, arm: _fold(named[_key(document)]) == wanted)
            or side("class", lambda document, arm: _is_class(arm, asked))
            or side("intervention", lambda document, arm: _is_intervention(arm, wanted, exact))
        )
        if found:
            return found
    raise QuestionError(_no_side(asked, arms, documents))


def _fold(name: Any) -> str:
    return "" if name is None else str(name).strip().casefold()


def _is_intervention(arm: Row, wanted: str, term: vocabulary.Term | None) -> bool:
    names = [name for name in (arm["intervention"], arm["label"]) if name]
    if any(_fold(name) == wanted for name in names):
        return True
    return term is not None and any(_fold(name) in (_fold(term.name), _fold(term.id)) for name in names)


_DIGITS = re.compile(r"x?([a-z]+\d+)")
_CAPITALS = re.compile(r"[A-Z]{3,}")


@lru_cache(maxsize=4096)
def _targets(asked: str) -> frozenset[str]:
    """What a class name aims at: words with a figure in them, as typed, and capitals of the class's own spelling."""
    own = vocabulary.intervention_class(asked) or ""
    typed = _DIGITS.findall(vocabulary.normal(asked))
    return frozenset((*typed, *(word.casefold() for word in _CAPITALS.findall(own)))) - {"cd3"}


@lru_cache(maxsize=4096)
def _covers(asked: str, name: str) -> bool:
    """Whether a class is the one asked for or lies under it.

    A broader class does not ("BCMA engager" is not every "T-cell engager"), and an unknown target ("CD91 CAR T")
    means no class at all.
    """
    return vocabulary.same_class(asked, name) and all(target in name.casefold() for target in _targets(asked))


def _is_class(arm: Row, asked: str) -> bool:
    return bool(arm["intervention_class"]) and _covers(asked, arm["intervention_class"])


def _members(document: Row, arms: Sequence[Row], wants: Callable[[Row, Row], bool], study: str) -> Iterable[Member]:
    """Arms of one document that belong to a side, and the document as a whole where all of it does."""
    named = [arm for arm in arms if arm["role"] != "overall"]
    several = len(named) > 1
    whole = next((arm for arm in arms if arm["role"] == "overall"), None)
    blank: Row = {"label": "", "intervention": None, "intervention_class": None, "role": "overall", "arm_id": None}
    chosen = [arm for arm in named if wants(document, arm)]
    all_of_it = wants(document, whole or blank) or (bool(named) and len(chosen) == len(named))
    if whole is not None and wants(document, whole):
        # Arms without a class of their own are groups within the one that was given.
        own = ("intervention", "intervention_class")
        chosen += [a for a in named if a not in chosen and a["role"] == "intervention" and not any(a[n] for n in own)]
    if all_of_it:
        source = whole if whole is not None and (whole["intervention"] or whole["intervention_class"]) else None
        source = source or (chosen[0] if len(chosen) == 1 else blank)
        yield Member(study, *_key(document), None, "", source["intervention"], source["intervention_class"])
    for arm in chosen:
        yield Member(
            study, *_key(document), arm["arm_id"], arm["label"] if several else "", arm["intervention"],
            arm["intervention_class"],
        )  # fmt: skip


def _conditions(documents: Sequence[Row]) -> dict[str, str | None]:
    """Condition of each study: the first that one of its documents names."""
    found: dict[str, str | None] = {}
    named = one_study(documents)
    for document in documents:
        study = named[_key(document)]
        found[study] = found.get(study) or document.get("condition")
    return found


def _no_side(asked: str, arms: Sequence[Row], documents: Sequence[Row]) -> str:
    kinds = {
        "classes": {arm["intervention_class"] for arm in arms},
        "interventions": {arm["intervention"] for arm in arms},
        "studies": {document["study"] for document in documents},
    }
    names = {kind: sorted((n for n in found if n), key=str.casefold) for kind, found in kinds.items()}
    near = _nearest(asked, [name for found in names.values() for name in found])
    hint = f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    there = "; ".join(f"{kind}: {_some(found)}" for kind, found in names.items() if found)
    return f"no class, intervention or study {asked!r}{hint} ({there or 'the table holds no document'})"


def _some(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _nearest(asked: str, names: Sequence[str], most: int = 3) -> list[str]:
    from rapidfuzz import fuzz, process, utils

    unique = list(dict.fromkeys(names))
    near = process.extract(
        asked, unique, scorer=fuzz.WRatio, processor=utils.default_process, limit=most, score_cutoff=60
    )
    return [name for name, _, _ in near]


# ---- what may stand on one line --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What one study (arm, population, definition) says on a line.

    text: `cell_text`, for an effect with its comparator; interval: Wilson 95 % interval of n/N, computed here;
    converted: the value in the line's time unit, where another is printed; finding_ids: the row shown, then the rows
    of the study that say the same thing elsewhere; differing: those among them whose figures differ.
    """

    study: str
    arm: str
    condition: str | None
    population: str | None
    definition: str | None
    timepoint: str | None
    grade: str | None
    text: str
    interval: str
    converted: str
    guessed_total: bool
    finding_ids: tuple[str, ...]
    differing: tuple[str, ...] = ()

    @property
    def finding_id(self) -> str:
        """The finding whose figures are shown."""
        return self.finding_ids[0]

    @property
    def others(self) -> int:
        """How many more rows of the study stand behind the one that is shown."""
        return len(self.finding_ids) - 1


@dataclass(frozen=True, slots=True)
class Like:
    """What two rows must share to stand on one line.

    outcome: canonical id, or "'" and the normal form of the printed phrase; measure: patients, events, episodes or
    the statistic; unit: "time" for all times; time: number of the timepoint's cluster, 0 for none.
    """

    outcome: str
    measure: str
    unit: str
    serious: bool
    grade: str
    time: int


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome, one way of measuring it, one grade and timepoint; entries of both sides, either may be empty.

    what: measure, grade and timepoint in words; marks: what is unlike; basis: NAIVE, RANDOMISED or WITHIN, empty where
    only one side speaks.
    """

    outcome: str
    outcome_id: str | None
    outcome_class: str
    what: str
    left: tuple[Entry, ...]
    right: tuple[Entry, ...]
    marks: tuple[str, ...] = ()
    basis: str = ""

    @property
    def paired(self) -> bool:
        """Do both sides speak?"""
        return bool(self.left and self.right)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides, outcome by outcome.

    lines: outcomes that both sides report, the paired lines of an outcome before those that stand alone; only_left,
    only_right: outcomes that one side reports; label: what kind of comparison it is; notes: what a reader must know
    before the first line.
    """

    left: Side
    right: Side
    label: str
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    only_left: tuple[Line, ...] = field(default=())
    only_right: tuple[Line, ...] = field(default=())


def _outcome_key(row: Row) -> str:
    """Canonical id, else the printed phrase in normal form; empty where the row names no outcome."""
    if row["outcome_id"]:
        return str(row["outcome_id"])
    return f"'{vocabulary.normal(row['outcome'])}" if row["outcome"] else ""


def outcome_name(outcome_id: str | None, outcome: str | None = None) -> str:
    """The canonical name of an outcome, else its phrase as printed."""
    if outcome_id:
        try:
            return vocabulary.outcomes().get(outcome_id).name
        except KeyError:  # an id that a reviewer gave
            return outcome_id.replace("_", " ")
    return outcome or "outcome not named"


def _measure(row: Row) -> str:
    if row["statistic"] in ("count", "proportion"):
        return str(row["count_of"]) if row["count_of"] in ("events", "episodes") else "patients"
    return str(row["statistic"])


def _unit_kind(row: Row) -> str:
    if row["statistic"] in ("count", "proportion") or row["statistic"] in RATIO_NAMES:
        return ""
    return "time" if row["unit"] in TIME_UNITS else unit_text(row["unit"])


def _grade(row: Row) -> str:
    """The grade in one form; any grade and no grade are one line (and marked), other spellings are lines apart."""
    grade = _fold(row["grade"])
    return "" if grade in checks.ANY_GRADE else grade


def _time(row: Row) -> float | str | None:
    """A timepoint in days, or as printed where it cannot be parsed ("at discharge"); None for none."""
    if row["timepoint_value"] is not None:
        found = days(row["timepoint_value"], row["timepoint_unit"])
        if found is not None:
            return found
    return _fold(row["timepoint"]) or None


def _time_clusters(times: Iterable[float | str | None]) -> dict[float | str | None, int]:
    """Timepoints -> number of their cluster, in order of time; within _SAME_TIME of a cluster's first are one."""
    seen = set(times)
    clusters: dict[float | str | None, int] = {None: 0}
    first, current = -math.inf, 0
    for number in sorted(t for t in seen if isinstance(t, float)):
        if number - first > _SAME_TIME * abs(number):
            first, current = number, current + 1
        clusters[number] = current
    for text in sorted(t for t in seen if isinstance(t, str)):
        current += 1
        clusters[text] = current
    return clusters


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row with the side, study and arm it speaks of."""

    side: int
    row: Row
    study: str
    arm: str
    condition: str | None


def _place(rows: Iterable[Row], side: Side, number: int) -> Iterable[_Placed]:
    """Rows that speak of a side's arms."""
    by_document: dict[_Key, dict[str | None, Member]] = defaultdict(dict)
    for each in side.members:
        by_document[(each.document, each.document_id)][each.arm_id] = each
    conditions = dict(side.conditions)
    for row in rows:
        members = by_document.get(_key(row))
        if not members:
            continue
        named = members.get(row["arm_id"]) if row["arm_id"] is not None else None
        member = members.get(None) if named is None else named
        if member is None:
            continue
        label = member.label
        if named is None:
            # The document as a whole speaks for the side in rows that name no arm of another intervention.
            if row["arm_id"] is not None and row["arm_role"] != "overall":
                continue
            only_arm = len(members) <= 2
            roles = (None, "overall", "intervention") if only_arm else (None, "overall")
            if row["arm_role"] not in roles:
                continue
            if row["arm"] and row["arm_id"] is None and _fold(row["arm"]) != "overall" and row["arm_role"] != "overall":
                label = "" if _named_after(row["arm"], member.intervention) else str(row["arm"])
        yield _Placed(number, row, member.study, label, conditions.get(member.study))


@lru_cache(maxsize=4096)
def _named_after(arm: str, intervention: str | None) -> bool:
    """Is an arm's printed name that of what all patients were given?"""
    known = vocabulary.intervention(arm)
    return bool(intervention) and (
        _fold(arm) == _fold(intervention) or (known is not None and _fold(known.term.name) == _fold(intervention))
    )


def _group(placed: Sequence[_Placed]) -> dict[Like, list[_Placed]]:
    """Rows by what they must share to stand on one line; lines in order of measure, grade and time."""
    times: dict[str, list[float | str | None]] = defaultdict(list)
    for one in placed:
        times[_outcome_key(one.row)].append(_time(one.row))
    clusters = {outcome: _time_clusters(found) for outcome, found in times.items()}
    units: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in placed:
        if one.row["value"] is not None:
            units[(_outcome_key(one.row), _measure(one.row))].add(_unit_kind(one.row))
    groups: dict[Like, list[_Placed]] = defaultdict(list)
    for one in placed:
        row, outcome = one.row, _outcome_key(one.row)
        time = clusters[outcome][_time(row)]
        unit, others = _unit_kind(row), units[(outcome, _measure(row))]
        if row["value"] is None and len(others) == 1:
            (unit,) = others  # "not reached" is printed without a unit
        groups[Like(outcome, _measure(row), unit, bool(row["serious"]), _grade(row), time)].append(one)
    return dict(sorted(groups.items(), key=lambda item: _order(item[0])))


_MEASURES = ("patients", "median", "mean", "events", "episodes", "rate")


def _order(like: Like) -> tuple[Hashable, ...]:
    measure = _MEASURES.index(like.measure) if like.measure in _MEASURES else len(_MEASURES)
    return (like.outcome, measure, like.measure, like.unit, like.serious, like.grade, like.time)


# ---- one entry for what a study says twice ---------------------------------------------------------------------


def _preference(row: Row) -> tuple[Hashable, ...]:
    """Sorts the rows of one saying: reviewed, then the report's results, abstract, summary; fuller; surer; earlier."""
    filled = sum(row[name] is not None for name in ("events", "total", "percent", "q1", "range_low", "ci_low", "sd"))
    section = 0 if row["source"] in ("table", "registry") else _SECTIONS.get(row["section"], 2)
    return (
        row.get("status") not in _REVIEWED, section, -filled, -row["confidence"], row["document"], row["start"],
        row["finding_id"],
    )  # fmt: skip


def _differ(a: Row, b: Row) -> bool:
    """Do two rows print different figures for one thing? Only figures that both print are held against each other."""
    names: tuple[str, ...] = ("events", "percent")
    if a["statistic"] not in ("count", "proportion"):
        names = ("value", "q1", "q3", "range_low", "range_high", "ci_low", "ci_high", "sd")
    for name in names:
        if a[name] is None or b[name] is None:
            continue
        if name == "value" and a["unit"] != b["unit"]:
            continue
        one, other = checks.printed(a[name], a["quote"]), checks.printed(b[name], b["quote"])
        if abs(one.value - other.value) > max(one.half, other.half) + 1e-9:
            return True
    return False


def _settings(group: Sequence[_Placed]) -> list[list[_Placed]]:
    """Rows of one study and arm on one line, parted by population and definition.

    A row that names neither joins a named setting only where there is one alone and its figures are the same: the
    abstract leaves out what the results spell out.
    """
    settings: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for one in group:
        settings[(_fold(one.row["population"]), _fold(one.row["definition"]))].append(one)
    for setting in sorted(settings, key=lambda s: sum(map(bool, s))):
        wider = [
            s for s in settings if s != setting and all(mine in ("", its) for mine, its in zip(setting, s, strict=True))
        ]
        if len(wider) == 1 and not any(
            _differ(a.row, b.row) for a in settings[setting] for b in settings[wider[0]][:1]
        ):
            settings[wider[0]].extend(settings.pop(setting))
    return list(settings.values())


def _entry(group: Sequence[_Placed], unit: str | None) -> Entry:
    """One entry of the rows by which a study says one thing; `unit`: the line's time unit, None where it has none."""
    ordered = sorted(group, key=lambda one: _preference(one.row))
    shown, row = ordered[0], ordered[0].row
    text = cell_text(row)
    if row["statistic"] in checks.EFFECTS and row["comparator"]:
        text += f" vs {row['comparator']}"
    return Entry(
        study=shown.study,
        arm=shown.arm,
        condition=shown.condition,
        population=row["population"],
        definition=row["definition"],
        timepoint=row["timepoint"],
        grade=row["grade"],
        text=text,
        interval=wilson_text(row),
        converted=converted_text(row, unit) if unit else "",
        guessed_total=row["total"] is not None and row["total_source"] == "arm" and not _off_a_curve(row),
        finding_ids=tuple(dict.fromkeys(one.row["finding_id"] for one in ordered)),
        differing=tuple(dict.fromkeys(one.row["finding_id"] for one in ordered[1:] if _differ(row, one.row))),
    )


def _entries(group: Sequence[_Placed], unit: str | None, ranks: Mapping[str, int]) -> tuple[Entry, ...]:
    by_arm: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for one in group:
        by_arm[(one.study, vocabulary.normal(one.arm))].append(one)
    entries = [_entry(setting, unit) for found in by_arm.values() for setting in _settings(found)]
    return tuple(sorted(entries, key=lambda e: (ranks[e.study], _fold(e.arm), _fold(e.population), e.finding_id)))


# ---- lines and their marks -------------------------------------------------------------------------------------


def _line(like: Like, group: Sequence[_Placed], randomised: set[str], ranks: Sequence[Mapping[str, int]]) -> Line:
    unit = _common_unit(group) if like.unit == "time" else None
    left, right = (_entries([one for one in group if one.side == side], unit, ranks[side]) for side in (0, 1))
    first = min((one.row for one in group), key=_preference)
    line = Line(
        outcome=outcome_name(first["outcome_id"], first["outcome"]),
        outcome_id=first["outcome_id"],
        outcome_class=first["outcome_class"] or "other",
        what=_what(like, group),
        left=left,
        right=right,
    )
    return replace(line, marks=_marks(line), basis=_basis(line, randomised))


def _common_unit(group: Sequence[_Placed]) -> str | None:
    """The time unit that most studies of a line print; of equals the shorter; None where none prints one."""
    printed = {(one.study, TIME_UNITS[one.row["unit"]]) for one in group if one.row["unit"] in TIME_UNITS}
    counted = Counter(unit for _, unit in printed)
    return min(counted, key=lambda unit: (-counted[unit], _DAYS[unit]), default=None)


def _what(like: Like, group: Sequence[_Placed]) -> str:
    """ "patients, grade >=3, at 12 months": how this line differs from its neighbours of the same outcome."""
    parts = [_NAMES.get(like.measure, like.measure)]
    if like.unit and like.unit != "time":
        parts[0] += f" ({like.unit})"
    if like.serious:
        parts.append("serious")
    if like.grade:
        parts.append(like.grade if like.grade[0].isalpha() else f"grade {like.grade}")
    elif any(one.row["grade"] for one in group):
        parts.append("any grade")
    if like.time:
        parts.append(_timepoint(min((one.row for one in group), key=_preference)))
    return ", ".join(parts)


def _timepoint(row: Row) -> str:
    text = str(row["timepoint"] or f"{row['timepoint_value']:g} {row['timepoint_unit']}")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _texts(entries: Iterable[Entry], name: str) -> str:
    found = dict.fromkeys(str(getattr(entry, name) or "not stated") for entry in entries)
    return ", ".join(found)


def _unlike(line: Line, name: str) -> bool:
    return len({_fold(getattr(entry, name)) for entry in (*line.left, *line.right)}) > 1


def _marks(line: Line) -> tuple[str, ...]:
    """What a reader must see before holding the entries of a line against each other."""
    marks = []
    both = (*line.left, *line.right)
    if line.paired:
        if any(entry.condition is None for entry in both):
            marks.append("condition not known")
        if _unlike(line, "condition"):
            marks.append("conditions differ")
        for name, title in (("population", "populations"), ("definition", "definitions"), ("grade", "grades")):
            if _unlike(line, name):
                marks.append(f"{title} differ: {_texts(line.left, name)} / {_texts(line.right, name)}")
        if _unlike(line, "timepoint") and len({_time_of(entry) for entry in both}) > 1:
            marks.append(f"timepoints: {_texts(line.left, 'timepoint')} / {_texts(line.right, 'timepoint')}")
    if any("≈" in entry.converted for entry in both):
        marks.append("converted by 30.4375 days a month")
    if any(entry.guessed_total for entry in both):
        marks.append("N is the arm's, not printed with n")
    for entry in both:
        if entry.differing:
            marks.append(f"{entry.study} also prints other figures")
    return tuple(dict.fromkeys(marks))


def _time_of(entry: Entry) -> Hashable:
    return values.timepoint(entry.timepoint) or _fold(entry.timepoint) if entry.timepoint else None


def _basis(line: Line, randomised: set[str]) -> str:
    """What may be made of the difference between two sides of a line."""
    if not line.paired:
        return ""
    left, right = ({entry.study for entry in entries} for entries in (line.left, line.right))
    shared = left & right
    if not shared:
        return NAIVE
    within = RANDOMISED if shared <= randomised else WITHIN
    if left == right:
        return within
    return f"{within} in {', '.join(sorted(shared))}; else {NAIVE}"


def _alone(like: Like, others: Sequence[tuple[Like, Line]], side: str) -> str:
    """Why a line of an outcome that both sides report has no partner: the nearest line of the other side."""

    def gaps(other: Like) -> int:
        names = ("measure", "unit", "serious", "grade", "time")
        return sum(getattr(like, name) != getattr(other, name) for name in names)

    nearest = min(others, key=lambda other: gaps(other[0]))[1]
    return f"not paired: the {side} side has {nearest.what}"


def compare(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], left: str, right: str
) -> Comparison:
    """Two sides, outcome by outcome; rejected rows, rows without an outcome and bare p-values are left out.

    Raises QuestionError where a side means nothing (with the names there are), or both mean the same arms.
    """
    sides, notes = _apart(resolve(left, arms, documents), resolve(right, arms, documents))
    sides = _like_conditions_first(*sides)
    kept = _comparable(rows)
    placed = [one for number, side in enumerate(sides) for one in _place(kept, side, number)]
    randomised = _randomised(documents)
    ranks = tuple({study: rank for rank, study in enumerate(side.studies)} for side in sides)
    lines = [(like, _line(like, group, randomised, ranks)) for like, group in _group(placed).items()]
    by_outcome: dict[str, list[tuple[Like, Line]]] = defaultdict(list)
    for like, line in lines:
        by_outcome[like.outcome].append((like, line))
    paired: list[Line] = []
    only: tuple[list[Line], list[Line]] = ([], [])
    for found in sorted(by_outcome.values(), key=_outcome_order):
        speaks = [[pair for pair in found if pair[1].left], [pair for pair in found if pair[1].right]]
        if all(speaks):
            paired.extend(line for _, line in found if line.paired)
            for like, line in found:
                if not line.paired:
                    others, side = (speaks[1], "right") if line.left else (speaks[0], "left")
                    paired.append(replace(line, marks=(_alone(like, others, side), *line.marks)))
        else:
            only[0 if speaks[0] else 1].extend(line for _, line in found)
    return Comparison(
        left=sides[0],
        right=sides[1],
        label=_label(sides, paired, randomised),
        notes=(*notes, *_condition_notes(sides)),
        lines=tuple(paired),
        only_left=tuple(only[0]),
        only_right=tuple(only[1]),
    )


def _comparable(rows: Iterable[Row | Evidence]) -> list[Row]:
    table = (_mapping(row) for row in rows)
    return [r for r in table if r.get("status") != "rejected" and _outcome_key(r) and r["statistic"] != "p_value"]


def _outcome_order(found: Sequence[tuple[Like, Line]]) -> tuple[int, str, str]:
    """By the class that most lines name, then by name: `other` where there is none."""
    classes = Counter(line.outcome_class for _, line in found)
    ranks = {name: CLASSES.index(name) if name in CLASSES else len(CLASSES) for name in classes}
    best = min(classes, key=lambda name: (-classes[name], ranks[name]))
    return ranks[best], found[0][1].outcome.casefold(), found[0][0].outcome


def _apart(left: Side, right: Side) -> tuple[tuple[Side, Side], list[str]]:
    """Two sides without an arm in common, and what was left out: the narrower side keeps what it names."""
    of_left, of_right = ({_identity(m) for m in side.members} for side in (left, right))
    shared = of_left & of_right
    if not shared:
        return (left, right), []
    if of_left == of_right:
        raise QuestionError(f"{left.asked!r} and {right.asked!r} mean the same arms: nothing to compare")
    studies = ", ".join(sorted({m.study for m in left.members if _identity(m) in shared}))
    if shared == of_right:
        return (_without(left, shared), right), [f"left out of {left.asked!r}, as they are {right.asked!r}: {studies}"]
    if shared == of_left:
        return (left, _without(right, shared)), [f"left out of {right.asked!r}, as they are {left.asked!r}: {studies}"]
    return (_without(left, shared), _without(right, shared)), [f"left out, as they belong to both sides: {studies}"]


def _like_conditions_first(left: Side, right: Side) -> tuple[Side, Side]:
    """Studies in the order in which they are read: first the conditions that both sides have, narrower ones (those of
    more words) before wider ones, then the others, by condition and name."""
    of_left, of_right = ({_fold(condition) for _, condition in side.conditions} for side in (left, right))
    shared = of_left & of_right - {""}

    def order(one: tuple[str, str | None]) -> tuple[Hashable, ...]:
        condition = _fold(one[1])
        return condition not in shared, not condition, -len(condition.split()), condition, _fold(one[0])

    return (
        replace(left, conditions=tuple(sorted(left.conditions, key=order))),
        replace(right, conditions=tuple(sorted(right.conditions, key=order))),
    )


def _identity(member: Member) -> tuple[str, str, str | None]:
    return member.document, member.document_id, member.arm_id


def _without(side: Side, shared: set[tuple[str, str, str | None]]) -> Side:
    members = tuple(m for m in side.members if _identity(m) not in shared)
    studies = {m.study for m in members}
    return Side(side.asked, side.kind, members, tuple(c for c in side.conditions if c[0] in studies))


_NOT_RANDOMISED = re.compile(r"\bnon-?\s?random|\bnot random|\bun-?random")


def _randomised(documents: Sequence[Row]) -> set[str]:
    """Studies that a document calls randomised."""
    named = one_study(documents)
    designs = ((named[_key(d)], _fold(d.get("design"))) for d in documents)
    return {study for study, design in designs if "random" in design and not _NOT_RANDOMISED.search(design)}


def _label(sides: Sequence[Side], lines: Sequence[Line], randomised: set[str]) -> str:
    """What kind of comparison it is as a whole: that of its lines, where they agree; else each kind that occurs."""
    bases = list(dict.fromkeys(line.basis for line in lines if line.basis))
    if bases:
        return "; ".join(dict.fromkeys(part for basis in sorted(bases) for part in basis.split("; else ")))
    left, right = set(sides[0].studies), set(sides[1].studies)
    if left == right:
        return RANDOMISED if left <= randomised else WITHIN
    return NAIVE


def _condition_notes(sides: Sequence[Side]) -> list[str]:
    notes = []
    left, right = ({condition for _, condition in side.conditions} for side in sides)
    if None in left | right:
        unknown = sorted({study for side in sides for study, condition in side.conditions if condition is None})
        notes.append(f"condition not known: {', '.join(unknown)}")
    if {_fold(c) for c in left - {None}} != {_fold(c) for c in right - {None}}:
        notes.append("the two sides were studied in unlike conditions")
    return notes


# ---- studies by outcomes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GridCell:
    """What one study arm says of one outcome: a few texts, and every finding behind them."""

    texts: tuple[str, ...]
    finding_ids: tuple[str, ...]
    more: int = 0

    @property
    def text(self) -> str:
        """All in one line: "58% any grade; 13% grade >=3; +2 more"."""
        return "; ".join((*self.texts, *([f"+{self.more} more"] if self.more else [])))


@dataclass(frozen=True, slots=True)
class GridRow:
    """One arm of one study."""

    study: str
    arm: str
    intervention: str | None
    condition: str | None
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Studies by outcomes. outcomes: (canonical id, name) of each column; left_out: outcomes that found no column."""

    outcomes: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]
    left_out: int = 0


def outcomes_table(
    rows: Iterable[Row | Evidence],
    arms: Sequence[Row],
    documents: Sequence[Row],
    *,
    outcomes: Sequence[str] = (),
    columns: int = 8,
    texts: int = 2,
) -> Grid:
    """Study arms by outcomes: the outcomes asked for (id, name or phrase), else those that most studies report.

    columns: how many outcomes, where none are asked for; texts: how many figures (grades, timepoints, statistics) a
    cell prints before it counts the rest. An empty cell means that nothing was found. Raises QuestionError where an
    outcome asked for is in no row, with the nearest names.
    """
    kept = [row for row in _comparable(rows) if row["outcome_id"] or outcomes]
    everything = Side("", "all", tuple(_everyone(arms, documents)), tuple(_conditions(documents).items()))
    placed = list(_place(kept, everything, 0))
    names = {_outcome_key(o.row): outcome_name(o.row["outcome_id"], o.row["outcome"]) for o in placed}
    chosen = [_asked_outcome(name, names) for name in outcomes] if outcomes else _most_reported(placed, columns)
    chosen = list(dict.fromkeys(chosen))
    interventions = {
        (m.study, vocabulary.normal(m.label)): m.intervention for m in everything.members if m.intervention
    }
    by_row: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for one in placed:
        by_row[(one.study, vocabulary.normal(one.arm))].append(one)
    grid = []
    for (study, arm), found in sorted(by_row.items(), key=lambda item: (_fold(item[0][0]), item[0][1])):
        by_outcome: dict[str, list[_Placed]] = defaultdict(list)
        for one in found:
            by_outcome[_outcome_key(one.row)].append(one)
        cells = tuple(_grid_cell(by_outcome.get(outcome, []), texts) for outcome in chosen)
        if any(cell.finding_ids for cell in cells):
            first = found[0]
            grid.append(GridRow(study, first.arm, interventions.get((study, arm)), first.condition, cells))
    return Grid(tuple((key, names[key]) for key in chosen), tuple(grid), len(names) - len(chosen))


def _everyone(arms: Sequence[Row], documents: Sequence[Row]) -> Iterable[Member]:
    by_document: dict[_Key, list[Row]] = defaultdict(list)
    for arm in arms:
        by_document[_key(arm)].append(arm)
    named = one_study(documents)
    for document in documents:
        arms_of_it = by_document.get(_key(document), [])
        yield from _members(document, arms_of_it, lambda document, arm: True, named[_key(document)])


def _most_reported(placed: Sequence[_Placed], columns: int) -> list[str]:
    """Canonical outcomes by the number of studies, then of rows; shown in the order of classes."""
    studies: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    classes: dict[str, str] = {}
    for one in placed:
        if not one.row["outcome_id"] or one.row["outcome_class"] in ("enrollment", "follow_up"):
            continue
        key = one.row["outcome_id"]
        studies[key].add(one.study)
        counts[key] += 1
        classes.setdefault(key, one.row["outcome_class"] or "other")
    best = sorted(studies, key=lambda key: (-len(studies[key]), -counts[key], key))[:columns]
    return sorted(best, key=lambda key: (CLASSES.index(classes[key]) if classes[key] in CLASSES else len(CLASSES), key))


def _asked_outcome(asked: str, names: Mapping[str, str]) -> str:
    """The outcome key that a name means, among those of the rows."""
    wanted = asked.strip()
    if wanted in names:
        return wanted
    for key, name in names.items():
        if _fold(name) == _fold(wanted):
            return key
    found = vocabulary.outcome(wanted)
    for key in (found.term.id if found else "", f"'{vocabulary.normal(wanted)}"):
        if key in names:
            return key
    near = _nearest(asked, sorted(set(names.values())))
    hint = f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    raise QuestionError(f"no row reports the outcome {asked!r}{hint}")


def _grid_cell(found: Sequence[_Placed], most: int) -> GridCell:
    """The figures of one study arm for one outcome: results without a grade or time first, each with its own words."""
    shown: list[str] = []
    ids: list[str] = []
    more = 0
    for like, group in _group(found).items():
        for setting in _settings(group):
            entry = _entry(setting, None)
            ids.extend(entry.finding_ids)
            if len(shown) < most:
                shown.append(_with_words(entry, like, setting[0].row))
            else:
                more += 1
    return GridCell(tuple(shown), tuple(dict.fromkeys(ids)), more)


def _with_words(entry: Entry, like: Like, row: Row) -> str:
    words = []
    if like.serious:
        words.append("serious")
    if entry.grade:
        words.append(entry.grade if entry.grade[0].isalpha() else f"grade {entry.grade}")
    if like.time:
        words.append(_timepoint(row))
    if entry.population:
        words.append(f"[{entry.population}]")
    return " ".join((entry.text, *words))
