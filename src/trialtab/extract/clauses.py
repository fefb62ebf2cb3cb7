"""Where a clause begins, which clause a bracket hangs on, and the lead-in that it opens with."""

from trialtab.extract.line import CLOSERS, Line, once
from trialtab.extract.measures import OPENERS, Draft


@once
def clause_start(line: Line, edge: int, stop: int) -> int:
    """The last clause boundary between edge and stop: a semicolon, or a subordinator behind a comma."""
    start = edge
    depth = 0
    for k in range(edge, stop):
        text = line.word(k)
        if text == "that" and line.word(k - 1) == "and" and depth == 0:
            start = k + 1  # "… and that failure rates were 6%"
        if text in OPENERS:
            depth += 1
        elif text in CLOSERS:
            if depth == 0:
                start = k + 1
            depth = max(0, depth - 1)
        elif (
            text == "that"
            and line.word(k - 1)
            in (
                "showed",
                "show",
                "shows",
                "demonstrated",
                "revealed",
                "indicated",
                "found",
                "suggested",
                "reported",
                "estimated",
            )
        ) or (
            depth == 0
            and (
                text == ";"
                or (
                    text == ":"
                    and (
                        any(line.word(m) in line.sets["copula"] | line.sets["have"] for m in range(k, stop))
                        or (
                            not line.bare(k + 1, stop)
                            and line.word(k + 1) not in ("this", "these", "it", "they", "that")
                            and any(line.word(m) in line.sets["copula"] for m in range(start, k))
                        )
                    )
                )
                or (text in ("whereas", "while", "but", "although", "though") and k > edge)
            )
        ):
            start = k + 1
    for k in range(start + 3, stop - 2):
        if (
            line.word(k) == "and"
            and line.word(k - 1) == ","
            and not line.inside(k, start)
            and any(line.word(m) in line.verbs for m in range(start, k))
            and any(line.word(m) in line.verbs for m in range(k, stop))
        ):
            start = k + 1
    while start < stop and line.word(start) in (",", ".", ":", "and", "or", ";", "&", ")", "]", "respectively"):
        start += 1
    return start


def starts_clause(line: Line, first: int, edge: int) -> bool:
    """Whether nothing but a lead-in stands between the clause's start and the number."""
    for k in range(clause_start(line, edge, first), first):
        item = line.items[k]
        if k in line.arm_at or item.kind != "W":
            continue
        if item.text not in line.sets["preposition"] | line.sets["determiner"] | {
            ",",
            ":",
            "-",
            "(",
            "overall",
            "only",
            "results",
            "however",
            "group",
            "groups",
            "arm",
            "additionally",
            "in",
            "total",
        }:
            return False
    return True


def lead_in(line: Line, start: int, stop: int) -> int:
    """Skip "In the control group,", "At 12 months,", "However," at the head of a clause."""
    for _ in range(3):
        head = line.word(start)
        if not head:
            timed = line.items[start].kind in ("TIME", "POINT", "MASK")
            if timed and line.word(start + 1) == ",":
                start += 2
                continue
            if timed and line.word(start + 1) in ("after", "before", "following", "from", "post"):
                comma = next((k for k in range(start + 2, min(stop, start + 8)) if line.word(k) == ","), None)
                if comma is not None:
                    start = comma + 1  # "12 months after randomisation, …"
                    continue
            return start
        comma = next(
            (k for k in range(start, min(stop, start + 14)) if line.word(k) == "," and k not in line.arm_at), None
        )
        people = next((k for k in range(start, min(stop, start + 7)) if line.word(k) in line.sets["people"]), None)
        if people is not None and head in ("of", "among", "in") and line.word(people + 1) in ("the", "a", "an"):
            return people + 1
        if comma is None:
            return start
        starter = (
            (comma == start + 1 and head.endswith("ly"))
            or head in line.sets["preposition"]
            or head
            in (
                "overall",
                "however",
                "moreover",
                "furthermore",
                "finally",
                "results",
                "result",
                "interestingly",
                "importantly",
                "similarly",
                "additionally",
                "conversely",
                "also",
                "therefore",
                "thus",
                "notably",
                "taken",
                "altogether",
                "when",
                "if",
                "according",
                "based",
                "once",
            )
            or (head in ("compared", "relative") and line.word(start + 1) in ("with", "to"))
        )
        follow_up = head in ("at", "after", "with", "during") and any(
            line.word(k) in ("follow-up", "followup", "observation") for k in range(start, comma)
        )
        if not starter or (
            not follow_up and head not in ("of", "among") and any(k in line.result_at for k in range(start, comma))
        ):
            return start
        if head in ("of", "among"):
            start = comma + 1
            continue
        if follow_up and any(
            k in line.result_at and line.result_at[k].shape not in ("time", "interval") for k in range(start, comma)
        ):
            return start
        subordinate = head in ("when", "if") or (
            comma == stop - 1 and head in ("after", "although", "because", "since", "once", "before", "while", "as")
        )
        if any(line.word(k) in line.sets["copula"] for k in range(start, comma)) and not subordinate:
            return start
        start = comma + 1
    return start


_ADVERBIAL = frozenset(
    ("after", "at", "during", "by", "in", "within", "on", "before", "over", "among", "for", "from", "throughout",
     "following", "since", "until", "with", "across")
)  # fmt: skip


def behind_adverbial(line: Line, start: int, stop: int) -> int:
    """Where the subject begins behind a phrase that no comma closes: "After the second dose | the median time …"."""
    whole = start
    if line.items[start].kind in ("TIME", "POINT") and line.word(start + 1) in ("after", "before", "following", "into"):
        start += 1  # "Two weeks after the end of treatment | the score …"
    if line.word(start) not in _ADVERBIAL:
        return whole
    begins = line.sets["determiner"] | line.sets["median"] | line.sets["average"] | line.sets["people"] | _PRONOUNS
    for k in range(start + 2, min(stop - 1, start + 11)):
        before = line.word(k - 1)
        if line.word(k) in line.verbs or line.word(k) in line.sets["conjunction"] | {",", ":", "(", "["}:
            return whole
        closes = (
            k - 1 in line.arm_at
            or line.items[k - 1].kind in ("TIME", "POINT")
            or (
                before[:1].isalpha()
                and before not in line.sets["preposition"] | line.sets["determiner"] | line.sets["comparative"] | begins
            )
        )
        opens = line.items[k - 1].kind in ("TIME", "POINT") and line.items[k].kind == "W" and (
            line.word(k)[:1].isalpha()
            and line.word(k) not in line.sets["preposition"] | line.sets["auxiliary"] | line.sets["comparative"]
            and line.word(k) not in ("later", "thereafter", "old", "only", "long", "apart")
        )  # fmt: skip
        if opens and any(line.word(m) in line.verbs for m in range(k + 1, stop)):
            return k  # "Among patients alive at 12 months | ciclosporin had been stopped in …"
        short = line.items[k].kind == "W" and line.printed(k, k + 1).isupper() and len(line.word(k)) > 1
        if (line.word(k) in begins or short) and closes and k not in line.arm_at:
            return k  # "After the second dose | the median …", "At this dose | ORR was …"
    return whole


_PRONOUNS = frozenset(("it", "they"))


def host_edge(line: Line, opening: int, n: int) -> int:
    """Left edge of the phrase that a bracket stands behind."""
    edge = 0
    for m in range(n):
        last = line.groups[m][-1]
        if last.last <= opening:
            edge = max(edge, last.last)
    if edge:
        k = edge
        while (k < opening and line.word(k) in (*CLOSERS, ",", "and", ";", "or")) or (
            k < opening and line.items[k].kind == "P"
        ):
            k += 1
        edge = k
    return clause_start(line, edge, opening)


def clause_between(line: Line, a: Draft, b: Draft) -> bool:
    """Whether a semicolon outside all brackets parts two numbers."""
    depth = a.depth
    for k in range(a.last, b.first):
        depth += (line.word(k) in ("(", "[")) - (line.word(k) in (")", "]"))
        if line.word(k) == ";" and depth <= 0:
            return True
    return False
