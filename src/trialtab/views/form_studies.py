"""The form of a review by study: what several reports of one study say, put together for what counts studies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trialtab import compare
from trialtab.compare import Row
from trialtab.questions.form import Entry


@dataclass(frozen=True, slots=True)
class FormArm:
    """An arm of a study. name: of the protocol; label: as reported, what was given where the report has one group;
    given: intervention and dose, "" where the label says as much; read: name of an outcome -> the finding that answers
    it."""

    name: str
    label: str
    given: str
    n: float | None
    values: Mapping[tuple[str, str], float]
    read: Mapping[str, Row]
    passages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FormStudy:
    """A study of the form: its label, its facts (compare.FACTS), its documents, and its arms, those of the protocol."""

    study: str
    facts: compare.Facts
    documents: tuple[str, ...]
    arms: tuple[FormArm, ...]


def form_studies(
    documents: Sequence[Row], rows: Sequence[Row], arms: Sequence[Row],
    filled: Mapping[tuple[str, str], Sequence[Entry]],
) -> tuple[FormStudy, ...]:  # fmt: skip
    """Studies by name with what the form has of them; filled: the entries of each document.

    Of several reports of a study the primary one is asked first (`compare.report_of`): the arms are its own, and what
    it leaves open is taken from the next report where the protocol's arm is one group in both.
    """
    named = compare.one_study(documents)
    told = {one.study: one for one in compare.characteristics(rows, arms, documents)}
    reports: dict[str, list[Row]] = defaultdict(list)
    for document in documents:
        if filled.get(compare.key_of(document)):
            reports[named[compare.key_of(document)]].append(document)
    found = []
    for study in sorted(reports, key=lambda name: (name.casefold(), name)):
        made: dict[str, list[FormArm]] = {}
        for document in sorted(reports[study], key=lambda one: (compare.report_of(one).rank, compare.key_of(one))):
            own = {arm["label"]: arm for arm in arms if compare.key_of(arm) == compare.key_of(document)}
            read: dict[str, list[FormArm]] = defaultdict(list)
            for entry in filled[compare.key_of(document)]:
                read[entry.arm].append(_arm(entry, own.get(entry.label, {})))
            for name, those in read.items():
                if name not in made:
                    made[name] = those
                elif len(made[name]) == len(those) == 1:
                    made[name] = [_filled_up(made[name][0], those[0])]
        found.append(
            FormStudy(
                study, told[study].facts, told[study].documents, tuple(arm for those in made.values() for arm in those)
            )
        )
    return tuple(found)


def _arm(entry: Entry, arm: Row) -> FormArm:
    label = entry.label if arm.get("role") != "overall" else arm.get("intervention") or entry.arm
    given = " ".join(filter(None, (arm.get("intervention"), arm.get("dose"))))
    given = "" if given.casefold() == label.casefold() else given
    return FormArm(entry.arm, label, given, entry.n, entry.values, entry.chosen, entry.passages)


def _filled_up(arm: FormArm, other: FormArm) -> FormArm:
    """An arm with the outcomes that only another report of it answers."""
    return replace(
        arm, n=other.n if arm.n is None else arm.n, read={**other.read, **arm.read},
        passages={**other.passages, **arm.passages},
        values={**{key: value for key, value in other.values.items() if key[0] not in arm.read}, **arm.values},
    )  # fmt: skip


__all__ = ["FormArm", "FormStudy", "form_studies"]
