"""A batch that nobody confirms: warned about once, then gone with all that it named; what was handed in stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from bot import batches as work
from bot import jobs
from domain.evidence import Evidence
from domain.groups import batch_ending
from domain.groups.batches import BatchRow, BatchState, RowState
from domain.people.staff import Staff
from domain.registration.applications import Application, FieldValue, Stage
from domain.rules.troubles import Outcome, Trouble
from domain.settings import SettingValue
from domain.sources.facts import AccountStatus
from tests.support.console import Visitor
from tests.support.groups import account, admitted, more_accounts
from tests.support.world import World
from tests.webhooks.test_batches import checked, handed_in, link, newest, states

GOOD = [account(number) for number in range(1, 6)]
UNKNOWN = "0530010999999999"


@pytest.fixture
def browser(console: Flask) -> FlaskClient:
    """The officer's computer."""
    return console.test_client()


@pytest.fixture
def page(world: World) -> str:
    """王芳's company is admitted, the archive knows more of its accounts, and she has the link; its path. It does not
    run out while the days of these tests pass."""
    admitted(world)
    more_accounts(world, GOOD)
    with world.app.store.write() as session:
        session.merge(SettingValue(name="link_hours", value=168))
        session.merge(SettingValue(name="batch_days", value=4))
        session.merge(SettingValue(name="batch_warn_days", value=2))
    return link(world.say("批量注册"))


def days(world: World, count: int) -> None:
    """So many days later the daily jobs run, and what is due goes out."""
    world.now += timedelta(days=count)
    jobs.daily(world.app)
    world.now += timedelta(minutes=40)  # WeChat takes nothing so long after her last word: then it is an SMS
    jobs.tend(world.app)
    world.work()


def unconfirmed(world: World) -> None:
    """She is warned, and does nothing until the days are over."""
    days(world, 2)
    days(world, 3)


def warnings(world: World) -> list[str]:
    """What she was told of its end: WeChat takes nothing days after her last word, so it goes to her phone."""
    assert not [each for each in world.wechat.texts if "没有确认提交" in each]
    return [each for each in world.sms.texts() if "还没有确认" in each]


def staff_id(world: World, login: str) -> int:
    with world.app.store.read() as session:
        return session.scalars(select(Staff.id).where(Staff.login == login)).one()


def named(world: World) -> int:
    """How many values of the file's drafts are kept."""
    with world.app.store.read() as session:
        drafts = select(Application.id).where(Application.channel == "batch", Application.number.is_(None))
        return session.scalar(select(func.count()).where(FieldValue.application_id.in_(drafts))) or 0


def test_the_person_is_told_once_and_then_it_is_gone(world: World, browser: FlaskClient, page: str) -> None:
    """Values, facts, marks, rows and the question: nothing is left that names a company, an account or a phone."""
    checked(world, browser, page, [*GOOD, UNKNOWN])
    days(world, 1)
    assert warnings(world) == [] and named(world) > 0
    days(world, 1)
    assert len(warnings(world)) == 1
    assert "2天后清除" in warnings(world)[0] and "请回复批量注册" in warnings(world)[0]
    days(world, 1)
    assert newest(world).state == BatchState.CHECKED
    days(world, 1)
    assert newest(world).state == BatchState.REMOVED
    assert (named(world), len(warnings(world))) == (0, 1)
    with world.app.store.read() as session:
        drafts = session.scalars(select(Application).where(Application.channel == "batch")).all()
        kept = {(each.stage, each.facts, each.code_mark, each.account_mark, each.phone_mark) for each in drafts}
        assert (len(drafts), kept) == (6, {(Stage.CANCELLED, None, None, None, None)})
        assert session.scalar(select(func.count()).select_from(BatchRow)) == 0
        ids = [each.id for each in drafts]
        marks = "select count(*) from name_marks where application_id >= :first"
        assert session.scalar(text(marks), {"first": min(ids)}) == 0
        said = session.scalars(select(Evidence).where(Evidence.what == "batch_removed")).one()
        assert said.data == {"file": "集团户号.xlsx", "rows": 6}


def test_what_was_submitted_is_not_touched(world: World, browser: FlaskClient, page: str) -> None:
    """The orders of a batch that is done stay whole; the drafts of its bad rows go when the days are over."""
    checked(world, browser, page, [*GOOD, UNKNOWN])
    world.say("确认提交")
    world.wait(seconds=5)
    with world.app.store.read() as session:
        orders = select(Application.id).where(Application.channel == "batch", Application.number.is_not(None))
        before = session.scalar(select(func.count()).where(FieldValue.application_id.in_(orders)))
    unconfirmed(world)
    assert (newest(world).state, handed_in(world), warnings(world)) == (BatchState.DONE, 5, [])
    assert states(world) == {RowState.SUBMITTED: 5}
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).where(FieldValue.application_id.in_(orders))) == before
    assert named(world) == 0


def test_a_late_yes_submits_nothing_and_says_why(world: World, browser: FlaskClient, page: str) -> None:
    """She asked for the question on the last day, and answered when the file was gone."""
    checked(world, browser, page, GOOD)
    days(world, 2)
    assert "要提交这5户吗" in world.say("批量注册")
    with world.app.store.write() as session:
        assert batch_ending.close(session, newest(world).id, world.now)
    said = world.say("确认提交")
    assert "已经过期" in said and "什么都没有改变" in said
    work._remove(world.app, newest(world).id)
    world.wait(seconds=5)
    assert (handed_in(world), named(world)) == (0, 0)


def test_a_yes_that_came_first_wins_over_the_removal(world: World, browser: FlaskClient, page: str) -> None:
    """The job has found the batch; before it acts, she agrees: everything is submitted."""
    checked(world, browser, page, GOOD)
    days(world, 2)
    world.say("批量注册")
    world.bell.rings.clear()
    with world.app.store.read() as session:
        found = batch_ending.ended(session, world.now.replace(year=world.now.year + 1))
    assert found == [newest(world).id]
    assert "正在提交5户" in world.say("确认提交")
    assert work._remove(world.app, found[0]) is False
    world.wait(seconds=5)
    assert (newest(world).state, handed_in(world)) == (BatchState.DONE, 5)


def test_the_page_says_until_when_and_afterwards_what_became_of_it(
    world: World, browser: FlaskClient, page: str
) -> None:
    checked(world, browser, page, GOOD)
    assert "没有确认就会清除" in browser.get(page).get_data(as_text=True)
    unconfirmed(world)
    shown = browser.get(page).get_data(as_text=True)
    assert "到期没有确认，已清除" in shown and "重新上传" in shown
    assert "下载有问题的行" not in shown and "没有这样的行" not in shown
    result = browser.get(f"{page}/result-{newest(world).id}.xlsx")
    assert result.status_code == 200


def test_the_console_says_what_became_of_it(world: World, console: Flask, browser: FlaskClient, page: str) -> None:
    checked(world, browser, page, GOOD)
    unconfirmed(world)
    desk = Visitor(console).enter(world, staff_id(world, "chen"))
    assert "到期没有确认，已清除" in desk.get("/batches")
    shown = desk.get(f"/batches/{newest(world).id}")
    assert "到期没有确认，已清除" in shown and "没有这样的行" not in shown


def test_a_removal_that_was_cut_short_goes_on(
    world: World, browser: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after a few rows, the next day's job removes the rest."""
    monkeypatch.setattr(batch_ending, "_AT_A_TIME", 2)
    checked(world, browser, page, GOOD)
    days(world, 2)
    batch_id = newest(world).id
    with world.app.store.write() as session:
        batch_ending.close(session, batch_id, world.now)
        assert batch_ending.erase(session, batch_id, world.now) == 2
    assert named(world) > 0
    days(world, 1)
    assert named(world) == 0


def test_a_draft_that_was_begun_in_the_chat_goes_back_to_the_chat(
    world: World, browser: FlaskClient, page: str
) -> None:
    """The file took an account over that she was filling in: what she had said stays hers."""
    world.say(GOOD[0])
    with world.app.store.read() as session:
        mine = session.scalars(select(Application.id).where(Application.stage == Stage.FILLING)).one()
    with world.app.store.write() as session:
        session.get_one(Application, mine).trail = ["phone"]
    checked(world, browser, page, GOOD)
    unconfirmed(world)
    with world.app.store.read() as session:
        kept = session.get_one(Application, mine)
        assert (kept.stage, kept.value("account_number"), kept.is_filed) == (Stage.FILLING, GOOD[0], False)
        cancelled = select(func.count()).where(Application.stage == Stage.CANCELLED)
        assert session.scalar(cancelled) == 4


def test_problems_that_go_with_it_were_given_up_over_not_mended(world: World, browser: FlaskClient, page: str) -> None:
    """An emptied draft has fewer problems than a full one: that is no success of the rule's words."""
    world.sources.accounts[GOOD[0]] = replace(world.sources.accounts[GOOD[0]], status=AccountStatus.CLOSED)
    checked(world, browser, page, GOOD[:2])
    with world.app.store.read() as session:
        shown = set(session.scalars(select(Trouble.rule).where(Trouble.outcome == Outcome.OPEN)))
    assert "户号已销户" in shown
    unconfirmed(world)
    with world.app.store.read() as session:
        drafts = select(Application.id).where(Application.stage == Stage.CANCELLED)
        found = set(session.scalars(select(Trouble.outcome).where(Trouble.application_id.in_(drafts))))
    assert found == {Outcome.GIVEN_UP}


def test_a_file_with_nothing_to_confirm_goes_without_a_word(world: World, browser: FlaskClient, page: str) -> None:
    checked(world, browser, page, [UNKNOWN])
    unconfirmed(world)
    assert (newest(world).state, warnings(world)) == (BatchState.REMOVED, [])


def test_one_that_fails_stops_none_of_the_others(
    world: World, browser: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(world, browser, page, [GOOD[0]])
    first = newest(world).id
    checked(world, browser, page, [GOOD[1]])
    days(world, 2)
    real = batch_ending.close

    def fails(session: object, batch_id: int, now: object) -> bool:
        if batch_id == first:
            raise RuntimeError("broken")
        return real(session, batch_id, now)  # type: ignore[arg-type]

    monkeypatch.setattr(batch_ending, "close", fails)
    world.now += timedelta(days=2)
    assert work.tidy(world.app) == (2, 1, 1)
