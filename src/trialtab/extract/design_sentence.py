"""Where a sentence names the groups of a study: behind its words of allocation, of comparison, of what was given."""

from collections.abc import Iterator
from itertools import pairwise

from trialtab import vocabulary
from trialtab.extract.design_groups import MOST_GROUPS, Coordination, Group, told_apart
from trialtab.extract.design_words import AIMS, ALLOCATED, INTO, NOT_ALLOCATED, OUTCOMES

_COMPARES = frozenset(("compare", "compared", "comparing", "comparison", "compares"))
_IN_TURN = frozenset(("receive", "received", "underwent", "consumed", "ingested", "performed"))
_GIVEN = frozenset(("receive", "received", "receiving", "undergo", "underwent", "took"))
TRIGGERS = ALLOCATED | _COMPARES | _IN_TURN | _GIVEN | {"versus", "vs", "v", "without", ":", "had", "order"}
"""The words at which a sentence may name groups: one that holds none of them names none."""


class Sentence(Coordination):
    """One sentence, and where in it groups are named: what allocates, compares or gives."""

    def statements(self) -> Iterator[tuple[float, list[Group]]]:
        for i, word in enumerate(self.words):
            if word not in TRIGGERS:
                continue
            if word in ALLOCATED:
                k = self._into(i)
                if k and (found := self._coordinated(k)):
                    yield 3.0, found
                elif self._given_at_random(i) and (
                    found := self._coordinated(i + 2 + (self.word(i + 2) == "with"), only_or=True)
                ):
                    yield 2.6, found
            elif word in _COMPARES:
                if found := self._compared(i):
                    yield 2.0, found
            elif word in ("versus", "vs", "v") and self.title:
                start = self._left(i)
                if start < i and (found := self._coordinated(start)):
                    yield 2.2, found
            elif word == "without" and self.title and self.word(i - 1) in ("or", "and", "/"):
                start = self._left(i - 2)
                if found := self._coordinated(start):
                    yield 2.1, found
            elif (
                word == ":"
                and (self._some_groups(i - 2) or self._some_groups(i - 1))
                and (found := self._coordinated(i + 1))
            ):
                yield 2.5, found  # "a trial with four arms: A, B, C and D"
            elif word == "order" and self.word(i - 1) in ("the", "in") and (found := self._listed(i + 1)):
                yield 2.7, found
            elif self._in_turn(i) and (found := self._coordinated(i + 1)):
                yield 2.4, found
            elif self._given(i) and (found := self._coordinated(i + 1, only_or=True)):
                yield 1.6 + 0.8 * (self.word(i + 1) == "either"), found

    def _listed(self, k: int) -> list[Group]:
        """ "results in the order placebo / low dose / high dose"."""
        end = next((m for m in range(k, len(self.row)) if self.word(m) in (".", ";", ")", "*")), len(self.row))
        parts, start = [], k
        for m in range(k, end + 1):
            if m == end or self.word(m) in ("/", ",", "and"):
                parts.append((start, m))
                start = m + 1
        named = [self.one_group(a, b) for a, b in parts if b > a]
        found = [group for group in named if group is not None]
        return told_apart(found) if 1 < len(found) == len(parts) <= MOST_GROUPS else []

    def _given_at_random(self, i: int) -> bool:
        given = self.word(i + 1) in ("administered", "given", "received", "treated")
        return self.word(i) == "randomly" and given

    def _in_turn(self, i: int) -> bool:
        """ "received A and B in random order": the periods of a crossover."""
        if self.word(i) not in _IN_TURN:
            return False
        behind = self.words[i + 1 : i + 40]
        return any(w == "order" and v.startswith("random") for v, w in pairwise(behind)) or "crossover" in behind

    def _given(self, i: int) -> bool:
        """ "received either A or B", "randomised patients received A or B"."""
        if self.word(i) == "had":
            return self._so_many_more(i) and bool(ALLOCATED & set(self.words))
        if self.word(i) not in _GIVEN:
            return False
        people = any(w in self.sets["people"] for w in self.words[max(0, i - 4) : i])
        wide = any(w in self.sets["people"] for w in self.words[max(0, i - 9) : i])
        if wide and (self._so_many_more(i) or sum(item.kind == "NEQ" for item in self.row[i:]) > 1):
            return True  # "patients received A (n = 144), B (n = 75) or C (n = 145)"
        if self.word(i) == "took":
            return wide and not {"placebo", "sham"}.isdisjoint(self.words[i + 1 : i + 20])
        return self.word(i + 1) == "either" or (
            people and any(w in ALLOCATED or w in self.sets["group_head"] for w in self.words)
        )

    def behind_given(self, k: int) -> int:
        """Where the treatment begins behind a group's name: "Group A (n = 30) received …", "Group B: …"; or 0."""
        while self.word(k) in self.sets["group_noun"]:
            k += 1
        k = self._behind_bracket(k)
        if self.word(k) in (":", "=") or (self.word(k) in ("-", "–") and self.row[k].start > self.row[k - 1].end):
            return k + 1
        if self.word(k) in ("who", "that", "which"):
            k += 1
        if self.word(k) in ("was", "were", "also", "only"):
            k += 1
        if self.word(k) in (
            "received",
            "receiving",
            "undergoing",
            "underwent",
            "took",
            "used",
            "consumed",
            "got",
            "drank",
            "ate",
            "performed",
        ):
            return k + 1
        if self.word(k) in ("given", "administered", "offered", "injected", "provided"):
            return k + 1 + (self.word(k + 1) in ("with", "to"))
        if self.word(k) in ("treated", "managed", "anaesthetized", "anesthetized", "supplemented", "ventilated", "fed"):
            return k + 2 if self.word(k + 1) in ("with", "by", "using") else 0
        return 0

    def one_group(self, k: int, end: int) -> Group | None:
        """The group whose treatment begins at item k, read up to item end."""
        pieces, _ = self._pieces(k, end, compared=False)
        return self._group(pieces[0]) if pieces else None

    def _so_many_more(self, i: int) -> bool:
        """ "88 patients received A and 92 received B"."""
        if not any(item.kind == "N" for item in self.row[max(0, i - 10) : i]):
            return False
        later = [m for m in range(i + 2, min(i + 24, len(self.row))) if self.word(m) == self.word(i)]
        return any(item.kind == "N" for m in later for item in self.row[max(i + 1, m - 3) : m])

    def _into(self, i: int) -> int:
        """Where the groups begin behind a word of allocation, or 0."""
        after = self.words[i + 1 : i + 4]
        if (
            after[:1] and (after[0] in NOT_ALLOCATED or after[0].startswith(("phase", "double", "multi")))
        ) or self.sets["group_head"] & set(after[:2]):
            return 0
        depth = told = 0
        for k in range(i + 1, min(i + 45, len(self.row))):
            word = self.word(k)
            depth += (word in ("(", "[")) - (word in (")", "]"))
            if word in ("who", "whose", "whom", "which"):
                told = k + 1  # "… assigned women who were receiving tamoxifen to A or B", "… either to A or to B"
                either = next((m for m in range(k, min(k + 40, len(self.row))) if self.word(m) == "either"), 0)
                if either and self.word(either + 1) in INTO:
                    return either + 2
            if word in (";", "trial", "study") or (word in ("were", "was", "had") and (not told or k - told > 5)):
                return 0
            if k - i > 25 and not told:
                return 0
            if told and depth == 0 and word in INTO and self.word(k - 1) in ("equal", "due", "up", "prior", "related"):
                continue
            if depth == 0 and (word in INTO or (word == "in" and self._some_groups(k + 1))):
                return 0 if self.word(k + 1) in AIMS else k + 1
        return 0

    def _some_groups(self, k: int) -> bool:
        """ "two groups", "three equal arms"."""
        if not 0 <= k < len(self.row):
            return False
        item = self.row[k]
        if item.kind == "MASK":
            return self.text[item.start : item.end].endswith(("groups", "arms"))
        return item.kind == "N" and any(self.word(m) in ("groups", "arms") for m in (k + 1, k + 2))

    def _left(self, i: int) -> int:
        """Where the phrase left of a connector begins."""
        k = i
        while k > 0 and i - k < 16:
            word = self.word(k - 1)
            if word in ("of", "comparing", "between", ":", ".", "compare", "whether") or (
                word in self.sets["preposition"] and word not in ("with", "without", "to", "in", "for")
            ):
                break
            k -= 1
        return k

    def _compared(self, i: int) -> list[Group]:
        k = i + 1
        if self.word(i) == "compared" and self.word(k) in ("with", "to"):
            if not self.title:
                return []
            return self._coordinated(self._left(i))
        if self.word(i) == "compared" and not (self.word(k) in ("the",) or self.word(k)[:1].isalpha()):
            return []
        if self.word(i) == "comparison" and self.word(k) in ("of", "between"):
            k += 1
        # "compare the safety and efficacy of A with B": the groups begin behind the "of"
        stop = next(
            (m for m in range(k, min(k + 30, len(self.row))) if self.word(m) in ("with", "versus", "vs", "to", ";")), k
        )
        inner = [m for m in range(k, stop) if self.word(m) in ("of", "between") and m - k < 14]
        if inner:
            k = inner[0] + 1
        else:
            after = ("after", "following", "in", "among")
            behind = next((m for m in range(k, min(stop + 8, k + 8)) if self.word(m) in after), None)
            if behind is not None and self.word(behind - 1) in OUTCOMES:
                k = behind + 1  # "compared outcomes after A and B"
        found = self._coordinated(k, compared=True)
        return (
            [] if any(vocabulary.outcome(g.phrase) and not vocabulary.intervention(g.phrase) for g in found) else found
        )
