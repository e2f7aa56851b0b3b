"""A batch by spreadsheet, the whole way: the chat, the page, the file, the worker, one consent, and the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import batches as work
from domain.evidence import Evidence
from domain.groups import batch_rows, batches
from domain.groups.batches import Batch, BatchState, RowState
from domain.people.contacts import SMS, WECHAT, Address, address_of
from domain.people.staff import Staff
from domain.registration.applications import Application, Stage
from domain.review import review
from domain.settings import SettingValue
from tests.support.groups import account, admitted, more_accounts
from tests.support.sheets import HEADINGS, accounts_file, workbook
from tests.support.world import ARCHIVE, CODE, COMPANY, World

GOOD = [account(number) for number in range(1, 6)]


@pytest.fixture
def browser(console: Flask) -> FlaskClient:
    """The officer's computer: no cookies of ours, no login."""
    return console.test_client()


@pytest.fixture
def page(world: World) -> str:
    """王芳's company is admitted, the archive knows more of its accounts, and she has the link; its path."""
    admitted(world)
    more_accounts(world, GOOD)
    return link(world.say("批量注册"))


def link(text: str) -> str:
    return re.findall(r"/l/\w+", text)[-1]


def send(browser: FlaskClient, path: str, content: bytes, name: str = "集团户号.xlsx", status: int = 200) -> str:
    """Upload a file; the page that follows."""
    data = {"file": (BytesIO(content), name)}
    answer = browser.post(path, data=data, content_type="multipart/form-data", follow_redirects=True)
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def newest(world: World) -> Batch:
    with world.app.store.read() as session:
        return session.scalars(select(Batch).order_by(Batch.id.desc())).first()  # type: ignore[return-value]


def states(world: World) -> dict[str, int]:
    with world.app.store.read() as session:
        return {state: count for state, count in batches.counts(session, newest(world).id).items() if count}


def handed_in(world: World) -> int:
    with world.app.store.read() as session:
        query = select(func.count()).where(Application.channel == "batch", Application.number.is_not(None))
        return session.scalar(query) or 0


def checked(world: World, browser: FlaskClient, page: str, numbers: list[str]) -> None:
    """A file was sent and every row looked at."""
    send(browser, page, accounts_file(numbers))
    world.work()


def test_from_the_word_to_the_orders(world: World, browser: FlaskClient, page: str) -> None:
    """Good rows are asked for once and submitted after one yes; the others say what is wrong and what to do."""
    rows = [HEADINGS, *([number] for number in GOOD), ["0530010999999999"], ["05300"], [GOOD[0]]]
    shown = send(browser, page, workbook(rows))
    assert "正在核对" in shown and 'http-equiv="refresh"' in shown
    world.work()
    assert states(world) == {RowState.READY: 5, RowState.PROBLEM: 3}
    asked = world.wechat.texts[-1]
    assert "5户可提交，3户有问题" in asked and "要提交这5户吗" in asked and "王芳 138****4321" in asked
    assert "交易单元：每个户号单独交易" in asked
    assert handed_in(world) == 0
    found = browser.get(page + "?show=problem").get_data(as_text=True)
    assert "营销系统里查不到户号 0530010999999999" in found and "户号与第2行重复" in found and "第7行" in found
    assert "正在提交5户" in world.say("确认提交")
    world.wait(seconds=5)
    assert handed_in(world) == 5
    assert newest(world).state == BatchState.DONE
    assert "5户已提交，3户有问题" in world.wechat.texts[-1]


def test_the_consent_is_kept_with_the_very_list(world: World, browser: FlaskClient, page: str) -> None:
    checked(world, browser, page, GOOD)
    world.say("确认提交")
    world.wait(seconds=5)
    with world.app.store.read() as session:
        rows = session.scalars(select(Evidence).where(Evidence.what.in_(("consent", "batch_confirmed")))).all()
        consent = [row for row in rows if row.what == "consent"][-1]
        confirmed = next(row for row in rows if row.what == "batch_confirmed")
        ids = set(session.scalars(select(Application.id).where(Application.channel == "batch")))
    assert "要提交这5户吗" in consent.data["shown"]
    assert (set(confirmed.data["applications"]), confirmed.data["question"]) == (ids, consent.data["question"])


def test_a_second_yes_hands_nothing_in_twice(world: World, browser: FlaskClient, page: str) -> None:
    checked(world, browser, page, GOOD)
    world.say("确认提交")
    world.wait(seconds=5)
    world.say("确认提交")
    world.wait(seconds=5)
    assert handed_in(world) == 5


def test_a_list_that_has_changed_is_shown_anew(world: World, browser: FlaskClient, page: str) -> None:
    """The yes was to another list: nothing is submitted by it."""
    checked(world, browser, page, GOOD)
    with world.app.store.write() as session:
        row = batches.rows_of(session, newest(world).id)[0]
        row.state = RowState.PROBLEM
    answer = world.say("确认提交")
    assert "有了变化，什么都没有提交" in answer and "要提交这4户吗" in answer
    world.wait(seconds=5)
    assert handed_in(world) == 0


def test_the_mended_result_comes_back_and_what_is_done_is_skipped(
    world: World, browser: FlaskClient, page: str
) -> None:
    """The result has the template's columns: mend it, send it, and only the mended row is new."""
    checked(world, browser, page, [*GOOD, "0530010999999999"])
    world.say("确认提交")
    world.wait(seconds=5)
    result = browser.get(f"{page}/result-{newest(world).id}.xlsx").data
    book = openpyxl.load_workbook(BytesIO(result))
    assert [cell.value for cell in book.active[7]][-4:-2] == [
        "有问题",
        "营销系统里查不到户号 0530010999999999，请对照电费单核对后重发。",
    ]
    book.active["A7"] = account(77)
    more_accounts(world, [account(77)])
    mended = BytesIO()
    book.save(mended)
    send(browser, page, mended.getvalue())
    world.work()
    assert states(world) == {RowState.KNOWN: 5, RowState.READY: 1}


def test_killed_in_the_middle_the_next_worker_goes_on(
    world: World, browser: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of the transaction that was cut short are as they were; each row has one application in the end."""
    send(browser, page, accounts_file(GOOD))
    world.bell.rings.clear()
    monkeypatch.setattr(work, "AT_ONCE", 2)
    real, looked = batch_rows.check, []

    def dies(session: Session, row_id: int, *rest: Any) -> None:
        if len(looked) == 3:
            raise KeyboardInterrupt
        looked.append(row_id)
        real(session, row_id, *rest)

    monkeypatch.setattr(batch_rows, "check", dies)
    with pytest.raises(KeyboardInterrupt):
        work.work(world.app, newest(world).id)
    monkeypatch.setattr(batch_rows, "check", real)
    assert states(world) == {RowState.READY: 2, RowState.NEW: 3}
    world.wait(seconds=5)
    assert states(world) == {RowState.READY: 2, RowState.NEW: 3}  # the dead worker's lease still runs
    world.wait(seconds=120)
    assert states(world) == {RowState.READY: 5}
    with world.app.store.read() as session:
        drafts = session.scalar(select(func.count()).where(Application.stage == Stage.FILLING))
    assert drafts == 5


def test_a_row_that_fails_among_others_takes_nothing_of_theirs_with_it(
    world: World, browser: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows share a transaction: what the failing one has written is undone, what the others wrote stays."""
    real, seen = batch_rows.check, []

    def fails(session: Session, row_id: int, *rest: Any) -> None:
        seen.append(row_id)
        real(session, row_id, *rest)
        if row_id == seen[0]:
            raise RuntimeError("broken")

    monkeypatch.setattr(batch_rows, "check", fails)
    checked(world, browser, page, GOOD)
    assert states(world) == {RowState.READY: 4, RowState.PROBLEM: 1}
    assert "系统这次没有处理成这一行" in browser.get(page + "?show=problem").get_data(as_text=True)
    with world.app.store.read() as session:
        drafts = session.scalar(select(func.count()).where(Application.stage == Stage.FILLING))
    assert (drafts, seen.count(seen[0])) == (4, 2)


def test_strangers_accounts_are_refused_and_told_nothing_of(world: World, browser: FlaskClient, page: str) -> None:
    """The archive's address of somebody else's meter appears nowhere."""
    theirs = account(500)
    world.sources.accounts[theirs] = replace(
        ARCHIVE, number=theirs, uscc="91530100MA6K5C2M9A", address="别人的厂房一号"
    )
    checked(world, browser, page, [theirs])
    shown = browser.get(page).get_data(as_text=True)
    assert "您还不能代表这家单位办理" in shown and "别人的厂房" not in shown
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).where(Application.channel == "batch")) == 0


def test_a_row_with_another_companys_name_is_refused_and_told_which_one_is_meant(
    world: World, browser: FlaskClient, page: str
) -> None:
    """A line that slipped would go to the reviewer under a wrong name. Width and brackets make no other company."""
    same, other = COMPANY.name.replace("有限公司", "有限公司 "), "曲靖别家粮油有限公司"
    send(browser, page, workbook([HEADINGS, [GOOD[0], CODE, other], [GOOD[1], CODE, same]]))
    world.work()
    assert states(world) == {RowState.PROBLEM: 1, RowState.READY: 1}
    shown = browser.get(page + "?show=problem").get_data(as_text=True)
    assert f"登记的是“{COMPANY.name}”" in shown and "清空" in shown
    assert other not in world.wechat.texts[-1]


def test_another_ones_link_shows_none_of_my_files(world: World, browser: FlaskClient, page: str) -> None:
    checked(world, browser, page, GOOD)
    mine = newest(world).id
    with world.app.store.write() as session:
        batch = session.get_one(Batch, mine)
        batch.contact = address_of(session, SMS, "13900000000", world.now).contact
    assert browser.get(f"{page}/result-{mine}.xlsx").status_code == 404
    assert "集团户号.xlsx" not in browser.get(f"{page}?batch={mine}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "还没有选文件"), (b"PK broken", "打不开"), (workbook([["户号"]]), "没有要注册的户号")],
    ids=["nothing", "broken", "empty"],
)
def test_a_file_that_is_not_taken_says_why_on_the_page(
    world: World, browser: FlaskClient, page: str, content: bytes, says: str
) -> None:
    assert says in send(browser, page, content, status=400)


def test_hundreds_of_orders_are_one_message(world: World, browser: FlaskClient, page: str) -> None:
    """Not one SMS for each: one message for the file, and the day's digest for what moves."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name="merge_seconds", value=60))
    before = len(world.sms.sent)
    checked(world, browser, page, GOOD)
    world.say("确认提交")
    world.wait(seconds=90)
    assert len(world.sms.sent) == before
    with world.app.store.write() as session:
        staff = session.scalars(select(Staff).where(Staff.login == "zhou")).one()
        for each in session.scalars(select(Application).where(Application.channel == "batch")):
            review.approve(session, each, staff, world.now)
    world.wait(hours=10)
    digests = [params for _, name, params in world.sms.sent[before:]]
    assert len(digests) == 1 and digests[0]["count"] == "5"


def test_who_has_no_admitted_account_is_told_what_comes_first(world: World) -> None:
    assert "典型注册户" in world.say("批量注册")


def test_a_rounded_number_is_named_with_its_cell(world: World, browser: FlaskClient, page: str) -> None:
    send(browser, page, workbook([HEADINGS, [5300106868184330.0], [GOOD[0]]]))
    world.work()
    assert "设为“文本”" in browser.get(page).get_data(as_text=True)
    assert states(world) == {RowState.READY: 1, RowState.PROBLEM: 1}


def test_by_sms_the_batch_is_confirmed_with_a_code(world: World, browser: FlaskClient, page: str) -> None:
    """Who writes by SMS gets the link and the question there, and the code that makes a yes count."""
    world.sms_in("批量注册")
    path = link(world.sms.texts()[-1])
    with world.app.store.write() as session:  # she follows no longer: what is due goes to her phone
        for address in session.scalars(select(Address).where(Address.channel == WECHAT)):
            address.reachable = False
    checked(world, browser, path, GOOD)
    assert "要提交这5户吗" in world.sms.texts()[-1]
    world.wait(minutes=2)  # her phone had a code just now, for its own registration
    world.sms_in("1")
    assert world.sms.sent[-1][1] == "confirm_code"
    world.wait(seconds=5)
    assert handed_in(world) == 0
    world.sms_in(world.code())
    world.wait(seconds=5)
    assert handed_in(world) == 5
