"""A forest plot: studies with their figures, intervals and weights, the pooled diamond and the prediction interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from trialtab import compare, views
from trialtab.export import drawing
from trialtab.export.drawing import COLOURS, FAINT, HAIR, INK, LINE, SIZE, Sheet, capital, cut, widest, wrapped

MOST_NAME = 44
"""Characters of a study's name and arm."""

_GAP = 0.16
_MARGIN = 0.12
_LEAST_PLOT = 2.3


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: a heading, a study, a summary, a prediction interval, or a note in words."""

    kind: str
    name: str = ""
    figures: str = ""
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    weight: float | None = None
    colour: str = INK


def forest_plot(found: compare.Synthesis, form: str = "svg", *, title: str | None = None) -> bytes:
    """A forest plot as the bytes of an SVG, PNG or PDF. Raises QuestionError where matplotlib is not installed."""
    with drawing.style():
        return drawing.saved(_draw(found, views.title_of(found) if title is None else title), form)


def _lines(found: compare.Synthesis, marks: views.Footnotes) -> list[_Line]:
    """The lines from top to bottom; marks: takes what is said of single figures."""
    sides = list(dict.fromkeys(group.side for group in found.groups))
    lines: list[_Line] = []
    for group in found.groups:
        colour = COLOURS[sides.index(group.side) % len(COLOURS)]
        if group.name:
            lines.append(_Line("heading", cut(capital(group.name), MOST_NAME + 20)))
        weights = group.summary.weights if group.summary else ()
        for at, point in enumerate(group.points):
            one = point.estimate
            name = f"{point.study}, {point.label}" if point.label else point.study
            weight = weights[at] if weights else None
            figures = f"{point.shown}{marks.mark(*point.notes)}"
            lines.append(_Line("study", cut(name, MOST_NAME), figures, one.value, one.low, one.high, weight, colour))
        summary = group.summary
        if summary is not None:
            patients = f"{summary.patients:,}" if summary.patients is not None else ""
            name = f"Pooled, {summary.studies} studies"
            figures = f"{patients} patients" if patients else ""
            lines.append(_Line("summary", name, figures, summary.value, summary.low, summary.high, None, colour))
            if summary.prediction is not None:
                lines.append(_Line("prediction", "95% prediction interval", "", 0, *summary.prediction, None, colour))
            lines.append(_Line("note", f"{views.method_of(summary)}; {views.heterogeneity(summary)}"))
        elif len(group.points) > 1:
            lines.append(_Line("note", f"not pooled: {group.why}"))
    return lines


def _draw(found: compare.Synthesis, title: str) -> Any:
    marks = views.Footnotes()
    lines = _lines(found, marks)
    drawing.check_lines(len(lines))
    measure = found.measure
    estimates = [_estimate(measure, line) for line in lines]
    weighted = any(line.weight is not None for line in lines)
    indented = [f"  {line.name}" if line.kind == "study" else line.name for line in lines
                if line.kind not in ("note", "heading")]  # fmt: skip
    head = "Study" if measure == "proportion" else "Study, comparison"
    strong = [head, *(line.name for line in lines if line.kind == "summary")]
    names = max(widest(indented), widest(strong, bold=True))
    figures_head = "n/N" if measure == "proportion" else "Figures"
    has_figures = any(line.figures for line in lines)
    figures = max(widest([line.figures for line in lines]), widest([figures_head], bold=True)) if has_figures else 0.0
    # A heading has its line to itself, up to the axes.
    headings = widest([line.name for line in lines if line.kind == "heading"], bold=True)
    names = max(names, headings - (figures + _GAP if figures else 0.0))
    unit = ", %" if measure in ("proportion", "risk_difference") else ""
    estimate_head = f"{_short(measure)}{unit} (95% CI)"
    right = max(widest(estimates, bold=True), widest([estimate_head], bold=True))
    weight = widest(["Weight"], bold=True) if weighted else 0.0
    x_figures = _MARGIN + names + _GAP
    x0 = x_figures + (figures + _GAP if figures else 0.0)
    taken = x0 + _GAP + right + (_GAP + weight if weight else 0.0) + _MARGIN
    width = max(drawing.WIDTH, taken + _LEAST_PLOT)
    x1 = x0 + width - taken
    top = 0.62
    bottom = top + LINE * len(lines) + 0.1
    small = SIZE - 1.3
    said = (*map(capital, found.notes), *marks.keys())
    notes = [line for note in said for line in wrapped(note, width - 2 * _MARGIN, small)]
    directed = measure != "proportion"
    below = bottom + (0.46 if directed else 0.34)
    sheet = Sheet(width, below + 0.15 * len(notes) + 0.1)
    sheet.text(_MARGIN, 0.17, cut(title, 110), fontsize=SIZE + 1.5, fontweight="bold")
    y_head = 0.44
    x_estimate = x1 + _GAP
    for x, text in ((_MARGIN, head), (x_figures, figures_head if figures else ""), (x_estimate, estimate_head)):
        sheet.text(x, y_head, text, fontweight="bold")
    if weight:
        sheet.text(width - _MARGIN, y_head, "Weight", fontweight="bold", ha="right")
    sheet.line(0.55, _MARGIN, width - _MARGIN)
    axes = sheet.axes(x0, x1, top - 0.05, bottom)
    low, high = _limits(found, lines)
    _scale(axes, found, low, high)
    heaviest = max((line.weight or 0.0 for line in lines), default=0.0)
    for number, (line, estimate) in enumerate(zip(lines, estimates, strict=True)):
        y = top + LINE * (number + 0.5)
        is_strong = line.kind in ("heading", "summary")
        indent = 0.1 if line.kind in ("study", "prediction") and found.groups[0].name else 0.0
        look = {"fontweight": "bold" if is_strong else "normal"}
        if line.kind == "note":
            sheet.text(_MARGIN, y, line.name, fontsize=SIZE - 1.3, color=FAINT)
            continue
        sheet.text(_MARGIN + indent, y, line.name, **look)
        sheet.text(x_figures, y, line.figures, **look)
        sheet.text(x_estimate, y, estimate, **look)
        if line.weight is not None:
            sheet.text(width - _MARGIN, y, f"{line.weight:.1f}%", ha="right")
        _mark(axes, line, y, (low, high), heaviest)
    _reference(axes, found, lines, top, bottom)
    if directed:
        sheet.text(x0, bottom + 0.33, "← lower in the first arm", fontsize=small, color=FAINT)
        sheet.text(x1, bottom + 0.33, "higher in the first arm →", fontsize=small, color=FAINT, ha="right")
    for number, note in enumerate(notes):
        sheet.text(_MARGIN, below + 0.15 * (number + 0.5), note, fontsize=small, color=FAINT)
    return sheet.figure


def _short(measure: str) -> str:
    name = compare.MEASURE_NAMES.get(measure, measure)
    return {"proportion": "Proportion", "difference": "Difference", "risk difference": "Risk difference"}.get(
        name, name
    )


def _estimate(measure: str, line: _Line) -> str:
    if line.kind in ("study", "summary"):
        value, interval = views.number(measure, line.value), views.interval(measure, line.low, line.high)
        return f"{value} ({interval})"
    return f"({views.interval(measure, line.low, line.high)})" if line.kind == "prediction" else ""


def _limits(found: compare.Synthesis, lines: list[_Line]) -> tuple[float, float]:
    """Where the axis begins and ends: it holds every estimate and, within reason, every interval."""
    if found.measure == "proportion":
        return 0.0, 1.0
    shown = [line for line in lines if line.kind in ("study", "summary")]
    if found.is_ratio:
        values = [math.log(line.value) for line in shown if line.value > 0]
        ends = [math.log(end) for line in shown for end in (line.low, line.high) if 0 < end < math.inf]
        low = max(min([*ends, *values]), min([*values, 0]) - math.log(4))
        high = min(max([*ends, *values]), max([*values, 0]) + math.log(4))
        low, high = min(low, -math.log(1.25)), max(high, math.log(1.25))
        room = 0.04 * (high - low)
        return math.exp(low - room), math.exp(high + room)
    ends = [end for line in shown for end in (line.low, line.high) if math.isfinite(end)]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = 0.05 * (high - low or 1.0)
    return low - room, high + room


_TICKS = (
    (0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000),
    (0.001, 0.01, 0.1, 1, 10, 100, 1000),
    (0.02, 0.1, 0.5, 1, 2, 10, 50),
    (0.1, 0.2, 0.5, 1, 2, 5, 10),
    (0.125, 0.25, 0.5, 1, 2, 4, 8),
    (0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 3),
    (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 1.8, 2),
    (0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.25),
)
"""Ticks of ratios, from the widest axis to the narrowest; 1 is among all of them."""


def _ticks(low: float, high: float) -> list[float]:
    """The first set of ticks of which four or more lie on the axis; eight at most."""
    for ticks in _TICKS:
        on = [tick for tick in ticks if low <= tick <= high]
        if len(on) >= 4:
            return on if len(on) <= 8 else on[:: 2 if on.index(1) % 2 == 0 else 1]
    return [tick for tick in _TICKS[-1] if low <= tick <= high]


def _scale(axes: Any, found: compare.Synthesis, low: float, high: float) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

    if found.is_ratio:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(_ticks(low, high)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
    elif found.measure in ("proportion", "risk_difference"):
        axes.xaxis.set_major_locator(
            FixedLocator([0, 0.25, 0.5, 0.75, 1]) if found.measure == "proportion" else MaxNLocator(5)
        )
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlim(low, high)


def _mark(axes: Any, line: _Line, y: float, limits: tuple[float, float], heaviest: float) -> None:
    low, high = limits
    left, right = max(line.low, low), min(line.high, high)
    if line.kind == "study":
        size = 26.0 if not heaviest or line.weight is None else 10 + 50 * line.weight / heaviest
        axes.plot((left, right), (y, y), color=INK, linewidth=0.9, solid_capstyle="butt", zorder=2)
        for end, beyond, arrow in ((low, line.low < low, "<"), (high, line.high > high, ">")):
            if beyond:
                axes.plot([end], [y], marker=arrow, markersize=4, color=INK, clip_on=False, zorder=3)
        if low <= line.value <= high:
            axes.scatter(
                [line.value], [y], s=size, marker="s", color=line.colour, linewidths=0, zorder=4, clip_on=False
            )
    elif line.kind == "summary":
        half = 0.34 * LINE
        middle = min(max(line.value, low), high)
        axes.fill(
            (left, middle, right, middle), (y, y - half, y, y + half), facecolor=line.colour, edgecolor=INK,
            linewidth=0.6, zorder=4, clip_on=False,
        )  # fmt: skip
    elif line.kind == "prediction":
        for end, beyond, arrow in ((low, line.low < low, "<"), (high, line.high > high, ">")):
            if beyond:
                axes.plot([end], [y], marker=arrow, markersize=4, color=line.colour, clip_on=False, zorder=3)
        axes.plot((left, right), (y, y), color=line.colour, linewidth=2.4, solid_capstyle="butt", zorder=3, alpha=0.75)


def _reference(axes: Any, found: compare.Synthesis, lines: list[_Line], top: float, bottom: float) -> None:
    """The line of no effect; and one through the diamond, where all studies belong to it."""
    if found.measure != "proportion":
        no_effect = 1.0 if found.is_ratio else 0.0
        axes.plot((no_effect, no_effect), (top - 0.03, bottom), color=FAINT, linewidth=0.8, zorder=1)
    summaries = [line for line in lines if line.kind == "summary"]
    if len(summaries) == len(found.groups) == 1:
        value = summaries[0].value
        axes.plot((value, value), (top - 0.03, bottom), color=HAIR, linewidth=0.9, linestyle=(0, (3, 2)), zorder=0.5)


__all__ = ["forest_plot"]
