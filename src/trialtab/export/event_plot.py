"""An adverse-event dot plot: the percentage of each arm that had an event; of two arms of a study the difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trialtab import compare, statistics
from trialtab.errors import QuestionError
from trialtab.export import drawing
from trialtab.export.drawing import COLOURS, FAINT, HAIR, INK, LINE, MARKERS, SIZE, Sheet, capital, cut, widest, wrapped

MOST_TERMS = 20
_MARGIN, _GAP = 0.12, 0.18
_DIFFERENCE = 2.0


@dataclass(frozen=True, slots=True)
class _Dot:
    arm: int
    percent: float
    high: bool


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    dots: tuple[_Dot, ...]
    difference: statistics.Estimate | None


def event_plot(
    found: compare.EventTable, form: str = "svg", *, terms: int = MOST_TERMS, title: str | None = None
) -> bytes:  # fmt: skip
    """Adverse events as the bytes of an SVG, PNG or PDF.

    Filled marks: any grade; open ones: grade 3 or more. With two arms of one study a second panel has the risk
    difference with Newcombe's interval. Raises QuestionError where no arm has a percentage, or more than six arms
    report one (name arms or studies), and where matplotlib is not installed.
    """
    used = [
        at for at in range(len(found.arms))
        if any(_percent(cell) is not None for line in found.lines for cell in line.cells[at].values())
    ]  # fmt: skip
    if not used:
        raise QuestionError("no adverse event with a percentage to draw")
    if len(used) > len(MARKERS):
        raise QuestionError(f"{len(used)} arms report adverse events: name up to {len(MARKERS)} with --arm or --study")
    with drawing.style():
        return drawing.saved(_draw(found, used, terms, title or "Adverse events"), form)


def _percent(cell: compare.EventCell | None) -> float | None:
    """Percent of patients, 0 to 100; None for numbers of events and where neither percent nor N is known."""
    if cell is None or cell.row["count_of"] not in (None, "patients"):
        return None
    row = cell.row
    if row["percent"] is not None:
        value = row["percent"]
    elif row["events"] is not None and row["total"]:
        value = 100 * row["events"] / row["total"]
    else:
        return None
    return float(value) if 0 <= value <= 100 else None


def _terms(found: compare.EventTable, used: list[int]) -> list[_Term]:
    pair = len(used) == 2 and len({found.arms[at].study for at in used}) == 1
    terms = []
    for line in found.lines:
        dots = []
        for number, at in enumerate(used):
            for name, high in ((compare.BINS[0], False), (compare.BINS[1], True)):
                if (percent := _percent(line.cells[at].get(name))) is not None:
                    dots.append(_Dot(number, percent, high))
        if dots:
            terms.append(_Term(capital(line.term), tuple(dots), _difference(line, used) if pair else None))
    return terms


def _difference(line: compare.EventLine, used: list[int]) -> statistics.Estimate | None:
    """Of any grade where both arms tell it, else of grade 3 and more."""
    for name in compare.BINS[:2]:
        cells = [line.cells[at].get(name) for at in used]
        counts: list[int] = []
        for cell in cells:
            if cell is None or _percent(cell) is None or cell.row["total"] is None:
                break
            events, total = cell.row["events"], cell.row["total"]
            if events is None:
                events = round(cell.row["percent"] * total / 100)
            counts += [int(events), int(total)]
        if len(counts) == 4:
            return statistics.risk_difference(statistics.Table2x2(*counts))
    return None


def _draw(found: compare.EventTable, used: list[int], most: int, title: str) -> Any:
    every = _terms(found, used)
    terms = every[:most] if most else every
    several = any(len({dot.arm for dot in term.dots}) > 1 for term in terms)

    def rank(term: _Term) -> tuple[float, str]:
        if several and term.difference is not None:
            return -term.difference.value, term.name
        return -max(dot.percent for dot in term.dots) - (1000 if several and term.difference else 0), term.name

    paired = any(term.difference is not None for term in terms)
    terms = sorted(terms, key=lambda term: (paired and term.difference is None, *rank(term)))
    names = widest([cut(term.name, 48) for term in terms])
    x0 = _MARGIN + names + _GAP
    width = max(drawing.WIDTH, x0 + 2.6 + (_GAP + _DIFFERENCE if paired else 0) + _MARGIN)
    x1 = width - _MARGIN - 0.1 - (_GAP + _DIFFERENCE if paired else 0)
    top = 0.45 + 0.2 * len(used)
    bottom = top + LINE * len(terms) + 0.08
    notes = wrapped(_legend(every, terms, paired), width - 2 * _MARGIN, SIZE - 1.3)
    sheet = Sheet(width, bottom + 0.52 + 0.15 * len(notes))
    sheet.text(_MARGIN, 0.17, cut(title, 110), fontsize=SIZE + 1.5, fontweight="bold")
    axes = sheet.axes(x0, x1, top, bottom)
    colours = _colours(found, used)
    _arms(sheet, found, used, colours)
    highest = max((dot.percent for term in terms for dot in term.dots), default=1.0)
    axes.set_xlim(-0.02 * highest, max(highest * 1.06, 1.0))
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6))
    for number, term in enumerate(terms):
        y = top + LINE * (number + 0.5)
        sheet.text(x0 - _GAP / 2, y, cut(term.name, 48), ha="right")
        axes.plot(axes.get_xlim(), (y, y), color=HAIR, linewidth=0.5, linestyle=(0, (1, 2)), zorder=1)
        for dot in term.dots:
            colour = colours[dot.arm]
            beside = y + 0.06 * (dot.arm - (len(used) - 1) / 2) * min(1.0, 2 / len(used))
            axes.scatter(
                [dot.percent], [beside], s=24, marker=MARKERS[dot.arm], linewidths=1.1, edgecolor=colour, clip_on=False,
                facecolor="none" if dot.high else colour, zorder=4 if dot.high else 3,
            )  # fmt: skip
    sheet.text((x0 + x1) / 2, bottom + 0.31, "% of patients", ha="center", fontsize=SIZE - 0.5)
    if paired:
        _differences(sheet, terms, (x1 + _GAP, width - _MARGIN - 0.1), (top, bottom))
    for number, note in enumerate(notes):
        sheet.text(_MARGIN, bottom + 0.44 + 0.15 * (number + 0.5), note, fontsize=SIZE - 1.3, color=FAINT)
    return sheet.figure


def _colours(found: compare.EventTable, used: list[int]) -> list[str]:
    """One colour for each side, where sides are asked for; else one for each arm."""
    sides = [found.arms[at].side for at in used]
    known = list(dict.fromkeys(sides))
    if len(known) > 1:
        return [COLOURS[known.index(side) % len(COLOURS)] for side in sides]
    return list(COLOURS[: len(used)])


def _arms(sheet: Sheet, found: compare.EventTable, used: list[int], colours: list[str]) -> None:
    """The legend of arms, one a line below the title."""
    from matplotlib.lines import Line2D

    for number, at in enumerate(used):
        arm = found.arms[at]
        y = 0.42 + 0.2 * number
        size = f" (N={arm.n})" if arm.n is not None else ""
        side = f"{arm.side}: " if arm.side and arm.side != arm.study else ""
        name = f"{side}{', '.join(filter(None, (arm.study, arm.arm)))}{size}"
        sheet.figure.add_artist(
            Line2D([(_MARGIN + 0.06) / sheet.width], [1 - y / sheet.height], marker=MARKERS[number], markersize=5,
                   color=colours[number], linestyle="none")
        )  # fmt: skip
        sheet.text(_MARGIN + 0.2, y, cut(name, 100))


def _differences(sheet: Sheet, terms: list[_Term], across: tuple[float, float], down: tuple[float, float]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes = sheet.axes(*across, *down)
    ends = [end for term in terms if term.difference for end in (term.difference.low, term.difference.high)]
    reach = 1.08 * max(map(abs, ends))
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))
    axes.plot((0, 0), down, color=FAINT, linewidth=0.8, zorder=1)
    for number, term in enumerate(terms):
        if term.difference is None:
            continue
        y = down[0] + LINE * (number + 0.5)
        one = term.difference
        axes.plot((one.low, one.high), (y, y), color=INK, linewidth=0.9, solid_capstyle="butt", zorder=2)
        axes.scatter([one.value], [y], s=18, marker="o", color=INK, linewidths=0, zorder=3)
    name = "Risk difference, % (95% CI)"
    sheet.text(sum(across) / 2, down[1] + 0.31, name, ha="center", fontsize=SIZE - 0.5)


def _legend(every: list[_Term], terms: list[_Term], paired: bool) -> str:
    said = ["filled: any grade"]
    if any(dot.high for term in terms for dot in term.dots):
        said.append("open: grade 3 or more")
    if paired:
        said.append(
            "differences are of the first arm less the second, of any grade where both arms tell it, by Newcombe"
        )
    if len(every) > len(terms):
        said.append(f"{len(every) - len(terms)} further terms are not drawn")
    said.append("no mark means that nothing was found, not that no event occurred")
    return capital("; ".join(said)) + "."


__all__ = ["MOST_TERMS", "event_plot"]
