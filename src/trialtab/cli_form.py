"""The command that fills the form of a review, and writes it for people, for RevMan or beside Covidence's export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialtab.cli_common import Misused, clean, db_option, deliver, judgements_of, open_store, shown_path
from trialtab.errors import QuestionError, TrialtabError

if TYPE_CHECKING:
    from trialtab.questions import Index
    from trialtab.questions.form import Protocol
    from trialtab.store import Row
    from trialtab.views.form_studies import FormStudy

FORMS = ("csv", "xlsx", "covidence", "revman")


@click.command(name="form")
@click.argument("protocol", type=click.Path(dir_okay=False, path_type=Path))
@db_option
@click.option(
    "--format", "form", type=click.Choice(FORMS),
    help="covidence: a row a study, as its export of extracted data; revman: a folder of the CSVs of study data that "
    "it imports. Default: by the name of the file.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A .csv or .xlsx; of revman a folder. Default: CSV, stdout."
)
@click.option(
    "--judgements", type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV with a column study and others (risk of bias by people), for revman.",
)  # fmt: skip
def form_command(protocol: Path, db: str, form: str | None, output: Path | None, judgements: Path | None) -> None:
    """The extraction form of a review: a row for each study and arm, columns for each outcome of the protocol.

    PROTOCOL.toml has a table [[arm]] for each arm (name: as reported, an intervention or a class of interventions;
    names: other names) and [[outcome]] for each outcome (name, kind: binary, continuous or time-to-event; synonyms and
    timepoint if there are any). Every value stands beside its finding and the passage it comes from; in a workbook it
    is linked to it.

    \b
    Example:
      trialtab form protocol.toml --db evidence.db -o form.csv
      trialtab form protocol.toml --format revman -o revman --db evidence.db
    """
    from trialtab.questions import form as forms

    try:
        asked = forms.protocol(protocol.read_bytes(), shown_path(protocol))
    except OSError as error:
        raise Misused(f"{shown_path(protocol)}: {error.strerror or error}") from error
    except QuestionError as error:
        raise Misused(clean(str(error))) from error
    if form is None:
        form = "csv" if output is None else output.suffix.lower().removeprefix(".")
        if form not in ("csv", "xlsx"):
            raise Misused(f"{shown_path(output or protocol)}: a form is written as .csv or .xlsx")
    if judgements is not None and form != "revman":
        raise Misused("--judgements are for --format revman")
    if form in ("csv", "xlsx"):
        _by_arm(asked, db, form, output)
    elif form == "covidence":
        from trialtab.export.covidence import covidence_table

        deliver(covidence_table(asked, _by_study(asked, db)), "csv", output)
    elif output is None:
        raise Misused("the files for revman go to a folder: -o FOLDER")
    else:
        _for_revman(asked, db, judgements, output)


def _library(db: str) -> tuple[tuple[list[Row], ...], list[tuple[Row, Index]]]:
    """What the store gives for answering, and each document (of a file of many records each record) with its index."""
    from trialtab import questions

    with open_store(db) as store:
        given = store.library(None)
    library = questions.library(*given)
    documents = sorted(given[0], key=lambda one: (one["document"], one["document_id"]))
    indexes = [index for name in sorted(library.documents) for index in library.documents[name]]
    return given, list(zip(documents, indexes, strict=True))


def _by_arm(asked: Protocol, db: str, form: str, output: Path | None) -> None:
    """The form with a row for each arm of each document, as CSV or as a workbook."""
    from trialtab import export, views
    from trialtab.questions import form as forms

    _, indexed = _library(db)
    columns, rows = forms.wide(asked, forms.entries(asked, [(document["study"], index) for document, index in indexed]))
    table = views.of_rows(rows, columns)
    if output is None:
        export.write(table, "csv", sys.stdout)
        return
    try:
        if form == "xlsx":
            from trialtab.export import workbook

            workbook.write_form(columns, rows, {o.name: forms.MEASURES[o.kind] for o in asked.outcomes}, output)
        else:
            with output.open("w", encoding="utf-8", newline="") as out:
                export.write(table, "csv", out)
    except OSError as error:
        raise Misused(f"{shown_path(output)}: {error.strerror or error}") from error
    except TrialtabError as error:
        raise Misused(clean(str(error))) from error
    some = sum(row[f"{outcome.name}: finding"] is not None for row in rows for outcome in asked.outcomes)
    click.echo(f"{len(rows)} rows of studies and arms, {some} outcomes answered; {shown_path(output)}")


def _by_study(asked: Protocol, db: str) -> tuple[FormStudy, ...]:
    """The form with its reports put together by study."""
    from trialtab.questions import form as forms
    from trialtab.views.form_studies import form_studies

    (documents, _, rows, arms, _), indexed = _library(db)
    filled = {
        (document["document"], document["document_id"]): forms.entries(asked, [(document["study"], index)])
        for document, index in indexed
    }
    return form_studies(documents, [row for row in rows if row["status"] != "rejected"], arms, filled)


def _for_revman(asked: Protocol, db: str, judgements: Path | None, folder: Path) -> None:
    """The files of study data in a folder; what is in no file of results is said on standard error."""
    from trialtab.export.study_data import study_data

    judged = None
    if judgements is not None:
        with open_store(db) as store:
            judged = judgements_of(judgements, store)
    files, left = study_data(asked, _by_study(asked, db), judged)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misused(f"{shown_path(folder)}: {error.strerror or error}") from error
    for name, table in files.items():
        deliver(table, "csv", folder / name)
    for line in left:
        click.echo(clean(f"not in study-results.csv: {line}"), err=True)
