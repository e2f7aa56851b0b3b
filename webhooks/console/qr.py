"""An invitation as a QR code: WeChat's own address for its one-time scene, drawn here."""

from __future__ import annotations

from datetime import datetime

import segno
import structlog
from markupsafe import Markup

from bot.channels.base import SendError
from domain.people.invitations import Invitation
from webhooks.console.parts import desk

log = structlog.get_logger(__name__)


def drawn(token: str, made: Invitation, now: datetime) -> Markup | None:
    """The code as inline SVG; None while WeChat gives none: the invitation can be typed as well."""
    try:
        address = desk().wechat.qr_code(token, int((made.expires_at - now).total_seconds()))
    except SendError as error:
        log.warning("qr.none", code=error.code)
        return None
    return Markup(segno.make(address, error="m").svg_inline(omitsize=True, border=2))
