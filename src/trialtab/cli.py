"""The commands: doors to the library. Arguments in, one call, output out. The only module that prints.

Exit codes: 0 all well; 1 something failed (each named in one line on standard error); 2 the command was misused.
Nothing heavy is imported before a command needs it, so that --version and --help answer at once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trialtab import __version__
from trialtab.cli_check import check_command
from trialtab.cli_common import (
    Misused,
    chosen_format,
    clean,
    db_option,
    format_option,
    hint,
    open_store,
    save,
    show_table,
    shown_path,
)
from trialtab.cli_compare import compare_command, show_contrast
from trialtab.cli_form import form_command
from trialtab.cli_publish import fhir_command, plot_group, pool, table_group
from trialtab.cli_studies import studies_group
from trialtab.errors import QuestionError, TrialtabError

if TYPE_CHECKING:
    from trialtab.model import Document
    from trialtab.run import Outcome

SCREENFUL = 200
"""Rows that `query` shows on a terminal when it is not told how many."""

DEMO_SIDES = ("CD19 CAR T", "BCMA engager")
DEMO_CORPORA = ("cellular_immunotherapy", "randomised_trials")
"""Corpora whose figures are those of published studies; the documents of the others are invented."""


class _Commands(click.Group):
    """A group whose commands end in one line where the user can mend something, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a terminal without the character shows its code, and goes on
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except TrialtabError as error:
            raise click.ClickException(clean(str(error))) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="trialtab")
def main() -> None:
    """From trial reports to an evidence table: every number with its outcome, arm, timepoint and place.

    \b
    Example:
      trialtab extract reports/ --db evidence.db
      trialtab compare "CD19 CAR T" "BCMA engager" --db evidence.db
    """


# ---- read ------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Text, blocks, tables and identifiers as one JSON object.")
def read(file: Path, as_json: bool) -> None:
    """Show what is read of a FILE: its text in reading order, with sections and tables. Nothing is extracted.

    A file of many records gives an outline of each; with --json one object a line.

    \b
    Example:
      trialtab read report.pdf
      trialtab read report.nxml --json > report.json
    """
    from trialtab import export, run

    for document in run.read_file(file):
        if as_json:
            sys.stdout.write(export.dumps(_as_json(document)) + "\n")
        else:
            _outline(document)


def _as_json(document: Document) -> dict[str, Any]:
    from dataclasses import asdict

    text = document.text
    return {
        "name": document.name,
        "document_id": document.document_id,
        "format": document.format,
        "pages": document.pages,
        "text": text,
        "blocks": [{**asdict(block), "text": text[block.start : block.end]} for block in document.blocks],
        "tables": [
            {
                "label": table.label,
                "caption": text[table.caption.start : table.caption.end] if table.caption else "",
                "rows": [
                    [text[cell.start : cell.end] for cell in table.cells if cell.row == row]
                    for row in range(table.rows)
                ],
            }
            for table in document.tables
        ],
        "source": asdict(document.source),
        "notices": list(document.notices),
    }


def _outline(document: Document) -> None:
    source = document.source
    head = [("title", source.title), ("doi", source.doi), ("pmid", source.pmid), ("pmcid", source.pmcid)]
    head += [("nct", ", ".join(source.nct)), ("journal", source.journal), ("year", str(source.year or ""))]
    pages = f", {document.pages} pages" if document.pages else ""
    words = len(document.text.split())
    click.secho(clean(f"{document.name}: {document.format}{pages}, {words:,} words"), bold=True)
    for name, value in head:
        if value:
            click.echo(f"  {name}: {clean(value)}")
    for notice in document.notices:
        click.secho(f"  notice: {clean(notice)}", fg="yellow")
    section = None
    for block in document.blocks:
        if block.kind == "furniture" or block.section in ("table", "references") or block.kind == "reference":
            continue
        place = f"{block.section} / {block.part}" if block.part and block.part != block.section else block.section
        if place != section:
            click.secho(f"\n[{place}]", fg="cyan")
            section = place
        text = clean(" ".join(document.text[block.start : block.end].split()))
        click.secho(text, bold=True) if block.kind in ("heading", "title") else click.echo(text)
    for table in document.tables:
        caption = document.text[table.caption.start : table.caption.end] if table.caption else ""
        said = clean(" ".join(f"{table.label} {caption.removeprefix(table.label)}".split()))
        click.secho(f"\n[{said or 'table'}: {table.rows} rows, {table.columns} columns]", fg="cyan")
        grid: dict[int, list[str]] = {}
        for cell in table.cells:
            grid.setdefault(cell.row, []).append(" ".join(document.text[cell.start : cell.end].split()))
        for _, cells in sorted(grid.items()):
            click.echo(clean("  " + " | ".join(cells)))


# ---- extract ---------------------------------------------------------------------------------------------------


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@db_option
@click.option("--study", metavar="LABEL", help="One study label for all files. Default: each file's own name.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes. Default: by the size of the job.")
@click.option("--timeout", type=click.FloatRange(0.1), default=120.0, show_default=True, help="Seconds for one file.")
@click.option("--memory", type=click.FloatRange(0.25), default=4.0, show_default=True, help="GB for one worker.")
@click.option("--quiet", is_flag=True, help="Say only what failed.")
def extract(
    paths: tuple[Path, ...], db: str, study: str | None, workers: int | None, timeout: float, memory: float, quiet: bool
) -> None:
    """Read files and folders into the evidence database.

    A file that has not changed is passed over; one that has replaces what it gave before, and its reviews stay. A file
    that cannot be read is named, the others go on, and the exit code is 1.

    \b
    Example:
      trialtab extract reports/ summary.txt --db evidence.db
    """
    all_read = _extract(paths, db, study=study, workers=workers, timeout=timeout, memory=memory, quiet=quiet)
    if not quiet and sys.stdout.isatty():
        hint("trialtab query", db, "what was found")
    if not all_read:
        sys.exit(1)


def _extract(
    paths: Iterable[Path], db: str, *, study: str | None = None, workers: int | None = None, timeout: float = 120.0,
    memory: float = 4.0, quiet: bool = False,
) -> bool:  # fmt: skip
    """Run and report; was every file read?"""
    from trialtab import run

    began = time.monotonic()
    limits = run.Limits(timeout, int(memory * (1 << 30)))

    def failed(outcome: Outcome) -> str:
        return f"{shown_path(outcome.path)}: {clean(outcome.reason)}"

    def quietly(done: int, total: int, outcome: Outcome) -> None:
        if not outcome.ok:
            click.echo(failed(outcome), err=True)

    bar: AbstractContextManager[Any] = nullcontext()
    tell: Callable[[int, int, Outcome], None] = quietly
    if not quiet and sys.stderr.isatty():
        bar, tell = _bar(failed)
    with bar:
        outcomes = run.extract(paths, db, study=study, workers=workers, limits=limits, progress=tell)
    if not outcomes:
        raise TrialtabError(f"nothing to read in {', '.join(shown_path(Path.cwd() / path) for path in paths)}")
    if not quiet:
        states = [outcome.state for outcome in outcomes]
        parts = [f"{states.count(s)} {s}" for s in ("extracted", "unchanged", "failed") if s in states]
        rows = sum(outcome.findings for outcome in outcomes)
        files = f"{len(outcomes)} file" + ("s" if len(outcomes) != 1 else "")
        seconds = time.monotonic() - began
        click.echo(f"{files}: {', '.join(parts)}; {rows:,} new findings in {clean(db)} ({seconds:.1f} s)")
    return all(outcome.ok for outcome in outcomes)


def _bar(
    failed: Callable[[Outcome], str],
) -> tuple[AbstractContextManager[Any], Callable[[int, int, Outcome], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    bar = Progress(
        TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task = bar.add_task("reading", total=None)

    def tell(done: int, total: int, outcome: Outcome) -> None:
        bar.update(task, completed=done, total=total)
        if not outcome.ok:
            bar.console.print(Text(failed(outcome)), soft_wrap=True)

    return bar, tell


# ---- query -----------------------------------------------------------------------------------------------------


@main.command()
@db_option
@click.option("--outcome", multiple=True, help="Canonical name or id, class, or phrase as printed; may be repeated.")
@click.option("--arm", multiple=True, help="Arm as printed, role, intervention or its class; may be repeated.")
@click.option("--study", multiple=True, help="Study label; may be repeated.")
@click.option("--statistic", multiple=True, help="count, proportion, median, hazard_ratio ...; may be repeated.")
@click.option("--status", multiple=True, help="proposed, accepted, corrected or rejected; may be repeated.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Only rows at least this sure.")
@click.option("--text", help='Words in the quotation or in the paragraph around it; "..." keeps words together.')
@click.option("--sql", help="A SELECT statement of your own; the view is named evidence.")
@click.option("--limit", type=click.IntRange(0), help="At most this many rows; 0: all.")
@format_option
def query(
    db: str, outcome: tuple[str, ...], arm: tuple[str, ...], study: tuple[str, ...], statistic: tuple[str, ...],
    status: tuple[str, ...], min_confidence: float | None, text: str | None, sql: str | None, limit: int | None,
    form: str | None,
) -> None:  # fmt: skip
    """Rows of the evidence table, by outcome, arm, study, words ... or by SQL.

    On a terminal and as Markdown the numbers of a row are one cell; csv, json and jsonl have all columns.

    \b
    Example:
      trialtab query --db evidence.db --outcome "complete response" --min-confidence 0.5
      trialtab query --db evidence.db --sql "select study, count(*) from evidence group by study"
    """
    from trialtab import views
    from trialtab.store import EVIDENCE_COLUMNS

    form = chosen_format(form)
    filters = {"outcome": outcome, "arm": arm, "study": study, "statistic": statistic, "status": status}
    with open_store(db) as store:
        if sql is not None:
            if any(filters.values()) or min_confidence is not None or text is not None:
                raise click.UsageError("--sql stands alone: put the conditions into the statement")
            columns, found = store.sql(sql)
            show_table(views.table(columns, _some(found, limit, form)), form)
            return
        rows = store.select(
            outcome=outcome or None, arm=arm or None, study=study or None, statistic=statistic or None,
            status=status or None, min_confidence=min_confidence, text=text, limit=_most(limit, form, more=1),
        )  # fmt: skip
    shown = _some(rows, limit, form)
    if form not in ("table", "md"):
        show_table(views.of_rows(shown, EVIDENCE_COLUMNS), form)
    elif form == "table" and not shown:
        click.echo("no rows", err=True)
    else:
        show_table(views.evidence_at_a_glance(shown), form)
        if form == "table" and sys.stdout.isatty():
            hint(f"trialtab explain {shown[0]['finding_id'][: views.SHORT_ID]}", db, "why a row says what it says")


_T = TypeVar("_T")


def _most(limit: int | None, form: str, more: int = 0) -> int | None:
    """How many rows to show, and `more`; None: all."""
    if limit is None:
        return SCREENFUL + more if form == "table" and sys.stdout.isatty() else None
    return limit + more if limit else None


def _some(rows: Sequence[_T], limit: int | None, form: str) -> Sequence[_T]:
    """The rows to show; says so where a screenful leaves some out."""
    most = _most(limit, form)
    if most is None or len(rows) <= most:
        return rows
    if limit is None:
        click.echo(f"the first {most} rows; --limit 0 shows all", err=True)
    return rows[:most]


# ---- explain ---------------------------------------------------------------------------------------------------


@main.command()
@click.argument("finding")
@db_option
@format_option
def explain(finding: str, db: str, form: str | None) -> None:
    """Why a row says what it says: quotation in context, rule, captures, candidates, place, checks, reviews.

    FINDING is a finding id, or its first characters.

    \b
    Example:
      trialtab explain 3f2a9c1b --db evidence.db
    """
    from trialtab import export, views

    with open_store(db) as store:
        found = store.finding(finding)
    found["rule"] = {"id": found["row"]["rule"], "parts": _rule_sources(found["row"]["rule"])}
    if form in ("json", "jsonl"):
        sys.stdout.write(export.dumps(found, indent=2 if form == "json" else None) + "\n")
    elif form in ("csv", "md"):
        row = found["row"]
        show_table(
            views.table(("column", "value"), [(name, value) for name, value in row.items() if value is not None]), form
        )
    else:
        _explain(found)


def _rule_sources(rule_ids: str) -> list[dict[str, str]]:
    """The rules of a finding ("median+iqr": two): file, kind, what each is about and why it is there; from the files,
    without compiling them."""
    import tomllib

    from trialtab.resources import folder

    wanted = list(dict.fromkeys([rule_ids, *rule_ids.split("+")] if "+" in rule_ids else [rule_ids]))
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder("patterns").rglob("*.toml")):
        content = tomllib.loads(path.read_text("utf-8"))
        for kind in ("rule", "construction"):
            for entry in content.get(kind, []):
                if entry.get("id") in wanted:
                    found[entry["id"]] = {
                        "id": entry["id"], "kind": kind, "file": f"patterns/{path.name}",
                        "about": entry.get("about") or content.get("about", ""), "reason": entry.get("reason", ""),
                    }  # fmt: skip
    if rule_ids in found or "+" not in rule_ids:
        wanted = [rule_ids]
    else:
        wanted.remove(rule_ids)
    blank = {"kind": "", "file": "", "about": "", "reason": ""}
    return [found.get(name) or {"id": name, **blank} for name in wanted if name]


def _explain(found: Mapping[str, Any]) -> None:
    from trialtab import compare
    from trialtab.store import CONTEXT
    from trialtab.views import SHORT_ID

    row, document, block = found["row"], found["document"], found["block"]

    def line(name: str, text: object, note: str = "") -> None:
        if text not in (None, ""):
            tail = click.style(f"  ({clean(note)})", dim=True) if note else ""
            click.echo(f"{click.style(f'{name:>11}', fg='cyan')}  {clean(str(text))}{tail}")

    click.secho(clean(compare.cell_text(row)), bold=True)
    line("finding", row["finding_id"])
    line("document", row["document"], row["study"] if row["study"] not in row["document"] else "")
    line("title", document["title"])
    place = [row["section"]]
    if row["table_label"]:
        place += [row["table_label"], f"row {row['row_path']}", f"column {row['column_path']}"]
    line("place", ", ".join(place), f"characters {row['start']}-{row['end']}")
    if row["page"]:
        line(
            "page",
            f"{row['page']}, box {row['x0']:g} {row['top']:g} {row['x1']:g} {row['bottom']:g}",
            "points, top left",
        )
    line("XPath", row["path"])
    if block and block["heading"]:
        line("heading", block["heading"])
    click.echo()
    before, after = (" ".join(found[side].split()) for side in ("before", "after"))
    quote = (
        click.style(clean(row["quote"]), bold=True, reverse=True)
        if sys.stdout.isatty()
        else f">>>{clean(row['quote'])}<<<"
    )
    gap = " " if found["before"][-1:].isspace() else ""
    gap_after = " " if found["after"][:1].isspace() else ""
    # The context is cut by characters: half words at its ends go.
    before = f"... {before.partition(' ')[2]}" if row["start"] > len(found["before"]) else before
    after = f"{after.rpartition(' ')[0]} ..." if len(found["after"]) >= CONTEXT else after
    click.echo(f"{clean(before)}{gap}{quote}{gap_after}{clean(after)}")
    click.echo()
    names = filter(None, (row["outcome_id"], row["outcome_class"]))
    line("outcome", row["outcome"] or "not named", ", ".join(names))
    line("definition", row["definition"])
    line("arm", row["arm"] or "not named", ", ".join(filter(None, (row["arm_id"], row["arm_role"]))))
    line("comparator", row["comparator"])
    parsed = f"{row['timepoint_value']:g} {row['timepoint_unit']}" if row["timepoint_value"] is not None else ""
    line("timepoint", row["timepoint"], parsed)
    line("grade", row["grade"], row["grade_scale"] or "")
    line("population", row["population"])
    line("statistic", row["statistic"], row["unit"] or "")
    if row["total"] is not None:
        line("N", f"{row['total']:g}", f"from: {row['total_source']}")
    line("derived", row["derived"])
    line("confidence", f"{row['confidence']:.2f}")
    for rule in found["rule"]["parts"]:
        told = rule["reason"] or rule["about"]
        line("rule", rule["id"], ": ".join(filter(None, (rule["file"], told))) or "built in")
    for capture in found["captures"]:
        line("capture", f"{capture['name']} = {capture['text']!r}")
    for candidate in sorted(found["candidates"], key=lambda c: (c["role"], -c["weight"], c["start"])):
        chosen = "chosen, " if candidate["chosen"] else ""
        line(
            "candidate",
            f"{candidate['role']}: {candidate['text']!r}",
            f"{chosen}{candidate['weight']:.2f}, {candidate['source']}",
        )
    for check in found["checks"]:
        seen = f"expected {check['expected']}, printed {check['observed']}" if check["expected"] else check["note"]
        line("check", f"{check['name']}: {check['result'].replace('_', ' ')}", seen)
    for link in found["links"]:
        other = link["row"]
        said = f"{link['kind']}{' in ' + link['differs'] if link['differs'] else ''}: {compare.cell_text(other)}"
        line("said again", said, f"{other['section']}, {other['finding_id'][:SHORT_ID]}")
    for review in found["reviews"]:
        line("review", f"{review['status']} by {review['reviewer']} {review['reviewed_at']}", review["note"] or "")
        if review["corrections"]:
            line("", review["corrections"])


# ---- the commands of cli_*.py ----------------------------------------------------------------------------------


main.add_command(compare_command)
main.add_command(table_group)
main.add_command(pool)
main.add_command(plot_group)
main.add_command(studies_group)
main.add_command(check_command)
main.add_command(fhir_command)
main.add_command(form_command)


# ---- fill ------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("form", type=click.Path(path_type=Path), metavar="QUESTIONS.csv")
@db_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here. Default: stdout.")
@click.option(
    "--explain", "explained", is_flag=True, help="Show instead, for each question, what was chosen and passed over."
)
@click.option("--id", "ids", multiple=True, help="Only the question of this id; may be repeated.")
def fill(form: Path, db: str, output: Path | None, explained: bool, ids: tuple[str, ...]) -> None:
    """Answer a reviewer's questions from the evidence database, or say what is not reported.

    QUESTIONS.csv has the columns id, outcome, intervention and comparator, and may have document (a file name or its
    stem; blank: every document), outcome_type (binary, continuous, time-to-event), timepoint and population. The filled
    form has events, group sizes, means and SDs or a hazard ratio, the direction of the difference, the passages that
    say so, and a reason for each cell that stays empty.

    \b
    Example:
      trialtab fill questions.csv --db evidence.db -o filled.csv
      trialtab fill questions.csv --db evidence.db --explain --id 7
    """
    from trialtab import export, questions, views

    try:
        asked = questions.read(form.read_bytes(), shown_path(form))
    except OSError as error:
        raise Misused(f"{shown_path(form)}: {error.strerror or error}") from error
    except QuestionError as error:
        raise Misused(clean(str(error))) from error
    if unknown := sorted(set(ids) - {question.id for question in asked}):
        raise Misused(f"{shown_path(form)}: no question with the id {unknown[0]!r}")
    wanted = [question for question in asked if not ids or question.id in ids]
    with open_store(db) as store:
        names = None if any(not q.document for q in wanted) else [q.document for q in wanted]
        given = store.library(names)
    answers = questions.fill(wanted, questions.library(*given))
    if explained:
        for answer in answers:
            _explain_answer(answer)
        return
    columns, rows = questions.filled(answers)
    table = views.of_rows(rows, columns)
    if output is None:
        export.write(table, "csv", sys.stdout)
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as out:
            export.write(table, "csv", out)
    except OSError as error:
        raise Misused(f"{shown_path(output)}: {error.strerror or error}") from error
    some = sum(bool(answer.amounts or answer.direction) for answer in answers)
    click.echo(
        f"{len(wanted)} questions, {len(answers)} answers: {some} with a number or a direction; {shown_path(output)}"
    )


def _explain_answer(answer: Any) -> None:
    """What was chosen for a question and what was passed over, for a terminal."""
    question = answer.question
    click.secho(clean(f"{question.id} {answer.document}: {question.outcome}"), bold=True)
    click.echo(clean(f"  {question.intervention} against {question.comparator}"))
    for column, amount in answer.amounts.items():
        where = f"finding {amount.finding_id[:8]}" if amount.finding_id else "text"
        how = f", {amount.derived}" if amount.derived else ""
        click.echo(clean(f"  {column} = {amount.value:g} ({', '.join(filter(None, (where, amount.place)))}{how})"))
    if answer.direction:
        click.echo(f"  direction = {answer.direction}")
    for column, why in answer.reasons.items():
        click.secho(clean(f"  {column}: empty, {why}"), fg="yellow")
    for one in answer.considered:
        mark = "chosen" if one.chosen else "passed over"
        click.echo(clean(f"  {mark} for {one.what} ({one.likeness:.2f}, {one.why})"))
        click.secho(clean(f"      {' '.join(one.quote.split())[:200]}"), dim=True)
    click.echo()


# ---- ledger ----------------------------------------------------------------------------------------------------


@main.command()
@click.argument("document")
@click.option(
    "--db", type=click.Path(dir_okay=False), help="Take it from this database; else DOCUMENT is a file to read."
)
@click.option("--fate", type=click.Choice(("extracted", "ignored", "unresolved")), help="Only numbers of this fate.")
@format_option
def ledger(document: str, db: str | None, fate: str | None, form: str | None) -> None:
    """Every number of a document and its fate: extracted (to which finding), ignored (why), or unresolved.

    \b
    Example:
      trialtab ledger report.pdf --fate unresolved
      trialtab ledger report.pdf --db evidence.db --format csv
    """
    from collections import Counter

    from trialtab import run, views

    rows: list[dict[str, Any]] = []
    if db is not None:
        with open_store(db) as store:
            try:
                rows = store.ledger(document)
            except QuestionError:
                if not Path(document).is_file():
                    raise
                rows = store.ledger(Path(document).name)
    else:
        for record in run.extract_file(Path(document)):
            text = record.document.text
            for n in record.numbers:
                rows.append({
                    "study": record.study, "document": record.document.name, "start": n.start, "end": n.end,
                    "number": text[n.start : n.end], "section": n.section, "fate": n.fate, "reason": n.reason,
                    "context": " ".join(text[max(0, n.start - 40) : n.end + 40].split()),
                })  # fmt: skip
    form = chosen_format(form)
    counted = Counter(row["fate"] for row in rows)
    title = f"{len(rows)} numbers: " + ", ".join(f"{n} {name}" for name, n in sorted(counted.items()))
    shown = [row for row in rows if fate in (None, row["fate"])]
    wide = ("study", "document", "start", "end", "number", "section", "fate", "reason", "context")
    narrow = ("number", "fate", "reason", "section", "context")
    if form == "table":
        shown = [_glance(row) for row in shown]
    show_table(views.of_rows(shown, narrow if form in ("table", "md") else wide, title=title), form)


def _glance(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the ledger for people: the finding's id cut short, and no half words at the ends of its context."""
    from trialtab.views import SHORT_ID

    words = row["context"].split(" ")
    context = " ".join(words[1:-1]) if len(words) > 4 else row["context"]
    reason = f"finding {row['reason'][:SHORT_ID]}" if row["fate"] == "extracted" else row["reason"]
    return {**row, "reason": reason, "context": context}


# ---- rules -----------------------------------------------------------------------------------------------------


@main.group(name="rules")
def rules_group() -> None:
    """The rules that find results: TOML files with their own examples.

    \b
    Example:
      trialtab rules list
      trialtab rules test
    """


@rules_group.command(name="list")
@format_option
def rules_list(form: str | None) -> None:
    """All rules, with the field they fill and their number of examples.

    \b
    Example:
      trialtab rules list --format csv
    """
    from trialtab import rules, views

    rows = [
        {
            "id": rule.id, "field": rule.field, "about": rule.about, "file": rule.file,
            "examples": len(rule.examples), "rejects": len(rule.rejects),
        }
        for rule in rules.load().rules
    ]  # fmt: skip
    form = chosen_format(form)
    narrow = ("id", "field", "file", "examples", "rejects")  # what a rule is about: `rules show`, and csv
    show_table(views.of_rows(rows, narrow if form == "table" else None), form)


@rules_group.command(name="show")
@click.argument("rule_id", metavar="ID")
def rules_show(rule_id: str) -> None:
    """One rule: its patterns, examples and look-alikes.

    \b
    Example:
      trialtab rules show hr_with_ci
    """
    from rapidfuzz import process

    from trialtab import rules

    known = rules.load()
    rule = known.get(rule_id)
    if rule is None:
        near = [name for name, _, _ in process.extract(rule_id, [r.id for r in known.rules], limit=3, score_cutoff=50)]
        raise QuestionError(f"no rule {rule_id!r}" + (f"; nearest: {', '.join(near)}" if near else ""))
    click.secho(rule.id, bold=True)
    for name, value in (("file", rule.file), ("field", rule.field), ("about", rule.about), ("reason", rule.reason)):
        if value:
            click.echo(f"{name:>8}  {value}")
    for name, lines in (
        ("pattern", list(rule.patterns)),
        ("sets", [f"{key} = {value!r}" for key, value in rule.constants]),
        ("example", [f"{example.text}  ->  {example.gives}" for example in rule.examples]),
        ("rejects", [f"{example.text}  ({example.because})" for example in rule.rejects]),
    ):
        for text in lines:
            click.echo(f"{name:>8}  {clean(text)}")


@rules_group.command(name="test")
def rules_test() -> None:
    """Try every rule and construction on its own examples and look-alikes; exit code 1 where one fails.

    \b
    Example:
      trialtab rules test
    """
    from trialtab import rules, score

    known = rules.load()
    failures = [*known.check(), *score.check_constructions(known)]
    for failure in failures:
        click.echo(clean(failure), err=True)
    examples = sum(len(rule.examples) + len(rule.rejects) for rule in known.rules)
    examples += sum(len(construction.examples) for construction in known.constructions)
    kinds = f"{len(known.rules)} rules, {len(known.constructions)} constructions"
    click.echo(f"{kinds}, {examples} examples: {len(failures)} failed")
    if failures:
        sys.exit(1)


# ---- demo ------------------------------------------------------------------------------------------------------


@main.command()
@db_option
@format_option
def demo(db: str, form: str | None) -> None:
    """Extract two of the bundled corpora, compare CD19 CAR T cells with BCMA engagers, list the adverse events of both,
    draw a forest plot and a range plot beside the database.

    \b
    Example:
      trialtab demo --db evidence.db
    """
    from trialtab.resources import folder

    documents = [place for name in DEMO_CORPORA if (place := folder("corpora") / name / "documents").is_dir()]
    if not documents:
        raise TrialtabError(f"no documents in {folder('corpora')}: reinstall trialtab")
    read_all = _extract(documents, db)
    click.echo()
    show_contrast(*DEMO_SIDES, db, form or "table")
    if form in (None, "table"):
        from trialtab import publish

        click.echo()
        with open_store(db) as store:
            show_table(publish.adverse_events(store, publish.Selection(sides=DEMO_SIDES), terms=8), "table")
        _demo_pictures(db)
    hint('trialtab query --outcome "B-cell aplasia"', db, "all rows of an outcome")
    if not read_all:
        sys.exit(1)


def _demo_pictures(db: str) -> None:
    """A forest plot of complete responses and a range plot of B-cell aplasia, beside the database."""
    from trialtab import compare, publish

    folder = Path(db).resolve().parent
    selection = publish.Selection(outcomes=("B-cell aplasia",), sides=DEMO_SIDES)
    click.echo()
    try:
        with open_store(db) as store:
            found, _ = publish.synthesis(store, "complete response", compare.Wanted("proportion"), selection)
            pictures = {
                "response.png": publish.forest(found, "png"),
                "aplasia.png": publish.ranges(store, selection, "png"),
            }
    except QuestionError as error:  # matplotlib is no part of the plain installation
        click.echo(f"no pictures: {error}")
        return
    for name, data in pictures.items():
        save(folder / name, data)
        click.echo(f"picture: {shown_path(folder / name)}")


def _command_names(group: click.Group, prefix: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """All commands, as words: for the test that each is documented."""
    found: list[tuple[str, ...]] = []
    for name, command in sorted(group.commands.items()):
        found.append((*prefix, name))
        if isinstance(command, click.Group):
            found.extend(_command_names(command, (*prefix, name)))
    return found


if __name__ == "__main__":
    main()
