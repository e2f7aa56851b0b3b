"""The roll of retail companies and the market's monthly price, kept by the trading centre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.market import months, prices, roll
from domain.market.retailers import STATE_NAMES, Retailer
from domain.packages import catalogue
from domain.packages.tables import VERSION_STATES, VersionState
from domain.people.staff import OrganisationKind
from domain.review import desk_views
from domain.review.review import NotAllowed
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded

TWO_YEARS = 24


@guarded("staff")
def retail_companies() -> ResponseReturnValue:
    """The roll, by state if the address says so; POST puts a company on it."""
    _only_centre()
    if request.method == "POST":
        return _enter()
    return _roll()


@guarded("staff")
def retail_company(retailer_id: int) -> ResponseReturnValue:
    """One company: its state and score, its packages, what was changed about it."""
    _only_centre()
    with desk().store.read() as session:
        it = _found(session, retailer_id)
        versions = [
            version
            for each in catalogue.packages_of(session, it.id)
            for version in each.versions
            if version.state != VersionState.DRAFT
        ]
        history = roll.history(session, it)
        return page(
            "retailer.html",
            it=it,
            versions=versions,
            history=history,
            names=_names(session, [row.who for row in history]),
            keeper=roll.may_keep(me()),
            states=STATE_NAMES,
            version_states=VERSION_STATES,
        )


@guarded("administrator")
def change_retailer(retailer_id: int) -> ResponseReturnValue:
    """Another state, with the reason."""
    state, why = request.form.get("state", ""), request.form.get("why", "")[:400]
    return _change(
        retailer_id,
        lambda session, it, now: roll.change_state(session, me(), it, state, why, now),
        "已更改，立即生效。",
    )


@guarded("administrator")
def describe_retailer(retailer_id: int) -> ResponseReturnValue:
    """The service score, the line about it, its phone."""
    said = request.form.to_dict()
    return _change(retailer_id, lambda session, it, now: roll.describe(session, me(), it, said, now), "已保存。")


@guarded("staff")
def market_prices() -> ResponseReturnValue:
    """The market's price of the last two years, and who published what; POST publishes a month's price."""
    if me().organisation.kind not in (OrganisationKind.CENTRE, OrganisationKind.RETAILER):
        abort(403)
    if request.method == "POST":
        return _publish()
    return _prices({})


def _prices(typed: dict[str, str]) -> str:
    with desk().store.read() as session:
        last = months.month_of(local_day(desk().clock())) - 1
        known = prices.known(session)
        history = prices.history(session)
        return page(
            "market_prices.html",
            rows=[
                (months.words(each), months.code(each), known.get(each)) for each in range(last, last - TWO_YEARS, -1)
            ],
            history=history,
            names=_names(session, [row.who for row in history]),
            keeper=catalogue.is_centre(me()),
            typed=typed,
        )


def _publish() -> ResponseReturnValue:
    if not catalogue.is_centre(me()):
        abort(403)
    app, typed = desk(), request.form.to_dict()
    try:
        month = months.parse(typed.get("month", ""))
        with app.store.write() as session:
            prices.publish(session, me(), month, typed.get("price", "")[:20], app.clock())
    except prices.BadPrice as bad:
        flash(str(bad), "bad")
        return _prices(typed), 400
    except ValueError:
        flash("请选择月份", "bad")
        return _prices(typed), 400
    flash(f"{months.words(month)}的市场均价已公布。", "good")
    return redirect(url_for("console.market_prices"))


def _roll() -> str:
    state = request.args.get("state", "")
    with desk().store.read() as session:
        rows = roll.listed(session, state if state in STATE_NAMES else "")
        shown = {"rows": rows, "counts": roll.counts(session), "waiting": len(catalogue.waiting(session))}
    return page("retailers.html", state=state, states=STATE_NAMES, keeper=roll.may_keep(me()), **shown)


def _enter() -> ResponseReturnValue:
    app, form = desk(), request.form
    try:
        with app.store.write() as session:
            code, name = form.get("code", "")[:40], form.get("name", "")[:61]
            number = roll.enter(session, me(), code, name, app.clock()).id
    except NotAllowed as refused:
        flash(str(refused), "bad")
        return _roll(), 400
    flash("已列入名录。它的人员在“人员”里添加。", "good")
    return redirect(url_for("console.retail_company", retailer_id=number))


def _change(retailer_id: int, act: Callable[[Session, Retailer, datetime], Any], done: str) -> ResponseReturnValue:
    app = desk()
    try:
        with app.store.write() as session:
            act(session, _found(session, retailer_id), app.clock())
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        flash(done, "good")
    return redirect(url_for("console.retail_company", retailer_id=retailer_id))


def _found(session: Session, retailer_id: int) -> Retailer:
    return session.get(Retailer, retailer_id) or abort(404)


def _only_centre() -> None:
    if not catalogue.is_centre(me()):
        abort(403)


def _names(session: Session, whos: list[str]) -> dict[str, str]:
    """Names of staff by “staff:3”."""
    numbers = {int(who.partition(":")[2]) for who in whos if who.startswith("staff:")}
    return {f"staff:{number}": name for number, name in desk_views.names_of(session, sorted(numbers)).items()}
