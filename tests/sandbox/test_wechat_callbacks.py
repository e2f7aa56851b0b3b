"""What the sandbox posts to the product's WeChat callback, and what it makes of the answers."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.people import BANNER
from tests.sandbox.harness import SUCCESS, Client, Product, running, served, until


def echo(product: Product, fields: dict[str, Any]) -> bytes:
    """Answer a text by the same text."""
    return product.sealed(product.text(fields, f"您说：{fields.get('Content')}"))


def test_a_text_arrives_sealed_and_signed_and_the_passive_reply_is_shown(sandbox: Client):
    """wechatpy opens what the sandbox sealed, and the sandbox opens what wechatpy sealed."""
    sandbox.product.answer = echo
    seq = sandbox.do("text", content="我要注册")
    [reply] = sandbox.shown(after=seq)
    [post] = sandbox.product.posts
    fields = post["fields"]
    assert (reply["text"], reply["via"], reply["kind"]) == ("您说：我要注册", "passive", "text")
    assert fields["MsgType"] == "text" and fields["Content"] == "我要注册"
    assert fields["FromUserName"] == sandbox.person()["openid"] == post["query"]["openid"]
    assert fields["ToUserName"] == sandbox.settings.wechat_original_id
    assert 0 < int(fields["MsgId"]) < 2**63
    assert post["query"]["encrypt_type"] == "aes" and "我要注册" not in post["raw"]
    until(lambda: sandbox.message(seq)["status"] == "delivered")


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_the_other_two_modes_send_the_text_in_the_open(tmp_path: Path, mode: str):
    """Plain has no cipher at all, compatible has both; a plain reply is taken in both."""
    with running(tmp_path, wechat_mode=mode) as sandbox:
        sandbox.follow()
        sandbox.product.answer = lambda product, fields: product.text(fields, "好的").encode()
        [reply] = sandbox.shown(after=sandbox.do("text", content="我要注册"))
        post = sandbox.product.posts[-1]
        assert reply["text"] == "好的"
        assert "我要注册" in post["raw"]
        assert ("<Encrypt>" in post["raw"]) == ("msg_signature" in post["query"]) == (mode == "compatible")


def test_an_event_has_no_msgid_and_a_scene_comes_with_its_prefix(sandbox: Client):
    """subscribe carries qrscene_…, SCAN the bare scene, CLICK the key."""
    sandbox.do("unfollow")
    sandbox.do("scan", scene="bind-7")
    sandbox.do("scan", scene="bind-7")
    sandbox.do("click", key="register")
    posts = until(lambda: len(sandbox.product.posts) == 4 and [post["fields"] for post in sandbox.product.posts])
    found = {fields["Event"]: fields for fields in posts}
    assert found["subscribe"]["EventKey"] == "qrscene_bind-7" and found["subscribe"]["Ticket"]
    assert found["SCAN"]["EventKey"] == "bind-7"
    assert found["CLICK"]["EventKey"] == "register"
    assert not any("MsgId" in fields for fields in posts)


def test_silence_is_tried_again_three_times_with_the_same_msgid_and_then_the_banner_is_shown(tmp_path: Path):
    """Four posts, one MsgId, each with a fresh signature."""

    def asleep(product: Product, fields: dict[str, Any]) -> bytes:
        time.sleep(0.5)
        return SUCCESS

    with running(tmp_path, wechat_timeout=0.2) as sandbox:
        sandbox.follow()
        sandbox.product.posts.clear()
        sandbox.product.answer = asleep
        seq = sandbox.do("text", content="在吗")
        [banner] = sandbox.shown(after=seq)
        assert (banner["kind"], banner["text"]) == ("banner", BANNER)
        assert sandbox.message(seq)["status"] == "failed"
        attempts = [d for d in sandbox.deliveries() if d["message_seq"] == seq]
        assert [(d["attempt"], d["status"]) for d in attempts] == [(n, "timeout") for n in (1, 2, 3, 4)]
        assert len({d["msg_id"] for d in attempts}) == 1


def test_an_answer_to_a_later_attempt_is_shown_and_no_banner(tmp_path: Path):
    """The product was killed and came back: the person notices nothing but the delay."""
    with running(tmp_path, product=False, wechat_timeout=0.5) as sandbox:
        seq = sandbox.do("follow")
        until(sandbox.deliveries)
        sandbox.product.answer = lambda product, fields: product.sealed(product.text(fields, "欢迎"))
        with served(sandbox.product.app(), int(sandbox.settings.callback_base_url.rsplit(":", 1)[1])):
            shown = sandbox.shown(after=seq)
        assert [message["text"] for message in shown] == ["欢迎"]
        assert sandbox.deliveries()[0]["status"].startswith("no connection")


def test_nobody_at_the_callback_ends_in_the_banner(tmp_path: Path):
    """A refused connection counts as silence."""
    with running(tmp_path, product=False, wechat_timeout=0.05) as sandbox:
        [banner] = sandbox.shown(after=sandbox.do("follow"))
        assert banner["kind"] == "banner"
        assert len(sandbox.deliveries()) == 4


@pytest.mark.parametrize("quiet", [b"success", b""])
def test_success_and_an_empty_body_show_nothing(sandbox: Client, quiet: bytes):
    """The product will answer by customer-service messages."""
    sandbox.product.answer = lambda product, fields: quiet
    seq = sandbox.do("text", content="在吗")
    until(lambda: sandbox.message(seq)["status"] == "delivered")
    assert sandbox.shown(after=seq, seconds=0.2) == []


BAD_REPLIES = {
    "JSON": lambda product, fields: json.dumps({"ok": True}).encode(),
    "plain words": lambda product, fields: b"ok",
    "an unencrypted reply": lambda product, fields: product.text(fields, "好").encode(),
    "an encrypted success": lambda product, fields: product.sealed("success"),
    "another token": lambda product, fields: product.sealed(product.text(fields, "好"), token="other"),
    "another key": lambda product, fields: product.sealed(product.text(fields, "好"), encoding_aes_key="B" * 43),
    "another app id": lambda product, fields: product.sealed(product.text(fields, "好"), app_id="wx0000000000000000"),
    "a reply to somebody else": lambda product, fields: product.sealed(
        product.text({**fields, "FromUserName": "o" + "x" * 27}, "好")
    ),
    "a reply from another account": lambda product, fields: product.sealed(
        product.text({**fields, "ToUserName": "gh_other"}, "好")
    ),
    "an empty text": lambda product, fields: product.sealed(product.text(fields, "")),
    "a text above 2048 bytes": lambda product, fields: product.sealed(product.text(fields, "电" * 683)),
    "an unknown type": lambda product, fields: product.sealed(
        product.text(fields, "好").replace("[text]", "[hologram]")
    ),
    "a CDATA end inside the text": lambda product, fields: product.sealed(product.text(fields, "a]]>b")),
    "a picture without its id": lambda product, fields: product.sealed(
        product.text(fields, "好").replace("[text]", "[image]")
    ),
}


def test_whatever_wechat_could_not_show_ends_in_the_banner(sandbox: Client):
    """Each of these is answered in time, so it is not tried again."""
    for name, answer in BAD_REPLIES.items():
        sandbox.product.posts.clear()
        sandbox.product.answer = answer
        seq = sandbox.do("text", content="在吗")
        shown = sandbox.shown(after=seq)
        assert [message["kind"] for message in shown] == ["banner"], name
        assert len(sandbox.product.posts) == 1, name


def test_an_error_page_ends_in_the_banner_at_once(sandbox: Client):
    """Another status than 200 is an answer, so nothing is repeated."""
    sandbox.product.status = 500
    [banner] = sandbox.shown(after=sandbox.do("text", content="在吗"))
    assert banner["kind"] == "banner"
    assert len(sandbox.product.posts) == 1


def test_options_in_a_text_can_be_tapped(sandbox: Client):
    """The link's words are read as text; the tap comes back as a text with bizmsgmenuid."""
    content = '请确认：\n<a href="weixin://bizmsgmenu?msgmenucontent=确认提交&msgmenuid=yes">1 确认</a> 或回复 2'
    sandbox.product.answer = lambda product, fields: product.sealed(product.text(fields, content))
    [reply] = sandbox.shown(after=sandbox.do("text", content="好了"))
    assert reply["text"] == "请确认：\n1 确认 或回复 2"
    assert reply["html"] == content
    assert reply["options"] == [{"id": "yes", "content": "确认提交", "label": "1 确认"}]
    sandbox.do("text", content="确认提交", bizmsgmenuid="yes")
    until(lambda: sandbox.product.posts[-1]["fields"].get("bizmsgmenuid") == "yes")


def test_news_shows_one_article_to_a_message(sandbox: Client):
    """Further articles are dropped when the trigger is a message."""

    def two(product: Product, fields: dict[str, Any]) -> bytes:
        item = "<item><Title>{0}</Title><Description>d</Description><PicUrl>u</PicUrl><Url>v</Url></item>"
        news = f"<ArticleCount>2</ArticleCount><Articles>{item.format('一')}{item.format('二')}</Articles>"
        return product.sealed(product.text(fields, "x").replace("[text]", "[news]").replace("</xml>", news + "</xml>"))

    sandbox.product.answer = two
    [reply] = sandbox.shown(after=sandbox.do("text", content="套餐"))
    assert reply["kind"] == "news" and [a["title"] for a in reply["articles"]] == ["一"]
    [reply] = sandbox.shown(after=sandbox.do("click", key="packages"))
    assert [a["title"] for a in reply["articles"]] == ["一", "二"]


def test_a_photo_can_be_fetched_by_its_address_and_by_its_id(sandbox: Client):
    """PicUrl and media/get give the bytes that were sent."""
    jpeg = b"\xff\xd8\xff\xe0" + b"licence" * 100
    answer = sandbox.http.post("/sandbox/people/p1/photo", files={"file": ("营业执照.jpg", jpeg)})
    assert answer.status_code == 200
    [post] = until(lambda: sandbox.product.posts)
    fields = post["fields"]
    assert fields["MsgType"] == "image" and fields["PicUrl"].startswith(sandbox.settings.base_url)
    assert sandbox.http.get(fields["PicUrl"]).content == jpeg
    query = {"access_token": sandbox.token(), "media_id": fields["MediaId"]}
    by_id = sandbox.http.get("/cgi-bin/media/get", params=query)
    assert by_id.content == jpeg and by_id.headers["content-type"] == "image/jpeg"
    sandbox.advance(3 * 86400 + 60)
    assert sandbox.http.get("/cgi-bin/media/get", params=query).json()["errcode"] == 40007


def test_a_file_that_is_no_picture_cannot_be_sent_as_a_photo(sandbox: Client):
    """The phone refuses it, nothing is posted."""
    answer = sandbox.http.post("/sandbox/people/p1/photo", files={"file": ("a.jpg", b"hello")})
    assert answer.status_code == 400 and sandbox.product.posts == []


def test_every_type_of_message_carries_its_fields(sandbox: Client):
    """Voice has no recognised text, a location has numbers, anything else can be sent raw."""
    sandbox.do("voice", seconds=4)
    sandbox.do("location")
    sandbox.do("raw", MsgType="link", Title="t", Description="d", Url="http://127.0.0.1/")
    posts = until(lambda: len(sandbox.product.posts) == 3 and [post["fields"] for post in sandbox.product.posts])
    found = {fields["MsgType"]: fields for fields in posts}
    assert found["voice"]["MediaId"] and found["voice"]["MediaId16K"] and not found["voice"]["Recognition"]
    assert float(found["location"]["Location_X"]) < float(found["location"]["Location_Y"])
    assert found["link"]["Url"] == "http://127.0.0.1/"


def test_words_that_look_like_markup_arrive_as_they_were_typed(sandbox: Client):
    """]]> and < are data."""
    text = "a]]>b <xml> & “引号” \n第二行"
    sandbox.do("text", content=text)
    [post] = until(lambda: sandbox.product.posts)
    assert post["fields"]["Content"] == text


def test_a_repeated_message_has_the_same_msgid(sandbox: Client):
    """What redeliver posts differs in signature only, and its answer is told to the caller."""
    sandbox.product.answer = echo
    seq = sandbox.do("text", content="注册")
    sandbox.shown(after=seq)
    answer = sandbox.http.post("/sandbox/redeliver", json={"seq": seq}).json()
    first, second = (post["fields"] for post in sandbox.product.posts)
    assert first == second
    assert answer == {"status": "ok", "attempts": 1, "reply": "您说：注册"}


def test_callbacks_carry_the_moved_time(sandbox: Client):
    """Both the signature's timestamp and CreateTime, because the product checks against the same clock."""
    sandbox.advance(86400)
    sandbox.do("text", content="一天以后")
    [post] = until(lambda: sandbox.product.posts)
    for stamp in (post["query"]["timestamp"], post["fields"]["CreateTime"]):
        assert abs(int(stamp) - 86400 - post["at"]) < 60


def test_somebody_who_does_not_follow_cannot_write(sandbox: Client):
    """There is no chat to write into."""
    assert sandbox.http.post("/sandbox/people/p2/text", json={"content": "在吗"}).status_code == 409


def test_the_address_can_be_verified_as_when_it_is_saved(sandbox: Client):
    """The product must return the echo string."""
    assert sandbox.http.post("/sandbox/verify").json() == {"ok": True, "status": 200}
