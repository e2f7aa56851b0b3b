"""What every door of the API uses: who asks, the transaction with its remembered answer, refusals as problems."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, get_type_hints

from flask import Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from bot.app import App
from bot.problems import problem
from bot.turn import ring
from domain.private import fingerprint
from domain.proxies import registrations, requests
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, ProxyKey, Scope
from domain.registration.applications import Application

PROBLEM_TYPE = "application/problem+json"
View = TypeVar("View", bound=Callable[..., Any])


def desk() -> App:
    """The product's parts."""
    app: App = current_app.extensions["api"]
    return app


def key() -> ProxyKey:
    """The key of this request, as read at its beginning."""
    found: ProxyKey = g.proxy_key
    return found


def needs(scope: Scope) -> Callable[[View], View]:
    """Mark a door with the scope that a key must have for it; the guard looks at it."""

    def mark(view: View) -> View:
        view.__scope__ = scope  # type: ignore[attr-defined]
        return view

    return mark


def once(view: View) -> View:
    """A POST under its Idempotency-Key: it acts once, and a repeat gets the same answer. A refusal is not kept, for
    nothing was changed: mended, it may be sent under the same key."""

    @wraps(view)
    def guarded_by_key(*args: Any, **named: Any) -> ResponseReturnValue:
        app, name = desk(), request.headers.get("Idempotency-Key", "")
        if not name:
            raise Refused(
                "idempotency_key_missing", "请在请求头里带上 Idempotency-Key，每个新请求一个新的，例如 UUID。"
            )
        with app.store.write() as session:
            begun = requests.begin(session, key().proxy_id, name, _mark(), app.clock())
        if begun.status is not None:
            return _again(begun)
        g.request_id = begun.id
        try:
            return view(*args, **named)  # type: ignore[no-any-return]
        except BaseException:
            with app.store.write() as session:
                requests.forget(session, begun.id)
            raise

    # What the view returns is nobody's matter.
    view.__annotations__.pop("return", None)
    # spectree reads the models off the annotations, which are texts that only the view's own module can read.
    guarded_by_key.__annotations__ = get_type_hints(view)
    return guarded_by_key  # type: ignore[return-value]


def answer(session: Session, status: int, body: Any, location: str = "") -> ResponseReturnValue:
    """The answer to a POST, kept in the transaction of its effect."""
    requests.finish(session, g.request_id, status, {"body": body, "location": location})
    return body, status, {"Location": location} if location else {}


@contextmanager
def writing() -> Iterator[tuple[Session, Proxy]]:
    """A transaction for the proxy of this request; what it owes people is rung for at its end."""
    app = desk()
    with app.store.write() as session:
        yield session, session.get_one(Proxy, key().proxy_id, with_for_update=True)
    ring(app, app.clock())


@contextmanager
def reading() -> Iterator[tuple[Session, Proxy]]:
    """A look at the store for the proxy of this request."""
    with desk().store.read() as session:
        yield session, session.get_one(Proxy, key().proxy_id)


def found(session: Session, proxy: Proxy, registration_id: int, *, lock: bool = False) -> Application:
    """The proxy's registration; somebody else's is as little there as none."""
    application = registrations.own(session, proxy, registration_id, lock=lock)
    if application is None:
        raise missing("登记")
    return application


def missing(what: str) -> Refused:
    """There is none of that number, or it is somebody else's."""
    return Refused("not_found", f"没有这个编号的{what}。")


def refused(error: Refused) -> Response:
    """A refusal as it is sent."""
    status, body = problem(error)
    made = make_response(json.dumps(body, ensure_ascii=False), status)
    made.mimetype = PROBLEM_TYPE
    if status == 401:
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


def _again(begun: requests.Begun) -> ResponseReturnValue:
    kept = begun.body
    headers = {"Idempotency-Replayed": "true"} | ({"Location": kept["location"]} if kept["location"] else {})
    return kept["body"], begun.status or 200, headers


def _mark() -> str:
    """What was asked: the same for the same content. A form is told by its files and fields, as its borders differ."""
    if request.files or request.form:
        parts = [f"{name}={value}" for name, value in sorted(request.form.items())]
        content = "&".join([*parts, *(_digest(each) for _, each in sorted(request.files.items()))])
    else:
        content = hashlib.sha256(request.get_data()).hexdigest()
    return fingerprint("proxy_request", f"{request.method} {request.path} {content}")


def _digest(file: FileStorage) -> str:
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return digest
