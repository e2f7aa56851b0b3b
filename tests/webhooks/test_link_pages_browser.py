"""The pages behind SMS links in a real browser, on a small phone: send a picture, answer a question with its code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from domain.registration.applications import Stage
from tests.support.console import newest, photo_of
from tests.support.world import ACCOUNT, CODE, COMPANY, World

SMALL = {"width": 360, "height": 640}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small phone; whatever its browser complains about fails the test, and so does a page wider than the screen."""
    troubles: list[str] = []
    context = browser.new_context(viewport=SMALL, locale="zh-CN", has_touch=True, is_mobile=True, device_scale_factor=2)
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("load", lambda: troubles.append("wider than the screen") if sideways(page) else None)
    yield page
    context.close()
    assert troubles == []


def sideways(page: Page) -> bool:
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(wider))


def newest_link(world: World) -> str:
    """The path of the newest link in the phone's inbox."""
    found = [match for text in world.sms.texts() for match in re.findall(r"/l/\w+", text)]
    return found[-1]


def picture() -> dict[str, object]:
    file = BytesIO()
    Image.new("RGB", (1200, 850), "#f4efe2").save(file, "JPEG")
    return {"name": "licence.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def thumb_sized(page: Page) -> bool:
    """Every button and field is large enough for a thumb."""
    boxes = [each.bounding_box() for each in page.locator("button:visible, input:visible").all()]
    return all(box is not None and box["height"] >= 44 for box in boxes)


def test_a_licence_is_sent_from_a_small_phone(world: World, host: str, phone: Page) -> None:
    """Two steps, no sideways scrolling, and the end says where the answer comes."""
    world.sms_in("我要注册")
    phone.goto(host + newest_link(world))
    expect(phone.get_by_role("heading", level=1)).to_have_text("发送营业执照照片")
    assert thumb_sized(phone) and not sideways(phone)
    phone.locator("input[type=file]").set_input_files(picture())
    phone.get_by_role("button", name="发送").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("照片已收到")
    world.work()
    assert COMPANY.name in world.sms.texts()[-1]
    assert photo_of(world, newest(world).id).reading is not None


def test_without_a_picture_the_form_does_not_go(world: World, host: str, phone: Page) -> None:
    """The browser itself asks for one; the link is as good as before."""
    world.sms_in("我要注册")
    phone.goto(host + newest_link(world))
    phone.get_by_role("button", name="发送").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("发送营业执照照片")


def test_a_question_is_answered_on_a_small_phone_with_the_code_of_the_sms(world: World, host: str, phone: Page) -> None:
    """The whole text, large buttons, the code's field, and the end."""
    for text in ("我要注册", CODE, "1", ACCOUNT, "王芳"):
        world.sms_in(text)
    phone.goto(host + newest_link(world))
    phone.locator("input[type=file]").set_input_files(picture())
    phone.get_by_role("button", name="发送").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("照片已收到")
    world.work()
    world.sms_in("链接")
    phone.goto(host + newest_link(world))
    expect(phone.locator("main")).to_contain_text(COMPANY.address)
    assert thumb_sized(phone) and not sideways(phone)
    phone.get_by_role("button", name="确认提交").tap()
    expect(phone.get_by_label("短信验证码")).to_be_visible()
    assert thumb_sized(phone)
    world.work()
    phone.get_by_label("短信验证码").fill(world.code())
    phone.get_by_role("button", name="确认", exact=True).tap()
    expect(phone.locator("main")).to_contain_text("已提交")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_dead_link_says_what_to_do(host: str, browser: Browser) -> None:
    """In words, on one screen."""
    context = browser.new_context(viewport=SMALL, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{host}/l/nothing")
    expect(page.locator("main")).to_contain_text("回复“链接”")
    assert not sideways(page)
    context.close()
