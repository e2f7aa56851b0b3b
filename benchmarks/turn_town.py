"""What the turns of `benchmarks.turn` happen in: a store with people and their messages, the product's own action
server, and three servers of Rasa before it: as shipped, stock with our pipeline, and ours as the product starts it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from sqlalchemy import func, select

from benchmarks.turn_models import OURS, RASA
from bot.database import Store
from bot.start.environment import product_environment
from bot.start.place import Place
from bot.start.processes import processes
from domain.knowledge import articles
from domain.messages.messages import InboundMessage, InState
from domain.migrate import migrate
from domain.people.contacts import WECHAT, Address, Contact
from domain.private import fingerprint, use_keys
from tests.sandbox.harness import free_port
from tests.support.product import ROOT, SHARED

READY_SECONDS = 300
STOCK = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}  # as shipped it would also write to its makers
MESSAGES = (
    "我的申请到哪了",
    "要多久才能办好",
    "需要准备哪些材料",
    "执照怎么拍才清楚",
    "你们这个是干什么的",
    "我是租的房子",
    "户号在哪里看",
    "停电了找谁",
    "谢谢",
    "验证码没收到",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message that waits for its turn, as Rasa is told of it."""

    sender: str
    text: str
    metadata: Mapping[str, Any]

    def body(self) -> bytes:
        """The request of Rasa's REST channel, and of ours."""
        return json.dumps({"sender": self.sender, "message": self.text, "metadata": self.metadata}).encode()


class Town:
    """The store, with people who write as they are told."""

    def __init__(self, root: Path) -> None:
        for name in SHARED:
            (root / name).symlink_to(ROOT / name)
        ports = {name: str(free_port()) for name in ("PORT", "SANDBOX_PORT", "RASA_PORT", "ACTIONS_PORT")}
        self.given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | ports
        self.place = Place(root)
        self.place.make()
        self.environment = product_environment(self.place, self.given)
        use_keys(self.environment["DATA_KEY"])
        self._store = Store(f"sqlite:///{self.place.var / 'desk.db'}")
        migrate(self._store.engine)
        with self._store.write() as session:
            articles.ship(session)
        self._numbers = count()

    def people(self, how_many: int) -> list[int]:
        """New people in WeChat: the ids of their addresses."""
        now = datetime.now(UTC)
        with self._store.write() as session:
            contacts = [Contact(created_at=now) for _ in range(how_many)]
            for contact in contacts:
                openid = f"oTurn{next(self._numbers):023d}"
                address = Address(channel=WECHAT, fingerprint=fingerprint(WECHAT, openid), value=openid)
                address.created_at = address.verified_at = now
                contact.addresses = [address]
            session.add_all(contacts)
            session.flush()
            return [contact.addresses[0].id for contact in contacts]

    def turns(self, addresses: Sequence[int], first: int = 0) -> list[Turn]:
        """A message of each address, kept as the callback keeps it, in this order."""
        now, rows = datetime.now(UTC), []
        with self._store.write() as session:
            for place, address_id in enumerate(addresses):
                text = MESSAGES[(first + place) % len(MESSAGES)]
                row = InboundMessage(channel=WECHAT, channel_id=f"turn-{next(self._numbers)}", address_id=address_id)
                row.kind, row.text, row.received_at = "text", text, now
                rows.append(row)
            session.add_all(rows)
            session.flush()
            return [Turn(f"contact:{row.address_id}", row.text, _metadata(row.id)) for row in rows]

    def undone(self) -> int:
        """Messages that no action has answered."""
        with self._store.read() as session:
            return session.scalar(select(func.count()).where(InboundMessage.state != InState.DONE)) or 0

    @contextmanager
    def actions(self) -> Iterator[None]:
        """The product's action server, and the Redis that it rings."""
        table = {each.name: each for each in processes(self.place, self.given, self.environment)}
        with ExitStack() as running:
            for name in ("redis", "actions"):
                command = shlex.split(table[name].line(self.environment))
                log = self.place.logs / f"{name}.log"
                process = running.enter_context(started(command, self.place.root, self.environment, log))
            wait_until_ready(table["actions"].url, process)
            yield


@contextmanager
def idle_actions() -> Iterator[str]:
    """An action server that does nothing: what then remains of a turn is Rasa's. Its address."""

    class Idle(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"events": [], "responses": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Not on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Idle)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhook"
    finally:
        server.shutdown()


def _metadata(inbound_id: int) -> dict[str, Any]:
    return {"inbound_id": inbound_id, "asking": "", "open": [], "role": "user"}


@dataclass(slots=True)
class Server:
    """One server of Rasa: how it is started and spoken to, and what its start took."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    port: int
    path: str
    secret: str = ""
    pid: int = 0
    ready_seconds: float = 0.0

    def caller(self) -> Caller:
        """A connection of its own, kept between the turns."""
        return Caller(self)

    @property
    def memory(self) -> int:
        """MB that it holds now."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) // 1024

    @contextmanager
    def running(self, folder: Path) -> Iterator[Server]:
        """Started, ready; stopped at the end."""
        began = time.monotonic()
        with started(self.command, folder, self.environment, folder / f"{self.name}.log") as process:
            wait_until_ready(f"http://127.0.0.1:{self.port}/", process)
            self.pid, self.ready_seconds = process.pid, time.monotonic() - began
            yield self


class Caller:
    """One client: a turn at a time, over one connection."""

    def __init__(self, server: Server) -> None:
        self._http = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._headers = {"Content-Type": "application/json", "X-Desk-Secret": server.secret}
        self._path = server.path

    def say(self, turn: Turn) -> float:
        """Seconds from the request to the answer."""
        body = turn.body()
        began = time.perf_counter()
        self._http.request("POST", self._path, body, self._headers)
        answer = self._http.getresponse()
        answer.read()
        took = time.perf_counter() - began
        assert answer.status == 200, answer.status
        return took


def servers(town: Town, shipped: Path) -> list[Server]:
    """The three, in the order of the table."""
    table = {each.name: each for each in processes(town.place, town.given, town.environment)}
    environment = town.environment
    ours = Server(
        "ours",
        shlex.split(table["rasa"].line(environment)),
        {},
        int(environment["RASA_PORT"]),
        "/webhooks/desk/webhook",
        environment["RASA_CHANNEL_SECRET"],
    )
    return [_stock("shipped", shipped, town), _stock("pipeline", OURS, town), ours]


def _stock(name: str, model: Path, town: Town) -> Server:
    """`rasa run` with its REST channel and its memory as they come, and our action server."""
    root, port = town.place.root, free_port()
    (root / "stock-endpoints.yml").write_text(f"action_endpoint:\n  url: {town.environment['ACTIONS_URL']}\n")
    (root / "stock-credentials.yml").write_text("rest:\n")
    command = [str(RASA), "run", "--model", str(model), "--interface", "127.0.0.1", "--port", str(port)]
    command += ["--endpoints", str(root / "stock-endpoints.yml"), "--credentials", str(root / "stock-credentials.yml")]
    environment = {**town.given, **STOCK, "PYTHONPATH": str(ROOT / "nlu")}
    return Server(name, command, environment, port, "/webhooks/rest/webhook")


@contextmanager
def started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that gets this environment and nothing of ours; ended afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_until_ready(url: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Until it answers; RuntimeError where it ends or takes too long."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and (process is None or process.poll() is None):
        try:
            httpx.get(url, trust_env=False, timeout=5)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not become ready")
