"""A person takes over: a conversation that waits for staff, is held by one of them, and is handed back.

Every step is a conditional UPDATE: of two who press at once, one changes the row and the other is told who did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.people.contacts import Contact
from domain.people.staff import Organisation, Staff
from domain.registration.applications import Application
from domain.review.review import NotAllowed


class ConversationState(StrEnum):
    """How far a conversation is."""

    WAITING = "waiting"  # nobody of the staff has taken it yet
    HELD = "held"
    WECHAT = "wechat"  # WeChat's own customer-service desk has it
    CLOSED = "closed"


OPEN = (ConversationState.WAITING, ConversationState.HELD, ConversationState.WECHAT)


class Conversation(Base):
    """One talk between a contact and staff. A contact has one open at the most."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_state", "state", "opened_at"),
        Index(
            "uq_conversations_open",
            "contact_id",
            unique=True,
            sqlite_where=text("state != 'closed'"),
            postgresql_where=text("state != 'closed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    state: Mapped[str] = mapped_column(default=ConversationState.WAITING)
    reason: Mapped[str] = mapped_column(Sealed, default="")  # what the person last wanted
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))  # whose staff see it first
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the person wrote, nobody answered yet
    alarmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(default="")  # staff:3, contact:7, system
    contact: Mapped[Contact] = relationship()
    staff: Mapped[Staff | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


def in_charge(session: Session, contact_id: int) -> Conversation | None:
    """The conversation that staff have with this contact now; while there is one, the bot is silent."""
    return session.scalar(
        select(Conversation).where(
            Conversation.contact_id == contact_id, Conversation.state != ConversationState.CLOSED
        )
    )


def begin(session: Session, contact_id: int, reason: str, state: ConversationState, now: datetime) -> Conversation:
    """Open a conversation. It goes to the bureau of the contact's newest submitted application, else to the centre."""
    row = Conversation(
        contact_id=contact_id,
        state=state,
        reason=reason,
        organisation_id=_bureau_of(session, contact_id),
        opened_at=now,
        waiting_since=now,
    )
    session.add(row)
    session.flush()
    record(session, "talk_opened", ("conversation", row.id), f"contact:{contact_id}", {"state": state}, now)
    return row


def before(session: Session, row: Conversation) -> int:
    """How many wait longer than this one for the same staff."""
    same = (
        Conversation.organisation_id.is_(None)
        if row.organisation_id is None
        else Conversation.organisation_id == row.organisation_id
    )
    waiting = (Conversation.state == ConversationState.WAITING, Conversation.id < row.id, same)
    return session.scalar(select(func.count()).where(*waiting)) or 0


def take(session: Session, row: Conversation, staff: Staff, now: datetime, instead_of: int | None = None) -> None:
    """A member of staff takes a conversation that waits, or knowingly takes the place of the colleague named by
    `instead_of`. NotAllowed says who was quicker."""
    free = Conversation.state == ConversationState.WAITING
    if instead_of is not None:
        free = (Conversation.state == ConversationState.HELD) & (Conversation.staff_id == instead_of)
    held = {"state": ConversationState.HELD, "staff_id": staff.id, "taken_at": now}
    if not _change(session, row, free, held):
        raise NotAllowed(_why_not(row, staff))
    _note(session, "talk_taken", row, staff, {"instead_of": instead_of}, now)


def hand_to(session: Session, row: Conversation, staff: Staff, to: Staff | Organisation, now: datetime) -> None:
    """Whoever holds a conversation gives it to a colleague, or to an organisation whose staff then see it waiting."""
    values: dict[str, object] = {"waiting_since": row.waiting_since or now, "alarmed_at": None}
    if isinstance(to, Staff):
        if not to.active:
            raise NotAllowed(f"{to.name} 的账号已停用，请换一位同事")
        values |= {"staff_id": to.id, "organisation_id": to.organisation_id}
    else:
        values |= {"state": ConversationState.WAITING, "staff_id": None, "organisation_id": to.id}
    if not _change(session, row, _held_by(staff), values):
        raise NotAllowed(_why_not(row, staff))
    _note(session, "talk_passed", row, staff, {"to": to.name}, now)


def must_hold(session: Session, row: Conversation, staff: Staff, now: datetime) -> None:
    """Only who holds a conversation may speak in it; one that waits is taken by speaking. NotAllowed says who does."""
    if row.state == ConversationState.WAITING:
        take(session, row, staff, now)
    elif row.state != ConversationState.HELD or row.staff_id != staff.id:
        raise NotAllowed(_why_not(row, staff))


def answered(session: Session, row: Conversation) -> None:
    """Staff have answered: nobody waits any longer."""
    row.waiting_since, row.alarmed_at = None, None


def end(session: Session, row: Conversation, by: str, now: datetime) -> bool:
    """Close an open conversation; False when somebody else has closed it. The bot speaks again from now on."""
    closed = {"state": ConversationState.CLOSED, "closed_at": now, "closed_by": by, "waiting_since": None}
    if not _change(session, row, Conversation.state != ConversationState.CLOSED, closed):
        return False
    record(session, "talk_ended", ("conversation", row.id), by, {}, now)
    return True


def wait_here(session: Session, row: Conversation, now: datetime) -> bool:
    """WeChat's own desk did not get the talk, or has let it go: it waits on our console."""
    here = {"state": ConversationState.WAITING, "waiting_since": row.waiting_since or now}
    return _change(session, row, Conversation.state == ConversationState.WECHAT, here)


def make_room(session: Session, from_id: int, to_id: int, now: datetime) -> None:
    """Two contacts are about to become one: of two open conversations the older one ends, the newer one goes on."""
    rows = [row for row in (in_charge(session, from_id), in_charge(session, to_id)) if row is not None]
    if len(rows) == 2:
        end(session, min(rows, key=lambda row: row.id), "system", now)


def is_told(session: Session, row: Conversation, now: datetime) -> bool:
    """Mark once that somebody has waited too long; False when it was marked already, or nobody waits."""
    too_long = Conversation.waiting_since.is_not(None) & Conversation.alarmed_at.is_(None)
    return _change(session, row, too_long & Conversation.state.in_(OPEN), {"alarmed_at": now})


def _change(session: Session, row: Conversation, when: object, values: dict[str, object]) -> bool:
    session.flush()
    taken = session.execute(
        update(Conversation)
        .where(Conversation.id == row.id, when)  # type: ignore[arg-type]
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _held_by(staff: Staff) -> object:
    return (Conversation.state == ConversationState.HELD) & (Conversation.staff_id == staff.id)


def _why_not(row: Conversation, staff: Staff) -> str:
    if row.state == ConversationState.CLOSED:
        return "这次会话已经结束，对方再回复“人工”会重新出现在等待列表"
    if row.state == ConversationState.WECHAT:
        return "这次会话正在微信客服里进行"
    if row.state == ConversationState.WAITING:
        return "这次会话还没有人接待，请先点“接待”"
    if row.staff is not None and row.staff_id != staff.id:
        return f"{row.staff.name} 已经接待了这位用户，您的操作没有生效"
    return "您已经接待了这位用户"


def _note(session: Session, what: str, row: Conversation, staff: Staff, data: dict[str, object], now: datetime) -> None:
    record(session, what, ("conversation", row.id), f"staff:{staff.id}", data, now)


def _bureau_of(session: Session, contact_id: int) -> int | None:
    newest: Sequence[int | None] = session.scalars(
        select(Application.bureau_id)
        .where(Application.contact_id == contact_id, Application.submitted_at.is_not(None))
        .order_by(Application.id.desc())
        .limit(1)
    ).all()
    return newest[0] if newest else None
