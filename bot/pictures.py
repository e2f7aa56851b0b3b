"""Pictures that go to people: a row says what is to be seen, and it is drawn when it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app import App
from bot.channels.base import SendError
from domain.packages.compare import pictured


def drawn(app: App, body: Mapping[str, Any]) -> bytes:
    """The PNG that an outbound row asks for. SendError where there is nothing to see any more."""
    from bot.comparison_picture import draw  # matplotlib: half a second and 40 MB that few processes need

    with app.store.read() as session:
        comparison = pictured(session, body, app.clock())
    if not comparison.packages:
        raise SendError("nothing_to_draw", retry="never")
    return draw(comparison)
