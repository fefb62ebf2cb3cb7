"""A table as one self-contained HTML page: each cell leads to the quotations behind it, with document and page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TextIO

from trialtab.export.text import clean
from trialtab.views import SHORT_ID, Cell, Table

MOST_LINKS = 3
"""Quotations named behind a cell; of more only the number is told, and all stand in the list."""

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 78rem;
  padding: 0 1rem; }
h1 { font-size: 1.15rem; margin: 0 0 .6rem; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
p.note { margin: .15rem 0; color: #444; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; border-top: 2px solid #1a1a1a; border-bottom: 2px solid #1a1a1a; margin: .8rem 0;
  font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; }
td:first-child, th:first-child { max-width: 15rem; }
th { font-weight: 600; white-space: normal; }
thead tr:last-child th { border-bottom: 1px solid #1a1a1a; }
th[colspan] { border-bottom: 1px solid #999; }
tbody.group + tbody.group tr:first-child td { border-top: 1px solid #ccc; }
td.number { text-align: right; }
a { color: #0b5394; text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
sup.from { font-size: .68em; margin-left: .15em; }
ul.keys { list-style: none; padding: 0; font-size: .85rem; color: #333; }
ol.sources { font-size: .85rem; padding-left: 2.2rem; }
ol.sources li { margin: .3rem 0; }
ol.sources li:target, td:target { background: #fff3c4; }
q { quotes: "\\201c" "\\201d"; }
code { font-size: .92em; color: #555; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
""".strip()


def write_html(table: Table, out: TextIO) -> None:
    """One HTML page: title, notes, the table, the meaning of its signs, and a list of the quotations behind it."""
    numbers = {one.finding_id: n for n, one in enumerate(table.references, 1)}
    quotes = {one.finding_id: one.quote for one in table.references}
    title = _text(table.title or "Table")
    out.write('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    out.write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
    out.write(f"<title>{title}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n")
    for note in table.notes:
        out.write(f'<p class="note">{_text(note)}</p>\n')
    out.write(f'<div class="wide">\n<table>\n<caption hidden>{title}</caption>\n<thead>\n{_heads(table)}</thead>\n')
    start = 0
    for size in table.groups or ((len(table.rows),) if table.rows else ()):
        out.write('<tbody class="group">\n')
        for row in table.rows[start : start + size]:
            ends = _ends_of_runs(row)
            cells = "".join(_cell(cell, numbers, quotes, with_numbers=end) for cell, end in zip(row, ends, strict=True))
            out.write(f"<tr>{cells}</tr>\n")
        out.write("</tbody>\n")
        start += size
    out.write("</table>\n</div>\n")
    if not table.rows:
        out.write('<p class="note">Nothing was found.</p>\n')
    if table.keys:
        out.write('<ul class="keys">\n' + "".join(f"<li>{_text(key)}</li>\n" for key in table.keys) + "</ul>\n")
    if table.references:
        out.write('<h2>Where each figure stands</h2>\n<ol class="sources">\n')
        for one in table.references:
            said = ", ".join(filter(None, (one.outcome, one.arm if one.arm != "overall" else "")))
            marks = f" ({_text(one.marks)})" if one.marks else ""
            out.write(
                f'<li id="f-{_text(one.finding_id)}"><q>{_text(" ".join(one.quote.split()))}</q> '
                f"{_text(said)}. <b>{_text(one.document)}</b>, {_text(one.place)}{marks} "
                f"<code>{_text(one.finding_id[:SHORT_ID])}</code></li>\n"
            )
        out.write("</ol>\n")
    out.write("</body>\n</html>\n")


def _text(text: str) -> str:
    return escape(clean(text)).replace("\n", "<br>")


def _heads(table: Table) -> str:
    if not table.spans:
        return "<tr>" + "".join(f'<th scope="col">{_text(name)}</th>' for name in table.columns) + "</tr>\n"
    over = "".join(
        f'<th scope="colgroup" colspan="{n}">{_text(name)}</th>' if name else "<td></td>" * n for name, n in table.spans
    )
    under = "".join(f'<th scope="col">{_text(name)}</th>' for name in table.heads)
    return f"<tr>{over}</tr>\n<tr>{under}</tr>\n"


def _ends_of_runs(row: Sequence[Cell]) -> list[bool]:
    """For each cell whether the next one that says something stands on other findings: there the numbers are shown."""
    ends = [False] * len(row)
    last: tuple[str, ...] | None = None
    for at in range(len(row) - 1, -1, -1):
        if row[at].text and row[at].findings:
            ends[at] = row[at].findings != last
            last = row[at].findings
    return ends


def _cell(cell: Cell, numbers: dict[str, int], quotes: dict[str, str], *, with_numbers: bool) -> str:
    """A cell, its text a link to the first quotation behind it; small numbers lead to that and the others."""
    known = [f for f in cell.findings if f in numbers]
    kind = ' class="number"' if isinstance(cell.value, int | float) and cell.text == str(cell.value) else ""
    text = _text(cell.text)
    if not known or not text:
        return f"<td{kind}>{text}</td>"
    text = f'<a href="#f-{_text(known[0])}" title="{_text(quotes[known[0]])}">{text}</a>'
    if not with_numbers:
        return f"<td{kind}>{text}</td>"
    links = ", ".join(f'<a href="#f-{_text(f)}">{numbers[f]}</a>' for f in known[:MOST_LINKS])
    more = f" +{len(known) - MOST_LINKS}" if len(known) > MOST_LINKS else ""
    return f'<td{kind}>{text}<sup class="from">{links}{more}</sup></td>'
