"""Trials named in passing are another's; the report's own name, and abbreviations of diseases, are not."""

import pytest

from trialtab.extract.named_trials import other_trials, own_trials


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("In the SEMAPHORE trial, 28% were in remission.", {"SEMAPHORE"}),
        ("In the SEMAPHORE\ntrial, 28% were in remission.", {"SEMAPHORE"}),
        ("Severe infections were rarer than with others (45% in MajesTEC-1).", {"MajesTEC-1"}),
        ("It gave a median of 39.4 months in AUGMENT.", {"AUGMENT"}),
        ("Remission in DLBCL was 45%, in NSCLC 30%, in HFrEF 12%.", set()),
        ("The LANTERN trial was run at nine sites. In LANTERN, 40% responded.", set()),
        ("We report a randomised trial (LANTERN). In the LANTERN trial, 40% responded.", set()),
        ("In the ITT study population, 40% responded.", set()),
    ],
)
def test_other_trials(text, others):
    assert other_trials(text, "A trial of dolmirin") == others


def test_a_name_of_the_title_is_our_own():
    assert other_trials("In the SEMAPHORE trial, 28% were in remission.", "Dolmirin in gout: SEMAPHORE") == frozenset()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("In SAPHYR-2, patients were randomized 2:1 to A or B. Survival was longer (SAPHYR-2: 25 v 14 months).",
         {"SAPHYR-2"}),
        ("Patients came from SAPHYR-2 (n = 267) and SAPHYR-3 (n = 240). SAPHYR-2 and SAPHYR-3 agreed.",
         {"SAPHYR-2", "SAPHYR-3"}),
        ("In the LANTERN trial, 28% were in remission. LANTERN was small.", set()),
        ("In SAPHYR-2, patients were randomized to A or B.", set()),  # named once
    ],
)  # fmt: skip
def test_a_trial_whose_patients_were_taken_is_our_own(text, own):
    assert own_trials(text) == own
