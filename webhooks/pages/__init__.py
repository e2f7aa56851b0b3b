"""Pages behind one-time links, under /l/<token>: what an SMS cannot hold. The token is the only key, and opening a page
(as phones and scanners do by themselves) changes nothing; only a form that is sent does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Flask, g, render_template, request
from flask.typing import ResponseReturnValue

from bot.app import App
from bot.pages import too_many_guesses
from domain.messages import links
from domain.messages.links import LinkPurpose, OneTimeLink
from webhooks.guards import guarded, mark_all
from webhooks.pages import batch, bind, comparison, photo, question, read
from webhooks.pages.headers import seal


@dataclass(frozen=True, slots=True)
class Page:
    """What a link opens: what is shown, and what a form that is sent does (None: there is nothing to send)."""

    show: Callable[[App, OneTimeLink], ResponseReturnValue]
    act: Callable[[App, OneTimeLink, str], ResponseReturnValue] | None = None


PAGES: Mapping[LinkPurpose, Page] = {
    LinkPurpose.PHOTO: Page(photo.show, photo.act),
    LinkPurpose.QUESTION: Page(question.show, question.act),
    LinkPurpose.PROGRESS: Page(read.progress_page),
    LinkPurpose.TEXT: Page(read.text_page),
    LinkPurpose.COMPARISON: Page(comparison.show),
    LinkPurpose.BIND: Page(bind.show),
    LinkPurpose.BATCH: Page(batch.show, batch.act),
}


def install_pages(app: App, flask: Flask) -> None:
    """Put the pages under /l. A link that is none, was used or has expired gets one page that says what to do."""
    blueprint = Blueprint("pages", __name__, url_prefix="/l", template_folder="templates", static_folder="static")

    @blueprint.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint in ("pages.static", "pages.bind_back"):
            return None
        with app.store.read() as session:
            g.link = links.find(session, (request.view_args or {}).get("token", ""), app.clock())
        return None if g.link is not None else _gone(app)

    @blueprint.get("/<token>")
    @guarded("link")
    def show(token: str) -> ResponseReturnValue:
        return PAGES[LinkPurpose(g.link.purpose)].show(app, g.link)

    @blueprint.post("/<token>")
    @guarded("link")
    def act(token: str) -> ResponseReturnValue:
        page = PAGES[LinkPurpose(g.link.purpose)]
        return page.act(app, g.link, token) if page.act is not None else page.show(app, g.link)

    bind.install(app, blueprint)
    batch.install(app, blueprint)
    comparison.install(app, blueprint)
    blueprint.after_request(seal)
    flask.register_blueprint(blueprint)
    mark_all(flask, "pages.static", "public")


def _gone(app: App) -> ResponseReturnValue:
    """The same words whatever is wrong with a link; who tries many is refused for a while."""
    if too_many_guesses(app, request.remote_addr or ""):
        return render_template("pages/gone.html", slow=True), 429
    return render_template("pages/gone.html", slow=False), 404
