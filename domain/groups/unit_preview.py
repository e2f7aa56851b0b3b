"""What another trading unit would change, counted before anybody saves it. Reads only, and no names but a few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.groups.groups import GroupMember
from domain.groups.units import UnitKind, kind_now, units_of
from domain.registration.applications import EDITABLE, UNDER_REVIEW, Application, Stage

SHOWN = 10  # examples of each kind
_MARKETS = {Stage.AWAITING_RETAILER: "零售", Stage.REGISTERED: "零售", Stage.AWAITING_CERTIFICATE: "批发"}


@dataclass(frozen=True, slots=True)
class Change:
    """One unit after the change, or one of today that is split up: what it is called, how many units its accounts are
    today and then, how many accounts, what is in the way (empty: nothing)."""

    label: str
    before: int
    after: int
    accounts: int
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole change: how many units now and then, how many merge or are split up, examples, and conflicts."""

    now: UnitKind
    then: UnitKind
    accounts: int
    units_now: int
    units_then: int
    merging: int  # units of then that hold several of now
    splitting: int  # units of now that fall into several of then
    in_review: int  # accounts among them that nobody has admitted yet
    examples: Sequence[Change]
    conflicts: Sequence[Change]
    conflict_count: int


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    account: str
    code: str
    group: str
    stage: str

    def mark(self, kind: UnitKind) -> str:
        return {UnitKind.ACCOUNT: self.account, UnitKind.CODE: self.code, UnitKind.GROUP: self.group}[kind]


def preview(session: Session, then: UnitKind) -> Preview:
    """What trading by `then` would change: one query over the accounts, names only of what is shown."""
    now = kind_now(session)
    accounts = _accounts(session)
    old, new = _by(accounts, now), _by(accounts, then)
    merged = {mark: held for mark, held in new.items() if len({each.mark(now) for each in held}) > 1}
    split = {mark: held for mark, held in old.items() if len({each.mark(then) for each in held}) > 1}
    clashing = {mark: held for mark, held in new.items() if _conflict(held)}
    biggest = sorted((merged or split).values(), key=len, reverse=True)[:SHOWN]
    return Preview(
        now=now,
        then=then,
        accounts=len(accounts),
        units_now=len(old),
        units_then=len(new),
        merging=len(merged),
        splitting=len(split),
        in_review=sum(each.stage in UNDER_REVIEW for each in accounts),
        examples=[_shown(session, held, now, then) for held in biggest],
        conflicts=[_shown(session, held, now, then) for held in list(clashing.values())[:SHOWN]],
        conflict_count=len(clashing),
    )


def _accounts(session: Session) -> list[_Account]:
    """Every account that was handed in, once, with what it belongs to."""
    row = Application
    query = (
        select(row.id, row.account_mark, row.code_mark, row.stage)
        .where(row.submitted_at.is_not(None), row.stage.not_in([*EDITABLE, Stage.CANCELLED]))
        .order_by(row.id)
    )
    member = select(GroupMember.company_mark, GroupMember.group_id).where(GroupMember.live.is_(True))
    groups = {mark: f"group:{group_id}" for mark, group_id in session.execute(member)}
    found: dict[str, _Account] = {}
    for id_, account, code, stage in session.execute(query):
        own = account or f"application:{id_}"
        company = code or own
        found[own] = _Account(id_, own, company, groups.get(company, company), stage)
    return list(found.values())


def _by(accounts: Iterable[_Account], kind: UnitKind) -> dict[str, list[_Account]]:
    units: dict[str, list[_Account]] = defaultdict(list)
    for each in accounts:
        units[each.mark(kind)].append(each)
    return units


def _conflict(held: Sequence[_Account]) -> str:
    """What keeps these accounts from being one unit: they have chosen different markets."""
    markets = sorted({_MARKETS[Stage(each.stage)] for each in held if each.stage in _MARKETS})
    return f"同时有{'和'.join(markets)}市场的户号" if len(markets) > 1 else ""


def _shown(session: Session, held: Sequence[_Account], now: UnitKind, then: UnitKind) -> Change:
    """One example in words. Where a unit is split up, it is called by what it is today."""
    kind = then if len({each.mark(then) for each in held}) == 1 else now
    application = session.get_one(Application, held[0].id)
    label = units_of(session, [application], kind)[application.id].label
    before, after = (len({each.mark(by) for each in held}) for by in (now, then))
    return Change(label, before, after, len(held), _conflict(held))
