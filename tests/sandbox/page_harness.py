"""What the page's browser test stands on: a running sandbox, and a small service where the product would be."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import uvicorn
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

from sandbox.app import build_app
from sandbox.settings import Settings

GREETING = (
    '您好！<b onclick="x()">请选择</b>：\n'
    '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%B3%A8%E5%86%8C&msgmenuid=register-1">1. 我要注册</a>\n'
    '<a href="javascript:alert(1)">坏链接</a> 说明：https://example.com/help。'
    '<img src=x onerror="window.hacked=1">'
)
MENU = {
    "button": [
        {
            "name": "我要办理",
            "sub_button": [
                {"type": "click", "name": "我要注册", "key": "REGISTER"},
                {"type": "click", "name": "查进度", "key": "STAGE"},
            ],
        },
        {"name": "人工", "type": "click", "key": "HUMAN"},
    ]
}
SMS_TEMPLATES = [{"code": "SMS_1", "name": "验证码", "content": "您的验证码是${code}，5分钟内有效。", "type": "code"}]


@dataclass
class Service:
    """Stands where the product stands: remembers each callback, greets a new follower, fails when told to."""

    bodies: list[str] = field(default_factory=list)
    status: int = 200
    url: str = ""

    def answer(self, path: str, body: str) -> str:
        self.bodies.append(body)
        if path.startswith("/sms/"):
            return '{"code":0,"msg":"成功"}'
        if "subscribe" not in body:
            return "success"
        to, frm = tag(body, "FromUserName"), tag(body, "ToUserName")
        return (
            f"<xml><ToUserName>{to}</ToUserName><FromUserName>{frm}</FromUserName><CreateTime>1</CreateTime>"
            f"<MsgType>text</MsgType><Content><![CDATA[{GREETING}]]></Content></xml>"
        )


@dataclass
class World:
    """A running sandbox and the service behind it."""

    url: str
    service: Service

    def post(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.url}/sandbox{path}", json=body, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def wechat(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One call of the service to WeChat's API."""
        account = {"grant_type": "client_credential", "appid": "wx-page", "secret": "page-secret"}
        token = httpx.get(f"{self.url}/cgi-bin/token", params=account, trust_env=False).json()["access_token"]
        content = json.dumps(body, ensure_ascii=False).encode()
        url, query = f"{self.url}/cgi-bin/{path}", {"access_token": token}
        return dict(httpx.post(url, params=query, content=content, trust_env=False).json())

    def send_code(self, phone: str, code: str) -> None:
        """A one-time code by SMS, through Aliyun's own client library."""
        request = CommonRequest(domain=self.url.removeprefix("http://"), version="2017-05-25", action_name="SendSms")
        request.set_method("POST")
        request.set_protocol_type("http")
        for name, value in {
            "PhoneNumbers": phone,
            "SignName": "电力零售服务台",
            "TemplateCode": "SMS_1",
            "TemplateParam": json.dumps({"code": code}),
        }.items():
            request.add_body_params(name, value)
        answer = json.loads(AcsClient("page-key", "page-key-secret", "cn-hangzhou").do_action_with_exception(request))
        assert answer["Code"] == "OK", answer


def tag(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.DOTALL)
    return found.group(1) if found else ""


def serve(service: Service) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = service.answer(self.path, body).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """The whole sandbox, in a thread."""
    config = uvicorn.Config(build_app(settings), port=settings.port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the sandbox did not start"
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
