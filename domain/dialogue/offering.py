"""A retail company's staff propose a package to a user from chat: they sign first, then the user is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import asking, consents, contracts, describing, requests
from domain.contracts.tables import Contract, RequestKind, Side
from domain.contracts.wishes import RETAIL, NotPossible, Wish
from domain.groups.units import unit_of
from domain.market import months
from domain.market.retailers import Retailer
from domain.messages.messages import InboundMessage, Option, Say
from domain.packages import offers
from domain.packages.tables import PackageVersion
from domain.private import fingerprint
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.workdays import local_day

TODO = Option("待办", "cmd:todo")
_SPOKEN = re.compile(r"提议[\s:：]*(\S+)[\s,，]+(P\d{4,}(?:-\d+)?)", re.IGNORECASE)
_HOW = "请这样写：提议 用户 套餐，例如“提议 HT20261201000001 P0002”。用户可以写合同编号、申请编号或16位户号。"
_NOBODY = "没有找到可以提议的用户，请核对编号。用户要在零售市场，合同编号要是贵公司的。"


def spoken(text: str) -> str:
    """What a typed proposal names, as the command takes it: the user and the package. Empty: it is none."""
    found = _SPOKEN.fullmatch(text.strip())
    return f"{found[1].upper()}/{found[2].upper()}" if found else ""


def offer(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Propose a package to a user. `argument`: the user, the package, and now or end where a contract is changed."""
    contact_id = inbound.address.contact_id
    who = f"contact:{contact_id}"
    companies = consents.retailers_of(session, who)
    if not companies:
        return [Say("“提议”是给售电公司工作人员用的。想看套餐，回复“套餐”。")]
    named, code, when = [*argument.split("/"), "", "", ""][:3]
    version = offers.version(session, code) if code else None
    if version is None or version.package.retailer_id not in {each.id for each in companies}:
        return [Say(_HOW if not code else f"贵公司没有编号 {code} 的在售套餐。{_HOW}", [TODO])]
    application = _user(session, named, companies)
    if application is None:
        return [Say(_NOBODY, [TODO])]
    old = contracts.last(session, unit_of(session, application).mark, months.month_of(local_day(scene.now)))
    if old is not None and when not in ("now", "end"):
        return [_now_or_later(old, version, f"{named}/{code}")]
    kind, side = _what(old, version)
    try:
        wish = Wish(kind, application, version, inside=old is not None and when == "now")
        row = requests.propose(session, wish, side, who, scene.now)
    except NotPossible as impossible:
        return [Say(str(impossible), [TODO])]
    mine = requests.consent_of(row, side)
    if mine is not None and mine.answer:
        return [Say(f"这件事已经提出过（{row.number}），在等对方答复，最迟{describing.when(row.deadline)}。", [TODO])]
    return [asking.ask_proposer(session, row, contact_id, scene)]


def _what(old: Contract | None, version: PackageVersion) -> tuple[RequestKind, Side]:
    """What it is to the user, and on which side the company is."""
    if old is None:
        return RequestKind.BIND, Side.NEW
    if old.retailer_id == version.package.retailer_id:
        return RequestKind.PACKAGE, Side.OLD
    return RequestKind.COMPANY, Side.NEW


def _user(session: Session, named: str, companies: Sequence[Retailer]) -> Application | None:
    """The user that is named: by a contract of the own company, by the order, or by the account. What is not there and
    what is not theirs to see are the same."""
    ours = [each.id for each in companies]
    if named.startswith("HT"):
        row = session.scalar(select(Contract).where(Contract.number == named, Contract.retailer_id.in_(ours)))
        return row.application if row is not None else None
    by = Application.account_mark == fingerprint("account", named) if named.isdecimal() else Application.number == named
    return session.scalar(select(Application).where(by, Application.stage.in_(RETAIL)).order_by(Application.id.desc()))


def _now_or_later(old: Contract, version: PackageVersion, argument: str) -> Say:
    mine = old.retailer_id == version.package.retailer_id
    others = "" if mine else "和现在的售电公司"
    text = f"提议改用“{version.package.name}”，从什么时候起？\n从下月起：要用户{others}同意。\n到期后：只要用户同意。"
    taps = [
        Option("从下月起", f"cmd:offer:{argument}/now"),
        Option("到期后", f"cmd:offer:{argument}/end"),
        Option("不提了", "cmd:todo"),
    ]
    return Say(text, taps)


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {"offer": offer}
