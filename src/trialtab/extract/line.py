"""One sentence (or table row) as the linker sees it, and the row of evidence that each of its numbers becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, TypeVar, TypeVarTuple, Unpack

from trialtab.extract.measures import OPENERS, Draft, Item, WordAt
from trialtab.extract.mentions import Mention
from trialtab.model import Candidate

CLOSERS = (")", "]", "}")
MAX_PHRASE = 14


@lru_cache(maxsize=512)
def either(*sets: frozenset[str]) -> frozenset[str]:
    """The union of word sets, made once: a rule set's own sets are the same objects for every sentence."""
    return frozenset().union(*sets)


@dataclass(slots=True)
class Linked:
    """A draft with what it belongs to; phrases are item ranges so that places are known.

    p: relation, value and item of its p-value.
    """

    draft: Draft
    group: int
    outcome: str | None = None
    outcome_range: tuple[int, int] | None = None
    arm: Mention | None = None
    arm_by_order: int | None = None
    arm_count: int = 0
    each: bool = False
    settled: bool = False
    other_than: str | None = None
    any_grade: bool = False
    comparator: Mention | None = None
    time: Mention | None = None
    grade: str | None = None
    grade_range: tuple[int, int] | None = None
    p: tuple[str | None, float, int] | None = None
    population: str | None = None
    candidates: list[Candidate] = field(default_factory=list)
    confidence: float = 0.5
    whole: bool = False
    group_size: int = 1


@dataclass(slots=True)
class Carried:
    """What one sentence leaves for the next: the outcome, the arm that a lead-in named, the grade of a list header."""

    outcome: str | None = None
    arm: Mention | None = None
    grade: str | None = None
    outcomes: list[str] = field(default_factory=list)


_MORE_VERBS = frozenset(("differ", "included", "comprised", "remain", "remains"))


class Line:
    """The words and items of a sentence with its arms; `results` and `groups` are filled by `groups.prepare`."""

    def __init__(
        self,
        text: str,
        items: Sequence[Item],
        words: WordAt,
        drafts: list[Draft],
        arms: list[Mention],
        sets: Mapping[str, frozenset[str]],
        carried: Carried,
    ) -> None:
        self.text, self.items, self.drafts, self.arms, self.sets, self.carried = (
            text,
            items,
            drafts,
            arms,
            sets,
            carried,
        )
        self.words, self.word = words.all, words.__getitem__
        self.verbs = either(
            sets["copula"],
            sets["have"],
            sets["occur"],
            sets["change"],
            sets["did"],
            _MORE_VERBS,
        )
        self.bare_words = either(
            sets["people"],
            sets["group_noun"],
            sets["preposition"],
            sets["determiner"],
            sets["copula"],
            sets["comparative"],
            sets["versus"],
            sets["respectively"],
            sets["auxiliary"],
            sets["subordinator"],
            sets["says_little"],
        )
        self.arm_at = {k: m for m in arms for k in range(m.first, m.last)}
        self.results: list[Draft] = []
        self.groups: list[list[Draft]] = []
        self.result_at: dict[int, Draft] = {}
        self.known: dict[Any, dict[tuple[Any, ...], Any]] = {}

    def printed(self, first: int, last: int) -> str:
        return self.text[self.items[first].start : self.items[last - 1].end] if last > first else ""

    def say(self, first: int, last: int) -> str:
        return " ".join(self.printed(first, last).split())

    def inside(self, k: int, start: int) -> bool:
        depth = 0
        for m in range(start, k):
            if self.word(m) in OPENERS:
                depth += 1
            elif self.word(m) in CLOSERS:
                depth = max(0, depth - 1)
        return depth > 0

    def open_bracket(self, i: int, edge: int) -> int | None:
        """The innermost bracket that is open at item i, not before edge's own sentence part."""
        depth = 0
        for k in range(i - 1, max(-1, i - 200), -1):
            text = self.word(k)
            if text in CLOSERS:
                depth += 1
            elif text in OPENERS:
                if depth == 0:
                    return k
                depth -= 1
        return None

    def bare(self, start: int, stop: int) -> bool:
        """Whether only connectors, arms, people, times and comparison words stand between two groups: one outcome for
        both.
        """
        for k in range(start, stop):
            if k in self.arm_at or self.items[k].kind in ("TIME", "POINT", "P", "CI", "GRADE"):
                continue
            text = self.word(k)
            if self.items[k].kind != "W" or (text[:1].isalnum() and text not in self.bare_words):
                return False
        return True

    def names_arm(self, m: int) -> bool:
        return any(x in self.arm_at for x in range(m, min(m + 5, len(self.items))))

    def names_arm_next(self, k: int) -> bool:
        m = k + 1
        while self.word(m) in self.sets["determiner"]:
            m += 1
        return m in self.arm_at


Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")


def once(read: Callable[[Line, Unpack[Arguments]], Answer]) -> Callable[[Line, Unpack[Arguments]], Answer]:
    """What is read of a line alone, read once for the same arguments: its words, items and arms do not change."""

    @wraps(read)
    def kept(line: Line, *arguments: *Arguments) -> Answer:
        known = line.known.get(read)
        if known is None:
            known = line.known[read] = {}
        if arguments not in known:
            known[arguments] = read(line, *arguments)
        answer: Answer = known[arguments]
        return answer

    return kept


def beside(x: Linked) -> bool:
    """Whether an arm's name stands next to a number, so that the number can be its size."""
    if x.arm is None:
        return False
    behind, before = x.arm.first - x.draft.last, x.draft.first - x.arm.last
    return 0 <= behind <= 6 or 0 <= before <= 6
