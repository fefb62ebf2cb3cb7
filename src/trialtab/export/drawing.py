"""What pictures share: fonts, colours that the colour-blind tell apart, widths of texts, saving without a clock.

Sizes are inches and points, as journals state them. matplotlib is imported where it is needed; no global state of it is
touched, and the same picture gives the same bytes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any

from trialtab.errors import QuestionError
from trialtab.export.text import clean

FORMATS = ("svg", "png", "pdf")

WIDTH = 7.1
"""Two columns of a journal."""

SIZE = 8.0
"""Points of ordinary text."""

LINE = 0.215
"""Inches from one line of a picture to the next."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's colours for sides and arms, in order."""

MARKERS = ("s", "o", "^", "D", "v", "P")
INK, FAINT, HAIR = "#1a1a1a", "#6b6b6b", "#c8c8c8"

_STYLE = {
    "font.family": ["DejaVu Sans"], "font.size": SIZE, "svg.hashsalt": "trialtab", "svg.fonttype": "path",
    "pdf.fonttype": 42, "axes.linewidth": 0.8, "xtick.major.width": 0.8, "xtick.major.size": 3.0, "text.usetex": False,
    "text.parse_math": False, "path.simplify": False,
}  # fmt: skip


def library() -> Any:
    """matplotlib. Raises QuestionError where it is not installed."""
    try:
        import matplotlib
    except ImportError as error:
        raise QuestionError("pictures need matplotlib: pip install 'trialtab[report]'") from error
    return matplotlib


@contextmanager
def style() -> Iterator[None]:
    """The style of all pictures, as a context: everything is drawn and saved within it.

    A letter that the font does not have is drawn as a box, which says enough: no warning of it is printed.
    """
    with library().rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        yield


def figure(width: float, height: float) -> Any:
    """A white figure of so many inches, with its own canvas."""
    library()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(made)
    return made


def saved(made: Any, form: str) -> bytes:
    """A figure as the bytes of one of FORMATS; PNG has 300 dots an inch. Raises KeyError for another format."""
    metadata: dict[str, dict[str, Any]] = {
        "svg": {"Date": None, "Creator": "trialtab"},
        "png": {"Software": "trialtab"},
        "pdf": {"CreationDate": None, "Creator": "trialtab", "Producer": None},
    }
    buffer = BytesIO()
    made.savefig(buffer, format=form, dpi=300, metadata=metadata[form])
    return buffer.getvalue()


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Inches that a line of text takes."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    shown = clean(text)
    if not shown.strip():
        return 0.0
    font = FontProperties(family=["DejaVu Sans"], weight="bold" if bold else "normal", size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(shown, font, ismath=False)
    return float(width) / 72


def widest(texts: list[str], size: float = SIZE, *, bold: bool = False) -> float:
    """Inches of the longest of some lines."""
    return max((text_width(text, size, bold=bold) for text in texts), default=0.0)


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, its end left out with an ellipsis."""
    text = " ".join(clean(text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def wrapped(text: str, room: float, size: float = SIZE) -> list[str]:
    """A text as lines of at most `room` inches."""
    lines: list[str] = []
    taken, blank = 0.0, 0.35 * size / 72
    for word in clean(text).split():
        width = text_width(word, size)
        if lines and taken + blank + width <= room:
            lines[-1] += f" {word}"
            taken += blank + width
        else:
            lines.append(word)
            taken = width
    return lines


MOST_LINES = 600
"""Lines that a picture may have: beyond it no page holds it, and PNG has no room for it."""


def check_lines(count: int) -> None:
    """Raises QuestionError where a picture would have too many lines to be looked at."""
    if count > MOST_LINES:
        raise QuestionError(f"{count} lines are too many for a picture: name studies, arms or a condition")


def capital(text: str) -> str:
    """A heading: its first letter large."""
    return text[:1].upper() + text[1:]


class Sheet:
    """A figure on which texts are placed in inches from the left and top, and axes in between."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = figure(width, height)

    def text(self, x: float, y: float, text: str, **how: Any) -> None:
        """Text at x inches from the left; its middle y inches from the top."""
        options = {"va": "center", "ha": "left", "color": INK, "fontsize": SIZE} | how
        self.figure.text(x / self.width, 1 - y / self.height, clean(text), **options)

    def line(self, y: float, x0: float, x1: float, *, weight: float = 0.8, colour: str = INK) -> None:
        """A rule at y inches from the top."""
        from matplotlib.lines import Line2D

        at = 1 - y / self.height
        self.figure.add_artist(
            Line2D((x0 / self.width, x1 / self.width), (at, at), linewidth=weight, color=colour, solid_capstyle="butt")
        )

    def axes(self, x0: float, x1: float, top: float, bottom: float) -> Any:
        """Axes between x0 and x1 from the left, whose vertical axis counts inches from the figure's top, downwards."""
        place = (x0 / self.width, 1 - bottom / self.height, (x1 - x0) / self.width, (bottom - top) / self.height)
        made = self.figure.add_axes(place)
        made.set_ylim(bottom, top)
        made.set_yticks([])
        for side in ("left", "right", "top"):
            made.spines[side].set_visible(False)
        made.tick_params(axis="x", labelsize=SIZE - 1, pad=2)
        made.patch.set_alpha(0)
        return made


__all__ = [
    "COLOURS",
    "FAINT",
    "FORMATS",
    "HAIR",
    "INK",
    "LINE",
    "MARKERS",
    "SIZE",
    "WIDTH",
    "Sheet",
    "capital",
    "cut",
    "figure",
    "library",
    "saved",
    "style",
    "text_width",
    "widest",
    "wrapped",
]  # fmt: skip
