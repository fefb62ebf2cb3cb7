"""What the bracket behind a number says of it: its other half, its spread, its interval, its p-value."""

from trialtab import values
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, SPREAD_KINDS, Draft, Item
from trialtab.extract.measures.row import Row, closing, extend, is_unit, take


def opens_grade(inside: list[Item], n: int) -> bool:
    """ "(70%; grade ≥3, 12 [60%])": where, behind the number of all grades, that of a grade begins."""
    if not 0 < n < len(inside) - 1 or inside[n].text not in (";", ","):
        return False
    counted = inside[n + 1].kind == "N" and n + 2 < len(inside) and inside[n + 2].kind == "GRADE"
    return inside[n + 1].kind == "GRADE" or counted  # "(67%; one grade 3)"


_PLACES_OF_VALUES = frozenset(("in", "on", "after", "of", "from", "at", "for", "per", "before", "with", "under"))
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


def take_bracket(row: Row, draft: Draft) -> bool:
    """Absorb the bracket that starts at draft.last, where what it holds belongs to the number before it."""
    i = draft.last
    close = closing(row, i)
    if close is None:
        return False
    inside = row.items[i + 1 : close]
    if any(item.kind == "W" and item.text in row.sets["versus"] for item in inside):
        return False
    words = [
        item.text
        for item in inside
        if item.kind == "W" and item.text not in FLUFF and item.text not in QUALIFIERS and not is_unit(item.text)
    ]
    typed = [item for item in inside if item.kind not in ("W", "MASK", "GRADE", "POINT", "GROUP")]
    if not typed:
        return False
    if draft.shape == "time" and _holds_its_own(typed):
        return False  # "at 12 months (3.8 kg, 95% CI 0.5 to 7.0)": a time with its result behind it
    in_percent = draft.shape == "percent" or draft.fields.get("unit") == "%"
    if in_percent and typed[0].kind == "PCT" and typed[0].constants.get("signed"):
        return False  # "from 49.9% to 55.2% (+5.3%; n = 10)": the change is a number of its own
    if sum(item.kind == "GROUP" for item in inside) > 1 or sum(item.kind == "NEQ" for item in inside) > 1:
        return False  # "(group A = 9 out of 45; group B = 19 out of 47)": each has a number of its own
    nested = {id(row.items[k]) for k in range(i + 1, close) if row.depth[k] > row.depth[i]}
    graded = next((n for n, item in enumerate(inside) if item.kind == "GRADE"), len(inside))
    if graded < len(inside) and sum(item.kind == "N" for item in inside) > 1 and not opens_grade(inside, graded - 1):
        return False  # "(grade 1 in 51 [39%], grade 2 in 16 [12%])": results of their own
    first_typed = inside.index(typed[0])
    before = [
        item
        for item in inside[:first_typed]
        if item.kind == "W" and item.text not in FLUFF and item.text not in QUALIFIERS
    ]
    labels = {item.text for item in inside if item.kind == "W"} & (row.sets["average"] | row.sets["median"])
    strong = [item for item in typed if item.kind in SPREAD_KINDS or item.kind == "P"]
    if before and not strong:
        return False
    if len(words) > 6 and not strong and typed[0].kind not in ("FRAC", "PCT"):
        return False
    took = False
    free = 0
    effect = next(
        (n for n, item in enumerate(inside) if item.kind in ("EFFECT", "EFFECTNAME") or opens_grade(inside, n)), None
    )
    for item in inside[:effect]:
        if item.kind in SPREAD_KINDS:
            take_spread(row, draft, item)
            took = True
        elif item.kind == "P":
            if draft.p_item is None and effect is None:
                draft.p_item = row.items.index(item, i)
            took = True
        elif (
            item.kind in NUMBER_KINDS
            and id(item) not in nested
            and not before
            and free < 2
            and (words == [] or free == 0)
            and take_inner(row, draft, item, inside)
        ):
            took = True
            free += 1
    if not took:
        return False
    if draft.statistic is None and labels and draft.shape not in ("count", "fraction", "percent"):
        draft.statistic = "median" if labels & row.sets["median"] else "mean"
    if effect is not None:
        # the effect is a row of its own: the bracket stays open for it, only what stands before it is taken in
        last = i + 1
        for k in range(i + 1, i + 1 + effect):
            if row.items[k].kind in NUMBER_KINDS | SPREAD_KINDS:
                last = k + 1
        extend(row, draft, last)
        return last > i + 1
    only_p = all(item.kind in ("P", "W") for item in inside)
    if only_p:
        draft.last = close + 1
    else:
        extend(row, draft, close + 1)
    return True


def _holds_its_own(typed: list[Item]) -> bool:
    """Whether a bracket begins with an estimate whose spread follows in it."""
    return typed[0].kind in ("N", "TIME", "PCT") and any(item.kind in SPREAD_KINDS for item in typed[1:])


def take_inner(row: Row, draft: Draft, item: Item, inside: list[Item]) -> bool:
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
            take(row, draft, item, "percent")
            return True
        if draft.shape in ("value", "time") and item.constants.get("signed") is None:
            f.setdefault("percent_change", item.values["value"])
            return True
        return False
    if item.kind == "FRAC" and draft.shape in ("percent", "count", "value"):
        if draft.shape != "percent":
            return False
        take(row, draft, item, "events", "events")
        take(row, draft, item, "total", "total")
        return True
    if item.kind == "NEQ":
        if draft.shape == "percent":
            take(row, draft, item, "events", "n")
        else:
            take(row, draft, item, "total", "n")
        return True
    if item.kind == "N":
        value = item.values["value"]
        if draft.shape == "percent" and value % 1 == 0 and not draft.fields.get("events"):
            take(row, draft, item, "events")
            return True
        if draft.shape in ("value", "time") and draft.unlabelled is None and f.get("plus_minus") is None:
            pair = [x for x in inside if x.kind == "N"]
            if len(pair) == 2 and pair[0] is item and value <= pair[1].values["value"]:
                draft.unlabelled = (value, pair[1].values["value"])
                draft.captures += [("low", item.start, item.end), ("high", pair[1].start, pair[1].end)]
                return True
            if len(pair) == 1 and len(inside) <= 3:
                f["bracketed"] = value
                draft.captures.append(("bracketed", item.start, item.end))
                return True
        return draft.unlabelled is not None
    of_share = draft.shape == "fraction" and _holds(item, f.get("percent"))  # "30 (71%; 55–84)"
    if item.kind in ("IVAL", "TIMES") and (draft.shape in ("value", "time", "percent", "effect", "state") or of_share):
        if draft.unlabelled is None:
            draft.unlabelled = (item.values["low"], item.values["high"])
            draft.captures += [(n, *item.printed[n]) for n in ("low", "high")]
        return True
    return False


def _holds(interval: Item, value: object) -> bool:
    """Whether a number lies inside an interval."""
    bounds = interval.values
    return isinstance(value, float) and {"low", "high"} <= bounds.keys() and bounds["low"] <= value <= bounds["high"]


def take_spread(row: Row, draft: Draft, item: Item) -> None:
    draft.rules.append(item.rule)
    v = item.values
    low, high = v.get("low"), v.get("high")
    if low is not None and high is not None and low > high > 0 and values.decimals(str(high)) == 0:
        low, high = high, low
    if item.kind in ("CI", "IQR", "RANGE"):
        row.said_pair = item.kind.lower()
    elif item.kind in ("SD", "SE"):
        row.said_single = item.kind.lower()
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


def take_share_of_whom(row: Row, draft: Draft) -> None:
    """ "12 of whom (67%) needed it": the percentage of a count that points back."""
    k = draft.last
    if row.word(k) != "of" or row.word(k + 1) not in ("whom", "them", "these", "those", "which"):
        return
    if row.word(k + 2) in OPENERS:
        _take_bracket_at(row, draft, k + 2)


def _take_bracket_at(row: Row, draft: Draft, k: int) -> bool:
    """Takes the bracket that opens at item k, behind words that follow a number; where nothing is in it to take, the
    draft stays as it was.
    """
    keep = draft.last, draft.end
    draft.last = k
    if take_bracket(row, draft):
        return True
    draft.last, draft.end = keep
    return False


def take_bracket_behind_people(row: Row, draft: Draft) -> bool:
    i = draft.last
    for k in range(i, min(i + 4, len(row.items))):
        if row.word(k) in row.sets["people"] and row.word(k + 1) in OPENERS:
            return _take_bracket_at(row, draft, k + 1)
        if row.items[k].kind != "W" or row.word(k) in row.sets["preposition"] or not row.word(k)[:1].isalpha():
            return False
    return False


def take_spread_behind_place(row: Row, draft: Draft) -> bool:
    """ "24 days in the hospital (IQR, 21-29)": a bracket of spread behind where or after what a value was."""
    k = draft.last
    if draft.fields.keys() & {"low", "high", "sd", "se", "ci_low"} or row.word(k) not in _PLACES_OF_VALUES:
        return False
    stop = row.sets["conjunction"] | row.sets["copula"] | row.sets["have"] | row.sets["did"]
    m = k + 1
    while m < len(row.items) and m - k <= 4 and row.items[m].kind == "W" and row.word(m)[:1].isalpha():
        if row.word(m) in stop:
            return False
        m += 1
    if m == k + 1 or row.word(m) not in OPENERS or m + 1 >= len(row.items):
        return False
    if row.items[m + 1].kind not in SPREAD_KINDS:
        return False
    return _take_bracket_at(row, draft, m)


_AT_A_TIME = frozenset(("at", "after", "by", "in", "on"))


def take_spread_behind_time(row: Row, draft: Draft) -> bool:
    """ "58% at 12 months (95% CI, 40-70)", "66.7% at month 6 (SE 15.7)": a bracket of spread behind the time of a
    share.
    """
    k = draft.last
    if draft.fields.keys() & {"q1", "range_low", "sd", "se", "ci_low", "plus_minus"} or row.word(k) not in _AT_A_TIME:
        return False
    m = k + 1
    if m + 2 >= len(row.items) or row.items[m].kind not in ("TIME", "POINT") or row.word(m + 1) not in OPENERS:
        return False
    inside = row.items[m + 2]
    alone = inside.kind == "IVAL" and row.word(m + 3) in (")", "]") and _holds(inside, draft.fields.get("percent"))
    if (inside.kind not in ("CI", "SE", "SD") and not alone) or "second" in row.items[m].values:
        return False
    return _take_bracket_at(row, draft, m + 1)


def take_share_behind_arm(row: Row, draft: Draft) -> bool:
    """ "21 patients on A (36%) and 8 on placebo (27%)": the percentage behind the arm of a count."""
    value = draft.fields.get("value")
    k = draft.noun_item + 1 if draft.noun_item is not None and draft.noun_item >= draft.last else draft.last
    if (
        not isinstance(value, float)
        or value % 1
        or draft.fields.keys() - {"value"}
        or (draft.noun is not None and draft.noun not in row.sets["people"])
        or row.word(k) not in ("on", "with", "in", "receiving", "taking", "given", "after", "from")
    ):
        return False
    stop = row.sets["copula"] | row.sets["have"] | row.sets["did"] | {"(", ",", ";", ".", ")", "and", "or", "of"}
    m = k + 1
    while m < len(row.items) and m - k <= 6 and row.items[m].kind in ("W", "GROUP", "MASK") and row.word(m) not in stop:
        m += 1
    if m == k + 1 or row.word(m) not in OPENERS or m + 1 >= len(row.items) or row.items[m + 1].kind != "PCT":
        return False
    return _take_bracket_at(row, draft, m)


def take_spread_before(row: Row, draft: Draft) -> None:
    """ "ranged from 21 to 153 days, with a median of 45 days": the spread stands before its estimate."""
    if draft.stat_item is None or any(draft.fields.get(n) is not None for n in ("range_low", "q1", "ci_low", "sd")):
        return
    for k in range(draft.stat_item - 1, max(-1, draft.stat_item - 7), -1):
        if row.items[k].kind in ("RANGE", "IQR") and k not in row.used:
            take_spread(row, draft, row.items[k])
            draft.first, draft.start = k, row.items[k].start
            return
        if row.items[k].kind != "W":
            return
