"""What all commands share: options with one vocabulary, where output goes, and faults in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from trialtab.store import Store
    from trialtab.views import Judgements, Table

FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md", "html", "latex")
DOCUMENTS = ("xlsx", "docx")
"""Formats that are no text: they go to a file."""

SUFFIXES = {".txt": "table", ".tex": "latex", ".htm": "html", **{f".{form}": form for form in (*FORMATS, *DOCUMENTS)}}
DEFAULT_DB = "evidence.db"
F = TypeVar("F", bound=Callable[..., Any])


class Misused(click.ClickException):
    """A command that cannot run as it was given: one line, exit code 2."""

    exit_code = 2


def format_option(function: F) -> F:
    """--format, with one vocabulary for every command."""
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), help="Default: table on a terminal, csv elsewhere."
    )(function)


def db_option(function: F) -> F:
    """--db, with one default for every command."""
    return click.option(
        "--db", type=click.Path(dir_okay=False), default=DEFAULT_DB, show_default=True, help="The evidence database."
    )(function)


def clean(text: str) -> str:
    from trialtab.export import clean

    return clean(text)


def chosen_format(form: str | None) -> str:
    return form or ("table" if sys.stdout.isatty() else "csv")


def drawing_width() -> int | None:
    """Columns to draw in: a terminal's own; elsewhere enough that a pager or a file is not folded early."""
    return None if sys.stdout.isatty() else 160


def terminal_columns() -> int:
    """How many columns a table is drawn in."""
    import shutil

    return drawing_width() or shutil.get_terminal_size().columns


def show_table(table: Table, form: str) -> None:
    from trialtab import export

    export.write(table, form, sys.stdout, width=drawing_width())


def hint(command: str, db: str, what: str) -> None:
    """What to do next, below a table."""
    import shlex

    where = "" if db == DEFAULT_DB else f" --db {shlex.quote(db)}"
    click.secho(f"\n{what}: {clean(command + where)}", dim=True)


def open_store(db: str) -> Store:
    from trialtab.store import Store

    return Store(db, write=False)


def shown_path(path: Path) -> str:
    """A path as a user names it: from where they stand, if it is below."""
    here = Path.cwd()
    return clean(str(path.relative_to(here) if path.is_relative_to(here) else path))


def judgements_of(path: Path, store: Store) -> Judgements:
    """The judgements of a file."""
    from trialtab import publish

    try:
        return publish.judgements(store, path.read_bytes(), path.name)
    except OSError as error:
        raise Misused(f"{shown_path(path)}: {error.strerror or error}") from error


def save(output: Path, data: bytes) -> None:
    """Write a file; what the disk refuses is one line."""
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Misused(f"{shown_path(output)}: {error.strerror or error}") from error


def form_of(form: str | None, output: Path | None) -> str:
    """The format that is asked for, or that a file's name says. Raises Misused where neither does."""
    if form is None and output is not None:
        form = SUFFIXES.get(output.suffix.lower())
        if form is None:
            raise Misused(f"{shown_path(output)}: what format? --format {'|'.join((*FORMATS, *DOCUMENTS))}")
    form = chosen_format(form)
    if form in DOCUMENTS and output is None:
        raise Misused(f"{form} goes to a file: -o NAME.{form}")
    return form


def deliver(table: Table, form: str, output: Path | None, data: Table | None = None) -> None:
    """Write a table to a file, or to standard output."""
    from trialtab import export

    if output is None:
        if not table.rows and form == "table":
            click.echo("no rows", err=True)
            return
        show_table(table, form)
        return
    if form in DOCUMENTS:
        save(output, export.document(table, form, data))
    else:
        out = StringIO(newline="")
        export.write(table, form, out, width=160)
        save(output, out.getvalue().encode())
    rows = f"{len(table.rows)} line" + ("s" if len(table.rows) != 1 else "")
    click.echo(f"{shown_path(output)}: {rows}, {len(table.findings())} findings")
