"""What a document says of itself: the worked examples of patterns/facts.toml, the bundled corpora, single arms."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import grows_as_its_size
from trialtab import readers, rules
from trialtab.extract import arms as arms_of
from trialtab.extract import facts as facts_of
from trialtab.extract.facts import DESIGNS, Facts, Given, facts, main_intervention
from trialtab.extract.mentions import Mention, key
from trialtab.model import Block, Document

RULES = rules.load()
CONSTRUCTIONS = {c.id: c for c in RULES.constructions if c.id in ("design", "data_cutoff", "given")}
EXAMPLES = [(id, example) for id, c in CONSTRUCTIONS.items() for example in c.examples]


def told(text: str) -> Facts:
    (document,) = readers.read(text.encode(), "study.txt")
    return facts(document, RULES)


def as_row(id: str, found: Facts) -> dict[str, str | None]:
    if id == "design":
        return {"design": found.design}
    if id == "data_cutoff":
        return {"data_cutoff": found.data_cutoff}
    main = main_intervention(found)
    return {"intervention": main.name if main else None, "class": main.category if main else None}


@pytest.mark.parametrize(("id", "example"), EXAMPLES, ids=[f"{id}-{e['text'].strip()[:40]}" for id, e in EXAMPLES])
def test_worked_examples(id: str, example: dict) -> None:
    row = as_row(id, told(example["text"].strip()))
    if example.get("none"):
        assert set(row.values()) == {None}, row
    else:
        assert [row] == example["rows"]


def test_every_construction_has_examples_and_look_alikes() -> None:
    assert set(CONSTRUCTIONS) == {"design", "data_cutoff", "given"}
    for construction in CONSTRUCTIONS.values():
        assert any(e.get("none") for e in construction.examples)
        assert any(e.get("rows") for e in construction.examples)


def test_every_design_phrase_passes_the_cheap_test_first() -> None:
    for name, phrases in RULES.sets.items():
        if name.startswith("design_") and name not in ("design_others", "design_awaited", "design_own"):
            assert [p for p in phrases if not any(stem in p.lower() for stem in facts_of._DESIGN_STEMS)] == []


@pytest.mark.parametrize(
    ("said", "design"),
    [
        ("phase II/III randomised trial", "phase 2/3 randomised controlled trial"),
        ("phase Ib single-arm study", "phase 1b single-arm trial"),
        ("non-randomized trial", "non-randomised trial"),
        ("case-control study", "case-control study"),
        ("cross-sectional survey", "cross-sectional study"),
        ("prospective observational study", "prospective cohort"),
        ("phase 2 study", None),
    ],
)
def test_designs(said: str, design: str | None) -> None:
    assert told(f"Drug A in asthma\n\nMETHODS: We did a {said} at four hospitals.").design == design


@pytest.mark.parametrize(
    "text",
    [
        "In a previous randomised controlled trial the drug had failed.",
        "Randomised controlled trials are needed.",
        "A randomised controlled trial should follow.",
        "The registration trial left such patients out.",
        "Unlike the pivotal randomised trial, this report has no comparator.",
    ],
)
def test_designs_of_others_are_none(text: str) -> None:
    found = told(f"Drug A in asthma\n\nRESULTS: Of the patients, half responded. {text}").design
    assert found is None


# ---- the bundled corpora ---------------------------------------------------------------------------------------

CORPUS = {
    "aiha_cd19_cart_report.nxml": ("prospective cohort", "autoimmune haemolytic anaemia", "CD19 CAR T cells"),
    "aiha_cd19_cart_summary.txt": ("prospective cohort", "autoimmune haemolytic anaemia", "CD19 CAR T cells"),
    "axicel_lymphoma_report.pdf": ("phase 2 single-arm trial", "large B-cell lymphoma", "CD19 CAR T cells"),
    "axicel_lymphoma_summary.md": ("phase 2 single-arm trial", "large B-cell lymphoma", "CD19 CAR T cells"),
    "bcma_engager_aiha_cases.nxml": ("case series", "autoimmune haemolytic anaemia", "BCMA x CD3 engager"),
    "cd19_cart_autoimmune_abstract.txt": (None, "autoimmune disease", "CD19 CAR T cells"),
    "cd19_cart_autoimmune_report.pdf": ("case series", "autoimmune disease", "CD19 CAR T cells"),
    "elranatamab_congress_abstract.txt": (None, "multiple myeloma", "BCMA x CD3 engager"),
    "elranatamab_myeloma_report.nxml": ("phase 2 trial", "multiple myeloma", "BCMA x CD3 engager"),
    "german_registry_cart.txt": ("registry study", "large B-cell lymphoma", "CD19 CAR T cells"),
    "teclistamab_autoimmune_letter.pdf": ("case series", "autoimmune disease", "BCMA x CD3 engager"),
    "teclistamab_autoimmune_summary.md": ("case series", "autoimmune disease", "BCMA x CD3 engager"),
    "teclistamab_practice_page.html": ("retrospective cohort", "multiple myeloma", "BCMA x CD3 engager"),
    "brenva_myeloma.pdf": ("phase 3 randomised controlled trial", "multiple myeloma", None),
    "caldera_pad.html": ("randomised controlled trial", "peripheral arterial disease", None),
    "calyx_asthma.pdf": ("phase 2b randomised controlled trial", "asthma", None),
    "fixed_combination_glaucoma.txt": ("randomised controlled trial", "glaucoma", None),
    "harrow2_urothelial.txt": ("phase 3 randomised controlled trial", "bladder cancer", None),
    "iron_restless_crossover.txt": ("randomised crossover trial", "restless legs syndrome", None),
    "knee_block_recovery.txt": ("randomised controlled trial", "osteoarthritis", None),
    "meridian_cuti.nxml": ("randomised controlled trial", "urinary tract infection", None),
    "pelham_itp.nxml": ("phase 3 randomised controlled trial", "immune thrombocytopenia", None),
    "sandbar_diabetes.pdf": ("randomised controlled trial", "type 2 diabetes", None),
    "steadier_falls.md": ("cluster randomised trial", None, None),
    "tessel_arthritis.md": ("randomised controlled trial", "rheumatoid arthritis", None),
    "thiamine_septic_shock.nxml": ("randomised controlled trial", "sepsis", None),
}


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_corpora(name: str, request: pytest.FixtureRequest) -> None:
    (path,) = (request.config.rootpath / "corpora").glob(f"*/documents/{name}")
    (document,) = readers.read(path.read_bytes(), path.name)
    found = facts(document, RULES)
    design, condition, category = CORPUS[name]
    assert (found.design, found.condition) == (design, condition)
    for one in found.interventions:
        if one.start is not None and one.end is not None:
            assert document.text[one.start : one.end].strip()
    if category is not None:
        empty = arms_of.Inventory([], {}, False)
        (arm,) = arms_of.records(empty, {}, found, single=True)
        assert (arm.arm_id, arm.label, arm.role, arm.intervention_class) == ("A1", "overall", "overall", category)
        assert arm.intervention
        if name == "german_registry_cart.txt":
            assert arm.intervention == "axicabtagene ciloleucel or tisagenlecleucel"


@pytest.mark.parametrize("corpus", ["cellular_immunotherapy", "randomised_trials"])
def test_every_document_of_the_first_corpora_is_looked_at(request: pytest.FixtureRequest, corpus: str) -> None:
    assert {p.name for p in (request.config.rootpath / "corpora" / corpus / "documents").iterdir()} <= set(CORPUS)


# ---- arms as records -------------------------------------------------------------------------------------------


def inventory(*labels: str, alias: dict[str, str] | None = None) -> arms_of.Inventory:
    entries = []
    for place, label in enumerate(labels):
        mention = Mention("arm", 0, 1, 100 * place, 100 * place + len(label), label, "head noun", key(label))
        entries.append(arms_of.Entry(key(label), label, mention, 5.0, 2, Counter({"head noun": 2}), 40.0, (10, 12)))
    return arms_of.Inventory(entries, alias or {}, len(labels) > 1)


GIVEN = Facts(interventions=(Given("teclistamab", "BCMA x CD3 engager", 5, 16, 9.0),))


def test_one_arm_for_a_study_without_a_comparison() -> None:
    (arm,) = arms_of.records(inventory("responders", "others"), {}, GIVEN, single=True, size=(7.0, 40, 45))
    assert (arm.label, arm.intervention, arm.n, arm.start, arm.end, arm.n_start, arm.n_end) == (
        "overall", "teclistamab", 7, 5, 16, 40, 45,
    )  # fmt: skip


def test_arms_of_a_comparison_keep_their_labels() -> None:
    found = inventory("axi-cel", "placebo")
    a, b = arms_of.records(found, {"axi-cel": "intervention", "placebo": "control"}, GIVEN)
    assert (a.label, a.intervention, a.intervention_class, a.n) == (
        "axi-cel",
        "axicabtagene ciloleucel",
        "CD19 CAR T cells",
        40,
    )
    assert (b.role, b.intervention_class) == ("control", "placebo")


def test_an_arm_called_intervention_has_the_main_intervention() -> None:
    found = inventory("intervention", "control")
    a, b = arms_of.records(found, {"intervention": "intervention", "control": "control"}, GIVEN)
    assert a.intervention == "teclistamab"
    assert b.intervention is None


def test_an_abbreviated_arm_is_read_by_its_long_form() -> None:
    found = inventory("TCL", "PBO", alias={"teclistamab": key("TCL")})
    a, b = arms_of.records(found, {}, Facts())
    assert a.intervention_class == "BCMA x CD3 engager"
    assert b.intervention is None


def test_a_title_in_place_of_the_facts_still_works() -> None:
    assert len(arms_of.records(inventory("axi-cel", "placebo"), {}, "A title")) == 2


@pytest.mark.parametrize(
    ("design", "labels", "paired", "single"),
    [
        ("randomised controlled trial", ("drug A", "placebo"), False, False),
        ("phase 2 single-arm trial", ("responders", "others"), True, True),
        ("case series", ("axi-cel", "placebo"), True, True),
        ("retrospective cohort", ("axi-cel", "tisa-cel"), True, False),
        ("retrospective cohort", ("axi-cel", "tisa-cel"), False, True),
        ("retrospective cohort", ("with prior therapy", "without it"), True, True),
        (None, ("axi-cel",), True, True),
    ],
)
def test_whether_a_study_compares(design: str | None, labels: tuple[str, ...], paired: bool, single: bool) -> None:
    pairs = {(key(labels[0]), key(labels[-1])): 1} if paired else {}
    assert arms_of.is_single(Facts(design=design), inventory(*labels), pairs) is single


def test_two_products_of_one_class_share_an_arm() -> None:
    found = Facts(
        interventions=(Given("a-cel", "CD19 CAR T cells", 1, 2, 4.0), Given("b-cel", "CD19 CAR T cells", 5, 6, 3.0))
    )
    given = main_intervention(found)
    assert given is not None
    assert (given.name, given.category, given.start) == ("a-cel or b-cel", "CD19 CAR T cells", 1)


# ---- what patients had had before does not win -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (
            "Teclistamab in myeloma refractory to daratumumab\n\nMETHODS: Patients had received lenalidomide earlier.",
            "BCMA x CD3 engager",
        ),
        (
            "A BCMA engager after failure of CD19 CAR T cells\n\nRESULTS: Seven patients were given the engager.",
            "BCMA x CD3 engager",
        ),
        (
            "CD19 CAR T cells for lupus after rituximab\n\nMETHODS: Fludarabine and cyclophosphamide came first.",
            "CD19 CAR T cells",
        ),
    ],
)
def test_earlier_treatment_does_not_win(text: str, category: str) -> None:
    main = main_intervention(told(text))
    assert main is not None
    assert main.category == category


# ---- robustness ------------------------------------------------------------------------------------------------


def test_designs_belong_to_the_closed_list(shared) -> None:
    for path in sorted((shared / "bench" / "pico" / "documents").iterdir())[:60]:
        for document in readers.read(path.read_bytes(), path.name):
            design = facts(document, RULES).design
            assert design is None or re.sub(r"^phase [1-4ab/]+ ", "", design) in DESIGNS


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    facts(Document("d", "0" * 64, "text", text, (Block("paragraph", "abstract", "", 0, len(text)),)), RULES)


@pytest.mark.parametrize(
    "unit", ["randomised ", "data cut-off ", "phase 1/2 ", "CAR ", "CD19 ", "May 2020 ", "we treated ", "lupus, "]
)
def test_time_is_bounded_on_hostile_text(unit: str) -> None:
    def make(times: int) -> Document:
        text = unit * times
        return Document("d", "0" * 64, "text", text, (Block("paragraph", "abstract", "", 0, len(text)),))

    grows_as_its_size(make, lambda document: facts(document, RULES), 500, 4000)
