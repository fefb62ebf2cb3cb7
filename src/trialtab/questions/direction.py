"""Which way an outcome went, as one passage says it: increased, decreased, no difference, or nothing.

A sentence is cut into clauses; the clause that speaks of the outcome is read. A word of no difference or a p-value at
or above the level of significance says "no difference"; else the comparative nearest to the outcome says the way, and
the order of the arms around "than" or "compared with" says of whom. Word lists: way_* in patterns/questions.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from trialtab import values
from trialtab.questions.letters import lettered
from trialtab.questions.sides import COMPARATOR, INTERVENTION, Sides
from trialtab.questions.words import Asked, light, sets, stem

UP, DOWN, SAME = "increased", "decreased", "no difference"
SIGNIFICANT = 0.05
"""The level below which a p-value is read as a difference."""

OTHER = {UP: DOWN, DOWN: UP, SAME: SAME}
_TOKEN = re.compile(r"[^\W_]+(?:['’][a-z]+)?|[<>=≤≥≦≧±;,()%]|\.(?=\s|$)")
_P = re.compile(
    r"\bp(?:[- ]?values?)?\s*(?:\([^()]{0,20}\)\s*)?(?P<sign>[=<>≤≥⩽⩾≦≧]|was|is|of)\s*(?:or\s*=\s*)?"
    r"(?P<value>\d*[.·]\d+|0|1)(?:\s*[-–]\s*\d*[.·]\d+)?",
    re.I,
)
_NS = re.compile(r"\bp\s*[=:]?\s*n\.?s\b|\(ns\)|\bn\.s\.|\bP = NS\b", re.I)


_BUT_NOT_THE = re.compile(r",?\s*(?:but|and) not (?:(?:in|with|for|after|by|the|with) )*[^,.;()]{3,60}", re.I)
_BUT_NOT = re.compile(r"but\s+not\s", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one passage says. strength: 0-1, how plainly; why: the words that said it."""

    direction: str
    strength: float
    why: str


@dataclass(frozen=True, slots=True)
class _Word:
    low: str
    stem: str


@cache
def _cue(name: str) -> frozenset[str]:
    return sets()[f"way_{name}"]


@cache
def _cues() -> frozenset[str]:
    return _cue("up") | _cue("down") | _cue("good") | _cue("bad")


@lru_cache(maxsize=1 << 12)
def p_values(text: str) -> tuple[tuple[str, float, int], ...]:
    """The p-values of a text: sign (= < >), value, where."""
    found = []
    for m in _P.finditer(text):
        value = values.number(m["value"])
        if value is not None and 0 <= value <= 1:
            sign = {"≤": "<", "⩽": "<", "≦": "<", "≥": ">", "⩾": ">", "≧": ">"}.get(m["sign"], m["sign"])
            found.append((sign if sign in "<>" else "=", value, m.start()))
    found.extend(("=", 1.0, m.start()) for m in _NS.finditer(text))
    return tuple(sorted(found, key=lambda p: p[2]))


def significant(sign: str, value: float) -> bool | None:
    """Is a p-value a difference? None where it does not say ("< 0.5")."""
    if sign == "<":
        return True if value <= SIGNIFICANT else None
    if sign == ">":
        return False if value >= SIGNIFICANT or value >= 0.01 else None
    return value < SIGNIFICANT


@lru_cache(maxsize=1 << 12)
def _clauses(text: str) -> tuple[tuple[int, int], ...]:
    """A sentence cut at semicolons and at words that set one half against the other, brackets kept whole."""
    cuts, depth = [0], 0
    for m in _TOKEN.finditer(text):
        token = m.group().lower()
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif depth == 0 and (token == ";" or (token in _cue("clause") and not _BUT_NOT.match(text, m.start()))):
            cuts.append(m.start())
    return tuple((a, b) for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True) if b - a > 8)


def of_sentence(text: str, outcome: Asked, sides: Sides) -> Verdict | None:
    """What a sentence says of an outcome and two arms; None where it says nothing.

    The clause that names the outcome best is read; where it has no word of direction, the whole sentence is.
    """
    parts = _clauses(text)
    if len(parts) > 1:
        scored = [(outcome.coverage(frozenset(w.stem for w in _words(text[a:b]))), -a, a, b) for a, b in parts]
        top = max(score for score, *_ in scored)
        if top > 0:
            chosen = [(a, b) for score, _, a, b in scored if score == top]
            if len(chosen) == 1:
                a, b = chosen[0]
                found = _read(text[a:b], outcome, sides)
                after = [(x, y) for x, y in parts if x >= b][:1]
                if found is not None and after and found.direction != SAME:
                    follow = _read(text[after[0][0] : after[0][1]], outcome, sides)
                    weak = re.search(r"\b(?:not|no|in)\W{0,2}\s?(?:statistical\w*\s)?signific", text[after[0][0] :])
                    if follow is not None and follow.direction == SAME and weak and scored_low(scored, after[0]):
                        return Verdict(SAME, 0.8, "a difference that the next clause calls not significant")
                if found is not None:
                    return found
    return _read(text, outcome, sides)


def scored_low(scored: list[tuple[float, int, int, int]], part: tuple[int, int]) -> bool:
    """Does a clause name nothing of the outcome, so that it speaks of the clause before it?"""
    return any(score == 0 and (a, b) == part for score, _, a, b in scored)


@lru_cache(maxsize=1 << 12)
def _words(text: str) -> tuple[_Word, ...]:
    return tuple([_Word(low, stem(low)) for low in _TOKEN.findall(lettered(text).lower())])


def _read(text: str, outcome: Asked, sides: Sides) -> Verdict | None:
    text = _BUT_NOT_THE.sub(" ", text) if " not " in text.lower() else text
    words = _words(text)
    every = outcome.every - light() or outcome.every
    spots = [i for i, w in enumerate(words) if w.stem in every]
    same = _says_same(words)
    cue = _nearest_cue(words, spots, outcome)
    ps = p_values(text)
    judged = [s for sign, value, _ in ps if (s := significant(sign, value)) is not None]
    if same is not None and not (cue is not None and judged and all(judged)):
        return Verdict(SAME, 0.9, same)
    if judged and not any(judged):
        return Verdict(SAME, 0.85, "p-value not significant")
    plain = bool(judged and all(judged)) or any(w.low.startswith("signific") for w in words)
    if cue is None:
        by_numbers = _by_numbers(text, words, sides) if plain else None
        return Verdict(by_numbers, 0.7, "two numbers and a significant difference") if by_numbers else None
    at, way = cue
    way = _turned(words, at, way, sides)
    if any(w.low == "not" and 0 < at - i <= 3 for i, w in enumerate(words)):
        return Verdict(SAME, 0.7, f"not {words[at].low}")
    return Verdict(way, 0.9 if plain else 0.6, words[at].low)


def _says_same(words: Sequence[_Word]) -> str | None:
    """The words by which a clause says that there is no difference."""
    same, no, differ = _cue("same"), _cue("no"), _cue("differ")
    for i, word in enumerate(words):
        if word.low in same and not any(w.low in ("not", "no") for w in words[max(0, i - 2) : i]):
            return word.low
        if word.low in no:
            for later in words[i + 1 : i + 8]:
                if later.low in (";", "."):
                    break
                if later.low in ("only", "than"):
                    break
                if later.low in differ:
                    return f"{word.low} {later.low}"
    return None


def _nearest_cue(words: Sequence[_Word], spots: list[int], outcome: Asked) -> tuple[int, str] | None:
    """The comparative that belongs to the outcome: the nearest to one of its words, and the way it says."""
    harm = bool({w.lower() for w in re.findall(r"[\w]+", outcome.phrase)} & _cue("harm"))
    asked = {w.lower() for w in re.findall(r"\w+", outcome.phrase)}
    best: tuple[float, int, str] | None = None
    cues = _cues()
    for i in range(len(words)):
        way = _way(words, i, harm, asked) if words[i].low in cues else None
        if way is None:
            continue
        distance = min((abs(i - s) for s in spots), default=50)
        if any(w.low.startswith("signific") for w in words[max(0, i - 2) : i]):
            distance -= 4
        if any(w.low in ("than", "compared") for w in words[i + 1 : i + 8]):
            distance -= 2
        if best is None or distance < best[0]:
            best = (distance, i, way)
    return (best[1], best[2]) if best else None


def _way(words: Sequence[_Word], i: int, harm: bool, asked: set[str]) -> str | None:
    low = words[i].low
    after = words[i + 1 : i + 4]
    if low == "more" and after and (after[0].low == "so" or (after[0].low == "than" and _no_arm(after[1:]))):
        return None  # "more so at 100 mg", "more than halved", "more than 50%": a degree, not a way
    if low in asked and low not in ("higher", "lower", "greater", "more", "less", "better"):
        return None  # part of the outcome's own name
    if low in ("higher", "greater", "larger", "more", "smaller", "less", "lower", "bigger"):
        noun = next((w.low for w in after if w.low in _cue("change_down") | _cue("change_up") | {"improvement"}), None)
        more = low in _cue("up")
        if noun is not None:
            if noun in asked or stem(noun) in {stem(w) for w in asked}:
                return UP if more else DOWN
            if noun in ("improvement", "improvements"):
                return (DOWN if more else UP) if harm else (UP if more else DOWN)
            falls = noun in _cue("change_down")
            return (DOWN if falls else UP) if more else (UP if falls else DOWN)
        return UP if more else DOWN
    change_asked = bool(asked & (_cue("change_down") | {"improvement", "improvements", "change"}))
    if low in _cue("up"):
        return UP
    if low in _cue("down"):
        return UP if asked & _cue("change_down") and low.startswith(("reduc", "decreas", "declin")) else DOWN
    if low in _cue("good"):
        return UP if change_asked or not harm else DOWN
    if low in _cue("bad"):
        return DOWN if change_asked or not harm else UP
    return None


def _no_arm(after: Sequence[_Word]) -> bool:
    """Does "more than" go on with a verb or a number, and not with what it is more than?"""
    return bool(after) and (after[0].low in _cues() or after[0].low[0].isdigit() or after[0].low in ("doubled", "half"))


def _turned(words: Sequence[_Word], at: int, way: str, sides: Sides) -> str:
    """The way seen from the intervention: turned round where the sentence speaks of the comparator against it."""
    places = sides.places([w.stem for w in words])
    marks = [i for i, w in enumerate(words) if w.low in _cue("than")]
    mark = next((i for i in marks if i > at), marks[0] if marks else None)
    if mark is not None:
        near, side = min((min((i for i in places[s] if i > mark), default=len(words)), s) for s in (0, 1))
        if near < len(words):
            return OTHER[way] if side == INTERVENTION else way
        # "Compared with A, B …" is read above; "B … than those who did not": what is named is not the reference
    named = [s for s in (INTERVENTION, COMPARATOR) if places[s]]
    if len(named) == 1:
        return way if named[0] == INTERVENTION else OTHER[way]
    if len(named) == 2:
        between = next((i for i, w in enumerate(words) if w.low == "between"), None)
        if between is not None and all(any(i > between for i in places[s]) for s in named):
            return way
        before = [max((i for i in places[s] if i < at), default=-1) for s in (0, 1)]
        after = [min((i for i in places[s] if i > at), default=len(words)) for s in (0, 1)]
        active = not any(w.low in _BE for w in words[max(0, at - 3) : at])
        if active and max(before) >= 0:
            return way if before[INTERVENTION] > before[COMPARATOR] else OTHER[way]
        if min(after) < len(words):
            return way if after[INTERVENTION] < after[COMPARATOR] else OTHER[way]
        return way if before[INTERVENTION] > before[COMPARATOR] else OTHER[way]
    return way


def _by_numbers(text: str, words: Sequence[_Word], sides: Sides) -> str | None:
    """The way that two printed numbers say: "12.8 against 18.7", "in A was 20 and in B 28"; the arms in their order."""
    numbers = _main_numbers(text)
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        return None
    places = sides.places([w.stem for w in words])
    if not places[INTERVENTION] and not places[COMPARATOR]:
        return None
    first = [min(p, default=len(words)) for p in places]
    rising = UP if numbers[0] > numbers[1] else DOWN
    return rising if first[INTERVENTION] < first[COMPARATOR] else OTHER[rising]


_ASIDE = re.compile(
    "|".join((
        r"\[[^\]]{0,200}\]",
        r"(?:±|\+/-)\s*[\d.]+",
        r"\b(?:95|90|99)\s?%\s*(?:CI|confidence)[^;)]{0,80}",
        r"\b(?:figure|fig|table|day|week|month|year|grade|phase|group|time|stage)s?\.?\s*[\d.]+",
        r"(?<![\d.])[\d.]+[- ](?:day|week|month|year|hour|minute|h|min|mg|ml)s?\b",
        r"\b[A-Za-z]\w*\d\w*",
        r"\bn\s*=\s*\d+",
        r"(?<!\w)[FtχzZ]\w{0,4}\s*(?:\([\d, ]{1,20}\))?\s*=\s*[-−]?[\d.]+",
    )),
    re.I,
)  # fmt: skip
"""Numbers of a clause that report no result: spreads, intervals, times, doses, names, test figures."""

_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:[.·]\d+)?(?![\w.]*\d)")
_FRACTION = re.compile(r"\b(\d+)\s*/\s*(\d+)\b")


def _main_numbers(text: str) -> list[float]:
    """The numbers of a clause that report a result, as far as one sees: no p-values, spreads, times or test figures."""
    plain = _P.sub(" ", text)
    plain = _FRACTION.sub(lambda m: f" {100 * int(m[1]) / int(m[2]):.2f}% " if int(m[2]) else " ", plain)
    plain = _ASIDE.sub(" ", plain)
    percents = re.findall(r"(\d+(?:[.·]\d+)?)\s?%", plain)
    shown = percents if len(percents) == 2 else _NUMBER.findall(re.sub(r"\([^()]*\)", " ", plain))
    if len(shown) != 2:
        shown = _NUMBER.findall(plain)
    return [value for n in shown if (value := values.number(n)) is not None]


_BE = frozenset(("was", "were", "is", "are", "be", "been", "being"))


__all__ = ["DOWN", "OTHER", "SAME", "SIGNIFICANT", "UP", "Verdict", "of_sentence", "p_values", "significant"]
