"""Stage 2: the items of one sentence -> its drafts of measures, in order."""

from trialtab import values
from trialtab.extract.measures.absorption import absorb, take_qualifier
from trialtab.extract.measures.announcements import Announced
from trialtab.extract.measures.brackets import take_spread_before
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, SPREAD_KINDS, Draft, Item, WordAt
from trialtab.extract.measures.main_numbers import MAIN_NUMBER, first_of_two_rates
from trialtab.extract.measures.row import Row, take
from trialtab.extract.measures.statistic import settle_statistic
from trialtab.extract.measures.without_number import everybody, nobody, nobody_again, single_case, state_without_value
from trialtab.rules import RuleSet

_TELLS_WITHOUT_NUMBER = frozenset((
    "no", "none", "nobody", "neither", "never", "all", "both", "every", "single", "not", "nr",
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


def day_that_something_fell_on(row: Row, i: int, item: Item) -> Draft | None:
    """ "onset was on day 5 (range 1-17)", "at a median of day 9 (range 7-14)": the day that something fell on."""
    behind = row.items[i + 2].kind if i + 2 < len(row.items) and row.word(i + 1) in OPENERS else ""
    unit = values.time_unit(row.items[i].constants.get("name", ""))
    lead = [row.word(k) for k in range(max(0, i - 4), i)]
    averaged = any(w in row.sets["median"] | row.sets["average"] for w in [*lead, row.word(i + 3)])
    told = averaged or any(w in ("onset", "peak", "peaked", "occurred", "tmax") for w in lead)
    if behind not in SPREAD_KINDS or not told or "second" in item.values or "value" not in item.values:
        return None
    draft = Draft("time", i, i + 1, item.start, item.end, depth=row.depth[i])
    draft.rules.append(item.rule)
    take(row, draft, item, "value")
    draft.fields["unit"] = unit or "day"
    draft.statistic = "median" if any(w in row.sets["median"] for w in lead) else None
    absorb(row, draft)
    settle_statistic(row, draft)
    return draft


def continues_effect(row: Row, before: Draft, draft: Draft) -> bool:
    """ "hazard ratio 0.63 [0.47–0.85] for 50 mg and 0.50 [0.36–0.69] for 100 mg": the second is an effect too."""
    if before.shape != "effect" or draft.shape not in ("value", "time") or draft.first - before.last > 9:
        return False
    if all(draft.fields.get(n) is None for n in ("q1", "range_low", "ci_low")) or before.fields.get("ci_low") is None:
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
    return drafts(Row(row, rules, said or Announced(), words or WordAt(row)))
