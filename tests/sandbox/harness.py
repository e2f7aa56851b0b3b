"""A sandbox and a small product on real sockets, for tests that speak HTTP from both sides.

The product's side uses wechatpy's cipher and Aliyun's own SDK: what the sandbox says is read by code that knows
nothing of the sandbox.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
import xmltodict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from wechatpy.crypto import WeChatCrypto

from sandbox.app import build_app
from sandbox.settings import Settings

SUCCESS = b"success"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: Starlette, port: int) -> Iterator[None]:
    """Serve an app in a thread as long as the block runs."""
    config = uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)


def until(found: Callable[[], Any], seconds: float = 8) -> Any:
    """Wait for something true and return it; fail when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


@dataclass
class Product:
    """A product that remembers what the platforms posted, and answers as it is told."""

    settings: Settings
    posts: list[dict[str, Any]] = field(default_factory=list)
    pushes: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    answer: Callable[["Product", dict[str, Any]], bytes] = lambda product, fields: SUCCESS
    push_answer: Callable[[int], Response] = lambda count: JSONResponse({"code": 0, "msg": "成功"})
    status: int = 200

    @property
    def cipher(self) -> WeChatCrypto:
        """wechatpy's, for this account."""
        s = self.settings
        return WeChatCrypto(s.wechat_token, s.wechat_encoding_aes_key, s.wechat_app_id)

    def app(self) -> Starlette:
        """The two callbacks."""
        return Starlette(
            routes=[
                Route("/wechat", self._wechat, methods=["GET", "POST"]),
                Route(f"/sms/{self.settings.sms_callback_secret}/{{what}}", self._sms, methods=["POST"]),
            ]
        )

    def text(self, fields: dict[str, Any], content: str) -> str:
        """The plain XML of a text reply to a message."""
        return (
            f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName>"
            f"<FromUserName><![CDATA[{fields['ToUserName']}]]></FromUserName><CreateTime>1348831860</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
        )

    def sealed(self, xml: str, **changed: str) -> bytes:
        """The reply encrypted as wechatpy does it; `changed` overwrites parts of the account, to spoil it."""
        s = self.settings
        account = {"token": s.wechat_token, "encoding_aes_key": s.wechat_encoding_aes_key, "app_id": s.wechat_app_id}
        return str(WeChatCrypto(**account | changed).encrypt_message(xml, "nonce42")).encode()

    async def _wechat(self, request: Request) -> Response:
        query, body = dict(request.query_params), await request.body()
        if request.method == "GET":
            return Response(query["echostr"])
        xml = body.decode()
        if "msg_signature" in query:
            xml = self.cipher.decrypt_message(xml, query["msg_signature"], query["timestamp"], query["nonce"])
        fields = xmltodict.parse(xml, strip_whitespace=False)["xml"]
        self.posts.append({"fields": fields, "query": query, "raw": body.decode(), "at": time.time()})
        answer = self.answer(self, fields)
        return Response(answer, self.status)

    async def _sms(self, request: Request) -> Response:
        self.pushes.append((request.path_params["what"], await request.json()))
        return self.push_answer(len(self.pushes))


@dataclass
class Client:
    """What a test does to a running sandbox."""

    settings: Settings
    product: Product
    http: httpx.Client

    def do(self, doing: str, who: str = "p1", **body: Any) -> int:
        """Let a person do something; return the seq of their message."""
        answer = self.http.post(f"/sandbox/people/{who}/{doing}", json=body)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["seq"])

    def follow(self, who: str = "p1") -> None:
        """Follow, and let the event arrive before anything else."""
        seq = self.do("follow", who)
        until(lambda: self.message(seq, who)["status"] != "sending")

    def shown(self, after: int = 0, who: str = "p1", seconds: float = 8) -> list[dict[str, Any]]:
        """What the service shows after a seq; waits for the first of it."""
        answer = self.http.get(f"/sandbox/people/{who}/wait", params={"after": after, "seconds": seconds})
        return list(answer.json())

    def messages(self, who: str = "p1") -> list[dict[str, Any]]:
        """The whole conversation."""
        return list(self.http.get(f"/sandbox/people/{who}/messages").json())

    def message(self, seq: int, who: str = "p1") -> dict[str, Any]:
        """One message."""
        return next(message for message in self.messages(who) if message["seq"] == seq)

    def person(self, who: str = "p1") -> dict[str, Any]:
        """Somebody's record."""
        return next(p for p in self.http.get("/sandbox/state").json()["people"] if p["id"] == who)

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        assert self.http.post("/sandbox/clock", json={"advance_seconds": seconds}).status_code == 200

    def token(self) -> str:
        """A live access token."""
        body = {
            "grant_type": "client_credential",
            "appid": self.settings.wechat_app_id,
            "secret": self.settings.wechat_app_secret,
        }
        return str(self.http.post("/cgi-bin/stable_token", json=body).json()["access_token"])

    def api(self, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """Call WeChat's API with a live token: POST with a body, GET without."""
        params = {"access_token": self.token(), **query}
        if body is None:
            return dict(self.http.get(f"/cgi-bin/{path}", params=params).json())
        return dict(self.http.post(f"/cgi-bin/{path}", params=params, json=body).json())

    def send(self, content: str, who: str = "p1") -> int:
        """Send a customer-service text; return the errcode."""
        body = {"touser": self.person(who)["openid"], "msgtype": "text", "text": {"content": content}}
        return int(self.api("message/custom/send", body)["errcode"])

    def deliveries(self) -> list[dict[str, Any]]:
        """The callback attempts so far."""
        return list(self.http.get("/sandbox/deliveries").json())


@contextmanager
def running(folder: Path, product: bool = True, **changed: Any) -> Iterator[Client]:
    """A sandbox with short limits, and its product (or nobody) at the callback address."""
    values: dict[str, Any] = {
        "port": free_port(),
        "directory": folder,
        "callback_base_url": f"http://127.0.0.1:{free_port()}",
        "clock_offset_file": folder / "offset",
        "wechat_timeout": 2.0,
        "sms_push_timeout": 2.0,
        "sms_report_delay": 0.05,
        "sms_retry_minutes": (0.002, 0.002, 0.002),
    }
    settings = Settings(**values | changed)
    desk = Product(settings)
    with (
        served(build_app(settings), settings.port),
        httpx.Client(base_url=settings.base_url, trust_env=False, verify=False) as http,
    ):
        client = Client(settings, desk, http)
        if not product:
            yield client
            return
        with served(desk.app(), int(settings.callback_base_url.rsplit(":", 1)[1])):
            yield client
