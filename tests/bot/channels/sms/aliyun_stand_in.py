"""A stand-in for Aliyun's RPC endpoint that checks the signature by the published rule, not by the SDK's code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

KEY_ID, KEY_SECRET = "testid", "testsecret"
ACCEPTED = {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "F655A8D5"}


def signature(method: str, params: dict[str, str], secret: str) -> str:
    """help.aliyun.com, RPC style: HMAC-SHA1 over METHOD&%2F&encoded canonical query, key = secret + "&"."""

    def encoded(text: str) -> str:
        return quote(text, safe="-_.~")

    pairs = sorted((encoded(name), encoded(value)) for name, value in params.items() if name != "Signature")
    canonical = "&".join(f"{name}={value}" for name, value in pairs)
    to_sign = f"{method}&{encoded('/')}&{encoded(canonical)}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()).decode()


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    query: dict[str, str]
    body: dict[str, str]
    server_name: str | None = None


@dataclass
class Aliyun:
    """Answers each call with the next of `answers` (the last one again and again): status, body, delay in seconds."""

    answers: list[tuple[int, bytes, float]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    url: str = ""
    server_names: list[str | None] = field(default_factory=list)

    def will_answer(self, body: object, status: int = 200, delay: float = 0) -> None:
        """Queue an answer; bytes go as they are, all else as JSON."""
        self.answers.append((status, body if isinstance(body, bytes) else json.dumps(body).encode(), delay))

    def take(self, call: Call) -> tuple[int, bytes, float]:
        """Remember the call and choose its answer; a wrong signature is refused as Aliyun does."""
        self.calls.append(call)
        params = call.query | call.body
        if signature(call.method, params, KEY_SECRET) != params.get("Signature"):
            refusal = {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched: X"}
            return 400, json.dumps(refusal).encode(), 0
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def running(certificate: Path | None = None) -> Iterator[Aliyun]:
    """The stand-in on a free port of this machine, over TLS where a certificate (with its key) is given."""
    aliyun = Aliyun()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            call = Call(self.command, query, dict(parse_qsl(body, keep_blank_values=True)))
            status, answer, delay = aliyun.take(call)
            time.sleep(delay)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # a client that hung up is part of some tests
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _socket, name, _context: aliyun.server_names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme, host = ("http", "127.0.0.1") if certificate is None else ("https", "localhost")
    aliyun.url = f"{scheme}://{host}:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield aliyun
    finally:
        server.shutdown()
        server.server_close()
