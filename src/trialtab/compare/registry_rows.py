"""Registry rows against the rows of the reports of one trial: what agrees, what differs, what only one of them tells.

A registry row and a report's row are of one result where outcome, arm, kind of figure, grade and seriousness are the
same and no timepoint speaks against it. Their numbers agree where each could be the other, rounded. A registry's time
frame ("up to 24 weeks") is no timepoint: it is noted, not held against a report.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialtab import checks, vocabulary
from trialtab.compare.cells import Row, days, fold, unit_text
from trialtab.compare.grouping import Key, key_of, one_study, trial_numbers
from trialtab.compare.lines import grade_of, preference, time_of

AGREES, DIFFERS, REGISTRY_ONLY, REPORT_ONLY = "agrees", "DIFFERS", "registry only", "report only"
"""The verdicts, as they are shown."""

LIKE_OUTCOMES = 85.0
"""Least similarity (rapidfuzz token sort, 0-100) at which two phrases without one canonical name are one outcome."""
SAME_NUMBERS_LIKE = 60.0
"""... where two numbers or more are the same: "time to first response" and "time to first platelet response", 36 days
(22 to 44) both."""
SAME_TIME = 0.02
"""Times within 2 % of each other are one, as everywhere in compare."""

_OF_SHARES = ("events", "total", "percent")
_OF_OTHERS = ("value", "sd", "se", "q1", "q3", "range_low", "range_high", "ci_low", "ci_high")
_SHARES = frozenset({"count", "proportion"})


@dataclass(frozen=True, slots=True)
class Confronted:
    """One result in registry and report. registry, report: the rows, None where one of them does not tell it.

    same: further rows of the reports that say the same result; differs: the columns in which the two differ; notes:
    what a reader should know before calling it an error.
    """

    study: str
    nct: str
    verdict: str
    registry: Row | None
    report: Row | None
    same: tuple[Row, ...] = ()
    differs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    registry: Row
    report: Row
    differs: tuple[str, ...]
    shared: int


def confront(
    rows: Sequence[Row], arms: Sequence[Row], documents: Sequence[Row], *, only: str | None = None
) -> tuple[Confronted, ...]:
    """Every result of the trials that the table holds both a registry record and a report of, discrepancies first.

    A report belongs to a record by trial number, or because a person put them together; not where one took them apart.
    only: a study or trial number; documents with their `format`, as the store gives them.
    """
    by_document: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        by_document[key_of(row)].append(row)
    arms_of: dict[Key, list[Row]] = defaultdict(list)
    for arm in arms:
        arms_of[key_of(arm)].append(arm)
    found: list[Confronted] = []
    for study, nct, record, reports in trials(documents):
        if only is not None and fold(only) not in (fold(study), fold(nct), fold(record["study"])):
            continue
        posted = [row for row in by_document[key_of(record)] if row["statistic"] != "p_value" or row["p_value"]]
        told = [row for report in reports for row in by_document[key_of(report)]]
        same_arm = {key_of(report): like_arms(arms_of[key_of(record)], arms_of[key_of(report)]) for report in reports}
        found += _confronted(study, nct, posted, told, same_arm)
    order = (DIFFERS, AGREES, REGISTRY_ONLY, REPORT_ONLY)
    return tuple(sorted(found, key=lambda one: (fold(one.study), one.nct, order.index(one.verdict))))


def trials(documents: Sequence[Row]) -> list[tuple[str, str, Row, tuple[Row, ...]]]:
    """(study, trial number, registry record, reports) of each record that has a report, by study."""
    named = one_study(documents)
    records = [d for d in documents if d["format"] == "registry"]
    out = []
    for record in records:
        numbers = trial_numbers(record)
        together = [
            d
            for d in documents
            if d["format"] != "registry"
            and (named[key_of(d)] == named[key_of(record)] or set(numbers) & set(trial_numbers(d)))
            and "apart" not in (d.get("grouping"), record.get("grouping"))
        ]
        if together:
            nct = numbers[0].upper() if numbers else ""
            out.append((named[key_of(record)], nct, record, tuple(together)))
    return sorted(out, key=lambda one: (fold(one[0]), one[1], key_of(one[2])))


def _confronted(
    study: str, nct: str, posted: Sequence[Row], told: Sequence[Row], same_arm: Mapping[Key, Mapping[str, str]]
) -> list[Confronted]:
    found: list[Confronted] = []
    used: set[str] = set()
    for row in posted:
        pairs = [pair for other in told if (pair := _paired(row, other, same_arm[key_of(other)])) is not None]
        if not pairs:
            found.append(Confronted(study, nct, REGISTRY_ONLY, row, None))
            continue
        agreeing = [pair for pair in pairs if not pair.differs]
        chosen = min(agreeing or pairs, key=lambda p: (-p.shared, preference(p.report)))
        used.update(pair.report["finding_id"] for pair in pairs)
        notes = _notes(chosen)
        if agreeing and len(agreeing) < len(pairs):
            others = len(pairs) - len(agreeing)
            notes.append(f"the reports also print other figures in {others} place{'' if others == 1 else 's'}")
        same = tuple(p.report for p in agreeing or pairs if p is not chosen)
        verdict = AGREES if agreeing else DIFFERS
        found.append(Confronted(study, nct, verdict, row, chosen.report, same, chosen.differs, tuple(notes)))
    found += [Confronted(study, nct, REPORT_ONLY, None, row) for row in told if row["finding_id"] not in used]
    return found


# ---- one result? ---------------------------------------------------------------------------------------------------


def _paired(row: Row, other: Row, same_arm: Mapping[str, str]) -> _Pair | None:
    """The two rows as two sayings of one result, with the columns in which they differ; None where they are not."""
    shares = row["statistic"] in _SHARES
    if (other["statistic"] in _SHARES) != shares or (not shares and row["statistic"] != other["statistic"]):
        return None
    if row["statistic"] == "p_value" or row["outcome_class"] == "enrollment" != other["outcome_class"]:
        return None
    if bool(row["serious"]) != bool(other["serious"]) or grade_of(row) != grade_of(other):
        return None
    if (row["count_of"] or "patients") != (other["count_of"] or "patients") or not _same_time(row, other):
        return None
    if not _one_arm(row, other, same_arm):
        return None
    if not shares and row["qualifier"] != other["qualifier"] and None in (row["value"], other["value"]):
        differing, shared = ["qualifier"], 0
        same = _likeness(row, other) >= LIKE_OUTCOMES or _one_id(row, other)
        return _Pair(row, other, tuple(differing), shared) if same else None
    differing, shared = difference(row, other)
    named = _one_id(row, other) or _likeness(row, other) >= LIKE_OUTCOMES
    numbers = not differing and shared >= 2 and _likeness(row, other) >= SAME_NUMBERS_LIKE
    if not (named or numbers):
        return None
    if not shared and not (row["value"] is None and other["value"] is None and row["qualifier"] == other["qualifier"]):
        return None
    return _Pair(row, other, tuple(differing), shared)


def _one_id(row: Row, other: Row) -> bool:
    return row["outcome_id"] is not None and row["outcome_id"] == other["outcome_id"]


def _likeness(row: Row, other: Row) -> float:
    from rapidfuzz import fuzz

    mine, its = (vocabulary.normal(one["outcome"] or "") for one in (row, other))
    return fuzz.token_sort_ratio(mine, its) if mine and its else 0.0


def _same_time(row: Row, other: Row) -> bool:
    """May the two be of one time? Where one of them names none, or only a window, nothing speaks against it."""
    mine, its = time_of(row), time_of(other)
    if not isinstance(mine, float) or not isinstance(its, float):
        return True
    return abs(mine - its) <= SAME_TIME * max(abs(mine), abs(its))


def _one_arm(row: Row, other: Row, same_arm: Mapping[str, str]) -> bool:
    """The same arm; of an effect the same two. A whole trial of one arm is "overall" in both."""

    def of_registry(name: str | None) -> str:
        return same_arm.get(fold(name), fold(name)) if name else ""

    if other["statistic"] in checks.EFFECTS:
        mine = {of_registry(row["arm"]), of_registry(row["comparator"])}
        its = {fold(other["arm"]), fold(other["comparator"])} - {""}
        return not its or its <= mine
    mine_arm, its_arm = of_registry(row["arm"]) or "overall", fold(other["arm"]) or "overall"
    return mine_arm == its_arm


def like_arms(posted: Sequence[Row], told: Sequence[Row]) -> dict[str, str]:
    """Registry arm -> the arm of a report that it is (labels in small letters): by the one label of its role that both
    have, else by intervention or likeness of the labels with the same figures (doses tell arms apart)."""
    found: dict[str, str] = {}
    for arm in posted:
        same_role = [one for one in told if one["role"] == arm["role"]]
        alone = len(same_role) == 1 and sum(one["role"] == arm["role"] for one in posted) == 1
        like = [one for one in same_role if alone or _alike(arm, one)]
        if len(like) == 1:
            found[fold(arm["label"])] = fold(like[0]["label"])
    return found


def _alike(one: Row, other: Row) -> bool:
    from rapidfuzz import fuzz

    mine, its = (re.findall(r"\d+(?:\.\d+)?", arm["label"]) for arm in (one, other))
    if mine and its and mine != its:
        return False
    if fold(one["label"]) == fold(other["label"]):
        return True
    return fuzz.token_set_ratio(fold(one["label"]), fold(other["label"])) >= LIKE_OUTCOMES


# ---- the same numbers? ---------------------------------------------------------------------------------------------


def difference(row: Row, other: Row) -> tuple[list[str], int]:
    """The columns in which two rows differ, beyond what rounding explains, and in how many they could be compared.

    A percent that was computed is as exact as n and N; an N that was taken from the arm convicts nobody.
    """
    shares = row["statistic"] in _SHARES
    differing: list[str] = []
    shared = 0
    for column in _OF_SHARES if shares else _OF_OTHERS:
        if row[column] is None or other[column] is None:
            continue
        if column == "total" and "arm" in (row["total_source"], other["total_source"]):
            continue
        both_counted = row["events"] is not None and other["events"] is not None
        if column == "percent" and both_counted and _computed(row) and _computed(other):
            continue  # they say what n and N say
        shared += 1
        if not _agree(row, other, column):
            differing.append(column)
    if not differing and row["p_value"] is not None and other["p_value"] is not None and not _p_agree(row, other):
        differing.append("p_value")
    return differing, shared


def _computed(row: Row) -> bool:
    return "percent" in (row["derived"] or "")


def _agree(row: Row, other: Row, column: str) -> bool:
    one, its = _printed(row, column), _printed(other, column)
    mine, theirs = (days(1.0, r["unit"]) for r in (row, other))
    scale = theirs / mine if mine and theirs and row["statistic"] not in _SHARES else 1.0  # weeks and months
    return abs(one[0] - scale * its[0]) <= max(one[1], scale * its[1]) + 1e-9


def _printed(row: Row, column: str) -> tuple[float, float]:
    """A number and half a unit of its last printed place; a computed one as exact as it can be."""
    if column == "percent" and _computed(row) and row["events"] is not None and row["total"]:
        return 100 * row["events"] / row["total"], 0.0
    shown = checks.printed(row[column], row["quote"])
    return shown.value, shown.half


def _p_agree(row: Row, other: Row) -> bool:
    """May two printed p-values be one? "<0.001" holds 0.0004 and "<0.0001"."""
    one, its = (_p_range(r) for r in (row, other))
    return one[0] < its[1] - 1e-12 and its[0] < one[1] - 1e-12


def _p_range(row: Row) -> tuple[float, float]:
    p = row["p_value"]
    if row["p_relation"] == "<":
        return 0.0, p
    if row["p_relation"] == ">":
        return p, 1.0
    half = checks.Printed(p, len(f"{p:.10f}".rstrip("0").partition(".")[2])).half
    return max(0.0, p - half), p + half


def _notes(pair: _Pair) -> list[str]:
    """What may explain a difference, or limits an agreement."""
    row, other = pair.registry, pair.report
    notes = []
    if row["definition"] == "not serious":
        notes.append("the registry counts only those that were not serious")
    if row["timepoint"] and row["timepoint_value"] is None:
        notes.append(f"registry time frame: {row['timepoint']}")
    elif row["timepoint"] and not other["timepoint"]:
        notes.append(f"the report names no time here; registry: {row['timepoint']}")
    if row["unit"] and other["unit"] and row["unit"] != other["unit"] and row["statistic"] not in _SHARES:
        notes.append(f"in {unit_text(row['unit'])} and in {unit_text(other['unit'])}")
    if "total" in pair.differs:
        notes.append("another number analysed")
    same_outcome = row["outcome_id"] is not None and row["outcome_id"] == other["outcome_id"]
    if not same_outcome and fold(row["outcome"]) != fold(other["outcome"]):
        notes.append(f"the report calls it {other['outcome']!r}")
    return notes


def only_both(found: Iterable[Confronted]) -> tuple[Confronted, ...]:
    """Without what only one of them tells."""
    return tuple(one for one in found if one.registry is not None and one.report is not None)


__all__ = [
    "AGREES", "DIFFERS", "REGISTRY_ONLY", "REPORT_ONLY", "Confronted", "confront", "difference", "like_arms",
    "only_both", "trials",
]  # fmt: skip
