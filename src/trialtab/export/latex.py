"""A table for LaTeX: booktabs rules, columns as wide as what they hold, notes below."""

from __future__ import annotations

import re
from typing import TextIO

from trialtab.export.text import clean
from trialtab.export.widths import shares
from trialtab.views import SUPERSCRIPTS, Cell, Table

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_\allowbreak{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "≈": r"$\approx$",
    "≠": r"$\neq$",
    "°": r"$^\circ$",
    "µ": r"$\mu$",
    "μ": r"$\mu$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "κ": r"$\kappa$",
    "τ": r"$\tau$",
    "χ": r"$\chi$",
    "²": r"\textsuperscript{2}",
    "▲": r"$\blacktriangle$",
    "▼": r"$\blacktriangledown$",
    "◄": r"$\blacktriangleleft$",
    "►": r"$\blacktriangleright$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "…": r"\ldots{}",
    "·": r"\textperiodcentered{}",
    "–": "--",
    "—": "---",
    "‑": "-",
    "−": "$-$",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "\u00a0": "~",
    "\t": " ",
}
ROOM = 96
"""Characters of a line of small print: what columns are laid out for."""

_SPECIAL = re.compile("|".join(map(re.escape, _ESCAPES)))
_LETTERS = dict(zip(SUPERSCRIPTS, "abcdefghjklmnoprstuvwxyz", strict=True))
_RAISED = re.compile(f"[{SUPERSCRIPTS}]+")


def escaped(text: str) -> str:
    """Text that LaTeX sets as it is; superscript letters become \\textsuperscript."""
    text = _SPECIAL.sub(lambda found: _ESCAPES[found.group()], clean(text))
    return _RAISED.sub(lambda found: rf"\textsuperscript{{{''.join(_LETTERS[c] for c in found.group())}}}", text)


def write_latex(table: Table, out: TextIO) -> None:
    """A longtable with caption, for a document that loads booktabs, longtable, array and amssymb; in UTF-8."""
    count = len(table.columns)
    out.write("% \\usepackage{booktabs,longtable,array,amssymb}\n")
    out.write("\\begingroup\\small\\setlength{\\tabcolsep}{4pt}\n")
    ragged = r">{\raggedright\arraybackslash}"
    widths = "".join(rf"{ragged}p{{{share:.3f}\linewidth}}" for share in _shares(table))
    out.write(f"\\begin{{longtable}}{{@{{}}{widths}@{{}}}}\n")
    if table.title:
        out.write(f"\\caption{{{escaped(table.title)}}}\\\\\n")
    out.write("\\toprule\n")
    if table.spans:
        out.write(_line([rf"\multicolumn{{{n}}}{{l}}{{{escaped(name)}}}" for name, n in table.spans]))
        at = 1
        for name, n in table.spans:
            out.write(f"\\cmidrule(lr){{{at}-{at + n - 1}}}" if name else "")
            at += n
        out.write("\n")
    out.write(_line([escaped(name) for name in table.heads or table.columns]))
    out.write("\\midrule\n\\endhead\n")
    ends = set()
    total = 0
    for size in table.groups:
        total += size
        ends.add(total)
    for number, row in enumerate(table.rows, 1):
        out.write(_line([_cell(cell) for cell in row]))
        if number in ends and number < len(table.rows):
            out.write("\\addlinespace\n")
    if not table.rows:
        out.write(_line([rf"\multicolumn{{{count}}}{{l}}{{Nothing was found.}}"]))
    out.write("\\bottomrule\n")
    for note in (*table.notes, *table.keys):
        out.write(_line([rf"\multicolumn{{{count}}}{{@{{}}p{{\linewidth}}@{{}}}}{{\footnotesize {escaped(note)}}}"]))
    out.write("\\end{longtable}\n\\endgroup\n")


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\" + "\n"


def _cell(cell: Cell) -> str:
    return escaped(cell.text).replace("\n", r" \newline ")


def _shares(table: Table) -> list[float]:
    """Each column's share of the line, together what fits between the columns' white."""
    room = 1 - 0.012 * len(table.columns)
    return [room * share for share in shares(table, ROOM, 1.0, breaks="_")]
