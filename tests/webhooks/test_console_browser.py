"""The console in a real browser, on a wide screen and on a phone: log in, look closely, approve by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from domain.people.staff import Role
from domain.registration.applications import Application, Stage
from tests.support.console import PASSWORD, newest, submitted
from tests.support.slow import HeldBack
from tests.support.world import World

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def open_page(browser: Browser) -> Iterator[object]:
    """Opens pages of a size; whatever the browser's console complains about fails the test."""
    contexts, troubles = [], []

    def opened(size: dict[str, int], *, touch: bool = False) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN", has_touch=touch)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def picture() -> bytes:
    """Something that looks like a licence from afar."""
    image = Image.new("RGB", (1200, 850), "#f4efe2")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((40, 40, 1160, 810), outline="#9a7b3c", width=8)
    drawing.text((500, 120), "LICENCE", fill="black")
    file = BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def log_in(page: Page, office: str, login: str) -> None:
    page.goto(f"{office}/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    page.wait_for_load_state()  # the script that hears the keys, and the picture


def open_waiting(page: Page, office: str) -> None:
    """The handler logs in and opens the application that waits; its picture and its script are there."""
    log_in(page, office, "zhao")
    page.get_by_role("link", name=re.compile("^ZC")).click()
    expect(page.locator("#photo")).to_be_visible()
    page.wait_for_load_state()


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def covering(page: Page) -> list[str]:
    """What lies above the full-screen viewer, looked for at a grid of points."""
    return page.evaluate("""() => {
        const found = new Set();
        for (let x = 20; x < innerWidth; x += 40)
            for (let y = 20; y < innerHeight; y += 40) {
                const top = document.elementFromPoint(x, y);
                if (!top.closest("#viewer")) found.add(top.tagName);
            }
        return [...found];
    }""")


@pytest.fixture
def waiting(world: World) -> World:
    """One application waits for the bureau; its handler has a login."""
    world.wechat.pictures["media-1"] = picture()
    submitted(world)
    world.staff("zhao", Role.HANDLER, "053001")
    return world


def test_a_reviewer_opens_looks_closely_and_approves_without_a_mouse(waiting: World, office: str, open_page) -> None:
    """j, Enter, z, Escape, a, Enter."""
    page = open_page(WIDE)
    log_in(page, office, "zhao")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("昆明滇星机械制造有限公司")
    page.wait_for_load_state()
    assert page.evaluate("document.getElementById('photo').naturalWidth") == 1200
    page.keyboard.press("z")
    expect(page.locator("#viewer")).to_have_class(re.compile("full"))
    assert page.locator("#viewer").bounding_box() == {"x": 0, "y": 0, **WIDE}
    assert covering(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).not_to_have_class(re.compile("full"))
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("通过 ZC")
    assert newest(waiting).stage == Stage.BUREAU_REVIEW
    page.keyboard.press("Enter")
    expect(page.locator(".flash.good")).to_contain_text("已通过")
    assert newest(waiting).stage == Stage.CENTRE_REVIEW


def test_escape_leaves_the_application_as_it_was(waiting: World, office: str, open_page) -> None:
    """The question before an approval can be declined."""
    page = open_page(WIDE)
    open_waiting(page, office)
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    assert newest(waiting).stage == Stage.BUREAU_REVIEW


def test_the_picture_grows_under_the_wheel_and_turns(waiting: World, office: str, open_page) -> None:
    """Beside the fields, without leaving the page."""
    page = open_page(WIDE)
    open_waiting(page, office)
    image = page.locator("#photo")
    before = image.bounding_box()
    page.mouse.move(before["x"] + 200, before["y"] + 100)
    page.mouse.wheel(0, -300)
    page.mouse.wheel(0, -300)
    expect(page.locator("#viewer")).to_have_class(re.compile("zoomed"))
    grown = image.bounding_box()
    assert grown["width"] > before["width"] * 1.3
    page.get_by_role("button", name="旋转").click()
    turned = image.bounding_box()
    assert turned["height"] > turned["width"]


def test_r_leads_to_the_reasons_and_without_one_nothing_is_sent(waiting: World, office: str, open_page) -> None:
    """The first standard reply has the focus; Space chooses it, and the form goes."""
    page = open_page(WIDE)
    open_waiting(page, office)
    page.keyboard.press("r")
    page.get_by_role("button", name=re.compile("退回修改")).click()
    assert newest(waiting).stage == Stage.BUREAU_REVIEW
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("Space")
    page.get_by_role("button", name=re.compile("退回修改")).click()
    expect(page.locator(".flash.good")).to_contain_text("已退回")
    assert newest(waiting).stage == Stage.RETURNED


def test_j_and_k_go_through_the_queue(waiting: World, office: str, open_page) -> None:
    """Down, down, up; the ends hold."""
    with waiting.app.store.write() as session:
        first = session.query(Application).one()
        for number in ("ZC2", "ZC3"):
            copy = Application(contact_id=first.contact_id, number=number, stage=first.stage, bureau_id=first.bureau_id)
            copy.stage_since = copy.created_at = copy.updated_at = copy.submitted_at = waiting.now
            session.add(copy)
    page = open_page(WIDE)
    log_in(page, office, "zhao")
    passed = []
    for key in ("j", "j", "j", "j", "k"):
        page.keyboard.press(key)
        passed.append(page.evaluate("document.activeElement.textContent").removeprefix(str(first.number)) or "first")
    assert passed == ["first", "ZC2", "ZC3", "ZC3", "ZC2"]


def test_letters_typed_into_a_field_are_letters(waiting: World, office: str, open_page) -> None:
    """An a in a remark approves nothing."""
    page = open_page(WIDE)
    open_waiting(page, office)
    page.get_by_label("补充说明").click()
    page.keyboard.type("a z r n")
    expect(page.get_by_label("补充说明")).to_have_value("a z r n")
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_a_phone_is_enough_to_review(waiting: World, office: str, open_page) -> None:
    """390 px: nothing to scroll sideways, the buttons in reach of a thumb."""
    page = open_page(PHONE, touch=True)
    log_in(page, office, "zhao")
    assert sideways(page) == 0
    page.get_by_role("link", name=re.compile("^ZC")).tap()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert sideways(page) == 0
    page.get_by_role("button", name="全屏").tap()
    expect(page.locator("#viewer")).to_have_class(re.compile("full"))
    page.get_by_role("button", name="退出全屏").tap()
    approve = page.get_by_role("navigation", name="快速审核").get_by_role("button", name="通过")
    assert approve.bounding_box()["height"] >= 44
    approve.tap()
    page.get_by_role("dialog").get_by_role("button", name="通过").tap()
    expect(page.locator(".flash.good")).to_contain_text("已通过")
    assert newest(waiting).stage == Stage.CENTRE_REVIEW


def test_the_buttons_of_a_picture_come_once_they_do_something(waiting: World, office: str, open_page) -> None:
    """On a slow line the page is there before its program: a tap on 全屏 must not be lost."""
    page = open_page(PHONE, touch=True)
    log_in(page, office, "zhao")
    program = HeldBack(page, "**/viewer.js*")
    page.get_by_role("link", name=re.compile("^ZC")).tap()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[data-do=full]")).not_to_be_visible()
    program.release()
    page.get_by_role("button", name="全屏").tap()
    expect(page.locator("#viewer")).to_have_class(re.compile("full"))


def test_no_page_is_wider_than_a_phone(waiting: World, office: str, open_page) -> None:
    """Every page that an administrator sees."""
    waiting.staff("zhou", Role.ADMINISTRATOR)
    page = open_page(PHONE, touch=True)
    log_in(page, office, "zhou")
    wide = {}
    for path in (
        "/",
        "/?show=all",
        "/applications/1",
        "/messages",
        "/capacity-changes",
        "/rules",
        "/rules/1",
        "/knowledge",
        "/knowledge?ask=合同",
        "/knowledge/1",
        "/knowledge/new",
        "/heard",
        "/settings",
        "/people",
        "/health",
    ):
        page.goto(f"{office}{path}")
        if sideways(page):
            wide[path] = sideways(page)
    assert wide == {}


def test_the_console_works_without_its_script(waiting: World, office: str, browser: Browser) -> None:
    """An old or locked-down browser still reviews."""
    context = browser.new_context(viewport=WIDE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    open_waiting(page, office)
    page.locator("#approve").click()
    expect(page.locator(".flash.good")).to_contain_text("已通过")
    context.close()
    assert newest(waiting).stage == Stage.CENTRE_REVIEW
