"""Rows against gold: what was found, how much of it is right in every field, and what fell into a trap.

A gold finding is one JSON object a line (`corpora/*/gold.jsonl`; its fields: `corpora/make.py`). A row finds it when
their stretches of text overlap and the row carries its main number, whatever the column. Each row and each finding is
used once, so that as many findings as possible are found, and among these ways the one with most fields right. Then
every field that the gold states is compared, as a reader would: "at 4 years" is "4-year", grade "III-IV" is "3-4", a
phrase is alike when it says the other. Findings marked `optional` or `repeat` cost nothing when missed. A row that is
used by none is spurious, and where it overlaps a trap and no finding it is an error of its own.

Floors are figures that must not fall: `short_of` compares, `pinned` measures anew and refuses to lower one in silence.
The examples of constructions (patterns/*.toml, `[[construction.example]]`) are tried here too, since they are texts
with the rows that they give.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from trialtab import values
from trialtab.errors import GoldError
from trialtab.model import Evidence, evidence_columns

if TYPE_CHECKING:
    from trialtab.model import Document, Extraction
    from trialtab.rules import Construction, RuleSet

Row = Mapping[str, Any]
Gold = Mapping[str, Any]

LONGEST_QUOTE = 250
"""Characters: a row whose quotation is longer points at a passage, not at a result, and finds nothing."""

ALIKE, ALIKE_NAME = 70.0, 60.0
"""Least token-set similarity (0-100) at which one phrase says another; names of outcomes and arms vary more."""

FREE = 0.01
"""What a finding that may be missed weighs less than one that must be found, where a row fits both."""

EPSILON = 0.0005
"""Figures are pinned with four decimals; a difference below this is none."""

NUMBERS = (
    "value", "events", "total", "percent", "sd", "se", "plus_minus", "q1", "q3", "range_low", "range_high", "ci_low",
    "ci_high",
)  # fmt: skip
ENDS = {"iqr": ("q1", "q3"), "range": ("range_low", "range_high"), "ci": ("ci_low", "ci_high")}
COUNTED_UNITS = frozenset({"patients", "participants", "subjects", "events", "cases", "%"})
INTERCHANGEABLE = (
    frozenset({"survival", "time_to_event"}), frozenset({"efficacy_response", "biomarker"}),
    frozenset({"relapse", "other"}), frozenset({"mortality", "survival"}),
)  # fmt: skip
"""Pairs of outcome classes between which careful readers differ."""


# ---- what a comparison gives -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """right: of `given` rows and of `wanted` findings; the shares are 0 where there is nothing to share."""

    right: int
    given: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.given + self.wanted) if self.given + self.wanted else 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold finding and the row that found it; marks: field -> is it right, for each field that the gold states."""

    gold: Gold
    row: Row
    marks: Mapping[str, bool]

    @property
    def whole(self) -> bool:
        return all(self.marks.values())


@dataclass(frozen=True, slots=True)
class Score:
    """found: by numbers; whole: every stated field right; fields: right of found, by field.

    pairs: what must be found and was; missed: what was not; extra: rows that match nothing; trapped: rows of extra
    that fell into a trap, with it.
    """

    found: Tally
    whole: Tally
    fields: Mapping[str, Tally]
    pairs: tuple[Pair, ...] = ()
    missed: tuple[Gold, ...] = ()
    extra: tuple[Row, ...] = ()
    trapped: tuple[tuple[Row, Gold], ...] = ()

    def figures(self) -> dict[str, float]:
        """The figures that floors are pinned on."""
        return {
            "found_f1": round(self.found.f1, 4),
            "whole_row_f1": round(self.whole.f1, 4),
            "traps_max": len(self.trapped),
        }


# ---- gold files ------------------------------------------------------------------------------------------------


def load(path: Path, required: Sequence[str] = ("doc", "start", "end", "quote")) -> list[Gold]:
    """The objects of a gold or traps file. Raises GoldError, naming file and line, on what is none."""
    found: list[Gold] = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{path}, line {number}: {error}") from error
        if not isinstance(entry, dict):
            raise GoldError(f"{path}, line {number}: no object")
        if missing := [key for key in required if key not in entry]:
            raise GoldError(f"{path}, line {number}: missing {', '.join(missing)}")
        found.append(entry)
    return found


# ---- rows against gold -----------------------------------------------------------------------------------------


def score(rows: Iterable[Evidence | Row], gold: Iterable[Gold], traps: Iterable[Gold] = ()) -> Score:
    """Compare rows with gold findings and traps. Documents are matched by file stem, and by `record` in a file of many.

    rows: Evidence or mappings with the columns of `evidence`; rows of documents without gold are left out.
    """
    wanted: dict[tuple[str, str], list[Gold]] = defaultdict(list)
    for finding in gold:
        wanted[finding["doc"], finding.get("record", "")].append(finding)
    given: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in map(_mapping, rows):
        given[PurePath(row["document"]).stem, row.get("document_id", "")[65:]].append(row)
    pits: dict[tuple[str, str], list[Gold]] = defaultdict(list)
    for trap in traps:
        pits[trap["doc"], trap.get("record", "")].append(trap)

    pairs: list[Pair] = []
    missed: list[Gold] = []
    extra: list[Row] = []
    trapped: list[tuple[Row, Gold]] = []
    for doc, findings in sorted(wanted.items()):
        matched = _matched(findings, given[doc])
        used = {j for j, _ in matched.values()}
        for i, finding in enumerate(findings):
            if _free(finding):
                continue
            if i in matched:
                j, marks = matched[i]
                pairs.append(Pair(finding, given[doc][j], marks))
            else:
                missed.append(finding)
        spurious = [row for j, row in enumerate(given[doc]) if j not in used]
        extra += spurious
        for row in spurious:
            hit = next((trap for trap in pits[doc] if _overlap(row, trap)), None)
            if hit is not None and not any(_overlap(row, finding) for finding in findings):
                trapped.append((row, hit))
    rows_given, findings_wanted = len(pairs) + len(extra), len(pairs) + len(missed)
    fields: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        for name, right in pair.marks.items():
            fields[name][0] += right
            fields[name][1] += 1
    return Score(
        found=Tally(len(pairs), rows_given, findings_wanted),
        whole=Tally(sum(pair.whole for pair in pairs), rows_given, findings_wanted),
        fields={name: Tally(right, of, of) for name, (right, of) in sorted(fields.items())},
        pairs=tuple(pairs),
        missed=tuple(missed),
        extra=tuple(extra),
        trapped=tuple(trapped),
    )


def _mapping(row: Evidence | Row) -> Row:
    return {name: getattr(row, name) for name in evidence_columns()} if isinstance(row, Evidence) else row


def _free(finding: Gold) -> bool:
    return bool(finding.get("optional") or finding.get("repeat"))


def _overlap(a: Row, b: Row) -> bool:
    return bool(a["start"] < b["end"] and b["start"] < a["end"])


def _matched(findings: Sequence[Gold], rows: Sequence[Row]) -> dict[int, tuple[int, dict[str, bool]]]:
    """Finding -> the row that finds it and its marks: the assignment of greatest weight, each used once.

    The Hungarian method (scipy) on 1 + the share of right fields: a match more outweighs any number of fields.
    """
    marked: dict[tuple[int, int], dict[str, bool]] = {}
    for i, finding in enumerate(findings):
        for j, row in enumerate(rows):
            marks = agreement(finding, row)
            if marks is not None:
                marked[i, j] = marks
    if not marked:
        return {}
    from scipy.optimize import linear_sum_assignment

    table = [[0.0] * len(rows) for _ in findings]
    for (i, j), marks in marked.items():
        table[i][j] = 1 + sum(marks.values()) / max(1, len(marks)) - FREE * _free(findings[i])
    chosen = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return {int(i): (int(j), marked[i, j]) for i, j in chosen if (i, j) in marked}


# ---- one finding and one row -----------------------------------------------------------------------------------


def agreement(finding: Gold, row: Row) -> dict[str, bool] | None:
    """Which stated fields of a finding a row has right; None where the row does not find it at all."""
    if not _overlap(row, finding) or row["end"] - row["start"] > LONGEST_QUOTE or not _carries(row, finding):
        return None
    marks = {}
    for name, right in FIELDS.items():
        verdict = right(finding, row)
        if verdict is not None:
            marks[name] = verdict
    return marks


def same(a: float | None, b: float | None) -> bool:
    """Equal but for the sign: a dash before a number is a minus as often as a range."""
    return a is not None and b is not None and abs(abs(a) - abs(b)) <= 1e-6 * max(1.0, abs(b))


def _holds(row: Row, number: float) -> bool:
    return any(same(row.get(name), number) for name in NUMBERS)


def _carries(row: Row, finding: Gold) -> bool:
    """Does the row carry the finding's main number? Where it has none: its interval, its p-value, or its qualifier."""
    main = [finding[key] for key in ("value", "n", "percent") if finding.get(key) is not None]
    if main:
        return any(_holds(row, number) for number in main)
    if finding.get("N") is not None:
        return _holds(row, finding["N"])
    spread = finding.get("dispersion") or {}
    if spread.get("low") is not None:
        return any(same(row.get(low), spread["low"]) for low, _ in ENDS.values())
    if finding.get("p_value"):
        return same(row.get("p_value"), _p_value(finding["p_value"]))
    return says(row.get("qualifier"), finding.get("qualifier"))


def says(given: str | None, gold: str | None, least: float = ALIKE) -> bool:
    """Does the phrase `given` say the phrase `gold`? A much longer one never does: it would say anything."""
    a, b = (given or "").lower().strip(), (gold or "").lower().strip()
    if not a or not b or len(a.split()) > 2 * len(b.split()) + 4:
        return False
    if a in b or b in a:
        return True
    from rapidfuzz import fuzz

    return float(fuzz.token_set_ratio(a, b)) >= least


def _number(key: str) -> Callable[[Gold, Row], bool | None]:
    """A number is right in whatever column it stands: which one, the statistic tells."""
    return lambda finding, row: _holds(row, finding[key]) if finding.get(key) is not None else None


def _statistic(finding: Gold, row: Row) -> bool | None:
    pair = {finding["statistic"], row["statistic"]}
    also = finding.get("statistic_also") or ()
    return len(pair) == 1 or pair == {"count", "proportion"} or row["statistic"] in also


def _outcome(finding: Gold, row: Row) -> bool | None:
    gold = finding.get("outcome")
    if not gold or finding.get("outcome_class") == "enrollment":
        return None
    names = [str(row[name]).replace("_", " ") for name in ("outcome", "outcome_id") if row.get(name)]
    return any(says(name, gold, ALIKE_NAME) or _letters(name) == _initials(gold) or _initials(name) == _letters(gold)
               for name in names)  # fmt: skip


def _letters(phrase: str) -> str:
    return "".join(c for c in phrase.lower() if "a" <= c <= "z")


def _initials(phrase: str) -> str:
    """ "progression-free survival" -> "pfs"."""
    parts = re.split(r"[\s\-/]+", phrase.lower())
    return "".join(part[0] for part in parts if part and part not in ("of", "the", "to", "and", "in"))


def _class(finding: Gold, row: Row) -> bool | None:
    if not finding.get("outcome_class"):
        return None
    pair = {finding["outcome_class"], row.get("outcome_class")}
    return len(pair) == 1 or pair in INTERCHANGEABLE


def _arm(finding: Gold, row: Row) -> bool | None:
    arm = finding.get("arm")
    return says(row.get("arm"), arm, ALIKE_NAME) if arm and arm != "overall" else None


def _dispersion(finding: Gold, row: Row) -> bool | None:
    verdicts = []
    for spread in filter(None, (finding.get("dispersion"), finding.get("dispersion2"))):
        kind, low, high, size = (spread.get(key) for key in ("type", "low", "high", "value"))
        if kind in ENDS and low is not None:
            ends = ENDS[kind]
            verdicts.append(same(row.get(ends[0]), low) and (high is None or same(row.get(ends[1]), high)))
        elif kind in ("sd", "se") and size is not None:
            verdicts.append(same(row.get(kind), size) or same(row.get("plus_minus"), size))
    return any(verdicts) if verdicts else None


@cache
def _p_value(printed: str) -> float | None:
    """ "<0.001" -> 0.001."""
    found = re.search(r"\d*\.?\d+", printed.replace("·", "."))
    return float(found.group()) if found else None


def _p(finding: Gold, row: Row) -> bool | None:
    return same(row.get("p_value"), _p_value(str(finding["p_value"]))) if finding.get("p_value") else None


def _unit(finding: Gold, row: Row) -> bool | None:
    unit = finding.get("unit")
    if not unit or unit in COUNTED_UNITS or finding["statistic"] in ("count", "proportion"):
        return None
    return says(row.get("unit"), str(unit).rstrip("s"))


def _timepoint(finding: Gold, row: Row) -> bool | None:
    gold, given = finding.get("timepoint"), row.get("timepoint")
    if not gold:
        return None
    time = values.timepoint(gold)
    return (time is not None and bool(given) and values.timepoint(given) == time) or says(given, gold, ALIKE_NAME)


def _grade(finding: Gold, row: Row) -> bool | None:
    if finding.get("grade") in (None, "serious"):
        return None
    a, b = _grades(row.get("grade")), _grades(finding["grade"])
    return a == b or (bool(a & b) and max(len(a), len(b)) > 2)


@cache
def _grades(printed: str | None) -> frozenset[str]:
    """Grades as a set: "3-4" is 3 and 4, ">=3" is 3 to 5, "mild to moderate" its two words; "any" is none."""
    text = str(printed or "").lower()
    grade = values.grade(text if "grade" in text else f"grade {text}") or ""
    figures = [int(c) for c in grade if c.isdigit()]
    if not figures:
        return frozenset(word for word in re.findall(r"[a-z]{4,}", text) if word != "grade")
    low, high = figures[0], figures[-1]
    if grade.startswith(">="):
        high = 5
    elif grade.startswith("<="):
        low = 1
    return frozenset(map(str, range(low, high + 1)))


def _negated(finding: Gold, row: Row) -> bool | None:
    return bool(row.get("negated")) or row.get("events") == 0 if finding.get("negated") else None


FIELDS: Mapping[str, Callable[[Gold, Row], bool | None]] = {
    "value": _number("value"), "events": _number("n"), "total": _number("N"), "percent": _number("percent"),
    "statistic": _statistic, "outcome": _outcome, "class": _class,
    "arm": _arm, "dispersion": _dispersion, "p_value": _p, "unit": _unit, "timepoint": _timepoint, "grade": _grade,
    "negated": _negated,
}  # fmt: skip
"""Field -> is it right? None where the gold does not state it."""


# ---- floors ----------------------------------------------------------------------------------------------------


def digest(files: Iterable[Path]) -> str:
    """sha256 over the names and bytes of files, in the order of their names: an edited gold is another gold."""
    total = sha256()
    for path in sorted(files, key=lambda path: (path.name, str(path))):
        total.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return total.hexdigest()


def short_of(figures: Mapping[str, float], floors: Mapping[str, Any]) -> list[str]:
    """Each floor that a figure does not reach, one line; a name that ends in `_max` is a ceiling.

    A figure without a floor is one too: a floor that nobody pinned holds nothing.
    """
    lines = []
    for name, figure in figures.items():
        floor = floors.get(name)
        if floor is None:
            lines.append(f"{name} {figure:g} has no floor")
        elif name.endswith("_max") and figure > floor + EPSILON:
            lines.append(f"{name} {figure:g} is above its ceiling {floor:g}")
        elif not name.endswith("_max") and figure < floor - EPSILON:
            lines.append(f"{name} {figure:g} is below its floor {floor:g}")
    lines += [f"{name}: pinned at {floors[name]:g}, not measured" for name in floors
              if name not in figures and isinstance(floors[name], int | float)]  # fmt: skip
    return lines


def pinned(
    figures: Mapping[str, float], floors: Mapping[str, Any], *, allow_regression: bool = False
) -> dict[str, float]:
    """The figures as new floors. Raises GoldError where one would be lowered and `allow_regression` is not said."""
    worse = short_of(figures, {**figures, **{name: floor for name, floor in floors.items() if name in figures}})
    if worse and not allow_regression:
        raise GoldError(f"would lower a floor: {'; '.join(worse)}; say --allow-regression if that is meant")
    return dict(figures)


# ---- constructions ---------------------------------------------------------------------------------------------

STATED_ONCE = ("design", "condition", "data_cutoff")
GIVEN = ("intervention", "class")
STATEMENT_COLUMNS = ("outcome", "arm", "comparator", "direction", "quote")


def check_constructions(ruleset: RuleSet) -> list[str]:
    """Run the example texts of all constructions through the whole extraction; every difference, one line each.

    An example expects evidence rows; or statements, where its construction's rows have a `direction`; or what the
    document says of itself, where they have a design, condition, data_cutoff, intervention or class. All that is
    extracted of that kind must be expected, and all that is expected extracted; of each the fields that the example
    states are compared, an empty string stating that there is none. Empty where all hold.
    """
    return [line for construction in ruleset.constructions for line in _differences(construction, ruleset)]


def _differences(construction: Construction, ruleset: RuleSet) -> Iterator[str]:
    stated = {name for example in construction.examples for row in example.get("rows", ()) for name in row}
    columns, extracted = _kind(stated)
    for example in construction.examples:
        where = f"{construction.file}: {construction.id}: in {example['text']!r}"
        expected: list[Row] = list(example.get("rows", ()))
        unknown = sorted({name for row in expected for name in row} - set(columns))
        if unknown or not all(expected):
            yield f"{where}: " + (f"no column {', '.join(unknown)}" if unknown else "an expected row states nothing")
            continue
        got = [row for row in extracted(example["text"], ruleset, stated) if any(row.values())]
        for row in expected:
            near = max(got, key=lambda g: sum(_equal(g[name], value) for name, value in row.items()), default=None)
            if near is None or not any(_equal(near[name], value) for name, value in row.items()):
                yield f"{where}: not found: {_told(row, row)}"
                continue
            got.remove(near)
            wrong = [name for name, value in row.items() if not _equal(near[name], value)]
            if wrong:
                place = f"{near['quote']!r} " if "quote" in near else ""
                yield f"{where}: {place}has {_told(near, wrong)}, not {_told(row, wrong)}"
        for row in got:
            names = [name for name in ("quote", "statistic", "value", *sorted(stated)) if row.get(name) is not None]
            yield f"{where}: not expected: {_told(row, dict.fromkeys(names))}"


def _kind(stated: set[str]) -> tuple[tuple[str, ...], Callable[[str, RuleSet, set[str]], list[Row]]]:
    """The columns that an example may state, and what extracts them, by the columns that its construction states."""
    if "direction" in stated:
        return STATEMENT_COLUMNS, _statements_of
    if stated & {*STATED_ONCE, *GIVEN} and not stated & {"statistic", "value", "events"}:
        return (*STATED_ONCE, *GIVEN), _said_of_itself
    return evidence_columns(), lambda text, ruleset, stated: [_mapping(row) for row in rows_of(text, ruleset)]


def _statements_of(text: str, ruleset: RuleSet, stated: set[str]) -> list[Row]:
    document, found = _extraction(text, ruleset)
    return [
        {"outcome": s.outcome, "arm": s.arm, "comparator": s.comparator, "direction": s.direction,
         "quote": document.text[s.start : s.end]}
        for s in found.statements
    ]  # fmt: skip


def _said_of_itself(text: str, ruleset: RuleSet, stated: set[str]) -> list[Row]:
    """One row: of what a document says of itself the columns that matter here, and the first thing that was given."""
    from trialtab.extract.facts import facts

    document, found = _extraction(text, ruleset)
    row: dict[str, Any] = {name: getattr(found, name) for name in STATED_ONCE if name in stated}
    if stated & set(GIVEN):
        first = next(iter(facts(document, ruleset).interventions), None)
        row |= {"intervention": first.name if first else None, "class": first.category if first else None}
    return [row]


def _extraction(text: str, ruleset: RuleSet) -> tuple[Document, Extraction]:
    from trialtab import extract, readers

    (document,) = readers.read(text.encode(), "example.txt")
    return document, extract.extract(document, ruleset)


def rows_of(text: str, ruleset: RuleSet) -> tuple[Evidence, ...]:
    """The evidence rows of a plain text, the whole way but for the checks."""
    from trialtab import evidence

    document, found = _extraction(text, ruleset)
    return evidence.rows(document, found, study="example", rules_digest=ruleset.digest, version="").rows


def _equal(got: object, stated: object) -> bool:
    """TOML has no null: an empty string states that the column is empty."""
    if stated == "":
        return got in (None, "")
    if isinstance(stated, int | float) and isinstance(got, int | float):
        return abs(got - stated) <= 1e-9 * max(1.0, abs(stated))
    return got == stated


def _told(row: Row, names: Iterable[str]) -> str:
    return ", ".join(f"{name} = {row[name]!r}" for name in names)


__all__ = [
    "FIELDS", "Pair", "Score", "Tally", "agreement", "check_constructions", "digest", "load", "pinned", "rows_of",
    "same", "says", "score", "short_of",
]  # fmt: skip
