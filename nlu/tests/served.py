"""Rasa served as the product serves it, beside a stand-in for the action server; for tests and measurements."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
SECRET = "a secret for the tests"


@dataclass
class ActionServer:
    """A stand-in for the product's action server: remembers what was asked, answers as it is told to."""

    status: int = 200
    delay: float = 0.0
    drops: int = 0  # so many calls find their connection closed
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    @property
    def actions(self) -> list[str]:
        """The names of the actions that were called, in order."""
        return [request["next_action"] for request in self.requests]


def _handler(server: ActionServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept, as the product's action server keeps them
        wbufsize = -1

        def do_POST(self) -> None:
            server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(server.delay)
            if server.drops:
                server.drops, self.close_connection = server.drops - 1, True
                return
            body = b'{"events": [], "responses": []}'
            self.send_response(server.status if "domain" in server.requests[-1] else 449)  # as rasa-sdk does
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def running_actions() -> Iterator[ActionServer]:
    """The stand-in, listening."""
    server = ActionServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_port}/webhook"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()


@dataclass
class Desk:
    """The served model as the product sees it."""

    base: str
    log: Path
    pid: int

    def post(self, body: Any, secret: str = SECRET) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one call of the webhook; `body` is sent as JSON, bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.base}/webhooks/desk/webhook", data, {"Content-Type": "application/json", "X-Desk-Secret": secret}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def say(self, text: str, sender: str = "contact:1", **metadata: Any) -> tuple[int, dict[str, Any]]:
        """One message of a contact."""
        return self.post(
            {
                "sender": sender,
                "message": text,
                "metadata": {"inbound_id": 1, "asking": "", "open": [], "role": "user", **metadata},
            }
        )

    def status(self, path: str) -> int:
        """The status of a GET."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@contextmanager
def running_desk(model: Path, actions: ActionServer, log: Path) -> Iterator[Desk]:
    """Rasa as `serve.py` starts it, on a free port, ready when given; its output goes to `log`."""
    port = _free_port()
    environment = {**os.environ, "ACTIONS_URL": actions.url, "RASA_CHANNEL_SECRET": SECRET, "ACTIONS_TIMEOUT": "2"}
    command = [sys.executable, "serve.py", "--model", str(model), "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=HERE, env=environment, stdout=out, stderr=out)
    found = Desk(f"http://127.0.0.1:{port}", log, process.pid)
    try:
        for _ in range(600):
            if process.poll() is not None or found.status("/webhooks/desk/") == 200:
                break
            time.sleep(0.2)
        assert found.status("/webhooks/desk/") == 200, log.read_text()[-2000:]
        yield found
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as taken:
        return taken.server_port
