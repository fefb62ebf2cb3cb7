"""The two sides of a question, intervention and comparator, found in a sentence, a label or a list of arm names.

Both sides are mapped together: only the words that one side has and the other has not tell them apart ("A + B" against
"A" is told by B alone). Words that any arm may carry (group, daily, mg) count little, and the general names "control",
"placebo", "intervention" are the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache, partial
from itertools import product

from trialtab.questions.words import Stems, sets, stem, stems

INTERVENTION, COMPARATOR = 0, 1
LEAST = 0.3
"""Share of a side's distinctive words that a label must have to be taken for that side."""

FIGURES = 0.15
"""What a dose or a duration that is, or is not, the side's own adds or takes where a label prints one."""

MOST_LABELS = 60
"""Labels of one line that are tried in pairs: no table has more arms."""

RECALL = 0.6
"""How much of a label's fit is the share of the side's words that it has; the rest is how little else it says."""

NAME = 4
"""Words of a side that a label may be asked to have: a long description is never repeated whole."""

MORE = 0.2
"""What the words beyond those tell between two labels that both have enough."""

NEAR = 3
"""Words within which a name belongs to the same arm."""

_PHASES = re.compile(
    r"\W*(?:(?P<before>(?:at |the )*baseline\b|before|pre(?=[- ]|inter|treat|train|test|impl|op)|prior to|initial\b"
    r"|(?:t|time|day|week|month|visit)[ _-]?0\b|0[ -]?(?:min|h|hours?|d|days?|weeks?|months?)\b)"
    r"|(?P<after>after|post|following))",
    re.I,
)
BEFORE, AFTER = "before", "after"

_GROUPS = frozenset({"group", "arm", "patient", "participant", "subject", "condition", "cohort"})

LAST_RESORT = 0.25
"""What a general name (control, intervention) is worth: less than any name that fits by its words."""


@cache
def stemmed(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in sets()[name])


_INERT = frozenset(map(stem, ("placebo", "sham", "vehicle")))

NEGATED = "xno"
"""The stem by which "no" and "without" in an arm's name are kept."""

_BRACKETED = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")
_NO = re.compile(r"\b(?:no|non|not|without|never|untreated)\b", re.I)


def naming(text: str, short: Mapping[str, Stems]) -> frozenset[str]:
    """The stems of an arm's name, abbreviations spelled out, negation kept: "no phone calls" is another arm."""
    found = said = frozenset(stems(text))
    if known := said & short.keys():
        found = said.union(*(short[word] for word in sorted(known)))
    return found | {NEGATED} if _negated(text) else found


@lru_cache(maxsize=1 << 14)
def phase(text: str) -> str:
    """The phase of a before-after study that a name begins with: "Before the training" -> before; "" for others."""
    found = _PHASES.match(text)
    return str(found.lastgroup) if found else ""


@lru_cache(maxsize=1 << 14)
def _negated(text: str) -> bool:
    return _NO.search(text) is not None


class Sides:
    """The two sides of one question as stems; `short` gives the document's abbreviations.

    own[side]: the words that tell the side from the other one, abbreviations spelled out and their short forms too.
    """

    def __init__(
        self, intervention: str, comparator: str, short: Mapping[str, Stems], groups: Mapping[str, Stems] | None = None
    ) -> None:
        self.names = (intervention, comparator)
        whole = [naming(name, short) for name in self.names]
        self.whole = (whole[0], whole[1])
        empty = stemmed("ask_arm_empty")
        own = []
        for this, other in ((0, 1), (1, 0)):
            distinct = whole[this] - whole[other]
            named = distinct - empty
            own.append(frozenset(w for w in named if w.isalpha() and len(w) > 1) or named or distinct)
        base = [naming(_BRACKETED.sub(" ", name), short) - empty for name in self.names]
        self.base = (base[0] & own[0] - base[1], base[1] & own[1] - base[0])
        # "standard care (SC)" against "standard care + B": without its bracket the one is part of the other
        self.part = tuple(bool(base[s]) and base[s] < base[1 - s] for s in (0, 1))
        self.core = tuple(base)
        figures = [frozenset(w for w in one if w[0].isdigit()) for one in whole]
        self.figures = (figures[0], figures[1])
        self.own = (own[0], own[1])
        self.phases = (phase(intervention), phase(comparator))
        self.general_comparator = whole[1] - empty <= stemmed("ask_control") | {NEGATED}
        self._silent = empty | (whole[0] & whole[1])
        self._shared = frozenset(w for w in whole[0] & whole[1] - empty if w.isalpha() and len(w) > 3)
        self.heads: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        self._named: dict[frozenset[str], tuple[float, float]] = {}
        self._general: dict[tuple[int, frozenset[str]], float] = {}
        heads = [_by_short(name, short) for name in self.names]
        self.heads = (heads[0] - heads[1], heads[1] - heads[0])
        if groups:
            letters = list(groups)
            found = self.assign([_spelled(groups[letter], short) for letter in letters])
            given = [frozenset(w for w in stems(name) if w.startswith("xgroup")) for name in self.names]
            more = [
                given[s] or (frozenset({letters[at]}) if at is not None else frozenset()) for s, at in enumerate(found)
            ]
            self.heads = (self.heads[0] | more[0] - more[1], self.heads[1] | more[1] - more[0])
            self._named, self._general = {}, {}  # those before knew of no letters

    def score(self, side: int, words: frozenset[str]) -> float:
        """How well a label's stems name a side, against the other side: -1 to 1."""
        named = self._named.get(words) or self._both_named(words)
        return named[side] - named[1 - side]

    def _both_named(self, words: frozenset[str]) -> tuple[float, float]:
        """How well a label's stems name each side, by itself; a label is asked for many times."""
        found = self._named[words] = self._how_named(INTERVENTION, words), self._how_named(COMPARATOR, words)
        return found

    def general(self, side: int, words: frozenset[str]) -> float:
        """What a general name (control, intervention) is worth for a side that no label names: the last resort."""
        known = self._general.get((side, words))
        if known is None:
            known = self._general[side, words] = self._how_general(side, words)
        return known

    def _how_general(self, side: int, words: frozenset[str]) -> float:
        if (self._named.get(words) or self._both_named(words))[1 - side] > 0:
            return 0.0
        general = words & stemmed("ask_control" if side == COMPARATOR else "ask_own")
        if side == COMPARATOR and general & _INERT - self.whole[COMPARATOR] and self._shared - words:
            return 0.0  # of two doses of a drug, or two groups that take it, none is the placebo
        if side == COMPARATOR and NEGATED in words and NEGATED not in self.whole[INTERVENTION]:
            general |= {NEGATED}  # "no intervention" is the control
        rest = words & self.whole[side] - stemmed("ask_arm_empty")  # what both arms have, without the other's own
        return LAST_RESORT if general or rest else 0.0

    def _how_named(self, side: int, words: frozenset[str]) -> float:
        own = self.own[side]
        if not own:  # A against A + B: A is where nothing of B is
            if self.own[1 - side] & words:
                return 0.0
            own = self.whole[side] - stemmed("ask_arm_empty") or self.whole[side]
        best = 0.0
        heads = self.heads[side]
        if heads and any(word.startswith("xgroup") for word in heads & words):
            return 1.0
        if own:
            hit = own & words
            if hit:
                # a short label that holds nothing but the side's words names it, however many words the side has
                precision = len(hit) / max(1, len(words - self._silent))
                base = self.base[side]
                recall = max(_share(hit, own), _share(hit & base, base))
                best = RECALL * recall + (1 - RECALL) * min(1.0, precision)
        if not best and self.part[side] and not self.own[1 - side] & words and words & self.core[side]:
            best = RECALL * len(words & self.core[side]) / len(self.core[side])
            best += (1 - RECALL) / max(1, len(words - self._silent - self.core[side]) + 1)
        if best and self.figures[side]:
            said = frozenset(w for w in words if w[0].isdigit())
            if said:  # another dose is another arm
                best += FIGURES if said & self.figures[side] else -FIGURES
        return best

    def places(self, words: Sequence[str]) -> tuple[list[int], list[int]]:
        """Where in a list of stems each side is named: positions of the words that only this side has.

        A side without words of its own (A against A + B) is where its words stand away from the other's own. A side
        that is nowhere by name may be there as "the control group" or "the intervention group".
        """
        found: list[list[int]] = []
        for side in (INTERVENTION, COMPARATOR):
            own = self.own[side] | self.heads[side]
            found.append([at for at, word in enumerate(words) if word in own])
        for side in (INTERVENTION, COMPARATOR):
            if not self.own[side]:
                theirs = found[1 - side]
                found[side] = [
                    at
                    for at, word in enumerate(words)
                    if word in self.whole[side] and not any(abs(at - other) <= NEAR for other in theirs)
                ]
        for side, name in ((INTERVENTION, "ask_own"), (COMPARATOR, "ask_control")):
            if not found[side]:
                general = stemmed(name)
                found[side] = [
                    at
                    for at, word in enumerate(words)
                    if word in general
                    and at not in found[1 - side]
                    and (side == COMPARATOR or any(w in _GROUPS for w in words[at + 1 : at + 4]))
                    and word not in ("no", "without")
                ]
        return found[INTERVENTION], found[COMPARATOR]

    def assign(
        self, labels: Sequence[frozenset[str]], context: frozenset[str] = frozenset()
    ) -> tuple[int | None, int | None]:
        """Which of some labels are the intervention and the comparator: (index, index), None where none is.

        Both are chosen together, the pair with the greatest sum; two sides never take one label. context: words that
        stand over all the labels ("Treatment (mg of drug)"), for labels that name nothing themselves.
        """
        fit_of = partial(self._fit, context=context) if context else self.score
        table = [[fit_of(side, words) for words in labels] for side in (INTERVENTION, COMPARATOR)]
        for side in (INTERVENTION, COMPARATOR):
            if max(table[side], default=0.0) < LEAST:
                table[side] = [
                    fit if fit >= LEAST else self.general(side, words)
                    for fit, words in zip(table[side], labels, strict=True)
                ]
        best: tuple[float, tuple[int | None, int | None]] = (0.0, (None, None))
        told = [[(k, fit) for k, fit in enumerate(fits[:MOST_LABELS]) if fit > 0] for fits in table]
        for (i, one), (j, other) in product(*told):
            if i != j and one + other > best[0]:
                best = (one + other, (i, j))
        if best[1] != (None, None):
            return best[1]
        singles = [(table[s][k], -s, -k) for s in (0, 1) for k in range(len(labels)) if table[s][k] >= LEAST]
        if not singles:
            return None, None
        _, side, at = max(singles)
        return (-at, None) if side == INTERVENTION else (None, -at)

    def by_phase(self, phases: Sequence[str], controlled: bool) -> tuple[int | None, int | None]:
        """Which of some labels are the sides of a before-after comparison, by their phases; None where it is none.

        A question may name the phases ("after the programme" against "before"); a comparator without a name, in a
        study without a control group, is what was before.
        """
        wanted = self.phases
        if not (wanted[0] and wanted[1]) and self.general_comparator and not controlled:
            wanted = (AFTER, BEFORE)
        if set(wanted) != {AFTER, BEFORE} or any(phases.count(one) != 1 for one in wanted):
            return None, None
        return phases.index(wanted[0]), phases.index(wanted[1])

    def _fit(self, side: int, words: frozenset[str], context: frozenset[str]) -> float:
        alone = self.score(side, words)
        return alone + self.score(side, words | context) / 2 if context and abs(alone) < LEAST else alone


def _share(hit: frozenset[str], own: frozenset[str]) -> float:
    """The share of a side's words that a label has; of a long description NAME words do, and more is a little more."""
    if not own:
        return 0.0
    return (1 - MORE) * min(1.0, len(hit) / min(len(own), NAME)) + MORE * len(hit) / len(own)


def _spelled(words: Stems, short: Mapping[str, Stems]) -> frozenset[str]:
    return frozenset(words).union(*(short[word] for word in words if word in short))


def _by_short(name: str, short: Mapping[str, Stems]) -> frozenset[str]:
    """Short forms that the document gives to words of the side's name."""
    said = frozenset(stems(name))
    return frozenset(s for s, long in short.items() if s in said or (len(long) > 1 and set(long) <= said))


__all__ = ["COMPARATOR", "INTERVENTION", "LAST_RESORT", "LEAST", "Sides", "naming", "phase"]
