"""Ways in which tables set events and means of two arms, each as the one table of an article, and what fill answers."""

from __future__ import annotations

import pytest

from test_grids import html_table
from test_questions_forms import COLUMNS, METHODS
from trialtab import questions, run
from trialtab.store import Store

WEIGHT = (70.1, 10.2, 72.3, 11.4)
TABLES = (
    ("binary", "death", (1, 50, 0, 50), html_table(
        "Outcomes at 12 weeks.", ["Outcome|Iron (n = 50)|Placebo (n = 50)|P value"],
        ["Relapse, n (%)|12 (24)|20 (40)|0.08", "Death|1 (2)|0|0.5"])),
    ("binary", "relapse", (12, 50, 20, 50), html_table(
        "Clinical outcomes.", ["{x2}Outcome|{2}Iron|{2}Placebo|{x2}P", "n|%|n|%"], ["Relapse|12|24|20|40|0.08"])),
    ("binary", "death", (1, 50, 0, 50), html_table(
        "Clinical outcomes.", ["Group|n|Relapse, n (%)|Death, n (%)"],
        ["Iron|50|12 (24)|1 (2)", "Placebo|50|20 (40)|0 (0)"])),
    ("binary", "adverse events", (30, 50, 28, 50), html_table(
        "Adverse events.", ["|Iron (N=50)|Placebo (N=50)"],
        ["Any|30 (60.0%)|28 (56.0%)", "Serious|1 (2.0%)|2 (4.0%)"])),
    ("binary", "response", (30, 50, 20, 50), html_table(
        "Response at week 12.", ["|Iron|Placebo"], ["No. of patients|50|50", "Response|60%|40%"])),
    ("binary", "infection", (5, 50, 9, 50), html_table(
        "Complications.", ["Complication|Iron (n=50)|Placebo (n=50)|p"],
        ["Infection (yes/no)|5/45|9/41|0.2", "Bleeding (yes/no)|2/48|1/49|0.5"])),
    ("continuous", "weight", WEIGHT, html_table(
        "Outcomes.", ["Variable|Iron (mean ± SD)|Placebo (mean ± SD)|P-value"],
        ["Pain before|5.0±1.2|5.1±1.0|0.9", "Pain after|2.1±1.1|3.4±1.3|0.01", "Weight before|73.0±9.9|72.9±10.1|0.9",
         "Weight after|70.1±10.2|72.3±11.4|0.3"])),
    ("continuous", "weight", WEIGHT, html_table(
        "Outcomes at 12 weeks.", ["Outcome|Iron n|Iron mean (SD)|Placebo n|Placebo mean (SD)|Difference (95% CI)"],
        ["Pain|48|2.1 (1.1)|49|3.4 (1.3)|-1.3 (-1.8 to -0.8)",
         "Weight|48|70.1 (10.2)|49|72.3 (11.4)|-2.2 (-6.6 to 2.2)"])),
    ("continuous", "weight", WEIGHT, html_table(
        "Change in outcomes.", ["{x2}Variable|{3}Iron|{3}Placebo", "Baseline|Final|Change|Baseline|Final|Change"],
        ["Weight|73.0 ± 9.9|70.1 ± 10.2|-2.9 ± 3.0|72.9 ± 10.1|72.3 ± 11.4|-0.6 ± 3.1"])),
    ("continuous", "weight", WEIGHT, html_table(
        "Outcomes before and after treatment.", ["Variable|Group|Before|After"],
        ["Pain|Iron|5.0±1.2|2.1±1.1", "|Placebo|5.1±1.0|3.4±1.3", "Weight|Iron|73.0±9.9|70.1±10.2",
         "|Placebo|72.9±10.1|72.3±11.4"])),
)  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Each table in an article of its own, extracted together."""
    folder = tmp_path_factory.mktemp("tables")
    for number, (*_, table) in enumerate(TABLES):
        (folder / f"table{number:02}.html").write_text(
            "<html><body><article><h1>Iron in anaemia: a randomised trial</h1><h2>Methods</h2>"
            f"<p>{METHODS}</p><h2>Results</h2><p>The study went on as planned.</p>{table}</article></body></html>",
            "utf-8",
        )
    run.extract(sorted(folder.glob("*.html")), folder / "tables.db")
    with Store(folder / "tables.db", write=False) as store:
        return questions.library(*store.library(None))


@pytest.mark.parametrize("number", range(len(TABLES)), ids=lambda number: f"{number}-{TABLES[number][1]}")
def test_fill_reads_what_a_table_says_of_both_arms(number, library):
    kind, outcome, numbers, _ = TABLES[number]
    question = questions.Question(
        id="1", document=f"table{number:02}", outcome=outcome, intervention="iron", comparator="placebo",
        outcome_type=kind,
    )  # fmt: skip
    (answer,) = questions.fill([question], library)
    assert tuple(answer.amounts[column].value for column in COLUMNS[kind] if column in answer.amounts) == numbers


def test_sizes_of_a_column_of_n_come_before_those_of_the_arms(library):
    number = next(n for n, one in enumerate(TABLES) if "Iron n" in one[-1])
    question = questions.Question(
        id="1", document=f"table{number:02}", outcome="weight", intervention="iron", comparator="placebo",
        outcome_type="continuous",
    )  # fmt: skip
    (answer,) = questions.fill([question], library)
    assert answer.amounts["intervention_group_size"].value == 48
