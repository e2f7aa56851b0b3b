"""WeChat's page login: the sandbox plays it, the product's own client reads it, over real HTTP."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.channels.base import SendError
from bot.channels.wechat.oauth import SNAPSHOT, OAuth
from tests.sandbox.harness import Client


def client(sandbox: Client, **changed: str) -> OAuth:
    """The product's side, at the sandbox's address."""
    settings, base = sandbox.settings, str(sandbox.http.base_url)
    known = {"app_id": settings.wechat_app_id, "secret": settings.wechat_app_secret}
    return OAuth(**{**known, **changed}, api_base_url=base, authorize_base_url=base)


def code_of(sandbox: Client, oauth: OAuth, **query: str) -> str:
    """The code with which a person comes back."""
    back = f"{sandbox.settings.callback_base_url}/l/wechat/back"
    address = oauth.address(back, "state-1").removesuffix("#wechat_redirect")
    answer = httpx.get(address, params={**_query(address), "person": sandbox.person()["id"], **query})
    assert answer.status_code == 302, answer.text
    there = urlsplit(answer.headers["Location"])
    assert there.path == "/l/wechat/back" and parse_qs(there.query)["state"] == ["state-1"]
    return parse_qs(there.query)["code"][0]


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_code_names_the_person_who_came_back(sandbox: Client) -> None:
    oauth = client(sandbox)
    assert oauth.openid(code_of(sandbox, oauth)) == sandbox.person()["openid"]


def test_a_code_serves_once(sandbox: Client) -> None:
    oauth = client(sandbox)
    code = code_of(sandbox, oauth)
    oauth.openid(code)
    with pytest.raises(SendError) as refused:
        oauth.openid(code)
    assert (refused.value.code, refused.value.retry) == ("40163", "never")


def test_a_code_that_is_none_is_refused(sandbox: Client) -> None:
    with pytest.raises(SendError) as refused:
        client(sandbox).openid("made-up")
    assert (refused.value.code, refused.value.retry) == ("40029", "never")


def test_a_code_lives_five_minutes(sandbox: Client) -> None:
    oauth = client(sandbox)
    code = code_of(sandbox, oauth)
    sandbox.http.post("/sandbox/clock", json={"advance_seconds": 301})
    with pytest.raises(SendError, match="40029"):
        oauth.openid(code)


def test_a_snapshot_user_is_nobody(sandbox: Client) -> None:
    """WeChat gives an openid all the same; the product's client does not hand it out."""
    oauth = client(sandbox)
    with pytest.raises(SendError) as refused:
        oauth.openid(code_of(sandbox, oauth, snapshot="1"))
    assert (refused.value.code, refused.value.retry) == (SNAPSHOT, "never")


@pytest.mark.parametrize(("changed", "code"), [({"app_id": "wx0"}, "40013"), ({"secret": "wrong"}, "40125")])
def test_our_own_mistakes_are_an_alarm(sandbox: Client, changed: dict[str, str], code: str) -> None:
    good = code_of(sandbox, client(sandbox))
    with pytest.raises(SendError) as refused:
        client(sandbox, **changed).openid(good)
    assert (refused.value.code, refused.value.retry) == (code, "alarm")


def test_a_system_that_is_down_may_be_asked_again(sandbox: Client) -> None:
    oauth = client(sandbox)
    code = code_of(sandbox, oauth)
    sandbox.http.put("/sandbox/switches/wechat", json={"mode": "wrong"})
    with pytest.raises(SendError) as refused:
        oauth.openid(code)
    assert refused.value.retry == "soon"


@pytest.mark.parametrize(
    "wrong", [{"appid": "wx0"}, {"scope": "snsapi_all"}, {"redirect_uri": "https://elsewhere.example.com/back"}]
)
def test_a_wrong_request_is_not_sent_on(sandbox: Client, wrong: dict[str, str]) -> None:
    """Also a host that is not the registered one: nobody is sent elsewhere with a code."""
    address = client(sandbox).address(f"{sandbox.settings.callback_base_url}/x", "s").removesuffix("#wechat_redirect")
    query = {**_query(address), "person": sandbox.person()["id"], **wrong}
    assert httpx.get(address.partition("?")[0], params=query).status_code == 400


def test_a_browser_is_asked_who_it_is(sandbox: Client) -> None:
    """Without a script the small page offers everybody, and a passing look."""
    address = client(sandbox).address(f"{sandbox.settings.callback_base_url}/x", "s").removesuffix("#wechat_redirect")
    page = httpx.get(address).text
    assert sandbox.person()["name"] in page and "快照页" in page
