"""Talking with a person in a real browser, on a phone: taking, answering, hearing the next word without a click."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.people.staff import Role
from tests.support.console import PASSWORD, submitted
from tests.support.slow import HeldBack
from tests.support.world import World

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


@pytest.fixture(params=sorted(SIZES))
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of that size; whatever the browser's console complains about fails the test."""
    context, troubles = browser.new_context(viewport=SIZES[request.param], locale="zh-CN"), []
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert troubles == []


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def at_the_talks(world: World, office: str, page: Page) -> None:
    """Somebody asks for a person by SMS; a reviewer logs in and sees the list."""
    world.sms_in("人工")
    world.staff("zhou", Role.REVIEWER)
    page.goto(f"{office}/login")
    page.get_by_label("账号").fill("zhou")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="会话").click()


def test_a_talk_is_taken_answered_and_heard(world: World, office: str, page: Page) -> None:
    """From the number beside the menu word to the answer, and the person's next word comes by itself."""
    submitted(world)
    world.say("人工")
    world.say("我想改联系人，怎么办？")
    world.staff("zhou", Role.REVIEWER)
    page.goto(f"{office}/login")
    page.get_by_label("账号").fill("zhou")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    menu = page.get_by_role("navigation", name="主导航")
    expect(menu.get_by_role("link", name="会话")).to_contain_text("1")
    menu.get_by_role("link", name="会话").click()
    expect(page.get_by_role("heading", name="会话", exact=True)).to_be_visible()
    assert sideways(page) == 0
    page.get_by_role("link", name="昆明滇星机械制造有限公司").click()
    log = page.locator("#talk-log")
    expect(log).to_contain_text("我想改联系人，怎么办？")
    assert sideways(page) == 0
    page.get_by_role("button", name="接待").click()
    expect(page.get_by_role("button", name="交回机器人")).to_be_visible()
    page.get_by_label("常用答复").select_option(index=1)
    box = page.get_by_label("答复", exact=True)
    expect(box).to_have_value("您好，请问有什么可以帮您？")
    box.fill("可以改，请把新的联系人发给我。")
    page.get_by_role("button", name="发送").click()
    expect(log).to_contain_text("工作人员：可以改，请把新的联系人发给我。")
    world.work()
    world.say("李梅，13987654321")
    expect(log).to_contain_text("李梅，13987654321")  # nobody clicked
    expect(log).to_contain_text("已发送")
    assert "可以改，请把新的联系人发给我" in world.wechat.texts[-1]
    page.get_by_role("button", name="交回机器人").click()
    expect(page.get_by_role("status")).to_contain_text("会话已结束")
    assert sideways(page) == 0


def test_the_cost_of_an_sms_is_said_while_it_is_typed(world: World, office: str, page: Page) -> None:
    """Before it is sent, not after."""
    at_the_talks(world, office, page)
    page.locator("a.open").first.click()
    page.get_by_label("答复", exact=True).fill("请" * 20)
    expect(page.locator("#answer-hint")).to_contain_text("约 1 条短信")
    page.get_by_label("答复", exact=True).fill("请" * 80)
    expect(page.locator("#answer-hint")).to_contain_text("约 2 条短信")


def test_who_types_before_the_page_is_ready_is_told_the_cost_too(world: World, office: str, page: Page) -> None:
    """On a slow line the text is there before the page's own program is."""
    at_the_talks(world, office, page)
    program = HeldBack(page, "**/console.js*")
    page.locator("a.open").first.click()
    page.get_by_label("答复", exact=True).fill("请" * 20)
    expect(page.locator("#answer-hint")).not_to_contain_text("约 1 条短信")
    program.release()
    expect(page.locator("#answer-hint")).to_contain_text("约 1 条短信")


def test_a_standard_reply_chosen_before_the_page_is_ready_is_not_lost(world: World, office: str, page: Page) -> None:
    """It stands in the answer as soon as the page's own program runs."""
    at_the_talks(world, office, page)
    page.locator("a.open").first.click()
    program = HeldBack(page, "**/console.js*")
    page.get_by_role("button", name="接待").click()
    page.get_by_label("常用答复").select_option(index=1)
    expect(page.get_by_label("答复", exact=True)).to_have_value("")
    program.release()
    expect(page.get_by_label("答复", exact=True)).to_have_value("您好，请问有什么可以帮您？")
