"""The tables that a review prints: what stands in them, what is told apart, how each cell reaches its quotation."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from test_compare import ARMS, BCMA, CD19, CR, CRS, DOCUMENTS, OS, PFS, of, row, share, study
from trialtab import cli, compare, publish, views
from trialtab.errors import QuestionError
from trialtab.model import Arm
from trialtab.publish import Selection
from trialtab.store import Store


def call(*words, code=0):
    result = CliRunner().invoke(cli.main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    return result


def texts(table: views.Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def trial(name="T", design="phase 3 randomised controlled trial"):
    """A trial of two arms of 50: its arms and its document."""
    key = {"study": name, "document": f"{name}.txt", "document_id": name}
    arms = [
        asdict(Arm(arm_id="1", label="drug", role="intervention", intervention="drug", n=50)) | key,
        asdict(Arm(arm_id="2", label="placebo", role="control", intervention="placebo", n=50)) | key,
    ]
    return arms, {**key, "condition": "lupus", "design": design}


# ---- characteristics -------------------------------------------------------------------------------------------


def size(n, **columns):
    return row(statistic="count", events=n, value=n, outcome="enrolled", outcome_class="enrollment", quote=f"{n}",
               **columns)  # fmt: skip


def follow_up(value, **columns):
    return row(statistic="median", value=value, unit="mo", outcome="follow-up", outcome_class="follow_up",
               quote=f"{value}", **columns)  # fmt: skip


def test_characteristics_have_a_line_for_each_arm_and_a_study_once():
    arms, document = trial()
    rows = [of("T", size(50), arm_id="2", arm="placebo", arm_role="control"), of("T", follow_up(12))]
    drug, placebo = compare.characteristics(rows, arms, [document])
    assert (drug.arm, drug.n, drug.follow_up) == ("drug", 50, "median 12 mo")
    assert placebo.n_findings == (rows[0]["finding_id"],)
    table = views.characteristics((drug, placebo))
    first, second = texts(table)
    assert first[:2] == ["T", "phase 3 randomised controlled trial"] and second[:2] == ["", ""]
    assert table.groups == (2,)


def test_a_size_said_of_the_whole_trial_is_not_that_of_its_arms():
    arms, document = trial()
    arms = [arm | {"n": None} for arm in arms]
    rows = [of("T", size(100), arm_id=arm["arm_id"]) for arm in arms]
    assert [arm.n for arm in compare.characteristics(rows, arms, [document])] == [None, None]


def test_documents_of_one_study_are_one_study():
    arms, document = trial("x_report")
    _, summary = trial("x_summary")
    summary |= {"document": "x_summary.txt", "condition": "lupus"}
    document |= {"document": "x_report.txt"}
    arms = [arm | {"document": "x_report.txt"} for arm in arms]
    found = compare.characteristics([], arms, [document, summary])
    assert {arm.study for arm in found} == {"x"} and found[0].documents == ("x_report.txt", "x_summary.txt")


# ---- one outcome -----------------------------------------------------------------------------------------------


def test_one_outcome_lists_every_study_arm_and_marks_what_was_computed():
    rows = [
        of("A", share(5, 10, 50.0, **CR), derived="percent"), of("B", share(3, 10, 30, **CR), total_source="arm"),
        of("A", share(1, 10, 10, **CRS)),
    ]  # fmt: skip
    table = views.one_outcome(compare.listing(rows, ARMS, DOCUMENTS, ["complete response"]))
    assert table.title == "Complete response"
    lines = texts(table)
    assert [line[table.columns.index("study")] for line in lines] == ["A", "B"]
    result = [line[table.columns.index("result")] for line in lines]
    assert result[0].startswith("5/10 (50%)") and result[1].startswith("3/10 (30%)") and result[0] != "5/10 (50%)"
    keys = "\n".join(table.keys)
    assert "computed here from n and N" in keys and "size of the arm" in keys and "Wilson" in keys
    for cells in table.rows:
        assert all(cell.findings for cell in cells)
    assert all(row[table.columns.index("result")].value in ("5/10 (50%)", "3/10 (30%)") for row in table.rows)


def test_one_outcome_of_some_sides_in_their_order():
    rows = [of("A", share(5, 10, 50, **CR)), of("B", share(3, 10, 30, **CR))]
    found = compare.listing(rows, ARMS, DOCUMENTS, ["complete_response"], [BCMA, CD19])
    assert [one.side for one in found] == [BCMA, CD19]
    with pytest.raises(QuestionError, match="no class"):
        compare.listing(rows, ARMS, DOCUMENTS, ["complete_response"], ["aspirin"])
    with pytest.raises(QuestionError, match="complete response"):
        compare.listing(rows, ARMS, DOCUMENTS, ["complete respons"])


def test_unlike_conditions_are_told():
    other = study("B", BCMA, condition="asthma")
    rows = [of("A", share(5, 10, 50, **CR)), of("B", share(3, 10, 30, **CR))]
    found = compare.listing(rows, ARMS, [DOCUMENTS[0], other[1]], ["complete response"])
    assert views.one_outcome(found).notes == ("conditions differ between studies: nothing is pooled",)


# ---- adverse events --------------------------------------------------------------------------------------------


def of_arm(number, one, **columns):
    label, role = {"1": ("drug", "intervention"), "2": ("placebo", "control")}[number]
    return of("T", one, arm_id=number, arm=label, arm_role=role, **columns)


def test_adverse_events_stand_by_arm_and_grade():
    arms, document = trial()
    rows = [
        of_arm("1", share(20, 50, 40, **CRS)), of_arm("2", share(2, 50, 4, **CRS)),
        of_arm("1", share(5, 50, 10, **CRS), grade=">=3"), of_arm("1", share(9, 50, 18, **CRS), grade="1-2"),
        of_arm("2", share(1, 50, 2, **CRS), grade="3"), of_arm("1", share(3, 50, 6, **CRS), serious=1),
        of_arm("1", share(7, 50, 14, **CR)),
    ]  # fmt: skip
    found = compare.adverse_events(rows, arms, [document])
    (line,) = found.lines
    drug, placebo = line.cells
    assert [(arm.arm, arm.n) for arm in found.arms] == [("drug", 50), ("placebo", 50)]
    assert {name: cell.entry.text for name, cell in drug.items()} == {
        "any grade": "20/50 (40%)", "grade ≥3": "5/50 (10%)", "serious": "3/50 (6%)", "other grades": "9/50 (18%)",
    }  # fmt: skip
    assert placebo["grade ≥3"].label == "grade 3", "one grade is not called three and more"
    table = views.adverse_events(found)
    assert table.spans[1] == ("drug (N=50)", 4)
    assert table.title == "Adverse events: T"
    assert table.heads[:3] == ("adverse event", "any grade", "grade ≥3")
    assert set(table.findings()) == {one["finding_id"] for one in rows[:-1]}


def test_patients_stand_before_numbers_of_events():
    arms, document = trial()
    events = row(statistic="count", events=67, value=67, count_of="events", quote="67 events", **CRS)
    rows = [of_arm("1", events), of_arm("1", share(20, 50, 40, **CRS))]
    (line,) = compare.adverse_events(rows, arms, [document]).lines
    cell = line.cells[0]["any grade"]
    assert (cell.entry.text, cell.more) == ("20/50 (40%)", 1)
    assert set(cell.finding_ids) == {one["finding_id"] for one in rows}


def test_many_arms_stand_below_each_other():
    made = [study(f"S{i}", CD19, roles=("overall",)) for i in range(8)]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [of(f"S{i}", share(i, 10, 10 * i, **CRS)) for i in range(8)]
    found = compare.adverse_events(rows, arms, documents)
    table = views.adverse_events(found)
    assert len(table.rows) == 8 and not table.spans and table.groups == (8,)
    assert len(views.adverse_events(found, most_arms=8).columns) == 9


def test_what_most_arms_report_stands_first_and_the_rest_is_counted():
    rows = [
        of("A", share(9, 10, 90, **CRS)), of("A", share(1, 10, 10, **CRS | {"outcome_id": "fever"})),
        of("B", share(1, 10, 10, **CRS | {"outcome_id": "fever"})),
    ]  # fmt: skip
    found = compare.adverse_events(rows, ARMS, DOCUMENTS)
    assert [line.outcome_id for line in found.lines] == ["fever", "cytokine_release_syndrome"]
    assert "1 further terms" in views.adverse_events(found, terms=1).notes[0]


# ---- effects ---------------------------------------------------------------------------------------------------


def ratio(value, low, high, **columns):
    return row(statistic="hazard_ratio", value=value, ci_low=low, ci_high=high, ci_level=0.95, arm="drug",
               comparator="placebo", arm_role="intervention", quote=f"{value} ({low}-{high})", **columns)  # fmt: skip


def test_an_effect_said_twice_is_one_and_other_figures_are_others():
    _, document = trial()
    rows = [
        of("T", ratio(0.68, 0.54, 0.86, **PFS), section="abstract"), of("T", ratio(0.68, 0.54, 0.86, **PFS)),
        of("T", ratio(0.74, 0.46, 1.19, **PFS)), of("T", ratio(0.9, 0.7, 1.2, **OS)),
    ]  # fmt: skip
    found = compare.effects(rows, [document])
    assert [(one.outcome_id, one.row["value"], one.others) for one in found] == [
        ("overall_survival", 0.9, 0), ("progression_free_survival", 0.68, 1), ("progression_free_survival", 0.74, 1),
    ]  # fmt: skip
    assert len(found[1].finding_ids) == 2 and found[1].row["section"] == "results"
    table = views.effects(found)
    assert "0.68 (95% CI 0.54-0.86)" in texts(table)[1][table.columns.index("estimate (CI)")]
    assert any("more than one figure" in key for key in table.keys)
    assert not any("at random" in key for key in table.keys)


def test_an_effect_of_a_study_that_is_not_randomised_is_marked():
    _, document = trial(design="retrospective cohort")
    table = views.effects(compare.effects([of("T", ratio(0.68, 0.54, 0.86, **PFS))], [document]))
    assert any("allocated at random" in key for key in table.keys)


def test_effects_of_one_measure_or_outcome():
    _, document = trial()
    rows = [of("T", ratio(0.68, 0.54, 0.86, **PFS)), of("T", ratio(0.9, 0.7, 1.2, **OS), statistic="odds_ratio")]
    assert [one.measure for one in compare.effects(rows, [document], measures=["hr"])] == ["hazard_ratio"]
    assert [one.outcome_id for one in compare.effects(rows, [document], outcomes=["overall survival"])] == [
        "overall_survival"
    ]
    with pytest.raises(QuestionError, match="overall survival"):
        compare.effects(rows, [document], outcomes=["overall survivl"])


# ---- summary of findings, patients -----------------------------------------------------------------------------


def two_outcomes():
    arms, document = trial()
    rows = [
        of_arm("1", share(20, 50, 40, **CR)), of_arm("2", share(10, 50, 20, **CR)),
        of_arm("1", share(3, 50, 6, **CRS)), of_arm("2", share(0, 50, 0, **CRS)), of("T", ratio(0.7, 0.5, 0.98, **PFS)),
    ]  # fmt: skip
    return rows, arms, [document]


def test_a_summary_has_relative_and_absolute_effects():
    rows, arms, documents = two_outcomes()
    found = compare.summary_of_findings(rows, arms, documents)
    response, survival, syndrome = found.lines
    assert (response.measure, response.value, response.participants) == ("risk_ratio", 2.0, 100)
    assert (response.absolute.comparator, response.absolute.intervention) == pytest.approx((200, 400))
    assert (survival.measure, survival.absolute, survival.participants) == ("hazard_ratio", None, None)
    assert syndrome.absolute is None, "no risk, no absolute effect"
    table = views.summary_of_findings(found)
    assert table.columns[-1] == "certainty" and all(cells[-1].text == "" for cells in table.rows)
    lines = texts(table)
    assert lines[0][4:7] == ["200 per 1000", "400 per 1000 (209 to 766)", "100 (1 study)"]
    assert any("judgement for people" in key for key in table.keys)


def test_a_summary_keeps_to_its_comparison_and_to_seven_outcomes():
    rows, arms, documents = two_outcomes()
    one = ["complete response"]
    found = compare.summary_of_findings(rows, arms, documents, outcomes=one, asked=["drug", "placebo"])
    assert [line.outcome for line in found.lines] == ["complete response"]
    turned = compare.summary_of_findings(rows, arms, documents, outcomes=one, asked=["placebo", "drug"])
    assert turned.lines[0].value == pytest.approx(0.5)
    with pytest.raises(QuestionError, match="at most 7"):
        compare.summary_of_findings(rows, arms, documents, outcomes=one * 8)
    with pytest.raises(QuestionError, match="no outcome"):
        compare.summary_of_findings(rows[:1], arms, documents)


@pytest.mark.parametrize(
    ("population", "number"),
    [("patient 3", 3), ("Case #12", 12), ("pt. 4", 4), ("Patient no. 7", 7), ("ITT", None), ("patients", None),
     ("patient 3 and 4", None), (None, None)],
)  # fmt: skip
def test_a_patient_alone_is_told_by_its_number(population, number):
    assert compare.patient_number(population) == number


def test_patients_stand_one_a_line():
    rows = [of("A", share(None, None, 40, **CR), population=f"patient {n}") for n in (2, 10, 1)]
    rows.append(of("A", share(1, 10, 10, **CR)))
    found = compare.patients(rows, DOCUMENTS)
    assert [patient.number for patient in found.patients] == [1, 2, 10] and found.outcomes == ("complete response",)
    table = views.patients(found)
    assert table.groups == (3,) and [cell.text for cell in table.rows[0]] == ["A", "1", "40%"]


# ---- directions, studies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "direction"),
    [
        (ratio(0.7, 0.5, 0.9), "down"), (ratio(1.4, 1.1, 1.9), "up"), (ratio(0.9, 0.7, 1.2), "no difference"),
        (ratio(0.7, None, None, p_relation="=", p_value=0.01), "down"),
        (ratio(0.7, None, None, p_relation="=", p_value=0.2), "no difference"),
        (ratio(0.7, None, None, p_relation="<", p_value=0.05), "down"),
        (ratio(0.7, None, None, p_relation="<", p_value=0.2), None), (ratio(0.7, None, None), None),
        (ratio(-2, -3, -1) | {"statistic": "mean_difference"}, "down"),
    ],
)  # fmt: skip
def test_the_direction_of_an_effect_is_that_of_its_interval_or_p(one, direction):
    _, document = trial()
    (effect,) = compare.effects([of("T", one | PFS)], [document])
    assert compare.of_effect(effect) == direction


def test_directions_by_figures_else_by_words():
    arms, document = trial()
    rows = [of("T", ratio(0.7, 0.5, 0.9, **PFS)), of("T", share(8, 10, 80, **CR)), of("T", ratio(0.9, 0.7, 1.2, **OS))]
    rows.append(of("T", ratio(1.6, 1.2, 2.2, **OS)))
    key = {"study": "T", "document": "T.txt", "document_id": "T", "start": 3, "end": 9}
    said = [
        {**key, "outcome": "complete response", "direction": "increased", "quote": "was higher"},
        {**key, "outcome": "PFS", "direction": "increased", "quote": "was longer"},
        {**key, "outcome": "sleep", "direction": "increased", "quote": "no row has it"},
    ]
    found = compare.directions(rows, said, arms, [document])
    ((study_name, n, cells),) = found.lines
    told = {name: cell.direction for (_, name), cell in zip(found.outcomes, cells, strict=True)}
    assert (study_name, n) == ("T", 100)
    assert told == {
        "complete response": "up", "progression-free survival": "down", "overall survival": "conflicting",
    }  # fmt: skip
    table = views.directions(found)
    shown = dict(zip(table.columns, texts(table)[0], strict=True))
    assert shown["complete response"] == "▲ in words" and shown["progression-free survival"] == "▼"
    machine = views.directions(found, for_machines=True)
    places = {cells[2].value: cells[6].value for cells in machine.rows}
    assert places["complete response"] == "T.txt 3-9"


def test_studies_say_why_documents_are_one(library):
    found = call("studies", "--db", library, "--format", "csv").output
    lines = list(csv.DictReader(io.StringIO(found)))
    together = [line for line in lines if line["study"] == "axicel_lymphoma"]
    assert [line["document"] for line in together] == ["axicel_lymphoma_report.pdf", "axicel_lymphoma_summary.md"]
    assert {line["one study because"] for line in together} == {"file names that differ in the kind of document"}
    _, one = trial("A")
    _, other = trial("B")
    (group,) = compare.study_groups([one | {"nct": "NCT01234567"}, other | {"nct": "NCT01234567"}])
    assert group.why == "same trial number" and len(group.documents) == 2


# ---- columns ---------------------------------------------------------------------------------------------------


def test_columns_are_chosen_in_their_order_and_headings_follow():
    cell = views.plain
    table = views.Table(
        ("a", "b", "c"), ((cell(1), cell(2), cell(3)),), spans=(("", 1), ("over", 2)), heads=("a", "b", "c")
    )
    chosen = views.with_columns(table, ["C", "a"])
    assert chosen.columns == ("c", "a") and chosen.spans == (("over", 1), ("", 1))
    with pytest.raises(QuestionError, match="there are: a, b, c"):
        views.with_columns(table, ["d"])


def test_footnotes_are_lettered_in_order_of_use():
    notes = views.Footnotes()
    assert [notes.mark("x"), notes.mark("y", "x"), notes.mark()] == ["ᵃ", "ᵃᵇ", ""]
    assert notes.keys() == ("ᵃ x", "ᵇ y")
    assert len({notes.mark(str(number)) for number in range(60)}) == 60


# ---- judgements of people --------------------------------------------------------------------------------------

JUDGED = "study;D1 randomisation;Overall\nT;low;some concerns\n"


def test_judgements_of_people_stand_beside_the_rows_and_are_called_so():
    arms, document = trial()
    table = views.characteristics(compare.characteristics([], arms, [document]))
    judged = views.with_judgements(table, views.read_judgements(JUDGED.encode(), "rob.csv"))
    assert judged.columns[-2:] == ("D1 randomisation", "Overall")
    assert [cells[-1].text for cells in judged.rows] == ["some concerns", ""], "once a study"
    assert judged.keys[-1] == "judgements were made by people, not by trialtab: rob.csv"
    with pytest.raises(QuestionError, match="did you mean 'T'"):
        views.with_judgements(table, views.read_judgements(b"study,Overall\nTT,low\n", "rob.csv"))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "needs a column study"), (b"study\nT\n", "at least one"), (b"name,x\nT,low\n", "needs a column study"),
     (b"study,x\nT,a\nt,b\n", "twice"), (b"study,x\n\xff\n", "not UTF-8")],
)  # fmt: skip
def test_what_is_no_file_of_judgements_is_told(data, said):
    with pytest.raises(QuestionError, match=said):
        views.read_judgements(data, "rob.csv")


def test_the_command_takes_judgements(library, tmp_path):
    (tmp_path / "rob.csv").write_text("study,Overall\nbrenva_myeloma,low\n")
    words = ("table", "effects", "--db", library, "--study", "brenva_myeloma", "--format", "csv")
    found = list(csv.DictReader(io.StringIO(call(*words, "--judgements", tmp_path / "rob.csv").output)))
    assert {line["Overall"] for line in found} == {"low"}
    for more in ((), ("--outcome", "overall survival")):
        table = ("table", "outcomes", *more, "--db", library, "--format", "md")
        listed = call(*table, "--judgements", tmp_path / "rob.csv").output
        assert "Overall" in listed and "low" in listed
    (tmp_path / "more.csv").write_text("study,Overall\nbrenva_myeloma,low\npelham_itp,grave\n")
    assert "grave" not in call(*words, "--judgements", tmp_path / "more.csv").output, "judged, and not in this table"
    (tmp_path / "typo.csv").write_text("study,Overall\nbrenva_myelome,low\n")
    assert "did you mean 'brenva_myeloma'" in call(*words, "--judgements", tmp_path / "typo.csv", code=1).output
    assert "No such file" in call(*words, "--judgements", tmp_path / "none.csv", code=2).output


# ---- over a database -------------------------------------------------------------------------------------------

TWO = ("--arm", "CD19 CAR T", "--arm", "BCMA engager")
EVERY = [
    ("characteristics",), ("characteristics", *TWO), ("outcomes",), ("outcomes", "--outcome", "B-cell aplasia", *TWO),
    ("outcomes", "--outcome", "complete response", "--outcome", "overall survival"), ("adverse-events",),
    ("adverse-events", *TWO), ("adverse-events", "--study", "brenva_myeloma"), ("effects",),
    ("effects", "--measure", "HR"), ("checks",), ("checks", "--result", "pass"), ("agreement",),
]  # fmt: skip


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
@pytest.mark.parametrize("form", ["table", "csv", "json", "md", "html", "latex"])
def test_every_kind_in_every_format(library, words, form):
    found = call("table", *words, "--db", library, "--format", form).output
    if words != ("checks",):
        assert len(found.splitlines()) > 4
    if form == "html":
        assert found == call("table", *words, "--db", library, "--format", form).output, "the same bytes each time"
    if form == "csv":
        assert len({len(line) for line in csv.reader(io.StringIO(found))}) == 1
    if form == "json":
        json.loads(found)


KINDS = {
    "characteristics": Selection(), "outcomes": Selection(outcomes=("complete response",)),
    "adverse-events": Selection(sides=("CD19 CAR T", "BCMA engager")), "effects": Selection(), "checks": Selection(),
    "agreement": Selection(), "summary": Selection(studies=("brenva_myeloma", "meridian_cuti")),
    "patients": Selection(),
}  # fmt: skip


def test_every_kind_is_a_command_and_the_other_way_round():
    assert {*publish.KINDS} == {*cli.main.commands["table"].commands}
    assert {*KINDS, "directions"} == {*publish.KINDS}, "what is said in words has a place and no finding"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("for_machines", [False, True])
def test_every_cell_reaches_its_quotation(library, kind, for_machines):
    with Store(library, write=False) as store:
        given = {"results": ("pass", "fail")} if kind == "checks" else {}
        table = publish.KINDS[kind](store, KINDS[kind], for_machines=for_machines, **given)
        known = {one.finding_id: one for one in table.references}
        rows = {row["finding_id"]: row for row in store.select()}
    assert table.rows and set(table.findings()) == set(known)
    for cells in table.rows:
        for cell in cells:
            assert cell.findings or not cell.text, cell
    for finding, reference in known.items():
        assert reference.quote == rows[finding]["quote"] and reference.document == rows[finding]["document"]


def test_the_order_of_rows_changes_no_table(library):
    with Store(library, write=False) as store:
        rows, arms, documents = store.select(), store.arms(), store.documents()
    shuffled = list(rows)
    random.Random(7).shuffle(shuffled)
    for make in (
        lambda rows: views.characteristics(compare.characteristics(rows, arms, documents)),
        lambda rows: views.one_outcome(compare.listing(rows, arms, documents, ["complete response"])),
        lambda rows: views.adverse_events(compare.adverse_events(rows, arms, documents)),
        lambda rows: views.effects(compare.effects(rows, documents)),
    ):
        assert make(rows) == make(shuffled)


def test_the_demonstration_has_its_b_cell_aplasia(library):
    found = call("table", "outcomes", "--outcome", "B-cell aplasia", *TWO, "--db", library, "--format", "csv").output
    values = {(line["study"], line["statistic"], line["value"]) for line in csv.DictReader(io.StringIO(found))}
    assert {("aiha_cd19_cart", "median", "69"), ("bcma_engager_aiha_cases", "median", "141")} <= values


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("outcomes", "--outcome", "B-cel aplasia"), "did you mean 'B-cell aplasia'"),
        (("characteristics", "--study", "brenva"), "did you mean 'brenva_myeloma'"),
        (("adverse-events", "--arm", "aspirin"), "no class, intervention or study"),
        (("effects", "--show", "study,nothing"), "no column 'nothing'"),
    ],
)
def test_what_is_not_there_is_one_line(library, words, said):
    assert said in call("table", *words, "--db", library, code=1).output


def test_a_file_says_its_format_and_a_document_needs_one(library, tmp_path):
    words = ("table", "effects", "--db", library)
    call(*words, "-o", tmp_path / "effects.md")
    assert (tmp_path / "effects.md").read_text("utf-8").startswith("**Effects")
    assert "-o NAME.xlsx" in call(*words, "--format", "xlsx", code=2).output
    assert "what format" in call(*words, "-o", tmp_path / "effects.doc", code=2).output
    assert "No such file" in call(*words, "-o", tmp_path / "none" / "effects.csv", code=2).output
