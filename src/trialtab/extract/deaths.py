"""Causes of death: counts of a sentence that says what people died of are deaths, whatever their own names say."""

import re

from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import OPENERS

_DEATHS = frozenset(("death", "deaths", "died", "fatalities", "dead"))
_OWED = frozenset(("due", "attributed", "attributable", "caused", "from", "owing", "related", "resulted"))
_COUNTS = frozenset(("count", "fraction", "value", "percent"))
_SAYS_DEATH = re.compile(r"\b(?:death|died|fatal|mortality|surviv|alive|dead)", re.I)
_CAUSES = frozenset(("cause", "causes", "reason", "reasons"))
_TOLD_BY = _DEATHS | _CAUSES | {"fatal"}
_LEAD = re.compile(r"^(?:from|of|to|by|due to|in|with) ", re.I)
_ACCOUNTED = re.compile(r"\s+(?:accounted|accounting|was|were|caused|led)\b.*$", re.I)
_CAUSE = re.compile(r"\b(?:(?:most )?(?:common|frequent|leading|main|primary) )?causes? of death\b", re.I)


def name_causes(line: Line, rows: list[Linked]) -> None:
    """Says of each row that is a cause of death what it is: "deaths were due to sepsis (n = 3), relapse (n = 2)" gives
    "death from sepsis" and "death from relapse".
    """
    for row in rows:
        if row.outcome and _is_fatal(line, row):
            row.outcome, row.outcome_range = f"fatal {row.outcome}", None  # "two infections were fatal"
    scope = _scope(line)
    if scope is None:
        return
    first, last, kind = scope
    head = next((r.outcome for r in rows if r.draft.first < first and r.outcome), None)
    for row in rows:
        if not first <= row.draft.first < last or row.draft.shape not in _COUNTS or not row.outcome:
            continue
        if row.outcome.startswith("death from ") or (kind == "owed" and row.draft.shape == "percent"):
            continue
        if kind == "bracket" and not row.draft.depth:
            row.outcome = head or row.outcome  # "six died (infection in four) and eight on placebo (cancer in three)"
            continue
        said = _SAYS_DEATH.search(row.outcome)
        if said and kind != "owed" and not _CAUSE.search(row.outcome):
            continue
        mate = next(
            (r for r in rows if r.group == row.group and r is not row and r.draft.first < row.draft.first), None
        )
        named = _between(line, row)
        own = named not in ("", "and") and (mate is not None or bool(row.draft.fields.get("n_equals")))
        if mate is not None and mate.outcome and mate.outcome.startswith("death from ") and not own:
            row.outcome, row.outcome_range = mate.outcome, None  # "attributed to relapse in 12 and 18 patients"
            continue
        cause = (
            named
            if said or (own and row.draft.fields.get("n_equals"))
            else _ACCOUNTED.sub("", _LEAD.sub("", row.outcome))
        )
        if cause in ("causes", "the causes", "cause"):
            cause = named
        if cause and not _SAYS_DEATH.search(cause):
            row.outcome = f"death from {cause}"
            row.outcome_range = None
            if row.draft.shape == "value":
                row.draft.shape = "count"


def _is_fatal(line: Line, row: Linked) -> bool:
    """ "Two infections were fatal": right behind the number and its noun."""
    k = row.draft.last
    while (
        k < row.draft.last + 3
        and line.items[min(k, len(line.items) - 1)].kind == "W"
        and line.word(k) not in line.sets["copula"]
    ):
        k += 1
    told = line.word(k) in line.sets["copula"] and line.word(k + 1) in ("fatal", "lethal")
    return told and row.draft.shape in _COUNTS and not _SAYS_DEATH.search(row.outcome or "")


def _of_deaths(line: Line, k: int) -> bool:
    """Whether a bare "cause" speaks of deaths: of this sentence before it, or of the sentence before."""
    if line.word(k + 1) == "of":
        return False  # said of what
    here = any(_SAYS_DEATH.search(line.word(m)) for m in range(k))
    return here or any(_SAYS_DEATH.search(outcome) for outcome in (line.carried.outcome or "", *line.carried.outcomes))


def _between(line: Line, row: Linked) -> str:
    """ "Causes of death were infection in four": the words between the verb and the number."""
    k = row.draft.first - 1
    while k >= 0 and line.word(k) in ("in", "(", "[", "n", "=", ","):
        k -= 1
    first = k
    while first > 0 and line.items[first - 1].kind == "W" and line.word(first - 1)[:1].isalpha():
        if first - 1 in line.arm_at or line.word(first - 1) in line.sets["copula"] | line.sets["group_noun"] | {
            "and",
            "were",
            "in",
            "to",
            "by",
            "from",
        }:
            break
        first -= 1
    return line.say(first, k + 1) if k >= first >= 0 and line.word(k)[:1].isalpha() else ""


def _bracket_behind(line: Line, k: int) -> int:
    """Where the bracket opens right behind item k, or behind the arm that follows it; 0 where none does."""
    m = k + 1
    if line.word(m) in ("in", "on", "with", "among"):
        m += 1 + (line.word(m + 1) in line.sets["determiner"])
        arm = line.arm_at.get(m)
        m = arm.last + (line.word(arm.last) in line.sets["group_head"]) if arm is not None else m
    return m if m < len(line.items) and line.word(m) in OPENERS else 0


def _told_further_on(line: Line, k: int) -> tuple[int, int, str] | None:
    """ "Five deaths not due to progression were notified: sepsis (3), stroke (1)", "six deaths without progression were
    attributed to infection (n = 4)": what so many deaths were of, behind words that say which deaths.
    """
    end = len(line.items)
    if k + 1 < end and line.word(k + 1) in OPENERS:
        return None
    for m in range(k + 1, min(k + 10, end)):
        if m in line.result_at or line.word(m) in (";", ",", "."):
            return None
        if line.word(m) == ":":
            return m, end, "list"
        if line.word(m) in line.sets["copula"] and line.word(m + 1) in _OWED:
            return m, next((x for x in range(m, end) if line.word(x) == ";" and not line.inside(x, m)), end), "owed"
    return None


def _scope(line: Line) -> tuple[int, int, str] | None:
    """From which item to which the numbers of a sentence count causes of death, and how that is said; None where none
    do. The ways: "owed" (due to, caused by), "cause" (the cause of death), "list" (behind a colon, or parts of so many
    deaths), "bracket".
    """
    if _TOLD_BY.isdisjoint(line.words):
        return None
    end = len(line.items)
    for k in range(end):
        if (
            line.word(k) in _CAUSES
            and line.word(k + 1) in line.sets["copula"] | {"in", "of", "for"}
            and _of_deaths(line, k)
        ):
            return (k, end, "list") if line.word(k - 1) != "the" or line.word(k) == "causes" else (0, end, "cause")
        if line.word(k) == "fatal" and line.word(k + 1) != "or":
            opening = next((m for m in range(k + 1, end) if line.word(m) in OPENERS and not line.inside(m, k)), end)
            if any(k < m < opening for m in line.result_at) and any(m > opening for m in line.result_at):
                return opening, end, "bracket"  # "fatal events numbered three (sepsis in two and stroke in one)"
        if line.word(k) not in _DEATHS:
            continue
        if line.word(k - 1) == "of" and line.word(k - 2) in ("cause", "causes"):
            return 0, end, "cause"  # "relapse was the cause of death in 10 and infection in 4"
        behind = [line.word(m) for m in range(k + 1, min(k + 4, end))]
        told = behind[0] in line.sets["copula"] and _OWED & set(behind) if behind else False
        if (told or behind[:1] in (["due"], ["attributed"], ["attributable"])) and line.word(k) in ("death", "deaths"):
            return k, next((m for m in range(k, end) if line.word(m) == ";" and not line.inside(m, k)), end), "owed"
        if behind[:1] == [":"]:
            return k, end, "list"
        if line.word(k) == "deaths" and (said := _told_further_on(line, k)) is not None:
            return said
        opening = _bracket_behind(line, k)
        if line.word(k) in ("death", "deaths", "died") and opening:
            close = next((m for m in range(opening + 1, end) if line.word(m) in (")", "]")), end)
            named = any(line.word(m)[:1].isalpha() and m not in line.arm_at for m in range(opening + 1, close))
            if named and any(line.word(m) in (",", ";") for m in range(opening + 1, close)):
                return opening + 1, end, "bracket"
        if line.word(0) == "of" and k < 6 and line.word(k) == "deaths" and any(m in line.result_at for m in range(k)):
            return k, end, "list"  # "of the 14 deaths, 9 were from relapse"
        if line.word(k) == "deaths" and any(line.word(m).startswith("account") for m in range(k)):
            return 0, end, "list"
    return None
