"""A form of questions as CSV text -> Questions; answers -> the columns and rows of the filled form."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Sequence
from typing import Any

from trialtab.errors import QuestionError
from trialtab.questions.records import AMOUNTS, Amount, Answer, Question

REQUIRED = ("id", "outcome", "intervention", "comparator")
OPTIONAL = ("document", "outcome_type", "timepoint", "population")
TYPES = ("", "binary", "continuous", "time-to-event")

ANSWER_COLUMNS = (
    *AMOUNTS, "direction", "evidence", "findings", "cell_path", "page", "confidence", "derived", "reason",
)  # fmt: skip
"""The columns that a filled form has behind those of the questions."""


def questions(data: bytes, name: str) -> list[Question]:
    """The questions of a CSV file (UTF-8, with a header line); name: for messages.

    Raises QuestionError, in one line, for an empty file, one that is not UTF-8, a missing or doubled column, a line of
    another length, an unknown outcome_type, a missing or doubled id.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(f"{name}: not UTF-8 (byte {error.start}); save it as CSV UTF-8") from error
    if "\x00" in text:
        raise QuestionError(f"{name}: not a CSV file (it holds NUL bytes)")
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if any(map(str.strip, line))]
    except csv.Error as error:
        raise QuestionError(f"{name}: not a CSV file: {error}") from error
    if not lines:
        raise QuestionError(f"{name}: empty; a form has the columns {', '.join((*REQUIRED, *OPTIONAL))}")
    columns = [column.strip() for column in lines[0]]
    if missing := [column for column in REQUIRED if column not in columns]:
        raise QuestionError(f"{name}: no column {', '.join(missing)}; its columns are {', '.join(columns)}")
    if doubled := sorted({column for column in columns if columns.count(column) > 1}):
        raise QuestionError(f"{name}: column {doubled[0]!r} stands there twice")
    if len(lines) == 1:
        raise QuestionError(f"{name}: a header line and no question")
    found: list[Question] = []
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(columns):
            raise QuestionError(f"{name}: question {number} has {len(line)} cells, the header {len(columns)}")
        given = dict(zip(columns, line, strict=True))
        one = _question(given, f"{name}: question {number}")
        if one.id in seen:
            raise QuestionError(f"{name}: the id {one.id!r} stands there twice")
        seen.add(one.id)
        found.append(one)
    return found


def _question(given: dict[str, str], where: str) -> Question:
    said = {column: given.get(column, "").strip() for column in (*REQUIRED, *OPTIONAL)}
    for column in ("id", "outcome"):
        if not said[column]:
            raise QuestionError(f"{where} has no {column}")
    said["outcome_type"] = said["outcome_type"].lower().replace("_", "-").replace(" ", "-")
    if said["outcome_type"] not in TYPES:
        raise QuestionError(f"{where}: outcome_type is {', '.join(TYPES[1:])} or blank, not {given['outcome_type']!r}")
    for column in ("outcome", "intervention", "comparator", "timepoint", "population"):
        said[column] = html.unescape(html.unescape(said[column]))  # "HbA1c&nbsp;&lt;&nbsp;7%", as web forms save it
    return Question(**said, given=given)


def filled(answers: Sequence[Answer]) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """The filled form: its columns, and a row for each answer. Columns of the questions that the answer has are its."""
    asked = list(dict.fromkeys(column for answer in answers for column in answer.question.given))
    if "document" not in asked:
        asked.insert(1, "document")
    own = tuple(column for column in asked if column not in ANSWER_COLUMNS)
    columns = (*own, *ANSWER_COLUMNS)
    return columns, [_row(answer, own) for answer in answers]


def _row(answer: Answer, own: Iterable[str]) -> dict[str, Any]:
    row: dict[str, Any] = {column: answer.question.given.get(column, "") for column in own}
    if not row.get("document"):
        row["document"] = answer.document
    amounts = {column: answer.amounts.get(column) for column in AMOUNTS}
    row |= {column: None if amount is None else amount.value for column, amount in amounts.items()}
    known = {column: amount for column, amount in amounts.items() if amount is not None}
    row["direction"] = answer.direction
    row["evidence"] = " || ".join(answer.evidence)
    row["findings"] = _each(known, "finding_id")
    row["cell_path"] = _each(known, "place")
    row["page"] = _each(known, "page")
    row["confidence"] = _confidences(known, answer)
    row["derived"] = "; ".join(f"{column}: {amount.derived}" for column, amount in known.items() if amount.derived)
    row["reason"] = "; ".join(f"{column}: {why}" for column, why in answer.reasons.items())
    return row


def _each(known: dict[str, Amount], name: str) -> str:
    """One attribute of all amounts: "column: value", columns of one value together."""
    by_value: dict[str, list[str]] = {}
    for column, amount in known.items():
        value = getattr(amount, name)
        if value not in (None, ""):
            by_value.setdefault(str(value), []).append(column)
    return "; ".join(f"{', '.join(columns)}: {value}" for value, columns in by_value.items())


def _confidences(known: dict[str, Amount], answer: Answer) -> str:
    said = [f"{column}: {amount.confidence:.2f}" for column, amount in known.items()]
    if answer.direction and answer.direction_confidence is not None:
        said.append(f"direction: {answer.direction_confidence:.2f}")
    return "; ".join(said)


__all__ = ["ANSWER_COLUMNS", "OPTIONAL", "REQUIRED", "TYPES", "filled", "questions"]
