"""Opening and sealing, against the worked example of WeChat's page and against an encryptor of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from bot.channels.wechat.envelope import MAX_BODY, Envelope, Refused
from bot.channels.wechat.replies import image_reply, news_reply, text_reply, transfer_reply
from tests.bot.channels.wechat import wechat_side
from tests.bot.channels.wechat.wechat_side import ACCOUNT, AES_KEY, APP_ID, OPENID, TOKEN, message, sealed

AT = 1714112445
NOW = datetime.fromtimestamp(AT, UTC)


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(app_id=APP_ID, token=TOKEN, encoding_aes_key=AES_KEY)


def test_the_plain_signature_of_the_official_example_is_accepted(envelope: Envelope) -> None:
    """Token AAAAA, timestamp 1714037059, nonce 486452656."""
    query = {
        "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
        "timestamp": "1714037059",
        "nonce": "486452656",
        "echostr": "4375120948345356249",
    }
    assert envelope.echo(query, datetime.fromtimestamp(1714037059, UTC)) == "4375120948345356249"


def test_the_plain_signature_of_the_encrypted_example_is_accepted(envelope: Envelope) -> None:
    """Timestamp 1714112445, nonce 415670741."""
    query = {
        "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
        "timestamp": "1714112445",
        "nonce": "415670741",
        "echostr": "x",
    }
    assert envelope.echo(query, NOW) == "x"


def test_the_reply_of_the_official_example_comes_out_byte_for_byte() -> None:
    """Random 707722b803182950, timestamp 1713424427, nonce 415670741."""
    envelope = Envelope(app_id=APP_ID, token=TOKEN, encoding_aes_key=AES_KEY, random=lambda: "707722b803182950")
    letter = envelope.open(*sealed(message(), 1713424427), datetime.fromtimestamp(1713424427, UTC))
    answer = envelope.seal(letter, '{"demo_resp":"good luck"}')
    assert {node.tag: node.text for node in ElementTree.fromstring(answer)} == {
        "Encrypt": "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
        "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        "TimeStamp": "1713424427",
        "Nonce": "415670741",
    }


def test_our_test_encryptor_agrees_with_the_official_example() -> None:
    """Otherwise the tests below would prove nothing."""
    encrypted = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert wechat_side.decrypt(encrypted) == ('{"demo_resp":"good luck"}', APP_ID)
    assert wechat_side.sha1(TOKEN, "1713424427", "415670741", encrypted) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_an_encrypted_message_is_bound_and_a_plain_one_is_not(envelope: Envelope) -> None:
    """In plain mode the signature says nothing about the body."""
    assert envelope.open(*sealed(message(), AT), NOW).bound is True
    assert envelope.open(*wechat_side.plain(message(), AT), NOW).bound is False


def test_in_compatible_mode_only_the_encrypted_part_counts(envelope: Envelope) -> None:
    """The plain fields beside it are not covered by any signature."""
    query, body = sealed(message(Content="真的"), AT)
    forged = message(Content="假的").replace("</xml>", "").encode()
    encrypted = body[body.index(b"<Encrypt>") :]
    letter = envelope.open(query, forged + encrypted, NOW)
    assert (letter.fields["Content"], letter.bound) == ("真的", True)


def test_every_field_arrives_as_it_was_typed(envelope: Envelope) -> None:
    """xmltodict strips white space and turns blanks into None."""
    for text in ("  两边有空格  ", "\n\n", " ", "第一行\n第二行", "a]]&gt;b", "😀"):
        letter = envelope.open(*sealed(message(Content=text), AT), NOW)
        assert letter.fields["Content"] == text


def test_a_pasted_control_character_is_dropped_and_the_message_kept(envelope: Envelope) -> None:
    """XML does not know it; the person does not see it."""
    assert envelope.open(*sealed(message(Content="你\x08好"), AT), NOW).fields["Content"] == "你好"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_signature_five_minutes_off_is_still_good(envelope: Envelope, seconds: int) -> None:
    """Clocks differ a little."""
    assert envelope.open(*sealed(message(), AT), NOW + timedelta(seconds=seconds)).bound


@pytest.mark.parametrize("mode", ["sealed", "plain"])
@pytest.mark.parametrize("seconds", [-301, 301, 86_400 * 365])
def test_an_older_or_newer_signature_is_refused(envelope: Envelope, mode: str, seconds: int) -> None:
    """wechatpy takes one from 1970."""
    request = getattr(wechat_side, mode)(message(), AT)
    assert _reason(envelope, *request, now=NOW + timedelta(seconds=seconds)) == "time"


@pytest.mark.parametrize("timestamp", ["", "-1", " 1714112445", "1714112445.0", "١٧١٤١١٢٤٤٥", "1" * 400, "zz"])
def test_a_timestamp_that_is_no_number_is_refused(envelope: Envelope, timestamp: str) -> None:
    """Even where the signature over it is right."""
    query, body = wechat_side.plain(message(), AT)
    query |= {"timestamp": timestamp, "signature": wechat_side.sha1(TOKEN, timestamp, "486452656")}
    assert _reason(envelope, query, body) == "time"


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
@pytest.mark.parametrize("value", [None, "", "0", "é", "\udce9"])
def test_a_plain_request_with_a_wrong_parameter_is_refused(envelope: Envelope, name: str, value: str | None) -> None:
    """Missing, empty, wrong and not even text."""
    query, body = wechat_side.plain(message(), AT)
    changed = {key: item for key, item in {**query, name: value}.items() if item is not None}
    assert _reason(envelope, changed, body) == "signature"
    assert _reason(envelope, {**changed, "echostr": "x"}, None) == "signature"


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
@pytest.mark.parametrize("value", [None, "", "0", "é", "\udce9"])
def test_an_encrypted_request_with_a_wrong_parameter_is_refused(
    envelope: Envelope, name: str, value: str | None
) -> None:
    """The signature without the body is not enough in this mode."""
    query, body = sealed(message(), AT)
    changed = {key: item for key, item in {**query, name: value}.items() if item is not None}
    assert _reason(envelope, changed, body) == "signature"


def test_a_cipher_changed_by_one_character_is_refused(envelope: Envelope) -> None:
    """The signature covers it."""
    query, body = sealed(message(), AT)
    at = body.index(b"<Encrypt>") + 40
    changed = body[:at] + (b"A" if body[at : at + 1] != b"A" else b"B") + body[at + 1 :]
    assert _reason(envelope, query, changed) == "signature"


BROKEN_CIPHERS = {
    "not base64": "!!!!",
    "not ascii": "密文",
    "half a block": "QUJD",
    "empty": "",
    "random blocks": wechat_side.encrypt_raw(bytes(range(64))),
    "no padding": wechat_side.encrypt_raw(b"\x00" * 32),
    "a lie about the length": wechat_side.encrypt(message().encode(), length=2**31),
    "a short lie about the length": wechat_side.encrypt(message().encode(), length=3),
    "not utf-8": wechat_side.encrypt(b"<xml>\xff\xfe</xml>"),
}


@pytest.mark.parametrize("encrypted", BROKEN_CIPHERS.values(), ids=BROKEN_CIPHERS)
def test_a_signed_but_broken_cipher_is_refused(envelope: Envelope, encrypted: str) -> None:
    """wechatpy raises five kinds of exceptions for these."""
    assert _reason(envelope, *wechat_side.around(encrypted, AT)) in ("cipher", "appid")


def test_a_message_for_another_account_is_refused(envelope: Envelope) -> None:
    """Right token and key, wrong app id inside."""
    request = wechat_side.around(wechat_side.encrypt(message().encode(), app_id="wx_somebody_else"), AT)
    assert _reason(envelope, *request) == "appid"


def test_an_openid_that_differs_from_the_sender_is_refused(envelope: Envelope) -> None:
    """The query names the same person as the body; a missing one is fine."""
    assert _reason(envelope, *sealed(message(), AT, openid="oSomebodyElse")) == "openid"
    assert _reason(envelope, *wechat_side.plain(message(), AT, openid="oSomebodyElse")) == "openid"
    query, body = sealed(message(), AT)
    del query["openid"]
    assert envelope.open(query, body, NOW).bound


BAD_XML = {
    "empty": b"",
    "blank": b"  ",
    "json": b'{"MsgType":"text"}',
    "another root": b"<html></html>",
    "cut off": b"<xml><MsgType>te",
    "two roots": b"<xml></xml><xml></xml>",
    "not utf-8": b"<xml><Content>\xc3\x28</Content></xml>",
    "utf-16 declared": '<?xml version="1.0" encoding="utf-16"?><xml><a>b</a></xml>'.encode("utf-16"),
    "20,000 nested tags": b"<xml>" + b"<a>" * 20_000,
    "nine levels": b"<xml>" + b"<a>" * 8 + b"</a>" * 8 + b"</xml>",
    "many tags": b"<xml>" + b"".join(b"<a%d/>" % n for n in range(300)) + b"</xml>",
    "a field twice": b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
    "a document type": b"<!DOCTYPE xml><xml><MsgType>text</MsgType></xml>",
    "an entity": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>',
    "an outside entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml>&b;</xml>',
    "an unknown entity": b"<xml><Content>&nbsp;</Content></xml>",
}


@pytest.mark.parametrize("xml", BAD_XML.values(), ids=BAD_XML)
@pytest.mark.parametrize("mode", ["sealed", "plain"])
def test_bad_xml_is_refused_as_malformed(envelope: Envelope, mode: str, xml: bytes) -> None:
    """Inside a good cipher as well as bare. Status 400, one word, nothing of the content."""
    with pytest.raises(Refused) as caught:
        envelope.open(*getattr(wechat_side, mode)(xml, AT), NOW)
    assert caught.value.status == 400 or (caught.value.reason, mode) == ("cipher", "sealed")
    assert caught.value.reason in {"root", "not_xml", "twice", "too_many_tags", "doctype", "cipher"}
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_encoding_is_utf8_whatever_the_declaration_says(envelope: Envelope) -> None:
    """A declaration is part of what a stranger may write; another alphabet must not slip in under it."""
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?>' + message(Content="你好")
    assert envelope.open(*sealed(declared, AT), NOW).fields["Content"] == "你好"


def test_nested_fields_are_read_past(envelope: Envelope) -> None:
    """subscribe_msg_* events nest lists that may repeat; none of it is ours."""
    nested = "<SubscribeMsgPopupEvent><List><a>1</a></List><List><a>2</a></List></SubscribeMsgPopupEvent></xml>"
    xml = message("event", Event="subscribe_msg_popup_event").replace("</xml>", nested)
    letter = envelope.open(*sealed(xml, AT), NOW)
    assert "a" not in letter.fields and letter.fields["Event"] == "subscribe_msg_popup_event"


def test_a_body_without_encrypt_is_refused(envelope: Envelope) -> None:
    """wechatpy: KeyError."""
    query, _ = sealed(message(), AT)
    assert _reason(envelope, query, b"<xml><ToUserName>x</ToUserName></xml>") == "signature"


def test_a_huge_body_is_refused_before_it_is_parsed(envelope: Envelope) -> None:
    """Status 413."""
    with pytest.raises(Refused) as caught:
        envelope.open(*wechat_side.plain(b"<xml>" + b" " * MAX_BODY + b"</xml>", AT), NOW)
    assert (caught.value.reason, caught.value.status) == ("too_large", 413)


def test_without_a_key_an_encrypted_message_is_refused() -> None:
    """Plain mode only; and a key of the wrong length is found at the start."""
    assert _reason(Envelope(app_id=APP_ID, token=TOKEN), *sealed(message(), AT)) == "no_key"
    with pytest.raises(ValueError, match="43 characters"):
        Envelope(app_id=APP_ID, token=TOKEN, encoding_aes_key="short")


def test_without_a_token_nothing_is_accepted() -> None:
    """Anybody could sign with an empty one."""
    query = {"signature": wechat_side.sha1("", str(AT), "n"), "timestamp": str(AT), "nonce": "n", "echostr": "x"}
    assert _reason(Envelope(app_id=APP_ID, token=""), query, None) == "signature"


@pytest.mark.parametrize(
    "text",
    ["好", "a]]>b", "]]>", "]]]]>>", "</Content><Evil/>", "&amp;<a href='x'>y</a>", "行1\n行2", "😀" * 50],
)
def test_a_reply_arrives_as_it_was_written(envelope: Envelope, text: str) -> None:
    """wechatpy writes `]]>` unescaped, so that a text can break out of its field."""
    letter = envelope.open(*sealed(message(), AT), NOW)
    reply = wechat_side.reply_in(envelope.seal(letter, text_reply(letter.fields, text, NOW)).encode())
    assert reply == {
        "ToUserName": OPENID,
        "FromUserName": ACCOUNT,
        "CreateTime": str(AT),
        "MsgType": "text",
        "Content": text,
    }


def test_a_reply_loses_what_no_xml_can_carry(envelope: Envelope) -> None:
    """Lone surrogates and control characters; a surrogate pair becomes its character."""
    letter = envelope.open(*sealed(message(), AT), NOW)
    reply = text_reply(letter.fields, "a\ud83db\x00\x08\x1b\uffff\udc00c\ud83d\ude00\r\nd", NOW)
    assert wechat_side.reply_in(envelope.seal(letter, reply).encode())["Content"] == "abc😀\nd"


def test_a_plain_request_gets_a_plain_reply(envelope: Envelope) -> None:
    """Whoever wrote in the clear cannot read a cipher."""
    letter = envelope.open(*wechat_side.plain(message(), AT), NOW)
    answer = envelope.seal(letter, text_reply(letter.fields, "好", NOW))
    assert ElementTree.fromstring(answer).findtext("Content") == "好"


def test_two_replies_never_start_alike(envelope: Envelope) -> None:
    """The sixteen random characters come first in the cipher."""
    letter = envelope.open(*sealed(message(), AT), NOW)
    assert envelope.seal(letter, "x") != envelope.seal(letter, "x")


def test_the_other_replies_have_the_documented_shape() -> None:
    """Picture, articles, and the hand-over to WeChat's own desk."""
    fields = {"FromUserName": OPENID, "ToUserName": ACCOUNT}
    assert ElementTree.fromstring(image_reply(fields, "MEDIA", NOW)).findtext("Image/MediaId") == "MEDIA"
    article = {"title": "标题]]>", "description": "说明", "picture": "http://p/1.jpg", "url": "http://p/1"}
    news = ElementTree.fromstring(news_reply(fields, [article] * 9, NOW))
    assert (news.findtext("ArticleCount"), len(news.findall("Articles/item"))) == ("8", 8)
    assert news.findtext("Articles/item/Title") == "标题]]>"
    assert ElementTree.fromstring(transfer_reply(fields, NOW)).findtext("MsgType") == "transfer_customer_service"


def _reason(envelope: Envelope, query: dict[str, str], body: bytes | None, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as caught:
        envelope.echo(query, now) if body is None else envelope.open(query, body, now)
    return caught.value.reason
