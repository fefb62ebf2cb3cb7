"""The main number of a draft, by the kind of its item: a count, a fraction, a percentage, an effect, a rate …"""

from collections.abc import Callable

from trialtab import values, vocabulary
from trialtab.extract.measures.counted import (
    adds_up,
    counts_in_so_many,
    counts_people,
    counts_responses,
    event_behind,
    sizes_an_arm,
)
from trialtab.extract.measures.kinds import Draft, Item
from trialtab.extract.measures.row import Row, noun_behind, take


def main_n(row: Row, item: Item, draft: Draft) -> bool:
    take(row, draft, item, "value")
    noun = noun_behind(row, draft.last, item.values["value"])
    if noun is None and (noun := event_behind(row, item, draft.last)) is not None:
        draft.named = (draft.last, noun[1] + 1)
    if item.values["value"] % 1 == 0 and item.values["value"] >= 0 and noun is not None:
        draft.shape = "count"
        draft.noun, draft.noun_item = noun
    elif (
        (item.values["value"] % 1 == 0 and item.values["value"] >= 0 and counts_people(row, draft.last))
        or (item.values["value"] % 1 == 0 and row.word(draft.first - 1) == "leaving")
        or (item.values["value"] % 1 == 0 and counts_in_so_many(row, draft))
        or (item.values["value"] % 1 == 0 and sizes_an_arm(row, draft))
        or (row.depth[draft.first] and adds_up(row, draft))
        or (item.values["value"] % 1 == 0 and counts_responses(row, draft))
        or (
            item.values["value"] % 1 == 0
            and row.depth[draft.first]
            and row.word(draft.last) in ("in", "to", "on", "received")
            and (row.word(draft.first - 1) in ("(", ";", ",", "and", "[") and item.constants["tag"] == "FIG")
        )
        or (
            item.values["value"] % 1 == 0
            and row.word(draft.last) in ("to", "in", "on", "received")
            and any(
                row.word(k)
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
            and row.word(draft.first - 1) in (":", ",", "and", "with", "(", ";")
        )
        or (
            item.values["value"] % 1 == 0
            and row.word(draft.first - 1) in ("(", ";", ",", "and")
            and row.depth[draft.first]
            and row.word(draft.last + 1) in (")", ";", ",", "and", "patients", "participants")
            and (
                row.word(draft.last) in ("placebo", "control", "controls", "verum", "active")
                or vocabulary.is_drug(row.word(draft.last))
            )
        )
    ):
        draft.shape = "count"
    return True


def main_pct(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "percent"
    take(row, draft, item, "percent")
    return True


def main_frac(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "fraction"
    take(row, draft, item, "events", "events")
    take(row, draft, item, "total", "total")
    return True


def main_all(row: Row, item: Item, draft: Draft) -> bool:
    if any(row.word(k) in row.sets["group_head"] - {"recipients"} for k in (draft.last, draft.last + 1)):
        return False  # "all three groups" counts groups
    if draft.first <= 2 and row.word(draft.first - 1) in ("among", "of", "in", "for"):
        return False  # "Among all 101 patients the response was 82%": of how many, no result
    if not main_none(row, item, draft):
        return False
    draft.fields["events"] = draft.fields["total"]
    draft.fields["negated"] = None
    return True


def main_none(row: Row, item: Item, draft: Draft) -> bool:
    if "total" not in item.values:
        return False  # a row of number words that is no number
    draft.shape = "fraction"
    draft.fields["events"] = 0.0
    draft.fields["negated"] = True
    take(row, draft, item, "total", "total")
    return True


def main_neq(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "count"
    draft.fields["n_equals"] = True
    take(row, draft, item, "value", "n")
    return True


def main_effect(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "effect"
    draft.statistic = item.constants["statistic"]
    take(row, draft, item, "value")
    return True


def main_time(row: Row, item: Item, draft: Draft) -> bool:
    joined = item.last - item.first > 2
    if joined and row.word(draft.last) not in (",", ".", ";", ")", "(", "["):
        return False  # "12-month and 18-month estimates": a word that qualifies
    draft.shape = "time"
    take(row, draft, item, "value")
    draft.fields["unit"] = values.time_unit(item.constants["unit"]) or item.constants["unit"]
    return True


def main_times(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "interval"
    take(row, draft, item, "range_low", "low")
    take(row, draft, item, "range_high", "high")
    draft.fields["unit"] = values.time_unit(item.constants["unit"]) or item.constants["unit"]
    return True


def main_ival(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "interval"
    take(row, draft, item, "range_low", "low")
    take(row, draft, item, "range_high", "high")
    return True


def main_qty(row: Row, item: Item, draft: Draft) -> bool:
    take(row, draft, item, "value")
    first = item.printed["unit"][0]
    draft.fields["unit"] = (first, item.end)
    return True


def main_fromto(row: Row, item: Item, draft: Draft) -> bool:
    take(row, draft, item, "value", "high")
    draft.before = item.values["low"]
    draft.fields["changed"] = True
    nxt = row.items[draft.last] if draft.last < len(row.items) else None
    if nxt is not None and nxt.kind == "W" and nxt.text in ("%", "percent", "per cent"):
        draft.fields["unit"] = "%"
        draft.last += 1
        draft.end = nxt.end
    return True


def main_pp(row: Row, item: Item, draft: Draft) -> bool:
    take(row, draft, item, "value")
    draft.fields["unit"] = "percentage points"
    return True


def main_rate(row: Row, item: Item, draft: Draft) -> bool:
    draft.shape = "rate"
    draft.statistic = "rate"
    take(row, draft, item, "value")
    draft.fields["unit"] = (item.printed["value"][1] + 1, item.end)
    return True


def first_of_two_rates(row: Row, first: Draft, second: Draft) -> bool:
    """ "2.84 and 5.90 infections per 100 patient-months": the unit is printed behind the second."""
    plain = first.shape == "value" and first.fields.get("unit") is None and first.statistic is None
    return plain and second.first - first.last == 1 and row.word(first.last) in ("and", "vs", "versus", "v", "against")


MAIN_NUMBER: dict[str, Callable[[Row, Item, Draft], bool]] = {
    "N": main_n,
    "PCT": main_pct,
    "FRAC": main_frac,
    "ALL": main_all,
    "NONE": main_none,
    "NEQ": main_neq,
    "EFFECT": main_effect,
    "TIME": main_time,
    "TIMES": main_times,
    "IVAL": main_ival,
    "QTY": main_qty,
    "FROMTO": main_fromto,
    "PP": main_pp,
    "RATE": main_rate,
}
"""The kind of an item -> what takes its main number; False: it is none."""
