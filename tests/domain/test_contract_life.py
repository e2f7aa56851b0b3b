"""Three parties who answer at random, twice, too late and for others, on a desk that crashes and sleeps: whatever they
do, a unit has one contract in a month at the most, nobody is bound without every word that it needs, and no word is
lost."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import contracts, expiry, requests
from domain.contracts.states import CONTRACT_MOVES, phase
from domain.contracts.tables import Consent, Contract, ContractNotice, Request, RequestKind, RequestState, Side
from domain.contracts.wishes import NotPossible
from domain.evidence import Evidence, broken_at
from domain.market import months
from domain.market.readiness import readiness
from domain.market.retailers import RetailerState
from domain.registration.applications import Application, Stage
from domain.workdays import local_day
from tests.support.parties import BEGAN, EVERYBODY, FIRST, PACKAGES, SECOND, USERS, Parties, sellers

FINE = settings(
    max_examples=12,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
ASKED = {None: USERS, 1: FIRST, 2: SECOND}  # by the retail company of a side
_SELLERS = {RequestKind.BIND: [Side.NEW], RequestKind.PACKAGE: [Side.OLD], RequestKind.COMPANY: [Side.NEW]}
WISHES = st.tuples(
    st.sampled_from([RequestKind.BIND, RequestKind.PACKAGE, RequestKind.COMPANY, RequestKind.END]),
    st.sampled_from([code for code, _ in PACKAGES]),
    st.booleans(),
)
RARELY = st.integers(0, 7).map(lambda drawn: drawn == 0)


class Life(RuleBasedStateMachine):
    """What happens, and what was true before: a store that forgets is found out by what the test remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.parties = Parties(Path(self.folder.name))
        self.said: dict[tuple[int, str], str] = {}  # every word that was taken
        self.over: dict[int, str] = {}  # every request that is over, and how
        self.held: dict[int, int] = {}  # every month that has begun, and its contract
        self.phases: dict[int, str] = {}  # where every contract is in its diagram

    def teardown(self) -> None:
        self.parties.close()
        self.folder.cleanup()

    @initialize(code=st.sampled_from([code for code, _ in PACKAGES]))
    def a_first_contract(self, code: str) -> None:
        self.parties.bound(code)

    @rule(
        wish=WISHES,
        side=st.sampled_from([Side.USER, Side.USER, Side.OLD]),
        who=st.sampled_from(USERS),
        crash=RARELY,
        sign=st.booleans(),
    )
    def somebody_proposes(
        self, wish: tuple[RequestKind, str, bool], side: Side, who: str, crash: bool, sign: bool
    ) -> None:
        kind, code, inside = wish
        ends = kind == RequestKind.END
        proposer = who if side == Side.USER else FIRST[0]
        try:
            number = self.parties.propose(
                kind, "" if ends else code, side, proposer, inside=inside or ends, crash=crash
            )
            again = self.parties.propose(kind, "" if ends else code, side, proposer, inside=inside or ends)
        except (NotPossible, KeyError):
            return
        assert crash or number == again  # the same wish is the same request
        if sign:
            self.parties.answer(again, side, proposer)

    @precondition(lambda self: self.numbers())
    @rule(
        data=st.data(),
        side=st.sampled_from(Side),
        who=st.one_of(st.just(""), st.sampled_from(EVERYBODY)),
        yes=st.booleans(),
        crash=RARELY,
    )
    def somebody_answers(self, data: st.DataObject, side: Side, who: str, yes: bool, crash: bool) -> None:
        """Anybody, or the one whose word it is."""
        number = data.draw(st.sampled_from(self.numbers()))
        who = who or self.asked(number).get(side, USERS[0])
        self.parties.answer(number, side, who, yes=yes, crash=crash)
        if data.draw(RARELY):
            self.parties.answer(number, side, who, yes=not yes)  # and again, otherwise

    @precondition(lambda self: self.numbers(opened=True))
    @rule(data=st.data())
    def everybody_agrees(self, data: st.DataObject) -> None:
        """The right person of each side, in a drawn order: what random answers would reach too seldom."""
        number = data.draw(st.sampled_from(self.numbers(opened=True)))
        for side, who in data.draw(st.permutations(list(self.asked(number).items()))):
            self.parties.answer(number, side, who)

    @precondition(lambda self: self.numbers(opened=True))
    @rule(data=st.data(), crash=RARELY)
    def the_proposer_takes_it_back(self, data: st.DataObject, crash: bool) -> None:
        with self.parties.act(crash=crash) as session:
            row = session.get_one(Request, data.draw(st.sampled_from(self.numbers(opened=True))))
            requests.withdraw(session, row, Side(row.proposed_by), row.proposer, self.parties.now)

    @rule(side=st.sampled_from([Side.USER, Side.OLD]), crash=RARELY)
    def somebody_will_not_go_on(self, side: Side, crash: bool) -> None:
        with self.parties.act(crash=crash) as session:
            row = contracts.last(session, self.unit(session), self.this_month)
            if row is not None:
                expiry.not_renew(session, row, side, USERS[0], self.parties.now)

    @rule(days=st.sampled_from([0, 1, 3, 9, 20, 31, 60]), sleeps=RARELY, crash=RARELY)
    def time_passes(self, days: int, sleeps: bool, crash: bool) -> None:
        """Night by night, or in one leap for which the desk was down; the work of a night may be done twice."""
        if sleeps:
            self.parties.now += timedelta(days=days)
        else:
            for _ in range(days):
                self.parties.now += timedelta(days=1)
                self.parties.night()
        self.parties.night(crash=crash)
        self.parties.night()
        assert self.parties.night() == []  # once more changes nothing

    @rule(which=st.sampled_from([0, 1]), state=st.sampled_from([*RetailerState, *[RetailerState.ACTIVE] * 6]))
    def a_retail_company_changes(self, which: int, state: RetailerState) -> None:
        with self.parties.act() as session:
            sellers(session)[which].state = state

    # What must be true, whatever has happened.

    @invariant()
    def one_contract_a_month(self) -> None:
        with self.parties.store.read() as session:
            taken = [
                month
                for row in session.scalars(select(Contract))
                for month in range(row.first_month, row.last_month + 1)
            ]
        assert len(taken) == len(set(taken))

    @invariant()
    def nobody_is_bound_without_every_word(self) -> None:
        with self.parties.store.read() as session:
            for row in session.scalars(select(Contract)):
                if row.renews_id is None:
                    self.was_agreed_to(session, row)
                else:
                    self.was_announced(session, row)

    @invariant()
    def no_word_is_lost_or_another_persons(self) -> None:
        with self.parties.store.read() as session:
            given = {(row.request_id, row.side): row for row in session.scalars(select(Consent)) if row.answer}
            for key, row in given.items():
                fact = session.get_one(Evidence, row.evidence_id)
                shown = row.request.shown
                assert fact.data["digest"] == hashlib.sha256(shown.encode()).hexdigest() == row.request.digest
                assert (fact.data["answer"], fact.data["side"], fact.who) == (row.answer, row.side, row.who)
                assert row.who in ASKED[row.retailer_id]
                assert row.at is not None and row.at <= row.request.deadline
                self.said.setdefault(key, row.answer)
            assert {key: given[key].answer for key in self.said} == self.said
            for number in {request_id for request_id, _ in given}:
                spoke = [hat(row.who) for (of, _), row in given.items() if of == number]
                assert len(spoke) == len(set(spoke))  # nobody speaks for two sides

    @invariant()
    def what_is_over_stays_over_and_changed_nothing_unless_agreed(self) -> None:
        with self.parties.store.read() as session:
            for row in session.scalars(select(Request)):
                if row.state != RequestState.OPEN:
                    assert self.over.setdefault(row.id, row.state) == row.state
                if row.state != RequestState.AGREED:
                    assert row.result_id is None
            assert set(self.over) <= {row.id for row in session.scalars(select(Request))}

    @invariant()
    def every_move_is_in_the_diagram(self) -> None:
        known = {(move.before, move.after) for move in CONTRACT_MOVES}
        with self.parties.store.read() as session:
            for row in session.scalars(select(Contract)):
                before, self.phases[row.id] = self.phases.get(row.id, ""), phase(row)
                assert before == phase(row) or (before, phase(row)) in known or self.passed(before, phase(row))

    @invariant()
    def a_month_that_has_begun_keeps_its_contract(self) -> None:
        with self.parties.store.read() as session:
            for month in range(months.month_of(local_day(BEGAN)), self.this_month + 1):
                row = contracts.holding(session, self.unit(session), month)
                if month in self.held:
                    assert row is not None and row.id == self.held[month]
                elif row is not None:
                    self.held[month] = row.id

    @invariant()
    def the_chain_holds(self) -> None:
        with self.parties.store.read() as session:
            assert broken_at(session) is None

    @invariant()
    def readiness_and_stage_say_the_same(self) -> None:
        with self.parties.store.read() as session:
            application = session.get_one(Application, 1)
            row = contracts.holding(session, self.unit(session), self.this_month)
            ready = readiness(session, application, self.this_month)
            assert ready.may_trade == (row is not None)
            if row is not None:
                assert application.stage == Stage.REGISTERED

    # Helpers.

    @property
    def this_month(self) -> int:
        return months.month_of(local_day(self.parties.now))

    @staticmethod
    def passed(before: str, after: str) -> bool:
        """Whether two moves lead there: in one step much may happen."""
        first = {move.after for move in CONTRACT_MOVES if move.before == before}
        return any(move.before in first and move.after == after for move in CONTRACT_MOVES)

    def unit(self, session: Session) -> str:
        return session.scalars(select(Request.unit_mark)).first() or ""

    def numbers(self, opened: bool = False) -> list[int]:
        with self.parties.store.read() as session:
            query = select(Request.id).order_by(Request.id)
            return list(session.scalars(query.where(Request.state == RequestState.OPEN) if opened else query))

    def asked(self, number: int) -> dict[Side, str]:
        """The sides that a request asks, and the first person of each."""
        with self.parties.store.read() as session:
            row = session.get_one(Request, number)
            return {Side(each.side): ASKED[each.retailer_id][0] for each in row.consents}

    def was_agreed_to(self, session: Session, row: Contract) -> None:
        of = session.scalars(select(Request).where(Request.result_id == row.id)).one()
        wanted = {Side.USER, *_SELLERS[RequestKind(of.kind)]}
        if of.kind == RequestKind.COMPANY and of.first_month <= term_when_asked(session, of):
            wanted.add(Side.OLD)  # whose contract ends before its time
        assert {each.side for each in of.consents if each.answer == "yes"} == wanted
        assert (row.first_month, row.version_id) == (of.first_month, of.version_id)

    def was_announced(self, session: Session, row: Contract) -> None:
        before = session.get_one(Contract, row.renews_id)
        decisive = months.last_day(before.last_month - 1)
        told = session.scalars(select(ContractNotice).where(ContractNotice.contract_id == before.id)).all()
        assert any(local_day(each.at) <= decisive for each in told)
        assert (row.first_month, row.terms) == (before.last_month + 1, before.terms)


def hat(who: str) -> str:
    """The person behind a contact or a login."""
    return {"staff:2": "contact:3", "staff:4": "contact:4", "staff:5": "contact:5"}.get(who, who)


def term_when_asked(session: Session, of: Request) -> int:
    """The last month that the old contract had when the request was made, as the evidence tells it."""
    asked = about(session, "contract_request", of.id, "contract_asked")[0].id
    kept = about(session, "contract", of.contract_id or 0, "contract_made", "contract_ended")
    return [months.parse(fact.data["months"][1]) for fact in kept if fact.id < asked][-1]


def about(session: Session, kind: str, number: int, *what: str) -> list[Evidence]:
    """The facts about one thing, oldest first."""
    query = select(Evidence).where(Evidence.about_kind == kind, Evidence.about_id == number, Evidence.what.in_(what))
    return list(session.scalars(query.order_by(Evidence.id)))


Life.TestCase.settings = FINE
TestLife = Life.TestCase
