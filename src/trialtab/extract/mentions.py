"""Who and when in a sentence: arms, timepoints, grades.

A mention knows its place, the construction that found it and how strong that construction is. Arms come from a head
noun ("the X group"), a letter or number ("arm B"), a participle ("X-treated", "patients receiving X"), a name known to
the vocabulary or to the document's own inventory, and from slots: what stands on both sides of "versus", or after
"with" behind a result.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trialtab import vocabulary
from trialtab.extract.measures import Draft, Item, WordAt

STRENGTH = {
    "head noun": 5,
    "letter": 5,
    "participle": 4,
    "inventory": 4,
    "known name": 3,
    "control name": 3,
    "dose": 3,
    "age": 3,
    "versus": 2,
    "slot": 1,
}
_JOIN = frozenset(("/", "+", "plus", "-", "–", "‐"))
_NO_NAME = re.compile(r"^(?:[\W\d_]*|half|majority|minority|most|quarter|third|two thirds)$", re.I)
_WORD = re.compile(r"[^\W_]+")
_KEY_WORD = re.compile(r"[^\W_]+|[+*]")
_EDGE = re.compile(r"^[\s,;:.'\"“”()\[\]]+|[\s,;:.'\"“”(\[]+$")


@dataclass(slots=True)
class Mention:
    """first, last: item indexes of the name itself; key: what makes two mentions the same arm."""

    role: str
    first: int
    last: int
    start: int
    end: int
    text: str
    source: str
    key: str = ""
    series: int = -1

    @property
    def strength(self) -> int:
        return STRENGTH.get(self.source, 1)


_DROPPED = frozenset((
    "group", "groups", "arm", "arms", "cohort", "cohorts", "patients", "patient", "participants", "subjects",
    "women", "men", "eyes", "children", "treated", "therapy", "treatment", "the", "a", "an", "alone", "only",
    "recipients", "receiving", "with", "of", "in", "assigned", "to", "regimen", "allocated", "randomized",
    "randomised", "users", "those", "who", "received",
))  # fmt: skip


_PREFIX = re.compile(r"\banti[-‐‑](?=[a-z])")
"""Printed with and without its hyphen in one document: "anti-thymocyte globulin", "antithymocyte globulin"."""


@lru_cache(maxsize=1 << 13)
def key(label: str) -> str:
    """ "the placebo group" and "placebo-treated patients" are one arm: both give "placebo"."""
    words = _KEY_WORD.findall(_PREFIX.sub("anti", label.lower()))
    kept = [w for w in words if w not in _DROPPED] or (words[-1:] if words[-1:] == ["a"] else words)
    return " ".join([w[:-1] if len(w) > 4 and w[-1] == "s" and w[-2] != "s" else w for w in kept])


@lru_cache(maxsize=1 << 13)
def _first_key(word: str) -> str:
    """The first word of the key of a label that begins with this token; "" where the token leaves no word in a key."""
    words = _WORD.findall(word.lower())
    return "" if not words or words[0] in _DROPPED else key(words[0])


@lru_cache(maxsize=32)
def _openings(known: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """The first words of known keys, and the number of words of the longest."""
    firsts = {k.partition(" ")[0] for k in known}
    if any(first.startswith("anti") for first in firsts):
        firsts.add("anti")
    return frozenset(firsts), max((k.count(" ") + 1 for k in known), default=0)


@lru_cache(maxsize=64)
def _joined(*sets: frozenset[str]) -> frozenset[str]:
    """The union of word sets. The sets of a rule set are the same objects for every sentence."""
    return frozenset().union(*sets)


_AFTER_PARTICIPLE = frozenset(("to", "in", "by", "from"))
_COMPARED = frozenset(("compared",))
_PARTICIPLES = frozenset(("assigned", "allocated", "randomized", "randomised", "exposed", "failing"))
_ARM_CUES = _PARTICIPLES | {"dose", "doses", "treated"}
_SALTS = frozenset(
    ("acid", "acetate", "hydrochloride", "sodium", "sulfate", "sulphate", "citrate", "maleate", "tartrate")
)
_USED = frozenset((
    "given", "administered", "used", "needed", "required", "started", "stopped", "withdrawn", "discontinued", "tapered",
    "resumed", "added",
))  # fmt: skip
_CONTROLS = frozenset(("placebo", "sham", "controls"))
_CLUSTERS = frozenset(("schools", "practices", "clusters", "villages", "wards", "clinics", "hospitals", "communities"))


_BEFORE_ARMS = frozenset(("for", "in", "with", "on", "between", "among", "after"))
_OUTCOMES = frozenset((
    "adverse_event", "biomarker", "score_change", "efficacy_response", "survival", "relapse", "time_to_event",
    "remission_duration", "mortality",
))  # fmt: skip


_FIGURES = frozenset(
    (
        "probability",
        "probabilities",
        "percentage",
        "percentages",
        "proportion",
        "proportions",
        "values",
        "figures",
        "results",
        "numbers",
        "scores",
        "levels",
        "times",
        "durations",
        "counts",
    )
)


_HOW_OFTEN = frozenset(("daily", "weekly", "biweekly", "fortnightly", "monthly", "early"))


_OF_AGE = frozenset(("older", "younger"))


@lru_cache(maxsize=1 << 13)
def _may_name(word: str) -> bool:
    """Whether a word may begin the name of an arm though no arm of the document is known: a control's or a drug's."""
    return word in _CONTROLS or word == "control" or vocabulary.is_drug(word)


def _is_gene_therapy(first: str, second: str) -> bool:
    """Whether two words are one name of a gene or cell therapy: "axicabtagene ciloleucel" (INN: gene, then vehicle)."""
    return first.endswith("gene") and second.endswith(("cel", "vec", "tecan", "pib"))


class Finder:
    """Finds the mentions of one sentence. `known` maps keys of the document's arms to labels; empty at the first
    pass.
    """

    def __init__(
        self,
        text: str,
        row: Sequence[Item],
        words: WordAt,
        drafts: Sequence[Draft],
        sets: Mapping[str, frozenset[str]],
        known: Mapping[str, str],
    ) -> None:
        self.text, self.row, self.drafts, self.sets, self.known = text, row, drafts, sets, known
        self.word = words.__getitem__
        self.verbs = _joined(*(sets[name] for name in ("copula", "have", "occur", "change", "did", "auxiliary")))
        self.stoppers = _joined(
            self.verbs,
            _COMPARED,
            *(sets[name] for name in ("preposition", "conjunction", "treated_by", "average", "median", "versus")),
        )
        self.cues = _joined(sets["group_head"], sets["treated_by"], _ARM_CUES)
        self.in_draft = bytearray(len(row))
        for draft in drafts:
            if draft.shape not in ("time", "interval") or draft.statistic:
                self.in_draft[draft.first : draft.last] = b"\x01" * (draft.last - draft.first)
                self._free_names(draft)
        self.found: list[Mention] = []
        self.series = 0

    def _free_names(self, draft: Draft) -> None:
        """ "19 in the no-radiotherapy group (5.1%)": the words behind a preposition inside a result may name an arm."""
        k = next((m for m in range(draft.first + 1, draft.last) if self.word(m) in _BEFORE_ARMS), draft.last)
        while k < draft.last and self.word(k)[:1].isalpha():
            self.in_draft[k] = 0
            k += 1

    # -- helpers

    def printed(self, first: int, last: int) -> str:
        return self.text[self.row[first].start : self.row[last - 1].end]

    def _stops(self, i: int) -> bool:
        item = self.row[i]
        if item.kind not in ("W", "N", "GROUP") or (self.in_draft[i] and item.kind != "N"):
            return True
        word = item.text
        if word in _JOIN or self._is_initials(i):
            return False
        return (
            word in self.stoppers
            or (
                len(word) > 4
                and word.endswith("ed")
                and self.word(i + 1) in _joined(self.sets["determiner"], _AFTER_PARTICIPLE)
            )
            or (len(word) > 4 and word.endswith("ly"))
            or (bool(word) and not word[0].isalnum())
            or (word in self.sets["comparative"] and word != "no")
        )

    def _is_initials(self, i: int) -> bool:
        """Whether a word is in capitals and those beside it are not: "the LED group" holds no verb."""
        return (
            all(
                0 <= k < len(self.row) and len(said := self.printed(k, k + 1)) > 1 and said.isupper() is (k == i)
                for k in (i - 1, i)
            )
            and len(self.word(i)) > 2
        )

    def add(self, first: int, last: int, source: str, series: int = -1) -> Mention | None:
        while first < last and (
            (self.word(first) in self.sets["determiner"] and not self._is_letter_a(first))
            or self.word(first) in ("-", "'", '"', "“", ",", "receive", "receiving", "take", "undergo", "either")
        ):
            first += 1
        while last > first and self.word(last - 1) in ("-", "'", '"', "”", ",", "the"):
            last -= 1
        if last <= first:
            return None
        label = _EDGE.sub("", self.printed(first, last))
        if source == "letter":
            label = re.sub(r"^(group|arm|cohort|regimen|sequence)s\b", r"\1", label, flags=re.I)
        if not label or len(label) > 80:
            return None
        words = re.findall(r"[^\W_]+", label.lower())
        controls = source == "inventory" and words[-1:] == ["controls"]
        if (
            source not in ("letter", "control name", "age")
            and not self._is_letter_a(first)
            and not controls
            and (not words or all(w in self.sets["generic_group"] or w in self.sets["people"] for w in words))
        ):
            single = (
                source == "head noun"
                and self.word(last) in ("group", "arm")
                and (
                    self.word(first - 1) in ("the", "in", "than", "with", "between", "versus", "vs", "for", "of")
                    or (self.word(first - 1) == "to" and self.word(first - 2) in ("compared", "relative", "assigned"))
                )  # none is named by "blinded to treatment group"
            )
            if not (single and words in (["study"], ["treatment"], ["test"], ["trial"], ["patient"], ["treated"])):
                return None
        if source != "letter" and _NO_NAME.match(label):
            return None
        if source in ("versus", "slot") and (
            _NO_NAME.match(label)
            or words[0] in self.sets["baseline"]
            or all(w in self.sets["comparative"] for w in words)
        ):
            return None
        mention = Mention(
            "arm", first, last, self.row[first].start, self.row[last - 1].end, label, source, key(label), series
        )
        self.found.append(mention)
        return mention

    def _is_letter_a(self, k: int) -> bool:
        """ "2 patients on A, 9 on B": the letter, and no article, where the document has an arm of that name."""
        if "a" not in self.known or not 0 < k < len(self.row) or self.printed(k, k + 1) != "A":
            return False
        return not self.word(k + 1)[:1].isalpha() or self.word(k + 1) in self.stoppers

    # -- the constructions

    def arms(self) -> list[Mention]:
        """Arm mentions of the sentence, the stronger kept where two overlap, in order."""
        row = self.row
        texts = {item.text for item in row}  # most sentences hold none of the words that most constructions need
        for i, item in enumerate(row):
            if item.kind == "GROUP":
                self._letter(i)
            elif item.text not in self.cues or item.kind != "W":
                continue
            elif item.text in self.sets["group_head"] or (item.text in ("dose", "doses") and row[i - 1].kind == "MASK"):
                self._head_noun(i)
            elif item.text == "treated" or (item.text in _PARTICIPLES and (self.word(i - 1) == "-")):
                self._participle_left(i)
            if item.kind == "W" and item.text in self.sets["treated_by"]:
                self._participle_right(i)
        self._names()
        self._counted_names()
        for i, item in enumerate(row if "compared" in texts or not texts.isdisjoint(self.sets["versus"]) else ()):
            if (item.kind == "W" and item.text in self.sets["versus"]) or item.text == "compared":
                self._versus(i)
        self._slots()
        self._in_brackets()
        self._at_doses()
        for i, word in enumerate(row if not texts.isdisjoint(self.sets["respectively"]) else ()):
            if word.text in self.sets["respectively"]:
                self._respectively(i)
        if not texts.isdisjoint(_joined(self.sets["rate_noun"], _FIGURES)):
            self._rates_for()
        return self._resolved()

    def _at_doses(self) -> None:
        """ "13.7 months at 0.2 mg/kg and 8.9 months at 0.6 mg/kg", "4 of 6 at the 10 mg dose": cohorts by dose; "71% in
        the older and 73% in the younger group": cohorts by age.
        """
        if not self.drafts:
            return
        for i, item in enumerate(self.row):
            at = self.word(i - 1 - (self.word(i - 1) in ("the", "a"))) == "at"
            if item.rule == "dose" and (at or self._is_sized(i + 1)):
                self.add(i, i + 1, "dose")
            elif item.text in _OF_AGE and self.word(i + 1) != "than":
                self.add(i, i + 1, "age")

    def _is_sized(self, k: int) -> bool:
        """ "0.3 mg (n = 4) or 1 mg (n = 6)": whether a number of patients follows in a bracket."""
        return self.word(k) == "(" and k + 1 < len(self.row) and self.row[k + 1].kind == "NEQ"

    def _letter(self, i: int) -> None:
        if i and self.word(i - 1) in ("study", "trial", "oncology", "cancer", "research", "trialists"):
            return  # "the French Adjuvant Study Group 03": people at work
        self.series += 1
        self.add(i, i + 1, "letter", self.series)
        k = self._skip_bracket(i + 1)
        while self.word(k) in ("and", ",", "or", "&", "vs", "versus"):
            k += 1
            if self.word(k) in ("and", "or"):
                k += 1
            if k < len(self.row) and (
                (len(self.word(k)) == 1 and self.word(k).isalpha())
                or (self.row[k].kind == "N" and len(self.printed(k, k + 1)) <= 2)
            ):
                plural = self.printed(i, i + 1).lower().split()[0].endswith("s")
                if not plural and (self.word(k) in ("", "a") or self.printed(k, k + 1).islower()):
                    break
                self.add(k, k + 1, "letter", self.series)
                k += 1
            else:
                break

    def _head_noun(self, i: int) -> None:
        plural = self.word(i).endswith("s")
        if (
            self.printed(i, i + 1)[0].isupper()
            and i
            and self.printed(i - 1, i)[:1].isupper()
            and len(self.printed(i - 1, i)) > 2
            and not self.printed(i - 1, i).isupper()
        ):
            return  # "Cooperative Oncology Group", "Study Group": a name of people at work
        if (
            self.word(i) in ("limb", "limbs", "branch")
            and i + 1 < len(self.row)
            and self.word(i + 1) not in (",", ")", "(", "")
        ):
            return
        sized = next((d for d in self.drafts if d.last == i and d.shape == "value" and d.fields.get("unit")), None)
        if sized is not None and self.word(sized.first - 1) in self.sets["determiner"]:
            self.series += 1
            self.add(sized.first, i, "head noun", self.series)  # "the 350-mm2 group"
            return
        if self.word(i - 1) == "treated" and self.word(i - 2) in self.sets["determiner"]:
            self.series += 1
            self.add(i - 1, i, "head noun", self.series)  # "the treated group"
            return
        if self.word(i) == "group" and self.word(i - 1) == "the" and self._is_name_behind(i + 1):
            self.series += 1
            self.add(i + 1, i + 2, "head noun", self.series)  # "in the group Dolmirin"
            return
        if self.word(i - 1) == "control" and self._is_missing(i - 1):
            self.add(i - 1, i, "control name")
            return
        parts: list[tuple[int, int]] = []
        end = k = i
        budget = 14 if plural else 8
        while k > 0 and budget:
            budget -= 1
            word = self.word(k - 1)
            item = self.row[k - 1]
            if plural and word in ("and", "or", ",", "&", "vs", "versus"):
                if end > k:
                    parts.append((k, end))
                end = k = k - 1
                continue
            if plural and word in ("the", "both") and end > k and self.word(k - 2) in ("and", "or", ","):
                parts.append((k, end))
                end = k = k - 1
                continue
            if item.kind == "N" and not self._label_number(k - 1):
                break
            if item.kind in ("TIME", "POINT", "MASK") and k == i and not plural and item.end - item.start < 16:
                k -= 1  # "the 3-day group"
                continue
            if item.kind == "N" or (item.kind == "MASK" and item.rule == "dose") or word in ('"', "“", "”", "''", "``"):
                k -= 1
                continue
            if word in ("v", "a") and k == i and self.printed(k - 1, k).isupper():
                k -= 1  # "the V arm"
                break
            if word in _HOW_OFTEN and k == i and not plural:
                k -= 1  # "the weekly cohort"
                break
            if self._stops(k - 1) or word in self.sets["determiner"]:
                break
            k -= 1
        if end > k:
            parts.append((k, end))
        parts.reverse()
        self.series += 1
        for first, last in parts:
            self.add(first, last, "head noun", self.series)

    def _is_name_behind(self, k: int) -> bool:
        """Whether a capitalised word stands there, that nothing but a sign or a verb follows."""
        if k >= len(self.row) or self.row[k].kind != "W" or not self.printed(k, k + 1)[:1].isupper():
            return False
        behind = self.word(k + 1)
        return len(self.word(k)) > 2 and (not behind[:1].isalpha() or behind in self.verbs or behind in ("and", "than"))

    def _counted_names(self) -> None:
        """ "63 TE and 62 TEL patients": two short names in capitals, each behind its number of patients."""
        for i in range(len(self.row) - 4):
            numbers = self.row[i].kind == self.row[i + 3].kind == "N"
            if not numbers or self.word(i + 2) not in ("and", "versus", "vs"):
                continue
            names = [self.printed(k, k + 1) for k in (i + 1, i + 4)]
            capitals = all(1 < len(name) < 9 and sum(c.isupper() for c in name) > 1 for name in names)
            if capitals and self.word(i + 5) in self.sets["people"] and not any(map(vocabulary.outcome, names)):
                self.series += 1
                for k in (i + 1, i + 4):
                    self.add(k, k + 1, "head noun", self.series)

    def _is_missing(self, k: int) -> bool:
        """ "the lack of a control group", "without a control group", "no control group"."""
        while self.word(k - 1) in ("a", "an", "any", "the", "of", "concurrent", "randomized", "randomised"):
            k -= 1
        return self.word(k - 1) in ("lack", "lacked", "lacks", "lacking", "without", "no", "absence")

    def _label_number(self, k: int) -> bool:
        """A number that is part of a name: "350-mm2 group", "50 mg group"."""
        return self.word(k + 1) in ("-", "mg", "mm", "mm2", "%")

    def _participle_left(self, i: int) -> None:
        k = i - 1 if self.word(i - 1) == "-" else i
        end = k
        while k > 0 and end - k < 6 and not self._stops(k - 1) and self.word(k - 1) not in self.sets["determiner"]:
            if self.word(i - 1) == "-" and self.row[k].start > self.row[k - 1].end and k < end:
                break
            k -= 1
        if end > k and self.word(i + 1) not in ("with", "by", "for"):
            self.add(k, end, "participle")

    def _participle_right(self, i: int) -> None:
        """ "patients receiving X", "treated with X", "assigned to X or Y"."""
        word = self.word(i)
        k = i + 1
        if word in ("treated", "randomized", "randomised", "assigned", "allocated", "switched"):
            if self.word(k) not in ("with", "to", "by"):
                return
            k += 1
            if self.word(k) in ("receive", "undergo", "take", "either", "be"):
                k += 1
        if self.known and self.word(i - 1) == "had" and word in ("received", "undergone", "taken"):
            return  # "among patients who had received X": before the study
        if self.word(k) in ("prior", "previous", "earlier"):
            return  # "patients who received prior X"
        near = [self.word(m) for m in range(max(0, i - 5), i)]
        if word in ("on", "using", "given", "got", "took", "used", "received", "underwent") and not any(
            w in self.sets["people"] or w in self.sets["group_head"] or w in ("who", "those", "assigned", "randomized")
            for w in near
        ):
            return
        self._coordinated_names(k, "participle")

    def _coordinated_names(self, k: int, source: str) -> None:
        self.series += 1
        for _ in range(4):
            while self.word(k) in self.sets["determiner"] or self.word(k) in ("either", "oral", "daily"):
                k += 1
            last = self._name_end(k)
            if last <= k:
                return
            last = self._with_dose(last)
            if self.add(k, last, source, self.series) is None:
                return
            k = last
            while k < len(self.row) and self.row[k].kind in ("MASK",):
                k += 1
            close = self._skip_bracket(k)
            joined = False
            joiners = ("or", "and", ",", "versus", "vs") if close == k else ("or", "and", "versus", "vs")
            while self.word(close) in joiners:
                close += 1
                joined = True
            if not joined:
                return
            k = close

    def _with_dose(self, last: int) -> int:
        """ "dolmirin 50 mg (n=40)": behind a dose that its own number of patients follows, the name goes on."""
        is_dose = last < len(self.row) and self.row[last].kind == "MASK" and self.row[last].rule == "dose"
        if is_dose and self._is_sized(last + 1):
            return last + 1
        return last

    def _skip_bracket(self, k: int) -> int:
        if self.word(k) not in ("(", "["):
            return k
        for m in range(k + 1, min(k + 25, len(self.row))):
            if self.word(m) in (")", "]"):
                return m + 1
        return k

    def _name_end(self, k: int, limit: int = 7) -> int:
        """End of a noun phrase without its prepositional tail."""
        last = k
        while last < len(self.row) and last - k < limit:
            numbered = last > k and self.row[last].kind == "N" and self.printed(last - 1, last).isupper()
            if numbered and self.word(last + 1) in ("than", "and", ",", "(", "vs", "versus", ".", ")", "or"):
                return last + 1  # "FEC 100"
            if self._stops(last) or (self.row[last].kind == "N" and not self._label_number(last)):
                break
            if self.word(last) in self.sets["people"] or self.word(last) in self.sets["group_head"]:
                break
            if last > k and self.word(last) in self.sets["determiner"]:
                break
            last += 1
        return last

    def _names(self) -> None:
        """Names that the document's inventory or the vocabulary knows, and names of controls."""
        row = self.row
        firsts, longest = _openings(tuple(self.known))
        i = 0
        while i < len(row):
            item = row[i]
            if item.kind == "MASK" and item.rule in ("dose", "exposure") and key(self.printed(i, i + 1)) in self.known:
                self.add(i, i + 1, "inventory")
            word = item.text
            if item.kind != "W" or not (firsts or _may_name(word)) or not word[:1].isalnum():
                i += 1
                continue
            if self.known and (
                word == "monotherapy" or (word == "combination" and self.word(i + 1) in ("therapy", "treatment"))
            ):
                self.add(i, i + 1, "inventory")
                i += 1
                continue
            last = self._known_at(i, firsts, longest) if firsts else 0
            if last:
                if (
                    last < len(row)
                    and row[last].kind == "MASK"
                    and row[last].rule == "dose"
                    and key(self.printed(last, last + 1)) in self.known
                ):
                    mention = self.add(i, last + 1, "inventory")
                    if mention is not None:
                        mention.key = key(self.printed(last, last + 1))
                    last += 1
                else:
                    self.add(i, last, "inventory")
                i = last
                continue
            if word in _CONTROLS or (
                word == "control"
                and self.word(i - 1) in ("in", "with", "to", "than", "vs", "versus", "and")
                and (
                    (self.word(i + 1) in (",", ".", ")", "(", "", "and", ";") or self.word(i + 1) in _CLUSTERS)
                    and i > 0
                )
            ):
                self.add(i, i + 1, "control name")
            elif self.word(i + 1) in _CLUSTERS and word in ("intervention", "experimental"):
                self.add(i, i + 2, "head noun")
            elif item.end - item.start > 3 and word not in self.sets["people"] and vocabulary.is_drug(word):
                last = i + 1 + _is_gene_therapy(word, self.word(i + 1))
                while (
                    last + 1 < len(row)
                    and self.word(last) in _JOIN
                    and row[last + 1].kind == "W"
                    and (vocabulary.is_drug(row[last + 1].text) or self.printed(last + 1, last + 2).isupper())
                ):
                    last += 2
                first = i
                while (
                    first - 2 >= 0
                    and self.word(first - 1) in ("/", "+", "plus")
                    and row[first - 2].kind == "W"
                    and row[first - 2].text[:1].isalpha()
                ):
                    first -= 2
                if (
                    last < len(row)
                    and row[last].kind == "MASK"
                    and row[last].rule == "dose"
                    and key(self.printed(last, last + 1)) in self.known
                ):
                    mention = self.add(first, last + 1, "inventory")
                    if mention is not None:
                        mention.key = key(self.printed(last, last + 1))
                    i = last + 1
                    continue
                while self.word(last) in _SALTS:
                    last += 1
                listed = not first and self.word(last) == ":" and key(self.printed(first, last)) not in self.known
                if not self._is_rescue(last) and not (listed and self.known):
                    self.add(first, last, "known name")
                i = last
                continue
            i += 1

    def _is_rescue(self, k: int) -> bool:
        """ "Tocilizumab was given to six", "prednisone could be stopped in 17": a drug whose use is the outcome."""
        used = any(item.text in _USED for item in self.row[:k])
        if (
            used
            and self.word(k) in ("to", "in")
            and k + 1 < len(self.row)
            and self.row[k + 1].kind in ("N", "PCT", "FRAC")
        ):
            return True  # "tocilizumab was given to six and dexamethasone to two"
        while self.word(k) in self.sets["copula"] | self.sets["auxiliary"] | {"be", "been"}:
            k += 1
        return self.word(k - 1) in ("was", "were", "be", "been") and self.word(k) in _USED

    def _known_at(self, i: int, firsts: frozenset[str], longest: int) -> int:
        """The end of the longest known label that begins at a token, or 0."""
        row, text = self.row, self.text
        end = row[i].end
        printed = text[row[i].start : end]
        first = _first_key(printed)
        if first not in firsts and not (
            i + 1 < len(row) and row[i + 1].start == end and text[end - 1].isalnum() and text[end].isalnum()
        ):
            return i + 1 if not first and self._is_known(printed) else 0
        widest = i
        for m in range(i, min(i + longest + 3, len(row))):
            if row[m].kind not in ("W", "N", "GROUP"):
                break
            widest = m + 1
        for last in range(widest, i, -1):
            if self.row[last - 1].kind == "W" and not (
                self.word(last - 1)[:1].isalnum() or self.word(last - 1) in "+*"
            ):
                continue  # a sign behind a name is no part of it
            printed = self.printed(i, last)
            if self._is_known(printed):
                words = _WORD.findall(printed.lower())
                if (
                    words
                    and words[0] not in _DROPPED
                    and words[-1] not in _DROPPED
                    and words[-1] not in self.sets["people"]
                ) or last == i + 1:
                    return last
        return 0

    def _is_known(self, printed: str) -> bool:
        if len(printed) > 60 or (not printed[-1].isalnum() and printed[-1] not in "+*)"):
            return False
        name = key(printed)
        return (
            name in self.known
            and name not in _DROPPED
            and not (len(printed) == 1 or (printed.islower() and len(printed) < 4))
        )

    def _versus(self, i: int) -> None:
        """ "A versus B", "higher with A than with B", "A compared with B": the phrases on both sides, where they
        hold no number.
        """
        k = i + 1
        if self.word(i) == "compared":
            if self.word(k) not in ("with", "to"):
                return
            k += 1
        while self.word(k) in (
            "in",
            "with",
            "for",
            "on",
            "the",
            "those",
            "patients",
            "who",
            "received",
            "receiving",
            "after",
            "to",
            "of",
        ):
            k += 1
        last = self._name_end(k)
        if last > k and not self.in_draft[k]:
            self.add(k, last, "versus")
        if self.word(i) in ("than", "compared"):
            if last > k and i and self.word(i - 1) not in (",", ";", "."):
                self._mirrored(i)
            elif last > k and not i:
                self._opened(last)
            return
        end = i
        while self.word(end - 1) in (",", "as"):
            end -= 1
        first = end
        while (
            first > 0
            and end - first < 6
            and not self._stops(first - 1)
            and self.row[first - 1].kind == "W"
            and (self.word(first - 1) not in self.sets["determiner"])
        ):
            first -= 1
        if end > first and self.word(end - 1) not in self.sets["people"]:
            self.add(first, end, "versus")

    def _opened(self, k: int) -> None:
        """ "Compared with B, A had …": the subject behind the comma."""
        while self.word(k) in self.sets["group_head"] or self.word(k) in self.sets["people"]:
            k += 1
        if self.word(k) != ",":
            return
        k += 1
        while self.word(k) in self.sets["determiner"] or self.word(k) in self.sets["people"] | {
            "receiving",
            "in",
            "with",
        }:
            k += 1
        last = self._name_end(k, 5)
        if last > k and not any(self.in_draft[k:last]) and vocabulary.outcome(self.printed(k, last)) is None:
            self.add(k, last, "versus")

    def _mirrored(self, i: int) -> None:
        """The first partner of "on X than on Y", "in X compared with Y"; else a short subject: "X caused more …
        than Y".
        """
        for k in range(i - 1, max(-1, i - 14), -1):
            numbered = self.row[k].kind == "N" and k == i - 1 and self.printed(k - 1, k).isupper()  # "FEC 100 than"
            if (self.row[k].kind != "W" and not numbered) or self.word(k) in (";",):
                break
            if self.word(k) in ("on", "in", "with", "for", "after", "among", "under"):
                start = k + 1
                while self.word(start) in self.sets["determiner"] or self.word(start) in (
                    "patients",
                    "those",
                    "eyes",
                    "women",
                ):
                    start += 1
                last = self._name_end(start)
                if last > start and (
                    last >= i - 2 or (self.word(last) in self.verbs and not any(self.in_draft[last:i]))
                ):
                    self.add(start, last, "versus")
                    return
        for k in range(min(6, i)):
            if self.word(k) in self.sets["people"] and self.word(k + 1) in (
                "with",
                "on",
                "in",
                "receiving",
                "given",
                "without",
            ):
                start = k + 2
                while self.word(start) in self.sets["determiner"]:
                    start += 1
                if (last := self._name_end(start)) > start:
                    self.add(start, last, "versus")
                    return
        start = 0
        for k in range(i - 1, -1, -1):
            if self.word(k) in (";",) or (self.word(k) == "," and i - k > 3):
                start = k + 1
                break
        while self.word(start) in self.sets["determiner"] or self.word(start) in ("however", ",", "results", "but"):
            start += 1
        last = self._name_end(start, 4)
        if last > start and self.word(last) in self.verbs and vocabulary.outcome(self.printed(start, last)) is None:
            self.add(start, last, "versus")

    def _slots(self) -> None:
        """What stands behind a result: "14 with X", "23% for X", "6.1 after X", "x% of X patients"."""
        for draft in self.drafts:
            if draft.shape in ("time", "interval") and not draft.statistic and not self._is_contrasted(draft):
                continue
            self._slot_before(draft)
            self._label(draft)
            k = draft.last
            while self.word(k) in self.sets["people"] or (
                self.word(k) in (")", "of", "the", "all") and self.word(k + 1) in (self.sets["people"] | {"the", "of"})
            ):
                k += 1
            if self.word(k) not in ("with", "for", "in", "on", "after", "to", "under", "of", "among"):
                continue
            of = self.word(k) == "of"
            k += 1
            while (self.word(k) in self.sets["determiner"] and not self._is_letter_a(k)) or self.word(k) in (
                "those", "patients", "eyes",
            ):  # fmt: skip
                k += 1
            last = self._name_end(k)
            if last > k and (not of or self.word(last) in self.sets["people"] | self.sets["group_head"]):
                self.add(k, last, "slot")

    def _is_contrasted(self, draft: Draft) -> bool:
        """ "(31.2 months for A v 28.4 months for B)": a time beside which a "versus" stands."""
        against = self.sets["versus"]
        before = [self.word(k) for k in (draft.first - 1, draft.first - 2)]
        behind = [self.word(k) for k in range(draft.last, draft.last + 4)]
        return bool(against & {*before, *behind}) and not {",", ";"} & set(behind[:2])

    def _in_brackets(self) -> None:
        """ "15.2% (induction) and 30.4% (no induction)": the labels behind two results or more."""
        labels = []
        for draft in self.drafts:
            if self.word(draft.last) != "(" or (draft.shape in ("time", "interval") and not draft.statistic):
                continue
            close = next(
                (k for k in range(draft.last + 1, min(draft.last + 6, len(self.row))) if self.word(k) == ")"), 0
            )
            inside = range(draft.last + 1, close)
            if inside and all(self.word(k)[:1].isalpha() or self.word(k) in ("-", "+", "/") for k in inside):
                labels.append((draft.last + 1, close))
        if len(labels) > 1 and len({self.printed(*label) for label in labels}) == len(labels):
            self.series += 1
            for first, last in labels:
                self.add(first, last, "slot", self.series)

    def _respectively(self, i: int) -> None:
        """ "for A and B, respectively", "respectively for A and B": the two names, where they hold no result."""
        starts = [i + 2] if self.word(i + 1) in _BEFORE_ARMS else []
        for k in range(i - 1, max(0, i - 16), -1):
            if self.row[k].kind in ("PCT", "P", "FRAC", "EFFECT") or self.word(k) in (";", ")"):
                break
            if self.word(k) in _BEFORE_ARMS:
                starts.append(k + 1)
                break
        head = 1 if self.word(0) in ("results", "result") else 0
        named = False
        for start in starts:
            names, _ = self._names_in_series(start)
            named = self._add_series(names) or named
        if not named and i >= 6:
            names, end = self._names_in_series(head)
            if self.word(end) in self.verbs:
                self._add_series(names)

    def _rates_for(self) -> None:
        """ "The event rates for A and B were 1.3% and 1.1%": two names between a kind of figure and two numbers."""
        figures = _joined(self.sets["rate_noun"], _FIGURES)
        for i, item in enumerate(self.row):
            if item.text not in ("for", "in", "with", "of") or self.word(i - 1) not in figures:
                continue
            names, end = self._names_in_series(i + 1)
            if self.word(end) not in self.sets["copula"] or end + 2 >= len(self.row):
                continue
            numbers = [d for d in self.drafts if end < d.first <= end + 2 * len(names) + 6]
            if len(numbers) >= len(names) > 1 and numbers[0].first == end + 1:
                self._add_series(names)

    def _names_in_series(self, k: int) -> tuple[list[tuple[int, int]], int]:
        """The names of "A and B", "A, B and C" that begin at an item and hold no result; and where they end."""
        names: list[tuple[int, int]] = []
        while k < len(self.row) and len(names) < 5:
            while self.word(k) in self.sets["determiner"]:
                k += 1
            last = self._name_end(k, 5)
            if last <= k or any(self.in_draft[k:last]):
                break
            names.append((k, last))
            k = last
            while self.word(k) in self.sets["group_head"] or self.word(k) in self.sets["people"]:
                k += 1
            if self.word(k) not in ("and", ",", "or", "versus", "vs"):
                break
            while self.word(k) in ("and", ",", "or", "versus", "vs"):
                k += 1
            if self.word(k) in self.sets["respectively"]:
                break
        return names, k

    def _add_series(self, names: Sequence[tuple[int, int]]) -> bool:
        """Two names or more are arms, where none of them is an outcome."""
        if len(names) < 2 or any(vocabulary.outcome(self.printed(*name)) for name in names):
            return False
        self.series += 1
        for name in names:
            self.add(*name, "versus", self.series)
        return True

    def _label(self, draft: Draft) -> None:
        """ "(LT: -35%; BT: -33%)", "comparing GD (72 of 207) and CD (78 of 191)": an unknown short name in capitals
        is an arm.
        """
        k = draft.first - 1
        while self.word(k) in (":", ",", "=", "(", "["):
            k -= 1
        if k == draft.first - 1 or k < 0 or self.row[k].kind != "W":
            return
        if self.word(k + 1) in ("(", "[", ":") and any(
            self.word(m) in self.sets["versus"] for m in range(draft.last, draft.last + 2)
        ):
            return  # "END (65% vs 21%)", "QLQ-C30: 4.8 vs 0.9" is what was measured
        printed = self.printed(k, k + 1)
        if (
            1 < len(printed) <= 12
            and sum(c.isupper() for c in printed) >= 2
            and vocabulary.outcome(printed) is None
            and (
                self.word(k - 1)
                in (
                    "(",
                    ";",
                    ",",
                    "[",
                    "and",
                    "or",
                    "comparing",
                    "with",
                    "for",
                    "in",
                    "between",
                    "vs",
                    "versus",
                    "the",
                    ":",
                    "",
                )
            )
        ):
            self.add(k, k + 1, "slot")

    def _slot_before(self, draft: Draft) -> None:
        """ "more frequent after X (33%)": the noun phrase between a preposition and the bracket that opens with the
        result.
        """
        opening: tuple[str, ...]
        if self.word(draft.first - 1) in ("was", "were"):
            opening = ("for", "with", "after", "on")
        elif self.word(draft.first - 1) in ("(", "["):
            opening = ("in", "after", "with", "for", "on", "than", "to", "among")
        else:
            return
        end = first = draft.first - 1
        if self.word(end - 1) in self.sets["people"]:
            end = first = end - 1
            while (
                first > 0
                and end - first < 4
                and not self._stops(first - 1)
                and self.row[first - 1].kind == "W"
                and (self.word(first - 1) not in self.sets["determiner"])
            ):
                first -= 1
            if end > first:
                self.add(first, end, "slot")
            return
        while first > 0 and end - first < 6 and not self._stops(first - 1) and self.row[first - 1].kind == "W":
            first -= 1
        if end > first and (
            self.word(first - 1) in opening or (self.word(first - 1) == "the" and self.word(first - 2) in opening)
        ):
            self.add(first, end, "slot")

    @staticmethod
    def _is_outcome(label: str) -> bool:
        """ "IOP control", "dysgeusia": a phrase of the vocabulary of outcomes is no arm."""
        if vocabulary.intervention(label) is not None:
            return False
        known = vocabulary.outcome(label.removesuffix(" control"))
        return known is not None and known.term.category in _OUTCOMES

    def _resolved(self) -> list[Mention]:
        self.found = [m for m in self.found if m.source not in ("slot", "versus") or not self._is_outcome(m.text)]
        named = [m for m in self.found if m.source in ("known name", "control name", "inventory")]
        for mention in self.found:
            if (
                mention.source in ("slot", "versus")
                and any(mention.first <= m.first and m.last <= mention.last for m in named)
                and (mention.last - mention.first <= 5)
            ):
                mention.source = "participle"
        self.found.sort(key=lambda m: (-m.strength, -(m.last - m.first), m.first))
        taken = bytearray(len(self.row))
        kept = []
        for mention in self.found:
            if any(taken[mention.first : mention.last]):
                continue
            taken[mention.first : mention.last] = b"\x01" * (mention.last - mention.first)
            kept.append(mention)
        kept.sort(key=lambda m: m.first)
        # a slot alone is no arm: it takes a second name to contrast with, or a look of a name
        keys = {m.key for m in kept}
        spoken = {word for name in self.known for word in name.split()}
        return [
            m
            for m in kept
            if m.source != "slot" or len(keys) > 1 or not m.text.islower() or spoken & set(m.key.split())
        ]
