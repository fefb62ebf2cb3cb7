"""Identifiers of a report in its text: trial registration, DOI, PMID, PMCID, year."""

from __future__ import annotations

import re

_NCT = re.compile(r"[Nn](?<!\w.)[Cc][Tt][ \u00a0:#-]{0,2}(\d{8})(?!\d)")  # begins with a set: a search skips to it
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]{1,200}")
_PMID = re.compile(r"\b(?:PMID|PubMed ID)[ \t]{0,3}:?[ \t]{0,3}(\d{5,8})\b")
_PMCID = re.compile(r"\bPMC\d{5,9}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def nct_numbers(text: str) -> tuple[str, ...]:
    """ClinicalTrials.gov numbers, in order of first sight, each once: NCT and eight digits."""
    return tuple(dict.fromkeys("NCT" + m.group(1) for m in _NCT.finditer(text)))


def first_doi(text: str) -> str:
    """The first DOI of a text, without the sentence's own end signs."""
    found = _DOI.search(text)
    if not found:
        return ""
    doi = found.group().rstrip(".,;:'’”")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def first_pmid(text: str) -> str:
    found = _PMID.search(text)
    return found.group(1) if found else ""


def first_pmcid(text: str) -> str:
    found = _PMCID.search(text)
    return found.group() if found else ""


def first_year(text: str) -> int | None:
    """The first four-digit year from 1900 on; None where there is none."""
    found = _YEAR.search(text)
    return int(found.group()) if found else None
