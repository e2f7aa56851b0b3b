"""What leaves long after it was meant to says so, with the time at which it was written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from domain.messages.messages import OutboundMessage
from domain.messages.sms_values import MOST
from domain.notices.catalogue import CATALOGUE
from domain.notices.merging import planned
from domain.notices.times import shown
from domain.settings import figure

LATE = "补发："
_FIELDS = ("thing4", "thing2")  # of the WeChat templates, the ones that may carry it


def mark_late(session: Session, row: OutboundMessage, now: datetime) -> None:
    """Write “补发” into a row that leaves later than the setting allows; the row keeps what was shown."""
    body = dict(row.body or {})
    late = now - planned(row) > timedelta(minutes=figure(session, "late_minutes"))
    if not late or "late" in body or row.event == "code":
        return
    when = shown(row.created_at, now)
    what = "原通知时间" if row.event else "原回复时间"
    body |= {"late": when, "text": f"{body.get('text', '')}\n（补发，{what} {when}）"}
    known = CATALOGUE.get(row.event)
    if "params" in body:
        body["params"] = _carried(body["params"], known.late_in if known else "text")
    else:
        first = body.get("short") or str((row.body or {}).get("text", "")).split("\n")[0]
        body["short"] = f"{LATE}{first}"
    if "fields" in body:
        name = next((each for each in _FIELDS if each in body["fields"]), "")
        body["fields"] = _carried(body["fields"], name)
    row.body = body


def _carried(values: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in values or (name == "text" and len(values[name]) + len(LATE) > MOST):
        return values  # what it says matters more than that it is late
    return {**values, name: f"{LATE}{values[name]}"}
