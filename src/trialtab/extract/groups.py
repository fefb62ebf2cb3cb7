"""Which drafts are results, and which stand together ("12 vs 15", "6.0 and 5.9"): a group shares one outcome."""

from itertools import pairwise

from trialtab.extract.event_counts import count_events, is_bare
from trialtab.extract.line import CLOSERS, Line
from trialtab.extract.measures import OPENERS, Draft
from trialtab.extract.whom_near import arm_before

_PERCENT = frozenset(("%", "percent", "per cent"))


def _percent_legend(line: Line) -> None:
    """ "(any grade/grade 3-4, %): infections, 69.9/39.8": a per cent sign without a number makes bare values
    percentages.
    """
    if _PERCENT.isdisjoint(line.words):
        return
    first = next(k for k, word in enumerate(line.words) if word in _PERCENT)
    for draft in line.drafts:
        value = draft.fields.get("value")
        if (
            draft.shape == "value"
            and draft.first > first
            and draft.fields.get("unit") is None
            and draft.statistic is None
            and (isinstance(value, float) and 0 <= value <= 100 and len(draft.rules) == 1)
        ):
            draft.shape = "percent"
            draft.fields["percent"] = draft.fields.pop("value")
            draft.captures = [("percent" if n == "value" else n, a, b) for n, a, b in draft.captures]


def _results(line: Line) -> list[Draft]:
    """Drafts that may be results; a plain duration is one only where it stands as a value ("was 4.4 months", "(30 v
    29 months)").
    """
    found: list[Draft] = []
    for draft in line.drafts:
        if (
            draft.shape in ("percent", "value")
            and draft.fields.get("qualifier") in ("<", "<=", ">", ">=")
            and draft.statistic is None
            and (
                line.word(draft.last)
                in (
                    "reduction",
                    "decrease",
                    "increase",
                    "improvement",
                    "change",
                    "decline",
                    "fall",
                    "rise",
                    "weight",
                )
                or line.word(draft.first - 1) in ("achieved", "reached", "achieve", "reach", "had")
            )
        ):
            draft.reason = "threshold"
            continue  # "achieved a ≥ 20% reduction": a threshold in the name of the outcome
        if (
            draft.shape in ("percent", "value", "time", "count")
            and draft.statistic is None
            and _is_definition(line, draft)
        ):
            draft.reason = "threshold"
            continue
        if _only_numbers(line, draft):
            draft.reason = "number without unit or statistic"
            continue
        if _defines_in_bracket(line, draft):
            draft.reason = "threshold"
            continue
        if draft.shape == "interval" and _when_compared(line, draft):
            draft.reason = "timepoint or duration"
            continue
        if draft.shape == "time" and draft.statistic is None:
            before = line.word(draft.first - 1)
            spread = any(
                draft.fields.get(n) is not None for n in ("ci_low", "q1", "range_low", "sd", "se", "plus_minus")
            )
            stands = (
                before in line.sets["copula"] | _CURVES | {"(", "=", ":", "averaged", "lasted", "lasting"}
                or (before == "by" and (line.word(draft.first - 2) in line.sets["change"]))
                or line.items[draft.first].kind == "POINT"
                or (before == "," and _names_a_span(line, draft.first - 1))
            )
            partner = (
                bool(found)
                and (found[-1].shape == "time" or (found[-1].shape == "value" and draft.first - found[-1].last <= 2))
                and (
                    before in line.sets["versus"] | {"and", "with", "to"}
                    or (before == "." and line.word(draft.first - 2) in line.sets["versus"])
                )
            ) or (before in (",", ":") and draft.depth and draft.first - 2 in line.arm_at)
            followed = any(
                line.word(m).startswith("follow") for m in range(max(0, draft.first - 6), draft.first)
            ) and before in ("to", "for", "of", "was", "least", "over", "than", "about")
            if followed:
                draft.fields["followed"] = True
                found.append(draft)
                continue
            event = any(
                line.word(m)
                in ("relapsed", "died", "recurred", "progressed", "came", "occurred", "developed", "appeared")
                for m in range(max(0, draft.first - 6), draft.first)
            )
            if (
                event
                and line.word(draft.last) in ("after", "following")
                and before not in ("at", "for", "within", "over", "until", "about", "by", "the")
            ):
                draft.fields["followed"] = True
                found.append(draft)
                continue
            if not (spread or stands or partner) or line.word(draft.last) in (
                "after",
                "before",
                "later",
                "earlier",
                "old",
                "ago",
            ):
                continue
        if found and draft.shape == "value" and _counts_on(line, found[-1], draft):
            draft.shape = "count"
        found.append(draft)
    return found


_COMPARES = frozenset(
    ("than", "difference", "differences", "differed", "differ", "different", "between", "versus", "vs")
)


def _when_compared(line: Line, draft: Draft) -> bool:
    """ "better analgesia than placebo 3-5 hours after the first dose (P = 0.004)": when two arms were compared, with
    nothing but the p-value behind it.
    """
    if draft.statistic is not None or line.word(draft.last) not in ("after", "following", "post"):
        return False
    if _COMPARES.isdisjoint(line.words[: draft.first]):
        return False
    behind = next((item.kind for item in line.items[draft.last :] if item.kind not in ("W", "MASK", "GRADE")), "")
    return behind == "P"


_CURVES = frozenset(("os", "pfs", "efs", "dfs", "rfs", "dor", "ttp"))
_SPANS = frozenset(("time", "duration", "latency", "interval", "onset"))


def _names_a_span(line: Line, comma: int) -> bool:
    """ "Time to first response, 1.0 months; time to best response, 4.2 months": a label that names a span of time."""
    k = comma - 1
    while k > 0 and comma - k < 8 and line.word(k)[:1].isalpha():
        k -= 1
    first = k if line.word(k)[:1].isalpha() else k + 1
    return any(line.word(m) in _SPANS for m in (first, first + 1)) and line.word(comma + 2) != "after"


def _only_numbers(line: Line, draft: Draft) -> bool:
    """ "At the two recommended doses": a number word behind an article, before what it numbers."""
    bare = draft.shape == "value" and draft.fields.keys() <= {"value"} and draft.last - draft.first == 1
    worded = line.items[draft.first].constants.get("tag") == "WORDNUM"
    behind = line.word(draft.last)
    return bare and worded and line.word(draft.first - 1) in ("the", "these") and behind[:1].isalpha() and (
        behind not in line.verbs | line.sets["people"] | line.sets["preposition"] | line.sets["conjunction"]
    )  # fmt: skip


def _defines_in_bracket(line: Line, draft: Draft) -> bool:
    """ "Hypogammaglobulinaemia (IgG <4 g/L) developed": a bracket that holds a limit and its name alone."""
    limited = draft.fields.get("qualifier") in ("<", "<=", ">", ">=")
    if draft.shape != "value" or not draft.depth or not limited or line.word(draft.last) not in CLOSERS:
        return False
    k = draft.first - 1
    while k >= 0 and line.items[k].kind == "W" and (line.word(k)[:1].isalpha() or line.word(k) == "-"):
        k -= 1
    if draft.statistic is not None and (draft.stat_item is None or draft.stat_item > k):
        return False  # "(mean IgG <4 g/L)"
    return 0 < draft.first - 1 - k <= 4 and line.word(k) in OPENERS and line.word(k - 1)[:1].isalpha()


def _is_definition(line: Line, draft: Draft) -> bool:
    """ "Response, defined as a fall of 50% or more, was seen": a threshold in the definition of an outcome."""
    if line.word(draft.last) in ("or", "and") and line.word(draft.last + 1) in (
        "more", "less", "greater", "higher", "lower", "better", "fewer",
    ):  # fmt: skip
        return draft.shape != "count" or draft.noun is None
    return "defined" in line.words[max(0, draft.first - 7) : draft.first]


def _counts_on(line: Line, before: Draft, draft: Draft) -> bool:
    """ "5 patients on placebo but in only 3 on A", "12 in the A group and 21 in the B group": the second counts too."""
    value = draft.fields.get("value")
    if (
        before.shape not in ("count", "fraction", "zero")
        or not isinstance(value, float)
        or value % 1
        or value < 0
        or draft.statistic
    ):
        return False
    if (
        draft.fields.get("unit") is not None
        or "." in line.printed(draft.first, draft.last)
        or draft.first - before.last > 14
    ):
        return False
    if any(draft.fields.get(n) is not None for n in ("ci_low", "q1", "range_low", "sd", "plus_minus")):
        return False
    after = line.word(draft.last)
    if after in ("after", "during", "without", "at") and any(
        k in line.arm_at for k in range(draft.last, draft.last + 4)
    ):
        return True
    if after == "at" and line.word(draft.first - 1) in ("in", "by"):
        return True  # "in 3 at the lower dose and in 8 at the higher dose"
    return after in ("in", "on", "with", "given", "receiving", "treated", "of", "for", "patients", "from", "who") or (
        after in (",", ".", ";", ")", "and", "") and (draft.last in line.arm_at or arm_before(line, draft) is not None)
    )


def _grouped(line: Line) -> list[list[Draft]]:
    """Results that stand side by side, parted only by a connector, and are of one shape."""
    groups: list[list[Draft]] = []
    for draft in line.results:
        if groups and _tied(line, groups[-1][-1], draft) and not _none_besides(line, groups[-1], draft):
            groups[-1].append(draft)
        else:
            groups.append([draft])
    groups = [part for k, group in enumerate(groups) for part in _whole_apart(group, groups[k + 1 : k + 2])]
    for group in groups:
        _spread_units(line, group)
    return groups


def _none_besides(line: Line, group: list[Draft], draft: Draft) -> bool:
    """ "in 45 (78%) v 33 (72%), nobody above grade 2": none of both, and no third number."""
    if draft.shape != "zero" or len(group) != 2:
        return False
    return any(line.word(k) in line.sets["versus"] for k in range(group[0].last, group[1].first))


def _whole_apart(group: list[Draft], following: list[list[Draft]]) -> list[list[Draft]]:
    """ "in 16 patients, 12 with A and 4 with B": a count beside its first part is no pair with it."""
    counts = [draft.counted() for draft in (*group, *(following[0][:1] if following else ()))]
    if len(group) != 2 or len(counts) != 3 or any(n is None for n in counts):
        return [group]
    whole, first, second = counts
    return [group[:1], group[1:]] if whole == (first or 0) + (second or 0) > 0 else [group]


def _opens_with_all(line: Line, draft: Draft) -> bool:
    """ "Of 60 patients, 12 had …": of whom the next number is told."""
    k = draft.first - 1
    while line.word(k) in ("the", "all", "these", "our"):
        k -= 1
    return k <= 1 and line.word(k) in ("of", "among") and draft.noun in line.sets["people"]


def _tied(line: Line, a: Draft, b: Draft) -> bool:
    if a.shape == "effect" or b.shape == "effect" or b.first - a.last > 6:
        return False
    if b.named is not None and a.named is None:
        return False
    if any(line.word(k) == "of" and line.word(k + 1) in ("whom", "which") for k in (b.first + 1, b.last)):
        return False  # "18 patients (90%), 12 of whom (67%) needed it"
    people = a.noun in line.sets["people"] and a.noun_item is not None and a.last <= a.noun_item < b.first
    start = a.noun_item + 1 if people and a.noun_item is not None else a.last
    between = line.items[start : b.first]
    if any(item.kind not in ("W", "P") for item in between):
        return False
    words = [item.text for item in between if item.kind == "W"]
    if not words or (words == [","] and _opens_with_all(line, a)):
        return False
    own_verb = line.word(b.last) in line.sets["have"] | line.sets["copula"]
    if own_verb and b.shape == "count" and words[-2:] == [",", "and"]:
        return False  # "in seven patients, and two had tocilizumab"
    joiners = {
        ",",
        "and",
        "or",
        "vs",
        "versus",
        "v",
        "against",
        "compared",
        "opposed",
        "with",
        "to",
        "/",
        "–",
        "-",
        "&",
        "than",
        ".",
        "as",
        "respectively",
        "*",
    }
    if words == [";"]:
        shapes = {a.shape, b.shape}
        return (
            a.depth == b.depth > 0
            and (len(shapes) == 1 or shapes <= {"fraction", "percent"})
            and line.word(b.last) in CLOSERS
            and (line.word(a.first - 1) in OPENERS)
        )
    if not all(w in joiners for w in words):
        return False
    goes_on = line.word(b.last) in line.sets["did"] | {"received", "needed", "required"}
    if words == [",", "and"] and a.shape == "fraction" and b.shape == "count" and goes_on:
        return False  # "it developed in 11 (55%), and seven received immunoglobulin"
    if words in (["with"], ["to"], ["-"]) and a.shape != b.shape:
        return False
    if _is_bare_count(line, b) and words == ["and"] and a.shape == "count" and line.word(a.first - 1) in ("in", "by"):
        b.shape = "count"  # "in 19 and five"
        return True
    if words[0] in line.sets["versus"] and len(words) == 1 and a.shape in ("count", "fraction") and is_bare(b):
        b.shape = "count"  # "1 (6%) vs 0"
        return True
    if a.shape == "count" and words in ([","], ["and"], [",", "and"]) and is_bare(b) and (
        line.word(a.first - 1) in ("in", "by") and line.word(b.last) in (",", "and")
    ):  # fmt: skip
        b.shape = "count"  # "in 4, 11 and 9 patients"
        return True
    alike = {
        "count": "n",
        "fraction": "n",
        "percent": "%",
        "value": "v",
        "time": "v",
        "interval": "v",
        "state": "v",
        "rate": "v",
        "zero": "n",
        "all": "n",
    }
    if (
        (a.shape, b.shape) == ("value", "count")
        and float(str(a.fields.get("value", 0.5))) % 1 == 0
        and a.statistic is None
    ):
        return True
    return (
        alike.get(a.shape) == alike.get(b.shape)
        or {a.shape, b.shape} <= {"percent", "value"}
        or {a.shape, b.shape} == {"rate", "value"}
        or {a.shape, b.shape} <= {"fraction", "percent", "zero", "count"}
    )


def _is_bare_count(line: Line, draft: Draft) -> bool:
    return is_bare(draft) and line.word(draft.last) in (".", ",", ";", ")", "")


def _spread_units(line: Line, group: list[Draft]) -> None:
    """ "40, 67 and 50%", "32 and 35 months": the unit at the end is the unit of all."""
    last = group[-1]
    for draft in group[:-1]:
        if (
            draft.shape == "count"
            and draft.noun is None
            and last.shape == "percent"
            and not draft.fields.get("n_equals")
        ):
            draft.shape = "value"
        if draft.shape != "value" or draft.fields.get("unit") is not None:
            continue
        if last.shape == "percent" and draft.statistic is None:
            draft.fields["percent"] = draft.fields.pop("value")
            draft.captures = [("percent" if n == "value" else n, a, b) for n, a, b in draft.captures]
            draft.shape = "percent"
        elif last.shape == "count" and float(str(draft.fields["value"])) % 1 == 0 and draft.statistic is None:
            draft.shape, draft.noun = "count", last.noun
        elif last.shape == "rate":
            draft.shape, draft.statistic, draft.fields["unit"] = "rate", "rate", last.fields.get("unit")
        elif last.shape in ("value", "time") and last.fields.get("unit") is not None:
            draft.fields["unit"] = last.fields["unit"]
            draft.statistic = draft.statistic or last.statistic
            if last.shape == "time":
                draft.shape = "time"


def _start_and_end(line: Line) -> None:
    """ "rose from a median of 7.2 g/dL at baseline to 12.4 g/dL at month 3": the first is a value before treatment."""
    for a, b in pairwise(list(line.results)):
        if not (a.shape == b.shape == "value") or line.word(b.first - 1) != "to" or b.first - a.last > 5:
            continue
        between = line.items[a.last : b.first - 1]
        began = [
            i for i in between
            if (i.kind in ("POINT", "TIME") and i.rule != "clock_time") or i.text in ("baseline", "before", "entry")
        ]  # fmt: skip
        if began and any(line.word(k) == "from" for k in range(max(0, a.first - 5), a.first)):
            a.reason = "baseline"
            b.statistic = b.statistic or a.statistic
            line.results = [d for d in line.results if d is not a]


def _without_start(line: Line, group: list[Draft]) -> list[Draft]:
    """ "fell from a median of 2.4 (IQR, 1.5 to 4.1) to 0.4": what it fell from is a value before treatment."""
    if len(group) != 2 or [line.word(k) for k in range(group[0].last, group[1].first)] != ["to"]:
        return group
    if not any(line.word(k) == "from" for k in range(max(0, group[0].first - 5), group[0].first)):
        return group
    group[0].reason = "baseline"
    group[1].statistic = group[1].statistic or group[0].statistic
    return group[1:]


def _median_of_follow_up(line: Line) -> None:
    """ "After a median follow-up of 9.9 years, 10 recurrences in A and 31 in B": the median is that of the time."""
    for draft in line.drafts:
        k = draft.stat_item
        if draft.statistic not in ("median", "mean") or k is None or k > draft.first or draft.fields.get("followed"):
            continue
        follow = next((m for m in range(k + 1, min(k + 9, draft.first)) if line.word(m).startswith("follow")), None)
        if follow is None or not any(line.word(m) in (",", "(") for m in range(follow, draft.first)):
            continue
        if draft.shape == "time" or not any(i.kind == "TIME" for i in line.items[max(0, k - 3) : draft.first]):
            continue
        if draft.shape == "value" and draft.fields.get("unit") == "%":
            draft.shape = "percent"
            draft.fields["percent"], draft.fields["unit"] = draft.fields.pop("value"), None
            draft.captures = [("percent" if n == "value" else n, a, b) for n, a, b in draft.captures]
        draft.statistic = draft.stat_item = None


def prepare(line: Line) -> None:
    """Fill `line.results`, `line.result_at` and `line.groups`."""
    _percent_legend(line)
    _median_of_follow_up(line)
    line.results = _results(line)
    line.result_at = {k: d for d in line.results for k in range(d.first, d.last)}
    _start_and_end(line)
    count_events(line)
    line.groups = [_without_start(line, group) for group in _grouped(line)]
