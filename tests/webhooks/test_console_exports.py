"""Lists taken away as spreadsheets: as many rows as the page says, people masked, and who took them is evidence."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from domain.evidence import Evidence
from domain.people.staff import Role
from domain.settings import SettingValue
from tests.support import office
from tests.support.console import Visitor
from tests.support.world import PHONE, World

# Each list with the page that it stands on and says how many it holds; None where the page does not say it.
LISTS = {
    "/messages/export": "/messages",
    "/messages/export?state=held": "/messages?state=held",
    "/owed/export?show=overdue": "/owed?show=overdue",
    "/proxies/export": None,
    "/applications/1/evidence/export": None,
    "/batches/1/result.xlsx": "/batches/1",
}


@pytest.fixture
def admin(world: World, console: Flask) -> Visitor:
    """The administrator, in an office in full swing."""
    return Visitor(console).enter(world, office.fill(world))


def sheet(visitor: Visitor, path: str) -> list[tuple[object, ...]]:
    """The rows of a spreadsheet below its heading."""
    answer = visitor.client.get(f"/console{path}")
    assert answer.status_code == 200, path
    return list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))[1:]


def taken(world: World) -> list[Evidence]:
    with world.app.store.read() as session:
        return list(session.scalars(select(Evidence).where(Evidence.what == "exported").order_by(Evidence.id)))


def test_each_list_goes_out_masked_and_with_evidence(world: World, admin: Visitor) -> None:
    """No whole phone and no word of what was said; the number of rows is kept."""
    for number, (path, page) in enumerate(LISTS.items(), 1):
        found = sheet(admin, path)
        said = re.search(r'data-total="(\d+)"', admin.get(page)) if page else None
        rows = int(said.group(1)) if said else len(found)
        assert len(found) == rows > 0, (path, found)
        assert PHONE not in str(found), path
        assert len(taken(world)) == number
        assert taken(world)[-1].who.startswith("staff:") and taken(world)[-1].data["rows"] == rows


def test_the_settings_hold_and_a_bureau_takes_its_own_alone(world: World, console: Flask, admin: Visitor) -> None:
    """Another bureau's lists are empty; with the setting people are named; what is too long leads back with words."""
    wu = Visitor(console).enter(world, world.staff("wu", Role.HANDLER, "053002"))
    assert sheet(wu, "/owed/export?show=overdue") == []
    assert sheet(wu, "/messages/export") == []
    wu.get("/applications/1/evidence/export", 404)
    wu.get("/proxies/export", 403)
    wu.get("/batches/1/result.xlsx", 404)
    setting(world, "export_personal", True)
    assert PHONE in str(sheet(admin, "/owed/export?show=overdue"))
    assert "昆明滇星机械制造有限公司" in str(sheet(admin, "/applications/1/evidence/export"))
    assert taken(world)[-1].data["personal"] is True
    setting(world, "export_rows", 3)
    before = len(taken(world))
    assert "一次最多导出 3 行" in admin.get("/messages/export")
    assert "一次最多导出 3 行" in admin.get("/batches/1/result.xlsx")
    assert len(taken(world)) == before


def setting(world: World, name: str, value: int | bool) -> None:
    """An administrator has set this."""
    with world.app.store.write() as session:
        session.add(SettingValue(name=name, value=value))
