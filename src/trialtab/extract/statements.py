"""Results said without a number: "did not differ", "significantly higher with A than with B", "A reduced X".

`statements(document, rules, arms)` reads the results of an abstract, a summary or a report sentence by sentence. A word
of a closed list is the trigger (said_* in patterns/facts.toml); from it the sentence is walked, to the left and to the
right, to the outcome, the arm and what it was compared with. What stands in brackets is stepped over. A sentence that
speaks of aims, wishes or other studies says nothing; neither does one whose outcome is a baseline figure.
"""

import re
from collections.abc import Iterator, Mapping

from trialtab import language, vocabulary
from trialtab.extract.said_phrases import PhraseReader
from trialtab.extract.said_words import (
    BETTER,
    DIFFER,
    DO,
    DOWN,
    MAX_PHRASE,
    MAX_QUOTE,
    NOT_SIGNIFICANT,
    SAME,
    SIGNIFICANT,
    UP,
    WORSE,
    Phrase,
    said_sets,
    said_triggers,
)
from trialtab.model import Block, Document, Statement
from trialtab.prefilter import Prefiltered
from trialtab.rules import RuleSet

SECTIONS = frozenset(("abstract", "summary", "results"))
_LETTERS = re.compile(r"[a-z]+")
_POLAR_DOWN = frozenset(("adverse_event", "mortality", "relapse"))
_HARMFUL = Prefiltered(
    r"\b(?:pain|symptoms?|fatigue|burden|distress|anxiety|depression|disability|severity|complications?|toxicity|flashes|flushes)\b",
    re.I,
)


def _inverse(direction: str) -> str:
    return {UP: DOWN, DOWN: UP, BETTER: WORSE, WORSE: BETTER}[direction]


def statements(document: Document, rules: RuleSet, arms: Mapping[str, str]) -> tuple[Statement, ...]:
    """The results that a document says without a number, in text order.

    arms: key -> label of the arms known in the document (may be empty). Raises nothing on any text.
    """
    sets, text = said_sets(rules), document.text
    triggers = said_triggers(rules)
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


class Reader(PhraseReader):
    """What one sentence says of results: each trigger word is walked from to outcome, arm and comparator."""

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
            elif word in DIFFER:
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
            if word in s.no or word in NOT_SIGNIFICANT or word == "failed":
                if not SIGNIFICANT.isdisjoint(self.words[k : k + 6]):
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
        if base and (none or self.negated(i)) and not DO.isdisjoint((before, *self.words[max(0, i - 5) : i])):
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
