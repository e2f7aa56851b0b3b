"""WeChat's page login: the person's own question at open.weixin.qq.com, and the exchange of the code for an openid.

A browser chooses on a small page who opens the link; a script says `person=` (id or name) and is sent on at once.
`snapshot=1` plays somebody who only looks in passing: WeChat then gives a stand-in, which nobody may bind.
"""

import html
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.people import Person
from sandbox.switches import nonsense
from sandbox.wechat.errors import ApiError
from sandbox.world import World

CODE_LIFE = 300
_SCOPES = ("snsapi_base", "snsapi_userinfo")


class OAuth:
    """The two addresses. Codes live five minutes and serve once."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Where the person goes, and where the product exchanges the code."""
        return [
            Route("/connect/oauth2/authorize", self._authorize),
            Route("/sns/oauth2/access_token", self._exchange),
        ]

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        if trouble := self._complaint(query):
            return HTMLResponse(f"<!doctype html><meta charset=utf-8><h1>{trouble}</h1>", 400)
        person = self._world.people.get(query.pop("person", ""))
        snapshot = query.pop("snapshot", "") == "1"
        if person is None:
            return HTMLResponse(self._choice(query))
        code = secrets.token_urlsafe(24)
        ends = self._world.clock.now() + CODE_LIFE
        self._world.store.put("oauth", code, {"person": person.id, "snapshot": snapshot, "ends": ends, "used": False})
        back = query["redirect_uri"]
        sign = "&" if urlsplit(back).query else "?"
        return RedirectResponse(f"{back}{sign}{urlencode({'code': code, 'state': query.get('state', '')})}", 302)

    def _complaint(self, query: dict[str, str]) -> str:
        """What WeChat's page says instead of going on; empty when all is right."""
        if query.get("appid") != self._world.settings.wechat_app_id:
            return "appid 参数错误"
        if query.get("response_type") != "code" or query.get("scope") not in _SCOPES:
            return "Scope 参数错误或没有 Scope 权限"
        wanted, ours = urlsplit(query.get("redirect_uri", "")), urlsplit(self._world.settings.callback_base_url)
        return "" if wanted.netloc == ours.netloc else "redirect_uri 参数错误"

    def _choice(self, query: dict[str, str]) -> str:
        rows = []
        for person in self._world.people.all():
            for snapshot, word in (("", ""), ("1", "（只是浏览，快照页）")):
                link = "?" + urlencode({**query, "person": person.id, "snapshot": snapshot})
                rows.append(f'<li><a href="{html.escape(link)}">{html.escape(person.name)}{word}</a></li>')
        head = "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        return f"{head}<title>微信登录（沙箱）</title><h1>用谁的微信打开？</h1><ul>{''.join(rows)}</ul>"

    async def _exchange(self, request: Request) -> Response:
        if trouble := await self._world.switches.trouble("wechat"):
            return trouble
        if self._world.switches.is_wrong("wechat"):
            return nonsense()
        try:
            return JSONResponse(self._exchanged(dict(request.query_params)))
        except ApiError as error:
            return JSONResponse(error.body())

    def _exchanged(self, query: dict[str, str]) -> dict[str, Any]:
        code = self._world.switches.take_failure("wechat", "sns/oauth2/access_token")
        if code is not None:
            raise ApiError(int(code))
        settings = self._world.settings
        if query.get("appid") != settings.wechat_app_id:
            raise ApiError(40013)
        if query.get("secret") != settings.wechat_app_secret:
            raise ApiError(40125)
        if query.get("grant_type") != "authorization_code":
            raise ApiError(40002)
        return self._answer(self._take(query.get("code", "")))

    def _take(self, code: str) -> dict[str, Any]:
        if not code:
            raise ApiError(41008)
        kept = self._world.store.get("oauth", code)
        if kept is None or kept["ends"] < self._world.clock.now():
            raise ApiError(40029)
        if kept["used"]:
            raise ApiError(40163)
        self._world.store.put("oauth", code, {**kept, "used": True})
        return dict(kept)

    def _answer(self, kept: dict[str, Any]) -> dict[str, Any]:
        person = self._world.people.get(kept["person"])
        if not isinstance(person, Person):
            raise ApiError(40029)
        answer = {
            "access_token": secrets.token_urlsafe(64),
            "expires_in": 7200,
            "refresh_token": secrets.token_urlsafe(64),
            "openid": "o" + secrets.token_urlsafe(20)[:27] if kept["snapshot"] else person.openid,
            "scope": "snsapi_base",
        }
        return {**answer, "is_snapshotuser": 1} if kept["snapshot"] else answer
