"""Filling in an application: which data is wanted, and what a message adds. The steps, the account, the phone and the
kind have modules of their own; what others use of them is found here, too."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from domain.identifiers import mask_phone
from domain.registration.accounts import (
    ARCHIVE_FIELDS,
    account_is_ours,
    archive_lines,
    kept,
    note_missing,
    put_account,
    take_account,
)
from domain.registration.applications import LICENCE_FIELDS, Application, Source, drop, put, remark_identity
from domain.registration.intake import Intake
from domain.registration.kinds import PartyRole
from domain.registration.kinds_chosen import settle
from domain.registration.licences import differences, field_label, identity, put_company, put_reading, unsure
from domain.registration.phone import ask_code, awaits_code, code_is_out, note_phone_name, take_code, take_phone
from domain.registration.provenance import put_typed
from domain.registration.readings import Reading
from domain.registration.sources import catch_up, owed, waiting
from domain.registration.steps import PAPER_STEPS, PHOTO_STEPS, Scene, Step, next_step
from domain.registration.summary import summary
from domain.sources.facts import Company
from domain.sources.lookups import Facts, Lookup, Where

__all__ = [
    "ARCHIVE_FIELDS",
    "PAPER_STEPS",
    "PHOTO_STEPS",
    "Scene",
    "Step",
    "account_is_ours",
    "archive_lines",
    "ask_code",
    "awaits_code",
    "catch_up",
    "code_is_out",
    "fallbacks",
    "next_step",
    "owed",
    "put_account",
    "summary",
    "take_licence",
    "take_values",
    "waiting",
    "wanted",
]

_OF_PARTIES = tuple(f"{role}_" for role in PartyRole)


def wanted(application: Application | None, intake: Intake, reading: Reading | None) -> list[Lookup]:
    """What should be asked of the sources before this message is taken in."""
    lookups = []
    code = intake.values.get("code") or (reading.code() if reading else "")
    name = intake.values.get("name") or (reading.name() if reading else "")
    if code:
        lookups.append(Lookup(Where.REGISTRY, code))
    if name and not intake.values.get("code"):
        lookups.append(Lookup(Where.REGISTRY_NAME, name))
    if number := intake.values.get("account_number"):
        lookups.append(Lookup(Where.MARKETING, number))
    lookups += _wanted_of_tenant(intake)
    phone = intake.values.get("phone") or (application.value("phone") if application is not None else None)
    person = intake.values.get("contact_name") or (
        application.value("contact_name") if application is not None else None
    )
    if phone and person and (intake.sms_code or "contact_name" in intake.values):
        lookups.append(Lookup(Where.TELECOM, f"{phone}|{person}"))
    return lookups


def fallbacks(lookups: Sequence[Lookup], facts: Facts) -> list[Lookup]:
    """What to ask somebody else because the first one was down."""
    down = [lookup for lookup in lookups if lookup.where == Where.REGISTRY and lookup in facts.down]
    return [Lookup(Where.TIANYANCHA, lookup.key) for lookup in down]


def take_values(session: Session, application: Application, intake: Intake, scene: Scene) -> list[str]:
    """Take in what a message says; the sentences that tell the user what was noted and what was not."""
    said: list[str] = []
    for name, text in intake.values.items():
        said += _take_one(session, application, name, text, scene)
    note_phone_name(application, scene)
    if intake.sms_code:
        said += take_code(session, application, intake.sms_code, scene)
    remark_identity(application)
    return [*said, *settle(session, application, scene.now), *intake.problems]


def take_licence(application: Application, reading: Reading, scene: Scene) -> str:
    """Take in what was read off a licence, with what the registry says of that company. A sentence where it is not the
    first licence: one that says the same as what was confirmed needs no second look, another company's does."""
    before, confirmed = identity(application), application.licence_confirmed
    _take_reading(application, reading, scene)
    after = identity(application)
    if before["code"] and after["code"] and before["code"] != after["code"]:
        return f"这张是另一家单位的执照，前面的是“{before['name']}”。发错了就把原来那张再发一次。"
    if confirmed and before == after and not differences(application) and not unsure(application):
        application.licence_confirmed = True
        return "照片收到了，与核对过的内容一致。"
    return ""


def _take_reading(application: Application, reading: Reading, scene: Scene) -> None:
    put_reading(application, reading, scene.now)
    code = reading.code()
    company, who = scene.facts.company(code) if code else (None, "")
    if company is None and reading.name():
        told = scene.facts.get(Where.REGISTRY_NAME, reading.name())
        company, who = (told, Source.REGISTRY) if isinstance(told, Company) else (None, "")
    _know_company(application, company, who, code, scene)
    remark_identity(application)


def _take_one(session: Session, application: Application, name: str, text: str, scene: Scene) -> list[str]:
    if name == "account_number":
        return take_account(session, application, text, scene.facts, scene.now)
    if name == "code":
        return _take_company(application, text, scene)
    if name == "phone":
        return take_phone(session, application, text, scene)
    if name.startswith(_OF_PARTIES):
        return _take_party(application, name, text, scene)
    put_typed(application, name, text, scene.now)
    if name == "name" and not application.value("code"):
        told = scene.facts.get(Where.REGISTRY_NAME, text)
        if isinstance(told, Company):
            _know_company(application, told, Source.REGISTRY, "", scene)
    return [f"记下了{field_label(application, name)}：{text}。"]


def _take_company(application: Application, code: str, scene: Scene) -> list[str]:
    company, who = scene.facts.company(code)
    down = scene.facts.is_down(Where.REGISTRY, code)
    if company is None and not down:
        return [f"工商登记里查不到代码 {code}，请对照营业执照核对后重发。"]
    known = application.value("code")
    if code != known:
        application.licence_confirmed = False
    if known is not None and code != known and company is not None:  # what was typed was about the other company
        drop(application, LICENCE_FIELDS, (Source.TYPED,))
    put(application, "code", Source.TYPED, code, scene.now)
    application.decided["code"] = Source.TYPED
    _know_company(application, company, who, code, scene)
    return ["代码记下了。工商登记暂时连不上，恢复后我会自动补查。"] if company is None else ["代码记下了。"]


def _know_company(application: Application, known: Company | None, who: str, code: str, scene: Scene) -> None:
    application.facts = {**(application.facts or {}), "company": kept(known) if known else None}
    note_missing(application, Where.REGISTRY, bool(code) and scene.facts.is_down(Where.REGISTRY, code))
    put_company(application, known, Source(who or Source.REGISTRY), scene.now)


def _wanted_of_tenant(intake: Intake) -> list[Lookup]:
    """A payer names the tenant by code or by name: the register knows the other one."""
    code, name = intake.values.get("tenant_code"), intake.values.get("tenant_name")
    found = [Lookup(Where.REGISTRY, code)] if code else []
    return [*found, Lookup(Where.REGISTRY_NAME, name)] if name else found


def _take_party(application: Application, name: str, text: str, scene: Scene) -> list[str]:
    """Take in what is said of the owner or the tenant, with what the register says of a tenant's company."""
    if name in ("tenant_code", "tenant_name"):
        return _take_tenant(application, name, text, scene)
    put_typed(application, name, text, scene.now)
    label = field_label(application, name)
    if name.endswith("_phone") and text == application.value("phone"):
        return [f"{label}和您自己的一样，记下了，审核时会再核对。能换成对方的号码更好。"]
    return [f"记下了{label}：{mask_phone(text) if name.endswith('_phone') else text}。"]


def _take_tenant(application: Application, name: str, text: str, scene: Scene) -> list[str]:
    told = scene.facts.get(Where.REGISTRY if name == "tenant_code" else Where.REGISTRY_NAME, text)
    if isinstance(told, Company):
        drop(application, ("tenant_name", "tenant_code"), (Source.TYPED,))
        put(application, "tenant_name", Source.REGISTRY, told.name, scene.now)
        put(application, "tenant_code", Source.REGISTRY, told.uscc, scene.now)
        return [f"租户是{told.name}（工商登记）。"]
    if name == "tenant_code" and not scene.facts.is_down(Where.REGISTRY, text):
        return [f"工商登记里查不到代码 {text}，请核对后重发，或直接发租户的单位全称。"]
    drop(application, ("tenant_name", "tenant_code"), (Source.REGISTRY,))
    put_typed(application, name, text, scene.now)
    return [f"记下了{field_label(application, name)}：{text}。"]
