"""Which companies belong together (集团), which registration's documents the others share (典型注册户), and who may
register for them (集团用电专员).

Accounts of one company (one USCC) belong together by themselves; a row is only needed for several companies, or where
another registration than the oldest admitted one shall be the representative.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.people.authority import Level, authorities_of, may
from domain.private import fingerprint
from domain.registration.applications import EDITABLE, UNDER_REVIEW, Application, Photo, Stage
from domain.registration.readings import DocumentKind
from domain.settings import value


class NoGroup(Exception):
    """A group cannot be changed like that; the text says in Chinese why."""


class Group(Base):
    """Several companies that act as one."""

    __tablename__ = "company_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    members: Mapped[list[GroupMember]] = relationship(back_populates="group", order_by="GroupMember.id")

    def live(self) -> list[GroupMember]:
        """The companies that belong to it now, the leading one first."""
        return sorted((each for each in self.members if each.live), key=lambda each: (not each.lead, each.id))


class GroupMember(Base):
    """One company's place in a group, from when to when. A row that has ended stays."""

    __tablename__ = "group_members"
    # True while it lasts, NULL after it: a company is in one group at a time, and may have been in many.
    __table_args__ = (UniqueConstraint("company_mark", "live"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("company_groups.id"), index=True)
    company_mark: Mapped[str]  # fingerprint("code", USCC), as Application.code_mark
    code: Mapped[str] = mapped_column(Sealed)
    company_name: Mapped[str] = mapped_column(Sealed)
    lead: Mapped[bool] = mapped_column(default=False)  # who may handle this company, handles the others, too
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    live: Mapped[bool | None] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    group: Mapped[Group] = relationship(back_populates="members")


def member_of(session: Session, company_mark: str | None) -> GroupMember | None:
    """The company's place in its group; None where it is in none."""
    if not company_mark:
        return None
    return session.scalar(
        select(GroupMember).where(GroupMember.company_mark == company_mark, GroupMember.live.is_(True))
    )


def marks_with(session: Session, company_mark: str) -> list[str]:
    """The marks of all the companies of a company's group, itself included."""
    member = member_of(session, company_mark)
    return [each.company_mark for each in member.group.live()] if member is not None else [company_mark]


def representative_of(session: Session, company_mark: str | None) -> Application | None:
    """The registration whose licence and company data count for the company's other accounts: the one that was chosen,
    else the oldest that qualifies. None: there is none yet."""
    if not company_mark:
        return None
    member = member_of(session, company_mark)
    fit = _qualified(session).where(Application.code_mark == company_mark)
    if member is not None and member.representative_id is not None:
        chosen = session.scalar(fit.where(Application.id == member.representative_id))
        if chosen is not None:
            return chosen
    return session.scalar(fit.order_by(Application.id).limit(1))


def resting_of(session: Session, company_marks: Sequence[str]) -> Application | None:
    """The registration that would lend its documents to accounts of these companies, if it were not suspended."""
    licence = select(Photo.id).where(Photo.application_id == Application.id, Photo.kind == DocumentKind.LICENCE)
    resting = (Application.stage == Stage.SUSPENDED, Application.representative_id.is_(None), licence.exists())
    query = select(Application).where(Application.code_mark.in_(company_marks), *resting)
    return session.scalar(query.order_by(Application.id).limit(1))


def may_file(session: Session, contact_id: int, company_mark: str | None) -> bool:
    """Whether a person may register accounts for a company: they may handle it, or the company that leads its group,
    or they handed its representative registration in themselves, where a submitted one is enough."""
    if not company_mark:
        return False
    if may(session, contact_id, company_mark, Level.HANDLE):
        return True
    member = member_of(session, company_mark)
    leads = [each.company_mark for each in member.group.live() if each.lead] if member is not None else []
    if any(may(session, contact_id, mark, Level.HANDLE) for mark in leads):
        return True
    shared = representative_of(session, company_mark)
    # Once it is admitted, who handed it in has an authority; where that was ended, they are a stranger to the company.
    return shared is not None and shared.contact_id == contact_id and shared.stage in UNDER_REVIEW


def companies_of(session: Session, contact_id: int) -> list[str]:
    """The marks of the companies for which the person may register accounts and which have a representative
    registration, in the order in which they came to speak for them."""
    own = [each.company_mark for each in authorities_of(session, contact_id)]
    handed_in = _qualified(session).where(Application.contact_id == contact_id).with_only_columns(Application.code_mark)
    own += [mark for mark in session.scalars(handed_in.order_by(Application.id)) if mark is not None]
    marks = dict.fromkeys(mark for known in dict.fromkeys(own) for mark in marks_with(session, known))
    return [
        mark for mark in marks if may_file(session, contact_id, mark) and representative_of(session, mark) is not None
    ]


def accounts_of(session: Session, company_mark: str) -> dict[str, int]:
    """How many accounts of a company stand at each stage; drafts and what was cancelled are left out."""
    query = (
        select(Application.stage, func.count())
        .where(Application.code_mark == company_mark, Application.submitted_at.is_not(None))
        .where(Application.stage != Stage.CANCELLED)
        .group_by(Application.stage)
    )
    return dict(session.execute(query).all())


def registered(session: Session, number: str) -> Application | None:
    """The registration that an account already has, from its first submission on; None where it has none."""
    query = select(Application).where(
        Application.account_mark == fingerprint("account", number),
        Application.submitted_at.is_not(None),
        Application.stage != Stage.CANCELLED,
    )
    return session.scalar(query.order_by(Application.id.desc()).limit(1))


def found(session: Session, name: str, lead: Application, who: str, now: datetime) -> Group:
    """Make a group that a company leads: the one of this registration. NoGroup says why not."""
    group = Group(name=name.strip()[:60] or (lead.value("name") or ""), created_at=now)
    session.add(group)
    session.flush()
    _add(session, group, lead, True, who, now)
    return group


def add(session: Session, group: Group, company: Application, who: str, now: datetime) -> GroupMember:
    """Let a company belong to a group: the one of this registration. NoGroup says why not."""
    return _add(session, group, company, False, who, now)


def remove(session: Session, member: GroupMember, who: str, now: datetime) -> None:
    """A company leaves its group; its registrations stay as they are. With the company that leads it, all leave."""
    if not member.live:
        return
    leaving = member.group.live() if member.lead else [member]
    for each in leaving:
        each.live, each.ended_at = None, now
        record(session, "group_left", ("group", member.group_id), who, _told(each), now)


def choose(session: Session, member: GroupMember, application: Application, who: str, now: datetime) -> None:
    """Make a registration the representative one of its company. NoGroup says why it cannot be."""
    fit = _qualified(session).where(Application.id == application.id, Application.code_mark == member.company_mark)
    if session.scalar(fit) is None:
        raise NoGroup("只有这家企业已通过审核、有自己执照照片的注册户，才能作为典型注册户")
    member.representative_id = application.id
    record(session, "representative_chosen", ("group", member.group_id), who, _told(member), now)


def _qualified(session: Session) -> Select[Application]:
    """The registrations that may lend their documents: admitted, or by the setting submitted, with a licence picture of
    their own. One that is suspended lends nothing until it goes on."""
    early = bool(value(session, "group_shares_when_submitted"))
    out = [*EDITABLE, Stage.CANCELLED, Stage.SUSPENDED, *([] if early else UNDER_REVIEW)]
    licence = select(Photo.id).where(Photo.application_id == Application.id, Photo.kind == DocumentKind.LICENCE)
    return select(Application).where(
        Application.stage.not_in(out), Application.representative_id.is_(None), licence.exists()
    )


def _add(session: Session, group: Group, company: Application, lead: bool, who: str, now: datetime) -> GroupMember:
    mark, code = company.code_mark, company.value("code")
    if mark is None or code is None:
        raise NoGroup("这份申请还没有统一社会信用代码")
    if member_of(session, mark) is not None:
        raise NoGroup("这家企业已经在一个集团里，先从那里移出")
    made = GroupMember(
        group=group,
        company_mark=mark,
        code=code,
        company_name=company.value("name") or "",
        lead=lead,
        since=now,
    )
    session.add(made)
    session.flush()
    record(session, "group_joined", ("group", group.id), who, _told(made), now)
    return made


def _told(member: GroupMember) -> dict[str, object]:
    return {
        "member": member.id,
        "company": member.company_name,
        "code": member.code,
        "lead": member.lead,
        "representative": member.representative_id,
    }


def groups(session: Session) -> Sequence[Group]:
    """Every group that has a company in it, the newest first."""
    live = select(GroupMember.group_id).where(GroupMember.live.is_(True))
    return session.scalars(select(Group).where(Group.id.in_(live)).order_by(Group.id.desc())).all()
