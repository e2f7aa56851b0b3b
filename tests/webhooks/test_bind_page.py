"""The page that binds the WeChat of who opens a one-time link to the phone that the link was sent to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bot.channels.base import Kind, SendError
from bot.channels.wechat.oauth import SNAPSHOT
from domain.evidence import Evidence
from domain.messages.links import LinkPurpose, OneTimeLink, make
from domain.people.contacts import SMS, WECHAT, Address, known_address
from tests.support.world import ACCOUNT, CODE, COMPANY, PHONE, World

LI = "oLi00000000000000000000000000"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A running product with a company that began by SMS."""
    made = World(tmp_path)
    for text in ("我要注册", CODE, "1", ACCOUNT):
        made.sms_in(text)
    yield made
    made.close()


@pytest.fixture
def browser(world: World) -> FlaskClient:
    """A phone's browser."""
    return world.web.test_client()


def link(world: World, purpose: LinkPurpose = LinkPurpose.BIND) -> str:
    """The token of a link to the phone."""
    with world.app.store.write() as session:
        address = known_address(session, SMS, PHONE)
        assert address is not None
        return make(session, address.contact_id, address.id, purpose, world.app.random, world.now)


def to_wechat(browser: FlaskClient, token: str) -> str:
    """Open the page and go on to WeChat; the state that goes along."""
    page = browser.get(f"/l/{token}")
    assert page.status_code == 200
    there = re.search(r'href="(/l/[^"]+/wechat)"', page.get_data(as_text=True))
    assert there is not None
    answer = browser.get(there.group(1))
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


def back(browser: FlaskClient, state: str, code: str = "code-1") -> tuple[int, str]:
    """WeChat sends the person back."""
    answer = browser.get(f"/l/wechat/back?code={code}&state={state}")
    return answer.status_code, answer.get_data(as_text=True)


def bound(world: World) -> bool:
    """Whether the phone and 李四's WeChat are one person's."""
    with world.app.store.read() as session:
        phone, wechat = known_address(session, SMS, PHONE), known_address(session, WECHAT, LI)
        return phone is not None and wechat is not None and phone.contact_id == wechat.contact_id


def test_an_sms_asks_for_the_link_and_the_link_goes_on_in_wechat(world: World, browser: FlaskClient) -> None:
    """From the SMS to the application in WeChat, without typing a code."""
    world.sms_in("绑定微信")
    token = world.sms.sent[-1][2]["token"]
    world.oauth.openids["code-1"] = LI
    status, text = back(browser, to_wechat(browser, token))
    assert status == 200 and "绑定好了" in text
    world.write(Kind.FOLLOW, openid=LI)
    assert bound(world) and COMPANY.name in world.say("进度", openid=LI)


def test_the_phone_is_told_and_the_chain_keeps_it(world: World, browser: FlaskClient) -> None:
    world.oauth.openids["code-1"] = LI
    back(browser, to_wechat(browser, link(world)))
    world.work()
    assert any(phone == PHONE and name == "security" for phone, name, _ in world.sms.sent)
    with world.app.store.read() as session:
        assert {"address_bound", "contacts_joined"} <= set(session.scalars(select(Evidence.what)))


def test_somebody_who_only_looks_is_never_bound(world: World, browser: FlaskClient) -> None:
    """WeChat gives a stand-in then; the link stays good for the real person."""
    token = link(world)
    world.oauth.refuse.append(SendError(SNAPSHOT, retry="never"))
    status, text = back(browser, to_wechat(browser, token))
    assert status == 403 and "使用完整服务" in text and not bound(world)
    world.oauth.openids["code-2"] = LI
    back(browser, to_wechat(browser, token), "code-2")
    assert bound(world)


def test_a_link_binds_once(world: World, browser: FlaskClient) -> None:
    token = link(world)
    world.oauth.openids |= {"code-1": LI, "code-2": "oZhao00000000000000000000000"}
    first, second = to_wechat(browser, token), None
    other = world.web.test_client()
    second = to_wechat(other, token)
    back(browser, first)
    status, text = back(other, second, "code-2")
    assert status == 404 and "用过或过期" in text
    with world.app.store.read() as session:
        assert session.scalars(select(Address).where(Address.channel == WECHAT)).one().value == LI


def test_another_visitors_state_is_worth_nothing(world: World, browser: FlaskClient) -> None:
    """Who is lured onto the way back with a stranger's state and code binds nothing."""
    world.oauth.openids["code-1"] = LI
    state = to_wechat(browser, link(world))
    status, _ = back(world.web.test_client(), state)
    assert status == 400 and not bound(world)


@pytest.mark.parametrize("state", ["", "-", "0" * 40])
def test_the_way_back_without_the_way_there_is_refused(world: World, browser: FlaskClient, state: str) -> None:
    world.oauth.openids["code-1"] = LI
    assert back(browser, state)[0] == 400
    assert world.oauth.openids  # the code was not even asked after


def test_a_state_serves_once(world: World, browser: FlaskClient) -> None:
    state = to_wechat(browser, link(world))
    world.oauth.openids["code-1"] = LI
    assert back(browser, state, "wrong")[0] == 400
    assert back(browser, state)[0] == 400 and not bound(world)


def test_a_link_for_something_else_binds_nothing(world: World, browser: FlaskClient) -> None:
    assert browser.get(f"/l/{link(world, LinkPurpose.PROGRESS)}/wechat").status_code == 404


def test_an_expired_link_says_what_to_do(world: World, browser: FlaskClient) -> None:
    token = link(world)
    world.oauth.openids["code-1"] = LI
    state = to_wechat(browser, token)
    world.wait(days=40)
    status, text = back(browser, state)
    assert status == 404 and "绑定微信" in text and not bound(world)


def test_looking_at_the_page_uses_nothing_up(world: World, browser: FlaskClient) -> None:
    """Phones look into links by themselves."""
    token = link(world)
    for _ in range(3):
        browser.get(f"/l/{token}")
    with world.app.store.read() as session:
        assert session.scalars(select(OneTimeLink.used_at).order_by(OneTimeLink.id.desc())).first() is None


def test_a_phone_that_has_a_wechat_already_asks_there_first(world: World, browser: FlaskClient) -> None:
    """The link's holder may have found the phone; the first WeChat decides."""
    world.oauth.openids |= {"code-1": LI, "code-2": "oZhao00000000000000000000000"}
    back(browser, to_wechat(browser, link(world)))
    world.write(Kind.FOLLOW, openid=LI)
    status, text = back(browser, to_wechat(browser, link(world)), "code-2")
    assert "请那边确认" in text and COMPANY.name not in text
    assert bound(world)
