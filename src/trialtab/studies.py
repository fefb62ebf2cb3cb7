"""What a person decides on studies, from names to documents: merge, split, rename. The store keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from trialtab import compare
from trialtab.errors import QuestionError
from trialtab.store import Store

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """A study as it is after a decision: its label and the names of its documents."""

    label: str
    documents: tuple[str, ...]


def merge_studies(store: Store, studies: Sequence[str], label: str | None, reviewer: str) -> Decided:
    """One study of several, called `label` (default: as the first). Raises QuestionError for a name that is not there,
    or where fewer than two documents are named."""
    documents = store.documents()
    found: dict[tuple[str, str], Row] = {}
    for name in studies:
        found |= {compare.key_of(d): d for d in _of_study(documents, name)}
    if len(found) < 2:
        raise QuestionError("nothing to merge: name at least two studies or documents")
    called = (label or compare.one_study(documents)[next(iter(found))]).strip()
    _unlike_others(documents, called, found)
    store.decide_study("merge", [(*key, called, False) for key in found], reviewer)
    return Decided(called, tuple(document for document, _ in found))


def split_study(store: Store, study: str, wanted: Sequence[str], reviewer: str) -> tuple[tuple[str, str], ...]:
    """(label, document) of each document taken out of its study: those named, default all. Each is called by the label
    that it was read with, or by its file where another has that. Raises QuestionError."""
    documents = store.documents()
    members = _of_study(documents, study)
    chosen = members if not wanted else [d for name in wanted for d in _documents(members, name, f" in {study!r}")]
    if len(members) < 2:
        raise QuestionError(f"{study!r} has one document: nothing to take apart")
    staying = {d["study"].casefold() for d in documents if d not in chosen}
    out: list[tuple[str, str, str, bool]] = []
    for document in chosen:
        options = [document["study_read"], PurePath(document["document"]).stem, document["document"],
                   f"{document['document']} {document['document_id'][64:].strip('#')}".strip()]  # fmt: skip
        label = next((name for name in options if name.casefold() not in staying), options[-1])
        staying.add(label.casefold())
        out.append((*compare.key_of(document), label, True))
    store.decide_study("split", out, reviewer)
    return tuple((label, document) for document, _, label, _ in out)


def rename_study(store: Store, study: str, label: str, reviewer: str) -> Decided:
    """A study called otherwise. Raises QuestionError for a study that is not there, or a label that another has."""
    documents = store.documents()
    members = _of_study(documents, study)
    called = label.strip()
    if not called:
        raise QuestionError("a study needs a label")
    _unlike_others(documents, called, {compare.key_of(d): d for d in members})
    apart = len(members) == 1 and members[0]["grouping"] == "apart"
    store.decide_study("rename", [(*compare.key_of(d), called, apart) for d in members], reviewer)
    return Decided(called, tuple(d["document"] for d in members))


def _unlike_others(documents: Sequence[Row], label: str, members: dict[tuple[str, str], Row]) -> None:
    """Raises QuestionError where a study of other documents has the label: to give it would join them."""
    named = compare.one_study(documents)
    own = {named[key] for key in members}  # what a document is one study with already joins it again
    for document in documents:
        key = compare.key_of(document)
        if named[key] not in own and label.casefold() in (named[key].casefold(), document["study"].casefold()):
            raise QuestionError(
                f"another study is called {label!r} ({document['document']}): merge it, or choose another"
            )


def _of_study(documents: Sequence[Row], name: str) -> list[Row]:
    """The documents of a study by its name or a label of one of them; else the document of that name."""
    named = compare.one_study(documents)
    wanted = name.strip().casefold()
    by_name = [d for d in documents if named[compare.key_of(d)].casefold() == wanted]
    labelled = by_name or [d for d in documents if d["study"].casefold() == wanted]
    return labelled or _documents(documents, name, "", {named[compare.key_of(d)] for d in documents})


def _documents(documents: Sequence[Row], name: str, where: str, others: set[str] | None = None) -> list[Row]:
    found = [d for d in documents if name in (d["document"], d["document_id"])]
    found = found or [d for d in documents if name in (PurePath(d["document"]).name, PurePath(d["document"]).stem)]
    if not found:
        near = compare.nearest_names(name, sorted({d["document"] for d in documents} | (others or set())))
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise QuestionError(f"no study or document {name!r}{where}{hint}")
    return found
