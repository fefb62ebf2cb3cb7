"""Trials of many fields told in a few sentences: each number with the role of its arm, in the order of the text.

i: intervention, c: control, o: no arm.
"""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract

RULES = rules.load()
ROLES = {"intervention": "i", "control": "c", "overall": "o", None: "-"}


def told(text: str) -> str:
    """The roles of the arms of the results of a text, the sizes of groups left out."""
    (document,) = readers.read(text.encode(), "x.txt")
    return "".join(
        ROLES[f.arm_role]
        for f in sorted(extract(document, RULES).findings, key=lambda f: f.measure.start)
        if not f.enrollment and f.measure.statistic not in ("p_value", "mean_difference")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Laparoscopic compared with open appendectomy in children. We enrolled 120 children. They underwent "
            "either laparoscopic (n = 60) or open appendectomy (n = 60). Operating time was longer in the "
            "laparoscopic group (mean 62 [SD 12] vs 45 [SD 10] min). Wound infection was seen in 2 patients (3%) "
            "after laparoscopic and 8 (13%) after open surgery.",
            "icic",
        ),
        (
            "Intravenous iron in heart failure. In this double-blind study we randomly assigned 304 patients to "
            "ferric carboxymaltose (FCM) or saline. The 6-minute walk distance rose by 33 m with FCM and fell by 12 "
            "m with saline. Hospitalisations were 10 vs 32. Adverse events: FCM 62%, saline 64%.",
            "icicic",
        ),
        (
            "Patients were randomized to amlodipine (A, n=50), lisinopril (L, n=52) or chlorthalidone (C, n=51). "
            "Cough was reported by 2 patients on A, 9 on L and 1 on C.",
            "iic",
        ),
        (
            "A school-based programme against obesity: cluster randomised trial. Fourteen schools were randomised to "
            "the programme and 14 to usual curriculum. At two years, overweight was seen in 23.9% of children in "
            "control schools.",
            "c",
        ),
        (
            "Radiotherapy after mastectomy. Between 1990 and 1998, 320 women were randomly allocated to chemotherapy "
            "plus radiotherapy or chemotherapy alone. At 10 years, locoregional recurrence was 9% and 28% (P < "
            "0.001), and survival was 54% with radiotherapy and 47% without.",
            "icic",
        ),
        (
            "Metformin for polycystic ovaries: a multicentre trial. Women were assigned to one of two groups: "
            "clomiphene plus placebo or clomiphene plus metformin. Live births were seen in 22.5% (47 of 209) of the "
            "clomiphene group and 26.8% (56 of 209) of the combination-therapy group.",
            "ci",
        ),
        (
            "Cemented versus uncemented hemiarthroplasty: a randomised trial. We allocated 220 adults to a cemented "
            "(n = 112) or an uncemented implant (n = 108). The hip score at one year was 70.8 in the cemented group "
            "and 72.1 in the uncemented group. Blood loss was 390 vs 300 mL. Mortality was 20 and 19%, respectively.",
            "icicic",
        ),
        (
            "Warm versus cold gas. Patients were alternately allocated to heated (group H) or unheated gas (group "
            "U). Core temperature was 36.4 +/- 0.4 in group H vs 35.6 +/- 0.5 C in group U. Shivering: 3/30 (H), "
            "11/30 (U).",
            "icic",
        ),
        (  # a single cohort has no arms
            "Outcome of hip replacement in two hospitals. We followed 220 adults for a year. Pain had gone in 60% and "
            "fever was seen in 4% of them.",
            "oo",
        ),
    ],
)
def test_each_number_of_a_trial_goes_to_its_arm(text: str, expected: str):
    assert told(text)[-len(expected) :] == expected
