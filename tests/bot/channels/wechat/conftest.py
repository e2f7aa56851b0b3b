"""A real Redis on a unix socket, and a small WeChat that speaks HTTP and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from redis import Redis

from bot.channels.wechat.client import WeChat

Answer = tuple[int, str, bytes]
DROPPED = 0  # as a status: the connection is closed without an answer
DRIP = "text/drip"  # as a content type: twenty bytes a second


class FakeWeChat:
    """Answers as the API does. `answers[path]` is a list of answers to give first, then the ordinary ones."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, list[str]], bytes]] = []
        self.answers: dict[str, list[Answer]] = {}
        self.token_count = 1
        self.refused_tokens: set[str] = set()
        self.token_delay = 0.0
        self.url = ""
        self._lock = threading.Lock()

    def count(self, path: str) -> int:
        return Counter(call[0] for call in self.calls)[path]

    def body(self, path: str) -> bytes:
        return [call[2] for call in self.calls if call[0] == path][-1]

    def json(self, path: str) -> Any:
        return json.loads(self.body(path))

    def script(self, path: str, *answers: Any) -> None:
        """The next answers of `path`: a dict is sent as JSON, bytes as HTML, a tuple as it is."""
        self.answers[path] = [_answer(answer) for answer in answers]

    def handle(self, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        with self._lock:
            self.calls.append((path, query, body))
            if self.answers.get(path):
                return self.answers[path].pop(0)
        if path == "stable_token":
            return self._token(json.loads(body))
        if path != "picture" and query.get("access_token", [""])[0] in self.refused_tokens:
            return _answer({"errcode": 40001, "errmsg": "invalid credential for oOPENID hint"})
        return _answer(_ORDINARY.get(path, {"errcode": 0, "errmsg": "ok"}))

    def _token(self, question: dict[str, Any]) -> Answer:
        time.sleep(self.token_delay)
        with self._lock:
            if question["force_refresh"]:
                self.token_count += 1
            return _answer({"access_token": f"TOKEN-{self.token_count}", "expires_in": 7200})


JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
_ORDINARY: dict[str, Any] = {
    "message/template/send": {"errcode": 0, "errmsg": "ok", "msgid": 200228332},
    "media/upload": {"type": "image", "media_id": "MEDIA", "created_at": 1},
    "media/get": (200, "image/jpeg", JPEG),
    "picture": (200, "image/jpeg", JPEG),
    "qrcode/create": {"ticket": "TICKET", "expire_seconds": 60, "url": "http://weixin.qq.com/q/abc"},
    "user/info": {"subscribe": 1, "openid": "oOPENID"},
}


def _answer(value: Any) -> Answer:
    if isinstance(value, tuple):
        return value
    if isinstance(value, bytes):
        return 200, "text/html; charset=utf-8", value
    return 200, "application/json; encoding=utf-8", json.dumps(value).encode()


def _handler(fake: FakeWeChat) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def do_GET(self) -> None:
            self._reply(b"")

        def _reply(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/cgi-bin/").strip("/")
            status, kind, answer = fake.handle(path, parse_qs(parts.query), body)
            if status == DROPPED:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            if status in (301, 302):
                self.send_header("Location", f"{fake.url}/picture")
            self.end_headers()
            for part in (answer[at : at + 1] for at in range(len(answer))) if kind == DRIP else [answer]:
                self.wfile.write(part)
                time.sleep(0.05 if kind == DRIP else 0)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


@pytest.fixture
def fake() -> Iterator[FakeWeChat]:
    fake = FakeWeChat()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def wechat(fake: FakeWeChat, redis: Redis) -> WeChat:
    return WeChat(app_id="wxapp", secret="SECRET", redis=redis, base_url=fake.url)
