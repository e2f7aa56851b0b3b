"""The facts card of a package, for everybody: /packages/P0001-2. What was never approved is not there."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from bot.app import App
from domain.packages import facts_card, offers
from domain.workdays import local_day
from webhooks.guards import guarded
from webhooks.pages.headers import seal


def install_cards(app: App, flask: Flask) -> None:
    """Put the cards under /packages."""
    blueprint = Blueprint("packages", __name__, url_prefix="/packages", template_folder="templates")

    @blueprint.get("/<code>")
    @guarded("public")
    def card(code: str) -> ResponseReturnValue:
        with app.store.read() as session:
            found = offers.public(session, code[:20])
            if found is None:
                return render_template("pages/no_package.html"), 404
            shown = facts_card.card(session, found, local_day(app.clock()))
        return render_template("pages/package.html", card=shown, when=facts_card.offered_words(shown))

    blueprint.after_request(seal)
    flask.register_blueprint(blueprint)
