"""All parts of the sandbox in one hand, built in one place."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.bus import Bus
from sandbox.clock import Clock
from sandbox.media import MediaBox
from sandbox.people import People, Phones
from sandbox.seed import plant
from sandbox.settings import Settings
from sandbox.store import Store
from sandbox.switches import Switches

log = logging.getLogger("sandbox")


@dataclass
class World:
    """What every endpoint works with. `http` is there while the program serves."""

    settings: Settings
    store: Store
    clock: Clock
    bus: Bus
    switches: Switches
    people: People
    phones: Phones
    media: MediaBox
    http: httpx.AsyncClient = field(init=False)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something go on beside the request; its failure is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background work failed", exc_info=error)

    async def stop(self) -> None:
        """End what still goes on, and close the connections and the file."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.http.aclose()
        self.store.close()

    def record_delivery(self, **attempt: Any) -> dict[str, Any]:
        """Keep one callback attempt and tell the page."""
        attempt = {"at": self.clock.iso(), **attempt}
        attempt = {"seq": self.store.add_delivery(attempt), **attempt}
        self.bus.publish({"type": "delivery", "delivery": attempt})
        return attempt


def build_world(settings: Settings) -> World:
    """Open the store, plant the sample data into an empty one, and put the parts together."""
    store, bus = Store(settings.directory / "sandbox.sqlite"), Bus()
    plant(store)
    clock = Clock(store, settings.clock_offset_file)
    return World(
        settings=settings,
        store=store,
        clock=clock,
        bus=bus,
        switches=Switches(store, bus),
        people=People(store, bus),
        phones=Phones(store, clock, bus),
        media=MediaBox(store, clock, settings.directory / "media"),
    )
