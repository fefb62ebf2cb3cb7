"""A view -> a file: for people (table, md, html, latex, docx), for machines (csv, tsv, json, jsonl), for both (xlsx).

Writers of text take a stream, those of documents give bytes; none of them prints. The same table gives the same bytes:
no clock, no random id and no order of a set enters a file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from trialtab.export.html import write_html
from trialtab.export.latex import write_latex
from trialtab.export.terminal import write_table
from trialtab.export.text import clean, dumps, guarded, write_csv, write_json, write_jsonl, write_md, write_tsv
from trialtab.views import Table

WRITERS: dict[str, Callable[[Table, TextIO], None]] = {
    "table": write_table,
    "csv": write_csv,
    "tsv": write_tsv,
    "json": write_json,
    "jsonl": write_jsonl,
    "md": write_md,
    "html": write_html,
    "latex": write_latex,
}
FORMATS = tuple(WRITERS)
DOCUMENTS = ("xlsx", "docx")
"""Formats that are no text: `document` gives their bytes."""

FOR_MACHINES = frozenset({"csv", "tsv", "json", "jsonl"})
"""Formats in which every number has a column of its own."""


def write(table: Table, form: str, out: TextIO, *, width: int | None = None) -> None:
    """Write a table in one of FORMATS; width is for `table` only. Raises KeyError for another format."""
    if form == "table":
        write_table(table, out, width=width)
    else:
        WRITERS[form](table, out)


def document(table: Table, form: str, data: Table | None = None) -> bytes:
    """A table as the bytes of one of DOCUMENTS; data: the same for machines, a sheet of its own in xlsx.

    Raises QuestionError where the library that writes the format is not installed, KeyError for another format.
    """
    if form == "xlsx":
        from trialtab.export.xlsx import xlsx

        return xlsx(table, data)
    if form == "docx":
        from trialtab.export.docx import docx

        return docx(table)
    raise KeyError(form)


PICTURES = ("svg", "png", "pdf")
"""Formats of the plots in forest_plot, range_plot and event_plot, which import matplotlib when they draw."""

__all__ = [
    "DOCUMENTS", "FORMATS", "FOR_MACHINES", "PICTURES", "WRITERS", "clean", "document", "dumps", "guarded", "write",
    "write_csv", "write_html", "write_json", "write_jsonl", "write_latex", "write_md", "write_table", "write_tsv",
]  # fmt: skip
