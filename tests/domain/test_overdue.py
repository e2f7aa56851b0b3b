"""Overdue orders: who is reminded of what, on which working day, and that nothing is guessed (A11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot import jobs
from domain.calendars import enter, read_typed
from domain.messages.messages import OutboundMessage
from domain.notices.outages import PUSH_GATE, failed
from domain.notices.overdue import Reminder, remind
from domain.people.contacts import WECHAT, address_of
from domain.people.staff import OrganisationKind, Role, Staff, organisation
from domain.registration.applications import Application, Stage
from domain.settings import SettingValue
from tests.support.world import World

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10 o'clock in China; no public holiday until the end of the year
PHONES = {"handler": "13800000001", "principal": "13800000002", "admin": "13800000003", "reviewer": "13800000004"}


@pytest.fixture
def office(world: World) -> World:
    """A bureau and the centre, everybody with a phone; it is Monday, and nothing waits."""
    world.now = MONDAY
    people = {"handler": Role.HANDLER, "principal": Role.PRINCIPAL, "reviewer": Role.REVIEWER}
    for login, role in (people | {"admin": Role.ADMINISTRATOR}).items():
        world.staff(login, role, "053001" if login in ("handler", "principal") else "")
        with world.app.store.write() as session:
            session.scalars(select(Staff).where(Staff.login == login)).one().phone = PHONES[login]
    return world


def order(world: World, *, stage: Stage = Stage.BUREAU_REVIEW, since: datetime | None = None) -> int:
    """An order arrives; its id."""
    with world.app.store.write() as session:
        bureau = organisation(session, OrganisationKind.BUREAU, "053001", "昆明供电局")
        contact = address_of(session, WECHAT, "oWang", world.now).contact_id
        count = session.scalar(select(func.count(Application.id))) or 0
        moment = since or world.now
        row = Application(
            contact_id=contact,
            number=f"ZC20261102{count:06d}",
            stage=stage,
            stage_since=moment,
            bureau_id=bureau.id,
            created_at=moment,
            updated_at=moment,
            submitted_at=moment,
        )
        session.add(row)
        session.flush()
        return row.id


def day(world: World, later: int) -> None:
    """That many days after Monday, at 10 o'clock, the minutely work is done."""
    world.now = MONDAY + timedelta(days=later)
    jobs.tend(world.app)
    world.work()


def got(world: World, login: str) -> list[str]:
    """What that member of staff got by SMS."""
    return [
        text for (phone, _, _), text in zip(world.sms.sent, world.sms.texts(), strict=True) if phone == PHONES[login]
    ]


def setting(world: World, name: str, value: object) -> None:
    with world.app.store.write() as session:
        session.merge(SettingValue(name=name, value=value))


def test_the_handler_is_told_from_the_fifth_working_day_and_the_principal_after_the_seventh(office: World) -> None:
    order(office)
    for later in range(7):  # until Sunday: four working days have begun since
        day(office, later)
    assert office.sms.sent == []
    day(office, 7)
    assert len(got(office, "handler")) == 1
    assert "橙色1份、红色0份" in got(office, "handler")[0]
    assert got(office, "principal") == []
    day(office, 9)
    assert got(office, "principal") == []
    day(office, 10)
    assert "橙色0份、红色1份" in got(office, "principal")[0]


def test_many_orders_are_one_message_a_day_for_each_person(office: World) -> None:
    for _ in range(12):
        order(office)
    day(office, 10)
    day(office, 10)
    assert len(got(office, "handler")) == 1
    assert "红色12份" in got(office, "handler")[0]
    day(office, 11)
    assert len(got(office, "handler")) == 2


def test_nobody_is_reminded_on_a_day_off(office: World) -> None:
    order(office)
    day(office, 12)
    assert office.sms.sent == []


def test_nobody_is_reminded_before_the_hour_of_the_setting(office: World) -> None:
    order(office)
    setting(office, "remind_at", "10:30")
    day(office, 7)
    assert office.sms.sent == []
    office.wait(minutes=40)
    jobs.tend(office.app)
    office.work()
    assert len(got(office, "handler")) == 1


def test_a_missed_day_is_made_up_once_and_not_at_night(office: World) -> None:
    """Nothing ran until 22:30: the next morning there is one reminder, not two."""
    order(office)
    office.now = MONDAY + timedelta(days=7, hours=12, minutes=30)
    jobs.tend(office.app)
    day(office, 8)
    day(office, 8)
    assert len(got(office, "handler")) == 1


def test_the_same_order_is_repeated_after_as_many_working_days_as_the_setting_says(office: World) -> None:
    setting(office, "remind_every_days", 3)
    order(office)
    for later in range(7, 13):
        day(office, later)
    assert len(got(office, "handler")) == 2


@pytest.mark.parametrize(("switch", "login"), [("remind_handler", "handler"), ("remind_principal", "principal")])
def test_each_reminder_has_its_switch(office: World, switch: str, login: str) -> None:
    setting(office, switch, False)
    order(office)
    day(office, 10)
    assert got(office, login) == []
    assert len(office.sms.sent) == 1


def test_who_has_bound_wechat_is_told_there_and_by_sms_when_the_switch_is_off(office: World) -> None:
    with office.app.store.write() as session:
        address = address_of(session, WECHAT, "oHandler", office.now)
        address.push_until, address.pushes_left = MONDAY + timedelta(days=60), 5
        session.scalars(select(Staff).where(Staff.login == "handler")).one().contact_id = address.contact_id
    order(office)
    day(office, 7)
    assert got(office, "handler") == []
    assert "工单提醒" in office.wechat.texts[-1]
    setting(office, "remind_by_wechat", False)
    day(office, 8)
    assert len(got(office, "handler")) == 1
    setting(office, "remind_by_sms", False)
    setting(office, "remind_by_wechat", True)
    day(office, 9)
    assert len(got(office, "handler")) == 1
    assert len(office.wechat.texts) == 2


def test_a_bureau_without_anybody_to_tell_is_named_to_the_administrators(office: World) -> None:
    with office.app.store.write() as session:
        session.scalars(select(Staff).where(Staff.login == "handler")).one().phone = None
        session.scalars(select(Staff).where(Staff.login == "principal")).one().active = False
    order(office)
    order(office)
    day(office, 10)
    assert got(office, "handler") == []
    assert "超期工单无人可提醒：昆明供电局2份" in got(office, "admin")[0]
    assert len(got(office, "admin")) == 1


def test_the_centres_own_orders_go_to_its_reviewers_and_administrators(office: World) -> None:
    order(office, stage=Stage.CENTRE_REVIEW)
    day(office, 10)
    assert [len(got(office, login)) for login in ("reviewer", "admin", "handler", "principal")] == [1, 1, 0, 0]


def test_a_decided_order_is_nobodys_reminder(office: World) -> None:
    order(office, stage=Stage.AWAITING_MARKET)
    order(office, stage=Stage.RETURNED)
    day(office, 10)
    assert office.sms.sent == []


def test_a_year_without_a_calendar_is_not_guessed_and_said_once(office: World) -> None:
    order(office)
    for hours in (0, 24):
        office.now = datetime(2027, 1, 11, 2, tzinfo=UTC) + timedelta(hours=hours)
        jobs.tend(office.app)
        office.work()
    assert got(office, "handler") == []
    assert len(got(office, "admin")) == 1
    assert "2027年" in got(office, "admin")[0]


def test_a_year_that_begins_soon_without_a_calendar_is_said_once(office: World) -> None:
    for later in (34, 35, 36):  # from the 6th of December on, thirty days reach into 2027
        day(office, later)
    assert [text for text in got(office, "admin") if "2027年还没有工作日历" in text] == got(office, "admin")
    assert len(got(office, "admin")) == 1


def test_whose_login_is_closed_is_reminded_of_nothing(office: World) -> None:
    with office.app.store.write() as session:
        session.scalars(select(Staff).where(Staff.login == "handler")).one().active = False
    order(office)
    day(office, 10)
    assert (got(office, "handler"), len(got(office, "principal"))) == ([], 1)


def test_an_order_that_nobody_can_date_is_said_and_not_passed_over(office: World) -> None:
    """It came in a year without a calendar: neither orange nor red, and yet somebody has to look."""
    with office.app.store.write() as session:
        admin = session.scalars(select(Staff).where(Staff.login == "admin")).one()
        enter(session, read_typed(2028, "1月1日放假，10月1日至3日放假"), admin, office.now)
    order(office, since=datetime(2027, 12, 30, 2, tzinfo=UTC))
    order(office, since=datetime(2028, 1, 3, 2, tzinfo=UTC))
    for hour in (2, 3):
        office.now = datetime(2028, 1, 4, hour, tzinfo=UTC)
        jobs.tend(office.app)
        office.work()
    assert got(office, "handler") == []
    assert sum("有1份工单到达的年份没有工作日历" in text for text in got(office, "admin")) == 1


def test_doing_it_twice_tells_nobody_twice(office: World) -> None:
    order(office)
    office.now = MONDAY + timedelta(days=10)
    for _ in range(2):
        with office.app.store.write() as session:
            remind(session, office.now)
    with office.app.store.read() as session:
        assert session.scalar(select(func.count(Reminder.id))) == 2
        assert session.scalar(select(func.count(OutboundMessage.id))) == 2


def test_the_figures_are_settings(office: World) -> None:
    setting(office, "overdue_orange_days", 1)
    setting(office, "overdue_red_days", 1)
    order(office)
    day(office, 1)
    assert len(got(office, "handler")) == 1
    assert got(office, "principal") == []
    day(office, 2)
    assert len(got(office, "principal")) == 1


def test_the_reminder_waits_while_sms_is_down_and_is_not_written_again(office: World) -> None:
    order(office)
    with office.app.store.write() as session:
        failed(session, "sms", "isv.OUT_OF_SERVICE", True, MONDAY + timedelta(days=7))
        failed(session, PUSH_GATE, "-1", False, MONDAY)
    day(office, 7)
    office.wait(minutes=2)
    jobs.tend(office.app)
    office.work()
    assert len(got(office, "handler")) == 1
