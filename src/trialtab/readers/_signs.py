"""By what a text is known to be records: tagged lines, JSON. Light: asked of every file before a reader is imported."""

from __future__ import annotations

import re

_JSON_START = re.compile(r'\s*(?:\{\s*(?:"|\})|\[\s*(?:\{|\]))')
_TAGGED = re.compile(r"[A-Z][A-Z0-9]  - ")


def tagged_kind(sample: str) -> str:
    """ "medline" or "ris" where the first lines of a text are tagged so ("TY  - JOUR", "PMID- 31452104"); else ""."""
    lines = [line for line in sample[:20_000].splitlines() if line.strip()][:40]
    begins = [line for line in lines if re.match(r"(?:TY {1,2}- ?[A-Z]|PMID- ?\d)", line)]
    if begins:
        return "ris" if begins[0].startswith("TY") else "medline"
    first = lines[:3]
    tagged = len(first) >= 2 and all(_TAGGED.match(line) for line in first[:2])
    return "" if not tagged else "medline" if any(line.startswith(("OWN -", "STAT-")) for line in first) else "ris"


def looks_like_json(sample: str) -> bool:
    """The start of an object, or of a list of objects."""
    return bool(_JSON_START.match(sample))
