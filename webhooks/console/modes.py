"""Ways of deciding, by organisation: an administrator changes them, after seeing how many orders it takes along."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.turn import ring
from domain.people.staff import Organisation, OrganisationKind, Staff
from domain.review import automatic
from domain.review.modes import MODE_NAMES, Mode, ReviewMode, default_mode
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded

KINDS = {OrganisationKind.BUREAU: "其他供电局（没有单独设置的）", OrganisationKind.CENTRE: "交易中心"}


@guarded("administrator")
def modes() -> ResponseReturnValue:
    """The defaults, and every organisation with its own mode or the default's."""
    with desk().store.read() as session:
        own = {row.organisation_id: row for row in session.scalars(select(ReviewMode))}
        bureaus = session.scalars(
            select(Organisation).where(Organisation.kind == OrganisationKind.BUREAU).order_by(Organisation.code)
        ).all()
        defaults = {kind: default_mode(session, kind) for kind in KINDS}
    return page("modes.html", bureaus=bureaus, own=own, defaults=defaults, kinds=KINDS, names=MODE_NAMES)


@guarded("administrator")
def mode_change() -> ResponseReturnValue:
    """First what the change would take along; then, confirmed, the change itself."""
    app, now, form = desk(), desk().clock(), request.form
    if form.get("mode") not in (*Mode, ""):
        abort(404)
    mode = Mode(form["mode"]) if form["mode"] else None
    with app.store.read() as session:
        place, kind = _whose(session)
        count = automatic.affected(session, place.id if place else None, kind)
        name = place.name if place else KINDS[OrganisationKind(kind)]
        new = mode or default_mode(session, kind)
    if form.get("sure") != "yes":
        return page("mode_change.html", place=place, kind=kind, name=name, mode=mode, new=new, count=count,
                    names=MODE_NAMES)  # fmt: skip
    with app.store.write() as session:
        staff = session.get_one(Staff, me().id)
        along = form.get("waiting") == "yes"
        taken = automatic.switch(session, place.id if place else None, kind, mode, along, staff, now)
    ring(app, now)
    flash(f"{name}现在是“{MODE_NAMES[new]}”{f'，等待中的 {taken} 份按新方式办理' if taken else ''}。", "good")
    return redirect(url_for("console.modes"))


def _whose(session: Session) -> tuple[Organisation | None, str]:
    """The organisation that the form names, or None for all of a kind; and the kind."""
    number = request.form.get("organisation", "")
    if not number:
        kind = request.form.get("kind", "")
        if kind not in KINDS:
            abort(404)
        return None, kind
    place = session.get(Organisation, int(number)) if number.isdecimal() else None
    if place is None or place.kind not in KINDS:
        abort(404)
    return place, place.kind
