"""What the sources say after an application was handed in (A3): asked again before approval, every difference kept for
whoever reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.registration.accounts import kept, put_account
from domain.registration.applications import UNDER_REVIEW, Application, Source
from domain.registration.intake import same
from domain.registration.licences import put_company
from domain.rules.rules import Problem, judge
from domain.settings import figure, value
from domain.sources.facts import Account, Company, moment_of
from domain.sources.lookups import Facts, Lookup, Where
from domain.workdays import local_day

BATCH = 50  # applications that one run of the job asks about
TRY_AGAIN = timedelta(minutes=10)  # after a source was down
GONE = "（已查不到）"
# What is looked at, and what it is called. A branch calls its head otherwise; a reviewer knows.
ACCOUNT_WORDS: Mapping[str, str] = {
    "status": "户号状态",
    "name": "户名",
    "uscc": "户号登记的代码",
    "address": "用电地址",
    "capacity_kva": "受电容量（千伏安）",
    "bureau_name": "供电单位",
}
COMPANY_WORDS: Mapping[str, str] = {
    "status": "企业状态",
    "name": "企业名称",
    "uscc": "统一社会信用代码",
    "legal_person": "法定代表人",
    "address": "住所",
    "term": "营业期限",
}
TIANYANCHAS = ("status", "name", "uscc", "legal_person")  # what it writes as the registry does
STATUS_WORDS: Mapping[str, str] = {"active": "在用", "closed": "已销户", "unknown": "不明"}


class SourceChange(Base):
    """One thing that a source says otherwise than when the application was handed in."""

    __tablename__ = "source_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    source: Mapped[str]  # `domain.registration.applications.Source`
    name: Mapped[str]  # of ACCOUNT_WORDS or COMPANY_WORDS
    old: Mapped[str] = mapped_column(Sealed)
    new: Mapped[str] = mapped_column(Sealed)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Recheck(Base):
    """When the sources were last asked about an application under review, and when they are to be asked again."""

    __tablename__ = "rechecks"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    down: Mapped[str] = mapped_column(default="")  # the sources that did not answer, by commas


@dataclass(frozen=True, slots=True)
class Change:
    """A change as people read it."""

    source: str
    label: str
    old: str
    new: str

    def words(self) -> str:
        """One line: 法定代表人：李国强 → 赵建国."""
        return f"{self.label}：{self.old or '—'} → {self.new or '—'}"


def stale(session: Session, application: Application, now: datetime) -> list[Lookup]:
    """What must be asked again before this application may be approved; nothing where it is not under review, or an
    administrator has switched it off."""
    if application.stage not in UNDER_REVIEW or not value(session, "recheck"):
        return []
    oldest = now - timedelta(hours=figure(session, "recheck_hours"))
    told = application.facts or {}
    number, code = application.value("account_number"), application.value("code")
    wanted = [(Where.MARKETING, number, told.get("account")), (Where.REGISTRY, code, told.get("company"))]
    return [Lookup(where, key) for where, key, fact in wanted if key and _is_older(fact, oldest)]


def due(session: Session, now: datetime, limit: int = BATCH) -> list[int]:
    """Applications under review about which the sources are to be asked again, those that wait longest first."""
    if not value(session, "recheck"):
        return []
    never = and_(
        Recheck.application_id.is_(None),
        Application.submitted_at <= now - timedelta(hours=figure(session, "recheck_hours")),
    )
    query = (
        select(Application.id)
        .outerjoin(Recheck, Recheck.application_id == Application.id)
        .where(Application.stage.in_(UNDER_REVIEW), or_(never, Recheck.next_at <= now))
        .order_by(Application.stage_since)
    )
    return list(session.scalars(query.limit(limit)))


def take_over(session: Session, application: Application, facts: Facts, now: datetime) -> list[Change]:
    """Take over what the sources say now: the values that count for the rules, and each difference, kept with its
    evidence. What a person decided stays decided. A source that was down has said nothing, and is asked again soon."""
    number, code = application.value("account_number"), application.value("code")
    changes: list[Change] = []
    if number and facts.asked(Where.MARKETING, number):
        changes += _take_account(session, application, facts.account(number), now)
    # That Tianyancha, asked in the registry's place, knows nothing of a company says nothing of the company.
    if code and (facts.asked(Where.REGISTRY, code) or facts.company(code)[0] is not None):
        changes += _take_company(application, *facts.company(code), now)
    _note(session, application, facts, now)
    if changes:
        kept_as = [SourceChange(application_id=application.id, at=now, **_row(each)) for each in changes]
        session.add_all(kept_as)
        data = {"changes": [[each.source, each.label, each.old, each.new] for each in changes]}
        record(session, "source_changed", ("application", application.id), "system", data, now)
    return changes


def changes_of(session: Session, application: Application) -> list[SourceChange]:
    """What the sources said otherwise since the application was last handed in, newest first."""
    query = select(SourceChange).where(SourceChange.application_id == application.id)
    if application.submitted_at is not None:
        query = query.where(SourceChange.at >= application.submitted_at)
    return list(session.scalars(query.order_by(SourceChange.id.desc())))


def since_submission(session: Session, application: Application, now: datetime) -> list[Problem]:
    """The problems that the rules find now and did not find when the application was handed in: a lease has ended, a
    company was struck off, an account was closed."""
    handed_in = [step for step in application.steps if step.stage == UNDER_REVIEW[0]]
    known = {each["rule"] for each in handed_in[-1].problems or []} if handed_in else set()
    return [each for each in judge(session, application, local_day(now)) if each.rule not in known]


def silent(session: Session, application: Application) -> list[str]:
    """The sources that did not answer when they were last asked about the application under review."""
    row = session.get(Recheck, application.id)
    return row.down.split(",") if row is not None and row.down else []


def _is_older(fact: Mapping[str, Any] | None, oldest: datetime) -> bool:
    at = moment_of(fact)
    return at is None or at <= oldest


def _take_account(session: Session, application: Application, account: Account | None, now: datetime) -> list[Change]:
    old = (application.facts or {}).get("account")
    bureau = application.bureau
    if account is None:
        application.facts = {**(application.facts or {}), "account": None}
    else:
        put_account(session, application, account, now)
        if bureau is not None and application.bureau is not bureau:  # it stays with whoever has begun to review it
            application.bureau, application.bureau_id = bureau, bureau.id
    new = kept(account) if account is not None else None
    return _differences(Source.MARKETING, ACCOUNT_WORDS, old, new)


def _take_company(application: Application, company: Company | None, who: str, now: datetime) -> list[Change]:
    old, source = (application.facts or {}).get("company"), Source(who or Source.REGISTRY)
    new = kept(company) if company is not None else None
    changes = _differences(source, COMPANY_WORDS, old, new)
    if source == Source.TIANYANCHA and old and not changes:  # it knows less: what the registry said before stays
        new = {**old, "said_at": (new or old).get("said_at")}
    elif company is not None:
        put_company(application, company, source, now)
    application.facts = {**(application.facts or {}), "company": new}
    return changes


def _differences(
    source: Source, words: Mapping[str, str], old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> list[Change]:
    if not old:  # it was not known at the submission: catching up is no change
        return []
    if new is None:
        return [Change(source, words["status"], _said(old, "status"), GONE)]
    names = TIANYANCHAS if source == Source.TIANYANCHA else tuple(words)
    found = [Change(source, words[name], _said(old, name), _said(new, name)) for name in names]
    return [each for each in found if not same(each.old, each.new) and (each.new or source != Source.TIANYANCHA)]


def _said(fact: Mapping[str, Any], name: str) -> str:
    text = str(fact.get(name) or "")
    return STATUS_WORDS.get(text, text) if name == "status" else text


def _row(change: Change) -> dict[str, str]:
    return {"source": change.source, "name": change.label, "old": change.old, "new": change.new}


def _note(session: Session, application: Application, facts: Facts, now: datetime) -> None:
    down = sorted({each.where.value for each in facts.down if not _told_instead(facts, each)})
    pause = TRY_AGAIN if down else timedelta(hours=max(figure(session, "recheck_hours"), 1))
    session.merge(Recheck(application_id=application.id, checked_at=now, next_at=now + pause, down=",".join(down)))


def _told_instead(facts: Facts, lookup: Lookup) -> bool:
    return lookup.where in (Where.REGISTRY, Where.TIANYANCHA) and facts.company(lookup.key)[0] is not None
