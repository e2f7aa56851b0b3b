"""The demonstration's program plays its whole part against the true door, over HTTP; the page is readable."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from domain.figures import FIGURES, GROUPS
from domain.proxies.hooks import EVENTS
from sandbox import proxy_client
from sandbox.proxy_client import Client, Refused
from tests.support.contracts import COMPANIES, ZHANG, open_market
from tests.support.proxies import JPEG, WHOLE, program
from tests.support.world import World

UNTOLD = {"proxy_answer_hours", "proxy_key_days", "proxy_hooks", "proxy_supplement_days"}  # plain by their titles


@pytest.fixture
def client(world: World, host: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A program with a key; while it waits, the workers work."""
    key = program(world).key
    monkeypatch.setattr(proxy_client.time, "sleep", lambda seconds: world.work())
    headers = {"Authorization": f"Bearer {key}"}
    return Client(httpx.Client(base_url=host, headers=headers, trust_env=False, timeout=20))


def test_the_program_registers_a_user(world: World, client: Client) -> None:
    """Upload, register, ask, wait for the yes on the user's phone, submit."""
    said: list[str] = []
    number = proxy_client.register(client, WHOLE, JPEG, said.append)
    world.work()
    world.sms_in("1")
    world.sms_in(world.code())
    done = proxy_client.submit(client, number, said.append)
    assert done["stage"] == "bureau_review" and said[-1].startswith("已提交，编号 ZC")


def test_the_program_proposes_and_answers_contracts(world: World, host: str) -> None:
    """What waits is agreed to by the mark of what was read; what it proposes it signs by the mark of what came back."""
    market, said = open_market(world), list[str]()
    key = program(world, code="R001", name=COMPANIES[0][1])
    headers = {"Authorization": f"Bearer {key.key}"}
    seller = Client(httpx.Client(base_url=host, headers=headers, trust_env=False, timeout=20))
    assert proxy_client.ask_permission(seller, "r1", said.append) == "asked"
    world.work()
    assert "可以以您的名义" in market.accept(ZHANG)
    market.world.wait(minutes=2)
    market.choose("P1001")
    market.sign()
    assert proxy_client.answer_contracts(seller, "r1", say=said.append) == 1
    assert "已办好" in said[-1]
    (made,) = market.contracts()
    wish = {"staff": "r1", "user": made.number, "package": "P1002", "begins": "end"}
    assert proxy_client.propose(seller, wish, said.append) == market.request().number
    assert "还等用户答复" in said[-1]


def test_a_refusal_is_told_with_its_problem(client: Client) -> None:
    """What the desk says comes out whole."""
    with pytest.raises(Refused, match="没有这个编号的登记"):
        client.get("/registrations/99")


def test_the_page_is_readable_without_scripts(world: World) -> None:
    """Every door, every error, nothing from elsewhere."""
    page = world.door.get("/api/v1/docs")
    shown = page.get_data(as_text=True)
    described = world.door.get("/api/v1/openapi.json").json
    assert described["openapi"].startswith("3.1")
    for path in described["paths"]:
        assert path in shown
    assert "<script" not in shown and "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "idempotency_key_reused" in shown and "registration.returned" in shown


def test_the_docs_name_every_setting_and_every_event() -> None:
    """What is set where is written down, and nothing that is not there."""
    written = (Path(__file__).resolve().parents[2] / "docs/proxy-api.md").read_text()
    for name in [*EVENTS, *(name for name in GROUPS["代办"] if name not in UNTOLD)]:
        assert f"`{name}`" in written, name
    assert set(re.findall(r"`((?:proxy|conduct)_[a-z_]+)`", written)) <= set(FIGURES)
