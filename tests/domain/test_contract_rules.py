"""The rules of contracts one by one: who may speak, what is kept of it, what becomes of a contract at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from domain.contracts import contracts, expiry, requests
from domain.contracts.tables import (
    Contract,
    ContractNotice,
    ContractState,
    Request,
    RequestKind,
    RequestState,
    Side,
    Why,
)
from domain.contracts.wishes import NotPossible
from domain.evidence import Evidence, broken_at
from domain.market import months
from domain.market.readiness import readiness
from domain.market.retailers import RetailerState
from domain.messages.messages import OutboundMessage
from domain.people.contacts import SMS, address_of
from domain.registration.applications import Application, Stage
from domain.workdays import local_day
from tests.support.parties import BEGAN, FIRST, SECOND, Parties, sellers

DECEMBER = months.month(2026, 12)
USER, COLLEAGUE, ZHANG, LIN, BOTH_HATS = "contact:1", "contact:2", "contact:3", "contact:4", "contact:5"


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[Parties]:
    made = Parties(tmp_path)
    yield made
    made.close()


def asked(parties: Parties) -> int:
    """The user has asked the first company for a contract, and signed."""
    number = parties.propose(RequestKind.BIND, "P1001", Side.USER, USER)
    parties.answer(number, Side.USER, USER)
    return number


def state(parties: Parties, number: int) -> str:
    with parties.store.read() as session:
        return session.get_one(Request, number).state


def all_contracts(parties: Parties) -> list[Contract]:
    with parties.store.read() as session:
        return list(session.scalars(select(Contract).order_by(Contract.id)))


def stage(parties: Parties) -> str:
    with parties.store.read() as session:
        return session.get_one(Application, 1).stage


def tries(parties: Parties) -> list[str]:
    """Who was refused, as the evidence has it."""
    with parties.store.read() as session:
        query = select(Evidence).where(Evidence.what == "contract_answer_refused").order_by(Evidence.id)
        return [fact.who for fact in session.scalars(query)]


def change(parties: Parties, which: int, to: RetailerState) -> None:
    with parties.act() as session:
        sellers(session)[which].state = to


def told(parties: Parties, contact_id: int) -> list[str]:
    """What was written to a contact's phone."""
    with parties.store.read() as session:
        rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
        return [str(row.body) for row in rows if row.address.contact_id == contact_id]


def phone(parties: Parties, contact_id: int) -> None:
    """The contact can be reached by SMS."""
    with parties.act() as session:
        made = address_of(session, SMS, f"1390000000{contact_id}", parties.now)
        made.contact_id, made.verified_at = contact_id, parties.now


def test_with_the_first_contract_a_user_is_registered_and_hears_from_when_on_it_may_trade(parties: Parties) -> None:
    phone(parties, 1)
    number = asked(parties)
    with parties.store.read() as session:
        ready = readiness(session, session.get_one(Application, 1), DECEMBER)
    assert not ready.may_trade and "尚未注册完成，暂不能开展业务" in ready.why
    assert "注册完毕，2026年12月起可交易" in parties.answer(number, Side.NEW, ZHANG)
    assert stage(parties) == Stage.REGISTERED
    assert any("注册完毕，2026年12月起可交易" in text for text in told(parties, 1))
    with parties.store.read() as session:
        application = session.get_one(Application, 1)
        assert not readiness(session, application, DECEMBER - 1).may_trade
        assert readiness(session, application, DECEMBER).may_trade


@pytest.mark.parametrize(
    ("side", "who"),
    [
        (Side.NEW, LIN),  # of another company
        (Side.NEW, "contact:6"),  # of none
        (Side.NEW, "staff:1"),  # the trading centre's
        (Side.OLD, ZHANG),  # a side that is not asked
    ],
)
def test_who_may_not_speak_for_a_side_is_refused_and_that_it_was_tried_is_kept(
    parties: Parties, side: Side, who: str
) -> None:
    number = asked(parties)
    parties.answer(number, side, who)
    assert (state(parties, number), all_contracts(parties), tries(parties)) == (RequestState.OPEN, [], [who])


def test_a_colleague_who_may_only_handle_does_not_sign(parties: Parties) -> None:
    number = parties.propose(RequestKind.BIND, "P1001", Side.USER, USER)
    assert "能代表那一方签署的人" in parties.answer(number, Side.USER, COLLEAGUE)
    assert tries(parties) == [COLLEAGUE]


@pytest.mark.parametrize("other_hat", ["contact:5", "staff:5"])
def test_who_asked_for_the_user_cannot_accept_for_the_retail_company_under_another_hat(
    parties: Parties, other_hat: str
) -> None:
    number = parties.propose(RequestKind.BIND, "P2001", Side.USER, BOTH_HATS)
    parties.answer(number, Side.USER, BOTH_HATS)
    assert "不能再替另一方答复" in parties.answer(number, Side.NEW, other_hat)
    assert (all_contracts(parties), tries(parties)) == ([], [other_hat])
    assert "已办好" in parties.answer(number, Side.NEW, LIN)


def test_a_company_that_may_not_sell_cannot_agree_but_it_may_refuse(parties: Parties) -> None:
    number = asked(parties)
    change(parties, 0, RetailerState.SUSPENDED)
    assert "现在不能签新合同" in parties.answer(number, Side.NEW, ZHANG)
    assert (state(parties, number), tries(parties)) == (RequestState.OPEN, [ZHANG])
    parties.answer(number, Side.NEW, ZHANG, yes=False)
    assert state(parties, number) == RequestState.REFUSED


def test_the_same_answer_twice_counts_once(parties: Parties) -> None:
    number = asked(parties)
    assert "已经答复过“同意”" in parties.answer(number, Side.USER, USER, yes=False)
    parties.answer(number, Side.NEW, ZHANG)
    assert "已经了结" in parties.answer(number, Side.NEW, ZHANG)
    assert len(all_contracts(parties)) == 1


def test_a_crash_before_the_end_leaves_neither_the_word_nor_the_contract(parties: Parties) -> None:
    number = asked(parties)
    parties.answer(number, Side.NEW, ZHANG, crash=True)
    assert (state(parties, number), all_contracts(parties), stage(parties)) == (
        RequestState.OPEN,
        [],
        Stage.AWAITING_RETAILER,
    )
    assert "已办好" in parties.answer(number, Side.NEW, ZHANG)


def test_a_user_who_has_left_the_retail_market_meanwhile_is_not_bound(parties: Parties) -> None:
    number = asked(parties)
    with parties.act() as session:
        session.get_one(Application, 1).stage = Stage.AWAITING_CERTIFICATE
    assert "用户已不在零售市场" in parties.answer(number, Side.NEW, ZHANG)
    assert (state(parties, number), all_contracts(parties)) == (RequestState.SUPERSEDED, [])


def test_what_was_not_signed_by_its_own_side_is_nobody_elses_news(parties: Parties) -> None:
    phone(parties, 1)
    phone(parties, 3)
    parties.propose(RequestKind.BIND, "P1001", Side.USER, USER)
    parties.nights(9)
    assert any("没有在期限内答复" in text for text in told(parties, 1))
    assert told(parties, 3) == []


def test_of_two_proposals_both_are_shown_and_the_people_of_the_other_hear_that_it_is_over(parties: Parties) -> None:
    phone(parties, 3)
    phone(parties, 4)
    first = asked(parties)
    second = parties.propose(RequestKind.BIND, "P2001", Side.USER, USER)
    parties.answer(second, Side.USER, USER)
    assert "同时还有：签订零售合同，内容：滇源售电" in "".join(told(parties, 4)).replace("\\n", "\n")
    parties.answer(second, Side.NEW, LIN)
    assert (state(parties, first), state(parties, second)) == (RequestState.SUPERSEDED, RequestState.AGREED)
    assert any("没有办成" in text for text in told(parties, 3))
    assert len(all_contracts(parties)) == 1


def test_an_early_end_leaves_this_month_alone_and_afterwards_the_user_chooses_again(parties: Parties) -> None:
    parties.bound()
    parties.until(2027, 3, 10)
    number = parties.propose(RequestKind.END, "", Side.USER, USER, inside=True)
    parties.answer(number, Side.USER, USER)
    parties.answer(number, Side.OLD, ZHANG)
    (row,) = all_contracts(parties)
    assert (row.last_month, row.why_ended) == (months.month(2027, 3), Why.TERMINATED)
    parties.nights(20)
    assert stage(parties) == Stage.REGISTERED  # it is still March
    parties.nights(3)
    (row,) = all_contracts(parties)
    assert (row.state, row.why_ended, stage(parties)) == (ContractState.ENDED, Why.TERMINATED, Stage.AWAITING_RETAILER)
    with parties.store.read() as session:
        ready = readiness(session, session.get_one(Application, 1), months.month(2027, 4))
    assert not ready.may_trade and "暂不能开展业务" in ready.why


@pytest.mark.parametrize("gone", [RetailerState.LICENCE_LOST, RetailerState.LEFT])
def test_the_contracts_of_a_company_that_is_gone_end_with_the_month(parties: Parties, gone: RetailerState) -> None:
    phone(parties, 1)
    parties.bound()
    parties.until(2027, 3, 10)
    change(parties, 0, gone)
    assert parties.night() == ["ended"]
    assert parties.night() == []
    (row,) = all_contracts(parties)
    assert (row.last_month, row.why_ended) == (months.month(2027, 3), Why.RETAILER_GONE)
    assert any("请另选" in text for text in told(parties, 1))
    other = parties.propose(RequestKind.BIND, "P2001", Side.USER, USER)
    parties.answer(other, Side.USER, USER)
    parties.answer(other, Side.NEW, LIN)
    parties.nights(23)
    assert stage(parties) == Stage.REGISTERED
    assert [each.first_month for each in all_contracts(parties)] == [DECEMBER, months.month(2027, 4)]


def test_the_end_is_told_three_times_the_decisive_one_a_whole_month_before(parties: Parties) -> None:
    parties.bound()  # to the end of November 2027
    parties.until(2027, 9, 1)
    parties.nights(90)
    with parties.store.read() as session:
        rows = session.scalars(select(ContractNotice).order_by(ContractNotice.id)).all()
        days = expiry.days_of(session, months.month(2027, 11))
    assert [(each.step, local_day(each.at)) for each in rows] == [
        ("before", days.before),
        ("decisive", months.last_day(months.month(2027, 10))),
        ("last", days.last),
    ]
    assert days.before < days.decisive < days.last


def test_a_night_that_was_missed_is_made_up_and_nothing_is_done_twice(parties: Parties) -> None:
    parties.bound()
    parties.until(2027, 10, 31)
    assert parties.night() == ["told"]
    assert parties.night() == []
    parties.until(2027, 12, 5)  # the desk slept over the end
    assert parties.night() == ["renewed"]
    assert parties.night() == ["over"]
    assert parties.night() == []
    first, second = all_contracts(parties)
    assert (second.renews_id, second.first_month, first.why_ended) == (first.id, first.last_month + 1, Why.RENEWED)


def test_who_is_told_too_late_is_told_at_once_that_silence_renews_nothing(parties: Parties) -> None:
    phone(parties, 1)
    parties.bound()
    parties.until(2027, 11, 2)
    assert parties.night() == ["stopped"]
    assert any("没有按期提前告知" in text for text in told(parties, 1))
    assert not any("按现在的条款续签" in text for text in told(parties, 1))


def test_in_its_last_month_a_contract_is_followed_not_doubled(parties: Parties) -> None:
    """A first contract beside the one that silence would renew: two would begin in one month."""
    parties.bound()
    parties.until(2027, 10, 20)
    parties.nights(15)
    with pytest.raises(NotPossible):
        parties.propose(RequestKind.BIND, "P2001", Side.USER, USER)
    number = parties.propose(RequestKind.COMPANY, "P2001", Side.USER, USER)
    parties.answer(number, Side.USER, USER)
    parties.answer(number, Side.NEW, LIN)
    parties.nights(40)
    assert [each.retailer_id for each in all_contracts(parties)] == [1, 2]


def test_while_a_change_is_open_silence_renews_nothing_and_renews_when_it_has_lapsed(parties: Parties) -> None:
    parties.bound()
    parties.until(2027, 10, 20)
    parties.nights(38)
    number = parties.propose(RequestKind.COMPANY, "P2001", Side.USER, USER)
    parties.answer(number, Side.USER, USER)
    parties.nights(3)
    assert (local_day(parties.now), len(all_contracts(parties))) == (months.last_day(months.month(2027, 11)), 1)
    parties.nights(1)
    assert state(parties, number) == RequestState.LAPSED
    assert [each.renews_id for each in all_contracts(parties)] == [None, 1]


def test_the_store_itself_takes_no_second_contract_from_a_month_and_no_word_without_evidence(parties: Parties) -> None:
    parties.bound()
    (row,) = all_contracts(parties)
    for change_ in (
        "UPDATE contracts SET last_month = first_month - 2",
        "UPDATE contract_consents SET evidence_id = NULL",
        "INSERT INTO contracts (number, application_id, company_mark, unit_kind, unit_mark, retailer_id, version_id,"
        " terms, first_month, last_month, state, why_ended, renewal, signed_at) SELECT 'HT2', application_id,"
        " company_mark, unit_kind, unit_mark, retailer_id, version_id, terms, first_month, last_month, state,"
        " why_ended, renewal, signed_at FROM contracts",
    ):
        with pytest.raises(IntegrityError), parties.act() as session:
            session.execute(text(change_))
    assert all_contracts(parties)[0].last_month == row.last_month


def test_two_contracts_never_hold_in_one_month(parties: Parties) -> None:
    parties.bound()
    with pytest.raises(contracts.Overlap), parties.act() as session:
        row = session.scalars(select(Contract)).one()
        term = (row.last_month, row.last_month + 11)
        contracts.make(session, row.application, ("account", row.unit_mark), row.version, term, "system", BEGAN)


def test_a_word_that_is_changed_afterwards_breaks_the_chain(parties: Parties) -> None:
    parties.bound()
    with parties.act() as session:
        fact = session.scalars(select(Evidence).where(Evidence.what == "contract_consent")).first()
        fact.data = fact.data | {"answer": "no"}
        number = fact.id
    with parties.store.read() as session:
        assert broken_at(session) == number


def test_a_change_of_what_was_shown_stops_the_answer(parties: Parties) -> None:
    number = asked(parties)
    with parties.act() as session:
        row = session.get_one(Request, number)
        row.shown = row.shown.replace("385.50", "335.50")
    assert "核对不上" in parties.answer(number, Side.NEW, ZHANG)
    assert all_contracts(parties) == []


def test_the_evidence_of_a_word_names_the_rules_that_it_was_given_under(parties: Parties) -> None:
    parties.bound()
    with parties.store.read() as session:
        fact = session.scalars(select(Evidence).where(Evidence.what == "contract_consent")).first()
    assert "contract" in fact.data["rules"]["second_factor_for"].split(",")
    assert fact.data["version"] and fact.data["shown"] and fact.data["message"]


def test_the_retail_company_may_propose_and_the_user_answers(parties: Parties) -> None:
    parties.bound()
    parties.until(2027, 3, 1)
    number = parties.propose(RequestKind.PACKAGE, "P1002", Side.OLD, ZHANG, inside=True)
    parties.answer(number, Side.OLD, ZHANG)
    assert "已办好" in parties.answer(number, Side.USER, USER)
    old, new = all_contracts(parties)
    assert (old.why_ended, new.last_month) == (Why.CHANGED, DECEMBER + 11)
    with parties.store.read() as session:
        assert requests.open_of_unit(session, new.unit_mark) == []


def test_everybody_of_a_company_may_answer_by_chat_or_on_the_console(parties: Parties) -> None:
    for who in (*FIRST, *SECOND):
        number = parties.propose(RequestKind.BIND, "P1001" if who in FIRST else "P2001", Side.USER, USER)
        parties.answer(number, Side.USER, USER)
        parties.answer(number, Side.NEW, who, yes=False)
        assert state(parties, number) == RequestState.REFUSED
