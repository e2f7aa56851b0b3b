"""The WeChat door through Flask's test client, with bodies that an independent encryptor made."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from bot.channels.base import Inbound, Kind
from bot.channels.wechat.envelope import MAX_BODY
from tests.bot.channels.wechat import wechat_side
from tests.bot.channels.wechat.wechat_side import AES_KEY, APP_ID, OPENID, TOKEN, address, message, plain, sealed
from webhooks.wechat import BUDGET, wechat_blueprint

AT = 1714112445


@dataclass
class Account:
    """The settings that the door reads."""

    wechat_app_id: str = APP_ID
    wechat_token: str = TOKEN
    wechat_encoding_aes_key: str = AES_KEY


@dataclass
class FakeDesk:
    """Remembers what it received; answers with `answer`, or with the exceptions it is given."""

    answer: str | None = "您好"
    settings: Account = field(default_factory=Account)
    received: list[Inbound] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    fails_to_keep: Exception | None = None
    fails_to_answer: Exception | None = None

    def clock(self) -> datetime:
        return datetime.fromtimestamp(AT, UTC)

    def receive(self, inbound: Inbound) -> int:
        if self.fails_to_keep:
            raise self.fails_to_keep
        self.received.append(inbound)
        return len(self.received)

    def passive_reply(self, ticket: int, seconds: float) -> str | None:
        assert ticket == len(self.received)
        self.waited.append(seconds)
        if self.fails_to_answer:
            raise self.fails_to_answer
        return self.answer


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(wechat_blueprint(desk))
    return app.test_client()


def post(client: FlaskClient, query: dict[str, str], body: bytes) -> Any:
    return client.post(address(query), data=body, content_type="text/xml")


def test_the_address_is_verified_by_echoing(client: FlaskClient) -> None:
    """What WeChat does when the address is saved in its console."""
    query = plain("", AT)[0] | {"echostr": "4375120948345356249"}
    answer = client.get(address(query))
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "4375120948345356249", "text/plain")


def test_a_wrong_verification_is_forbidden(client: FlaskClient) -> None:
    """A stranger does not learn that the address exists for WeChat."""
    answer = client.get("/wechat?signature=x&timestamp=1&nonce=2&echostr=<script>")
    assert (answer.status_code, answer.data) == (403, b"")


def test_an_encrypted_text_is_answered_encrypted_in_the_same_request(client: FlaskClient, desk: FakeDesk) -> None:
    """The passive reply costs no quota."""
    answer = post(client, *sealed(message(Content=" 你好 "), AT))
    reply = wechat_side.reply_in(answer.data)
    assert (reply["Content"], reply["ToUserName"], reply["CreateTime"]) == ("您好", OPENID, str(AT))
    assert desk.received[0].text == " 你好 "
    assert desk.received[0].bound is True


def test_a_plain_text_is_answered_in_the_clear_and_marked_unbound(client: FlaskClient, desk: FakeDesk) -> None:
    """Nothing with legal effect may come of it."""
    answer = post(client, *plain(message(), AT))
    assert "<Content><![CDATA[您好]]></Content>" in answer.text
    assert desk.received[0].bound is False


def test_an_answer_that_is_not_ready_is_left_to_the_pushes(client: FlaskClient, desk: FakeDesk) -> None:
    """`success` is never encrypted."""
    desk.answer = None
    answer = post(client, *sealed(message(), AT))
    assert (answer.status_code, answer.data) == (200, b"success")


def test_the_desk_is_given_what_is_left_of_the_time(client: FlaskClient, desk: FakeDesk) -> None:
    """The clock starts when the request arrives."""
    post(client, *sealed(message(), AT))
    assert BUDGET - 1 < desk.waited[0] < BUDGET


def test_time_that_passed_before_the_answer_is_taken_off(client: FlaskClient, desk: FakeDesk) -> None:
    """A slow store must not make us answer after WeChat has hung up."""
    keep = desk.receive

    def slowly(inbound: Inbound) -> int:
        time.sleep(0.05)
        return keep(inbound)

    desk.receive = slowly  # type: ignore[method-assign]
    post(client, *sealed(message(), AT))
    assert desk.waited[0] <= BUDGET - 0.05


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        (message("event", Event="unsubscribe"), Kind.UNFOLLOW),
        (message("event", Event="TEMPLATESENDJOBFINISH", MsgID="200163836", Status="success"), Kind.REPORT),
    ],
)
def test_an_event_that_nobody_waits_on_is_kept_and_not_answered(
    client: FlaskClient, desk: FakeDesk, xml: str, kind: Kind
) -> None:
    """No time is spent waiting either."""
    answer = post(client, *sealed(xml, AT))
    assert (answer.data, [inbound.kind for inbound in desk.received], desk.waited) == (b"success", [kind], [])


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "subscribe_msg_popup_event", "something_new", ""])
def test_an_event_that_tells_nothing_is_not_even_kept(client: FlaskClient, desk: FakeDesk, event: str) -> None:
    """A place reported in passing is personal data that we do not want."""
    answer = post(client, *sealed(message("event", Event=event), AT))
    assert (answer.data, desk.received, desk.waited) == (b"success", [], [])


def test_a_message_that_could_not_be_kept_is_asked_for_again(client: FlaskClient, desk: FakeDesk) -> None:
    """503 and one line, without what was written; WeChat sends it again."""
    desk.fails_to_keep = RuntimeError(f"database is gone while keeping {OPENID}")
    with capture_logs() as logs:
        answer = post(client, *sealed(message(), AT))
    assert (answer.status_code, answer.data) == (503, b"")
    assert len(logs) == 1 and logs[0]["error"] == "RuntimeError" and OPENID not in str(logs)


def test_a_kept_message_whose_answer_fails_is_left_to_the_pushes(client: FlaskClient, desk: FakeDesk) -> None:
    """The message is safe, so WeChat need not send it again."""
    desk.fails_to_answer = RuntimeError("redis is gone")
    assert post(client, *sealed(message(), AT)).data == b"success"


WRONG = {
    "no MsgType": message(MsgType=""),
    "another root": "<html></html>",
    "MsgType twice": message().replace("</xml>", "<MsgType>text</MsgType></xml>"),
    "MsgType blank": message().replace("<![CDATA[text]]>", ""),
    "FromUserName twice": message().replace("</xml>", "<FromUserName>oOther</FromUserName></xml>"),
    "FromUserName missing": message(FromUserName=""),
    "CreateTime zz": message(CreateTime="zz"),
    "CreateTime missing": message(CreateTime=""),
    "CreateTime endless": message(CreateTime="9" * 40),
    "MsgId zz": message(MsgId="zz"),
    "MsgId endless": message(MsgId="1" * 400),
    "20,000 nested tags": "<xml>" + "<a>" * 20_000,
    "entities": '<!DOCTYPE x [<!ENTITY a "b">]>' + message().replace("<![CDATA[你好]]>", "&a;"),
    "empty": "",
    "json": '{"MsgType":"text"}',
}


@pytest.mark.parametrize("xml", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("seal", [sealed, plain])
def test_what_breaks_wechatpy_is_refused_with_one_line(
    client: FlaskClient, desk: FakeDesk, seal: Any, xml: str
) -> None:
    """The list of docs on handlers that fail: 400 (403 where the person is in doubt), an empty body, nothing kept."""
    query, body = seal(xml, AT)
    with capture_logs() as logs:
        answer = post(client, query, body)
    assert answer.status_code in (400, 403) and answer.data == b"" and desk.received == []
    assert [entry["event"] for entry in logs] == ["wechat.refused"]
    assert set(logs[0]) == {"event", "reason", "log_level"}


REFUSALS = {
    "signature": (sealed(message(), AT, msg_signature="0" * 40), 403),
    "an old signature": (sealed(message(), AT - 301), 403),
    "a signature from 1970": (plain(message(), 0), 403),
    "another app id": (wechat_side.around(wechat_side.encrypt(message().encode(), "wxother"), AT), 403),
    "another openid": (sealed(message(), AT, openid="oOther"), 403),
    "a broken cipher": (wechat_side.around("QUJD", AT), 400),
    "no cipher": ((sealed(message(), AT)[0], b"<xml></xml>"), 403),
    "no parameters": (({}, message().encode()), 403),
    "ten megabytes": (plain(message(Content="x" * 10_000_000), AT), 413),
}


@pytest.mark.parametrize(("request_", "status"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_has_its_status_and_no_content(
    client: FlaskClient, desk: FakeDesk, request_: tuple[dict[str, str], bytes], status: int
) -> None:
    """403 for who and when, 400 for malformed, 413 for too large."""
    answer = post(client, *request_)
    assert (answer.status_code, answer.data, desk.received) == (status, b"", [])


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was taken of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_a_body_without_an_end_is_cut_off(client: FlaskClient, desk: FakeDesk) -> None:
    """Chunked: there is no Content-Length to look at, and memory is not given away."""
    body = Endless()
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.post(address(plain("", AT)[0]), environ_overrides=environ)
    assert (answer.status_code, desk.received) == (413, [])
    assert body.taken <= 2 * MAX_BODY
