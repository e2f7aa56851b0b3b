"""What the console shows of proxies: keys, authorisations, hooks and conduct, every figure with its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.proxies import conduct
from domain.proxies.tables import CONSENT_NAMES, Consent, MarkKind, Proxy, ProxyAuthorisation, ProxyKey, ProxyMark
from domain.registration.applications import Application, StageStep
from domain.supplements.supplements import Supplement

PAGE = 50
GROUNDS: Mapping[str, str] = {
    "speaker": "单位里能签署的人",
    "phone_matches": "联系人，运营商核验相符",
    "phone_unknown": "联系人，运营商没有核验",
    "own_name": "被署名的工作人员本人",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One proxy in the list."""

    it: Proxy
    measured: conduct.Conduct
    registrations: int
    keys: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact behind a figure: when, about which application, what was said; `mark` where it can be taken back."""

    at: datetime
    application: Application | None
    said: str
    mark: ProxyMark | None = None


def every(session: Session, now: datetime) -> list[Line]:
    """All proxies by name, with their scores."""
    filed = _filed(session)
    live = select(ProxyKey.proxy_id, func.count()).where(ProxyKey.revoked_at.is_(None), ProxyKey.expires_at > now)
    keys = {row[0]: row[1] for row in session.execute(live.group_by(ProxyKey.proxy_id))}
    rows = sorted(session.scalars(select(Proxy)), key=lambda each: each.name)
    return [
        Line(each, conduct.measure(session, each, now), filed.get(each.id, 0), keys.get(each.id, 0)) for each in rows
    ]


def stages(session: Session, proxy: Proxy) -> dict[str, int]:
    """How many of a proxy's registrations stand in each stage."""
    query = select(Application.stage, func.count()).where(Application.proxy_id == proxy.id)
    return {row[0]: row[1] for row in session.execute(query.group_by(Application.stage))}


def consents(
    session: Session, proxy: Proxy, state: str = "", page: int = 1
) -> tuple[list[ProxyAuthorisation], dict[str, int]]:
    """One page of what users said to a proxy, newest first, and how many there are of each state."""
    mine = select(ProxyAuthorisation).where(ProxyAuthorisation.proxy_id == proxy.id)
    counted = session.execute(
        mine.with_only_columns(ProxyAuthorisation.state, func.count()).group_by(ProxyAuthorisation.state)
    )
    query = mine.where(ProxyAuthorisation.state == state) if state in list(Consent) else mine
    rows = session.scalars(query.order_by(ProxyAuthorisation.id.desc()).limit(PAGE).offset(PAGE * (page - 1)))
    return list(rows), {row[0]: row[1] for row in counted}


def facts(session: Session, proxy: Proxy, fact: str, now: datetime) -> list[Fact]:
    """The list behind one figure of the score, newest first. KeyError: there is no such fact."""
    since = conduct.measure(session, proxy, now).since
    if fact in (conduct.SUBMITTED, conduct.RETURNED):
        steps = session.scalars(conduct.steps(proxy, fact, since).order_by(StageStep.left_at.desc()).limit(500))
        return [Fact(step.left_at or step.entered_at, step.application, step.remark) for step in steps]
    if fact == conduct.OVERDUE:
        owed = session.scalars(conduct.overdue(proxy, since).order_by(Supplement.lapsed_at.desc()).limit(500))
        return [Fact(row.lapsed_at or row.opened_at, row.application, row.title) for row in owed]
    kind = MarkKind(fact)
    rows = session.scalars(conduct.marks(proxy, kind, since).order_by(ProxyMark.id.desc()).limit(500))
    return [Fact(row.at, _about(session, row), row.said, row) for row in rows]


def consent_of(session: Session, application: Application) -> dict[str, object] | None:
    """What the user said to the proxy that filed an application, in words; None where nobody was asked."""
    mine = (
        ProxyAuthorisation.proxy_id == application.proxy_id,
        ProxyAuthorisation.company_mark == application.code_mark,
    )
    newest = select(ProxyAuthorisation).where(*mine).order_by(ProxyAuthorisation.id.desc()).limit(1)
    row = session.scalar(newest) if application.proxy_id is not None else None
    if row is None:
        return None
    return {"title": CONSENT_NAMES[row.state], "answered_at": row.answered_at, "ground": GROUNDS[row.ground]}


def _about(session: Session, row: ProxyMark) -> Application | None:
    return session.get(Application, row.application_id) if row.application_id else None


def _filed(session: Session) -> dict[int, int]:
    """How many registrations each proxy has handed in; drafts are not on the desk yet."""
    handed_in = Application.proxy_id.is_not(None) & Application.submitted_at.is_not(None)
    query = select(Application.proxy_id, func.count()).where(handed_in)
    rows = session.execute(query.group_by(Application.proxy_id))
    return {proxy_id: number for proxy_id, number in rows if proxy_id is not None}
