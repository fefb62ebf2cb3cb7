"""What registries and reference managers are given: validated by models of FHIR R5, and by the tags of RIS."""

from __future__ import annotations

import io
import json

import pytest

from test_compare import CR, CRS, PFS, median, of, row, share
from test_tables import call, ratio
from trialtab.export import fhir
from trialtab.export.ris import write_ris
from trialtab.store import EVIDENCE_COLUMNS


def whole(one):
    """A row with every column of the evidence table."""
    return {name: one.get(name) for name in EVIDENCE_COLUMNS} | {"status": one.get("status", "proposed")}


def resource(one):
    (entry,) = fhir.fhir_bundle([whole(one)])["entry"]
    return entry["resource"]


def test_a_proportion_has_its_counts_and_codes():
    made = resource(of("A", share(4, 11, 36, **CR), arm="drug", comparator="placebo", population="ITT"))
    (statistic,) = made["statistic"]
    assert statistic["statisticType"]["coding"][0]["code"] == "C44256"
    assert (statistic["numberAffected"], statistic["sampleSize"]["knownDataCount"]) == (4, 11)
    assert statistic["quantity"] == {"value": 36, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    roles = [one["variableRole"]["coding"][0]["code"] for one in made["variableDefinition"]]
    assert roles == ["measuredVariable", "population", "exposure", "referenceExposure"]


def test_estimates_have_their_kinds():
    made = resource(of("A", ratio(0.68, 0.54, 0.86, **PFS), p_relation="<", p_value=0.001))
    interval, p = made["statistic"][0]["attributeEstimate"]
    assert interval["level"] == 0.95 and interval["range"]["high"] == {"value": 0.86}
    assert p["quantity"] == {"value": 0.001, "comparator": "<"} and p["type"]["coding"][0]["code"] == "C44185"
    made = resource(of("A", median(45, q1=30, q3=60, range_low=21, range_high=153, quote="45")))
    kinds = [one["type"]["coding"][0]["code"] for one in made["statistic"][0]["attributeEstimate"]]
    assert kinds == ["C53245", "C38013"]
    events = row(statistic="count", events=67, value=67, count_of="events", quote="67", **CRS)
    assert resource(of("A", events))["statistic"][0]["numberOfEvents"] == 67


def test_rows_without_a_value_or_a_code_and_rejected_ones_are_left_out():
    rows = [
        median(None, "mo", qualifier="not reached"), row(statistic="p_value", p_value=0.1, value=0.1),
        share(4, 11, 36, **CR) | {"status": "rejected"},
    ]  # fmt: skip
    assert fhir.fhir_bundle(whole(of("A", one)) for one in rows) == {"resourceType": "Bundle", "type": "collection"}


def test_the_bundle_of_a_library_is_valid(library, tmp_path):
    from fhir.resources.bundle import Bundle

    said = call("fhir", "--db", library, "-o", tmp_path / "evidence.json").output
    data = (tmp_path / "evidence.json").read_bytes()
    bundle = Bundle.model_validate(json.loads(data))
    assert f"{len(bundle.entry)} Evidence resources" in said and len(bundle.entry) > 500
    urls = [entry.fullUrl for entry in bundle.entry]
    assert len(set(urls)) == len(urls)
    call("fhir", "--db", library, "-o", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == data


@pytest.mark.parametrize("nasty", ["a\x00b\x1b[31m", "\ud800", "  ", "<b>&"])
def test_nasty_text_stays_valid(nasty):
    from fhir.resources.evidence import Evidence

    one = of("A", share(4, 11, 36, **CR), quote=nasty, arm=nasty or "x", population=nasty, definition=nasty)
    made = json.loads(json.dumps(resource(one)))
    assert Evidence.model_validate(made).status == "draft"


def test_ris_has_one_record_a_document_and_no_empty_lines():
    out = io.StringIO()
    known = {
        "document": "a.pdf", "document_id": "0" * 64, "study": "A", "title": "On\nlines", "journal": "J",
        "authors": "One A; Two B", "year": 2020, "doi": "10.1/x", "pmid": "1", "pmcid": None, "nct": None,
    }  # fmt: skip
    bare = {"document": "b.txt", "document_id": "1" * 64, "study": "B"}
    write_ris([known, bare], out)
    first, second = out.getvalue().strip().split("\n\n")
    assert first.splitlines()[0] == "TY  - JOUR" and "TI  - On lines" in first
    assert [line for line in first.splitlines() if line.startswith("AU")] == ["AU  - One A", "AU  - Two B"]
    assert second.splitlines()[0] == "TY  - GEN" and "TI  - b.txt" in second
    for record in (first, second):
        lines = record.splitlines()
        assert lines[-1].strip() == "ER  -" and all(line[2:6] == "  - " or line == "ER  -" for line in lines)


def test_studies_go_to_a_reference_manager(library):
    found = call("studies", "--db", library, "--format", "ris").output
    assert found.count("ER  - ") == found.count("TY  - ") > 10
