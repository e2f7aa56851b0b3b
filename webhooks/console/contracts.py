"""Contracts and what is asked for about them; a retail company's staff answer here what they may answer in chat."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain.contracts import asking, consents, describing
from domain.contracts import desk as contract_desk
from domain.contracts.tables import KIND_NAMES, REQUEST_STATES, SIDE_NAMES, WHY_NAMES, Contract, Side
from domain.evidence_pack import may_take
from domain.market import months
from domain.packages.terms import Terms, lines
from domain.people.staff import Staff
from domain.registration.registration import Scene
from domain.sources.lookups import Facts
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page, page_number
from webhooks.guards import guarded


@guarded("staff")
def contracts() -> ResponseReturnValue:
    """Contracts by where they stand, the first to end first; the choice stands in the address."""
    show = request.args.get("show", "holding")
    show = show if show in contract_desk.CONTRACTS else "holding"
    with desk().store.read() as session:
        found = contract_desk.contracts(session, me(), show, _month(), page_number())
        counts = contract_desk.contract_counts(session, me(), _month())
        return page(
            "contracts.html",
            found=found,
            show=show,
            shows=contract_desk.CONTRACTS,
            counts=counts,
            number=page_number(),
            **_words(),
        )


@guarded("staff")
def contract(contract_id: int) -> ResponseReturnValue:
    """One contract: its terms and months, what was asked for and told about it, what is on record."""
    with desk().store.read() as session:
        row = contract_desk.contract(session, me(), contract_id)
        if row is None:
            abort(404)
        asked, told, facts = contract_desk.about(session, row)
        return page(
            "contract.html",
            it=row,
            facts=lines(Terms.from_json(row.terms)),
            asked=asked,
            told=told,
            record=facts,
            **_words(),
        )


@guarded("staff")
def contract_requests() -> ResponseReturnValue:
    """What is asked for about contracts, by where it stands."""
    with desk().store.read() as session:
        counts = contract_desk.request_counts(session, me())
        show = request.args.get("show", "mine" if counts["mine"] else "open")
        show = show if show in contract_desk.REQUESTS else "open"
        found = contract_desk.requests(session, me(), show, page_number())
        return page(
            "contract_requests.html",
            found=found,
            show=show,
            shows=contract_desk.REQUESTS,
            counts=counts,
            number=page_number(),
            **_words(),
        )


@guarded("staff")
def contract_request(request_id: int) -> ResponseReturnValue:
    """One request as all are shown it, who has said what, and answering it for the own company."""
    with desk().store.read() as session:
        row = contract_desk.request(session, me(), request_id)
        if row is None:
            abort(404)
        return page(
            "contract_request.html",
            may_take_evidence=may_take(me()),
            it=row,
            mine=contract_desk.mine(session, me(), row),
            **_words(),
        )


@guarded("staff")
def answer_request(request_id: int) -> ResponseReturnValue:
    """The own company's yes or no to exactly what is shown; a yes wants the box that says that it was read."""
    app, form = desk(), request.form
    yes = form.get("answer") == "yes"
    with app.store.write() as session:
        row = contract_desk.request(session, me(), request_id, lock=True)
        if row is None:
            abort(404)
        consent = contract_desk.mine(session, me(), row)
        if consent is None or form.get("answer") not in ("yes", "no"):
            said = "这件事已经答复过或已了结，没有再改变什么。"
        elif form.get("digest") != row.digest or (yes and form.get("read") != "yes"):
            said = "请先核对内容并勾选“已核对”，还没有算答复。"
        else:
            staff = session.get_one(Staff, me().id)
            proof = {"channel": "console", "message": f"console:{row.number}:{row.digest[:12]}"}
            word = consents.Word(Side(consent.side), yes, f"staff:{staff.id}", proof)
            said = asking.take(session, row, word, Scene(app.clock(), Facts(), app.random))
    ring(app, app.clock())
    flash(said, "good" if "记下" in said or "已办好" in said else "bad")
    return redirect(url_for("console.contract_request", request_id=request_id))


def _month() -> int:
    return months.month_of(local_day(desk().clock()))


def _words() -> dict[str, object]:
    return {
        "kinds": KIND_NAMES,
        "states": REQUEST_STATES,
        "sides": SIDE_NAMES,
        "month_words": months.words,
        "deadline": describing.when,
        "ended": WHY_NAMES,
        "standing": _standing,
    }


def _standing(row: Contract) -> str:
    """Where a contract stands, in a word."""
    now = _month()
    if row.last_month < now:
        return WHY_NAMES.get(row.why_ended, "已结束") if row.why_ended else "已结束"
    return "未开始" if row.first_month > now else "执行中"
