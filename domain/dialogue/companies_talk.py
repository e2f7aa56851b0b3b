"""“有哪些售电公司”: who sells here and what is known of each; and the packages of one that was named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from domain.contracts import contracts
from domain.dialogue.choosing import PACKAGES, chosen, units
from domain.dialogue.topics import PROGRESS
from domain.market import months
from domain.market.retailers import Retailer
from domain.messages.messages import InboundMessage, Option, Say
from domain.names import called_in
from domain.packages import compare, offers
from domain.packages.tables import PackageVersion
from domain.packages.terms import yuan
from domain.registration.registration import Scene
from domain.workdays import local_day

SHOWN = 8  # companies in one answer, and packages of one company


def companies(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The retail companies that take new users, in the order of their codes. `argument`: words that may name one."""
    sellers = _sellers(session, scene)
    if not sellers:
        return [Say("现在没有在售的套餐，请过几天再看。", [PROGRESS])]
    named = [each for each in sellers if argument and called_in(each.name, argument)]
    if len(named) == 1:
        return [_one(session, inbound, named[0], sellers[named[0]], scene)]
    shown = named or list(sellers)
    lines = [_line(each, len(sellers[each])) for each in shown[:SHOWN]]
    if len(shown) > SHOWN:
        lines.append(f"还有{len(shown) - SHOWN}家，发公司名字就能看。")
    taps = [Option(each.name[:20], f"cmd:companies:{each.name}") for each in shown[:SHOWN]]
    head = f"现在有{len(sellers)}家售电公司在接新用户（按编号排，不分先后）："
    short = f"有{len(sellers)}家售电公司在接新用户\n发公司名字看它的套餐，回复“推荐”看哪个合适"
    return [Say("\n".join([head, *lines]), [*taps, Option("推荐套餐", "cmd:recommend")], short)]


def change_company(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The same for who has a contract already: with whom, until when, and that a change begins with a choice."""
    says = companies(session, inbound, argument, scene)
    application = chosen(units(session, inbound.address.contact_id), "")
    held = contracts.of_application(session, application, scene.now) if application is not None else None
    if held is None:
        return says
    now = f"贵单位现在是{held.version.package.retailer.name}，到{months.words(held.last_month)}。选好新的再问您何时换。"
    return [Say(f"{now}\n{says[0].text}", says[0].options, f"{now}\n{says[0].short or says[0].text}"), *says[1:]]


def _sellers(session: Session, scene: Scene) -> dict[Retailer, list[PackageVersion]]:
    offered = sorted(offers.offered(session, local_day(scene.now)), key=lambda each: each.package.retailer.code)
    return {seller: list(rows) for seller, rows in groupby(offered, key=lambda each: each.package.retailer)}


def _line(of: Retailer, count: int) -> str:
    score = f"，服务评分{of.service_score}" if of.service_score is not None else ""
    phone = f"，电话{of.phone}" if of.phone else ""
    return f"· {of.name}：在售{count}个套餐{score}{phone}"


def _one(
    session: Session, inbound: InboundMessage, of: Retailer, versions: Sequence[PackageVersion], scene: Scene
) -> Say:
    application = chosen(units(session, inbound.address.contact_id), "")
    mark, number = ((application.account_mark or ""), str(application.id)) if application is not None else ("", "")
    made = compare.compare(session, mark, versions, scene.now)
    shown = made.packages[:SHOWN]
    lines = [f"· “{each.name}”（{each.code.partition('-')[0]}），约 {yuan(each.yuan)} 元" for each in shown]
    taps = [
        Option(f"{each.code.partition('-')[0]} {each.name}"[:20], f"cmd:package:{each.code}/{number}") for each in shown
    ]
    about = [of.about] if of.about else []
    text = "\n".join([_line(of, len(versions)).removeprefix("· "), *about, f"{made.basis}：", *lines])
    return Say(text, [*taps, PACKAGES], "\n".join(compare.sms_lines(made)))


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "companies": companies,
    "change_company": change_company,
}
