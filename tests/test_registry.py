"""Registry records: the text that is printed of them, rows from types, and registry against report."""

from __future__ import annotations

import json

import pytest

import bundled
from document_promises import check_promises
from trialtab import compare, rules, run
from trialtab.errors import ReadError
from trialtab.extract import extract, registry
from trialtab.readers import read
from trialtab.readers.registry import read_registry

BASE = bundled.ROOT / "corpora" / "registry" / "documents"
GROUPS = [{"id": "OG000", "title": "Dolmirin 20 mg"}, {"id": "OG001", "title": "Placebo"}]
ARMS = [
    {"label": "Dolmirin 20 mg", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Dolmirin"]},
    {"label": "Placebo", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Drug: Placebo"]},
]


def study(**results):
    """A record of two arms with these modules of results."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09909999", "briefTitle": "Dolmirin in gout"},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2"],
                "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL"},
            },
            "conditionsModule": {"conditions": ["Gout"]},
            "armsInterventionsModule": {"armGroups": ARMS},
        },
        "resultsSection": results,
    }


def measure(
    *values,
    groups=GROUPS,
    param="MEAN",
    dispersion=None,
    unit="days",
    frame="Week 12",
    title="Pain",
    denoms=(40, 41),
    analyses=(),
    classes=None,
    **more,
):
    measurements = [{"groupId": g["id"], **v} for g, v in zip(groups, values, strict=False)]
    counts = [{"groupId": g["id"], "value": str(n)} for g, n in zip(groups, denoms, strict=False)]
    one = {
        "type": "PRIMARY",
        "title": title,
        "paramType": param,
        "unitOfMeasure": unit,
        "timeFrame": frame,
        "groups": groups,
        "denoms": [{"units": "Participants", "counts": counts}],
        "analyses": list(analyses),
        "classes": classes or [{"categories": [{"measurements": measurements}]}],
        **more,
    }
    return {"outcomeMeasures": [one | ({"dispersionType": dispersion} if dispersion else {})]}


def rows(given):
    """The finished rows of a record."""
    data = json.dumps(given).encode()
    found = [row for record in run.records(data, "x.json") for row in record.rows]
    texts = {d.document_id: d.text for d in read(data, "x.json")}
    for row in found:
        assert texts[row.document_id][row.start : row.end] == row.quote
        assert row.source == "registry"
    return found


# ---- the text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reg_pelham_itp_record.json", "reg_alder_myeloma_page.json"])
def test_every_posted_value_stands_where_it_is_printed_and_its_path_leads_to_it(name):
    data = (BASE / name).read_bytes()
    given = json.loads(data)
    (document,) = read(data, name)
    check_promises(document)
    assert document.registration.results
    for posted in document.registration.results:
        said = document.text[posted.start : posted.end]
        assert (posted.value or posted.p_value.strip("<>= ") or posted.count) in said
        place = given
        for step in posted.path.split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        assert place, posted.path


def test_a_page_a_list_and_a_single_study_give_the_same_text():
    one = study(outcomeMeasuresModule=measure({"value": "3"}, {"value": "4"}))
    texts = [read(json.dumps(form).encode(), "x")[0].text for form in (one, [one], {"studies": [one]})]
    assert len(set(texts)) == 1
    both = read(json.dumps([one, one]).encode(), "x")
    assert [d.document_id[64:] for d in both] == ["#NCT09909999", "#NCT09909999.2"]


def test_baseline_is_printed_and_is_no_finding():
    (document,) = read((BASE / "reg_pelham_itp_record.json").read_bytes(), "x")
    at = document.text.index("47 (range 18 to 80)")
    (record,) = run.records((BASE / "reg_pelham_itp_record.json").read_bytes(), "x")
    assert not any(row.start <= at < row.end for row in record.rows)
    (line,) = [n for n in record.numbers if n.start == at]
    assert (line.fate, line.reason) == ("ignored", "baseline")


def test_every_number_of_the_results_has_a_fate():
    (record,) = run.records((BASE / "reg_alder_myeloma_page.json").read_bytes(), "x")
    fates = {record.document.text[n.start : n.end]: n.fate for n in record.numbers}
    assert fates["60.5"] == "extracted"
    assert "unresolved" not in fates.values()
    ids = {row.finding_id for row in record.rows}
    assert all(n.reason in ids for n in record.numbers if n.fate == "extracted")


# ---- rows from types ---------------------------------------------------------------------------------------------

WHAT = (
    "statistic",
    "value",
    "unit",
    "events",
    "total",
    "percent",
    "sd",
    "se",
    "q1",
    "q3",
    "range_low",
    "range_high",
    "ci_level",
    "ci_low",
    "ci_high",
    "qualifier",
)


def said(row):
    return {name: getattr(row, name) for name in WHAT if getattr(row, name) is not None}


@pytest.mark.parametrize(
    ("posted", "wanted"),
    [
        (
            {"values": ({"value": "5.2", "spread": "1.3"},), "dispersion": "Standard Deviation"},
            {"statistic": "mean", "value": 5.2, "unit": "d", "sd": 1.3},
        ),
        (
            {
                "values": ({"value": "-0.5", "spread": "0.1"},),
                "param": "LEAST_SQUARES_MEAN",
                "dispersion": "STANDARD_ERROR",
            },
            {"statistic": "mean", "value": -0.5, "unit": "d", "se": 0.1},
        ),
        (
            {
                "values": ({"value": "12", "lowerLimit": "3", "upperLimit": "15"},),
                "param": "MEDIAN",
                "dispersion": "Inter-Quartile Range",
            },
            {"statistic": "median", "value": 12, "unit": "d", "q1": 3, "q3": 15},
        ),
        (
            {
                "values": ({"value": "12", "lowerLimit": "3", "upperLimit": "15"},),
                "param": "MEDIAN",
                "dispersion": "Full Range",
            },
            {"statistic": "median", "value": 12, "unit": "d", "range_low": 3, "range_high": 15},
        ),
        (
            {
                "values": ({"value": "9.1", "lowerLimit": "7", "upperLimit": "NA"},),
                "param": "MEDIAN",
                "unit": "months",
                "dispersion": "90% Confidence Interval",
            },
            {"statistic": "median", "value": 9.1, "unit": "mo", "ci_level": 90, "ci_low": 7},
        ),
        (
            {"values": ({"value": "NA", "comment": "Median not reached"},), "param": "MEDIAN"},
            {"statistic": "median", "unit": "d", "qualifier": "not reached"},
        ),
        (
            {"values": ({"value": "NA", "comment": "Too few events"},), "param": "MEDIAN"},
            {"statistic": "median", "unit": "d", "qualifier": "not estimable"},
        ),
        (
            {"values": ({"value": "31"},), "param": "COUNT_OF_PARTICIPANTS", "unit": "Participants"},
            {"statistic": "proportion", "value": 31, "events": 31, "total": 40, "percent": 77.5},
        ),
        (
            {"values": ({"value": "12"},), "param": "NUMBER", "unit": "participants"},
            {"statistic": "proportion", "value": 12, "events": 12, "total": 40, "percent": 30},
        ),
        (
            {"values": ({"value": "54.2"},), "param": "NUMBER", "unit": "percentage of participants"},
            {"statistic": "proportion", "value": 54.2, "unit": "%", "total": 40, "percent": 54.2},
        ),
        (
            {"values": ({"value": "7"},), "param": "NUMBER", "unit": "events"},
            {"statistic": "count", "value": 7, "unit": "{events}", "events": 7},
        ),
        (
            {"values": ({"value": "0.8"},), "param": "NUMBER", "unit": "exacerbations per year"},
            {"statistic": "rate", "value": 0.8, "unit": "exacerbations per year"},
        ),
        (
            {
                "values": ({"value": "18.7", "spread": "46.2"},),
                "param": "GEOMETRIC_MEAN",
                "dispersion": "Geometric Coefficient of Variation",
            },
            {"statistic": "other", "value": 18.7, "unit": "d"},
        ),
        ({"values": ({"value": "1,204"},), "param": "MEAN"}, {"statistic": "mean", "value": 1204, "unit": "d"}),
    ],
)
def test_a_posted_value_is_read_from_its_types(posted, wanted):
    values = posted.pop("values")
    (row,) = rows(study(outcomeMeasuresModule=measure(*values, **posted)))
    assert said(row) == wanted
    assert (row.arm, row.arm_role, row.timepoint_value, row.timepoint_unit) == (
        "Dolmirin 20 mg",
        "intervention",
        12,
        "week",
    )


@pytest.mark.parametrize(
    ("analysis", "wanted"),
    [
        (
            {
                "paramType": "Hazard Ratio (HR)",
                "paramValue": "0.7",
                "ciPctValue": "95",
                "ciLowerLimit": "0.5",
                "ciUpperLimit": "0.9",
                "pValue": "0.003",
            },
            ("hazard_ratio", 0.7, None, 95, 0.5, 0.9, "=", 0.003),
        ),
        (
            {"paramType": "Odds Ratio (OR)", "paramValue": "2", "pValue": "<.001"},
            ("odds_ratio", 2, None, None, None, None, "<", 0.001),
        ),
        (
            {
                "paramType": "Mean Difference (Final Values)",
                "paramValue": "-1.5",
                "ciPctValue": "97.5",
                "ciLowerLimit": "-3",
                "ciUpperLimit": "0",
                "pValue": "=0.05",
            },
            ("mean_difference", -1.5, "d", 97.5, -3, 0, "=", 0.05),
        ),
        (
            {"paramType": "Risk Difference (RD)", "paramValue": "0.12"},
            ("risk_difference", 0.12, None, None, None, None, None, None),
        ),
        ({"pValue": "0.71"}, ("p_value", None, None, None, None, None, "=", 0.71)),
    ],
)
def test_an_analysis_is_an_effect_row_of_its_two_arms(analysis, wanted):
    for ids in (["OG000", "OG001"], ["OG001", "OG000"]):
        given = measure({"value": "3"}, {"value": "4"}, analyses=[{"groupIds": ids, **analysis}])
        found = rows(study(outcomeMeasuresModule=given))
        (effect,) = [row for row in found if row.comparator]
        names = ("statistic", "value", "unit", "ci_level", "ci_low", "ci_high", "p_relation", "p_value")
        assert tuple(getattr(effect, name) for name in names) == wanted
        assert (effect.arm, effect.comparator) == ("Dolmirin 20 mg", "Placebo"), "control is the comparator"
        assert {row.p_value for row in found} == {wanted[-1]}, "the p of both arms as well"


def test_rows_of_a_measure_are_named_timed_and_left_out_as_their_titles_say():
    def of(title, *categories):
        return {
            "title": title,
            "categories": [
                {"title": c, "measurements": [{"groupId": "OG000", "value": str(i + 3)}]}
                for i, c in enumerate(categories)
            ],
        }

    classes = [of("Baseline", ""), of("Week 4", "Complete response", "No"), of("Left knee", "Moderate")]
    given = measure(
        classes=classes,
        param="COUNT_OF_PARTICIPANTS",
        unit="Participants",
        title="Best response",
        frame="From first dose up to 24 weeks",
    )
    found = [
        (row.outcome, row.definition, row.timepoint, row.timepoint_value)
        for row in rows(study(outcomeMeasuresModule=given))
    ]
    assert found == [
        ("Complete response", "Best response", "Week 4", 4),
        ("Best response: Left knee: Moderate", None, "From first dose up to 24 weeks", None),
    ]


def test_a_group_that_nobody_was_analysed_in_gives_no_row():
    given = measure({"value": "0"}, {"value": "4"}, denoms=(0, 41), param="COUNT_OF_PARTICIPANTS", unit="Participants")
    assert [row.arm for row in rows(study(outcomeMeasuresModule=given))] == ["Placebo"]


def test_adverse_events_carry_seriousness_numbers_and_time():
    groups = [
        {
            "id": "EG000",
            "title": "Dolmirin 20 mg",
            "seriousNumAffected": 4,
            "seriousNumAtRisk": 40,
            "deathsNumAffected": 0,
            "deathsNumAtRisk": 40,
        }
    ]

    def stat(**n):
        return [{"groupId": "EG000", **n}]

    module = {
        "timeFrame": "Up to 12 weeks",
        "frequencyThreshold": "5",
        "eventGroups": groups,
        "seriousEvents": [
            {"term": "Pneumonia", "organSystem": "Infections", "stats": stat(numAffected=2, numAtRisk=40)}
        ],
        "otherEvents": [
            {"term": "Pneumonia", "stats": stat(numAffected=3, numAtRisk=40, numEvents=5)},
            {"term": "Rash", "stats": stat(numEvents=9)},
        ],
    }
    found = {(row.outcome, row.serious): row for row in rows(study(adverseEventsModule=module))}
    assert found["deaths from any cause", 0].negated and found["deaths from any cause", 0].outcome_class == "mortality"
    assert (found["serious adverse events", 1].events, found["serious adverse events", 1].total) == (4, 40)
    serious, other = found["Pneumonia", 1], found["Pneumonia", 0]
    assert (serious.events, serious.total, serious.timepoint) == (2, 40, "Up to 12 weeks")
    assert serious.timepoint_value is None, "a time during which events were collected is no timepoint"
    assert (other.events, other.quote, other.definition) == (3, "3/40", "not serious")
    assert (found["Rash", 0].count_of, found["Rash", 0].events, found["Rash", 0].total) == ("events", 9, None)


def test_arms_are_found_again_under_the_names_of_each_module():
    arms = registry.Arms(read((BASE / "reg_pelham_itp_record.json").read_bytes(), "x")[0].registration)
    assert [(a.label, a.role, a.intervention, a.n) for a in arms.records()] == [
        ("Melzabrutinib 400 mg", "intervention", "Melzabrutinib", 134),
        ("Placebo", "control", "placebo", 67),
    ]
    assert arms.of("Total") == ("overall", "overall")
    groups = [{"id": "A", "title": "dolmirin 20 mg "}, {"id": "B", "title": "Dolmirin 40 mg"}]
    found = rows(study(outcomeMeasuresModule=measure({"value": "3"}, {"value": "4"}, groups=groups)))
    assert [row.arm for row in found] == ["Dolmirin 20 mg", "Dolmirin 40 mg"], "a dose is an arm of its own"


def test_what_the_record_says_of_itself():
    (record,) = run.records((BASE / "reg_alder_myeloma_page.json").read_bytes(), "x")
    assert (record.design, record.condition) == ("phase 1/2 single-arm trial", "multiple myeloma")
    assert [(a.label, a.role, a.n) for a in record.arms] == [("overall", "overall", 86)]
    crossover = study()
    crossover["protocolSection"]["designModule"]["designInfo"]["interventionModel"] = "CROSSOVER"
    (document,) = read_registry(json.dumps(crossover).encode(), "x")
    assert extract(document, rules.load()).design == "phase 2 randomised crossover trial"


# ---- hostile -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, [None], [[]], [{"id": 3}], {"groups": "x"}])
def test_modules_of_an_odd_shape_are_no_error(odd):
    for name in (
        "participantFlowModule",
        "baselineCharacteristicsModule",
        "outcomeMeasuresModule",
        "adverseEventsModule",
    ):
        assert rows(study(**{name: odd})) == []
    assert rows(study(outcomeMeasuresModule={"outcomeMeasures": odd})) == []
    assert rows(study(outcomeMeasuresModule=measure(classes=odd or [{}], analyses=[{"groupIds": odd}]))) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": 1}', "no protocolSection"),
        (b"[]", "no protocolSection"),
        (b'{"protocolSection": ', "damaged JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"protocolSection": {}, "n": ' + b"9" * 10_000 + b"}", "damaged JSON"),
    ],
)
def test_what_is_no_registry_record_is_one_line(data, words):
    with pytest.raises(ReadError) as raised:
        read_registry(data, "x")
    assert words in str(raised.value) and "\n" not in str(raised.value)


# ---- registry against report -------------------------------------------------------------------------------------


def confronted(*names):
    records = [record for path, record in bundled.all_records() if path.name in names]
    given = compare.from_records(records)
    for document, record in zip(given[2], records, strict=True):
        document |= {"format": record.document.format, "nct": ", ".join(record.document.source.nct), "grouping": None}
    return compare.confront(*given)


def test_the_two_figures_that_differ_are_found_and_the_others_agree():
    found = confronted("reg_pelham_itp_record.json", "pelham_itp.nxml")
    both = compare.only_both(found)
    differing = [
        (one.registry["outcome_id"], one.registry["events"], one.report["events"], one.differs)
        for one in both
        if one.verdict == compare.DIFFERS
    ]
    assert sorted(differing) == [
        ("diarrhea", 34, 32, ("events", "percent")),
        ("platelet_response", 88, 87, ("events", "percent")),
    ]
    agreeing = {
        (one.registry["outcome_id"], one.registry["arm"], one.registry["statistic"])
        for one in both
        if one.verdict == compare.AGREES
    }
    assert {
        ("durable_response", "Placebo", "proportion"),
        ("durable_response", "Melzabrutinib 400 mg", "risk_difference"),
        ("time_to_platelet_response", "Melzabrutinib 400 mg", "median"),
        ("headache", "Melzabrutinib 400 mg", "proportion"),
    } <= agreeing
    assert len(agreeing) >= 15
    assert any(one.verdict == compare.REGISTRY_ONLY and one.registry["outcome"] == "Pneumonia" for one in found)


def test_a_report_of_another_trial_is_never_set_against_a_record():
    assert confronted("reg_pelham_itp_record.json", "tessel_arthritis.md") == ()


def row(**told):
    blank = dict.fromkeys(
        (
            "value",
            "events",
            "total",
            "percent",
            "sd",
            "se",
            "q1",
            "q3",
            "range_low",
            "range_high",
            "ci_low",
            "ci_high",
            "p_relation",
            "p_value",
            "unit",
            "derived",
        )
    )
    return {**blank, "statistic": "proportion", "total_source": "explicit", "quote": "", **told}


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (
            {"events": 31, "total": 134, "percent": 23.1, "derived": "percent"},
            {"events": 31, "percent": 23, "quote": "31 (23%)"},
            [],
        ),
        (
            {"events": 31, "total": 134, "percent": 23.1, "derived": "percent"},
            {"percent": 24, "quote": "24%"},
            ["percent"],
        ),
        ({"events": 31, "total": 134}, {"events": 31, "total": 120, "total_source": "arm"}, []),
        ({"events": 31, "total": 134}, {"events": 31, "total": 133}, ["total"]),
        (
            {"statistic": "mean", "value": 7.24, "quote": "7.24"},
            {"statistic": "mean", "value": 7.2, "quote": "7.2"},
            [],
        ),
        (
            {"statistic": "mean", "value": 7.26, "quote": "7.26"},
            {"statistic": "mean", "value": 7.2, "quote": "7.2"},
            ["value"],
        ),
        (
            {"statistic": "median", "value": 52, "unit": "wk", "quote": "52"},
            {"statistic": "median", "value": 12, "unit": "mo", "quote": "12"},
            [],
        ),
        (
            {"statistic": "hazard_ratio", "value": 0.5, "ci_low": 0.3, "quote": "0.5 0.3"},
            {"statistic": "hazard_ratio", "value": 0.5, "ci_low": 0.31, "quote": "0.50 0.31"},
            [],
        ),
        (
            {"statistic": "mean", "value": 2, "quote": "2", "p_relation": "<", "p_value": 0.001},
            {"statistic": "mean", "value": 2, "quote": "2", "p_relation": "=", "p_value": 0.0004},
            [],
        ),
        (
            {"statistic": "mean", "value": 2, "quote": "2", "p_relation": "=", "p_value": 0.03},
            {"statistic": "mean", "value": 2, "quote": "2", "p_relation": "=", "p_value": 0.04},
            ["p_value"],
        ),
    ],
)
def test_numbers_agree_within_rounding(one, other, differs):
    from trialtab.compare.registry_rows import difference

    assert difference(row(**one), row(**other))[0] == differs
    assert difference(row(**other), row(**one))[0] == differs
