"""When and how often an account may speak: windows per person, quotas per day."""

from collections.abc import Mapping

from sandbox.clock import Clock
from sandbox.store import Store

# What opens a window: (how long in seconds, how many messages). A tap is a menu click, a msgmenu option,
# a subscription or a scan. Source: the service account's documentation of customer-service messages.
GRANTS = {"message": (48 * 3600, 5), "tap": (60, 3)}

DAILY = {
    "token": 2000,
    "stable_token": 500_000,
    "stable_token/force": 20,
    "message/custom/send": 500_000,
    "message/template/send": 100_000,
    "media/upload": 100_000,
    "media/get": 200_000,
    "menu/create": 1000,
    "menu/get": 10_000,
    "menu/delete": 1000,
    "qrcode/create": 100_000,
    "user/info": 5_000_000,
}


class Windows:
    """Counts the customer-service messages that each person's doings allow."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def open(self, openid: str, grant: str) -> None:
        """A message or a tap starts its own count anew."""
        grants = self._store.get("window", openid) or {}
        grants[grant] = {"at": self._clock.now(), "left": GRANTS[grant][1]}
        self._store.put("window", openid, grants)

    def close(self, openid: str) -> None:
        """Nothing may be sent to somebody who left."""
        self._store.delete("window", openid)

    def spend(self, openid: str) -> int:
        """Use one message, of the shorter window first; return 0, 45015 (no window) or 45047 (used up)."""
        grants = self._store.get("window", openid) or {}
        live = [name for name in ("tap", "message") if self._is_live(grants, name)]
        if not live:
            return 45015
        for name in live:
            if grants[name]["left"] > 0:
                grants[name]["left"] -= 1
                self._store.put("window", openid, grants)
                return 0
        return 45047

    def is_open(self, openid: str, within: float) -> bool:
        """Whether the person did something in the last seconds."""
        grants = self._store.get("window", openid) or {}
        return any(0 <= self._clock.now() - grant["at"] <= within for grant in grants.values())

    def _is_live(self, grants: Mapping[str, dict[str, float]], name: str) -> bool:
        return name in grants and self._clock.now() - grants[name]["at"] <= GRANTS[name][0]


class Quotas:
    """Counts calls per API and day (of the moved clock)."""

    def __init__(self, store: Store, clock: Clock, changed: Mapping[str, int]) -> None:
        self._store = store
        self._clock = clock
        self._limits = {**DAILY, **changed}

    def spend(self, api: str) -> bool:
        """Count one call; False when the day's quota is used up."""
        return api not in self._limits or self._store.count_up("quota", self._key(api)) <= self._limits[api]

    def clear(self) -> bool:
        """Start the day's counts anew; ten times a month."""
        if self._store.count_up("quota", f"{self._clock.day()[:7]} clear_quota") > 10:
            return False
        for api in self._limits:
            self._store.delete("quota", self._key(api))
        return True

    def _key(self, api: str) -> str:
        return f"{self._clock.day()} {api}"
