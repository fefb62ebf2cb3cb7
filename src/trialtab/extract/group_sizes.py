"""Sizes said of all groups at once: "n = 8 in each group", "40 patients were divided into two equal groups"."""

import re
from collections import Counter

from trialtab import values
from trialtab.model import Document
from trialtab.prefilter import Prefiltered

_PEOPLE = (
    r"(?:patients|subjects|participants|women|men|children|infants|eyes|volunteers|individuals|animals|rats|mice|dogs|"
    r"rabbits|pigs|students|adults|persons|people|knees|teeth|cases|females|males|boys|girls|neonates|newborns|mothers|"
    r"players|athletes|specimens|samples|implants)"
)
_N = rf"(?P<n>\d{{1,5}}|{values.NUMBER_WORDS})"
_GROUP = r"(?:group|arm|cohort|treatment|condition)"
_EACH = re.compile(
    rf"\bn\s*=\s*(?P<n1>\d{{1,5}})\s*(?:{_PEOPLE}\s+)?(?:,\s*)?(?:(?:in|for|per)\s+)?(?:each|per|every|both|/)\s*(?:of\s+the\s+)?"
    rf"(?:{_GROUP}s?\b|\))"
    rf"|\b{_N}\s+{_PEOPLE}\s+(?:were\s+)?(?:(?:randomly\s+)?(?:assigned|allocated|randomi[sz]ed|included|enrolled)\s+)?"
    rf"(?:in|per|for|to|into|a)\s*(?:each|every|both)?\s*(?:of\s+the\s+\w+\s+)?{_GROUP}s?\b(?=\W)"
    rf"|\b(?:each|every)\s+{_GROUP}\s*(?:of|included|comprised|comprising|consisted\s+of|contained|containing|had|with|,|:|;)?\s*"
    rf"[(]?\s*(?:n\s*=\s*)?(?P<n2>\d{{1,5}})\b(?!\s*(?:%|mg|ml|weeks?|days?|months?))"
    rf"|\b(?:two|three|four|five|six|2|3|4|5|6)\s+(?:equal\s+|parallel\s+)?groups\s*(?:of|[(]\s*n\s*=)\s*(?P<n3>\d{{1,5}})\b",
    re.IGNORECASE,
)
_EQUAL = Prefiltered(
    rf"\b{_N}\s+(?:[\w-]+\s+){{0,4}}?{_PEOPLE}\s+(?:[^.;]{{0,120}}?)\b(?:into|to)\s+(?P<k>two|three|four|five|six|2|3|4|5|6)\s+"
    rf"(?:[\w-]+\s+){{0,2}}?equal(?:ly[- ]sized)?\s+(?:[\w-]+\s+){{0,2}}?groups",
    re.IGNORECASE,
)
_PLANNED = Prefiltered(
    r"\b(?:sample size|power|required|needed|necessary|calculat\w+|would|to detect|at least|planned|plan|estimated|"
    r"assum\w+|minimum|recruit)\b",
    re.IGNORECASE,
)
_ALL_OF_THEM = re.compile(r"\b(?:each|every|both|per)\b|/|=|\bgroups\b", re.IGNORECASE)
_CUE = Prefiltered(
    r"\b(?:each|every|both|equal(?:ly)?)\b|\bper (?:group|arm)|/\s?group|\bgroups\s*(?:of|\()\s*(?:n\s*=\s*)?\d", re.I
)


def equal_size(document: Document) -> tuple[int, int, int] | None:
    """The size that a document gives to each of its groups, with its place (n, start, end); None where it says none.

    Sentences that plan a sample size do not count. The size said most often is taken, the first of them where several
    tie. Raises nothing; linear in the text.
    """
    text = document.text
    found: list[tuple[int, int, int]] = []
    for block in document.blocks:
        if block.kind not in ("paragraph", "item", "caption", "footnote") or block.section in ("references", "back"):
            continue
        for cue in _CUE.finditer(text, block.start, block.end):
            start = max(block.start, text.rfind(". ", block.start, cue.start()) + 1, cue.start() - 300)
            stop = text.find(". ", cue.end(), block.end)
            end = min(stop if stop > 0 else block.end, cue.end() + 200)
            sentence = text[start:end]
            if _PLANNED.search(sentence):
                continue
            for m in _EACH.finditer(sentence):
                if not _ALL_OF_THEM.search(m.group()):
                    continue
                name = next(k for k in ("n1", "n", "n2", "n3") if m.group(k))
                size = values.number(m.group(name))
                if size is not None and size >= 2:
                    found.append((int(size), start + m.start(name), start + m.end(name)))
            equal = _EQUAL.search(sentence)
            if equal is not None:
                total, groups = values.number(equal.group("n")), values.number(equal.group("k"))
                if total and groups and total % groups == 0 and total > groups:
                    found.append((int(total / groups), start + equal.start("n"), start + equal.end("n")))
    if not found:
        return None
    best = Counter(n for n, _, _ in dict.fromkeys(found)).most_common(1)[0][0]
    return next(entry for entry in found if entry[0] == best)


__all__ = ["equal_size"]
