"""Several reports of one study: which of them is shown first and why, and which cohorts may share patients.

A primary report stands before a letter, that before an abstract, that before a summary; among reports of one kind the
later data cut-off stands first. Nothing is dropped: what the others say stands behind the entry that is shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePath

from trialtab.compare.cells import Row, fold

KINDS = ("primary report", "letter or preprint", "abstract or registry entry", "summary")
"""Kinds of reports, the fullest first."""

_KIND_WORDS = (
    (3, re.compile(r"\b(?:summar(?:y|ies)|plain[- ]language|highlights?|news|commentary|editorial|page|in brief)\b")),
    (2, re.compile(r"\b(?:abstract|poster|congress|meeting|conference|registry|nct\d+)\b")),
    (1, re.compile(r"\b(?:letter|preprint|correspondence|to the editor)\b")),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\b\.?", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b")

Date = tuple[int, int, int]
"""Year, month, day; 0 where not printed."""


@dataclass(frozen=True, slots=True)
class Report:
    """A document as a report of its study. kind: place in KINDS; cutoff: of its data, None where it tells none."""

    document: str
    kind: int
    cutoff: Date | None

    @property
    def rank(self) -> tuple[int, tuple[int, ...]]:
        """Sorts the reports of a study, the one to be shown first before the others."""
        return self.kind, tuple(-part for part in self.cutoff or (0, 0, 0))


def report_of(document: Row) -> Report:
    """The kind of a document, by the words of its file name (or those that its title begins with), and its cut-off."""
    name = re.sub(r"[_\W]+", " ", PurePath(str(document["document"])).stem.casefold())
    title = fold(document.get("title"))
    kind = next((kind for kind, words in _KIND_WORDS if words.search(name)), None)
    if kind is None:
        kind = next((kind for kind, words in _KIND_WORDS if words.match(title)), 0)
    return Report(str(document["document"]), kind, date_of(document.get("data_cutoff")))


def date_of(printed: str | None) -> Date | None:
    """A printed date: "March 1, 2023", "14 October 2022", "April 2021", "2023-03-01"; None where there is no year.

    Of figures alone ("03/04/2022") only the year counts: which is the month, countries differ on.
    """
    if not printed:
        return None
    if iso := _ISO.search(printed):
        return int(iso[1]), int(iso[2]), int(iso[3] or 0)
    year = _YEAR.search(printed)
    if year is None:
        return None
    month = _MONTH.search(printed)
    if month is None:
        return int(year[0]), 0, 0
    day = _DAY.search(printed.replace(year[0], " "))
    return int(year[0]), _MONTHS.index(month[1].casefold()) + 1, int(day[1]) if day and int(day[1]) <= 31 else 0


def why_first(shown: Report, others: Iterable[Report]) -> str:
    """Why a report's figures are shown before those of others of its study: "primary report before summary"."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for other in sorted(set(others) - {shown}, key=lambda one: (one.rank, one.document)):
        if other.kind > shown.kind:
            reason = f"{KINDS[shown.kind]} before {KINDS[other.kind]}"
        elif other.kind == shown.kind and shown.cutoff and other.cutoff and other.cutoff < shown.cutoff:
            reason = f"data cut-off {date_text(shown.cutoff)} before {date_text(other.cutoff)}"
        elif other.kind == shown.kind and shown.cutoff and not other.cutoff:
            reason = f"data cut-off {date_text(shown.cutoff)} before one that is not told"
        else:
            reason = "reviewed, or the only place of the figure"
            if other.kind == shown.kind and other.cutoff == shown.cutoff:
                reason = "same kind of report: the fuller row"
        reasons[reason].append(other.document)
    return "; ".join(f"{reason} ({', '.join(names)})" for reason, names in reasons.items())


def date_text(date: Date) -> str:
    """ "2023-03-01", "2021-04", "2022"."""
    year, month, day = date
    return "-".join([f"{year}", *([f"{month:02}"] if month else []), *([f"{day:02}"] if month and day else [])])


# ---- cohorts that may share patients ---------------------------------------------------------------------------

SHARED_AUTHORS = 3
"""Authors that two studies of one condition and intervention must share before they may be of the same patients."""


SMALLEST = 30
"""Patients from which on two cohorts of one size, condition and drug are hardly two cohorts by chance."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two studies that may have patients in common, and what speaks for it."""

    one: str
    other: str
    why: str


def overlaps(documents: Sequence[Row], arms: Sequence[Row], named: dict[tuple[str, str], str]) -> tuple[Overlap, ...]:
    """Pairs of studies that name a trial number in common, or have condition, intervention and authors in common, or
    condition, drug and the number of patients that all were given it (arms of trials are often of one size).

    named: the study of each document (`one_study`). Documents that are one study already are no pair.
    """
    numbers: dict[str, set[str]] = defaultdict(set)
    authors: dict[str, set[str]] = defaultdict(set)
    conditions: dict[str, set[str]] = defaultdict(set)
    given: dict[str, set[str]] = defaultdict(set)
    sizes: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for document in documents:
        study = named[document["document"], document["document_id"]]
        numbers[study] |= {n.strip() for n in fold(document.get("nct")).split(",") if n.strip()}
        authors[study] |= {_surname(name) for name in str(document.get("authors") or "").split(";") if name.strip()}
        conditions[study] |= {fold(document["condition"])} if document.get("condition") else set()
    for arm in arms:
        study = named.get((arm["document"], arm["document_id"]), str(arm["study"]))
        given[study] |= {fold(arm[name]) for name in ("intervention", "intervention_class") if arm.get(name)}
        if arm["role"] == "overall" and arm.get("intervention") and (arm.get("n") or 0) >= SMALLEST:
            sizes[study].add((fold(arm["intervention"]), int(arm["n"])))
    holders: dict[Hashable, set[str]] = defaultdict(set)
    for each in sorted(set(named.values())):
        for sign in (*numbers[each], *authors[each], *sizes[each]):
            holders[sign].add(each)
    pairs = {pair for studies in holders.values() for pair in combinations(sorted(studies), 2)}
    found = []
    for one, other in sorted(pairs):
        if shared := sorted(numbers[one] & numbers[other]):
            found.append(Overlap(one, other, f"both name {', '.join(shared).upper()}"))
            continue
        people = sorted(authors[one] & authors[other])
        alike = conditions[one] & conditions[other] and given[one] & given[other]
        cohort = sorted(sizes[one] & sizes[other])
        if alike and len(people) >= SHARED_AUTHORS:
            found.append(Overlap(one, other, f"same condition and intervention, {len(people)} authors in common"))
        elif alike and cohort and not (numbers[one] and numbers[other]):
            drug, n = cohort[0]
            found.append(Overlap(one, other, f"same condition, {n} patients given {drug} in both"))
    return tuple(found)


def _surname(name: str) -> str:
    """ "Smith, Ann B" and "Smith AB" -> "smith a": the family name and the first initial."""
    family, comma, given = name.strip().partition(",")
    words = family.split()
    if not comma and len(words) > 1:
        family, given = " ".join(words[:-1]), str(words[-1])
    return fold(f"{family} {given.strip()[:1]}")


__all__ = [
    "KINDS", "SHARED_AUTHORS", "SMALLEST", "Date", "Overlap", "Report", "date_of", "date_text", "overlaps", "report_of",
    "why_first",
]  # fmt: skip
