"""A document -> its findings: `extract(document, rules) -> Extraction`.

The stages, in order: sentences with their typed items and measures (reading, measures), arms of the document
(mentions, arms), links (link and the modules that it calls), totals and arms said elsewhere (totals,
arms_by_order), the verdict on each number and its class (fate, findings). Tables are read beside the prose (grids):
their headers add to the arms of the document, their cells to its findings. A finding keeps the candidates that it
was chosen from.
"""

import re
from collections import Counter

from trialtab import values, vocabulary
from trialtab.extract import arms as arms_of
from trialtab.extract import grids
from trialtab.extract.arm_roles import roles
from trialtab.extract.arms_by_order import arms_by_order as main_arms
from trialtab.extract.arms_by_order import (
    of_the_arm_of_that_size,
    of_the_arm_told_before,
    of_the_arm_whose_share_it_is,
    one_arm,
    one_row_each,
    pairs_of_arms,
    sizes_of_the_parts,
    told_side_by_side,
)
from trialtab.extract.definitions import define, definitions
from trialtab.extract.design import design_of
from trialtab.extract.design_parts import analysis_sets, parts_of_wholes
from trialtab.extract.doses import with_doses
from trialtab.extract.enrolment import is_enrolment, is_of_all
from trialtab.extract.facts import facts as facts_of
from trialtab.extract.findings import findings_of
from trialtab.extract.framed_times import carry_opening_times
from trialtab.extract.in_full import spell_out
from trialtab.extract.landmarks import carry_landmarks
from trialtab.extract.line import Carried, beside
from trialtab.extract.link import link as link_line
from trialtab.extract.measures import announced
from trialtab.extract.mentions import Mention
from trialtab.extract.reading import Read, arm_mentions, arm_sizes, blocks, count_people, name_then_size, sentences
from trialtab.extract.registry import extract_registry
from trialtab.extract.size_of_all import size_of_all
from trialtab.extract.statements import statements as statements_of
from trialtab.extract.totals import count_totals, parts_of_counts, parts_that_add_up
from trialtab.model import Document, Extraction
from trialtab.rules import RuleSet

__all__ = ["extract"]

A_FEW_SENTENCES = 1200
"""Characters. In so short a text that compares no two arms, a name may yet be that of an arm."""


def extract(document: Document, rules: RuleSet) -> Extraction:
    """All findings, arms, statements and ledger lines of a document. Raises nothing on any text."""
    if document.registration is not None:
        return extract_registry(document, document.registration)
    text = document.text
    said = announced(text)
    read = [r for block in blocks(document) for r in sentences(text, block, rules, said)]
    first = arm_mentions(text, read, rules, {})
    sizes = arm_sizes(text, read)
    long_forms = arms_of.abbreviations(text)
    headings = [(block.start, block.end) for block in document.blocks if block.kind == "heading"]
    wholes = parts_of_wholes(text, read, long_forms, headings)
    design = design_of(text, read, rules.sets, long_forms, wholes)
    found = arms_of.inventory(first, text, Counter(), sizes, [{m.key for m in r.arms} for r in read], design)
    arm_mentions(text, read, rules, found.known(), found.is_arm, design.schedules if design else None)
    arms_of.name_as_in_results(found, (m for r in read if r.drafts and r.block.kind != "title" for m in r.arms))
    name_then_size(read)
    sets = analysis_sets(text, read)
    sized = [*(place for whole in wholes for place in whole.places()), *sets]
    count_people(read, {start for start, _ in sized})
    _link(text, read, rules, found)
    for r in read:
        count_totals(r)
        parts_that_add_up(r)
    parts_of_counts(read)
    together = [
        (x.arm, x.comparator)
        for r in read
        for x in r.linked
        if x.arm and x.comparator and x.draft.shape != "effect" and x.arm.key != x.comparator.key
    ]
    arms_of.name_partners(found, together)
    arms_of.take_partners(found, together)
    arms_of.drop_bystanders(found, together)
    pairs = pairs_of_arms(read, found)
    role_of = roles(found, pairs, rules.sets["control_name"], text, read) if len(found.arms) > 1 else {}
    sizes_of_the_parts(read, found, wholes, sets)
    told = facts_of(document, rules)
    single = arms_of.is_single(told, found, pairs, told_side_by_side(read, found))
    alone = single and not pairs and (told.design is not None or len(text) > A_FEW_SENTENCES)
    if not alone:
        of_the_arm_told_before(read)
    parts = not single and arms_of.are_cohorts(told, found)
    if parts:
        role_of = dict.fromkeys(role_of, "intervention")
    main = [] if alone else main_arms(read, found, pairs, role_of, cohorts=parts)
    for r in read:
        r.linked = [y for x in r.linked for y in one_row_each(x, found, main)]
        for x in r.linked:
            of_all = x.arm is not None and not x.settled and (_of_both(x.arm, r, found) or is_of_all(x, r))
            if of_all and is_enrolment(x, r, text[r.start : r.end], rules):
                x.arm = None  # "200 patients were randomised to A or B"
            entry = found.find(x.arm.key) if x.arm and beside(x) and not _of_both(x.arm, r, found) else None
            size = x.draft.fields.get("value")
            if (
                entry is not None
                and entry.n is None
                and isinstance(size, float)
                and is_enrolment(x, r, text[r.start : r.end], rules)
            ):
                entry.n, entry.n_place = size, (x.draft.start, x.draft.end)
    tables = grids.lay_out_tables(document)
    grids.find_arms(document, tables, found, role_of, arms_of.abbreviations(text), rules)
    single = single and not grids.compares(tables)
    for x in (x for r in read for x in r.linked):
        if x.arm is not None and x.arm.source == "age" and found.find(x.arm.key) is None:
            x.arm = None  # older and younger patients, where they are not the cohorts
    if single and alone:
        one_arm(read)
    if not single:
        grids.sizes_of_all(document, found)
        of_the_arm_of_that_size(read, found)
        of_the_arm_whose_share_it_is(read, found)
    findings, numbers = findings_of(document, read, rules, found, role_of, sized)
    size = size_of_all(findings, text, wholes) if "crossover" in (told.design or "") else None
    if size is not None:
        for arm in found.arms:
            arm.n = arm.n if arm.n is not None else size[0]  # each patient is in every arm
            arm.n_place = arm.n_place or (size[1], size[2])
    grids.read_tables(document, tables, found, role_of, said, single=single)
    size = size_of_all([*findings, *tables.findings], text, wholes)
    findings = carry_opening_times(carry_landmarks(findings), text, read)
    findings = define([*findings, *tables.findings], definitions(document))
    findings = spell_out(findings, long_forms)
    return Extraction(
        findings=tuple(findings),
        arms=with_doses(text, read, arms_of.records(found, role_of, told, single=single, parts=parts, size=size)),
        statements=(*statements_of(document, rules, {} if single else found.known()), *tables.statements),
        numbers=(*numbers, *tables.numbers),
        design=told.design,
        condition=told.condition,
        data_cutoff=told.data_cutoff,
        notices=tuple(tables.notices),
    )


def _of_both(arm: Mention, r: Read, found: arms_of.Inventory) -> bool:
    """ "225 patients were randomised to A or B": a name that only words part from another shares its number."""
    own = found.find(arm.key)
    return any(
        other.key != arm.key
        and (own is None or found.find(other.key) is not own)
        and 0 < last - first <= 5
        and not any(first <= draft.first < last for draft in r.drafts)
        for other in r.arms
        for first, last in ((arm.last, other.first), (other.last, arm.first))
    )


_LISTS_THEM = re.compile(
    r"\b(?:most (?:common|frequent|often)\w*|topped the list|commonest|(?:these|they|events?) (?:included|"
    r"comprised|consisted|were)|"
    r"mainly|chiefly|led by)\b",
    re.I,
)


def _grade_of_all(r: Read) -> str | None:
    """ "Toxicity of grade 3-5 was seen in 79%": the grade of a sentence on one outcome, adverse events as such."""
    if len({(x.outcome, x.grade) for x in r.linked}) != 1 or not r.linked[0].grade:
        return None
    known = vocabulary.outcome(r.linked[0].outcome) if r.linked[0].outcome else None
    general = re.search(r"\b(?:adverse|toxicit|events?|TEAEs?|AEs?)\b|toxicit", r.linked[0].outcome or "", re.I)
    return r.linked[0].grade if general and (known is None or known.term.category == "adverse_event") else None


def _link(text: str, read: list[Read], rules: RuleSet, found: arms_of.Inventory) -> None:
    carried, block, graded, before = Carried(), None, None, None
    for r in read:
        if r.block is not block:
            headed = values.grade(r.block.heading) if "grade" in r.block.heading.lower() else None
            if r.block.kind != "item":
                carried = Carried(grade=headed)
            elif block is None or (block.kind != "item" and text[block.start : block.end].rstrip()[-1:] != ":"):
                carried = Carried(grade=headed)  # a list that no sentence leads to
            elif headed:
                carried.grade = headed
        block = r.block
        marks = [item for item in r.row if item.kind == "GRADE"] if "GRADE" in r.words.kinds else []
        if graded and not marks and r.block is before and _LISTS_THEM.search(text, r.start, r.end):
            carried.grade = graded
        if marks and not r.drafts and r.row[-1].kind == "W":
            carried.grade = values.grade(text[marks[-1].start : marks[-1].end])
        if not r.drafts and "P" not in r.words.kinds:
            continue
        r.linked = link_line(text, r.row, r.words, r.drafts, r.arms, rules.sets, carried)
        graded, before = _grade_of_all(r), r.block
        last = next((x.outcome for x in reversed(r.linked) if x.outcome), None)
        carried = Carried(
            last or carried.outcome, None, carried.grade if r.block.kind == "item" else None,
            list(dict.fromkeys(x.outcome for x in r.linked if x.outcome)),
        )  # fmt: skip
