"""Ways of deciding, the whole way by chat: people, the rules, or the rules but for certain cases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import jobs
from domain.evidence import Evidence, broken_at
from domain.people.staff import Organisation, OrganisationKind, Role, Staff
from domain.registration.applications import Stage
from domain.review import automatic
from domain.review.modes import Mode, mode_of
from domain.rules.rules import Rule, create
from domain.settings import SettingValue
from domain.sources.lookups import Where
from tests.support.console import newest, submitted
from tests.support.tenants import OWNER, OWNERS_PHONE, tenant_submitted
from tests.support.world import World, approve_newest


@pytest.fixture
def office(world: World) -> World:
    """A bureau and the centre have their people."""
    world.staff("zhao", Role.HANDLER, "053001")
    world.staff("zhou", Role.ADMINISTRATOR)
    return world


def set_mode(world: World, kind: OrganisationKind, mode: Mode | None, *, waiting_too: bool = False) -> int:
    """An administrator changes the mode of the bureau or of the centre."""
    with world.app.store.write() as session:
        who = session.scalars(select(Staff).where(Staff.login == "zhou")).one()
        place = session.scalars(select(Organisation).where(Organisation.kind == kind)).one()
        return automatic.switch(session, place.id, kind, mode, waiting_too, who, world.now)


def both(world: World, mode: Mode) -> None:
    for kind in (OrganisationKind.BUREAU, OrganisationKind.CENTRE):
        set_mode(world, kind, mode)


def test_by_default_people_decide(office: World) -> None:
    submitted(office)
    office.wait(minutes=5)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.BUREAU_REVIEW


def test_where_both_are_automatic_the_answer_says_so_honestly(office: World) -> None:
    """One word, and the application is through; steps, evidence and SMS say that the system did it."""
    both(office, Mode.AUTOMATIC)
    office.filled_in()
    assert "系统自动审核通过。下一步：请选择批发市场或零售市场" in office.say("1")
    it = newest(office)
    assert it.stage == Stage.AWAITING_MARKET
    assert [(step.mode, step.staff_id, step.decision) for step in it.steps[1:3]] == [
        ("automatic", None, "approved")
    ] * 2
    assert all(step.organisation_id for step in it.steps[1:3])
    assert "已由系统自动审核通过" in office.sms.texts()[-1]
    with office.app.store.read() as session:
        rows = session.scalars(select(Evidence).where(Evidence.what == "approved")).all()
        assert [(row.who, row.data["mode"]) for row in rows] == [("system", "automatic")] * 2
        assert broken_at(session) is None


def test_after_an_automatic_bureau_a_manual_centre_decides(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    office.filled_in()
    assert "供电局环节由系统自动审核通过，现在由交易中心审核" in office.say("1")
    assert newest(office).stage == Stage.CENTRE_REVIEW
    approve_newest(office, "zhou")
    assert newest(office).stage == Stage.AWAITING_MARKET


def test_after_a_person_the_rules_wait_until_it_can_no_longer_be_taken_back(office: World) -> None:
    set_mode(office, OrganisationKind.CENTRE, Mode.AUTOMATIC)
    submitted(office)
    approve_newest(office, "zhao")
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW
    office.wait(seconds=61)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.AWAITING_MARKET


def test_certain_cases_go_to_a_person_with_the_reason(office: World) -> None:
    """The registry was down."""
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC_BUT)
    office.sources.down |= {Where.REGISTRY, Where.TIANYANCHA}
    submitted(office)
    it = newest(office)
    assert it.stage == Stage.BUREAU_REVIEW
    assert "数据源暂时连不上" in (it.steps[-1].for_person or "")


def test_without_a_special_case_they_are_decided_by_the_rules(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC_BUT)
    submitted(office)
    assert newest(office).stage == Stage.CENTRE_REVIEW


@pytest.mark.parametrize("mode", [Mode.AUTOMATIC, Mode.AUTOMATIC_BUT])
def test_a_rule_that_wants_a_person_gets_one(office: World, mode: Mode) -> None:
    set_mode(office, OrganisationKind.BUREAU, mode)
    office.sources.phones.clear()
    with office.app.store.write() as session:
        session.scalars(select(Rule).where(Rule.condition.contains("phone_name"))).first().needs_person = True
    submitted(office)
    it = newest(office)
    assert it.stage == Stage.BUREAU_REVIEW
    assert "联系人名下" in (it.steps[-1].for_person or "")
    approve_newest(office, "zhao")
    assert newest(office).steps[-2].mode == Mode.MANUAL


def test_a_rule_that_cannot_be_worked_out_passes_nobody_unseen(office: World) -> None:
    """An administrator compares a day that may be missing, and forgets to say so."""
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    with office.app.store.write() as session:
        words = {"condition": "lease_days_left < 30", "severity": "hint", "problem": "租期", "suggestion": "请看"}
        zhou = session.scalars(select(Staff).where(Staff.login == "zhou")).one()
        create(session, "租期快到了", words, zhou.id, office.now)
    submitted(office)
    it = newest(office)
    assert it.stage == Stage.BUREAU_REVIEW
    assert "规则“租期快到了”无法判断" in (it.steps[-1].for_person or "")


def test_a_source_that_is_down_is_waited_for(office: World) -> None:
    """The registry is down: nothing is decided on half the facts; when it is back, the job decides."""
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    office.sources.down |= {Where.REGISTRY, Where.TIANYANCHA}
    office.filled_in()
    office.say("1")
    assert newest(office).stage == Stage.BUREAU_REVIEW
    office.sources.down.clear()
    jobs.catch_up(office.app)
    office.wait(seconds=61)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW


def test_what_waits_stays_with_people_unless_the_administrator_says_so(office: World) -> None:
    submitted(office)
    office.wait(minutes=2)
    assert set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC) == 0
    jobs.tend(office.app)
    assert newest(office).stage == Stage.BUREAU_REVIEW
    assert set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC, waiting_too=True) == 1
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW


def test_switched_back_to_people_nothing_is_decided_by_rules_any_more(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    office.sources.down |= {Where.REGISTRY, Where.TIANYANCHA}
    submitted(office)
    set_mode(office, OrganisationKind.BUREAU, Mode.MANUAL)
    office.sources.down.clear()
    jobs.catch_up(office.app)
    office.wait(minutes=3)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.BUREAU_REVIEW


def test_the_default_is_a_setting_that_a_bureau_of_its_own_does_not_follow(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.MANUAL)
    with office.app.store.write() as session:
        session.merge(SettingValue(name="review_mode_bureau", value="自动审核"))
    submitted(office)
    assert newest(office).stage == Stage.BUREAU_REVIEW
    with office.app.store.write() as session:
        other = Organisation(kind=OrganisationKind.BUREAU, code="053099", name="另一家")
        session.add(other)
        session.flush()
        assert mode_of(session, other.id) == Mode.AUTOMATIC


@pytest.mark.parametrize("mode", [Mode.AUTOMATIC, Mode.AUTOMATIC_BUT])
def test_the_rules_wait_for_the_owner_who_was_asked_and_silence_is_enough(office: World, mode: Mode) -> None:
    set_mode(office, OrganisationKind.BUREAU, mode)
    tenant_submitted(office)
    office.wait(hours=23)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.BUREAU_REVIEW
    office.wait(hours=2)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW


def test_an_owner_who_knows_of_it_lets_the_rules_decide_at_once(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    tenant_submitted(office)
    office.sms_in("知道了", phone=OWNERS_PHONE)
    office.wait(seconds=61)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW


def test_an_owner_who_cannot_be_told_is_not_waited_for(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    office.sms_in("TD", phone=OWNERS_PHONE)
    tenant_submitted(office)
    office.wait(seconds=61)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW


def test_nobody_waits_for_parties_where_the_setting_says_so(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    with office.app.store.write() as session:
        session.add(SettingValue(name="auto_party_days", value=0))
    tenant_submitted(office)
    office.wait(seconds=61)
    jobs.tend(office.app)
    assert newest(office).stage == Stage.CENTRE_REVIEW


def test_an_objection_goes_to_a_person_even_where_rules_decide_everything(office: World) -> None:
    set_mode(office, OrganisationKind.BUREAU, Mode.AUTOMATIC)
    tenant_submitted(office)
    office.sms_in("有异议", phone=OWNERS_PHONE)
    office.wait(days=2)
    jobs.tend(office.app)
    it = newest(office)
    assert it.stage == Stage.BUREAU_REVIEW
    assert f"{OWNER.name}提出了异议" in (it.steps[-1].for_person or "")
