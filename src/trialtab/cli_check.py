"""The command that lists what did not add up."""

from __future__ import annotations

import click

from trialtab.cli_common import Misused, chosen_format, db_option, format_option, hint, open_store, show_table

VERDICTS = {"inconsistent": "fail", "consistent": "pass", "cannot-tell": "not_checkable"}


@click.command(name="check")
@db_option
@click.option("--study", "studies", multiple=True, help="Only this study; may be repeated.")
@click.option("--name", "names", multiple=True, help="Only this check (percent_of_total, grim ...); may be repeated.")
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(tuple(VERDICTS)), default=("inconsistent",),
              show_default=True, help="May be repeated.")  # fmt: skip
@click.option("--counts", is_flag=True, help="How often each check came to each verdict, in place of the list.")
@format_option
def check_command(
    db: str, studies: tuple[str, ...], names: tuple[str, ...], verdicts: tuple[str, ...], counts: bool, form: str | None
) -> None:
    """Lists what did not add up: the printed figure, the recomputed one, and both places with their quotations.

    A figure is inconsistent only where rounding, missing data and a guessed denominator cannot explain it.

    \b
    Example:
      trialtab check --db evidence.db
      trialtab check --name p_against_ci --verdict inconsistent --verdict cannot-tell --format csv
      trialtab check --counts
    """
    from trialtab import export, publish
    from trialtab.views import SHORT_ID

    form = chosen_format(form)
    known = publish.check_names()
    names = tuple(name.strip().replace(" ", "_") for name in names)
    if unknown := [name for name in names if name not in known]:
        raise Misused(f"no check {unknown[0]!r}; there are {', '.join(known)}")
    selection = publish.Selection(studies=studies)
    with open_store(db) as store:
        if counts:
            show_table(publish.check_counts(store, selection, names=names), form)
            return
        results = [VERDICTS[verdict] for verdict in verdicts]
        made = publish.check_report(
            store, selection, results=results, names=names, for_machines=form in export.FOR_MACHINES
        )
    if form == "table" and not made.rows:
        click.echo("nothing that was checked fails to add up" if verdicts == ("inconsistent",) else "no such checks")
        return
    show_table(made, form)
    if form == "table":
        hint(f"trialtab explain {made.findings()[0][:SHORT_ID]}", db, "the quotation behind an id")
