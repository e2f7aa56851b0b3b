"""A source on this machine that answers as it is told and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    authorization: str
    body: str


@dataclass
class Outside:
    """The other side. `chunks` go out one by one, `pause` seconds before each."""

    url: str = ""
    status: int = 200
    chunks: list[bytes] = field(default_factory=list)
    pause: float = 0
    asked: list[Asked] = field(default_factory=list)

    def answers(self, body: object, status: int = 200, pause: float = 0) -> None:
        """Answer this from now on; bytes go as they are, all else as JSON."""
        self.chunks = [body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()]
        self.status, self.pause = status, pause


@contextmanager
def running() -> Iterator[Outside]:
    """The source on a free port of this machine."""
    told = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            told.asked.append(Asked(self.command, self.path, self.headers["Authorization"], body))
            self.send_response(told.status)
            self.send_header("Content-Length", str(sum(map(len, told.chunks))))
            self.end_headers()
            for chunk in told.chunks:
                time.sleep(told.pause)
                self.wfile.write(chunk)

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # a client that hung up is part of some tests
    told.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
