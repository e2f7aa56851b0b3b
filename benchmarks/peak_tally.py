"""What came of the weekly peak, counted in the store and on the phones, and held against what must have come."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from benchmarks.peak_faults import AWAY, FAULTS, FOLLOWS
from benchmarks.peak_town import Applicant, Town
from bot.database import Store
from domain.evidence import broken_at
from domain.messages.messages import InboundMessage, OutboundMessage, OutState
from domain.notices.merging import DIGEST
from domain.private import use_keys
from domain.registration.applications import UNDER_REVIEW, Application, Photo, Stage
from domain.rules.judgements import Judgement
from domain.rules.rules import Rule
from domain.rules.troubles import Trouble
from domain.supplements.supplements import Supplement, SupplementState
from tests.support.product import Product

ADMITTED = (Stage.AWAITING_MARKET, Stage.AWAITING_RETAILER, Stage.AWAITING_CERTIFICATE, Stage.REGISTERED)
ARRIVED = (OutState.SENT, OutState.DELIVERED)
# What else the rules may say of the town's people, and truly: it is no fault that somebody planted.
OF_A_PICTURE = re.compile("照片|租赁协议|委托书|委托单位|出租方|承租方|身份证")
TRUE_OF_ALL = frozenset(
    {"手机未验证", "缺联系人", "缺营业执照照片", "租赁协议和委托书都没有", "缺租赁协议", "代码未确认"}
)


BY_HAND = "its bureau decides everything by hand"


@dataclass
class Came:
    """What came of one applicant: how the own account of it and the store's agree."""

    it: Applicant
    ended: str = ""  # as the applicant tells it: admitted, stopped, submitted, or why not
    application: Application | None = None
    rules: set[str] = field(default_factory=set)  # that said something, at any time
    by_rules: int = 0  # reviews that the rules decided
    by_people: int = 0
    returned_for: list[str] = field(default_factory=list)
    left_for: list[str] = field(default_factory=list)  # why the rules left it to a person
    owed: list[str] = field(default_factory=list)  # documents that were to follow, and their states

    @property
    def admitted(self) -> bool:
        """Whether it went through."""
        return self.application is not None and self.application.stage in ADMITTED

    @property
    def handed_in(self) -> bool:
        """Whether it was submitted at all."""
        return self.application is not None and self.application.submitted_at is not None

    def must_be_admitted(self) -> bool:
        """Whether nothing that is wrong with it stands for good."""
        fault = FAULTS.get(self.it.fault)
        return not self.it.stops and not (fault is not None and fault.for_good)


class Tally:
    """Reads the store of a product whose week is over."""

    def __init__(self, product: Product, town: Town, told: Mapping[int, str], seen: Mapping[int, set[str]]) -> None:
        use_keys(product.environment["DATA_KEY"])
        self._store = Store(f"sqlite:///{product.place.var / 'desk.db'}")
        self._sandbox = product.place.var / "sandbox/sandbox.sqlite"
        with self._store.read() as session:
            self.came = [Came(each, told.get(each.number, "")) for each in town.everybody()]
            self._before = {each.number: _for_good(group) for group in town.groups for each in group}
            self._find(session, seen)
            self.chain = broken_at(session)
            self.unsent = unsent(session)
            self.pictures, self.read_a_minute = _read(session)
            self._sms_rows = session.scalars(
                select(OutboundMessage.id).where(OutboundMessage.via == "sms", OutboundMessage.state.in_(ARRIVED))
            ).all()
        self._store.close()

    def _find(self, session: Session, seen: Mapping[int, set[str]]) -> None:
        query = (
            select(Application)
            .options(selectinload(Application.steps), selectinload(Application.values))
            .order_by(Application.submitted_at.desc())
        )
        by_account: dict[str, list[Application]] = {}
        for application in session.scalars(query):
            number = application.value("account_number") or ""  # a draft is not marked yet
            by_account.setdefault(number, []).append(application)
        rules = dict(session.execute(select(Rule.id, Rule.name)).all())
        for each in self.came:
            found = by_account.get(each.it.account, [])
            each.rules |= seen.get(each.it.number, set())
            for application in found:
                each.rules |= _rules_of(session, application, rules)
            each.application = next((one for one in found if one.submitted_at is not None), next(iter(found), None))
            if each.application is not None:
                _reviews(session, each)

    def faults(self) -> list[tuple[str, int, int]]:
        """Each planted fault: how often it was there, and how often a rule that must find it did."""
        planted = [each for each in self.came if each.it.fault not in AWAY and each.ended != "stopped"]
        names = list(dict.fromkeys(each.it.fault for each in planted))
        return [
            (
                name,
                sum(each.it.fault == name for each in planted),
                sum(each.it.fault == name and bool(each.rules & set(FAULTS[name].rules)) for each in planted),
            )
            for name in names
        ]

    def unplanted(self, misread: bool) -> Counter[str]:
        """What rules said that nobody had planted: about pictures, which may be misread, or about all else."""
        said: Counter[str] = Counter()
        for each in self.came:
            fault = FAULTS.get(each.it.fault)
            rest = each.rules - TRUE_OF_ALL - set(fault.rules + fault.also if fault else ())
            rest -= self._before.get(each.it.number, set())
            said.update(rule for rule in rest if bool(OF_A_PICTURE.search(rule)) == misread)
        return said

    def unseen(self) -> list[Came]:
        """Who has a planted fault of which no rule that must find it has said anything."""
        planted = [each for each in self.came if each.it.fault not in AWAY and each.ended != "stopped"]
        return [each for each in planted if not each.rules & set(FAULTS[each.it.fault].rules)]

    def example(self, rule: str) -> str:
        """Of whom a rule has said what nobody had planted."""
        it = next(each.it for each in self.came if rule in each.rules)
        return f"{it.number} {it.way} ({it.fault})"

    def figures(self) -> dict[str, tuple[int, int]]:
        """What was counted, and what it must be."""
        must = [each for each in self.came if each.must_be_admitted()]
        must_not = [each for each in self.came if not each.must_be_admitted()]
        shown, twice = self._on_the_phones()
        return {
            "applications that must be admitted, and are": (sum(each.admitted for each in must), len(must)),
            "applications that must not be handed in, and are": (sum(each.handed_in for each in must_not), 0),
            "applications that still wait for a review": (sum(_waits(each) for each in self.came), 0),
            "documents that were to come later, and are still owed": (
                sum(_owes(each) for each in must if each.it.fault in FOLLOWS),
                0,
            ),
            "planted faults that a rule found": (
                sum(found for _, _, found in self.faults()),
                sum(planted for _, planted, _ in self.faults()),
            ),
            "problems that nobody had planted": (sum(self.unplanted(misread=False).values()), 0),
            "SMS on the phones": (shown, len(self._sms_rows)),
            "SMS on the phones twice": (twice, 0),
            "messages that have not left": (self.unsent, 0),
            "breaks in the chain of evidence": (0 if self.chain is None else 1, 0),
        }

    def _on_the_phones(self) -> tuple[int, int]:
        with sqlite3.connect(self._sandbox) as sandbox:
            out_ids = [json.loads(body)["out_id"] for (body,) in sandbox.execute("SELECT body FROM sms")]
        return len(out_ids), len(out_ids) - len(set(out_ids))


def _for_good(group: Sequence[Applicant]) -> set[str]:
    """What is wrong for good with an account of a group: the next one is written into the same draft."""
    faults = [FAULTS[each.fault] for each in group if each.fault not in AWAY]
    return {rule for fault in faults if fault.for_good for rule in fault.rules}


def _rules_of(session: Session, application: Application, names: Mapping[int, str]) -> set[str]:
    """The rules that ever said something of an application: shown to somebody, or found at a submission."""
    said = set(session.scalars(select(Trouble.rule).where(Trouble.application_id == application.id)))
    for found in session.scalars(select(Judgement.found).where(Judgement.application_id == application.id)):
        said |= {names[each] for each in found}
    return said & set(names.values())


def _reviews(session: Session, came: Came) -> None:
    application = came.application
    assert application is not None
    for step in application.steps:
        if step.decision == "approved" or (step.decision == "returned" and step.stage in UNDER_REVIEW):
            by_people = step.staff_id is not None
            came.by_people, came.by_rules = came.by_people + by_people, came.by_rules + (not by_people)
        if step.for_person or step.staff_id is not None:
            came.left_for.append(step.for_person or BY_HAND)
        if step.stage == Stage.RETURNED:
            came.returned_for += [each.get("rule") or each.get("problem", "") for each in step.problems]
    owed = select(Supplement.document, Supplement.state).where(Supplement.application_id == application.id)
    came.owed = [f"{document} {state}" for document, state in session.execute(owed)]


def waiting(session: Session) -> int:
    """How many applications wait for a decision."""
    query = select(func.count()).select_from(Application).where(Application.stage.in_(UNDER_REVIEW))
    return session.scalar(query) or 0


def unsent(session: Session) -> int:
    """How many messages have not left, those aside that leave with the day's digest."""
    query = select(func.count()).where(
        OutboundMessage.state.in_((OutState.PENDING, OutState.SENDING)), OutboundMessage.merge.is_distinct_from(DIGEST)
    )
    return session.scalar(query) or 0


def _read(session: Session) -> tuple[int, float]:
    """How many pictures were read, and a minute's rate: from the first that came until nineteen of twenty were read;
    the last ones are papers that follow, one at a time."""
    count = session.scalar(select(func.count()).select_from(Photo).where(Photo.reading.is_not(None))) or 0
    query = select(InboundMessage.received_at, InboundMessage.done_at).where(InboundMessage.kind == "photo")
    times = [(came, done) for came, done in session.execute(query) if done is not None]
    if len(times) < 2:
        return count, 0.0
    done = sorted(done for _, done in times)[int(len(times) * 0.95)]
    return count, 60 * 0.95 * count / (done - min(came for came, _ in times)).total_seconds()


def _waits(came: Came) -> bool:
    return came.application is not None and came.application.stage in UNDER_REVIEW


def _owes(came: Came) -> bool:
    settled = (SupplementState.ACCEPTED, SupplementState.WAIVED)
    return any(not state.endswith(tuple(settled)) for state in came.owed)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
