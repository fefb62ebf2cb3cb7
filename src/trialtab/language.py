"""The one spaCy pipeline: text -> sentences -> typed tokens.

`nlp` is a blank English pipeline whose tokenizer is one regular expression, made for how results are printed:
"n=240", "p<0.001", "0.88–1.19", "19.8+/-9.5" and "12-month" are taken apart, "COVID-19", "5-FU", "1,204", "12·4",
"Three-hundred fifty-one" and "> or =" stay whole. A token's TAG says what it is: FIG (a number in figures), WORDNUM (a
number in words), PCT, PM (±), CMP (= < > ≤ ≥), OPEN, CLOSE, DASH, SLASH, else X. Offsets are kept beside the Doc,
because a token may hold a blank.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from trialtab import values

TAGS = ("FIG", "WORDNUM", "PCT", "PM", "CMP", "OPEN", "CLOSE", "DASH", "SLASH", "X")
NUMERIC = frozenset(("FIG", "WORDNUM"))

UNIT_LETTERS = (
    "mg|kg|g|µg|μg|mcg|ug|ng|pg|ml|mL|dl|dL|l|L|cm|mm|mm2|mm3|m2|nm|mmHg|mmol|μmol|mol|IU|U|Gy|cGy|Hz|kHz|"
    "mo|mos|months?|yr|yrs|y|years?|wk|wks|w|weeks?|d|days?|h|hr|hrs|hours?|min|mins|minutes?|s|sec|secs|p|pts?|fold|bpm|kcal|ms|"
    "degrees?|point|points"
)
SPLIT_SUFFIXES = "treated|group|groups|arm|arms|allocated|assigned|randomi[sz]ed|receiving|only|failing|exposed|vs"

_REST_OF_WORD = rf"\w*(?:[-'’‐‑](?!(?:{SPLIT_SUFFIXES})\b)(?=\w)\w*)*(?:(?<=\d)\*)?"
# Four of five tokens are plain words and commas, so they are tried first: a word that no number word, "per cent" or web
# address can begin, told by its first letter or its first three. The blanks before a token belong to the match, not
# to the token; a text without blanks at its end gives no failing match, and so a linear search.
_TOKEN = re.compile(
    rf"""
  \s*(?:
    (?P<DOTTED>(?=.\.)(?:i\.q\.r|s\.e\.m|s\.[de]|c\.i)\.)
  | (?P<PLAIN>(?:(?-i:[abcdgijklmqruvxyABCDGIJKLMQRUVXY])
      | (?!one|two|twe|thr|thi|fou|for|fiv|fif|six|sev|eig|ele|nin|ten|zer|per|htt|www)[^\W\d_]){_REST_OF_WORD}
      | [,;:])
  | (?P<OPEN>[(\[{{])
  | (?P<CLOSE>[)\]}}])
  | (?P<WEB>(?:https?://|www\.)[^\s)\]]+)
  | (?P<PM>\+\s?/\s?[-−–]|[-−–]\s?/\s?\+|±|\+-(?=\d))
  | (?P<CMP>[<>]\s?or\s?(?:equal\sto|=)|[<>]=|=[<>]|[<>=≤≥⩽⩾≦≧≈])
  | (?P<PCT>%|per\s?cent\b(?!age)|percent\b)
  | (?P<POWER>\d+\^[-−]?\d+)
  | (?P<WORDNUM>(?<![\w-])(?:{values.NUMBER_WORDS})(?![\w])(?!-(?!(?:{UNIT_LETTERS})\b)[a-z]))
  | (?P<SIGNED>(?<![^\s(\[=,;:<>~/'"“])[-−–+]\s?(?:\d+(?:,\d{{3}})*(?:[.·∙•⋅]\d+)?|[.·]\d+)(?![\w,.·-]*[A-Za-z]))
  | (?P<FIG>
        \d{{1,3}}(?:[,\u2009\u202f\u00a0]\d{{3}})+(?!\d)(?:[.·]\d+)?(?![A-Za-z])
      | \d+(?:[.·∙•⋅]\d+)?(?=(?:{UNIT_LETTERS})(?![\w-]))
      | \d+(?:[.·∙•⋅]\d+)?(?=-(?:{UNIT_LETTERS}|not|NR|NE|NA)(?![\w]))
      | \d+(?:[.·∙•⋅]\d+)?(?![\w]|-[A-Za-z]|[.·]\d)
      | [.·]\d+(?![A-Za-z])
    )
  | (?P<X>[\d]+(?:[.,]\d+)*-?[^\W\d_][\w*]*(?:[-'’‐‑](?!(?:{SPLIT_SUFFIXES})\b)\w+)*
      | [^\W_]{_REST_OF_WORD})
  | (?P<DASH>[-−–—‐‑])
  | (?P<SLASH>/)
  | (?P<OTHER>\S)
  )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_KINDS = tuple(
    name if name in TAGS or name == "SIGNED" else "X"
    for name in ("", *sorted(_TOKEN.groupindex, key=lambda name: _TOKEN.groupindex[name]))
)
"""The tag of each group of the tokenizer, by its number."""

_ABBREVIATIONS = frozenset((
    "vs", "v", "al", "e.g", "i.e", "fig", "figs", "dr", "prof", "mr", "mrs", "ms", "st", "no", "nos", "approx",
    "ca", "cf", "resp", "incl", "excl", "vol", "pp", "ref", "refs", "eq", "eqs", "est", "dept", "inc", "ltd", "co",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "min", "max", "wk", "wks",
    "mo", "mos", "yr", "yrs", "hr", "hrs", "sec", "pts", "pt", "p", "n", "s.c", "i.v", "sc", "iv", "ph", "u.s",
    "u.k", "i.q.r", "s.d", "s.e.m", "c.i", "gr",
))  # fmt: skip
_BOUNDARY = re.compile(r"[.?!](?:[\"'”’)\]*_]|\s?\[\d[\d,–\- ]*\])*(?=\s)|\n\s*\n")
_NO_WORD = re.compile(r"[^\w.\-]")
_NEXT = re.compile(r"\s*(\S)(\S*)")
_FIGURE, _ASCII_FIGURE = re.compile(r"[\d%]"), re.compile("[0-9%]")
_RUN_OF_LETTERS = re.compile(r"\w+")
_NUMBER_NAMES = frozenset((
    "no", "none", "neither", "never", "nobody", "without", "all", "both", "every", "each", "half", "once", "twice",
    "single", "hundred", *values.UNITS, *values.TENS,
))  # fmt: skip
_NOT_REACHED = re.compile(
    r"\bnot (?:yet |been )*(?:reached|estimable|attained|observed|seen|occur|develop|noted|reported|recorded|detected|"
    r"encountered|documented|a single)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as typed tokens. All positions are token indexes; starts and ends are offsets in the document
    text.
    """

    words: tuple[str, ...]
    lower: tuple[str, ...]
    tags: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    start: int
    end: int

    def __len__(self) -> int:
        return len(self.words)

    def text(self, document_text: str, first: int, last: int) -> str:
        """The printed text of tokens first..last-1."""
        return document_text[self.starts[first] : self.ends[last - 1]] if last > first else ""

    def at(self, offset: int) -> int:
        """Index of the first token that ends after a character offset."""
        return bisect_right(self.ends, offset)

    def before(self, offset: int) -> int:
        """Index of the first token that starts at or after a character offset."""
        return bisect_left(self.starts, offset)


class Tokenizer:
    """`tokens` as the tokenizer of a spaCy pipeline: text -> Doc with the same words and, as TAG, their types.

    A Doc knows one blank between two words or none: `doc.text` equals the text where it has single blanks only.
    Offsets in a document are those of `tokens`.
    """

    def __init__(self, vocab: Any) -> None:
        from spacy.tokens import Doc

        self.vocab, self._doc = vocab, Doc

    def __call__(self, text: str) -> Any:
        found = tokens(text)
        spaces = [after[1] > before[2] for before, after in pairwise(found)]
        if found:
            spaces.append(len(text) > found[-1][2])
        return self._doc(self.vocab, words=[t[0] for t in found], spaces=spaces, tags=[t[3] for t in found])


@cache
def nlp() -> Any:
    """The pipeline, built once a process: `nlp()(text)` is a Doc of the words that `tokens(text)` gives (see
    `Tokenizer`).

    spaCy is imported here and nowhere at import time: it takes 0.7 s of each process, more than reading four articles.
    """
    import spacy
    from spacy.attrs import LIKE_NUM

    pipeline = spacy.blank("en")
    pipeline.tokenizer = Tokenizer(pipeline.vocab)
    pipeline.vocab.lex_attr_getters[LIKE_NUM] = lambda text: values.number(text) is not None
    return pipeline


def tokens(text: str) -> list[tuple[str, int, int, str]]:
    """(word, start, end, tag) of each token; a sign before a figure belongs to it unless a number stands before the
    sign, and that is no level of an interval ("CI 95% -1.2 to 0.3").
    """
    found: list[tuple[str, int, int, str]] = []
    for m in _TOKEN.finditer(text.rstrip()):
        group = m.lastindex or 0
        start, end = m.span(group)
        kind = _KINDS[group]
        if kind == "SIGNED":
            spaced = text[start + 1].isspace()
            between = found and found[-1][3] in ("FIG", "WORDNUM", "PCT") and (text[start] != "+" or spaced)
            if between and (spaced or not _ends_with_level(found)):
                found.append((text[start], start, start + 1, "DASH"))
                start += 1
                while text[start].isspace():
                    start += 1
            kind = "FIG"
        found.append((text[start:end], start, end, kind))
    return found


def _ends_with_level(found: Sequence[tuple[str, int, int, str]]) -> bool:
    """Do tokens end with an interval and its level: "CI 95%", "confidence interval 95%"?"""
    return [tag for *_, tag in found[-2:]] == ["FIG", "PCT"] and found[-3:][0][0].lower() in ("ci", "interval")


def sentence(text: str, start: int, end: int) -> Sentence:
    """text[start:end] as one sentence of typed tokens."""
    found = tokens(text[start:end])
    words, starts, ends, tags = zip(*found, strict=True) if found else ((), (), (), ())
    return Sentence(
        words=words,
        lower=tuple(map(str.lower, words)),
        tags=tags,
        starts=tuple([start + at for at in starts]),
        ends=tuple([start + at for at in ends]),
        start=start,
        end=end,
    )


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of the sentences of text[start:end], blanks at their ends left out.

    A full stop ends no sentence after a known abbreviation, after a single capital letter, between digits, or
    before a small letter.
    """
    found: list[tuple[int, int]] = []
    at = start
    for m in _BOUNDARY.finditer(text, start, end):
        if m.group()[0] == "." and not _ends_sentence(text, at, m.start(), m.end(), end):
            continue
        _add(found, text, at, m.end())
        at = m.end()
    _add(found, text, at, end)
    return found


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        found.append((start, end))


def _ends_sentence(text: str, start: int, stop: int, after: int, end: int) -> bool:
    before = text[max(start, stop - 24) : stop].removesuffix("\n")
    before = _NO_WORD.split(before[before.rfind(" ") + 1 :])[-1].lower()
    following = _NEXT.match(text, after, min(end, after + 40))
    if following is None:
        return True
    first = following.group(1)
    if first.islower() and not (following.group(2)[:1].isupper() or (before[-1:].isdigit() and len(before) > 3)):
        return False
    if before in _ABBREVIATIONS or (before.rsplit(".", 1)[-1] in ("e", "g", "i") and "." in before):
        # "p." for patients and "no." may end a sentence: only a figure or a small letter after them says they do not
        return (
            before in ("p", "no", "s.c", "i.v", "iv", "sc", "min", "mo", "yr", "yrs", "wk")
            and first.isupper()
            and before != "no"
        )
    return not (
        len(before) == 1
        and before.isalpha()
        and text[stop - 1].isupper()
        and first.isupper()
        and stop - start > 2
        and text[stop - 2 : stop - 1].isspace()
        and before not in ("a", "b", "c", "d")
    )


def lower(text: str) -> str:
    """The text in small letters, character for character: the one letter that would become two stays as it is."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def tells_a_number(text: str) -> bool:
    """Whether a sentence can hold a result at all: a figure, a number word, or a word for zero or all."""
    if _ASCII_FIGURE.search(text) or (not text.isascii() and _FIGURE.search(text)):
        return True
    words = _RUN_OF_LETTERS.findall(text.casefold())
    return (
        not _NUMBER_NAMES.isdisjoint(words)
        or "nr" in words
        or ("not" in words and _NOT_REACHED.search(text) is not None)
    )
