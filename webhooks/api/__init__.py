"""The proxy API under /api/v1: JSON, a key for every door, the same domain functions as the chat's."""

from __future__ import annotations

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from bot.app import App
from domain.proxies.refusals import Refused
from webhooks.api import batches, contract_requests, documents, hooks, me, packages, page, registrations
from webhooks.api.document import openapi
from webhooks.api.guard import guard, outside, seal
from webhooks.api.parts import refused
from webhooks.guards import guarded, mark_all

ROUTES = (
    *registrations.ROUTES,
    *documents.ROUTES,
    *batches.ROUTES,
    *hooks.ROUTES,
    *packages.ROUTES,
    *contract_requests.ROUTES,
    *me.ROUTES,
)


def install_api(app: App, flask: Flask) -> None:
    """Put the API under /api/v1. Its errors are problems (RFC 9457), whoever found them."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1", template_folder="templates", static_folder="static")
    flask.extensions["api"] = app
    blueprint.before_request(guard)
    blueprint.after_request(seal)
    for path, view, method in ROUTES:
        name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
        blueprint.add_url_rule(path, name, view, methods=[method])
    blueprint.add_url_rule("/openapi.json", view_func=described)
    blueprint.add_url_rule("/docs", view_func=page.docs)
    blueprint.register_error_handler(Refused, refused)
    for code in (400, 404, 405, 413, 415, 500):
        flask.register_error_handler(code, outside)
    flask.register_blueprint(blueprint)
    mark_all(flask, "api.static", "public")


@guarded("public")
def described() -> ResponseReturnValue:
    """The OpenAPI document."""
    return jsonify(openapi())
