"""One application: everything a reviewer needs on one page, and the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.calendars import calendar_of
from domain.evidence_pack import may_take
from domain.groups.units import unit_of
from domain.identifiers import mask_phone
from domain.market.months import month_of
from domain.market.readiness import readiness
from domain.messages import sms_costs
from domain.notices import notices, overdue
from domain.notices.urging import may_urge
from domain.proxies import desk as proxy_desk
from domain.queue import queue
from domain.registration.applications import LICENCE_FIELDS, Application
from domain.registration.parties import parties_of
from domain.review import automatic, claims, desk_views, presence, replies, review, step_views, undo
from domain.review.conflicts import own_company
from domain.review.desk_acts import show_phone
from domain.rules.rules import Severity, judge
from domain.settings import figure
from domain.supplements.supplements import ADMITTED
from domain.workdays import local_day
from webhooks.console import owed
from webhooks.console.parts import desk, me, page, visible
from webhooks.guards import guarded


@guarded("staff")
def detail(application_id: int) -> ResponseReturnValue:
    """The application with its photo, what was read, what the interfaces say, its problems, steps and notices."""
    app = desk()
    with app.store.read() as session:
        application = visible(session, application_id)
        phone = application.value("phone")
        return page("application.html", phone=mask_phone(phone) if phone else "", **_shown(session, application))


@guarded("staff")
def phone(application_id: int) -> ResponseReturnValue:
    """The same page with the whole phone number; that somebody looked is kept as evidence."""
    app, now = desk(), desk().clock()
    with app.store.write() as session:
        number = show_phone(session, visible(session, application_id), me(), now)
    with app.store.read() as session:
        application = visible(session, application_id)
        return page("application.html", phone=number, phone_shown=True, **_shown(session, application))


def _shown(session: Session, application: Application) -> dict[str, Any]:
    app, staff = desk(), me()
    today = local_day(app.clock())
    evidence = desk_views.evidence_of(session, application.id)
    reminders = overdue.of_application(session, application.id)
    writers = [int(row.who.partition(":")[2]) for row in evidence if row.who.startswith("staff:")]
    writers += [row.by_id for row, _ in reminders if row.by_id is not None]
    orange, red = figure(session, "overdue_orange_days"), figure(session, "overdue_red_days")
    following = queue.next_waiting(session, staff, (application.stage_since, application.id))
    return {
        "it": application,
        "unit": unit_of(session, application),
        "ready": readiness(session, application, month_of(today)) if application.stage in ADMITTED else None,
        "proxied": proxy_desk.consent_of(session, application),
        "company": desk_views.compared(application, LICENCE_FIELDS),
        "account": desk_views.compared(application, desk_views.ACCOUNT_FIELDS),
        "facts": application.facts or {},
        "photos": [photo for photo in reversed(application.photos) if photo.file],
        **_deciding(session, application, today),
        **owed.shown(session, application, app.clock()),
        "steps": application.steps,
        "parties": list(parties_of(session, application).values()),
        "notices": notices.history(session, application.id),
        "evidence": evidence,
        "may_take_evidence": may_take(staff),
        "writers": desk_views.names_of(session, writers),
        "colour": review.colour(application, orange, red, today, calendar_of(session)),
        "timeline": step_views.timeline(session, application, app.clock()),
        "taken": claims.holders(session, [application.id], app.clock()).get(application.id),
        "lookers": presence.others(session, [application.id], staff, app.clock()).get(application.id, []),
        "following": following,
        "reminders": reminders,
        "may_urge": may_urge(application, staff),
        "sms_cost": sms_costs.of_contact(session, application.contact_id),
        "sms_stopped": notices.stopped(session, application),
    }


def _deciding(session: Session, application: Application, today: date) -> dict[str, Any]:
    """What the decision needs: the problems, whether this person may decide, and with which words."""
    staff, now = me(), desk().clock()
    problems = judge(session, application, today)
    blocking = [each for each in problems if each.severity == Severity.BLOCKING]
    due = review.is_due(application, staff)
    own = own_company(session, application, staff) if due else ""
    return {
        "problems": problems,
        "blocking": blocking,
        "due": due,
        "own": own,
        "may_approve": due and not own and not blocking,
        "standard": _standard(session, application) if due else [],
        "about": replies.ABOUT,
        "automatic": bool(application.steps) and application.steps[-1].mode in automatic.AUTOMATIC,
        "undo_left": undo.seconds_left(session, application, staff, now),
        "undo_seconds": figure(session, "undo_seconds"),
    }


def _standard(session: Session, application: Application) -> list[dict[str, Any]]:
    """The standard replies of this review, as the user would read them."""
    found = replies.offered(session, application.stage)
    return [{"id": row.id, "shown": replies.filled(row.text, application), "uses": row.uses} for row in found]
