"""Whose WeChat opens a page: the way to WeChat's own question, and from the code that comes back to an openid.

Only the silent scope (snsapi_base) is asked for: an openid is all that we want. Someone who only looks in passing is
given a stand-in by WeChat (is_snapshotuser): that is nobody, and nothing may be bound to it.
"""

from __future__ import annotations

from urllib.parse import urlencode

import requests

from bot.channels.base import SendError
from bot.channels.wechat.exchange import exchange

# A code that is wrong, was used, or is over: the person begins again. WeChat's busy or rate answers may be retried.
_AGAIN = frozenset({40029, 40163, 41008})
_BUSY = frozenset({-1, 45011})
SNAPSHOT = "snapshot_user"


class OAuth:
    """The official account's page login. Opens no connection before it is asked something."""

    def __init__(self, *, app_id: str, secret: str, api_base_url: str, authorize_base_url: str) -> None:
        """`api_base_url`: WECHAT_API_BASE_URL. `authorize_base_url`: WECHAT_OAUTH_BASE_URL, where the person goes."""
        self._app_id, self._secret = app_id, secret
        self._api, self._authorize = api_base_url.rstrip("/"), authorize_base_url.rstrip("/")
        self._http = requests.Session()

    def address(self, back_to: str, state: str) -> str:
        """Where the person is sent; WeChat sends them on to `back_to` with a code and the state."""
        query = {
            "appid": self._app_id,
            "redirect_uri": back_to,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return f"{self._authorize}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    def openid(self, code: str) -> str:
        """The openid of whoever came back with this code. SendError: "never" for a code that is no good and for a
        snapshot user (code SNAPSHOT), "soon" where a second try may help, "alarm" for our own configuration."""
        query = {"appid": self._app_id, "secret": self._secret, "code": code, "grant_type": "authorization_code"}
        answer = exchange(self._http, "get", f"{self._api}/sns/oauth2/access_token", params=query).json()
        if answer is None:
            raise SendError("bad_answer", retry="soon")
        if error := answer.get("errcode"):
            raise _refusal(error)
        if answer.get("is_snapshotuser"):
            raise SendError(SNAPSHOT, retry="never")
        openid = answer.get("openid")
        if not isinstance(openid, str) or not openid:
            raise SendError("bad_answer", retry="soon")
        return openid


def _refusal(code: object) -> SendError:
    if code in _AGAIN:
        return SendError(str(code), retry="never")
    return SendError(str(code), retry="soon" if code in _BUSY else "alarm")
