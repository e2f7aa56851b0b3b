"""Every page of the console as people meet it who see, hear or reach it otherwise, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from bot.seed_market import seed_market
from domain.market.capacity_changes import CapacityChange, ChangeState
from domain.market.changing import TO_RETAIL
from tests.support.console import PASSWORD
from tests.support.office import fill
from tests.support.world import World

SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 760}}
IDS = {"application_id", "rule_id", "batch_id", "proxy_id", "conversation_id", "group_id", "fact"}
IDS |= {"package_id", "retailer_id", "version_id", "article_id"}
NO_PAGES = ("static", "logout", "photo", "talk_photo", "talk_log", "talks_waiting", "trouble_chart")  # parts of pages


@pytest.fixture
def office(world: World, console: Flask, host: str) -> str:
    """An office in full swing; its administrator has a login."""
    fill(world)
    with world.app.store.write() as session:
        seed_market(session, world.now)
        for state in (ChangeState.UNREACHED, ChangeState.WAITING, ChangeState.ANSWERED):
            row = CapacityChange(application_id=1, at=world.now, old_kva="630", new_kva="314", source="marketing")
            row.state, row.market, row.deadline = state, TO_RETAIL, world.now
            session.add(row)
    return host


@pytest.fixture
def page(office: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the size that the test names, logged in."""
    context = browser.new_context(viewport=SIZES[request.param], locale="zh-CN", reduced_motion="reduce")
    opened = context.new_page()
    opened.goto(f"{office}/console/login")
    opened.get_by_label("账号").fill("admin")
    opened.get_by_label("密码").fill(PASSWORD)
    opened.get_by_role("button", name="登录").click()
    expect(opened.get_by_role("navigation", name="主导航")).to_be_visible()
    yield opened
    context.close()


def addresses(console: Flask) -> list[str]:
    """Every page that can be opened as it is, and those of the first application and rule."""
    found = []
    for rule in console.url_map.iter_rules():
        name = rule.endpoint.removeprefix("console.")
        if not rule.endpoint.startswith("console.") or "GET" not in (rule.methods or ()) or name in NO_PAGES:
            continue
        if "export" in name or "template" in name or rule.arguments - IDS or ".xlsx" in rule.rule:
            continue
        with console.test_request_context():
            given = {each: "complaint" if each == "fact" else 1 for each in rule.arguments}
            found.append(console.url_for(rule.endpoint, **given))
    asked = (
        "?show=all",
        "?show=all&taken=free&colour=red",
        "troubles/cases?rule=第1项不符",
        "applications/5",
        "owed?show=overdue",
        "capacity-changes?show=waiting",
        "knowledge?ask=丰水期是哪几个月",
        "knowledge?ask=我们要增容到800，咋个整",
    )
    return sorted({*found, *(f"/console/{each}" for each in asked)})


@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", list(SIZES), indirect=True)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    console: Flask, office: str, page: Page
) -> None:
    """All pages that an administrator opens; those that say that nothing is there are left out."""
    found: dict[str, object] = {}
    for path in addresses(console):
        answer = page.goto(f"{office}{path}")
        assert answer is not None
        if answer.status != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        said = Axe().run(page).response["violations"]
        grave = [
            (each["id"], each["nodes"][0]["html"][:120]) for each in said if each["impact"] in ("serious", "critical")
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if grave or wide:
            found[path] = (grave, wide)
    assert found == {}
