"""The sandbox as one Starlette program."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.aliyun.api import AliyunSms
from sandbox.aliyun.push import Pusher
from sandbox.phone_api import PhoneApi
from sandbox.platform import Platform
from sandbox.script_api import ScriptApi
from sandbox.settings import Settings
from sandbox.sources import Sources
from sandbox.wechat.api import WeChatApi
from sandbox.world import World, build_world

_PAGE = Path(__file__).with_name("page")


def build_app(settings: Settings) -> Starlette:
    """Build the program: the outside systems at their own addresses, the page at /, everything else under /sandbox."""
    world = build_world(settings)
    pusher = Pusher(world)
    wechat, aliyun = WeChatApi(world), AliyunSms(world, pusher)

    async def root(request: Request) -> Response:
        if request.method == "POST" or "Action" in request.query_params:
            return await aliyun.endpoint(request)
        return FileResponse(_PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    routes = [
        Route("/", root, methods=["GET", "POST"]),
        Route("/health", _health),
        *wechat.routes(),
        *Sources(world).routes(),
        *PhoneApi(world, wechat.windows, pusher).routes(),
        *ScriptApi(world, wechat.tokens).routes(),
        *Platform(world).routes(),
        Mount("/static", StaticFiles(directory=_PAGE, check_dir=False)),
    ]
    return Starlette(routes=routes, lifespan=_lifespan(world, pusher), exception_handlers={HTTPException: _refused})


def _lifespan(world: World, pusher: Pusher) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        world.http = httpx.AsyncClient(trust_env=False, timeout=None, limits=httpx.Limits(max_connections=200))
        world.spawn(pusher.run())
        yield
        await world.stop()

    return lifespan


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)
