"""Vocabularies: counts, uniqueness, hard phrases, classes, interventions, units, sections, refusals."""

import json
import random
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock import within
from trialtab import vocabulary as v
from trialtab.errors import RuleFileError
from trialtab.resources import folder

NAMES = (
    "outcomes", "adverse_events", "interventions", "units", "grades", "populations", "conditions", "sections",
    "timepoints",
)  # fmt: skip
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no development data at {SHARED}")
    return SHARED


# ---- the files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "least"),
    [("outcomes", 260), ("adverse_events", 350), ("interventions", 250), ("units", 120), ("conditions", 200)],
)
def test_enough_terms(name: str, least: int) -> None:
    assert len(v.vocabulary(name).terms) >= least


def test_at_least_eighty_stems() -> None:
    assert len(v._interventions().stems) >= 80


@pytest.mark.parametrize("name", NAMES)
def test_every_spelling_finds_its_own_term(name: str) -> None:
    known = v.vocabulary(name)
    for spelling, term in known.surfaces():
        found = known.match(spelling)
        assert found is not None and found.term is term and found.method == "exact", spelling
        assert known.get(term.id) is term


def test_outcomes_and_adverse_events_share_no_id_and_no_spelling() -> None:
    for spelling, term in v.outcomes().surfaces():
        found = v.outcome(spelling)
        assert found is not None and found.term.id == term.id, spelling


def test_classes_are_the_agreed_ones() -> None:
    assert {term.category for term in v.outcomes().terms} == v.OUTCOME_CLASSES
    assert {term.category for term in v.vocabulary("adverse_events").terms} == {"adverse_event"}
    assert all(term.attributes["group"] for term in v.vocabulary("adverse_events").terms)


def test_every_file_names_its_source() -> None:
    for name in NAMES:
        assert len(v._file(name)["source"]) > 20


# ---- the normal form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Anaemia", "anemia"), ("leucopenia", "Leukopenia"), ("oedema", "edema"), ("diarrhoea", "diarrhea"),
        ("dyspnoea", "dyspnea"), ("tumour lysis", "tumor lysis"), ("hospitalisation", "hospitalization"),
        ("haemorrhages", "hemorrhage"), ("oesophagitis", "esophagitis"), ("non-relapse", "nonrelapse"),
        ("re-operation", "reoperation"), ("CAR-T cells", "CAR T cell"), ("Crohn's disease", "Crohn disease"),
        ("β-blocker", "beta blocker"), ("metastases", "metastasis"), ("IL‑6", "IL-6"), ("CO₂", "CO2"),
        ("progression–free survival", "progression-free survival"), ("ischaemic", "ischemic"),
    ],
)  # fmt: skip
def test_normal_form_joins(left: str, right: str) -> None:
    assert v.normal(left) == v.normal(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("hypotension", "hypertension"), ("hypokalemia", "hyperkalemia"), ("relapse", "non-relapse"), ("CD19", "CD20")],
)
def test_normal_form_parts(left: str, right: str) -> None:
    assert v.normal(left) != v.normal(right)


@given(st.text(max_size=80))
def test_any_text_may_be_looked_up(text: str) -> None:
    v.normal(text)
    v.outcome(text)
    v.outcome_class(text)
    v.intervention_class(text)
    v.condition(text)
    v.unit(text)
    v.section_of(text)
    v.is_drug(text)


@given(st.text(alphabet="abceosyRCP39 -", max_size=40))
def test_normal_is_the_same_by_its_short_cut(text: str) -> None:
    assert v.normal(text) == " ".join(token.norm for token in v._tokens(text))


@given(st.text(alphabet="abcdefgxyz -/'", max_size=60))
def test_normal_is_stable(text: str) -> None:
    once = v.normal(text)
    assert v.normal(once).replace(" ", "") == v.normal(v.normal(once)).replace(" ", "")


# ---- phrases ------------------------------------------------------------------------------------------------------

HARD = {
    "rate of complete response at 12 months": "complete_response",
    "complete remissions": "complete_response",
    "CRs": "complete_response",
    "CRS": "cytokine_release_syndrome",
    "any-grade cytokine-release syndrome": "cytokine_release_syndrome",
    "grade 1 ICANS": "icans",
    "early ICAHT": "icaht",
    "12-month PFS": "progression_free_survival",
    "median OS": "overall_survival",
    "5-year overall survival (OS)": "overall_survival",
    "the estimated probability of event-free survival at 3 years": "event_free_survival",
    "relapse-free survival": "relapse_free_survival",
    "progression-free-survival": "progression_free_survival",
    "disease-free and alive": None,
    "nonrelapse mortality": "non_relapse_mortality",
    "cumulative incidence of non-relapse mortality": "non_relapse_mortality",
    "death from any cause": "mortality",
    "death within 30 days": "mortality_30_day",
    "treatment-related deaths": "treatment_related_death",
    "time to complete response": "time_to_complete_response",
    "time to first response": "time_to_response",
    "time to platelet response": "time_to_platelet_response",
    "time to onset of cytokine release syndrome": "time_to_cytokine_release_syndrome",
    "duration of response": "duration_of_response",
    "duration of neutropenia": "duration_of_neutropenia",
    "duration of B-cell aplasia": "b_cell_aplasia",
    "median B-cell aplasia": "b_cell_aplasia",
    "CAR T-cell persistence": "car_t_persistence",
    "peak CAR T-cell expansion": "car_t_peak",
    "drug-free remission": "drug_free_remission",
    "use of tocilizumab": "tocilizumab_use",
    "loss of response": "loss_of_response",
    "very good partial response or better": "very_good_partial_response_or_better",
    "partial response": "partial_response",
    "MRD negativity": "mrd_negativity",
    "change in HbA1c": "hba1c_change",
    "HbA1c level": "hba1c",
    "mean reduction in intraocular pressure at 6 months": "intraocular_pressure_change",
    "IOP": "intraocular_pressure",
    "change from baseline in SLEDAI-2K score": "sledai_change",
    "LVEF": "left_ventricular_ejection_fraction",
    "grade 3 or higher neutropenia": "neutropenia",
    "neutropenia of grade 3 or 4": "neutropenia",
    "low platelets": "thrombocytopenia",
    "anaemia": "anemia",
    "severe infections": "serious_infection",
    "number of patients with nausea": "nausea",
    "nausea and vomiting": "nausea_vomiting",
    "vomiting": "vomiting",
    "bone pain": "bone_pain",
    "visual analogue scale for pain": "pain_score",
    "febrile neutropenia": "febrile_neutropenia",
    "peripheral sensory neuropathy": "sensory_neuropathy",
    "discontinuation due to adverse events": "discontinuation_due_to_ae",
    "hospital length of stay": "length_of_stay",
    "haemoglobin": "hemoglobin",
    "transfusion independence": "transfusion_independence",
    "ACR20 response at week 24": "acr20",
    "major adverse cardiac events": "mace",
    "hospitalisation for heart failure": "heart_failure_hospitalization",
    "sustained virologic response": "sustained_virologic_response",
    "EORTC QLQ-C30 global health status": "eortc_qlq_c30",
    "quality of life at 12 weeks": "quality_of_life",
    "treatment-related adverse events": "treatment_related_adverse_event",
    "serious AEs": "serious_adverse_event",
    "overall response rate": "objective_response",
    "patients enrolled": "patients_enrolled",
    "median follow-up": "follow_up",
    "immune effector cell-associated neurotoxicity syndrome": "icans",
    "hypogammaglobulinaemia": "hypogammaglobulinemia",
    "TTNT": "time_to_next_treatment",
    "resolution of diarrhoea": "diarrhea_resolution",
    "time from infusion to relapse": "time_to_relapse",
    "vaginal bleeding": "vaginal_bleeding",
}

NOT_THAT = {
    "fear of relapse": "relapse",
    "pain medication": "pain",
    "breast cancer mortality": "mortality",
    "death due to sepsis": "mortality",
    "time to complete response": "complete_response",
    "change in HbA1c": "hba1c",
    "HbA1c < 6.5%": "hba1c",
    "IOP lower than 21 mm Hg": "intraocular_pressure",
    "non-relapse mortality": "mortality",
    "infection-related mortality": "infection",
    "relapse-free survival": "survival",
    "symptom-free survival": "survival",
    "event-free survival": "overall_survival",
    "death or stroke": "stroke",
    "death or myocardial infarction": "mortality",
    "anaemia and neutropenia": "neutropenia",
    "nausea/fever": "nausea",
    "history of myocardial infarction": "myocardial_infarction",
    "or": "overall_survival",
    "os": "overall_survival",
    "sd": "stable_disease",
    "mean (SD) age": "stable_disease",
    "hypotension": "hypertension",
    "hypertention": "hypotension",
    "survival curves": "survival",
    "risk factors for infection": "infection",
    "predictors of relapse": "relapse",
    "infection control measures": "infection",
    "knowledge of stroke": "stroke",
    "adiponectin-to-leptin ratio": "adiponectin",
    "progression to severe sepsis": "progression",
    "very low-density lipoprotein": "ldl_cholesterol",
    "anxiety about surgery questionnaire": "anxiety",
    "stroke volume": "stroke",
    "heart failure hospitalisation": "heart_failure",
    "skin tonicity": "skin_toxicity",
    "satisfaction of the surgeon": "mortality",
    "weight of the placenta": "weight_gain",
}


@pytest.mark.parametrize("phrase", HARD)
def test_hard_phrase(phrase: str) -> None:
    found = v.outcome(phrase)
    assert (found.term.id if found else None) == HARD[phrase]


@pytest.mark.parametrize("phrase", NOT_THAT)
def test_phrase_is_not(phrase: str) -> None:
    found = v.outcome(phrase)
    assert found is None or found.term.id != NOT_THAT[phrase]


@pytest.mark.parametrize(
    ("phrase", "category"),
    [
        ("invasive breast cancer-free survival", "survival"),
        ("breast cancer mortality", "mortality"),
        ("time to splenectomy", "time_to_event"),
        ("late locoregional relapse of unknown site", "relapse"),
        ("plasma calprotectin concentration", "biomarker"),
        ("hypermagnesemia", "adverse_event"),
        ("wound dermatitis", "adverse_event"),
        ("fatal heart failure", "mortality"),
        ("bacterial phagocytosis", "biomarker"),
        ("Foo-Bar disability scale", "score_change"),
        ("cranial bleeding", "adverse_event"),
        ("myeloma-related pain", "adverse_event"),
        ("serological response", "efficacy_response"),
        ("duration of complete response", "remission_duration"),
        ("the colour of the box", None),
    ],
)
def test_class_by_head_word(phrase: str, category: str | None) -> None:
    assert v.outcome_class(phrase) == category


@pytest.mark.parametrize(
    ("phrase", "category"),
    [
        # two events in one outcome
        ("progression or death", "survival"),
        ("died or relapsed", "survival"),
        ("death without relapse or progression", "mortality"),
        ("death from infection or bleeding", "mortality"),
        ("death from cardiovascular causes or stroke", "mortality"),
        ("cardiovascular death or stroke", "adverse_event"),
        # what was the reason
        ("discontinuation due to diarrhoea", "adverse_event"),
        ("withdrawn because of a rash", "adverse_event"),
        ("stopped for toxicity", "adverse_event"),
        ("discontinued for lack of benefit", "other"),
        ("dose reduced because of neutropenia", "other"),
        ("not operated on because of pregnancy", "other"),
        ("hospitalisation for pneumonia", "adverse_event"),
        ("hospitalisation for heart failure", "other"),
        ("led to discontinuation", "adverse_event"),
        ("died from a second cancer", "mortality"),
        ("fatal aspergillosis", "mortality"),
        # spared an event
        ("free of painful crises", "efficacy_response"),
        ("without any joint bleed", "efficacy_response"),
        ("free from relapse", "survival"),
        ("without fever", "adverse_event"),
        # a limit
        ("MADRS score of 10 or less", "efficacy_response"),
        ("score of 3 or less on the Foo scale", "efficacy_response"),
        ("mRS 0-1 at 90 days", "efficacy_response"),
        ("HbA1c of less than 7.5%", "efficacy_response"),
        ("platelet count above 100 × 10^9/L", "efficacy_response"),
        ("platelets below 20 × 10^9/L", "adverse_event"),
        ("IgG under 3 g/L", "adverse_event"),
        ("ALT more than 5 times the upper limit", "adverse_event"),
        ("5-minute Apgar score below 5", "adverse_event"),
        ("improvement of at least 30% in pain", "efficacy_response"),
        ("50% or greater reduction in itch", "efficacy_response"),
        ("grade 3 or higher neutropenia", "adverse_event"),
        ("Apgar score at 5 minutes", "score_change"),
        # leads
        ("fall in the Foo score", "score_change"),
        ("fall in haptoglobin", "biomarker"),
        ("falls in the nursing home", "adverse_event"),
        ("need for oxygen", "other"),
        ("received immunoglobulins", "other"),
        ("interval between infusion and fever", "time_to_event"),
        ("raised lipase", "adverse_event"),
    ],
)
def test_class_by_how_a_phrase_is_built(phrase: str, category: str) -> None:
    assert v.outcome_class(phrase) == category
    found = v.outcome(phrase)
    assert found is None or found.term.category == category


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_reading_of_a_file_gives_what_tomllib_gives(name: str) -> None:
    text = (folder("patterns") / f"{name}.toml").read_text(encoding="utf-8")
    assert v._plain_terms(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        'x = "y"\n',
        '[[term]]\nid = "a"\n',
        'x = "y"\n[[term]]\nid = "a"\nid = "b"\n',
        'x = "y"\n[[term]]\nid = "a"\nsynonyms = ["b" "c"]\n',
        'x = "y"\n[[term]]\nid = "a"\nsynonyms = ["b"]\nname = "c"\n',
        'x = "y"\n[[term]]\nid = "a\\u0041"\n',
        'x = "y"\n[[term]]\nid = 1\n',
        'x = "y"\n[[term]]\nid = "a"\n\n[head]\nb = 1\n\n[[term]]\nid = "c"\n',
    ],
)
def test_a_file_that_is_not_plain_is_left_to_tomllib(text: str) -> None:
    assert v._plain_terms(text) is None


def test_derived_terms_can_be_fetched() -> None:
    assert v.outcomes().get("hba1c_change").name == "change in HbA1c"
    assert v.outcomes().get("time_to_platelet_response").category == "time_to_event"
    with pytest.raises(KeyError, match="nonsense"):
        v.outcomes().get("nonsense")


def test_did_you_mean() -> None:
    assert "complete response" in v.outcomes().nearest("complet respnse", 3)
    assert v.outcomes().nearest("pfs", 1) == ["progression-free survival"]
    assert v.outcomes().nearest("qqqq zzzz", 3) == []


# ---- slips of the pen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "id"),
    [
        ("progresion-free survivall", "progression_free_survival"),
        ("trombocytopenia", "thrombocytopenia"),
        ("hypogammaglobulinemai", "hypogammaglobulinemia"),
        ("cytokine relase syndrome", "cytokine_release_syndrome"),
        ("mean follow-up period", "follow_up"),
    ],
)
def test_fuzzy(phrase: str, id: str) -> None:
    found = v.outcome(phrase)
    assert found is not None and found.method == "fuzzy" and found.term.id == id
    assert v.outcomes().match(phrase, fuzzy=False) is None


def test_fuzzy_precision_on_seeded_slips() -> None:
    chance = random.Random(11)
    owner = {
        s: t.id for s, t in v.outcomes().surfaces() if len(s) > 9 and s.replace(" ", "").replace("-", "").isalpha()
    }
    right = wrong = 0
    for spelling in chance.sample(sorted(owner), 400):
        at = chance.choice([i for i in range(1, len(spelling) - 1) if spelling[i].isalpha()])
        slipped = (
            spelling[:at] + spelling[at + 1 :]
            if chance.random() < 0.5
            else spelling[:at] + spelling[at] + spelling[at:]
        )
        if v.outcomes().match(slipped, fuzzy=False):
            continue
        found = v.outcome(slipped)
        right += found is not None and found.term.id == owner[spelling]
        wrong += found is not None and found.term.id != owner[spelling]
    assert right >= 150
    assert right / (right + wrong) >= 0.95


def test_real_phrases_are_seldom_taken_for_slips(shared: Path) -> None:
    gold = (shared / "bench/pico/gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in gold)
    phrases = {row["text"] for row in rows if row["label"] == "outcome"}
    found = [v.outcome(phrase) for phrase in sorted(phrases)]
    fuzzy = [m for m in found if m and m.method == "fuzzy" and m.score < 100]
    assert len(fuzzy) <= 5
    assert sum(m is not None for m in found) >= 0.45 * len(phrases)


def test_classes_agree_with_whole_row_gold(shared: Path) -> None:
    lines = (shared / "bench/findings/gold.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = {(row["outcome"], row["outcome_class"]) for row in map(json.loads, lines) if row.get("outcome")}
    right = sum(v.outcome_class(outcome) == category for outcome, category in pairs)
    assert right >= 0.7 * len(pairs)


# ---- interventions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "category"),
    [
        ("axi-cel", "CD19 CAR T cells"),
        ("tisagenlecleucel group", "CD19 CAR T cells"),
        ("KYV-101", "CD19 CAR T cells"),
        ("autologous anti-CD19 chimeric antigen receptor T-cell therapy", "CD19 CAR T cells"),
        ("CD19-directed CAR T", "CD19 CAR T cells"),
        ("ciltacabtagene autoleucel", "BCMA CAR T cells"),
        ("anti-BCMA CAR-T", "BCMA CAR T cells"),
        ("zevor-cel", "BCMA CAR T cells"),
        ("CD19/BCMA dual CAR T cells", "CD19/BCMA CAR T cells"),
        ("teclistamab", "BCMA x CD3 engager"),
        ("Elranatamab", "BCMA x CD3 engager"),
        ("the BCMA engager", "BCMA x CD3 engager"),
        ("bispecific antibody targeting BCMA and CD3", "BCMA x CD3 engager"),
        ("CD20×CD3 bispecific antibody", "CD20 x CD3 engager"),
        ("mosunetuzumab plus lenalidomide", "CD20 x CD3 engager"),
        ("talquetamab", "GPRC5D x CD3 engager"),
        ("cevostamab", "FcRH5 x CD3 engager"),
        ("blinatumomab", "CD19 x CD3 engager"),
        ("rituximab", "anti-CD20 antibody"),
        ("daratumumab", "anti-CD38 antibody"),
        ("efgartigimod", "FcRn inhibitor"),
        ("bortezomib", "proteasome inhibitor"),
        ("placebo plus bevacizumab", "VEGF inhibitor"),
        ("prednisone", "glucocorticoid"),
        ("matching placebo", "placebo"),
        ("usual care", "usual care"),
        ("imaginarimab", "monoclonal antibody"),
        ("candesartan", "angiotensin-receptor blocker"),
        ("propofol", "drug"),
        ("the control group", None),
        ("magazine", None),
        ("cholesterol", None),
    ],
)
def test_intervention_class(phrase: str, category: str | None) -> None:
    assert v.intervention_class(phrase) == category


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("CD19 CAR T", "CD19 CAR T cells", True),
        ("cd19 car-t cells", "CD19 CAR T cells", True),
        ("BCMA engager", "BCMA x CD3 engager", True),
        ("BCMA bispecific", "BCMA x CD3 engager", True),
        ("bispecific", "CD20 x CD3 engager", True),
        ("CAR T", "CD19 CAR T cells", True),
        ("CAR T", "BCMA CAR T cells", True),
        ("BCMA", "BCMA CAR T cells", True),
        ("BCMA", "BCMA x CD3 engager", True),
        ("steroids", "glucocorticoid", True),
        ("kinase inhibitor", "BTK inhibitor", True),
        ("CAR T", "BCMA x CD3 engager", False),
        ("CD19 CAR T", "BCMA CAR T cells", False),
        ("CD19 CAR T", "CD19/BCMA CAR T cells", False),
        ("BTK inhibitor", "JAK inhibitor", False),
        ("placebo", "usual care", False),
        ("", "placebo", False),
    ],
)
def test_same_class(a: str, b: str, same: bool) -> None:
    assert v.same_class(a, b) is same
    assert v.same_class(b, a) is same


def test_every_class_alias_means_its_class() -> None:
    for cls in v._interventions().classes.values():
        for key in cls.keys:
            assert v.same_class(key, cls.name), (key, cls.name)


@pytest.mark.parametrize("name", ["rituximab", "Aspirin", "zoledronic acid", "vitamin D", "docetaxel", "foozumab"])
def test_is_drug(name: str) -> None:
    assert v.is_drug(name)


@pytest.mark.parametrize(
    "word", ["water", "oxygen", "control", "sugar", "protein", "alcohol", "patients", "iron", "placebo", "treatment",
             "serum", "magazine", "cholesterol", "glucose", "concept", "luminal", "women", "plasma", ""],
)  # fmt: skip
def test_is_no_drug(word: str) -> None:
    assert not v.is_drug(word)


def test_drug_list_form() -> None:
    path = folder("patterns") / "drug_names.txt"
    text = path.read_text(encoding="utf-8")
    header, *names = text.rstrip("\n").split("\n")
    assert header.startswith("# ") and "MIT" in header and "2.0.9" in header
    assert names == sorted(set(names)) and all(name == name.lower() for name in names)
    assert path.stat().st_size < 1_500_000
    assert v.drugs_in("Doxorubicin and cyclophosphamide, then zoledronic acid") == [
        "doxorubicin", "cyclophosphamide", "zoledronic acid",
    ]  # fmt: skip


# ---- conditions, units, sections ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("CD19 CAR T cells in multirefractory autoimmune haemolytic anaemia", "aiha"),
        ("Refractory AIHA treated with a bispecific antibody", "aiha"),
        ("Teclistamab in refractory autoimmune disease: lupus, myositis and four others", "autoimmune_disease"),
        ("Elranatamab in relapsed or refractory multiple myeloma, a plasma cell cancer", "multiple_myeloma"),
        ("Axicabtagene ciloleucel in refractory large B-cell lymphoma", "lbcl"),
        ("Timolol for primary open-angle glaucoma", "glaucoma"),
        ("Nothing of the kind", None),
    ],
)
def test_condition(text: str, id: str | None) -> None:
    found = v.condition(text)
    assert (found.term.id if found else None) == id


def test_conditions_in_text_by_mentions() -> None:
    found = v.conditions_in("Lupus or myositis. Lupus was refractory; SLE in eight, myositis in three.")
    assert [m.term.id for m in found] == ["sle", "myositis_disease"]


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("months", "mo"), ("Years", "a"), ("wk", "wk"), ("%", "%"), ("percentage points", "{percentage_point}"),
        ("mm Hg", "mm[Hg]"), ("mmHg", "mm[Hg]"), ("g/dl", "g/dL"), ("g per deciliter", "g/dL"), ("×10⁹/L", "10*9/L"),
        ("x10(9)/L", "10*9/L"), ("10^9/l", "10*9/L"), ("cells/mm3", "{cells}/uL"), ("cells/µL", "{cells}/uL"),
        ("log10 copies/mL", "{log_copies}/mL"), ("ml/min/1.73 m²", "mL/min/{1.73_m2}"), ("mg/m2", "mg/m2"),
        ("kg/m²", "kg/m2"), ("AUC", "{AUC}"), ("Gy", "Gy"), ("IU", "[IU]"), ("cells/kg", "{cells}/kg"),
        ("mM", "mmol/L"), ("mm", "mm"), ("μg/L", "ug/L"), ("g/L", "g/L"), ("G/L", "10*9/L"), ("furlong", None),
        ("", None),
    ],
)  # fmt: skip
def test_unit(printed: str, code: str | None) -> None:
    assert v.unit(printed) == code


def test_time_in_days() -> None:
    assert v.time_in_days(12, "months") == 365.25
    assert v.time_in_days(1, "year") == 365.25
    assert v.time_in_days(2, "weeks") == 14
    assert v.time_in_days(36, "h") == pytest.approx(1.5)
    with pytest.raises(ValueError, match="mg"):
        v.time_in_days(3, "mg")


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("2.1. Statistical Analysis:", ("methods", "methods")),
        ("RESULTS", ("results", "results")),
        ("Patients and methods", ("methods", "methods")),
        ("In-Depth [prospective cohort]:", ("summary", "results")),
        ("Study Rundown:", ("summary", "")),
        ("Evidence Rating Level: 2 (Good)", ("other", "")),
        ("Relevant Reading", ("back", "")),
        ("Conclusions and Relevance", ("conclusion", "conclusion")),
        ("Conclusion(s)", ("conclusion", "conclusion")),
        ("References", ("references", "")),
        ("IV. Discussion", ("discussion", "discussion")),
        ("Acknowledgements", ("back", "")),
        ("A tale of two trials", None),
    ],
)
def test_section_of(heading: str, place: tuple[str, str] | None) -> None:
    assert v.section_of(heading) == place


def test_sections_use_the_values_of_a_block() -> None:
    sections = {
        "title", "abstract", "summary", "background", "methods", "results", "discussion", "conclusion", "references",
        "caption", "table", "back", "other",
    }  # fmt: skip
    parts = {"background", "methods", "results", "discussion", "conclusion", ""}
    for term in v.vocabulary("sections").terms:
        assert term.category in sections and term.attributes.get("part", "") in parts


@pytest.mark.parametrize(
    ("printed", "id"),
    [
        ("III", "grade_3"),
        ("grade 3-4", "grade_3_4"),
        ("grade ≥3", "grade_ge_3"),
        ("severe", "severe"),
        ("ASTCT", "astct"),
    ],
)
def test_grades(printed: str, id: str) -> None:
    found = v.vocabulary("grades").match(printed)
    assert found is not None and found.term.id == id


# ---- refusals -------------------------------------------------------------------------------------------------------

HEAD = 'vocabulary = "timepoints"\nabout = "x"\nsource = "own reading"\n'
TERM = '[[term]]\nid = "{id}"\nname = "{name}"\nclass = "start"\n'


@pytest.fixture
def patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    shutil.copytree(folder("patterns"), tmp_path / "patterns")
    monkeypatch.setattr(v, "folder", lambda name: tmp_path / name)
    cached = (v._file, v.vocabulary)
    for function in cached:
        function.cache_clear()
    yield tmp_path / "patterns"
    for function in cached:
        function.cache_clear()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + TERM.format(id="a", name="a") + 'colour = "red"\n', "colour"),
        (HEAD + TERM.format(id="a", name="a") + TERM.format(id="a", name="b"), "'a' stands twice"),
        (HEAD + TERM.format(id="a", name="one") + TERM.format(id="b", name="One"), "both a and b"),
        (HEAD + TERM.format(id="a", name="one") + 'synonyms = ["two", "two"]\n', "synonym stands twice"),
        (HEAD + TERM.format(id="a", name=""), "name"),
        (HEAD, "no \\[\\[term\\]\\]"),
        ("", "vocabulary"),
        (HEAD + "extra = 1\n" + TERM.format(id="a", name="a"), "extra"),
        (HEAD.replace("timepoints", "times") + TERM.format(id="a", name="a"), "times"),
        (HEAD + "[[term\n", "timepoints.toml"),
    ],
)
def test_broken_file_is_refused(patterns: Path, content: str, said: str) -> None:
    (patterns / "timepoints.toml").write_text(content, encoding="utf-8")
    with pytest.raises(RuleFileError, match=said) as caught:
        v.vocabulary("timepoints")
    assert "timepoints.toml" in str(caught.value)


def test_missing_file_is_refused(patterns: Path) -> None:
    (patterns / "timepoints.toml").unlink()
    with pytest.raises(RuleFileError, match="no such vocabulary file"):
        v.vocabulary("timepoints")


def test_look_up_is_quick() -> None:
    """Ten times the aim (50 us exact, 1 ms fuzzy), so that a busy machine does not fail it."""
    v.outcome("warm-up of the fuzzy indexx")
    with within(200 * 0.0005):
        for _ in range(200):
            v.outcome("complete response")
    with within(50 * 0.01):
        for _ in range(50):
            v.outcome("number of restored surfacess")
