"""Texts as WeChat shows them: the only markup is a link, and some links are options to tap."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)
TEXT_LIMIT = 2048


def shown_text(content: str) -> dict[str, Any]:
    """Split a text into what is read (`text`), the text with its links (`html`) and the options to tap.

    `html` is the content as it was sent, there only when it has links; it is not escaped, the page must treat all
    but the links as plain text. Each option is {"id", "content", "label"}.
    """
    shown: dict[str, Any] = {"text": _LINK.sub(lambda match: match.group(3), content)}
    if shown["text"] != content:
        shown["html"] = content
        shown["options"] = options(content)
    return shown


def options(content: str) -> list[dict[str, str]]:
    """The weixin://bizmsgmenu links of a text."""
    found = []
    for match in _LINK.finditer(content):
        parts = urlsplit((match.group(1) or match.group(2) or "").replace("&amp;", "&"))
        if parts.scheme == "weixin" and parts.netloc == "bizmsgmenu":
            query = parse_qs(parts.query)
            label = match.group(3)
            content_sent = query.get("msgmenucontent", [label])[0]
            found.append({"id": query.get("msgmenuid", [""])[0], "content": content_sent, "label": label})
    return found


def menu_text(menu: dict[str, Any]) -> str:
    """A msgmenu as the equivalent text with links."""
    lines = [str(menu.get("head_content", ""))]
    for item in menu["list"]:
        href = f"weixin://bizmsgmenu?msgmenucontent={item['content']}&msgmenuid={item['id']}"
        lines.append(f'<a href="{href}">{item["content"]}</a>')
    lines.append(str(menu.get("tail_content", "")))
    return "\n".join(line for line in lines if line)
