"""The catalogue of notices as people read it, with its switches."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from domain.figures import FIGURES
from domain.messages.templates import SMS_TEMPLATES
from domain.notices.catalogue import CATALOGUE
from domain.settings import value
from webhooks.console.parts import desk, page
from webhooks.guards import guarded


@guarded("administrator")
def notices() -> ResponseReturnValue:
    """Every event: who is told, where, in which words, what may wait, what becomes one message, until when."""
    with desk().store.read() as session:
        switches = {name for name in CATALOGUE if f"notice_{name}" in FIGURES}
        off = {name for name in switches if not value(session, f"notice_{name}")}
        times = {name: value(session, name) for name in ("quiet_from", "quiet_to", "merge_seconds", "late_minutes")}
    return page("notices.html", catalogue=CATALOGUE, sms=SMS_TEMPLATES, switches=switches, off=off, times=times)
