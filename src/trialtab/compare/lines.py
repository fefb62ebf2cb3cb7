"""What may stand on one line: the same outcome, measure, unit, grade and time; and what one study says there."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trialtab import checks, vocabulary
from trialtab.compare.cells import (
    PATIENT_TIME,
    RATIO_NAMES,
    SHARE,
    TIME_UNITS,
    Row,
    cell_text,
    converted_text,
    days,
    fold,
    mapping,
    off_a_curve,
    patient_years,
    unit_text,
    wilson_text,
)
from trialtab.compare.reports import Report, why_first
from trialtab.compare.sides import Key, Member, Side, key_of
from trialtab.model import Evidence

CLASSES = (
    "efficacy_response", "survival", "remission_duration", "time_to_event", "relapse", "biomarker", "score_change",
    "adverse_event", "mortality", "follow_up", "enrollment", "other",
)  # fmt: skip
"""The order of outcomes in every table: benefit, harm, then what describes the study."""

_SECTIONS = {"results": 0, "table": 0, "caption": 0, "abstract": 1, "discussion": 2, "conclusion": 2, "summary": 3}
REVIEWED = frozenset({"accepted", "corrected"})
_SAME_TIME = 0.02
"""Timepoints within 2 % of each other are comparable: 52 weeks and 12 months (0.3 %), not 24 weeks and 6 months."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one study (arm, population, definition) says on a line.

    text: `cell_text`, for an effect with its comparator; interval: Wilson 95 % interval of n/N, computed here;
    converted: the value in the line's time unit, where another is printed; finding_ids: the row shown, then the rows
    of the study that say the same thing elsewhere; differing: those among them whose figures differ; report: the
    document that is shown; why: why it stands before other documents of the study that say it too, "" for none.
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
    report: str = ""
    why: str = ""

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
    the statistic; unit: "time" for all times, "%" for differences of shares, "patient-years" for rates per so many of
    them; time: number of the timepoint's cluster, 0 for none.
    """

    outcome: str
    measure: str
    unit: str
    serious: bool
    grade: str
    time: int


def outcome_key(row: Row) -> str:
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


def measure_of(row: Row) -> str:
    if row["statistic"] in ("count", "proportion"):
        return str(row["count_of"]) if row["count_of"] in ("events", "episodes") else "patients"
    return str(row["statistic"])


def _unit_kind(row: Row) -> str:
    if row["statistic"] in ("count", "proportion") or row["statistic"] in RATIO_NAMES:
        return ""
    if row["statistic"] == "risk_difference" and row["unit"] in (None, "1", SHARE):
        return SHARE  # 0.052 and 5.2% are one unit: of shares of patients no more than 1 is a fraction
    if row["statistic"] == "rate" and patient_years(row["unit"]):
        return PATIENT_TIME
    return "time" if row["unit"] in TIME_UNITS else unit_text(row["unit"])


def grade_of(row: Row) -> str:
    """The grade in one form; any grade and no grade are one line (and marked), other spellings are lines apart."""
    grade = fold(row["grade"])
    return "" if grade in checks.ANY_GRADE else grade


def time_of(row: Row) -> float | str | None:
    """A timepoint in days, or as printed where it cannot be parsed ("at discharge"); None for none.

    A registry's time frame that names no one time ("up to 28 months") is the length of follow-up: none.
    """
    if row["timepoint_value"] is not None:
        found = days(row["timepoint_value"], row["timepoint_unit"])
        if found is not None:
            return found
    if row["source"] == "registry":
        return None
    return fold(row["timepoint"]) or None


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
class Placed:
    """A row with the side, study and arm it speaks of."""

    side: int
    row: Row
    study: str
    arm: str
    condition: str | None
    report: Report


def place_rows(rows: Iterable[Row], side: Side, number: int) -> Iterable[Placed]:
    """Rows that speak of a side's arms."""
    by_document: dict[Key, dict[str | None, Member]] = defaultdict(dict)
    for each in side.members:
        by_document[(each.document, each.document_id)][each.arm_id] = each
    conditions = dict(side.conditions)
    for row in rows:
        members = by_document.get(key_of(row))
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
            if row["arm"] and row["arm_id"] is None and fold(row["arm"]) != "overall" and row["arm_role"] != "overall":
                label = "" if _named_after(row["arm"], member.intervention) else str(row["arm"])
        yield Placed(number, row, member.study, label, conditions.get(member.study), member.report)


@lru_cache(maxsize=4096)
def _named_after(arm: str, intervention: str | None) -> bool:
    """Is an arm's printed name that of what all patients were given?"""
    known = vocabulary.intervention(arm)
    return bool(intervention) and (
        fold(arm) == fold(intervention) or (known is not None and fold(known.term.name) == fold(intervention))
    )


def group_lines(placed: Sequence[Placed]) -> dict[Like, list[Placed]]:
    """Rows by what they must share to stand on one line; lines in order of measure, grade and time."""
    times: dict[str, list[float | str | None]] = defaultdict(list)
    for one in placed:
        times[outcome_key(one.row)].append(time_of(one.row))
    clusters = {outcome: _time_clusters(found) for outcome, found in times.items()}
    units: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in placed:
        if one.row["value"] is not None:
            units[(outcome_key(one.row), measure_of(one.row))].add(_unit_kind(one.row))
    groups: dict[Like, list[Placed]] = defaultdict(list)
    for one in placed:
        row, outcome = one.row, outcome_key(one.row)
        time = clusters[outcome][time_of(row)]
        unit, others = _unit_kind(row), units[(outcome, measure_of(row))]
        if row["value"] is None and len(others) == 1:
            (unit,) = others  # "not reached" is printed without a unit
        groups[Like(outcome, measure_of(row), unit, bool(row["serious"]), grade_of(row), time)].append(one)
    return dict(sorted(groups.items(), key=lambda item: _order(item[0])))


_MEASURES = ("patients", "median", "mean", "events", "episodes", "rate")


def _order(like: Like) -> tuple[Hashable, ...]:
    measure = _MEASURES.index(like.measure) if like.measure in _MEASURES else len(_MEASURES)
    return (like.outcome, measure, like.measure, like.unit, like.serious, like.grade, like.time)


# ---- one entry for what a study says twice ---------------------------------------------------------------------


def preference(row: Row) -> tuple[Hashable, ...]:
    """Sorts the rows of one saying: reviewed; the report's results, the registry, abstract, summary; fuller; surer."""
    filled = sum(row[name] is not None for name in ("events", "total", "percent", "q1", "range_low", "ci_low", "sd"))
    section = {"table": 0, "registry": 0.5}.get(row["source"], _SECTIONS.get(row["section"], 2))
    return (
        row.get("status") not in REVIEWED, section, -filled, -row["confidence"], row["document"], row["start"],
        row["finding_id"],
    )  # fmt: skip


def shown_first(one: Placed) -> tuple[Hashable, ...]:
    """Sorts the rows of one study: reviewed, then the primary report, the later data cut-off; then by preference."""
    reviewed, *rest = preference(one.row)
    return (reviewed, one.report.rank, *rest)


def differ(a: Row, b: Row) -> bool:
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


def settings_of(group: Sequence[Placed]) -> list[list[Placed]]:
    """Rows of one study and arm on one line, parted by population and definition.

    A row that names neither joins a named setting only where there is one alone and its figures are the same: the
    abstract leaves out what the results spell out.
    """
    settings: dict[tuple[str, str], list[Placed]] = defaultdict(list)
    for one in sorted(group, key=shown_first):
        settings[(fold(one.row["population"]), fold(one.row["definition"]))].append(one)
    for setting in sorted(settings, key=lambda s: sum(map(bool, s))):
        wider = [
            s for s in settings if s != setting and all(mine in ("", its) for mine, its in zip(setting, s, strict=True))
        ]
        if len(wider) == 1 and not any(differ(a.row, b.row) for a in settings[setting] for b in settings[wider[0]][:1]):
            settings[wider[0]].extend(settings.pop(setting))
    return list(settings.values())


def entry_of(group: Sequence[Placed], unit: str | None) -> Entry:
    """One entry of the rows by which a study says one thing; `unit`: of the line, None: nothing is converted."""
    ordered = sorted(group, key=shown_first)
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
        guessed_total=row["total"] is not None and row["total_source"] == "arm" and not off_a_curve(row),
        finding_ids=tuple(dict.fromkeys(one.row["finding_id"] for one in ordered)),
        differing=tuple(dict.fromkeys(one.row["finding_id"] for one in ordered[1:] if differ(row, one.row))),
        report=shown.report.document,
        why=why_first(shown.report, (one.report for one in ordered)),
    )


def entries_of(group: Sequence[Placed], unit: str | None, ranks: Mapping[str, int]) -> tuple[Entry, ...]:
    by_arm: dict[tuple[str, str], list[Placed]] = defaultdict(list)
    for one in group:
        by_arm[(one.study, vocabulary.normal(one.arm))].append(one)
    entries = [entry_of(setting, unit) for found in by_arm.values() for setting in settings_of(found)]
    return tuple(sorted(entries, key=lambda e: (ranks[e.study], fold(e.arm), fold(e.population), e.finding_id)))


def comparable(rows: Iterable[Row | Evidence]) -> list[Row]:
    table = (mapping(row) for row in rows)
    return [r for r in table if r.get("status") != "rejected" and outcome_key(r) and r["statistic"] != "p_value"]


def timepoint_text(row: Row) -> str:
    text = str(row["timepoint"] or f"{row['timepoint_value']:g} {row['timepoint_unit']}")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
