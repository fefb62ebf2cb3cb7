"""A reviewer's questions answered from the evidence database, or an honest "not reported".

    asked = questions.read(data, "questions.csv")
    answers = questions.fill(asked, questions.library(documents, blocks, rows, arms, statements))
    columns, rows = questions.filled(answers)

A question names an outcome, an intervention and a comparator. Its answer holds numbers (each with its finding or its
place), the direction of the difference, at most three passages as evidence, and for all that stays empty a reason.
Nothing is guessed: where two readings compete or nothing fits well enough, the cell is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from trialtab.errors import QuestionError
from trialtab.garbage import collected_seldom, grown_old
from trialtab.questions import amounts, ways
from trialtab.questions.passages import Index, Row
from trialtab.questions.records import AMOUNTS, ASKED_FOR, Amount, Answer, Considered, Question
from trialtab.questions.sheet import ANSWER_COLUMNS, filled
from trialtab.questions.sheet import questions as read
from trialtab.questions.sides import Sides
from trialtab.questions.words import Asked

EVIDENCE = 3
"""Passages that an answer shows."""


@dataclass(frozen=True)
class Library:
    """All documents of a database, each indexed when it is first asked: name -> its indexes (one a record)."""

    documents: Mapping[str, tuple[Index, ...]]
    by_stem: Mapping[str, tuple[str, ...]]

    def named(self, name: str) -> tuple[Index, ...] | None:
        """The indexes of a document by file name or stem; None where there is none, or where several have the stem."""
        if name in self.documents:
            return self.documents[name]
        names = self.by_stem.get(name) or self.by_stem.get(PurePath(name).name) or ()
        return self.documents[names[0]] if len(names) == 1 else None

    def nearest(self, name: str) -> list[str]:
        """Names that are like one that is not there."""
        from rapidfuzz import process

        return [near for near, _, _ in process.extract(name, sorted(self.documents), limit=3, score_cutoff=60)]


def library(
    documents: Iterable[Row], blocks: Iterable[Row], rows: Iterable[Row], arms: Iterable[Row], statements: Iterable[Row]
) -> Library:
    """What the store gives, by document. Rows that a reviewer has rejected are left out."""
    sorted_out: list[dict[tuple[str, str], list[Row]]] = []
    for entries in (blocks, rows, arms, statements):
        by_document: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for entry in entries:
            if entry.get("status") != "rejected":
                by_document[entry["document"], entry["document_id"]].append(entry)
        sorted_out.append(by_document)
    found: dict[str, list[Index]] = defaultdict(list)
    for document in sorted(documents, key=lambda d: (d["document"], d["document_id"])):
        key = document["document"], document["document_id"]
        found[document["document"]].append(Index(key[0], document["text"], *(part[key] for part in sorted_out)))
    stems: dict[str, list[str]] = defaultdict(list)
    for name in found:
        for short in dict.fromkeys((PurePath(name).stem, PurePath(name).name)):
            stems[short].append(name)
    return Library({n: tuple(i) for n, i in found.items()}, {s: tuple(n) for s, n in stems.items()})


@collected_seldom()
def fill(asked: Iterable[Question], of: Library) -> list[Answer]:
    """Answer each question, in their order; a question without a document is answered for every document."""
    given: dict[int, list[Answer]] = {}
    one_by_one = sorted(enumerate(asked), key=lambda numbered: (numbered[1].document, numbered[0]))
    for number, question in one_by_one:  # what is worked out for a document serves all its questions
        if not question.document:
            found = [index for name in sorted(of.documents) for index in of.documents[name]]
        else:
            found = list(of.named(question.document) or ())
        given[number] = [answer(question, index) for index in found] or [_no_document(question, of)]
    grown_old()
    return [one for number in sorted(given) for one in given[number]]


def _no_document(question: Question, of: Library) -> Answer:
    several = of.by_stem.get(question.document, ())
    if len(several) > 1:
        why = f"several documents of this name: {', '.join(several)}"
    else:
        near = of.nearest(question.document)
        why = "no such document" + (f": did you mean {', '.join(near)}?" if near else "")
    asked = ASKED_FOR.get(question.outcome_type, ())
    return Answer(question=question, document=question.document, reasons=dict.fromkeys((*asked, "direction"), why))


def answer(question: Question, index: Index) -> Answer:
    """Answer one question from one document."""
    outcome = Asked(question.outcome, index.weights, index.short)
    sides = Sides(question.intervention, question.comparator, index.short, index.groups)
    heard = ways.hear(index, outcome, sides)
    decided = ways.decide(heard)
    numbers = amounts.find(question, index, outcome, sides)
    reasons = dict(numbers.reasons)
    if decided is None:
        reasons["direction"] = "no passage speaks of this outcome" if not heard else "no passage says which way"
    way, sure, telling = decided if decided is not None else ("", None, [])
    if decided is None and (by_numbers := ways.of_rows(numbers.rows)):
        way, sure = by_numbers.direction, by_numbers.strength
        del reasons["direction"]
    shown = list(dict.fromkeys(h.passage.quote for h in (*telling, *heard)))[:EVIDENCE]
    considered = tuple(
        Considered(
            "direction", h in telling, h.likeness,
            f"{h.verdict.direction}: {h.verdict.why}" if h.verdict else "says no direction", h.passage.quote,
        )
        for h in heard
    )  # fmt: skip
    return Answer(
        question=question, document=index.document, amounts=numbers.amounts,
        direction=way, direction_confidence=sure, evidence=tuple(shown),
        reasons=reasons, considered=(*numbers.considered, *considered),
    )  # fmt: skip


__all__ = [
    "AMOUNTS", "ANSWER_COLUMNS", "Amount", "Answer", "Considered", "Index", "Library", "Question", "QuestionError",
    "Sides", "answer", "fill", "filled", "library", "read",
]  # fmt: skip
