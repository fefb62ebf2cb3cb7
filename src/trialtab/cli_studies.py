"""The commands on studies: which documents are one, by the tool and by people."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import click

from trialtab.cli_common import FORMATS, Misused, chosen_format, clean, db_option, open_store, show_table

if TYPE_CHECKING:
    from trialtab.store import Store


@click.group(name="studies", invoke_without_command=True)
@db_option
@click.option(
    "--format", "form", type=click.Choice((*FORMATS, "ris")),
    help="ris: for reference managers. Default: table on a terminal, csv elsewhere.",
)  # fmt: skip
@click.pass_context
def studies_group(context: click.Context, db: str, form: str | None) -> None:
    """The studies of the database with their documents, and why several documents are one study.

    Documents are one study by trial number, DOI, PMID or label, by file names that differ in the kind of document, or
    by titles that are alike with the same first or last author. What you decide otherwise with merge, split and rename
    holds when files are read again; undo takes the last decision back.

    \b
    Example:
      trialtab studies --db evidence.db
      trialtab studies merge pelham_itp pelham_congress --db evidence.db
    """
    if context.invoked_subcommand is not None:
        context.default_map = {name: {"db": db} for name in studies_group.commands}  # "studies --db X merge ..."
        return
    from trialtab import export, publish

    if form == "ris":
        from trialtab.export.ris import write_ris

        with open_store(db) as store:
            write_ris(publish.references(store), sys.stdout)
        return
    form = chosen_format(form)
    with open_store(db) as store:
        show_table(publish.studies(store, for_machines=form in export.FOR_MACHINES), form)


def _writing(db: str) -> Store:
    from pathlib import Path

    from trialtab.store import Store

    if not Path(db).is_file():
        open_store(db)  # raises the line that says how to make one
    return Store(db)


by_option = click.option("--by", "reviewer", help="Who decides. Default: your name on this machine.")


def _who(reviewer: str | None) -> str:
    if reviewer is not None:
        return reviewer
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise Misused("who decides? --by NAME") from error


@studies_group.command()
@click.argument("studies", nargs=-1, required=True, metavar="STUDY STUDY...")
@click.option("--as", "label", help="What the study is called. Default: the first STUDY.")
@by_option
@db_option
def merge(studies: tuple[str, ...], label: str | None, reviewer: str | None, db: str) -> None:
    """Put the documents of several studies together as one. STUDY is a study label or a document.

    \b
    Example:
      trialtab studies merge pelham_itp pelham_congress --as PELHAM --db evidence.db
    """
    from trialtab import studies as of_studies

    with _writing(db) as store:
        found = of_studies.merge_studies(store, studies, label, _who(reviewer))
    click.echo(clean(f"{found.label}: {', '.join(found.documents)}"))


@studies_group.command()
@click.argument("study")
@click.argument("documents", nargs=-1, metavar="[DOCUMENT...]")
@by_option
@db_option
def split(study: str, documents: tuple[str, ...], reviewer: str | None, db: str) -> None:
    """Take a wrong grouping apart: the DOCUMENTs of a STUDY, or all of them, are studies of their own from now on.

    \b
    Example:
      trialtab studies split pelham_itp pelham_congress.pdf --db evidence.db
    """
    from trialtab import studies as of_studies

    with _writing(db) as store:
        found = of_studies.split_study(store, study, documents, _who(reviewer))
    for label, document in found:
        click.echo(clean(f"{label}: {document}"))


@studies_group.command()
@click.argument("study")
@click.argument("label")
@by_option
@db_option
def rename(study: str, label: str, reviewer: str | None, db: str) -> None:
    """Give a STUDY another LABEL, in every table and query.

    \b
    Example:
      trialtab studies rename pelham_itp "Tanabe 2023" --db evidence.db
    """
    from trialtab import studies as of_studies

    with _writing(db) as store:
        found = of_studies.rename_study(store, study, label, _who(reviewer))
    click.echo(clean(f"{found.label}: {', '.join(found.documents)}"))


@studies_group.command()
@by_option
@db_option
def undo(reviewer: str | None, db: str) -> None:
    """Take back the last merge, split or rename that is in force. It stays on record.

    \b
    Example:
      trialtab studies undo --db evidence.db
    """
    with _writing(db) as store:
        taken = store.undo_study(_who(reviewer))
    if taken is None:
        click.echo("nothing to undo: no decision on studies is in force", err=True)
        sys.exit(1)
    click.echo(clean(f"undone: {taken['kind']} of {', '.join(taken['documents'])}"))


@studies_group.command()
@db_option
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: table on a terminal, csv elsewhere.")
def decisions(db: str, form: str | None) -> None:
    """Every decision on studies: who decided what and when, and whether it is in force.

    \b
    Example:
      trialtab studies decisions --db evidence.db
    """
    from trialtab import views

    with open_store(db) as store:
        found = store.study_decisions()
    columns = ("id", "kind", "documents", "label", "reviewer", "decided_at", "in_force", "undoes")
    rows = [{**one, "documents": "; ".join(one["documents"]), "label": "; ".join(one["labels"])} for one in found]
    show_table(views.of_rows(rows, columns), chosen_format(form))
