"""The groups of a registry record: each module of it names them anew, and the arms of the trial are found again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialtab import vocabulary
from trialtab.model import Arm, Registration

_ALL = re.compile(
    r"(?:total|overall|all)(?: (?:study|trial))?(?: (?:participants|patients|subjects|arms|groups))?", re.I
)
_CONTROLS = ("COMPARATOR", "NO_INTERVENTION")
LIKE = 88.0
"""Least similarity (rapidfuzz token sort, 0-100) of a group's title and an arm's label with the same figures.

Of the titles that records give one arm ("Dolmirin 20 mg", "Dolmirin 20 mg QD", "Dolmirin 20 mg tablets") those above it
are one arm; "Dolmirin" and "Dolmirin + placebo" (75) are not."""


class Arms:
    """Group titles -> the arms of the record."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._titles: dict[str, str] = {}  # folded title -> label of its arm
        self._labels: dict[str, str] = {}  # folded label -> label, arms in order
        for registered in registration.arms:
            self._labels.setdefault(_fold(registered.label), registered.label)
        for one in registration.results:
            for title in (one.group, *one.groups):
                if title and _fold(title) not in self._titles:
                    self._titles[_fold(title)] = self._place(title)
        self.single = len({label for label in self._labels.values() if not _ALL.fullmatch(label)}) <= 1

    def _place(self, title: str) -> str:
        if _ALL.fullmatch(title.strip()):
            return "overall"
        if (known := self._labels.get(_fold(title))) is not None:
            return known
        like = [label for label in self._labels.values() if _alike(title, label)]
        if len(like) == 1:
            return like[0]
        self._labels[_fold(title)] = title
        return title

    def of(self, title: str) -> tuple[str, str]:
        """Label and role of the arm that a group is."""
        label = self._titles.get(_fold(title), title)
        if self.single or label == "overall" or _ALL.fullmatch(label.strip()):
            return "overall", "overall"
        return label, self._role(label)

    def _role(self, label: str) -> str:
        kind = next((a.kind for a in self.registration.arms if _fold(a.label) == _fold(label)), None)
        if kind is not None and kind != "OTHER":
            return "control" if any(word in kind for word in _CONTROLS) else "intervention"
        match = vocabulary.intervention(label)
        named = match is not None and match.term.attributes.get("background") == "1"
        control = named or re.search(r"\b(?:placebo|control|sham|no (?:treatment|intervention))\b", label, re.I)
        with_drug = re.search(r"\+|\bplus\b|\bwith\b", label)
        return "control" if control and not with_drug else "intervention"

    def pair(self, groups: Sequence[str]) -> tuple[str | None, str | None]:
        """Arm and comparator of an analysis; (None, None) where it compares more than two groups, or none are named."""
        found = [self.of(title) for title in groups]
        if len(found) != 2 or found[0][0] == found[1][0]:
            return None, None
        (first, one), (second, other) = found
        return (second, first) if one == "control" and other != "control" else (first, second)

    def records(self) -> tuple[Arm, ...]:
        """The arms as records; a record of one arm has the arm `overall`."""
        started: dict[str, tuple[int, int, int]] = {}
        for one in self.registration.results:
            if one.kind == "flow" and one.outcome.casefold() == "started" and not one.comment and one.value.isdigit():
                started.setdefault(self.of(one.group)[0], (int(one.value), one.start, one.end))
        if self.single:
            first = self.registration.arms[0] if self.registration.arms else None
            size = started.get("overall") or self.registration.enrolment or (None, None, None)
            name = _given(first.interventions) if first else None
            return (
                Arm(
                    arm_id="A1", label="overall", role="overall", intervention=name, n=size[0],
                    start=first.start if first else None, end=first.end if first else None, n_start=size[1],
                    n_end=size[2], source="registry",
                ),
            )  # fmt: skip
        out = []
        labels = [label for label in self._labels.values() if not _ALL.fullmatch(label)]
        for k, label in enumerate(labels, 1):
            registered = next((a for a in self.registration.arms if _fold(a.label) == _fold(label)), None)
            n, n_start, n_end = started.get(label, (None, None, None))
            out.append(
                Arm(
                    arm_id=f"A{k}", label=label, role=self._role(label),
                    intervention=_given(registered.interventions) if registered else None, n=n,
                    start=registered.start if registered else None, end=registered.end if registered else None,
                    n_start=n_start, n_end=n_end, source="registry",
                )
            )  # fmt: skip
        return tuple(out)


def _given(interventions: Sequence[str]) -> str | None:
    """The intervention of an arm by its canonical name: the first that is no background, else the first."""
    known = [match.term for name in interventions if (match := vocabulary.intervention(name)) is not None]
    active = [term.name for term in known if term.attributes.get("background") != "1"]
    return next(iter([*active, *(term.name for term in known), *interventions]), None)


def _fold(title: str) -> str:
    return " ".join(title.casefold().split())


def _alike(one: str, other: str) -> bool:
    """Spellings of one arm: alike, and with the same figures (doses tell arms apart)."""
    from rapidfuzz import fuzz, utils

    if re.findall(r"\d+(?:\.\d+)?", one) != re.findall(r"\d+(?:\.\d+)?", other):
        return False
    return fuzz.token_sort_ratio(one, other, processor=utils.default_process) >= LIKE
