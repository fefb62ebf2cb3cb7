"""Whether a bare whole number counts people or events: "two relapsed", "occurred in two", "6 CR and 3 PR"."""

from trialtab import vocabulary
from trialtab.extract.grades import counts_a_grade
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, Draft, Item
from trialtab.extract.measures.row import Row, closing, noun_phrase
from trialtab.extract.measures.typed_items import is_year

_BEHIND_A_COUNT = frozenset(("so", "after", "within", "at", "on", "during", "by", "because", "due", "without", "until"))
TAKEN_IN = frozenset((
    "enrolled", "randomized", "randomised", "recruited", "infused", "treated", "screened", "dosed", "apheresed",
    "registered", "consented",
))  # fmt: skip
"""Beside a number without a noun: what was done to the people whom it counts."""
_SENT = frozenset(("treated", "assigned", "allocated", "randomized", "randomised"))
_RESPONSES = frozenset(("cr", "pr", "sd", "pd", "vgpr", "scr", "cri", "crh", "mlfs", "ncr", "mr", "cmr", "pmr"))
_PEOPLE_DID = frozenset(
    ("had", "developed", "experienced", "achieved", "underwent", "required", "received", "obtained", "attained")
)


def counts_responses(row: Row, draft: Draft) -> bool:
    """ "6 CR and 3 PR", "8 complete (67%) and 3 partial (25%) responses": how many had each response."""
    before, after, behind = (row.word(draft.first - 1), row.word(draft.last), row.word(draft.last + 1))
    if before not in (":", ",", ";", "and", "(", "[", "including", "with", "were", "had", "achieved"):
        return False
    kind = after in ("complete", "partial", "minor", "minimal") and behind in ("(", "[", "and", ",")
    if kind or (after in _RESPONSES and behind in (",", ";", ".", "and", ")", "]", "(", "")):
        draft.named = (draft.last, draft.last + 1)
        return True
    return False


def adds_up(row: Row, draft: Draft) -> bool:
    """ "362 were analysed (182 A, 180 B)": a whole number of a bracket whose numbers add up to the one before."""
    opening = draft.first - 1
    while opening > 0 and row.word(opening) not in ("(", "["):
        opening -= 1
    close = next((k for k in range(draft.last, len(row.items)) if row.word(k) in (")", "]", "(", "[")), 0)
    parts = [i.values.get("value", 0.5) for i in row.items[opening:close] if i.kind == "N"]
    whole = next((i for i in reversed(row.items[max(0, opening - 7) : opening]) if i.kind == "N"), None)
    if close - opening > 16 or len(parts) < 2 or whole is None or any(n % 1 for n in parts):
        return False
    return sum(parts) == whole.values.get("value") and not any(i.kind == "PCT" for i in row.items[opening:close])


def sizes_an_arm(row: Row, draft: Draft) -> bool:
    """ "133 dolmirin-treated", "(group A, 103; group B, 102)", "205 (…) were treated"."""
    k = draft.last
    if row.word(k)[:1].isalpha() and row.word(k + 1) in ("-", "‐", "‑") and row.word(k + 2) in _SENT:
        return True
    lettered = draft.first > 1 and row.items[draft.first - 2].kind == "GROUP" and row.word(draft.first - 1) == ","
    if lettered and row.depth[draft.first] and row.word(k) in (";", ")", "]"):
        return True
    close = closing(row, k) if row.word(k) in OPENERS else None
    return close is not None and row.items[k + 1].kind == "GROUP" and counts_people(row, close + 1)


def event_behind(row: Row, item: Item, i: int) -> tuple[str, int] | None:
    """ "one ICANS", "two grade 3 pneumonias": a number in words before an event that the vocabulary knows."""
    listed = row.counted and row.word(i - 2) in ("and", ",")  # "10 infarctions and 1 hematoma"
    if row.word(i - 2) in ("least", "than", "most") or (item.constants.get("tag") != "WORDNUM" and not listed):
        return None
    if row.word(i) == "of":
        return None  # "one of sepsis"
    last = noun_phrase(row, i)
    first = i + 1 if i < last and row.items[i].kind == "GRADE" else i
    if last <= first or any(row.items[k].kind != "W" for k in range(first, last)):
        return None
    known = vocabulary.outcome(" ".join(row.items[k].text for k in range(first, last)))
    told = ("adverse_event", "mortality", "relapse", *(("efficacy_response",) if listed else ()))
    if known is None or known.term.category not in told:
        return None
    return row.word(last - 1), last - 1


def counts_in_so_many(row: Row, draft: Draft) -> bool:
    """ "occurred in two", "grade 1 in 3 and grade 2 in 1", "Enrolled: 111"."""
    before, after = row.word(draft.first - 1), row.word(draft.last)
    if before in ("only", "just", "merely") and row.word(draft.first - 2) in ("in", "by"):
        before = row.word(draft.first - 2)  # "had resolved in only two"
    if (
        before in OPENERS
        and after in (")", "]")
        and row.counted
        and row.items[draft.first].constants["tag"] == "WORDNUM"
    ):
        return True  # "grade 3 rash (two patients), grade 4 thrombocytopenia (one)"
    ends = (
        draft.last >= len(row.items)
        or after in (",", ";", ".", "and", "or", ")", "(", "[", "of", "but", "while", "with", "each")
        or row.items[draft.last].kind == "GRADE"
    )
    if not ends and row.items[draft.first].constants.get("tag") == "WORDNUM":
        ends = after in _BEHIND_A_COUNT  # "in eight so far", "in four at week 12"
    if row.counted and after in row.sets["versus"]:
        ends = True  # "remission in ten versus three"
    lead = draft.first - 1
    if row.counted and before in row.sets["versus"] | {"and"} and row.items[lead - 1].kind == "N":
        lead -= 2  # "at week 8 in 15 and 9"
    if row.counted and ends and row.word(lead) in ("in", "by") and row.items[lead - 1].kind in ("TIME", "POINT"):
        return True
    if lead < draft.first - 1 and before != "and" and row.word(lead) in ("in", "by") and ends:
        return row.word(lead - 1)[:1].isalpha()
    if before in ("in", "by") and (_first_of_a_pair(row, draft) or _so_severe_in(row, draft)):
        return True
    if before == "by" and row.word(draft.first - 2) in _NEEDED and after in ("during", "within", "after", *_ENDS):
        return True  # "rescue treatment was needed by 4 during the study"
    if before in ("in", "by") and ends:
        if _behind_an_event(row, draft):
            return True  # "events were mucositis in 8, anaemia in 6": the first count of its sentence
        k = draft.first - 2
        if row.word(k) in OPENERS and after in (")", "]") and row.counted:
            return True  # "progressive disease (in 39 patients), adverse events (in ten)"
        if row.word(k) == ")":  # "a partial response (PR) in 7"
            k = next((m - 1 for m in range(k, -1, -1) if row.word(m) in OPENERS), k)
        return k >= 0 and (
            row.items[k].kind == "GRADE"
            or row.word(k) in row.sets["occur"]
            or (
                row.word(k)[:1].isalpha()
                and after != "of"
                and (
                    row.items[draft.first].constants.get("tag") == "WORDNUM"
                    or row.depth[draft.first] > 0
                    or (row.counted and not is_year(row.items[draft.first].values["value"]))
                )
            )
        )
    if before == "to" and ends and row.counted and any(
        row.word(m) in ("given", "administered") for m in range(draft.first)
    ):  # fmt: skip
        return True  # "tocilizumab was given to 5 patients and dexamethasone to 1"
    if after in ("in", "per") and row.word(draft.last + 1) in ("each", "either", "both", "group", "arm"):
        return (row.counted and row.word(draft.last + 1) in row.sets["group_head"]) or (
            row.word(draft.last + 2) in row.sets["group_head"]
        )  # "six in each group were not operated on"
    graded = draft.last < len(row.items) and row.items[draft.last].kind == "GRADE"
    if graded and row.counted and before in (",", "and", ";", ":") and (
        draft.last + 1 >= len(row.items) or row.word(draft.last + 1) in (",", "and", ".", ";", ")")
    ):  # fmt: skip
        return True  # "seven had grade 1, four grade 2, and two grade 3"
    if before in ("affected", "troubled", "hit") and ends:
        return True  # "late neutropenia troubled three"
    if graded and row.depth[draft.first] and before in (";", ",", "(", "and", "including"):
        return row.word(draft.last + 1) in (")", "]", ";", ",", "and")  # "(67%; one grade 3)"
    if after == "without" and before in ("and", "versus", "vs") and row.counted:
        return True
    if counts_a_grade(row.items, draft.first):
        return True
    if before in (",", ":", "=") and row.depth[draft.first] and row.items[draft.first - 2].kind == "GRADE":
        return ends and draft.first > 1  # "(grade 1, 9; grade 2, 5)"
    k = draft.first - 1
    while k > 1 and row.word(k) in (",", "and") and row.items[k - 1].kind == "N":
        k -= 2
    if row.counted and before in ("and", ",") and _is_given(row, draft.last) and any(
        row.word(m) in ("received", "took") and "N" in (row.items[m - 1].kind, row.items[max(m - 2, 0)].kind)
        for m in range(1, draft.first)
    ):  # fmt: skip
        return True  # "168 received A and 142 placebo", but not "9 had received A and 4 B"
    if row.word(k) in ("numbered", "totaled", "totalled", "totalling", "totaling"):
        return True  # "events numbered 57 and 73"
    k = draft.first - 1
    while row.word(k) in (":", "*", "**"):
        k -= 1
    return row.word(k) in TAKEN_IN and ends


_ENDS = frozenset((",", ";", ".", "", ")", "respectively"))
_NEEDED = frozenset(("needed", "required", "used", "taken", "received"))
_SEVERITIES = frozenset(("mild", "moderate", "severe", "serious", "fatal", "life-threatening", "transient"))


def _first_of_a_pair(row: Row, draft: Draft) -> bool:
    """ "doses were skipped in 12 and 3", "a good response in 34 and 25 respectively"."""
    if row.word(draft.last) not in ("and", *row.sets["versus"]) or draft.last + 1 >= len(row.items):
        return False
    other = row.items[draft.last + 1]
    both = [row.items[draft.first].values["value"], other.values.get("value", 0.5)]
    if other.kind != "N" or any(v % 1 or is_year(v) for v in both) or row.word(draft.first - 2) in ("was", "were"):
        return False
    k = draft.last + 2
    return row.word(k) in _ENDS and (k >= len(row.items) or row.items[k].kind == "W")


def _so_severe_in(row: Row, draft: Draft) -> bool:
    """ "it was mild in 10 and moderate in 1"."""
    return row.word(draft.first - 2) in _SEVERITIES and row.word(draft.last) in ("and", *_ENDS)


def _behind_an_event(row: Row, draft: Draft) -> bool:
    """Whether "X in" stands before a number, X an event that the vocabulary knows by its last words."""
    year = is_year(row.items[draft.first].values["value"])
    if draft.depth or year or row.word(draft.first - 2) in row.sets["people"]:
        return False
    for size in (3, 2, 1):
        words = [row.word(k) for k in range(draft.first - 1 - size, draft.first - 1)]
        known = vocabulary.outcome(" ".join(words)) if all(words) else None
        if known is not None and known.method == "exact":
            return known.term.category in ("adverse_event", "mortality", "relapse", "efficacy_response")
    return False


def _is_given(row: Row, k: int) -> bool:
    """Whether a drug or a control stands at item k, where the clause ends behind it."""
    named = row.word(k) in ("placebo", "control") or vocabulary.is_drug(row.word(k))
    return named and row.word(k + 1) in ("", ".", ",", ";", ")", "and")


def counts_people(row: Row, i: int) -> bool:
    """ "One was rehospitalised", "two had fever", "four of whom relapsed": people are meant."""
    if row.word(i) in OPENERS and (close := closing(row, i)) is not None and close - i <= 6:
        named = all(x.kind == "W" and x.text[:1].isalpha() for x in row.items[i + 1 : close])
        return named and is_subject(row, i - 1, close + 1)  # "of which one (pneumonia) was of grade 3"
    word, after = row.word(i), row.word(i + 1)
    if word in ("of", "had", "were", "was") and after in ("whom", "these", "them", "those"):
        return True
    if word in ("related", "attributed", "due") and after in ("to",) and row.depth[i - 1] == 0:
        return True
    if word in ("given", "receiving") and row.word(i - 2) in ("and", ",", "in", "or", ";", "with"):
        return True
    if word in ("was", "were") and after in (
        "randomized", "randomised", "enrolled", "included", "treated", "infused", "analysed", "analyzed",
        "exposed", "evaluable", "assigned", "recruited", "evaluated", "eligible", "screened", "assessed"
    ):  # fmt: skip
        return True
    if word in TAKEN_IN and after in (":", ".", ",", ";", "(", "") and row.word(i - 2) in ("", ".", ";", ":", ","):
        return i == 1 or row.word(i - 2) != ","  # "Sixteen treated: 5 at DL1, …"
    if word in ("was", "were") and row.items[i - 1].first == 0:
        return True
    if word == "because" and after == "of":
        return True
    if word in ("more", "others", "further") and after in ("were", "was", "had", "did"):
        return True  # "three more were not in remission"
    return word in row.sets["did"] | _PEOPLE_DID or is_subject(row, i - 1)


def is_subject(row: Row, n: int, behind: int = 0) -> bool:
    """ "and 4 were in remission", "28 were not enrolled", "the other 129 took a placebo"."""
    word, before = row.word(behind or n + 1), row.word(n - 1)
    if before in ("other", "remaining"):
        before = row.word(n - 2)
    opens = n == 0 or before in ("and", ",", ";", ":", "(", "but", "while", "whereas", "the", "of", "which", "whom")
    opens = opens or row.items[n - 1].kind in ("TIME", "POINT")  # "at the data cut-off 12 were in remission"
    if not opens or (before == "and" and n > 1 and row.items[n - 2].kind in NUMBER_KINDS):
        return False  # "scores of 5 and 6 were combined"
    if word == "who":
        return True
    return before != "of" and word in (
        "was",
        "were",
        "are",
        "still",
        "reached",
        "complained",
        "did",
        "went",
        "took",
        "needed",
        "started",
        "proceeded",
        "left",
        "remain",
        "remained",
        "stayed",
        "continue",
        "kept",
    )
