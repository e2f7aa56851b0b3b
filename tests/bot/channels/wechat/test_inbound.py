"""Every message and event type in WeChat's own shape, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.base import Inbound, Kind
from bot.channels.wechat.envelope import Letter, Refused
from bot.channels.wechat.inbound import inbound_of, is_ignored, is_silent
from bot.channels.wechat.safexml import fields_of
from tests.bot.channels.wechat.wechat_side import OPENID, message


def inbound(xml: str) -> Inbound:
    return inbound_of(Letter(fields_of(xml.encode()), True, "1", "2"))


MESSAGES = {
    "text": (message(), Kind.TEXT, {"text": "你好"}),
    "a tapped option": (message(Content="满意", bizmsgmenuid="101"), Kind.TEXT, {"text": "满意", "choice": "101"}),
    "image": (
        message("image", PicUrl="http://mmbiz.qpic.cn/1", MediaId="M1"),
        Kind.PHOTO,
        {"media_id": "M1", "media_url": "http://mmbiz.qpic.cn/1"},
    ),
    "voice": (
        message("voice", MediaId="M2", Format="amr", MediaId16K="M3", Recognition=""),
        Kind.VOICE,
        {"media_id": "M2", "extra": {"media_id_16k": "M3", "format": "amr"}},
    ),
    "video": (message("video", MediaId="M", ThumbMediaId="T"), Kind.UNSUPPORTED, {"text": "video"}),
    "shortvideo": (message("shortvideo", MediaId="M"), Kind.UNSUPPORTED, {"text": "shortvideo"}),
    "location": (message("location", Location_X="23.1", Label="家"), Kind.UNSUPPORTED, {"text": "location"}),
    "link": (message("link", Title="t", Url="http://x"), Kind.UNSUPPORTED, {"text": "link"}),
    "file": (message("file"), Kind.UNSUPPORTED, {"text": "file"}),
}
EVENTS = {
    "follow": (message("event", Event="subscribe"), Kind.FOLLOW, {"text": ""}),
    "follow by QR code": (
        message("event", Event="subscribe", EventKey="qrscene_one-time", Ticket="T"),
        Kind.FOLLOW,
        {"text": "one-time"},
    ),
    "follow after a payment": (
        message("event", Event="subscribe", EventKey="last_trade_no_400"),
        Kind.FOLLOW,
        {"text": ""},
    ),
    "unfollow": (message("event", Event="unsubscribe"), Kind.UNFOLLOW, {"text": ""}),
    "scan": (message("event", Event="SCAN", EventKey="qrscene_x", Ticket="T"), Kind.SCAN, {"text": "qrscene_x"}),
    "menu": (message("event", Event="CLICK", EventKey="register"), Kind.CLICK, {"text": "register"}),
    "report": (
        message("event", Event="TEMPLATESENDJOBFINISH", MsgID="200163836", Status="failed:user block"),
        Kind.REPORT,
        {"extra": {"msgid": "200163836", "status": "failed:user block"}},
    ),
    "WeChat's desk takes a talk": (
        message("event", Event="kf_create_session", KfAccount="test1@test"),
        Kind.HANDOVER,
        {"text": "create"},
    ),
    "WeChat's desk closes a talk": (
        message("event", Event="kf_close_session", KfAccount="test1@test", CloseType="KF"),
        Kind.HANDOVER,
        {"text": "close"},
    ),
    "WeChat's desk passes a talk on": (
        message("event", Event="kf_switch_session", FromKfAccount="test1@test", ToKfAccount="test2@test"),
        Kind.HANDOVER,
        {"text": "switch"},
    ),
    "link opened": (
        message("event", Event="VIEW", EventKey="http://x", MenuId="1"),
        Kind.UNSUPPORTED,
        {"text": "VIEW", "extra": {"silent": "yes"}},
    ),
    "place reported": (
        message("event", Event="LOCATION", Latitude="23.1", Longitude="113.3", Precision="5"),
        Kind.UNSUPPORTED,
        {"text": "LOCATION", "extra": {"silent": "yes"}},
    ),
}


@pytest.mark.parametrize(("xml", "kind", "values"), [*MESSAGES.values(), *EVENTS.values()], ids=[*MESSAGES, *EVENTS])
def test_each_type_has_its_kind(xml: str, kind: Kind, values: dict[str, object]) -> None:
    """And everything that is not named here stays empty."""
    found = inbound(xml)
    got = {name: getattr(found, name) for name in ("text", "choice", "media_id", "media_url", "extra")}
    assert found.kind is kind
    assert got == {"text": "", "choice": "", "media_id": "", "media_url": "", "extra": {}} | values
    assert (found.channel, found.sender, found.bound) == ("wechat", OPENID, True)
    assert found.sent_at == datetime.fromtimestamp(1714112445, UTC)


def test_a_message_is_known_by_its_msgid() -> None:
    """The same for every repeat."""
    assert {inbound(xml).channel_id for xml, _, _ in MESSAGES.values()} == {"23340000000000001"}


def test_an_event_is_known_by_who_when_and_what() -> None:
    """It has no MsgId: a repeat has the same key, another event another one."""
    one, again = inbound(EVENTS["menu"][0]), inbound(EVENTS["menu"][0])
    assert one.channel_id == again.channel_id
    others = [
        message("event", Event="CLICK", EventKey="help"),
        message("event", Event="SCAN", EventKey="register"),
        message("event", Event="CLICK", EventKey="register", CreateTime="1714112446"),
        message("event", Event="CLICK", EventKey="register", FromUserName="oSomebodyElse"),
    ]
    assert len({one.channel_id, *(inbound(xml).channel_id for xml in others)}) == 5


def test_two_reports_in_one_second_are_two() -> None:
    """Notices go out by the dozen."""
    first, second = (message("event", Event="TEMPLATESENDJOBFINISH", MsgID=msgid) for msgid in ("1", "2"))
    assert inbound(first).channel_id != inbound(second).channel_id


def test_no_openid_sits_in_a_key() -> None:
    """Keys appear in logs."""
    assert all(OPENID not in inbound(xml).channel_id for xml, _, _ in EVENTS.values())


def test_silence_is_for_what_nobody_waits_on() -> None:
    """A declined video is answered with a word; a link opened is not."""
    tables = MESSAGES | EVENTS
    silent = {name for name, (xml, _, _) in tables.items() if is_silent(inbound(xml))}
    ignored = {name for name, (xml, _, _) in tables.items() if is_ignored(inbound(xml))}
    handed = {name for name in EVENTS if name.startswith("WeChat's desk")}
    assert silent == {"unfollow", "report", "link opened", "place reported"} | handed
    assert ignored == {"link opened", "place reported"}


@pytest.mark.parametrize("sender", ["", "有空格 的", "o" * 65, "../x", "a\nb"])
def test_a_sender_that_is_no_openid_is_refused(sender: str) -> None:
    """It becomes part of rows and calls."""
    with pytest.raises(Refused, match="fields"):
        inbound(message(FromUserName=sender))
