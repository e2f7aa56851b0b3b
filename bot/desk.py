"""The desk as the doors see it: keep a message, wait a little for its answer, hear what became of what we sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.channels.base import Inbound, Kind
from bot.channels.sms.inbound import Report
from bot.channels.wechat.replies import Transfer
from bot.channels.wechat.text import TEXT_LIMIT
from bot.outbox import OUT_ID
from bot.render import as_wechat
from bot.settings import Settings
from bot.turn import take_turn
from domain.dialogue.wording import PHOTO_ARRIVED
from domain.messages import messages
from domain.messages.messages import InboundMessage, InState, OutboundMessage, OutState, Say
from domain.messages.stopping import note_refusal
from domain.notices import fallback
from domain.people import joining
from domain.people.contacts import AFTER_MESSAGE, AFTER_TAP, SMS, Address, address_of, open_window
from domain.talks import takeover

POLL = 0.05  # seconds; only where another process takes the turn (a photo, a repeat)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Stands for one kept message. `passive`: its answer may go back in the same request."""

    inbound_id: int
    passive: bool = True


class Desk:
    """One per process. Turns of WeChat messages run in its threads, so that the answer can go back at once."""

    def __init__(self, app: App, threads: Executor | None = None) -> None:
        self.app = app
        self._threads = threads or ThreadPoolExecutor(16, thread_name_prefix="turn")
        self._turns: dict[int, Future[None]] = {}

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.app.settings

    def clock(self) -> datetime:
        """The moment now, aware, UTC."""
        return self.app.clock()

    def receive(self, inbound: Inbound) -> Ticket:
        """Keep a message once and see that its turn is taken; for a repeat, the same ticket. Returns at once."""
        now = self.app.clock()
        with self.app.store.read() as session:  # a repeat needs no turn among the writers
            known = messages.known(session, inbound.channel, inbound.channel_id)
        if known is not None and known.state != InState.KEPT:
            return Ticket(known.id, inbound.bound)
        with self.app.store.write() as session:
            row, new = _kept(session, inbound, now)
            inbound_id, open_still = row.id, row.state == InState.KEPT
            let_go = messages.just_owed(session, now)
        for address_id in let_go:
            self.app.doorbell.deliver(address_id)
        if inbound.kind == Kind.REPORT:
            self._template_report(inbound)
        if open_still and (new or inbound.channel != SMS):  # a repeated SMS waits for the same ring, or for the sweep
            self._start(inbound_id, inbound.channel)
        return Ticket(inbound_id, inbound.bound)

    def receive_push(self, push: Sequence[Inbound]) -> None:
        """Keep every SMS of one push, each once, in one transaction: Aliyun waits 700 ms for all of them together."""
        now = self.app.clock()
        with self.app.store.read() as session:  # a repeat needs no turn among the writers
            known = messages.known_ids(session, SMS, [each.channel_id for each in push])
        fresh = [each for each in push if each.channel_id not in known]
        if not fresh:
            return
        with self.app.store.write() as session:
            ids = [row.id for row, new in [_kept(session, inbound, now) for inbound in fresh] if new]
        for inbound_id in ids:
            self.app.doorbell.turn(inbound_id)

    def passive_reply(self, ticket: Ticket, seconds: float) -> str | Transfer | None:
        """The answer when it is ready within `seconds`: claimed, so that nobody pushes it; the same for a repeat.
        None when it is not: it is pushed as soon as it is there. What was not bound (plain mode: anybody with a fresh
        signature may have written it) is answered by a push alone, which only the true sender reads."""
        if not ticket.passive:
            return None
        deadline = time.monotonic() + seconds
        running = self._turns.get(ticket.inbound_id)
        if running is not None:  # looking at the row before its turn has ended would only cost a query
            wait([running], timeout=seconds)
        while not self._is_answered(ticket.inbound_id):
            left = deadline - time.monotonic()
            if left <= 0:
                return self._late(ticket.inbound_id)
            self._pause(ticket.inbound_id, left)
        return self._claim(ticket.inbound_id)

    def delivery(self, report: Report) -> None:
        """What became of an SMS. A report that nobody waits for is dropped."""
        self.delivery_push([report])

    def delivery_push(self, push: Sequence[Report]) -> None:
        """What became of the SMS of one push, in one transaction."""
        now = self.app.clock()
        with self.app.store.write() as session:
            for report in push:
                _reported(session, report, now)

    def close(self) -> None:
        """Let the running turns end."""
        self._threads.shutdown(wait=True)

    def _start(self, inbound_id: int, channel: str) -> None:
        if channel == SMS:  # nobody waits, and Aliyun's push must be answered within 700 ms
            self.app.doorbell.turn(inbound_id)
            return
        running = self._threads.submit(self._turn, inbound_id)
        self._turns[inbound_id] = running
        running.add_done_callback(lambda _: self._turns.pop(inbound_id, None))

    def _turn(self, inbound_id: int) -> None:
        try:
            take_turn(self.app, inbound_id)
        except Exception as error:
            log.error("turn.failed", inbound_id=inbound_id, error=type(error).__name__, exc_info=True)

    def _is_answered(self, inbound_id: int) -> bool:
        with self.app.store.read() as session:
            state = session.scalar(select(InboundMessage.state).where(InboundMessage.id == inbound_id))
        return state in (InState.DONE, InState.WAITING)

    def _pause(self, inbound_id: int, left: float) -> None:
        running = self._turns.get(inbound_id)
        if running is not None and not running.done():
            wait([running], timeout=left)
        else:
            time.sleep(min(POLL, left))

    def _claim(self, inbound_id: int) -> str | Transfer | None:
        now = self.app.clock()
        with self.app.store.read() as session:  # a repeat needs no turn among the writers
            sent = messages.answers(session, inbound_id)
            if sent and all(row.via == "passive" for row in sent):
                return _shown(sent)
        with self.app.store.write() as session:
            shown = _shown(messages.answers(session, inbound_id))
            if isinstance(shown, Transfer) or len(shown.encode()) <= TEXT_LIMIT:
                return shown if messages.claim_passive(session, inbound_id, now) is not None else None
        self._leave_to_push(inbound_id)
        return None

    def _late(self, inbound_id: int) -> str | None:
        """The answer is not ready: it is pushed when it is. Whoever sent a photo is told that it has arrived."""
        now = self.app.clock()
        text = None
        with self.app.store.write() as session:
            inbound = session.get_one(InboundMessage, inbound_id)
            if inbound.kind == Kind.PHOTO and inbound.state == InState.KEPT:
                messages.answer_later(session, inbound_id, Say(PHOTO_ARRIVED), now)
                session.flush()
                rows = messages.claim_passive(session, inbound_id, now) or []
                text = "\n\n".join(as_wechat(row.body or {}) for row in rows)
        self._leave_to_push(inbound_id)
        return text

    def _leave_to_push(self, inbound_id: int) -> None:
        now = self.app.clock()
        with self.app.store.write() as session:
            takeover.transfer_missed(session, inbound_id, now)
            messages.leave_to_push(session, inbound_id, now)
            address = session.get_one(InboundMessage, inbound_id).address
        self.app.doorbell.deliver(address.id)
        self._threads.submit(self.app.wechat.typing, address.value)

    def _template_report(self, inbound: Inbound) -> None:
        """TEMPLATESENDJOBFINISH: whether a template notice has reached its reader."""
        ok = inbound.extra.get("status") == "success"
        with self.app.store.write() as session:
            row = session.scalar(
                select(OutboundMessage).where(
                    OutboundMessage.provider_id == inbound.extra.get("msgid", ""),
                    OutboundMessage.via == "template",
                    OutboundMessage.state == OutState.SENT,
                )
            )
            if row is None:
                return
            row.state = OutState.DELIVERED if ok else OutState.FAILED
            row.error = "" if ok else inbound.extra.get("status", "")
            if not ok:
                fallback.take_over(session, row, self.app.clock())


def _shown(rows: Sequence[OutboundMessage]) -> str | Transfer:
    """The answers as one passive reply shows them."""
    bodies = [row.body or {} for row in rows]
    transferred = any(body.get("transfer") for body in bodies)
    return Transfer() if transferred else "\n\n".join(as_wechat(body) for body in bodies)


def _kept(session: Session, inbound: Inbound, now: datetime) -> tuple[InboundMessage, bool]:
    """The message's row, and whether it is new."""
    address = address_of(session, inbound.channel, inbound.sender, now)
    row, new = messages.keep(session, _row(inbound, address, now))
    if new:
        _note(session, address, inbound, now)
        if inbound.kind in (Kind.UNFOLLOW, Kind.REPORT):
            messages.finish(session, row, (), "event", now)
    return row, new


def _reported(session: Session, report: Report, now: datetime) -> None:
    row = session.scalar(select(OutboundMessage).where(OutboundMessage.provider_id == report.biz_id))
    if row is None and report.out_id.startswith(OUT_ID):  # the report was faster, or the BizId was lost
        row = session.get(OutboundMessage, int(report.out_id.removeprefix(OUT_ID)))
    if row is None or report.ok is None or row.state not in (OutState.SENT, OutState.SENDING):
        return
    row.state = OutState.DELIVERED if report.ok else OutState.FAILED
    row.error = "" if report.ok else report.code
    if not report.ok:
        note_refusal(session, row.address, report.code, now)
        fallback.take_over(session, row, now)


def _row(inbound: Inbound, address: Address, now: datetime) -> InboundMessage:
    media = {"id": inbound.media_id, "url": inbound.media_url} if inbound.media_id or inbound.media_url else None
    return InboundMessage(
        channel=inbound.channel,
        channel_id=inbound.channel_id,
        address=address,
        kind=inbound.kind,
        text=inbound.text,
        media=media,
        choice=inbound.choice,
        bound=inbound.bound,
        received_at=now,
        passive=inbound.channel != SMS and inbound.bound and inbound.kind != Kind.HANDOVER,
    )


def _note(session: Session, address: Address, inbound: Inbound, now: datetime) -> None:
    """What a new message changes about where it came from: who follows, and how much may be pushed."""
    if inbound.kind == Kind.UNFOLLOW:
        joining.unfollowed(session, address, now)
        return
    if inbound.kind in (Kind.REPORT, Kind.HANDOVER):
        return
    address.last_seen_at = now
    if inbound.kind == Kind.FOLLOW:
        joining.followed(session, address, now)
    tapped = inbound.choice or inbound.kind in (Kind.CLICK, Kind.FOLLOW, Kind.SCAN)
    if inbound.channel == SMS:  # nothing is ever held back there
        return
    open_window(address, AFTER_TAP if tapped else AFTER_MESSAGE, now)
    messages.let_go(session, address.id, now)
