"""Filling in an owner's application: which data is wanted, what a message adds, which step comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any, TypedDict

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session

from domain import bindings, codes, notices
from domain.applications import (
    FIELD_NAMES,
    LICENCE_FIELDS,
    Application,
    Source,
    Stage,
    drop,
    put,
    remark_identity,
    replace,
)
from domain.facts import Account, Company
from domain.identifiers import mask_phone
from domain.intake import Intake, same
from domain.licences import differences, field_label, identity, put_company, put_reading, unsure
from domain.lookups import Facts, Lookup, Where
from domain.people import SMS, address_of
from domain.private import fingerprint
from domain.provenance import put_typed
from domain.readings import Reading
from domain.sms_person import proved_later
from domain.staff import OrganisationKind, organisation

ARCHIVE_FIELDS = ("account_name", "account_address", "capacity_kva", "bureau_name")


class Step(StrEnum):
    """What is asked next. The value is also the field that a bare answer means."""

    LICENCE = "licence"
    LICENCE_CHECK = "licence_check"
    ACCOUNT = "account_number"
    CONTACT = "contact_name"
    PHONE = "phone"
    CODE = "sms_code"
    PHOTO = "licence_photo"
    SUBMIT = "submit"


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds one message: the moment, what the sources said, and where randomness comes from."""

    now: datetime
    facts: Facts
    random: Random


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


def next_step(application: Application) -> Step:
    """What is still missing, in the order that spares the user most work."""
    if application.value("code") is None and application.value("name") is None:
        return Step.LICENCE
    if not application.licence_confirmed:
        return Step.LICENCE_CHECK
    if application.value("account_number") is None:
        return Step.ACCOUNT
    if application.value("contact_name") is None:
        return Step.CONTACT
    if application.value("phone") is None:
        return Step.PHONE
    if application.phone_verified_at is None and not proved_later(application):
        return Step.CODE
    return Step.SUBMIT if application.has_licence_photo() else Step.PHOTO


def take_values(session: Session, application: Application, intake: Intake, scene: Scene) -> list[str]:
    """Take in what a message says; the sentences that tell the user what was noted and what was not."""
    said: list[str] = []
    for name, text in intake.values.items():
        said += _take_one(session, application, name, text, scene)
    _note_phone_name(application, scene)
    if intake.sms_code:
        said += _take_code(session, application, intake.sms_code, scene)
    remark_identity(application)
    return said + intake.problems


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


def ask_code(session: Session, application: Application, scene: Scene) -> list[str]:
    """Send a one-time code to the application's phone. A sentence for the user, whether or not one may be sent."""
    phone = application.value("phone")
    if phone is None:
        return []
    address = address_of(session, SMS, phone, scene.now)
    limits = codes.limits_set(session)
    try:
        code = codes.issue(session, **_code_key(application, phone), now=scene.now, random=scene.random, limits=limits)
    except codes.TooMany as refused:
        return [refused.message]
    notices.send_code(session, address, application, code, scene.now)
    return [f"验证码已发到 {mask_phone(phone)}，{limits.minutes}分钟内有效。"]


def waiting() -> Select[Application]:
    """The applications that a source still owes something."""
    return select(Application).where(
        cast(Application.missing_facts, String) != "[]", Application.stage != Stage.CANCELLED
    )


def owed(application: Application) -> list[Lookup]:
    """What sources that were down still owe this application."""
    missing = application.missing_facts or []
    keys = {Where.MARKETING: application.value("account_number"), Where.REGISTRY: application.value("code")}
    return [Lookup(where, key) for where, key in keys.items() if where.value in missing and key]


def catch_up(session: Session, application: Application, facts: Facts, now: datetime) -> None:
    """Take over what a source says now that it is back. What the user typed or decided stays as it is."""
    number, code = application.value("account_number"), application.value("code")
    if number and facts.asked(Where.MARKETING, number):
        _missing(application, Where.MARKETING, False)
        account = facts.account(number)
        if account is not None:
            put_account(session, application, account, now)
            if application.stage == Stage.BUREAU_REVIEW:
                application.steps[-1].organisation_id = application.bureau_id
    if code and facts.asked(Where.REGISTRY, code):
        _missing(application, Where.REGISTRY, False)
        company, who = facts.company(code)
        if company is not None:
            application.facts = {**(application.facts or {}), "company": _kept(company)}
            put_company(application, company, Source(who), now)


def code_is_out(session: Session, application: Application, now: datetime) -> bool:
    """Whether a one-time code is on its way to the application's phone, or there, that can still be used."""
    phone = application.value("phone")
    if phone is None:
        return False
    row = codes.OneTimeCode
    usable = (row.state == codes.CodeState.LIVE, row.expires_at > now, row.tries_left > 0)
    return bool(session.scalar(select(row.id).filter_by(**_code_key(application, phone)).where(*usable).limit(1)))


def awaits_code(application: Application) -> bool:
    """Whether a one-time code was sent that has not come back."""
    return application.value("phone") is not None and application.phone_verified_at is None


def summary(application: Application) -> list[str]:
    """The whole application, one line a field, as it is shown before it is submitted."""
    fields = ("name", "code", "legal_person", "address", "account_number")
    shown = [f"{field_label(application, name)}：{application.value(name) or '—'}" for name in fields]
    shown += archive_lines(application)
    phone = application.value("phone")
    later = application.phone_verified_at is None and proved_later(application)
    verified = "提交时用短信验证码核对" if later else "已验证"
    shown.append(f"联系人：{application.value('contact_name')}，{mask_phone(phone) if phone else '—'}（{verified}）")
    return shown


def archive_lines(application: Application) -> list[str]:
    """What the account archive knows; nothing while it is not certain that the account is this company's."""
    if not account_is_ours(application):
        return []
    fields = (("account_address", ""), ("capacity_kva", "千伏安"), ("bureau_name", ""))
    known = [(name, application.value(name), unit) for name, unit in fields]
    return [f"{FIELD_NAMES[name]}：{value}{unit}（来自营销系统）" for name, value, unit in known if value]


def account_is_ours(application: Application) -> bool:
    """Whether the archive's company is the licence's: by code, or by name where the archive has no code."""
    account = (application.facts or {}).get("account")
    if not account:
        return False
    if account.get("uscc"):
        return bool(account["uscc"] == application.value("code"))
    return same(account.get("name"), application.value("name"))


def _take_one(session: Session, application: Application, name: str, text: str, scene: Scene) -> list[str]:
    if name == "account_number":
        return _take_account(session, application, text, scene)
    if name == "code":
        return _take_company(application, text, scene)
    if name == "phone":
        return _take_phone(session, application, text, scene)
    put_typed(application, name, text, scene.now)
    if name == "name" and not application.value("code"):
        told = scene.facts.get(Where.REGISTRY_NAME, text)
        if isinstance(told, Company):
            _know_company(application, told, Source.REGISTRY, "", scene)
    return [f"记下了{field_label(application, name)}：{text}。"]


def _take_account(session: Session, application: Application, number: str, scene: Scene) -> list[str]:
    account = scene.facts.account(number)
    if account is None and not scene.facts.is_down(Where.MARKETING, number):
        return [f"营销系统里查不到户号 {number}，请对照电费单核对后重发。"]
    put(application, "account_number", Source.TYPED, number, scene.now)
    if account is None:
        drop(application, ARCHIVE_FIELDS, (Source.MARKETING,))
        application.facts = {**(application.facts or {}), "account": None}
        application.bureau_id = None
        _missing(application, Where.MARKETING, True)
        return ["户号记下了。营销系统暂时连不上，恢复后我会自动补查，不影响您继续办理。"]
    _missing(application, Where.MARKETING, False)
    put_account(session, application, account, scene.now)
    if account_is_ours(application):
        return ["户号记下了，资料也查到了：", *archive_lines(application)]
    return [f"户号 {number} 记下了。"]


def put_account(session: Session, application: Application, account: Account, now: datetime) -> None:
    """Take over what the archive knows of the account, and which bureau reviews it."""
    application.facts = {**(application.facts or {}), "account": _kept(account)}
    known = {
        "account_name": account.name,
        "account_address": account.address,
        "capacity_kva": f"{account.capacity_kva:f}" if account.capacity_kva is not None else "",
        "bureau_name": account.bureau_name,
    }
    said = {name: text for name, text in known.items() if text}
    replace(application, ARCHIVE_FIELDS, Source.MARKETING, said, now)
    if account.bureau_code:
        bureau = organisation(session, OrganisationKind.BUREAU, account.bureau_code, account.bureau_name)
        application.bureau = bureau
        application.bureau_id = bureau.id


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
    application.facts = {**(application.facts or {}), "company": _kept(known) if known else None}
    _missing(application, Where.REGISTRY, bool(code) and scene.facts.is_down(Where.REGISTRY, code))
    put_company(application, known, Source(who or Source.REGISTRY), scene.now)


def _take_phone(session: Session, application: Application, phone: str, scene: Scene) -> list[str]:
    if phone != application.value("phone"):
        application.phone_verified_at = None
    put(application, "phone", Source.TYPED, phone, scene.now)
    if application.phone_verified_at is not None:
        return ["手机号没有变，已经验证过了。"]
    return ask_code(session, application, scene)


def _take_code(session: Session, application: Application, text: str, scene: Scene) -> list[str]:
    phone = application.value("phone")
    if phone is None or application.phone_verified_at is not None:
        return []
    outcome = codes.check(session, **_code_key(application, phone), text=text, now=scene.now)
    if outcome.verdict != codes.Verdict.RIGHT:
        if outcome.verdict == codes.Verdict.WRONG and not outcome.tries_left:
            return ["验证码不对，次数也用完了。"]
        return [_CODE_WORDS[outcome.verdict].format(left=outcome.tries_left)]
    application.phone_verified_at = scene.now
    known = (application.facts or {}).get("phone_name") == "match"
    claim = bindings.Claim(application.contact_id, application.value("contact_name") or "", known, application.id)
    return [bindings.prove_phone(session, claim, phone, scene.now, scene.random)]


def _note_phone_name(application: Application, scene: Scene) -> None:
    told = scene.facts.get(Where.TELECOM, f"{application.value('phone')}|{application.value('contact_name')}")
    if isinstance(told, str):
        application.facts = {**(application.facts or {}), "phone_name": told}


_CODE_WORDS = {
    codes.Verdict.WRONG: "验证码不对，请核对短信（还可以试{left}次）。",
    codes.Verdict.EXPIRED: "这个验证码已过期。",
    codes.Verdict.USED: "这个验证码已用过。",
    codes.Verdict.NONE: "这不是发给这个手机号的验证码。",
}


class _CodeKey(TypedDict):
    phone_hash: str
    contact_id: int
    purpose: str


def _code_key(application: Application, phone: str) -> _CodeKey:
    return {
        "phone_hash": fingerprint(SMS, phone),
        "contact_id": application.contact_id,
        "purpose": f"register:{application.id}",
    }


def _kept(fact: Account | Company) -> dict[str, Any]:
    """A fact as it comes back from the database: a rule that meets an enumeration cannot compare it with a text."""
    return fact.to_json() | {"status": fact.status.value}


def _missing(application: Application, where: Where, down: bool) -> None:
    rest = [name for name in application.missing_facts or [] if name != where.value]
    application.missing_facts = [*rest, where.value] if down else rest
