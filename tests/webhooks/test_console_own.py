"""Everybody sees their own: every page that can be opened, looked through for what belongs to another bureau."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from domain.people.contacts import Contact
from domain.people.staff import OrganisationKind, Role, Staff, organisation, set_password
from domain.registration.applications import Application, Source, Stage, StageStep, put
from domain.rules.rules import Problem, Severity
from domain.rules.troubles import shown
from tests.support.console import Visitor
from tests.support.world import World

NUMBER, NAME = "ZC20261120987654", "曲靖某某绝密铝业有限公司"


@pytest.fixture
def theirs(world: World) -> int:
    """An application of 曲靖, with a problem and a name that stands nowhere else."""
    with world.app.store.write() as session:
        place = organisation(session, OrganisationKind.BUREAU, "053002", "曲靖供电局")
        contact, at = Contact(created_at=world.now), world.now - timedelta(days=3)
        row = Application(contact=contact, number=NUMBER, stage=Stage.BUREAU_REVIEW, stage_since=at, created_at=at)
        row.updated_at, row.submitted_at, row.bureau_id = at, at, place.id
        session.add(row)
        session.flush()
        put(row, "name", Source.REGISTRY, NAME, at)
        row.steps.append(StageStep(stage=Stage.BUREAU_REVIEW, entered_at=at, organisation_id=place.id))
        shown(session, row, [Problem("甲", 1, Severity.HINT, "", "")], "wechat", at)
        return row.id


def logged_in(world: World, console: Flask, kind: OrganisationKind, role: Role) -> Visitor:
    """Somebody of an organisation that is not 曲靖."""
    with world.app.store.write() as session:
        code = {"bureau": "053001", "retailer": "R1", "operations": "ops", "centre": "centre"}[kind]
        place = organisation(session, kind, code, f"单位{code}")
        set_password(session, "li", "x" * 12, b"salt", name="李", role=role, organisation_id=place.id)
        staff = session.query(Staff).filter_by(login="li").one().id
    return Visitor(console).enter(world, staff)


def pages(console: Flask, application_id: int) -> list[str]:
    """Every address of the console that can be opened, with the foreign application's id and the first of all else."""
    found = []
    for rule in console.url_map.iter_rules():
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ()) and rule.endpoint != "console.static":
            given = {each: application_id if each == "application_id" else 1 for each in rule.arguments}
            given = {each: "week" if each == "name" else value for each, value in given.items()}
            with console.test_request_context():
                found.append(console.url_for(rule.endpoint, **given))
    asked = ("?show=all", "?show=all&q=987654", "?show=all&q=绝密", "export?show=all")
    return [*found, *(f"/console/{each}" for each in asked)]


STRANGERS = [
    (OrganisationKind.BUREAU, Role.HANDLER),
    (OrganisationKind.BUREAU, Role.PRINCIPAL),
    (OrganisationKind.RETAILER, Role.PRINCIPAL),
    (OrganisationKind.OPERATIONS, Role.OPERATOR),
]


@pytest.mark.parametrize(("kind", "role"), STRANGERS, ids=lambda each: str(each))
def test_nobody_sees_another_bureaus_order(
    world: World, console: Flask, theirs: int, kind: OrganisationKind, role: Role
) -> None:
    """Neither its number nor its name, on any page."""
    visitor, told = logged_in(world, console, kind, role), {}
    for path in pages(console, theirs):
        answer = visitor.client.get(path)
        words = answer.get_data().decode(errors="replace")
        if NUMBER in words or "绝密铝业" in words or answer.status_code >= 500:
            told[path] = answer.status_code
    assert told == {}


def test_the_centre_sees_it(world: World, console: Flask, theirs: int) -> None:
    """The same look finds what may be seen: the test above can fail."""
    visitor = logged_in(world, console, OrganisationKind.CENTRE, Role.REVIEWER)
    assert NUMBER in visitor.get("/?show=all")
    assert NAME in visitor.get("/?show=all&q=绝密")
    assert NAME in visitor.get(f"/applications/{theirs}")
