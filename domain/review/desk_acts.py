"""What staff do on the console besides reviewing: look at a phone, send a message again, open and close logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.messages.messages import OutboundMessage, OutState
from domain.people.staff import Role, Staff
from domain.registration.applications import Application
from domain.review.review import NotAllowed


def show_phone(session: Session, application: Application, staff: Staff, now: datetime) -> str:
    """The contact's whole phone number; that it was looked at is kept."""
    record(session, "phone_shown", ("application", application.id), f"staff:{staff.id}", {}, now)
    return application.value("phone") or ""


def can_go_again(row: OutboundMessage) -> bool:
    """Whether a message that did not arrive may go once more: a one-time code has run out, an erased text is gone."""
    stopped = (OutState.FAILED, OutState.HELD, OutState.EXPIRED)
    return row.state in stopped and row.event != "code" and row.body is not None


def send_again(session: Session, row: OutboundMessage, staff: Staff, now: datetime) -> None:
    """Put a message that failed or is held among those that are due, as if it were new. NotAllowed says why not."""
    if not can_go_again(row):
        raise NotAllowed("这条消息现在不能重发：可能已经发出，或是验证码，或原文已按期清除")
    data = {"event": row.event, "was": row.state, "error": row.error}
    record(session, "sent_again", ("message", row.id), f"staff:{staff.id}", data, now)
    row.state, row.due_at, row.attempts, row.error, row.claimed_at = OutState.PENDING, now, 0, "", None
    row.expires_at = None  # whoever sends it again wants it to arrive


def set_active(session: Session, staff_id: int, active: bool, by: Staff, now: datetime) -> Staff:
    """Open or close a login. Nobody closes their own, and one administrator always stays. NotAllowed says why not."""
    staff = session.get(Staff, staff_id, with_for_update=True)
    if staff is None:
        raise NotAllowed("没有这个人员")
    if not active and staff.id == by.id:
        raise NotAllowed("不能停用自己，请让另一位管理员操作")
    others = select(func.count()).where(Staff.role == Role.ADMINISTRATOR, Staff.active.is_(True), Staff.id != staff.id)
    if not active and staff.role == Role.ADMINISTRATOR and not session.scalar(others):
        raise NotAllowed("至少要留一位管理员")
    if staff.active != active:
        staff.active = active
        what = "staff_activated" if active else "staff_deactivated"
        record(session, what, ("staff", staff.id), f"staff:{by.id}", {"login": staff.login}, now)
    return staff
