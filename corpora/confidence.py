"""Fit the scale of confidence: patterns/confidence.toml, from rows whose gold is known.

    python corpora/confidence.py                    measure, fit, write the scale, draw the picture
    python corpora/confidence.py --shared DIR       ... with DIR/bench/findings and ico as well (default ../shared)
    python corpora/confidence.py --show             change nothing: the reliability of the scale as it is

A row is right when it finds a gold finding and every field that the gold states is right (score.FIELDS: numbers,
statistic, outcome, class, arm, interval or spread, p, unit, timepoint, grade, negation). A row that finds none is
wrong. Rows of the text and rows of tables have a scale each. The weights come from documents that the extraction was
developed on. There it does better than elsewhere, so the level and the slope, two numbers, are set on documents kept
out of development: the `unseen_*` corpora, and the unseen third of the tables and of the articles. Their reliability is
taken crosswise, each document judged by the two numbers of all others. Nobody reads these documents for it: only right
and wrong are counted.

Tables of our own are few and alike, so rows of real articles stand beside them: those that answer a reviewer's question
whose answer is known (`answered`). That gold states numbers and, by where it puts them, outcome and arm, but no class
of outcome; so the class is left out of what is right in a table, for both kinds alike. Of prose there is gold of whole
rows enough, and such answers are left out: weights fitted with them foretell unseen rows worse.

Rows of one document share their fate (ALIKE), those of a table most: it is read well or badly as a whole. So n of them
are worth fewer than n, in weights, in level and slope, and in the intervals of reliability.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialtab.confidence import Scale
    from trialtab.model import Record

Gold = Mapping[str, Any]

HERE = Path(__file__).resolve().parent
SCALE = HERE.parent / "patterns" / "confidence.toml"
PICTURE = HERE.parent / "tests" / "benchmarks" / "reliability.svg"

LEAST = 25
"""Rows that a feature must describe before it has a weight of its own."""

LEAST_DOCUMENTS = 20
"""Documents that it must be seen in."""

ALIKE = {"text": 0.2, "table": 0.67}
"""How alike rows of one document are in being right: the correlation of two of them. It was measured as 0.65 in tables
of development and 0.70 in unseen ones, as 0.18 and 0.25 in their texts."""

UNJUDGED = {"table": ("class",)}
"""Fields of the gold that are left out of what is right, by source."""

RIDGE = 10.0
"""Variance of weights is held down as by this many rows."""

SPREAD = 0.5
"""Slopes lie as far from 1 as this, before the unseen documents are asked: few documents do not move one far."""

BIN = 100
"""Least rows of a bin of reliability."""

MOST = 0.83
"""No row is promised more: twenty-three unseen documents of our own words, some of them hard, do not bear it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row by its features: its corpus, its document (a table that is set in three formats is one), its source (text
    or table), and whether the whole row is right."""

    corpus: str
    doc: str
    source: str
    features: frozenset[str]
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of like confidence: their number, how many rows of different documents they are worth, the mean chance that
    they are promised, and the share that is right, with its Wilson interval by what they are worth."""

    rows: int
    worth: float
    promised: float
    right: float
    low: float
    high: float

    @property
    def held(self) -> bool:
        """The Wilson interval (95 %) of the share covers the promise."""
        return self.low <= self.promised <= self.high

    def held_together(self, bins: int) -> bool:
        """The same where `bins` intervals shall hold together (95 % in all: Bonferroni's levels)."""
        from trialtab.statistics import wilson

        low, high = wilson(self.right * self.worth, self.worth, 1 - 0.05 / bins)
        return low <= self.promised <= high


# ---- rows with their verdict -----------------------------------------------------------------------------------


def records(documents: Iterable[Path]) -> Iterable[tuple[Record, list[frozenset[str]]]]:
    """What each document gives, with the features of each row; confidence is still the extraction's own score."""
    from trialtab import confidence, evidence, extract, readers, rules

    known = rules.load()
    for path in documents:
        for document in readers.read(path.read_bytes(), path.name):
            found = extract.extract(document, known)
            record = evidence.rows(document, found, study=path.stem, rules_digest="", version="", calibrate=False)
            yield record, confidence.features(record.rows, record.arms)


def judged(name: str, documents: Iterable[Path], gold: Sequence[Gold]) -> list[Judged]:
    """The rows of documents against their gold; rows that find what may be missed count by their own fields."""
    from trialtab import score

    found = [pair for record, told in records(documents) for pair in zip(record.rows, told, strict=True)]
    must = [{**finding, "optional": False, "repeat": False} for finding in gold]
    right = {
        (pair.row["document"], pair.row["finding_id"]): all(
            mark for field, mark in pair.marks.items() if field not in UNJUDGED.get(pair.row["source"], ())
        )
        for pair in score.score([row for row, _ in found], must).pairs
    }
    return [
        Judged(name, _work(row.document), row.source, features, right.get((row.document, row.finding_id), False))
        for row, features in found
    ]


def _work(document: str) -> str:
    """The name of a document without its format: a table in HTML, JATS and PDF is one work."""
    return re.sub(r"_(?:html|jats|pdf)$", "", Path(document).stem)


def corpus(name: str) -> list[Judged]:
    from trialtab import score

    gold = score.load(HERE / name / "gold.jsonl")
    docs = {finding["doc"] for finding in gold}
    documents = [path for path in sorted((HERE / name / "documents").iterdir()) if path.stem in docs]
    return judged(name, documents, gold)


def abstracts(shared: Path) -> list[Judged]:
    """The annotated abstracts beside the checkout, but for the unseen third; none where they are absent."""
    from trialtab import score

    place = shared / "bench" / "findings"
    if not place.is_dir():
        return []
    gold = [finding for finding in score.load(place / "gold.jsonl") if not third(finding["doc"])]
    documents = [path for path in sorted((place / "documents").iterdir()) if not third(path.stem)]
    return judged("findings", documents, gold)


def answered(shared: Path, of: Callable[[str], bool] = lambda stem: True) -> list[Judged]:
    """The table rows that answer questions on the real articles beside the checkout, whose answers are known.

    A row is right where every printed value that is taken from it is the gold's. One that was wrongly chosen, or that
    gives what the gold leaves blank, counts as wrong, though it may be read well: rather too low than too high.
    of: which documents, by stem.
    """
    from trialtab import questions, score
    from trialtab.store import Store

    place = shared / "bench" / "ico"
    if not place.is_dir():
        return []
    with (place / "gold.csv").open(encoding="utf-8", newline="") as file:
        gold = {line["id"]: line for line in csv.DictReader(file)}
    asked = [one for one in questions.read((place / "questions.csv").read_bytes(), "ico") if of(one.document)]
    found = list(records(path for path in sorted((place / "documents").iterdir()) if of(path.stem)))
    with TemporaryDirectory() as folder, Store(Path(folder) / "evidence.db") as store:
        for record, _ in found:
            store.save(record)
        answers = questions.fill(asked, questions.library(*store.library()))
    right: dict[tuple[str, str | None], bool] = defaultdict(lambda: True)
    for answer in answers:
        for column, amount in answer.amounts.items():
            known = gold[answer.question.id].get(column)
            if not amount.derived:
                right[answer.document, amount.finding_id] &= bool(known) and score.same(amount.value, float(known or 0))
    return [
        Judged("ico", Path(row.document).stem, row.source, features, right[row.document, row.finding_id])
        for record, told in found
        for row, features in zip(record.rows, told, strict=True)
        if row.source == "table" and (row.document, row.finding_id) in right
    ]


def third(stem: str) -> bool:
    """Is a document in the third that nobody looks at?"""
    return int(sha256(stem.encode()).hexdigest(), 16) % 3 == 0


def kept_out(row: Judged) -> bool:
    return row.corpus.startswith("unseen_") or (row.corpus in ("tables", "ico") and third(row.doc))


def teaches(row: Judged) -> bool:
    """Is a row one that weights are fitted on? Made-up tables teach nothing of prose."""
    return not kept_out(row) and (row.source == "table" or row.corpus != "tables")


# ---- fitting ---------------------------------------------------------------------------------------------------


def worth(rows: Sequence[Judged]) -> list[float]:
    """What each row counts: n rows of one document that are alike by r are worth n / (1 + (n - 1) r)."""
    of = Counter(row.doc for row in rows)
    return [1 / (1 + (of[row.doc] - 1) * ALIKE.get(row.source, 0.0)) for row in rows]


def fitted(rows: Sequence[Judged]) -> dict[str, float]:
    """Weights of features by ridge-penalised logistic regression (Newton's method); each corpus has its own level."""
    import numpy

    seen = Counter(name for row in rows for name in row.features)
    spread = Counter(name for name, _ in {(name, row.doc) for row in rows for name in row.features})
    names = sorted(
        name for name, count in seen.items() if LEAST <= count <= len(rows) - LEAST and spread[name] >= LEAST_DOCUMENTS
    )
    sources = sorted({row.corpus for row in rows})
    column = {name: i for i, name in enumerate([*names, *sources])}
    table = numpy.zeros((len(rows), len(column)))
    for i, row in enumerate(rows):
        for name in row.features & column.keys():
            table[i, column[name]] = 1
        table[i, column[row.corpus]] = 1
    right = numpy.array([row.right for row in rows], dtype=float)
    ridge = numpy.array([RIDGE] * len(names) + [0.01] * len(sources))
    weights = newton(table, right, numpy.array(worth(rows)), ridge)
    return {name: round(float(weights[column[name]]), 3) for name in names}


def newton(table, right, counts, ridge):
    """Weights that maximise the penalised log-likelihood of a logistic regression; counts: what each row counts."""
    import numpy

    weights = numpy.zeros(table.shape[1])
    for _ in range(50):
        chance = 1 / (1 + numpy.exp(-table @ weights))
        slope = table.T @ (counts * (right - chance)) - ridge * weights
        bend = (table * (counts * chance * (1 - chance))[:, None]).T @ table + numpy.diag(ridge)
        step = numpy.linalg.solve(bend, slope)
        weights += step
        if numpy.abs(step).max() < 1e-9:
            break
    return weights


def levelled(weights: dict[str, float], rows: Sequence[Judged]) -> Scale:
    """Slope and level that turn a sum of weights into a chance (Platt's two numbers), by the likelihood of the chances
    as they are promised: none above MOST. The slope is held near 1 (SPREAD).
    """
    import numpy
    from scipy.optimize import minimize

    from trialtab.confidence import Scale

    right = numpy.array([row.right for row in rows], dtype=float)
    sums = numpy.array([Scale(weights, 1, 0).score(row.features) for row in rows])
    counts = numpy.array(worth(rows))

    def loss(two):
        chance = numpy.minimum(MOST, 1 / (1 + numpy.exp(-numpy.clip(two[0] * sums + two[1], -30, 30))))
        likely = numpy.sum(counts * (right * numpy.log(chance) + (1 - right) * numpy.log(1 - chance)))
        return (two[0] - 1) ** 2 / (2 * SPREAD**2) - likely

    slope, level = minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x
    return Scale(weights, round(float(slope), 3), round(float(level), 3), MOST)


def crosswise(rows: Sequence[Judged], weights: dict[str, float]) -> list[float]:
    """The chance of each row, by slope and level of all other documents."""
    chances = [0.0] * len(rows)
    for doc in sorted({row.doc for row in rows}):
        scale = levelled(weights, [row for row in rows if row.doc != doc])
        for i, row in enumerate(rows):
            if row.doc == doc:
                chances[i] = scale.chance(row.features)
    return chances


# ---- reliability -----------------------------------------------------------------------------------------------


def reliability(chances: Sequence[float], rows: Sequence[Judged], least: int = BIN) -> list[Bin]:
    """Bins from the least sure to the surest, of at least `least` rows; rows of one confidence stand in one bin."""
    from trialtab.statistics import wilson

    order = sorted(range(len(chances)), key=lambda i: (chances[i], i))
    parts: list[list[int]] = [[]]
    for i in order:
        if len(parts[-1]) >= least and round(chances[i], 2) != round(chances[parts[-1][-1]], 2):
            parts.append([])
        parts[-1].append(i)
    if len(parts) > 1 and len(parts[-1]) < least:
        parts[-2:] = [parts[-2] + parts[-1]]
    bins = []
    for part in parts:
        right = sum(rows[i].right for i in part) / len(part)
        promised = sum(chances[i] for i in part) / len(part)
        counted = sum(worth([rows[i] for i in part]))
        bins.append(Bin(len(part), counted, promised, right, *wilson(right * counted, counted)))
    return bins


def sound(bins: Sequence[Bin]) -> bool:
    """Do the intervals cover the promises: all of them together at 95 %, and at 95 % each all but one in five?"""
    return all(one.held_together(len(bins)) for one in bins) and 5 * sum(not one.held for one in bins) <= len(bins)


def told(bins: Sequence[Bin]) -> str:
    lines = ["rows  worth  promised  right  95% CI         held"]
    lines += [
        f"{b.rows:4d}  {b.worth:5.1f}  {b.promised:.3f}     {b.right:.3f}  {b.low:.3f}-{b.high:.3f}    "
        f"{'yes' if b.held else 'NO'}"
        for b in bins
    ]
    return "\n".join(lines)


def drawn(of: Mapping[str, Sequence[Bin]], path: Path) -> None:
    """Share right against promise, with Wilson intervals; byte-identical for the same bins."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "trialtab"
    figure, axes = pyplot.subplots(figsize=(4.2, 4.0))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for (source, bins), color, marker in zip(of.items(), ("#0072b2", "#d55e00"), "os", strict=True):
        spread = [[b.right - b.low for b in bins], [b.high - b.right for b in bins]]
        x, y = [b.promised for b in bins], [b.right for b in bins]
        axes.errorbar(x, y, yerr=spread, fmt=marker, color=color, capsize=3, markersize=5, label=f"rows of {source}s")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="whole rows right")
    axes.set_title(f"Unseen documents, bins of {BIN} rows or more", fontsize=9)
    axes.legend(loc="upper left", frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


@dataclass(frozen=True, slots=True)
class Fit:
    """A scale and how it does on documents kept out."""

    scale: Scale
    bins: list[Bin]
    brier: float
    taught: int
    checked: int


def fit(rows: Sequence[Judged], source: str) -> Fit:
    teaching = [row for row in rows if row.source == source and teaches(row)]
    out = [row for row in rows if row.source == source and kept_out(row)]
    weights = fitted(teaching)
    chances = crosswise(out, weights)
    brier = sum((chance - row.right) ** 2 for chance, row in zip(chances, out, strict=True)) / len(out)
    return Fit(levelled(weights, out), reliability(chances, out), brier, len(teaching), len(out))


def written(fits: Mapping[str, Fit]) -> str:
    """The file of the scales."""
    lines = [
        'about = "How sure a row is: additive weights of what was known when it was read, on the log-odds scale."',
        'made_by = "python corpora/confidence.py"',
    ]
    for source, one in fits.items():
        lines += ["", f"[{source}]", f"slope = {one.scale.slope}", f"level = {one.scale.level}",
                  f"most = {one.scale.most}", f"rows = {one.taught}", f"unseen_rows = {one.checked}",
                  f"unseen_brier = {one.brier:.4f}", "", f"[{source}.weights]"]  # fmt: skip
        lines += [f"{json.dumps(name)} = {weight}" for name, weight in sorted(one.scale.weights.items())]
        for b in one.bins:
            lines += ["", f"[[{source}.reliability]]", f"rows = {b.rows}", f"worth = {b.worth:.1f}",
                      f"promised = {b.promised:.3f}", f"right = {b.right:.3f}",
                      f"wilson = [{b.low:.3f}, {b.high:.3f}]"]  # fmt: skip
    return "\n".join(lines) + "\n"


def of_scale(rows: Sequence[Judged]) -> list[float]:
    """The chance that the scales as they stand give each row."""
    from trialtab import confidence

    return [confidence.chance(row.source, row.features) for row in rows]


def all_rows(shared: Path, names: Sequence[str] = ()) -> list[Judged]:
    """The rows of some corpora, or of all, with the annotated abstracts and the articles beside the checkout."""
    known = sorted(path.parent.name for path in HERE.glob("*/gold.jsonl"))
    found = [row for name in known if not names or name in names for row in corpus(name)]
    return found if names else [*found, *abstracts(shared), *answered(shared)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared", help="folder with bench")
    parser.add_argument("--show", action="store_true", help="change nothing: the reliability of the scale as it is")
    options = parser.parse_args()
    from trialtab.confidence import SOURCES

    if not (options.shared / "bench").is_dir():
        print(f"no {options.shared}/bench: without the abstracts and articles there, on the corpora alone")
    rows = all_rows(options.shared)
    if options.show:
        for source in SOURCES:
            out = [row for row in rows if row.source == source and kept_out(row)]
            print(f"{source}: {len(out)} unseen rows\n{told(reliability(of_scale(out), out))}")
        return 0
    fits = {source: fit(rows, source) for source in SOURCES}
    SCALE.write_text(written(fits), "utf-8")
    drawn({source: one.bins for source, one in fits.items()}, PICTURE)
    for name, count in sorted(Counter(row.corpus for row in rows).items()):
        share = sum(row.right for row in rows if row.corpus == name) / count
        print(f"{name}: {count} rows, {share:.3f} right")
    for source, one in fits.items():
        print(f"{source}: {len(one.scale.weights)} weights of {one.taught} rows; slope {one.scale.slope}, "
              f"level {one.scale.level}, at most {one.scale.most}; {one.checked} unseen rows, "
              f"Brier {one.brier:.4f}\n{told(one.bins)}")  # fmt: skip
    return 0 if all(sound(one.bins) for one in fits.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
