"""The records of this room: a question as asked, an answer as given, and what was passed over on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

AMOUNTS = (
    "intervention_events", "intervention_group_size", "comparator_events", "comparator_group_size",
    "intervention_mean", "intervention_standard_deviation", "comparator_mean", "comparator_standard_deviation",
    "hr", "ci_low", "ci_high",
)  # fmt: skip
"""The numbers of an answer, in the order of its columns."""

ASKED_FOR = {
    "binary": AMOUNTS[:4],
    "continuous": (*AMOUNTS[4:6], AMOUNTS[1], *AMOUNTS[6:8], AMOUNTS[3]),
    "time-to-event": (*AMOUNTS[8:], AMOUNTS[1], AMOUNTS[3]),
}
"""What each type of outcome asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of a reviewer's form. given: the line as it came, all its columns.

    document: a file name or its stem, "" for every document; outcome_type: binary | continuous | time-to-event | "".
    """

    id: str
    document: str
    outcome: str
    intervention: str
    comparator: str
    outcome_type: str = ""
    timepoint: str = ""
    population: str = ""
    given: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Amount:
    """One number of an answer: where it is from, and how it was computed where it is not printed.

    finding_id: None where it was read from the text itself (start, end); derived: "" for a printed number.
    """

    value: float
    finding_id: str | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    place: str = ""
    confidence: float = 0.5
    derived: str = ""


@dataclass(frozen=True, slots=True)
class Considered:
    """Something that was weighed for an answer: chosen or passed over, and why. likeness: see ways and amounts."""

    what: str
    chosen: bool
    likeness: float
    why: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a document answers to a question.

    amounts: column -> Amount, columns of AMOUNTS only; direction: increased | decreased | no difference | "";
    evidence: at most three verbatim passages; reasons: column -> why it is empty; considered: for `explain`.
    """

    question: Question
    document: str
    amounts: Mapping[str, Amount] = field(default_factory=dict)
    direction: str = ""
    direction_confidence: float | None = None
    evidence: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    considered: tuple[Considered, ...] = ()


__all__ = ["AMOUNTS", "ASKED_FOR", "Amount", "Answer", "Considered", "Question"]
