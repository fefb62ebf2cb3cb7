"""Which statistic a number is, and what an unlabelled bracket behind it means."""

from functools import lru_cache

from trialtab.extract.measures.kinds import NUMBER_KINDS, Draft, Item
from trialtab.extract.measures.row import Row


@lru_cache(maxsize=8)
def _names_of(average: frozenset[str], median: frozenset[str]) -> dict[str, str]:
    """Words that name a mean or a median -> the statistic."""
    return {**dict.fromkeys(average, "mean"), **dict.fromkeys(median, "median")}


def settle_statistic(row: Row, draft: Draft) -> None:
    f = draft.fields
    if draft.shape == "time" and row.word(draft.first - 1) in (
        "at", "after", "by", "within", "during", "for", "over", "until", "through", "every", "each",
        "last", "first", "past", "next", "between"
    ) and row.word(draft.first - 2) not in ("stood", "lay", "was", "were", "estimated", "remained"):  # fmt: skip
        name_unlabelled(row, draft)
        return
    if (
        draft.shape == "time"
        and row.word(draft.last) == "("
        and not any(n in f for n in ("ci_low", "q1", "range_low", "sd"))
        and (draft.last + 1 < len(row.items) and row.items[draft.last + 1].kind in NUMBER_KINDS)
    ):
        return  # "at 3 months (14.0 vs 17.0), 15 months (13.2 vs 15.4)": a time with its results behind it
    if draft.shape == "time" and row.word(draft.first - 1) == "and" and row.word(draft.first - 3) == "between":
        return  # "stable between 12 months and 24 months"
    if draft.statistic is None and draft.shape not in ("count", "fraction"):
        draft.statistic, draft.stat_item = named_statistic(row, draft)
    if draft.statistic == "rate" and row.header is not None and f.get("unit") is None:
        draft.shape, f["unit"] = "rate", row.header.unit
    spread_mean = any(f.get(n) is not None for n in ("sd", "se", "plus_minus"))
    spread_median = any(f.get(n) is not None for n in ("q1", "iqr_width"))
    if draft.shape == "percent" and draft.statistic in ("mean", "median") and not (spread_mean or spread_median):
        between = row.items[draft.stat_item : draft.first] if draft.stat_item is not None else []
        if (
            draft.stat_item is None
            or not governs_percentage(row, draft)
            or any(x.kind in NUMBER_KINDS for x in between)
        ):
            draft.statistic = None
    of_curve = spread_mean and f.get("sd") is None and draft.statistic is None and _is_of_a_curve(row, draft)
    if draft.shape == "percent" and not of_curve and (
        draft.statistic in ("mean", "median") or spread_mean or spread_median
    ):  # fmt: skip
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
    if draft.shape == "percent" and draft.statistic is None and is_relative_change(row, draft):
        draft.shape, draft.statistic, f["value"], f["unit"] = "value", "other", f.pop("percent"), "%"
        draft.captures = [("value" if n == "percent" else n, a, b) for n, a, b in draft.captures]
        return
    of_shares = row.counted or any(row.word(k) == "risk" for k in range(max(0, draft.first - 5), draft.first))
    if f.get("unit") == "percentage points" and draft.statistic == "mean_difference" and of_shares:
        draft.statistic = "risk_difference"
    points = f.get("unit") == "percentage points" and draft.statistic is None
    before = row.items[: draft.first]
    if points and any(x.text == "differed" or x.rule == "difference_name" for x in before):
        draft.statistic, draft.shape = "risk_difference", "effect"
    if draft.shape == "value" and row.word(draft.first - 1) == "by" and row.word(draft.first - 2) == "differed":
        draft.statistic, draft.shape = "mean_difference", "effect"
    if draft.statistic is None and draft.shape in ("value", "time"):
        changed = (
            f.get("changed")
            or (row.word(draft.first - 1) == "by" and row.word(draft.first - 2) in row.sets["change"])
            or (row.word(draft.first - 1) == "by" and f.get("unit") is not None)
        )
        draft.statistic = (
            "mean"
            if spread_mean
            else "median"
            if spread_median or (row.announced.medians and draft.unlabelled is not None)
            else "median"
            if f.get("changed") and row.announced.medians
            else "mean"
            if (changed or _is_mean_change(row, draft)) and draft.shape == "value"
            else None
        )
    name_unlabelled(row, draft)


def _is_of_a_curve(row: Row, draft: Draft) -> bool:
    """ "EFS: 47.1% ± 10.9%", "survival was 66.7% (SE 15.7)": a share with its standard error, and no mean."""
    return any(row.word(k) in _CURVES for k in range(max(0, draft.first - 24), draft.first))


_CURVES = frozenset((
    "survival", "efs", "os", "pfs", "dfs", "rfs", "lfs", "ffs", "grfs", "survived", "alive", "incidence", "probability",
))  # fmt: skip


def _is_mean_change(row: Row, draft: Draft) -> bool:
    """ "Gains in acuity were +9.8 letters (95% CI 8.1 to 11.5)": a change with its sign and its confidence interval."""
    f = draft.fields
    signed = row.items[draft.first].text[:1] in ("+", "-", "−", "–")
    spread = draft.unlabelled is not None or f.get("ci_low") is not None
    return signed and spread and any(row.word(k) in _CHANGES for k in range(draft.first))


_CHANGES = frozenset(
    ("gain", "gains", "loss", "losses", "change", "changes", "improvement", "improvements", "reduction", "decrease",
     "increase", "rise", "fall", "decline")
)  # fmt: skip


def governs_percentage(row: Row, draft: Draft) -> bool:
    """Whether "mean" or "median" governs a percentage itself and not a rate ("the mean response rate was 37%")."""
    rate = row.sets["rate_noun"]
    return draft.stat_item is not None and not any(row.word(k) in rate for k in range(draft.stat_item, draft.first))


def named_statistic(row: Row, draft: Draft) -> tuple[str | None, int | None]:
    """The statistic word that governs a number: the nearest to its left in the clause, or close to its right."""
    names = _names_of(row.sets["average"], row.sets["median"])
    closed = 0
    for k in range(draft.first - 1, max(-1, draft.first - 90), -1):
        item = row.items[k]
        text = row.word(k)
        if text in (")", "]"):
            closed += 1
        elif text in ("(", "["):
            closed = max(0, closed - 1)
        if closed and (draft.first - k > 3 or _says_of_a_difference(row, k)):
            continue
        if item.kind == "EFFECTNAME":
            if item.rule == "difference_name" and (draft.fields.get("ci_low") is None and draft.unlabelled is None):
                continue
            if draft.first - k > 40 or taken_by_effect(row, k, draft) or _is_of_one_arm(row, item, draft):
                continue
            return next(n for n in item.constants if n != "statistic"), k
        if text == ";":
            break
        if text in names:
            return names[text], k
    if row.header is not None and row.header.colon < draft.first and draft.shape in ("value", "time"):
        return row.header.statistic, row.header.item
    after = [row.word(k) for k in range(draft.last, min(draft.last + 3, len(row.items)))]
    if after[:1] in (["("], ["in"]) and after[1:2] and after[1] in names:
        return names[after[1]], draft.last + 1
    return None, None


def _says_of_a_difference(row: Row, k: int) -> bool:
    """ "a difference (LS mean) of 0.1 days": what a bracket says of the name of an effect before it."""
    while k > 0 and row.word(k) not in ("(", "["):
        k -= 1
    return row.items[k - 1].kind == "EFFECTNAME"


def _is_of_one_arm(row: Row, name: Item, draft: Draft) -> bool:
    """ "no mean differences (6.1 vs 5.8)", "RR was 31% and time to relapse longer (9.2 v 4.1 months)": what is set
    against another number, and a ratio with a unit, is the value of an arm.
    """
    against = row.sets["versus"]
    at = row.items.index(name)
    told_of = any(row.word(k) in ("with", "in", "on", "for", "after") for k in range(draft.first + 1, draft.last))
    if draft.shape == "percent" and told_of and any(x.kind in NUMBER_KINDS for x in row.items[at : draft.first]):
        return True  # "the difference was 9%, and 24% with A (95% CI 20 to 29) responded"
    beside = {row.word(k) for k in (draft.last, draft.first - 1, draft.first - 2)}
    if beside & against or (row.word(draft.first - 2) == "." and row.word(draft.first - 3) in against):
        return "mean_difference" in name.constants or at + 6 < draft.first
    return draft.shape == "time" and "mean_difference" not in name.constants


def taken_by_effect(row: Row, k: int, draft: Draft) -> bool:
    return any(row.items[m].kind in ("EFFECT",) for m in range(k, draft.first)) or (
        draft.shape in ("percent", "fraction")
        and not any(row.items[m].kind == "CI" for m in range(draft.first, min(draft.last + 4, len(row.items))))
    )


def is_relative_change(row: Row, draft: Draft) -> bool:
    """ "reduced the risk of stroke by 32%": a change of a risk, and no share of patients."""
    k = draft.first - 1
    if row.word(k) != "by" or draft.fields.get("events") is not None:
        return False
    near = [row.word(m) for m in range(max(0, k - 9), k)]
    risk = next((n for n, w in enumerate(near) if w in ("risk", "odds", "hazard", "likelihood")), None)
    return risk is not None and any(w in row.sets["change"] for w in near)


def name_unlabelled(row: Row, draft: Draft) -> None:
    """A bracketed pair or number without a label: told by the statistic, and by what the document announced."""
    f = draft.fields
    bracketed = f.pop("bracketed", None)
    if bracketed is not None:
        kind = row.said_single or row.announced.single(draft.statistic)
        if kind == "percent" and f.get("value") is not None:
            f["events"], f["percent"] = f.pop("value"), bracketed
            draft.shape = "fraction"
        elif kind:
            f[kind] = bracketed
            draft.statistic = draft.statistic or "mean"
    if draft.unlabelled is not None:
        low, high = draft.unlabelled
        kind = "ci" if draft.shape in ("percent", "effect", "fraction", "rate") else row.said_pair
        if (
            not kind
            and row.announced.survival_ci
            and draft.statistic == "median"
            and any(
                row.word(k) in ("survival", "progression", "duration", "os", "pfs", "efs", "dfs", "dor")
                for k in range(draft.first)
            )
        ):
            kind = "ci"
        if (
            not kind
            and draft.statistic is None
            and row.announced.median_pair
            and low <= float(str(f.get("value", low))) <= high
        ):
            kind, draft.statistic = row.announced.median_pair, "median"
        kind = kind or row.announced.pair(draft.statistic)
        low_name, high_name = {
            "ci": ("ci_low", "ci_high"),
            "iqr": ("q1", "q3"),
            "range": ("range_low", "range_high"),
        }[kind]
        if f.get(low_name) is None:
            f[low_name], f[high_name] = low, high
    if f.get("plus_minus") is not None and row.announced.plus_minus:
        f[row.announced.plus_minus] = f.pop("plus_minus")
