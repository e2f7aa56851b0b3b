"""Faults on purpose: a system that is slow, down or wrong, and answers that are refused N times."""

import asyncio
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sandbox.bus import Bus
from sandbox.store import Store

SYSTEMS = ("wechat", "aliyun", "marketing", "registry", "tianyancha", "telecom")
MODES = ("ok", "slow", "down", "wrong")
_OK = {"mode": "ok", "delay_seconds": 0}


class Switches:
    """The state of each outside system, and the failures ordered for single calls."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus

    def all(self) -> dict[str, dict[str, Any]]:
        """Every system's switch."""
        kept = self._store.all("switch")
        return {system: kept.get(system, dict(_OK)) for system in SYSTEMS}

    def set(self, system: str, mode: str, delay_seconds: float | None = None) -> dict[str, Any]:
        """Turn a switch; slow without a delay means 3 s. Unknown words are a ValueError."""
        if system not in SYSTEMS or mode not in MODES:
            raise ValueError(f"system is one of {', '.join(SYSTEMS)}; mode is one of {', '.join(MODES)}")
        delay = delay_seconds if delay_seconds is not None else 3 if mode == "slow" else 0
        switch = {"mode": mode, "delay_seconds": float(delay)}
        self._store.put("switch", system, switch)
        self._bus.publish({"type": "switch", "system": system, **switch})
        return switch

    def is_wrong(self, system: str) -> bool:
        """Whether the system answers, but with nonsense."""
        return bool(self.all()[system]["mode"] == "wrong")

    async def trouble(self, system: str) -> Response | None:
        """Wait as the switch says; return the answer of a system that is down, else None."""
        switch = self.all()[system]
        if switch["delay_seconds"] and switch["mode"] != "ok":
            await asyncio.sleep(switch["delay_seconds"])
        if switch["mode"] == "down":
            return PlainTextResponse("Service Unavailable", 503)
        return None

    def fail_next(self, system: str, api: str, code: int | str, times: int) -> None:
        """Order that the next calls of an API are answered with an error code; 0 times takes the order back."""
        if system not in SYSTEMS:
            raise ValueError(f"system is one of {', '.join(SYSTEMS)}")
        key = f"{system} {api}"
        if times > 0:
            self._store.put("failure", key, {"system": system, "api": api, "code": code, "times": times})
        else:
            self._store.delete("failure", key)

    def failures(self) -> list[dict[str, Any]]:
        """The orders that are not used up."""
        return list(self._store.all("failure").values())

    def take_failure(self, system: str, api: str) -> int | str | None:
        """Use up one ordered failure of this API; return its code, or None."""
        order = self._store.get("failure", f"{system} {api}")
        if order is None:
            return None
        self.fail_next(system, api, order["code"], order["times"] - 1)
        code: int | str = order["code"]
        return code


def nonsense() -> Response:
    """What a proxy in between answers when the system itself does not: 200 and a page instead of data."""
    return HTMLResponse("<html><body><h1>It works!</h1></body></html>")
