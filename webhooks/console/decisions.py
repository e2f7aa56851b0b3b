"""Deciding on the console: approve or return, take it back, and see who else has the page open."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.rechecks import recheck
from bot.turn import ring
from domain.people.staff import Staff
from domain.queue import queue
from domain.registration.applications import Application, Stage
from domain.review import automatic, claims, conflicts, giving_back, presence, review, undo
from domain.review.giving_back import Ticked
from domain.settings import figure
from webhooks.console.parts import desk, me, page, visible
from webhooks.console.words import DECISIONS
from webhooks.guards import guarded

MOST_WORDS = 500


@guarded("staff")
def decide(application_id: int) -> ResponseReturnValue:
    """Approve or return, then on to the next one that waits. Whoever comes second is told, and changes nothing."""
    app, now = desk(), desk().clock()
    approving = request.form.get("decision") == "approve"
    with app.store.read() as session:
        visible(session, application_id)
    if approving and (changes := recheck(app, [application_id]).get(application_id)):
        said = "；".join(change.words() for change in changes)
        flash(f"提交后有变化：{said}。请看过再决定。", "bad")
        return redirect(url_for("console.detail", application_id=application_id))
    try:
        with app.store.write() as session:
            application = visible(session, application_id, lock=True)
            since = application.stage_since
            _must_be_as_seen(application)
            staff = session.get_one(Staff, me().id)
            done = _approve(session, application, staff) if approving else _return(session, application, staff)
            seconds = undo.seconds_left(session, application, staff, now)
        ring(app, now)
    except review.NotAllowed as refused:
        _keep_refusal(application_id, refused)
        flash(str(refused), "bad")
        return redirect(url_for("console.detail", application_id=application_id))
    _flash_with_undo(done, url_for("console.take_back", application_id=application_id), seconds)
    with app.store.read() as session:
        following = queue.next_waiting(session, me(), (since, application_id))
    if following is None:
        return redirect(url_for("console.queue"))
    return redirect(url_for("console.detail", application_id=following))


@guarded("staff")
def take_back(application_id: int) -> ResponseReturnValue:
    """Take back what was just decided, where nothing has come of it yet."""
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            application = visible(session, application_id, lock=True)
            undo.undo(session, application, session.get_one(Staff, me().id), now)
        flash(f"{application.number} 已撤回，通知没有发出，请重新审核。", "good")
    except review.NotAllowed as refused:
        flash(str(refused), "bad")
    ring(app, now)
    return redirect(url_for("console.detail", application_id=application_id))


@guarded("staff")
def here(application_id: int) -> ResponseReturnValue:
    """A page says that it is open; who else has it open, and whether what it shows is out of date."""
    app, now = desk(), desk().clock()
    with app.store.write() as session:
        application = visible(session, application_id)
        staff = session.get_one(Staff, me().id)
        if request.form.get("gone"):
            presence.leave(session, application_id, staff)
            return "", 204
        presence.look(session, application_id, staff, now)
    with app.store.read() as session:
        application = visible(session, application_id)
        lookers = presence.others(session, [application_id], me(), now).get(application_id, [])
        current = bool(application.steps) and str(application.steps[-1].id)
        changed = _what_happened(application) if current != request.form.get("step") else ""
    return page("application/lookers.html", lookers=lookers, changed=changed)


@guarded("staff")
def claim(application_id: int) -> ResponseReturnValue:
    """Take the application (“我来办”), or give it back; a colleague who has it loses it and nothing else."""
    now, giving_back = desk().clock(), request.form.get("act") == "release"
    try:
        with desk().store.write() as session:
            application = visible(session, application_id, lock=True)
            staff = session.get_one(Staff, me().id)
            (claims.release if giving_back else claims.take)(session, application, staff, now)
            hours = figure(session, "claim_hours")
    except review.NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        taken = f"由您来办，同事会看到；{hours} 小时内没有审就放回给大家。"
        flash(f"{application.number} {'已放回，同事可以接着办。' if giving_back else taken}", "good")
    return redirect(url_for("console.detail", application_id=application_id))


@guarded("staff")
def by_person(application_id: int) -> ResponseReturnValue:
    """Take a review out of the rules' hands."""
    app, now = desk(), desk().clock()
    with app.store.write() as session:
        application = visible(session, application_id, lock=True)
        staff = session.get_one(Staff, me().id)
        if review.is_due(application, staff):
            automatic.take_over(session, application, staff, now)
            flash(f"{application.number} 已转为人工审核。", "good")
    return redirect(url_for("console.detail", application_id=application_id))


def _approve(session: Session, application: Application, staff: Staff) -> str:
    stage = review.approve(
        session, application, staff, desk().clock(), request.form.get("remark", "").strip()[:MOST_WORDS]
    )
    to = "转交易中心审核" if stage == Stage.CENTRE_REVIEW else "审核完成"
    return f"{application.number} 已通过，{to}，已通知用户。"


def _return(session: Session, application: Application, staff: Staff) -> str:
    form = request.form
    ticked = Ticked(
        rules=form.getlist("problem"),
        replies=[int(each) for each in form.getlist("reply") if each.isdecimal()],
        about=form.getlist("about"),
        words=form.get("reason", "")[:MOST_WORDS],
        false_papers=form.get("false_papers") == "yes",
    )
    points = giving_back.give_back(session, application, staff, ticked, desk().clock())
    return f"{application.number} 已退回（{len(points)} 处），已通知用户修改。"


def _must_be_as_seen(application: Application) -> None:
    """The step that the reviewer looked at must still run: a colleague may have decided, the user handed in again."""
    if request.form.get("step") != str(application.steps[-1].id):
        raise review.NotAllowed(f"{_what_happened(application)}您的操作没有生效，请看最新情况后再决定。")


def _what_happened(application: Application) -> str:
    ended = [step for step in application.steps if step.left_at is not None]
    last = ended[-1] if ended else None
    if last is not None and last.staff is not None:
        return f"{last.staff.name} 刚刚已处理这份申请（{DECISIONS.get(last.decision, '处理')}），"
    return "这份申请刚刚有变化，"


def _keep_refusal(application_id: int, refused: review.NotAllowed) -> None:
    """That somebody tried to approve their own company's application is kept, although nothing came of it."""
    if not isinstance(refused, review.OwnCompany):
        return
    with desk().store.write() as session:
        application = visible(session, application_id)
        conflicts.refused(session, application, session.get_one(Staff, me().id), str(refused), desk().clock())


def _flash_with_undo(words: str, address: str, seconds: int) -> None:
    """Say what was done, with the button that takes it back where that is still possible."""
    flash(words, "good")
    if seconds:
        flash(Markup(f"{address}|{seconds}"), "undo")
