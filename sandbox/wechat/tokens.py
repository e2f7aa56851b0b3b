"""Access tokens, on the real clock: the product's Redis counts their life in real seconds."""

import secrets
import time
from typing import Any

from sandbox.settings import Settings
from sandbox.store import Store
from sandbox.wechat.errors import ApiError
from sandbox.wechat.limits import Quotas

LIFE = 7200
HANDOVER = 300


class Tokens:
    """Issues tokens by both ways, which do not disturb each other, and checks them."""

    def __init__(self, store: Store, settings: Settings, quotas: Quotas) -> None:
        self._store = store
        self._settings = settings
        self._quotas = quotas

    def fetch(self, grant_type: str, app_id: str, secret: str) -> dict[str, Any]:
        """/cgi-bin/token: each fetch makes a new token, the one before lives five more minutes."""
        self._check_client(grant_type, "client_credential", app_id, secret)
        self._spend("token")
        return self._renew("token")

    def fetch_stable(self, grant_type: str, app_id: str, secret: str, force: bool) -> dict[str, Any]:
        """/cgi-bin/stable_token: the same token until five minutes before its end, unless forced."""
        self._check_client(grant_type, "client_credential", app_id, secret)
        self._spend("stable_token")
        current = self._store.get("token", "stable")
        if force:
            if current and time.time() - current["made"] < 30:
                raise ApiError(45011)
            self._spend("stable_token/force")
        elif current and current["ends"] - time.time() > HANDOVER:
            return _answer(current)
        return self._renew("stable")

    def check(self, token: str | None) -> None:
        """Refuse a missing, unknown or expired token."""
        if not token:
            raise ApiError(41001)
        known = self._store.get("token_end", token)
        if known is None:
            raise ApiError(40001)
        if known < time.time():
            raise ApiError(42001)

    def expire_all(self) -> None:
        """Make every token invalid at once, as when somebody resets the secret."""
        for token in self._store.all("token_end"):
            self._store.delete("token_end", token)
        for kind in ("token", "stable"):
            self._store.delete("token", kind)

    def _renew(self, kind: str) -> dict[str, Any]:
        now, old = time.time(), self._store.get("token", kind)
        if old:
            self._store.put("token_end", old["token"], min(old["ends"], now + HANDOVER))
        fresh: dict[str, Any] = {"token": secrets.token_urlsafe(96), "made": now, "ends": now + LIFE}
        self._store.put("token", kind, fresh)
        self._store.put("token_end", fresh["token"], fresh["ends"])
        return _answer(fresh)

    def _spend(self, api: str) -> None:
        if not self._quotas.spend(api):
            raise ApiError(45009)

    def _check_client(self, grant_type: str, expected: str, app_id: str, secret: str) -> None:
        if grant_type != expected:
            raise ApiError(40002)
        if not app_id or not secret:
            raise ApiError(41004 if app_id else 41002)
        if app_id != self._settings.wechat_app_id:
            raise ApiError(40013)
        if secret != self._settings.wechat_app_secret:
            raise ApiError(40125)


def _answer(token: dict[str, Any]) -> dict[str, Any]:
    return {"access_token": token["token"], "expires_in": int(token["ends"] - time.time())}
