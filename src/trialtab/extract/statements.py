"""Results said without a number: "did not differ", "significantly higher with A than with B", "A reduced X".

`statements(document, rules, arms)` reads the results of an abstract, a summary or a report sentence by sentence. A word
of a closed list is the trigger (said_* in patterns/facts.toml); from it the sentence is walked, to the left and to the
right, to the outcome, the arm and what it was compared with. What stands in brackets is stepped over. A sentence that
speaks of aims, wishes or other studies says nothing; neither does one whose outcome is a baseline figure.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from trialtab import language, vocabulary
from trialtab.extract.mentions import key
from trialtab.model import Block, Document, Statement
from trialtab.prefilter import Prefiltered
from trialtab.rules import RuleSet

SECTIONS = frozenset(("abstract", "summary", "results"))
UP, DOWN, SAME = "increased", "decreased", "no difference"
BETTER, WORSE = "better", "worse"  # become UP or DOWN by what the outcome is
MAX_QUOTE, MAX_PHRASE = 250, 14
"""Characters of a quotation; words of an outcome phrase."""

_LETTERS = re.compile(r"[a-z]+")
_DIFFER = frozenset(("differ", "differed", "different", "differing"))
_DO = frozenset(("did", "does", "do"))
_NOT_SIGNIFICANT = frozenset(("non-significant", "nonsignificant", "insignificant"))
_SIGNIFICANT = _NOT_SIGNIFICANT | {"significant", "significance", "statistically"}
_POLAR_DOWN = frozenset(("adverse_event", "mortality", "relapse"))
_HARMFUL = Prefiltered(
    r"\b(?:pain|symptoms?|fatigue|burden|distress|anxiety|depression|disability|severity|complications?|toxicity|flashes|flushes)\b",
    re.I,
)


def _inverse(direction: str) -> str:
    return {UP: DOWN, DOWN: UP, BETTER: WORSE, WORSE: BETTER}[direction]


class Phrase(NamedTuple):
    """Main-word indexes [first, last)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sets:
    """The said_* lists of patterns/facts.toml."""

    no: frozenset[str]
    bridge: frozenset[str]
    up: frozenset[str]
    down: frozenset[str]
    good: frozenset[str]
    bad: frozenset[str]
    same: frozenset[str]
    unchanged: frozenset[str]
    raises: frozenset[str]
    lowers: frozenset[str]
    improves: frozenset[str]
    worsens: frozenset[str]
    touch: frozenset[str]
    rise_noun: frozenset[str]
    fall_noun: frozenset[str]
    better_noun: frozenset[str]
    worse_noun: frozenset[str]
    difference: frozenset[str]
    effect: frozenset[str]
    adverb: frozenset[str]
    be: frozenset[str]
    have: frozenset[str]
    found: frozenset[str]
    about: frozenset[str]
    between: frozenset[str]
    than: frozenset[str]
    compared: frozenset[str]
    group: frozenset[str]
    stop: frozenset[str]
    time: frozenset[str]
    empty: frozenset[str]
    baseline: frozenset[str]
    elsewhere: frozenset[str]
    determiner: frozenset[str]
    taker: frozenset[str]
    opener: frozenset[str]
    subject_tail: frozenset[str]
    degree: frozenset[str]
    after_more: frozenset[str]
    infinitive: frozenset[str]
    saying: frozenset[str]
    taken: frozenset[str]


_NAMES = {
    "raises": "raise", "lowers": "lower", "improves": "improve", "worsens": "worsen", "effect": "effect_noun",
    "group": "group_word", "time": "time_word",
}  # fmt: skip


@lru_cache(maxsize=4)
def _sets(rules: RuleSet) -> Sets:
    return Sets(**{name: rules.sets["said_" + _NAMES.get(name, name)] for name in Sets.__slots__})


@lru_cache(maxsize=4)
def _triggers(rules: RuleSet) -> frozenset[str]:
    """The words at which a statement is looked for."""
    s = _sets(rules)
    adjectives = s.up | s.down | s.good | s.bad | s.same | s.unchanged
    verbs = s.touch | s.raises | s.lowers | s.improves | s.worsens | _DIFFER
    nouns = s.difference | s.effect | s.rise_noun | s.fall_noun | s.better_noun | s.worse_noun
    return adjectives | verbs | nouns


def statements(document: Document, rules: RuleSet, arms: Mapping[str, str]) -> tuple[Statement, ...]:
    """The results that a document says without a number, in text order.

    arms: key -> label of the arms known in the document (may be empty). Raises nothing on any text.
    """
    sets, text = _sets(rules), document.text
    triggers = _triggers(rules)
    labels = tuple(dict.fromkeys(arms.values()))
    sections = (
        SECTIONS
        if any(b.section in SECTIONS and b.kind != "heading" for b in document.blocks)
        else SECTIONS | {"other"}
    )
    found: dict[tuple[int, int, str | None], Statement] = {}
    for block in document.blocks:
        if not _is_read(block, sections):
            continue
        for start, end in language.split(text, block.start, block.end):
            if triggers.isdisjoint(_LETTERS.findall(text[start:end].lower())):
                continue
            reader = Reader(text, language.sentence(text, start, end), sets, arms, labels)
            for statement in reader.read(block.section, triggers):
                found.setdefault((statement.start, statement.end, statement.outcome), statement)
    return tuple(sorted(found.values(), key=lambda s: (s.start, s.end, s.outcome or "")))


def _is_read(block: Block, sections: frozenset[str]) -> bool:
    return block.kind in ("paragraph", "item") and block.section in sections and block.part in ("results", "")


class Reader:
    """One sentence. `words` are its words outside brackets, `at` their token indexes."""

    def __init__(
        self, text: str, sentence: language.Sentence, sets: Sets, arms: Mapping[str, str], labels: tuple[str, ...]
    ) -> None:
        self.text, self.sentence, self.sets, self.arms, self.labels = text, sentence, sets, arms, labels
        self.words: list[str] = []
        self.at: list[int] = []
        depth = 0
        for i, word in enumerate(sentence.lower):
            if sentence.tags[i] == "OPEN":
                depth += 1
            elif sentence.tags[i] == "CLOSE":
                depth = max(0, depth - 1)
            elif not depth:
                self.words.append("not" if word.endswith(("n't", "n’t")) else word)
                self.at.append(i)
        self.has_p = "p" in sentence.lower or "p-value" in sentence.lower
        self.touched: set[int] = set()
        self.used: set[int] = set()

    # -- small helpers

    def word(self, i: int) -> str:
        return self.words[i] if 0 <= i < len(self.words) else ""

    def is_number(self, i: int) -> bool:
        return 0 <= i < len(self.at) and self.sentence.tags[self.at[i]] in language.NUMERIC

    def printed(self, phrase: Phrase) -> str:
        parts, run = [], phrase.first
        for k in range(phrase.first + 1, phrase.last + 1):
            if k == phrase.last or self.at[k] != self.at[k - 1] + 1:
                parts.append(self.text[self.sentence.starts[self.at[run]] : self.sentence.ends[self.at[k - 1]]])
                run = k
        return " ".join(" ".join(parts).split()).replace(" ,", ",")

    def is_verb(self, word: str) -> bool:
        s = self.sets
        return (
            word in s.be
            or word in s.have
            or word in ("did", "does", "do", "could", "not", "found", "observed", "seen", "noted")
        )

    def negated(self, i: int) -> bool:
        """Whether "no", "not", "without" … governs word i, with only bridging words between, at most eight of them."""
        for k in range(i - 1, max(-1, i - 10), -1):
            word = self.words[k]
            if word in self.sets.no:
                # "no significant difference", but not "no patient had a difference"
                self.touched.add(k)
                return True
            if word not in self.sets.bridge and word not in self.sets.adverb:
                return False
        return False

    # -- phrases

    def right(self, at: int) -> Phrase | None:
        """The noun phrase (or list of them) that begins at word `at`."""
        first = at
        while self.word(first) in self.sets.determiner or self.word(first) in self.sets.adverb:
            first += 1
        k, s = first, self.sets
        while k < len(self.words) and k - first < MAX_PHRASE + 6:
            word = self.words[k]
            if word in s.stop or word in s.time or word in s.between or word in s.compared or self.is_verb(word):
                break
            if word in (";", ":", ".", "—", "–") or (word == "," and not self._list_goes_on(k)):
                break
            if (
                k > first
                and word in ("in", "with", "for", "on", "by", "to", "among")
                and not (word == "to" and self.word(k - 1) == "time")
            ):
                break
            if word in ("and", "or", "nor", ",") and self._acts(
                k + 1 if self.word(k + 1) not in ("and", "or") else k + 2
            ):
                break
            if word in ("and", "or", "but") and self.word(k + 1) in s.up | s.down | s.good | s.bad | {
                "a",
                "significantly",
            }:
                break
            if word in ("and", "or", "nor") and (
                self.word(k + 1) in ("no", "there", "the", "in", "that", "not", "also", "was", "were", "a")
                or self._is_clause(k + 1)
            ):
                break
            if (
                self.is_number(k)
                and self.word(k + 1) not in ("-", "–", "/", "%")
                and self.word(k - 1) != "grade"
                and k > first
            ):
                break
            k += 1
        while k > first and (
            self.words[k - 1] in (",", "and", "or", "of", "-", "the", "a") or self.words[k - 1] in s.adverb
        ):
            k -= 1
        return Phrase(first, k) if k > first else None

    def _acts(self, at: int) -> bool:
        """Whether a verb of change begins here: "… and halved the need"."""
        s, word = self.sets, self.word(at)
        return (
            word in s.raises | s.lowers | s.improves | s.worsens
            and word.endswith(("ed", "s"))
            and self.word(at + 1) in self.sets.determiner
        )

    def _is_clause(self, at: int) -> bool:
        """Whether the words from `at` are a clause of their own: a verb comes before the next comma."""
        for k in range(at, min(len(self.words), at + 9)):
            word = self.words[k]
            if word in (",", ";", "."):
                return False
            if k > at and (word in self.sets.be or word in ("did", "had")):
                # "difference in pain and nausea was found": the verb belongs to "difference"
                return self.word(k + 1) not in self.sets.found
        return False

    def _list_goes_on(self, comma: int) -> bool:
        """Whether a comma parts items of a list: "and" or "or" follows before a verb or a stop."""
        if self.word(comma + 1) in ("and", "or"):
            return not self._is_clause(comma + 2) and self.word(comma + 2) not in (
                "no",
                "there",
                "the",
                "in",
                "that",
                "not",
            )
        for k in range(comma + 1, min(len(self.words), comma + 13)):
            word = self.words[k]
            if word in ("and", "or"):
                return True
            if (
                word in self.sets.stop
                or self.is_verb(word)
                or word in (";", ":", ".", "no", "with", "without")
                or self.is_number(k)
            ):
                return False
        return False

    def left(self, end: int, elided: bool = True) -> Phrase | None:
        """The subject that ends before word `end`: from the beginning of its clause.

        elided: behind "… and did not differ" the subject of the sentence is taken.
        """
        s = self.sets
        k = end
        while k > 0 and (
            self.words[k - 1] in s.adverb or self.words[k - 1] in s.be or self.words[k - 1] in self.sets.subject_tail
        ):
            k -= 1
        last, seen_and = k, 0
        if self.word(last - 1) in ("and", "or", ",", "but"):
            return self._beginning() if elided and last > 2 else None
        while k > max(0, last - 40):
            word = self.words[k - 1]
            if seen_and and (self._changes(k - 1) or (self.is_number(k - 1) and self.word(k) not in ("-", "–"))):
                k = seen_and
                break
            if word in (";", ":", "—") or word in s.stop or self.is_verb(word) or (word in ("between",) and k - 1 == 0):
                break
            if word == "," and not (seen_and and self._short_item(k - 1)):
                break
            seen_and = k if word in ("and", "or") else seen_and
            k -= 1
        while k < last and (
            self.words[k] in self.sets.determiner
            or self.words[k] in s.adverb
            or self.words[k] in (",", "in", "addition", "but", "similarly")
        ):
            k += 1
        if elided and k and self.word(k).endswith("ed") and self.word(k + 1) in ("by", "with", "using", "on"):
            j = k  # "performance, as assessed by the shuttle run, …"
            while j and self.words[j - 1] in (",", "as"):
                j -= 1
            return self.left(j, elided=False) if j < k else None
        if self.word(k) in self.sets.opener | s.time:  # "At 12 months the incidence of …"
            k = next((j + 1 for j in range(k, min(last, k + 7)) if self.words[j] == "the"), last)
        return Phrase(k, last) if last > k else None

    def _changes(self, k: int) -> bool:
        s, word = self.sets, self.word(k)
        return (
            word.endswith("ed")
            and word in s.raises | s.lowers | s.improves | s.worsens
            and self.word(k - 1) not in self.sets.determiner | {"with", "of"}
        )

    def _beginning(self) -> Phrase | None:
        """The subject of the sentence: from its beginning to its first verb."""
        for k, word in enumerate(self.words[:30]):
            if (
                k
                and (word in self.sets.be or word in self.sets.have or word in ("did", "occurred", "averaged"))
                and self.word(k - 1) not in ("and", "or", ",")
            ):
                return self.left(k, elided=False)
        return None

    def _short_item(self, comma: int) -> bool:
        """Whether what stands before a comma is one short item of a list, not a clause or an adverbial."""
        for k in range(comma - 1, max(-1, comma - 7), -1):
            word = self.words[k]
            if word == ",":
                return True
            if (
                self.is_verb(word)
                or word in self.sets.stop
                or word in self.sets.time
                or word in ("in", "with", "for", "compared")
            ):
                return False
        return comma <= 6

    # -- arms

    def arm(self, at: int) -> tuple[str | None, int]:
        """The arm named from word `at` on, and the word after it. A preposition there is stepped over."""
        s, first = self.sets, at
        opened = bound = False
        if (self.word(first + 1) in s.group and self.word(first + 2) == "with") or (
            self.word(first) in s.group and self.word(first + 1) == "with"
        ):
            return None, first + 2  # "patients with diabetes" are a population
        while (
            self.word(first) in self.sets.opener
            or self.word(first) in self.sets.determiner
            or self.word(first) in ("those", "that")
        ):
            opened = opened or self.word(first) == "with"
            bound = bound or self.word(first) in ("after", "under", "following")
            first += 1
        named_people = False
        while self.word(first) in s.group and self.word(first + 1) in self.sets.taker:
            named_people = True
            first += 1
            while self.word(first) in self.sets.taken or self.word(first) in self.sets.determiner:
                first += 1
        if named_people is False and self.word(first) in (
            "receiving",
            "given",
            "treated",
            "taking",
            "assigned",
            "randomized",
            "randomised",
        ):
            named_people = True
            while self.word(first) in self.sets.taken or self.word(first) in self.sets.determiner:
                first += 1
        k = first
        while k < len(self.words) and k - first < 9:
            word = self.words[k]
            if (
                (not word[0].isalnum() and word not in ("+", "-", "/", "–"))
                or word in s.stop
                or word in s.than
                or word in s.compared
            ):
                break
            if (
                word in s.time
                or word in s.between
                or self.is_verb(word)
                or word in s.adverb
                or (k > first and word in ("in", "on", "with", "for", "by", "and", "to", "of", "from"))
            ):
                break
            k += 1
        last, grouped = k, named_people
        while last > first and self.words[last - 1] in s.group:
            grouped = True
            last -= 1
        if last <= first:
            known = self._known(Phrase(first, k)) if k > first else None
            if known:
                self.touched.update(range(first, k))
            return known, k
        phrase = Phrase(first, last)
        known = self._known(phrase)
        if bound and not grouped and known is None and vocabulary.intervention_class(self.printed(phrase)) is None:
            return None, k  # "after lunch"
        opened = opened or bound
        if (known is None and not (grouped or opened or vocabulary.is_drug(self.printed(phrase)))) or all(
            w in s.empty or w in s.group or self.is_number(first + i) for i, w in enumerate(self.words[first:last])
        ):
            return None, k
        self.touched.update(range(first, k))
        return known or self.printed(phrase), k

    def _known(self, phrase: Phrase) -> str | None:
        """The label of a known arm, where the phrase is a spelling of it."""
        if not self.arms:
            return None
        own = key(self.printed(phrase))
        return self.arms.get(own)

    def _arms_after(self, at: int) -> tuple[str | None, str | None]:
        """Arm and comparator named behind a result: "in A than in B", "between A and B", "with A compared with B"."""
        s, arm, other = self.sets, None, None
        k, end = at, min(len(self.words), at + 22)
        while k < end:
            word = self.words[k]
            if word in s.between:
                return self._pair(k + 1)
            if word in s.than or (
                word in s.compared and self.word(k + 1) in (("compared",) if word == "as" else ("with", "to"))
            ):
                at_name = k + 1
                while self.word(at_name) in ("compared", "with", "to"):
                    at_name += 1
                if other is None:
                    other, after = self._comparator(at_name)
                    if other is not None:
                        self.touched.add(k)
                    k = max(after, k + 1)
                    continue
            elif word in self.sets.opener and arm is None:
                arm, after = self.arm(k)
                if arm is not None:
                    k = max(after, k + 1)
                    continue
            elif (
                word in (";", ":")
                or word in ("but", "whereas", "while", "although")
                or (word == "," and self.word(k + 1) not in ("compared", "as", "relative"))
            ):
                break
            k += 1
        return arm, other

    def _comparator(self, at: int) -> tuple[str | None, int]:
        """What follows "than" or "compared with": any short noun phrase."""
        label, after = self.arm(at)
        if label is not None:
            return label, after
        phrase = self.right(at + 1 if self.word(at) in self.sets.opener else at)
        if (
            phrase is None
            or phrase.last - phrase.first > 6
            or any(w in self.sets.empty for w in self.words[phrase.first : phrase.last])
        ):
            return None, after
        if (
            self.is_number(phrase.first)
            or self.words[phrase.first] in ("week", "month", "day", "year", "time", "before")
            or (any(w in self.sets.baseline for w in self.words[phrase.first : phrase.last]))
        ):
            return None, after
        last = phrase.last
        while last > phrase.first and self.words[last - 1] in self.sets.group:
            last -= 1
        if last == phrase.first:
            return None, after
        self.touched.update(range(phrase.first, phrase.last))
        return self._known(phrase) or self.printed(Phrase(phrase.first, last)), phrase.last

    def _pair(self, at: int) -> tuple[str | None, str | None]:
        """ "between A and B"; "the two groups" stands for the document's two arms."""
        first, after = self.arm(at)
        if self.word(after) in ("and", "versus", "vs"):
            if first is None:
                first = self._bare(at, after)
            second, end = self.arm(after + 1)
            if second is None:
                second = self._bare(after + 1, end)
            if first is not None and second is not None:
                self.touched.update(range(at, end))
                return first, second
        self.touched.update(range(at, min(after, len(self.words))))
        return (self.labels[0], self.labels[1]) if len(self.labels) == 2 and first is None else (None, None)

    def _bare(self, at: int, end: int) -> str | None:
        while at < end and self.words[at] in self.sets.determiner:
            at += 1
        while end > at and self.words[end - 1] in self.sets.group:
            end -= 1
        if end <= at or all(w in self.sets.empty or w in self.sets.group for w in self.words[at:end]):
            return None
        return self._known(Phrase(at, end)) or self.printed(Phrase(at, end))

    # -- the subject parted into outcome and arm

    def _subject(self, end: int) -> tuple[Phrase | None, str | None, str | None]:
        """Outcome, arm and comparator in the subject before word `end`: "pain scores in the block group"."""
        phrase = self.left(end)
        if phrase is None:
            return None, None, None
        s = self.sets
        for k in range(phrase.first, phrase.last):
            word = self.words[k]
            if k > phrase.first and (word in s.time or word in s.between):
                pair = self._pair(k + 1) if word in s.between else (None, None)
                return Phrase(phrase.first, k), *pair
            if k > phrase.first and word in ("in", "with", "for", "on", "among"):
                label, after = self.arm(k)
                grouped = any(w in s.group for w in self.words[k + 1 : phrase.last])
                named = self._is_treatment(label)
                if grouped or (named and after >= phrase.last - 1):
                    return Phrase(phrase.first, k), label, None
                if word in ("on", "in", "with") and after >= phrase.last - 1:
                    return Phrase(phrase.first, phrase.last), None, None
        return phrase, None, None

    def _people(self, phrase: Phrase | None) -> bool:
        """Whether a subject is a group of people or an arm, so that the outcome must stand elsewhere."""
        if phrase is None:
            return True
        words = self.words[phrase.first : phrase.last]
        if (
            any(w in self.sets.group for w in words[:3] + words[-1:])
            or words[-1] in ("both", "all")
            or self._known(phrase) is not None
        ):
            return True
        match = vocabulary.vocabulary("interventions").whole(self.printed(phrase)) if len(words) <= 4 else None
        return match is not None or (len(words) == 1 and vocabulary.is_drug(words[0]))

    def _arm_of(self, phrase: Phrase | None) -> str | None:
        """The arm that a subject names ("patients receiving X", "the X group", "X")."""
        if phrase is None:
            return None
        label, _ = self.arm(phrase.first)
        for k in range(phrase.first, phrase.last - 1):
            if label is None and self.words[k] in self.sets.group and self.words[k + 1] in self.sets.taker:
                label, _ = self.arm(k)
        if label is None:
            label = self._bare(phrase.first, phrase.last) if phrase.last - phrase.first <= 7 else None
        if label is not None:
            self.touched.update(range(phrase.first, phrase.last))
        return label

    # -- reading

    def read(self, section: str, triggers: frozenset[str]) -> Iterator[Statement]:
        """The statements of the sentence; triggers: the words at which one is looked for."""
        s = self.sets
        changes = s.rise_noun | s.fall_noun | s.better_noun | s.worse_noun
        if any(word in s.elsewhere for word in self.words):
            return
        for i, word in enumerate(self.words):
            if i in self.used or word not in triggers:
                continue
            self.touched = {i}
            if word in s.difference:
                yield from self._difference(i, section)
            elif word in _DIFFER:
                yield from self._differ(i, section)
            elif word in s.same or word in s.unchanged:
                yield from self._same(i, section)
            elif word in s.touch and self.negated(i):
                yield from self._not_touched(i, section)
            elif (
                word in s.effect
                and self.negated(i)
                and self.word(i + 1) in ("on", "in", "of", "for", "with", "was", "were")
            ):
                yield from self._no_effect(i, section)
            elif word in changes and self.word(i + 1) in ("in", "of"):
                yield from self._change_noun(i, section)
            elif word in s.up | s.down | s.good | s.bad or word in s.raises | s.lowers | s.improves | s.worsens:
                yield from self._graded(i, section)

    def _difference(self, i: int, section: str) -> Iterator[Statement]:
        s = self.sets
        none = self.negated(i)
        governed = min(self.touched)
        outcome, arm, other = None, None, None
        k, end = i + 1, min(len(self.words), i + 40)
        while k < end:
            word = self.words[k]
            if word in s.between and arm is None and other is None:
                arm, other = self._pair(k + 1)
                k = max(max(self.touched), k) + 1
                while self.word(k) in s.group or self.word(k) in ("and", "-"):
                    k += 1
                continue
            if outcome is None and (word in s.about or word in ("terms", "respect", "regard")):
                if self.word(k + 1) in ("respect", "regard", "terms", "the") and self.word(k + 2) in ("to", "of"):
                    k += 2
                elif self.word(k + 1) in ("terms", "favor", "favour"):
                    k += 1
                label, after = (None, k) if word != "in" else self.arm(k)
                if (
                    label is not None
                    and self._known(Phrase(k + 1, after)) is None
                    and not any(w in s.group for w in self.words[k + 1 : after])
                ):
                    label = None
                outcome = self.right(k + 1) if label is None else None
                k = outcome.last if outcome is not None else max(after, k + 1)
                continue
            if word in s.no or word in _NOT_SIGNIFICANT or word == "failed":
                if not _SIGNIFICANT.isdisjoint(self.words[k : k + 6]):
                    none = True
                    self.touched.update(range(k, min(len(self.words), k + 2)))
                break
            if (
                word in s.found
                or word in s.adverb
                or word in ("either", "the", "statistical", "significance", "also")
                or (word in s.time and outcome is None)
            ):
                k += 1
                continue
            if (word == "," and self.word(k + 1) in ("respectively", "either")) or self.is_number(k) or word in s.group:
                k += 1
                continue
            break
        if not none:
            return
        if outcome is None and (self.word(governed - 1) == "with" or self.word(governed) == "without"):
            outcome = self._opening()
        if arm is None and other is None:
            arm, other = self._first_comparison()
        yield from self._said(outcome, arm, other, SAME, section, "said_no_difference", i)

    def _opening(self) -> Phrase | None:
        """The subject of the sentence: from its beginning to its first verb."""
        verb = next((k for k, w in enumerate(self.words) if k and (w in self.sets.be or w in self.sets.saying)), None)
        phrase = self._subject(verb)[0] if verb is not None else None
        return None if self._people(phrase) else phrase

    def _differ(self, i: int, section: str) -> Iterator[Statement]:
        if not self.negated(i):
            return
        phrase, arm, other = self._subject(min(self.touched))
        if self._people(phrase):
            phrase = self._about(i + 1)
        else:
            later = self._arms_after(i + 1)
            arm, other = (arm or later[0], other or later[1])
        yield from self._said(phrase, arm, other, SAME, section, "said_did_not_differ", i)

    def _about(self, at: int) -> Phrase | None:
        """The outcome behind "in", "with respect to", "regarding", at most six words on."""
        for k in range(at, min(len(self.words), at + 8)):
            word = self.words[k]
            if word in ("regarding", "concerning", "in", "for"):
                if self.word(k + 1).endswith("ing"):
                    return None  # "superior in delaying relapse"
                if self.word(k + 1) in ("terms", "respect", "regard"):
                    return self.right(k + 3)
                return self.right(k + 1)
            if word in ("respect", "regard") and self.word(k + 1) == "to":
                return self.right(k + 2)
            if word in (",", ";"):
                return None
        return None

    def _same(self, i: int, section: str) -> Iterator[Statement]:
        s = self.sets
        k = self._before_adverbs(i)
        if self.word(k) in self.sets.be:
            if self.negated(i):
                return
            phrase, arm, other = self._subject(k)
            if self.word(k - 1) == "there":
                phrase = self.right(i + 1)
            elif self._people(phrase):
                phrase = self._about(i + 1)
            else:
                later = self._alike(i + 1) or self._arms_after(i + 1)
                arm, other = arm or later[0], other or later[1]
            yield from self._said(phrase, arm, other, SAME, section, "said_did_not_differ", i)
        elif self.word(k) in self.sets.have and self.words[i] in self.sets.same:
            phrase = self.right(i + 1)
            if phrase is not None and any(
                w in s.rise_noun or w in s.fall_noun for w in self.words[phrase.first : phrase.last]
            ):
                return
            subject = self.left(k)
            arm = (
                self._arm_of(subject)
                if subject is not None and not set(self.words[subject.first : subject.last]) <= self.sets.empty
                else None
            )
            later = self._arms_after(phrase.last if phrase else i + 1)
            yield from self._said(phrase, arm, later[1], SAME, section, "said_did_not_differ", i)

    def _alike(self, at: int) -> tuple[None, str] | None:
        """ "similar (in frequency) to those with B": B is what is compared with."""
        for k in range(at, min(len(self.words), at + 4)):
            if self.words[k] == "to":
                while self.word(k + 1) in ("those", "that", "the") or self.word(k + 1) in self.sets.opener:
                    k += 1
                other, _ = self._comparator(k + 1)
                return (None, other) if other is not None else None
        return None

    def _not_touched(self, i: int, section: str) -> Iterator[Statement]:
        governed = min(self.touched)
        before = self.words[governed - 1] if governed else ""
        # "was not affected": passive; "did not affect X": active
        if self.words[i].endswith("d") and not self.sets.be.isdisjoint((before, *self.words[governed:i])):
            phrase, arm, other = self._subject(governed)
            if self.word(i + 1) == "by":
                label, _ = self.arm(i + 2)
                arm = arm or label
            if self._people(phrase):
                return
            yield from self._said(phrase, arm, other, SAME, section, "said_did_not_differ", i)
        elif before in ("did", "does", "do"):
            nxt = self.word(i + 1)
            if self._intransitive(i + 1) or nxt in self.sets.between:
                phrase, arm, other = self._subject(governed)
                if not self._people(phrase):
                    yield from self._said(phrase, arm, other, SAME, section, "said_did_not_differ", i)
                return
            phrase = self.right(i + 1)
            later = self._arms_after(phrase.last if phrase else i + 1)
            yield from self._said(phrase, self._acting(governed), later[1], SAME, section, "said_no_effect", i)

    def _acting(self, end: int) -> str | None:
        """The arm that is the subject of an active verb, where it can be one."""
        subject = self.left(end)
        if subject is None or set(self.words[subject.first : subject.last]) <= self.sets.empty:
            return None
        return self._arm_of(subject)

    def _no_effect(self, i: int, section: str) -> Iterator[Statement]:
        governed = min(self.touched)
        s, arm = self.sets, None
        k = i + 1
        effect = self.words[i] in ("effect", "effects", "impact", "influence")
        if self.word(k) == "of" and effect:
            arm, k = self.arm(k)
            while k < len(self.words) and self.word(k) != "on" and k < i + 12:
                k += 1
        elif self.word(k) in ("was", "were"):
            while k < min(len(self.words), i + 6) and self.word(k) not in ("in", "on", "for"):
                k += 1
        allowed = (
            ("on", "in")
            if effect
            else ("in",)
            if self.words[i] in ("benefit", "advantage")
            else ("on", "in", "of", "for", "with")
        )
        if self.word(k) not in allowed:
            return
        if self.word(k) == "in" and self.word(k + 1) in ("terms",):
            k += 2
        phrase = self.right(k + 1)
        if arm is None and self.word(governed - 1) in s.have:
            arm = self._acting(governed - 1)
        later = self._arms_after(phrase.last if phrase else k)
        yield from self._said(phrase, arm or later[0], later[1], SAME, section, "said_no_effect", i)

    def _change_noun(self, i: int, section: str) -> Iterator[Statement]:
        """ "a significant reduction in X with A": only behind a verb of having or being."""
        s = self.sets
        k = i
        while k > 0 and i - k < 6 and (self.words[k - 1] in self.sets.degree or self.words[k - 1] in s.adverb):
            k -= 1
        verb = self.word(k - 1)
        strong = any(w in ("significant", "significantly", "greater", "larger") for w in self.words[k:i])
        there = verb in s.be and self.word(k - 2) == "there"
        had = verb in s.have or (verb in ("in", "to", "with") and self.word(k - 2) in ("resulted", "led", "associated"))
        if not (there or had) or (not strong and not there):
            return
        phrase = self.right(i + 2)
        if phrase is None:
            return
        if self.words[i] in s.rise_noun:
            direction = UP
        elif self.words[i] in s.fall_noun:
            direction = DOWN
        else:
            direction = BETTER if self.words[i] in s.better_noun else WORSE
        self.touched.update(range(k, i))
        later = self._arms_after(phrase.last)
        arm = later[0]
        if had and arm is None:
            arm = self._acting(k - 2 if verb in ("in", "to", "with") else k - 1)
        yield from self._said(phrase, arm, later[1], direction, section, "said_changed", i)

    def _before_adverbs(self, i: int) -> int:
        k = i - 1
        while k > 0 and (
            self.words[k] in self.sets.adverb
            or self.words[k].endswith("ly")
            or self.words[k] in ("not", "no", "a", "an", "the", "any", "significant")
        ):
            k -= 1
        return k

    def _direction(self, word: str, none: bool) -> str:
        s = self.sets
        if none:
            return SAME
        if word in s.up or word in s.raises:
            return UP
        if word in s.down or word in s.lowers:
            return DOWN
        return BETTER if word in s.good or word in s.improves else WORSE

    def _polar(self, phrase: Phrase, good: bool) -> str:
        """ "Improved" raises what is wished for and lowers what is not."""
        printed = self.printed(phrase)
        match = vocabulary.outcomes().match(printed, fuzzy=False)
        harmful = (match is not None and match.term.category in _POLAR_DOWN) or _HARMFUL.search(printed) is not None
        return UP if good != harmful else DOWN

    def _graded(self, i: int, section: str) -> Iterator[Statement]:
        """A comparative or a verb of change at word i."""
        s, word = self.sets, self.words[i]
        if word in ("more", "less") and i and (self.words[i - 1] in ("or", "of", "and") or self.is_number(i - 1)):
            return  # "grade 3 or more"
        if self.word(i + 1) == "than" and self.is_number(i + 2):
            return  # "more than 10"
        k = self._before_adverbs(i)
        before = self.word(k)
        none = any(w in ("not", "no") for w in self.words[k + 1 : i]) or before == "no"
        base = word in self.sets.infinitive
        comparative = word in s.up | s.down | s.good | s.bad
        if base and (none or self.negated(i)) and not _DO.isdisjoint((before, *self.words[max(0, i - 5) : i])):
            governed = min(self.touched) if self.negated(i) else k + 1
            phrase = self.right(i + 1)
            later = self._arms_after(phrase.last if phrase else i + 1)
            yield from self._said(phrase, self._acting(governed), later[1], SAME, section, "said_no_effect", i)
        elif before == "had" and word in s.raises | s.lowers | s.improves | s.worsens and self._intransitive(i + 1):
            yield from self._verb(i, k, section)
        elif before in s.be and comparative:
            yield from self._predicate(i, k, none, section)
        elif before in s.have and comparative:
            yield from self._having(i, k, none, section)
        elif comparative and before in ("in", "to", "with") and self.word(k - 1) in ("resulted", "led", "associated"):
            yield from self._having(i, k - 1, none, section)
        elif not base and word in s.raises | s.lowers | s.improves | s.worsens and word not in ("lower", "cut"):
            yield from self._verb(i, k, section)

    def _predicate(self, i: int, k: int, none: bool, section: str) -> Iterator[Statement]:
        """ "X was (not) higher in A than in B"; "there was less X in A"; "A was more likely to have X"."""
        s, word = self.sets, self.words[i]
        if word in ("more", "less") and self.word(i + 1) == "likely" and self.word(i + 2) == "to":
            phrase, arm = self.right(i + 4), self._acting(k)
            if self.word(i + 3) == "be" or not self._is_treatment(arm):
                return  # "older women were more likely to …": a factor, not an arm
            later = self._arms_after(phrase.last if phrase else i + 3)
            yield from self._said(phrase, arm, later[1], self._direction(word, none), section, "said_compared", i)
            return
        if self.word(k - 1) == "there":
            phrase = self.right(i + 1)
            if self.words[i + 1 : i + 2] and self.words[i + 1] in s.difference:
                return
            later = self._arms_after(phrase.last if phrase else i + 1)
            yield from self._said(phrase, *later, self._direction(word, none), section, "said_compared", i)
            return
        if self.word(i + 1) == "than" or (word in ("more", "less") and self.word(i + 1) not in self.sets.after_more):
            return
        phrase, arm, other = self._subject(k)
        later = self._arms_after(i + 1)
        if self._people(phrase):
            # "A was superior to B in X"
            if word not in s.good | s.bad or self.word(i + 1) != "to":
                return
            named = self._arm_of(phrase)
            other, after = self._comparator(i + 2)
            about = self._about(after)
            yield from self._said(about, named, other, self._direction(word, none), section, "said_compared", i)
            return
        if later[0] in self.labels and arm not in self.labels:
            arm = later[0]
        arm, other = arm or later[0], other or later[1]
        if other is None:
            other = self._first_comparison()[1]
        if arm is None and other is None and not self._significant(k, i):
            return
        yield from self._said(phrase, arm, other, self._direction(word, none), section, "said_compared", i)

    def _significant(self, first: int, last: int) -> bool:
        """Whether the result is called significant, or a P-value stands in the sentence."""
        return any("significant" in w for w in self.words[first : last + 3]) or self.has_p

    def _having(self, i: int, k: int, none: bool, section: str) -> Iterator[Statement]:
        """ "A had a longer X than B"."""
        phrase = self.right(i + 1)
        if phrase is None or self.words[i + 1] in self.sets.difference | self.sets.effect:
            return
        later = self._arms_after(phrase.last)
        arm = self._acting(k)
        if self.words[k] == "associated" and not self._is_treatment(arm):
            return  # a prognostic factor
        if (
            later[1] is None
            and later[0] is None
            and not self._significant(k, i)
            and (arm is None or arm not in self.labels)
        ):
            return
        yield from self._said(phrase, arm, later[1], self._direction(self.words[i], none), section, "said_compared", i)

    def _verb(self, i: int, k: int, section: str) -> Iterator[Statement]:
        """ "A reduced X compared with B", "X improved with A"."""
        s, word = self.sets, self.words[i]
        before = self.word(i - 1)
        if (
            self.word(k) in s.be
            or before in self.sets.determiner
            or before in self.sets.opener
            or before in s.have - {"had"}
            or before in ("was", "were", "been", "of")
            or k < 0
        ):
            return  # "the increased dose", "with reduced function"
        j, inverse = i + 1, False
        while self.word(j) in s.adverb or self.word(j) in ("more", "less"):
            inverse = inverse or self.word(j) == "less"
            j += 1
        direction = self._direction(word, "not" in self.words[k + 1 : i])
        if inverse and direction != SAME:
            direction = _inverse(direction)
        if self._intransitive(j):
            phrase, arm, other = self._subject(i)
            if self._people(phrase):
                return
            later = self._arms_after(j)
            arm, other = arm or later[0], other or later[1]
            if arm is None and other is None and not self._significant(i - 2 if i > 1 else 0, j):
                return
            yield from self._said(phrase, arm, other, direction, section, "said_changed", i)
            return
        phrase = self.right(j)
        arm = self._acting(i)
        if phrase is None or arm is None or (self.arms and not self._is_treatment(arm)):
            return
        later = self._arms_after(phrase.last)
        yield from self._said(
            phrase, arm, later[1] or self._first_comparison()[1], direction, section, "said_changed", i
        )

    def _intransitive(self, at: int) -> bool:
        """Whether no object follows a verb: a preposition, a sign, a number or the end."""
        s, word = self.sets, self.word(at)
        return (
            not word or not word[0].isalnum() or word in s.opener or word in s.time or word in s.compared
            or word in s.adverb
            or word in ("and", "or", "than", "from", "but") or self.is_number(at)
        )  # fmt: skip

    def _is_treatment(self, label: str | None) -> bool:
        return label is not None and (label in self.labels or vocabulary.intervention_class(label) is not None)

    def _first_comparison(self) -> tuple[str | None, str | None]:
        """ "Compared with B, …" at the beginning; "When A was compared with B, …" gives no arm."""
        for k in range(min(4, len(self.words))):
            if self.words[k] in ("compared", "comparison", "relative") and self.word(k + 1) in ("with", "to"):
                other, _ = self._comparator(k + 2)
                return None, other
        return None, None

    # -- writing

    def _said(
        self, phrase: Phrase | None, arm: str | None, other: str | None, direction: str, section: str, rule: str, i: int
    ) -> Iterator[Statement]:
        if phrase is None or phrase.last <= phrase.first:
            return
        phrases = [p for p in self._items(phrase) if self._is_outcome(p)]
        if not phrases:
            return
        self.touched.add(i)
        arm, other = self._both(arm, other, direction)
        first, last = min(min(self.touched), phrase.first), max(max(self.touched), phrase.last - 1)
        start, end = self.sentence.starts[self.at[first]], self.sentence.ends[self.at[last]]
        if end - start > MAX_QUOTE:
            first, last = min(i, phrase.first), max(i, phrase.last - 1)
            start, end = self.sentence.starts[self.at[first]], self.sentence.ends[self.at[last]]
        if end - start > MAX_QUOTE:
            return
        self.used.update(range(min(i, phrase.first), max(i, phrase.last - 1) + 1))
        for item in phrases:
            way = self._polar(item, direction == BETTER) if direction in (BETTER, WORSE) else direction
            yield Statement(
                start=start,
                end=end,
                section=section,
                outcome=self.printed(item),
                arm=arm,
                comparator=other,
                direction=way,
                rule=rule,
            )

    def _both(self, arm: str | None, other: str | None, direction: str) -> tuple[str | None, str | None]:
        """The other arm of a document with two, where one is named; never one arm against itself."""
        if arm is not None and arm == other:
            other = None
        if len(self.labels) == 2 and direction != SAME:
            if arm in self.labels and other is None:
                other = self.labels[1 - self.labels.index(arm)]
            elif other in self.labels and arm is None:
                arm = self.labels[1 - self.labels.index(other)]
        return arm, other

    def _items(self, phrase: Phrase) -> list[Phrase]:
        """The items of a list, where each is an outcome by itself; else the phrase as one."""
        cuts = [k for k in range(phrase.first, phrase.last) if self.words[k] in (",", "and", "or")]
        if not cuts:
            return [phrase]
        items, at = [], phrase.first
        for cut in (*cuts, phrase.last):
            first = at
            while first < cut and self.words[first] in self.sets.determiner:
                first += 1
            if cut > first:
                items.append(Phrase(first, cut))
            at = cut + 1
        known = vocabulary.outcomes()
        if all(self._is_outcome(p) and known.match(self.printed(p), fuzzy=False) is not None for p in items):
            return items
        return [phrase]

    def _is_outcome(self, phrase: Phrase) -> bool:
        s, words = self.sets, self.words[phrase.first : phrase.last]
        if len(words) > MAX_PHRASE + 4 or words[0] in s.have or any(w in s.no for w in words):
            return False
        if any(w in s.baseline for w in words):
            return False
        if len(words) <= 4 and (
            self._known(phrase) is not None
            or all(w in s.group or w in self.sets.determiner or vocabulary.is_drug(w) for w in words)
        ):
            return False
        return any(len(w) > 1 and w[0].isalpha() and w not in s.empty | self.sets.opener | s.adverb for w in words)


__all__ = ["statements"]
