"""Numbers that the ledger ignores, three draws of a hundred by hash of their place, read by hand: how many are
findings.

The draws held six, five and six; three of a hundred is the aim. Each was read before anything was learnt from it, and
what it taught was mended after: FINDINGS_MAX is how many of the seventeen are still left out.
"""

from __future__ import annotations

import json
from functools import cache

from bundled import ROOT
from trialtab import extract, readers, rules

READ = [json.loads(line) for line in (ROOT / "tests" / "ignored_by_hand.jsonl").read_text("utf-8").splitlines()]
FINDINGS_MAX = 7


@cache
def ignored(document):
    """Places of the numbers that are left out of a document of the corpora."""
    corpus, name = document.split("/")
    path = ROOT / "corpora" / corpus / "documents" / name
    (one,) = readers.read(path.read_bytes(), name)
    return {(n.start, n.end) for n in extract.extract(one, rules.load()).numbers if n.fate == "ignored"}


def test_few_of_the_ignored_numbers_are_findings():
    left_out = [r for r in READ if r["verdict"] == "finding" and (r["start"], r["end"]) in ignored(r["document"])]
    assert len(READ) == 300 and len(left_out) <= FINDINGS_MAX


def test_what_was_read_as_no_finding_stays_left_out():
    others = [r for r in READ if r["verdict"] == "no finding"]
    still = sum((r["start"], r["end"]) in ignored(r["document"]) for r in others)
    assert still >= 0.9 * len(others)
