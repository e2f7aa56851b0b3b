"""A retail company's staff propose a package to a user from chat: they sign first, then the user is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from domain.contracts import consents, contracts, proposing
from domain.contracts.tables import Contract
from domain.messages.messages import InboundMessage, Option, Say
from domain.packages import offers
from domain.packages.tables import PackageVersion
from domain.registration.registration import Scene

TODO = Option("待办", "cmd:todo")
_SPOKEN = re.compile(r"提议[\s:：]*(\S+)[\s,，]+(P\d{4,}(?:-\d+)?)", re.IGNORECASE)
_HOW = "请这样写：提议 用户 套餐，例如“提议 HT20261201000001 P0002”。用户可以写合同编号、申请编号或16位户号。"


def spoken(text: str) -> str:
    """What a typed proposal names, as the command takes it: the user and the package. Empty: it is none."""
    found = _SPOKEN.fullmatch(text.strip())
    return f"{found[1].upper()}/{found[2].upper()}" if found else ""


def offer(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Propose a package to a user. `argument`: the user, the package, and now or end where a contract is changed."""
    contact_id = inbound.address.contact_id
    companies = consents.retailers_of(session, f"contact:{contact_id}")
    if not companies:
        return [Say("“提议”是给售电公司工作人员用的。想看套餐，回复“套餐”。")]
    named, code, when = [*argument.split("/"), "", "", ""][:3]
    version = offers.version(session, code) if code else None
    if version is None or version.package.retailer_id not in {each.id for each in companies}:
        return [Say(_HOW if not code else f"贵公司没有编号 {code} 的在售套餐。{_HOW}", [TODO])]
    application = proposing.user_of(session, named, companies)
    if application is None:
        return [Say(proposing.NOBODY, [TODO])]
    old = contracts.of_application(session, application, scene.now)
    if old is not None and when not in proposing.BEGINS:
        return [_now_or_later(old, version, f"{named}/{code}")]
    wish, side = proposing.wish_of(application, version, old, when)
    return proposing.sign(session, wish, side, contact_id, scene, [TODO])


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
