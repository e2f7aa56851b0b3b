"""Who may speak for which company, since when, and on what ground."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record


class Level(StrEnum):
    """What a person may do for a company; each level holds what stands above it."""

    READ = "read"  # 查询: see progress and contracts
    HANDLE = "handle"  # 经办: fill in, correct, submit registrations
    SIGN = "sign"  # 签署: give answers with legal effect
    MANAGE = "manage"  # 管理: also say who else may speak


LEVEL_NAMES: Mapping[str, str] = {
    Level.READ: "查询",
    Level.HANDLE: "经办",
    Level.SIGN: "签署",
    Level.MANAGE: "管理",
}


class Authority(Base):
    """One person's authority for one company. A row that has ended stays."""

    __tablename__ = "authorities"
    __table_args__ = (Index("ix_authorities_company", "company_mark", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    company_mark: Mapped[str]  # fingerprint("code", USCC), as Application.code_mark
    company_name: Mapped[str] = mapped_column(Sealed)
    level: Mapped[str]
    ground: Mapped[str]  # registered, invitation, reviewer
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(default="")


def level_of(session: Session, contact_id: int, company_mark: str | None) -> Level | None:
    """What the contact may do for a company now; None: nothing."""
    if not company_mark:
        return None
    held = session.scalars(
        select(Authority.level).where(
            Authority.contact_id == contact_id, Authority.company_mark == company_mark, Authority.ended_at.is_(None)
        )
    ).all()
    return max((Level(level) for level in held), key=_rank, default=None)


def may(session: Session, contact_id: int, company_mark: str | None, level: Level) -> bool:
    """Whether the contact's authority for a company reaches that level."""
    held = level_of(session, contact_id, company_mark)
    return held is not None and _rank(held) >= _rank(level)


def authorities_of(session: Session, contact_id: int) -> list[Authority]:
    """The companies that a contact speaks for now, oldest first."""
    live = (Authority.contact_id == contact_id, Authority.ended_at.is_(None))
    return list(session.scalars(select(Authority).where(*live).order_by(Authority.id)))


def speakers_for(session: Session, company_mark: str) -> list[Authority]:
    """Who speaks for a company now, oldest first."""
    live = (Authority.company_mark == company_mark, Authority.ended_at.is_(None))
    return list(session.scalars(select(Authority).where(*live).order_by(Authority.id)))


def signers(session: Session, company_mark: str) -> list[int]:
    """The contacts that may sign for a company now."""
    known = {each.contact_id for each in speakers_for(session, company_mark)}
    return sorted(each for each in known if may(session, each, company_mark, Level.SIGN))


def signers_for(session: Session, applicant_id: int, company_mark: str | None) -> list[int]:
    """The contacts that may sign for a user: the applicant first, then who has the authority."""
    return list(dict.fromkeys([applicant_id, *(signers(session, company_mark) if company_mark else ())]))


def grant(
    session: Session,
    *,
    contact_id: int,
    company_mark: str,
    company_name: str,
    level: Level,
    ground: str,
    who: str,
    now: datetime,
    application_id: int | None = None,
) -> Authority:
    """Let a contact speak for a company, with evidence. Who may do as much already keeps what they have; a lower
    level is ended and the higher one stands."""
    for held in [each for each in authorities_of(session, contact_id) if each.company_mark == company_mark]:
        if _rank(Level(held.level)) >= _rank(level):
            return held
        end(session, held, "raised", who, now)
    made = Authority(
        contact_id=contact_id,
        company_mark=company_mark,
        company_name=company_name,
        level=level,
        ground=ground,
        application_id=application_id,
        since=now,
    )
    session.add(made)
    session.flush()
    record(session, "authority_granted", ("contact", contact_id), who, _told(made), now)
    return made


def end(session: Session, authority: Authority, why: str, who: str, now: datetime) -> None:
    """End an authority, with evidence; one that has ended stays as it is."""
    if authority.ended_at is not None:
        return
    authority.ended_at, authority.ended_why = now, why
    record(session, "authority_ended", ("contact", authority.contact_id), who, _told(authority) | {"why": why}, now)


def _rank(level: Level) -> int:
    return list(Level).index(level)


def _told(authority: Authority) -> dict[str, object]:
    return {
        "authority": authority.id,
        "company": authority.company_name,
        "level": authority.level,
        "ground": authority.ground,
        "application": authority.application_id,
    }
