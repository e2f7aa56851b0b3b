"""The people of the storm: where they are reached, what they are asked, and what must have come of their answers."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.database import Store
from domain.dialogue import asking
from domain.evidence import Evidence, broken_at
from domain.messages.messages import InboundMessage, InState, OutboundMessage, OutState
from domain.messages.sms_texts import written
from domain.people.contacts import SMS, WECHAT, Address, Contact
from domain.private import fingerprint, use_keys
from domain.questions.questions import Question, QuestionState
from domain.registration.applications import Application, FieldValue, Source, Stage, StageStep
from domain.registration.registration import Scene
from domain.settings import figure
from domain.sources.lookups import Facts
from sandbox.store import Store as SandboxStore
from tests.support.product import Product

AT_ONCE = 500  # people in one transaction
SHOWN = "storm"  # the event of the messages that showed the questions
ARRIVED = (OutState.SENT, OutState.DELIVERED)
Figures = dict[str, tuple[int, int]]  # what was counted, and what it must be


@dataclass(slots=True)
class Person:
    """One person with one open question."""

    number: int
    openid: str = ""
    phone: str = ""
    label: str = "零售市场"
    tapped: str = "retail"
    texted: str = "零售市场"
    wechat_message: str = ""
    sms_message: str = ""
    question_id: int = 0


class Crowd:
    """Everybody: those in WeChat, those on SMS, and those who answer on both at once."""

    def __init__(self, people: int, chance: Random) -> None:
        numbers = count()
        self.wechat = [self._person(number, chance, True, False) for number in islice(numbers, people)]
        self.sms = [self._person(number, chance, False, True) for number in islice(numbers, people)]
        self.both = [self._person(number, chance, True, True) for number in islice(numbers, people // 10)]
        for person in self.both:
            person.texted = "批发市场"

    @staticmethod
    def _person(number: int, chance: Random, wechat: bool, sms: bool) -> Person:
        made = Person(number)
        if wechat:
            made.openid, made.wechat_message = f"oStorm{number:022d}", str(24_000_000_000_000_000 + number)
        if sms:
            made.phone, made.sms_message = f"139{number:08d}", f"storm-{number}-{chance.randrange(10**6)}"
        return made

    def everybody(self) -> Iterator[Person]:
        """All of them."""
        yield from (*self.wechat, *self.sms, *self.both)

    def move_in(self, root: Path) -> None:
        """Make them known to the sandbox, before it starts: it refuses to push to strangers and to the silent."""
        store = SandboxStore(root / "var/sandbox/sandbox.sqlite")
        for person in self.everybody():
            key, nowhere = f"s{person.number}", f"nowhere-{person.number}"
            reached = {"phone": person.phone or nowhere, "openid": person.openid or nowhere}
            store.put("person", key, {"id": key, "name": f"甲{person.number}", "following": True, **reached})
            store.put("window", reached["openid"], {"message": {"at": time.time(), "left": 5}})
        store.close()

    def wait_until_settled(self, product: Product, seconds: float) -> None:
        """Until every message is answered and every answer has left, or the time is over."""
        store, until = _store(product), time.monotonic() + seconds
        while time.monotonic() < until:
            with store.read() as session:
                open_still = session.scalar(select(func.count()).where(InboundMessage.state != InState.DONE)) or 0
                going = OutboundMessage.state.in_((OutState.PENDING, OutState.SENDING))
                owed = session.scalar(select(func.count()).select_from(OutboundMessage).where(going)) or 0
            if not open_still + owed:
                break
            time.sleep(1)
        store.close()

    def count(self, product: Product, replies: Mapping[str, set[str]]) -> Figures:
        """Every effect and every answer against what it must be."""
        store = _store(product)
        with store.read() as session:
            figures = self._effects(session) | self._answers(session, replies)
            outside = _outside(session, product)
        store.close()
        return figures | outside

    def _effects(self, session: Session) -> Figures:
        people = len(list(self.everybody()))
        kept = select(func.count()).select_from(InboundMessage)
        answered = select(func.count()).select_from(Question).where(Question.state == QuestionState.ANSWERED)
        moved = select(func.count()).select_from(Application).where(Application.stage != Stage.AWAITING_MARKET)
        steps = select(func.count()).select_from(StageStep).where(StageStep.decision.startswith("chose_"))
        consents = select(func.count()).select_from(Evidence).where(Evidence.what == "consent")
        broken = broken_at(session)
        return {
            "WeChat messages kept": (
                session.scalar(kept.where(InboundMessage.channel == WECHAT)) or 0,
                len(self.wechat) + len(self.both),
            ),
            "SMS kept": (
                session.scalar(kept.where(InboundMessage.channel == SMS)) or 0,
                len(self.sms) + len(self.both),
            ),
            "questions answered": (session.scalar(answered) or 0, people),
            "applications that moved on": (session.scalar(moved) or 0, people),
            "choices written down": (session.scalar(steps) or 0, people),
            "consents in the evidence": (session.scalar(consents) or 0, people),
            "breaks in the chain of evidence": (0 if broken is None else 1, 0),
        }

    def _answers(self, session: Session, replies: Mapping[str, set[str]]) -> Figures:
        answers = select(OutboundMessage.inbound_id, func.count()).where(
            OutboundMessage.inbound_id.is_not(None), OutboundMessage.event == "", OutboundMessage.state.in_(ARRIVED)
        )
        per_message = Counter(number for _, number in session.execute(answers.group_by(OutboundMessage.inbound_id)))
        messages = len(self.wechat) + len(self.sms) + 2 * len(self.both)
        passive = select(func.count(OutboundMessage.inbound_id.distinct())).where(OutboundMessage.via == "passive")
        return {
            "messages answered exactly once": (per_message[1], messages),
            "WeChat messages with one and the same reply": (
                sum(len(texts) == 1 for texts in replies.values()),
                session.scalar(passive) or 0,
            ),
        }


def invite(product: Product, crowd: Crowd, chance: Random) -> None:
    """Open everybody's question, as the desk asks it after an approval."""
    use_keys(product.environment["DATA_KEY"])
    store, everybody = _store(product), list(crowd.everybody())
    for start in range(0, len(everybody), AT_ONCE):
        with store.write() as session:
            for person in everybody[start : start + AT_ONCE]:
                _ask(session, person, chance)
    store.close()


def _ask(session: Session, person: Person, chance: Random) -> None:
    now = datetime.now(UTC)
    contact = Contact(created_at=now)
    reached = [(WECHAT, person.openid), (SMS, person.phone)]
    contact.addresses = [_address(channel, value, now) for channel, value in reached if value]
    application = Application(contact=contact, stage=Stage.AWAITING_MARKET, stage_since=now, created_at=now)
    application.updated_at, application.decided, application.trail = now, {}, []
    known = {"name": f"第{person.number}号机械厂", "capacity_kva": "630", "account_number": f"05{person.number:014d}"}
    application.values = [
        FieldValue(name=name, source=Source.TYPED, value=text, at=now) for name, text in known.items()
    ]
    session.add(application)
    session.flush()
    scene = Scene(now, Facts(), chance)
    say = asking.ask_market(session, application, figure(session, "wholesale_from_kva"), scene)
    person.question_id = say.question_id or 0
    for address in contact.addresses:  # nobody may answer what they were not shown
        words = say if address.channel == WECHAT else written(session, address, say, chance, now)
        shown = OutboundMessage(address_id=address.id, question_id=say.question_id, body=words.body(), due_at=now)
        shown.created_at, shown.claimed_at, shown.sent_at = now, now, now
        shown.state, shown.event = OutState.SENT, SHOWN
        session.add(shown)


def _address(channel: str, value: str, now: datetime) -> Address:
    made = Address(channel=channel, fingerprint=fingerprint(channel, value), value=value, created_at=now)
    made.verified_at = now
    return made


def _store(product: Product) -> Store:
    return Store(f"sqlite:///{product.place.var / 'desk.db'}")


def _outside(session: Session, product: Product) -> Figures:
    """What the sandbox's phones show against the rows that say they were sent."""
    rows = select(OutboundMessage.id).where(OutboundMessage.via == "sms", OutboundMessage.state.in_(ARRIVED))
    sent = {f"row-{row_id}" for row_id in session.scalars(rows)}
    with sqlite3.connect(product.place.var / "sandbox/sandbox.sqlite") as sandbox:
        shown = [json.loads(body)["out_id"] for (body,) in sandbox.execute("SELECT body FROM sms")]
        texts = "SELECT count(*) FROM messages WHERE json_extract(body, '$.via') = 'customer_service'"
        pushed = sandbox.execute(texts).fetchone()[0]
    pushes = select(func.count()).select_from(OutboundMessage).where(OutboundMessage.via == "push")
    return {
        "SMS on the phones": (len(shown), len(sent)),
        "SMS on the phones twice": (len(shown) - len(set(shown)), 0),
        "WeChat texts pushed": (pushed, session.scalar(pushes) or 0),
    }
