"""The account of an application: what the archive knows of it, and whether it is the applicant's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.names import same_name
from domain.people.staff import OrganisationKind, organisation
from domain.registration.applications import FIELD_NAMES, Application, Source, drop, put, replace
from domain.registration.kinds import Kind
from domain.registration.papers import proves_archive
from domain.sources.facts import Account, Company
from domain.sources.lookups import Facts, Where

ARCHIVE_FIELDS = ("account_name", "account_address", "capacity_kva", "bureau_name")


def archive_lines(application: Application) -> list[str]:
    """What the account archive knows; nothing while it is not certain that the applicant may know it, too."""
    if not (account_is_ours(application) or (application.kind != Kind.OWNER and proves_archive(application))):
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
    known = [application.value("name"), *((application.facts or {}).get("company") or {}).get("former_names", ())]
    return any(same_name(account.get("name"), name) for name in known if name)


def is_anothers(application: Application) -> bool:
    """Whether the archive names another company than the licence."""
    account = (application.facts or {}).get("account")
    known = application.value("code") or application.value("name")
    return bool(account and known and application.licence_confirmed) and not account_is_ours(application)


def take_account(session: Session, application: Application, number: str, facts: Facts, now: datetime) -> list[str]:
    """Take an account number in, with what the archive knows of it. What to say: one that nobody knows is refused."""
    account = facts.account(number)
    if account is None and not facts.is_down(Where.MARKETING, number):
        return [f"营销系统里查不到户号 {number}，请对照电费单核对后重发。"]
    if number != application.value("account_number") and application.kind == Kind.OWNER:
        application.kind_said = False  # what was said was said of the other account
    put(application, "account_number", Source.TYPED, number, now)
    if account is None:
        drop(application, ARCHIVE_FIELDS, (Source.MARKETING,))
        application.facts = {**(application.facts or {}), "account": None}
        application.bureau_id = None
        note_missing(application, Where.MARKETING, True)
        return ["户号记下了。营销系统暂时连不上，恢复后我会自动补查，不影响您继续办理。"]
    note_missing(application, Where.MARKETING, False)
    put_account(session, application, account, now)
    if account_is_ours(application):
        return ["户号记下了，资料也查到了：", *archive_lines(application)]
    return [f"户号 {number} 记下了。"]


def put_account(session: Session, application: Application, account: Account, now: datetime) -> None:
    """Take over what the archive knows of the account, and which bureau reviews it."""
    application.facts = {**(application.facts or {}), "account": kept(account)}
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


def kept(fact: Account | Company) -> dict[str, Any]:
    """A fact as it comes back from the database: a rule that meets an enumeration cannot compare it with a text."""
    return fact.to_json() | {"status": fact.status.value}


def note_missing(application: Application, where: Where, down: bool) -> None:
    """Remember, or forget, that a source still owes this application an answer."""
    rest = [name for name in application.missing_facts or [] if name != where.value]
    application.missing_facts = [*rest, where.value] if down else rest
