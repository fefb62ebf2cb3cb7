"""Rows of the evidence table as FHIR R5 Evidence resources in a bundle.

Codes: HL7 terminology, statistic-type and attribute-estimate-type. A row that FHIR has no statistic for is left out.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from trialtab import compare
from trialtab.export.text import clean

Row = Mapping[str, Any]
Json = dict[str, Any]

_STATISTIC = "http://terminology.hl7.org/CodeSystem/statistic-type"
_ESTIMATE = "http://terminology.hl7.org/CodeSystem/attribute-estimate-type"
_ROLE = "http://terminology.hl7.org/CodeSystem/variable-role"
_UCUM = "http://unitsofmeasure.org"
_OURS = "urn:trialtab:finding"

STATISTICS = {
    "count": ("C25463", "Count"), "proportion": ("C44256", "Proportion"), "mean": ("C53319", "Mean"),
    "median": ("C28007", "Median"), "hazard_ratio": ("C93150", "Hazard Ratio"),
    "odds_ratio": ("C16932", "Odds Ratio"), "risk_ratio": ("C93152", "Relative Risk"),
    "rate_ratio": ("rate-ratio", "Incidence Rate Ratio"), "risk_difference": ("0000424", "Absolute Risk Difference"),
    "mean_difference": ("0000457", "Mean Difference"),
    "standardized_mean_difference": ("0000100", "Standardized Mean Difference"),
}  # fmt: skip
ESTIMATES = {
    "ci": ("C53324", "Confidence interval"), "iqr": ("C53245", "Interquartile range"), "range": ("C38013", "Range"),
    "sd": ("C53322", "Standard deviation"), "se": ("0000037", "Standard error of the mean"),
    "p": ("C44185", "P-value"),
}  # fmt: skip
MOST = 2**31
"""Bound of FHIR's whole numbers."""

_STATUS = {"accepted": "active", "corrected": "active"}
_RELATIONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


def fhir_bundle(rows: Iterable[Row]) -> Json:
    """A bundle of type collection with one Evidence for each row that has a value; ids are the finding ids."""
    entries = []
    for row in rows:
        if row["statistic"] in STATISTICS and _told(row["value"]) and row.get("status") != "rejected":
            url = uuid.uuid5(uuid.NAMESPACE_URL, f"{_OURS}:{row['document_id']}:{row['finding_id']}")
            entries.append({"fullUrl": f"urn:uuid:{url}", "resource": _evidence(row)})
    bundle: Json = {"resourceType": "Bundle", "type": "collection"}
    return bundle | ({"entry": entries} if entries else {})


def _told(number: float | None) -> bool:
    """Is a number told, and finite? JSON has no other."""
    return number is not None and math.isfinite(number)


def _text(text: object) -> str:
    """FHIR's strings hold no control characters and are never empty."""
    return " ".join(clean(str(text)).split()) or "-"


def _evidence(row: Row) -> Json:
    outcome = compare.outcome_name(row["outcome_id"], row["outcome"])
    quote = _text(row["quote"])
    place = row["table_label"] or row["section"]
    page = f", page {row['page']}" if row["page"] else ""
    return {
        "resourceType": "Evidence",
        "id": row["finding_id"],
        "identifier": [{"system": _OURS, "value": row["finding_id"]}],
        "title": _text(f"{row['study']}: {outcome}"),
        "status": _STATUS.get(row.get("status") or "", "draft"),
        "description": f"“{quote}”",
        "note": [{"text": _text(f"{row['document']}, {place}{page}, characters {row['start']}-{row['end']}")}],
        "variableDefinition": _variables(row, outcome),
        "statistic": [_statistic(row)],
    }


def _variables(row: Row, outcome: str) -> list[Json]:
    details = ", ".join(
        filter(None, (outcome, f"grade {row['grade']}" if row["grade"] else "", row["timepoint"], row["definition"]))
    )
    found: list[Json] = [{"description": _text(details), "variableRole": _role("measuredVariable")}]
    roles = (("population", row["population"]), ("exposure", row["arm"]), ("referenceExposure", row["comparator"]))
    for role, said in roles:
        if said and said != "overall":
            found.append({"description": _text(said), "variableRole": _role(role)})
    return found


def _role(code: str) -> Json:
    return {"coding": [{"system": _ROLE, "code": code}], "text": code}


def _concept(system: str, code: tuple[str, str]) -> Json:
    return {"coding": [{"system": system, "code": code[0], "display": code[1]}], "text": code[1]}


def _quantity(value: float, unit: str | None, relation: str | None = None) -> Json:
    made: Json = {"value": _number(value)}
    if relation in _RELATIONS:
        made["comparator"] = relation
    if unit and unit != "1":
        made |= {"unit": compare.unit_text(unit) or unit, "system": _UCUM, "code": unit}
    return made


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _statistic(row: Row) -> Json:
    made: Json = {
        "description": compare.cell_text(row),
        "statisticType": _concept(_STATISTIC, STATISTICS[row["statistic"]]),
        "quantity": _quantity(row["value"], row["unit"], row["qualifier"]),
    }
    if _told(row["events"]) and float(row["events"]).is_integer() and 0 <= row["events"] < MOST:
        made["numberOfEvents" if row["count_of"] in ("events", "episodes") else "numberAffected"] = int(row["events"])
    if _told(row["total"]) and float(row["total"]).is_integer() and 0 <= row["total"] < MOST:
        made["sampleSize"] = {"knownDataCount": int(row["total"])}
    estimates = [
        _estimate(name, row, low, high)
        for name, low, high in (
            ("ci", "ci_low", "ci_high"), ("iqr", "q1", "q3"), ("range", "range_low", "range_high"),
        )
        if _told(row[low]) and _told(row[high])
    ]  # fmt: skip
    for name in ("sd", "se"):
        if _told(row[name]):
            estimates.append(
                {"type": _concept(_ESTIMATE, ESTIMATES[name]), "quantity": _quantity(row[name], row["unit"])}
            )
    if row["p_value"] is not None:
        p = _quantity(row["p_value"], None, row["p_relation"])
        estimates.append({"type": _concept(_ESTIMATE, ESTIMATES["p"]), "quantity": p})
    return made | ({"attributeEstimate": estimates} if estimates else {})


def _estimate(name: str, row: Row, low: str, high: str) -> Json:
    made: Json = {
        "type": _concept(_ESTIMATE, ESTIMATES[name]),
        "range": {"low": _quantity(row[low], row["unit"]), "high": _quantity(row[high], row["unit"])},
    }
    if name == "ci" and row["ci_level"] is not None:
        made["level"] = _number(row["ci_level"] if row["ci_level"] <= 1 else row["ci_level"] / 100)
    return made


__all__ = ["ESTIMATES", "STATISTICS", "fhir_bundle"]
