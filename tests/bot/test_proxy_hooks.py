"""Hooks: rows written with the change, signed, sent over real HTTP to a stand-in, tried again; never to ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot import hooks as sender
from bot import proxies
from domain.people.staff import Role, Staff
from domain.proxies import hooks
from domain.proxies.refusals import Refused
from domain.proxies.tables import HookDelivery, HookState, Proxy
from domain.registration.applications import Application
from domain.review.review import send_back
from sandbox.app import build_app
from sandbox.settings import Settings
from tests.sandbox.harness import free_port, served
from tests.support.proxies import Program, program
from tests.support.world import World


@dataclass
class Platform:
    """The proxy's own server, on a real port: the sandbox's, which checks signatures with the library."""

    url: str

    def heard(self) -> list[dict[str, object]]:
        """The events that it took, their signature being right."""
        found: list[dict[str, object]] = httpx.get(f"{self.url}/sandbox/platform", trust_env=False).json()
        return found

    def knows(self, secret: str) -> None:
        """Let it check with this secret."""
        httpx.put(f"{self.url}/sandbox/platform/secret", json={"secret": secret}, trust_env=False)

    def answers(self, *statuses: int) -> None:
        """Let the next answers be these, whatever comes."""
        httpx.post(f"{self.url}/sandbox/platform/answers", json={"statuses": list(statuses)}, trust_env=False)


@pytest.fixture
def platform(world: World, tmp_path: Path) -> Iterator[Platform]:
    """The stand-in; addresses of this machine are allowed, and the time is the true one, as signatures have an age."""
    world.app.settings.hooks_allow_private = True
    world.now = datetime.now(UTC).replace(hour=2)  # by day in China
    port = free_port()
    with served(build_app(Settings(port=port, directory=tmp_path / "sandbox")), port):
        yield Platform(f"http://127.0.0.1:{port}")


def joined(proxy: Program, platform: Platform) -> str:
    """The platform registers itself; its secret."""
    made = proxy.post("/hooks", {"url": f"{platform.url}/platform/hooks", "events": list(hooks.EVENTS)})
    assert made.status_code == 201, made.json
    platform.knows(made.json["secret"])
    return str(made.json["secret"])


def send_all(world: World) -> None:
    """What the worker's task does every few seconds."""
    world.now = datetime.now(UTC) if abs(world.now - datetime.now(UTC)) > timedelta(days=2) else world.now
    for hook_id in sender.due(world.app):
        sender.deliver(world.app, hook_id)


@pytest.fixture
def true_time(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Signatures are made with the true time, whatever the desk's clock says."""
    call = sender._call
    monkeypatch.setattr(sender, "_call", lambda row, now: call(row, datetime.now(UTC)))


@pytest.mark.usefixtures("true_time")
def test_a_proxy_hears_of_each_step(world: World, platform: Platform) -> None:
    """The user's yes, the submission, the return: signed, in order, without personal data."""
    proxy = program(world)
    joined(proxy, platform)
    done = proxy.submitted()
    staff_id = world.staff("zhao", Role.HANDLER, "053001")
    with world.app.store.write() as session:
        application = session.get_one(Application, done["id"])
        send_back(session, application, session.get_one(Staff, staff_id), "执照照片不清晰", world.now)
    send_all(world)
    heard = platform.heard()
    assert [each["type"] for each in heard] == [
        "authorisation.answered",
        "registration.stage_changed",
        "registration.stage_changed",
        "registration.returned",
    ]
    assert heard[-1]["data"] == {"registration": done["id"], "number": done["number"], "stage": "returned"}
    for private in ("王芳", "13887654321", "滇星", "执照照片"):
        assert private not in str(heard)
    shown = proxy.shown(done["id"])
    assert any("执照照片不清晰" in each["problem"] for each in shown["problems"])


@pytest.mark.usefixtures("true_time")
def test_what_fails_is_tried_again_and_ends(world: World, platform: Platform) -> None:
    """Eight tries over a day, then dead; by hand it goes once more."""
    proxy = program(world)
    joined(proxy, platform)
    proxy.authorised()
    platform.answers(*[503] * hooks.TRIES)
    for wait in (0, *hooks.BACK_OFF):
        world.now += timedelta(minutes=wait, seconds=1)
        for hook_id in sender.due(world.app):
            sender.deliver(world.app, hook_id)
    row = proxy.get("/deliveries").json["items"][0]
    assert (row["state"], row["attempts"], row["status"]) == ("dead", 8, 503)
    assert timedelta(hours=20) < timedelta(minutes=sum(hooks.BACK_OFF)) < timedelta(hours=28)
    assert proxy.post(f"/deliveries/{row['id']}/again").json["state"] == "pending"
    for hook_id in sender.due(world.app):
        sender.deliver(world.app, hook_id)
    assert proxy.get("/deliveries").json["items"][0]["state"] == "delivered"


@pytest.mark.usefixtures("true_time")
def test_both_secrets_sign_for_a_day(world: World, platform: Platform) -> None:
    """Who has not changed yet misses nothing."""
    proxy = program(world)
    joined(proxy, platform)  # the platform keeps the old one
    assert proxy.post("/hooks/1/secret").json["secret"].startswith("whsec_")
    proxy.authorised()
    send_all(world)
    assert len(platform.heard()) == 1
    with world.app.store.read() as session:
        assert session.query(HookDelivery).one().state == HookState.DELIVERED


def test_a_wrong_secret_is_noticed_by_the_platform(world: World, platform: Platform) -> None:
    """The stand-in does check: with another secret it takes nothing."""
    proxy = program(world)
    joined(proxy, platform)
    platform.knows(hooks.new_secret(world.app.random))
    proxy.authorised()
    send_all(world)
    assert platform.heard() == []
    assert proxy.get("/deliveries").json["items"][0]["status"] == 401


@pytest.mark.usefixtures("true_time")
def test_what_was_half_sent_is_sent_again(world: World, platform: Platform) -> None:
    """The worker died between the claim and the answer; the same number lets the platform tell a repeat."""
    proxy = program(world)
    joined(proxy, platform)
    proxy.authorised()
    with world.app.store.write() as session:
        assert hooks.claim_next(session, 1, world.now) is not None
    assert sender.due(world.app) == []
    world.now += timedelta(minutes=3)
    send_all(world)
    assert [each["id"] for each in platform.heard()] == ["evt_1"]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.0.0.8/hook",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.8]/hook",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
    ],
)
def test_nothing_private_is_called(url: str) -> None:
    """An event cannot be used to reach our own machines."""
    with pytest.raises(sender.NotPublic):
        sender.pinned(url, private=False)


def test_a_public_address_is_called_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once; what it says a moment later does not matter."""
    found = [(2, 1, 6, "", ("93.184.215.14", 8443))]
    monkeypatch.setattr(sender.socket, "getaddrinfo", lambda *given, **more: found)
    assert sender.pinned("https://hooks.example.com:8443/a?b=1", private=False) == (
        "https://93.184.215.14:8443/a?b=1",
        "hooks.example.com",
    )


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.com/", "ftp://hooks.example.com/", "https://user:pass@hooks.example.com/", "https:///x"],
)
def test_only_https_is_taken(world: World, url: str) -> None:
    """And no password in the address."""
    answer = program(world).post("/hooks", {"url": url, "events": ["registration.returned"]})
    assert (answer.status_code, answer.json["code"]) == (422, "bad_hook")


def test_an_event_is_told_once(world: World) -> None:
    """Whoever writes it twice."""
    proxy = program(world)
    proxy.post("/hooks", {"url": "https://hooks.example.com/", "events": ["conduct.changed"]})
    with world.app.store.write() as session:
        for _ in range(2):
            hooks.tell(session, proxy.proxy_id, "conduct.changed", "k", {}, world.now)
            hooks.tell(session, proxy.proxy_id, "registration.returned", "k2", {}, world.now)  # not wanted
            session.flush()
        assert session.query(HookDelivery).count() == 1


def test_a_removed_address_hears_nothing_more(world: World) -> None:
    """What waited is not sent, and the log says why."""
    proxy = program(world)
    proxy.post("/hooks", {"url": "https://hooks.example.com/", "events": ["conduct.changed"]})
    with world.app.store.write() as session:
        hooks.tell(session, proxy.proxy_id, "conduct.changed", "k", {}, world.now)
    assert proxy.delete("/hooks/1").status_code == 204
    assert sender.due(world.app) == []
    row = proxy.get("/deliveries").json["items"][0]
    assert (row["state"], row["error"]) == ("dead", "removed")


def test_a_proxy_has_nothing_to_do_with_anothers_addresses(world: World) -> None:
    """It neither sees them, nor takes one away, nor gets a secret that signs for it, nor sends anything again."""
    proxy, other = program(world), program(world, name="滇中售电有限公司", code="R002")
    proxy.post("/hooks", {"url": "https://hooks.example.com/", "events": ["conduct.changed"]})
    with world.app.store.write() as session:
        hooks.tell(session, proxy.proxy_id, "conduct.changed", "k", {}, world.now)
    assert (other.get("/hooks").json["items"], other.get("/deliveries").json["items"]) == ([], [])
    tried = [other.delete("/hooks/1"), other.post("/hooks/1/secret"), other.post("/deliveries/1/again")]
    assert [each.status_code for each in tried] == [404, 404, 404]
    assert [each["id"] for each in proxy.get("/hooks").json["items"]] == [1]


def test_there_is_a_most_of_addresses(world: World) -> None:
    """A setting; the words say what to do."""
    program(world)
    with world.app.store.write() as session:
        row = session.get_one(Proxy, 1)
        for number in range(5):
            url = f"https://{number}.example.com/"
            hooks.add(session, row, url, ["conduct.changed"], "x", world.app.random, world.now)
        with pytest.raises(Refused, match="最多登记5个"):
            hooks.add(session, row, "https://6.example.com/", ["conduct.changed"], "x", world.app.random, world.now)


def test_the_daily_look_runs(world: World) -> None:
    """Every proxy is looked at; twice changes nothing."""
    program(world)
    assert proxies.daily(world.app) == (1, 0, 0) == proxies.daily(world.app)
