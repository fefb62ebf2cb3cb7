"""A meta-analysis as a table: studies, their figures and weights, what they say together, and what was left out."""

from __future__ import annotations

from trialtab import compare
from trialtab.views.base import Cell, Footnotes, Table, Value, plain, without_empty_columns

TITLES = {
    "proportion": "proportion", "risk_ratio": "risk ratio", "odds_ratio": "odds ratio",
    "risk_difference": "risk difference", "hazard_ratio": "hazard ratio", "rate_ratio": "rate ratio",
    "mean_difference": "mean difference", "standardized_mean_difference": "standardised mean difference",
}  # fmt: skip
METHODS = {
    "glmm": "logit-normal model", "freeman-tukey": "double arcsine, REML", "reml": "random effects, REML",
    "dersimonian-laird": "random effects, DerSimonian-Laird", "paule-mandel": "random effects, Paule-Mandel",
    "fixed": "fixed effect, inverse variance", "mantel-haenszel": "fixed effect, Mantel-Haenszel",
}  # fmt: skip
_PERCENT = frozenset({"proportion", "risk_difference"})


def number(measure: str, value: float) -> str:
    """A figure of a measure as journals print it: "54.5", "0.68", "-2.5"."""
    if measure in _PERCENT:
        return f"{100 * value:.1f}"
    if measure.endswith("_ratio"):
        if value >= 1000:
            return ">1000"
        return f"{value:.0f}" if value >= 99.5 else f"{value:.2f}" if value >= 0.005 else "<0.01"
    return f"{value:.2f}"


def interval(measure: str, low: float, high: float) -> str:
    """ "44.8 to 63.8"."""
    return f"{number(measure, low)} to {number(measure, high)}"


def heterogeneity(summary: compare.Summary) -> str:
    """ "tau² = 0.31, I² = 92%, Q = 152.2 (p<0.001)": how much the studies differ."""
    parts = [f"τ² = {summary.tau2:.2g}"]
    if summary.i2 is not None:
        parts.append(f"I² = {summary.i2:.0f}%")
    if summary.q is not None and summary.q_p is not None:
        p = "p<0.001" if summary.q_p < 0.001 else f"p={summary.q_p:.2g}"
        parts.append(f"Q = {summary.q:.1f} ({summary.studies - 1} df, {p})")
    return ", ".join(parts)


def method_of(summary: compare.Summary) -> str:
    """The method in words."""
    return METHODS[summary.method] + (", Hartung-Knapp" if summary.knapp_hartung else "")


def title_of(found: compare.Synthesis) -> str:
    """ "Complete response (patients, grade >=3): proportion, %"."""
    unit = ", %" if found.measure in _PERCENT else ""
    what = found.what if found.what and found.what != compare.MEASURE_NAMES.get(found.measure) else ""
    said = f" ({what})" if what and what not in ("patients", found.measure) else ""
    return f"{found.outcome[:1].upper()}{found.outcome[1:]}{said}: {TITLES[found.measure]}{unit}"


def meta_analysis(found: compare.Synthesis, *, for_machines: bool = False) -> Table:
    """A meta-analysis; for machines a row for each point and each summary, kinds apart in the column `kind`."""
    return _for_machines(found) if for_machines else _for_people(found)


def _for_people(found: compare.Synthesis) -> Table:
    notes = Footnotes()
    rows: list[tuple[Cell, ...]] = []
    groups = []
    lines: list[str] = []
    alone: dict[str, list[str]] = {}
    measure = found.measure
    for group in found.groups:
        before = len(rows)
        weights = group.summary.weights if group.summary else ()
        for at, point in enumerate(group.points):
            estimate = point.estimate
            mark = notes.mark(*point.notes)
            weight = f"{weights[at]:.1f}%" if weights else ""
            texts = (
                group.name if at == 0 else "", point.study, point.label, point.shown,
                f"{number(measure, estimate.value)} ({interval(measure, estimate.low, estimate.high)}){mark}", weight,
            )  # fmt: skip
            rows.append(tuple(Cell(text or None, text, point.finding_ids) for text in texts))
        ids = tuple(dict.fromkeys(f for point in group.points for f in point.finding_ids))
        name = f"{group.name}: " if group.name else ""
        if group.summary is not None:
            summary = group.summary
            patients = f"{summary.patients} patients" if summary.patients is not None else ""
            shown = f"{number(measure, summary.value)} ({interval(measure, summary.low, summary.high)})"
            texts = ("", "Pooled", f"{summary.studies} studies", patients, shown, "")
            rows.append(tuple(Cell(text or None, text, ids) for text in texts))
            lines.append(f"{name}{method_of(summary)}; {heterogeneity(summary)}")
            if summary.prediction is not None:
                low, high = summary.prediction
                lines.append(f"{name}95% prediction interval {interval(measure, low, high)}")
        elif group.why:
            alone.setdefault(group.why, []).append(group.name or "all")
        groups.append(len(rows) - before)
    columns = ("group", "study", "arm" if measure == "proportion" else "comparison", "figures",
               f"{TITLES[measure]}{', %' if measure in _PERCENT else ''} (95% CI)", "weight")  # fmt: skip
    lines += [f"not pooled, {why}: {'; '.join(names)}" for why, names in alone.items()]
    left = tuple(f"not among them, {why}: {whose}" for why, whose in compare.by_reason(found.left_out))
    made = Table(
        columns, tuple(rows), title_of(found), found.notes, (*lines, *notes.keys(), *left), tuple(groups)
    )  # fmt: skip
    return without_empty_columns(made)


def _for_machines(found: compare.Synthesis) -> Table:
    columns = ("kind", "group", "study", "label", "condition", "measure", "figures", "estimate", "ci_low", "ci_high",
               "effect", "standard_error", "weight", "studies", "patients", "tau2", "i2", "q", "q_p", "prediction_low",
               "prediction_high", "method", "note", "finding_ids")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []

    def add(ids: tuple[str, ...], **values: Value) -> None:
        rows.append(tuple(plain(values.get(name), ids) for name in columns))

    for group in found.groups:
        summary = group.summary
        weights = summary.weights if summary else ()
        for at, point in enumerate(group.points):
            one = point.estimate
            proportion = found.measure == "proportion"
            add(
                point.finding_ids, kind="study", group=group.name or None, study=point.study, label=point.label or None,
                condition=point.condition, measure=found.measure, figures=point.shown or None, estimate=one.value,
                ci_low=one.low, ci_high=one.high, effect=None if proportion else one.effect,
                standard_error=None if proportion else one.standard_error, weight=weights[at] if weights else None,
                note="; ".join(point.notes) or None, finding_ids=" ".join(point.finding_ids),
            )  # fmt: skip
        if summary is None:
            continue
        ids = tuple(dict.fromkeys(f for point in group.points for f in point.finding_ids))
        low, high = summary.prediction or (None, None)
        add(
            ids, kind="pooled", group=group.name or None, measure=found.measure, estimate=summary.value,
            ci_low=summary.low, ci_high=summary.high, studies=summary.studies, patients=summary.patients,
            tau2=summary.tau2, i2=summary.i2, q=summary.q, q_p=summary.q_p, prediction_low=low, prediction_high=high,
            method=summary.method + ("+hartung-knapp" if summary.knapp_hartung else ""), finding_ids=" ".join(ids),
        )  # fmt: skip
    for left in found.left_out:
        add(left.finding_ids, kind="left out", study=left.study, label=left.label or None, measure=found.measure,
            note=left.why, finding_ids=" ".join(left.finding_ids))  # fmt: skip
    return Table(columns, tuple(rows), title_of(found), found.notes)
