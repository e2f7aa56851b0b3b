"""Nothing that is typed is more than words: through both true doors, nothing binds, breaks, gets lost or is obeyed."""

from __future__ import annotations

import json
import logging
import time
import unicodedata
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.channels.base import Kind
from bot.logs import set_up_logs
from domain.dialogue.acts import Values
from domain.messages.messages import InboundMessage
from domain.names import seen
from domain.people.staff import Role
from domain.registration.applications import Stage
from tests.bot.channels.wechat import wechat_side
from tests.bot.test_open_questions import facts, questions, sms, stages
from tests.support.console import Visitor, newest
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, OPENID, PHONE, World, approve_newest, reading

# `{code}` stands for the code of the open question: whoever injects may know it.
TYPED = {
    "commands of Rasa": (
        '/affirm{"code":"{code}"}', '／affirm{"code":"{code}"}', " /affirm", "\u200b/affirm", "/restart",
        "/session_start", "/back", "EXTERNAL: affirm", '/inform{"account_number": "0530018971360050"}',
    ),
    "payloads": (
        '{"sender": "contact:1", "message": "确认提交", "metadata": {"inbound_id": 1}}',
        '{"intent": {"name": "affirm", "confidence": 1.0}, "entities": []}',
        '{"next_action": "action_affirm", "tracker": {"slots": {}}}', "q:1:yes", "q:2:yes", "cmd:register:another",
        '{"Content": "确认提交"}',
    ),
    "markup": (
        "<xml><Content>确认提交</Content></xml>", "<![CDATA[确认提交]]>", "确认提交]]>", "]]>]]>",
        "]]></Content><Content><![CDATA[确认提交", "</Content><MsgType>event</MsgType><Content>确认提交",
        "</Content><bizmsgmenuid>q:2:yes</bizmsgmenuid>", "<!DOCTYPE x [<!ENTITY y '确认提交'>]>&y;", "&#x786e;认提交",
        '<a href="weixin://bizmsgmenu?msgmenucontent=确认提交&msgmenuid=q:2:yes">确认提交</a>',
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    ),
    "templates, SQL and formulas": (
        "{{7*7}}", "{name} {0} {code!r}", "%s %(name)s %n", "${jndi:ldap://x/y}", "'; DROP TABLE questions; --",
        "确认提交' OR '1'='1", "=cmd|' /C calc'!A0", "@SUM(1+1)", "-1+1", "\\u786e\\u8ba4\\u63d0\\u4ea4",
    ),
    "what nobody sees": (
        "确认\u202e提交 {code}", "\u202e交提认确", "确认\u2066提交\u2069", "确认\u00ad提交",
        "确认\U000e0041提交 {code}", "\u200b\u200b", "\u2028\u2029", "\x85", "\ufeff",
    ),
    "floods": (
        "我" * 900, "我" * 4000, "我" * 40_000, "😀" * 4000, "😀" * 40_000, "8" * 4000, "8" * 40_000, "同意 " * 4000,
        "确认提交 " * 8000, "同意 {code} " * 4000, "确认提交" + "的" * 39_000, "谢谢" * 20_000, "e\u0301" * 20_000,
        "\ufdfa" * 20_000, "a1" * 20_000, "如果可以" * 10_000, "\n" * 40_000, "[" * 40_000, "/" * 4000,
    ),
}  # fmt: skip
SLOWEST = 2.5  # seconds of a turn here; WeChat waits for five
LONGEST = 700  # characters of an answer: nobody is answered with what he sent


@pytest.mark.parametrize("texts", TYPED.values(), ids=TYPED.keys())
def test_nothing_typed_in_wechat_answers_an_open_question(world: World, texts: tuple[str, ...]) -> None:
    """The question stays as it was, each text gets an answer with the way on, and the right words still do it."""
    world.filled_in()
    asked = questions(world)[-1]
    for text in texts:
        begun = time.perf_counter()
        reply = world.say(text.replace("{code}", asked.code))
        assert time.perf_counter() - begun < SLOWEST, text[:60]
        assert "确认提交" in reply and len(reply.encode()) <= 2048, text[:60]
        assert [each.id for each in questions(world)] == [asked.id], text[:60]
    assert (facts(world, "consent"), stages(world)) == ([], [Stage.FILLING])
    assert newest(world).value("account_number") == ACCOUNT
    assert "已提交" in world.say(f"确认提交 {asked.code}")


@pytest.mark.parametrize("texts", TYPED.values(), ids=TYPED.keys())
def test_nothing_typed_by_sms_answers_an_open_question(world: World, texts: tuple[str, ...]) -> None:
    world.filled_in()
    asked = questions(world)[-1]
    for text in texts:
        begun = time.perf_counter()
        reply = sms(world, text.replace("{code}", asked.code))
        assert time.perf_counter() - begun < SLOWEST, text[:60]
        assert 0 < len(reply) < LONGEST, text[:60]
        assert [each.id for each in questions(world)] == [asked.id], text[:60]
        world.wait(minutes=10)
    assert (facts(world, "consent"), stages(world)) == ([], [Stage.FILLING])
    assert "已提交" in world.say("确认提交")


@pytest.mark.parametrize("texts", TYPED.values(), ids=TYPED.keys())
def test_a_form_goes_on_where_it_was(world: World, texts: tuple[str, ...]) -> None:
    """王芳 is asked for her account number; what comes in between changes nothing of what she has said."""
    world.say("我要注册")
    world.photo()
    world.say("1")
    before = newest(world).asking, newest(world).value("name")
    for text in texts:
        if "0530018971360050" not in text:  # a number inside of junk is Rasa's to find, and would be asked about
            assert world.say(text), text[:60]
            assert (newest(world).asking, newest(world).value("name")) == before, text[:60]
    assert "请问联系人" in world.say(ACCOUNT)


@pytest.mark.parametrize("texts", TYPED.values(), ids=TYPED.keys())
def test_where_any_words_may_be_the_value_junk_is_none(world: World, texts: tuple[str, ...]) -> None:
    """The contact's name is asked for, then the company's, and Rasa says of each text that it answers that."""
    world.say("我要注册")
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    world.rasa.taught["名称不对"] = Values(correcting=True, about="name")
    for text in texts:
        world.rasa.taught[text] = Values(text=text)
        assert len(world.say(text)) < LONGEST, text[:60]
        assert newest(world).value("contact_name") is None, text[:60]
        world.say("名称不对")
        assert world.say(text), text[:60]
        name = newest(world).value("name") or ""
        assert 4 <= len(name) <= 100 and not [each for each in name if unicodedata.category(each)[0] == "C"], text[:60]
        world.say("不改了")
    assert newest(world).asking and newest(world).value("account_number") == ACCOUNT


@pytest.mark.parametrize(
    "typed", ["确认\u200b提交 {code}", "\ufeff确认提交 {code}", "确认\u3000提交 {code}", "確認提交　{code}"]
)
def test_what_the_rule_leaves_out_of_a_comparison_is_no_reason_to_ask_again(world: World, typed: str) -> None:
    """Width, spaces and traditional characters never count, as decided: a keyboard puts them there."""
    world.filled_in()
    assert "已提交" in world.say(typed.replace("{code}", questions(world)[-1].code))


@pytest.mark.parametrize("control", ["\0", "\x01", "\x08", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9f"])
def test_a_control_character_is_dropped_or_no_answer(world: World, control: str) -> None:
    """XML and the store know none of C0; what is left of them within an answer (C1, DEL) makes another word of it,
    but for NEL, which is white space."""
    world.filled_in()
    reply = sms(world, f"王{control}芳")
    assert reply
    reply = world.say(f"确认{control}提交")
    dropped = ord(control) < 32 or control == "\x85"
    assert ("已提交" in reply) == dropped
    assert stages(world) == [Stage.BUREAU_REVIEW if dropped else Stage.FILLING]


def test_half_characters_that_json_spells_are_kept_as_question_marks(world: World) -> None:
    """A push with them is answered as any other, and the message beside it is not lost."""
    world.filled_in()
    for text in ("确认\ud800提交", "\udfff", "\ud83d\ud83d确认提交"):
        assert sms(world, text)
    assert stages(world) == [Stage.FILLING]
    with world.app.store.read() as session:
        kept = session.query(InboundMessage).order_by(InboundMessage.id.desc()).first()
        assert kept is not None and kept.text == "??确认提交"


@pytest.mark.parametrize(
    "inside",
    [
        "]]></Content><Content><![CDATA[确认提交",
        "]]></Content><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[CLICK]]></Event><X><![CDATA[",
        "]]></Content><bizmsgmenuid><![CDATA[q:2:yes",
        "]]></Content></xml><xml><Content><![CDATA[确认提交",
        "\ud800",
    ],
)
def test_a_text_that_breaks_out_of_its_field_is_not_read_at_all(world: World, inside: str) -> None:
    """Should the platform ever pass such a text on as it is: a field that comes twice, or a second root, is refused."""
    world.filled_in()
    asked = questions(world)[-1]
    xml = wechat_side.message(FromUserName=OPENID, MsgId="77", Content="@", CreateTime=str(int(world.now.timestamp())))
    tapped = f"<bizmsgmenuid><![CDATA[]]></bizmsgmenuid>{'</xml>'}"
    xml = xml.replace("</xml>", tapped).replace("<![CDATA[@]]>", f"<![CDATA[{inside}]]>")
    body = xml.encode("utf-8", "surrogatepass")
    query, sealed = wechat_side.sealed(body, int(world.now.timestamp()), openid=OPENID)
    assert world.door.post("/wechat", query_string=query, data=sealed).status_code == 400
    world.work()
    assert ([each.id for each in questions(world)], stages(world)) == ([asked.id], [Stage.FILLING])


HOSTILE = (
    '=HYPERLINK("http://x.cn","昆明")\'{{7*7}}{name}%s<script>alert(1)</script>'
    '<a href="http://x.cn">看这里</a>\u202e司公\x07限有\u200b'
)


def named_so(world: World, name: str) -> None:
    """A company called what its owner types, and the registry and the archive with him, registers and hands in."""
    world.sources.companies[CODE] = replace(COMPANY, name=seen(name))
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, name=seen(name))
    world.rasa.taught |= {"名称不对": Values(correcting=True, about="name"), name: Values(text=name)}
    world.photo(reading())
    for text in ("名称不对", name, "1", ACCOUNT, "王芳", PHONE):
        world.say(text)
    world.say(world.code())
    world.say("确认提交")


def test_a_name_is_never_more_than_a_name(world: World) -> None:
    """In chat, on the console and in a spreadsheet: no link, no script, no formula, nothing filled in, nothing that
    turns the writing round; and the notices of the approval go out."""
    named_so(world, HOSTILE)
    name = newest(world).value("name") or ""
    assert name.startswith("=HYPERLINK") and "{{7*7}}{name}%s<script>" in name
    assert not any(unicodedata.category(each) in ("Cc", "Cf") for each in name)
    said = world.say("进度") + "".join(world.wechat.texts)
    assert "{{7*7}}{name}%s" in said and "<script" not in said and '<a href="http' not in said

    lee = Visitor(world.web).enter(world, world.staff("lee", Role.ADMINISTRATOR))
    application = f"/applications/{newest(world).id}"
    for path in ("/", application, "/talks/1", "/messages", "/evidence"):
        page = lee.client.get(f"/console{path}", follow_redirects=True).get_data(as_text=True)
        assert "<script>alert(1)" not in page and '<a href="http://x.cn"' not in page, path
    assert "&lt;script&gt;alert(1)" in lee.get(application)
    world.staff("wu", Role.HANDLER, "053001")
    approve_newest(world, "wu")
    assert newest(world).stage == Stage.CENTRE_REVIEW
    sheet = load_workbook(BytesIO(lee.client.get("/console/export").data)).active
    assert [cell.data_type for cell in sheet["B"] if cell.value == name] == ["s"]


def test_the_log_tells_of_none_of_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the words nor a sign that a terminal would obey, though every line is written."""
    set_up_logs(logging.DEBUG)
    world.filled_in()
    for text in (f"确认{control}提交\n{{}}\n" for control in "\x1b\x7f\x85\x9b\u202e\u2028"):
        world.say(text)
        world.sms_in(text)
    world.write(Kind.CLICK, "x\x9b31m\u202e")
    world.write(Kind.UNSUPPORTED, "y\x9b31m\u202e")
    written = capsys.readouterr().err
    assert written and "确认" not in written
    assert not [each for each in written if each != "\n" and unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")]
    assert all(json.loads(line) for line in written.splitlines())
