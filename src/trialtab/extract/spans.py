"""Names of spans of time: how long something lasted or took, where the sentence leaves a part of the name out."""

import re

from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft
from trialtab.extract.phrases import is_people, noun_phrase

_POINTS_BACK = re.compile(
    r"(?:the )?(?:median |mean )?(duration|onset|time to onset|time to resolution|resolution)", re.I
)
_SPAN_OF = re.compile(
    r"^(?:median |mean )?(?:duration|onset|time to onset|time to|time to resolution|start) (?:of )?", re.I
)
_TIME_TO = ("time to", "median time to", "mean time to")
_KEPT = frozenset(("maintained", "sustained", "persisted", "continued", "lasted", "held", "kept"))


def name_span(line: Line, row: Linked, before: list[Linked]) -> None:
    """Completes the outcome of a row by the rows before it in the sentence, or by the sentence before."""
    if row.outcome and (pointing := _POINTS_BACK.fullmatch(row.outcome)):
        back = next((r.outcome for r in reversed(before) if r.outcome), line.carried.outcome)
        base = _SPAN_OF.sub("", back) if back else ""
        if base and not _POINTS_BACK.fullmatch(base):
            row.outcome = f"{pointing.group(1)} of {base}"  # "the median duration was 4 days"
    draft, told = row.draft, before[-1] if before else None
    if row.outcome in _GOES_BY_ITSELF and (subject := _subject_of(line, draft)):
        lasts = row.outcome in ("lasted", "persisted")
        row.outcome = f"duration of {subject}" if lasts else f"{subject} {row.outcome}"
        row.outcome_range = None
        return
    if draft.shape == "time" and not before and _opens_with_follow_up(line, draft):
        row.outcome, row.outcome_range = "follow-up", None
        return
    if draft.shape != "time" or not row.outcome:
        return
    span = row.outcome_range
    if row.outcome.startswith(("in ", "on ")):
        row.outcome = f"time {row.outcome}"  # "12 days in the hospital"
    elif told is not None and told.draft.shape != "time" and row.outcome == told.outcome and _for_so_long(line, draft):
        row.outcome = f"duration of {row.outcome}"  # "nine took prednisone, for a median of 30 days"
    elif (
        span is not None
        and told is not None
        and line.word(span[0] - 1) == "to"
        and (told.outcome or "").lower().startswith(_TIME_TO)
        and not row.outcome.lower().startswith(_TIME_TO)
    ):
        row.outcome = f"time to {row.outcome}"  # "the time to response was 21 days, and to remission 45 days"
    elif _of_follow_up(line, draft):
        row.outcome, row.outcome_range = "follow-up", None
    elif (
        span is not None
        and _for_so_long(line, draft)
        and any(line.word(k) in _KEPT for k in range(span[1], draft.first))
        and not row.outcome.startswith(("duration", "time"))
    ):
        row.outcome = f"duration of {row.outcome}"  # "response was maintained for a median of 14 months"


_GOES_BY_ITSELF = frozenset(
    ("lasted", "persisted", "returned", "reappeared", "recovered", "disappeared", "resolved", "recurred", "normalized")
)


def _subject_of(line: Line, draft: Draft) -> str | None:
    """The subject of a sentence whose last verb stands alone: "B cells disappeared in all and reappeared after …"."""
    verb = next((k for k in range(min(draft.first, 14)) if line.word(k) in line.verbs | _GOES_BY_ITSELF), None)
    span = noun_phrase(line, 0, verb) if verb else None
    if span is None or is_people(line, *span) or any(k in line.result_at for k in range(*span)):
        return None
    return line.say(*span)


def _opens_with_follow_up(line: Line, draft: Draft) -> bool:
    """ "Over a median of 2.6 years, the primary outcome occurred in …": how long they were followed."""
    opens = line.word(0) in ("over", "during", "after") and line.word(1) in ("a", "the") and draft.first <= 4
    if not opens or draft.statistic not in ("median", "mean") or line.word(draft.last) != ",":
        return False
    nxt = next((d for d in line.results if d.first > draft.last), None)  # "after a median of 28 days, response began"
    return line.word(0) != "after" or (nxt is not None and nxt.shape in ("count", "fraction", "percent"))


def _of_follow_up(line: Line, draft: Draft) -> bool:
    """ "at last follow-up (median 15 months, range 4-29)"."""
    if not draft.depth or line.word(draft.first - 1) not in line.sets["median"] | {"("}:
        return False
    opening = line.open_bracket(draft.first, 0)
    return opening is not None and line.printed(opening - 1, opening).lower().endswith(("follow-up", "followup"))


def _for_so_long(line: Line, draft: Draft) -> bool:
    """Whether "for", or "for a median of", stands before a span."""
    k = draft.first - 1
    while line.word(k) in line.sets["median"] | line.sets["average"] | {"a", "an", "of"}:
        k -= 1
    return line.word(k) == "for"
