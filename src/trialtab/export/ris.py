"""Studies as RIS, which every reference manager takes: one record for each document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from trialtab.export.text import clean


def write_ris(documents: Iterable[Mapping[str, Any]], out: TextIO) -> None:
    """Documents as the store gives them, one RIS record each; what is not known has no line.

    Source of the tags: RIS format specification, Research Information Systems, 2001; NS, the study of a reference, is
    RevMan's and Covidence's own.
    """
    for document in documents:
        journal = document.get("journal")
        lines: list[tuple[str, Any]] = [("TY", "JOUR" if journal else "GEN")]
        lines.append(("ID", f"{document['document']} {document['document_id'][:12]}"))
        lines.append(("TI", document.get("title") or document["document"]))
        lines += [("AU", name.strip()) for name in (document.get("authors") or "").split(";") if name.strip()]
        lines += [("JO", journal), ("PY", document.get("year")), ("DO", document.get("doi"))]
        lines += [("AN", document.get("pmid")), ("C2", document.get("pmcid"))]
        lines += [("LB", document.get("study")), ("NS", document.get("study"))]
        lines += [("N1", f"trial number {document['nct']}" if document.get("nct") else None), ("ER", "")]
        for tag, value in lines:
            if value is not None and (value != "" or tag == "ER"):
                out.write(f"{tag}  - {' '.join(clean(str(value)).split())}\n")
        out.write("\n")


__all__ = ["write_ris"]
