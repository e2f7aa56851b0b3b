"""Who speaks for a company, and whose a phone is: letters, authorities, and requests that a reviewer decides."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain.people import binding_desk
from domain.people import desk as people_desk
from domain.people.authority import Level
from domain.people.roles import called
from domain.review.review import NotAllowed
from webhooks.console.parts import desk, me, page, visible
from webhooks.console.qr import drawn
from webhooks.guards import guarded


@guarded("staff")
def bindings() -> ResponseReturnValue:
    """What waits for a reviewer, and the latest decisions."""
    if not binding_desk.may_decide(me()):
        abort(403)
    with desk().store.read() as session:
        return page("bindings.html", waiting=binding_desk.waiting(session), decided=binding_desk.decided(session))


@guarded("staff")
def settle(request_id: int) -> ResponseReturnValue:
    """Decide one of them."""
    app, now, form = desk(), desk().clock(), request.form
    decision, remark, number = form.get("decision", ""), form.get("remark", "")[:500], form.get("number", "")[:40]
    try:
        with app.store.write() as session:
            binding_desk.settle(session, me(), request_id, decision, remark, number, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        ring(app, now)
        flash("已处理，双方都会收到通知。", "good")
    return redirect(url_for("console.bindings"))


@guarded("staff")
def speakers(application_id: int) -> ResponseReturnValue:
    """Who speaks for an application's company."""
    with desk().store.read() as session:
        application = visible(session, application_id)
        rows = [
            {"it": each, "name": called(session, each.contact_id)}
            for each in people_desk.speakers(session, application)
        ]
        return page("speakers.html", it=application, rows=rows, levels=list(Level), may=binding_desk.may_decide(me()))


@guarded("staff")
def letter(application_id: int) -> ResponseReturnValue:
    """A letter with a QR code, to be printed on A4 and posted."""
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            application = visible(session, application_id)
            made, token = people_desk.letter(session, me(), application, request.form.get("level", ""), app.random, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
        return redirect(url_for("console.speakers", application_id=application_id))
    return page("letter.html", it=application, made=made, words=token, drawn=drawn(token, made, now), now=now)


@guarded("staff")
def end_authority(application_id: int, authority_id: int) -> ResponseReturnValue:
    """End an authority; the person is told."""
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            people_desk.end_authority(session, me(), visible(session, application_id), authority_id, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        ring(app, now)
        flash("已解除，对方会收到通知。", "good")
    return redirect(url_for("console.speakers", application_id=application_id))
