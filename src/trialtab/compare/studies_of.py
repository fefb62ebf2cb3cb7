"""Which documents speak for which study, and why they are taken to be one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialtab.compare.cells import Row, fold
from trialtab.compare.grouping import key_of, like_titles, one_study


@dataclass(frozen=True, slots=True)
class StudyDocument:
    """One document of a study. findings: how many rows it gave."""

    document: str
    title: str | None
    year: int | None
    nct: str | None
    doi: str | None
    data_cutoff: str | None
    findings: int


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """A study and its documents, the fullest first; why: what makes several documents one study, "" for one."""

    study: str
    condition: str | None
    design: str | None
    documents: tuple[StudyDocument, ...]
    why: str


def study_groups(documents: Sequence[Row], rows: Iterable[Row] = ()) -> tuple[StudyGroup, ...]:
    """Studies by name; rows: to count findings, where the documents do not bring their number."""
    counted = Counter(key_of(row) for row in rows)
    named = one_study(documents)
    together: dict[str, list[Row]] = defaultdict(list)
    for document in documents:
        together[named[key_of(document)]].append(document)
    found = []
    for study in sorted(together, key=fold):
        those = [(_document(d, counted[key_of(d)]), d) for d in together[study]]
        those.sort(key=lambda pair: (-pair[0].findings, pair[0].document))
        facts = {name: next((d[name] for _, d in those if d.get(name)), None) for name in ("condition", "design")}
        found.append(
            StudyGroup(study, facts["condition"], facts["design"], tuple(one for one, _ in those),
                       _why([d for _, d in those]))
        )  # fmt: skip
    return tuple(found)


def _document(row: Row, counted: int) -> StudyDocument:
    return StudyDocument(
        row["document"], row.get("title"), row.get("year"), row.get("nct"), row.get("doi"), row.get("data_cutoff"),
        int(row.get("findings") or counted),
    )  # fmt: skip


def _why(documents: Sequence[Row]) -> str:
    """What several documents of one study have in common, or who decided it."""
    decided = {document.get("grouping") for document in documents} - {None}
    if len(documents) < 2:
        return "taken apart by hand" if "apart" in decided else ""
    reasons = ["put together by hand"] if "together" in decided else []
    for column, name in (("study", "label"), ("nct", "trial number"), ("doi", "DOI"), ("pmid", "PMID")):
        values = Counter(fold(document.get(column)) for document in documents if document.get(column))
        if values and max(values.values()) > 1 and not (column == "study" and decided):
            reasons.append(f"same {name}")
    if not reasons and next(like_titles(documents), None) is not None:
        reasons.append("titles alike, and the first or last author is the same")
    return ", ".join(reasons) or "file names that differ in the kind of document"


__all__ = ["StudyDocument", "StudyGroup", "study_groups"]
