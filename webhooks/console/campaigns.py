"""Campaigns: what runs, how it goes, beginning and stopping one."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.market import campaigns as market
from domain.people.staff import Staff
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded


@guarded("administrator")
def campaigns() -> ResponseReturnValue:
    """All campaigns with how they go; a new one is begun. What was typed stays on the page when it is refused."""
    if request.method == "GET":
        return _shown()
    form = request.form
    plan = market.Plan(
        title=form.get("title", ""),
        audience=form.get("audience", ""),
        starts=_day(form.get("starts", "")),
        before=_day(form.get("before", "")),
        steps=form.get("steps", ""),
        then=form.get("then", ""),
    )
    try:
        with desk().store.write() as session:
            market.begin(session, plan, session.get_one(Staff, me().id), desk().clock())
    except market.BadCampaign as bad:
        flash(str(bad), "bad")
        return _shown(typed=form.to_dict()), 400
    flash("活动已开始，到了提醒的日子会自动发出。", "good")
    return redirect(url_for("console.campaigns"))


@guarded("administrator")
def stop_campaign(campaign_id: int) -> ResponseReturnValue:
    """No prompt of it any more."""
    with desk().store.write() as session:
        campaign = session.get(market.Campaign, campaign_id)
        if campaign is None:
            abort(404)
        market.stop(session, campaign, session.get_one(Staff, me().id), desk().clock())
    flash("活动已停止，不会再发提醒。", "good")
    return redirect(url_for("console.campaigns"))


def _shown(typed: dict[str, str] | None = None) -> str:
    today = local_day(desk().clock())
    with desk().store.read() as session:
        rows = [(each, each.state(today), market.progress(session, each)) for each in market.campaigns(session)]
    return page("campaigns.html", rows=rows, typed=typed or {}, audiences=market.AUDIENCES, today=today)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
