"""Events that no click causes: a document that is still owed is due soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.proxies import hooks
from domain.registration.applications import Application
from domain.settings import figure
from domain.supplements.supplements import OWED, Supplement
from domain.workdays import local_day


def supplements_due(session: Session, now: datetime) -> int:
    """Tell proxies of what their users owe and is due within the days of the setting, once for each day that it is due
    on. How many there are."""
    last = local_day(now) + timedelta(days=figure(session, "proxy_supplement_days"))
    query = select(Supplement, Application.proxy_id).join(Application, Supplement.application_id == Application.id)
    owed = (Supplement.state.in_(OWED), Supplement.due.is_not(None), Supplement.due <= last)
    rows = session.execute(query.where(*owed, Application.proxy_id.is_not(None))).all()
    for row, proxy_id in rows:
        due = f"{row.due}"
        data = {"registration": row.application_id, "supplement": row.id, "document": row.document, "due": due}
        hooks.tell(session, int(proxy_id or 0), "supplement.due", f"supplement:{row.id}:{due}", data, now)
    return len(rows)
