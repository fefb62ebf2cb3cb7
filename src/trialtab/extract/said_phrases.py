"""The phrases of a sentence that says a result without a number: outcome, arm and comparator beside a word."""

from collections.abc import Mapping

from trialtab import language, vocabulary
from trialtab.extract.mentions import key
from trialtab.extract.said_words import MAX_PHRASE, Phrase, Sets


class PhraseReader:
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

    def _is_treatment(self, label: str | None) -> bool:
        return label is not None and (label in self.labels or vocabulary.intervention_class(label) is not None)
