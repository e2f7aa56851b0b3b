"""What WeChat's platform does with a user's message: sign, encrypt, post, wait 5 s, try again, show the answer."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.people import Person
from sandbox.settings import Settings
from sandbox.wechat.crypto import MessageCipher, signature
from sandbox.wechat.replies import TRANSFER, BadReply, Shown, read_reply
from sandbox.wechat.xml import Value, to_xml
from sandbox.world import World

# Nobody sits before the chat when these arrive, so their answers are not shown and their failures neither.
_UNSEEN = ("unsubscribe", "TEMPLATESENDJOBFINISH", "VIEW", "kf_create_session", "kf_close_session")


@dataclass(frozen=True)
class Outcome:
    """How the delivery of one message ended."""

    status: str
    attempts: int
    reply: str = ""


def new_msg_id() -> int:
    """A 64-bit decimal that grows with time and does not repeat."""
    return time.time_ns() // 1000 * 4096 + secrets.randbelow(4096)


def hand_over(world: World, person: Person, fields: Mapping[str, Value], seq: int | None = None) -> None:
    """Deliver a message or an event in the background. `seq` is the person's own message, if there is one."""
    head: dict[str, Value] = {
        "ToUserName": world.settings.wechat_original_id,
        "FromUserName": person.openid,
        "CreateTime": int(world.clock.now()),
    }
    whole = head | dict(fields)
    if whole["MsgType"] != "event":
        whole["MsgId"] = new_msg_id()
    if seq is not None:
        world.store.change_message(seq, fields=whole)
    world.spawn(deliver(world, person, whole, seq))


async def deliver(world: World, person: Person, fields: Mapping[str, Value], seq: int | None = None) -> Outcome:
    """Post until there is an answer; show it, or the banner when there is none or it makes no sense.

    Only silence (no answer in time, no connection) is tried again, each attempt one time limit after the one
    before; an answer with another status than 200 is final.
    """
    limit, attempts = world.settings.wechat_timeout, world.settings.wechat_retries + 1
    for attempt in range(1, attempts + 1):
        started = time.monotonic()
        status, response = await _post(world, person, fields, seq, attempt)
        if response is not None:
            return _finish(world, person, fields, seq, attempt, response)
        if attempt < attempts:
            await asyncio.sleep(max(0.0, started + limit - time.monotonic()))
    _fail(world, person, fields, seq)
    return Outcome(status, attempts)


async def _post(
    world: World, person: Person, fields: Mapping[str, Value], seq: int | None, attempt: int
) -> tuple[str, httpx.Response | None]:
    query, body = envelope(world.settings, fields, int(world.clock.now()))
    url, started = f"{world.settings.callback_base_url}/wechat", time.monotonic()
    response = None
    try:
        async with asyncio.timeout(world.settings.wechat_timeout):
            response = await world.http.post(url, params=query, content=body, headers={"Content-Type": "text/xml"})
        status = f"http {response.status_code}"
    except TimeoutError:
        status = "timeout"
    except httpx.HTTPError as error:
        status = f"no connection: {type(error).__name__}"
    world.record_delivery(
        system="wechat",
        what=str(fields.get("Event") or fields["MsgType"]),
        person_id=person.id,
        message_seq=seq,
        msg_id=str(fields.get("MsgId", "")),
        attempt=attempt,
        status=status,
        http_status=response.status_code if response is not None else None,
        bytes=len(body),
        answer_bytes=len(response.content) if response is not None else 0,
        mode=world.settings.wechat_mode,
        ms=round((time.monotonic() - started) * 1000),
    )
    return status, response


def envelope(settings: Settings, fields: Mapping[str, Value], now: int) -> tuple[dict[str, str], bytes]:
    """The query and the body of a callback, in the account's mode."""
    stamp, nonce = str(now), str(secrets.randbelow(10**9) + 10**8)
    query = {
        "signature": signature(settings.wechat_token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    plain = to_xml(fields)
    if settings.wechat_mode == "plain":
        return query, plain.encode()
    encrypted = MessageCipher(settings.wechat_encoding_aes_key, settings.wechat_app_id).encrypt(plain)
    query |= {"encrypt_type": "aes", "msg_signature": signature(settings.wechat_token, stamp, nonce, encrypted)}
    outer: dict[str, Value] = {"ToUserName": fields["ToUserName"], "Encrypt": encrypted}
    if settings.wechat_mode == "compatible":
        outer = {**fields, "Encrypt": encrypted}
    return query, to_xml(outer).encode()


def _finish(
    world: World, person: Person, fields: Mapping[str, Value], seq: int | None, attempt: int, response: httpx.Response
) -> Outcome:
    if response.status_code != 200:
        _fail(world, person, fields, seq)
        return Outcome(f"http {response.status_code}", attempt)
    try:
        shown = read_reply(response.content, world.settings, person)
    except BadReply as error:
        world.bus.publish({"type": "error", "person_id": person.id, "text": f"passive reply refused: {error}"})
        _fail(world, person, fields, seq)
        return Outcome(f"bad reply: {error}", attempt)
    if seq is not None:
        world.phones.mark(seq, "delivered")
    if shown is None or fields.get("Event") in _UNSEEN:
        return Outcome("ok", attempt)
    if shown.kind == TRANSFER:
        _transfer(world, person, shown.text)
    else:
        show(world, person, _fitting(shown, fields), "passive")
    return Outcome("ok", attempt, shown.text)


def _transfer(world: World, person: Person, text: str) -> None:
    """The talk waits for the customer-service desk; the phone says so once."""
    if world.store.get("kf", person.id) is None:
        world.phones.shown(person, "event", text, "passive")
    world.store.put("kf", person.id, {"taken_at": None})


def _fitting(shown: Shown, fields: Mapping[str, Value]) -> Shown:
    """A message (unlike an event) is answered by one article only; the others are dropped."""
    if shown.kind == "news" and fields["MsgType"] != "event":
        articles = shown.more["articles"][:1]
        return Shown(
            "news",
            "\n".join(filter(None, (articles[0]["title"], articles[0]["description"]))),
            {**shown.more, "articles": articles},
        )
    return shown


def show(world: World, person: Person, shown: Shown, via: str) -> int:
    """Put an answer on the phone; pictures by media id get their address."""
    more: dict[str, Any] = dict(shown.more)
    if media := world.media.get(more.get("media_id", "")):
        more["media_url"] = f"{world.settings.base_url}/sandbox/media/{media.filename}"
    world.bus.publish({"type": "typing", "person_id": person.id, "on": False})
    return world.phones.shown(person, shown.kind, shown.text, via, **more)


def _fail(world: World, person: Person, fields: Mapping[str, Value], seq: int | None) -> None:
    if seq is not None:
        world.phones.mark(seq, "failed")
    if fields.get("Event") not in _UNSEEN:
        world.phones.banner(person)


async def verify_callback(world: World) -> dict[str, Any]:
    """Ask the product's address to prove that it knows the token, as the platform does when an address is saved."""
    stamp, nonce, echo = str(int(world.clock.now())), secrets.token_hex(5), str(secrets.randbelow(10**18))
    query = {
        "signature": signature(world.settings.wechat_token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echo,
    }
    try:
        response = await world.http.get(f"{world.settings.callback_base_url}/wechat", params=query, timeout=5)
    except httpx.HTTPError as error:
        return {"ok": False, "status": type(error).__name__}
    return {"ok": response.status_code == 200 and response.text == echo, "status": response.status_code}
