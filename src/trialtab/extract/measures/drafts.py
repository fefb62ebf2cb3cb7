"""Stage 2: the items of one sentence -> its drafts of measures, in order."""

from trialtab import values
from trialtab.extract.measures.absorption import absorb, take_qualifier
from trialtab.extract.measures.announcements import Announced
from trialtab.extract.measures.brackets import take_spread_before
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, SPREAD_KINDS, Draft, Item, WordAt
from trialtab.extract.measures.main_numbers import MAIN_NUMBER, first_of_two_rates
from trialtab.extract.measures.row import Row, take
from trialtab.extract.measures.statistic import settle_statistic
from trialtab.extract.measures.without_number import (
    did_not_occur,
    everybody,
    nobody,
    nobody_again,
    occurred_once,
    single_case,
    state_without_value,
)
from trialtab.rules import RuleSet

_TELLS_WITHOUT_NUMBER = frozenset((
    "no", "none", "nobody", "neither", "never", "all", "both", "every", "single", "not", "nr", "once",
))  # fmt: skip
"""The words with which the results of `without_number` begin."""


def drafts(row: Row) -> list[Draft]:
    """All drafts of the sentence, in order; a later one may be told by the one before it."""
    found: list[Draft] = []
    i = 0
    while i < len(row.items):
        draft = draft_at(row, i)
        if draft is None and found and found[-1].shape == "zero" and found[-1].last == i:
            draft = nobody_again(row, i)
        if draft is None:
            i += 1
            continue
        if found and continues_effect(row, found[-1], draft):
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
            and (not any(row.word(k) in row.sets["copula"] | {";"} for k in range(found[-1].last, draft.first)))
            and not any(x.kind == "RATE" for x in row.items[draft.last : draft.last + 9])
        ):
            draft.shape, draft.statistic, draft.fields["unit"] = "rate", "rate", found[-1].fields["unit"]
        if draft.shape == "rate" and found and first_of_two_rates(row, found[-1], draft):
            found[-1].shape, found[-1].statistic = "rate", "rate"
            found[-1].fields["unit"] = draft.fields["unit"]
        for k in range(draft.first, draft.last):
            row.used[k] = len(found)
        found.append(draft)
        row.counted = row.counted or draft.shape in ("count", "fraction") or "events" in draft.fields
        i = max(draft.last, i + 1)
    return found


def draft_at(row: Row, i: int) -> Draft | None:
    """The draft whose main number is item i, with all that belongs to it; None where the item is no main number."""
    item = row.items[i]
    if item.kind == "W":
        if item.text not in _TELLS_WITHOUT_NUMBER:
            return None
        if item.text == "not":
            return did_not_occur(row, i) or state_without_value(row, i)
        if item.text == "once":
            return occurred_once(row, i)
        return nobody(row, i) or everybody(row, i) or single_case(row, i) or state_without_value(row, i)
    if item.kind == "POINT" and item.rule == "named_time":
        return day_that_something_fell_on(row, i, item)
    if item.kind not in NUMBER_KINDS:
        return None
    draft = Draft("value", i, i + 1, item.start, item.end, depth=row.depth[i])
    draft.rules.append(item.rule or "number")
    make = MAIN_NUMBER[item.kind]
    if not make(row, item, draft):
        return None
    take_qualifier(row, draft)
    absorb(row, draft)
    if draft.shape == "fraction" and draft.noun is None and row.word(draft.last) in row.sets["events"]:
        draft.noun, draft.noun_item = row.word(draft.last), draft.last
    settle_statistic(row, draft)
    take_spread_before(row, draft)
    return draft


_FELL_ON = frozenset(("onset", "peak", "peaked", "occurred", "tmax", "nadir", "started", "began", "maximum", "start"))
_LEADS_TO_A_DAY = frozenset((
    "was", "were", "is", "on", "at", "reached", "occurred", "observed", "of", "a", "the", "median", "mean", "by", ":",
    "came", "fell", ",", "and", "versus", "vs",
))  # fmt: skip


def day_that_something_fell_on(row: Row, i: int, item: Item) -> Draft | None:
    """ "onset was on day 5 (range 1-17)", "at a median of day 9 (7-14)", "Tmax was day 9": the day that something fell
    on.
    """
    if "second" in item.values or "value" not in item.values:
        return None
    lead = [row.word(k) for k in range(max(0, i - 4), i)]
    inside = row.items[i + 2 : i + 5] if row.word(i + 1) in OPENERS else []
    spread = any(x.kind in SPREAD_KINDS for x in inside)
    said = any(x.text in row.sets["median"] for x in inside)  # "day 3 (median; range, 1-8)"
    averaged = said or any(w in row.sets["median"] | row.sets["average"] for w in lead)
    pair = [x.text if x.kind == "W" else x.kind for x in inside] in (["N", ",", "N"], ["IVAL", ")"])
    told = averaged or not _FELL_ON.isdisjoint(lead)
    if not (told and (spread or pair)) and not _peaked_on(row, i):
        return None
    draft = Draft("time", i, i + 1, item.start, item.end, depth=row.depth[i])
    draft.rules.append(item.rule)
    take(row, draft, item, "value")
    draft.fields["unit"] = values.time_unit(item.constants.get("name", "")) or "day"
    draft.statistic = "median" if said or any(w in row.sets["median"] for w in lead) else None
    if pair and row.announced.median_pair:
        draft.statistic = "median"
    absorb(row, draft)
    settle_statistic(row, draft)
    return draft


def _peaked_on(row: Row, i: int) -> bool:
    """ "Tmax was day 9", "the peak was reached on day 14", "median onset of CRS came on day 6, day 4 and day 2": only
    small words stand right before it, and no other number than days that it fell on too.
    """
    k = i - 1
    while k >= 0 and (row.word(k) in _LEADS_TO_A_DAY or (row.items[k].kind == "POINT" and k in row.used)):
        k -= 1
    if _LEADS_TO_A_DAY.isdisjoint(row.words[k + 1 : i]):
        return False
    while k >= 0 and i - k < 12 and row.items[k].kind in ("W", "GRADE"):
        if row.word(k) in _FALLS_ON_A_DAY:
            return True
        if row.word(k) in _OPENS_ANOTHER:
            return False
        k -= 1
    return False


_FALLS_ON_A_DAY = frozenset(("tmax", "onset", "peak", "nadir"))
_OPENS_ANOTHER = frozenset((",", ";", ":", ".", "and", "with", "was", "were", "had", "by", "before", "until"))


def continues_effect(row: Row, before: Draft, draft: Draft) -> bool:
    """ "hazard ratio 0.63 [0.47–0.85] for 50 mg and 0.50 [0.36–0.69] for 100 mg": the second is an effect too."""
    if before.shape != "effect" or draft.shape not in ("value", "time") or draft.first - before.last > 9:
        return False
    spread = draft.unlabelled is not None or any(draft.fields.get(n) is not None for n in ("q1", "range_low", "ci_low"))
    if not spread or before.fields.get("ci_low") is None:
        return False
    between = row.items[before.last : draft.first]
    return not any(
        i.text in row.sets["copula"] | row.sets["have"] | {";"} or i.text in row.sets["median"] | row.sets["average"]
        for i in between
    )


def measures(
    row: list[Item], rules: RuleSet, said: Announced | None = None, words: WordAt | None = None
) -> list[Draft]:
    """The drafts of one sentence's items, in order; words: those of the items, where they are known already."""
    at = Row(row, rules, said or Announced(), words or WordAt(row))
    found = drafts(at)
    _said_behind(at, found)
    return found


def _said_behind(row: Row, found: list[Draft]) -> None:
    """ "Time to response, 1.0 months; time to best response, 4.2 months (medians)": what a bracket says of all."""
    for k, word in enumerate(row.words):
        if word not in ("medians", "means") or row.word(k - 1) not in OPENERS or row.word(k + 1) not in (")", "]", ";"):
            continue
        for draft in found:
            plain = draft.shape in ("value", "time") and draft.statistic in (None, "mean")
            plain = plain and ":" not in (row.word(draft.last), row.word(draft.first - 1))  # a titre, "1:4"
            if draft.last < k and plain and not draft.fields.keys() & {"sd", "se", "plus_minus"}:
                draft.statistic = word[:-1]
