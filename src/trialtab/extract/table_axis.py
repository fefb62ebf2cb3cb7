"""Which labels of a table are its arms: those of a header row, or those of the rows; and the sizes they print."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from trialtab import vocabulary
from trialtab.extract.mentions import key
from trialtab.extract.table_arms import MOST_ARMS, Resolver, add, evidence, match
from trialtab.extract.table_columns import Named
from trialtab.extract.table_labels import Label, Spec, clean, label
from trialtab.extract.table_layout import Layout
from trialtab.model import Document, Table
from trialtab.rules import RuleSet

ARM_EVIDENCE = 0.8
"""What must speak for the labels of a header row, on average, for them to be arms: see table_arms.evidence."""

MOST_LABELS = 100
"""Different labels of one header row that are tried as arms."""

MOST_ROW_LABELS = 40
"""Different labels at one depth of the row paths that are tried as arms."""


@dataclass(slots=True)
class Grid:
    """A table on its way: laid out, its kind known, its arms found. axis: column | row | "" (no arms).

    sure: its labels were recognised as arms; sized: how many of them print the size of their arm;
    notes: caption and footnotes that hold for all cells; sizes: key of an arm -> its size as the notes give it.
    """

    table: Table
    layout: Layout
    caption: str
    kind: str
    legend: tuple[Spec, ...]
    axis: str = ""
    arms: dict[str, Named] = field(default_factory=dict)
    sure: bool = False
    sized: int = 0
    notes: tuple[str, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)

    def arm_of(self, text: str) -> Named | None:
        """The arm that a label of this table stands for."""
        return self.arms.get(text)


def settle_arms(document: Document, grid: Grid, resolver: Resolver, role_of: dict[str, str], rules: RuleSet) -> None:
    """Finds the arms of one table: `grid.axis`, `grid.arms`; new names and sizes go to the inventory."""
    labels, score = _best_header(grid, resolver)
    row_labels, row_score = _best_rows(grid, resolver)
    read = readings(labels, resolver)
    named = any(resolver.find(read[t].name)[0] is not None for t in labels)
    if labels and score >= ARM_EVIDENCE and (named or row_score < ARM_EVIDENCE or score > row_score):
        _settle(document, grid, "column", labels, resolver, role_of, rules, sure=True)
    elif row_labels and row_score >= ARM_EVIDENCE:
        _settle(document, grid, "row", row_labels, resolver, role_of, rules, sure=True)
    elif len(labels) > 1 and score > -0.2 and grid.kind != "model":
        _settle(document, grid, "column", labels, resolver, role_of, rules, sure=False)
    _sizes_in_notes(grid, resolver)


_SIZE_IN_NOTE = re.compile(r"(?P<name>(?:[\w+/-]+\s+){0,4}[\w+/-]+)\s*[,:]?\s*[(\[]?\s*\bn\s*=\s*(?P<n>\d{1,6})\b")


def _sizes_in_notes(grid: Grid, resolver: Resolver) -> None:
    """ "intervention (n = 73), control (n = 71)" in a caption or footnote: the sizes of this table's arms."""
    for note in grid.notes:
        for m in _SIZE_IN_NOTE.finditer(note[:800]) if "=" in note else ():
            words = m.group("name").split()
            for first in range(len(words)):
                entry, surely = resolver.find(" ".join(words[first:]))
                if entry is not None and surely >= 0.5:
                    grid.sizes.setdefault(key(entry.label), int(m.group("n")))
                    break


def _best_header(grid: Grid, resolver: Resolver) -> tuple[list[str], float]:
    """The header row whose labels look most like arms: the distinct labels, and what speaks for them."""
    layout = grid.layout
    cells = layout.table.cells
    levels: dict[int, list[str]] = {}
    below: dict[int, set[str]] = {}
    for head in layout.heads:
        for path in head.paths[layout.stubs :]:
            for k in path:
                text = layout.texts[k]
                at = levels.setdefault(cells[k].row, [])
                if text not in at and len(at) < MOST_LABELS:
                    at.append(text)
                above = [layout.texts[u] for u in path if cells[u].row < cells[k].row]
                if above and _may_be_arm(label(text)) and _says_group(above[-1]):
                    below.setdefault(cells[k].row, set()).add(above[-1])
    for level, all_texts in levels.items():
        read = readings(all_texts, resolver)
        levels[level] = [text for text in all_texts if _may_be_arm(read[text])]
    alone = {texts[0] for texts in levels.values() if len(texts) == 1}
    headed = {
        level for level, over in below.items()
        if any(text in alone or resolver.find(label(text).name)[1] < 1 for text in over) and len(levels[level]) > 1
    }  # fmt: skip
    over_all: set[int] = set()
    if layout.table.columns - layout.stubs > 1:
        shared = [set.intersection(*map(set, head.paths[layout.stubs :])) for head in layout.heads]
        over_all = {cells[k].row for common in shared for k in common}
    best: tuple[list[str], float] = ([], -9.0)
    for level in sorted(levels):
        texts = levels[level]
        if not texts:
            continue
        read = readings(texts, resolver)
        score = evidence([read[t] for t in texts], resolver)
        if level in headed:
            score += 1.0
        if len(texts) < 2 and (score < 1.5 or level in over_all):
            score = min(score, -0.5)
        if score > best[1] + 0.01 or (level in headed and score >= ARM_EVIDENCE and best[0] and best[0][0] in alone):
            best = (texts, score)  # "Intervention group" over "Control | Patient | Physician" names none of the arms
    return best


def _may_be_arm(one: Label) -> bool:
    return bool(one.name) and not (
        one.p or one.whole or one.population or one.effect or ((one.grade or one.time) and not one.n)
    )


_LETTER = re.compile(r"[A-Z]\Z")


def readings(texts: Sequence[str], resolver: Resolver) -> dict[str, Label]:
    """Labels that stand beside each other, each as it may be read as an arm.

    A name of an arm of the document is one even where it would else be a duration or a statistic: "5 days" beside "10
    days", and a letter beside letters ("B" in "A | B | C" is no regression coefficient).
    """
    found: dict[str, Label] = {}
    letters = [text for text in texts if _LETTER.match(clean(text)) and not label(text).p]
    row = "".join(sorted(clean(text) for text in letters))
    for text in texts:
        one = label(text)
        named = clean(text)
        if not one.name and named and not one.p:
            whole = resolver.find(named)[1] >= EXACT
            if text in letters and len(letters) > 1 and (whole or row in _ALPHABET):
                one = Label(named, named)
            elif whole and one.time and not one.baseline and len(texts) > 1:
                one = replace(one, name=named, time=None, specs=())
        elif one.population and resolver.find(one.name)[1] >= EXACT:
            one = replace(one, population=None)
        found[text] = one
    return found


_ALPHABET = "ABCDEFGH"
EXACT = 2.3
"""How surely a label must be the name of an arm (see Resolver.find) to be one against its form."""


def _best_rows(grid: Grid, resolver: Resolver) -> tuple[list[str], float]:
    """The depth of the row paths whose labels look most like arms."""
    layout = grid.layout
    best: tuple[list[str], float] = ([], -9.0)
    headed = any(_says_group(text) for text in layout.corner)
    for depth in (-1, 0, -2, 1):
        texts: list[str] = []
        for row in layout.rows:
            if -len(row.path) <= depth < len(row.path):
                text = row.path[depth]
                if text not in texts:
                    texts.append(text)
                    if len(texts) > MOST_ROW_LABELS:
                        break
        read = readings(texts, resolver)
        labels = [(t, read[t]) for t in texts]
        labels = [
            (t, one)
            for t, one in labels
            if one.name and not (one.p or one.whole or one.effect or one.time or one.population)
        ]
        if not labels or len(texts) > MOST_ROW_LABELS:
            continue
        matched = [t for t, one in labels if resolver.find(one.name)[1] >= 0.5]
        entries = {id(resolver.find(read[t].name)[0]) for t in matched}
        if len(entries) < 2 and not (headed and 2 <= len(labels) <= 6):
            continue
        if 2 * len(matched) < len(labels) and not (headed and len(labels) <= 6):
            continue
        score = evidence([one for _, one in labels], resolver) + (0.8 if headed else 0.0)
        if score > best[1] + 0.01:
            best = ([t for t, _ in labels], score)
    return best


_GROUP_HEADS = frozenset(("group", "treatment", "arm", "intervention", "regimen", "condition", "dose", "allocation"))
_NOT_HEADS = frozenset((
    "effect", "difference", "outcome", "characteristic", "duration", "response", "failure", "before", "after", "during",
))  # fmt: skip


def _says_group(text: str) -> bool:
    """Whether a header says that arms stand below or beside it: "Group", "Study arm and stratum", "Dose (mg)"."""
    words = [w.strip(" (),:").rstrip("s") for w in clean(text).lower().split()]
    return len(words) <= 5 and any(w in _GROUP_HEADS for w in words) and not any(w in _NOT_HEADS for w in words)


def _settle(
    document: Document, grid: Grid, axis: str, texts: Sequence[str], resolver: Resolver, role_of: dict[str, str],
    rules: RuleSet, *, sure: bool,
) -> None:  # fmt: skip
    grid.axis, grid.sure = axis, sure
    read = readings(texts, resolver)
    labels = [_spelled(grid, text, read[text]) for text in texts]
    entries = match(labels, resolver)
    full = resolver.found.trusted and len({id(e) for e in entries if e is not None}) == len(resolver.found.arms)
    many = sum(one.n is not None or _names_group(one) for one in labels) >= 2 or any(e is not None for e in entries)
    for text, one, entry in zip(texts, labels, entries, strict=True):
        cell = _cell_of(grid.layout, text)
        if (
            entry is None
            and sure
            and many
            and not full
            and not one.specs
            and (one.n is not None or _names_group(one) or len(labels) <= MOST_ARMS)
        ):
            place = (grid.table.cells[cell].start, grid.table.cells[cell].end) if cell >= 0 else (0, 0)
            if not _is_outcome(one.name):
                entry = add(one, place, resolver, role_of, rules.sets["control_name"])
            if entry is not None:
                resolver.refresh()
        grid.arms[text] = Named(entry.label if entry is not None else one.name, entry)
        if one.n is not None and entry is not None:
            grid.sized += 1
            if grid.kind in ("baseline", "mixed"):
                entry.table_n = entry.table_n or float(one.n)
        if entry is not None and entry.n is None and one.n is not None and cell >= 0:
            start = document.text.find(text, grid.table.cells[cell].start)
            entry.n, entry.n_place = float(one.n), (start + one.n_start, start + one.n_end)
    if axis == "column":
        _sizes_below(document, grid)


def _spelled(grid: Grid, text: str, one: Label) -> Label:
    """The label of an arm; one that is a bare number takes the words of the header above: "600" -> "600 mg"."""
    if any(c.isalpha() for c in one.name):
        return one
    layout = grid.layout
    for head in layout.heads:
        for path in head.paths:
            above = next((layout.texts[u] for u, k in pairwise(path) if layout.texts[k] == text), None)
            if above is not None:
                inner = re.search(r"[(\[]([^()\[\]]{1,30})[)\]]", above)
                return replace(one, name=f"{one.name} {inner.group(1) if inner else label(above).name}".strip())
    corner = next((t for t in layout.corner if _says_group(t)), "")
    return replace(one, name=f"{one.name} {corner}".strip()) if corner else one


def _sizes_below(document: Document, grid: Grid) -> None:
    """ "Control" over "(n = 78)": the size of an arm in a header row below its name."""
    layout = grid.layout
    for head in layout.heads:
        for path in head.paths[layout.stubs :]:
            named = next((grid.arms[layout.texts[k]] for k in path if layout.texts[k] in grid.arms), None)
            if named is None or named.entry is None or named.entry.n is not None:
                continue
            others = [label(layout.texts[k]) for k in path]
            sized = next((k for k in path if label(layout.texts[k]).n is not None), None)
            if sized is not None and not any(o.population or (o.time and o.n is None) for o in others):
                one = label(layout.texts[sized])
                start = document.text.find(layout.texts[sized], grid.table.cells[sized].start)
                if one.n is not None:
                    named.entry.n, named.entry.n_place = float(one.n), (start + one.n_start, start + one.n_end)


def _names_group(one: Label) -> bool:
    low = one.name.lower()
    return any(word in low for word in ("group", "arm", "cohort", "placebo", "control"))


def _is_outcome(name: str) -> bool:
    found = vocabulary.outcome(name) if len(name) < 60 else None
    return found is not None and found.method == "exact"


def _cell_of(layout: Layout, text: str) -> int:
    return next((k for k, t in enumerate(layout.texts) if t == text), -1)


__all__ = ["Grid", "settle_arms"]
