"""Evidence on the console: who may take packs away, that it is kept who did, and the check of the whole chain."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bot import anchoring, cli
from domain.evidence import Evidence
from domain.evidence_pack import check_pack
from domain.people.staff import Role
from tests.support.console import Visitor, submitted
from tests.support.tampering import rewrite
from tests.support.world import World


def visitor(world: World, console: Flask, login: str, role: Role, bureau: str = "") -> Visitor:
    return Visitor(console).enter(world, world.staff(login, role, bureau))


def taken(world: World) -> list[tuple[str, str]]:
    """Who took what away, as the evidence keeps it."""
    with world.app.store.read() as session:
        rows = session.scalars(select(Evidence).where(Evidence.what == "pack_taken").order_by(Evidence.id))
        return [(row.who, row.data["form"]) for row in rows]


def test_a_reviewer_takes_the_pdf_and_the_json_and_each_is_kept(world: World, console: Flask) -> None:
    number = submitted(world)
    chen = visitor(world, console, "chen", Role.REVIEWER)
    assert f"/applications/{number}/evidence.pdf" in chen.get(f"/applications/{number}")
    got = chen.client.get(f"/console/applications/{number}/evidence.pdf")
    assert (got.status_code, got.data[:5]) == (200, b"%PDF-")
    pack = json.loads(chen.client.get(f"/console/applications/{number}/evidence.json").data)
    assert check_pack(pack) == []
    assert [form for _, form in taken(world)] == ["pdf", "json"]
    assert all(who == pack["made_by"] for who, _ in taken(world))


@pytest.mark.parametrize("role", [Role.HANDLER, Role.PRINCIPAL])
def test_a_bureau_takes_no_pack_of_what_it_may_see(world: World, console: Flask, role: Role) -> None:
    number = submitted(world)
    zhao = visitor(world, console, "zhao", role, "053001")
    assert "evidence.pdf" not in zhao.get(f"/applications/{number}")
    for form in ("pdf", "json"):
        assert zhao.client.get(f"/console/applications/{number}/evidence.{form}").status_code == 403
    assert zhao.client.get("/console/evidence").status_code == 403
    assert taken(world) == []


def test_other_forms_and_other_numbers_are_not_there(world: World, console: Flask) -> None:
    number = submitted(world)
    chen = visitor(world, console, "chen", Role.REVIEWER)
    for path in (f"applications/{number}/evidence.exe", "applications/999/evidence.pdf",
                 "contract-requests/999/evidence.pdf"):  # fmt: skip
        assert chen.client.get(f"/console/{path}").status_code == 404


def test_an_administrator_sees_the_anchors_and_has_the_chain_checked(world: World, console: Flask) -> None:
    submitted(world)
    world.now += timedelta(days=1)
    anchoring.anchor(world.app)
    admin = visitor(world, console, "admin", Role.ADMINISTRATOR)
    assert "2026-11-23" in admin.get("/evidence")
    assert "<h2>完整</h2>" in admin.post("/evidence")
    rewrite(world, "UPDATE evidence SET who = 'system' WHERE id = 2")
    assert "第2条（2026-11-23）内容与校验值不符" in admin.post("/evidence")


def test_the_command_line_checks_a_pack_without_the_database(
    world: World, console: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = submitted(world)
    chen = visitor(world, console, "chen", Role.REVIEWER)
    file = tmp_path / "pack.json"
    file.write_bytes(chen.client.get(f"/console/applications/{number}/evidence.json").data)
    assert cli.main(["verify", str(file)]) == 0
    assert "一致" in capsys.readouterr().out
    file.write_text(file.read_text().replace("确认提交", "取消提交"))
    assert cli.main(["verify", str(file)]) == 1
    assert "被改动过" in capsys.readouterr().err
