"""One application: everything a reviewer needs on one page, and the decision."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.turn import ring
from domain import desk_queue, desk_views, notices, overdue, review, sms_costs
from domain.applications import LICENCE_FIELDS, Application, Stage
from domain.calendars import calendar_of
from domain.desk_acts import show_phone
from domain.identifiers import mask_phone
from domain.rules import judge
from domain.settings import figure
from domain.staff import Staff
from domain.urging import may_urge
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page, visible
from webhooks.console.words import DECISIONS
from webhooks.guards import guarded

MOST_WORDS = 500


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


@guarded("staff")
def decide(application_id: int) -> ResponseReturnValue:
    """Approve or return, then on to the next one that waits. Whoever comes second is told, and changes nothing."""
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            application = visible(session, application_id, lock=True)
            since = application.stage_since
            _must_be_as_seen(application)
            done = _decide(session, application, session.get_one(Staff, me().id))
        ring(app, now)
    except review.NotAllowed as refused:
        flash(str(refused), "bad")
        return redirect(url_for("console.detail", application_id=application_id))
    flash(done, "good")
    with app.store.read() as session:
        following = desk_queue.next_waiting(session, me(), (since, application_id))
    if following is None:
        return redirect(url_for("console.queue"))
    return redirect(url_for("console.detail", application_id=following))


def _decide(session: Session, application: Application, staff: Staff) -> str:
    now = desk().clock()
    if request.form.get("decision") == "approve":
        stage = review.approve(session, application, staff, now, request.form.get("remark", "").strip()[:MOST_WORDS])
        to = "转交易中心审核" if stage == Stage.CENTRE_REVIEW else "审核完成"
        return f"{application.number} 已通过，{to}，已通知用户。"
    said = [*request.form.getlist("standard"), request.form.get("reason", "").strip()[:MOST_WORDS]]
    review.send_back(session, application, staff, "；".join(words for words in said if words), now)
    return f"{application.number} 已退回，已通知用户修改。"


def _must_be_as_seen(application: Application) -> None:
    """The step that the reviewer looked at must still run: a colleague may have decided, the user handed in again."""
    if request.form.get("step") == str(application.steps[-1].id):
        return
    ended = [step for step in application.steps if step.left_at is not None]
    last = ended[-1] if ended else None
    if last is not None and last.staff is not None:
        what = DECISIONS.get(last.decision, "处理")
        raise review.NotAllowed(f"{last.staff.name} 刚刚已处理这份申请（{what}），您的操作没有生效，请看最新情况。")
    raise review.NotAllowed("这份申请刚刚有变化，您的操作没有生效，请看最新情况后再决定。")


def _shown(session: Session, application: Application) -> dict[str, Any]:
    app, staff = desk(), me()
    today = local_day(app.clock())
    evidence = desk_views.evidence_of(session, application.id)
    reminders = overdue.of_application(session, application.id)
    writers = [int(row.who.partition(":")[2]) for row in evidence if row.who.startswith("staff:")]
    writers += [row.by_id for row, _ in reminders if row.by_id is not None]
    orange, red = figure(session, "overdue_orange_days"), figure(session, "overdue_red_days")
    following = desk_queue.next_waiting(session, staff, (application.stage_since, application.id))
    return {
        "it": application,
        "company": desk_views.compared(application, LICENCE_FIELDS),
        "account": desk_views.compared(application, desk_views.ACCOUNT_FIELDS),
        "facts": application.facts or {},
        "photos": [photo for photo in reversed(application.photos) if photo.file],
        "problems": judge(session, application, today),
        "steps": application.steps,
        "notices": notices.history(session, application.id),
        "evidence": evidence,
        "writers": desk_views.names_of(session, writers),
        "due": review.is_due(application, staff),
        "colour": review.colour(application, orange, red, today, calendar_of(session)),
        "standard": review.STANDARD_REPLIES,
        "following": following,
        "reminders": reminders,
        "may_urge": may_urge(application, staff),
        "sms_cost": sms_costs.of_contact(session, application.contact_id),
        "sms_stopped": notices.stopped(session, application),
    }
