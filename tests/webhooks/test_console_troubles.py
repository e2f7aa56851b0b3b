"""The report of what goes wrong most and the spreadsheets, through the console's pages."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from domain.evidence import Evidence
from domain.people.staff import Role
from domain.registration.applications import Application, Source, put
from domain.rules.rules import Problem, Severity
from domain.rules.troubles import shown
from domain.settings import SettingValue
from tests.support.console import Visitor, newest, submitted
from tests.support.world import World

ENDED = Problem("执照已过期", 1, Severity.BLOCKING, "执照过期。", "请换新执照。")


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator, logged in; one application waits, whose applicant was shown a problem."""
    application = submitted(world)
    with world.app.store.write() as session:
        shown(session, session.get_one(Application, application), [ENDED], "wechat", world.now)
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


def sheet(visitor: Visitor, path: str) -> list[tuple[object, ...]]:
    """The rows of a spreadsheet that a link gives."""
    answer = visitor.client.get(f"/console{path}")
    assert answer.status_code == 200
    return list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))


def test_every_figure_of_the_report_leads_to_its_cases(world: World, zhou: Visitor) -> None:
    """The rule, its outcome, the week; the case leads to the application."""
    assert "执照已过期" in zhou.get("/troubles")
    assert "共 <b>1</b> 例" in zhou.get("/troubles/cases?rule=执照已过期&outcome=open")
    assert f"/console/applications/{newest(world).id}" in zhou.last
    assert "共 <b>0</b> 例" in zhou.get("/troubles/cases?rule=执照已过期&outcome=mended")


@pytest.mark.parametrize("name", ["rule", "week", "bureau", "channel"])
def test_a_picture_runs_nothing_and_carries_its_own_policy(zhou: Visitor, name: str) -> None:
    """SVG with its styles inside and no script."""
    answer = zhou.client.get(f"/console/troubles/chart/{name}.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    drawn = answer.get_data(as_text=True)
    assert drawn.startswith("<svg")
    assert "<script" not in drawn


def test_a_picture_that_is_not_there_is_not_found(zhou: Visitor) -> None:
    zhou.get("/troubles/chart/other.svg", 404)


def test_the_queue_is_taken_away_as_it_is_narrowed_and_that_is_kept(world: World, zhou: Visitor) -> None:
    """People are masked; who took what is evidence; a name that looks like a formula stays a text."""
    with world.app.store.write() as session:
        application = session.query(Application).one()
        put(application, "name", Source.REGISTRY, "=1+1", world.now)
        application.decided["name"] = Source.REGISTRY
    rows = sheet(zhou, "/export?show=all")
    assert rows[0][:2] == ("申请编号", "企业")
    assert rows[1][0:3] == (newest(world).number, "=1+1", "0530010686818433")
    assert rows[1][9:] == ("王*", "138****4321")
    assert len(sheet(zhou, "/export?show=returned")) == 1
    with world.app.store.read() as session:
        kept = session.query(Evidence).filter_by(what="exported").all()
    assert [row.data["rows"] for row in kept] == [1, 0]


def test_people_are_written_out_where_the_setting_says_so(world: World, zhou: Visitor) -> None:
    with world.app.store.write() as session:
        session.add(SettingValue(name="export_personal", value=True))
    assert sheet(zhou, "/export?show=all")[1][9:] == ("王芳", "13887654321")


def test_a_list_that_is_too_long_is_refused_with_what_to_do(world: World, zhou: Visitor) -> None:
    """And nothing is noted."""
    with world.app.store.write() as session:
        session.add(SettingValue(name="export_rows", value=0))
    assert "请先用筛选缩小范围" in zhou.get("/export?show=all")
    with world.app.store.read() as session:
        assert session.query(Evidence).filter_by(what="exported").count() == 0


def test_the_report_is_taken_away(zhou: Visitor) -> None:
    """By rule, week, bureau and channel."""
    rows = sheet(zhou, "/troubles/export")
    assert ("规则", "执照已过期") in [row[:2] for row in rows]
    assert {row[0] for row in rows[1:]} == {"规则", "周", "供电单位", "渠道"}


def test_the_choices_of_the_queue_stand_in_its_links(world: World, zhou: Visitor) -> None:
    """One more choice keeps the others; a choice that nobody knows is left aside."""
    page = zhou.get("/?show=all&kind=owner&channel=nonsense")
    assert "show=all&amp;kind=owner&amp;channel=wechat" in page
    assert str(newest(world).number) in page
    assert str(newest(world).number) not in zhou.get("/?show=all&kind=tenant")
