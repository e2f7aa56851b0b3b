"""The review console over Flask's own client: people who log in and click, on the product of `tests.support.world`."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.people.staff import Staff
from domain.registration.applications import Application, Photo
from tests.support.world import PASSWORD, World
from webhooks.console.guard import Member


class Visitor:
    """A browser without a screen: keeps cookies, sends the token that the page carried, follows redirects."""

    def __init__(self, flask: Flask) -> None:
        self.client: FlaskClient = flask.test_client()
        self.last = ""

    def get(self, path: str, status: int = 200) -> str:
        """Open a page; its HTML."""
        return self._seen(self.client.get(f"/console{path}", follow_redirects=True), status)

    def post(self, path: str, status: int = 200, **fields: str | list[str]) -> str:
        """Send a form of the page that was opened last; the page that follows."""
        fields = {"csrf_token": self.token(), **fields}
        return self._seen(self.client.post(f"/console{path}", data=fields, follow_redirects=True), status)

    def log_in(self, login: str, password: str = PASSWORD, status: int = 200) -> str:
        """Open the door, type, press."""
        self.get("/login")
        return self.post("/login", status, login=login, password=password)

    def enter(self, world: World, staff_id: int) -> Visitor:
        """Be logged in without typing a password (hashing one takes its time); the door itself has its own tests."""
        with world.app.store.read() as session:
            kept = Member(session.get_one(Staff, staff_id)).get_id()
        with self.client.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = kept, True
        self.get("/")
        return self

    def token(self) -> str:
        """The token of the page that was opened last."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.last)
        return found.group(1) if found else ""

    def field(self, name: str) -> str:
        """The value of a hidden field of the page that was opened last."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.last)
        assert found is not None, f"no field {name} on the page"
        return unescape(found.group(1))

    def decide(self, application_id: int, decision: str, status: int = 200, **fields: str | list[str]) -> str:
        """Open an application and decide on it as it stands."""
        self.get(f"/applications/{application_id}")
        step = self.field("step")
        return self.post(f"/applications/{application_id}/decision", status, decision=decision, step=step, **fields)

    def _seen(self, response: TestResponse, status: int) -> str:
        assert response.status_code == status, response.status
        self.last = response.get_data(as_text=True)
        return self.last


def submitted(world: World) -> int:
    """王芳 registers through the real desk and hands in; the application's id."""
    world.filled_in()
    world.say("1")
    return newest(world).id


def newest(world: World) -> Application:
    """The newest application, with what hangs on it."""
    with world.app.store.read() as session:
        found = session.query(Application).order_by(Application.id.desc()).first()
        assert found is not None
        _ = found.values, found.photos, found.steps
        return found


def photo_of(world: World, application_id: int) -> Photo:
    """The application's photo."""
    with world.app.store.read() as session:
        return session.query(Photo).filter_by(application_id=application_id).one()
