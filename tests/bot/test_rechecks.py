"""What the sources say after an application was handed in: asked again before its approval and in the background,
shown to whoever reviews, and judged by the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from bot.rechecks import recheck, recheck_due
from domain.evidence import Evidence
from domain.people.staff import Role
from domain.registration import provenance
from domain.registration.applications import Application, Source, Stage
from domain.rules.rules import Severity
from domain.settings import SettingValue
from domain.sources import ages, rechecks
from domain.sources.facts import AccountStatus, CompanyStatus
from domain.sources.lookups import Facts, Lookup, Where
from domain.sources.records import SourceRecord, keep, newest
from tests.support.console import Visitor, submitted
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, World, reading


def changes(world: World) -> list[tuple[str, str, str]]:
    with world.app.store.read() as session:
        application = session.scalars(select(Application)).one()
        return [(row.name, row.old, row.new) for row in rechecks.changes_of(session, application)]


def stopping(world: World) -> list[str]:
    with world.app.store.read() as session:
        found = rechecks.since_submission(session, session.scalars(select(Application)).one(), world.now)
        return [each.rule for each in found if each.severity == Severity.BLOCKING]


def days_later(world: World, days: int) -> None:
    world.now += timedelta(days=days)


def test_a_hot_turn_in_which_nothing_was_asked_keeps_nothing(world: World) -> None:
    """And one that asked keeps its answers in its own transaction."""
    world.say("我要注册")
    with world.app.store.read() as session:
        assert session.scalars(select(SourceRecord)).all() == []
    world.photo()
    with world.app.store.read() as session:
        kept = session.scalars(select(SourceRecord.source).order_by(SourceRecord.source)).all()
    assert kept == ["registry", "registry_name"]


def test_the_second_account_of_a_company_asks_the_registry_no_more(world: World) -> None:
    submitted(world)
    asked = len(world.sources.asked)
    world.say("登记另一家")
    world.photo()
    assert [each.where for each in world.sources.asked[asked:]] == []


def test_within_the_day_nothing_is_asked_again(world: World) -> None:
    application_id = submitted(world)
    asked = len(world.sources.asked)
    world.now += timedelta(hours=23)
    assert recheck(world.app, [application_id]) == {}
    recheck_due(world.app)
    assert len(world.sources.asked) == asked


def test_an_account_that_was_closed_since_is_found_and_stops_the_approval(world: World) -> None:
    application_id = submitted(world)
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, status=AccountStatus.CLOSED)
    days_later(world, 2)
    found = recheck(world.app, [application_id])
    assert [each.words() for each in found[application_id]] == ["户号状态：在用 → 已销户"]
    assert changes(world) == [("户号状态", "在用", "已销户")]
    assert stopping(world) == ["户号已销户"]
    with world.app.store.read() as session:
        assert "source_changed" in session.scalars(select(Evidence.what)).all()


def test_a_company_that_was_revoked_and_has_another_head_is_found(world: World) -> None:
    application_id = submitted(world)
    world.sources.companies[CODE] = replace(COMPANY, status=CompanyStatus.REVOKED, legal_person="赵建国")
    days_later(world, 2)
    recheck(world.app, [application_id])
    assert set(changes(world)) == {("企业状态", "存续", "吊销"), ("法定代表人", "李国强", "赵建国")}
    assert stopping(world)


def test_whatever_names_the_company_or_its_account_is_looked_at(world: World) -> None:
    """Another owner of the meter, another head, another end: each is shown with what it was."""
    application_id = submitted(world)
    moved = {"name": "昆明别家有限公司", "uscc": "91530100MA6K5C2M9A", "address": "云南省昆明市官渡区彩云北路1号"}
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, **moved, bureau_name="曲靖供电局")
    term, place = "2016-05-12至2026-11-30", "云南省曲靖市麒麟区建设路2号"
    world.sources.companies[CODE] = replace(COMPANY, name="昆明滇星重工有限公司", term=term, address=place)
    days_later(world, 2)
    recheck(world.app, [application_id])
    said = {"户名", "户号登记的代码", "用电地址", "供电单位", "企业名称", "营业期限", "住所"}
    assert {label for label, _, _ in changes(world)} == said
    with world.app.store.write() as session:
        session.get_one(Application, application_id).submitted_at = world.now + timedelta(seconds=1)
    assert changes(world) == [], "what was known when it was handed in again is no news"


def test_what_was_known_at_the_submission_is_no_new_problem(world: World) -> None:
    world.sources.phones = {}
    application_id = submitted(world)
    days_later(world, 2)
    recheck(world.app, [application_id])
    with world.app.store.read() as session:
        it = session.get_one(Application, application_id)
        assert "手机与姓名不符" in [each["rule"] for each in it.steps[-1].problems]
        assert rechecks.since_submission(session, it, world.now) == []


def test_a_capacity_that_changed_counts_from_then_on(world: World) -> None:
    """At 250 kVA there is no choice of market."""
    application_id = submitted(world)
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, capacity_kva=ARCHIVE.capacity_kva / 2)  # type: ignore[operator]
    days_later(world, 2)
    recheck(world.app, [application_id])
    assert changes(world) == [("受电容量（千伏安）", "630", "315")]
    with world.app.store.read() as session:
        assert session.scalars(select(Application)).one().value("capacity_kva") == "315"


def test_an_account_that_is_gone_is_a_change(world: World) -> None:
    application_id = submitted(world)
    del world.sources.accounts[ACCOUNT]
    days_later(world, 2)
    recheck(world.app, [application_id])
    assert changes(world) == [("户号状态", "在用", rechecks.GONE)]


def test_nothing_new_is_no_change_and_the_data_is_young_again(world: World) -> None:
    application_id = submitted(world)
    days_later(world, 2)
    with world.app.store.read() as session:
        assert ages.notes(session.get_one(Application, application_id), world.now) == [
            "营销系统2天前的数据",
            "工商登记2天前的数据",
        ]
    assert recheck(world.app, [application_id]) == {}
    with world.app.store.read() as session:
        assert ages.notes(session.get_one(Application, application_id), world.now) == []
        assert rechecks.stale(session, session.get_one(Application, application_id), world.now) == []


def test_a_source_that_is_down_says_nothing_and_is_asked_again_soon(world: World) -> None:
    application_id = submitted(world)
    days_later(world, 2)
    world.sources.down = {Where.MARKETING}
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, status=AccountStatus.CLOSED)
    assert recheck(world.app, [application_id]) == {}
    with world.app.store.read() as session:
        assert rechecks.silent(session, session.get_one(Application, application_id)) == ["marketing"]
        assert rechecks.due(session, world.now) == []
    world.sources.down = set()
    world.now += timedelta(minutes=11)
    recheck_due(world.app)
    assert changes(world) == [("户号状态", "在用", "已销户")]
    with world.app.store.read() as session:
        assert rechecks.silent(session, session.get_one(Application, application_id)) == []


def test_tianyancha_in_the_registrys_place_makes_no_false_changes(world: World) -> None:
    """It writes terms and addresses in its own way; what it leaves out stays as the registry said it."""
    application_id = submitted(world)
    days_later(world, 2)
    world.sources.down = {Where.REGISTRY}
    world.sources.companies[CODE] = replace(COMPANY, term="", address="云南昆明西山区", capital="", scope="")
    assert recheck(world.app, [application_id]) == {}
    with world.app.store.read() as session:
        assert session.scalars(select(Application)).one().value("address") == COMPANY.address


def test_that_tianyancha_knows_nothing_in_the_registrys_place_takes_no_company_away(world: World) -> None:
    """It knows fewer companies. The registry is asked again soon, and what it said before counts until then."""
    application_id = submitted(world)
    days_later(world, 2)
    world.sources.down = {Where.REGISTRY}
    del world.sources.companies[CODE]
    assert recheck(world.app, [application_id]) == {}
    assert (changes(world), stopping(world)) == ([], [])
    with world.app.store.read() as session:
        application = session.get_one(Application, application_id)
        assert (application.facts or {})["company"]["name"] == COMPANY.name
        assert rechecks.silent(session, application) == ["registry"]


def test_the_background_asks_about_each_order_once_a_day(world: World) -> None:
    submitted(world)
    days_later(world, 1)
    before = len(world.sources.asked)
    recheck_due(world.app)
    recheck_due(world.app)
    assert [each.where for each in world.sources.asked[before:]] == [Where.MARKETING, Where.REGISTRY]


def test_a_switch_turns_it_off(world: World) -> None:
    application_id = submitted(world)
    with world.app.store.write() as session:
        session.add(SettingValue(name="recheck", value=False))
    days_later(world, 9)
    before = len(world.sources.asked)
    recheck_due(world.app)
    assert recheck(world.app, [application_id]) == {}
    assert len(world.sources.asked) == before


def test_what_is_approved_is_not_asked_about(world: World) -> None:
    application_id = submitted(world)
    with world.app.store.write() as session:
        session.get_one(Application, application_id).stage = Stage.AWAITING_MARKET
    days_later(world, 9)
    assert recheck(world.app, [application_id]) == {}


def test_the_order_stays_with_the_bureau_that_reviews_it(world: World) -> None:
    """That the archive names another one now is shown; nobody loses an order that is open before them."""
    application_id = submitted(world)
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, bureau_code="053003", bureau_name="曲靖供电局")
    days_later(world, 2)
    recheck(world.app, [application_id])
    assert changes(world) == [("供电单位", "昆明供电局", "曲靖供电局")]
    with world.app.store.read() as session:
        bureau = session.get_one(Application, application_id).bureau
        assert bureau is not None
        assert bureau.name == "昆明供电局"


def test_a_reviewer_sees_the_change_before_the_approval_counts(world: World, console: Flask) -> None:
    """The first click asks and shows; a change that blocks stops every further one."""
    application_id = submitted(world)
    zhao = Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))
    zhao.get(f"/applications/{application_id}")
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, status=AccountStatus.CLOSED)
    days_later(world, 2)
    page = zhao.decide(application_id, "approve")
    assert "提交后有变化" in page
    assert "已销户" in page
    zhao.decide(application_id, "approve")
    with world.app.store.read() as session:
        assert session.get_one(Application, application_id).stage == Stage.BUREAU_REVIEW


def test_an_interface_comes_before_a_picture_and_a_picture_before_a_hand(world: World) -> None:
    world.say("我要注册")
    world.say("昆明滇兴机械厂有限公司")
    world.photo(reading(legal_person="李国庆"))
    with world.app.store.read() as session:
        it = session.scalars(select(Application)).one()
        assert (it.value("legal_person"), it.source("legal_person")) == ("李国强", Source.REGISTRY)
        it.values.remove(next(row for row in it.values if row.name == "legal_person" and row.source == "registry"))
        assert (it.value("legal_person"), it.source("legal_person")) == ("李国庆", Source.OCR)


def test_what_a_person_corrects_counts_and_is_shown_as_their_decision(world: World, console: Flask) -> None:
    world.say("我要注册")
    world.photo()
    world.say("有一处要改")
    world.say("法定代表人")
    world.say("赵建国")
    with world.app.store.read() as session:
        it = session.scalars(select(Application)).one()
        assert (it.value("legal_person"), it.source("legal_person")) == ("赵建国", Source.TYPED)
        assert provenance.is_decided(it, "legal_person")
        assert provenance.facts(it)["typed_differs"] == "法定代表人"
        assert [row.source for row in provenance.others(it, "legal_person")] == ["registry", "ocr"]
    world.say("1")
    for said in (ACCOUNT, "王芳", "13887654321"):
        world.say(said)
    world.say(world.code())
    world.say("1")
    page = Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001")).get("/applications/1")
    assert "用户改的" in page
    assert "李国强" in page


def test_who_types_what_the_register_says_has_decided_nothing(world: World) -> None:
    """It stays the register's word, and follows the register when that changes."""
    world.photo()
    with world.app.store.write() as session:
        it = session.scalars(select(Application)).one()
        provenance.put_typed(it, "legal_person", "李国强", world.now)
        assert it.source("legal_person") == Source.REGISTRY
        provenance.put_typed(it, "legal_person", "赵建国", world.now)
        provenance.put_typed(it, "legal_person", "李国强", world.now)
        assert it.source("legal_person") == Source.REGISTRY


def test_another_picture_of_the_same_licence_keeps_what_was_corrected(world: World) -> None:
    world.photo()
    with world.app.store.write() as session:
        provenance.put_typed(session.scalars(select(Application)).one(), "legal_person", "赵建国", world.now)
    world.photo()
    with world.app.store.read() as session:
        assert session.scalars(select(Application)).one().value("legal_person") == "赵建国"


@pytest.fixture
def console(world: World) -> Flask:
    """The web process of the world."""
    flask: Flask = world.door.application
    return flask


def test_of_two_answers_the_newer_one_counts(world: World) -> None:
    """In whatever order they were written down."""
    lookup = Lookup(Where.MARKETING, ACCOUNT)
    for hours, name in ((2, "昆明新名有限公司"), (1, "昆明旧名有限公司")):
        facts = Facts()
        facts.tell(lookup, replace(ARCHIVE, name=name), world.now + timedelta(hours=hours))
        with world.app.store.write() as session:
            keep(session, facts)
    with world.app.store.read() as session:
        told = newest(session, [lookup], world.now)[lookup].told()
        assert told is not None and told.name == "昆明新名有限公司"  # type: ignore[union-attr]
