"""What belongs to a number and stands beside it: qualifier, unit, denominator, share, spread."""

import re

from trialtab import vocabulary
from trialtab.extract.measures.brackets import (
    QUALIFIERS,
    take_bracket,
    take_bracket_behind_people,
    take_share_behind_arm,
    take_share_of_whom,
    take_spread,
    take_spread_behind_place,
    take_spread_behind_time,
)
from trialtab.extract.measures.kinds import OPENERS, SPREAD_KINDS, Draft
from trialtab.extract.measures.row import Row, extend, is_unit, noun_behind, take

_SPANS_OF_TIME = frozenset(("minute", "hour", "night", "day", "week", "month", "year"))
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


def take_qualifier(row: Row, draft: Draft) -> None:
    i = draft.first - 1
    one, two = row.word(i), row.word(i - 1)
    found = QUALIFIER_PAIRS.get((two, one))
    if found is None and row.items[i].kind == "W" if i >= 0 else False:
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
    draft.start = row.items[draft.first].start


def absorb(row: Row, draft: Draft) -> None:
    """Take in, from left to right, unit, brackets and trailing spreads until something else stands there."""
    take_unit(row, draft)
    take_share_of_whom(row, draft)
    for _ in range(6):
        i = draft.last
        if i >= len(row.items):
            return
        skip = i
        while skip < len(row.items) and row.word(skip) in (",", ";", ":") and skip - i < 1:
            skip += 1
        if row.word(i) == "with" and row.word(i + 1) in ("a", "an"):
            skip = i + 2
        if row.items[skip].kind in SPREAD_KINDS if skip < len(row.items) else False:
            take_spread(row, draft, row.items[skip])
            extend(row, draft, skip + 1)
            take_unit(row, draft)
            continue
        if (
            (draft.shape in ("effect", "rate") or _as_those_before(row, draft, skip))
            and draft.fields.get("ci_low") is None
            and row.word(i) in (",", ";")
            and (skip < len(row.items) and row.items[skip].kind == "IVAL")
        ):
            draft.unlabelled = (row.items[skip].values["low"], row.items[skip].values["high"])
            draft.captures += [(n, *row.items[skip].printed[n]) for n in ("low", "high")]
            extend(row, draft, skip + 1)
            continue
        if (
            draft.shape in ("percent", "fraction", "count")
            and draft.fields.get("total") is None
            and take_total(row, draft)
        ):
            continue
        if draft.shape == "fraction" and draft.fields.get("percent") is None and take_percent_behind(row, draft):
            continue
        if row.depth[draft.first] and draft.shape in ("count", "value") and take_percent_beside(row, draft):
            continue
        if row.items[i].kind == "P":
            draft.p_item = i
            draft.last = i + 1
            continue
        if (
            row.depth[draft.first]
            and draft.shape in ("value", "percent", "time")
            and draft.fields.get("total") is None
            and row.word(i) in (";", ",")
            and i + 2 < len(row.items)
            and row.items[i + 1].kind == "NEQ"
            and row.word(i + 2) in (")", "]")
        ):
            take(row, draft, row.items[i + 1], "total", "n")  # "(+5.3%; P = 0.04; n = 10)"
            extend(row, draft, i + 2)
            continue
        if draft.shape in ("count", "value") and take_share_behind_arm(row, draft):
            continue
        if (
            draft.shape == "count"
            and draft.noun_item is not None
            and draft.noun_item >= i
            and row.word(draft.noun_item + 1) in OPENERS
            and row.items[draft.noun_item + 1].kind == "W"
            and draft.noun in row.sets["people"]
        ):
            # "45 of 48 patients (94%)", "13 women (20%)": the bracket stands after the counted noun
            keep = draft.last, draft.end
            draft.last = draft.noun_item + 1
            if take_bracket(row, draft):
                continue
            draft.last, draft.end = keep
            return
        if draft.shape == "count" and draft.noun_item is not None and take_events_among(row, draft):
            continue
        if row.word(i) in OPENERS:
            if not take_bracket(row, draft):
                return
            take_unit(row, draft)
            continue
        if draft.shape in ("fraction", "count") and take_bracket_behind_people(row, draft):
            continue
        if draft.shape in ("value", "time", "change", "percent") and take_spread_behind_place(row, draft):
            continue
        if draft.shape == "percent" and take_spread_behind_time(row, draft):
            continue
        return


def _as_those_before(row: Row, draft: Draft, k: int) -> bool:
    """ "(91%, 95% CI 87-95 vs 77%, 70-84)": an interval about its number where one before was said to be a CI."""
    value = draft.fields.get("percent", draft.fields.get("value"))
    if row.said_pair != "ci" or draft.shape not in ("percent", "value") or k >= len(row.items):
        return False
    bounds = row.items[k].values
    return isinstance(value, float) and {"low", "high"} <= bounds.keys() and bounds["low"] <= value <= bounds["high"]


def take_events_among(row: Row, draft: Draft) -> bool:
    """ "83 deaths among 335 patients (24.8%)": what was counted, among how many, and the share that they give."""
    k = (draft.noun_item or 0) + 1
    if row.word(k) not in ("among", "of", "in"):
        return False
    k += 1
    while row.word(k) in ("the", "all"):
        k += 1
    if k >= len(row.items) or row.items[k].kind != "N" or (noun := noun_behind(row, k + 1, 2)) is None:
        return False
    share = noun[1] + 2
    if row.word(share - 1) not in OPENERS or share + 1 >= len(row.items) or row.items[share].kind != "PCT":
        return False
    events, total, percent = (
        float(str(draft.fields["value"])),
        row.items[k].values["value"],
        row.items[share].values["value"],
    )
    if row.word(share + 1) not in (")", "]") or not events <= total or abs(100 * events / total - percent) > 0.6:
        return False
    draft.shape = "fraction"
    draft.fields["events"] = draft.fields.pop("value")
    draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
    take(row, draft, row.items[k], "total")
    take(row, draft, row.items[share], "percent")
    draft.rules.append(row.items[share].rule)
    if draft.noun not in row.sets["people"] and draft.noun_item is not None:
        draft.named = (draft.first + 1, draft.noun_item + 1)
    extend(row, draft, share + 2)
    return True


def take_total(row: Row, draft: Draft) -> bool:
    """ "58% of the 36 patients": the denominator behind a percentage."""
    k = draft.last
    if row.word(k) not in ("of", "among", "in"):
        return False
    k += 1
    while row.word(k) in ("the", "all", "these", "our", "first", "last", "remaining", "other", "initial"):
        k += 1
    if k >= len(row.items) or row.items[k].kind != "N" or row.items[k].values["value"] % 1:
        return False
    noun = noun_behind(row, k + 1, 2)
    events, percent = draft.fields.get("events"), draft.fields.get("percent")
    if (
        noun is None
        and isinstance(events, float)
        and isinstance(percent, float)
        and row.items[k].values["value"] >= events
    ):
        if abs(100 * events / row.items[k].values["value"] - percent) > 0.6:
            return False
        take(row, draft, row.items[k], "total")
        extend(row, draft, k + 1)
        return True
    if noun is None or noun[0] not in row.sets["people"] or noun[1] - k > 3:
        return False
    if draft.shape == "percent" and row.word(draft.last) == "in" and row.word(draft.first - 1) == "by":
        return False  # "fell by at least 5% in five patients"
    share = row.items[noun[1] + 2 : noun[1] + 3]
    if draft.shape == "percent" and row.word(noun[1] + 1) in OPENERS and share and share[0].kind == "PCT":
        return False  # "fell by at least 10% in 7 patients (35%)": the share is that of the 7
    if draft.shape == "count":
        draft.shape = "fraction"
        draft.fields["events"] = draft.fields.pop("value")
        draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
    take(row, draft, row.items[k], "total")
    extend(row, draft, noun[1] + 1)
    return True


def take_percent_behind(row: Row, draft: Draft) -> bool:
    """ "72 of 207, 34.8%": a percentage behind a comma that the fraction gives."""
    k = draft.last + 1
    if row.word(k - 1) not in (",", ";", "=", "or") or k >= len(row.items) or row.items[k].kind != "PCT":
        return False
    events, total = float(str(draft.fields["events"])), float(str(draft.fields["total"]))
    if abs(100 * events / total - row.items[k].values["value"]) > 1:
        return False
    take(row, draft, row.items[k], "percent")
    draft.rules.append(row.items[k].rule)
    extend(row, draft, k + 1)
    return True


def take_percent_beside(row: Row, draft: Draft) -> bool:
    """ "(4 patients, 3%)", "(28, 28.3%)": count and percentage parted by a comma within one bracket."""
    k = draft.last if row.word(draft.last) == "," else (draft.noun_item or draft.last) + 1
    value = draft.fields.get("value")
    if (
        row.word(k) != ","
        or k + 2 >= len(row.items)
        or row.items[k + 1].kind != "PCT"
        or row.word(k + 2) not in (")", "]", ";", ",")
        or not isinstance(value, float)
        or value % 1
        or draft.fields.get("unit") is not None
    ):
        return False
    draft.shape = "fraction"
    draft.fields["events"] = draft.fields.pop("value")
    draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in draft.captures]
    take(row, draft, row.items[k + 1], "percent")
    draft.rules.append(row.items[k + 1].rule)
    extend(row, draft, k + 2)
    return True


def take_unit(row: Row, draft: Draft) -> None:
    if (
        draft.shape == "effect"
        and row.word(draft.last) in ("percentage", "percent", "%")
        and row.word(draft.last + 1) in ("points", "point")
    ):
        draft.fields["unit"] = "percentage points"
        extend(row, draft, draft.last + 2)
        return
    if draft.shape == "effect" and row.word(draft.last) in ("percentage-points", "percentage-point", "points"):
        draft.fields["unit"] = "percentage points" if draft.statistic == "risk_difference" else "points"
        extend(row, draft, draft.last + 1)
        return
    if draft.fields.get("unit") is not None or draft.shape in ("percent", "fraction", "zero"):
        return
    if row.word(draft.last) in row.sets["people"] | row.sets["events"]:
        return
    i = draft.last
    spread = any(draft.fields.get(n) is not None for n in ("plus_minus", "sd", "se"))
    if spread and row.word(i) == ")" and row.word(draft.first - 1) == "(" and is_unit(row.word(i + 1)):
        draft.fields["unit"] = (row.items[i + 1].start, row.items[i + 1].end)
        extend(row, draft, i + 2)
        return
    if row.word(i) == "-" and row.items[i].start == draft.end:
        i += 1
    longest = None
    text = ""
    for k in range(i, min(i + 6, len(row.items))):
        item = row.items[k]
        if item.kind not in ("W", "N") or item.text in OPENERS or item.text in (")", "]", ",", ";"):
            break
        if item.text == "." and longest == k:
            break  # the end of the sentence and not of an abbreviation
        text += (" " if text and item.start > row.items[k - 1].end else "") + item.text
        if is_unit(text):
            longest = k + 1
    if longest is None and row.word(i) == "per" and row.word(i + 1) in _SPANS_OF_TIME | {"patient"}:
        longest = i + 2
    if longest is None and repeats_a_unit(row, i):
        longest = i + 1
    if longest is None:
        return
    first_word = row.items[i].text
    spread = spread or (draft.shape != "interval" and draft.fields.get("q1") is not None)
    unlikely = ("in", "a", "at", "no", "s") if spread else ("in", "a", "at", "no", "s", "h", "d")
    if first_word in unlikely and longest == i + 1 and draft.shape != "effect":
        return
    if row.word(longest) == "per" and row.word(longest + 1) in _SPANS_OF_TIME and "/" in row.items[longest - 2].text:
        longest += 2  # "121 IU/kg per year"
    if draft.shape == "count":
        draft.shape, draft.noun, draft.noun_item = "value", None, None
    draft.fields["unit"] = (row.items[i].start, row.items[longest - 1].end)
    extend(row, draft, longest)


def repeats_a_unit(row: Row, i: int) -> bool:
    """An unknown short word that stands behind two or more figures of the sentence is their unit ("27 ppb, 21
    ppb").
    """
    word = row.word(i)
    if (
        not (1 < len(word) <= 5 and word.isalpha())
        or word
        in row.sets["preposition"]
        | row.sets["conjunction"]
        | row.sets["copula"]
        | (
            row.sets["versus"]
            | row.sets["people"]
            | row.sets["have"]
            | row.sets["did"]
            | row.sets["treated_by"]
            | row.sets["events"]
        )
        or vocabulary.is_drug(word)
    ):
        return False
    behind = [
        k
        for k in range(1, len(row.items))
        if row.items[k].text == word and row.items[k - 1].kind in ("N", "IVAL", "PM")
    ]
    return len(behind) >= 2 and all(row.items[k].text != word or k in behind for k in range(len(row.items)))
