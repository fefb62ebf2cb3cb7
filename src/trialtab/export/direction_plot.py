"""An effect-direction plot: study by outcome an arrow up, down or both ways, larger for larger studies.

Thomson HJ, Thomas S, Res Synth Methods 2013;4:95-101; Boon MH, Thomson H, Res Synth Methods 2021;12:29-33.
"""

from __future__ import annotations

from typing import Any

from trialtab import compare
from trialtab.errors import QuestionError
from trialtab.export import drawing
from trialtab.export.drawing import COLOURS, FAINT, HAIR, INK, LINE, SIZE, Sheet, capital, cut, widest, wrapped
from trialtab.views import Judgements

SMALL, LARGE = 50, 300
"""Patients below and from which an arrow is small and large; Thomson and Thomas's bounds."""

_MARGIN, _GAP = 0.12, 0.18
_OUTCOME = 0.86
_AREA = {"small": 22.0, "medium": 46.0, "large": 84.0}
_ARROWS = {
    "up": (("^", 0.0, 0),), "down": (("v", 0.0, 1),), "no difference": (("<", -0.075, 2), (">", 0.075, 2)),
    "conflicting": (("^", -0.085, 0), ("v", 0.085, 1)),
}  # fmt: skip


def direction_plot(
    found: compare.DirectionTable, form: str = "svg", *, judgements: Judgements | None = None,
    title: str | None = None,
) -> bytes:  # fmt: skip
    """Directions of effects as the bytes of an SVG, PNG or PDF; judgements: a column of words for each, by people.

    Filled arrows come from figures, open ones from words. Raises QuestionError where no study tells a direction, for a
    judged study that is not drawn, and where matplotlib is not installed.
    """
    if not found.lines:
        raise QuestionError("no study tells the direction of an effect")
    if judgements is not None:
        judgements.check([study for study, _, _ in found.lines])
    drawing.check_lines(len(found.lines))
    with drawing.style():
        return drawing.saved(_draw(found, judgements, title or "Direction of effects"), form)


def size_of(n: int | None) -> str:
    """Small, medium or large, by the number of patients; medium where it is not known."""
    if n is None:
        return "medium"
    return "small" if n < SMALL else "large" if n >= LARGE else "medium"


def _draw(found: compare.DirectionTable, judgements: Judgements | None, title: str) -> Any:
    names = [cut(study, 40) for study, _, _ in found.lines]
    sizes = ["" if n is None else f"{n:,}" for _, n, _ in found.lines]
    words = [judgements.of.get(study.casefold(), ("", ()))[1] if judgements else () for study, _, _ in found.lines]
    judged = judgements.columns if judgements else ()
    heads = [wrapped(capital(name), _OUTCOME - 0.1) for _, name in found.outcomes]
    each = max(_OUTCOME, widest([line for lines in heads for line in lines], bold=True) + 0.12)
    told = [wrapped(name, 0.9) for name in judged]
    deep = max(len(lines) for lines in (*heads, *told, ["n"]))
    x = _MARGIN + max(widest(names), widest(["Study"], bold=True)) + _GAP
    right_of_n = x + max(widest(sizes), widest(["n"], bold=True))
    x = right_of_n + _GAP
    at_words = []
    for column, lines in enumerate(told):
        at_words.append(x)
        x += max(widest([*(line[column] for line in words if line), *lines], bold=True), 0.3) + _GAP
    width = max(4.2, x + each * len(heads) + _MARGIN)
    notes = wrapped(_legend(found, judgements), width - 2 * _MARGIN, SIZE - 1.3)
    top = 0.44 + 0.14 * deep
    bottom = top + LINE * len(names) + 0.06
    sheet = Sheet(width, bottom + 0.12 + 0.15 * len(notes))
    sheet.text(_MARGIN, 0.17, cut(title, 110), fontsize=SIZE + 1.5, fontweight="bold")
    last = top - 0.13
    sheet.text(_MARGIN, last, "Study", fontweight="bold")
    sheet.text(right_of_n, last, "n", fontweight="bold", ha="right")
    centres = [x + each * (at + 0.5) for at in range(len(heads))]
    for lines, at, side in (*((t, a, "left") for t, a in zip(told, at_words, strict=True)),
                            *((h, c, "center") for h, c in zip(heads, centres, strict=True))):  # fmt: skip
        for number, line in enumerate(lines):
            sheet.text(at, last - 0.14 * (len(lines) - 1 - number), line, fontweight="bold", ha=side)
    sheet.line(top - 0.03, _MARGIN, width - _MARGIN)
    axes = sheet.axes(0, width, top, bottom)
    axes.set_xlim(0, width)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for number, (_, n, cells) in enumerate(found.lines):
        y = top + LINE * (number + 0.5) + 0.02
        sheet.text(_MARGIN, y, names[number])
        sheet.text(right_of_n, y, sizes[number], ha="right")
        for column, word in enumerate(words[number]):
            sheet.text(at_words[column], y, word)
        if number:
            axes.plot((_MARGIN, width - _MARGIN), (y - LINE / 2, y - LINE / 2), color=HAIR, linewidth=0.4)
        for centre, cell in zip(centres, cells, strict=True):
            if cell is not None:
                _arrow(axes, cell, centre, y, _AREA[size_of(n)])
    sheet.line(bottom, _MARGIN, width - _MARGIN)
    for number, note in enumerate(notes):
        sheet.text(_MARGIN, bottom + 0.05 + 0.15 * (number + 0.5), note, fontsize=SIZE - 1.3, color=FAINT)
    return sheet.figure


def _arrow(axes: Any, cell: compare.Direction, x: float, y: float, area: float) -> None:
    for marker, shift, colour in _ARROWS[cell.direction]:
        ink = (*COLOURS[:2], INK)[colour]
        axes.scatter(
            [x + shift], [y], s=area, marker=marker, facecolor=ink if cell.finding_ids else "white", edgecolor=ink,
            linewidths=0.9, zorder=3, clip_on=False,
        )  # fmt: skip


def _legend(found: compare.DirectionTable, judgements: Judgements | None) -> str:
    cells = [cell for _, _, line in found.lines for cell in line if cell is not None]
    said = ["arrow up: higher in the first arm, down: lower, both sides: no difference, up and down: conflicting",
            f"small: fewer than {SMALL} patients, large: {LARGE} or more"]  # fmt: skip
    if any(n is None for _, n, _ in found.lines):
        said.append("medium also where their number is not known")
    if any(not cell.finding_ids for cell in cells):
        said.append("open: said in words, without a figure")
    said.append("by the confidence interval, else by p below 0.05; higher is not better or worse by itself")
    if judgements is not None:
        said.append(f"judgements were made by people ({judgements.file})")
    return capital("; ".join(said)) + "."


__all__ = ["LARGE", "SMALL", "direction_plot", "size_of"]
