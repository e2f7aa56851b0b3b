"""Choosing in chat: what is on offer as money, one package closely, and the wish that everybody is then asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from domain.contracts import contracts, proposing
from domain.contracts.tables import Contract, RequestKind, Side
from domain.contracts.wishes import RETAIL, Wish
from domain.dialogue.stated import doubts, kwh
from domain.dialogue.topics import PROGRESS
from domain.groups.units import unit_of
from domain.market import months
from domain.messages.messages import InboundMessage, Option, Say
from domain.packages import compare, facts_card, offers, recommend
from domain.packages.tables import PackageVersion
from domain.packages.terms import yuan
from domain.people.authority import Level, authorities_of, may
from domain.registration.applications import Application, of_contact
from domain.registration.registration import Scene
from domain.workdays import local_day

PACKAGES, CONTRACT = Option("看套餐", "cmd:packages"), Option("我的合同", "cmd:contract")
PAGE = 5
UNBOUND = "选好后要售电公司接受、双方都签了才算绑定；在那之前尚未注册完成，暂不能开展业务。"


def packages(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What is on offer as money on the own last months, the cheapest first, equals by a draw; on what it was counted is
    said. `argument`: the application, the page, and the kWh of a year that were stated."""
    mine = units(session, inbound.address.contact_id)
    number, page, stated = [*argument.split("/"), "", ""][:3]
    application = chosen(mine, number)
    if len(mine) > 1 and application is None:
        return [which(mine, "packages", f"//{stated}" if stated else "")]
    made = _compared(session, application, scene, stated)
    if not made.packages:
        return [Say("现在没有在售的套餐，请过几天再看。", [PROGRESS])]
    first = (int(page) - 1) * PAGE if page.isdecimal() and int(page) else 0
    shown = made.packages[first : first + PAGE]
    if not shown:
        return [Say("没有更多套餐了。", [PACKAGES])]
    of = str(application.id) if application is not None else ""
    lines = [*(_line(each) for each in shown), *compare.cautions(made), *doubts(stated)]
    taps = [
        Option(f"{each.code.partition('-')[0]} {each.name}"[:20], f"cmd:package:{each.code}/{of}") for each in shown
    ]
    taps.append(Option("推荐和比较", f"cmd:recommend:{of}/{stated}".rstrip("/")))
    if first + PAGE < len(made.packages):
        taps.append(Option("更多", f"cmd:packages:{of}/{first // PAGE + 2}/{stated}".rstrip("/")))
    head = f"{made.basis}，电能量费从低到高，共{len(made.packages)}个："
    if len(made.packages) > 1:
        two = "和".join(each.code.partition("-")[0] for each in made.packages[:2])
        lines.append(f"要比较两三个，回复编号，例如“比较{two}”。")
    short = "\n".join([*compare.sms_lines(made)[:3], "回复编号看一个，回复“推荐”看推荐"])
    return [Say("\n".join([head, *lines]), taps, short)]


def recommended(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Which to look at first and why, with figures, and the best few as a picture. `argument`: the application, and
    the kWh of a year that were stated."""
    mine = units(session, inbound.address.contact_id)
    number, _, stated = argument.partition("/")
    application = chosen(mine, number)
    if len(mine) > 1 and application is None:
        return [which(mine, "recommend", f"/{stated}" if stated else "")]
    made = _compared(session, application, scene, stated)
    if not made.packages:
        return [Say("现在没有在售的套餐，请过几天再看。", [PROGRESS])]
    said = recommend.recommend(session, made)
    best = [each.package.code for each in said.ranked[: compare.PICTURE]]
    of = str(application.id) if application is not None else ""
    taps = [Option(f"看 {code.partition('-')[0]}", f"cmd:package:{code}/{of}") for code in best]
    lines = [*recommend.text_lines(said), *compare.text_lines(made.only(best)), *doubts(stated)]
    picture = compare.picture(made.only(best)) if len(best) > 1 else None
    short = "\n".join([said.sentence, *compare.sms_lines(made.only(best))])
    return [Say("\n".join(lines), [*taps, PACKAGES], short, picture=picture)]


def package(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """One package closely: the facts card, what it would have cost the user, and choosing it. `argument`: its code, the
    application, and the kWh of a year that were stated."""
    code, number, stated = [*argument.split("/"), "", ""][:3]
    version = offers.public(session, code)
    if version is None:
        return [Say("没有找到这个套餐，请从列表里选。", [PACKAGES])]
    of = facts_card.card(session, version, local_day(scene.now))
    application = chosen(units(session, inbound.address.contact_id), number)
    lines = facts_card.text_lines(of)
    if application is not None or kwh(stated):
        mark = (application.account_mark or "") if application is not None else ""
        made = compare.compare(session, mark, [version], scene.now, stated=kwh(stated))
        lines.append(f"{made.basis}：约 {yuan(made.packages[0].yuan)} 元")
    lines += doubts(stated)
    taps = [PACKAGES]
    if application is not None and of.offered:
        taps.insert(0, Option("选这个", f"cmd:choose:{of.code}/{application.id}"))
    if application is not None and _is_another(session, application, version, scene):
        taps.insert(-1, Option("和现在的比", f"cmd:compare_now:{of.code}/{application.id}"))
    if application is None:
        lines.append("注册审核通过、进入零售市场后就能选。")
    return [Say("\n".join(lines), taps, facts_card.short(of))]


def choose(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Choose a package: at once where there is no contract; else it is asked whether now or when the contract ends."""
    code, number, when = [*argument.split("/"), "", ""][:3]
    version, contact_id = offers.public(session, code), inbound.address.contact_id
    application = chosen(units(session, contact_id), number)
    if version is None or application is None:
        return [Say("现在还不能选，请先看看进度。", [PROGRESS, PACKAGES])]
    old = _contract(session, application, scene)
    if old is None:
        return ask_for(session, Wish(RequestKind.BIND, application, version), contact_id, scene, UNBOUND)
    same = version.package.retailer_id == old.retailer_id
    kind = RequestKind.PACKAGE if same else RequestKind.COMPANY
    if when not in ("now", "end"):
        return [_now_or_later(old, version, kind, f"{code}/{number}", scene)]
    return ask_for(session, Wish(kind, application, version, inside=when == "now"), contact_id, scene)


def ask_for(session: Session, wish: Wish, contact_id: int, scene: Scene, first: str = "") -> list[Say]:
    """Make the request, and ask who is talking to sign it. What cannot be is said with the way out."""
    asked = proposing.sign(session, wish, Side.USER, contact_id, scene, [CONTRACT, PACKAGES])
    return [Say(first), *asked] if first and asked[0].question_id is not None else asked


def units(session: Session, contact_id: int) -> list[Application]:
    """The applications in the retail market for which a contact may sign, one for each trading unit, newest first."""
    marks = {each.company_mark for each in authorities_of(session, contact_id)}
    able = [mark for mark in marks if may(session, contact_id, mark, Level.SIGN)]
    own = [each for each in of_contact(session, contact_id) if each.stage in RETAIL]
    others = (
        session.query(Application)
        .filter(Application.code_mark.in_(able), Application.stage.in_(RETAIL))
        .order_by(Application.id.desc())
    )
    by_unit: dict[str, Application] = {}
    for application in [*own, *others]:
        by_unit.setdefault(unit_of(session, application).mark, application)
    return list(by_unit.values())


def chosen(mine: list[Application], number: str) -> Application | None:
    """The application that was named, or the only one there is."""
    named = next((each for each in mine if str(each.id) == number), None)
    return named or (mine[0] if len(mine) == 1 else None)


def which(mine: list[Application], command: str, rest: str = "") -> Say:
    """For which unit, where a person signs for several. `rest` of the argument comes back with the answer."""
    taps = [Option(called(each), f"cmd:{command}:{each.id}{rest}") for each in mine[:8]]
    return Say("您能代表的有几个交易单元，要看哪一个？", taps)


def which_contract(mine: list[Application]) -> Say:
    """The same question about contracts."""
    return which(mine, "contract")


def called(application: Application) -> str:
    """An account as it is offered to somebody who speaks for several: the company, and how its number ends."""
    return f"{(application.value('name') or '')[:10]} 尾号{(application.value('account_number') or '')[-4:]}"


def _compared(session: Session, application: Application | None, scene: Scene, stated: str = "") -> compare.Comparison:
    """What is on offer, on what was stated, else on the months of an application's account, else on standard ones."""
    versions = offers.offered(session, local_day(scene.now))
    mark = (application.account_mark or "") if application is not None else ""
    return compare.compare(session, mark, versions, scene.now, stated=kwh(stated))


def _line(of: compare.Compared) -> str:
    code = of.code.partition("-")[0]
    return f"· {of.retailer}“{of.name}”（{code}），约 {yuan(of.yuan)} 元，合 {yuan(of.average)} 元/兆瓦时"


def _is_another(session: Session, application: Application, version: PackageVersion, scene: Scene) -> bool:
    """Whether there is a contract to compare a package with, and it is on another one."""
    old = contracts.of_application(session, application, scene.now)
    return old is not None and old.version_id != version.id


def _contract(session: Session, application: Application, scene: Scene) -> Contract | None:
    """The contract that a choice would change; one that ends with this month for good stands in nobody's way."""
    this_month = months.month_of(local_day(scene.now))
    row = contracts.of_application(session, application, scene.now)
    return row if row is not None and (row.last_month > this_month or not row.renewal) else None


def _now_or_later(old: Contract, version: PackageVersion, kind: RequestKind, argument: str, scene: Scene) -> Say:
    of = old.version.package
    begins = months.words(months.month_of(local_day(scene.now)) + 1)
    who = "现在的售电公司" if kind == RequestKind.PACKAGE else "现在和新的两家售电公司"
    later = "也要它同意" if kind == RequestKind.PACKAGE else "只要新的公司同意"
    text = (
        f"贵单位现在是{of.retailer.name}“{of.name}”，到{months.words(old.last_month)}。\n"
        f"换成{version.package.retailer.name}“{version.package.name}”，从什么时候起？\n"
        f"从{begins}起：要{who}同意。\n到期后：{later}。"
    )
    taps = [
        Option(f"从{begins}起", f"cmd:choose:{argument}/now"),
        Option("到期后", f"cmd:choose:{argument}/end"),
        Option("不换了", "cmd:contract"),
    ]
    return Say(text, taps)


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "packages": packages,
    "recommend": recommended,
    "package": package,
    "choose": choose,
}
WORDS: Mapping[str, str] = {
    "套餐": "packages", "看套餐": "packages", "选套餐": "packages", "售电公司": "companies", "选售电公司": "companies",
    "选择售电公司": "companies", "换套餐": "packages", "换公司": "change_company", "换售电公司": "change_company",
    "推荐": "recommend", "推荐套餐": "recommend", "比较": "recommend", "比较套餐": "recommend", "对比": "recommend",
}  # fmt: skip
