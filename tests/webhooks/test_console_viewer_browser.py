"""The pictures of an application in a real browser: upright, marked where each field stands, by document."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from domain.people.staff import Role
from domain.registration.applications import Application, Photo
from domain.registration.readings import DocumentKind, Read, Reading
from tests.support.console import PASSWORD, submitted
from tests.support.world import World

IDENTITY = "530103198503162429"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
Open = Callable[[dict[str, int]], Page]


def lying_letter() -> bytes:
    """A sheet 600 wide and 900 tall with a red corner at its top left, photographed lying on its side."""
    sheet = Image.new("RGB", (600, 900), "white")
    ImageDraw.Draw(sheet).rectangle((0, 0, 120, 90), fill="#cc0000")
    file = BytesIO()
    sheet.rotate(-90, expand=True).save(file, "JPEG")  # clockwise; the reader turns it back, once counter-clockwise
    return file.getvalue()


@pytest.fixture
def reviewed(world: World) -> World:
    """An application with its licence and, of the owner, a letter that lies on its side."""
    number = submitted(world)
    letter = Reading(
        {
            "grantor": Read("安宁市宏达铸造有限公司", 0.99, (), (0.0, 0.0, 0.2, 0.1)),
            "grantee": Read("王秀英", 0.5, ("low_score",), (0.3, 0.5, 0.6, 0.55)),
            "grantee_id": Read(IDENTITY, 0.98, (), (0.3, 0.6, 0.8, 0.65)),
            "valid_to": Read("", 0.0, ("not_found",)),
            "seal": Read("no", 0.9),
        },
        kind=DocumentKind.LETTER,
        turns=1,
    )
    with world.app.store.write() as session:
        application = session.get_one(Application, number)
        for photo in application.photos:
            photo.file = world.app.photos.keep(lying_letter())
        file, now = world.app.photos.keep(lying_letter()), world.now
        of = {"contact_id": application.contact_id, "application_id": number, "received_at": now}
        session.add(Photo(file=file, kind="letter", party="owner", reading=letter.to_json(), **of))
    world.staff("zhao", Role.HANDLER, "053001")
    return world


@pytest.fixture
def opened(reviewed: World, office: str, browser: Browser) -> Open:
    """Opens the application in a browser of a size."""

    def opened(size: dict[str, int]) -> Page:
        page = browser.new_context(viewport=size, locale="zh-CN").new_page()
        page.goto(f"{office}/login")
        page.get_by_label("账号").fill("zhao")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.goto(f"{office}/applications/1")
        expect(page.locator("#viewer")).to_have_class(re.compile("ready"))
        return page

    return opened


def to_the_letter(page: Page) -> None:
    page.locator(".paper summary", has_text="产权人的授权委托书").click()
    page.locator(".paper", has_text="产权人的授权委托书").locator("[data-picture]").click()
    expect(page.locator(".photo-mark")).to_have_count(3)


def placed(page: Page, name: str) -> dict[str, float]:
    """Where the first of these lies in the sheet, and how large it is, all read at one moment."""
    return page.evaluate(
        """(name) => {
        const own = document.querySelector(name).getBoundingClientRect();
        const sheet = document.querySelector(".upright").getBoundingClientRect();
        return { left: own.left - sheet.left, top: own.top - sheet.top, width: own.width, height: own.height };
    }""",
        name,
    )


def test_a_picture_that_lies_on_its_side_is_shown_upright_with_its_marks_in_place(opened: Open) -> None:
    page = opened(WIDE)
    to_the_letter(page)
    page.wait_for_function(
        "document.querySelector('#photo').complete && document.querySelector('#photo').naturalWidth === 900"
    )
    sheet, mark = (placed(page, name) for name in (".upright", ".photo-mark"))
    assert sheet["height"] == pytest.approx(1.5 * sheet["width"], rel=0.02)
    assert (mark["left"], mark["top"]) == pytest.approx((0, 0), abs=3)
    page.get_by_role("button", name=re.compile("^标记")).click()  # the marks away: the paper's own corner is seen
    shot = Image.open(BytesIO(page.locator(".upright").screenshot())).convert("RGB")
    red = shot.getpixel((shot.width // 10, shot.height // 20))
    white = shot.getpixel((shot.width * 9 // 10, shot.height * 19 // 20))
    assert red[0] > 150 and red[1] < 60 and min(white) > 200


def test_a_field_in_the_list_leads_to_its_place(opened: Open) -> None:
    page = opened(WIDE)
    page.locator(".paper summary", has_text="产权人的授权委托书").click()
    page.get_by_role("button", name=re.compile("受托方 王秀英")).click()
    expect(page.locator(".photo-mark.chosen")).to_have_attribute("data-label", "受托方")
    expect(page.locator("#viewer")).to_have_class(re.compile("zoomed"))
    expect(page.locator(".photo-mark.chosen")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator(".photo-mark.chosen")).to_have_count(0)


def test_certainty_has_a_colour_and_a_persons_number_is_masked(opened: Open) -> None:
    page = opened(WIDE)
    to_the_letter(page)
    letter = page.locator(".paper", has_text="产权人的授权委托书")
    classes = letter.locator(".read-fields li > *").evaluate_all(
        "all => all.map((each) => each.className.split(' ')[0])"
    )
    assert classes == ["is-good", "is-doubt", "is-good", "is-bad", "is-bad"]
    expect(letter).to_contain_text("没有读到")
    assert IDENTITY not in page.content()
    expect(letter).to_contain_text("530***********2429")


def test_m_puts_the_marks_away_and_back(opened: Open) -> None:
    page = opened(WIDE)
    to_the_letter(page)
    page.keyboard.press("m")
    expect(page.locator(".photo-mark").first).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator(".photo-mark").first).to_be_visible()


def test_a_phone_shows_the_marks_and_scrolls_nothing_sideways(opened: Open) -> None:
    page = opened(PHONE)
    to_the_letter(page)
    expect(page.locator(".photo-mark").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def off_the_middle(page: Page) -> float:
    """How far the chosen mark's middle is from the middle of the window that shows the picture, in its widths."""
    return page.evaluate(
        """() => {
        const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
        const own = middle(document.querySelector(".photo-mark.chosen").getBoundingClientRect());
        const area = document.querySelector(".stage-area").getBoundingClientRect();
        return Math.hypot(own[0] - middle(area)[0], own[1] - middle(area)[1]) / area.width;
    }"""
    )


def test_zooming_and_turning_keep_the_chosen_field_in_the_middle(opened: Open) -> None:
    """Nobody loses the place they were looking at."""
    page = opened(WIDE)
    to_the_letter(page)
    page.locator(".read-fields button", has_text="王秀英").click()
    for press in ("in", "in", "turn", "in", "turn", "out"):
        page.locator(f"[data-do={press}]").click()
        assert off_the_middle(page) < 0.02, press


def test_a_picture_turned_by_hand_still_fits(opened: Open) -> None:
    """A wide sheet on its side is made smaller, instead of being cut off above and below."""
    page = opened(WIDE)
    page.keyboard.press("z")
    page.locator("[data-do=turn]").click()
    sheet, area = (page.locator(name).bounding_box() for name in (".upright", ".stage-area"))
    assert sheet is not None and area is not None
    assert sheet["width"] <= area["width"] + 1 and sheet["height"] <= area["height"] + 1
