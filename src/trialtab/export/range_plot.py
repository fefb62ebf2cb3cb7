"""A range plot: medians with quartiles and range, means with SD, study by study and side by side; nothing is pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trialtab import compare
from trialtab.errors import QuestionError
from trialtab.export import drawing
from trialtab.export.drawing import COLOURS, FAINT, INK, LINE, SIZE, Sheet, capital, cut, widest, wrapped

_MARGIN, _GAP = 0.12, 0.16
_LEAST_PLOT = 2.6
_KINDS = ("median", "mean")
MOST = 1e12
"""Beyond this no axis is drawn."""


@dataclass(frozen=True, slots=True)
class _Line:
    heading: str = ""
    name: str = ""
    said: str = ""
    kind: str = ""
    value: float | None = None
    inner: tuple[float, float] | None = None
    outer: tuple[float, float] | None = None
    colour: str = INK


def range_plot(found: Sequence[compare.Listed], form: str = "svg", *, title: str | None = None) -> bytes:
    """Medians and means of one outcome as the bytes of an SVG, PNG or PDF.

    Times are drawn in the unit that most studies print. Raises QuestionError where there is no median and no mean, or
    where their units are not one kind, and where matplotlib is not installed.
    """
    shown = [one for one in found if one.row["statistic"] in _KINDS and _drawable(one.row["value"])]
    if not shown:
        raise QuestionError("no median and no mean to draw")
    kinds = {one.like.unit for one in shown}
    if len(kinds) > 1:
        raise QuestionError(f"units of unlike kinds: {', '.join(sorted(kind or 'none' for kind in kinds))}")
    unit = _unit(shown)
    with drawing.style():
        return drawing.saved(_draw(shown, unit, title), form)


def _drawable(number: float | None) -> bool:
    """Has a number a place on an axis?"""
    return number is not None and abs(number) < MOST


def _unit(shown: Sequence[compare.Listed]) -> str:
    """The unit of the axis: of times the one that most figures have, of equals the shorter."""
    units = [compare.unit_text(one.row["unit"]) for one in shown]
    return min(set(units), key=lambda unit: (-units.count(unit), compare.days(1.0, unit) or 0.0, unit))


def _draw(shown: Sequence[compare.Listed], unit: str, title: str | None) -> Any:
    lines, converted = _lines(shown, unit)
    drawing.check_lines(len(lines))
    names = max(widest([f"  {line.name}" for line in lines]), widest([line.heading for line in lines], bold=True))
    right = max(widest([line.said for line in lines]), widest(["As printed"], bold=True))
    x0 = _MARGIN + names + _GAP
    width = max(drawing.WIDTH, x0 + _LEAST_PLOT + _GAP + right + _MARGIN)
    x1 = width - _MARGIN - right - _GAP
    top = 0.62
    bottom = top + LINE * len(lines) + 0.1
    notes = wrapped(_legend(lines, converted), width - 2 * _MARGIN, SIZE - 1.3)
    sheet = Sheet(width, bottom + 0.5 + 0.15 * len(notes))
    sheet.text(_MARGIN, 0.17, cut(title or capital(shown[0].outcome), 110), fontsize=SIZE + 1.5, fontweight="bold")
    sheet.text(_MARGIN, 0.44, "Study", fontweight="bold")
    sheet.text(x1 + _GAP, 0.44, "As printed", fontweight="bold")
    sheet.line(0.55, _MARGIN, width - _MARGIN)
    axes = sheet.axes(x0, x1, top - 0.05, bottom)
    ends = [end for line in lines for pair in (line.inner, line.outer) if pair for end in pair]
    ends += [line.value for line in lines if line.value is not None]
    low, high = min([0.0, *ends]), max(ends)
    axes.set_xlim(low - (0.04 * (high - low) if low < 0 else 0), high + 0.04 * (high - low or 1))
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6))
    for number, line in enumerate(lines):
        y = top + LINE * (number + 0.5)
        if line.heading:
            sheet.text(_MARGIN, y, line.heading, fontweight="bold")
            continue
        indent = 0.1 if lines[0].heading else 0.0
        sheet.text(_MARGIN + indent, y, line.name)
        sheet.text(x1 + _GAP, y, line.said)
        _mark(axes, line, y)
    sheet.text((x0 + x1) / 2, bottom + 0.31, _axis_name(unit), ha="center", fontsize=SIZE - 0.5)
    for number, note in enumerate(notes):
        sheet.text(_MARGIN, bottom + 0.42 + 0.15 * (number + 0.5), note, fontsize=SIZE - 1.3, color=FAINT)
    return sheet.figure


_UNITS = {"d": "days", "wk": "weeks", "mo": "months", "y": "years", "h": "hours", "min": "minutes", "s": "seconds"}


def _axis_name(unit: str) -> str:
    return capital(_UNITS.get(unit, unit))


def _lines(shown: Sequence[compare.Listed], unit: str) -> tuple[list[_Line], bool]:
    sides = list(dict.fromkeys(one.side for one in shown))
    lines: list[_Line] = []
    converted = False
    for number, side in enumerate(sides):
        if side:
            lines.append(_Line(heading=capital(side)))
        made = [_line(one, unit, COLOURS[number % len(COLOURS)]) for one in shown if one.side == side]
        converted |= any(changed for _, changed in made)
        lines.extend(
            sorted((line for line, _ in made), key=lambda line: (_KINDS.index(line.kind), line.value, line.name))
        )
    return lines, converted


def _line(one: compare.Listed, unit: str, colour: str) -> tuple[_Line, bool]:
    row, entry = one.row, one.entry
    own = compare.unit_text(row["unit"])
    factor = 1.0
    if own != unit:
        here, there = compare.days(1.0, own), compare.days(1.0, unit)
        factor = here / there if here and there else 1.0

    def pair(low: float | None, high: float | None) -> tuple[float, float] | None:
        if low is None or high is None or not (_drawable(low) and _drawable(high)):
            return None
        return factor * low, factor * high

    mean = row["statistic"] == "mean"
    inner = pair(row["q1"], row["q3"])
    if mean and row["sd"] is not None:
        inner = pair(row["value"] - row["sd"], row["value"] + row["sd"])
    label = ", ".join(filter(None, (entry.study, entry.arm, entry.population)))
    said = entry.text.removeprefix("median ").removeprefix("mean ")
    return _Line(
        name=cut(label, 46), said=said, kind=row["statistic"], value=factor * row["value"], inner=inner,
        outer=pair(row["range_low"], row["range_high"]), colour=colour,
    ), factor != 1.0  # fmt: skip


def _legend(lines: Sequence[_Line], converted: bool) -> str:
    said = []
    medians, means = ([line for line in lines if line.kind == kind] for kind in _KINDS)
    if medians:
        said.append("circle: median")
        if any(line.inner for line in medians):
            said.append("thick line: interquartile range")
        if any(line.outer for line in lines):
            said.append("thin line: range")
    if means:
        said.append("diamond: mean" + (" (dashed: ± SD)" if any(line.inner for line in means) else ""))
    if converted:
        said.append("converted by 30.4375 days a month")
    said.append("each figure as its study prints it; nothing is pooled")
    return capital("; ".join(said)) + "."


def _mark(axes: Any, line: _Line, y: float) -> None:
    if line.outer:
        axes.plot(line.outer, (y, y), color=line.colour, linewidth=1.0, solid_capstyle="butt", zorder=2)
        for end in line.outer:
            axes.plot((end, end), (y - 0.035, y + 0.035), color=line.colour, linewidth=1.0, zorder=2)
    if line.inner and line.kind == "median":
        axes.plot(line.inner, (y, y), color=line.colour, linewidth=5.0, alpha=0.45, solid_capstyle="butt", zorder=3)
    elif line.inner:
        axes.plot(line.inner, (y, y), color=line.colour, linewidth=1.2, linestyle=(0, (2.5, 1.5)), zorder=2)
    marker, size = ("o", 34) if line.kind == "median" else ("D", 26)
    axes.scatter(
        [line.value], [y], s=size, marker=marker, facecolor=line.colour, edgecolor="white", linewidths=0.7, zorder=4,
        clip_on=False,
    )  # fmt: skip


__all__ = ["range_plot"]
