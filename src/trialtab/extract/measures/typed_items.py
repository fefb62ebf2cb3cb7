"""Stage 1: a sentence as a row of typed items, in order, nothing left out.

An item is what a rule of patterns/ marked, a number that no rule marked, or a plain word. Nothing is deleted: an
item that is no result keeps its reason for the ledger.
"""

from dataclasses import replace
from typing import Any

from trialtab import values, vocabulary
from trialtab.extract.grades import bare_grades, joined_grades, short_grades, signed_grades
from trialtab.extract.measures.kinds import OPENERS, Item
from trialtab.language import NUMERIC, Sentence
from trialtab.rules import RuleSet


def is_year(value: float) -> bool:
    return value % 1 == 0 and 1950 <= value <= 2099


_PLUS_MINUS = frozenset(("±", "+/-", "+/−", "+-", "∓"))


def items(sentence: Sentence, rules: RuleSet) -> list[Item]:
    """A sentence as typed items, in order, without gaps between tokens."""
    found: list[Item] = []
    at = 0
    hits = rules.match(sentence)
    for hit in hits:
        found += _unmarked(sentence, at, hit.first)
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
    found += _unmarked(sentence, at, len(sentence))
    if not _PLUS_MINUS.isdisjoint(sentence.words):
        found = _spreads_joined(found)
    if "/" in sentence.words:
        found = joined_grades(found)
    if "10" in sentence.words and "(" in sentence.words:
        found = _powers_joined(found)
    if not _MINUS.isdisjoint(sentence.words):
        found = _inverse_units_joined(found)
    if "grade" in sentence.lower:
        found = bare_grades(found, sentence.lower)
    if "g1" in sentence.lower or "g2" in sentence.lower:
        found = short_grades(found, sentence.lower)
    if "g" in sentence.lower or "gr" in sentence.lower or "g3" in sentence.lower:
        found = signed_grades(found, sentence.words)
    ids = {hit.rule.id for hit in hits}
    if sentence.words.count("/") > 1 and "count_of_total" in ids:
        found = _series_parted(sentence, found)
    if "age" in ids:
        found = _spreads_of_ages(found)
    if "dose" in ids:
        found = _doses_of_a_series(found)
    if "duration" in ids:
        found = _times_of_a_series(found)
    if "clock_time" in ids:
        found = _hours_joined(found)
    timed = not ids.isdisjoint(("named_time", "allocation")) and any(item.rule == "named_time" for item in found)
    return _percents_joined(found) if timed else found


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


def _series_parted(sentence: Sentence, row: list[Item]) -> list[Item]:
    """ "5 / 9 / 17 patients": a fraction that a slash and a number follow is the beginning of a series."""
    parted: list[Item] = []
    for k, item in enumerate(row):
        behind = [x.text if x.kind == "W" else x.kind for x in row[k + 1 : k + 3]]
        if item.rule == "count_of_total" and item.last - item.first == 3 and behind == ["/", "N"]:
            parted += [_plain(sentence, i) for i in range(item.first, item.last)]
        else:
            parted.append(item)
    return parted


def _powers_joined(row: list[Item]) -> list[Item]:
    """ "10(9)/L", as abstracts print a raised exponent: one word, "10^9"."""
    joined: list[Item] = []
    k = 0
    while k < len(row):
        ten, inside = row[k], row[k + 1 : k + 4]
        raised = len(inside) == 3 and [inside[0].text, inside[1].kind, inside[2].text] == ["(", "N", ")"]
        if raised and ten.text == "10" and inside[0].start == ten.end and inside[1].values["value"] in range(3, 13):
            power = f"10^{inside[1].values['value']:.0f}"
            joined.append(Item("W", ten.first, inside[2].last, ten.start, inside[2].end, power))
            k += 4
        else:
            joined.append(ten)
            k += 1
    return joined


_MINUS = frozenset(("−", "–", "-"))
_INVERTED = frozenset((
    "l", "dl", "ml", "µl", "μl", "ul", "nl", "min", "h", "s", "d", "day", "wk", "week", "y", "yr", "year", "kg", "g",
    "mg", "m", "cm", "mm", "mol", "mmol",
))  # fmt: skip


def _inverse_units_joined(row: list[Item]) -> list[Item]:
    """ "12.9 g dl−1": a unit with its negative exponent, as one word, "/dl"."""
    joined: list[Item] = []
    k = 0
    while k < len(row):
        unit, inside = row[k], row[k + 1 : k + 3]
        if (
            len(inside) == 2
            and unit.text in _INVERTED
            and inside[0].text in _MINUS
            and inside[0].start == unit.end
            and inside[1].start == inside[0].end
            and inside[1].kind == "N"
            and inside[1].text in ("1", "2", "3")
        ):
            power = "" if inside[1].text == "1" else inside[1].text
            joined.append(Item("W", unit.first, inside[1].last, unit.start, inside[1].end, f"/{unit.text}{power}"))
            k += 3
        else:
            joined.append(unit)
            k += 1
    return joined


def _spreads_of_ages(row: list[Item]) -> list[Item]:
    """ "mean [SD] age, 38.4 [9.7] years": the number in the bracket behind an age is its spread."""
    spread = list(row)
    for k, item in enumerate(row[:-3]):
        inside = row[k + 2]
        if item.rule == "age" and row[k + 1].text in OPENERS and inside.kind in ("N", "TIME") and (
            row[k + 3].text in (")", "]")
        ):  # fmt: skip
            spread[k + 2] = replace(inside, kind="MASK", rule=item.rule, reason=item.reason)
    return spread


def _doses_of_a_series(row: list[Item]) -> list[Item]:
    """ "pegfilgrastim 60, 100 and 120 µg/kg": the numbers that commas and "and" tie to a dose are doses."""
    series = list(row)
    for k, item in enumerate(series):
        if item.rule != "dose":
            continue
        m = k - 1
        while m > 0 and series[m].text in (",", "and", "or", "/") and series[m - 1].kind == "N":
            series[m - 1] = replace(series[m - 1], kind="MASK", rule=item.rule, reason=item.reason)
            m -= 2
    return series


def _times_of_a_series(row: list[Item]) -> list[Item]:
    """ "rose at 3 (mean 6.8 kg) and 12 months (3.8 kg)": a number with its bracket before a time with its own is a time
    of the same unit.
    """
    series = list(row)
    for k in range(len(series) - 2, 3, -1):
        item = series[k]
        if item.rule != "duration" or series[k + 1].text not in OPENERS or "value" not in item.values:
            continue
        close = k - 1
        while close and series[close].text in (",", "and", ";"):
            close -= 1
        opening = next((m for m in range(close - 1, max(0, close - 24), -1) if series[m].text in OPENERS), 0)
        number = series[opening - 1] if opening > 1 else None
        if close == k - 1 or series[close].text not in (")", "]") or number is None or number.kind != "N":
            continue
        value = number.values["value"]
        led = series[opening - 2].text in ("at", "after", ",", "and", "by")
        if led and value % 1 == 0 and value < item.values["value"]:
            series[opening - 1] = replace(
                item, first=number.first, last=number.last, start=number.start, end=number.end,
                values=number.values, printed=number.printed,
            )  # fmt: skip
    return series


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


_BREATH = frozenset(("oxygen", "vo2", "uptake", "vo2max", "vo2peak", "clearance", "filtration", "ventilation"))
_NOTHING: dict[str, Any] = {}
"""What every word shares: three dictionaries for each would be a tenth of the time of this stage. Never written to."""


def _unmarked(sentence: Sentence, first: int, last: int) -> list[Item]:
    """The tokens first <= i < last that no rule marked; most of them are words."""
    numeric, no_words = NUMERIC, _NOTHING
    lower, starts, ends = sentence.lower, sentence.starts, sentence.ends
    return [
        _plain(sentence, i)
        if tag in numeric
        else Item("W", i, i + 1, starts[i], ends[i], lower[i], no_words, no_words, no_words)
        for i, tag in enumerate(sentence.tags[first:last], first)
    ]


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


def _mended(sentence: Sentence, item: Item) -> list[Item]:
    """A fraction that is none (4 of 2, 12.5/3), a hazard ratio of 78 beats: back to plain items."""
    v = item.values
    if (item.kind == "FRAC" and v["events"] <= 12 and is_year(v["total"]) and item.last - item.first == 3) or (
        item.kind == "FROMTO" and is_year(v.get("low", 0)) and is_year(v.get("high", 0))
    ):
        return [replace(item, kind="MASK", rule="date", reason="date")]  # "02/2019", "from 2011 to 2020"
    if item.kind == "FRAC" and not (
        v["events"] <= v["total"]
        and v["events"] % 1 == 0 == v["total"] % 1
        and v["total"] > 0
        and not sentence.words[item.last - 1].startswith("0")  # "0/001" is a decimal number
    ):
        return [_plain(sentence, i) for i in range(item.first, item.last)]
    before = sentence.lower[item.first - 1] if item.first else ""
    if item.kind == "FRAC" and before == "to" and sentence.lower[item.first] == "one" and "from" in sentence.lower:
        return [_pointing(sentence, item.first), *(_plain(sentence, i) for i in range(item.first + 1, item.last))]
    if item.rule == "named_time" and item.last - item.first == 1 and before in ("/", "per"):
        return [_plain(sentence, item.first)]  # "24 kg/m2": square metres, not month 2
    if item.rule == "duration" and _is_per_time(sentence, item.last):
        return [_plain(sentence, i) for i in range(item.first, item.last)]  # "6.8 min/day" is no time
    if item.rule == "dose" and sentence.lower[item.last : item.last + 2] == ("/", "min") and not _BREATH.isdisjoint(
        sentence.lower
    ):  # fmt: skip
        return [_plain(sentence, i) for i in range(item.first, item.last)]  # "oxygen uptake rose by 1.9 mL/kg/min"
    if item.constants.get("statistic") in ("hazard_ratio", "odds_ratio", "risk_ratio") and v.get("value", 0) > 500:
        return [_plain(sentence, i) for i in range(item.first, item.last)]
    if (
        item.rule == "citation"
        and not (len(item.printed) == 1 and item.first and sentence.words[item.first - 1] in (";", ".", ","))
        and any(tag in NUMERIC or tag == "PCT" for tag in sentence.tags[max(0, item.first - 4) : item.first])
    ):
        return _interval_in_brackets(sentence, item)
    if item.rule == "named_time" and "second" in v and (
        _is_value_behind(sentence, item) if "third" not in v else _is_no_series(sentence, item)
    ):  # fmt: skip
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
    if item.kind == "GROUP" and sentence.words[item.last - 1] == "v":
        return [_plain(sentence, i) for i in range(item.first, item.last)]  # "8.6 in the control arm v 8.1"
    if item.kind == "GROUP" and item.last < len(sentence) and "value" not in v and item.values:
        behind = sentence.words[item.last]
        number = item.last - 1
        before = sentence.lower[item.first - 1] if item.first else ""
        named = sentence.words[item.first][:1].isupper() or before in ("of", "in", "for", "with", "and", "versus", "vs")
        if (
            sentence.words[number].isdigit()
            and not (named and behind == "patients")
            and (values.time_unit(behind) is not None or behind in ("%", "percent", "patients", "points", "of"))
        ):
            return [_plain(sentence, i) for i in range(item.first, item.last)]  # "in the A group 16 days"
    if item.kind == "IVAL" and "low" in v and "high" in v and v["low"] > v["high"] > 0:
        return [_plain(sentence, i) for i in range(item.first, item.last)]
    return [item]


def _pointing(sentence: Sentence, i: int) -> Item:
    """ "fell from a median of 17 to one of 2": the word that stands for what was told before."""
    return Item("W", i, i + 1, sentence.starts[i], sentence.ends[i], sentence.lower[i], {}, {}, {}, reason="pronoun")


def _is_per_time(sentence: Sentence, k: int) -> bool:
    """Whether "/day", "per week" stands at token k."""
    return sentence.lower[k : k + 1] in (("/",), ("per",)) and sentence.lower[k + 1 : k + 2] in _SPANS


_SPANS = tuple((span,) for span in ("day", "week", "month", "night", "year", "d", "wk"))


def _is_value_behind(sentence: Sentence, item: Item) -> bool:
    """ "84.6% at month 6 and 85.1% at month 24": the second number is the next value, not a time."""
    behind = sentence.words[item.last] if item.last < len(sentence) else ""
    unit = behind[:1].isalpha() and vocabulary.unit(behind) is not None and values.time_unit(behind) is None
    if behind in ("mg", "g", "μg", "µg", "mcg", "ml", "iu", "IU", "units", "Gy", "gy"):
        unit = sentence.words[item.last + 1 : item.last + 2] == ("/",)  # "on day 3 and 1.5 mg per kilogram" is a dose
        if not unit:
            return False
    if behind == "/" and sentence.words[item.last - 1].isdigit():
        per = sentence.words[item.last + 1 : item.last + 2]
        unit = bool(per) and (per[0].isdigit() or vocabulary.unit("/" + per[0]) is not None)
        # "on day 28, 4/5 patients", "on day 30 and 274/uL on day 90"
    if behind in OPENERS and item.last + 1 < len(sentence):
        unit = (
            unit
            or _opens_an_interval(sentence, item.last + 1)
            or sentence.lower[item.last + 1] in ("iqr", "range", "sd", "se", "sem", "ci", "95", "n", "±")
        )
    if item.values["second"] < item.values["value"] and behind in OPENERS:
        return True  # "at month 3 and 0 (0, 2) at month 6": later times are greater
    counted = sentence.words[item.last - 1].isalpha() and behind in ("of", "had", "died", "was", "were", "in", "from")
    # "one of sepsis on day 34 and one of progression"
    return counted or item.values["second"] % 1 != 0 or behind in _PLUS_MINUS or behind in ("%", "percent") or unit


def _is_no_series(sentence: Sentence, item: Item) -> bool:
    """ "at day 180, 301 and 266", "on day 28, 4/5 patients": what follows the first number are no later times."""
    v, words = item.values, sentence.words[item.first : item.last]
    return v["third"] < v["second"] > v["value"] or words[-4:-3] + words[-2:-1] == (",", "/")


def _opens_an_interval(sentence: Sentence, i: int) -> bool:
    """ "(96-238)", "(0, 2)": two numbers fill a bracket."""
    inside = sentence.words[i : i + 4]
    return len(inside) == 4 and inside[1] in ("-", "–", ",") and inside[3] in (")", "]") and inside[2][:1].isdigit()


def _first_time(sentence: Sentence, item: Item) -> list[Item]:
    """A time that stops before the next value, and that value."""
    time = replace(
        item, last=item.first + 2, end=sentence.ends[item.first + 1],
        values={"value": item.values["value"]}, printed={"value": item.printed["value"]},
    )  # fmt: skip
    rest = [_plain(sentence, i) for i in range(item.first + 2, item.last)]
    if [x.kind for x in rest[-3:]] == ["N", "W", "N"] and rest[-2].text == "/":
        events, total = rest[-3].values["value"], rest[-1].values["value"]
        if events <= total and total > 0:
            first, last = rest[-3], rest[-1]
            rest[-3:] = [
                replace(
                    first, kind="FRAC", last=last.last, end=last.end, text="", rule="count_of_total",
                    values={"events": events, "total": total},
                    printed={"events": (first.start, first.end), "total": (last.start, last.end)},
                )
            ]  # fmt: skip
    return [time, *rest]


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
