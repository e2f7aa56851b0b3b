"""Judging many orders: what they share is read once, and still nothing is judged by what held a moment ago."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.people.staff import OrganisationKind, Role, organisation
from domain.registration.applications import Application, Stage
from domain.rules.facts import facts_of
from domain.rules.rules import Rule, Severity, edit, judge
from domain.workdays import local_day
from tests.support.console import submitted
from tests.support.orders import more_orders
from tests.support.statements import counted
from tests.support.world import ACCOUNT, COMPANY, PHONE, World


def whole(session: Session) -> list[Application]:
    """Every application with all that hangs on it, so that only judging asks anything."""
    found = list(session.scalars(select(Application).order_by(Application.id)))
    for each in found:
        assert each.values and each.steps and each.photos and each.bureau
    return found


def names(session: Session, application: Application, world: World) -> set[str]:
    return {each.rule for each in judge(session, application, local_day(world.now))}


def always(name: str = "总是") -> Rule:
    return Rule(name=name, condition="true", severity=Severity.BLOCKING, problem="问题", suggestion="建议")


def test_one_order_more_is_one_question_more(world: World) -> None:
    submitted(world)
    more_orders(world, 4)
    with world.app.store.read() as session:
        first, *others = whole(session)
        names(session, first, world)
        with counted(world) as asked:
            for each in others:
                names(session, each, world)
    assert len(asked) == len(others)


def test_a_rule_changed_in_the_same_transaction_judges_at_once(world: World) -> None:
    submitted(world)
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        (application,) = whole(session)
        assert "容量缺失" not in names(session, application, world)
        rule = session.scalars(select(Rule).where(Rule.name == "容量缺失")).one()
        edit(session, rule.id, {"condition": "capacity_kva > 0"}, administrator, world.now)
        assert "容量缺失" in names(session, application, world)
        rule.active = False
        assert "容量缺失" not in names(session, application, world)
        session.add(always())
        assert "总是" in names(session, application, world)


def test_a_rule_that_was_taken_back_judges_no_more(world: World) -> None:
    submitted(world)
    with world.app.store.write() as session:
        (application,) = whole(session)
        taken_back = session.begin_nested()
        session.add(always())
        assert "总是" in names(session, application, world)
        taken_back.rollback()
        assert "总是" not in names(session, application, world)


def test_a_company_that_becomes_a_retailer_is_known_as_one_at_once(world: World) -> None:
    submitted(world)
    with world.app.store.write() as session:
        (application,) = whole(session)
        today = local_day(world.now)
        assert facts_of(session, application, today)["is_retailer"] is False
        organisation(session, OrganisationKind.RETAILER, "R001", COMPANY.name)
        assert facts_of(session, application, today)["is_retailer"] is True


def test_what_became_of_another_order_is_seen_by_the_next_one(world: World) -> None:
    """Two orders of one account, in one transaction: the second is judged by what the first is now."""
    submitted(world)
    more_orders(world, 1)
    with world.app.store.write() as session:
        first, second = whole(session)
        second.account_mark = first.account_mark
        today = local_day(world.now)
        seen = {name: facts_of(session, first, today)[name] for name in ("account_registered", "account_also_drafted")}
        assert seen == {"account_registered": True, "account_also_drafted": False}
        second.stage = Stage.RETURNED
        seen = {name: facts_of(session, first, today)[name] for name in ("account_registered", "account_also_drafted")}
        assert seen == {"account_registered": False, "account_also_drafted": True}
        second.stage = Stage.CANCELLED
        assert not facts_of(session, first, today)["account_registered"]


def test_other_companies_with_the_same_phone_are_counted_though_the_own_code_is_not_known(world: World) -> None:
    submitted(world)
    more_orders(world, 1)
    with world.app.store.write() as session:
        first, second = whole(session)
        first.phone_mark = second.phone_mark = "a phone"
        today = local_day(world.now)
        assert facts_of(session, first, today)["phone_companies"] == 0
        first.code_mark = None
        assert facts_of(session, first, today)["phone_companies"] == 1


def test_a_turn_judges_once_also_where_it_shows_the_whole_application_and_where_it_hands_it_in(world: World) -> None:
    """Each message of a registration, down to the last two; what judging asks of the store counts the times."""
    steps = ("我要注册", "photo", "1", ACCOUNT, "王芳", PHONE, "code", "确认提交")
    judged = []
    for step in steps:
        with counted(world) as asked:
            text = world.code() if step == "code" else step
            world.photo() if step == "photo" else world.say(text)
        judged.append(sum("account_registered" in statement for statement in asked))
    assert judged == [0, 1, 0, 1, 1, 1, 1, 1]
