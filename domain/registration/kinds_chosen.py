"""Which kind of account an application is: said by a person, or plain from the archive; what follows from either."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.names import same_name
from domain.registration.accounts import account_is_ours
from domain.registration.applications import Application, Source, drop, put
from domain.registration.kinds import KIND_NAMES, Kind, PartyRole
from domain.registration.papers import sort_papers, told_by_papers
from domain.registration.parties import keep_in_step

_IN_OWN_NAME = "电表就登记在贵公司名下，按产权人办理，不用别的材料。"


def choose(session: Session, application: Application, kind: Kind, now: datetime) -> list[str]:
    """The person says what they are to the account. Nothing that was said before is lost; what to say to it."""
    changed = application.kind != kind
    application.kind, application.kind_said, application.updated_at = kind, True, now
    noted = settle(session, application, now)
    if noted:
        return noted
    return [f"好的，按{KIND_NAMES[kind]}办理。"] if changed or kind != Kind.OWNER else []


def settle(session: Session, application: Application, now: datetime) -> list[str]:
    """Bring the kind, the parties and their papers in line with what is known now; what to say where the archive shows
    that the account is the applicant's own."""
    said = []
    if application.kind != Kind.OWNER and account_is_ours(application):
        application.kind, application.kind_said = Kind.OWNER, False
        said = [_IN_OWN_NAME]
    if application.kind != Kind.OWNER:
        _know_owner(application, now)
    sort_papers(application)
    for name, value in told_by_papers(application).items():
        put(application, name, Source.OCR, value, now)
    keep_in_step(session, application)
    return said


def _know_owner(application: Application, now: datetime) -> None:
    """The archive's company is the owner. Another owner than before has another contact and another phone."""
    account: dict[str, Any] = (application.facts or {}).get("account") or {}
    before = application.said_by("owner_name", Source.MARKETING)
    if not account:
        return
    if before is not None and not same_name(before.value, account.get("name")):
        drop(application, ("owner_contact", "owner_phone"), (Source.TYPED,))
    for name, known in (("name", account.get("name")), ("code", account.get("uscc"))):
        field = f"{PartyRole.OWNER}_{name}"
        if known:
            put(application, field, Source.MARKETING, known, now)
        else:
            drop(application, (field,), (Source.MARKETING,))
