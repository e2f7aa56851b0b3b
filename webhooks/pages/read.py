"""Pages that are only read: where the applications stand, and an answer that was too long for an SMS."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from bot.app import App
from domain.dialogue.progress import progress
from domain.messages.links import OneTimeLink


def progress_page(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """Where the applications stand now."""
    with app.store.read() as session:
        text = progress(session, link.contact_id, app.clock()).text
    return render_template("pages/text.html", title="申请进度", text=text)


def text_page(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """The whole answer."""
    return render_template("pages/text.html", title="完整回复", text=link.text or "")
