"""What is compared: a class of interventions, an intervention or a study, and the arms that belong to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trialtab import vocabulary
from trialtab.compare.cells import Row, fold
from trialtab.errors import QuestionError

Key = tuple[str, str]
"""A document: file name and digest (one digest may stand in two files)."""


def key_of(row: Row) -> Key:
    return row["document"], row["document_id"]


@dataclass(frozen=True, slots=True)
class Member:
    """An arm of a document that belongs to a side. arm_id None: the document as a whole; label: "" for an only arm."""

    study: str
    document: str
    document_id: str
    arm_id: str | None
    label: str
    intervention: str | None
    intervention_class: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. kind: study | intervention | class, by which `asked` was understood."""

    asked: str
    kind: str
    members: tuple[Member, ...]
    conditions: tuple[tuple[str, str | None], ...]

    @property
    def studies(self) -> tuple[str, ...]:
        return tuple(study for study, _ in self.conditions)

    def documents(self, study: str) -> tuple[str, ...]:
        """Names of the documents that speak for a study."""
        return tuple(dict.fromkeys(member.document for member in self.members if member.study == study))


_KIND_OF_DOCUMENT = re.compile(
    r"[\s_.\-]+(?:abstract|article|letter|page|paper|poster|preprint|publication|registry|report|summary|supplement)$"
)


def one_study(documents: Sequence[Row]) -> dict[tuple[str, str], str]:
    """(document, document_id) -> the study that it speaks for: documents of one study count as one.

    Documents belong together that share their label; that name one and the same trial number, or the same DOI; or
    whose labels, taken from their file names, differ only in the kind of document ("x_report", "x_summary") while
    neither trial number nor condition speaks against it. The study is named by the labels' common part.
    """
    parent: dict[str, str] = {}

    def root(study: str) -> str:
        while parent.setdefault(study, study) != study:
            study = parent[study]
        return study

    first: dict[tuple[str, str], Row] = {}
    for document in sorted(documents, key=lambda d: (d["study"], *key_of(d))):
        study = root(document["study"])
        numbers = [n.strip() for n in fold(document.get("nct")).split(",") if n.strip()]
        keys = [("nct", numbers[0])] if len(numbers) == 1 else []
        if document.get("doi"):
            keys.append(("doi", fold(document["doi"])))
        name = fold(document["study"])
        stem = _KIND_OF_DOCUMENT.sub("", name)
        if stem != name and fold(document["document"]).startswith(f"{name}."):
            keys.append(("name", stem))
        for key in keys:
            other = first.setdefault(key, document)
            if key[0] != "name" or not any(_contradict(document, other, fact) for fact in ("nct", "condition")):
                parent[root(study)] = root(other["study"])
    members: dict[str, dict[str, None]] = defaultdict(dict)
    for document in documents:
        members[root(document["study"])][document["study"]] = None
    names = {study: _common_name(sorted(labels, key=fold)) for study, labels in members.items()}
    return {key_of(document): names[root(document["study"])] for document in documents}


def _contradict(one: Row, other: Row, column: str) -> bool:
    return bool(one.get(column) and other.get(column)) and fold(one[column]) != fold(other[column])


def _common_name(labels: Sequence[str]) -> str:
    """ "x_report", "x_summary" -> "x"; else the first label."""
    stems = {fold(label)[: len(_KIND_OF_DOCUMENT.sub("", fold(label)))] for label in labels}
    stem = stems.pop() if len(labels) > 1 and len(stems) == 1 else ""
    return labels[0][: len(stem)] or labels[0]


def resolve(asked: str, arms: Sequence[Row], documents: Sequence[Row]) -> Side:
    """The arms that a name means: a study label, else a class of interventions, else an intervention or arm.

    Raises QuestionError with the nearest names, or all there are, where it means none.
    """
    wanted = asked.strip().casefold()
    by_document: dict[Key, list[Row]] = defaultdict(list)
    for arm in arms:
        by_document[key_of(arm)].append(arm)
    named = one_study(documents)
    conditions = conditions_of(documents, named)

    def side(kind: str, wants: Callable[[Row, Row], bool]) -> Side | None:
        members = [
            member
            for document in documents
            for member in members_of(document, by_document.get(key_of(document), []), wants, named[key_of(document)])
        ]
        studies = dict.fromkeys(member.study for member in members)
        return Side(asked, kind, tuple(members), tuple((s, conditions.get(s)) for s in studies)) if members else None

    if wanted:
        known = vocabulary.intervention(asked)
        exact = known.term if known and known.method != "contained" else None
        found = (
            side("study", lambda document, arm: fold(document["study"]) == wanted)
            or side("study", lambda document, arm: fold(named[key_of(document)]) == wanted)
            or side("class", lambda document, arm: _is_class(arm, asked))
            or side("intervention", lambda document, arm: _is_intervention(arm, wanted, exact))
        )
        if found:
            return found
    raise QuestionError(_no_side(asked, arms, documents))


def _is_intervention(arm: Row, wanted: str, term: vocabulary.Term | None) -> bool:
    names = [name for name in (arm["intervention"], arm["label"]) if name]
    if any(fold(name) == wanted for name in names):
        return True
    return term is not None and any(fold(name) in (fold(term.name), fold(term.id)) for name in names)


_DIGITS = re.compile(r"x?([a-z]+\d+)")
_CAPITALS = re.compile(r"[A-Z]{3,}")


@lru_cache(maxsize=4096)
def _targets(asked: str) -> frozenset[str]:
    """What a class name aims at: words with a figure in them, as typed, and capitals of the class's own spelling."""
    own = vocabulary.intervention_class(asked) or ""
    typed = _DIGITS.findall(vocabulary.normal(asked))
    return frozenset((*typed, *(word.casefold() for word in _CAPITALS.findall(own)))) - {"cd3"}


@lru_cache(maxsize=4096)
def _covers(asked: str, name: str) -> bool:
    """Whether a class is the one asked for or lies under it.

    A broader class does not ("BCMA engager" is not every "T-cell engager"), and an unknown target ("CD91 CAR T")
    means no class at all.
    """
    return vocabulary.same_class(asked, name) and all(target in name.casefold() for target in _targets(asked))


def _is_class(arm: Row, asked: str) -> bool:
    return bool(arm["intervention_class"]) and _covers(asked, arm["intervention_class"])


def members_of(document: Row, arms: Sequence[Row], wants: Callable[[Row, Row], bool], study: str) -> Iterable[Member]:
    """Arms of one document that belong to a side, and the document as a whole where all of it does."""
    named = [arm for arm in arms if arm["role"] != "overall"]
    several = len(named) > 1
    whole = next((arm for arm in arms if arm["role"] == "overall"), None)
    blank: Row = {"label": "", "intervention": None, "intervention_class": None, "role": "overall", "arm_id": None}
    chosen = [arm for arm in named if wants(document, arm)]
    all_of_it = wants(document, whole or blank) or (bool(named) and len(chosen) == len(named))
    if whole is not None and wants(document, whole):
        # Arms without a class of their own are groups within the one that was given.
        own = ("intervention", "intervention_class")
        chosen += [a for a in named if a not in chosen and a["role"] == "intervention" and not any(a[n] for n in own)]
    if all_of_it:
        source = whole if whole is not None and (whole["intervention"] or whole["intervention_class"]) else None
        source = source or (chosen[0] if len(chosen) == 1 else blank)
        yield Member(study, *key_of(document), None, "", source["intervention"], source["intervention_class"])
    for arm in chosen:
        yield Member(
            study, *key_of(document), arm["arm_id"], arm["label"] if several else "", arm["intervention"],
            arm["intervention_class"],
        )  # fmt: skip


def conditions_of(documents: Sequence[Row], named: Mapping[Key, str] | None = None) -> dict[str, str | None]:
    """Condition of each study: the first that one of its documents names; named: what `one_study` makes of them."""
    found: dict[str, str | None] = {}
    named = one_study(documents) if named is None else named
    for document in documents:
        study = named[key_of(document)]
        found[study] = found.get(study) or document.get("condition")
    return found


def _no_side(asked: str, arms: Sequence[Row], documents: Sequence[Row]) -> str:
    kinds = {
        "classes": {arm["intervention_class"] for arm in arms},
        "interventions": {arm["intervention"] for arm in arms},
        "studies": {document["study"] for document in documents},
    }
    names = {kind: sorted((n for n in found if n), key=str.casefold) for kind, found in kinds.items()}
    near = nearest_names(asked, [name for found in names.values() for name in found])
    hint = f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    there = "; ".join(f"{kind}: {_some(found)}" for kind, found in names.items() if found)
    return f"no class, intervention or study {asked!r}{hint} ({there or 'the table holds no document'})"


def _some(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def nearest_names(asked: str, names: Sequence[str], most: int = 3) -> list[str]:
    from rapidfuzz import fuzz, process, utils

    unique = list(dict.fromkeys(names))
    near = process.extract(
        asked, unique, scorer=fuzz.WRatio, processor=utils.default_process, limit=most, score_cutoff=60
    )
    return [name for name, _, _ in near]
