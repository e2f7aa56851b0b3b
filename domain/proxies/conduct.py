"""How a proxy behaves (信用行为评价): a score from facts that somebody has stated, each with its list.

100 points, less what the facts of the last days cost; docs/proxy-api.md has the formula. Under one line the proxy is
warned, under the other it is blocked until an administrator lifts that; what was before the lift counts no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.people.staff import OrganisationKind, Role, Staff
from domain.proxies import hooks
from domain.proxies.keys import may_manage
from domain.proxies.tables import MARK_NAMES, MarkKind, Proxy, ProxyMark
from domain.registration.applications import Application, StageStep
from domain.review.review import NotAllowed
from domain.settings import figure
from domain.supplements.supplements import Supplement

FULL = 100
SUBMITTED, RETURNED, OVERDUE = "submitted", "returned", "overdue"
FACT_NAMES: Mapping[str, str] = {
    SUBMITTED: "提交",
    RETURNED: "被退回",
    OVERDUE: "容缺材料逾期",
    **MARK_NAMES,
}


@dataclass(frozen=True, slots=True)
class Point:
    """One reason why points were taken: how often it happened, and how it was counted, in words."""

    fact: str
    count: int
    cost: int
    how: str


@dataclass(frozen=True, slots=True)
class Conduct:
    """A proxy's score with all that it is made of."""

    since: datetime
    submitted: int
    points: Sequence[Point]

    @property
    def score(self) -> int:
        """What is left of 100."""
        return max(0, FULL - sum(point.cost for point in self.points))


def measure(session: Session, proxy: Proxy, now: datetime) -> Conduct:
    """The score as it stands, from the facts since the window's first day, or since the last lift."""
    since = _since(session, proxy, now)
    submitted = _count(session, steps(proxy, SUBMITTED, since))
    returned = _count(session, steps(proxy, RETURNED, since))
    points = [_returns(session, returned, submitted), _each(session, OVERDUE, _count(session, overdue(proxy, since)))]
    points += [_each(session, kind, _count(session, marks(proxy, kind, since))) for kind in MarkKind]
    return Conduct(since, submitted, points)


def steps(proxy: Proxy, decision: str, since: datetime) -> Select[StageStep]:
    """The steps of a proxy's applications that ended with a decision."""
    ended = (StageStep.decision == decision, StageStep.left_at >= since)
    return select(StageStep).join(Application).where(Application.proxy_id == proxy.id, *ended)


def marks(proxy: Proxy, kind: str, since: datetime) -> Select[ProxyMark]:
    """What people have stated of one kind, and not taken back."""
    row = ProxyMark
    return select(row).where(row.proxy_id == proxy.id, row.kind == kind, row.at >= since, row.taken_back_at.is_(None))


def overdue(proxy: Proxy, since: datetime) -> Select[Supplement]:
    """The documents that were owed and not handed in by their day."""
    late = (Supplement.lapsed_at.is_not(None), Supplement.lapsed_at >= since)
    return select(Supplement).join(Application).where(Application.proxy_id == proxy.id, *late)


def mark(
    session: Session,
    proxy: Proxy,
    kind: MarkKind,
    who: str,
    now: datetime,
    *,
    application_id: int | None = None,
    said: str = "",
) -> ProxyMark:
    """Keep a fact that a person states about a proxy, with evidence, and look at once what it means."""
    made = ProxyMark(proxy_id=proxy.id, kind=kind, application_id=application_id, who=who, said=said, at=now)
    session.add(made)
    session.flush()
    data = {"mark": made.id, "kind": kind, "application": application_id, "said": said}
    record(session, "proxy_marked", ("proxy", proxy.id), who, data, now)
    settle(session, proxy, now)
    return made


def mark_false(session: Session, application: Application, by: Staff, said: str, now: datetime) -> ProxyMark:
    """A reviewer states that documents of a proxy's application are false (材料虚假). NotAllowed says why not."""
    if application.proxy is None:
        raise NotAllowed("这份申请不是代办方提交的")
    if by.role == Role.OPERATOR or by.organisation.kind not in (OrganisationKind.BUREAU, OrganisationKind.CENTRE):
        raise NotAllowed("只有审核人员可以认定材料虚假")
    if len(said.strip()) < 4:
        raise NotAllowed("请写明哪份材料、怎么虚假")
    already = (ProxyMark.application_id == application.id, ProxyMark.kind == MarkKind.FALSE_DOCUMENT)
    if session.scalar(select(ProxyMark.id).where(*already, ProxyMark.taken_back_at.is_(None))) is not None:
        raise NotAllowed("这份申请已经认定过材料虚假")
    who = f"staff:{by.id}"
    kind = MarkKind.FALSE_DOCUMENT
    return mark(session, application.proxy, kind, who, now, application_id=application.id, said=said.strip())


def take_back(session: Session, row: ProxyMark, by: Staff, why: str, now: datetime) -> None:
    """An administrator finds a fact unfounded: it counts no more. It stays in the list, with the reason."""
    _may(by, why)
    if row.taken_back_at is not None:
        raise NotAllowed("这一条已经撤销过了")
    row.taken_back_at, row.taken_back_why = now, why.strip()
    data = {"mark": row.id, "why": why.strip()}
    record(session, "proxy_mark_taken_back", ("proxy", row.proxy_id), f"staff:{by.id}", data, now)


def unsay(session: Session, application: Application, by: Staff, said_at: datetime, now: datetime) -> None:
    """A return was taken back at once by the reviewer who had called documents false with it: nothing of that stands,
    not even that the proxy was warned or blocked for it."""
    who = f"staff:{by.id}"
    row, proxy = ProxyMark, application.proxy
    mine = (row.application_id == application.id, row.kind == MarkKind.FALSE_DOCUMENT, row.who == who)
    said = session.scalar(select(row).where(*mine, row.at == said_at, row.taken_back_at.is_(None)))
    if said is None or proxy is None:
        return
    said.taken_back_at, said.taken_back_why = now, "退回已撤回"
    data = {"mark": said.id, "why": said.taken_back_why}
    record(session, "proxy_mark_taken_back", ("proxy", proxy.id), who, data, now)
    lifted = proxy.blocked_at == said_at
    if lifted:
        proxy.blocked_at = proxy.warned_at = None
    if not settle(session, proxy, now) and lifted:
        _changed(session, proxy, "well", measure(session, proxy, now).score, now)


def settle(session: Session, proxy: Proxy, now: datetime) -> str:
    """Warn or block where the score asks for it; a warning ends by itself, a block never does. What changed: warned,
    blocked, well, or empty."""
    score = measure(session, proxy, now).score
    if proxy.blocked_at is not None:
        return ""
    if score < figure(session, "conduct_block"):
        proxy.blocked_at = now
        return _changed(session, proxy, "blocked", score, now)
    if score < figure(session, "conduct_warn"):
        if proxy.warned_at is not None:
            return ""
        proxy.warned_at = now
        return _changed(session, proxy, "warned", score, now)
    if proxy.warned_at is None:
        return ""
    proxy.warned_at = None
    return _changed(session, proxy, "well", score, now)


def lift(session: Session, proxy: Proxy, by: Staff, why: str, now: datetime) -> None:
    """An administrator lets a blocked proxy work again, and says why. It begins anew."""
    _may(by, why)
    if proxy.blocked_at is None:
        raise NotAllowed("这个代办方没有被暂停")
    proxy.blocked_at, proxy.warned_at, proxy.lifted_at = None, None, now
    record(session, "proxy_lifted", ("proxy", proxy.id), f"staff:{by.id}", {"why": why.strip()}, now)
    hooks.tell(session, proxy.id, "conduct.changed", f"lifted:{now.isoformat()}", {"state": "lifted"}, now)


def _since(session: Session, proxy: Proxy, now: datetime) -> datetime:
    begin = now - timedelta(days=figure(session, "conduct_days"))
    return max(begin, proxy.lifted_at) if proxy.lifted_at is not None else begin


def _returns(session: Session, returned: int, submitted: int) -> Point:
    """Returns cost by their share of the submissions, once there are enough of those to speak of a share."""
    least, cost = figure(session, "conduct_least"), figure(session, "conduct_cost_returned")
    if submitted < least:
        return Point(RETURNED, returned, 0, f"提交满{least}份起才计算退回率，现有{submitted}份")
    share = round(100 * returned / submitted)
    how = f"{returned}÷{submitted}＝每百份退回{share}份，每满10份扣{cost}分"
    return Point(RETURNED, returned, share // 10 * cost, how)


def _each(session: Session, fact: str, count: int) -> Point:
    cost = figure(session, f"conduct_cost_{fact}")
    return Point(fact, count, count * cost, f"{count}件，每件扣{cost}分")


def _count(session: Session, query: Select[StageStep] | Select[ProxyMark] | Select[Supplement]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _changed(session: Session, proxy: Proxy, state: str, score: int, now: datetime) -> str:
    data = {"state": state, "score": score}
    record(session, "proxy_conduct", ("proxy", proxy.id), "system", data, now)
    hooks.tell(session, proxy.id, "conduct.changed", f"{state}:{now.isoformat()}", data, now)
    return state


def _may(by: Staff, why: str) -> None:
    if not may_manage(by):
        raise NotAllowed("只有交易中心管理员可以这样做")
    if len(why.strip()) < 4:
        raise NotAllowed("请写明原因")
