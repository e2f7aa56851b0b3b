"""Reading a passive reply as WeChat's platform does: verify, decrypt, check, show."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any

from sandbox.people import Person
from sandbox.settings import Settings
from sandbox.wechat.crypto import MessageCipher, signature
from sandbox.wechat.richtext import TEXT_LIMIT, shown_text
from sandbox.wechat.xml import parse_xml, text_of

TRANSFER = "transfer"  # no message: the talk goes to WeChat's customer-service desk


class BadReply(ValueError):
    """A reply that WeChat would not show."""


@dataclass(frozen=True)
class Shown:
    """What the phone will show."""

    kind: str
    text: str
    more: dict[str, Any]


def read_reply(body: bytes, settings: Settings, person: Person) -> Shown | None:
    """Return what to show; None for `success` or an empty body. Whatever else is wrong is a BadReply."""
    if body.strip() in (b"", b"success"):
        return None
    try:
        root = _open(parse_xml(body.decode()), settings)
        _check_envelope(root, settings, person)
        return _KINDS[text_of(root, "MsgType")](root)
    except KeyError as error:
        raise BadReply(f"unknown MsgType {error}") from error
    except ValueError as error:
        raise BadReply(str(error)) from error


def _open(root: ET.Element, settings: Settings) -> ET.Element:
    if root.find("Encrypt") is None:
        if settings.wechat_mode == "encrypted":
            raise ValueError("the reply is not encrypted")
        return root
    if settings.wechat_mode == "plain":
        raise ValueError("the reply is encrypted, the account is in plain mode")
    encrypted, stamp, nonce = (text_of(root, name) for name in ("Encrypt", "TimeStamp", "Nonce"))
    if not stamp.isdigit():
        raise ValueError("TimeStamp is no number")
    if signature(settings.wechat_token, stamp, nonce, encrypted) != text_of(root, "MsgSignature"):
        raise ValueError("MsgSignature does not fit")
    return parse_xml(MessageCipher(settings.wechat_encoding_aes_key, settings.wechat_app_id).decrypt(encrypted))


def _check_envelope(root: ET.Element, settings: Settings, person: Person) -> None:
    if text_of(root, "ToUserName") != person.openid:
        raise ValueError("ToUserName is not the person who wrote")
    if text_of(root, "FromUserName") != settings.wechat_original_id:
        raise ValueError("FromUserName is not this account")
    if not text_of(root, "CreateTime").isdigit():
        raise ValueError("CreateTime is no number")


def _text(root: ET.Element) -> Shown:
    content = text_of(root, "Content")
    if len(content.encode()) > TEXT_LIMIT:
        raise ValueError(f"the text has more than {TEXT_LIMIT} bytes")
    shown = shown_text(content)
    return Shown("text", shown.pop("text"), shown)


def _image(root: ET.Element) -> Shown:
    image = root.find("Image")
    if image is None:
        raise ValueError("<Image> is missing")
    return Shown("image", "[图片]", {"media_id": text_of(image, "MediaId")})


def _news(root: ET.Element) -> Shown:
    items = root.findall("Articles/item")
    if not items or not text_of(root, "ArticleCount").isdigit():
        raise ValueError("a news reply needs ArticleCount and Articles")
    articles = [
        {
            "title": text_of(item, "Title"),
            "description": item.findtext("Description") or "",
            "picurl": item.findtext("PicUrl") or "",
            "url": item.findtext("Url") or "",
        }
        for item in items[:8]
    ]
    return news(articles)


def news(articles: list[dict[str, str]]) -> Shown:
    """News as the phone shows them: title and description of each, the picture of the first."""
    text = "\n".join("\n".join(filter(None, (a["title"], a["description"]))) for a in articles)
    return Shown("news", text, {"articles": articles, "media_url": articles[0]["picurl"], "url": articles[0]["url"]})


def _voice(root: ET.Element) -> Shown:
    voice = root.find("Voice")
    if voice is None:
        raise ValueError("<Voice> is missing")
    return Shown("voice", "[语音]", {"media_id": text_of(voice, "MediaId")})


def _transfer(root: ET.Element) -> Shown:
    return Shown(TRANSFER, "[已转接人工客服]", {})


_KINDS = {"text": _text, "image": _image, "news": _news, "voice": _voice, "transfer_customer_service": _transfer}
