"""A form that was refused says why and keeps what was typed."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from domain.people.staff import Role
from tests.support.console import Visitor
from tests.support.world import World


@pytest.fixture
def admin(world: World, console: Flask) -> Visitor:
    """The administrator, logged in."""
    return Visitor(console).enter(world, world.staff("admin", Role.ADMINISTRATOR))


def test_a_setting_that_cannot_be_stays_in_its_field(admin: Visitor) -> None:
    admin.get("/settings")
    page = admin.post("/settings", name="claim_hours", value="9999")
    assert "没有保存" in page and 'value="9999" autofocus aria-invalid="true"' in page


def test_matters_are_ticked_in_words(admin: Visitor) -> None:
    """Their names stand in no field any more; none ticked switches the safeguard off knowingly."""
    page = admin.get("/settings")
    assert 'value="submit" checked> 提交注册申请' in page and 'value="market"> 选择市场' in page
    page = admin.post("/settings", name="second_factor_for", value=["submit", "market"])
    assert 'value="market" checked' in page and 'value="batch"> ' in page


def test_a_proxy_that_is_there_already(admin: Visitor) -> None:
    admin.get("/proxies")
    admin.post("/proxies/add", kind="platform", code="P1", name="云上平台")
    admin.get("/proxies")
    page = admin.post("/proxies/add", kind="platform", code="P1", name="云上平台二")
    assert "已经登记过" in page and 'value="云上平台二"' in page and 'value="platform" selected' in page


def test_a_phone_with_a_digit_too_few(admin: Visitor) -> None:
    admin.get("/batches")
    fields = {"csrf_token": admin.token(), "phone": "1388765", "file": (BytesIO(b"x"), "x.csv")}
    page = admin.client.post("/console/batches", data=fields).get_data(as_text=True)
    assert "11位" in page and 'name="phone" value="1388765"' in page


def test_a_login_that_is_taken(admin: Visitor) -> None:
    admin.get("/people")
    page = admin.post("/people/add", organisation="1", role="reviewer", name="王小二", login="admin", phone="")
    assert 'value="王小二"' in page and 'value="reviewer" selected' in page
