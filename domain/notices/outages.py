"""A provider that is down, or refuses our account, is left alone: one message a minute probes it, the others wait.

There is one gate for each way out: SMS, WeChat's pushes, WeChat's templates. Waiting uses up nobody's attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.messages.messages import OutboundMessage, OutState
from domain.people.contacts import SMS, WECHAT, Address
from domain.settings import figure

SMS_GATE, PUSH_GATE, TEMPLATE_GATE = "sms", "push", "template"
GATES: Mapping[str, tuple[str, ...]] = {SMS: (SMS_GATE,), WECHAT: (PUSH_GATE, TEMPLATE_GATE)}  # of a channel
TITLES: Mapping[str, str] = {SMS_GATE: "短信", PUSH_GATE: "微信客服消息", TEMPLATE_GATE: "微信模板消息"}


class SendGate(Base):
    """How one way out is doing. No row: nothing has ever gone wrong."""

    __tablename__ = "send_gates"

    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    code: Mapped[str] = mapped_column(default="")  # of the last failure
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    probe_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def channel_of(gate: str) -> str:
    """The channel that a gate belongs to."""
    return SMS if gate == SMS_GATE else WECHAT


def may_send(session: Session, gate: str, now: datetime) -> bool:
    """Whether a message may go out through this gate now. While it is shut one may each minute, to try: whoever turns
    `probe_at` is the one."""
    row = session.get(SendGate, gate, populate_existing=True)
    if row is None or row.stopped_at is None:
        return True
    wait = timedelta(seconds=figure(session, "probe_seconds"))
    taken = session.execute(
        update(SendGate)
        .where(SendGate.name == gate, SendGate.stopped_at.is_not(None), SendGate.probe_at <= now)
        .values(probe_at=now + wait)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def failed(session: Session, gate: str, code: str, alarm: bool, now: datetime) -> bool:
    """A send failed in a way that is not the message's own fault. True when this has just shut the gate: at once when
    only a person can mend it, else after so many failures in a row as the setting says."""
    row = session.get(SendGate, gate, with_for_update=True) or SendGate(name=gate, failures=0)
    session.add(row)
    row.failures, row.code = row.failures + 1, code
    if row.stopped_at is not None or not (alarm or row.failures >= figure(session, "stop_after_failures")):
        return False
    row.stopped_at, row.probe_at = now, now + timedelta(seconds=figure(session, "probe_seconds"))
    return True


def succeeded(session: Session, gate: str, now: datetime) -> bool:
    """A send went well: the gate is open, and what failed and waits to be tried again is due. True if it was shut."""
    row = session.get(SendGate, gate)
    if row is None or (row.stopped_at is None and not row.failures):
        return False
    was_shut = row.stopped_at is not None
    row.failures, row.stopped_at, row.probe_at = 0, None, None
    if was_shut:
        places = select(Address.id).where(Address.channel == channel_of(gate))
        session.execute(
            update(OutboundMessage)
            .where(OutboundMessage.state == OutState.PENDING, OutboundMessage.error != "", OutboundMessage.due_at > now)
            .where(OutboundMessage.address_id.in_(places))
            .values(due_at=now)
        )
    return was_shut


def shut(session: Session) -> list[SendGate]:
    """The gates that are shut, for people who have to know."""
    return list(session.scalars(select(SendGate).where(SendGate.stopped_at.is_not(None)).order_by(SendGate.name)))


def is_shut(session: Session, gate: str) -> bool:
    """Whether that gate is shut."""
    row = session.get(SendGate, gate)
    return row is not None and row.stopped_at is not None


def resting(session: Session, now: datetime) -> list[str]:
    """The channels of which every gate is shut, and whose next probe is not due yet: nobody needs to look there."""
    rest = {gate.name for gate in shut(session) if gate.probe_at is not None and gate.probe_at > now}
    return [channel for channel, gates in GATES.items() if rest.issuperset(gates)]
