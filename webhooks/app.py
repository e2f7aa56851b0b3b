"""The web process: every door on one Flask application."""

from __future__ import annotations

from concurrent.futures import Executor
from datetime import timedelta

from flask import Flask

from bot.app import App
from bot.desk import Desk
from bot.processes import process_app
from webhooks.api import install_api
from webhooks.console import install_console
from webhooks.guards import mark_all
from webhooks.health import health_blueprint
from webhooks.pages import install_pages
from webhooks.pages.package import install_cards
from webhooks.sms import sms_blueprint
from webhooks.wechat import wechat_blueprint


def create(app: App | None = None, threads: Executor | None = None) -> Flask:
    """The Flask application; gunicorn calls it once per worker. Tests hand their own parts over."""
    app = app or process_app()
    desk = Desk(app, threads)
    flask = Flask(__name__, static_folder=None)
    flask.config.update(
        SECRET_KEY=app.settings.session_secret,
        SESSION_COOKIE_NAME="desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        MAX_CONTENT_LENGTH=1_000_000,
    )
    flask.extensions["desk"] = desk
    flask.register_blueprint(wechat_blueprint(desk))
    flask.register_blueprint(sms_blueprint(desk))
    flask.register_blueprint(health_blueprint(app))
    install_console(app, flask)
    install_pages(app, flask)
    install_cards(app, flask)
    install_api(app, flask)
    mark_all(flask, "wechat.", "signature")
    mark_all(flask, "sms.", "secret")
    return flask
