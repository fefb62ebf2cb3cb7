"""The form of a review as RevMan imports study data, and beside what Covidence exports of people."""

from __future__ import annotations

import csv
import io

import pytest
from click.testing import CliRunner

from bundled import ROOT
from test_compare import CR, DOCUMENTS, LEFT, of, share
from trialtab import cli, run
from trialtab.export import covidence, study_data
from trialtab.questions import form
from trialtab.views.form_studies import FormArm, FormStudy, form_studies

REPORT = """# =HYPERLINK("x"): tovelimab against placebo in arthritis

## Results

84 patients were randomly assigned: 42 to tovelimab and 42 to placebo. Complete response was seen in 15/42 (36%) with
tovelimab and in 7/42 (17%) with placebo. Mean pain score at 12 weeks was 3.1 (SD 1.2; n = 40) with tovelimab and 4.0
(SD 1.3; n = 41) with placebo. Relapse was rarer with tovelimab than with placebo (hazard ratio 0.60, 95% CI 0.40 to
0.91; p = 0.016). Fatigue was told by 12% of patients with tovelimab.
"""
PROTOCOL = """
[[arm]]
name = "tovelimab"
[[arm]]
name = "placebo"
[[outcome]]
name = "complete response"
kind = "binary"
[[outcome]]
name = "pain score"
kind = "continuous"
[[outcome]]
name = "relapse"
kind = "time-to-event"
"""
BUNDLED = ROOT / "corpora" / "cellular_immunotherapy" / "protocol.toml"
FIRST_RESULTS = [
    "Study", "Outcome", "Data type", "Effect measure", "Arm", "Reference arm", "Sample size", "Cases", "Mean", "SD",
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    (folder / "tovelimab.md").write_text(REPORT, "utf-8")
    (folder / "protocol.toml").write_text(PROTOCOL, "utf-8")
    run.extract([folder / "tovelimab.md"], folder / "evidence.db")
    return folder


def said(protocol, db, *words, code=0):
    done = CliRunner().invoke(cli.main, ["form", str(protocol), "--db", str(db), *map(str, words)])
    assert done.exit_code == code, done.output
    return done


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def revman(place):
    (place / "rob.csv").write_text("study,Randomisation,Overall\nTovelimab,Low risk,=High risk\n", "utf-8")
    words = ("--format", "revman", "-o", place / "revman", "--judgements", place / "rob.csv")
    return said(place / "protocol.toml", place / "evidence.db", *words), place / "revman"


# ---- for RevMan ------------------------------------------------------------------------------------------------


def test_counts_means_and_a_hazard_ratio_stand_in_the_columns_of_study_results(revman):
    found = lines(revman[1] / "study-results.csv")
    assert list(found[0])[:10] == FIRST_RESULTS and list(found[0])[-1] == "Footnotes" and len(found[0]) == 41
    told = [{name: value for name, value in line.items() if value and name != "Footnotes"} for line in found]
    one = {"Study": "tovelimab", "Arm": "tovelimab"}
    other = {"Study": "tovelimab", "Arm": "placebo"}
    counted = {"Outcome": "complete response", "Data type": "Dichotomous", "Sample size": "42"}
    measured = {"Outcome": "pain score", "Data type": "Continuous"}
    assert told == [
        {**one, **counted, "Cases": "15"}, {**other, **counted, "Cases": "7"},
        {**one, **measured, "Mean": "3.1", "SD": "1.2", "Sample size": "40"},
        {**other, **measured, "Mean": "4", "SD": "1.3", "Sample size": "41"},
        {**one, "Outcome": "relapse", "Effect measure": "LOG_HR", "Reference arm": "placebo", "CI level": "0.95",
         "Exp mean": "0.6", "Exp CI start": "0.4", "Exp CI end": "0.91"},
    ]  # fmt: skip
    assert all("finding " in line["Footnotes"] for line in found)
    assert found[2]["Footnotes"].startswith("at 12 weeks")


def test_arms_information_and_judgements_have_their_files(revman):
    done, folder = revman
    assert lines(folder / "study-arms.csv") == [
        {"Study": "tovelimab", "Arm": name, "Description": "42 participants", "Intervention": name}
        for name in ("tovelimab", "placebo")
    ]
    (about,) = lines(folder / "study-information.csv")
    assert list(about) == ["Study", "Year", *(f"Char: {name}" for name in (
        "Methods", "Participants", "Interventions", "Outcomes", "Notes"))]  # fmt: skip
    assert about["Char: Outcomes"] == "complete response; pain score; relapse"
    (judged,) = lines(folder / "risk-of-bias.csv")
    assert judged["Domain (judgement): Randomisation"] == "Low risk"
    assert "study-results.csv: 5 lines, 5 findings" in done.output


def test_no_cell_is_run_as_a_formula(revman):
    (about,) = lines(revman[1] / "study-information.csv")
    (judged,) = lines(revman[1] / "risk-of-bias.csv")
    assert about["Char: Notes"].startswith("'=HYPERLINK") and judged["Domain (judgement): Overall"] == "'=High risk"


def test_what_has_no_counts_is_named_and_left_out(place, library):
    done = said(BUNDLED, library, "--format", "revman", "-o", place / "cells")
    found = lines(place / "cells" / "study-results.csv")
    assert "not in study-results.csv: teclistamab_practice_page" in done.output
    assert "a percentage that fits no one number of patients" in done.output
    assert "teclistamab_practice_page" in {line["Study"] for line in found}
    arms = {(line["Study"], line["Arm"]) for line in lines(place / "cells" / "study-arms.csv")}
    assert {(line["Study"], line["Arm"]) for line in found} <= arms
    assert {line["Study"] for line in lines(place / "cells" / "study-information.csv")} == {study for study, _ in arms}


def test_an_arm_that_two_names_mean_stands_there_once():
    arm = FormArm("drug", "iron", "", 10, {}, {}, {})
    study = FormStudy(
        "A", dict.fromkeys(study_data.compare.FACTS), ("a.txt",), (arm, FormArm("other", "Iron", "", 9, {}, {}, {}))
    )
    of_review = form.protocol(PROTOCOL.encode(), "p.toml")
    files, left = study_data.study_data(of_review, [study])
    assert [row[3].value for row in files["study-arms.csv"].rows] == ["drug"] and left == ()


def test_a_survival_off_a_curve_is_no_count():
    row = of(
        "A", share(39, 50, 78, outcome="overall survival", outcome_id="overall_survival", outcome_class="survival")
    )
    arm = FormArm("drug", "iron", "", 50, {}, {"survival": row}, {})
    study = FormStudy("A", dict.fromkeys(study_data.compare.FACTS), ("a.txt",), (arm,))
    asked = form.Protocol((form.Arm("drug"),), (form.Outcome("survival", "binary"),))
    files, left = study_data.study_data(asked, [study])
    assert files["study-results.csv"].rows == () and "off a curve" in left[0]


def test_several_reports_of_a_study_are_one_the_primary_first():
    arms, document = LEFT
    letter = {**document, "document": "A_letter.txt", "document_id": "A2"}
    label = arms[0]["label"]
    rows = {name: of("A", share(8, 10, 80, **CR)) for name in ("complete response", "relapse")}

    def entry(document, *names):
        return form.Entry(document, "A", "drug", label, 10, {(name, "events"): 8 for name in names},
                          {name: {**rows[name], "document": document} for name in names}, {})  # fmt: skip

    filled = {
        ("A.txt", "A"): [entry("A.txt", "complete response")],
        ("A_letter.txt", "A2"): [entry("A_letter.txt", "complete response", "relapse")],
    }
    (study,) = form_studies(
        [letter, document], [], [*arms, {**arms[0], "document": "A_letter.txt", "document_id": "A2"}], filled
    )
    (arm,) = study.arms
    assert {name: row["document"] for name, row in arm.read.items()} == {
        "complete response": "A.txt", "relapse": "A_letter.txt",
    }  # fmt: skip
    assert form_studies(DOCUMENTS, [], [], {}) == ()


# ---- beside Covidence's export ---------------------------------------------------------------------------------


def test_the_sheet_has_covidences_first_columns_and_one_row_a_study(library):
    told = said(BUNDLED, library, "--format", "covidence").output
    found = list(csv.DictReader(io.StringIO(told)))
    assert list(found[0])[:4] == ["Covidence #", "Study ID", "Title", "Reviewer Name"]
    assert {line["Reviewer Name"] for line in found} == {"trialtab"} and {line["Covidence #"] for line in found} == {""}
    by_study = {line["Study ID"]: line for line in found}
    assert len(by_study) == len(found)
    line = by_study["axicel_lymphoma"]
    assert line["complete response, CD19 CAR T: percent"] == "54" and line["Registration"] == "NCT02348216"
    assert "54% had a complete response" in line["complete response, CD19 CAR T: quote"]
    (two,) = [line for line in found if line["CD19 CAR T: reported as"] == "axi-cel; tisa-cel"]
    assert two["CD19 CAR T: N"] == "axi-cel: 173; tisa-cel: 183"


@pytest.mark.parametrize(
    ("authors", "name"),
    [("Tanabe, Rika; Oyelaran, Femi", "Tanabe 2023"), ("van der Berg AB; Li C", "van der Berg 2023"),
     ("The Harrow Group", "The Harrow Group 2023"), (None, ""), ("; ", "")],
)  # fmt: skip
def test_a_study_is_called_by_its_first_author_and_year(authors, name):
    facts = {**dict.fromkeys(study_data.compare.FACTS), "authors": authors, "year": 2023}
    assert covidence.author_year(FormStudy("A", facts, (), ())) == name


def test_studies_of_one_author_and_year_keep_their_labels():
    facts = {**dict.fromkeys(study_data.compare.FACTS), "authors": "Tanabe, Rika", "year": 2023}
    studies = [FormStudy(name, facts, (), ()) for name in ("A", "B")]
    table = covidence.covidence_table(form.protocol(PROTOCOL.encode(), "p.toml"), studies)
    assert [row[1].value for row in table.rows] == ["A", "B"]


# ---- what cannot be written ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--format", "revman"), 2, "-o FOLDER"),
        (("--format", "covidence", "--judgements", "rob.csv"), 2, "--judgements are for --format revman"),
        (("-o", "form.docx"), 2, "as .csv or .xlsx"),
        (("--format", "revman", "-o", "there", "--judgements", "nowhere.csv"), 2, "nowhere.csv: No such file"),
    ],
)
def test_what_is_asked_in_vain_is_one_line(place, words, code, told, monkeypatch):
    monkeypatch.chdir(place)
    assert told in said("protocol.toml", "evidence.db", *words, code=code).output


@pytest.mark.parametrize("words", [("--format", "covidence"), ("--format", "revman", "-o", "empty")])
def test_a_review_whose_arms_no_study_has_is_one_line(place, words, monkeypatch):
    monkeypatch.chdir(place)
    (place / "other.toml").write_text(PROTOCOL.replace("tovelimab", "aspirin").replace("placebo", "surgery"))
    told = said("other.toml", "evidence.db", *words, code=1).output
    assert told == "Error: no study of the database has an arm of the protocol: aspirin; surgery\n"
    assert not (place / "empty").exists()


def test_an_unknown_judged_study_and_a_file_in_the_way_are_one_line(place, monkeypatch):
    monkeypatch.chdir(place)
    (place / "wrong.csv").write_text("study,Overall\nTovelimap,low\n")
    told = said("protocol.toml", "evidence.db", "--format", "revman", "-o", "r", "--judgements", "wrong.csv", code=1)
    assert "did you mean 'tovelimab'" in told.output
    told = said("protocol.toml", "evidence.db", "--format", "revman", "-o", "protocol.toml", code=2).output
    assert "protocol.toml: " in told and len(told.splitlines()) == 1


def test_references_name_the_study_as_the_study_data_do(library):
    told = CliRunner().invoke(cli.main, ["studies", "--db", str(library), "--format", "ris"]).output
    assert told.count("NS  - axicel_lymphoma\n") == 2
