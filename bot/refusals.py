"""What a refused or unanswered send means for its rows, for the way that it took, and for who has to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.channels.base import SendError
from domain.messages import messages
from domain.messages.messages import OutboundMessage, OutState
from domain.messages.stopping import note_refusal
from domain.notices import fallback, notices, outages
from domain.people.contacts import SMS
from domain.people.staff import OrganisationKind, Role, Staff
from domain.settings import figure
from domain.workdays import local_day

STUCK_AFTER = timedelta(seconds=45)  # longer than a send can take
BACK_OFF = (5, 15, 60, 300, 900, 1800)  # seconds; the last one again and again
LATER = timedelta(minutes=30)
MOST_ATTEMPTS = 60  # about a day of trying

WINDOW_CLOSED = ("45015", "45047")  # WeChat's count of pushes is not ours: nothing more goes out of this window
# Wrong is one template, not our account: the others go on.
ONE_TEMPLATE = ("40036", "40037", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_SCENE_ILLEGAL")

log = structlog.get_logger(__name__)


def refused(app: App, ids: Sequence[int], gate: str, error: SendError, pushes: int = 0) -> None:
    """Write down what became of the rows of one message, and shut the gate where the provider itself is in trouble.
    `pushes` were taken from the window for it; what WeChat surely refused has used none."""
    now = app.clock()
    with app.store.write() as session:
        trouble = error.retry in ("soon", "ask") or (error.retry == "alarm" and error.code not in ONE_TEMPLATE)
        if trouble and outages.failed(session, gate, error.code, error.retry == "alarm", now):
            log.error("outbox.stopped", gate=gate, code=error.code)
            _alarm(session, gate, error.code, now)
        elif error.retry == "alarm" and error.code in ONE_TEMPLATE:
            _alarm(session, gate, error.code, now)
        elif error.retry == "never":
            outages.succeeded(session, gate, now)  # whoever refuses one message is there
        for row_id in ids:
            _end(session, session.get_one(OutboundMessage, row_id), gate, error, now)
        address = session.get_one(OutboundMessage, ids[0]).address
        note_refusal(session, address, error.code, now)
        if error.code in WINDOW_CLOSED:
            address.pushes_left = 0
        elif pushes == 1 and error.code.lstrip("-").isdecimal():
            address.pushes_left += 1


def settle(app: App, out_id: str) -> int:
    """Look after the rows that were claimed and never finished; `out_id` begins what they are called at Aliyun."""
    now = app.clock()
    with app.store.read() as session:
        rows = [(row.id, row.address.channel) for row in messages.stuck(session, now, STUCK_AFTER)]
    answers = True
    for row_id, channel in rows:
        if channel != SMS:
            _once_more(app, row_id)
        elif answers:
            answers = _ask(app, row_id, out_id)
    return len(rows)


def _end(session: Session, row: OutboundMessage, gate: str, error: SendError, now: datetime) -> None:
    row.error = error.code
    if error.retry == "never" or row.attempts >= MOST_ATTEMPTS:
        row.state = OutState.FAILED
        fallback.take_over(session, row, now)
    elif error.code in WINDOW_CLOSED:
        row.state = OutState.HELD
    elif error.retry == "ask":
        row.claimed_at = now  # stays "sending"; `settle` asks what became of it
    else:
        row.state = OutState.PENDING
        row.due_at = now + _wait(session, row, gate, error)


def _wait(session: Session, row: OutboundMessage, gate: str, error: SendError) -> timedelta:
    """How long until the next try. While the provider is in trouble a try is not counted, and the next minute's probe
    is left to another row, for the trouble may be this one's alone."""
    if outages.is_shut(session, gate):
        row.attempts -= 1
        return timedelta(seconds=2 * figure(session, "probe_seconds"))
    if error.retry == "alarm":
        row.attempts -= 1
        return LATER
    seconds = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    return timedelta(seconds=seconds) if error.retry == "soon" else LATER


def _alarm(session: Session, gate: str, code: str, now: datetime) -> None:
    """Tell the administrators, by the other channel if they have it: once a day for each way out and reason."""
    people = session.scalars(select(Staff).where(Staff.active.is_(True), Staff.role == Role.ADMINISTRATOR))
    centre = [staff for staff in people if staff.organisation.kind == OrganisationKind.CENTRE]
    text = f"{outages.TITLES[gate]}发不出去（{code}），系统会自动再试"
    key = f"{gate}:{code}:{local_day(now)}"
    notices.tell_staff(
        session, "provider_stopped", centre, {"text": text}, now, key=key, avoid=outages.channel_of(gate)
    )


def _ask(app: App, row_id: int, out_id: str) -> bool:
    """Ask Aliyun what became of an SMS, and go by it. False when it does not answer: no use in asking for others."""
    now = app.clock()
    with app.store.write() as session:
        row = session.get_one(OutboundMessage, row_id)
        to, claimed_at = row.address.value, row.claimed_at or now
        if not outages.may_send(session, outages.SMS_GATE, now):
            return False
    try:
        report = app.sms.report(to, "", local_day(claimed_at), out_id=f"{out_id}{row_id}")
    except SendError as error:
        with app.store.write() as session:
            outages.failed(session, outages.SMS_GATE, error.code, False, now)
        return False
    if report is None:
        _once_more(app, row_id)
        return True
    with app.store.write() as session:
        outages.succeeded(session, outages.SMS_GATE, now)
        row = session.get_one(OutboundMessage, row_id, with_for_update=True)
        if row.state != OutState.SENDING:
            return True
        row.via, row.sent_at, row.error = "sms", claimed_at, report.code if report.ok is False else ""
        row.state = {True: OutState.DELIVERED, False: OutState.FAILED}.get(report.ok, OutState.SENT)
        if report.ok is False:
            fallback.take_over(session, row, now)
    return True


def _once_more(app: App, row_id: int) -> None:
    """Nobody knows of it: it goes out again. A WeChat text that may have arrived says that it may be a repeat."""
    with app.store.write() as session:
        row = session.get_one(OutboundMessage, row_id, with_for_update=True)
        if row.state != OutState.SENDING:
            return
        row.state, row.due_at = OutState.PENDING, app.clock()
        body = dict(row.body or {})
        if row.address.channel != SMS and "template" not in body:
            row.body = {**body, "again": True}
    log.info("outbox.again", row=row_id)
