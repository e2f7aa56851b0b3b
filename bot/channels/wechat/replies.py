"""The passive replies, as XML. wechatpy writes texts into CDATA unescaped, so that `]]>` in a text breaks out of it.

Format: developers.weixin.qq.com, "被动回复用户消息". Texts are cleaned here, so that no reply fails for its content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.wechat.text import clean

MAX_ARTICLES = 8  # one where a message triggered the reply; WeChat drops the rest itself


@dataclass(frozen=True, slots=True)
class Transfer:
    """Stands in place of a text: the talk goes over to WeChat's own customer-service desk."""


def text_reply(fields: Mapping[str, str], text: str, now: datetime) -> str:
    """A text for the sender of the message with these `fields`."""
    return _reply(fields, now, "text", _node("Content", text))


def image_reply(fields: Mapping[str, str], media_id: str, now: datetime) -> str:
    """A picture that was uploaded before (no GIF)."""
    return _reply(fields, now, "image", f"<Image>{_node('MediaId', media_id)}</Image>")


def news_reply(fields: Mapping[str, str], articles: Sequence[Mapping[str, str]], now: datetime) -> str:
    """Articles with `title`, `description`, `picture` and `url`."""
    items = "".join(
        "<item>"
        + _node("Title", article["title"])
        + _node("Description", article["description"])
        + _node("PicUrl", article["picture"])
        + _node("Url", article["url"])
        + "</item>"
        for article in articles[:MAX_ARTICLES]
    )
    count = min(len(articles), MAX_ARTICLES)
    return _reply(fields, now, "news", f"<ArticleCount>{count}</ArticleCount><Articles>{items}</Articles>")


def transfer_reply(fields: Mapping[str, str], now: datetime) -> str:
    """Hands the talk over to WeChat's own customer-service desk."""
    return _reply(fields, now, "transfer_customer_service", "")


def _reply(fields: Mapping[str, str], now: datetime, kind: str, content: str) -> str:
    return (
        "<xml>"
        + _node("ToUserName", fields.get("FromUserName", ""))
        + _node("FromUserName", fields.get("ToUserName", ""))
        + f"<CreateTime>{int(now.timestamp())}</CreateTime>"
        + _node("MsgType", kind)
        + content
        + "</xml>"
    )


def _node(name: str, text: str) -> str:
    """A CDATA section cannot hold its own end: it is closed in the middle of it and opened again."""
    return f"<{name}><![CDATA[{clean(text).replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
