"""What a person can do with their phone: one POST each."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.aliyun.push import Pusher
from sandbox.forms import json_object, uploaded_file
from sandbox.people import Person
from sandbox.photos import drawn_photo
from sandbox.sources import company_by_number
from sandbox.wechat.kf import KfDesk, NoTalk
from sandbox.wechat.limits import Windows
from sandbox.wechat.menu import leaves
from sandbox.wechat.push import hand_over
from sandbox.wechat.xml import Value
from sandbox.world import World

Doing = Callable[[Person, Request], Awaitable[int]]
_CHINA = timezone(timedelta(hours=8))
LARGEST_PHOTO = 20 << 20


class PhoneApi:
    """POST /sandbox/people/{id}/… ; each answers {"seq"} of the person's own message."""

    def __init__(self, world: World, windows: Windows, pusher: Pusher) -> None:
        self._world = world
        self._windows = windows
        self._pusher = pusher
        self._desk = KfDesk(world)

    def routes(self) -> list[Route]:
        """One route per doing."""
        doings: dict[str, Doing] = {
            "follow": self._follow,
            "unfollow": self._unfollow,
            "text": self._text,
            "click": self._click,
            "view": self._view,
            "scan": self._scan,
            "voice": self._voice,
            "location": self._location,
            "photo": self._photo,
            "sms": self._sms,
            "raw": self._raw,
            "kf": self._kf,
        }
        return [self._route(name, doing) for name, doing in doings.items()]

    def _route(self, name: str, doing: Doing) -> Route:
        async def endpoint(request: Request) -> Response:
            person = self._world.people.get(request.path_params["person_id"])
            if person is None:
                raise HTTPException(404, "no such person")
            return JSONResponse({"seq": await doing(person, request)})

        return Route(f"/sandbox/people/{{person_id}}/{name}", endpoint, methods=["POST"])

    async def _follow(self, person: Person, request: Request) -> int:
        scene = str((await json_object(request)).get("scene") or "")
        return self._subscribe(person, scene)

    def _subscribe(self, person: Person, scene: str) -> int:
        if person.following:
            raise HTTPException(409, "already following")
        person = self._world.people.change(person, following=True, scene=scene, followed_at=self._world.clock.now())
        fields: dict[str, Value] = {"Event": "subscribe", "EventKey": f"qrscene_{scene}" if scene else ""}
        if scene:
            fields["Ticket"] = self._ticket(scene)
        return self._event(person, "[关注了公众号]", fields, opens=True)

    async def _unfollow(self, person: Person, request: Request) -> int:
        self._need_following(person)
        person = self._world.people.change(person, following=False)
        self._windows.close(person.openid)
        return self._event(person, "[取消了关注]", {"Event": "unsubscribe", "EventKey": ""})

    async def _text(self, person: Person, request: Request) -> int:
        body = await json_object(request)
        content, tapped = body.get("content"), body.get("bizmsgmenuid")
        if not isinstance(content, str) or not content:
            raise HTTPException(400, "content is needed")
        fields: dict[str, Value] = {"MsgType": "text", "Content": content}
        if tapped not in (None, ""):
            fields["bizmsgmenuid"] = str(tapped)
        return self._message(person, "text", content, fields, grant="tap" if "bizmsgmenuid" in fields else "message")

    async def _click(self, person: Person, request: Request) -> int:
        key = str((await json_object(request)).get("key", ""))
        menu = self._world.store.get("menu", "current") or {}
        names = {leaf.get("key"): leaf["name"] for leaf in leaves(menu) if leaf.get("type") == "click"}
        self._need_following(person)
        return self._event(person, f"[菜单] {names.get(key, key)}", {"Event": "CLICK", "EventKey": key}, opens=True)

    async def _view(self, person: Person, request: Request) -> int:
        url = str((await json_object(request)).get("url", ""))
        self._need_following(person)
        return self._event(person, f"[打开网页] {url}", {"Event": "VIEW", "EventKey": url, "MenuId": "400000000"})

    async def _scan(self, person: Person, request: Request) -> int:
        scene = self._scene(await json_object(request))
        if not person.following:
            return self._subscribe(person, scene)
        fields: dict[str, Value] = {"Event": "SCAN", "EventKey": scene, "Ticket": self._ticket(scene)}
        return self._event(person, "[扫了二维码]", fields, opens=True)

    async def _voice(self, person: Person, request: Request) -> int:
        seconds = max(1, min(60, int((await json_object(request)).get("seconds") or 3)))
        silence = b"\x7c" * 50 * seconds  # 50 empty AMR frames a second
        narrow, wide = (self._world.media.keep(head + silence).media_id for head in (b"#!AMR\n", b"#!AMR-WB\n"))
        fields: dict[str, Value] = {
            "MsgType": "voice",
            "MediaId": narrow,
            "Format": "amr",
            "MediaId16K": wide,
            "Recognition": "",
        }
        return self._message(person, "voice", f"[语音 {seconds}″]", fields, seconds=seconds)

    async def _location(self, person: Person, request: Request) -> int:
        body = await json_object(request)
        label = str(body.get("label") or "云南省昆明市西山区滇池路569号")
        fields: dict[str, Value] = {
            "MsgType": "location",
            "Location_X": str(body.get("latitude", "25.0121")),
            "Location_Y": str(body.get("longitude", "102.6706")),
            "Scale": 15,
            "Label": label,
        }
        return self._message(person, "location", f"[位置] {label}", fields)

    async def _photo(self, person: Person, request: Request) -> int:
        self._need_following(person)
        if request.headers.get("content-type", "").startswith("multipart/"):
            file = await uploaded_file(request, "file")
            data = file.read() if file else b""
        else:
            wanted = await json_object(request)
            company = company_by_number(self._world, str(wanted.get("company", "")))
            to, today = (
                self._named(str(wanted.get("to") or "")),
                datetime.fromtimestamp(self._world.clock.now(), _CHINA).date(),
            )
            try:
                data = await run_in_threadpool(drawn_photo, wanted, company, to, today)
            except (ValueError, KeyError) as error:
                raise HTTPException(400, f"this photo cannot be drawn: {error}") from error
        if not 0 < len(data) <= LARGEST_PHOTO:
            raise HTTPException(400, f"a photo has between 1 and {LARGEST_PHOTO} bytes")
        return self._send_photo(person, data)

    def _named(self, name: str) -> dict[str, Any] | None:
        """A company of the registry or a person of the sandbox, by name or number."""
        companies = self._world.store.all("company").values()
        people = (each.public() for each in self._world.people.all())
        found = company_by_number(self._world, name) or next((each for each in companies if each["name"] == name), None)
        return found or next((each for each in people if name and name in (each["real_name"], each["name"])), None)

    def _send_photo(self, person: Person, data: bytes) -> int:
        media = self._world.media.keep(data)
        if not media.content_type.startswith("image/"):
            raise HTTPException(400, "this is no picture")
        url = f"{self._world.settings.base_url}/sandbox/media/{media.filename}"
        fields: dict[str, Value] = {"MsgType": "image", "PicUrl": url, "MediaId": media.media_id}
        return self._message(person, "image", "[图片]", fields, media_url=url)

    async def _sms(self, person: Person, request: Request) -> int:
        content = (await json_object(request)).get("content")
        if not isinstance(content, str) or not content:
            raise HTTPException(400, "content is needed")
        seq = self._world.phones.said(person, "text", content, channel="sms")
        self._pusher.reply(person, content, seq)
        return seq

    async def _kf(self, person: Person, request: Request) -> int:
        """What WeChat's customer-service desk does with this person's talk: take, say, close."""
        body = await json_object(request)
        try:
            if body.get("do") == "say":
                return self._desk.say(person, str(body.get("content") or "您好"))
            return {"take": self._desk.take, "close": self._desk.close}[str(body.get("do"))](person)
        except KeyError:
            raise HTTPException(400, "do is take, say or close") from None
        except NoTalk as error:
            raise HTTPException(409, str(error)) from None

    async def _raw(self, person: Person, request: Request) -> int:
        """Any message or event by its XML fields, for what the page has no button for."""
        fields = await json_object(request)
        if not isinstance(fields.get("MsgType"), str):
            raise HTTPException(400, "MsgType is needed")
        label = f"[{fields.get('Event') or fields['MsgType']}]"
        if fields["MsgType"] == "event":
            return self._event(person, label, {k: v for k, v in fields.items() if k != "MsgType"})
        return self._message(person, fields["MsgType"], label, fields)

    def _message(
        self, person: Person, kind: str, text: str, fields: dict[str, Value], grant: str = "message", **more: Any
    ) -> int:
        self._need_following(person)
        seq = self._world.phones.said(person, kind, text, **more)
        self._windows.open(person.openid, grant)
        if self._desk.hears(person):
            self._world.phones.mark(seq, "delivered")
        else:
            hand_over(self._world, person, fields, seq)
        return seq

    def _event(self, person: Person, text: str, fields: dict[str, Value], opens: bool = False) -> int:
        seq = self._world.phones.said(person, "event", text)
        if opens:
            self._windows.open(person.openid, "tap")
        hand_over(self._world, person, {"MsgType": "event", **fields}, seq)
        return seq

    def _need_following(self, person: Person) -> None:
        if not person.following:
            raise HTTPException(409, "this person does not follow the account")

    def _scene(self, body: dict[str, Any]) -> str:
        """The scene that a picture stands for: named itself, or by the ticket of a live code."""
        if ticket := body.get("ticket"):
            code = self._world.store.get("qr", str(ticket))
            if code is None or (code["ends"] and code["ends"] < self._world.clock.now()):
                raise HTTPException(410, "this code is unknown or has expired")
            return str(code["scene"])
        if not body.get("scene"):
            raise HTTPException(400, "scene or ticket is needed")
        return str(body["scene"])

    def _ticket(self, scene: str) -> str:
        codes = self._world.store.all("qr").items()
        return next((ticket for ticket, code in reversed(list(codes)) if code["scene"] == scene), f"gQ-{scene}")
