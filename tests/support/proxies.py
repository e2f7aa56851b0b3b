"""A retail company and its program: a key from an administrator, requests over Flask's own client."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.people.staff import Role, Staff
from domain.proxies import keys
from domain.proxies.keys import KeyWish
from domain.proxies.tables import Proxy, Scope
from tests.support.world import ACCOUNT, CODE, PHONE, World

NAME = "云岭售电有限公司"
JPEG = b"\xff\xd8\xff\xe0 a picture of a licence"
WHOLE = {"account_number": ACCOUNT, "code": CODE, "contact_name": "王芳", "phone": PHONE}


class Program:
    """A proxy's program with one key; each POST has an Idempotency-Key of its own."""

    def __init__(self, world: World, key: str, proxy_id: int) -> None:
        self.world, self.key, self.proxy_id = world, key, proxy_id
        self.client: FlaskClient = world.door
        self._repeats = count(1)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Look at something."""
        return self.client.get(f"/api/v1{path}", headers=self._headers(), **more)

    def post(self, path: str, body: Any = None, repeat: str = "", **more: Any) -> TestResponse:
        """Do something, under a new Idempotency-Key or the one that is named; the workers do what follows."""
        key = {"Idempotency-Key": repeat or f"{self.key[-6:]}-{next(self._repeats)}"}
        given = more or ({"json": body} if body is not None else {})
        answer = self.client.post(f"/api/v1{path}", headers={**self._headers(), **key}, **given)
        self.world.work()
        return answer

    def patch(self, path: str, body: Any) -> TestResponse:
        """Change something."""
        return self.client.patch(f"/api/v1{path}", headers=self._headers(), json=body)

    def delete(self, path: str) -> TestResponse:
        """Take something away."""
        return self.client.delete(f"/api/v1{path}", headers=self._headers())

    def upload(self, content: bytes = JPEG, repeat: str = "") -> TestResponse:
        """Send a picture."""
        from io import BytesIO

        return self.post("/documents", repeat=repeat, data={"file": (BytesIO(content), "licence.jpg")})

    def registered(self, **changed: Any) -> dict[str, Any]:
        """A registration with everything that it needs, its licence read; as it was answered."""
        document = self.upload().json or {}
        answer = self.post("/registrations", {**WHOLE, "documents": [{"id": document["id"]}], **changed})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.json or {}

    def authorised(self, **changed: Any) -> dict[str, Any]:
        """A registration that its user has said yes to, by SMS."""
        made = self.registered(**changed)
        assert self.post(f"/registrations/{made['id']}/authorisation").status_code == 202
        self.world.sms_in("1")
        self.world.sms_in(self.world.code())
        return self.shown(made["id"])

    def submitted(self, **changed: Any) -> dict[str, Any]:
        """A registration that was handed in."""
        made = self.authorised(**changed)
        answer = self.post(f"/registrations/{made['id']}/submit")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json or {}

    def shown(self, number: int) -> dict[str, Any]:
        """A registration as it stands."""
        return self.get(f"/registrations/{number}").json or {}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def administrator(world: World, login: str = "admin") -> int:
    """The trading centre's administrator; the id."""
    return world.staff(login, Role.ADMINISTRATOR)


def program(
    world: World, *, name: str = NAME, code: str = "R001", scopes: tuple[str, ...] = tuple(Scope), **wish: Any
) -> Program:
    """A proxy with a key, made as the console makes them."""
    staff_id = administrator(world)
    with world.app.store.write() as session:
        by = session.get_one(Staff, staff_id)
        proxy = keys.add_proxy(session, by, "retailer", code, name, world.now)
        asked = KeyWish("生产系统", scopes, wish.pop("days", 90), **wish)
        _, text = keys.make(session, by, proxy, asked, world.app.random, world.now)
        return Program(world, text, proxy.id)


def proxy_of(world: World, made: Program) -> Proxy:
    """The proxy's row."""
    with world.app.store.read() as session:
        return session.get_one(Proxy, made.proxy_id)
