"""What each study is: design, condition, arms with their interventions and sizes, follow-up, registration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trialtab.compare.cells import Row, cell_text, fold, mapping
from trialtab.compare.lines import preference
from trialtab.compare.sides import Key, key_of, one_study
from trialtab.model import Evidence

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StudyArm:
    """One arm of one study; findings: of the size and of the follow-up, empty where only the arm's name was read.

    arm: "" where all patients were given one thing. facts: year, design, condition … of the study, None where no
    document of it says so.
    """

    study: str
    documents: tuple[str, ...]
    facts: Facts
    arm: str
    intervention: str | None
    intervention_class: str | None
    dose: str | None
    n: int | None
    n_findings: tuple[str, ...]
    follow_up: str
    follow_up_findings: tuple[str, ...]
    named_in: tuple[str, ...]


FACTS = ("title", "authors", "journal", "year", "doi", "pmid", "nct", "design", "condition", "data_cutoff",
         "evidence_level")  # fmt: skip


def characteristics(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row]
) -> tuple[StudyArm, ...]:
    """Every arm of every study, by study; documents of one study are one, the fullest speaks first.

    The arms of a study are those of the document that names most of them; what it leaves open is taken from the
    others.
    """
    by_document: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        known = mapping(row)
        if known.get("status") != "rejected":
            by_document[key_of(known)].append(known)
    arms_of: dict[Key, list[Row]] = defaultdict(list)
    for arm in arms:
        arms_of[key_of(arm)].append(arm)
    named = one_study(documents)
    studies: dict[str, list[Row]] = defaultdict(list)
    for document in documents:
        studies[named[key_of(document)]].append(document)
    found: list[StudyArm] = []
    for study in sorted(studies, key=fold):
        fullest = sorted(studies[study], key=lambda d: (-len(by_document[key_of(d)]), d["document"]))
        found.extend(_arms_of(study, fullest, by_document, arms_of))
    return tuple(found)


def _arms_of(
    study: str, documents: Sequence[Row], rows: Mapping[Key, list[Row]], arms: Mapping[Key, list[Row]]
) -> Iterable[StudyArm]:
    facts = {name: next((d[name] for d in documents if d.get(name)), None) for name in FACTS}
    best = max(documents, key=lambda d: len(_shown(arms.get(key_of(d), []))))
    shown = _shown(arms.get(key_of(best), []))
    own = sorted(rows.get(key_of(best), []), key=preference)
    every = [row for document in documents for row in sorted(rows.get(key_of(document), []), key=preference)]
    names = tuple(sorted(d["document"] for d in documents))
    blank: Row = {"arm_id": None, "label": "", "intervention": None, "intervention_class": None, "n": None}
    for arm in shown or [blank]:
        alone = len(shown) <= 1
        n, sizes = arm["n"], _sizes(arm, own, alone)
        if n is None and sizes:
            n = int(sizes[0]["total"] or sizes[0]["events"] or sizes[0]["value"])
        follow = _follow_up(arm, every)
        yield StudyArm(
            study, names, facts, "" if alone and arm.get("role") == "overall" else arm["label"], arm["intervention"],
            arm["intervention_class"], arm.get("dose"), n,
            tuple(row["finding_id"] for row in sizes if _size(row) == n)[:1],
            cell_text(follow) if follow else "", (follow["finding_id"],) if follow else (),
            tuple(row["finding_id"] for row in own if row["arm_id"] == arm["arm_id"])[:1],
        )  # fmt: skip


def _shown(arms: Sequence[Row]) -> list[Row]:
    """The arms that patients were in: those of a comparison, else the one that was given to all."""
    named = [arm for arm in arms if arm["role"] != "overall"]
    return named if len(named) > 1 else [arm for arm in arms if arm["role"] == "overall"] or named


def _size(row: Row) -> float | None:
    """The size that an enrolment row states."""
    for name in ("events", "value"):
        if row[name] is not None and row["statistic"] == "count":
            return float(row[name])
    return None if row["total"] is None else float(row["total"])


def _sizes(arm: Row, rows: Sequence[Row], alone: bool) -> list[Row]:
    """Rows that state the size of an arm: its enrolment, then any whose denominator it is."""

    def is_its(row: Row) -> bool:
        return row["arm_id"] == arm["arm_id"] or (alone and row["arm_role"] in (None, "overall"))

    size = arm["n"]
    enrolled = [r for r in rows if r["outcome_class"] == "enrollment" and is_its(r) and _size(r) is not None]
    if size is None:
        if not alone:
            return []  # a number said of the whole trial stands on the rows of its arms too
        return [row for row in enrolled if not row["population"] and row["count_of"] in (None, "patients")][:1]
    said = [row for row in enrolled if _size(row) == size]
    return said or [row for row in rows if is_its(row) and row["total"] == size and row["total_source"] == "explicit"]


def _follow_up(arm: Row, rows: Sequence[Row]) -> Row | None:
    """The length of follow-up of an arm, else of the whole study; a median before a mean before a range."""
    found = [
        row
        for row in rows
        if row["outcome_class"] == "follow_up"
        and row["statistic"] in ("median", "mean", "other")
        and (row["value"] is not None or row["range_low"] is not None)
        and (row["arm_id"] == arm["arm_id"] or row["arm_role"] in (None, "overall", "intervention"))
    ]
    order = {"median": 0, "mean": 1, "other": 2}
    return min(
        found, key=lambda r: (r["arm_id"] != arm["arm_id"], r["arm_role"] == "intervention", order[r["statistic"]]),
        default=None,
    )  # fmt: skip


__all__ = ["FACTS", "Facts", "StudyArm", "characteristics"]
