"""Words in the form in which a question and a document are compared: stems, their weights, abbreviations, opposites.

Everything here is about strings. A stem is a lower-case word in American spelling without its ending; a weight says how
well a stem tells the passages of one document apart.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from trialtab import values, vocabulary
from trialtab.prefilter import Prefiltered
from trialtab.questions.letters import MARK, lettered
from trialtab.resources import folder

Stems = tuple[str, ...]

_WORD = re.compile(r"\d+(?:[.·]\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?")
_PLAIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?", re.ASCII)
"""The same for a text of ASCII in small letters: a third of the time."""
_ENDINGS = (
    "ational", "ations", "ation", "ically", "ities", "ments", "ment", "ings", "ing", "ities", "ity", "ness", "ions",
    "ion", "ives", "ive", "ical", "ally", "als", "al", "ably", "able", "ous", "ers", "er", "ed", "es", "ly", "ic",
    "e", "s", "y",
)  # fmt: skip
_BY_LAST = {last: tuple(e for e in _ENDINGS if e[-1] == last) for last in sorted({e[-1] for e in _ENDINGS})}
LEAST_STEM = 4
"""Letters that a stem keeps: shorter words are told apart by their endings."""

LIGHT = 0.35
"""Weight of a word of any outcome (rate, score, level) against one that names it."""

UNKNOWN = 0.5
"""Weight of a word that the document never uses: it cannot tell passages apart, but its absence counts."""


@cache
def sets() -> Mapping[str, frozenset[str]]:
    """The word lists of patterns/questions.toml, by name. Raises OSError where the file is missing."""
    with (folder("patterns") / "questions.toml").open("rb") as file:
        return {name: frozenset(words) for name, words in tomllib.load(file)["sets"].items()}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """ "Improvements" -> "improv", "haemorrhages" -> "hemorrhag", "SF36" -> "sf36"."""
    if word.startswith(MARK):
        return word
    low = vocabulary.normal(word)
    if not low.isalpha():
        return low
    if low.endswith("ful") and len(low) > LEAST_STEM + 2:
        low = low[:-3]
    for _ in range(2):  # "improvement" loses "ment", then the "e" that "improved" has lost
        for ending in _BY_LAST.get(low[-1], ()):
            if low.endswith(ending) and len(low) - len(ending) >= LEAST_STEM:
                low = low[: len(low) - len(ending)]
                break
    return low


@cache
def _empty() -> frozenset[str]:
    return sets()["ask_empty"]


@cache
def light() -> frozenset[str]:
    """Stems that any outcome may carry."""
    return frozenset(map(stem, sets()["ask_light"]))


_HARM_HINTS = ("dverse", "DVERSE", "side", "Side", "AE", "ntoward", "ndesir", "nwanted")
_HARM = re.compile(
    r"\b(?:(?:adverse|side|untoward|undesir(?:ed|able)|unwanted)[\s-](?:drug\s)?(?:effects?|events?|reactions?|"
    r"experiences?)(?!\s+size)|(?-i:AEs?))\b",
    re.I,
)
"""Adverse events under all their names."""


def harms_alike(text: str) -> str:
    """Adverse events, adverse effects, adverse reactions, side effects and AEs under one name."""
    for hint in _HARM_HINTS:
        if hint in text:
            return _HARM.sub("adverse event", text)
    return text


_LETTER_A = re.compile(r"(?<=[^\W\d_] )A(?=\W*\Z|\s?[()\[:;,/])|\A\W*A\W*\Z")
"""The letter A as a name, not the article: "site A", "vitamin A, mg"."""


@lru_cache(maxsize=1 << 14)
def stems(text: str) -> Stems:
    """The stems of a text in order, without words that say nothing: "the rate of falls" -> ("rate", "fall")."""
    empty, said = _empty(), lettered(harms_alike(text))
    low = (_LETTER_A.sub("lettera", said) if "A" in said else said).lower()
    return tuple([stem(w) for w in (_PLAIN_WORD if low.isascii() else _WORD).findall(low) if w not in empty])


REST = "xrest"
"""The stem by which a label is marked that names what is left, or those without: "Other", "None", "Missing"."""

_REST = re.compile(
    r"\W*(?:(?:all\s+|any\s+)?others?\b|none\b|no\W*\Z|no\s+(?!of\b|\()|without\b|absen(?:t|ce)\b|unknown\b|missing\b|"
    r"not (?:known|stated|reported|available|applicable)\b)",
    re.I,
)


def names_rest(text: str) -> bool:
    """Does a label name what is left, or those without, and not the thing itself? "Other", "No", "Unknown"."""
    return _REST.match(text) is not None


@lru_cache(maxsize=1 << 14)
def canonical(phrase: str) -> str | None:
    """The canonical outcome that a phrase names and nothing else: "died", "deaths" and "mortality" are one."""
    found = vocabulary.outcome(phrase) if phrase and len(phrase) < 80 else None
    return found.term.id if found is not None and found.method == "exact" else None


_OF_SET = Prefiltered(
    r"[(,]?\s*\b(?:in |by |for |of )?(?:the )?(?:(?P<itt>m?ITT|(?:modified )?intent(?:ion)?[- ]to[- ]treat)|"
    r"(?P<pp>PP|per[- ]protocol))(?:[- ](?:analys[ei]s|populations?|sets?|patients|cohort))?\b\)?",
    re.I,
    least=2,
)


def analysis_sets(text: str) -> frozenset[str]:
    """The analysis sets that a text names, of "itt" and "pp": whom a result counts."""
    return frozenset(str(m.lastgroup) for m in _OF_SET.finditer(text))


def sets_in_order(text: str) -> list[str]:
    """The analysis sets that a text names, "itt" and "pp", in its order; "intention to treat (ITT)" is one."""
    named = [str(m.lastgroup) for m in _OF_SET.finditer(text)]
    return [name for at, name in enumerate(named) if not at or name != named[at - 1]]


# ---- abbreviations ---------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"\(([A-Za-z][A-Za-z0-9/+.-]{1,9}?)s?\)")
_LEGEND = re.compile(
    r"([A-Z](?:(?<=\n.)|(?<=[;,.:]\s.)|(?<=\s\s.)|(?<![\s\S].))[A-Za-z0-9-]{1,9})\s?[=,:–-]\s?"
    r"([a-z][a-z -]{4,70}?)(?=[;,.:\n]|$)",
    re.M,
)
_LONG_WORDS = 10


def abbreviations(text: str) -> dict[str, Stems]:
    """Short form -> stems of its long form, where the text spells it out: "blood urea nitrogen (BUN)", "BUN, blood …".

    Short forms in lower case, as stem() gives them. The first long form of a short one counts.
    """
    found: dict[str, Stems] = {}
    for m in _BRACKET.finditer(text):
        short = m.group(1)
        if not any(c.isupper() for c in short):
            continue
        before = _WORD.findall(text[max(0, m.start() - 120) : m.start()])[-_LONG_WORDS:]
        if long := _spelled(short, before):
            found.setdefault(stem(short.lower()), stems(" ".join(long)))
    for m in _LEGEND.finditer(text):
        if long := _spelled(m.group(1), _WORD.findall(m.group(2))):
            found.setdefault(stem(m.group(1).lower()), stems(" ".join(long)))
    return {short: long for short, long in found.items() if long and short not in long}


_ENTRY = re.compile(
    r"\W*(?:(?i:abbreviations?|notes?)\W+)?(?P<short>[A-Za-z0-9][\w/+&.-]{1,11})"
    r"(?: and (?P<other>[A-Z][\w/+&.-]{1,11}))?"
    r"\s?(?:[,=:–]|\s-)\s?(?P<long>[A-Za-z(][\w ,’'/()-]{4,90})\W*\Z"
)


def legend(texts: Iterable[str]) -> dict[str, Stems]:
    """Short form -> stems of what a table's legend says it is: "COD, modified agility test; CMJ, …", initials or not.

    A short form of several parts ("1RM_KE") stands under its parts with blanks between them.
    """
    found: dict[str, Stems] = {}
    for text in texts:
        for entry in re.split(r";|\.\s|\n", text[:2000]):
            m = _ENTRY.match(entry)
            for short in filter(None, (m["short"], m["other"])) if m else ():
                long = stems(m["long"]) if m else ()
                if sum(c.isupper() for c in short) and long and len(long) <= _LONG_WORDS:
                    found.setdefault(" ".join(stem(w) for w in _WORD.findall(short.lower())), long)
    return {short: long for short, long in found.items() if short and short not in long}


def _spelled(short: str, words: list[str]) -> list[str]:
    """The last words whose letters give the short form, each of its letters in order and the first as an initial."""
    letters = [c for c in short.lower() if c.isalnum()]
    if len(letters) < 2:
        return []
    least = max(1, len(letters) // 3)
    for first in range(len(words) - least, -1, -1):
        part = words[first:]
        if part[0][0].lower() == letters[0] and len(part) <= len(letters) + 3 and _reads(letters, part):
            return part
    return []


def _reads(letters: list[str], words: list[str]) -> bool:
    joined, at, initials = "".join(w.lower() for w in words), 0, {w[0].lower() for w in words}
    for letter in letters:
        at = joined.find(letter, at) + 1
        if at == 0:
            return False
    return sum(letter in initials for letter in letters) * 2 >= len(letters)


# ---- weights ---------------------------------------------------------------------------------------------------


LONG = 7
"""Letters of a stem in which one slip leaves no doubt of the word."""


class Weights:
    """How well each stem tells the passages of one document apart: log(1 + passages / passages with it)."""

    def __init__(self, passages: Iterable[frozenset[str]]) -> None:
        self._counts: Counter[str] = Counter()
        self._n = 0
        for found in passages:
            self._counts.update(found)
            self._n += 1

    def known(self, word: str) -> bool:
        """Does the document use the stem at all?"""
        return word in self._counts

    def meant(self, word: str) -> str:
        """The one stem of the document that a stem which it never uses misspells: "techinqu" -> "techniqu".

        Letters left out, doubled, taken for another or exchanged: no more than one such slip, in a long word.
        """
        if len(word) < LONG or self.known(word) or not word.isalpha():
            return word
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = [  # the second letter may tell two words apart: abductor, adductor
            k for k in self._counts if k[:2] == word[:2] and abs(len(k) - len(word)) <= 1 and k.isalpha()
        ]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=1, limit=2)
        return str(found[0][0]) if len(found) == 1 else word

    def __call__(self, word: str) -> float:
        count = self._counts.get(word, 0)
        weight = math.log(1 + self._n / count) if count else UNKNOWN * math.log(2 + self._n)
        return weight * LIGHT if word in light() else weight


_HYPHEN = re.compile(r"[^\W\d_]{2,}[-‐‑][^\W\d_]{3,}")


def _as_known(word: str, weights: Weights) -> str:
    """ "sero-conversion" as the document writes it: in one word where it does so."""
    joined = word.replace("-", "").replace("‐", "").replace("‑", "")
    return joined if weights.known(stem(joined.lower())) else word


_UNIT = r"(?:h|hrs?|hours?|min(?:ute)?s?|days?|d|wks?|weeks?|months?|mo|years?|yrs?)\b"
_NUMBER = rf"(?:\d+(?:\.\d+)?|{values.NUMBER_WORDS})"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:-|–|to|and|,|,? and)\s*{_NUMBER}){{0,5}}"
_TIME = re.compile(
    r"[,(]?\s*\b(?:at|after|by|on|over|during|within|until|between|for|post)\s+(?:the\s+)?"
    rf"(?:end of\s+|first\s+|last\s+)*(?:(?:time|time ?point|day|week|month|year|visit|cycle|T)s?\s*{_NUMBERS}\b"
    rf"|{_NUMBERS}[\s-]*{_UNIT}(?:[\s-]+(?:follow[- ]?up|visit|time\s?points?|gestation)\b)?"
    r"|follow[- ]?up\b)\)?",
    re.I,
)
"""When an outcome is asked for: "at 12 weeks", "(at time 10)", "between 26 and 35 wk", "at follow-up"."""


def timed(phrase: str) -> tuple[str, str]:
    """An outcome and its time: "pain at 12 weeks" -> ("pain", "at 12 weeks"); the time is "" where none is said."""
    found = _TIME.search(phrase)
    if found is None:
        return phrase, ""
    rest = f"{phrase[: found.start()]} {phrase[found.end() :]}".strip(" ,.;")
    return (rest, found.group().strip(" ,()")) if stems(rest) else (phrase, "")


class Asked:
    """A phrase of a question, ready to be looked for: each stem with its weight and with what may stand for it."""

    def __init__(self, phrase: str, weights: Weights, short: Mapping[str, Stems]) -> None:
        self.phrase = phrase
        self.sets = analysis_sets(phrase)
        self.canonical = canonical(phrase)
        if self.sets and stems(rest := _OF_SET.regex.sub(" ", phrase)):
            phrase = rest  # whom an analysis counts is no word of an outcome
        written = _HYPHEN.sub(lambda m: _as_known(m.group(), weights), phrase)
        self.stems = tuple(dict.fromkeys(map(weights.meant, stems(written))))
        spelled = {word for s in self.stems for word in short.get(s, ())}
        # "blood urea nitrogen (BUN)" says one thing twice: the short form is left out where its words stand beside it
        kept = [s for s in self.stems if not (s in short and set(short[s]) <= set(self.stems))]
        self.parts: tuple[tuple[str, float, Stems], ...] = tuple((s, weights(s), short.get(s, ())) for s in kept)
        self.total = sum(weight for _, weight, _ in self.parts) or 1.0
        self.every = frozenset(self.stems) | spelled
        self._opposites = opposites(self.every)
        self._rest = names_rest(phrase) or phrase.lower().startswith(("no ", "none ", "not ", "without "))

    def excludes(self, words: frozenset[str]) -> bool:
        """Does a label say the opposite of what is asked: "left" where the right side is asked for?"""
        if REST in words and not self._rest:
            return True
        return any(words & against and not words & wanted for wanted, against in self._opposites)

    def coverage(self, words: frozenset[str]) -> float:
        """The share (0-1) of the phrase's weight that stands among these stems, abbreviations read both ways."""
        found = 0.0
        for word, weight, long in self.parts:
            if word in words:
                found += weight
            elif long:
                found += weight * sum(w in words for w in long) / len(long)
        return found / self.total


def expand(
    words: frozenset[str], short: Mapping[str, Stems], compounds: Sequence[tuple[frozenset[str], Stems]] = ()
) -> frozenset[str]:
    """Stems with the long forms of the abbreviations among them; compounds: the parts of a short form, its long one."""
    known = words & short.keys()
    said = words.union(*(short[word] for word in sorted(known))) if known else words
    for parts, long in compounds:
        if parts <= words:
            said = said.union(long)
    return said


# ---- opposites -------------------------------------------------------------------------------------------------

OPPOSED: tuple[tuple[frozenset[str], ...], ...] = tuple(
    tuple(frozenset(map(stem, side.split())) for side in pair)
    for pair in (
        ("onset", "duration"),
        ("left", "right"),
        ("systolic", "diastolic"),
        ("upper", "lower"),
        ("male males men boys", "female females women girls"),
        ("motor", "sensory"),
        ("anterior", "posterior"),
        ("medial", "lateral"),
        ("proximal", "distal"),
        ("flexion", "extension"),
        ("mother maternal", "neonatal newborn infant fetal"),
        ("hdl", "ldl", "vldl"),
        ("preoperative", "postoperative", "intraoperative"),
        ("minor", "major"),
        ("mild", "moderate", "severe"),
        ("physical", "mental"),
        ("morning", "evening"),
        ("inpatient", "outpatient"),
        ("live", "dead"),
        ("early", "late"),
        ("fasting", "postprandial"),
        ("objective", "subjective"),
        ("quantitative", "qualitative"),
        ("ipsilateral", "contralateral"),
        ("internal", "external"),
        ("positive", "negative"),
        ("maximum maximal", "minimum minimal"),
        ("peak", "trough"),
        ("inspiratory", "expiratory"),
        ("active", "passive"),
        ("arterial", "venous"),
        ("central", "peripheral"),
        ("resting rest", "movement moving"),
        ("static", "dynamic"),
        ("day", "night"),
        ("weekday", "weekend"),
        ("knee", "hip", "ankle", "shoulder", "elbow", "wrist"),
    )
)
"""Words that exclude each other: where a question has one side, a label with only another side is another thing."""

OVERALL, FREE = frozenset({stem("overall")}), frozenset({stem("free")})
"""Overall survival is no progression-free survival; "overall" in a label may as well say that everyone is counted."""


def opposites(asked: frozenset[str]) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """For each pair of opposites of which a question has one side: that side, and what it excludes."""
    found = []
    for sides in OPPOSED:
        wanted = [side for side in sides if side & asked]
        if len(wanted) == 1:
            found.append((wanted[0], frozenset().union(*(side for side in sides if side is not wanted[0]))))
    if OVERALL & asked and not FREE & asked:
        found.append((OVERALL, FREE))
    return tuple(found)


__all__ = [
    "OPPOSED",
    "REST",
    "Asked",
    "Stems",
    "Weights",
    "abbreviations",
    "analysis_sets",
    "canonical",
    "expand",
    "legend",
    "light",
    "names_rest",
    "opposites",
    "sets",
    "sets_in_order",
    "stem",
    "stems",
    "timed",
]
