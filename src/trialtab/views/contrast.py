"""A comparison of two sides as a person reads it, and entry by entry for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Table, Value, plain

UNLIKE = "not alike"
"""The measure of the line that holds what has no partner: another statistic, grade, unit or timepoint."""

_MARKS = (
    ("conditions differ", "C", "conditions differ"),
    ("condition not known", "C?", "a condition is not known"),
    ("populations differ", "P", "analysis populations differ: named behind the figure, where they are stated"),
    ("definitions differ", "D", "definitions of the outcome differ, or one is not stated"),
    ("grades differ", "G", "one side says any grade, the other none"),
    ("timepoints", "T", "timepoints differ a little, or are worded differently"),
)
_BASES = {compare.NAIVE: "naive", compare.RANDOMISED: "randomised", compare.WITHIN: "within study"}
_GUESSED, _DIFFERING = "°", "≠"


def comparison(found: compare.Comparison, *, one_sided: bool = False) -> Table:
    """A comparison as a person reads it: studies as a numbered legend, one line an outcome and measure.

    Each study has a line in its side's cell: its number, what it says, and the finding id. What one side says in
    another measure, grade, unit or timepoint than the other stands on one line of the outcome, "not alike".
    one_sided: also the outcomes that one side alone reports; else they are counted in the notes.
    """
    codes = {
        (side, study): f"{letter}{number}"
        for side, letter, of in ((0, "A", found.left), (1, "B", found.right))
        for number, study in enumerate(of.studies, 1)
    }
    mixed = len({line.basis for line in found.lines if line.basis}) > 1
    rows: list[tuple[Cell, ...]] = []
    groups: list[int] = []
    used: dict[str, None] = {}
    for lines in _by_outcome(found.lines):
        before = len(rows)
        paired = [line for line in lines if line.paired]
        alone = [line for line in lines if not line.paired]
        for line in paired:
            marks = _letters(line, mixed)
            used.update(dict.fromkeys(marks))
            rows.append(_outcome_row(line.what, (line,), codes, " ".join(marks), first=line is lines[0]))
        if alone:
            rows.append(_outcome_row(UNLIKE, alone, codes, "", first=not paired, words=True))
        groups.append(len(rows) - before)
    if one_sided:
        for only in (found.only_left, found.only_right):
            for lines in _by_outcome(only):
                several = len(lines) > 1
                rows.append(_outcome_row("" if several else lines[0].what, lines, codes, "", first=True, words=several))
                groups.append(1)
    columns = ("outcome", f"A: {found.left.asked}", f"B: {found.right.asked}", "marks")
    title = f"{found.left.asked} against {found.right.asked}: {found.label}"
    notes, keys = _comparison_notes(found, one_sided), _keys(rows, tuple(used))
    return Table(columns, tuple(rows), title, notes, keys, tuple(groups))


def _by_outcome(lines: Iterable[compare.Line]) -> list[list[compare.Line]]:
    """Lines of one outcome together, in the order in which they come; paired ones first."""
    found: dict[tuple[str | None, str], list[compare.Line]] = {}
    for line in lines:
        found.setdefault((line.outcome_id, line.outcome if line.outcome_id is None else ""), []).append(line)
    return [sorted(group, key=lambda line: not line.paired) for group in found.values()]


def _letters(line: compare.Line, mixed: bool) -> list[str]:
    letters = [letter for start, letter, _ in _MARKS if any(mark.startswith(start) for mark in line.marks)]
    return [*letters, *([_BASES.get(line.basis, line.basis)] if mixed and line.basis else [])]


def _outcome_row(
    measure: str, lines: Sequence[compare.Line], codes: Mapping[tuple[int, str], str], marks: str, *,
    first: bool, words: bool = False,
) -> tuple[Cell, ...]:  # fmt: skip
    """A line of the table: the outcome, or what its further line is about; the studies of both sides; marks."""
    ids = tuple(dict.fromkeys(f for line in lines for e in (*line.left, *line.right) for f in e.finding_ids))
    short = measure.removeprefix("patients").removeprefix(", ")
    label = (", ".join(filter(None, (lines[0].outcome, short)))) if first else f"· {short or measure}"

    def side(number: int) -> Cell:
        entries = [(line, e) for line in lines for e in (line.left, line.right)[number]]
        entries.sort(key=lambda one: int(codes[(number, one[1].study)][1:]))
        text = "\n".join(f"{codes[(number, e.study)]} {_entry(e, line, words=words)}" for line, e in entries)
        return Cell(text or None, text, tuple(dict.fromkeys(f for _, e in entries for f in e.finding_ids)))

    return Cell(label, label, ids), side(0), side(1), Cell(marks or None, marks, ids)


def _entry(entry: compare.Entry, line: compare.Line, *, words: bool) -> str:
    """One study's figures on one line; words: with measure, grade and time, where the row does not say them."""
    measure, _, said = line.what.partition(", ")
    text = entry.text if words else entry.text.removeprefix(f"{measure} ")
    if entry.interval:
        text += f" W {_short_interval(entry.interval)}"
    if entry.converted:
        text += f" {entry.converted}"
    if words and said:
        text += f", {said}"
    who = "; ".join(filter(None, (entry.arm, entry.population)))
    text += f" ({who})" if who else ""
    flags = (_GUESSED if entry.guessed_total else "") + (_DIFFERING if entry.differing else "")
    return f"{text} [{entry.finding_id[:SHORT_ID]}]{flags}"


def _short_interval(interval: str) -> str:
    """ "74.1-100.0%" -> "74-100": whole percent unless the interval is narrower than 5."""
    low, high = (float(end) for end in interval.rstrip("%").split("-"))
    return f"{low:.0f}-{high:.0f}" if high - low >= 5 else f"{low:.1f}-{high:.1f}"


def _comparison_notes(found: compare.Comparison, one_sided: bool) -> tuple[str, ...]:
    """The studies by number, with the condition of each; then what a reader must know before the first line."""
    studies = [(f"{letter}{number}", side, *study) for letter, side in (("A", found.left), ("B", found.right))
               for number, study in enumerate(side.conditions, 1)]  # fmt: skip
    number_width = max((len(code) for code, *_ in studies), default=0)
    width = max((len(study) for _, _, study, _ in studies), default=0)
    notes = []
    for code, side, study, condition in studies:
        several = side.documents(study)
        more = f" (in {len(several)} documents)" if len(several) > 1 else ""
        notes.append(f"{code:<{number_width}}  {study:<{width}}  {condition or 'condition not known'}{more}")
    shared: dict[str, list[str]] = {}
    for code, _, _, condition in studies:
        shared.setdefault(condition or "", []).append(code)
    both = [f"{', '.join(codes)} ({c})" for c, codes in shared.items() if c and len({code[0] for code in codes}) > 1]
    notes += [note for note in found.notes if not note.startswith("condition not known")]
    notes += [f"alike in condition: {'; '.join(both)}"] if both and len(shared) > 1 else []
    if not one_sided:
        alone = [
            f"{len({line.outcome for line in only})} by {side.asked} alone"
            for side, only in ((found.left, found.only_left), (found.right, found.only_right))
            if only
        ]
        notes += [f"further outcomes are reported {' and '.join(alone)}: --all shows them"] if alone else []
    return tuple(notes)


def _keys(rows: Sequence[Sequence[Cell]], used: Sequence[str]) -> tuple[str, ...]:
    """What the letters and signs mean, those that occur."""
    said = "\n".join(cell.text for row in rows for cell in row)
    keys = ["W: Wilson 95% interval of n/N in percent, computed here; CI: as printed"] if " W " in said else []
    if f"]{_GUESSED}" in said:
        keys.append(f"{_GUESSED} N is the arm's, not printed with n")
    if f"]{_DIFFERING}" in said or f"]{_GUESSED}{_DIFFERING}" in said:
        keys.append(f"{_DIFFERING} the study also prints another figure: explain the id, or see --format csv")
    if "≈" in said:
        keys.append("≈ converted by 30.4375 days a month")
    keys += [f"{letter} {meaning}" for _, letter, meaning in _MARKS if letter in used]
    if any(row[0].text.endswith(UNLIKE) for row in rows):
        keys.append(f"{UNLIKE}: other measures, grades, units or timepoints than the other side's; no pairs")
    return tuple(keys)


COMPARISON_COLUMNS = (
    "outcome", "outcome_id", "outcome_class", "measure", "side", "asked", "study", "arm", "condition", "population",
    "definition", "timepoint", "grade", "result", "interval", "guessed_total", "converted", "basis", "marks",
    "finding_id", "finding_ids", "differing", "report", "why",
)  # fmt: skip


def comparison_entries(found: compare.Comparison) -> Table:
    """A comparison for machines: one row for what one study says on one line; finding_ids are separated by blanks."""
    rows = []
    for line in (*found.lines, *found.only_left, *found.only_right):
        for name, side, entries in (("left", found.left, line.left), ("right", found.right, line.right)):
            for entry in entries:
                values: tuple[Value, ...] = (
                    line.outcome, line.outcome_id, line.outcome_class, line.what, name, side.asked, entry.study,
                    entry.arm or None, entry.condition, entry.population, entry.definition, entry.timepoint,
                    entry.grade, entry.text, entry.interval or None, int(entry.guessed_total), entry.converted or None,
                    line.basis or None, "; ".join(line.marks) or None, entry.finding_id, " ".join(entry.finding_ids),
                    " ".join(entry.differing) or None, entry.report, entry.why or None,
                )  # fmt: skip
                rows.append(tuple(plain(value, entry.finding_ids) for value in values))
    return Table(
        COMPARISON_COLUMNS, tuple(rows), f"{found.left.asked} against {found.right.asked}", (found.label, *found.notes)
    )
