"""What every page of the console uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, render_template, request
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.app import App
from domain.calendars import missing_soon
from domain.messages.sms_invitations import may_invite
from domain.notices.outages import TITLES, shut
from domain.people.binding_desk import may_decide
from domain.people.desk import manages
from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration.applications import Application
from domain.review.review import may_see
from domain.talks.views import waiting_counts
from domain.workdays import local_day
from webhooks.console.send_errors import WORDS

MORE, MANAGED = "更多", "管理"  # menus of the frame; what is in the second is the administrators' alone
# The page, its title, and the menu that holds it; with an empty one it stands in the bar itself.
NAV = (
    ("queue", "审核", ""),
    ("talks", "会话", ""),
    ("messages", "消息", ""),
    ("packages", "套餐", ""),
    ("contract_requests", "合同事项", MORE),
    ("contracts", "零售合同", MORE),
    ("capacity_changes", "容量变化", MORE),
    ("retail_companies", "售电公司", MORE),
    ("market_prices", "市场均价", MORE),
    ("troubles", "常见问题", MORE),
    ("owed", "容缺", MORE),
    ("bindings", "绑定", MORE),
    ("invited", "邀请", MORE),
    ("people", "人员", MORE),
    ("many", "批量注册", MORE),
    ("company_groups", "集团", MANAGED),
    ("proxies", "代办方", MANAGED),
    ("rules", "规则", MANAGED),
    ("figures", "参数", MANAGED),
    ("modes", "审核方式", MANAGED),
    ("standard_replies", "标准回复", MANAGED),
    ("knowledge", "知识库", MANAGED),
    ("heard", "听懂了吗", MANAGED),
    ("calendar", "工作日历", MANAGED),
    ("campaigns", "催选活动", MANAGED),
    ("evidence", "证据链", MANAGED),
    ("health", "运行", MANAGED),
)

_OF_MARKET = ("packages", "retail_companies", "market_prices")
# What an organisation's people do not find in the frame; who is not named here finds nothing of the retail market.
_NOT_OF: Mapping[str, tuple[str, ...]] = {
    OrganisationKind.CENTRE: (),
    OrganisationKind.RETAILER: ("queue", "retail_companies", "capacity_changes", "troubles", "owed", "many"),
}


def desk() -> App:
    """The product's parts."""
    app: App = current_app.extensions["console"]
    return app


def me() -> Staff:
    """Who is logged in, as read at the beginning of the request."""
    staff: Staff = current_user.staff
    return staff


def page(template: str, **shown: Any) -> str:
    """A page of the console, with what its frame needs."""
    staff = me() if current_user.is_authenticated else None
    return render_template(
        f"console/{template}",
        me=staff,
        administrator=staff is not None and staff.role == Role.ADMINISTRATOR,
        nav=_nav(staff) if staff is not None else {},
        waiting_badge=waiting_badge,
        stopped=stopped,
        missing_years=missing_years,
        **shown,
    )


def _nav(staff: Staff) -> dict[str, list[tuple[str, str]]]:
    """The pages in the frame by menu; those about people only for whom they open, a menu only with something in it."""
    closed = set(_NOT_OF.get(staff.organisation.kind, _OF_MARKET))
    if not manages(staff, staff.organisation_id):
        closed.add("people")
    if not may_decide(staff):
        closed.add("bindings")
    if not may_invite(staff):
        closed.add("invited")
    menus: dict[str, list[tuple[str, str]]] = {}
    for endpoint, label, menu in NAV:
        if endpoint not in closed and (menu != MANAGED or staff.role == Role.ADMINISTRATOR):
            menus.setdefault(menu, []).append((endpoint, label))
    return menus


def waiting_badge() -> Markup:
    """The number of people who wait for staff, red where one has waited too long."""
    with desk().store.read() as session:
        count, late = waiting_counts(session, me(), desk().clock())
    return Markup(render_template("console/talks_waiting.html", count=count, late=late))


def stopped() -> list[tuple[str, str, str]]:
    """The ways out that are shut: what each is called, the code, and what the code means."""
    with desk().store.read() as session:
        return [(TITLES[gate.name], gate.code, WORDS.get(gate.code, "")) for gate in shut(session)]


def missing_years() -> list[int]:
    """The years without a working calendar that the next weeks reach."""
    with desk().store.read() as session:
        return missing_soon(session, local_day(desk().clock()))


def visible(session: Session, application_id: int, *, lock: bool = False) -> Application:
    """The application, if whoever is logged in may see it: a stranger's is as little there as none (404)."""
    query = may_see(me()).where(Application.id == application_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        abort(404)
    return found


def page_number() -> int:
    """The page asked for in the address, from 1 on."""
    return max(1, min(request.args.get("page", 1, type=int), 10_000))
