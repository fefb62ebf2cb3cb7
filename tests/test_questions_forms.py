"""Ways in which reports say events and means of two arms, each as one sentence of an article, and what fill answers."""

from __future__ import annotations

import pytest

from trialtab import questions, run
from trialtab.store import Store

METHODS = "We randomly assigned 100 adults with anaemia to receive iron (n = 50) or placebo (n = 50) for 12 weeks."
EVENTS = (
    ("relapse", (12, 50, 20, 50),
     "Relapse occurred in 12 (24%) patients in the iron group and 20 (40%) in the placebo group."),
    ("relapse", (12, 50, 20, 50), "Relapse rates in the iron and placebo groups were 24% and 40%, respectively."),
    ("relapse", (12, 50, 20, 50), "Fewer patients relapsed with iron than with placebo (12 vs 20; p = 0.08)."),
    ("relapse", (12, 50, 20, 50),
     "Of the 50 patients in the iron group, 12 relapsed, compared with 20 of 50 in the placebo group."),
    ("relapse", (12, 50, 20, 50),
     "In the placebo group, 20 patients (40%) relapsed, whereas only 12 (24%) in the iron group did."),
    ("relapse", (12, 50, 20, 50), "Relapse: 24% versus 40% (iron vs placebo)."),
    ("relapse", (12, 48, 20, 49),
     "Relapse was seen in 12/48 (25%) and 20/49 (41%), respectively, of the iron and placebo groups."),
    ("relapse", (0, 50, 3, 50), "No patient in the iron group and three patients in the placebo group relapsed."),
    ("relapse", (0, 50, 3, 50), "Three patients relapsed, all in the placebo group."),
    ("relapse", (3, 50, 0, 50), "Relapse occurred in three patients, all of whom had received iron."),
    ("serious adverse events", (0, 50, 0, 50), "No serious adverse events occurred in either group."),
    ("serious adverse events", (1, 50, 0, 50),
     "One serious adverse event occurred in the iron group and none in the placebo group."),
    ("mortality", (1, 50, 2, 50), "One patient in the iron group and two patients in the placebo group died."),
    ("death", (1, 50, 2, 50), "There were three deaths, one in the iron group and two in the placebo group."),
    ("withdrawal", (5, 50, 8, 50),
     "Thirteen patients withdrew (five in the iron group and eight in the placebo group)."),
    ("treatment success", (40, 50, 30, 50),
     "Treatment was successful in 40 patients (80%) in the iron group and in 30 (60%) in the placebo group."),
    ("smoking cessation", (15, 50, 10, 50),
     "At 6 months, 30% of the iron group had stopped smoking compared to 20% of the placebo group."),
    ("hypotension", (5, 50, 9, 50),
     "Hypotension and nausea occurred in 5 and 2 patients given iron and in 9 and 1 patients given placebo."),
    ("wound infection", (2, 50, 5, 50),
     "Wound infection was rarer in the iron group than in the placebo group (4% vs. 10%, p < 0.05)."),
)  # fmt: skip
MEANS = (
    ("pain score", (2.1, 1.1, 3.4, 1.3),
     "The mean (SD) pain score was 2.1 (1.1) with iron and 3.4 (1.3) with placebo."),
    ("pain score", (2.1, 1.1, 3.4, 1.3),
     "Pain scores at 24 h were lower with iron than with placebo (2.1 ± 1.1 vs. 3.4 ± 1.3, p < 0.01)."),
    ("pain score", (2.1, 1.1, 3.4, 1.3),
     "The pain score was 2.1±1.1 and 3.4±1.3 in the iron and placebo groups, respectively."),
    ("pain score", (2.1, 1.1, 3.4, 1.3),
     "The pain score decreased from 5.0 ± 1.2 to 2.1 ± 1.1 in the iron group and from 5.1 ± 1.0 to 3.4 ± 1.3 in the "
     "placebo group."),
    ("pain score", (2.1, 1.1, 3.4, 1.3),
     "The iron group (M = 2.1, SD = 1.1) had lower pain scores than the placebo group (M = 3.4, SD = 1.3)."),
    ("weight", (70.1, 10.2, 72.3, 11.4), "Weight at 12 weeks: iron 70.1 ± 10.2 kg, placebo 72.3 ± 11.4 kg."),
    ("blood loss", (250, 80, 310, 95),
     "Mean blood loss in the iron group was 250 ± 80 mL and in the placebo group it was 310 ± 95 mL."),
)  # fmt: skip
COLUMNS = {
    "binary": ("intervention_events", "intervention_group_size", "comparator_events", "comparator_group_size"),
    "continuous": ("intervention_mean", "intervention_standard_deviation", "comparator_mean",
                   "comparator_standard_deviation"),
}  # fmt: skip
ASKED = [("binary", *one) for one in EVENTS] + [("continuous", *one) for one in MEANS]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Each sentence as the results of an article of its own, extracted together."""
    folder = tmp_path_factory.mktemp("forms")
    for number, (*_, sentence) in enumerate(ASKED):
        (folder / f"form{number:02}.html").write_text(
            "<html><body><article><h1>Iron in anaemia: a randomised trial</h1><h2>Methods</h2>"
            f"<p>{METHODS}</p><h2>Results</h2><p>{sentence}</p></article></body></html>",
            "utf-8",
        )
    run.extract(sorted(folder.glob("*.html")), folder / "forms.db")
    with Store(folder / "forms.db", write=False) as store:
        return questions.library(*store.library(None))


@pytest.mark.parametrize("number", range(len(ASKED)), ids=lambda number: ASKED[number][-1][:60])
def test_fill_reads_what_a_sentence_says_of_both_arms(number, library):
    kind, outcome, numbers, _ = ASKED[number]
    question = questions.Question(
        id="1", document=f"form{number:02}", outcome=outcome, intervention="iron", comparator="placebo",
        outcome_type=kind,
    )  # fmt: skip
    (answer,) = questions.fill([question], library)
    assert tuple(answer.amounts[column].value for column in COLUMNS[kind] if column in answer.amounts) == numbers


def test_events_that_all_befell_one_arm_say_how_the_other_has_none(library):
    number = next(n for n, one in enumerate(ASKED) if "all in the placebo" in one[-1])
    question = questions.Question(
        id="1", document=f"form{number:02}", outcome="relapse", intervention="iron", comparator="placebo",
        outcome_type="binary",
    )  # fmt: skip
    (answer,) = questions.fill([question], library)
    assert answer.amounts["intervention_events"].derived == "none of the other arm"
    assert answer.amounts["comparator_events"].derived == ""
