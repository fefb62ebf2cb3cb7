"""Individual patients, where a report tabulates them one by one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialtab.compare.cells import Row, cell_text, fold
from trialtab.compare.lines import comparable, outcome_key, outcome_name, preference
from trialtab.compare.outcome_list import class_rank
from trialtab.compare.sides import key_of, one_study
from trialtab.model import Evidence

_PATIENT = re.compile(
    r"(?:patient|case|subject|participant|pt\.?)\s*(?:no\.?\s*|#\s*|number\s+)?(\d{1,4})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PatientCell:
    """What is told of one patient and outcome, in one line, and the findings behind it."""

    text: str
    finding_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of one study; cells: in the order of the table's outcomes, empty where nothing is told."""

    study: str
    number: int
    cells: tuple[PatientCell, ...]


@dataclass(frozen=True, slots=True)
class Patients:
    """Patients by outcomes. outcomes: names of the columns."""

    outcomes: tuple[str, ...]
    patients: tuple[Patient, ...]


def patient_number(population: str | None) -> int | None:
    """ "patient 3", "Case #3" -> 3; None for a population of more than one."""
    found = _PATIENT.fullmatch((population or "").strip())
    return int(found.group(1)) if found else None


def patients(rows: Iterable[Row | Evidence], documents: Sequence[Row]) -> Patients:
    """Every patient that a row is about alone, by study and number; outcomes in the order of their classes."""
    named = one_study(documents)
    found: dict[tuple[str, int], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    outcomes: dict[str, tuple[int, int, str]] = {}
    for row in comparable(rows):
        number = patient_number(row["population"])
        if number is None:
            continue
        key = outcome_key(row)
        outcomes.setdefault(
            key, (class_rank(row["outcome_class"]), row["start"], outcome_name(row["outcome_id"], row["outcome"]))
        )
        found[(str(named.get(key_of(row), row["study"])), number)][key].append(row)
    order = sorted(outcomes, key=lambda key: (outcomes[key][0], outcomes[key][2].casefold(), key))
    made = tuple(
        Patient(study, number, tuple(_cell(by_outcome.get(key, [])) for key in order))
        for (study, number), by_outcome in sorted(found.items(), key=lambda item: (fold(item[0][0]), item[0][1]))
    )
    return Patients(tuple(outcomes[key][2] for key in order), made)


def _cell(rows: Sequence[Row]) -> PatientCell:
    texts: dict[str, None] = {}
    ordered = sorted(rows, key=preference)
    for row in ordered:
        when = f" {row['timepoint']}" if row["timepoint"] else ""
        texts[f"{cell_text(row)}{when}"] = None
    return PatientCell("; ".join(texts), tuple(row["finding_id"] for row in ordered))


__all__ = ["Patient", "PatientCell", "Patients", "patient_number", "patients"]
