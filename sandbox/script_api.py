"""The sandbox's own HTTP interface: what the page shows and what scripts steer."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.forms import json_object
from sandbox.people import Person, public
from sandbox.sources import company_by_number
from sandbox.wechat.push import deliver, verify_callback
from sandbox.wechat.tokens import Tokens
from sandbox.world import World

_EDITABLE = {"companies": "company", "accounts": "account", "subscribers": "subscriber"}
_ALIVE_EVERY = 15


class ScriptApi:
    """State, events, messages, clock, sample data, faults."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world = world
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """All addresses under /sandbox that are not a person's doings."""
        editable = [
            route
            for plural, kind in _EDITABLE.items()
            for route in (self._list_route(plural, kind), self._item_route(plural, kind))
        ]
        return [
            Route("/sandbox/state", self._state),
            Route("/sandbox/events", self._events),
            Route("/sandbox/people", self._add_person, methods=["POST"]),
            Route("/sandbox/people/{person_id}/messages", self._messages),
            Route("/sandbox/people/{person_id}/wait", self._wait),
            Route("/sandbox/clock", self._move_clock, methods=["POST"]),
            Route("/sandbox/switches/{system}", self._switch, methods=["PUT"]),
            Route("/sandbox/failures", self._list_failures, methods=["GET"]),
            Route("/sandbox/failures", self._order_failure, methods=["POST"]),
            Route("/sandbox/deliveries", self._deliveries),
            Route("/sandbox/redeliver", self._redeliver, methods=["POST"]),
            Route("/sandbox/verify", self._verify, methods=["POST"]),
            Route("/sandbox/tokens/expire", self._expire_tokens, methods=["POST"]),
            Route("/sandbox/sms", self._sms),
            Route("/sandbox/qr/{ticket}", self._qr),
            Route("/sandbox/media/{filename}", self._media),
            *editable,
        ]

    def _now(self) -> dict[str, Any]:
        return {"now": self._world.clock.iso(), "offset_seconds": self._world.clock.offset}

    def _person(self, request: Request) -> Person:
        person = self._world.people.get(request.path_params["person_id"])
        if person is None:
            raise HTTPException(404, "no such person")
        return person

    async def _state(self, request: Request) -> Response:
        world = self._world
        return JSONResponse(
            {
                "clock": self._now(),
                "people": [p.public() for p in world.people.all()],
                "switches": world.switches.all(),
                "failures": world.switches.failures(),
                "menu": world.store.get("menu", "current") or {},
                "console": f"{world.settings.callback_base_url}/console",
            }
        )

    async def _events(self, request: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            with self._world.bus.listen() as queue:
                yield ": listening\n\n"
                while True:
                    try:
                        event = await asyncio.wait_for(queue.get(), _ALIVE_EVERY)
                        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
                    except TimeoutError:
                        yield ": alive\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})

    async def _add_person(self, request: Request) -> Response:
        body = await json_object(request)
        if not body.get("name") or not body.get("phone"):
            raise HTTPException(400, "name and phone are needed")
        texts = {key: str(body.get(key) or "") for key in ("name", "phone", "note", "real_name", "id_number")}
        try:
            person = self._world.people.add(**texts)
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
        if self._world.store.get("subscriber", person.phone) is None:
            known = {"name": person.real_name, "id_number": person.id_number, "operator": "移动"}
            self._world.store.put("subscriber", person.phone, known)
        return JSONResponse(person.public(), 201)

    async def _messages(self, request: Request) -> Response:
        return JSONResponse([public(m) for m in self._world.store.messages(self._person(request).id, _after(request))])

    async def _wait(self, request: Request) -> Response:
        person, after = self._person(request), _after(request)
        seconds = min(float(request.query_params.get("seconds") or 10), 120)
        with self._world.bus.listen() as queue:
            try:
                async with asyncio.timeout(seconds):
                    while not (found := self._world.store.messages(person.id, after, "out")):
                        await queue.get()
            except TimeoutError:
                found = []
        return JSONResponse([public(message) for message in found])

    async def _move_clock(self, request: Request) -> Response:
        body, clock = await json_object(request), self._world.clock
        try:
            if "advance_seconds" in body:
                clock.advance(float(body["advance_seconds"]))
            elif "set" in body:
                clock.set(str(body["set"]))
            elif body.get("reset"):
                clock.reset()
            else:
                raise ValueError("one of advance_seconds, set, reset is needed")
        except (ValueError, TypeError, OverflowError) as error:
            raise HTTPException(400, str(error)) from error
        self._world.bus.publish({"type": "clock", **self._now()})
        return JSONResponse(self._now())

    async def _switch(self, request: Request) -> Response:
        system, body = request.path_params["system"], await json_object(request)
        try:
            switch = self._world.switches.set(system, str(body.get("mode")), body.get("delay_seconds"))
        except (ValueError, TypeError) as error:
            raise HTTPException(400, str(error)) from error
        return JSONResponse(switch)

    async def _list_failures(self, request: Request) -> Response:
        return JSONResponse(self._world.switches.failures())

    async def _order_failure(self, request: Request) -> Response:
        body = await json_object(request)
        try:
            self._world.switches.fail_next(body["system"], body["api"], body["code"], int(body.get("times", 1)))
        except (KeyError, ValueError, TypeError) as error:
            raise HTTPException(400, f"system, api, code and times are needed: {error}") from error
        return JSONResponse(self._world.switches.failures())

    async def _deliveries(self, request: Request) -> Response:
        return JSONResponse(self._world.store.deliveries(_after(request)))

    async def _redeliver(self, request: Request) -> Response:
        seq = (await json_object(request)).get("seq")
        found = self._world.store.message(int(seq or 0))
        person = self._world.people.get(found[0]) if found else None
        if found is None or person is None or "fields" not in found[1]:
            raise HTTPException(404, "no WeChat message of a person has this seq")
        outcome = await deliver(self._world, person, found[1]["fields"], found[1]["seq"])
        return JSONResponse({"status": outcome.status, "attempts": outcome.attempts, "reply": outcome.reply})

    async def _verify(self, request: Request) -> Response:
        return JSONResponse(await verify_callback(self._world))

    async def _expire_tokens(self, request: Request) -> Response:
        self._tokens.expire_all()
        return JSONResponse({})

    async def _sms(self, request: Request) -> Response:
        return JSONResponse(self._world.store.sms(request.query_params.get("phone", "")))

    async def _qr(self, request: Request) -> Response:
        code = self._world.store.get("qr", request.path_params["ticket"])
        if code is None:
            raise HTTPException(404, "no such ticket")
        out = BytesIO()
        segno.make(code["url"], error="m").save(out, kind="png", scale=8)
        return Response(out.getvalue(), media_type="image/png")

    async def _media(self, request: Request) -> Response:
        path = self._world.media.file(request.path_params["filename"])
        if path is None:
            raise HTTPException(404, "no such picture")
        return FileResponse(path)

    def _list_route(self, plural: str, kind: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return JSONResponse({plural: list(self._world.store.all(kind).values())})

        return Route(f"/sandbox/{plural}", endpoint)

    def _item_route(self, plural: str, kind: str) -> Route:
        async def endpoint(request: Request) -> Response:
            key, store = request.path_params["key"], self._world.store
            if request.method == "PUT":
                store.put(kind, key, await json_object(request))
            found = store.get(kind, key) or (company_by_number(self._world, key) if kind == "company" else None)
            if found is None:
                raise HTTPException(404, f"nothing is known under {key}")
            return JSONResponse(found)

        return Route(f"/sandbox/{plural}/{{key}}", endpoint, methods=["GET", "PUT"])


def _after(request: Request) -> int:
    text = request.query_params.get("after") or "0"
    if not text.isdigit():
        raise HTTPException(400, "after must be a number")
    return int(text)
