"""Which documents report one study: what people decided, else identifiers, labels and the likeness of titles.

A person's decision comes first: documents put together stay together whatever they say of themselves, and one that
stands apart is joined by nothing. Two groups that people named differently are never joined.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trialtab.compare.cells import Row, fold

LIKE_TITLES = 85.0
"""Least similarity of two titles (rapidfuzz ratio of their sorted words, 0-100) of documents whose first or last
author is the same.

Measured on the 100 trial articles of the development data: of their 4,950 pairs of titles, all of different studies,
the most alike reach 65. A congress abstract and its report, or two data cut-offs of one trial, reach 85 to 100."""

SAME_TITLES = 97.0
"""... of documents of which one names no author: only the same title, differently set."""

KIND_OF_DOCUMENT = re.compile(
    r"[\s_.\-]+(?:abstract|article|letter|page|paper|poster|preprint|publication|record|registry|report|summary"
    r"|supplement)$"
)
FEW_WORDS = 5
"""A title of fewer words ("Multiple myeloma") names a subject, not a study."""

_FOLLOW_UP = re.compile(r"\d+[- ](?:day|week|month|year)s?\b|\b(?:19|20)\d\d\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d+(?:\.\d+)?|\b[ivx]+\b", re.IGNORECASE)

Key = tuple[str, str]


def key_of(row: Row) -> Key:
    return row["document"], row["document_id"]


def one_study(documents: Sequence[Row]) -> dict[Key, str]:
    """(document, document_id) -> the study that it speaks for: documents of one study count as one.

    Documents belong together that a person put together (`grouping` "together" and one label); that share their label;
    that name one and the same trial number, or the same DOI or PMID; whose labels, taken from their file names, differ
    only in the kind of document ("x_report", "x_summary") while neither trial number nor condition speaks against it;
    or whose titles are alike (LIKE_TITLES) while they share the first or last author and no trial number speaks against
    it. A document that a person took apart (`grouping` "apart") stands alone. The study is named by the person, else by
    the labels' common part.
    """
    groups = _Groups(documents)
    for one, other in _joined_by_people(documents):
        groups.join(one, other)
    free = [d for d in sorted(documents, key=lambda d: (d["study"], *key_of(d))) if d.get("grouping") != "apart"]
    first: dict[tuple[str, str], Row] = {}
    for document in free:
        for key in _identifiers(document):
            groups.join(first.setdefault(key, document), document)
    for document in free:
        for key in _names(document):
            other = first.setdefault(key, document)
            if not any(_contradict(document, other, fact) for fact in ("nct", "condition")):
                groups.join(other, document)
    for one, other in like_titles(free):
        groups.join(one, other)
    return groups.names()


class _Groups:
    """Documents in groups, joined pair by pair; a group keeps the label that a person gave it."""

    def __init__(self, documents: Sequence[Row]) -> None:
        self.documents = documents
        self.parent = {key_of(document): key_of(document) for document in documents}
        self.decided = {
            key_of(d): fold(d["study"]) if d.get("grouping") in ("together", "apart") else "" for d in documents
        }

    def root(self, key: Key) -> Key:
        while self.parent[key] != key:
            self.parent[key] = self.parent[self.parent[key]]
            key = self.parent[key]
        return key

    def join(self, one: Row, other: Row) -> None:
        a, b = self.root(key_of(one)), self.root(key_of(other))
        if a == b or (self.decided[a] and self.decided[b] and self.decided[a] != self.decided[b]):
            return
        self.parent[b] = a
        self.decided[a] = self.decided[a] or self.decided[b]

    def names(self) -> dict[Key, str]:
        labels: dict[Key, dict[str, None]] = defaultdict(dict)
        given: dict[Key, str] = {}
        for document in sorted(self.documents, key=lambda d: (d["study"], *key_of(d))):
            root = self.root(key_of(document))
            labels[root][document["study"]] = None
            if document.get("grouping") in ("together", "apart"):
                given.setdefault(root, document["study"])
        named = {root: given.get(root) or common_name(sorted(found, key=fold)) for root, found in labels.items()}
        return {key_of(document): named[self.root(key_of(document))] for document in self.documents}


def _joined_by_people(documents: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    first: dict[str, Row] = {}
    for document in documents:
        if document.get("grouping") == "together":
            yield first.setdefault(fold(document["study"]), document), document


def _identifiers(document: Row) -> Iterator[tuple[str, str]]:
    yield "label", fold(document["study"])
    numbers = trial_numbers(document)
    if len(numbers) == 1:  # a review or an extension study names several
        yield "nct", numbers[0]
    for column in ("doi", "pmid"):
        if document.get(column):
            yield column, fold(document[column])


def _names(document: Row) -> Iterator[tuple[str, str]]:
    name = fold(document["study"])
    stem = KIND_OF_DOCUMENT.sub("", name)
    if stem != name and fold(document["document"]).startswith(f"{name}."):
        yield "name", stem


def trial_numbers(document: Row) -> list[str]:
    """Registry numbers of a document, small letters, in its order."""
    return [n.strip() for n in fold(document.get("nct")).split(",") if n.strip()]


def _contradict(one: Row, other: Row, column: str) -> bool:
    return bool(one.get(column) and other.get(column)) and fold(one[column]) != fold(other[column])


def common_name(labels: Sequence[str]) -> str:
    """ "x_report", "x_summary" -> "x"; else the first label."""
    stems = {fold(label)[: len(KIND_OF_DOCUMENT.sub("", fold(label)))] for label in labels}
    stem = stems.pop() if len(labels) > 1 and len(stems) == 1 else ""
    return labels[0][: len(stem)] or labels[0]


# ---- titles and authors ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Titled:
    """A document with its title (words in alphabetical order) and the surnames of its first and its last author."""

    words: str
    opening: str
    people: frozenset[str]
    row: Row


def like_titles(documents: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of documents with titles alike whose first or last author is the same, or that have one title where one of
    them names no author.

    Only documents with such an author in common, or with the same first words, are compared: no more can be alike.
    """
    from rapidfuzz import fuzz

    by_author: dict[str, list[_Titled]] = defaultdict(list)
    by_title: dict[str, list[_Titled]] = defaultdict(list)
    for document in documents:
        words = re.findall(r"\w+(?:\.\d+)?", fold(document.get("title")))
        if len(words) < FEW_WORDS:
            continue
        people = first_and_last(document.get("authors"))
        one = _Titled(" ".join(sorted(words)), " ".join(words[:3]), people, document)
        least = {id(other): (SAME_TITLES, other) for other in by_title[one.opening] if not (people and other.people)}
        least |= {id(other): (LIKE_TITLES, other) for name in sorted(people) for other in by_author[name]}
        for bound, other in least.values():
            if fuzz.ratio(one.words, other.words, score_cutoff=bound) >= bound and _may_be_one(one, other):
                yield other.row, document
        for name in sorted(people):
            by_author[name].append(one)
        by_title[one.opening].append(one)


def _may_be_one(one: _Titled, other: _Titled) -> bool:
    """Not where trial numbers differ, nor where figures in the titles do (phase 2 and phase 3, trial 1 and trial 2);
    lengths of follow-up and years may."""
    mine, its = set(trial_numbers(one.row)), set(trial_numbers(other.row))
    if mine and its and not mine & its:
        return False
    return _figures(one.row["title"]) == _figures(other.row["title"])


def _figures(title: str) -> list[str]:
    return sorted(_FIGURE.findall(_FOLLOW_UP.sub(" ", fold(title))))


def first_and_last(authors: str | None) -> frozenset[str]:
    """Surnames of the first and last of "Tanabe, Rika; Oyelaran F": before the comma, or without initials behind."""
    names = [name.strip() for name in fold(authors).split(";") if name.strip()]
    ends = (*names[:1], *names[-1:])
    surnames = (name.partition(",")[0] if "," in name else re.sub(r"\s+[a-z]{1,3}$", "", name) for name in ends)
    return frozenset(name.strip() for name in surnames if len(name.strip()) > 1)
