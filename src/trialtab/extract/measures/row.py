"""The items of one sentence while its numbers are read: words by place, depth of brackets, what was said so far."""

from dataclasses import dataclass

from trialtab import vocabulary
from trialtab.extract.measures.announcements import Announced
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, Draft, Item, WordAt
from trialtab.rules import RuleSet


class Row:
    """The items of one sentence, and what the reading of its numbers has met so far.

    `word(k)` is the text of item k where it is a word or a sign, else (and outside the sentence) the empty string.
    `announced`: what the document said of unlabelled spreads.
    """

    def __init__(self, items: list[Item], rules: RuleSet, announced: Announced, words: WordAt) -> None:
        self.items = items
        self.words = words.all
        self.word = words.__getitem__
        self.sets = rules.sets
        self.counted = False  # whether the sentence has counted anything so far
        self.announced = announced
        self.used: dict[int, int] = {}
        self.header = _header(self)
        self.said_pair = self.header.pair if self.header else ""
        self.said_single = ""
        self.depth = _depths(items)


@dataclass(frozen=True, slots=True)
class Header:
    """ "Peak expansion (cells/µL, median [IQR]): …": what a sentence says, before its colon, of all that it lists."""

    statistic: str
    item: int
    """The item that names the statistic."""
    colon: int
    unit: tuple[int, int] | None
    """Where "per patient-year" is printed; None where the numbers are no rates."""
    pair: str
    """What a bracket with two numbers holds: iqr | range | ci, or the empty string where that is not said."""


_PAIRS = {"iqr": "iqr", "interquartile": "iqr", "quartiles": "iqr", "range": "range", "ci": "ci"}
_HEADER_WORDS = 6


def _header(row: Row) -> Header | None:
    """The statistic that the words before the first colon end with; None where a number stands before the colon."""
    colon = next((k for k, word in enumerate(row.words) if word == ":"), None)
    if colon is None or any(item.kind in NUMBER_KINDS for item in row.items[:colon]):
        return None
    words = row.words[max(0, colon - _HEADER_WORDS) : colon]
    for k, word in enumerate(words):
        name = "median" if word in row.sets["median"] else "mean" if word in row.sets["average"] else None
        if name is not None and not any(w.isalpha() and w not in _PAIRS and w != "and" for w in words[k + 1 :]):
            pair = next((_PAIRS[w] for w in words[k + 1 :] if w in _PAIRS), "")
            return Header(name, colon - len(words) + k, colon, None, pair)
    per = next((k for k in range(1, colon) if row.word(k) == "per"), 0)
    if per and row.words[colon - 1].endswith(_PERSON_TIME) and colon - per < _HEADER_WORDS:
        return Header("rate", per, colon, (row.items[per].start, row.items[colon - 1].end), "")
    return None


_PERSON_TIME = ("patient-year", "person-year", "patient-years", "person-years", "participant-years")


def _depths(items: list[Item]) -> list[int]:
    """How many brackets are open at each item."""
    depth, out = 0, []
    for item in items:
        if item.kind == "W" and item.text in OPENERS:
            depth += 1
            out.append(depth)
        elif item.kind == "W" and item.text in (")", "]", "}"):
            out.append(depth)
            depth = max(0, depth - 1)
        else:
            out.append(depth)
    return out


def take(row: Row, draft: Draft, item: Item, name: str, key: str = "value") -> None:
    """Put the value that the item captured under `key` into the draft's field `name`, with its place."""
    start, end = item.printed.get(key, (item.start, item.end))
    draft.put(name, item.values[key], start, end)


def extend(row: Row, draft: Draft, last: int) -> None:
    """Let the draft reach up to item `last` (not included)."""
    draft.last = last
    draft.end = row.items[last - 1].end


def closing(row: Row, i: int) -> int | None:
    """The item that closes the bracket opened at item i; None where none does within 60 items."""
    depth = 0
    for k in range(i, min(i + 60, len(row.items))):
        text = row.word(k)
        if text in OPENERS:
            depth += 1
        elif text in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return k
    return None


def noun_phrase(row: Row, i: int) -> int:
    """End of the noun phrase that starts at item i: it stops at verbs, prepositions but "of", conjunctions and
    signs.
    """
    stop = (
        row.sets["preposition"] - {"of"}
        | row.sets["conjunction"]
        | row.sets["copula"]
        | row.sets["auxiliary"]
        | row.sets["have"]
        | row.sets["occur"]
    )
    k = i
    while (
        k < len(row.items)
        and k - i < 8
        and row.items[k].kind in ("W", "GRADE")
        and row.word(k) not in stop
        and (row.items[k].kind == "GRADE" or row.word(k)[:1].isalnum() or row.word(k) == "-")
    ):
        k += 1
    return k


def noun_behind(row: Row, i: int, value: float) -> tuple[str, int] | None:
    """The counted noun after a number: "patients", "deaths"; at most four words may stand between."""
    people, events = row.sets["people"], row.sets["events"]
    i = _past_parts(row, i)
    for k in range(i, min(i + 6, len(row.items))):
        if row.items[k].kind == "GRADE" and k == i:
            continue  # "one grade 5 event"
        if row.items[k].kind != "W":
            return None
        word = row.items[k].text
        if word in people or word in events:
            listed = any(row.word(m) == "," for m in range(i, k))
            behind = row.word(k + 1) in ("in", "n", "(", "=") or (
                k + 1 < len(row.items) and row.items[k + 1].kind in NUMBER_KINDS
            )
            return None if listed and behind and word in events else (word, k)  # "infection in four, relapse in three"
        if word in row.sets["have"]:
            return None  # "12 had progressed or died"
        if word in ("and", ",") and row.word(k + 1) in ("a", "an", "the"):
            return None  # "in 8 and a partial response in 3"
        if k == i and word in ("of", "in") and row.word(k + 1) in ("these", "the", "them", "whom", "those"):
            return None
        if (
            (not word[:1].isalpha() and word not in (",", "-", "/"))
            or word in row.sets["preposition"]
            or word in (row.sets["copula"] | row.sets["auxiliary"])
        ):
            return None
    return None


def _past_parts(row: Row, i: int) -> int:
    """Behind "(328 women, 176 men)": a bracket at item i that only counts kinds of people; else i itself."""
    close = closing(row, i) if row.word(i) in OPENERS else None
    if close is None or row.word(close - 1) not in row.sets["people"]:
        return i
    parts = range(i + 1, close)
    small = row.sets["people"] | {",", "and", ";", "(", ")"}
    return close + 1 if all(row.items[k].kind in ("N", "PCT") or row.word(k) in small for k in parts) else i


def is_unit(text: str) -> bool:
    return vocabulary.unit(text) is not None
