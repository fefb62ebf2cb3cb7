"""Measure <-> its outcome, arm, timepoint, grade and p-value, within one sentence.

Numbers are linked in groups ("12 vs 15", "6.0 and 5.9"): a group shares one outcome and is matched to arms as a whole. Every
choice keeps the candidates it was made from, with the weights of WEIGHTS, so that `trialtab explain` can show them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trialtab import values, vocabulary
from trialtab.extract.measures import OPENERS, SPREAD_KINDS, Draft, Item
from trialtab.extract.mentions import Mention
from trialtab.model import Candidate

CLOSERS = (")", "]", "}")
WEIGHTS = {
    "subject": 1.0,
    "object": 0.95,
    "list item": 0.9,
    "inside bracket": 1.3,
    "predicate": 0.9,
    "noun after number": 0.85,
    "carried over": 0.5,
    "known term": 0.35,
    "too long": -0.5,
    "too generic": -1.3,
}
MAX_PHRASE = 14


@dataclass(slots=True)
class Linked:
    """A draft with what it belongs to; phrases are item ranges so that places are known."""

    draft: Draft
    group: int
    outcome: str | None = None
    outcome_range: tuple[int, int] | None = None
    arm: Mention | None = None
    arm_by_order: int | None = None
    arm_count: int = 0
    each: bool = False
    settled: bool = False
    other_than: str | None = None
    any_grade: bool = False
    comparator: Mention | None = None
    time: Mention | None = None
    grade: str | None = None
    grade_range: tuple[int, int] | None = None
    p: tuple[str | None, float] | None = None
    population: str | None = None
    candidates: list[Candidate] = field(default_factory=list)
    confidence: float = 0.5
    whole: bool = False


@dataclass(slots=True)
class Carried:
    """What one sentence leaves for the next: the outcome, the arm that a lead-in named, the grade of a list header."""

    outcome: str | None = None
    arm: Mention | None = None
    grade: str | None = None
    outcomes: list[str] = field(default_factory=list)


class Linker:
    """Links the drafts of one sentence. Call `linked()` once."""

    def __init__(
        self,
        text: str,
        row: Sequence[Item],
        drafts: list[Draft],
        arms: list[Mention],
        sets: Mapping[str, frozenset[str]],
        carried: Carried,
    ) -> None:
        self.text, self.row, self.drafts, self.arms, self.sets, self.carried = text, row, drafts, arms, sets, carried
        self.verbs = (
            sets["copula"]
            | sets["have"]
            | sets["occur"]
            | sets["change"]
            | sets["did"]
            | {"differ", "included", "comprised"}
        )
        self.bare_words = (
            sets["people"]
            | sets["group_noun"]
            | sets["preposition"]
            | sets["determiner"]
            | sets["copula"]
            | sets["comparative"]
            | sets["versus"]
            | sets["respectively"]
            | sets["auxiliary"]
            | sets["subordinator"]
            | {
                "mild",
                "moderate",
                "severe",
                "compared",
                "and",
                "or",
                "it",
                "treated",
                "assigned",
                "who",
                "received",
                "only",
                "about",
                "those",
                "corresponding",
                "also",
                "-",
                "mean",
                "median",
                "at",
                "baseline",
            }
        )
        self.arm_at = {k: m for m in arms for k in range(m.first, m.last)}
        self.result_at: dict[int, Draft] = {}
        self._percent_legend()
        self.results = self._results()
        self.result_at = {k: d for d in self.results for k in range(d.first, d.last)}
        self.groups = self._grouped()
        self.group_of = {id(d): n for n, g in enumerate(self.groups) for d in g}

    def word(self, i: int) -> str:
        return self.row[i].text if 0 <= i < len(self.row) and self.row[i].kind == "W" else ""

    def printed(self, first: int, last: int) -> str:
        return self.text[self.row[first].start : self.row[last - 1].end] if last > first else ""

    def _percent_legend(self) -> None:
        """ "(any grade/grade 3-4, %): infections, 69.9/39.8": a per cent sign without a number makes bare values percentages."""
        if not any(self.word(k) in ("%", "percent", "per cent") for k in range(len(self.row))):
            return
        first = next(k for k in range(len(self.row)) if self.word(k) in ("%", "percent", "per cent"))
        for draft in self.drafts:
            value = draft.fields.get("value")
            if (
                draft.shape == "value"
                and draft.first > first
                and draft.fields.get("unit") is None
                and draft.statistic is None
                and (isinstance(value, float) and 0 <= value <= 100 and len(draft.rules) == 1)
            ):
                draft.shape = "percent"
                draft.fields["percent"] = draft.fields.pop("value")
                draft.captures = [("percent" if n == "value" else n, a, b) for n, a, b in draft.captures]

    def _results(self) -> list[Draft]:
        """Drafts that may be results; a plain duration is one only where it stands as a value ("was 4.4 months", "(30 v 29 months)")."""
        found: list[Draft] = []
        for draft in self.drafts:
            if (
                draft.shape in ("percent", "value")
                and draft.fields.get("qualifier") in ("<", "<=", ">", ">=")
                and draft.statistic is None
                and (
                    self.word(draft.last)
                    in (
                        "reduction",
                        "decrease",
                        "increase",
                        "improvement",
                        "change",
                        "decline",
                        "fall",
                        "rise",
                        "weight",
                    )
                    or self.word(draft.first - 1) in ("achieved", "reached", "achieve", "reach", "had")
                )
            ):
                continue  # "achieved a ≥ 20% reduction": a threshold in the name of the outcome
            if draft.shape == "time" and draft.statistic is None:
                before = self.word(draft.first - 1)
                spread = any(
                    draft.fields.get(n) is not None for n in ("ci_low", "q1", "range_low", "sd", "se", "plus_minus")
                )
                stands = (
                    before in self.sets["copula"] | {"(", "=", ":", "averaged", "lasted", "lasting"}
                    or (before == "by"
                    and (self.word(draft.first - 2) in self.sets["change"]))
                )
                partner = (
                    bool(found)
                    and (found[-1].shape == "time" or (found[-1].shape == "value" and draft.first - found[-1].last <= 2))
                    and before in self.sets["versus"] | {"and", "with", "to"}
                )
                followed = any(
                    self.word(m).startswith("follow") for m in range(max(0, draft.first - 6), draft.first)
                ) and before in ("to", "for", "of", "was", "least", "over", "than", "about")
                if followed:
                    draft.fields["followed"] = True
                    found.append(draft)
                    continue
                event = any(
                    self.word(m)
                    in ("relapsed", "died", "recurred", "progressed", "came", "occurred", "developed", "appeared")
                    for m in range(max(0, draft.first - 6), draft.first)
                )
                if (
                    event
                    and self.word(draft.last) in ("after", "following")
                    and before not in ("at", "for", "within", "over", "until", "about", "by", "the")
                ):
                    draft.fields["followed"] = True
                    found.append(draft)
                    continue
                if not (spread or stands or partner) or self.word(draft.last) in (
                    "after",
                    "before",
                    "later",
                    "earlier",
                    "old",
                    "ago",
                ):
                    continue
            if found and draft.shape == "value" and self._counts_on(found[-1], draft):
                draft.shape = "count"
            found.append(draft)
        return found

    def _counts_on(self, before: Draft, draft: Draft) -> bool:
        """ "5 patients on placebo but in only 3 on A", "12 in the A group and 21 in the B group": the second counts too."""
        value = draft.fields.get("value")
        if (
            before.shape not in ("count", "fraction")
            or not isinstance(value, float)
            or value % 1
            or value < 0
            or draft.statistic
        ):
            return False
        if (
            draft.fields.get("unit") is not None
            or "." in self.printed(draft.first, draft.last)
            or draft.first - before.last > 14
        ):
            return False
        if any(draft.fields.get(n) is not None for n in ("ci_low", "q1", "range_low", "sd", "plus_minus")):
            return False
        after = self.word(draft.last)
        return (
            after in ("in", "on", "with", "given", "receiving", "treated", "of", "for", "patients", "from", "who")
            or (after in (",", ".", ";", ")", "and", "")
            and (draft.last in self.arm_at or self._arm_before(draft) is not None))
        )

    # ---- groups ------------------------------------------------------------------------------------------------

    def _grouped(self) -> list[list[Draft]]:
        """Results that stand side by side, parted only by a connector, and are of one shape."""
        groups: list[list[Draft]] = []
        for draft in self.results:
            if groups and self._tied(groups[-1][-1], draft):
                groups[-1].append(draft)
            else:
                groups.append([draft])
        for group in groups:
            self._spread_units(group)
        return groups

    def _tied(self, a: Draft, b: Draft) -> bool:
        if a.shape == "effect" or b.shape == "effect" or b.first - a.last > 6:
            return False
        if b.named is not None and a.named is None:
            return False
        between = self.row[a.last : b.first]
        if any(item.kind not in ("W", "P") for item in between):
            return False
        words = [item.text for item in between if item.kind == "W"]
        if not words:
            return False
        joiners = {
            ",",
            "and",
            "or",
            "vs",
            "versus",
            "v",
            "against",
            "compared",
            "with",
            "to",
            "/",
            "–",
            "-",
            "&",
            "than",
            ".",
            "as",
            "respectively",
        }
        if words == [";"]:
            shapes = {a.shape, b.shape}
            return (
                a.depth == b.depth > 0
                and (len(shapes) == 1 or shapes <= {"fraction", "percent"})
                and self.word(b.last) in CLOSERS
                and (self.word(a.first - 1) in OPENERS)
            )
        if not all(w in joiners for w in words):
            return False
        if words in (["with"], ["to"], ["-"]) and a.shape != b.shape:
            return False
        alike = {
            "count": "n",
            "fraction": "n",
            "percent": "%",
            "value": "v",
            "time": "v",
            "interval": "v",
            "state": "v",
            "rate": "v",
            "zero": "n",
            "all": "n",
        }
        if (
            (a.shape, b.shape) == ("value", "count")
            and float(str(a.fields.get("value", 0.5))) % 1 == 0
            and a.statistic is None
        ):
            return True
        return (
            alike.get(a.shape) == alike.get(b.shape)
            or {a.shape, b.shape} <= {"percent", "value"}
            or {a.shape, b.shape} == {"rate", "value"}
            or {a.shape, b.shape} <= {"fraction", "percent", "zero", "count"}
        )

    def _spread_units(self, group: list[Draft]) -> None:
        """ "40, 67 and 50%", "32 and 35 months": the unit at the end is the unit of all."""
        last = group[-1]
        for draft in group[:-1]:
            if draft.shape != "value" or draft.fields.get("unit") is not None:
                continue
            if last.shape == "percent" and draft.statistic is None:
                draft.fields["percent"] = draft.fields.pop("value")
                draft.captures = [("percent" if n == "value" else n, a, b) for n, a, b in draft.captures]
                draft.shape = "percent"
            elif last.shape == "count" and float(str(draft.fields["value"])) % 1 == 0 and draft.statistic is None:
                draft.shape, draft.noun = "count", last.noun
            elif last.shape == "rate":
                draft.shape, draft.statistic, draft.fields["unit"] = "rate", "rate", last.fields.get("unit")
            elif last.shape in ("value", "time") and last.fields.get("unit") is not None:
                draft.fields["unit"] = last.fields["unit"]
                draft.statistic = draft.statistic or last.statistic
                if last.shape == "time":
                    draft.shape = "time"

    # ---- all of it ---------------------------------------------------------------------------------------------

    def linked(self) -> list[Linked]:
        found: list[Linked] = []
        for n, group in enumerate(self.groups):
            rows = [Linked(draft, n) for draft in group]
            self._outcome(n, group, rows, found)
            found.extend(r for row in rows for r in self._state_rows(row))
        self._arms(found)
        self._times(found)
        self._grades(found)
        alone = self._p_values(found)
        self._units(found)
        found += [row for k in alone if (row := self._p_row(k, found)) is not None]
        return found

    def _p_row(self, k: int, rows: list[Linked]) -> Linked | None:
        """A p-value without an estimate: "did not differ between the groups (P = 0.65)" is a row of its own."""
        item = self.row[k]
        draft = Draft("p", k, k + 1, item.start, item.end, statistic="p_value", rules=[item.rule])
        row = Linked(draft, -1)
        edge = max(
            [r.draft.last for r in rows if r.draft.last <= k] + [m + 1 for m in range(k) if self.row[m].kind == "P"],
            default=0,
        )
        opening = self._open_bracket(k, edge)
        stop = opening if opening is not None and opening >= edge else k
        start = self._clause_start(edge, stop)
        candidates = sorted(self._left(start, stop, bracket=opening is not None), key=lambda c: -self._weight(c))
        if candidates and self._weight(candidates[0]) > 0.2:
            row.outcome_range = candidates[0][1:3]
            row.outcome = self._say(*row.outcome_range)
        elif rows and rows[-1].outcome:
            row.outcome, row.outcome_range = rows[-1].outcome, rows[-1].outcome_range
        arms = _distinct([m for m in self.arms if edge <= m.first < k and m.strength >= 2]) or _distinct(
            [m for m in self.arms if m.strength >= 3]
        )
        if arms:
            row.arm = arms[0]
            row.comparator = arms[1] if len(arms) == 2 else None
        row.p = (_relation(item), item.values["value"]) if "value" in item.values else None
        return row if row.p is not None else None

    def _units(self, rows: list[Linked]) -> None:
        """A unit printed for one arm is the unit of the other arm's value of the same outcome."""
        for row in rows:
            if row.draft.shape in ("value", "effect") and row.draft.fields.get("unit") is None and row.outcome_range:
                twin = next(
                    (
                        r
                        for r in rows
                        if r.outcome_range == row.outcome_range
                        and r.draft.shape in ("value", "time")
                        and (r.draft.fields.get("unit") is not None)
                    ),
                    None,
                )
                if twin is not None and (row.draft.shape == "value" or row.draft.statistic == "mean_difference"):
                    row.draft.fields["unit"] = twin.draft.fields["unit"]
            if row.draft.shape in ("value", "time") and row.draft.statistic is None and row.outcome_range:
                like = next(
                    (
                        r
                        for r in rows
                        if r.outcome_range == row.outcome_range
                        and r.draft.shape == row.draft.shape
                        and r.draft.statistic
                    ),
                    None,
                )
                if like is not None:
                    row.draft.statistic = like.draft.statistic

    def _follows_number(self, before: Linked, first: int) -> bool:
        """Whether the group before took its outcome from behind its number: then a list goes "two died, one relapsed"."""
        span = before.outcome_range
        return (
            span is not None
            and before.draft.last <= span[0] < span[1] <= first
            and before.draft.shape in ("count", "fraction", "percent")
        )

    def _last_of_run(self, n: int) -> list[Draft]:
        """The last group of a run that only connectors and arms part: "two (4%) in A and one (2%) in B discontinued"."""
        m = n
        while (
            m + 1 < len(self.groups)
            and self.groups[m][-1].shape != "effect"
            and self._bare(self.groups[m][-1].last, self.groups[m + 1][0].first)
        ):
            m += 1
        return self.groups[m]

    def _state_rows(self, row: Linked) -> list[Linked]:
        """ "Median DOR, PFS and OS were not reached": a row for each outcome of the coordination."""
        if row.draft.shape not in ("state", "all") or not row.outcome or row.outcome_range is None:
            return [row]
        k = row.draft.last
        if (
            self.word(k) == ","
            and self.word(k + 1) == "nor"
            and (span := self._phrase(k + 2, self._np_end(k + 4) if self.word(k + 2) in ("was", "were") else k + 2))
        ):
            return [row, replace(row, outcome=self._say(*span), outcome_range=span)]
        parts = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+", row.outcome) if p]
        if len(parts) < 2 or not all(vocabulary.outcome(p) for p in parts):
            return [row]
        return [
            replace(
                row,
                outcome=re.sub(r"^(?:median|mean|the)\s+", "", p, flags=re.I),
                outcome_range=(row.outcome_range[0] + k, row.outcome_range[1]),
            )
            for k, p in enumerate(parts)
        ]

    # ---- outcomes ----------------------------------------------------------------------------------------------

    def _left_edge(self, n: int) -> int:
        """Where the words that may name the outcome of group n begin: behind the group before it, and what belongs to that."""
        if n == 0:
            return 0
        before = self.groups[n - 1][-1]
        edge = before.last
        if before.noun_item is not None and before.noun_item < self.groups[n][0].first:
            edge = max(edge, before.noun_item + 1)
        arm = self._arm_after(before)
        if arm is not None and arm.last <= self.groups[n][0].first:
            edge = arm.last
            while self.word(edge) in self.sets["group_noun"] | self.sets["people"]:
                edge += 1
        return edge

    def _outcome(self, n: int, group: list[Draft], rows: list[Linked], before: list[Linked]) -> None:
        first = group[0].first
        edge = self._left_edge(n)
        carried = self._carried(n, before)
        number_first = n > 0 and self._follows_number(before[-1], first) and self._right(group)
        if number_first:
            edge = max(edge, before[-1].outcome_range[1] if before[-1].outcome_range else edge)
        named = group[0].named
        if named is not None:
            plain = {self.word(k) for k in range(*named)} <= {
                "episode",
                "episodes",
                "event",
                "events",
                "case",
                "cases",
                "",
            }
            if plain and carried is not None and carried[0]:
                for row in rows:
                    row.outcome, row.outcome_range, row.confidence = carried[0], carried[1], 0.6
                return
            for row in rows:
                span = row.draft.named or named
                row.outcome_range = self._phrase(*span) or span
                row.outcome, row.confidence = self._say(*row.outcome_range), 0.85
            return
        enrolled = (
            carried is not None
            and carried[0]
            and (m := vocabulary.outcome(carried[0])) is not None
            and m.term.category in (("enrollment", "follow_up") if group[0].shape != "time" else ("enrollment",))
        )
        if n and carried is not None and carried[0] and not enrolled and not number_first and self._bare(edge, first):
            for row in rows:
                row.outcome, row.outcome_range = carried
                row.confidence = 0.8
                row.whole = True
            return
        candidates: list[tuple[str, int, int, float]] = []
        inside = self._open_bracket(first, edge)
        if inside is not None:
            span = self._phrase(self._clause_start(max(inside + 1, edge), first), first)
            if span:
                weight = WEIGHTS["inside bracket"] if not self._is_people(*span) else 0.0
                candidates.append(("inside bracket", *span, weight))
            host_edge = self._host_edge(inside, n)
            candidates += self._left(host_edge, inside, bracket=True)
        else:
            candidates += self._left(self._clause_start(edge, first), first, bracket=False)
        if (
            n
            and self.word(first - 1) in ("and", ",")
            and group[0].shape in ("count", "fraction", "percent")
            and inside is None
            and (self.word(group[0].last) in self.sets["did"] | self.sets["have"] - {"received"})
        ):
            candidates = []  # "two died and one relapsed": a clause of its own
        counted = group[0].shape in ("percent", "fraction", "count", "all", "zero")
        left_ok = any(self._weight(c, counted=counted) >= 0.6 for c in candidates)
        if not left_ok or self._starts_clause(first, edge):
            candidates += self._right(group) or self._right(self._last_of_run(n))
        scored = sorted(((self._weight(c, counted=counted), -k, c) for k, c in enumerate(candidates)), reverse=True)
        best = scored[0] if scored and scored[0][0] > 0.2 else None
        if best is None and carried is None and scored and scored[0][0] > -0.6:
            best = scored[0]
        several = self._coordinated(best[2][1:3] if best is not None else None, carried, len(rows))
        if not several and len(rows) > 1 and (best is None or best[0] < 0.7):
            near = [r.outcome for r in before if r.outcome and r.group == before[-1].group]
            recent = list(dict.fromkeys(near or self.carried.outcomes))
            several = recent if len(recent) == len(rows) else []
        for k, row in enumerate(rows):
            if several:
                row.outcome, row.outcome_range, row.confidence = (
                    several[k],
                    (best[2][1] + k, best[2][2]) if best else None,
                    0.7,
                )
        if several:
            return
        for row in rows:
            row.candidates += [
                Candidate(
                    "outcome",
                    self._say(c[1], c[2]),
                    self.row[c[1]].start,
                    self.row[c[2] - 1].end,
                    c[0],
                    round(w, 2),
                    best is not None and c is best[2],
                )
                for w, _, c in scored
            ]
            if best is not None:
                row.outcome_range = best[2][1:3]
                row.outcome = self._say(*row.outcome_range)
                if (
                    self.word(best[2][1] - 1) == "from"
                    and best[2][0] == "noun after number"
                    and carried
                    and re.search(r"\b(?:death|died|fatal)", carried[0] or "", re.I)
                ):
                    row.outcome = f"death from {row.outcome}"
                row.confidence = min(1.0, 0.5 + 0.4 * best[0])
            elif carried is not None:
                row.outcome, row.outcome_range = carried
                row.confidence = 0.5

    def _coordinated(
        self, span: tuple[int, int] | None, carried: tuple[str | None, tuple[int, int] | None] | None, size: int
    ) -> list[str]:
        """ "DOR, PFS and OS were 71.5%, 50.9% and 56.7%": as many known outcomes as numbers, in order; else empty."""
        phrase = self._say(*span) if span else (carried[0] if carried else None)
        if size < 2 or not phrase:
            return []
        parts = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+", phrase) if p]
        if len(parts) != size or not all(vocabulary.outcome(p) for p in parts):
            return []
        return [re.sub(r"^(?:median|mean|the)\s+", "", p, flags=re.I) for p in parts]

    def _bare(self, start: int, stop: int) -> bool:
        """Whether only connectors, arms, people, times and comparison words stand between two groups: one outcome for both."""
        for k in range(start, stop):
            if k in self.arm_at or self.row[k].kind in ("TIME", "POINT", "P", "CI"):
                continue
            text = self.word(k)
            if self.row[k].kind != "W" or (text[:1].isalnum() and text not in self.bare_words):
                return False
        return True

    def _carried(self, n: int, before: list[Linked]) -> tuple[str | None, tuple[int, int] | None] | None:
        if before:
            return before[-1].outcome, before[-1].outcome_range
        return (self.carried.outcome, None) if self.carried.outcome else None

    def _weight(self, candidate: tuple[str, int, int, float], *, counted: bool = False) -> float:
        source, first, last, weight = candidate
        phrase = self._say(first, last)
        words = phrase.lower().split()
        if len(words) > MAX_PHRASE:
            weight += WEIGHTS["too long"]
        people = self.sets["people"] - {"responder", "responders", "survivors", "completers"}
        content = [
            w
            for w in words
            if not w[:1].isdigit()
            and values.time_unit(w.strip(",.")) is None
            and w.strip(",.")
            not in {
                "difference",
                "differences",
                "risk",
                "ratio",
                "hazard",
                "adjusted",
                "mean",
                "estimated",
                "treatment",
                "within-patient",
                "between-group",
                "absolute",
                "m",
                "it",
                "they",
                "this",
                "these",
                "those",
                "came",
                "began",
                "one",
                "corresponding",
                "total",
                "analysis",
                "analyses",
                "itt",
                "intention-to-treat",
                "population",
                "set",
                "figures",
                "figure",
                "values",
                "value",
                "results",
                "data",
                "numbers",
                "respective",
            }
            | people
            | self.sets["determiner"]
            | self.sets["preposition"]
            | {"rate", "rates", "group"}
        ]
        pointing = (
            len(words) > 2
            and set(words[:2]) & {"corresponding", "figures", "values", "results"}
            and set(words[1:4]) & {"among", "for", "in", "with", "at"}
        )
        if not content or pointing:
            weight += WEIGHTS["too generic"]
        elif (match := vocabulary.outcome(phrase)) is not None:
            weight += WEIGHTS["known term"]
            if match.term.category == "follow_up" and counted:
                weight += WEIGHTS["too generic"]
        elif source == "subject" and all(k in self.arm_at for k in range(first, last)):
            weight += WEIGHTS["too generic"]
        return weight

    def _say(self, first: int, last: int) -> str:
        return " ".join(self.printed(first, last).split())

    def _open_bracket(self, i: int, edge: int) -> int | None:
        """The innermost bracket that is open at item i, not before edge's own sentence part."""
        depth = 0
        for k in range(i - 1, max(-1, i - 200), -1):
            text = self.word(k)
            if text in CLOSERS:
                depth += 1
            elif text in OPENERS:
                if depth == 0:
                    return k
                depth -= 1
        return None

    def _host_edge(self, opening: int, n: int) -> int:
        """Left edge of the phrase that a bracket stands behind."""
        edge = 0
        for m in range(n):
            last = self.groups[m][-1]
            if last.last <= opening:
                edge = max(edge, last.last)
        if edge:
            k = edge
            while (
                (k < opening
                and self.word(k) in (*CLOSERS, ",", "and", ";", "or"))
                or (k < opening
                and self.row[k].kind == "P")
            ):
                k += 1
            edge = k
        return self._clause_start(edge, opening)

    def _clause_start(self, edge: int, stop: int) -> int:
        """The last clause boundary between edge and stop: a semicolon, or a subordinator behind a comma."""
        start = edge
        depth = 0
        for k in range(edge, stop):
            text = self.word(k)
            if text in OPENERS:
                depth += 1
            elif text in CLOSERS:
                if depth == 0:
                    start = k + 1
                depth = max(0, depth - 1)
            elif (text == "that" and self.word(k - 1) in (
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
            )) or (depth == 0 and (
                text == ";"
                or (text == ":"
                and any(self.word(m) in self.sets["copula"] | self.sets["have"] for m in range(k, stop)))
                or (text in ("whereas", "while", "but", "although", "though")
                and k > edge)
            )):
                start = k + 1
        for k in range(start + 3, stop - 2):
            if (
                self.word(k) == "and"
                and self.word(k - 1) == ","
                and not self._inside(k, start)
                and any(self.word(m) in self.verbs for m in range(start, k))
                and any(self.word(m) in self.verbs for m in range(k, stop))
            ):
                start = k + 1
        while start < stop and self.word(start) in (",", ".", ":", "and", "or", ";", "&", ")", "]", "respectively"):
            start += 1
        return start

    def _starts_clause(self, first: int, edge: int) -> bool:
        """Whether nothing but a lead-in stands between the clause's start and the number."""
        for k in range(self._clause_start(edge, first), first):
            item = self.row[k]
            if k in self.arm_at or item.kind != "W":
                continue
            if item.text not in self.sets["preposition"] | self.sets["determiner"] | {
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

    def _lead_in(self, start: int, stop: int) -> int:
        """Skip "In the control group,", "At 12 months,", "However," at the head of a clause."""
        for _ in range(3):
            head = self.word(start)
            if not head:
                if self.row[start].kind in ("TIME", "POINT", "MASK") and self.word(start + 1) == ",":
                    start += 2
                    continue
                return start
            comma = next(
                (k for k in range(start, min(stop, start + 14)) if self.word(k) == "," and k not in self.arm_at), None
            )
            if comma is None:
                return start
            starter = head in self.sets["preposition"] or head in (
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
                "when",
                "if",
            )
            follow_up = head in ("at", "after", "with", "during") and any(
                self.word(k) in ("follow-up", "followup", "observation") for k in range(start, comma)
            )
            if (
                not starter
                or (not follow_up
                and head not in ("of", "among")
                and any(k in self.result_at for k in range(start, comma)))
            ):
                return start
            if head in ("of", "among"):
                start = comma + 1
                continue
            if follow_up and any(
                k in self.result_at and self.result_at[k].shape not in ("time", "interval") for k in range(start, comma)
            ):
                return start
            if any(self.word(k) in self.sets["copula"] for k in range(start, comma)) and head not in ("when", "if"):
                return start
            start = comma + 1
        return start

    def _left(self, start: int, stop: int, *, bracket: bool) -> list[tuple[str, int, int, float]]:
        """Candidates from the words left of a number (or of its bracket)."""
        if self.word(start) in (
            "who",
            "which",
            "whose",
            "whom",
            "that",
            "undergoing",
            "receiving",
            "treated",
            "enrolled",
            "randomized",
            "randomised",
            "assigned",
        ):
            comma = next((k for k in range(start, stop) if self.word(k) == ","), None)
            if comma is None:
                return []
            start = comma + 1
        start = self._lead_in(start, stop)
        while (
            stop > start
            and (
                self.word(stop - 1)
                in self.sets["versus"] | {"compared", "with", "to", "as", ",", "relative", "in", "for", "by"}
            )
            and any(self.word(k) in self.sets["versus"] | {"compared"} for k in range(max(start, stop - 5), stop))
        ):
            stop -= 1
        verb = None
        for k in range(stop - 1, start - 1, -1):
            if k in self.arm_at or self.row[k].kind != "W":
                continue
            if self.row[k].text in self.verbs and not self._inside(k, start):
                verb = k
                break
        found: list[tuple[str, int, int, float]] = []
        if verb is None:
            span = self._phrase(start, stop, from_right=True)
            if span:
                adverbial = (
                    not bracket
                    and self.word(start) in self.sets["preposition"]
                    and vocabulary.outcome(self._say(*span)) is None
                )
                found.append(("list item", *span, WEIGHTS["list item"] - (0.5 if adverbial else 0.0)))
            return found
        if self.word(verb) == "differ" and self.word(verb - 1) == "not":
            verb -= 1
        group_start = verb
        while group_start > start and (
            self.word(group_start - 1) in self.verbs | self.sets["auxiliary"]
            or self.word(group_start - 1).endswith("ly")
        ):
            group_start -= 1
        tail = self._phrase(verb + 1, stop, from_right=True, objects=True)
        subject = self._phrase(start, group_start)
        if self.word(group_start - 1) == "there":
            subject = None
        if subject is None and group_start > start and all(k in self.arm_at for k in range(start, group_start)) and self.word(verb) in (
            "given", "used", "needed", "required", "administered", "received"
        ):  # fmt: skip
            found.append(("subject", start, verb + 1, WEIGHTS["subject"]))
        if tail and self._is_people(*tail):
            tail = None
        if tail and subject and self.word(tail[0]) == "fatal" and self.word(verb) in self.sets["copula"]:
            subject, tail = (subject[0], tail[1]), None
        if (
            tail
            and subject
            and tail[1] - tail[0] == 1
            and self.word(verb) in self.sets["copula"]
            and not self._is_people(*subject)
            and (vocabulary.outcome(self._say(*tail)) is None)
        ):
            tail = None
        if subject:
            found.append(("subject", *subject, WEIGHTS["subject"]))
        if tail:
            penalty = 0.0 if subject is None or self._is_people(*subject) else 0.3
            if bracket and subject is not None and not self._is_people(*subject):
                listed = (
                    self.word(verb) in self.sets["copula"] | {"included", "comprised"}
                    and vocabulary.outcome(self._say(*tail)) is not None
                )
                penalty = -0.3 if listed else 0.15
            if self.word(verb) in self.sets["have"]:
                penalty -= 0.2
            found.append(("object", *tail, WEIGHTS["object"] - penalty))
        if (
            subject
            and self._is_people(*subject)
            and not tail
            and self.word(verb) in self.sets["did"] | self.sets["change"]
        ):
            found.append(("predicate", verb, verb + 1, WEIGHTS["predicate"]))
        return found

    def _inside(self, k: int, start: int) -> bool:
        depth = 0
        for m in range(start, k):
            if self.word(m) in OPENERS:
                depth += 1
            elif self.word(m) in CLOSERS:
                depth = max(0, depth - 1)
        return depth > 0

    def _is_people(self, first: int, last: int) -> bool:
        """A subject that names patients or an arm and not an outcome."""
        if all(
            k in self.arm_at
            or self.word(k)
            in self.sets["preposition"]
            | self.sets["determiner"]
            | self.sets["people"]
            | self.sets["group_noun"]
            | self.sets["comparative"]
            | {"-", "and", ",", "treated"}
            for k in range(first, last)
        ):
            return True
        head = next((self.word(k) for k in range(last - 1, first - 1, -1) if self.word(k)), "")
        words = [self.word(k) for k in range(first, last)]
        cut = next(
            (
                n
                for n, w in enumerate(words)
                if w in ("who", "with", "in", "of", "receiving", "treated", "assigned", "from")
            ),
            len(words),
        )
        return (
            (bool(words[:cut])
            and words[:cut][-1] in self.sets["people"] | self.sets["group_head"])
            or (head in self.sets["people"]
            and not any(w in self.sets["rate_noun"] for w in words))
        )

    _TRIM_LEFT = frozenset(
        ["the", "a", "an", ",", ";", ":", ".", "-", "–", "and", "or", "of", "in", "to", "by", "that", "this", "these", "there", "its", "their", "results", "result", "both", "only", "also", "then", "as", "was", "were", "had", "has", "have", "be", "been", "with", "for"]
    )
    _TRIM_RIGHT = frozenset(
        [",", ";", ":", ".", "-", "–", "and", "or", "of", "in", "to", "by", "at", "the", "a", "an", "was", "were", "is", "are", "that", "which", "with", "for", "on", "from", "after", "among", "between", "per", "than", "as", "occurred", "occur", "had", "has", "have", "been", "be", "were", "did", "reported", "observed", "seen", "noted", "found", "achieved", "about", "approximately", "only", "also", "not", "significantly", "(", "[", ")", "]", "higher", "lower", "greater", "more", "less", "fewer", "longer", "shorter", "similar", "respectively", "=", "vs", "versus"]
    )

    def _phrase(
        self, start: int, stop: int, *, from_right: bool = False, objects: bool = False
    ) -> tuple[int, int] | None:
        """The noun phrase of row[start:stop], arms and times at its ends cut off; None where no word of content is left."""
        first, last = start, stop
        if objects or from_right:
            for k in range(stop - 1, start - 1, -1):
                text = self.word(k)
                if self.row[k].kind == "GRADE" and not any(
                    self.word(m)[:1].isalpha() and self.word(m) not in self._TRIM_RIGHT for m in range(k + 1, stop)
                ):
                    last = k
                    continue
                if text == ":" and not any(self.word(m)[:1].isalpha() for m in range(k + 1, last)):
                    last = k
                    continue
                if (
                    k in self.result_at
                    or text in (";",)
                    or (text == ":"
                    and k < stop - 1)
                    or (text in self.sets["subordinator"] - {"with"}
                    and k < stop - 1)
                    or (text == "," and k < stop - 1 and not self._list_comma(k, stop))
                    or (self.row[k].kind == "GRADE"
                    and k < stop - 1)
                ):
                    first = k + 1
                    break
        changed = True
        while changed and first < last:
            changed = False
            text, item = self.word(first), self.row[first]
            if text in OPENERS:
                close = next((k for k in range(first, last) if self.word(k) in CLOSERS), None)
                if close is not None:
                    first = close + 1
                    changed = True
                    continue
            if text in ("squares", "square", "ls", "geometric", "adjusted") and self.word(first + 1) in self.sets[
                "average"
            ] | {"squares"}:
                first += 1
                changed = True
                continue
            if (
                text in self._TRIM_LEFT
                or text in self.sets["average"] | self.sets["median"]
                or (text in self.sets["comparative"]
                and objects)
                or (
                    text in self.sets["comparative"]
                    and text
                    not in (
                        "no",
                        "not",
                        "reduced",
                        "increased",
                        "decreased",
                        "improved",
                        "more",
                        "less",
                        "additional",
                        "different",
                        "lowest",
                        "highest",
                    )
                )
                or text in CLOSERS
            ):
                first += 1
                changed = True
            elif (
                item.kind in ("TIME", "POINT", "GRADE", "MASK", "P")
                or (item.kind == "W"
                and text in ("grade", "severe")
                and False)
            ):
                first += 1
                if self.word(first) in ("-",):
                    first += 1
                changed = True
            elif first in self.arm_at and self.arm_at[first].strength >= 2 and not self._modifies(first):
                first = min(last, self.arm_at[first].last)
                while first < last and self.word(first) in self.sets["group_noun"] | self.sets["people"] | {
                    "-",
                    "treated",
                }:
                    first += 1
                changed = True
            if first >= last:
                break
            text, item = self.word(last - 1), self.row[last - 1]
            if (
                text in self._TRIM_RIGHT
                or text in self.sets["average"] | self.sets["median"]
                or (text.endswith("ly")
                and len(text) > 4
                and text not in ("family", "early", "only"))
            ):
                last -= 1
                changed = True
            elif item.kind in ("TIME", "POINT", "P", "MASK", "GRADE", "CI", "IQR", "RANGE", "SD", "SE", "N", "IVAL"):
                if item.kind == "N" and self.word(last - 2) in ("<", ">", "≥", "≤"):
                    break
                last -= 1
                changed = True
            elif last - 1 in self.arm_at and self.arm_at[last - 1].strength >= 2:
                last = max(first, self.arm_at[last - 1].first)
                changed = True
            elif text in self.sets["group_noun"] | self.sets["people"] and any(
                k in self.arm_at for k in range(max(first, last - 4), last - 1)
            ):
                last -= 1
                changed = True
        for k in range(first, min(first + 3, last)):
            if self.row[k].kind == "EFFECTNAME" and self.word(k + 1) in ("for", "of", "in"):
                first = k + 2
                while first < last and self.word(first) in self._TRIM_LEFT:
                    first += 1
                break
        for k in range(first, min(first + 4, last - 2)):
            if (
                self.word(k)
                in (
                    "case",
                    "cases",
                    "instance",
                    "instances",
                    "episode",
                    "episodes",
                    "report",
                    "reports",
                    "occurrence",
                    "number",
                    "evidence",
                    "signs",
                )
                and self.word(k + 1) == "of"
            ):
                first = k + 2
                break
        for k in range(first, last - 2):
            if self.word(k) in ("difference", "differences", "trend", "trends") and self.word(k + 1) in (
                "in",
                "for",
                "towards",
                "toward",
                "of",
            ):
                first = k + 2
        cut = self._cut_tail(first, last)
        if cut <= first:
            return None
        if not any(
            self.word(k)[:1].isalpha() and self.word(k) not in self.sets["preposition"] for k in range(first, cut)
        ):
            return None
        return first, cut

    def _list_comma(self, k: int, stop: int) -> bool:
        """A comma inside a coordination that ends in "and" or "or" before the number."""
        return any(self.word(m) in ("and", "or") for m in range(k, stop)) and not any(
            self.word(m) in self.verbs for m in range(k, stop)
        )

    def _modifies(self, k: int) -> bool:
        """An arm's name that is only the first word of the outcome ("placebo response rate")."""
        m = self.arm_at[k].last
        return (
            bool(self.word(m))
            and self.word(m)[:1].isalpha()
            and self.word(m)
            not in (
                self.sets["preposition"]
                | self.sets["group_noun"]
                | self.sets["people"]
                | self.verbs
                | self.sets["conjunction"]
                | {"treated"}
            )
        )

    def _cut_tail(self, first: int, last: int) -> int:
        """Cut what follows the outcome: "… in the placebo group", "… among patients who …", a relative clause."""
        for k in range(first + 1, last):
            text = self.word(k)
            if text in OPENERS and not self._names_abbreviation(k, last):
                return k
            if (
                text == "than"
                and self.word(k - 1) in ("more", "less", "greater", "higher", "lower", "fewer")
                and self.row[k + 1].kind != "W"
            ):
                continue
            if text in (
                "compared",
                "versus",
                "vs",
                "than",
                "relative",
                "according",
                "defined",
                "measured",
                "assessed",
                "using",
                "adjusted",
            ):
                return k - 1 if self.word(k - 1) in (",", "as", "when") else k
            if text in ("who", "which", "whose", "whom", "that", "when", "whereas", "while"):
                return k - 1 if self.word(k - 1) == "," else k
            if text in ("in", "for", "with", "of", "among", "between", "on", "from") and any(
                m in self.arm_at and self.arm_at[m].strength >= 2 for m in range(k + 1, min(k + 4, last))
            ):
                m = k + 1
                while m < last and m not in self.arm_at:
                    m += 1
                rest = self.arm_at[m].last if m in self.arm_at else m
                tail_words = [self.word(x) for x in range(rest, last)]
                if all(
                    w in self.sets["group_noun"] | self.sets["people"] | {"and", "or", ",", "-", "the", ""}
                    or x in self.arm_at
                    for x, w in zip(range(rest, last), tail_words, strict=True)
                ):
                    return k
        return last

    def _names_abbreviation(self, k: int, last: int) -> bool:
        """A bracket inside a phrase that is followed by more of it: "infusion (day 28) reactions"."""
        close = next((m for m in range(k + 1, last) if self.word(m) in CLOSERS), None)
        return close is not None and close + 1 < last

    def _right(self, group: list[Draft]) -> list[tuple[str, int, int, float]]:
        """Candidates from the words behind a number: "15% of patients achieved O", "24 deaths", "six women had O"."""
        draft = group[-1]
        found: list[tuple[str, int, int, float]] = []
        k = draft.last
        noun = draft.noun if draft.noun_item is not None and draft.noun_item >= k - 1 else None
        if noun in self.sets["events"] and draft.noun_item is not None:
            first = k if draft.noun_item >= k else draft.noun_item
            last = self._np_end(draft.noun_item + 1)
            span = self._phrase(first, last)
            if span:
                found.append(("noun after number", *span, WEIGHTS["noun after number"]))
            return found
        stop = min(len(self.row), k + 34)
        for m in range(k, stop):
            if (m in self.result_at and m >= draft.last) or self.word(m) in (";",):
                stop = m
                break
        verb = given = None
        for m in range(k, stop):
            if m in self.arm_at:
                continue
            text = self.word(m)
            if (
                text in self.verbs
                or (text.endswith("ed")
                and len(text) > 4
                and text not in self.sets["treated_by"]
                and not self.word(m - 1) == "-")
            ):
                if text in self.sets["treated_by"] and self._names_arm(m):
                    given = (
                        m if given is None and text in ("received", "required", "needed", "used", "given") else given
                    )
                    continue
                verb = m
                break
            if text in (",", ":") and m > k + 1 and not any(self.word(x) in self.sets["people"] for x in range(k, m)):
                break
        if verb is not None:
            subject = self._phrase(k, verb) if self.word(k) in ("the", "a", "an", "their") else None
            if subject and not self._is_people(*subject):
                found.append(("noun after number", subject[0], verb, WEIGHTS["predicate"]))
            span = self._predicate(verb, stop)
            if span:
                found.append(("predicate", *span, WEIGHTS["predicate"]))
        elif (
            given is not None
            and (arm := next((self.arm_at[x] for x in range(given, min(given + 6, stop)) if x in self.arm_at), None))
            and (group[-1].shape in ("percent", "fraction"))
        ):
            found.append(("predicate", given, arm.last, 0.8))
        elif (
            k < stop
            and self.word(k)[:1].isalpha()
            and self.word(k) not in self.sets["preposition"] | self.sets["conjunction"]
        ):
            span = self._phrase(k, self._np_end(k))
            if span and not self._is_people(*span):
                found.append(("noun after number", *span, WEIGHTS["noun after number"]))
        elif self.word(k) == "from" and (span := self._phrase(k + 1, self._np_end(k + 1))):
            found.append(("noun after number", *span, WEIGHTS["noun after number"] + 0.9))
        elif (
            self.word(k) == "in"
            and k + 1 not in self.arm_at
            and (span := self._phrase(k + 1, self._np_end(k + 1)))
            and (vocabulary.outcome(self._say(*span)) is not None)
        ):
            found.append(("noun after number", *span, WEIGHTS["noun after number"]))
        elif self.word(k) == "with" or (self.word(k) in self.sets["people"] and self.word(k + 1) == "with"):
            start = k + 1 if self.word(k) == "with" else k + 2
            if start not in self.arm_at:
                span = self._phrase(start, self._np_end(start))
                if span:
                    found.append(("noun after number", *span, 0.5))
        return found

    def _names_arm(self, m: int) -> bool:
        return any(x in self.arm_at for x in range(m, min(m + 5, len(self.row))))

    def _predicate(self, verb: int, stop: int) -> tuple[int, int] | None:
        last = verb
        while last < stop and (
            self.word(last) in self.verbs | self.sets["auxiliary"] or self.word(last).endswith("ly")
        ):
            last += 1
        first = last if self.word(last - 1) in self.sets["have"] | self.sets["copula"] | {"occurred"} else last - 1
        end = last
        while end < stop:
            text = self.word(end)
            if text in (
                ",",
                ";",
                ":",
                "(",
                "[",
                ".",
                "while",
                "whereas",
                "but",
                "than",
                "versus",
                "vs",
                "compared",
                "when",
                "who",
                "which",
            ) or (text == "because" and self.word(end + 1) != "of"):
                break
            if text in ("in", "with", "for", "on", "after", "at", "during", "within", "by", "as") and (
                self._names_arm_next(end)
                or (end + 1 < len(self.row)
                and self.row[end + 1].kind in ("TIME", "POINT"))
                or (self.word(end + 1) == "the"
                and self.word(end + 2) in self.sets["group_noun"])
            ):
                break
            if text == "and" and (self.row[end + 1].kind not in ("W",) if end + 1 < len(self.row) else True):
                break
            if end - first > 14:
                break
            end += 1
        if end <= first:
            first = max(verb, last - 1)
            end = max(end, first + 1)
        span = self._phrase(first, end, objects=True)
        if span is None and self.word(verb) in self.sets["did"] | self.sets["change"] and end > verb:
            return verb, end
        return span

    def _names_arm_next(self, k: int) -> bool:
        m = k + 1
        while self.word(m) in self.sets["determiner"]:
            m += 1
        return m in self.arm_at

    def _np_end(self, k: int) -> int:
        end = k
        while end < len(self.row) and end - k < 10:
            text = self.word(end)
            if (
                self.row[end].kind not in ("W", "GRADE")
                or end in self.result_at
                or text in self.verbs
                or text in (",", ";", ":", ".", "(", "[", ")", "]")
            ):
                break
            if (
                text in self.sets["conjunction"]
                or (text in self.sets["preposition"]
                and (text != "of" or self._names_arm_next(end)))
            ):
                break
            end += 1
        return end

    # ---- arms --------------------------------------------------------------------------------------------------

    _GAP_RIGHT = frozenset(
        ["of", "in", "for", "with", "on", "the", "a", "an", "among", "after", "to", "under", "from", "at", ")", "]", "patients", "eyes", "women", "men", "subjects", "participants", "cases", "children", "who", "were", "was", "treated", "received", "receiving", "those", "assigned", "taking", "given", "group", "by", "all", "our", "and", "randomized", "randomised", "-", "had", "using"]
    )
    _GAP_LEFT = frozenset(
        [":", ",", "(", "[", "was", "were", "had", "of", "by", "=", "averaged", "only", "it", "is", "at", "and", "a", "an", "the", "mean", "median", "showed", "reached", "to", "in", "achieved", "with", "experienced", "reported", "who", "patients", "eyes", "women", "men", "subjects", "participants", "group", "groups", "arm", "arms", "-", "cohort", "being", "did", "have", "developed"]
    )

    def _arm_after(self, draft: Draft) -> Mention | None:
        """The arm that follows a result directly: "x in the A group"."""
        inside = next((self.arm_at[m] for m in range(draft.first, draft.last) if m in self.arm_at), None)
        if inside is not None:
            return inside
        k, steps = draft.last, 0
        while k < len(self.row) and steps < 9:
            if k in self.arm_at:
                return self.arm_at[k]
            if k in self.result_at:
                return None
            item = self.row[k]
            if item.kind in ("TIME", "POINT", "P", *SPREAD_KINDS):
                k += 1
                continue
            if item.text not in self._GAP_RIGHT:
                return None
            if item.text in ("and",):
                return None
            k += 1
            steps += 1
        return None

    def _arm_before(self, draft: Draft) -> Mention | None:
        """The arm that a result follows directly: "arm A, 45%", "A (45%)", "A had 45%"."""
        k, steps = draft.first - 1, 0
        while k >= 0 and steps < 7:
            if k in self.arm_at:
                return self.arm_at[k]
            if k in self.result_at:
                return None
            item = self.row[k]
            if item.kind in ("TIME", "POINT", "GRADE"):
                k -= 1
                continue
            if item.text not in self._GAP_LEFT and not item.text.endswith("ly"):
                return None
            k -= 1
            steps += 1
        return None

    def _series_from(self, k: int) -> list[Mention]:
        """The coordinated arms that begin at item k: "A and B", "A, B, and C", "A versus B"."""
        found: list[Mention] = []
        while k < len(self.row):
            mention = self.arm_at.get(k)
            if mention is not None:
                found.append(mention)
                k = mention.last
                continue
            text = self.word(k)
            if (
                (found
                and text
                in (
                    ",",
                    "and",
                    "or",
                    "vs",
                    "versus",
                    "v",
                    "the",
                    "/",
                    "&",
                    "-",
                    "with",
                    "in",
                    "for",
                    "treated",
                    "compared",
                    "to",
                    "than",
                ))
                or text in (self.sets["group_noun"] | self.sets["people"])
            ):
                k += 1
                continue
            break
        return found

    def _arms(self, rows: list[Linked]) -> None:
        after = {id(r): self._arm_after(r.draft) for r in rows}
        before = {id(r): self._arm_before(r.draft) for r in rows}
        plain = [r for r in rows if r.draft.shape != "effect"]
        for a, b in zip(plain, plain[1:], strict=False):
            if before[id(b)] is not None and before[id(b)] is after[id(a)]:
                before[id(b)] = None  # the arm behind one result is not the arm before the next
        follow = sum(m is not None for m in after.values())
        lead = sum(m is not None for m in before.values())
        by_group: dict[int, list[Linked]] = {}
        for row in rows:
            by_group.setdefault(row.group, []).append(row)
        for n, group in by_group.items():
            if group[0].draft.shape == "effect":
                continue
            size = len(group)
            last = group[-1].draft
            edge = self._left_edge(n)
            if size > 1:
                inner = [r for r in group if after[id(r)] is not None]
                trailing = after[id(group[-1])]
                series = _distinct(self._series_from(trailing.first)) if trailing is not None else []
                if len(series) == size:
                    self._give(group, series)
                    continue
                leading = _distinct([m for m in self.arms if edge <= m.first and m.last <= group[0].draft.first])
                if len(leading) < size:
                    wider = _distinct([m for m in self.arms if m.last <= group[0].draft.first])
                    leading = wider if len(wider) >= size else leading
                if len(leading) > size:
                    strong = [m for m in leading if m.strength >= 3]
                    leading = strong if len(strong) >= size else leading
                    series_lead = self._last_series(leading, size)
                    leading = series_lead or leading[-size:]
                if len(leading) == size and not (
                    trailing is not None and trailing.strength > 2 and len(series) == 1 and not self._contrast(group)
                ):
                    self._give(group, leading)
                    continue
                if len(series) == 1 and not inner[:-1] and size != 2:
                    self._give(group, series * size)
                    continue
                following = _distinct([m for m in self.arms if m.first >= last.last])[:size]
                if len(following) == size and not self._next_group_between(n, following[-1]):
                    self._give(group, following)
                    continue
                if len(series) == 1:
                    self._give(group, series * size)
                    continue
                if size == 2 and len(leading) == 1 and self._contrast(group) and leading[0].strength >= 2:
                    group[0].arm = leading[0]
                    group[1].other_than = leading[0].key
                    continue
                if len(leading) == 1 and not self._contrast(group):
                    self._give(group, leading * size)
                    continue
                earlier = _distinct([r.arm for r in rows if r.arm is not None and r.group < n])
                if len(earlier) == size:
                    self._give(group, earlier)
                    continue
                everywhere = _distinct([m for m in self.arms if m.strength >= 2])
                if len(everywhere) != size:
                    everywhere = _distinct(self.arms)
                if len(everywhere) == size:
                    self._give(group, everywhere)
                    continue
                for k, row in enumerate(group):
                    row.arm_by_order, row.arm_count = k, size
                continue
            row = group[0]
            a, b = after[id(row)], before[id(row)]
            if a is not None and b is not None:
                row.arm = a if follow > lead or (follow == lead and a.strength >= b.strength) else b
                if follow == lead and self.word(b.last) in (",", ":", "(", "["):
                    row.arm = b
                continue
            row.arm = a or b
            if row.arm is None:
                row.arm = self._governing(row, edge, rows)
        for k in range(len(rows) - 2, -1, -1):
            row, nxt = rows[k], rows[k + 1]
            if (
                row.arm is None
                and row.arm_by_order is None
                and nxt.arm is not None
                and nxt.arm is after[id(nxt)]
                and (row.draft.shape != "effect" and not any(m.last <= row.draft.first for m in self.arms))
                and not any(self.word(x) == ";" for x in range(row.draft.last, nxt.draft.first))
            ):
                row.arm = nxt.arm
        for row in rows:
            row.each = self._in_each(row.draft)
        self._comparators(rows)

    def _in_each(self, draft: Draft) -> bool:
        """ "in each group", "in either arm": a number said of every arm."""
        k = draft.last
        if draft.noun_item is not None and k <= draft.noun_item < k + 4:
            k = draft.noun_item + 1
        for m in range(k, min(k + 7, len(self.row))):
            if (m in self.result_at and m >= draft.last) or self.word(m) in (",", ";", ".", "who", "which"):
                break
            if self.word(m) == "in" and self.word(m + 1) in ("each", "either", "both", "neither"):
                k = m
                break
        if self.word(k) not in ("in", "to", "for", "per", "with", "of", "on", "at", "from"):
            return False
        if self.word(k) == "per":
            return self.word(k + 1) in ("group", "arm")
        words = [self.word(m) for m in range(k + 1, k + 6)]
        return words[0] in ("each", "either", "both", "neither") and (
            any(w in self.sets["group_noun"] for w in words[1:5]) or words[1] in (",", ".", ")", "")
        )

    def _give(self, group: list[Linked], arms: list[Mention]) -> None:
        for row, arm in zip(group, arms, strict=True):
            row.arm = arm

    def _contrast(self, group: list[Linked]) -> bool:
        a, b = group[0].draft, group[-1].draft
        return any(self.word(k) in self.sets["versus"] or self.word(k) == "compared" for k in range(a.last, b.first))

    def _last_series(self, arms: list[Mention], size: int) -> list[Mention]:
        """The last coordinated run of `size` arms, if there is one."""
        for k in range(len(arms) - size, -1, -1):
            run = arms[k : k + size]
            if (
                len(self._series_from(run[0].first)) >= size
                or (run[0].series >= 0
                and all(m.series == run[0].series for m in run))
            ):
                return run
        return []

    def _next_group_between(self, n: int, mention: Mention) -> bool:
        return n + 1 < len(self.groups) and self.groups[n + 1][0].first < mention.first

    def _governing(self, row: Linked, edge: int, rows: list[Linked]) -> Mention | None:
        """The arm of the clause: its lead-in ("In the A group, …") or its subject; else the only arm behind it."""
        draft = row.draft
        left = [m for m in self.arms if m.last <= draft.first]
        clause = [m for m in left if m.first >= edge]
        if clause:
            strong = [m for m in clause if m.strength >= 3] or clause
            return strong[-1]
        if left:
            taken = next((r for r in rows if r.group == row.group - 1), None)
            if (
                taken is not None
                and taken.arm is not None
                and not any(self.word(k) in (";", "whereas", "while") for k in range(taken.draft.last, draft.first))
            ):
                intro = left[0] if left[0].first <= 4 and self.word(0) in ("in", "among", "for", "with") else None
                if intro is not None or taken.arm is left[-1]:
                    return taken.arm
            if left[0].first <= 4 and self.word(0) in ("in", "among", "for", "with") and len(_distinct(left)) == 1:
                return left[0]
        right = [m for m in self.arms if m.first >= draft.last and m.strength >= 3]
        stop = next((d.first for d in self.results if d.first > draft.first), len(self.row))
        right = [m for m in right if m.first < stop and m.first - draft.last < 25]
        if right and not left:
            return right[0]
        if left and len(_distinct([m for m in self.arms if m.strength >= 3])) == 1:
            strong = [m for m in left if m.strength >= 3]
            return strong[-1] if strong else None
        return None

    def _comparators(self, rows: list[Linked]) -> None:
        """The other arm of a two-arm comparison, within a group or between neighbours of one outcome; effects take both."""
        for k, row in enumerate(rows):
            if row.draft.shape == "effect":
                pair = self._pair_for_effect(row, rows[:k])
                if pair:
                    row.arm, row.comparator = pair
                continue
            mates = [
                r
                for r in rows
                if r is not row
                and r.arm is not None
                and row.arm is not None
                and r.arm.key != row.arm.key
                and r.draft.shape != "effect"
                and (r.group == row.group or (r.outcome_range == row.outcome_range and r.outcome))
            ]
            if mates and len({m.arm.key for m in mates if m.arm}) == 1:
                row.comparator = mates[0].arm

    def _pair_for_effect(self, row: Linked, before: list[Linked]) -> tuple[Mention, Mention] | None:
        values = [r for r in before if r.draft.shape != "effect" and r.arm is not None]
        if len(values) >= 2 and values[-1].arm and values[-2].arm and values[-1].arm.key != values[-2].arm.key:
            return values[-2].arm, values[-1].arm
        near = _distinct([m for m in self.arms if m.strength >= 2])
        return (near[0], near[1]) if len(near) == 2 else None

    # ---- time, grade, p ----------------------------------------------------------------------------------------

    def _times(self, rows: list[Linked]) -> None:
        points: list[Mention] = []
        claimed = {k for r in rows for k in range(r.draft.first, r.draft.last)}
        for k, item in enumerate(self.row):
            if item.kind not in ("TIME", "POINT") or k in claimed:
                continue
            first = k
            while (
                self.word(first - 1) in ("the", "up", "of", "end", "study")
                and first - 1 not in claimed
                and first - 1 > 0
                and self.word(first - 1) != "of"
            ):
                first -= 1
            if self.word(first - 1) in (
                "at",
                "after",
                "by",
                "through",
                "during",
                "within",
                "until",
                "before",
                "to",
                "over",
                "from",
            ):
                first -= 1
            points.append(
                Mention("timepoint", first, k + 1, self.row[first].start, item.end, self._say(first, k + 1), item.rule)
            )
        for row in rows:
            if not points or (row.draft.shape == "time" and row.draft.statistic is None):
                continue
            row.time = self._nearest_time(row, points)
            if row.time is not None:
                row.time = self._own_time(row, row.time, rows)
                row.candidates.append(
                    Candidate("timepoint", row.time.text, row.time.start, row.time.end, row.time.source, 1.0, True)
                )

    def _own_time(self, row: Linked, time: Mention, rows: list[Linked]) -> Mention:
        """ "at 6, 12 and 24 h were 2, 3 and 4": as many times as numbers, in order."""
        item = self.row[time.last - 1]
        marks = [item.printed[n] for n in ("value", "second", "third", "fourth") if n in item.printed]
        mates = [r for r in rows if r.group == row.group]
        if len(marks) < 2 or len(marks) != len(mates) or len({r.arm.key for r in mates if r.arm}) > 1:
            return time
        start, end = marks[mates.index(row)]
        unit = next(
            (w for w in reversed(re.findall(r"[A-Za-z]+", self.text[item.start : item.end])) if values.time_unit(w)), ""
        )
        return replace(time, text=f"{self.text[start:end]} {unit}".strip(), start=start, end=end)

    def _nearest_time(self, row: Linked, points: list[Mention]) -> Mention | None:
        draft = row.draft
        next_result = min((d.first for d in self.results if d.first >= draft.last), default=len(self.row))
        behind = [
            p
            for p in points
            if draft.last <= p.first < next_result
            and p.first - draft.last <= 10
            and not any(self.word(k) in (";", ",") and k + 1 < p.first for k in range(draft.last, p.first))
        ]
        if behind:
            return behind[0]
        left = [p for p in points if p.last <= draft.first]
        clause = [p for p in left if not any(self.word(k) == ";" for k in range(p.last, draft.first))]
        if clause:
            return clause[-1]
        if left:
            return left[-1]
        later = [
            p
            for p in points
            if p.first >= draft.last and not any(self.word(k) == ";" for k in range(draft.last, p.first))
        ]
        return (
            later[0]
            if later
            and self.word(later[0].first) in ("at", "after", "by", "through", "within", "until", "during", "over")
            else None
        )

    def _grades(self, rows: list[Linked]) -> None:
        marks = [(k, item) for k, item in enumerate(self.row) if item.kind == "GRADE"]
        legend = self._grade_legend(marks)
        for row in rows:
            if row.draft.shape == "effect":
                continue
            low = row.outcome_range[0] if row.outcome_range else row.draft.first
            inside = [m for m in marks if low <= m[0] < (row.outcome_range[1] if row.outcome_range else low)]
            left = [m for m in marks if m[0] < row.draft.first]
            if (
                row.draft.shape == "zero"
                and row.outcome
                and values.grade(self.printed(row.draft.first, row.draft.last))
            ):
                left = []
            next_result = min((d.first for d in self.results if d.first >= row.draft.last), default=len(self.row))
            inside += [m for m in marks if row.draft.first <= m[0] < row.draft.last]
            right = [m for m in marks if row.draft.last <= m[0] < min(next_result, row.draft.last + 8)]
            chosen = inside[-1] if inside else left[-1] if left else right[0] if right else None
            mates = [r for r in rows if r.group == row.group]
            if (
                legend
                and not inside
                and row.draft.first > legend[-1][0]
                and len(mates) == len(legend)
                and (row.arm is None or len({r.arm.key for r in mates if r.arm}) < 2)
            ):
                chosen = legend[mates.index(row)]
                for mate in mates:
                    mate.arm_by_order = None
            if chosen is not None:
                row.grade = (
                    values.grade(self.printed(chosen[0], chosen[0] + 1)) if chosen[1].rule != "grade_any" else None
                )
                row.any_grade = chosen[1].rule == "grade_any"
                row.grade_range = (chosen[0], chosen[0] + 1)
                row.candidates.append(
                    Candidate(
                        "grade", self._say(*row.grade_range), chosen[1].start, chosen[1].end, chosen[1].rule, 1.0, True
                    )
                )
            elif (severity := self._severity_before(row.draft)) is not None:
                row.grade = severity
            else:
                words = self.printed(row.draft.first, row.draft.last) + " " + (row.outcome or "")
                row.grade = values.grade(" ".join(w for w in words.split() if w.isalpha()))
        for a, b in zip(rows, rows[1:], strict=False):
            if (
                b.draft.shape == "zero"
                and a.draft.shape == "zero"
                and b.draft.named
                and b.draft.first - a.draft.last <= 2
            ):
                b.grade = a.grade
        for row in rows:
            if (
                row.grade is None
                and not row.any_grade
                and self.carried.grade is not None
                and row.draft.shape != "effect"
            ):
                row.grade = self.carried.grade

    def _severity_before(self, draft: Draft) -> str | None:
        """ "mild in nine patients and moderate in two", "none was severe": the severity word that stands at the number."""
        for k in range(draft.first - 1, max(-1, draft.first - 4), -1):
            if self.word(k) in ("mild", "moderate", "severe") and self.word(k + 1) in ("in", "for", ""):
                return self.word(k)
            if k in self.result_at:
                break
        if (
            draft.shape == "zero"
            and self.word(draft.last) in ("was", "were")
            and self.word(draft.last + 1) in ("mild", "moderate", "severe")
        ):
            return self.word(draft.last + 1)
        return None

    def _grade_legend(self, marks: list[tuple[int, Item]]) -> list[tuple[int, Item]]:
        """ "(any grade; grade 3–4)", "any grade and grade 3–4:": grades that the pairs behind follow in order."""
        for a, b in zip(marks, marks[1:], strict=False):
            between = [i.text for i in self.row[a[0] + 1 : b[0]]]
            if (
                len(between) == 1
                and between[0] in (";", "/", ",", "and")
                and not any(a[0] < d.first < b[0] for d in self.results)
            ):
                return [a, b]
        return []

    def _p_values(self, rows: list[Linked]) -> list[int]:
        """A p-value belongs to the group that it follows; two in one bracket belong to two groups in order.

        Returns the items of the p-values that belong to no estimate.
        """
        alone = []
        spread = self._p_series(rows)
        for k, item in enumerate(self.row):
            if item.kind != "P":
                continue
            owners = [r for r in rows if r.draft.p_item == k]
            groups = sorted({r.group for r in rows if r.draft.last <= k or r.draft.p_item == k})
            if not groups:
                alone.append(k)
                continue
            taken = False
            if not owners and any(
                self.word(m) == ";" and not self._inside(m, 0)
                for m in range(max(r.draft.last for r in rows if r.draft.last <= k), k)
            ):
                alone.append(k)
                continue
            if k in spread:
                for r, p in spread[k]:
                    r.p = p
                continue
            several = [item.values[n] for n in ("value", "second", "third") if n in item.values]
            relation = _relation(item)
            last = owners[0].group if owners else groups[-1]
            for offset, value in enumerate(several):
                target = last - (len(several) - 1 - offset)
                mates = [r for r in rows if r.group == target]
                if not mates:
                    continue
                of_effect = mates[0].draft.shape == "effect" and len(several) == 1
                if of_effect or (len(mates) == 1 and mates[0].arm is not None):
                    seen = {r.arm.key for r in mates if r.arm is not None and not of_effect}
                    for r in reversed([r for r in rows if r.group < target]):
                        if (
                            r.outcome_range != mates[0].outcome_range
                            or r.p is not None
                            or (r.arm is not None
                            and r.arm.key in seen)
                        ):
                            break
                        if r.draft.shape == "effect":
                            continue
                        if r.arm is not None:
                            seen.add(r.arm.key)
                        mates.append(r)
                for r in mates:
                    if r.p is None:
                        r.p = (relation, value)
                        taken = True
            if self.word(k + 1) in ("for", "in") and self.word(k + 2) in ("each", "all", "both", "every"):
                for r in rows:
                    if r.p is None and r.draft.last <= k and r.group >= last - 3:
                        r.p = (relation, several[-1])
            if not taken:
                alone.append(k)
        return alone

    def _p_series(self, rows: list[Linked]) -> dict[int, list[tuple[Linked, tuple[str | None, float]]]]:
        """ "(p < 0.001, p = 0.004 and p = 0.68, respectively)": the i-th p-value for the i-th result of each group of that size."""
        marks = [k for k, item in enumerate(self.row) if item.kind == "P" and "value" in item.values]
        found: dict[int, list[tuple[Linked, tuple[str | None, float]]]] = {}
        run: list[int] = []
        for k in [*marks, -1]:
            if run and k > 0 and all(self.word(m) in (",", "and", ";") for m in range(run[-1] + 1, k)):
                run.append(k)
                continue
            if len(run) > 1:
                by_group: dict[int, list[Linked]] = {}
                for r in rows:
                    if r.draft.last <= run[0]:
                        by_group.setdefault(r.group, []).append(r)
                fitting = [g for g in by_group.values() if len(g) == len(run)]
                for i, mark in enumerate(run):
                    p = (_relation(self.row[mark]), self.row[mark].values["value"])
                    found[mark] = [(g[i], p) for g in fitting[-2:]]
                if not fitting:
                    for mark in run:
                        found.pop(mark, None)
            run = [k]
        return found


def _relation(item: Item) -> str:
    said = item.constants.get("relation", "=")
    return "<" if said[:1] in "<≤⩽" else ">" if said[:1] in ">≥⩾" else "="


def _distinct(mentions: list[Mention]) -> list[Mention]:
    """Mentions by key, the last place of each kept in order of that place."""
    last: dict[str, Mention] = {}
    for m in mentions:
        last.pop(m.key, None)
        last[m.key] = m
    return list(last.values())
