"""Packages side by side in chat: the two or three that were named, or one with what the user has now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from domain.contracts import contracts
from domain.contracts.tables import Contract
from domain.dialogue.choosing import CONTRACT, PACKAGES, chosen, units, which
from domain.dialogue.stated import doubts, kwh
from domain.market import months
from domain.messages.messages import InboundMessage, Option, Say
from domain.packages import compare, offers
from domain.packages.compare import Compared, Comparison
from domain.registration.registration import Scene
from domain.workdays import local_day

_LEAVING = "这里只比电能量费。合同没到期就换，可能要付提前终止的费用，选的时候会写明。"


def compared(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The two or three packages that were named, on the same months. `argument`: the application / the codes / the kWh
    of a year that were stated."""
    number, listed, stated = [*argument.split("/"), "", ""][:3]
    codes = listed.split(",")
    if not 2 <= len(codes) <= compare.PICTURE:
        return [Say(f"一次比较两到{compare.PICTURE}个套餐，例如回复“比较 P0001 P0002”。", [PACKAGES])]
    mine = units(session, inbound.address.contact_id)
    application = chosen(mine, number)
    if len(mine) > 1 and application is None:
        return [which(mine, "compare", f"/{listed}/{stated}".rstrip("/"))]
    found = {code: offers.public(session, code) for code in codes}
    if missing := [code for code, version in found.items() if version is None]:
        return [Say(f"没有找到套餐{'、'.join(missing)}，请从列表里选。", [PACKAGES])]
    mark = (application.account_mark or "") if application is not None else ""
    versions = [each for each in found.values() if each is not None]
    made = compare.compare(session, mark, versions, scene.now, stated=kwh(stated))
    if len(made.packages) < 2:  # one package, by two ways of writing its code
        return [Say("这是同一个套餐，请写两个不同的编号。", [PACKAGES])]
    of = str(application.id) if application is not None else ""
    taps = [Option(f"看 {each.code.partition('-')[0]}", f"cmd:package:{each.code}/{of}") for each in made.packages]
    short = "\n".join(compare.sms_lines(made))
    lines = [*compare.text_lines(made), *doubts(stated)]
    return [Say("\n".join(lines), [*taps, PACKAGES], short, picture=compare.picture(made))]


def with_present(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A package with the one of the contract in force, on the same months, and the difference in 元. `argument`: the
    code / the application."""
    code, _, number = argument.partition("/")
    application = chosen(units(session, inbound.address.contact_id), number)
    version = offers.public(session, code)
    old = contracts.of_application(session, application, scene.now) if application is not None else None
    if application is None or version is None or old is None:
        return [Say("现在没有零售合同可以比，先看看在售的套餐吧。", [PACKAGES])]
    if old.version_id == version.id:
        return [Say("这就是贵单位现在用的套餐。想和别的比，先看一个别的。", [PACKAGES, CONTRACT])]
    made = compare.compare(session, application.account_mark or "", [version, old.version], scene.now)
    by_code = {each.code: each for each in made.packages}
    new, now = by_code[offers.code_of(version)], by_code[offers.code_of(old.version)]
    lines = [_difference(new, now, made), *compare.text_lines(made), *_leaving(old, scene)]
    taps = [Option("选这个", f"cmd:choose:{new.code}/{application.id}")] if new.offered else []
    short = f"换{new.code}{_less_or_more(new.yuan - now.yuan)}（现在{now.code}约{compare.whole(now.yuan)}元）"
    return [Say("\n".join(lines), [*taps, PACKAGES, CONTRACT], short, picture=compare.picture(made))]


def _difference(new: Compared, now: Compared, made: Comparison) -> str:
    """What the change would mean in money, in one sentence."""
    basis = f"同样{len(made.used)}个月" if made.own else "同样的估算"
    return (
        f"换成{new.retailer}“{new.name}”{_less_or_more(new.yuan - now.yuan)}："
        f"{basis}约{compare.whole(new.yuan)}元，现在的{now.retailer}“{now.name}”约{compare.whole(now.yuan)}元。"
    )


def _less_or_more(difference: Decimal) -> str:
    if not difference:
        return "金额一样"
    return f"{'多' if difference > 0 else '少'}付{compare.whole(abs(difference))}元"


def _leaving(old: Contract, scene: Scene) -> list[str]:
    return [_LEAVING] if old.last_month > months.month_of(local_day(scene.now)) else []


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "compare": compared,
    "compare_now": with_present,
}
