"""The form of a review as Covidence exports what people extracted: a row for each study, a column for each field.

The first four columns are those of its export (Extraction 2, CSV), so that the two can be laid side by side; then come
the fields, of the study and of each outcome and arm of the protocol. Covidence itself imports references only (RIS,
PubMed, EndNote XML): this is a sheet to hold beside its export, not one to upload.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from trialtab.export.study_data import refuse_none
from trialtab.questions.form import BESIDE, MEASURES, Protocol
from trialtab.views import Cell, Table, Value, plain
from trialtab.views.form_studies import FormArm, FormStudy

FIRST = ("Covidence #", "Study ID", "Title", "Reviewer Name")
REVIEWER = "trialtab"
FACTS = (("Year of publication", "year"), ("Study design", "design"), ("Condition", "condition"),
         ("Registration", "nct"), ("DOI", "doi"))  # fmt: skip


def covidence_table(of: Protocol, studies: Sequence[FormStudy]) -> Table:
    """One row a study. The number is Covidence's own and stays empty; the Study ID is first author and year, as
    Covidence makes it, or our label where these are not known or two studies have them in common.

    Where several arms of a study are one arm of the protocol, a cell names each: "axi-cel: 12; tisa-cel: 9". Raises
    QuestionError where no study has an arm of the protocol.
    """
    refuse_none(of, studies)
    columns = [*FIRST, *(name for name, _ in FACTS)]
    for arm in of.arms:
        columns += [f"{arm.name}: reported as", f"{arm.name}: N"]
    asked = [(one, arm, part) for one in of.outcomes for arm in of.arms for part in (*MEASURES[one.kind], *BESIDE)]
    columns += [f"{one.name}, {arm.name}: {part}" for one, arm, part in asked]
    made = [author_year(study) for study in studies]
    twice = Counter(made)
    rows: list[tuple[Cell, ...]] = []
    for study, name in zip(studies, made, strict=True):
        own = {arm.name: [one for one in study.arms if one.name == arm.name] for arm in of.arms}
        ids = tuple(dict.fromkeys(row["finding_id"] for arm in study.arms for row in arm.read.values()))
        values: list[Value] = [None, name if name and twice[name] == 1 else study.study, study.facts["title"], REVIEWER]
        values += [study.facts[key] for _, key in FACTS]
        for arm in of.arms:
            values += [
                "; ".join(one.label for one in own[arm.name]) or None,
                _cell((a.label, a.n) for a in own[arm.name]),
            ]
        values += [
            _cell((one.label, _part(one, outcome.name, part)) for one in own[arm.name]) for outcome, arm, part in asked
        ]
        rows.append(tuple(plain(value, ids if at == 1 else ()) for at, value in enumerate(values)))
    return Table(tuple(columns), tuple(rows))


def _part(arm: FormArm, outcome: str, part: str) -> Value:
    """One measure of an outcome, or what stands beside it."""
    row = arm.read.get(outcome)
    if row is None:
        return None
    if part == "quote":
        return " ".join(arm.passages[outcome].split())
    return row[{"finding": "finding_id"}.get(part, part)] if part in BESIDE else arm.values.get((outcome, part))


def _cell(told: Iterable[tuple[str, Value]]) -> Value:
    """What the arms of a study say, by their labels; of one arm the value alone."""
    found = list(told)
    if len(found) == 1:
        return found[0][1]
    return "; ".join(f"{label}: {plain(value).text}" for label, value in found if value is not None) or None


def author_year(study: FormStudy) -> str:
    """ "Tanabe 2023": the first author's family name and the year; "" where either is not known."""
    first = (study.facts["authors"] or "").partition(";")[0].strip()
    family = first.partition(",")[0] if "," in first else re.sub(r"\s+[A-Z]{1,3}$", "", first)
    return f"{family.strip()} {study.facts['year']}" if family.strip() and study.facts["year"] else ""


__all__ = ["FACTS", "FIRST", "REVIEWER", "author_year", "covidence_table"]
