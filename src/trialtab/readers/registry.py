"""Records of ClinicalTrials.gov (API version 2, JSON): one study, a list of studies or a page of `studies`.

The record is printed as a text with tables, as its page on the web shows it, and every posted value is kept beside it
with its types and the place where it was printed (`Document.registration`): what a registry says in types is never
guessed from words. Field names follow the study data structure that ClinicalTrials.gov documents. `Block.path` and
`Cell.path` are JSON pointers (RFC 6901) into the file as given.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trialtab.errors import ReadError
from trialtab.model import Document, RegisteredArm, Registration, Source
from trialtab.readers import _characters, _identifiers
from trialtab.readers._builder import Builder
from trialtab.readers._registry_json import inside, objects, spoken, texts, words
from trialtab.readers._registry_results import Results

MAX_BYTES = 200_000_000
_OLD = ("FullStudiesResponse", "FullStudy", "StudyFieldsResponse", "StudyFields")


def read_registry(data: bytes, name: str) -> list[Document]:
    """Read registry records: one Document a study, format "registry".

    Raises ReadError where the file is no JSON, holds no registry record, or is larger than MAX_BYTES.
    """
    if len(data) > MAX_BYTES:
        size, limit = len(data) // 1_000_000, MAX_BYTES // 1_000_000
        raise ReadError(f"JSON of {size} MB: over the limit of {limit} MB for one file")
    decoded = _characters.decode(data)
    try:
        given = json.loads(decoded.text)
    except json.JSONDecodeError as error:
        raise ReadError(f"damaged JSON: {error.msg}, line {error.lineno}") from error
    except RecursionError as error:
        raise ReadError("JSON nested too deep to be a registry record") from error
    except ValueError as error:  # a number of more digits than Python converts
        raise ReadError(f"damaged JSON: {str(error)[:100]}") from error
    studies = list(_studies(given))
    if not studies:
        raise ReadError(_why_none(given))
    digest = hashlib.sha256(data).hexdigest()
    documents: list[Document] = []
    taken: set[str] = set()
    for number, (pointer, study) in enumerate(studies, 1):
        nct = _nct(study)
        key = ""
        if len(studies) > 1:
            key = nct or str(number)
            key = key if key not in taken else f"{key}.{number}"
            taken.add(key)
            key = f"#{key}"
        build = Builder()
        build.notices += decoded.notices
        source, registration = _Record(study, pointer, build).read()
        document = build.document(name, digest + key, "registry", source)
        documents.append(replace(document, registration=registration))
    return documents


def _studies(given: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(JSON pointer, study) for each study of the file."""
    if isinstance(given, dict) and isinstance(given.get("protocolSection"), dict):
        yield "", given
        return
    pages: Any = given.get("studies") if isinstance(given, dict) else given
    base = "/studies" if isinstance(given, dict) else ""
    for i, one in enumerate(pages if isinstance(pages, list) else ()):
        if isinstance(one, dict) and isinstance(one.get("protocolSection"), dict):
            yield f"{base}/{i}", one


def _why_none(given: Any) -> str:
    if isinstance(given, dict) and any(name in given for name in _OLD):
        return "registry record of an interface that ClinicalTrials.gov no longer has: fetch it by API version 2"
    return "JSON, but no record of ClinicalTrials.gov: no protocolSection in it"


def _nct(study: Mapping[str, Any]) -> str:
    found = _identifiers.nct_numbers(words(inside(study, "protocolSection", "identificationModule", "nctId")))
    return found[0] if found else ""


# ---- the record --------------------------------------------------------------------------------------------------


class _Record:
    """One study on its way into a Builder."""

    def __init__(self, study: Mapping[str, Any], pointer: str, build: Builder) -> None:
        self.protocol: Any = study["protocolSection"]
        self.posted: Any = study.get("resultsSection")
        self.pointer = pointer
        self.build = build

    def read(self) -> tuple[Source, Registration]:
        """Print it all; gives what the record says of itself, and its results in types."""
        names = inside(self.protocol, "identificationModule")
        title = words(inside(names, "officialTitle")) or words(inside(names, "briefTitle"))
        at = f"{self.pointer}/protocolSection"
        self.build.add("title", "title", "", title, path=f"{at}/identificationModule")
        self._design(at)
        self._descriptions(at)
        arms, enrolment = self._arms(at)
        results = Results(self.build, f"{self.pointer}/resultsSection", self.posted)
        if isinstance(self.posted, dict):
            results.read()
        else:
            self.build.notice("the registry holds no results of this study yet")
        design, info = inside(self.protocol, "designModule"), inside(self.protocol, "designModule", "designInfo")
        registration = Registration(
            arms=tuple(arms),
            results=tuple(results.found),
            study_type=words(inside(design, "studyType")),
            phases=tuple(texts(design, "phases")),
            allocation=words(inside(info, "allocation")),
            assignment=words(inside(info, "interventionModel")),
            conditions=tuple(texts(self.protocol, "conditionsModule", "conditions")),
            enrolment=enrolment,
        )
        return self._source(title), registration

    def _source(self, title: str) -> Source:
        status = inside(self.protocol, "statusModule")
        dates = (
            words(inside(status, name, "date"))
            for name in ("resultsFirstPostDateStruct", "lastUpdatePostDateStruct", "studyFirstPostDateStruct")
        )
        year = next((y for date in dates if (y := _identifiers.first_year(date)) is not None), None)
        nct = _identifiers.nct_numbers(words(inside(self.protocol, "identificationModule", "nctId")))
        people = objects(self.protocol, "contactsLocationsModule", "overallOfficials")
        authors = tuple(name for one in people if (name := words(one.get("name"))))
        return Source(title=title, nct=nct, journal="ClinicalTrials.gov", year=year, authors=authors)

    def _paragraph(self, section: str, part: str, text: str, path: str, heading: str = "") -> None:
        self.build.add("paragraph", section, part, text, heading=heading, path=path)

    def _design(self, at: str) -> None:
        design = inside(self.protocol, "designModule")
        info = inside(design, "designInfo")
        nct = words(inside(self.protocol, "identificationModule", "nctId"))
        acronym = words(inside(self.protocol, "identificationModule", "acronym"))
        facts = [
            f"ClinicalTrials.gov {nct}" + (f" ({acronym})" if acronym else "") if nct else "",
            ", ".join(_phase(code) for code in texts(design, "phases") if code != "NA"),
            spoken(words(inside(design, "studyType"))),
            _labelled("allocation", spoken(words(inside(info, "allocation")))),
            _labelled("assignment", spoken(words(inside(info, "interventionModel")))),
            _labelled("masking", spoken(words(inside(info, "maskingInfo", "masking")))),
            _labelled("status", spoken(words(inside(self.protocol, "statusModule", "overallStatus")))),
            _labelled("conditions", ", ".join(texts(self.protocol, "conditionsModule", "conditions"))),
        ]
        self._paragraph("methods", "methods", "; ".join(filter(None, facts)), f"{at}/designModule", "Design")

    def _descriptions(self, at: str) -> None:
        for name in ("briefSummary", "detailedDescription"):
            told = inside(self.protocol, "descriptionModule", name)
            for paragraph in re.split(r"\n\s*\n", told) if isinstance(told, str) else ():
                self._paragraph("background", "background", words(paragraph), f"{at}/descriptionModule/{name}")

    def _arms(self, at: str) -> tuple[list[RegisteredArm], tuple[int, int, int] | None]:
        """Arms as items of a list, and the enrolment."""
        module = inside(self.protocol, "armsInterventionsModule")
        arms: list[RegisteredArm] = []
        for i, group in enumerate(objects(module, "armGroups")):
            label = words(group.get("label"))
            if not label:
                continue
            given = tuple(one.partition(": ")[2] or one for one in texts(group, "interventionNames"))
            kind = words(group.get("type"))
            told = "; ".join(filter(None, (spoken(kind), ", ".join(given), words(group.get("description")))))
            span = self.build.add(
                "item", "methods", "methods", f"{label}: {told}" if told else label, heading="Arms",
                path=f"{at}/armsInterventionsModule/armGroups/{i}",
            )  # fmt: skip
            assert span is not None
            arms.append(
                RegisteredArm(
                    label=label, kind=kind, interventions=given, start=span.start, end=span.start + len(label)
                )
            )
        info = inside(self.protocol, "designModule", "enrollmentInfo")
        count = words(inside(info, "count"))
        kind = words(inside(info, "type"))
        if not count.isdigit() or len(count) > 9:
            return arms, None
        lead = "Enrolment: " if kind == "ACTUAL" else "Planned enrolment: "
        span = self.build.add(
            "paragraph", "methods", "methods", f"{lead}{count} participants", heading="Enrolment",
            path=f"{at}/designModule/enrollmentInfo",
        )  # fmt: skip
        assert span is not None
        place = (int(count), span.start + len(lead), span.end)
        return arms, place if kind == "ACTUAL" else None


def _phase(code: str) -> str:
    return "early phase 1" if code == "EARLY_PHASE1" else code.lower().replace("phase", "phase ")


def _labelled(name: str, text: str) -> str:
    return f"{name}: {text}" if text else ""
