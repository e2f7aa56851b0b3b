"""Groups of companies, and what another trading unit would change: the administrators' pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.groups import group_desk, groups
from domain.groups.groups import Group, GroupMember, NoGroup
from domain.groups.unit_change import running
from domain.groups.unit_preview import preview
from domain.groups.units import KINDS, MEANING, kind_now
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded


@guarded("administrator")
def company_groups() -> ResponseReturnValue:
    """Every group; POST makes one, led by the company of an order."""
    if request.method == "POST":
        number, name = request.form.get("number", "")[:40], request.form.get("name", "")[:60]
        return _change(
            lambda session, who, now: groups.found(session, name, group_desk.order(session, number), who, now),
            "集团已建立",
        )
    with desk().store.read() as session:
        rows = [(each, each.live()) for each in groups.groups(session)]
    return page("groups.html", rows=rows)


@guarded("administrator")
def company_group(group_id: int) -> ResponseReturnValue:
    """One group: its companies with their accounts by bureau and stage, and their representative registrations."""
    with desk().store.read() as session:
        group = session.get(Group, group_id)
        if group is None:
            abort(404)
        return page("group.html", group=group, companies=group_desk.companies(session, group))


@guarded("administrator")
def group_change(group_id: int) -> ResponseReturnValue:
    """A company joins, leaves, or gets another representative registration."""
    act, number = request.form.get("act", ""), request.form.get("number", "")[:40]
    member_id = request.form.get("member", 0, type=int)

    def change(session: Session, who: str, now: datetime) -> object:
        group = session.get_one(Group, group_id)
        member = session.get(GroupMember, member_id)
        if act == "add":
            return groups.add(session, group, group_desk.order(session, number), who, now)
        if member is None or member.group_id != group_id:
            raise NoGroup("这家企业已不在集团里，请刷新")
        if act == "choose":
            return groups.choose(session, member, group_desk.order(session, number), who, now)
        return groups.remove(session, member, who, now)

    return _change(change, "已保存", group_id)


@guarded("administrator")
def trading_unit() -> ResponseReturnValue:
    """What another trading unit would change, before it is saved."""
    word = request.args.get("value", "")
    if word not in KINDS:
        abort(404)
    with desk().store.read() as session:
        words = {kind: name for name, kind in KINDS.items()}
        shown = {"word": word, "old": words[kind_now(session)], "meaning": MEANING[KINDS[word]]}
        held = running(session, desk().clock())
        it, groups = preview(session, KINDS[word]), group_desk.has_any(session)
        return page("unit.html", it=it, groups=groups, running=held, **shown)


def _change(
    act: Callable[[Session, str, datetime], object], done: str, group_id: int | None = None
) -> ResponseReturnValue:
    app = desk()
    try:
        with app.store.write() as session:
            act(session, f"staff:{me().id}", app.clock())
    except NoGroup as refused:
        flash(str(refused), "bad")
    else:
        flash(done, "good")
    if group_id is None:
        return redirect(url_for("console.company_groups"))
    return redirect(url_for("console.company_group", group_id=group_id))
