"""The commands that publish: tables, meta-analyses and pictures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialtab.cli_common import (
    DOCUMENTS,
    FORMATS,
    F,
    Misused,
    db_option,
    deliver,
    form_of,
    hint,
    judgements_of,
    open_store,
    save,
    shown_path,
    terminal_columns,
)

if TYPE_CHECKING:
    from trialtab.publish import Selection
    from trialtab.store import Store
    from trialtab.views import Table


@click.group(name="table")
def table_group() -> None:
    """The tables that a systematic review prints, over the whole database or some of its studies.

    Every cell knows the findings it was made of: as HTML it leads to their quotations, as XLSX and DOCX they stand on a
    sheet or page of their own, as JSON their ids stand beside it.

    \b
    Example:
      trialtab table outcomes --db evidence.db
      trialtab table adverse-events --arm "CD19 CAR T" --arm "BCMA engager" -o events.docx
    """


def _remember(context: click.Context, option: click.Parameter, value: int) -> int:
    """Keep an option that every table takes and `_publish` alone reads."""
    context.obj = value
    return value


def table_options(function: F) -> F:
    """What every table takes: database, studies, columns, format and file."""
    for option in reversed((
        db_option,
        click.option("--study", "studies", multiple=True, help="Only this study; may be repeated."),
        click.option("--first", type=click.IntRange(0), default=100, show_default=True, expose_value=False,
                     callback=_remember, help="How many studies, where more are selected; 0: all."),
        click.option("--show", help="Columns to show, in this order, separated by commas."),
        click.option("--title", help="A title in place of the usual one."),
        click.option("--format", "form", type=click.Choice((*FORMATS, *DOCUMENTS)),
                     help="Default: by the name of the file, else table on a terminal, csv elsewhere."),
        click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."),
    )):  # fmt: skip
        function = option(function)
    return function


outcome_option = click.option(
    "--outcome", "wanted", multiple=True, help="Outcome by name, id or phrase; may be repeated."
)
judgements_option = click.option(
    "--judgements", type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV with a column study and others (risk of bias by people), shown beside the rows.",
)  # fmt: skip
arm_option = click.option(
    "--arm", "sides", multiple=True, help="Only arms of this class, intervention or study; may be repeated."
)


def _publish(
    make: Callable[[Store, Selection, bool], Table], db: str, show: str | None, title: str | None, form: str | None,
    output: Path | None, judgements: Path | None = None, **selected: tuple[str, ...],
) -> None:  # fmt: skip
    """One table: made for people or for machines as its format asks, then written where it shall go."""
    from dataclasses import replace

    from trialtab import export, publish, views
    from trialtab.publish import Selection

    form = form_of(form, output)
    selection = Selection(**selected, first=click.get_current_context().obj)
    with open_store(db) as store:
        made = make(store, selection, form in export.FOR_MACHINES)
        data = make(store, selection, True) if form == "xlsx" else None
        if judgements is not None:
            judged = judgements_of(judgements, store)
            made = views.with_judgements(made, judged)
            data = views.with_judgements(data, judged) if data is not None else None
    if show:
        made = views.with_columns(made, [name.strip() for name in show.split(",") if name.strip()])
    if title:
        made = replace(made, title=title)
    deliver(made, form, output, data)
    if form in export.FOR_MACHINES:
        for note in made.notes:
            if note.startswith(publish.ONLY_FIRST):
                click.echo(note, err=True)
    if form == "table" and output is None and made.findings():
        hint(f"trialtab explain {made.findings()[0][: views.SHORT_ID]}", db, "the quotation behind an id")


@table_group.command()
@table_options
@arm_option
@judgements_option
def characteristics(
    db: str, studies: tuple[str, ...], sides: tuple[str, ...], show: str | None, title: str | None, form: str | None,
    output: Path | None, judgements: Path | None,
) -> None:  # fmt: skip
    """What each study is: design, condition, arms with class and size, follow-up, registration, evidence level.

    \b
    Example:
      trialtab table characteristics --arm "CD19 CAR T" --db evidence.db
    """
    from trialtab import publish

    _publish(
        lambda store, selection, machine: publish.characteristics(store, selection, for_machines=machine),
        db, show, title, form, output, judgements, studies=studies, sides=sides,
    )  # fmt: skip


@table_group.command()
@table_options
@outcome_option
@arm_option
@click.option(
    "--columns", type=click.IntRange(1), help="How many, where none is named. Default: what the terminal holds; else 8."
)
@click.option("--side-by-side", is_flag=True, help="A column for each outcome, also where one alone is named.")
@judgements_option
def outcomes(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], sides: tuple[str, ...], columns: int | None,
    side_by_side: bool, show: str | None, title: str | None, form: str | None, output: Path | None,
    judgements: Path | None,
) -> None:  # fmt: skip
    """Studies by outcomes, what each reports in one cell each; of one --outcome: every figure, measure by measure.

    \b
    Example:
      trialtab table outcomes --db evidence.db --format md
      trialtab table outcomes --outcome "B-cell aplasia" --db evidence.db
    """
    from trialtab import publish

    form = form_of(form, output)
    if columns is None:
        columns = min(8, max(1, (terminal_columns() - 30) // 22)) if form == "table" else 8

    def make(store: Store, selection: Selection, machine: bool) -> Table:
        if side_by_side or not (len(wanted) == 1 or (wanted and sides)):
            return publish.grid(store, selection, columns=columns, for_people=form == "table")
        return publish.outcomes(store, selection, for_machines=machine)

    _publish(make, db, show, title, form, output, judgements, studies=studies, outcomes=wanted, sides=sides)


@table_group.command(name="adverse-events")
@table_options
@outcome_option
@arm_option
@click.option(
    "--terms", type=click.IntRange(0), help="How many terms; 0: all. Default: 25 on a terminal, all elsewhere."
)
def adverse_events(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], sides: tuple[str, ...], terms: int | None,
    show: str | None, title: str | None, form: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Adverse events by arm: any grade, grade 3 or more, serious; the terms that most arms report stand first.

    \b
    Example:
      trialtab table adverse-events --arm "CD19 CAR T" --arm "BCMA engager" --db evidence.db
    """
    from trialtab import publish

    if terms is None:
        terms = 25 if form_of(form, output) == "table" else 0
    _publish(
        lambda store, selection, machine: publish.adverse_events(
            store, selection, terms=terms or None, for_machines=machine
        ),
        db, show, title, form, output, studies=studies, outcomes=wanted, sides=sides,
    )  # fmt: skip


@table_group.command()
@table_options
@outcome_option
@click.option("--measure", "measures", multiple=True, help="HR, OR, RR, hazard_ratio ...; may be repeated.")
@judgements_option
def effects(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], measures: tuple[str, ...], show: str | None,
    title: str | None, form: str | None, output: Path | None, judgements: Path | None,
) -> None:  # fmt: skip
    """Hazard, odds, risk and rate ratios and differences as printed, each with its comparison, interval and p.

    \b
    Example:
      trialtab table effects --measure HR --db evidence.db
    """
    from trialtab import publish

    _publish(
        lambda store, selection, machine: publish.effects(store, selection, measures=measures, for_machines=machine),
        db, show, title, form, output, judgements, studies=studies, outcomes=wanted,
    )  # fmt: skip


@table_group.command(name="checks")
@table_options
@outcome_option
@click.option("--result", "results", multiple=True, type=click.Choice(("fail", "pass", "not_checkable")),
              default=("fail",), show_default=True)  # fmt: skip
def checks_command(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], results: tuple[str, ...], show: str | None,
    title: str | None, form: str | None, output: Path | None,
) -> None:  # fmt: skip
    """What did not add up: n/N against its percent, an estimate outside its interval, quartiles out of order ...

    \b
    Example:
      trialtab table checks --db evidence.db
    """
    from trialtab import publish

    _publish(
        lambda store, selection, machine: publish.checks(store, selection, results=results, for_machines=machine),
        db, show, title, form, output, studies=studies, outcomes=wanted,
    )  # fmt: skip


@table_group.command()
@table_options
@outcome_option
def agreement(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], show: str | None, title: str | None, form: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """What one document says twice (abstract and results, text and table), and whether the two agree.

    \b
    Example:
      trialtab table agreement --study "aiha_cd19_cart" --db evidence.db
    """
    from trialtab import publish

    _publish(
        lambda store, selection, machine: publish.agreement(store, selection, for_machines=machine),
        db, show, title, form, output, studies=studies, outcomes=wanted,
    )  # fmt: skip


@table_group.command()
@table_options
@outcome_option
@arm_option
def summary(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], sides: tuple[str, ...], show: str | None,
    title: str | None, form: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Summary of findings: at most seven outcomes, relative and absolute effects; certainty is left to people.

    The first --arm is the intervention, the second its comparator; or name the studies.

    \b
    Example:
      trialtab table summary --study pelham_itp --db evidence.db
    """
    from trialtab import publish

    if not sides and not studies:
        raise Misused("which comparison? --arm INTERVENTION --arm COMPARATOR, or --study")
    _publish(
        lambda store, selection, machine: publish.summary(store, selection, for_machines=machine),
        db, show, title, form, output, studies=studies, outcomes=wanted, sides=sides,
    )  # fmt: skip


@table_group.command()
@table_options
def patients(
    db: str, studies: tuple[str, ...], show: str | None, title: str | None, form: str | None, output: Path | None
) -> None:
    """Individual patients, where a report tabulates them: a line for each, a column for each outcome.

    \b
    Example:
      trialtab table patients --db evidence.db
    """
    from trialtab import publish

    _publish(
        lambda store, selection, machine: publish.patients(store, selection, for_machines=machine),
        db, show, title, form, output, studies=studies,
    )  # fmt: skip


@table_group.command()
@table_options
@outcome_option
@click.option("--columns", type=click.IntRange(1), default=8, show_default=True, help="Outcomes, where none is named.")
@judgements_option
def directions(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], columns: int, show: str | None, title: str | None,
    form: str | None, output: Path | None, judgements: Path | None,
) -> None:  # fmt: skip
    """Direction of effects, study by outcome, for where nothing can be pooled: up, down, no difference, conflicting.

    \b
    Example:
      trialtab table directions --db evidence.db
    """
    from trialtab import publish

    _publish(
        lambda store, selection, machine: publish.directions(store, selection, columns=columns, for_machines=machine),
        db, show, title, form, output, judgements, studies=studies, outcomes=wanted,
    )  # fmt: skip


@click.command(name="fhir")
@db_option
@click.option("--study", "studies", multiple=True, help="Only this study; may be repeated.")
@outcome_option
@click.option("--status", multiple=True, help="proposed, accepted or corrected; may be repeated.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
def fhir_command(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], status: tuple[str, ...], output: Path | None
) -> None:
    """Rows of the evidence table as a bundle of FHIR R5 Evidence resources.

    \b
    Example:
      trialtab fhir --status accepted -o evidence.json --db evidence.db
    """
    from trialtab import export
    from trialtab.export.fhir import fhir_bundle

    with open_store(db) as store:
        rows = store.select(outcome=wanted or None, study=studies or None, status=status or None)
    bundle = fhir_bundle(rows)
    text = export.dumps(bundle, indent=1) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    save(output, text.encode())
    click.echo(f"{shown_path(output)}: {len(bundle.get('entry', ()))} Evidence resources of {len(rows)} rows")


# ---- pool ------------------------------------------------------------------------------------------------------

MEASURES = ("proportion", "risk_ratio", "odds_ratio", "risk_difference", "hazard_ratio", "rate_ratio",
            "mean_difference", "standardized_mean_difference")  # fmt: skip
POOLING = ("fixed", "dersimonian-laird", "reml", "paule-mandel", "mantel-haenszel", "glmm", "freeman-tukey")


def pool_options(function: F) -> F:
    """What a meta-analysis takes."""
    for option in reversed((
        db_option,
        click.option("--outcome", "outcome", required=True, help="Outcome by name, id or phrase."),
        click.option("--measure", type=click.Choice(MEASURES), default="proportion", show_default=True),
        click.option("--study", "studies", multiple=True, help="Only this study; may be repeated."),
        arm_option,
        click.option("--grade", help='Only this grade: ">=3", "3-4", "any". Default: what most studies report.'),
        click.option("--timepoint", help='Only this time: "12 months". Default: what most studies report.'),
        click.option("--method", type=click.Choice(POOLING), help="Default: REML; glmm for proportions."),
        click.option("--hartung-knapp", is_flag=True, help="Interval by Hartung, Knapp, Sidik and Jonkman."),
        click.option("--across-conditions", is_flag=True, help="Pool studies of unlike conditions, and say so."),
        click.option("--across-comparisons", is_flag=True, help="Pool unlike interventions, and say so."),
        click.option("--from-medians", is_flag=True, help="Means and SDs from medians, where these alone are printed."),
    )):  # fmt: skip
        function = option(function)
    return function


def _pooled(
    db: str, outcome: str, measure: str, studies: tuple[str, ...], sides: tuple[str, ...], grade: str | None,
    timepoint: str | None, method: str | None, hartung_knapp: bool, across_conditions: bool,
    across_comparisons: bool, from_medians: bool,
) -> Any:  # fmt: skip
    """The meta-analysis that the options ask for, and the rows that it was made of."""
    from trialtab import compare, publish

    wanted = compare.Wanted(measure, grade, timepoint, from_medians)
    options = compare.Options(
        method, hartung_knapp, across_conditions=across_conditions, across_comparisons=across_comparisons
    )
    with open_store(db) as store:
        return publish.synthesis(store, outcome, wanted, publish.Selection(studies=studies, sides=sides), options)


@click.command()
@pool_options
@click.option("--show", help="Columns to show, in this order, separated by commas.")
@click.option("--title", help="A title in place of the usual one.")
@click.option("--format", "form", type=click.Choice((*FORMATS, *DOCUMENTS, "metafor", "revman")),
              help="metafor: a CSV for R and a script beside it; revman: a CSV of its data rows.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def pool(show: str | None, title: str | None, form: str | None, output: Path | None, **asked: Any) -> None:
    """Meta-analysis of one outcome: proportions of arms, or ratios and differences of two arms.

    Studies of one condition are pooled together; another grade, timepoint or way of measuring is left out and named.
    Ratios come from the counts of both arms where they are told, else as printed; a study counts once.

    \b
    Example:
      trialtab pool --outcome "complete response" --arm "CD19 CAR T" --db evidence.db
      trialtab pool --outcome "overall survival" --measure hazard_ratio --across-comparisons --db evidence.db
    """
    from dataclasses import replace

    from trialtab import export, publish, views

    if form == "metafor":
        from trialtab.export.metafor import metafor_table, r_script

        if output is None or output.suffix.lower() != ".csv":
            raise Misused("metafor goes to a file: -o NAME.csv; the script is NAME.R")
        found, _ = _pooled(**asked)
        deliver(metafor_table(found), "csv", output)
        save(output.with_suffix(".R"), r_script(found, output.name).encode())
        click.echo(shown_path(output.with_suffix(".R")))
        return
    if form == "revman":
        from trialtab.export.revman import revman_table

        found, chosen = _pooled(**asked)
        deliver(revman_table(found, publish.years(chosen)), "csv", output)
        return
    form = form_of(form, output)
    found, chosen = _pooled(**asked)
    made = publish.pooled(found, chosen, for_machines=form in export.FOR_MACHINES)
    data = publish.pooled(found, chosen, for_machines=True) if form == "xlsx" else None
    if show:
        made = views.with_columns(made, [name.strip() for name in show.split(",") if name.strip()])
    deliver(replace(made, title=title) if title else made, form, output, data)


# ---- plot ------------------------------------------------------------------------------------------------------

PICTURES = ("svg", "png", "pdf")


@click.group(name="plot")
def plot_group() -> None:
    """Pictures for the manuscript, as SVG, PNG (300 dots an inch) or PDF, by the name of the file.

    \b
    Example:
      trialtab plot forest --outcome "complete response" --arm "CD19 CAR T" -o response.svg
    """


def picture_options(function: F) -> F:
    """What every picture takes."""
    for option in reversed((
        click.option("--title", help="A title in place of the usual one."),
        click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
                     help="NAME.svg, NAME.png or NAME.pdf."),
    )):  # fmt: skip
        function = option(function)
    return function


def _picture(output: Path, draw: Callable[[str], bytes]) -> None:
    """Draw in the format that the file's name says, and write it."""
    form = output.suffix.lower().removeprefix(".")
    if form not in PICTURES:
        raise Misused(f"{shown_path(output)}: a picture is {', '.join(PICTURES)}")
    save(output, draw(form))
    click.echo(shown_path(output))


@plot_group.command()
@pool_options
@picture_options
def forest(output: Path, title: str | None, **asked: Any) -> None:
    """Forest plot: studies, intervals, weights, the pooled diamond and prediction interval; options as of `pool`.

    \b
    Example:
      trialtab plot forest --outcome "complete response" --arm "CD19 CAR T" -o response.svg --db evidence.db
    """
    from trialtab import publish

    _picture(output, lambda form: publish.forest(_pooled(**asked)[0], form, title=title))


@plot_group.command(name="range")
@db_option
@click.option("--outcome", required=True, help="Outcome by name, id or phrase.")
@click.option("--study", "studies", multiple=True, help="Only this study; may be repeated.")
@arm_option
@picture_options
def range_command(
    db: str, outcome: str, studies: tuple[str, ...], sides: tuple[str, ...], output: Path, title: str | None
) -> None:
    """Range plot: medians with quartiles and range, means with SD, study by study; nothing is pooled.

    \b
    Example:
      trialtab plot range --outcome "B-cell aplasia" --arm "CD19 CAR T" --arm "BCMA engager" -o aplasia.svg
    """
    from trialtab import publish

    selection = publish.Selection(studies=studies, outcomes=(outcome,), sides=sides)

    def draw(form: str) -> bytes:
        with open_store(db) as store:
            return publish.ranges(store, selection, form, title=title)

    _picture(output, draw)


@plot_group.command(name="adverse-events")
@db_option
@click.option("--study", "studies", multiple=True, help="Only this study; may be repeated.")
@outcome_option
@arm_option
@click.option("--terms", type=click.IntRange(0), default=20, show_default=True, help="How many terms; 0: all.")
@picture_options
def adverse_events_plot(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], sides: tuple[str, ...], terms: int, output: Path,
    title: str | None,
) -> None:  # fmt: skip
    """Dot plot of adverse events by arm; of two arms of one study with the risk difference and its interval.

    \b
    Example:
      trialtab plot adverse-events --study brenva_myeloma -o events.png --db evidence.db
    """
    from trialtab import publish

    selection = publish.Selection(studies=studies, outcomes=wanted, sides=sides)

    def draw(form: str) -> bytes:
        with open_store(db) as store:
            return publish.events(store, selection, form, terms=terms, title=title)

    _picture(output, draw)


@plot_group.command(name="directions")
@db_option
@click.option("--study", "studies", multiple=True, help="Only this study; may be repeated.")
@outcome_option
@click.option("--columns", type=click.IntRange(1), default=6, show_default=True, help="Outcomes, where none is named.")
@judgements_option
@picture_options
def directions_plot(
    db: str, studies: tuple[str, ...], wanted: tuple[str, ...], columns: int, judgements: Path | None, output: Path,
    title: str | None,
) -> None:  # fmt: skip
    """Effect-direction plot: study by outcome an arrow, larger for larger studies, where nothing can be pooled.

    \b
    Example:
      trialtab plot directions --judgements rob.csv -o directions.svg --db evidence.db
    """
    from trialtab import publish

    selection = publish.Selection(studies=studies, outcomes=wanted)

    def draw(form: str) -> bytes:
        with open_store(db) as store:
            judged = None if judgements is None else judgements_of(judgements, store)
            return publish.direction_plot(store, selection, form, columns=columns, judgements=judged, title=title)

    _picture(output, draw)
