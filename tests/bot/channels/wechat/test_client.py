"""The API client against a WeChat that speaks real HTTP, with the token in a real Redis."""

from __future__ import annotations

import secrets
import threading
import traceback
from typing import Any

import pytest
import requests
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.channels.base import SendError
from bot.channels.wechat.client import MAX_MEDIA, MAX_UPLOAD, WeChat
from bot.channels.wechat.exchange import exchange
from bot.channels.wechat.menu import MENU

SEND = "message/custom/send"


def test_a_text_is_sent_as_utf8_with_the_shared_token(wechat: WeChat, fake: Any) -> None:
    """Chinese goes out as it is, not as \\u escapes: WeChat counts bytes."""
    wechat.send_text("oOPENID", "您好，注册已收到")
    assert "您好，注册已收到".encode() in fake.body(SEND)
    assert fake.json(SEND)["touser"] == "oOPENID"
    assert [call[1]["access_token"] for call in fake.calls if call[0] == SEND] == [["TOKEN-1"]]


def test_a_lone_surrogate_does_not_stop_a_text(wechat: WeChat, fake: Any) -> None:
    """wechatpy raises UnicodeEncodeError for it."""
    wechat.send_text("oOPENID", "好\ud83d的\ud83d\ude00\x08")
    assert fake.json(SEND)["text"]["content"] == "好的😀"


def test_the_token_is_fetched_once_for_many_calls_and_clients(wechat: WeChat, fake: Any, redis: Redis) -> None:
    """The second client stands for a second process."""
    other = WeChat(app_id="wxapp", secret="SECRET", redis=redis, base_url=fake.url)
    for client in (wechat, other, wechat):
        client.send_text("oOPENID", "好")
    assert fake.count("stable_token") == 1


def test_the_token_is_kept_shorter_than_wechat_keeps_it(wechat: WeChat, redis: Redis) -> None:
    """So that nobody sends with a token in its last seconds."""
    wechat.send_text("oOPENID", "好")
    assert 6900 < redis.ttl("wechat:token:wxapp") <= 7000


def test_ten_cold_threads_fetch_one_token(wechat: WeChat, fake: Any) -> None:
    """wechatpy fetches ten."""
    fake.token_delay = 0.2
    threads = [threading.Thread(target=wechat.send_text, args=("oOPENID", "好")) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fake.count("stable_token"), fake.count(SEND)) == (1, 10)


def test_a_token_that_another_process_renewed_is_taken_from_the_cache(wechat: WeChat, fake: Any, redis: Redis) -> None:
    """The refused one is not the one that lies there now, so WeChat need not be asked."""
    wechat.send_text("oOPENID", "好")
    fake.refused_tokens = {"TOKEN-1"}
    real_handle = fake.handle

    def renewed_meanwhile(path: str, query: Any, body: bytes) -> Any:
        answer = real_handle(path, query, body)
        redis.set("wechat:token:wxapp", "TOKEN-OTHER")
        return answer

    fake.handle = renewed_meanwhile
    wechat.send_text("oOPENID", "好")
    assert fake.count("stable_token") == 1
    assert fake.calls[-1][1]["access_token"] == ["TOKEN-OTHER"]


def test_a_refused_token_is_replaced_and_the_message_sent_once_more(wechat: WeChat, fake: Any) -> None:
    """WeChat says that TOKEN-1 is still the one, so a refresh is forced."""
    fake.refused_tokens = {"TOKEN-1"}
    wechat.send_text("oOPENID", "好")
    assert fake.calls[-1][1]["access_token"] == ["TOKEN-2"]
    assert _forced(fake) == 1


def test_a_lasting_40001_leads_to_one_forced_refresh_and_an_end(wechat: WeChat, fake: Any) -> None:
    """wechatpy recurses: 739 calls were counted."""
    fake.refused_tokens = {f"TOKEN-{n}" for n in range(1, 50)}
    for _ in range(3):
        with pytest.raises(SendError) as caught:
            wechat.send_text("oOPENID", "好")
        assert (caught.value.code, caught.value.retry) == ("40001", "soon")
    assert _forced(fake) == 1
    assert fake.count(SEND) == 3 * 2


def test_a_passing_40001_is_tried_again_where_no_refresh_may_be_forced(wechat: WeChat, fake: Any) -> None:
    """WeChat refuses a forced refresh within 30 s of the last one; the token may be good all the same."""
    token = {"access_token": "TOKEN-1", "expires_in": 7200}
    fake.script("stable_token", token, token, {"errcode": 45011, "errmsg": "api minute-quota"})
    fake.script(SEND, {"errcode": 40001, "errmsg": "invalid credential"})
    wechat.send_text("oOPENID", "好")
    assert (fake.count("stable_token"), fake.count(SEND)) == (3, 2)


def _forced(fake: Any) -> int:
    return sum(1 for path, _, body in fake.calls if path == "stable_token" and b'"force_refresh": true' in body)


def test_a_picture_is_uploaded_whole_again_after_a_refused_token(wechat: WeChat, fake: Any) -> None:
    """wechatpy sends an empty file the second time."""
    fake.refused_tokens = {"TOKEN-1"}
    picture = b"\xff\xd8\xff" + b"picture" * 100
    assert wechat.upload_image(picture) == "MEDIA"
    assert fake.count("media/upload") == 2
    assert picture in fake.body("media/upload")
    assert b'filename="picture.jpg"' in fake.body("media/upload")


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        (-1, "soon"),
        (45011, "soon"),
        (45009, "later"),
        (45015, "later"),
        (45047, "later"),
        (40003, "never"),
        (43004, "never"),
        (43019, "never"),
        (45002, "never"),
        (48002, "never"),
        (48001, "alarm"),
        (40164, "alarm"),
        (50002, "alarm"),
        (99999, "soon"),
    ],
)
def test_an_errcode_says_what_to_do(wechat: WeChat, fake: Any, code: int, retry: str) -> None:
    """WeChat reports a failure inside a 200."""
    fake.script(SEND, {"errcode": code, "errmsg": "some text about oOPENID"})
    with pytest.raises(SendError) as caught:
        wechat.send_text("oOPENID", "好")
    assert (caught.value.code, caught.value.retry) == (str(code), retry)


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>502 Bad Gateway</html>",
        (502, "text/html", b"<html></html>"),
        (500, "application/json", b'{"errcode":0}'),
        (302, "text/html", b""),
        {},
        {"errcode": "zz"},
        (200, "application/json", b'{"errcode":'),
        (200, "application/json", b"[" * 100_000),
        (200, "application/json", b'["errcode"]'),
        (200, "application/json", b""),
        (200, "application/json", b"{" + b" " * 2_000_000 + b"}"),
    ],
    ids=["html", "502", "500", "redirect", "no errcode", "bad errcode", "cut off", "deep", "list", "empty", "huge"],
)
def test_an_answer_that_is_not_wechats_is_a_failed_send(wechat: WeChat, fake: Any, answer: Any) -> None:
    """wechatpy takes a proxy's page for success."""
    fake.script(SEND, answer)
    with pytest.raises(SendError):
        wechat.send_text("oOPENID", "好")
    assert fake.count(SEND) == 1


@pytest.mark.parametrize(
    ("answer", "retry"),
    [
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, "alarm"),
        ({"errcode": 40001, "errmsg": "invalid credential"}, "alarm"),
        ({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4"}, "alarm"),
        ({"errcode": 45009, "errmsg": "quota"}, "later"),
        (b"<html></html>", "soon"),
        ({"access_token": "", "expires_in": 7200}, "soon"),
        ({"access_token": "T", "expires_in": "soon"}, "soon"),
    ],
)
def test_a_token_that_is_not_given_is_a_failed_send(wechat: WeChat, fake: Any, answer: Any, retry: str) -> None:
    """A wrong secret is our configuration, not this message."""
    fake.script("stable_token", answer)
    with pytest.raises(SendError) as caught:
        wechat.send_text("oOPENID", "好")
    assert caught.value.retry == retry
    assert fake.count(SEND) == 0


def test_nothing_listens_so_it_was_certainly_not_sent(redis: Redis) -> None:
    """Port 9 of loopback is closed; a repeat cannot be seen twice."""
    redis.set("wechat:token:wxapp", "TOKEN-SECRET")
    wechat = WeChat(app_id="wxapp", secret="SECRET", redis=redis, base_url="http://127.0.0.1:9")
    with pytest.raises(SendError) as caught:
        wechat.send_text("oOPENID", "好")
    assert (caught.value.code, caught.value.retry) == ("unreachable", "soon")


def test_no_redis_is_a_failed_send() -> None:
    """The worker tries again; nothing is sent without the shared token."""
    redis = Redis(unix_socket_path="/nonexistent/r.sock", retry=Retry(NoBackoff(), 0))
    wechat = WeChat(app_id="wxapp", secret="SECRET", redis=redis, base_url="http://127.0.0.1:9")
    with pytest.raises(SendError) as caught:
        wechat.send_text("oOPENID", "好")
    assert (caught.value.code, caught.value.retry) == ("token_store", "soon")


@pytest.mark.parametrize("answer", [(0, "", b""), (502, "text/html", b""), b"<html></html>", {}])
def test_a_push_that_may_have_arrived_is_not_simply_repeated(wechat: WeChat, fake: Any, answer: Any) -> None:
    """The person would read it twice, and WeChat cannot be asked."""
    fake.script(SEND, answer)
    with pytest.raises(SendError) as caught:
        wechat.send_text("oOPENID", "好")
    assert (caught.value.retry, fake.count(SEND)) == ("ask", 1)


def test_what_nobody_sees_twice_may_be_repeated(wechat: WeChat, fake: Any) -> None:
    """An upload, or a notice with a client_msg_id."""
    for path, act in {
        "media/upload": lambda: wechat.upload_image(b"x"),
        "message/template/send": lambda: wechat.send_template("oOPENID", "TPL", {}, client_msg_id="n"),
    }.items():
        fake.script(path, (0, "", b""))
        with pytest.raises(SendError) as caught:
            act()
        assert caught.value.retry == "soon"


def test_an_answer_that_trickles_in_is_given_up(fake: Any) -> None:
    """A time limit between two bytes alone would wait for ever."""
    fake.script("slow", (200, "text/drip", b"{" + b" " * 60 + b"}"))
    with pytest.raises(SendError) as caught:
        exchange(requests.Session(), "get", f"{fake.url}/slow", seconds=0.3)
    assert caught.value.code == "no_answer"


def test_a_failure_names_neither_person_nor_secret(redis: Redis) -> None:
    """requests puts the whole address with the token into its exceptions."""
    token, openid, text = (secrets.token_hex(8) for _ in range(3))  # not in the lines of code that a trace shows
    redis.set("wechat:token:wxapp", token)
    wechat = WeChat(app_id="wxapp", secret="SECRET", redis=redis, base_url="http://127.0.0.1:9")
    with pytest.raises(SendError) as caught:
        wechat.send_text(openid, text)
    written = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)
    assert [secret for secret in (token, openid, text) if secret in written] == []


def test_a_template_notice_carries_its_values_and_returns_the_msgid(wechat: WeChat, fake: Any) -> None:
    """The msgid comes back in the report event."""
    msgid = wechat.send_template("oOPENID", "TPL", {"thing1": "供电局审核"}, "http://p/1", "notice-7")
    assert msgid == "200228332"
    assert fake.json("message/template/send") == {
        "touser": "oOPENID",
        "template_id": "TPL",
        "data": {"thing1": {"value": "供电局审核"}},
        "url": "http://p/1",
        "client_msg_id": "notice-7",
    }


def test_typing_is_a_courtesy_that_never_fails(wechat: WeChat, fake: Any) -> None:
    """45081: already typing. A broken answer is no reason to stop either."""
    fake.script("message/custom/typing", {"errcode": 45081}, b"<html></html>", {"errcode": 0})
    for on in (True, True, False):
        wechat.typing("oOPENID", on)
    assert fake.json("message/custom/typing") == {"touser": "oOPENID", "command": "CancelTyping"}


def test_a_photo_is_downloaded_as_bytes(wechat: WeChat, fake: Any) -> None:
    """The media id travels in the query, with the token."""
    assert wechat.download("MEDIA/ID+1")[:3] == b"\xff\xd8\xff"
    assert fake.calls[-1][1]["media_id"] == ["MEDIA/ID+1"]


def test_an_expired_photo_comes_from_its_address_on_our_wechat_host(wechat: WeChat, fake: Any) -> None:
    """The token is not shown to the picture host."""
    fake.script("media/get", {"errcode": 40007, "errmsg": "invalid media_id"})
    assert wechat.download("GONE", f"{fake.url}/picture?x=1")[:3] == b"\xff\xd8\xff"
    assert fake.calls[-1][1] == {"x": ["1"]}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:6379/",
        "http://mmbiz.qpic.cn@127.0.0.1/x",
        "http://mmbiz.qpic.cn:8080/x",
        "http://mmbiz.qpic.cn.evil.example/x",
        "http://evilqlogo.cn/x",
        "http://evil.example\\@mmbiz.qpic.cn/x",
        "http://127.0.0.1\\.qlogo.cn/x",
        "http://127.0.0.1%2f.qlogo.cn/x",
        "file:///etc/passwd",
        "http://[",
        "http://mmbiz.qpic.cn:port/x",
    ],
)
def test_an_address_elsewhere_is_never_fetched(wechat: WeChat, fake: Any, url: str) -> None:
    """A forged PicUrl must not make us ask hosts inside our house; WeChat's refusal stays the answer."""
    fake.script("media/get", {"errcode": 40007, "errmsg": "invalid media_id"})
    with pytest.raises(SendError) as caught:
        wechat.download("GONE", url)
    assert caught.value.code == "40007"


def test_a_redirect_of_a_picture_is_not_followed(wechat: WeChat, fake: Any) -> None:
    """It could lead anywhere."""
    fake.script("media/get", {"errcode": 40007})
    fake.script("elsewhere", (302, "text/html", b""))
    with pytest.raises(SendError) as caught:
        wechat.download("GONE", f"{fake.url}/elsewhere")
    assert (caught.value.code, fake.count("picture")) == ("http_302", 0)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, "image/jpeg", b"x" * (MAX_MEDIA + 1)), "too_large"),
        ((200, "text/plain", b'{"errcode":40007,"errmsg":"x"}'), "40007"),
        ((200, "application/json", b'{"video_url":"http://x"}'), "bad_answer"),
        ((200, "image/jpeg", b""), "bad_answer"),
        (b"<html></html>", "bad_answer"),
    ],
    ids=["11 MB", "errcode as text", "video", "empty", "html"],
)
def test_what_is_no_photo_is_refused(wechat: WeChat, fake: Any, answer: Any, code: str) -> None:
    """media/get answers a failure with 200 and JSON in place of the bytes."""
    fake.script("media/get", answer)
    with pytest.raises(SendError) as caught:
        wechat.download("MEDIA")
    assert caught.value.code == code


def test_a_picture_over_two_megabytes_is_not_uploaded(wechat: WeChat, fake: Any) -> None:
    """WeChat's page names two limits; the smaller is safe."""
    with pytest.raises(SendError):
        wechat.upload_image(b"x" * (MAX_UPLOAD + 1))
    assert fake.calls == []


def test_the_menu_is_put_in_place(wechat: WeChat, fake: Any) -> None:
    """As the API takes it: Chinese as it is."""
    wechat.create_menu(MENU)
    assert fake.json("menu/create") == MENU
    assert "我要办理".encode() in fake.body("menu/create")


def test_a_qr_code_carries_a_scene_for_thirty_days_at_most(wechat: WeChat, fake: Any) -> None:
    """Longer is refused by WeChat."""
    assert wechat.qr_code("one-time-token", 9_999_999) == "http://weixin.qq.com/q/abc"
    assert fake.json("qrcode/create") == {
        "expire_seconds": 2_592_000,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "one-time-token"}},
    }


def test_a_follower_can_be_looked_up(wechat: WeChat) -> None:
    """`subscribe` says whether the person follows."""
    assert wechat.user_info("oOPENID")["subscribe"] == 1
