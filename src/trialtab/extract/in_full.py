"""Outcomes whose names a document shortens: "endometrial thickness (ET)", and later "increased ET"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from trialtab import vocabulary
from trialtab.model import Finding

_WORD = re.compile(r"[A-Za-z][\w+-]*")


def spell_out(findings: Iterable[Finding], long_forms: Mapping[str, str]) -> list[Finding]:
    """The findings, each with its outcome in full where the document tells what a short form in it stands for.

    long_forms: short form -> long form, as the document defines them. The printed outcome stays as it is: the full one
    serves to know what it is.
    """
    if not long_forms:
        return list(findings)
    return [_in_full(finding, long_forms) if finding.outcome else finding for finding in findings]


def _in_full(finding: Finding, long_forms: Mapping[str, str]) -> Finding:
    printed = finding.outcome or ""
    full = _WORD.sub(lambda m: long_forms.get(m.group(), m.group()), printed)
    if vocabulary.conditions_in(full):
        return finding  # "ITP 7": a kind of patients
    return finding if full == printed else replace(finding, outcome_in_full=full)


__all__ = ["spell_out"]
