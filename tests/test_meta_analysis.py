"""Which figures become points of a meta-analysis, what is left out and why, and what R is given."""

from __future__ import annotations

import csv
import io
import math

import pytest

from test_compare import BCMA, CD19, CR, OS, PFS, of, row, share, study
from test_tables import call, of_arm, ratio, trial
from trialtab import compare, export, statistics, views
from trialtab.compare import Options, Wanted
from trialtab.errors import QuestionError
from trialtab.export.metafor import metafor_table, r_script

STUDIES = [study(name, CD19) for name in "ABC"]
ARMS, DOCUMENTS = [arm for arms, _ in STUDIES for arm in arms], [document for _, document in STUDIES]


def pooled(rows, outcome="complete response", wanted=None, *, arms=ARMS, documents=DOCUMENTS, asked=(), **options):
    return compare.synthesis(
        rows, arms, documents, outcome, wanted or Wanted("proportion"), asked, Options(**options)
    )  # fmt: skip


def reasons(found):
    return {(one.study, one.why) for one in found.left_out}


# ---- proportions -----------------------------------------------------------------------------------------------


def test_proportions_of_one_condition_are_pooled():
    rows = [of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR)), of("C", share(5, 10, 50, **CR))]
    found = pooled(rows)
    (group,) = found.groups
    assert [(point.study, point.shown) for point in group.points] == [("A", "8/10"), ("B", "12/20"), ("C", "5/10")]
    expected = statistics.pool_proportions([8, 12, 5], [10, 20, 10])
    assert group.summary.value == expected.estimate and group.summary.patients == 40
    assert {f for point in group.points for f in point.finding_ids} == {row["finding_id"] for row in rows}


def test_unlike_conditions_are_pooled_apart_and_together_only_when_asked():
    made = [study("A", CD19), study("B", CD19), study("C", CD19, condition="asthma")]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR)), of("C", share(5, 10, 50, **CR))]
    apart = pooled(rows, arms=arms, documents=documents)
    assert [(group.condition, group.summary is not None) for group in apart.groups] == [
        ("lupus", True), ("asthma", False),
    ]  # fmt: skip
    together = pooled(rows, arms=arms, documents=documents, across_conditions=True)
    assert together.groups[0].summary.studies == 3
    assert any("unlike conditions: asthma; lupus" in note for note in together.notes)


def test_unlike_interventions_are_pooled_apart_unless_asked_for():
    made = [study("A", CD19), study("B", CD19), study("C", BCMA)]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR)), of("C", share(5, 10, 50, **CR))]
    found = pooled(rows, arms=arms, documents=documents)
    assert [(group.name, group.summary is not None) for group in found.groups] == [
        (f"lupus, {CD19}", True), (f"lupus, {BCMA}", False),
    ]  # fmt: skip
    together = pooled(rows, arms=arms, documents=documents, across_comparisons=True)
    assert together.notes == (f"pooled over unlike interventions: {BCMA}; {CD19}",)


def test_sides_are_pooled_apart_and_called_naive():
    made = [study("A", CD19), study("B", CD19), study("C", BCMA)]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR)), of("C", share(5, 10, 50, **CR))]
    found = pooled(rows, arms=arms, documents=documents, asked=[CD19, BCMA])
    assert [(group.side, len(group.points)) for group in found.groups] == [(CD19, 2), (BCMA, 1)]
    assert any("naive" in note for note in found.notes)


def test_another_timepoint_is_named_and_not_pooled():
    at = {"timepoint": "at 12 months", "timepoint_value": 12, "timepoint_unit": "month"}
    later = {"timepoint": "at 15 months", "timepoint_value": 15, "timepoint_unit": "month"}
    rows = [
        of("A", share(8, 10, 80, **CR), **at), of("B", share(12, 20, 60, **CR), **at),
        of("C", share(5, 10, 50, **CR), **later),
    ]  # fmt: skip
    found = pooled(rows)
    assert found.what == "patients, at 12 months" and found.groups[0].summary.studies == 2
    assert reasons(found) == {("C", "patients, at 15 months: not pooled with patients, at 12 months")}
    chosen = pooled(rows, wanted=Wanted("proportion", timepoint="15 months"))
    assert [point.study for group in chosen.groups for point in group.points] == ["C"]
    with pytest.raises(QuestionError, match="no figures of 3 years; there are: patients, at 12 months"):
        pooled(rows, wanted=Wanted("proportion", timepoint="3 years"))


def test_a_grade_may_be_asked_for():
    rows = [
        of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR)), of("C", share(2, 10, 20, **CR), grade=">=3"),
    ]  # fmt: skip
    assert pooled(rows).groups[0].summary.studies == 2
    found = pooled(rows, wanted=Wanted("proportion", grade=">=3"))
    assert [point.study for point in found.groups[0].points] == ["C"]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (share(5, 10, 50, **PFS | {"outcome_id": "complete_response"}), "read off a curve: no n of N"),
        (share(5, None, 50, **CR), "no denominator"),
        (share(None, 1000, 50, **CR), "a percentage that fits no one number of patients"),
        (share(5, 10, 50, **CR, qualifier="<"), "a bound and no number: <"),
        (share(12, 10, 120, **CR), "12 of 10 is no proportion"),
    ],
)
def test_what_is_no_proportion_is_left_out_with_its_reason(one, why):
    rows = [of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR)), of("C", one)]
    found = pooled(rows)
    assert ("C", why) in reasons(found) and found.groups[0].summary.studies == 2


def test_n_may_be_worked_out_and_is_marked():
    rows = [of("A", share(None, 11, 36, **CR)), of("B", share(4, 20, 20, **CR), total_source="arm")]
    first, second = pooled(rows).groups[0].points
    assert first.counts == (4, 11) and "worked out" in first.notes[0]
    assert second.notes == ("N is the arm's, not printed with n",)


def test_a_study_counts_once_and_its_subgroups_are_named():
    rows = [
        of("A", share(8, 10, 80, **CR)), of("A", share(8, 10, 80, **CR), section="abstract"),
        of("A", share(3, 4, 75, **CR), population="women"), of("B", share(12, 20, 60, **CR)),
    ]  # fmt: skip
    found = pooled(rows)
    assert [point.study for point in found.groups[0].points] == ["A", "B"]
    assert reasons(found) == {("A", "women: the arm counts once")}


def test_nothing_to_pool_says_why():
    with pytest.raises(QuestionError, match="no denominator: A"):
        pooled([of("A", share(5, None, 50, **CR))])
    with pytest.raises(QuestionError, match="there are glmm, freeman-tukey"):
        pooled([of("A", share(5, 10, 50, **CR))], method="reml")
    with pytest.raises(QuestionError, match="no measure"):
        pooled([of("A", share(5, 10, 50, **CR))], wanted=Wanted("mode"))


def test_reasons_of_many_studies_are_told_once():
    left = [compare.LeftOut(f"S{n}", "", "no denominator", ()) for n in range(20)]
    assert compare.by_reason(left, 2) == [("no denominator", "S0; S1 and 18 more")]


# ---- two arms --------------------------------------------------------------------------------------------------


def two_trials():
    made = [trial(name) for name in "TU"]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = []
    for name, (a, n, c, m) in (("T", (12, 50, 20, 50)), ("U", (9, 40, 16, 42))):
        rows += [of_arm("1", share(a, n, 100 * a / n, **CR)), of_arm("2", share(c, m, 100 * c / m, **CR))]
        rows[-2:] = [of(name, one, arm_id=one["arm_id"]) for one in rows[-2:]]
    return rows, arms, documents


@pytest.mark.parametrize("measure", ["risk_ratio", "odds_ratio", "risk_difference"])
def test_counts_of_both_arms_make_ratios(measure):
    rows, arms, documents = two_trials()
    found = pooled(rows, wanted=Wanted(measure), arms=arms, documents=documents)
    (group,) = found.groups
    single = getattr(statistics, measure)
    assert group.points[0].estimate == single(statistics.Table2x2(12, 50, 20, 50))
    assert group.points[0].label == "drug vs placebo"
    expected = statistics.pool(
        [point.estimate.effect for point in group.points], [point.estimate.standard_error for point in group.points]
    )
    value = math.exp(expected.estimate) if measure.endswith("ratio") else expected.estimate
    assert group.summary.value == pytest.approx(value) and group.summary.patients == 182
    mantel = pooled(rows, wanted=Wanted(measure), arms=arms, documents=documents, method="mantel-haenszel")
    tables = [statistics.Table2x2(12, 50, 20, 50), statistics.Table2x2(9, 40, 16, 42)]
    assert mantel.groups[0].summary.tau2 == 0
    scale = math.log if measure.endswith("ratio") else float
    assert scale(mantel.groups[0].summary.value) == pytest.approx(statistics.mantel_haenszel(tables, measure).estimate)


def test_several_arms_against_one_control_want_a_choice():
    rows, arms, documents = two_trials()
    third = [arm | {"arm_id": "3", "label": "half dose", "intervention": "half"} for arm in arms[:1]]
    rows.append(of_arm("1", share(15, 50, 30, **CR)) | {"arm_id": "3", "arm": "half dose"})
    found = pooled(rows, wanted=Wanted("risk_ratio"), arms=[*arms, *third], documents=documents)
    assert ("T", "several arms against one control: name one with --arm") in reasons(found)
    chosen = pooled(rows, wanted=Wanted("risk_ratio"), arms=[*arms, *third], documents=documents, asked=["half"])
    assert [point.label for point in chosen.groups[0].points if point.study == "T"] == ["half dose vs placebo"]


def test_no_event_in_either_arm_is_left_out_of_ratios():
    rows, arms, documents = two_trials()
    rows[0] |= {"events": 0, "percent": 0}
    rows[1] |= {"events": 0, "percent": 0}
    found = pooled(rows, wanted=Wanted("risk_ratio"), arms=arms, documents=documents)
    assert any(study == "T" and "no events" in why for study, why in reasons(found))
    assert len(pooled(rows, wanted=Wanted("risk_difference"), arms=arms, documents=documents).groups[0].points) == 2


def test_printed_ratios_are_taken_once_a_study():
    made = [trial(name) for name in "TU"]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [
        of("T", ratio(0.68, 0.54, 0.86, **PFS)), of("T", ratio(0.74, 0.46, 1.19, **PFS), start=90),
        of("U", ratio(0.8, 0.6, 1.07, **PFS), ci_level=None), of("U", ratio(0.9, 0.7, 1.2, **OS)),
    ]  # fmt: skip
    found = pooled(rows, "PFS", Wanted("hazard_ratio"), arms=arms, documents=documents, knapp_hartung=True)
    (group,) = found.groups
    assert [(point.study, point.estimate.value) for point in group.points] == [("T", 0.68), ("U", 0.8)]
    assert reasons(found) == {("T", "0.74: another figure")}
    assert "level of its interval" in group.points[1].notes[0]
    assert group.summary.knapp_hartung
    with pytest.raises(QuestionError, match="no interval is printed"):
        bare = [of("T", ratio(0.68, 0.54, 0.86, **PFS), ci_low=None, ci_high=None)]
        pooled(bare, "PFS", Wanted("hazard_ratio"), arms=arms, documents=documents)


def test_unlike_comparisons_are_pooled_apart_and_together_only_when_asked():
    made = [trial(name) for name in "TUV"]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    arms[4] |= {"intervention": "another drug", "label": "another drug"}
    rows = [of(name, ratio(0.7 + i / 10, 0.5, 1.2, **PFS)) for i, name in enumerate("TUV")]
    rows[2] |= {"arm": "another drug"}
    asked = {"wanted": Wanted("hazard_ratio"), "arms": arms, "documents": documents}
    apart = pooled(rows, "PFS", **asked)
    assert [(group.name, len(group.points)) for group in apart.groups] == [
        ("lupus, drug vs placebo", 2), ("lupus, another drug vs placebo", 1),
    ]  # fmt: skip
    together = pooled(rows, "PFS", **asked, across_comparisons=True)
    assert together.groups[0].summary.studies == 3
    assert together.notes == ("pooled over unlike comparisons: another drug vs placebo; drug vs placebo",)


def mean_row(value, total, **spread):
    return row(statistic="mean", value=value, total=total, outcome="pain", outcome_id="pain", unit="{points}",
               quote=f"{value}", total_source="explicit", **spread)  # fmt: skip


@pytest.mark.parametrize(
    ("spread", "sd", "source"),
    [
        ({"sd": 2.0}, 2.0, ""), ({"se": 0.4}, 2.0, "SD from SE"),
        ({"ci_low": 4.0, "ci_high": 6.0, "ci_level": 95}, 2.42245, "SD from CI"),
    ],
)  # fmt: skip
def test_the_sd_of_a_mean_may_come_from_its_error_or_interval(spread, sd, source):
    found = compare.mean_of(mean_row(5.0, 25, **spread))
    assert (found.mean, found.n, found.source) == (5.0, 25, source)
    assert found.sd == pytest.approx(sd, abs=5e-4)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (mean_row(5.0, 25), "no SD"), (mean_row(5.0, None, sd=2.0), "no number of patients"),
        (mean_row(5.0, 25, plus_minus=2.0), "not said whether"),
    ],
)  # fmt: skip
def test_a_mean_that_cannot_be_used_says_why(one, why):
    assert why in compare.mean_of(one)


def test_means_come_from_medians_only_when_asked():
    one = row(statistic="median", value=6, q1=4, q3=10, total=20, outcome="pain", quote="6 (4-10)")
    assert compare.mean_of(one) == "no mean"
    found = compare.mean_of(one, from_medians=True)
    assert (found.mean, found.sd) == pytest.approx((6.7195, 4.7871), abs=5e-5)
    assert "median and IQR" in found.source
    assert "without quartiles" in compare.mean_of(one | {"q1": None}, from_medians=True)


def test_differences_of_means_are_pooled():
    made = [trial(name) for name in "TU"]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [
        of(name, of_arm(arm, mean_row(value, 30, sd=2.0)), arm_id=arm)
        for name, pair in (("T", (4.0, 5.0)), ("U", (3.5, 5.5)))
        for arm, value in zip("12", pair, strict=True)
    ]
    found = pooled(rows, "pain", Wanted("mean_difference"), arms=arms, documents=documents)
    (group,) = found.groups
    assert [point.estimate.value for point in group.points] == [-1.0, -2.0]
    assert group.summary.value == pytest.approx(-1.5) and group.summary.patients == 120


@pytest.mark.parametrize(
    ("figures", "unit", "value"),
    [((-2.5, -4.1, -0.9), None, -0.025), ((0.5, 0.1, 0.9), "percentage points", 0.005),
     ((0.04, 0.01, 0.07), None, 0.04), ((0.8, -1.2, 2.8), None, 0.008), ((12, 5, 19), "%", 0.12)],
)  # fmt: skip
def test_a_printed_risk_difference_may_be_in_percent(figures, unit, value):
    arms, document = trial()
    one = of("T", ratio(*figures, **CR), statistic="risk_difference", unit=unit)
    found = pooled([one], wanted=Wanted("risk_difference"), arms=arms, documents=[document])
    assert found.groups[0].points[0].estimate.value == pytest.approx(value)


def test_differences_in_other_units_are_converted_where_they_are_times_else_left_out():
    made = [trial(name) for name in "TUV"]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [
        of(name, ratio(-2.0, -3.0, -1.0, outcome="stay", outcome_id="stay"), statistic="mean_difference", unit=unit)
        for name, unit in (("T", "d"), ("U", "d"), ("V", "wk"))
    ]
    found = pooled(rows, "stay", Wanted("mean_difference"), arms=arms, documents=documents)
    assert [(p.study, p.estimate.value, p.unit) for p in found.groups[0].points] == [
        ("T", -2.0, "d"), ("U", -2.0, "d"), ("V", -14.0, "d"),
    ]  # fmt: skip
    assert "converted from wk to d" in found.groups[0].points[2].notes[-1]
    rows[2] |= {"unit": "kg"}
    found = pooled(rows, "stay", Wanted("mean_difference"), arms=arms, documents=documents)
    assert ("V", "in kg: not pooled with d") in reasons(found)


# ---- shown and exported ----------------------------------------------------------------------------------------


def test_the_table_names_method_heterogeneity_and_what_is_left_out():
    rows, arms, documents = two_trials()
    rows += [of("T", share(1, 2, 50, **CR), arm_id="1", arm="drug", arm_role="intervention", grade="3")]
    found = pooled(rows, wanted=Wanted("risk_ratio"), arms=arms, documents=documents)
    table = views.meta_analysis(found)
    assert [cells[0].text for cells in table.rows] == ["T", "U", "Pooled"]
    assert all(cell.findings for cells in table.rows for cell in cells if cell.text)
    assert table.keys[0].startswith("random effects, REML; τ² = ") and "I² = " in table.keys[0]
    machine = views.meta_analysis(found, for_machines=True)
    kinds = [cells[0].value for cells in machine.rows]
    assert kinds == ["study", "study", "pooled"]


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [("proportion", 0.5449, "54.5"), ("risk_ratio", 0.001, "<0.01"), ("risk_ratio", 0.684, "0.68"),
     ("odds_ratio", 250.4, "250"), ("odds_ratio", 1e6, ">1000"), ("mean_difference", -1.234, "-1.23")],
)  # fmt: skip
def test_numbers_as_journals_print_them(measure, value, text):
    assert views.number(measure, value) == text


def test_metafor_gets_counts_effects_and_a_script(tmp_path):
    rows, arms, documents = two_trials()
    found = pooled(rows, wanted=Wanted("risk_ratio"), arms=arms, documents=documents)
    out = io.StringIO()
    export.write(metafor_table(found), "csv", out)
    lines = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [lines[0][name] for name in ("study", "ai", "n1i", "ci", "n2i", "group")] == [
        "T",
        "12",
        "50",
        "20",
        "50",
        "all",
    ]
    assert float(lines[0]["yi"]) == pytest.approx(math.log(12 / 20))
    script = r_script(found, "T.csv")
    assert 'read.csv("T.csv"' in script and 'method = "REML", test = "z"' in script
    assert f'"all" = c({found.groups[0].summary.value:.6f}, ' in script
    proportion = pooled([of("A", share(8, 10, 80, **CR)), of("B", share(12, 20, 60, **CR))])
    assert metafor_table(proportion).columns[3:5] == ("xi", "ni")
    assert "rma.glmm" in r_script(proportion, "x.csv")


def test_the_commands_pool_and_export(library, tmp_path):
    words = ("pool", "--outcome", "progression-free survival", "--measure", "hazard_ratio", "--db", library)
    assert "brenva_myeloma" in call(*words, "--format", "table").output
    call(*words, "--format", "metafor", "-o", tmp_path / "pfs.csv")
    assert "library(metafor)" in (tmp_path / "pfs.R").read_text("utf-8")
    assert "metafor goes to a file" in call(*words, "--format", "metafor", code=2).output
    assert "nothing to pool" in call(
        "pool", "--outcome", "progression-free survival", "--db", library, code=1
    ).output  # fmt: skip
