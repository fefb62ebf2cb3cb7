"""Results told without a number: "none of the eleven", "no patient", "all patients", "was not reached"."""

from trialtab import vocabulary
from trialtab.extract.measures.absorption import absorb, take_total
from trialtab.extract.measures.brackets import take_bracket
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, Draft
from trialtab.extract.measures.row import Row, noun_phrase

_CURVES = frozenset(("pfs", "os", "dor", "efs", "dfs", "rfs", "ttp", "mpfs", "mos", "mdor", "mefs", "mdfs", "mrfs"))
"""Times of which "not reached" is the median, whether the word is said or not."""
_VANISHED = frozenset(
    ("vanished", "disappeared", "sank", "cleared", "resolved", "returned", "normalized", "normalised")
)


def nobody(row: Row, i: int) -> Draft | None:
    """ "no severe cases of X", "there were no deaths", "none of the patients", "none", "never above grade 2": 0."""
    text = row.word(i)
    if text == "no" and row.word(i + 1) == "one":
        return zero_draft(row, i, i + 2, "patients", None)
    if text in ("none", "nobody"):
        if last := grade_above(row, i + 1):
            return zero_draft(row, i, last, "patients", None)  # "nobody above grade 2"
        last = i + 1
        noun = "patients"
        if row.word(last) == "of":
            while last < len(row.items) and last - i < 5 and row.word(last) not in row.sets["people"]:
                last += 1
            if row.word(last) not in row.sets["people"] | row.sets["events"]:
                last = i
            last += 1
        named = (
            (last - 1, last) if row.word(last - 1) in row.sets["events"] - {"case", "cases"} and last > i + 1 else None
        )
        return zero_draft(row, i, max(last, i + 1), noun, named)
    if text == "never" and (last := grade_above(row, i + 1)):
        return zero_draft(row, i, last, "patients", None)
    if text == "neither":
        last = noun_phrase(row, i + 1)
        if row.word(i + 1) in row.sets["people"]:
            return zero_draft(row, i, i + 2, row.word(i + 1), None)
        if row.word(last) == "nor" and (names_an_event(row, i + 1, last) or was_seen(row, noun_phrase(row, last + 1))):
            return zero_draft(row, i, last, None, (i + 1, last))
        return None
    if text != "no" or row.word(i + 1) in row.sets["no_not_zero"] or so_many_had_none(row, i):
        return None
    if row.word(i + 1) in row.sets["people"]:
        return zero_draft(row, i, i + 2, row.word(i + 1), None)
    last = noun_phrase(row, i + 1)
    graded = i + 1 < len(row.items) and row.items[i + 1].kind == "GRADE"
    happened = row.word(last) in ("developed", "occurred", "arose", "emerged", "appeared", "happened")
    if last == i + 1 or (not graded and not happened and not names_an_event(row, i + 1, last)):
        return None
    if graded and last == i + 2:
        return zero_draft(row, i, last, None, None)
    if row.word(last - 1) in row.sets["people"] and not any(row.word(k) in ("case", "cases") for k in range(i, last)):
        return zero_draft(row, i, last, row.word(last - 1), None)
    return zero_draft(row, i, last, None, (i + 1, last))


def nobody_again(row: Row, i: int) -> Draft | None:
    """The next item of "no A, B or C"."""
    k = i
    while row.word(k) in (",", "or", "and", "nor"):
        k += 1
    if k == i or row.word(k) in row.sets["determiner"]:
        return None
    last = noun_phrase(row, k)
    seen = row.word(k - 1) == "nor" and was_seen(row, last)
    if last == k or not (seen or names_an_event(row, k, last)) or any(row.items[m].kind != "W" for m in range(k, last)):
        return None
    if row.word(last) in row.sets["copula"] | row.sets["have"] | row.sets["did"] and row.word(last) not in (
        "was",
        "were",
        "occurred",
    ):
        return None
    if last < len(row.items) and (
        row.items[last].kind in NUMBER_KINDS
        or (row.word(last) in OPENERS and row.items[min(last + 1, len(row.items) - 1)].kind in NUMBER_KINDS)
    ):
        return None
    return zero_draft(row, k, last, None, (k, last))


def was_seen(row: Row, k: int) -> bool:
    """Whether "was observed", "were seen", "occurred" stands at item k."""
    if row.word(k) in ("was", "were"):
        return row.word(k + 1) in row.sets["occur"]
    return row.word(k) in ("occurred", "developed", "appeared")


def zero_draft(row: Row, first: int, last: int, noun: str | None, named: tuple[int, int] | None) -> Draft:
    draft = Draft("zero", first, last, row.items[first].start, row.items[last - 1].end, depth=row.depth[first])
    draft.rules.append("explicit_zero")
    draft.fields.update(events=0.0, negated=True)
    draft.noun, draft.noun_item, draft.named = noun, last - 1, named
    take_total(row, draft)
    absorb(row, draft)
    return draft


def grade_above(row: Row, i: int) -> int:
    """Behind "above grade 2", "worse than grade 2", "exceeded grade 2" that begins at i; 0 where none does."""
    k = i + 1 if row.word(i) in ("above", "beyond", "over", "exceeded", "exceeding", "exceeds") else 0
    if row.word(i) in ("higher", "worse", "greater", "more") and row.word(i + 1) == "than":
        k = i + 2
    return k + 1 if k and k < len(row.items) and row.items[k].kind == "GRADE" else 0


_SEEN = frozenset(("observed", "seen", "noted", "reported", "recorded", "detected", "encountered", "documented"))
_HARMS = ("adverse_event", "mortality", "relapse")


def did_not_occur(row: Row, i: int) -> Draft | None:
    """ "ICANS was not observed", "relapse did not occur", "not one reactivation of X": zero events."""
    before, after = row.word(i - 1), row.word(i + 1)
    if (none := _not_one(row, i)) is not None:
        return none
    seen = before in ("was", "were") and after in _SEEN
    if not seen and not (before == "did" and after in ("occur", "develop")):
        return None
    if row.word(i + 2) in ("more", "less", "until", "before", "to", "as") or (
        row.word(i + 2) in ("in", "by") and i + 3 < len(row.items) and row.items[i + 3].kind in NUMBER_KINDS
    ):
        return None  # "was not seen in 12 of 13"
    first = i - 1
    while first > 0 and i - first < 7 and row.word(first - 1)[:1].isalnum():
        first -= 1
    harm = next((k for k in range(first, i - 1) if _is_harm(" ".join(row.words[k : i - 1]))), None)
    return zero_draft(row, i - 1, i + 2, "patients", (harm, i - 1)) if harm is not None else None


def _is_harm(name: str) -> bool:
    known = vocabulary.outcome(name) or (vocabulary.outcome(name.upper()) if name.isalpha() and len(name) < 7 else None)
    return (known.term.category if known is not None else vocabulary.outcome_class(name)) in _HARMS


def _not_one(row: Row, i: int) -> Draft | None:
    single = row.word(i + 1) == "a" and row.word(i + 2) == "single"
    one = i + 1 < len(row.items) and row.items[i + 1].kind == "N" and row.items[i + 1].text == "one"
    if not (single or one):
        return None
    first = i + 3 if single else i + 2
    last = noun_phrase(row, first)
    return zero_draft(row, i, last, None, (first, last)) if last > first and row.word(first) != "of" else None


def occurred_once(row: Row, i: int) -> Draft | None:
    """ "occurred once with the triplet": one event."""
    if row.word(i - 1) not in ("occurred", "recurred", "happened", "seen", "observed"):
        return None
    if row.word(i + 1) in ("a", "per", "every", "daily", "weekly", "monthly", "the"):
        return None
    draft = Draft("count", i, i + 1, row.items[i].start, row.items[i].end, depth=row.depth[i], rules=["occurred_once"])
    draft.fields["value"] = 1.0
    return draft


def so_many_had_none(row: Row, i: int) -> bool:
    """ "two had no response": of so many it is told, and it is no zero."""
    if row.word(i - 1) not in row.sets["have"] | {"with"}:
        return False
    k = i - 2
    while row.word(k) in row.sets["people"]:
        k -= 1
    return k >= 0 and row.items[k].kind in ("N", "PCT", "FRAC")


def names_an_event(row: Row, first: int, last: int) -> bool:
    words = {row.word(k) for k in range(first, last)}
    if words & (row.sets["events"] | {"case", "cases", "patient", "patients"}):
        return True
    name = " ".join(row.items[k].text for k in range(first, last) if row.items[k].text)
    return vocabulary.outcome(name) is not None or _is_harm(name)


def single_case(row: Row, i: int) -> Draft | None:
    """ "a single case of X" is one."""
    if (
        row.word(i) != "single"
        or row.word(i - 1) not in ("a", "the")
        or row.word(i + 1) not in row.sets["events"] | row.sets["people"]
    ):
        return None
    draft = Draft(
        "count", i - 1, i + 1, row.items[i - 1].start, row.items[i].end, depth=row.depth[i], rules=["a_single"]
    )
    draft.fields["value"] = 1.0
    draft.noun, draft.noun_item = row.word(i + 1), i + 1
    return draft


def everybody(row: Row, i: int) -> Draft | None:
    """ "all patients responded": 100 percent of an unnamed number."""
    if row.word(i) not in ("all", "both", "every"):
        return None
    if row.word(i) == "both" and row.word(i + 1) in row.sets["people"] and row.word(i - 1) in ("in", "by"):
        draft = Draft(
            "fraction",
            i,
            i + 2,
            row.items[i].start,
            row.items[i + 1].end,
            depth=row.depth[i],
            rules=["both_of_them"],
        )
        draft.fields.update(events=2.0, total=2.0)
        return draft
    k = i + 1
    if row.word(i) == "all" and i == 0 and row.word(k) in row.sets["did"] | {"had", "were", "achieved"}:
        draft = Draft("all", i, k, row.items[i].start, row.items[i].end, rules=["all_of_them"])
        draft.fields["percent"] = 100.0
        return draft
    if row.word(i) == "all" and row.word(k) in row.sets["did"] and people_before(row, i):
        draft = Draft("all", i, k, row.items[i].start, row.items[i].end, rules=["all_of_them"])
        draft.fields["percent"] = 100.0
        return draft  # "patients with an inborn error all responded"
    while row.word(k) in ("the", "of", "treated", "evaluable", "study"):
        k += 1
    if row.word(k) not in row.sets["people"]:
        return None
    people = k
    if row.word(i - 1) in ("in", "by") and row.word(k + 1) not in row.sets["people"] | {"who", "with"}:
        behind_verb = any(
            row.word(m) in row.sets["occur"] | row.sets["copula"] | row.sets["have"] | row.sets["change"] | _VANISHED
            for m in range(max(0, i - 8), i)
        )
        graded = any(item.kind == "GRADE" for item in row.items[max(0, i - 8) : i])  # "grade ≥3 neutropenia in all"
        if behind_verb or graded:
            draft = Draft("all", i, k + 1, row.items[i].start, row.items[k].end, depth=row.depth[i])
            draft.rules.append("in_all_of_them")
            draft.fields["percent"] = 100.0
            return draft
    if row.word(k + 1) in ("with", "in") and k + 2 < len(row.items):
        k = noun_phrase(row, k + 2) - 1
    if row.word(k + 1) not in (
        "had", "were", "was", "are", "responded", "achieved", "survived", "relapsed", "died", "recovered",
        "remained", "reached", "developed", "experienced", "attained", "improved"
    ):  # fmt: skip
        return None
    draft = Draft("all", i, k + 1, row.items[i].start, row.items[k].end, depth=row.depth[i])
    draft.rules.append("all_of_them")
    draft.fields["percent"] = 100.0
    draft.noun, draft.noun_item = row.word(people), k
    return draft


def people_before(row: Row, i: int) -> bool:
    """Whether a clause opens with people and goes on without a verb: "Patients with an inborn error | all"."""
    verbs = row.sets["copula"] | row.sets["have"] | row.sets["did"] | row.sets["occur"]
    k = i - 1
    while k >= 0 and row.items[k].kind == "W" and row.word(k) not in (",", ";", ".") and row.word(k) not in verbs:
        k -= 1
    return row.word(k + 1) in row.sets["people"]


def state_without_value(row: Row, i: int) -> Draft | None:
    """ "not reached", "not estimable", "NR" after a median: a row with a qualifier and no number."""
    text = row.word(i)
    after = row.word(i + 1)
    last = i + 1
    while text == "not" and after in ("yet", "been"):
        last, after = last + 1, row.word(last + 1)
    if text == "not" and after in ("reached", "estimable", "evaluable", "calculable", "attained"):
        said = "not reached" if after in ("reached", "attained") else "not estimable"
        last += 1
    elif text == "nr" and row.word(i - 1) in ("(", "[", ",", ":", "was", "were", "vs", "versus", "v", "and"):
        said = "not reached"
    else:
        return None
    if not any(row.word(k) in row.sets["median"] | _CURVES for k in range(i)) and not any(
        row.items[k].kind == "TIME" for k in range(max(0, i - 12), min(len(row.items), i + 12))
    ):
        return None
    draft = Draft("state", i, last, row.items[i].start, row.items[last - 1].end, depth=row.depth[i])
    draft.rules.append("not_reached")
    draft.fields["qualifier"] = said
    draft.statistic = "median"
    if row.word(last) in OPENERS:
        take_bracket(row, draft)
    return draft
