"""The command that sets two sides against each other, or a trial's registry record against its reports."""

from __future__ import annotations

from pathlib import Path

import click

from trialtab.cli_common import DOCUMENTS, FORMATS, Misused, db_option, deliver, form_of, hint, open_store


@click.command(name="compare")
@click.argument("left", required=False)
@click.argument("right", required=False)
@db_option
@click.option("--registry", is_flag=True, help="Registry records against the reports of their trials; LEFT: only one.")
@click.option("--all", "one_sided", is_flag=True, help="Also outcomes that only one side reports.")
@click.option("--format", "form", type=click.Choice((*FORMATS, *DOCUMENTS)),
              help="Default: by the name of the file, else table on a terminal, csv elsewhere.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def compare_command(
    left: str | None, right: str | None, db: str, registry: bool, one_sided: bool, form: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """Two sides outcome by outcome, each a class of interventions, an intervention or a study.

    For people one line an outcome; csv, tsv, json and jsonl have a row for what each study says, with the ids of its
    findings. Nothing is pooled; a comparison across studies is called naive.

    With --registry, each result that a registry record and a report of one trial (same NCT number) both tell: whether
    the two agree within rounding, and in what they differ. LEFT may be a study or trial number then.

    \b
    Example:
      trialtab compare "CD19 CAR T" "BCMA engager" --db evidence.db
      trialtab compare "CD19 CAR T" "BCMA engager" -o contrast.docx --db evidence.db
      trialtab compare --registry --db evidence.db
    """
    if registry and right is not None:
        raise Misused("--registry takes one study or trial number, or none")
    if registry:
        show_registry(left, db, form_of(form, output), output, one_sided=one_sided)
        return
    if left is None or right is None:
        raise Misused("compare what? Two sides, or --registry")
    show_contrast(left, right, db, form_of(form, output), output, one_sided=one_sided)


def show_contrast(
    left: str, right: str, db: str, form: str, output: Path | None = None, *, one_sided: bool = False
) -> None:
    """Print or write two sides, outcome by outcome."""
    from trialtab import export, publish, views

    with open_store(db) as store:
        found = publish.contrast(store, left, right)
    shown = publish.contrasted(found, one_sided=one_sided, for_machines=form in export.FOR_MACHINES)
    data = publish.contrasted(found, for_machines=True) if form == "xlsx" else None
    deliver(shown, form, output, data)
    if form == "table" and output is None and shown.rows:
        hint(f"trialtab explain {shown.findings()[0][: views.SHORT_ID]}", db, "the quotation behind an id")


def show_registry(only: str | None, db: str, form: str, output: Path | None, *, one_sided: bool) -> None:
    """Print or write registry records against the reports of their trials."""
    from trialtab import export, publish, views

    def made(for_machines: bool) -> views.Table:
        with open_store(db) as store:
            return publish.registry(
                store, publish.Selection(), only=only, one_sided=one_sided, for_machines=for_machines
            )

    shown = made(form in export.FOR_MACHINES)
    deliver(shown, form, output, made(True) if form == "xlsx" else None)
    if form == "table" and output is None and shown.rows:
        hint(f"trialtab explain {shown.findings()[0][: views.SHORT_ID]}", db, "the quotation behind an id")
