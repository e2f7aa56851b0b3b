"""What was read off a business licence, held against the business registry field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.registration.applications import FIELD_NAMES, LICENCE_FIELDS, Application, Source, drop, replace
from domain.registration.intake import same
from domain.registration.readings import Reading
from domain.sources.facts import Company

COMPARED = ("code", "name", "legal_person", "address")
SHOWN = ("name", "code", "legal_person", "address")
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which the picture and the registry do not agree."""

    name: str
    photo: str
    registry: str


def put_reading(application: Application, reading: Reading, now: datetime) -> None:
    """Take over what was read, in place of an earlier picture's reading and of what was decided on that one."""
    read = {name: each for name, each in reading.fields.items() if name in LICENCE_FIELDS and each.value}
    if is_of_another(application, reading):
        drop(application, LICENCE_FIELDS, (Source.TYPED,))
    replace(application, LICENCE_FIELDS, Source.OCR, {name: each.value for name, each in read.items()}, now)
    for row in application.values:
        if row.source == Source.OCR and row.name in read:
            row.confidence, row.doubts = read[row.name].confidence, list(read[row.name].doubts)
    application.licence_confirmed = False
    for name in [name for name in LICENCE_FIELDS if application.decided.get(name) != Source.TYPED]:
        application.decided.pop(name, None)


def is_of_another(application: Application, reading: Reading) -> bool:
    """Whether a picture shows another company than the one known so far, by code, or by name where no code was read."""
    known, code = application.value("code"), reading.code()
    if code and known:
        return not same(code, known) and not same(code, _company(application).get("old_number"))
    names = [row.value for row in application.values if row.name == "name"]
    return not code and bool(reading.name() and names) and not any(same(reading.name(), name) for name in names)


def put_company(application: Application, company: Company | None, source: Source, now: datetime) -> None:
    """Take over what the registry (or Tianyancha in its place) knows of the company; without one, nothing is known."""
    other = Source.TIANYANCHA if source == Source.REGISTRY else Source.REGISTRY
    drop(application, LICENCE_FIELDS, (other,))
    replace(application, LICENCE_FIELDS, source, company_fields(company) if company is not None else {}, now)


def company_fields(company: Company) -> dict[str, str]:
    """The registry's record under the names of the licence's fields; what it does not know is left out."""
    known = {
        "code": company.uscc or company.old_number,
        "name": company.name,
        "type": company.type,
        "legal_person": company.legal_person,
        "capital": company.capital,
        "established": company.established.isoformat() if company.established else "",
        "term": company.term,
        "address": company.address,
        "scope": company.scope,
    }
    return {name: value for name, value in known.items() if value}


def was_photographed(application: Application) -> bool:
    """Whether anything known of the company was read off a photo."""
    return any(row.source == Source.OCR for row in application.values)


def field_label(application: Application, name: str) -> str:
    """A field as this company's own licence calls it: a branch has a 负责人, a sole trader an 经营者."""
    title = _company(application).get("legal_person_title", "") if name == "legal_person" else ""
    return title or FIELD_NAMES[name]


def identity(application: Application) -> dict[str, str | None]:
    """What is shown of the licence, to see whether another photo changed it."""
    return {name: application.value(name) for name in SHOWN}


def differences(application: Application) -> list[Difference]:
    """The fields on which picture and registry differ and about which nobody has decided yet."""
    found = []
    for name in COMPARED:
        photo = application.said_by(name, Source.OCR)
        registry = application.said_by(name, Source.REGISTRY) or application.said_by(name, Source.TIANYANCHA)
        if photo is None or registry is None or name in application.decided:
            continue
        if name == "code" and same(photo.value, _company(application).get("old_number")):
            continue  # the number of before 2015: the registry knows it as this company's
        if not same(photo.value, registry.value):
            found.append(Difference(name, photo.value, registry.value))
    return found


def decide(application: Application, source: Source, names: tuple[str, ...]) -> None:
    """The user decided whose word counts for these fields."""
    for name in names:
        if application.said_by(name, source) is not None:
            application.decided[name] = source


def unsure(application: Application) -> list[str]:
    """Shown fields that only the picture knows and that were not read surely."""
    found = []
    for name in SHOWN:
        row = application.said_by(name, Source.OCR)
        if row is not None and application.source(name) == Source.OCR and (row.doubts or row.confidence < SURE):
            found.append(name)
    return found


def lines(application: Application) -> list[str]:
    """The licence as it is shown: one line a field, the doubtful ones marked."""
    doubtful = unsure(application)
    shown = []
    for name in SHOWN:
        value = application.value(name)
        mark = "（没看清，请核对）" if name in doubtful else ""
        shown.append(f"{field_label(application, name)}：{value or '没有读到'}{mark if value else ''}")
    return shown


def _company(application: Application) -> Mapping[str, Any]:
    return (application.facts or {}).get("company") or {}
