"""Packages on the console: retail companies keep their own, the trading centre approves or refuses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.turn import ring
from domain.market import roll
from domain.market.retailers import Retailer
from domain.packages import catalogue, facts_card
from domain.packages.catalogue import Author
from domain.packages.kinds import KEYS, KIND_NAMES, LEAVING_NAMES, Kind, Part, key_name
from domain.packages.tables import VERSION_STATES, Package, PackageVersion, VersionState
from domain.packages.terms import BadTerms, Terms, price_words
from domain.people.staff import OrganisationKind, Staff
from domain.review.review import NotAllowed
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page, page_number
from webhooks.guards import guarded

FIELDS = ("name", "months", "reference", "share", "green_percent", "green_premium", "leaving", "leaving_fee")
_MORE = ("notice_days", "offered_from", "offered_to")


@guarded("staff")
def packages() -> ResponseReturnValue:
    """A company's own packages; for the trading centre what waits, and with a filter in the address all the others."""
    with desk().store.read() as session:
        if catalogue.is_centre(me()):
            return _for_centre(session)
        if me().organisation.kind != OrganisationKind.RETAILER:
            abort(403)
        company = roll.of_code(session, me().organisation.code)
        kept = catalogue.packages_of(session, company.id) if company is not None else []
        return page("packages.html", it=company, rows=[each for each in kept if each.versions], **_words())


def _for_centre(session: Session) -> str:
    waiting = len(catalogue.waiting(session))
    state, company = request.args.get("state", ""), request.args.get("company", 0, type=int)
    state = state if state in (*VERSION_STATES, "all") else VersionState.SUBMITTED
    found, total = catalogue.seen_by_centre(session, "" if state == "all" else state, company, page_number())
    companies = [(each.id, each.name, None) for each in roll.listed(session)]
    return page(
        "packages_centre.html",
        rows=found,
        total=total,
        pages=max(1, -(-total // catalogue.PAGE)),
        number=page_number(),
        kept={"state": state, **({"company": company} if company else {})},
        link=lambda **changed: url_for("console.packages", **{"state": state, "company": company or None, **changed}),
        state=state,
        company=company,
        companies=companies,
        waiting=waiting,
        **_words(),
    )


@guarded("staff")
def package(version_id: int) -> ResponseReturnValue:
    """One version as users see it, what became of it, and what may be done with it."""
    with desk().store.read() as session:
        it = _visible(session, version_id)
        card = facts_card.card(session, it, local_day(desk().clock()))
        others = [each for each in it.package.versions if not _is_hidden(each)]
        mine = it.package.retailer.organisation_id == me().organisation_id
        centre = catalogue.is_centre(me())
        return page("package.html", it=it, card=card, others=others, mine=mine, centre=centre, **_words())


@guarded("staff")
def new_package() -> ResponseReturnValue:
    """A new package: first its kind of price, by a link, then the rest. POST writes the draft."""
    with desk().store.read() as session:
        author = _author(session)
        if request.method == "GET":
            return _form(None, author.retailer, {"kind": request.args.get("kind", Kind.FIXED)}, {})
    return _write(None)


@guarded("staff")
def edit_package(package_id: int) -> ResponseReturnValue:
    """The draft of a package, or a new version that begins as the newest one is. POST writes it."""
    with desk().store.read() as session:
        found = _own(session, package_id)
        if request.method == "GET":
            return _form(found, found.retailer, _as_typed(found.versions[-1], request.args.get("kind", "")), {})
    return _write(package_id)


@guarded("staff")
def submit_package(version_id: int) -> ResponseReturnValue:
    """Hand a draft in."""
    return _act(version_id, _by_author(catalogue.submit), "已提交，等交易中心审核。")


@guarded("staff")
def take_package_back(version_id: int) -> ResponseReturnValue:
    """Take it back before it is decided on."""
    return _act(version_id, _by_author(catalogue.take_back), "已撤回，现在是草稿。")


@guarded("staff")
def withdraw_package(version_id: int) -> ResponseReturnValue:
    """Offer it no more."""
    return _act(version_id, _by_author(catalogue.withdraw), "已下架，用户不能再选；已签的合同不受影响。")


@guarded("staff")
def decide_package(version_id: int) -> ResponseReturnValue:
    """The trading centre approves or refuses."""
    why = request.form.get("why", "")[:400]
    if request.form.get("decision") == "refuse":
        return _act(
            version_id, lambda s, staff, it, now: catalogue.refuse(s, staff, it, why, now), "已退回给售电公司。"
        )
    return _act(version_id, catalogue.approve, "已通过，到可选日期用户就能看到。")


def _by_author(act: Callable[[Session, Author, PackageVersion, datetime], None]) -> Callable[..., None]:
    """An act of a company's, by whoever is logged in."""

    def by_staff(session: Session, staff: Staff, it: PackageVersion, now: datetime) -> None:
        act(session, catalogue.author_of(session, staff), it, now)

    return by_staff


def _act(version_id: int, act: Callable[..., None], done: str) -> ResponseReturnValue:
    app = desk()
    try:
        with app.store.write() as session:
            _visible(session, version_id)
            it = catalogue.locked(session, version_id) or abort(404)
            act(session, me(), it, app.clock())
        ring(app, app.clock())
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        flash(done, "good")
    return redirect(url_for("console.package", version_id=version_id))


def _write(package_id: int | None) -> ResponseReturnValue:
    """Keep the draft that was typed; where it cannot be, the form again with what is wrong."""
    app, typed = desk(), request.form.to_dict()
    try:
        with app.store.write() as session:
            author = _author(session)
            found = _own(session, package_id) if package_id is not None else None
            draft = catalogue.read_draft(_from_form(typed))
            number = catalogue.write(session, author, found, draft, app.clock()).id
    except BadTerms as bad:
        problems = bad.problems
    except NotAllowed as refused:
        problems = {"": str(refused)}
    else:
        flash("草稿已保存。请在下面核对用户会看到的样子，再提交审核。", "good")
        return redirect(url_for("console.package", version_id=number))
    with app.store.read() as session:
        found = _own(session, package_id) if package_id is not None else None
        return _form(found, _author(session).retailer, typed, problems), 400


def _form(found: Package | None, of: Retailer, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    kind = typed.get("kind", "")
    kind = kind if kind in KIND_NAMES else str(Kind.FIXED)
    prices = [(key, key_name(key) or "电价") for key in KEYS[kind]]
    rows = [prices[first : first + len(Part)] for first in range(0, len(prices), len(Part))]
    shown = {"it": found, "company": of, "typed": typed, "problems": problems, "kind": kind, "rows": rows}
    return page("package_form.html", **shown, **_words())


def _from_form(typed: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as programs write terms."""
    kind = typed.get("kind", "")
    prices = {key: typed.get(f"prices.{key}", "") for key in KEYS.get(kind, ())}
    return {"kind": kind, "prices": prices, **{name: typed.get(name, "")[:60] for name in (*FIELDS, *_MORE)}}


def _as_typed(version: PackageVersion, kind: str) -> dict[str, str]:
    """A version as it stands in the form; of another kind, its prices aside."""
    kept = Terms.from_json(version.terms).to_json()
    typed = {name: str(kept[name]) for name in FIELDS[1:] if kept[name] is not None} | {"kind": kept["kind"]}
    typed |= {f"prices.{key}": price for key, price in kept["prices"].items()} | {"name": version.package.name}
    typed |= {"notice_days": str(kept["notice_days"]), "offered_from": version.offered_from.isoformat()}
    typed["offered_to"] = version.offered_to.isoformat() if version.offered_to else ""
    return typed | ({"kind": kind} if kind in KIND_NAMES else {})


def _author(session: Session) -> Author:
    """Who acts for their company; for others there is no such page."""
    try:
        return catalogue.author_of(session, me())
    except NotAllowed:
        abort(403)


def _own(session: Session, package_id: int) -> Package:
    query = select(Package).join(Retailer).where(Package.id == package_id)
    found = session.scalar(query.where(Retailer.organisation_id == me().organisation_id))
    if found is None or not found.versions or me().organisation.kind != OrganisationKind.RETAILER:
        abort(404)
    return found


def _visible(session: Session, version_id: int) -> PackageVersion:
    """A version that whoever is logged in may see: their own company's, or for the centre one that was handed in."""
    found = session.get(PackageVersion, version_id)
    if found is None or _is_hidden(found):
        abort(404)
    return found


def _is_hidden(version: PackageVersion) -> bool:
    if catalogue.is_centre(me()):
        return version.state == VersionState.DRAFT
    return version.package.retailer.organisation_id != me().organisation_id


def _words() -> dict[str, Any]:
    return {
        "states": VERSION_STATES,
        "kinds": KIND_NAMES,
        "leavings": LEAVING_NAMES,
        "terms_of": lambda version: Terms.from_json(version.terms),
        "price_words": price_words,
    }
