"""What is compared: a class of interventions, an intervention or a study, and the arms that belong to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trialtab import vocabulary
from trialtab.compare.cells import Row, fold
from trialtab.compare.grouping import Key, key_of, one_study
from trialtab.compare.reports import Report, report_of
from trialtab.errors import QuestionError


@dataclass(frozen=True, slots=True)
class Member:
    """An arm of a document that belongs to a side. arm_id None: the document as a whole; label: "" for an only arm;
    report: the document as a report of its study."""

    study: str
    document: str
    document_id: str
    arm_id: str | None
    label: str
    intervention: str | None
    intervention_class: str | None
    report: Report


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


def resolve(
    asked: str, arms: Sequence[Row], documents: Sequence[Row], named: Mapping[Key, str] | None = None
) -> Side:  # fmt: skip
    """The arms that a name means: a study label, else a class of interventions, else an intervention or arm.

    named: what `one_study` makes of the documents, where it is known already. Raises QuestionError with the nearest
    names, or all there are, where it means none.
    """
    wanted = asked.strip().casefold()
    by_document: dict[Key, list[Row]] = defaultdict(list)
    for arm in arms:
        by_document[key_of(arm)].append(arm)
    named = one_study(documents) if named is None else named
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
    whole = next((arm for arm in arms if arm["role"] == "overall"), None)
    blank: Row = {"label": "", "intervention": None, "intervention_class": None, "role": "overall", "arm_id": None}
    chosen = [arm for arm in named if wants(document, arm)]
    all_of_it = wants(document, whole or blank) or (bool(named) and len(chosen) == len(named))
    if whole is not None and wants(document, whole):
        # Arms without a class of their own are groups within the one that was given.
        own = ("intervention", "intervention_class")
        chosen += [a for a in named if a not in chosen and a["role"] == "intervention" and not any(a[n] for n in own)]
    if not all_of_it and not chosen:
        return
    several, report = len(named) > 1, report_of(document)
    if all_of_it:
        source = whole if whole is not None and (whole["intervention"] or whole["intervention_class"]) else None
        source = source or (chosen[0] if len(chosen) == 1 else blank)
        given = source["intervention"], source["intervention_class"]
        yield Member(study, *key_of(document), None, "", *given, report)
    for arm in chosen:
        yield Member(
            study, *key_of(document), arm["arm_id"], arm["label"] if several else "", arm["intervention"],
            arm["intervention_class"], report,
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


__all__ = ["Key", "Member", "Side", "conditions_of", "key_of", "members_of", "nearest_names", "one_study", "resolve"]
