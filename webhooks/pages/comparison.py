"""A comparison of packages behind an SMS's link: what was answered, the table, and the picture of WeChat."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, g, make_response, render_template
from flask.typing import ResponseReturnValue

from bot.app import App
from bot.channels.base import SendError
from bot.pictures import drawn
from domain.messages.links import LinkPurpose, OneTimeLink
from domain.packages import compare
from webhooks.guards import guarded


def show(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """The answer whole, and its packages side by side as they cost now."""
    kept = _kept(link)
    with app.store.read() as session:
        made = compare.pictured(session, kept["picture"], app.clock())
    rows = compare.rows(made)
    return render_template("pages/comparison.html", text=kept["text"], made=made, rows=rows, about=_about(made))


def install(app: App, blueprint: Blueprint) -> None:
    """The picture has an address of its own below the link."""

    @blueprint.get("/<token>/picture")
    @guarded("link")
    def comparison_picture(token: str) -> ResponseReturnValue:
        if g.link.purpose != LinkPurpose.COMPARISON:
            abort(404)
        try:
            picture = drawn(app, _kept(g.link)["picture"])
        except SendError:
            abort(404)
        answer = make_response(picture)
        answer.mimetype = "image/png"
        return answer


def _kept(link: OneTimeLink) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(link.text or "{}")
    return kept


def _about(made: compare.Comparison) -> str:
    """What the picture shows, for who does not see it: the table below says the same."""
    return f"套餐比较图：{'、'.join(f'{each.retailer}“{each.name}”' for each in made.packages)}，数字见下表"
