"""A retail company's server: hears the service desk's hooks, checks their signatures, and keeps what it heard."""

from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.forms import json_object
from sandbox.world import World

_KIND, _SECRET = "platform", "secret"


class Platform:
    """Takes events at /platform/hooks. The secret that it checks with is told to it once, as to a real one; a status
    that is ordered beforehand stands in for a server in trouble."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._statuses: list[int] = []

    def routes(self) -> list[Route]:
        """Its own address, and those by which scripts steer it."""
        return [
            Route("/platform/hooks", self._hear, methods=["POST"]),
            Route("/sandbox/platform", self._heard, methods=["GET"]),
            Route("/sandbox/platform/secret", self._keep_secret, methods=["PUT"]),
            Route("/sandbox/platform/answers", self._order, methods=["POST"]),
        ]

    async def _hear(self, request: Request) -> Response:
        if self._statuses:
            return Response(status_code=self._statuses.pop(0))
        body, headers = await request.body(), dict(request.headers)
        secret = (self._world.store.get(_KIND, _SECRET) or {}).get("secret", "")
        if not secret:
            raise HTTPException(503, "the platform has no secret yet")
        try:
            event = Webhook(secret).verify(body, headers)
        except WebhookVerificationError as wrong:
            raise HTTPException(401, str(wrong)) from None
        number = headers["webhook-id"]
        first = self._world.store.get(_KIND, number) is None  # the same event may come twice
        self._world.store.put(_KIND, number, {"id": number, **event})
        return JSONResponse({"heard": number, "first": first})

    async def _heard(self, request: Request) -> Response:
        kept: dict[str, Any] = self._world.store.all(_KIND)
        return JSONResponse([event for number, event in kept.items() if number != _SECRET])

    async def _keep_secret(self, request: Request) -> Response:
        self._world.store.put(_KIND, _SECRET, {"secret": (await json_object(request))["secret"]})
        return JSONResponse({})

    async def _order(self, request: Request) -> Response:
        self._statuses += (await json_object(request))["statuses"]
        return JSONResponse({})
