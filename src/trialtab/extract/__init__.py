"""A document -> its findings: `extract(document, rules) -> Extraction`.

The stages, in order: sentences (language), typed items and measures (measures), arms of the document (mentions, arms), links
(link), the verdict on each number (fate). Each stage is a pure function of what stands before it; a finding keeps the
candidates that it was chosen from.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from trialtab import language, values, vocabulary
from trialtab.extract import arms as arms_of
from trialtab.extract import fate
from trialtab.extract.facts import facts
from trialtab.extract.link import Carried, Linked, Linker
from trialtab.extract.measures import Announced, Draft, Item, announced, items, measures
from trialtab.extract.mentions import Finder, Mention
from trialtab.extract.statements import statements
from trialtab.model import Block, Document, Extraction, Finding, Measure, Number
from trialtab.rules import RuleSet

READ_KINDS = frozenset(("paragraph", "item", "title"))
RESULT_SECTIONS = frozenset(("abstract", "summary", "results", "other"))
ENROLMENT_ONLY = frozenset(("background", "methods"))
_ENROLLED = re.compile(
    r"\b(?:enrol+(?:ed|ment)|randomi[sz]ed|randomly|recruited|included|assigned|allocated|entered|participated|evaluated|studied|analy[sz]ed|eligible|"
    r"evaluable|assessable|total of|comprised|accrued|registered|treated|underwent|received|infused|consecutive|data (?:from|were available for)|cohort of|screened|took part|sample|exposed)\b",
    re.I,
)


_INTRODUCED = re.compile(
    r"\b(?:report (?:on|the)|made up of|look(?:ed|s)? back|there were|describes?|series of|cohort|follow(?:ed|-up) of|comprising|consisted of)\b",
    re.I,
)


@dataclass(slots=True)
class Read:
    """One sentence on its way through the stages."""

    block: Block
    start: int
    end: int
    row: list[Item]
    drafts: list[Draft]
    arms: list[Mention] = field(default_factory=list)
    linked: list[Linked] = field(default_factory=list)


def extract(document: Document, rules: RuleSet) -> Extraction:
    """All findings, arms, statements and ledger lines of a document. Raises nothing on any text."""
    text = document.text
    said = announced(text)
    read = [r for block in _blocks(document) for r in _sentences(text, block, rules, said)]
    first = _mentions(text, read, rules, {})
    sizes = _sizes(text, read)
    found = arms_of.inventory(first, text, Counter(), sizes, [{m.key for m in r.arms} for r in read])
    _mentions(text, read, rules, found.known())
    _name_then_size(read)
    _link(text, read, rules, found)
    for r in read:
        _totals(r)
    pairs = _pairs(read, found)
    role_of = arms_of.roles(found, pairs, rules.sets["control_name"]) if len(found.arms) > 1 else {}
    main = _by_order(read, found, pairs, role_of)
    for r in read:
        r.linked = [y for x in r.linked for y in _each(x, found, main)]
        for x in r.linked:
            entry = found.find(x.arm.key) if x.arm and _beside(x) else None
            size = x.draft.fields.get("value")
            if (
                entry is not None
                and entry.n is None
                and isinstance(size, float)
                and _enrolment(x, r, text[r.start : r.end], rules)
            ):
                entry.n, entry.n_place = size, (x.draft.start, x.draft.end)
    told = facts(document, rules)
    single = arms_of.is_single(told, found, pairs)
    if (
        single
        and told.design
        and (len(found.arms) < 2 or re.search(r"single-arm|case|cohort|registry", told.design))
        and not pairs
    ):
        _one_arm(read)
    findings, numbers = _findings(document, read, rules, found, role_of)
    return Extraction(
        findings=tuple(findings),
        arms=arms_of.records(found, role_of, told, single=single, size=_size(findings, text)),
        statements=statements(document, rules, {} if single else found.known()),
        numbers=tuple(numbers),
        design=told.design,
        condition=told.condition,
        data_cutoff=told.data_cutoff,
    )


def _one_arm(read: list[Read]) -> None:
    """In a study of one group a name is seldom an arm: it stays where two treatments of the vocabulary have results each."""
    treatments = {x.arm.key for r in read for x in r.linked if x.arm and vocabulary.intervention(x.arm.text)}
    for r in read:
        r.linked = [
            x
            if x.comparator is not None or (x.arm is not None and len(treatments) > 1 and x.arm.key in treatments)
            else replace(x, arm=None)
            for x in r.linked
        ]


def _size(findings: list[Finding], text: str) -> tuple[float, int, int] | None:
    """The size of a single-arm study: the group that was treated, else the first group that was enrolled."""
    enrolled = [f.measure for f in findings if f.enrollment and f.arm == "overall" and f.measure.value is not None]
    treated = [
        m
        for m in enrolled
        if re.search(r"\b(?:treated|infused|received|given)\b", text[m.start - 40 if m.start > 40 else 0 : m.end + 60])
    ]
    chosen = (treated or enrolled)[:1]
    return (float(chosen[0].value or 0), chosen[0].start, chosen[0].end) if chosen else None


def _blocks(document: Document) -> list[Block]:
    """The blocks that are read. In a letter without sections the whole text may report results."""
    found = [block for block in document.blocks if _is_read(block)]
    if any(b.part == "results" or b.section in ("abstract", "summary", "results") for b in found):
        return found
    return [
        replace(b, section="other", part="") if b.section in ("background", "other", "discussion") else b for b in found
    ]


def _is_read(block: Block) -> bool:
    if block.section == "other" and block.heading.lower().startswith("figure"):
        return False  # words drawn inside a figure
    return block.kind in READ_KINDS and block.section not in ("references", "back", "table", "caption")


def _sentences(text: str, block: Block, rules: RuleSet, said: Announced) -> list[Read]:
    found = []
    for start, end in (piece for a, b in language.split(text, block.start, block.end) for piece in _pieces(text, a, b)):
        sentence = text[start:end]
        if not language.tells_a_number(sentence) and not _names_arms(sentence):
            continue
        tokens = language.sentence(text, start, end)
        row = items(tokens, rules)
        results = block.kind != "title" and (
            block.section in RESULT_SECTIONS or block.part in ("methods", "background", "")
        )
        found.append(Read(block, start, end, row, measures(row, rules, said) if results else []))
    return found


MAX_SENTENCE = 2000
"""Characters that are read as one sentence: what is longer is a list or no prose, and is read in pieces, so that time stays linear."""


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces = []
    while end - start > MAX_SENTENCE:
        cut = max(text.rfind(sign, start + MAX_SENTENCE // 2, start + MAX_SENTENCE) for sign in ("; ", ", ", " "))
        cut = cut + 1 if cut > 0 else start + MAX_SENTENCE
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]


_ARM_CUE = re.compile(
    r"\b(?:group|arm|versus|vs|randomi[sz]ed|randomly|assigned|compared|placebo|treated|receiv)", re.I
)


def _names_arms(sentence: str) -> bool:
    return _ARM_CUE.search(sentence) is not None


def _mentions(text: str, read: list[Read], rules: RuleSet, known: dict[str, str]) -> list[tuple[Mention, bool]]:
    out = []
    for r in read:
        r.arms = Finder(text, r.row, r.drafts, rules.sets, known).arms()
        out += [(m, r.block.kind == "title") for m in r.arms]
    return out


def _sizes(text: str, read: list[Read]) -> dict[str, tuple[float, int, int]]:
    """Group sizes printed beside an arm's name: "P2 (n = 174)", "placebo (174 patients)"."""
    sizes: dict[str, tuple[float, int, int]] = {}
    for r in read:
        for mention in r.arms:
            for draft in r.drafts:
                gap = draft.first - mention.last
                words = [i.text for i in r.row[mention.last : draft.first]]
                if (
                    0 <= gap <= 3
                    and draft.fields.get("n_equals")
                    and draft.fields.get("percent") is None
                    and all(w in ("(", "[", "group", "arm", ",", ";", "patients", "groups") for w in words)
                ):
                    sizes.setdefault(mention.key, (float(str(draft.fields["value"])), draft.start, draft.end))
    return sizes


def _name_then_size(read: list[Read]) -> None:
    """ "(pexeglutide 397, sitagliptin 197)" behind "were randomized": a bare whole number behind an arm's name is its size."""
    for r in read:
        if not any(i.text in ("randomized", "randomised", "assigned", "allocated", "enrolled") for i in r.row):
            continue
        ends = {m.last for m in r.arms}
        for draft in r.drafts:
            value = draft.fields.get("value")
            if (
                draft.shape == "value"
                and draft.depth
                and draft.first in ends
                and isinstance(value, float)
                and value % 1 == 0
                and (draft.fields.get("unit") is None and draft.statistic is None)
            ):
                draft.shape = "count"


def _link(text: str, read: list[Read], rules: RuleSet, found: arms_of.Inventory) -> None:
    carried, block = Carried(), None
    for r in read:
        if r.block is not block:
            headed = values.grade(r.block.heading) if "grade" in r.block.heading.lower() else None
            if r.block.kind != "item":
                carried = Carried(grade=headed)
            elif headed:
                carried.grade = headed
        block = r.block
        marks = [item for item in r.row if item.kind == "GRADE"]
        if marks and not r.drafts and r.row[-1].kind == "W":
            carried.grade = values.grade(text[marks[-1].start : marks[-1].end])
        if not r.drafts and not any(item.kind == "P" for item in r.row):
            continue
        r.linked = Linker(text, r.row, r.drafts, r.arms, rules.sets, carried).linked()
        last = next((x.outcome for x in reversed(r.linked) if x.outcome), None)
        carried = Carried(
            last or carried.outcome, None, carried.grade if r.block.kind == "item" else None,
            list(dict.fromkeys(x.outcome for x in r.linked if x.outcome)),
        )  # fmt: skip


def _each(x: Linked, found: arms_of.Inventory, main: list[arms_of.Entry]) -> list[Linked]:
    """A number said of every arm ("three in each group") gives a row an arm; a share that went from one value to another two rows."""
    draft = x.draft
    if draft.before is not None and draft.fields.get("unit") == "%" and not _PERCENT_MEASURED.search(x.outcome or ""):
        pair = []
        for value in (draft.before, draft.fields["value"]):
            fields = {**draft.fields, "percent": value, "value": None, "unit": None, "changed": None}
            pair.append(replace(x, draft=replace(draft, shape="percent", statistic=None, fields=fields, before=None)))
        return pair
    if not x.each or len(main) < 2:
        return [x]
    return [replace(x, arm=entry.first, comparator=None, each=False, settled=True) for entry in main]


def _beside(x: Linked) -> bool:
    """Whether an arm's name stands next to a number, so that the number can be its size."""
    if x.arm is None:
        return False
    behind, before = x.arm.first - x.draft.last, x.draft.first - x.arm.last
    return 0 <= behind <= 6 or 0 <= before <= 6


def _totals(r: Read) -> None:
    """Denominators told in the same sentence, by arithmetic: "111 were enrolled, and 101 (91%) were treated"; and repeats.

    A count is the denominator of a later "n (%)" where it gives the printed percent; a percentage takes the denominator of the
    percentage before it where some whole n gives it and both are said of the same people. A bracket that only says a fraction
    again ("six of the seven had a response (6/7, 85.7%)") is folded into the first saying.
    """
    sizes: list[float] = []
    by_arm: dict[str, float] = {}
    last: Linked | None = None
    kept: list[Linked] = []
    for x in r.linked:
        f = x.draft.fields
        events, total, percent = f.get("events"), f.get("total"), f.get("percent")
        whole = last.draft.fields if last is not None else {}
        if (
            isinstance(percent, float)
            and events is None
            and x.draft.depth
            and whole.get("percent") is None
            and isinstance(whole.get("events"), float)
            and isinstance(whole.get("total"), float)
            and last is not None
            and len(kept)
            and kept[-1] is last
            and (abs(100 * float(str(whole["events"])) / float(str(whole["total"])) - percent) < 0.6)
        ):
            for name in ("percent", "ci_level", "ci_low", "ci_high"):
                if f.get(name) is not None:
                    whole[name] = f[name]
            if x.draft.end - last.draft.start <= 160:
                last.draft.end = x.draft.end
            last.p = last.p or x.p
            continue
        if (
            last is not None
            and events is not None
            and total is not None
            and x.draft.depth
            and (last.draft.fields.get("events"), last.draft.fields.get("total")) == (events, total)
        ):
            last.draft.fields["percent"] = last.draft.fields.get("percent") or percent
            continue
        if isinstance(events, float) and isinstance(percent, float) and total is None:
            own = by_arm.get(x.arm.key) if x.arm else None
            pool = [own] if own is not None else [] if by_arm and x.arm else sizes
            fits = [n for n in pool if n >= events and abs(100 * events / n - percent) <= 0.6]
            if len(set(fits)) == 1:
                f["total"] = fits[-1]
        elif (
            isinstance(percent, float)
            and events is None
            and total is None
            and last is not None
            and isinstance(last.draft.fields.get("total"), float)
        ):
            n = float(str(last.draft.fields["total"]))
            same_people = (x.arm.key if x.arm else None) == (last.arm.key if last.arm else None)
            if same_people and x.time is last.time and abs(round(n * percent / 100) * 100 / n - percent) <= 0.55:
                f["total"] = n
        parent = next((y for y in reversed(kept) if y.draft.depth < x.draft.depth), None)
        if (
            x.draft.shape == "count"
            and x.draft.depth
            and parent is not None
            and parent.draft.shape in ("count", "fraction")
            and total is None
        ):
            whole_n, part = parent.draft.fields.get("value", parent.draft.fields.get("events")), f.get("value")
            closed = any(i.kind == "W" and i.text in (")", "]") for i in r.row[parent.draft.last : x.draft.first])
            if (
                isinstance(whole_n, float)
                and isinstance(part, float)
                and part <= whole_n
                and (x.draft.last >= len(r.row) or r.row[x.draft.last].text not in ("to", "received", "given"))
                and not closed
                and not f.get("n_equals_size")
                and whole_n > 1
            ):
                f["events"], f["total"] = f.pop("value"), whole_n
                x.draft.shape = "fraction"
                x.draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in x.draft.captures]
        if x.arm is not None and isinstance(f.get("total"), float):
            by_arm[x.arm.key] = float(str(f["total"]))
        if x.draft.shape == "count" and isinstance(f.get("value"), float):
            sizes.append(float(str(f["value"])))
        elif isinstance(f.get("total"), float) and x.draft.shape in ("fraction", "percent"):
            sizes.append(float(str(f["total"])))
        last = x if x.draft.shape in ("fraction", "percent") else last
        kept.append(x)
    r.linked = kept


def _pairs(read: list[Read], found: arms_of.Inventory) -> Counter[tuple[str, str]]:
    """How often two arms of the document receive values together, in the order in which they do."""
    pairs: Counter[tuple[str, str]] = Counter()
    for r in read:
        for x in r.linked:
            if x.arm and x.comparator and x.draft.shape != "effect":
                a, b = found.find(x.arm.key), found.find(x.comparator.key)
                if a and b and a is not b:
                    pair = (a.key, b.key) if a.first.start <= b.first.start else (b.key, a.key)
                    pairs[pair] += 1
    return pairs


def _by_order(
    read: list[Read], found: arms_of.Inventory, pairs: Counter[tuple[str, str]], role_of: dict[str, str]
) -> list[arms_of.Entry]:
    """ "x vs y" without names: the document's arms in their order, where there are as many arms as numbers.

    Returns the two arms that are compared most, the intervention first.
    """
    if len(found.arms) < 2:
        return []
    best = pairs.most_common(1)
    order = [found.find(k) for k in best[0][0]] if best else []
    if not order:
        strongest = sorted(found.arms, key=lambda a: -a.score)[:2]
        order = sorted(strongest, key=lambda a: a.first.start)
        order.sort(key=lambda a: role_of.get(a.key) == "control")
    if (
        len(order) == 2
        and order[0]
        and order[1]
        and role_of.get(order[0].key) == "control"
        and role_of.get(order[1].key) == "intervention"
    ):
        order.reverse()
    main = [entry for entry in order if entry is not None]
    longer: dict[int, list[arms_of.Entry | None]] = {}
    for r in read:
        named = [
            (a, b)
            for a, b in zip(r.linked, r.linked[1:], strict=False)
            if a.group == b.group and a.arm and b.arm and a.arm.key != b.arm.key
        ]
        for a, b in named:
            first, second = (found.find(m.arm.key) if m.arm else None for m in (a, b))
            if first in order and second in order and first is not second and len(order) == 2:
                order = [first, second]
        for size in (3, 4):
            for at in range(len(r.linked) - size + 1):
                run = r.linked[at : at + size]
                entries = [found.find(x.arm.key) if x.arm else None for x in run]
                if (
                    None not in entries
                    and len({e.key for e in entries if e}) == size
                    and len({x.outcome for x in run}) == 1
                ):
                    longer[size] = entries
        effects = [x for x in r.linked if x.draft.shape == "effect" and x.outcome]
        treated = [a for a in found.arms if role_of.get(a.key) == "intervention"]
        control = next((a for a in found.arms if role_of.get(a.key) == "control"), None)
        if (
            len(effects) == len(treated) > 1
            and control is not None
            and len({x.arm.key if x.arm else "" for x in effects}) == 1
        ):
            for x, entry in zip(effects, treated, strict=True):
                x.arm, x.comparator = entry.first, control.first
        for x in r.linked:
            if x.draft.shape == "effect" and x.arm is None and order[0] is not None and order[-1] is not None:
                x.arm, x.comparator = order[0].first, order[-1].first
            if x.arm is None and x.other_than is not None:
                known = found.find(x.other_than)
                if known is not None and known in order:
                    other_arm = order[1 - order.index(known)]
                    x.arm = other_arm.first if other_arm else None
                continue
            if x.arm is not None or x.arm_by_order is None:
                continue
            chosen = (
                order
                if x.arm_count == 2
                else longer.get(x.arm_count) or (list(found.arms) if x.arm_count == len(found.arms) else [])
            )
            if chosen and chosen[x.arm_by_order] is not None:
                x.arm = chosen[x.arm_by_order].first
                other = chosen[1 - x.arm_by_order] if x.arm_count == 2 else None
                x.comparator = other.first if other else None
    return main


# ---- findings and ledger ---------------------------------------------------------------------------------------


def _findings(
    document: Document, read: list[Read], rules: RuleSet, found: arms_of.Inventory, role_of: dict[str, str]
) -> tuple[list[Finding], list[Number]]:
    text = document.text
    findings: list[Finding] = []
    numbers: list[Number] = []
    enrolled: set[tuple[str, float]] = set()
    head = document.source.title + " " + text[:400]
    for r in read:
        sentence = text[r.start : r.end]
        judge = fate.Judge(text, r.row, sentence, rules.sets)
        whole = fate.sentence_reason(sentence, r.block.part, head)
        kept: set[int] = set()
        why: dict[int, str] = {}
        follows: Linked | None = None
        accepted: Linked | None = None
        refused: Linked | None = None
        told_of = _denominators(r, enrolled)
        for x in r.linked:
            enrolment = _enrolment(x, r, sentence, rules)
            place = id(x.draft)
            if (
                not enrolment
                and follows is not None
                and x.draft.shape == "count"
                and x.draft.fields.get("percent") is None
                and follows.group + 1 >= x.group
                and (x.arm is not None and _beside(x) and x.outcome_range == follows.outcome_range)
            ):
                enrolment = True
            follows = x if enrolment else None
            if (
                whole is None
                and r.block.section in ("other", "summary")
                and r.block.part not in ("results", "conclusion")
                and fate.cites(r.row)
                and not enrolment
            ):
                whole = "another study's result"
            if whole:
                why[place] = whole
                continue
            if place in told_of:
                why[place] = "denominator"
                continue
            if r.block.section not in RESULT_SECTIONS and not (enrolment and r.block.section in ("methods",) and False):
                why[place] = f"section {r.block.section}"
                continue
            if r.block.part in ENROLMENT_ONLY and not enrolment and not _follow_up(x):
                why[place] = f"part {r.block.part}"
                continue
            if any(m.first <= x.draft.first and x.draft.last <= m.last and m.strength >= 3 for m in r.arms):
                why[place] = "part of an arm's name"
                continue
            reason = None if enrolment else judge.reason(x)
            if enrolment:
                arm_key = x.arm.key if x.arm and (x.settled or _beside(x)) else ""
                size = float(str(x.draft.fields.get("value") or x.draft.fields.get("events") or 0))
                if (arm_key, size) in enrolled:
                    reason = "size of a group named before"
                enrolled.add((arm_key, size))
            if (
                reason == "number without unit or statistic"
                and x.whole
                and accepted is not None
                and accepted.outcome_range == x.outcome_range
                and (accepted.draft.shape == x.draft.shape)
            ):
                reason = None  # the second value of a pair is what the first one is
            if (
                reason is None
                and refused is not None
                and refused.outcome == x.outcome
                and not enrolment
                and x.draft.shape == refused.draft.shape == "value"
                and any(i.text in ("or", "and") for i in r.row[refused.draft.last : x.draft.first])
            ):
                reason = "threshold"  # "at least 11 g/dl in women or 12 in men"
            if reason:
                why[place] = reason
                refused = x if reason == "threshold" else refused
                continue
            accepted = x
            kept.add(place)
            findings.append(_finding(document, r, x, rules, found, role_of, enrolment))
        numbers += _ledger(r, kept, why)
    return findings, numbers


def _follow_up(x: Linked) -> bool:
    match = vocabulary.outcome(x.outcome) if x.outcome else None
    return match is not None and match.term.category == "follow_up" and x.draft.statistic in ("median", "mean")


def _denominators(r: Read, enrolled: set[tuple[str, float]]) -> set[int]:
    """ "Of 101 treated patients, 82% responded and 54% …": the head of the sentence says of how many all its percentages are.

    Returns the drafts that are nothing else: a size that was told before.
    """
    if not r.linked or not r.row or r.row[0].text not in ("of", "among", "in"):
        return set()
    head = r.linked[0].draft
    n = head.fields.get("value")
    if head.shape != "count" or not isinstance(n, float) or n < 2 or head.first > 3 or len(r.linked) < 2:
        return set()
    for x in r.linked[1:]:
        f = x.draft.fields
        percent, events = f.get("percent"), f.get("events")
        if f.get("total") is not None or not isinstance(percent, float) or x.arm is not None:
            continue
        exact = 100 * events / n if isinstance(events, float) else 100 * round(n * percent / 100) / n
        if abs(exact - percent) <= 0.55:
            f["total"] = n
    subset = any(i.text in ("who", "whose", "with", "that") for i in r.row[head.last : head.last + 3])
    taken = any(x.draft.fields.get("total") == n for x in r.linked[1:])
    return {id(head)} if any(size == n for _, size in enrolled) or (subset and taken) else set()


def _enrolment(x: Linked, r: Read, sentence: str, rules: RuleSet) -> bool:
    draft = x.draft
    if draft.shape != "count" or draft.fields.get("percent") is not None:
        return False
    at = draft.first - 1
    while at > 0 and r.row[at].text in ("the", "all", "these"):
        at -= 1
    if (
        at > 0
        and r.row[at].text == "among"
        and r.linked
        and r.linked[0] is not x
        and r.linked[0].draft.first < draft.first
    ):
        return False
    if draft.fields.get("n_equals"):
        between = r.row[max(0, draft.first - 4) : draft.first]
        if any(i.kind == "GRADE" for i in between):
            return False
        beside = any(m.last <= draft.first and draft.first - m.last <= 3 for m in r.arms)
        if (
            not beside
            and x.outcome
            and (match := vocabulary.outcome(x.outcome))
            and match.term.category not in ("enrollment", "other")
        ):
            return False
        return True
    behind = [i.text for i in r.row[draft.last : draft.last + 2]]
    if draft.noun is None and behind[:1] in (["was"], ["were"]) and behind[1:] and behind[1] in (
        "randomized", "randomised", "enrolled", "included", "treated", "infused", "analysed", "analyzed", "exposed", "evaluable", "assigned", "recruited"
    ):  # fmt: skip
        return True
    before = next((i.text for i in reversed(r.row[: draft.first]) if i.text[:1].isalpha()), "")
    if (
        before == "leaving"
        and r.row[draft.last : draft.last + 1]
        and r.row[draft.last].text in ("for", "in", "patients", "participants")
    ):
        return True
    if draft.noun is None and before in ("enrolled", "randomized", "randomised", "recruited", "infused", "treated"):
        return True
    if (
        not x.whole
        and draft.noun is None
        and draft.last < len(r.row)
        and r.row[draft.last].text in ("received", "given", "to")
        and any(m.first - draft.last <= 3 and m.first > draft.last for m in r.arms)
        and not any(i.text in ("dose", "doses", "cycle") for i in r.row[draft.last : draft.last + 6])
    ):
        return True
    if draft.first > 1 and r.row[draft.first - 1].text == "in" and r.row[draft.first - 2].text in rules.sets["occur"]:
        return False
    bracketed = draft.depth > 0 and draft.noun is None
    if not bracketed and (draft.noun is None or draft.noun not in rules.sets["people"]):
        return False
    after = [i.text for i in r.row[draft.last : draft.last + 12]]
    if float(str(draft.fields.get("value", 0))) <= 3 and r.block.part not in ENROLMENT_ONLY:
        return False
    told = rules.sets["did"] | {
        "had",
        "developed",
        "experienced",
        "achieved",
        "died",
        "suffered",
        "showed",
        "reported",
        "required",
        "converted",
        "never",
        "not",
    }
    first, last = max(0, draft.first - 9), min(len(r.row), draft.last + 9)
    first_count = next((d for d in r.drafts if d.shape == "count"), None) is draft
    if (
        first_count
        and float(str(draft.fields.get("value", 0))) >= 5
        and _INTRODUCED.search(sentence)
        and not any(w in told for w in after)
    ):
        return True
    near = (
        sentence if bracketed or first_count else sentence[r.row[first].start - r.start : r.row[last - 1].end - r.start]
    )
    return bool(_ENROLLED.search(near)) and not any(w in told for w in after)


def _finding(
    document: Document,
    r: Read,
    x: Linked,
    rules: RuleSet,
    found: arms_of.Inventory,
    role_of: dict[str, str],
    enrolment: bool,
) -> Finding:
    draft, f, text = x.draft, x.draft.fields, document.text
    unit = f.get("unit")
    if isinstance(unit, tuple):
        unit = text[unit[0] : unit[1]]
    events, total, percent, value = f.get("events"), f.get("total"), f.get("percent"), f.get("value")
    derived: list[str] = []
    statistic = draft.statistic
    if draft.shape in ("fraction", "percent"):
        statistic = "proportion" if percent is not None or total is not None else "count"
        value = percent if percent is not None else events
        unit = "%" if percent is not None else draft.noun
        if (
            draft.shape == "percent"
            and events is None
            and _PERCENT_MEASURED.search(x.outcome or "")
            and _is_value(r, draft)
        ):
            statistic, value, percent, unit = "mean", percent, None, "%"
        if percent is None and events is not None and total:
            percent = round(100 * float(str(events)) / float(str(total)), 1)
            derived.append("percent")
    elif (
        draft.shape == "value"
        and statistic in (None, "mean")
        and re.search(r"\b(?:annuali[sz]ed|event|incidence|exacerbation|relapse) rate\b", x.outcome or "", re.I)
        and unit is None
    ):
        statistic = "rate"
    elif draft.shape == "value" and statistic is None and unit is None and _is_share(x, rules):
        statistic, percent, unit = "proportion", value, "%"
    elif draft.shape == "count" and total is None:
        statistic, events = "count", value
        unit = draft.noun or "patients"
    elif draft.shape in ("zero", "all"):
        statistic = "count" if percent is None else "proportion"
        value = percent if percent is not None else events
    if (
        unit is None
        and value is not None
        and statistic in ("mean", "median")
        and (spans := _SPANS_OF.search(x.outcome or ""))
    ):
        unit = spans.group(1)
    if statistic == "risk_difference" and _PERCENT_MEASURED.search(x.outcome or ""):
        statistic = "mean_difference"
    p = x.p
    measure = Measure(
        start=draft.start, end=draft.end, statistic=statistic or "other", value=_number(value), unit=unit if isinstance(unit, str) else None,
        qualifier=_text(f.get("qualifier")), events=_number(events), total=_number(total), percent=_number(percent),
        sd=_number(f.get("sd")), se=_number(f.get("se")), plus_minus=_number(f.get("plus_minus")), q1=_number(f.get("q1")),
        q3=_number(f.get("q3")), iqr_width=_number(f.get("iqr_width")), range_low=_number(f.get("range_low")),
        range_high=_number(f.get("range_high")), ci_level=_number(f.get("ci_level")), ci_low=_number(f.get("ci_low")),
        ci_high=_number(f.get("ci_high")), p_relation=p[0] if p else None, p_value=p[1] if p else None,
        negated=bool(f.get("negated")) or events == 0 or percent == 0, rule="+".join(dict.fromkeys(draft.rules)), captures=tuple(draft.captures),
        count_of=_counted(draft),
    )  # fmt: skip
    if enrolment and not x.settled and x.arm_by_order is None and not _beside(x):
        x = replace(x, arm=None, comparator=None)
    arm = found.find(x.arm.key) if x.arm else None
    label = arm.label if arm else x.arm.text if x.arm else None
    role = role_of.get(arm.key) if arm else None
    other = found.find(x.comparator.key) if x.comparator else None
    return Finding(
        measure=measure,
        section=r.block.section,
        outcome="patients enrolled" if enrolment else x.outcome,
        arm=label or "overall",
        arm_role=role or ("overall" if not label else None),
        comparator=other.label if other else x.comparator.text if x.comparator else None,
        timepoint=x.time.text if x.time and not enrolment else None,
        grade=x.grade if not enrolment else None,
        path=r.block.path,
        total_source="explicit" if total is not None else "none",
        derived=tuple(derived),
        confidence=x.confidence,
        candidates=tuple(x.candidates),
        enrollment=enrolment,
    )


_PERCENT_MEASURED = re.compile(
    r"\b(?:LVEF|ejection fraction|HbA1c|A1c|ha?ematocrit|FEV|saturation|reticulocyte|weight|BMD|bone mineral density)\b",
    re.I,
)


_SPANS_OF = re.compile(r"\b(?:number of )?(?:\w+-free )?(days|weeks|months|hours)\b")


def _is_value(r: Read, draft: Draft) -> bool:
    """Whether a percentage is the value of a marker ("LVEF was 58%", "HbA1c fell by 1.5%") and no share of patients ("in 49%")."""
    before = r.row[draft.first - 1].text if draft.first else ""
    after = [i.text for i in r.row[draft.last : draft.last + 3]]
    if "of" in after[:1] or {"patients", "participants"} & set(after):
        return False
    if before == "by":
        return draft.first > 1 and r.row[draft.first - 2].text not in ("achieved", "reached", "attained", "met")
    return before in ("was", "were", "to", "at", "=", "is", "averaged", "(", "vs", "versus", "and")


def _is_share(x: Linked, rules: RuleSet) -> bool:
    """A bare number whose outcome says that it is a percentage ("the percentage with adherence was 73.6 vs 74.4")."""
    words = set(re.findall(r"[a-z]+", (x.outcome or "").lower()))
    value = x.draft.fields.get("value")
    yearly = words & {"annualised", "annualized", "annual", "incidence"}
    return (
        bool(words & {"percentage", "percent", "percentages", "rate", "rates"})
        and not yearly
        and isinstance(value, float)
        and 1 < value <= 100
    )


def _counted(draft: Draft) -> str | None:
    if draft.noun is None:
        return None
    return {"episodes": "episodes", "episode": "episodes", "events": "events", "event": "events"}.get(
        draft.noun, "patients"
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _ledger(r: Read, kept: set[int], why: dict[int, str]) -> list[Number]:
    """Every number of the sentence and its fate."""
    lines = []
    covered = {k: d for d in r.drafts for k in range(d.first, d.last)}
    for k, item in enumerate(r.row):
        if item.kind == "W":
            continue
        draft = covered.get(k)
        if draft is not None and id(draft) in kept:
            lines.append(Number(item.start, item.end, r.block.section, "extracted", ""))
        elif draft is not None and id(draft) in why:
            lines.append(Number(item.start, item.end, r.block.section, "ignored", why[id(draft)]))
        elif item.kind in ("MASK",):
            lines.append(Number(item.start, item.end, r.block.section, "ignored", item.reason))
        elif item.kind in ("TIME", "TIMES", "POINT", "GRADE", "GROUP", "EFFECTNAME"):
            lines.append(
                Number(
                    item.start,
                    item.end,
                    r.block.section,
                    "ignored",
                    {"GRADE": "grade", "GROUP": "part of an arm's name"}.get(item.kind, "timepoint or duration"),
                )
            )
        elif r.block.section not in RESULT_SECTIONS:
            lines.append(Number(item.start, item.end, r.block.section, "ignored", f"section {r.block.section}"))
        else:
            lines.append(Number(item.start, item.end, r.block.section, "unresolved", "nothing claims it"))
    return lines


__all__ = ["extract"]
