"""Tables into findings: each way in which tables are built, as a small table with the rows that it gives."""

from __future__ import annotations

import re

import pytest

from clock import grows_as_its_size, within
from trialtab import run
from trialtab.extract.cell_meaning import Said, meaning
from trialtab.extract.cell_shapes import shape
from trialtab.extract.group_sizes import equal_size
from trialtab.extract.table_kinds import kind_of, subject_of
from trialtab.extract.table_labels import Spec, label
from trialtab.extract.table_layout import lay_out
from trialtab.model import Evidence, Record
from trialtab.readers import read

TWO_ARMS = "Patients were randomly assigned to receive dolmirin or placebo."
SPREAD = ("sd", "se", "plus_minus", "q1", "q3", "iqr_width", "range_low", "range_high", "ci_low", "ci_high")


def html_table(caption: str, head: list[str], body: list[str], notes: str = "") -> str:
    """A table from lines of cells parted by "|"; a cell may open with its spans: "{2}" columns, "{x3}" rows."""

    def line(cells: str, tag: str) -> str:
        out = []
        for cell in cells.split("|"):
            m = re.match(r"\s*\{(\d+)?(?:x(\d+))?\}", cell)
            spans = f' colspan="{m[1] or 1}" rowspan="{m[2] or 1}"' if m else ""
            out.append(f"<{tag}{spans}>{cell[m.end() :] if m else cell}</{tag}>")
        return f"<tr>{''.join(out)}</tr>"

    rows = "".join(line(cells, "td") for cells in body)
    tops = "".join(line(cells, "th") for cells in head)
    note = f"<tfoot><tr><td colspan='9'>{notes}</td></tr></tfoot>" if notes else ""
    return f"<table><caption>Table 2. {caption}</caption><thead>{tops}</thead><tbody>{rows}</tbody>{note}</table>"


def record(tables: str, text: str = TWO_ARMS) -> Record:
    page = (
        "<html><body><article><h1>Dolmirin in asthma: a randomised trial</h1><h2>Methods</h2>"
        f"<p>{text} The study took place in one hospital and was planned with the help of people who live with"
        " asthma.</p>"
        f"<h2>Results</h2><p>The study went on as planned.</p>{tables}</article></body></html>"
    )
    (found,) = run.records(page.encode(), "trial.html")
    return found


def rows(tables: str, text: str = TWO_ARMS) -> list[Evidence]:
    return [row for row in record(tables, text).rows if row.source == "table"]


def brief(row: Evidence) -> tuple[object, ...]:
    """Outcome, arm, statistic, value, events/total, spread."""
    spread = {name: getattr(row, name) for name in SPREAD if getattr(row, name) is not None}
    return row.outcome, row.arm, row.statistic, row.value, row.events, row.total, spread


# ---- cells -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 (15.4)", {"main": 12, "second": 15.4}),
        ("12/78 (15)", {"main": 12, "denominator": 78, "second": 15}),
        ("27.9±7.6", {"main": 27.9, "pm": 7.6}),
        ("27.9 (7.6)", {"main": 27.9, "second": 7.6}),
        ("6 [2-9]", {"main": 6, "low": 2, "high": 9}),
        ("0.41 (0.23–0.73)", {"main": 0.41, "low": 0.23, "high": 0.73}),
        ("1.1 (−2.9 to 5.2)", {"main": 1.1, "low": -2.9, "high": 5.2}),
        ("0.06 (−0.01 – 0.13)", {"main": 0.06, "low": -0.01, "high": 0.13}),
        ("21 (6; 6-43)", {"main": 21, "width": 6, "low": 6, "high": 43}),
        ("31.3 ± 6.1 (CI 29.6–33.0)", {"main": 31.3, "pm": 6.1, "low": 29.6, "high": 33.0}),
        ("8.27 (0%) (N = 196)", {"main": 8.27, "second": 0, "n": 196}),
        ("53.6% (30/56)", {"main": 53.6, "second": 30, "denominator": 56}),
        ("1,204 (12.3%)", {"main": 1204, "second": 12.3}),
        ("12,4 ± 3,1", {"main": 12.4, "pm": 3.1}),
        ("196 (74.6)^a", {"main": 196, "second": 74.6}),
        ("0.71 (0.66–0.77), P = 0.03", {"main": 0.71, "low": 0.66, "high": 0.77, "p": 0.03}),
        ("<0.001", {"main": 0.001}),
        ("None", {"main": 0}),
        ("+ 1.01 (0.79)", {"main": 1.01, "second": 0.79}),
        ("−3.1 (−6.30 to +0.07)", {"main": -3.1, "low": -6.3, "high": 0.07}),
        ("€6751 (€19420)", {"main": 6751, "second": 19420}),
        ("70.7±8.0# (0.7±1.0#)", {"main": 70.7, "pm": 8.0}),
        ("8 (6%; two of them at night)", {"main": 8, "second": 6}),
    ],
)
def test_a_cell_has_the_shape_of_its_numbers(text, numbers):
    found = shape(text)
    assert found.kind == "value"
    assert {name: getattr(found, name).value for name in found.printed} == numbers


@pytest.mark.parametrize(
    ("text", "kind"),
    [("(0.75–1.21)", "bracket"), ("(SE 0.05)", "bracket"), ("± 3.2", "bracket"), ("NS", "ns"), ("–", "empty"),
     ("NA", "empty"), ("", "empty"), ("Team of 12", "text"), ("Group A", "text"), ("4.4 (+ 0.3)", "text")],
)  # fmt: skip
def test_what_is_no_value_of_its_own(text, kind):
    assert shape(text).kind == kind


def test_the_quote_of_a_cell_goes_from_its_first_number_to_its_last():
    text = "€ 12 (15.4%) ^a"
    found = shape(text)
    assert text[found.start : found.end] == "12 (15.4%)"


@pytest.mark.parametrize(
    "text", ["(" * 5000, "1 " * 3000, "1-" * 3000, "±" * 4000, "<" * 4000, "12 (" * 2000, "a1" * 9000]
)
def test_any_cell_is_read_in_linear_time(text):
    with within(0.5):
        shape(text)
        label(text)


@pytest.mark.parametrize(
    "text",
    ["post" * 100 + "!", "1" * 390 + "x", "day " * 98 + "!", "in " * 130 + "x", "grade " * 66 + "?", "n= " * 130,
     "% " * 195 + "x",
     "vs " * 130, "mean " * 78 + "(", "week 1" + " a" * 190 + "!", "p value" + " of" * 120 + "\n\n"],
)  # fmt: skip
def test_any_label_is_read_in_linear_time(text):
    with within(0.5):
        label(text)
        kind_of(text)
        subject_of(text)


# ---- labels ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "typed"),
    [
        ("Placebo (N = 78)", "Placebo", {"n": 78}),
        ("Sitagliptin (n = 7,726)", "Sitagliptin", {"n": 7726}),
        ("Control (78)", "Control", {"n": 78}),
        ("Events, n (%)", "Events", {"specs": (Spec("n", "percent"),)}),
        ("Weight, kg, mean ± SD", "Weight", {"specs": (Spec("mean", "sd"),), "unit": "kg"}),
        ("Age (years), mean (SD)", "Age", {"specs": (Spec("mean", "sd"),), "unit": "years"}),
        ("Stay, days, median (IQR)", "Stay", {"specs": (Spec("median", "iqr"),), "unit": "days"}),
        ("HR (95% CI)", "", {"specs": (Spec("hazard_ratio", "ci"),), "effect": "hazard_ratio"}),
        ("HR, beats/min", "HR", {"unit": "beats/min", "effect": ""}),
        ("Mean arterial pressure (mmHg)", "Mean arterial pressure", {"unit": "mmHg", "specs": ()}),
        ("Difference between dolmirin and placebo (95% CI)", "between dolmirin and placebo",
         {"effect": "mean_difference", "against": ("dolmirin", "placebo")}),
        ("P (A vs. B)", "", {"p": True, "against": ("A", "B")}),
        ("Week 12", "", {"time": "Week 12", "baseline": False}),
        ("3 months after treatment", "", {"time": "3 months after treatment"}),
        ("Baseline", "", {"baseline": True}),
        ("Pretest Mean (SD)", "", {"baseline": True, "specs": (Spec("mean", "sd"),)}),
        ("Change from baseline", "", {"change": "change", "baseline": False}),
        ("Pain at 12 weeks", "Pain", {"time": "at 12 weeks"}),
        ("12-month PFS", "PFS", {"time": "12-month"}),
        ("≥ Grade 3", "", {"grade": ">=3"}),
        ("All grades", "", {"any_grade": True, "grade": None}),
        ("Age < 65 years", "Age < 65 years", {"time": None}),
        ("Men", "Men", {"population": "Men"}),
        ("All patients", "All patients", {"whole": True}),
    ],
)  # fmt: skip
def test_a_label_gives_up_what_is_typed_in_it(text, name, typed):
    found = label(text)
    assert found.name == name
    assert {key: getattr(found, key) for key in typed} == typed


# ---- meaning ---------------------------------------------------------------------------------------------------


def test_arithmetic_proves_a_count_against_a_legend():
    said = Said(far=(Spec("mean", "sd"), Spec("n", "percent")), n=78)
    found = meaning(shape("12 (15.4)"), said)
    assert (found.statistic, found.fields) == ("proportion", {"events": 12, "percent": 15.4})


def test_a_percentage_with_its_sd_is_no_count():
    found = meaning(shape("36.4% (32)"), Said(near=(Spec("mean", "sd"),), n=88))
    assert (found.statistic, found.fields) == ("mean", {"value": 36.4, "sd": 32})


@pytest.mark.parametrize(
    ("cell", "statistic", "fields"),
    [
        ("12 (40.0)", "proportion", {"events": 12, "percent": 40.0}),
        ("7.1 (0.9)", "mean", {"value": 7.1, "sd": 0.9}),
        ("3 (2–5)", "median", {"value": 3, "q1": 2, "q3": 5}),
    ],
)
def test_the_shape_chooses_among_the_statistics_of_a_legend(cell, statistic, fields):
    legend = (Spec("n", "percent"), Spec("mean", "sd"), Spec("median", "iqr"))
    found = meaning(shape(cell), Said(far=legend if statistic != "median" else legend[2:], n=30))
    assert (found.statistic, found.fields) == (statistic, fields)


def test_a_ratio_of_two_counts_is_no_share():
    assert meaning(shape("18/13"), Said()) == "two numbers parted by a slash that are no share"


# ---- whole tables ----------------------------------------------------------------------------------------------


def test_arms_in_columns_with_their_sizes_and_one_p():
    found = rows(
        html_table(
            "Outcomes",
            ["|Dolmirin (N = 78)|Placebo (N = 80)|P value"],
            ["Relapse, no. (%)|12 (15.4)|24 (30.0)|0.03", "Weight, kg, mean ± SD|71.2 ± 9.1|73.4 ± 8.8|NS",
             "Pain score, median (IQR)|3 [2-5]|4 [2-6]|&lt;0.001"],
        )
    )  # fmt: skip
    assert [brief(row) for row in found] == [
        ("Relapse", "dolmirin", "proportion", 15.4, 12, 78, {}),
        ("Relapse", "placebo", "proportion", 30.0, 24, 80, {}),
        ("Weight", "dolmirin", "mean", 71.2, None, 78, {"sd": 9.1}),
        ("Weight", "placebo", "mean", 73.4, None, 80, {"sd": 8.8}),
        ("Pain score", "dolmirin", "median", 3, None, 78, {"q1": 2, "q3": 5}),
        ("Pain score", "placebo", "median", 4, None, 80, {"q1": 2, "q3": 6}),
    ]
    assert [(row.p_relation, row.p_value) for row in found] == [("=", 0.03)] * 2 + [(None, None)] * 2 + [
        ("<", 0.001)
    ] * 2
    assert {row.total_source for row in found} == {"header"}
    assert (found[0].row_path, found[0].column_path, found[0].table_label) == (
        "Relapse, no. (%)", "Dolmirin (N = 78)", "Table 2",
    )  # fmt: skip
    assert found[2].unit == "kg"
    assert {(row.section, row.source) for row in found} == {("table", "table")}
    assert all(row.path for row in found)


def test_a_not_significant_cell_is_a_statement():
    found = record(html_table("Outcomes", ["|Dolmirin|Placebo|P"], ["Weight, kg, mean (SD)|71.2 (9.1)|73.4 (8.8)|NS"]))
    told = [s for s in found.statements if s.section == "table"]
    assert [(s.outcome, s.direction) for s in told] == [("Weight", "no difference")]


def test_the_headers_add_names_and_sizes_to_the_arms_of_the_document():
    found = record(
        html_table("Outcomes", ["|Dolmirin (n = 33)|Placebo (n = 31)"], ["Relapse|3|5"])
        + html_table("Other outcomes", ["|Dolmirin|Placebo"], ["Weight, mean (SD)|71.2 (9.1)|73.4 (8.8)"])
    )
    assert [(arm.label, arm.n, arm.role) for arm in found.arms] == [
        ("dolmirin", 33, "intervention"), ("placebo", 31, "control"),
    ]  # fmt: skip
    means = [row for row in found.rows if row.statistic == "mean"]
    assert [(row.total, row.total_source) for row in means] == [(33, "arm"), (31, "arm")]
    assert len({row.arm_id for row in means} - {None}) == 2


def test_adverse_events_with_columns_of_grades_below_system_organ_sections():
    found = rows(
        html_table(
            "Adverse events",
            ["|{2}Dolmirin (N = 60)|{2}Placebo (N = 58)", "System organ class|Any grade|Grade ≥3|Any grade|Grade ≥3"],
            ["{5}Blood disorders", "Neutropenia|10 (16.7)|4 (6.7)|3 (5.2)|0", "{5}General", "Unease at night|1|0|2|1"],
        )
    )
    assert [(r.outcome, r.arm, r.grade, r.events, r.total, r.outcome_class) for r in found] == [
        ("Neutropenia", "dolmirin", None, 10, 60, "adverse_event"),
        ("Neutropenia", "dolmirin", ">=3", 4, 60, "adverse_event"),
        ("Neutropenia", "placebo", None, 3, 58, "adverse_event"),
        ("Neutropenia", "placebo", ">=3", 0, 58, "adverse_event"),
        ("Unease at night", "dolmirin", None, 1, 60, "adverse_event"),
        ("Unease at night", "dolmirin", ">=3", 0, 60, "adverse_event"),
        ("Unease at night", "placebo", None, 2, 58, "adverse_event"),
        ("Unease at night", "placebo", ">=3", 1, 58, "adverse_event"),
    ]
    assert found[0].row_path == "Blood disorders > Neutropenia"
    assert found[3].negated == 1


def test_a_table_of_serious_events_says_so_for_all_its_rows():
    found = rows(
        html_table("Serious adverse events", ["|Dolmirin|Placebo"], ["No. of patients|60|58", "Any event|4|6"])
    )
    assert [(r.outcome, r.serious, r.events, r.total) for r in found] == [
        ("Any event", 1, 4, 60),
        ("Any event", 1, 6, 58),
    ]


def test_medians_with_their_interval_on_the_next_row_and_a_hazard_ratio():
    found = rows(
        html_table(
            "Efficacy",
            ["|Dolmirin (n=50)|Placebo (n=50)|Hazard ratio (95% CI)|P"],
            ["{5}Progression-free survival", "Events, n (%)|20 (40)|31 (62)|0.55 (0.31–0.96)|0.04",
             "Median, months|11.2|7.4||",
             "95% CI|9.0–13.1|6.1–8.8||"],
        )
    )  # fmt: skip
    assert [brief(row) for row in found] == [
        ("Progression-free survival, Events", "dolmirin", "proportion", 40, 20, 50, {}),
        ("Progression-free survival, Events", "placebo", "proportion", 62, 31, 50, {}),
        ("Progression-free survival", "dolmirin", "hazard_ratio", 0.55, None, None, {"ci_low": 0.31, "ci_high": 0.96}),
        ("Progression-free survival", "dolmirin", "median", 11.2, None, 50, {"ci_low": 9.0, "ci_high": 13.1}),
        ("Progression-free survival", "placebo", "median", 7.4, None, 50, {"ci_low": 6.1, "ci_high": 8.8}),
    ]
    assert (found[2].comparator, found[2].p_value) == ("placebo", 0.04)
    assert found[3].unit == "mo"


def test_three_columns_an_arm_and_a_baseline_row_that_is_no_finding():
    found = rows(
        html_table(
            "Scores",
            ["|{3}Dolmirin|{3}Placebo", "|n|Mean|SD|n|Mean|SD"],
            ["{7}Symptom score", "Baseline|40|5.1|1.2|41|5.0|1.1", "Week 12|38|3.2|1.4|39|4.4|1.5"],
        )
    )
    assert [brief(row) for row in found] == [
        ("Symptom score", "dolmirin", "mean", 3.2, None, 38, {"sd": 1.4}),
        ("Symptom score", "placebo", "mean", 4.4, None, 39, {"sd": 1.5}),
    ]
    assert {row.timepoint for row in found} == {"Week 12"}


def test_twin_columns_of_count_and_percent_and_a_cell_over_both():
    found = rows(
        html_table(
            "Responses",
            ["|{2}Dolmirin (N=40)|{2}Placebo (N=40)", "Response|n|%|n|%"],
            ["Complete response|12|30.0|5|12.5", "Partial response|{2}8 (20.0)|6|15.0"],
        )
    )
    assert [(r.outcome, r.arm, r.events, r.percent, r.total, r.quote) for r in found] == [
        ("Complete response", "dolmirin", 12, 30.0, 40, "12"),
        ("Complete response", "placebo", 5, 12.5, 40, "5"),
        ("Partial response", "dolmirin", 8, 20.0, 40, "8 (20.0)"),
        ("Partial response", "placebo", 6, 15.0, 40, "6"),
    ]
    assert "percent" in found[0].captures


def test_arms_in_rows_with_times_in_columns_and_the_outcome_in_the_caption():
    found = rows(
        html_table(
            "Pain score by group and week",
            ["Group|Week 4, mean (SD)|Week 8, mean (SD)"],
            ["Dolmirin (n=20)|4.1 (1.1)|3.2 (1.0)", "Placebo (n=21)|4.8 (1.3)|4.6 (1.2)"],
        )
    )
    assert [(r.outcome, r.arm, r.timepoint, r.value, r.sd, r.total) for r in found] == [
        ("Pain score", "dolmirin", "Week 4", 4.1, 1.1, 20),
        ("Pain score", "dolmirin", "Week 8", 3.2, 1.0, 20),
        ("Pain score", "placebo", "Week 4", 4.8, 1.3, 21),
        ("Pain score", "placebo", "Week 8", 4.6, 1.2, 21),
    ]


def test_subgroups_are_populations_of_the_outcome_that_the_caption_names():
    found = rows(
        html_table(
            "Relapse in subgroups",
            ["Subgroup|Dolmirin n/N (%)|Placebo n/N (%)|Odds ratio (95% CI)"],
            [
                "{4}Sex",
                "Men|5/40 (12.5)|9/41 (22.0)|0.51 (0.15–1.67)",
                "{4}Country",
                "Norway|7/38 (18.4)|15/39 (38.5)|",
            ],
        )
    )
    assert [(r.outcome, r.population, r.statistic, r.value, r.total_source) for r in found] == [
        ("Relapse", "Men", "proportion", 12.5, "explicit"),
        ("Relapse", "Men", "proportion", 22.0, "explicit"),
        ("Relapse", "Men", "odds_ratio", 0.51, "none"),
        ("Relapse", "Country: Norway", "proportion", 18.4, "explicit"),
        ("Relapse", "Country: Norway", "proportion", 38.5, "explicit"),
    ]


def test_a_baseline_table_gives_sizes_and_no_findings():
    found = record(
        html_table(
            "Baseline characteristics",
            ["|Dolmirin|Placebo"],
            ["No. of patients|33|31", "Age, years|51 ± 9|52 ± 8", "Female sex, n (%)|17 (52)|16 (52)"],
        )
    )
    table = [row for row in found.rows if row.source == "table"]
    assert [(r.outcome, r.outcome_class, r.arm, r.value) for r in table] == [
        ("patients enrolled", "enrollment", "dolmirin", 33), ("patients enrolled", "enrollment", "placebo", 31),
    ]  # fmt: skip
    assert [arm.n for arm in found.arms] == [33, 31]
    assert {n.reason for n in found.numbers if n.section == "table" and n.fate == "ignored"} == {"baseline"}


def test_a_p_value_belongs_to_the_arms_that_its_header_names():
    text = "Patients were randomly assigned to dolmirin 10 mg (n = 30), dolmirin 20 mg (n = 31) or placebo (n = 29)."
    found = rows(
        html_table(
            "Change in peak flow",
            ["|Baseline|Change from baseline, mean (SD)|P vs placebo"],
            ["Dolmirin 10 mg|310|42 (20)|0.01", "Dolmirin 20 mg|305|56 (22)|&lt;0.001", "Placebo|308|7 (18)|"],
        ),
        text,
    )
    assert [(r.outcome, r.arm, r.value, r.sd, r.total, r.p_value) for r in found] == [
        ("change in peak flow", "dolmirin 10 mg", 42, 20, 30, 0.01),
        ("change in peak flow", "dolmirin 20 mg", 56, 22, 31, 0.001),
        ("change in peak flow", "placebo", 7, 18, 29, None),
    ]


def test_stubs_of_several_columns_with_merged_cells():
    found = rows(
        html_table(
            "Outcomes of the scales, mean (SD)",
            ["{3}Scale|Dolmirin|Placebo|P"],
            ["{x4}HADS|{x2}Anxiety|Baseline|8.1 (1.1)|8.0 (1.0)|", "1 week|5.9 (1.2)|7.1 (1.3)|0.02",
             "{x2}Depression|Baseline|7.1 (1.0)|7.2 (1.1)|", "1 week|6.0 (1.1)|6.9 (1.4)|0.04"],
        )
    )  # fmt: skip
    assert [(r.outcome, r.arm, r.timepoint, r.value, r.p_value, r.row_path) for r in found] == [
        ("Anxiety", "dolmirin", "1 week", 5.9, 0.02, "HADS > Anxiety > 1 week"),
        ("Anxiety", "placebo", "1 week", 7.1, 0.02, "HADS > Anxiety > 1 week"),
        ("Depression", "dolmirin", "1 week", 6.0, 0.04, "HADS > Depression > 1 week"),
        ("Depression", "placebo", "1 week", 6.9, 0.04, "HADS > Depression > 1 week"),
    ]


def test_header_rows_inside_the_body_and_a_spread_on_the_next_row():
    found = rows(
        html_table(
            "HbA1c. Values are mean (SD)",
            ["Variables|||"],
            ["|Dolmirin (N = 29)|Placebo (N = 26)|Difference (95% CI)",
             "HbA1c at week 24, %|7.1|7.6|−0.5 (−0.8 to −0.2)", "|(0.9)|(1.0)|"],
        )
    )  # fmt: skip
    assert [brief(row) for row in found] == [
        ("HbA1c", "dolmirin", "mean", 7.1, None, 29, {"sd": 0.9}),
        ("HbA1c", "placebo", "mean", 7.6, None, 26, {"sd": 1.0}),
        ("HbA1c", "dolmirin", "mean_difference", -0.5, None, None, {"ci_low": -0.8, "ci_high": -0.2}),
    ]
    assert {row.unit for row in found} == {"%"}


def test_sizes_that_a_row_prints_hold_for_its_section():
    found = rows(
        html_table(
            "Scores, mean (SD)",
            ["|Dolmirin|Placebo"],
            ["Early|n = 19|n = 22", "Pain|2.1 (0.7)|3.4 (0.7)", "Late|n = 17|n = 20", "Pain|1.9 (0.6)|3.5 (0.8)"],
        )
    )
    assert [(r.arm, r.value, r.total, r.row_path) for r in found] == [
        ("dolmirin", 2.1, 19, "Early > Pain"), ("placebo", 3.4, 22, "Early > Pain"),
        ("dolmirin", 1.9, 17, "Late > Pain"), ("placebo", 3.5, 20, "Late > Pain"),
    ]  # fmt: skip


def test_a_whole_number_beside_a_count_that_gives_its_percentage_is_its_size():
    given = html_table(
        "Samples rejected in two surveys.",
        ["{x2}Site|{2}First survey|{2}Second survey",
         "Registrations|Rejections n (%)|Registrations|Rejections n (%)"],
        ["A|7557|60 (0.79)|10 218|79 (0.77)", "B|3973|45 (1.13)|4114|48 (1.17)", "C|2321|38 (1.64)|2279|370 (1.62)"],
    )  # fmt: skip
    found = {(row.row_path, row.events): row.total for row in rows(given) if row.percent is not None}
    assert found["A", 60] == 7557 and found["B", 48] == 4114, found
    assert found["C", 370] is None, "370 of 2279 is not 1.62%"


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [("IND/GLY (n=42)", "IND/GLY", None), ("Lopinavir/ritonavir", "Lopinavir/ritonavir", None), ("ng/mL", "", "ng/mL"),
     ("events/h", "", "events/h"), ("Ferritin (ng/mL)", "Ferritin", "ng/mL")],
)  # fmt: skip
def test_a_combination_of_two_drugs_is_no_unit(text, name, unit):
    assert (label(text).name, label(text).unit) == (name, unit)


def test_a_column_of_clusters_counts_for_its_whole_line():
    given = html_table(
        "Effects on treatment.",
        ["Outcome|Study arm|Clusters|Cluster-level prevalence", "||n|Mean (SD)"],
        ["Tested|Dolmirin|14|48.3% (33)", "|Placebo|12|33.9% (29)"],
    )
    assert {row.total for row in rows(given) if row.statistic == "mean"} == {14, 12}


def test_the_same_table_in_markdown_gives_the_same_rows():
    page = (
        f"# Dolmirin in asthma: a randomised trial\n\n## Methods\n\n{TWO_ARMS}\n\n## Results\n\nTable 2. Outcomes\n\n"
        "| | Dolmirin (N = 78) | Placebo (N = 80) |\n| --- | --- | --- |\n"
        "| Relapse, no. (%) | 12 (15.4) | 24 (30.0) |\n"
    )
    (found,) = run.records(page.encode(), "trial.md")
    table = [row for row in found.rows if row.source == "table"]
    assert [brief(row) for row in table] == [
        ("Relapse", "dolmirin", "proportion", 15.4, 12, 78, {}), ("Relapse", "placebo", "proportion", 30.0, 24, 80, {}),
    ]  # fmt: skip
    assert all(page[row.start : row.end] == row.quote for row in table)


def test_text_and_table_rows_of_one_result_are_linked():
    said = "Patients were randomly assigned to receive dolmirin (n = 78) or placebo (n = 80)."
    told = "<p>Relapse occurred in 12 patients (15.4%) with dolmirin and in 24 patients (30.0%) with placebo.</p>"
    found = record(told + html_table("Outcomes", ["|Dolmirin|Placebo"], ["Relapse, no. (%)|12 (15.4)|25 (31.2)"]), said)
    source = {row.finding_id: (row.source, row.arm) for row in found.rows}
    assert sorted((source[x.finding_id], source[x.other_id], x.kind) for x in found.links) == [
        (("text", "dolmirin"), ("table", "dolmirin"), "same"),
        (("text", "placebo"), ("table", "placebo"), "conflict"),
    ]


def test_tables_that_tell_no_results_give_no_findings():
    found = record(html_table("Inclusion criteria", ["Criterion|Requirement"], ["Age|18 (65)", "Weight|50 (120)"]))
    assert [row for row in found.rows if row.source == "table"] == []
    assert {n.reason for n in found.numbers if n.section == "table"} == {"a table without results"}


# ---- sizes said of all groups ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("The animals were divided into four groups (n = 8 in each group).", 8),
        ("There were 24 patients in each group.", 24),
        ("Forty patients were randomly divided into two equal groups.", 20),
        ("Each group included 15 women.", 15),
        ("A sample size of 30 patients in each group was needed.", None),
        ("Each group met for 12 weeks.", None),
    ],
)
def test_a_size_said_of_each_group(text, size):
    (document,) = read(f"# A trial\n\n## Methods\n\n{text}\n".encode(), "a.md")
    found = equal_size(document)
    assert (found[0] if found else None) == size


# ---- bad input -------------------------------------------------------------------------------------------------


def big(count: int, columns: int) -> str:
    head = "|".join(["", *(f"Group {k} (n = {k + 20})" for k in range(columns))])
    body = [
        "|".join([f"Outcome {k}", *(f"{k % 17} ({k % 100}.{c % 10})" for c in range(columns))]) for k in range(count)
    ]
    return f"<html><body><h1>Big</h1>{html_table('Outcomes', [head], body)}</body></html>"


def test_a_table_of_many_rows_is_read_in_linear_time():
    grows_as_its_size(
        lambda rows: big(rows, 4).encode(), lambda page: run.records(page, "big.html"), 500, 2000, slack=0.2
    )


def test_a_table_of_sixty_columns_is_read():
    (found,) = run.records(big(20, 60).encode(), "wide.html")
    assert len([row for row in found.rows if row.source == "table"]) > 1000


def test_a_table_too_large_is_named_in_a_notice():
    cells = "<tr>" + "<td>1</td>" * 400 + "</tr>"
    page = f"<html><body><h1>Big</h1><table><caption>Table 1. Much</caption>{cells * 600}</table></body></html>"
    (found,) = run.records(page.encode(), "large.html")
    assert any("Table 1" in notice and "more than" in notice for notice in found.document.notices)
    assert [row for row in found.rows if row.source == "table"] == []


@pytest.mark.parametrize(
    "table",
    [
        "<table><caption>Table 1. Outcomes</caption></table>",
        "<table><caption>Table 1. Much</caption><thead></thead><tbody><tr><td>Pain</td><td>3</td></tr></tbody></table>",
        "<table><tr><td rowspan='10000'>Relapse</td><td>3</td></tr><tr><td>4</td></tr></table>",
        "<table><thead><tr><th>A</th><th>B (n = 3)</th></tr></thead><tr><td>x</td></tr>"
        "<tr><td>y</td><td>1</td><td>2</td></tr></table>",
        "<table><thead><tr><th colspan='3'></th></tr></thead><tbody><tr><td></td><td>1 (2)</td></tr></tbody></table>",
        "<table><tr><td>12 (15)</td></tr></table>",
        "<table><thead><tr><th>P</th><th>P</th></tr></thead><tr><td>0.1</td><td>0.2</td></tr></table>",
    ],
)
def test_ragged_and_empty_tables_do_no_harm(table):
    found = record(table)
    assert all(found.document.text[row.start : row.end] == row.quote for row in found.rows)


def test_the_layout_of_a_table_without_a_header_row_takes_the_first_without_numbers():
    (document,) = read(
        b"<html><body><h1>T</h1><table><tr><td></td><td>A</td><td>B</td></tr><tr><td>Relapse</td><td>3</td><td>4</td></tr>"
        b"</table></body></html>",
        "t.html",
    )
    (table,) = document.tables
    found = lay_out(table, document.text)
    assert (found.heads[0].rows, found.stubs, [row.path for row in found.rows]) == ([0], 1, [("Relapse",)])


# ---- what a column, a row or a caption does not say ----------------------------------------------------------------


def test_body_mass_is_a_result_where_it_is_measured_after_treatment():
    (drug, placebo) = rows(
        html_table("Effects after 12 weeks", ["|Dolmirin (n = 40)|Placebo (n = 41)"],
                   ["Weight, kg|80.1 ± 9.0|84.2 ± 8.8", "BMI, kg/m2|27.1 ± 3.0|28.2 ± 3.1"])
    )[2:]  # fmt: skip
    assert (drug.value, placebo.value) == (27.1, 28.2)


def test_a_table_with_ratios_beside_counts_tells_results_though_its_caption_says_baseline():
    found = rows(
        html_table("Linkage to care of those who were ill at baseline",
                   ["|Dolmirin n/N (%)|Placebo n/N (%)|RR (95% CI)"],
                   ["Linked|16/38 (42.1)|8/26 (30.8)|1.37 (0.68–2.76)"])
    )  # fmt: skip
    assert [(row.events, row.total) for row in found if row.statistic == "proportion"] == [(16, 38), (8, 26)]
    assert [row.value for row in found if row.statistic == "risk_ratio"] == [1.37]


def test_a_change_with_its_interval_is_a_value_and_no_spread_of_the_row_above():
    found = rows(
        html_table("Efficacy", ["|Dolmirin (n = 40)|Placebo (n = 41)"],
                   ["{3}HbA1c, %", "At week 12, mean|7.10|8.00",
                    "Change at week 12 (95% CI)|-0.5 (-0.7 to -0.3)|0.1 (-0.2 to 0.4)"])
    )  # fmt: skip
    assert [row.value for row in found if row.ci_low is not None] == [-0.5, 0.1]


@pytest.mark.parametrize("column", ["Group × time", "Between subjects F", "d.f.", "Partial η2", "Time effect"])
def test_a_column_of_a_factor_or_its_size_holds_no_means(column):
    found = rows(
        html_table("Scores", [f"|Dolmirin mean (SD)|Placebo mean (SD)|{column}"], ["Mood|5.1 (1.2)|6.3 (1.1)|4.71"])
    )
    assert sorted(row.value for row in found) == [5.1, 6.3]


def test_a_column_of_valid_n_is_the_size_of_its_arm():
    head = ["|{3}Dolmirin (n = 50)|{3}Placebo (n = 50)", "|valid n|Mean|SD|valid n|Mean|SD"]
    found = rows(html_table("Scores", head, ["Mood|41|5.1|1.2|39|6.3|1.1"]))
    assert [(row.value, row.sd, row.total) for row in found] == [(5.1, 1.2, 41), (6.3, 1.1, 39)]


def test_times_with_n_in_brackets_hold_values():
    head = ["|{2}Dolmirin|{2}Placebo", "|T0 (n)|T1 (n)|T0 (n)|T1 (n)"]
    found = rows(
        html_table("Mood over time", head, ["Mood|5.1 ± 1.2 (41)|6.3 ± 1.1 (40)|5.0 ± 1.0 (39)|5.2 ± 1.4 (38)"])
    )
    assert 6.3 in [row.value for row in found]


def test_labels_that_are_set_in_by_an_empty_column_are_read():
    found = rows(
        html_table("Quit rates", ["||Dolmirin n (%)|Placebo n (%)"],
                   ["{2}All|87 (14.6)|64 (10.7)", "{2}Rate of smoking||", "|1-5|22 (11.5)|18 (9.4)",
                    "|6-10|35 (17.5)|23 (12.7)",
                    "|Other|7 (17)|5 (14)", "{2}Smokers|47 (10.9)|38 (8.9)"])
    )  # fmt: skip
    paths = [row.row_path for row in found]
    assert "Rate of smoking > 1-5" in paths and "Rate of smoking > 6-10" in paths and "Smokers" in paths


def test_a_line_of_sizes_heads_the_sections_below_it():
    found = rows(
        html_table("Image quality", ["|Dolmirin mean (SD)|Placebo mean (SD)"],
                   ["Sagittal|n = 18|n = 21", "Noise|16.9 (3.4)|9.2 (2.1)", "Contrast||",
                    "White matter|18.1 (1.6)|9.3 (1.5)", "Axial|n = 19|n = 22", "Contrast||",
                    "White matter|11.9 (1.3)|11.1 (1.6)"])
    )  # fmt: skip
    assert [(row.value, row.total) for row in found if "White" in row.row_path] == [
        (18.1, 18), (9.3, 21), (11.9, 19), (11.1, 22)]  # fmt: skip
