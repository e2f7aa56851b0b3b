"""WeChat's server API under /cgi-bin, as far as an official account needs it."""

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.forms import uploaded_file
from sandbox.media import LIFETIME, sniff
from sandbox.switches import nonsense
from sandbox.wechat.errors import ApiError
from sandbox.wechat.limits import Quotas, Windows
from sandbox.wechat.menu import check_menu
from sandbox.wechat.oauth import OAuth
from sandbox.wechat.send import Sender
from sandbox.wechat.tokens import Tokens
from sandbox.world import World

Body = dict[str, Any]
Handler = Callable[[Request], Awaitable[Body | Response]]
_OK = {"errcode": 0, "errmsg": "ok"}
# Upload limits by type: bytes and accepted contents.
_UPLOADS = {
    "image": (10 << 20, ("image/jpeg", "image/png", "image/gif")),
    "voice": (2 << 20, ("audio/amr", "audio/mpeg")),
    "video": (10 << 20, ("video/mp4",)),
    "thumb": (64 << 10, ("image/jpeg",)),
}
_QR_ACTIONS = ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")


class WeChatApi:
    """The endpoints. Each call passes the switch, ordered failures, method, token and quota before its handler."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.windows = Windows(world.store, world.clock)
        self.quotas = Quotas(world.store, world.clock, world.settings.wechat_quotas)
        self.tokens = Tokens(world.store, world.settings, self.quotas)
        self.sender = Sender(world, self.windows)

    def routes(self) -> list[Route]:
        """One route per API."""
        send = self.sender
        return [
            self._route("token", "GET", self._token, with_token=False),
            self._route("stable_token", "POST", self._stable_token, with_token=False),
            self._route("message/custom/send", "POST", self._json(send.custom)),
            self._route("message/custom/typing", "POST", self._json(send.typing)),
            self._route("message/template/send", "POST", self._json(send.template)),
            self._route("template/get_all_private_template", "GET", self._json(send.list_templates)),
            self._route("media/upload", "POST", self._upload),
            self._route("media/get", "GET", self._download),
            self._route("menu/create", "POST", self._json(self._create_menu)),
            self._route("menu/get", "GET", self._json(self._get_menu)),
            self._route("menu/delete", "GET", self._json(self._delete_menu)),
            self._route("qrcode/create", "POST", self._json(self._create_qr)),
            self._route("user/info", "GET", self._user_info),
            self._route("clear_quota", "POST", self._json(self._clear_quota)),
            *OAuth(self._world).routes(),
        ]

    def _route(self, api: str, method: str, handler: Handler, with_token: bool = True) -> Route:
        async def endpoint(request: Request) -> Response:
            if trouble := await self._world.switches.trouble("wechat"):
                return trouble
            if self._world.switches.is_wrong("wechat"):
                return nonsense()
            try:
                self._admit(request, api, method, with_token)
                answer = await handler(request)
            except ApiError as error:
                answer = error.body()
            return answer if isinstance(answer, Response) else JSONResponse(answer)

        return Route(f"/cgi-bin/{api}", endpoint, methods=["GET", "POST"])

    def _admit(self, request: Request, api: str, method: str, with_token: bool) -> None:
        code = self._world.switches.take_failure("wechat", api)
        if code is not None:
            raise ApiError(int(code))
        if request.method != method:
            raise ApiError(43001 if method == "GET" else 43002)
        if with_token:
            self.tokens.check(request.query_params.get("access_token"))
            if not self.quotas.spend(api):
                raise ApiError(45009)

    def _json(self, handler: Callable[[Body], Awaitable[Body]]) -> Handler:
        async def read(request: Request) -> Body:
            return await handler(await _body(request) if request.method == "POST" else {})

        return read

    async def _token(self, request: Request) -> Body:
        query = request.query_params
        return self.tokens.fetch(query.get("grant_type", ""), query.get("appid", ""), query.get("secret", ""))

    async def _stable_token(self, request: Request) -> Body:
        body = await _body(request)
        grant_type, app_id, secret = (str(body.get(key, "")) for key in ("grant_type", "appid", "secret"))
        return self.tokens.fetch_stable(grant_type, app_id, secret, force=body.get("force_refresh") is True)

    async def _upload(self, request: Request) -> Body:
        kind = request.query_params.get("type", "")
        if kind not in _UPLOADS:
            raise ApiError(40004)
        file = await uploaded_file(request, "media")
        if file is None:
            raise ApiError(41005)
        data, (limit, contents) = file.read(), _UPLOADS[kind]
        if not data:
            raise ApiError(44001)
        if len(data) > limit:
            raise ApiError(40009 if kind == "image" else 40006)
        if "." not in (file.filename or "") or sniff(data) not in contents:
            raise ApiError(40005)
        media = self._world.media.keep(data)
        return {"type": kind, "media_id": media.media_id, "created_at": int(media.created)}

    async def _download(self, request: Request) -> Response:
        media_id = request.query_params.get("media_id")
        if not media_id:
            raise ApiError(41006)
        media = self._world.media.get(media_id)
        if media is None:
            raise ApiError(40007)
        return FileResponse(
            media.path,
            media_type=media.content_type,
            filename=media.filename,
            headers={"Cache-Control": f"max-age={LIFETIME}"},
        )

    async def _create_menu(self, body: Body) -> Body:
        self._keep_menu(check_menu(body))
        return dict(_OK)

    async def _get_menu(self, body: Body) -> Body:
        menu = self._world.store.get("menu", "current")
        if not menu:
            raise ApiError(46003)
        return {"menu": menu}

    async def _delete_menu(self, body: Body) -> Body:
        self._keep_menu({})
        return dict(_OK)

    def _keep_menu(self, menu: Body) -> None:
        self._world.store.put("menu", "current", menu)
        self._world.bus.publish({"type": "menu", "menu": menu})

    async def _create_qr(self, body: Body) -> Body:
        action = body.get("action_name")
        info = body.get("action_info")
        scene = info.get("scene") if isinstance(info, dict) else None
        if action not in _QR_ACTIONS or not isinstance(scene, dict):
            raise ApiError(40053)
        value = str(scene.get("scene_str" if "STR" in action else "scene_id", ""))
        if not 1 <= len(value) <= 64:
            raise ApiError(40053)
        ticket = "gQ" + secrets.token_urlsafe(69)
        answer: Body = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(15)}"}
        ends = None
        if "LIMIT" not in action:
            answer["expire_seconds"] = min(max(int(body.get("expire_seconds") or 60), 1), 2_592_000)
            ends = self._world.clock.now() + answer["expire_seconds"]
        self._world.store.put("qr", ticket, {"scene": value, "url": answer["url"], "ends": ends})
        return answer

    async def _user_info(self, request: Request) -> Body:
        person = self._world.people.by_openid(request.query_params.get("openid", ""))
        if person is None:
            raise ApiError(40003)
        if not person.following:
            return {"subscribe": 0, "openid": person.openid}
        return {
            "subscribe": 1,
            "openid": person.openid,
            "nickname": "",
            "sex": 0,
            "language": "zh_CN",
            "city": "",
            "province": "",
            "country": "",
            "headimgurl": "",
            "subscribe_time": int(person.followed_at),
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": "ADD_SCENE_QR_CODE" if person.scene else "ADD_SCENE_SEARCH",
            "qr_scene": 0,
            "qr_scene_str": person.scene,
        }

    async def _clear_quota(self, body: Body) -> Body:
        if body.get("appid") != self._world.settings.wechat_app_id:
            raise ApiError(40013)
        if not self.quotas.clear():
            raise ApiError(45009)
        return dict(_OK)


async def _body(request: Request) -> Body:
    raw = await request.body()
    if not raw.strip():
        raise ApiError(44002)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(body, dict):
        raise ApiError(47001)
    return body
