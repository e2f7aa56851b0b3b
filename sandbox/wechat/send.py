"""What the account sends by API: customer-service messages, the typing sign, template notices."""

import time
from collections.abc import Callable
from typing import Any

from sandbox.people import Person
from sandbox.wechat.errors import ApiError
from sandbox.wechat.limits import Windows
from sandbox.wechat.push import hand_over, show
from sandbox.wechat.replies import Shown, news
from sandbox.wechat.richtext import TEXT_LIMIT, menu_text, shown_text
from sandbox.wechat.templates import Templates
from sandbox.world import World

Body = dict[str, Any]
_OK = {"errcode": 0, "errmsg": "ok"}
TYPING_SECONDS = 15
MENU_ITEMS = 10  # the true limit of msgmenu is not published


class Sender:
    """message/custom/send, message/custom/typing and message/template/send."""

    def __init__(self, world: World, windows: Windows) -> None:
        self._world = world
        self._windows = windows
        self._templates = Templates(world.settings.wechat_templates)
        self._typing_until: dict[str, float] = {}

    async def custom(self, body: Body) -> Body:
        """Show a customer-service message, if a window is open."""
        person = self._person(body)
        shown = self._content(body)
        if code := self._windows.spend(person.openid):
            raise ApiError(code)
        self._typing_until.pop(person.openid, None)
        show(self._world, person, shown, "customer_service")
        return dict(_OK)

    async def typing(self, body: Body) -> Body:
        """Show or hide “对方正在输入”: 15 s, within 30 s of the person's last doing."""
        person, command = self._person(body), body.get("command")
        if command not in ("Typing", "CancelTyping"):
            raise ApiError(45072)
        if command == "CancelTyping":
            self._typing_until.pop(person.openid, None)
        elif not self._windows.is_open(person.openid, within=30):
            raise ApiError(45080)
        elif self._typing_until.get(person.openid, 0) > time.monotonic():
            raise ApiError(45081)
        else:
            self._typing_until[person.openid] = time.monotonic() + TYPING_SECONDS
        self._world.bus.publish({"type": "typing", "person_id": person.id, "on": command == "Typing"})
        return dict(_OK)

    async def template(self, body: Body) -> Body:
        """Show a template notice and report its end by a TEMPLATESENDJOBFINISH event."""
        person = self._person(body)
        if not person.following:
            raise ApiError(43004)
        template = self._templates.get(str(body.get("template_id", "")))
        data = body.get("data")
        if not isinstance(data, dict):
            raise ApiError(47003)
        text = template.render(data)
        if earlier := self._repeated(person, body):
            return {**_OK, "msgid": earlier}
        return self._notify(person, body, text)

    async def list_templates(self, body: Body) -> Body:
        """template/get_all_private_template."""
        return {"template_list": self._templates.all()}

    def _notify(self, person: Person, body: Body, text: str) -> Body:
        world, msg_id = self._world, time.time_ns() // 1000
        status = world.switches.take_failure("wechat", "TEMPLATESENDJOBFINISH") or "success"
        if body.get("client_msg_id"):
            key = f"{person.openid} {body['client_msg_id']}"
            world.store.put("client_msg_id", key, {"at": world.clock.now(), "msgid": msg_id})
        if status == "success":
            title, _, rest = text.partition("\n")
            world.phones.shown(person, "template", text, "template", title=title, body=rest, url=body.get("url") or "")
        hand_over(
            world,
            person,
            {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msg_id, "Status": str(status)},
        )
        return {**_OK, "msgid": msg_id}

    def _repeated(self, person: Person, body: Body) -> int | None:
        """The msgid of the same client_msg_id within ten minutes."""
        sent = self._world.store.get("client_msg_id", f"{person.openid} {body.get('client_msg_id')}")
        if sent and self._world.clock.now() - sent["at"] <= 600:
            return int(sent["msgid"])
        return None

    def _person(self, body: Body) -> Person:
        person = self._world.people.by_openid(str(body.get("touser", "")))
        if person is None:
            raise ApiError(40003)
        return person

    def _content(self, body: Body) -> Shown:
        kind = body.get("msgtype")
        part = body.get(kind) if isinstance(kind, str) else None
        if kind not in _READERS:
            raise ApiError(40008)
        if not isinstance(part, dict):
            raise ApiError(47001)
        if kind in ("image", "voice") and self._world.media.get(str(part.get("media_id", ""))) is None:
            raise ApiError(40007)
        return _READERS[kind](part)


def _text(part: Body) -> Shown:
    content = part.get("content")
    if not isinstance(content, str) or not content:
        raise ApiError(44004)
    if len(content.encode()) > TEXT_LIMIT:
        raise ApiError(45002)
    shown = shown_text(content)
    return Shown("text", shown.pop("text"), shown)


def _menu(part: Body) -> Shown:
    items = part.get("list")
    if not isinstance(items, list) or not all(isinstance(i, dict) and "id" in i and "content" in i for i in items):
        raise ApiError(47001)
    if len(items) > MENU_ITEMS:
        raise ApiError(45098)
    shown = shown_text(menu_text(part))
    return Shown("menu", shown.pop("text"), shown)


def _news(part: Body) -> Shown:
    articles = part.get("articles")
    if not articles:
        raise ApiError(44003)
    if len(articles) != 1:
        raise ApiError(45008)
    keys = ("title", "description", "picurl", "url")
    return news([{key: str(articles[0].get(key) or "") for key in keys}])


_READERS: dict[str, Callable[[Body], Shown]] = {
    "text": _text,
    "msgmenu": _menu,
    "news": _news,
    "image": lambda part: Shown("image", "[图片]", {"media_id": part["media_id"]}),
    "voice": lambda part: Shown("voice", "[语音]", {"media_id": part["media_id"]}),
}
