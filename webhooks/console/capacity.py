"""Changes of capacity: what each one opened and what became of it; who was not reached is reached by a person here."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.turn import ring
from domain.market import capacity_desk
from domain.market.capacity_changes import CapacityChange, ChangeState
from domain.people.staff import Staff
from domain.registration.registration import Scene
from domain.review.review import NotAllowed
from domain.sources.lookups import Facts
from webhooks.console.parts import desk, me, page, page_number
from webhooks.console.send_errors import explain
from webhooks.guards import guarded


@guarded("staff")
def capacity_changes() -> ResponseReturnValue:
    """The changes of one kind, at first those that wait for a person; the choice stands in the address."""
    with desk().store.read() as session:
        counts = capacity_desk.counts(session, me())
        show = asked_for(ChangeState.UNREACHED if counts[ChangeState.UNREACHED] else ChangeState.WAITING)
        found = capacity_desk.listed(session, me(), show, page_number())
        return page(
            "capacity_changes.html",
            found=found,
            rows=_rows(session, found, show),
            show=show,
            shows=capacity_desk.SHOWS,
            asked=capacity_desk.ASKED,
            counts=counts,
            number=page_number(),
            may=capacity_desk.may_reach(me()),
        )


@guarded("staff")
def capacity_reached(change_id: int) -> ResponseReturnValue:
    """Somebody of the centre has reached the user: the question goes out again, with a new deadline."""
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            row = capacity_desk.visible(session, me(), change_id)
            if row is None:
                abort(404)
            staff, how = session.get_one(Staff, me().id), request.form.get("how", "")
            capacity_desk.reached(session, row, staff, how, Scene(now, Facts(), app.random))
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        ring(app, now)
        flash("已记下，问题重新发给用户，答复期限重新算。", "good")
    return redirect(url_for("console.capacity_changes"))


def asked_for(otherwise: str) -> str:
    """The kind that the address names."""
    show = request.args.get("show", "")
    return show if show in capacity_desk.SHOWS else otherwise


def became(session: Session, row: CapacityChange, named: bool = True) -> str:
    """What became of a change, in a line; with who has answered, or without."""
    who = capacity_desk.answered_by(session, row) if named else "用户"
    return {
        ChangeState.WAITING: "等用户答复",
        ChangeState.UNREACHED: "没能通知到，市场没有变",
        ChangeState.ANSWERED: f"{who}选了“{capacity_desk.answer_words(row)}”",
        ChangeState.SILENT: f"没有答复，{capacity_desk.answer_words(row)}",
        ChangeState.OVER: "问题已收回，没有改变什么",
        ChangeState.NOTHING: "不用选市场",
    }[ChangeState(row.state)]


def _rows(session: Session, found: capacity_desk.Listed, show: str) -> list[dict[str, Any]]:
    waits, open_still = show == ChangeState.WAITING, show == ChangeState.UNREACHED
    unseen = capacity_desk.unseen(session, found.rows) if waits else set()
    return [
        {
            "it": row,
            "application": row.application,
            "became": became(session, row),
            "unseen": row.id in unseen,
            "tried": [(each, explain(each)) for each in capacity_desk.messages_of(session, row)] if open_still else [],
        }
        for row in found.rows
    ]
