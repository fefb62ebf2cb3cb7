"""Numbers of a sentence -> measures: "4/11 (36%)", "median 45 (21-153)", "HR 0.41 (95% CI 0.23-0.73)".

Two stages, each a pure function. `items` writes a sentence as a row of typed items: what a rule of patterns/
marked, numbers that no rule marked, and plain words. `measures` goes over the items and lets each main number
absorb what belongs to it: its unit, the bracket behind it, the interval or p-value that follows. Nothing is
deleted: an item that is no result keeps its reason for the ledger.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from trialtab import values, vocabulary
from trialtab.extract.grades import bare_grades, joined_grades
from trialtab.language import NUMERIC, Sentence
from trialtab.rules import RuleSet

NUMBER_KINDS = frozenset(
    ("N", "PCT", "FRAC", "NEQ", "EFFECT", "TIME", "TIMES", "QTY", "IVAL", "FROMTO", "PP", "RATE", "ALL", "NONE")
)
SPREAD_KINDS = frozenset(("CI", "IQR", "RANGE", "SD", "SE", "PM"))
OPENERS = {"(": ")", "[": "]", "{": "}"}
QUALIFIERS = {
    "<": "<",
    ">": ">",
    "≤": "<=",
    "≥": ">=",
    "<=": "<=",
    ">=": ">=",
    "=<": "<=",
    "=>": ">=",
    "⩽": "<=",
    "⩾": ">=",
    "≈": "~",
    "~": "~",
    "under": "<",
    "below": "<",
    "over": ">",
    "above": ">",
    "exceeding": ">",
    "about": "~",
    "approximately": "~",
    "around": "~",
    "nearly": "~",
    "almost": "~",
    "roughly": "~",
    "some": "~",
    "circa": "~",
}
QUALIFIER_PAIRS = {
    ("less", "than"): "<",
    ("fewer", "than"): "<",
    ("lower", "than"): "<",
    ("more", "than"): ">",
    ("greater", "than"): ">",
    ("higher", "than"): ">",
    ("at", "least"): ">=",
    ("at", "most"): "<=",
    ("up", "to"): "<=",
    ("as", "many"): "~",
}
FLUFF = frozenset(
    [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        "=",
        "of",
        "the",
        "patients",
        "patient",
        "participants",
        "n",
        "mean",
        "median",
        "range",
        "sd",
        "se",
        "and",
        "in",
        "total",
        "both",
        "each",
        "women",
        "men",
        "cases",
        "subjects",
        "%",
        "or",
        "eyes",
        "interquartile",
        "iqr",
        "vs.",
    ]
) - {"vs."}
EPISODES = frozenset(("episodes", "episode"))


@dataclass(slots=True)
class Item:
    """A stretch of tokens of one type. kind: "W" a word or sign, "N" a free number, else the kind of its rule."""

    kind: str
    first: int
    last: int
    start: int
    end: int
    text: str = ""
    values: dict[str, float] = field(default_factory=dict)
    printed: dict[str, tuple[int, int]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    rule: str = ""
    reason: str = ""


@dataclass(slots=True)
class Draft:
    """A measure before it is linked. first, last: item indexes; shape: how its main number is printed.

    shape: count | fraction | percent | value | time | effect | interval | zero | all | rate | state.
    """

    shape: str
    first: int
    last: int
    start: int
    end: int
    fields: dict[str, object] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    captures: list[tuple[str, int, int]] = field(default_factory=list)
    statistic: str | None = None
    stat_item: int | None = None
    noun: str | None = None
    noun_item: int | None = None
    depth: int = 0
    before: float | None = None
    p_item: int | None = None
    unlabelled: tuple[float, float] | None = None
    named: tuple[int, int] | None = None
    reason: str = ""  # why it is no result, where its sentence alone says so

    def put(self, name: str, value: object, start: int, end: int) -> None:
        if self.fields.get(name) is None:
            self.fields[name] = value
            self.captures.append((name, start, end))


# ---- stage 1: items --------------------------------------------------------------------------------------------


def items(sentence: Sentence, rules: RuleSet) -> list[Item]:
    """A sentence as typed items, in order, without gaps between tokens."""
    found: list[Item] = []
    at = 0
    for hit in rules.match(sentence):
        for i in range(at, hit.first):
            found.append(_plain(sentence, i))
        at = hit.last
        item = Item(
            hit.rule.kind,
            hit.first,
            hit.last,
            sentence.starts[hit.first],
            sentence.ends[hit.last - 1],
            rule=hit.rule.id,
            reason=hit.rule.reason,
            constants={k: str(v) for k, v in hit.rule.constants},
        )
        for name, first, last in hit.captures:
            item.printed[name] = (sentence.starts[first], sentence.ends[last - 1])
            value = values.number("".join(sentence.words[first:last])) if last - first == 1 else None
            if value is not None:
                item.values[name] = value
                if sentence.words[first][0] in "+-−–":
                    item.constants["signed"] = "yes"
            else:
                item.constants[name] = " ".join(sentence.lower[first:last])
        mended = _mended(sentence, item)
        if item.rule == "allocation" and len(mended) > 1 and found and mended[0].kind == "N":
            named = found.pop()  # "cycle 1: 27 days"
            mended[0] = replace(mended[0], kind="POINT", first=named.first, start=named.start, rule="named_time")
        found.extend(mended)
    for i in range(at, len(sentence)):
        found.append(_plain(sentence, i))
    if not _PLUS_MINUS.isdisjoint(sentence.words):
        found = _spreads_joined(found)
    if "/" in sentence.words:
        found = joined_grades(found)
    if "grade" in sentence.lower:
        found = bare_grades(found, sentence.lower)
    if any(item.rule == "clock_time" for item in found):
        found = _hours_joined(found)
    return _percents_joined(found) if any(item.rule == "named_time" for item in found) else found


def _hours_joined(row: list[Item]) -> list[Item]:
    """ "at 8 AM, 12 noon, and 4 PM": hours that commas and "and" part are one time."""
    joined: list[Item] = []
    for item in row:
        if item.rule == "clock_time":
            k = len(joined)
            while k and joined[k - 1].text in (",", "and", "or"):
                k -= 1
            if k and joined[k - 1].rule == "clock_time":
                joined[k - 1 :] = [replace(joined[k - 1], last=item.last, end=item.end)]
                continue
        joined.append(item)
    return joined


def _percents_joined(row: list[Item]) -> list[Item]:
    """A "%" that a longer match had parted from its number: "at month 6 and 85.1% at month 24"."""
    joined: list[Item] = []
    for item in row:
        number = joined[-1] if joined else None
        if item.text == "%" and number is not None and number.kind == "N" and number.end == item.start:
            joined[-1] = replace(number, kind="PCT", last=item.last, end=item.end, text="", rule="percent")
        else:
            joined.append(item)
    return joined


def _spreads_joined(row: list[Item]) -> list[Item]:
    """A "±" that a longer match had parted from its number: "29.7 ± 3.4 to 33.4 ± 4.5"."""
    joined: list[Item] = []
    for item in row:
        sign = joined[-1] if joined else None
        if item.kind == "N" and sign is not None and sign.kind == "W" and sign.text in _PLUS_MINUS:
            joined[-1] = replace(item, kind="PM", first=sign.first, start=sign.start, rule="plus_minus", text="")
        else:
            joined.append(item)
    return joined


class WordAt(dict[int, str]):
    """The words of a row by their place, "" for what is no word and beyond both ends: `WordAt(words)[-1]` is ""."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(enumerate(words))

    def __missing__(self, place: int) -> str:
        return ""


_NOTHING: dict[str, Any] = {}
"""What every word shares: three dictionaries for each would be a tenth of the time of this stage. Never written to."""


def _plain(sentence: Sentence, i: int) -> Item:
    start, end, lower = sentence.starts[i], sentence.ends[i], sentence.lower[i]
    exponent = i > 0 and sentence.lower[i - 1] == "^" and sentence.ends[i - 1] == start
    if sentence.tags[i] not in NUMERIC or exponent:
        return Item("W", i, i + 1, start, end, lower, _NOTHING, _NOTHING, _NOTHING)
    value = values.number(sentence.words[i])
    if value is None:
        return Item("W", i, i + 1, start, end, lower)
    item = Item("N", i, i + 1, start, end, lower)
    item.values["value"] = value
    item.printed["value"] = (start, end)
    item.constants["tag"] = sentence.tags[i]
    if lower == "one" and _pronoun(sentence, i):
        item.kind, item.reason = "W", "pronoun"
    return item


def _pronoun(sentence: Sentence, i: int) -> bool:
    before = sentence.lower[i - 1] if i else ""
    after = sentence.lower[i + 1 : i + 4]
    if before == "which" and i > 1 and sentence.lower[i - 2] == "of":
        return False  # "of which one was fatal"
    if before in ("this", "that", "the", "another", "any", "every", "which", "each", "other", "no", "or"):
        return before != "or" and not (before == "the" and after[:1] in (("patient",), ("death",), ("case",)))
    named = i > 1 and sentence.words[i - 1][0].isupper() and "the" in sentence.lower[max(0, i - 5) : i - 1]
    if named and after[:1] in ((",",), (".",), (";",), ("and",), (")",), ()):
        return True  # "4.2 months in the A arm and 4.5 in the B one"
    few = ("most", "main", "few", "first", "leading", "largest", "major", "key", "important")
    return after[:1] == ("another",) or (after[:2] == ("of", "the") and len(after) > 2 and after[2] in few)


_PEOPLE_DID = frozenset(("had", "developed", "experienced", "achieved", "underwent", "required", "received"))
_VANISHED = frozenset(
    ("vanished", "disappeared", "sank", "cleared", "resolved", "returned", "normalized", "normalised")
)
_CURVES = frozenset(("pfs", "os", "dor", "efs", "dfs", "rfs", "ttp", "mpfs", "mos", "mdor", "mefs", "mdfs", "mrfs"))
"""Times of which "not reached" is the median, whether the word is said or not."""
_RESPONSES = frozenset(("cr", "pr", "sd", "pd", "vgpr", "scr", "cri", "crh", "mlfs", "ncr", "mr", "cmr", "pmr"))
_SENT = frozenset(("treated", "assigned", "allocated", "randomized", "randomised"))
_BEHIND_A_COUNT = frozenset(("so", "after", "within", "at", "on", "during", "by", "because", "due", "without", "until"))
_PLACES_OF_VALUES = frozenset(("in", "on", "after", "of", "from", "at", "for", "per", "before"))
_PLUS_MINUS = frozenset(("±", "+/-", "+/−", "+-", "∓"))


def _mended(sentence: Sentence, item: Item) -> list[Item]:
    """A fraction that is none (4 of 2, 12.5/3), a hazard ratio of 78 beats: back to plain items."""
    v = item.values
    if (item.kind == "FRAC" and v["events"] <= 12 and _is_year(v["total"]) and item.last - item.first == 3) or (
        item.kind == "FROMTO" and _is_year(v.get("low", 0)) and _is_year(v.get("high", 0))
    ):
        return [replace(item, kind="MASK", rule="date", reason="date")]  # "02/2019", "from 2011 to 2020"
    if item.kind == "FRAC" and not (
        v["events"] <= v["total"]
        and v["events"] % 1 == 0 == v["total"] % 1
        and v["total"] > 0
        and not sentence.words[item.last - 1].startswith("0")  # "0/001" is a decimal number
    ):
        return [_plain(sentence, i) for i in range(item.first, item.last)]
    if item.constants.get("statistic") in ("hazard_ratio", "odds_ratio", "risk_ratio") and v.get("value", 0) > 500:
        return [_plain(sentence, i) for i in range(item.first, item.last)]
    if (
        item.rule == "citation"
        and not (len(item.printed) == 1 and item.first and sentence.words[item.first - 1] in (";", ".", ","))
        and any(tag in NUMERIC or tag == "PCT" for tag in sentence.tags[max(0, item.first - 4) : item.first])
    ):
        return _interval_in_brackets(sentence, item)
    if item.rule == "named_time" and "second" in v and "third" not in v and _is_value_behind(sentence, item):
        return _first_time(sentence, item)
    spread_before = item.first > 0 and sentence.words[item.first - 1] in _PLUS_MINUS
    spread_behind = any(
        w in _PLUS_MINUS for w in sentence.words[item.last : item.last + (1 if item.kind == "MASK" else 3)]
    )
    if (item.rule == "dose" and (spread_before or spread_behind)) or (
        item.kind == "IVAL" and spread_before and spread_behind
    ):
        return [_plain(sentence, i) for i in range(item.first, item.last)]  # "8.0 ± 3.5 μg", "29.7 ± 3.4 to 33.4 ± 4.5"
    if item.rule == "allocation" and item.first:
        before, behind = sentence.lower[item.first - 1], sentence.lower[item.last] if item.last < len(sentence) else ""
        if before in ("cycle", "day", "week", "month", "year", "visit", "grade", "part", "step", "period") or (
            before in ("cycles", "days", "weeks", "months") and behind in ("vs", "versus", "%")
        ):
            return [_plain(sentence, i) for i in range(item.first, item.last)]  # "in cycle 1: 27 days"
    if item.kind == "GROUP" and item.last < len(sentence) and "value" not in v and item.values:
        behind = sentence.words[item.last]
        number = item.last - 1
        if sentence.words[number].isdigit() and (
            values.time_unit(behind) is not None or behind in ("%", "percent", "patients", "points", "of")
        ):
            return [_plain(sentence, i) for i in range(item.first, item.last)]  # "in the A group 16 days"
    if item.kind == "IVAL" and "low" in v and "high" in v and v["low"] > v["high"] > 0:
        return [_plain(sentence, i) for i in range(item.first, item.last)]
    return [item]


def _is_value_behind(sentence: Sentence, item: Item) -> bool:
    """ "84.6% at month 6 and 85.1% at month 24": the second number is the next value, not a time."""
    behind = sentence.words[item.last] if item.last < len(sentence) else ""
    unit = behind[:1].isalpha() and vocabulary.unit(behind) is not None and values.time_unit(behind) is None
    if behind in ("mg", "g", "μg", "µg", "mcg", "ml", "iu", "IU", "units", "Gy", "gy"):
        unit = sentence.words[item.last + 1 : item.last + 2] == ("/",)  # "on day 3 and 1.5 mg per kilogram" is a dose
        if not unit:
            return False
    if behind in OPENERS and item.last + 1 < len(sentence):
        unit = unit or sentence.lower[item.last + 1] in ("iqr", "range", "sd", "se", "sem", "ci", "95", "n", "±")
    counted = sentence.words[item.last - 1].isalpha() and behind in ("of", "had", "died", "was", "were", "in", "from")
    # "one of sepsis on day 34 and one of progression"
    return counted or item.values["second"] % 1 != 0 or behind in _PLUS_MINUS or behind in ("%", "percent") or unit


def _first_time(sentence: Sentence, item: Item) -> list[Item]:
    """A time that stops before the next value, and that value."""
    time = replace(
        item, last=item.first + 2, end=sentence.ends[item.first + 1],
        values={"value": item.values["value"]}, printed={"value": item.printed["value"]},
    )  # fmt: skip
    return [time, *(_plain(sentence, i) for i in range(item.first + 2, item.last))]


def _is_year(value: float) -> bool:
    return value % 1 == 0 and 1950 <= value <= 2099


def _interval_in_brackets(sentence: Sentence, item: Item) -> list[Item]:
    """ "OR 0.15 [0.02-1.31]" is no citation."""
    plain = [_plain(sentence, i) for i in range(item.first, item.last)]
    if [x.kind for x in plain] != ["W", "N", "W", "N", "W"] or plain[1].values["value"] > plain[3].values["value"]:
        return plain
    low, high = plain[1], plain[3]
    interval = replace(
        low, kind="IVAL", last=high.last, end=high.end, text="", rule="interval",
        values={"low": low.values["value"], "high": high.values["value"]},
        printed={"low": (low.start, low.end), "high": (high.start, high.end)},
    )  # fmt: skip
    return [plain[0], interval, plain[4]]


# ---- stage 2: absorption ---------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _names_of(average: frozenset[str], median: frozenset[str]) -> dict[str, str]:
    """Words that name a mean or a median -> the statistic."""
    return {**dict.fromkeys(average, "mean"), **dict.fromkeys(median, "median")}


_TELLS_WITHOUT_NUMBER = frozenset((
    "no", "none", "nobody", "neither", "never", "all", "both", "every", "single", "not", "nr",
))  # fmt: skip
"""The words with which `_zero`, `_all`, `_single` and `_state` begin."""


class Absorber:
    """Goes over the items of one sentence and makes drafts. `announced` is what the document said of unlabelled
    spreads.
    """

    def __init__(self, row: list[Item], rules: RuleSet, announced: "Announced") -> None:
        self.row = row
        self.words = [item.text if item.kind == "W" else "" for item in row]
        self.word = WordAt(self.words).__getitem__
        self.sets = rules.sets
        self.counted = False  # whether the sentence has counted anything so far
        self.announced = announced
        self.used: dict[int, int] = {}
        self.said_pair = ""
        self.said_single = ""
        self.depth = self._depths()

    def _depths(self) -> list[int]:
        depth, out = 0, []
        for item in self.row:
            if item.kind == "W" and item.text in OPENERS:
                depth += 1
                out.append(depth)
            elif item.kind == "W" and item.text in (")", "]", "}"):
                out.append(depth)
                depth = max(0, depth - 1)
            else:
                out.append(depth)
        return out

    def drafts(self) -> list[Draft]:
        found: list[Draft] = []
        i = 0
        while i < len(self.row):
            draft = self._draft(i)
            if draft is None and found and found[-1].shape == "zero" and found[-1].last == i:
                draft = self._zero_again(i)
            if draft is None:
                i += 1
                continue
            if found and self._continues_effect(found[-1], draft):
                draft.shape, draft.statistic, draft.stat_item = "effect", found[-1].statistic, found[-1].first
                if draft.fields.get("unit") is None and isinstance(found[-1].fields.get("unit"), str):
                    draft.fields["unit"] = found[-1].fields["unit"]
                for wrong, right in (
                    ("q1", "ci_low"),
                    ("q3", "ci_high"),
                    ("range_low", "ci_low"),
                    ("range_high", "ci_high"),
                ):
                    if draft.fields.get(wrong) is not None:
                        draft.fields[right] = draft.fields.pop(wrong)
            if (
                found
                and found[-1].shape == "rate"
                and draft.shape == "value"
                and draft.fields.get("unit") is None
                and draft.first - found[-1].last < 9
                and (not any(self.word(k) in self.sets["copula"] | {";"} for k in range(found[-1].last, draft.first)))
                and not any(x.kind == "RATE" for x in self.row[draft.last : draft.last + 9])
            ):
                draft.shape, draft.statistic, draft.fields["unit"] = "rate", "rate", found[-1].fields["unit"]
            if draft.shape == "rate" and found and self._first_of_two_rates(found[-1], draft):
                found[-1].shape, found[-1].statistic = "rate", "rate"
                found[-1].fields["unit"] = draft.fields["unit"]
            for k in range(draft.first, draft.last):
                self.used[k] = len(found)
            found.append(draft)
            self.counted = self.counted or draft.shape in ("count", "fraction") or "events" in draft.fields
            i = max(draft.last, i + 1)
        return found

    def _relative_change(self, draft: Draft) -> bool:
        """ "reduced the risk of stroke by 32%": a change of a risk, and no share of patients."""
        k = draft.first - 1
        if self.word(k) != "by" or draft.fields.get("events") is not None:
            return False
        near = [self.word(m) for m in range(max(0, k - 9), k)]
        risk = next((n for n, w in enumerate(near) if w in ("risk", "odds", "hazard", "likelihood")), None)
        return risk is not None and any(w in self.sets["change"] for w in near)

    def _continues_effect(self, before: Draft, draft: Draft) -> bool:
        """ "hazard ratio 0.63 [0.47–0.85] for 50 mg and 0.50 [0.36–0.69] for 100 mg": the second is an effect too."""
        if before.shape != "effect" or draft.shape not in ("value", "time") or draft.first - before.last > 9:
            return False
        if (
            all(draft.fields.get(n) is None for n in ("q1", "range_low", "ci_low"))
            or before.fields.get("ci_low") is None
        ):
            return False
        between = self.row[before.last : draft.first]
        return not any(
            i.text in self.sets["copula"] | self.sets["have"] | {";"}
            or i.text in self.sets["median"] | self.sets["average"]
            for i in between
        )

    # -- one main number

    def _draft(self, i: int) -> Draft | None:
        item = self.row[i]
        if item.kind == "W":
            if item.text not in _TELLS_WITHOUT_NUMBER:
                return None
            return self._zero(i) or self._all(i) or self._single(i) or self._state(i)
        if item.kind == "POINT" and item.rule == "named_time":
            return self._day_of(i, item)
        if item.kind not in NUMBER_KINDS:
            return None
        draft = Draft("value", i, i + 1, item.start, item.end, depth=self.depth[i])
        draft.rules.append(item.rule or "number")
        make = getattr(self, f"_main_{item.kind.lower()}")
        if not make(item, draft):
            return None
        self._qualifier(draft)
        self._absorb(draft)
        if draft.shape == "fraction" and draft.noun is None and self.word(draft.last) in self.sets["events"]:
            draft.noun, draft.noun_item = self.word(draft.last), draft.last
        self._statistic(draft)
        self._spread_before(draft)
        return draft

    def _day_of(self, i: int, item: Item) -> Draft | None:
        """ "onset was on day 5 (range 1-17)", "at a median of day 9 (range 7-14)": the day that something fell on."""
        behind = self.row[i + 2].kind if i + 2 < len(self.row) and self.word(i + 1) in OPENERS else ""
        unit = values.time_unit(self.row[i].constants.get("name", ""))
        lead = [self.word(k) for k in range(max(0, i - 4), i)]
        averaged = any(w in self.sets["median"] | self.sets["average"] for w in [*lead, self.word(i + 3)])
        told = averaged or any(w in ("onset", "peak", "peaked", "occurred") for w in lead)
        if behind not in SPREAD_KINDS or not told or "second" in item.values or "value" not in item.values:
            return None
        draft = Draft("time", i, i + 1, item.start, item.end, depth=self.depth[i])
        draft.rules.append(item.rule)
        self._take(draft, item, "value")
        draft.fields["unit"] = unit or "day"
        draft.statistic = "median" if any(w in self.sets["median"] for w in lead) else None
        self._absorb(draft)
        self._statistic(draft)
        return draft

    def _take(self, draft: Draft, item: Item, name: str, key: str = "value") -> None:
        start, end = item.printed.get(key, (item.start, item.end))
        draft.put(name, item.values[key], start, end)

    def _of_responses(self, draft: Draft) -> bool:
        """ "6 CR and 3 PR", "8 complete (67%) and 3 partial (25%) responses": how many had each response."""
        before, after, behind = (self.word(draft.first - 1), self.word(draft.last), self.word(draft.last + 1))
        if before not in (":", ",", ";", "and", "(", "[", "including", "with", "were", "had", "achieved"):
            return False
        kind = after in ("complete", "partial", "minor", "minimal") and behind in ("(", "[", "and", ",")
        if kind or (after in _RESPONSES and behind in (",", ";", ".", "and", ")", "]", "(", "")):
            draft.named = (draft.last, draft.last + 1)
            return True
        return False

    def _adds_up(self, draft: Draft) -> bool:
        """ "362 were analysed (182 A, 180 B)": a whole number of a bracket whose numbers add up to the one before."""
        opening = draft.first - 1
        while opening > 0 and self.word(opening) not in ("(", "["):
            opening -= 1
        close = next((k for k in range(draft.last, len(self.row)) if self.word(k) in (")", "]", "(", "[")), 0)
        parts = [i.values.get("value", 0.5) for i in self.row[opening:close] if i.kind == "N"]
        whole = next((i for i in reversed(self.row[max(0, opening - 7) : opening]) if i.kind == "N"), None)
        if close - opening > 16 or len(parts) < 2 or whole is None or any(n % 1 for n in parts):
            return False
        return sum(parts) == whole.values.get("value") and not any(i.kind == "PCT" for i in self.row[opening:close])

    def _main_n(self, item: Item, draft: Draft) -> bool:
        self._take(draft, item, "value")
        noun = self._noun(draft.last, item.values["value"])
        if noun is None and (noun := self._event_noun(item, draft.last)) is not None:
            draft.named = (draft.last, noun[1] + 1)
        if item.values["value"] % 1 == 0 and item.values["value"] >= 0 and noun is not None:
            draft.shape = "count"
            draft.noun, draft.noun_item = noun
        elif (
            (item.values["value"] % 1 == 0 and item.values["value"] >= 0 and self._counts_people(draft.last))
            or (item.values["value"] % 1 == 0 and self.word(draft.first - 1) == "leaving")
            or (item.values["value"] % 1 == 0 and self._in_so_many(draft))
            or (item.values["value"] % 1 == 0 and self._sized_arm(draft))
            or (self.depth[draft.first] and self._adds_up(draft))
            or (item.values["value"] % 1 == 0 and self._of_responses(draft))
            or (
                item.values["value"] % 1 == 0
                and self.depth[draft.first]
                and self.word(draft.last) in ("in", "to", "on", "received")
                and (self.word(draft.first - 1) in ("(", ";", ",", "and", "[") and item.constants["tag"] == "FIG")
            )
            or (
                item.values["value"] % 1 == 0
                and self.word(draft.last) in ("to", "in", "on", "received")
                and any(
                    self.word(k)
                    in (
                        "assigned",
                        "randomized",
                        "randomised",
                        "allocated",
                        "randomly",
                        "randomization",
                        "randomisation",
                    )
                    for k in range(draft.first)
                )
                and self.word(draft.first - 1) in (":", ",", "and", "with", "(", ";")
            )
            or (
                item.values["value"] % 1 == 0
                and self.word(draft.first - 1) in ("(", ";", ",", "and")
                and self.depth[draft.first]
                and self.word(draft.last + 1) in (")", ";", ",", "and", "patients", "participants")
                and (
                    self.word(draft.last) in ("placebo", "control", "controls", "verum", "active")
                    or vocabulary.is_drug(self.word(draft.last))
                )
            )
        ):
            draft.shape = "count"
        return True

    def _sized_arm(self, draft: Draft) -> bool:
        """ "133 dolmirin-treated", "(group A, 103; group B, 102)", "205 (…) were treated"."""
        k = draft.last
        if self.word(k)[:1].isalpha() and self.word(k + 1) in ("-", "‐", "‑") and self.word(k + 2) in _SENT:
            return True
        lettered = draft.first > 1 and self.row[draft.first - 2].kind == "GROUP" and self.word(draft.first - 1) == ","
        if lettered and self.depth[draft.first] and self.word(k) in (";", ")", "]"):
            return True
        close = self._close(k) if self.word(k) in OPENERS else None
        return close is not None and self.row[k + 1].kind == "GROUP" and self._counts_people(close + 1)

    def _event_noun(self, item: Item, i: int) -> tuple[str, int] | None:
        """ "one ICANS", "two grade 3 pneumonias": a number in words before an event that the vocabulary knows."""
        listed = self.counted and self.word(i - 2) in ("and", ",")  # "10 infarctions and 1 hematoma"
        if self.word(i - 2) in ("least", "than", "most") or (item.constants.get("tag") != "WORDNUM" and not listed):
            return None
        if self.word(i) == "of":
            return None  # "one of sepsis"
        last = self._noun_phrase(i)
        first = i + 1 if i < last and self.row[i].kind == "GRADE" else i
        if last <= first or any(self.row[k].kind != "W" for k in range(first, last)):
            return None
        known = vocabulary.outcome(" ".join(self.row[k].text for k in range(first, last)))
        told = ("adverse_event", "mortality", "relapse", *(("efficacy_response",) if listed else ()))
        if known is None or known.term.category not in told:
            return None
        return self.word(last - 1), last - 1

    def _in_so_many(self, draft: Draft) -> bool:
        """ "occurred in two", "grade 1 in 3 and grade 2 in 1", "Enrolled: 111"."""
        before, after = self.word(draft.first - 1), self.word(draft.last)
        ends = (
            draft.last >= len(self.row)
            or after in (",", ";", ".", "and", "or", ")", "(", "[", "of", "but", "while", "with", "each")
            or self.row[draft.last].kind == "GRADE"
        )
        if not ends and self.row[draft.first].constants.get("tag") == "WORDNUM":
            ends = after in _BEHIND_A_COUNT  # "in eight so far", "in four at week 12"
        if before in ("in", "by") and ends:
            k = draft.first - 2
            if self.word(k) in OPENERS and after in (")", "]") and self.counted:
                return True  # "progressive disease (in 39 patients), adverse events (in ten)"
            if self.word(k) == ")":  # "a partial response (PR) in 7"
                k = next((m - 1 for m in range(k, -1, -1) if self.word(m) in OPENERS), k)
            return k >= 0 and (
                self.row[k].kind == "GRADE"
                or self.word(k) in self.sets["occur"]
                or (
                    self.word(k)[:1].isalpha()
                    and after != "of"
                    and (
                        self.row[draft.first].constants.get("tag") == "WORDNUM"
                        or self.depth[draft.first] > 0
                        or (self.counted and not _is_year(self.row[draft.first].values["value"]))
                    )
                )
            )
        if before == "to" and ends and self.counted and any(
            self.word(m) in ("given", "administered") for m in range(draft.first)
        ):  # fmt: skip
            return True  # "tocilizumab was given to 5 patients and dexamethasone to 1"
        if after in ("in", "per") and self.word(draft.last + 1) in ("each", "either", "both", "group", "arm"):
            return (self.counted and self.word(draft.last + 1) in self.sets["group_head"]) or (
                self.word(draft.last + 2) in self.sets["group_head"]
            )  # "six in each group were not operated on"
        graded = draft.last < len(self.row) and self.row[draft.last].kind == "GRADE"
        if graded and self.counted and before in (",", "and", ";", ":") and (
            draft.last + 1 >= len(self.row) or self.word(draft.last + 1) in (",", "and", ".", ";", ")")
        ):  # fmt: skip
            return True  # "seven had grade 1, four grade 2, and two grade 3"
        if before in ("affected", "troubled", "hit") and ends:
            return True  # "late neutropenia troubled three"
        if graded and self.depth[draft.first] and before in (";", ",", "(", "and", "including"):
            return self.word(draft.last + 1) in (")", "]", ";", ",", "and")  # "(67%; one grade 3)"
        if after == "without" and before in ("and", "versus", "vs") and self.counted:
            return True
        if before in (",", ":", "=") and self.depth[draft.first] and self.row[draft.first - 2].kind == "GRADE":
            return ends and draft.first > 1  # "(grade 1, 9; grade 2, 5)"
        k = draft.first - 3 if before == "and" and self.row[draft.first - 2].kind == "N" else draft.first - 1
        if self.word(k) in ("numbered", "totaled", "totalled", "totalling", "totaling"):
            return True  # "events numbered 57 and 73"
        k = draft.first - 1
        while self.word(k) in (":", "*", "**"):
            k -= 1
        return self.word(k) in ("enrolled", "randomized", "randomised", "recruited", "infused", "treated") and ends

    def _counts_people(self, i: int) -> bool:
        """ "One was rehospitalised", "two had fever", "four of whom relapsed": people are meant."""
        if self.word(i) in OPENERS and (close := self._close(i)) is not None and close - i <= 6:
            named = all(x.kind == "W" and x.text[:1].isalpha() for x in self.row[i + 1 : close])
            return named and self._is_subject(i - 1, close + 1)  # "of which one (pneumonia) was of grade 3"
        word, after = self.word(i), self.word(i + 1)
        if word in ("of", "had", "were", "was") and after in ("whom", "these", "them", "those"):
            return True
        if word in ("related", "attributed", "due") and after in ("to",) and self.depth[i - 1] == 0:
            return True
        if word in ("given", "receiving") and self.word(i - 2) in ("and", ",", "in", "or", ";", "with"):
            return True
        if word in ("was", "were") and after in (
            "randomized", "randomised", "enrolled", "included", "treated", "infused", "analysed", "analyzed",
            "exposed", "evaluable", "assigned", "recruited", "evaluated", "eligible", "screened", "assessed"
        ):  # fmt: skip
            return True
        if word in ("was", "were") and self.row[i - 1].first == 0:
            return True
        if word == "because" and after == "of":
            return True
        if word in ("more", "others", "further") and after in ("were", "was", "had", "did"):
            return True  # "three more were not in remission"
        return word in self.sets["did"] | _PEOPLE_DID or self._is_subject(i - 1)

    def _is_subject(self, n: int, behind: int = 0) -> bool:
        """ "and 4 were in remission", "28 were not enrolled", "the other 129 took a placebo"."""
        word, before = self.word(behind or n + 1), self.word(n - 1)
        if before in ("other", "remaining"):
            before = self.word(n - 2)
        opens = n == 0 or before in ("and", ",", ";", ":", "(", "but", "while", "whereas", "the", "of", "which", "whom")
        if not opens or (before == "and" and n > 1 and self.row[n - 2].kind in NUMBER_KINDS):
            return False  # "scores of 5 and 6 were combined"
        if word == "who":
            return True
        return before != "of" and word in (
            "was",
            "were",
            "did",
            "went",
            "took",
            "needed",
            "started",
            "proceeded",
            "left",
        )

    def _main_pct(self, item: Item, draft: Draft) -> bool:
        draft.shape = "percent"
        self._take(draft, item, "percent")
        return True

    def _main_frac(self, item: Item, draft: Draft) -> bool:
        draft.shape = "fraction"
        self._take(draft, item, "events", "events")
        self._take(draft, item, "total", "total")
        return True

    def _main_all(self, item: Item, draft: Draft) -> bool:
        if any(self.word(k) in self.sets["group_head"] - {"recipients"} for k in (draft.last, draft.last + 1)):
            return False  # "all three groups" counts groups
        if draft.first <= 2 and self.word(draft.first - 1) in ("among", "of", "in", "for"):
            return False  # "Among all 101 patients the response was 82%": of how many, no result
        if not self._main_none(item, draft):
            return False
        draft.fields["events"] = draft.fields["total"]
        draft.fields["negated"] = None
        return True

    def _main_none(self, item: Item, draft: Draft) -> bool:
        if "total" not in item.values:
            return False  # a row of number words that is no number
        draft.shape = "fraction"
        draft.fields["events"] = 0.0
        draft.fields["negated"] = True
        self._take(draft, item, "total", "total")
        return True

    def _main_neq(self, item: Item, draft: Draft) -> bool:
        draft.shape = "count"
        draft.fields["n_equals"] = True
        self._take(draft, item, "value", "n")
        return True

    def _main_effect(self, item: Item, draft: Draft) -> bool:
        draft.shape = "effect"
        draft.statistic = item.constants["statistic"]
        self._take(draft, item, "value")
        return True

    def _main_time(self, item: Item, draft: Draft) -> bool:
        joined = item.last - item.first > 2
        if joined and self.word(draft.last) not in (",", ".", ";", ")", "(", "["):
            return False  # "12-month and 18-month estimates": a word that qualifies
        draft.shape = "time"
        self._take(draft, item, "value")
        draft.fields["unit"] = values.time_unit(item.constants["unit"]) or item.constants["unit"]
        return True

    def _main_times(self, item: Item, draft: Draft) -> bool:
        draft.shape = "interval"
        self._take(draft, item, "range_low", "low")
        self._take(draft, item, "range_high", "high")
        draft.fields["unit"] = values.time_unit(item.constants["unit"]) or item.constants["unit"]
        return True

    def _main_ival(self, item: Item, draft: Draft) -> bool:
        draft.shape = "interval"
        self._take(draft, item, "range_low", "low")
        self._take(draft, item, "range_high", "high")
        return True

    def _main_qty(self, item: Item, draft: Draft) -> bool:
        self._take(draft, item, "value")
        first = item.printed["unit"][0]
        draft.fields["unit"] = (first, item.end)
        return True

    def _main_fromto(self, item: Item, draft: Draft) -> bool:
        self._take(draft, item, "value", "high")
        draft.before = item.values["low"]
        draft.fields["changed"] = True
        nxt = self.row[draft.last] if draft.last < len(self.row) else None
        if nxt is not None and nxt.kind == "W" and nxt.text in ("%", "percent", "per cent"):
            draft.fields["unit"] = "%"
            draft.last += 1
            draft.end = nxt.end
        return True

    def _main_pp(self, item: Item, draft: Draft) -> bool:
        self._take(draft, item, "value")
        draft.fields["unit"] = "percentage points"
        return True

    def _first_of_two_rates(self, first: Draft, second: Draft) -> bool:
        """ "2.84 and 5.90 infections per 100 patient-months": the unit is printed behind the second."""
        plain = first.shape == "value" and first.fields.get("unit") is None and first.statistic is None
        return (
            plain
            and second.first - first.last == 1
            and self.word(first.last) in ("and", "vs", "versus", "v", "against")
        )

    def _main_rate(self, item: Item, draft: Draft) -> bool:
        draft.shape = "rate"
        draft.statistic = "rate"
        self._take(draft, item, "value")
        draft.fields["unit"] = (item.printed["value"][1] + 1, item.end)
        return True

    def _noun_phrase(self, i: int) -> int:
        """End of the noun phrase that starts at item i: it stops at verbs, prepositions but "of", conjunctions and
        signs.
        """
        stop = (
            self.sets["preposition"] - {"of"}
            | self.sets["conjunction"]
            | self.sets["copula"]
            | self.sets["auxiliary"]
            | self.sets["have"]
            | self.sets["occur"]
        )
        k = i
        while (
            k < len(self.row)
            and k - i < 8
            and self.row[k].kind in ("W", "GRADE")
            and self.word(k) not in stop
            and (self.row[k].kind == "GRADE" or self.word(k)[:1].isalnum() or self.word(k) == "-")
        ):
            k += 1
        return k

    def _zero(self, i: int) -> Draft | None:
        """ "no severe cases of X", "there were no deaths", "none of the patients", "none", "never above grade 2": 0."""
        text = self.word(i)
        if text == "no" and self.word(i + 1) == "one":
            return self._zero_draft(i, i + 2, "patients", None)
        if text in ("none", "nobody"):
            last = i + 1
            noun = "patients"
            if self.word(last) == "of":
                while last < len(self.row) and last - i < 5 and self.word(last) not in self.sets["people"]:
                    last += 1
                if self.word(last) not in self.sets["people"] | self.sets["events"]:
                    last = i
                last += 1
            named = (
                (last - 1, last)
                if self.word(last - 1) in self.sets["events"] - {"case", "cases"} and last > i + 1
                else None
            )
            return self._zero_draft(i, max(last, i + 1), noun, named)
        if text == "never" and (last := self._grade_above(i + 1)):
            return self._zero_draft(i, last, "patients", None)
        if text == "neither":
            last = self._noun_phrase(i + 1)
            if self.word(i + 1) in self.sets["people"]:
                return self._zero_draft(i, i + 2, self.word(i + 1), None)
            if self.word(last) == "nor" and self._is_event(i + 1, last):
                return self._zero_draft(i, last, None, (i + 1, last))
            return None
        if text != "no" or self.word(i + 1) in self.sets["no_not_zero"] or self._so_many_had_none(i):
            return None
        if self.word(i + 1) in self.sets["people"]:
            return self._zero_draft(i, i + 2, self.word(i + 1), None)
        last = self._noun_phrase(i + 1)
        graded = i + 1 < len(self.row) and self.row[i + 1].kind == "GRADE"
        happened = self.word(last) in ("developed", "occurred", "arose", "emerged", "appeared", "happened")
        if last == i + 1 or (not graded and not happened and not self._is_event(i + 1, last)):
            return None
        if graded and last == i + 2:
            return self._zero_draft(i, last, None, None)
        if self.word(last - 1) in self.sets["people"] and not any(
            self.word(k) in ("case", "cases") for k in range(i, last)
        ):
            return self._zero_draft(i, last, self.word(last - 1), None)
        return self._zero_draft(i, last, None, (i + 1, last))

    def _grade_above(self, i: int) -> int:
        """Behind "above grade 2", "worse than grade 2", "exceeded grade 2" that begins at i; 0 where none does."""
        k = i + 1 if self.word(i) in ("above", "beyond", "over", "exceeded", "exceeding", "exceeds") else 0
        if self.word(i) in ("higher", "worse", "greater", "more") and self.word(i + 1) == "than":
            k = i + 2
        return k + 1 if k and k < len(self.row) and self.row[k].kind == "GRADE" else 0

    def _so_many_had_none(self, i: int) -> bool:
        """ "two had no response": of so many it is told, and it is no zero."""
        if self.word(i - 1) not in self.sets["have"] | {"with"}:
            return False
        k = i - 2
        while self.word(k) in self.sets["people"]:
            k -= 1
        return k >= 0 and self.row[k].kind in ("N", "PCT", "FRAC")

    def _zero_again(self, i: int) -> Draft | None:
        """The next item of "no A, B or C"."""
        k = i
        while self.word(k) in (",", "or", "and", "nor"):
            k += 1
        if k == i or self.word(k) in self.sets["determiner"]:
            return None
        last = self._noun_phrase(k)
        if last == k or not self._is_event(k, last) or any(self.row[m].kind != "W" for m in range(k, last)):
            return None
        if self.word(last) in self.sets["copula"] | self.sets["have"] | self.sets["did"] and self.word(last) not in (
            "was",
            "were",
            "occurred",
        ):
            return None
        if last < len(self.row) and (
            self.row[last].kind in NUMBER_KINDS
            or (self.word(last) in OPENERS and self.row[min(last + 1, len(self.row) - 1)].kind in NUMBER_KINDS)
        ):
            return None
        return self._zero_draft(k, last, None, (k, last))

    def _is_event(self, first: int, last: int) -> bool:
        words = {self.word(k) for k in range(first, last)}
        if words & (self.sets["events"] | {"case", "cases", "patient", "patients"}):
            return True
        return (
            vocabulary.outcome(" ".join(self.row[k].text for k in range(first, last) if self.row[k].text)) is not None
        )

    def _zero_draft(self, first: int, last: int, noun: str | None, named: tuple[int, int] | None) -> Draft:
        draft = Draft("zero", first, last, self.row[first].start, self.row[last - 1].end, depth=self.depth[first])
        draft.rules.append("explicit_zero")
        draft.fields.update(events=0.0, negated=True)
        draft.noun, draft.noun_item, draft.named = noun, last - 1, named
        self._of_total(draft)
        self._absorb(draft)
        return draft

    def _single(self, i: int) -> Draft | None:
        """ "a single case of X" is one."""
        if (
            self.word(i) != "single"
            or self.word(i - 1) not in ("a", "the")
            or self.word(i + 1) not in self.sets["events"] | self.sets["people"]
        ):
            return None
        draft = Draft(
            "count", i - 1, i + 1, self.row[i - 1].start, self.row[i].end, depth=self.depth[i], rules=["a_single"]
        )
        draft.fields["value"] = 1.0
        draft.noun, draft.noun_item = self.word(i + 1), i + 1
        return draft

    def _all(self, i: int) -> Draft | None:
        """ "all patients responded": 100 percent of an unnamed number."""
        if self.word(i) not in ("all", "both", "every"):
            return None
        if self.word(i) == "both" and self.word(i + 1) in self.sets["people"] and self.word(i - 1) in ("in", "by"):
            draft = Draft(
                "fraction",
                i,
                i + 2,
                self.row[i].start,
                self.row[i + 1].end,
                depth=self.depth[i],
                rules=["both_of_them"],
            )
            draft.fields.update(events=2.0, total=2.0)
            return draft
        k = i + 1
        if self.word(i) == "all" and i == 0 and self.word(k) in self.sets["did"] | {"had", "were", "achieved"}:
            draft = Draft("all", i, k, self.row[i].start, self.row[i].end, rules=["all_of_them"])
            draft.fields["percent"] = 100.0
            return draft
        if self.word(i) == "all" and self.word(k) in self.sets["did"] and self._people_before(i):
            draft = Draft("all", i, k, self.row[i].start, self.row[i].end, rules=["all_of_them"])
            draft.fields["percent"] = 100.0
            return draft  # "patients with an inborn error all responded"
        while self.word(k) in ("the", "of", "treated", "evaluable", "study"):
            k += 1
        if self.word(k) not in self.sets["people"]:
            return None
        people = k
        if self.word(i - 1) in ("in", "by") and self.word(k + 1) not in self.sets["people"] | {"who", "with"}:
            behind_verb = any(
                self.word(m)
                in self.sets["occur"] | self.sets["copula"] | self.sets["have"] | self.sets["change"] | _VANISHED
                for m in range(max(0, i - 8), i)
            )
            graded = any(item.kind == "GRADE" for item in self.row[max(0, i - 8) : i])  # "grade ≥3 neutropenia in all"
            if behind_verb or graded:
                draft = Draft("all", i, k + 1, self.row[i].start, self.row[k].end, depth=self.depth[i])
                draft.rules.append("in_all_of_them")
                draft.fields["percent"] = 100.0
                return draft
        if self.word(k + 1) in ("with", "in") and k + 2 < len(self.row):
            k = self._noun_phrase(k + 2) - 1
        if self.word(k + 1) not in (
            "had", "were", "was", "responded", "achieved", "survived", "relapsed", "died", "recovered",
            "remained", "reached", "developed", "experienced", "attained", "improved"
        ):  # fmt: skip
            return None
        draft = Draft("all", i, k + 1, self.row[i].start, self.row[k].end, depth=self.depth[i])
        draft.rules.append("all_of_them")
        draft.fields["percent"] = 100.0
        draft.noun, draft.noun_item = self.word(people), k
        return draft

    def _people_before(self, i: int) -> bool:
        """Whether a clause opens with people and goes on without a verb: "Patients with an inborn error | all"."""
        verbs = self.sets["copula"] | self.sets["have"] | self.sets["did"] | self.sets["occur"]
        k = i - 1
        while k >= 0 and self.row[k].kind == "W" and self.word(k) not in (",", ";", ".") and self.word(k) not in verbs:
            k -= 1
        return self.word(k + 1) in self.sets["people"]

    def _state(self, i: int) -> Draft | None:
        """ "not reached", "not estimable", "NR" after a median: a row with a qualifier and no number."""
        text = self.word(i)
        after = self.word(i + 1)
        last = i + 1
        while text == "not" and after in ("yet", "been"):
            last, after = last + 1, self.word(last + 1)
        if text == "not" and after in ("reached", "estimable", "evaluable", "calculable", "attained"):
            said = "not reached" if after in ("reached", "attained") else "not estimable"
            last += 1
        elif text == "nr" and self.word(i - 1) in ("(", "[", ",", ":", "was", "were", "vs", "versus", "v", "and"):
            said = "not reached"
        else:
            return None
        if not any(self.word(k) in self.sets["median"] | _CURVES for k in range(i)) and not any(
            self.row[k].kind == "TIME" for k in range(max(0, i - 12), min(len(self.row), i + 12))
        ):
            return None
        draft = Draft("state", i, last, self.row[i].start, self.row[last - 1].end, depth=self.depth[i])
        draft.rules.append("not_reached")
        draft.fields["qualifier"] = said
        draft.statistic = "median"
        if self.word(last) in OPENERS:
            self._bracket(draft)
        return draft

    # -- what stands before and behind it

    def _qualifier(self, draft: Draft) -> None:
        i = draft.first - 1
        one, two = self.word(i), self.word(i - 1)
        found = QUALIFIER_PAIRS.get((two, one))
        if found is None and self.row[i].kind == "W" if i >= 0 else False:
            found = QUALIFIERS.get(re.sub(r"\s+", "", one).replace("or=", "=")) or (
                ("<=" if one[0] == "<" else ">=") if " or " in one or "or=" in one else None
            )
            width = 1
        else:
            width = 2
        if found is None:
            return
        if one == "than" and width == 1:
            return
        draft.fields["qualifier"] = found
        draft.first -= width
        draft.start = self.row[draft.first].start

    def _noun(self, i: int, value: float) -> tuple[str, int] | None:
        """The counted noun after a number: "patients", "deaths"; at most four words may stand between."""
        people, events = self.sets["people"], self.sets["events"]
        for k in range(i, min(i + 6, len(self.row))):
            if self.row[k].kind == "GRADE" and k == i:
                continue  # "one grade 5 event"
            if self.row[k].kind != "W":
                return None
            word = self.row[k].text
            if word in people or word in events:
                listed = any(self.word(m) == "," for m in range(i, k))
                behind = self.word(k + 1) in ("in", "n", "(", "=") or (
                    k + 1 < len(self.row) and self.row[k + 1].kind in NUMBER_KINDS
                )
                return (
                    None if listed and behind and word in events else (word, k)
                )  # "infection in four, relapse in three"
            if word in self.sets["have"]:
                return None  # "12 had progressed or died"
            if word in ("and", ",") and self.word(k + 1) in ("a", "an", "the"):
                return None  # "in 8 and a partial response in 3"
            if k == i and word in ("of", "in") and self.word(k + 1) in ("these", "the", "them", "whom", "those"):
                return None
            if (
                (not word[:1].isalpha() and word not in (",", "-", "/"))
                or word in self.sets["preposition"]
                or word in (self.sets["copula"] | self.sets["auxiliary"])
            ):
                return None
        return None

    def _absorb(self, draft: Draft) -> None:
        """Take in, from left to right, unit, brackets and trailing spreads until something else stands there."""
        self._unit(draft)
        self._share_of_whom(draft)
        for _ in range(6):
            i = draft.last
            if i >= len(self.row):
                return
            skip = i
            while skip < len(self.row) and self.word(skip) in (",", ";", ":") and skip - i < 1:
                skip += 1
            if self.word(i) == "with" and self.word(i + 1) in ("a", "an"):
                skip = i + 2
            if self.row[skip].kind in SPREAD_KINDS if skip < len(self.row) else False:
                self._spread(draft, self.row[skip])
                self._extend(draft, skip + 1)
                self._unit(draft)
                continue
            if (
                draft.shape in ("effect", "rate")
                and draft.fields.get("ci_low") is None
                and self.word(i) in (",", ";")
                and (skip < len(self.row) and self.row[skip].kind == "IVAL")
            ):
                draft.unlabelled = (self.row[skip].values["low"], self.row[skip].values["high"])
                draft.captures += [(n, *self.row[skip].printed[n]) for n in ("low", "high")]
                self._extend(draft, skip + 1)
                continue
            if (
                draft.shape in ("percent", "fraction", "count")
                and draft.fields.get("total") is None
                and self._of_total(draft)
            ):
                continue
            if draft.shape == "fraction" and draft.fields.get("percent") is None and self._percent_behind(draft):
                continue
            if self.depth[draft.first] and draft.shape in ("count", "value") and self._percent_beside(draft):
                continue
            if self.row[i].kind == "P":
                draft.p_item = i
                draft.last = i + 1
                continue
            if (
                self.depth[draft.first]
                and draft.shape in ("value", "percent", "time")
                and draft.fields.get("total") is None
                and self.word(i) in (";", ",")
                and i + 2 < len(self.row)
                and self.row[i + 1].kind == "NEQ"
                and self.word(i + 2) in (")", "]")
            ):
                self._take(draft, self.row[i + 1], "total", "n")  # "(+5.3%; P = 0.04; n = 10)"
                self._extend(draft, i + 2)
                continue
            if draft.shape in ("count", "value") and self._share_behind_arm(draft):
                continue
            if (
                draft.shape == "count"
                and draft.noun_item is not None
                and draft.noun_item >= i
                and self.word(draft.noun_item + 1) in OPENERS
                and self.row[draft.noun_item + 1].kind == "W"
                and draft.noun in self.sets["people"]
            ):
                # "45 of 48 patients (94%)", "13 women (20%)": the bracket stands after the counted noun
                keep = draft.last, draft.end
                draft.last = draft.noun_item + 1
                if self._bracket(draft):
                    continue
                draft.last, draft.end = keep
                return
            if draft.shape == "count" and draft.noun_item is not None and self._events_among(draft):
                continue
            if self.word(i) in OPENERS:
                if not self._bracket(draft):
                    return
                self._unit(draft)
                continue
            if draft.shape in ("fraction", "count") and self._people_then_bracket(draft):
                continue
            if draft.shape in ("value", "time", "change") and self._spread_behind_place(draft):
                continue
            return

    def _events_among(self, draft: Draft) -> bool:
        """ "83 deaths among 335 patients (24.8%)": what was counted, among how many, and the share that they give."""
        k = (draft.noun_item or 0) + 1
        if self.word(k) not in ("among", "of", "in"):
            return False
        k += 1
        while self.word(k) in ("the", "all"):
            k += 1
        if k >= len(self.row) or self.row[k].kind != "N" or (noun := self._noun(k + 1, 2)) is None:
            return False
        share = noun[1] + 2
        if self.word(share - 1) not in OPENERS or share + 1 >= len(self.row) or self.row[share].kind != "PCT":
            return False
        events, total, percent = (
            float(str(draft.fields["value"])),
            self.row[k].values["value"],
            self.row[share].values["value"],
        )
        if self.word(share + 1) not in (")", "]") or not events <= total or abs(100 * events / total - percent) > 0.6:
            return False
        draft.shape = "fraction"
        draft.fields["events"] = draft.fields.pop("value")
        draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
        self._take(draft, self.row[k], "total")
        self._take(draft, self.row[share], "percent")
        draft.rules.append(self.row[share].rule)
        if draft.noun not in self.sets["people"] and draft.noun_item is not None:
            draft.named = (draft.first + 1, draft.noun_item + 1)
        self._extend(draft, share + 2)
        return True

    def _of_total(self, draft: Draft) -> bool:
        """ "58% of the 36 patients": the denominator behind a percentage."""
        k = draft.last
        if self.word(k) not in ("of", "among", "in"):
            return False
        k += 1
        while self.word(k) in ("the", "all", "these", "our", "first", "last", "remaining", "other", "initial"):
            k += 1
        if k >= len(self.row) or self.row[k].kind != "N" or self.row[k].values["value"] % 1:
            return False
        noun = self._noun(k + 1, 2)
        events, percent = draft.fields.get("events"), draft.fields.get("percent")
        if (
            noun is None
            and isinstance(events, float)
            and isinstance(percent, float)
            and self.row[k].values["value"] >= events
        ):
            if abs(100 * events / self.row[k].values["value"] - percent) > 0.6:
                return False
            self._take(draft, self.row[k], "total")
            self._extend(draft, k + 1)
            return True
        if noun is None or noun[0] not in self.sets["people"] or noun[1] - k > 3:
            return False
        if draft.shape == "count":
            draft.shape = "fraction"
            draft.fields["events"] = draft.fields.pop("value")
            draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
        self._take(draft, self.row[k], "total")
        self._extend(draft, noun[1] + 1)
        return True

    def _percent_behind(self, draft: Draft) -> bool:
        """ "72 of 207, 34.8%": a percentage behind a comma that the fraction gives."""
        k = draft.last + 1
        if self.word(k - 1) not in (",", ";", "=", "or") or k >= len(self.row) or self.row[k].kind != "PCT":
            return False
        events, total = float(str(draft.fields["events"])), float(str(draft.fields["total"]))
        if abs(100 * events / total - self.row[k].values["value"]) > 1:
            return False
        self._take(draft, self.row[k], "percent")
        draft.rules.append(self.row[k].rule)
        self._extend(draft, k + 1)
        return True

    def _percent_beside(self, draft: Draft) -> bool:
        """ "(4 patients, 3%)", "(28, 28.3%)": count and percentage parted by a comma within one bracket."""
        k = draft.last if self.word(draft.last) == "," else (draft.noun_item or draft.last) + 1
        value = draft.fields.get("value")
        if (
            self.word(k) != ","
            or k + 2 >= len(self.row)
            or self.row[k + 1].kind != "PCT"
            or self.word(k + 2) not in (")", "]", ";", ",")
            or not isinstance(value, float)
            or value % 1
            or draft.fields.get("unit") is not None
        ):
            return False
        draft.shape = "fraction"
        draft.fields["events"] = draft.fields.pop("value")
        draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
        self._take(draft, self.row[k + 1], "percent")
        draft.rules.append(self.row[k + 1].rule)
        self._extend(draft, k + 2)
        return True

    def _share_behind_arm(self, draft: Draft) -> bool:
        """ "21 patients on A (36%) and 8 on placebo (27%)": the percentage behind the arm of a count."""
        value = draft.fields.get("value")
        k = draft.noun_item + 1 if draft.noun_item is not None and draft.noun_item >= draft.last else draft.last
        if (
            not isinstance(value, float)
            or value % 1
            or draft.fields.keys() - {"value"}
            or (draft.noun is not None and draft.noun not in self.sets["people"])
            or self.word(k) not in ("on", "with", "in", "receiving", "taking", "given", "after", "from")
        ):
            return False
        stop = self.sets["copula"] | self.sets["have"] | self.sets["did"] | {"(", ",", ";", ".", ")", "and", "or", "of"}
        m = k + 1
        while (
            m < len(self.row) and m - k <= 6 and self.row[m].kind in ("W", "GROUP", "MASK") and self.word(m) not in stop
        ):
            m += 1
        if m == k + 1 or self.word(m) not in OPENERS or m + 1 >= len(self.row) or self.row[m + 1].kind != "PCT":
            return False
        keep = draft.last, draft.end
        draft.last = m
        if self._bracket(draft):
            return True
        draft.last, draft.end = keep
        return False

    def _spread_behind_place(self, draft: Draft) -> bool:
        """ "24 days in the hospital (IQR, 21-29)": a bracket of spread behind where or after what a value was."""
        k = draft.last
        if draft.fields.keys() & {"low", "high", "sd", "se", "ci_low"} or self.word(k) not in _PLACES_OF_VALUES:
            return False
        stop = self.sets["conjunction"] | self.sets["copula"] | self.sets["have"] | self.sets["did"]
        m = k + 1
        while m < len(self.row) and m - k <= 4 and self.row[m].kind == "W" and self.word(m)[:1].isalpha():
            if self.word(m) in stop:
                return False
            m += 1
        if m == k + 1 or self.word(m) not in OPENERS or m + 1 >= len(self.row):
            return False
        if self.row[m + 1].kind not in SPREAD_KINDS:
            return False
        keep = draft.last, draft.end
        draft.last = m
        if self._bracket(draft):
            return True
        draft.last, draft.end = keep
        return False

    def _people_then_bracket(self, draft: Draft) -> bool:
        i = draft.last
        for k in range(i, min(i + 4, len(self.row))):
            if self.word(k) in self.sets["people"] and self.word(k + 1) in OPENERS:
                keep = draft.last, draft.end
                draft.last = k + 1
                if self._bracket(draft):
                    return True
                draft.last, draft.end = keep
                return False
            if self.row[k].kind != "W" or self.word(k) in self.sets["preposition"] or not self.word(k)[:1].isalpha():
                return False
        return False

    def _extend(self, draft: Draft, last: int) -> None:
        draft.last = last
        draft.end = self.row[last - 1].end

    def _unit(self, draft: Draft) -> None:
        if (
            draft.shape == "effect"
            and self.word(draft.last) in ("percentage", "percent", "%")
            and self.word(draft.last + 1) in ("points", "point")
        ):
            draft.fields["unit"] = "percentage points"
            self._extend(draft, draft.last + 2)
            return
        if draft.shape == "effect" and self.word(draft.last) in ("percentage-points", "percentage-point", "points"):
            draft.fields["unit"] = "percentage points" if draft.statistic == "risk_difference" else "points"
            self._extend(draft, draft.last + 1)
            return
        if draft.fields.get("unit") is not None or draft.shape in ("percent", "fraction", "zero"):
            return
        if self.word(draft.last) in self.sets["people"] | self.sets["events"]:
            return
        i = draft.last
        spread = any(draft.fields.get(n) is not None for n in ("plus_minus", "sd", "se"))
        if spread and self.word(i) == ")" and self.word(draft.first - 1) == "(" and _is_unit(self.word(i + 1)):
            draft.fields["unit"] = (self.row[i + 1].start, self.row[i + 1].end)
            self._extend(draft, i + 2)
            return
        if self.word(i) == "-" and self.row[i].start == draft.end:
            i += 1
        longest = None
        text = ""
        for k in range(i, min(i + 6, len(self.row))):
            item = self.row[k]
            if item.kind not in ("W", "N") or item.text in OPENERS or item.text in (")", "]", ",", ";"):
                break
            if item.text == "." and longest == k:
                break  # the end of the sentence and not of an abbreviation
            text += (" " if text and item.start > self.row[k - 1].end else "") + item.text
            if _is_unit(text):
                longest = k + 1
        if longest is None and self.word(i) == "per" and self.word(i + 1) in _SPANS_OF_TIME | {"patient"}:
            longest = i + 2
        if longest is None and self._repeated_unit(i):
            longest = i + 1
        if longest is None:
            return
        first_word = self.row[i].text
        spread = spread or (draft.shape != "interval" and draft.fields.get("q1") is not None)
        unlikely = ("in", "a", "at", "no", "s") if spread else ("in", "a", "at", "no", "s", "h", "d")
        if first_word in unlikely and longest == i + 1 and draft.shape != "effect":
            return
        if (
            self.word(longest) == "per"
            and self.word(longest + 1) in _SPANS_OF_TIME
            and "/" in self.row[longest - 2].text
        ):
            longest += 2  # "121 IU/kg per year"
        if draft.shape == "count":
            draft.shape, draft.noun, draft.noun_item = "value", None, None
        draft.fields["unit"] = (self.row[i].start, self.row[longest - 1].end)
        self._extend(draft, longest)

    def _repeated_unit(self, i: int) -> bool:
        """An unknown short word that stands behind two or more figures of the sentence is their unit ("27 ppb, 21
        ppb").
        """
        word = self.word(i)
        if (
            not (1 < len(word) <= 5 and word.isalpha())
            or word
            in self.sets["preposition"]
            | self.sets["conjunction"]
            | self.sets["copula"]
            | (
                self.sets["versus"]
                | self.sets["people"]
                | self.sets["have"]
                | self.sets["did"]
                | self.sets["treated_by"]
                | self.sets["events"]
            )
            or vocabulary.is_drug(word)
        ):
            return False
        behind = [
            k
            for k in range(1, len(self.row))
            if self.row[k].text == word and self.row[k - 1].kind in ("N", "IVAL", "PM")
        ]
        return len(behind) >= 2 and all(self.row[k].text != word or k in behind for k in range(len(self.row)))

    def _close(self, i: int) -> int | None:
        depth = 0
        for k in range(i, min(i + 60, len(self.row))):
            text = self.word(k)
            if text in OPENERS:
                depth += 1
            elif text in (")", "]", "}"):
                depth -= 1
                if depth == 0:
                    return k
        return None

    def _share_of_whom(self, draft: Draft) -> None:
        """ "12 of whom (67%) needed it": the percentage of a count that points back."""
        k = draft.last
        if self.word(k) != "of" or self.word(k + 1) not in ("whom", "them", "these", "those", "which"):
            return
        keep = draft.last, draft.end
        draft.last = k + 2
        if self.word(k + 2) not in OPENERS or not self._bracket(draft):
            draft.last, draft.end = keep

    def _bracket(self, draft: Draft) -> bool:
        """Absorb the bracket that starts at draft.last, where what it holds belongs to the number before it."""
        i = draft.last
        close = self._close(i)
        if close is None:
            return False
        inside = self.row[i + 1 : close]
        if any(item.kind == "W" and item.text in self.sets["versus"] for item in inside):
            return False
        words = [
            item.text
            for item in inside
            if item.kind == "W" and item.text not in FLUFF and item.text not in QUALIFIERS and not _is_unit(item.text)
        ]
        typed = [item for item in inside if item.kind not in ("W", "MASK", "GRADE", "POINT", "GROUP")]
        if not typed:
            return False
        in_percent = draft.shape == "percent" or draft.fields.get("unit") == "%"
        if in_percent and typed[0].kind == "PCT" and typed[0].constants.get("signed"):
            return False  # "from 49.9% to 55.2% (+5.3%; n = 10)": the change is a number of its own
        nested = {id(self.row[k]) for k in range(i + 1, close) if self.depth[k] > self.depth[i]}
        graded = next((n for n, item in enumerate(inside) if item.kind == "GRADE"), len(inside))
        if (
            graded < len(inside)
            and sum(item.kind == "N" for item in inside) > 1
            and not _opens_grade(inside, graded - 1)
        ):
            return False  # "(grade 1 in 51 [39%], grade 2 in 16 [12%])": results of their own
        first_typed = inside.index(typed[0])
        before = [
            item
            for item in inside[:first_typed]
            if item.kind == "W" and item.text not in FLUFF and item.text not in QUALIFIERS
        ]
        labels = {item.text for item in inside if item.kind == "W"} & (self.sets["average"] | self.sets["median"])
        strong = [item for item in typed if item.kind in SPREAD_KINDS or item.kind == "P"]
        if before and not strong:
            return False
        if len(words) > 6 and not strong and typed[0].kind not in ("FRAC", "PCT"):
            return False
        took = False
        free = 0
        effect = next((n for n, item in enumerate(inside) if item.kind == "EFFECT" or _opens_grade(inside, n)), None)
        for item in inside[:effect]:
            if item.kind in SPREAD_KINDS:
                self._spread(draft, item)
                took = True
            elif item.kind == "P":
                if draft.p_item is None and effect is None:
                    draft.p_item = self.row.index(item, i)
                took = True
            elif (
                item.kind in NUMBER_KINDS
                and id(item) not in nested
                and not before
                and free < 2
                and (words == [] or free == 0)
                and self._inner(draft, item, inside)
            ):
                took = True
                free += 1
        if not took:
            return False
        if draft.statistic is None and labels and draft.shape not in ("count", "fraction", "percent"):
            draft.statistic = "median" if labels & self.sets["median"] else "mean"
        if effect is not None:
            # the effect is a row of its own: the bracket stays open for it, only what stands before it is taken in
            last = i + 1
            for k in range(i + 1, i + 1 + effect):
                if self.row[k].kind in NUMBER_KINDS | SPREAD_KINDS:
                    last = k + 1
            self._extend(draft, last)
            return last > i + 1
        only_p = all(item.kind in ("P", "W") for item in inside)
        if only_p:
            draft.last = close + 1
        else:
            self._extend(draft, close + 1)
        return True

    def _inner(self, draft: Draft, item: Item, inside: list[Item]) -> bool:
        """A free number inside the bracket: the other half of "4 (36%)", "36% (4/11)", "45 (21–153)", "6.7 (0.4)"."""
        f = draft.fields
        draft.rules.append(item.rule or "number")
        if item.kind == "PCT":
            value = f.get("value")
            whole = isinstance(value, (int, float)) and value % 1 == 0 and value >= 0
            if draft.shape in ("count", "fraction") or (draft.shape == "value" and whole and not f.get("unit")):
                if draft.shape != "fraction":
                    f["events"] = f.pop("value")
                    draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
                draft.shape = "fraction"
                self._take(draft, item, "percent")
                return True
            if draft.shape in ("value", "time") and item.constants.get("signed") is None:
                f.setdefault("percent_change", item.values["value"])
                return True
            return False
        if item.kind == "FRAC" and draft.shape in ("percent", "count", "value"):
            if draft.shape != "percent":
                return False
            self._take(draft, item, "events", "events")
            self._take(draft, item, "total", "total")
            return True
        if item.kind == "NEQ":
            if draft.shape == "percent":
                self._take(draft, item, "events", "n")
            else:
                self._take(draft, item, "total", "n")
            return True
        if item.kind == "N":
            value = item.values["value"]
            if draft.shape == "percent" and value % 1 == 0 and not draft.fields.get("events"):
                self._take(draft, item, "events")
                return True
            if draft.shape in ("value", "time") and draft.unlabelled is None and f.get("plus_minus") is None:
                pair = [x for x in inside if x.kind == "N"]
                if len(pair) == 2 and pair[0] is item:
                    draft.unlabelled = (value, pair[1].values["value"])
                    draft.captures += [("low", item.start, item.end), ("high", pair[1].start, pair[1].end)]
                    return True
                if len(pair) == 1 and len(inside) <= 3:
                    f["bracketed"] = value
                    draft.captures.append(("bracketed", item.start, item.end))
                    return True
            return draft.unlabelled is not None
        if item.kind in ("IVAL", "TIMES") and draft.shape in ("value", "time", "percent", "effect", "state"):
            if draft.unlabelled is None:
                draft.unlabelled = (item.values["low"], item.values["high"])
                draft.captures += [(n, *item.printed[n]) for n in ("low", "high")]
            return True
        return False

    def _spread(self, draft: Draft, item: Item) -> None:
        draft.rules.append(item.rule)
        v = item.values
        low, high = v.get("low"), v.get("high")
        if low is not None and high is not None and low > high > 0 and values.decimals(str(high)) == 0:
            low, high = high, low
        if item.kind in ("CI", "IQR", "RANGE"):
            self.said_pair = item.kind.lower()
        elif item.kind in ("SD", "SE"):
            self.said_single = item.kind.lower()
        if item.kind == "CI":
            pairs = (("ci_level", v.get("level"), "level"), ("ci_low", low, "low"), ("ci_high", high, "high"))
        elif item.kind == "IQR":
            pairs = (("q1", low, "low"), ("q3", high, "high"), ("iqr_width", v.get("width"), "width"))
        elif item.kind == "RANGE":
            pairs = (("range_low", low, "low"), ("range_high", high, "high"), ("", None, ""))
        else:
            name = {"SD": "sd", "SE": "se"}.get(item.kind, "plus_minus")
            behind = item.printed["value"][1]
            if item.kind == "PM" and behind < item.end and draft.fields.get("unit") is None:
                draft.fields["unit"] = (behind, item.end)
            pairs = ((name, v.get("value"), "value"), ("", None, ""), ("", None, ""))
        for name, value, key in pairs:
            if value is not None:
                draft.put(name, value, *item.printed.get(key, (item.start, item.end)))

    def _spread_before(self, draft: Draft) -> None:
        """ "ranged from 21 to 153 days, with a median of 45 days": the spread stands before its estimate."""
        if draft.stat_item is None or any(draft.fields.get(n) is not None for n in ("range_low", "q1", "ci_low", "sd")):
            return
        for k in range(draft.stat_item - 1, max(-1, draft.stat_item - 7), -1):
            if self.row[k].kind in ("RANGE", "IQR") and k not in self.used:
                self._spread(draft, self.row[k])
                draft.first, draft.start = k, self.row[k].start
                return
            if self.row[k].kind != "W":
                return

    # -- which statistic

    def _statistic(self, draft: Draft) -> None:
        f = draft.fields
        if draft.shape == "time" and self.word(draft.first - 1) in (
            "at", "after", "by", "within", "during", "for", "over", "until", "through", "every", "each",
            "last", "first", "past", "next"
        ) and self.word(draft.first - 2) not in ("stood", "lay", "was", "were", "estimated", "remained"):  # fmt: skip
            self._unlabelled(draft)
            return
        if (
            draft.shape == "time"
            and self.word(draft.last) == "("
            and not any(n in f for n in ("ci_low", "q1", "range_low", "sd"))
            and (draft.last + 1 < len(self.row) and self.row[draft.last + 1].kind in NUMBER_KINDS)
        ):
            return  # "at 3 months (14.0 vs 17.0), 15 months (13.2 vs 15.4)": a time with its results behind it
        if draft.statistic is None and draft.shape not in ("count", "fraction"):
            draft.statistic, draft.stat_item = self._named_statistic(draft)
        spread_mean = any(f.get(n) is not None for n in ("sd", "se", "plus_minus"))
        spread_median = any(f.get(n) is not None for n in ("q1", "iqr_width"))
        if draft.shape == "percent" and draft.statistic in ("mean", "median") and not (spread_mean or spread_median):
            between = self.row[draft.stat_item : draft.first] if draft.stat_item is not None else []
            if draft.stat_item is None or not self._direct(draft) or any(x.kind in NUMBER_KINDS for x in between):
                draft.statistic = None
        if draft.shape == "percent" and (draft.statistic in ("mean", "median") or spread_mean or spread_median):
            f["value"], f["unit"] = f.pop("percent"), "%"
            draft.captures = [("value" if n == "percent" else n, a, b) for n, a, b in draft.captures]
            draft.shape = "value"
        if draft.statistic in ("mean_difference",) and draft.shape == "percent":
            draft.statistic, draft.shape = "risk_difference", "effect"
            f["value"], f["unit"] = f.pop("percent"), "%"
        elif draft.statistic in (
            "hazard_ratio",
            "odds_ratio",
            "risk_ratio",
            "rate_ratio",
            "mean_difference",
        ) and draft.shape in ("value", "time"):
            draft.shape = "effect"
        if draft.shape == "percent" and draft.statistic is None and self._relative_change(draft):
            draft.shape, draft.statistic, f["value"], f["unit"] = "value", "other", f.pop("percent"), "%"
            draft.captures = [("value" if n == "percent" else n, a, b) for n, a, b in draft.captures]
            return
        points = f.get("unit") == "percentage points" and draft.statistic is None
        before = self.row[: draft.first]
        if points and any(x.text == "differed" or x.rule == "difference_name" for x in before):
            draft.statistic, draft.shape = "risk_difference", "effect"
        if draft.shape == "value" and self.word(draft.first - 1) == "by" and self.word(draft.first - 2) == "differed":
            draft.statistic, draft.shape = "mean_difference", "effect"
        if draft.statistic is None and draft.shape in ("value", "time"):
            changed = (
                f.get("changed")
                or (self.word(draft.first - 1) == "by" and self.word(draft.first - 2) in self.sets["change"])
                or (self.word(draft.first - 1) == "by" and f.get("unit") is not None)
            )
            draft.statistic = (
                "mean"
                if spread_mean
                else "median"
                if spread_median
                else "mean"
                if changed and draft.shape == "value"
                else None
            )
        self._unlabelled(draft)

    def _direct(self, draft: Draft) -> bool:
        """Whether "mean" or "median" governs a percentage itself and not a rate ("the mean response rate was 37%")."""
        rate = self.sets["rate_noun"]
        return draft.stat_item is not None and not any(
            self.word(k) in rate for k in range(draft.stat_item, draft.first)
        )

    def _named_statistic(self, draft: Draft) -> tuple[str | None, int | None]:
        """The statistic word that governs a number: the nearest to its left in the clause, or close to its right."""
        names = _names_of(self.sets["average"], self.sets["median"])
        closed = 0
        for k in range(draft.first - 1, max(-1, draft.first - 90), -1):
            item = self.row[k]
            text = self.word(k)
            if text in (")", "]"):
                closed += 1
            elif text in ("(", "["):
                closed = max(0, closed - 1)
            if closed and draft.first - k > 3:
                continue
            if item.kind == "EFFECTNAME":
                if item.rule == "difference_name" and (draft.fields.get("ci_low") is None and draft.unlabelled is None):
                    continue
                if draft.first - k > 40 or self._taken_by_effect(k, draft):
                    continue
                return next(n for n in item.constants if n != "statistic"), k
            if text == ";":
                break
            if text in names:
                return names[text], k
        after = [self.word(k) for k in range(draft.last, min(draft.last + 3, len(self.row)))]
        if after[:1] in (["("], ["in"]) and after[1:2] and after[1] in names:
            return names[after[1]], draft.last + 1
        return None, None

    def _taken_by_effect(self, k: int, draft: Draft) -> bool:
        return any(self.row[m].kind in ("EFFECT",) for m in range(k, draft.first)) or (
            draft.shape in ("percent", "fraction")
            and not any(self.row[m].kind == "CI" for m in range(draft.first, min(draft.last + 4, len(self.row))))
        )

    def _unlabelled(self, draft: Draft) -> None:
        """A bracketed pair or number without a label: told by the statistic, and by what the document announced."""
        f = draft.fields
        bracketed = f.pop("bracketed", None)
        if bracketed is not None:
            kind = self.said_single or self.announced.single(draft.statistic)
            if kind == "percent" and f.get("value") is not None:
                f["events"], f["percent"] = f.pop("value"), bracketed
                draft.shape = "fraction"
            elif kind:
                f[kind] = bracketed
                draft.statistic = draft.statistic or "mean"
        if draft.unlabelled is not None:
            low, high = draft.unlabelled
            kind = "ci" if draft.shape in ("percent", "effect", "fraction", "rate") else self.said_pair
            if (
                not kind
                and self.announced.survival_ci
                and draft.statistic == "median"
                and any(
                    self.word(k) in ("survival", "progression", "duration", "os", "pfs", "efs", "dfs", "dor")
                    for k in range(draft.first)
                )
            ):
                kind = "ci"
            if (
                not kind
                and draft.statistic is None
                and self.announced.median_pair
                and low <= float(str(f.get("value", low))) <= high
            ):
                kind, draft.statistic = self.announced.median_pair, "median"
            kind = kind or self.announced.pair(draft.statistic)
            low_name, high_name = {
                "ci": ("ci_low", "ci_high"),
                "iqr": ("q1", "q3"),
                "range": ("range_low", "range_high"),
            }[kind]
            if f.get(low_name) is None:
                f[low_name], f[high_name] = low, high
        if f.get("plus_minus") is not None and self.announced.plus_minus:
            f[self.announced.plus_minus] = f.pop("plus_minus")


@dataclass(frozen=True, slots=True)
class Announced:
    """What a document says once of its spreads: "median (IQR)", "mean ± SD", "n (%)". Empty string: not said."""

    median_pair: str = ""
    mean_single: str = ""
    plus_minus: str = ""
    survival_ci: bool = False

    def pair(self, statistic: str | None) -> str:
        """The meaning of an unlabelled bracketed pair."""
        if statistic == "median" and self.median_pair:
            return self.median_pair
        return "range" if statistic in ("median", "mean", None) else "ci"

    def single(self, statistic: str | None) -> str:
        """The meaning of an unlabelled bracketed number: sd | se | percent | "" """
        return self.mean_single if statistic in (None, "mean") else ""


# All are matched on the text in lower case and begin with a literal where they can: the whole document is searched.
_SAID_IQR = re.compile(r"[iq](?<!\w.)(?:(?<=i)(?:qr|nterquartile range)|(?<=q)uartiles)\b")
_SAID_RANGE = re.compile(r"range\b(?<=\brange)(?<!interquartile range)(?<!inter-quartile range)")
_SD = re.compile(r"(?:sds?\b|s\.d\.|standard deviations?)")
_SE = re.compile(r"(?:sem?\b|s\.e\.m?\.?|standard errors?)")
_SPREAD_LEAD = re.compile(r"(?:±|\+/-|\+-|\(|\[|and|means?,?)\s*(?:the\s)?\Z")
_PLUS_SD = re.compile(r"(?:±|\+/-|\+-)\s*(?:the\s)?(?:sds?\b|s\.d\.|standard deviations?)")
_PLUS_SE = re.compile(r"(?:±|\+/-|\+-)\s*(?:the\s)?(?:sem?\b|s\.e\.|standard errors?)")
_SAID_SURVIVAL_CI = re.compile(
    r"median (?<=\bmedian )(?:overall |progression-free |event-free |disease-free )?(?:survival|os|pfs|duration)"
    r"[^.;]{0,80}\(95% ci"
)
_PERCENT_SIGN = re.compile("%")
_N_PERCENT_LEAD = re.compile(r"(?:\b(?:n|no\.?|number)\s?[(\[]\s?|\bn\s?/\s?)\Z")


def _said(noun: re.Pattern[str], lead: re.Pattern[str], text: str) -> int | None:
    """Where a word with its lead first stands; the lead is looked for only where the word is."""
    for m in noun.finditer(text):
        before = lead.search(text, max(0, m.start() - 20), m.start())
        if before:
            return before.start()
    return None


def announced(text: str) -> Announced:
    """What a document's text announces of its spreads, the first saying of each kind."""
    text = text.lower()
    iqr, rng = _SAID_IQR.search(text), _SAID_RANGE.search(text)
    sd, se = _said(_SD, _SPREAD_LEAD, text), _said(_SE, _SPREAD_LEAD, text)
    single = ""
    if sd is not None and (se is None or sd <= se):
        single = "sd"
    elif se is not None:
        single = "se"
    pair = ""
    if iqr and (not rng or iqr.start() <= rng.start()):
        pair = "iqr"
    elif rng:
        pair = "range"
    plus_sd, plus_se = _PLUS_SD.search(text), _PLUS_SE.search(text)
    said_sd = sd is not None and se is None
    plus = "sd" if plus_sd and not plus_se else "se" if plus_se and not plus_sd else "sd" if said_sd else ""
    if not single and _said(_PERCENT_SIGN, _N_PERCENT_LEAD, text) is not None:
        single = "percent"
    return Announced(pair, single, plus, _SAID_SURVIVAL_CI.search(text) is not None)


def _opens_grade(inside: list[Item], n: int) -> bool:
    """ "(70%; grade ≥3, 12 [60%])": where, behind the number of all grades, that of a grade begins."""
    if not 0 < n < len(inside) - 1 or inside[n].text not in (";", ","):
        return False
    counted = inside[n + 1].kind == "N" and n + 2 < len(inside) and inside[n + 2].kind == "GRADE"
    return inside[n + 1].kind == "GRADE" or counted  # "(67%; one grade 3)"


_SPANS_OF_TIME = frozenset(("minute", "hour", "night", "day", "week", "month", "year"))


def _is_unit(text: str) -> bool:
    return vocabulary.unit(text) is not None


def measures(row: list[Item], rules: RuleSet, said: Announced = Announced()) -> list[Draft]:
    """The drafts of one sentence's items, in order."""
    return Absorber(row, rules, said).drafts()


__all__ = ["Absorber", "Announced", "Draft", "Item", "announced", "items", "measures", "replace"]
