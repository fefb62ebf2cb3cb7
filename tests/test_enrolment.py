"""Which counts say how many took part, and which say what became of them."""

from __future__ import annotations

import pytest

from trialtab import run

TRIAL = "# Results\n\nPatients were randomly assigned to dolmirin or placebo.\n\n"


def counts(text: str) -> list[tuple[str, str | None, str]]:
    """Quote, arm and class of the rows of a sentence in a trial of dolmirin against placebo."""
    (record,) = run.records((TRIAL + text).encode(), "trial.md")
    begins = record.document.text.index(text[:20])
    return [(row.quote, row.arm, row.outcome_class) for row in record.rows if row.start >= begins]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "In 2021, 310 patients were randomly assigned, of whom 301 were transplanted (150 in the dolmirin group "
            "and 151 in the placebo group).",
            [("310", "overall"), ("301", "overall"), ("150", "dolmirin"), ("151", "placebo")],
        ),
        ("Fifteen patients were referred and 14 underwent apheresis.", [("Fifteen", "overall"), ("14", "overall")]),
        ("Of 250 patients randomized, 242 were analysed.", [("250", "overall"), ("242", "overall")]),
        (
            "Some 250 patients were randomized, of whom 242 underwent surgery (dolmirin 120, placebo 122).",
            [("Some 250", "overall"), ("242", "overall"), ("120", "dolmirin"), ("122", "placebo")],
        ),
        ("Forty-five men entered the lead-in and 38 were dosed.", [("Forty-five", "overall"), ("38", "overall")]),
        ("Two had died by then, which left 61 for the analysis.", [("61", "overall")]),
        (
            "This left 171 and 166 patients for the per-protocol analysis.",
            [("171", "dolmirin"), ("166", "placebo")],
        ),
        (
            "In 2019, 312 women were randomized; 3 withdrew consent (2 dolmirin, 1 placebo), leaving 155 in the "
            "dolmirin arm and 154 in the placebo arm.",
            [("312", "overall"), ("155", "dolmirin"), ("154", "placebo")],
        ),
        (
            "Of 370 patients randomized, 362 were analysed (182 dolmirin, 180 placebo).",
            [("370", "overall"), ("362", "overall"), ("182", "dolmirin"), ("180", "placebo")],
        ),
        ("Matching left 138 in each group.", [("138", "placebo"), ("138", "dolmirin")]),
    ],
)
def test_who_went_on_to_the_next_step_took_part(text, expected):
    assert [(quote, arm) for quote, arm, kind in counts(text) if kind == "enrollment"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "In the dolmirin group 12 patients were transplanted.",
        "Of the 27 patients with fever, 12 received antibiotics.",
        "Of those randomly assigned, 25 (10%) were never treated.",
        "Two patients in the dolmirin group were never treated.",
        "In 11 patients treatment was discontinued because of rash.",
        "In all, 14 because of progression were taken off dolmirin.",
    ],
)
def test_what_became_of_patients_is_no_enrolment(text):
    assert "enrollment" not in [kind for _, _, kind in counts(text)]


def test_a_bracket_by_arms_counts_each_arm_and_is_no_part_of_the_count_before_it():
    (record,) = run.records((TRIAL + "Three withdrew consent (2 dolmirin, 1 placebo).").encode(), "trial.md")
    told = [(row.events, row.total, row.arm, row.outcome) for row in record.rows]
    assert told == [
        (3, None, "overall", "withdrew consent"),
        (2, None, "dolmirin", "withdrew consent"),
        (1, None, "placebo", "withdrew consent"),
    ]


def test_who_received_what_beside_who_did_not():
    text = "# Results\n\nPatients were randomly assigned to dolmirin or placebo. Of 391 patients, 168 received \
dolmirin and 142 placebo.\n\nIn the registry 152 patients received dolmirin and 234 did not.\n"
    (record,) = run.records(text.encode(), "x.md")
    assert [row.events for row in record.rows if row.outcome_class == "enrollment"] == [391, 168, 142, 152, 234]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A total of 310 children were randomly assigned to receive dolmirin (155 children) or placebo (155).",
         ["children randomly assigned"] * 3),
        ("We screened 402 infants; 211 were randomised to dolmirin and 207 to placebo.",
         ["infants screened", "infants randomised", "infants randomised"]),
        ("Of 250 nurses randomized, 242 were included in the per-protocol analysis.",
         ["nurses randomized", "per-protocol analysis"]),
        ("Some 19 patients were enrolled, and 15 underwent leukapheresis.",
         ["patients enrolled", "patients who underwent leukapheresis"]),
    ],
)  # fmt: skip
def test_a_size_is_named_as_the_sentence_says_how_its_people_came(text: str, expected: list[str]) -> None:
    (record,) = run.records((TRIAL + text).encode(), "trial.md")
    begins = record.document.text.index(text[:20])
    rows = [row for row in record.rows if row.start >= begins and row.outcome_class == "enrollment"]
    assert [row.outcome for row in rows] == expected


def test_people_who_were_randomised_are_patients_enrolled() -> None:
    (record,) = run.records((TRIAL + "In all, 310 nurses were randomized.").encode(), "trial.md")
    assert [(row.outcome, row.outcome_id) for row in record.rows if row.start > 60] == [
        ("nurses randomized", "patients_enrolled")
    ]
