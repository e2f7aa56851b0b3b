"""What sources that were down still owe, and taking it over once they are back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session

from domain.registration.accounts import kept, note_missing, put_account
from domain.registration.applications import Application, Source, Stage
from domain.registration.kinds_chosen import settle
from domain.registration.licences import put_company
from domain.sources.lookups import Facts, Lookup, Where


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
        note_missing(application, Where.MARKETING, False)
        account = facts.account(number)
        if account is not None:
            put_account(session, application, account, now)
            settle(session, application, now)
            if application.stage == Stage.BUREAU_REVIEW:
                application.steps[-1].organisation_id = application.bureau_id
    if code and facts.asked(Where.REGISTRY, code):
        note_missing(application, Where.REGISTRY, False)
        company, who = facts.company(code)
        if company is not None:
            application.facts = {**(application.facts or {}), "company": kept(company)}
            put_company(application, company, Source(who), now)
