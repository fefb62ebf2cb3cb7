"""A review's protocol -> the extraction form of all studies: one row for each study and arm, columns by outcome.

    [[arm]]
    name = "CD19 CAR T"            # as reported, an intervention, or a class of interventions
    names = ["axi-cel"]            # other names, optional

    [[outcome]]
    name = "complete response"
    kind = "binary"                # binary | continuous | time-to-event
    synonyms = ["complete remission"]
    timepoint = "at 12 months"     # optional

Every value comes from one finding, whose id and quotation stand beside it; what is not reported stays empty.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trialtab import vocabulary
from trialtab.errors import QuestionError
from trialtab.questions import amounts, labels
from trialtab.questions.passages import Index, Row
from trialtab.questions.sides import naming, stemmed
from trialtab.questions.words import Asked

MEASURES = {
    "binary": ("events", "total", "percent"),
    "continuous": ("mean", "sd", "total"),
    "time-to-event": ("hr", "ci_low", "ci_high"),
}
"""What the form has for each kind of outcome."""

BESIDE = ("timepoint", "grade", "finding", "quote")
"""What stands beside the measures of each outcome."""

KNOWN = 0.9
"""What it is worth that a finding has the same canonical outcome: nearly as much as the same words."""

LEAST_COVERED = 0.75
"""Share of an outcome's words that a finding must have: nobody chooses among the cells of a form but this."""

PART = 0.2
"""What a subset of the people, or one grade of an event, takes from a finding where it is not asked for."""

WHOLE = 0.05
"""What it adds that a finding is of everyone in the arm, or at least says of how many."""

_GRADED = re.compile(r"\b(?:grade|severe|serious|mild|moderate)\b", re.I)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome of the protocol: name and synonyms, kind, and the time that is asked for ("" for any)."""

    name: str
    kind: str
    synonyms: tuple[str, ...] = ()
    timepoint: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm of the protocol and its other names."""

    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a review asks of every study. title and population: as said, shown and not searched for."""

    arms: tuple[Arm, ...]
    outcomes: tuple[Outcome, ...]
    title: str = ""
    population: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One study and arm. values: (outcome, measure) -> value; chosen: outcome -> the finding that answers it.

    passages: outcome -> the sentence or table row around that finding, word for word.
    """

    document: str
    study: str
    arm: str
    label: str
    n: float | None
    values: Mapping[tuple[str, str], float]
    chosen: Mapping[str, Row]
    passages: Mapping[str, str]


def protocol(data: bytes, name: str) -> Protocol:
    """The protocol of a TOML file; name: for messages.

    Raises QuestionError, in one line, for what is no TOML, for an unknown key or kind, and where an arm or an outcome
    is missing, nameless or doubled.
    """
    try:
        said = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise QuestionError(f"{name}: not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{name}: not TOML: {error}") from error
    _only(said, ("title", "population", "arm", "outcome"), name)
    arms = [
        Arm(_text(arm, "name", where), _texts(arm, "names", where))
        for where, arm in _tables(said, "arm", ("name", "names"), name)
    ]
    outcomes = []
    for where, one in _tables(said, "outcome", ("name", "kind", "synonyms", "timepoint"), name):
        kind = _text(one, "kind", where)
        if kind not in MEASURES:
            raise QuestionError(f"{where}: kind is {', '.join(MEASURES)}, not {kind!r}")
        found = Outcome(
            _text(one, "name", where), kind, _texts(one, "synonyms", where), _text(one, "timepoint", where, "")
        )
        outcomes.append(found)
    for what, names in (("arm", [arm.name for arm in arms]), ("outcome", [outcome.name for outcome in outcomes])):
        if doubled := sorted({one for one in names if names.count(one) > 1}):
            raise QuestionError(f"{name}: the {what} {doubled[0]!r} stands there twice")
    return Protocol(tuple(arms), tuple(outcomes), _text(said, "title", name, ""), _text(said, "population", name, ""))


def _only(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    if unknown := sorted(set(table) - set(known)):
        raise QuestionError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(known)}")


def _tables(
    said: Mapping[str, Any], key: str, known: tuple[str, ...], name: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    tables = said.get(key)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise QuestionError(f"{name}: a protocol has at least one [[{key}]]")
    for number, table in enumerate(tables, 1):
        where = f"{name}: {key} {number}"
        _only(table, known, where)
        yield where, table


def _text(table: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise QuestionError(f"{where}: {key} is a text" + ("" if default is not None else " and must be there"))
    return value.strip()


def _texts(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise QuestionError(f"{where}: {key} is a list of texts")
    return tuple(one.strip() for one in value)


# ---- the form --------------------------------------------------------------------------------------------------


def entries(of: Protocol, documents: Iterable[tuple[str, Index]]) -> list[Entry]:
    """The form: an entry for each arm of the protocol and each document that has it. documents: (study, index)."""
    studies = list(documents)
    return [
        entry
        for arm in of.arms
        for study, index in studies
        for reported in _arms(arm, index)
        for entry in [_entry(of, arm, study, index, reported)]
    ]


def _arms(arm: Arm, index: Index) -> list[Row]:
    """The arms of a document that the protocol means: all words of a name stand in label, intervention and class."""
    asked = [naming(name, index.short) - stemmed("ask_arm_empty") for name in (arm.name, *arm.names)]
    found = []
    for reported in index.arms:
        said = " ".join(filter(None, (reported["label"], reported["intervention"], reported["intervention_class"])))
        if any(words and words <= naming(said, index.short) for words in asked):
            found.append(reported)
    return found


def _entry(of: Protocol, arm: Arm, study: str, index: Index, reported: Row) -> Entry:
    alone = len(index.arms) == 1
    rows = [
        row
        for row in index.rows_by_start
        if row["arm_id"] == reported["arm_id"] or (alone and (not row["arm_id"] or row["arm_role"] == "overall"))
    ]
    values: dict[tuple[str, str], float] = {}
    chosen: dict[str, Row] = {}
    for outcome in of.outcomes:
        best = _best(outcome, index, rows, reported["n"])
        if best is not None:
            chosen[outcome.name] = best
            values |= {
                (outcome.name, name): value for name, value in _measures(outcome.kind, best) if value is not None
            }
    passages = {name: _around(index, row) for name, row in chosen.items()}
    return Entry(index.document, study, arm.name, reported["label"], reported["n"], values, chosen, passages)


def _around(index: Index, row: Row) -> str:
    """The sentence or table row in which a finding stands; its quotation where none is known."""
    at = index.passage_at(row["start"])
    passage = index.passages[at] if at >= 0 else None
    return passage.quote if passage is not None and row["end"] <= passage.end else row["quote"]


def _best(outcome: Outcome, index: Index, rows: Iterable[Row], n: float | None) -> Row | None:
    """The finding that fits an outcome best, by its words or its canonical name; of equals one of everyone, the first.

    A finding that is known to be of another outcome is never taken: "overall response" for "complete response".
    """
    names = (outcome.name, *outcome.synonyms)
    asked = [Asked(name, index.weights, index.short) for name in names]
    terms = {match.term.id for name in names if (match := vocabulary.outcome(name)) is not None}
    found: list[tuple[float, int, Row]] = []
    for order, row in enumerate(rows):
        if not amounts.FITS[outcome.kind](row) or (terms and row["outcome_id"] and row["outcome_id"] not in terms):
            continue
        of = labels.label(index, row, *labels.paths(row))
        named = [one for one in asked if one.coverage(of.own) >= LEAST_COVERED]
        like = max([labels.likeness(of, one) for one in named], default=0.0)
        if row["outcome_id"] in terms:
            like = max(like, KNOWN)
        like, _ = labels.timed(of, like, asked[0], outcome.timepoint)
        like -= PART if row["population"] else 0.0
        like -= PART if (row["grade"] or row["serious"]) and not _GRADED.search(outcome.name) else 0.0
        if like >= labels.LEAST_OUTCOME:
            if outcome.kind == "binary" and row["total"] is None and row["percent"] is None:
                continue  # so many, of nobody knows how many
            said = WHOLE * (
                (row["total"] is not None)
                + (row["total"] is not None and row["total"] == n)
                + (row["events"] is not None)
            )
            found.append((like + said, -order, row))
    return max(found, key=lambda one: one[:2])[2] if found else None


def _measures(kind: str, row: Row) -> Iterator[tuple[str, float | None]]:
    if kind == "binary":
        yield from (("events", row["events"]), ("total", row["total"]), ("percent", row["percent"]))
    elif kind == "continuous":
        yield from (("mean", row["value"]), ("total", row["total"]))
        yield "sd", amounts.standard_deviation(row, row["total"])[0]
    else:
        yield from (("hr", row["value"]), ("ci_low", row["ci_low"]), ("ci_high", row["ci_high"]))


def wide(of: Protocol, filled: Iterable[Entry]) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """The columns and rows of the form: each outcome has its measures and what stands beside them."""
    columns = ["study", "document", "arm", "reported_as", "n"]
    for outcome in of.outcomes:
        columns += [f"{outcome.name}: {part}" for part in (*MEASURES[outcome.kind], *BESIDE)]
    rows = []
    for entry in filled:
        row: dict[str, Any] = dict.fromkeys(columns)
        row |= {"study": entry.study, "document": entry.document, "arm": entry.arm,
                "reported_as": entry.label, "n": entry.n}  # fmt: skip
        row |= {f"{outcome}: {measure}": value for (outcome, measure), value in entry.values.items()}
        for outcome_name, finding in entry.chosen.items():
            row[f"{outcome_name}: timepoint"] = finding["timepoint"]
            row[f"{outcome_name}: grade"] = finding["grade"]
            row[f"{outcome_name}: finding"] = finding["finding_id"]
            row[f"{outcome_name}: quote"] = " ".join(entry.passages[outcome_name].split())
        rows.append(row)
    return tuple(columns), rows


__all__ = ["MEASURES", "Arm", "Entry", "Outcome", "Protocol", "entries", "protocol", "wide"]
