"""Shared by the tests of Rasa's side: the trained model (trained anew only where its inputs changed), and a served one."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}

SECRET = "a secret for the tests"


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model, current with its inputs."""
    import train

    if not train.is_current():
        train.train()
    return train.MODEL


@dataclass
class ActionServer:
    """A stand-in for the product's action server: remembers what was asked, answers as it is told to."""

    status: int = 200
    delay: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    @property
    def actions(self) -> list[str]:
        """The names of the actions that were called, in order."""
        return [request["next_action"] for request in self.requests]


def _handler(server: ActionServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(server.delay)
            body = b'{"events": [], "responses": []}'
            self.send_response(server.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture(scope="session")
def running_actions() -> Iterator[ActionServer]:
    """The stand-in, listening for the whole session."""
    server = ActionServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_port}/webhook"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield server
    http.shutdown()


@pytest.fixture
def actions(running_actions: ActionServer) -> ActionServer:
    """The stand-in, friendly again and with an empty memory."""
    running_actions.status, running_actions.delay, running_actions.requests = 200, 0.0, []
    return running_actions


@dataclass
class Desk:
    """The served model as the product sees it."""

    base: str
    log: Path

    def post(self, body: Any, secret: str = SECRET) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one call of the webhook; `body` is sent as JSON, bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/webhooks/desk/webhook", data, {"Content-Type": "application/json", "X-Desk-Secret": secret})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def say(self, text: str, sender: str = "contact:1", **metadata: Any) -> tuple[int, dict[str, Any]]:
        """One message of a contact."""
        return self.post({"sender": sender, "message": text, "metadata": {"inbound_id": 1, "asking": "", "open": [], "role": "user", **metadata}})

    def status(self, path: str) -> int:
        """The status of a GET."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def _free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as taken:
        return taken.server_port


@pytest.fixture(scope="session")
def desk(model: Path, running_actions: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Rasa as `serve.py` starts it, on a free port."""
    log, port = tmp_path_factory.mktemp("rasa") / "log", _free_port()
    environment = {**os.environ, "ACTIONS_URL": running_actions.url, "RASA_CHANNEL_SECRET": SECRET, "ACTIONS_TIMEOUT": "2"}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "serve.py", "--model", str(model), "--port", str(port)], cwd=HERE, env=environment, stdout=out, stderr=out)
    found = Desk(f"http://127.0.0.1:{port}", log)
    try:
        for _ in range(240):
            if process.poll() is not None or found.status("/webhooks/desk/") == 200:
                break
            time.sleep(0.5)
        assert found.status("/webhooks/desk/") == 200, log.read_text()[-2000:]
        yield found
    finally:
        process.terminate()
        process.wait(20)
