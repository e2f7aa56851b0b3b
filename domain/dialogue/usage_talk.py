"""“我的用电量”: the energy of the last months as the marketing system settled it, and what the year may come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from domain.dialogue import stated
from domain.dialogue.choosing import PACKAGES, chosen, units, which
from domain.dialogue.topics import PROGRESS
from domain.market import months
from domain.messages.messages import InboundMessage, Option, Say
from domain.packages.bills import UsedMonth
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.usage.months import used
from domain.workdays import local_day

USAGE, FORECAST = Option("我的用电量", "cmd:usage"), Option("全年预计", "cmd:forecast")
MONTHS, KEPT = 12, 24
_BY_MONTH = "这里只有每个月的电量，没有某一天的。"


def usage(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The last twelve months, one line each, with their sum. `argument`: the application, and the months that were
    named, which are then told alone."""
    number, _, named = argument.partition("/")
    found = _account(session, inbound, number, "usage", f"/{named}" if named else "")
    if isinstance(found, Say):
        return [found]
    this_month = months.month_of(local_day(scene.now))
    if named and named != "day":
        return [_of_months(session, found, named, this_month)]
    known = used(session, found.account_mark or "", this_month, MONTHS)
    if not known:
        return [_nothing_yet(found)]
    total, highest = sum(each.kwh for each in known), max(known, key=lambda each: each.kwh)
    head = (
        f"户号尾号{_ending(found)}，{months.words(known[0].month)}到{months.words(known[-1].month)}"
        f"共{energy(total)}，月均{energy(total // len(known))}，{months.words(highest.month)}最多。"
    )
    lines = [f"{months.words(each.month)}：{energy(each.kwh)}" for each in known]
    missing = [] if len(known) == MONTHS else [f"其余{MONTHS - len(known)}个月营销系统还没有数据。"]
    by_month = [_BY_MONTH] if named == "day" else []
    return [Say("\n".join([*by_month, head, *lines, *missing]), [FORECAST, PACKAGES], head)]


def _of_months(session: Session, of: Application, named: str, this_month: int) -> Say:
    """The energy of the months that were named; of each that is not known, why."""
    if why := stated.refused(named):
        return Say(f"{why}。可以这样问：{months.words(this_month - 1)}用了多少度。", [USAGE])
    wanted = [months.parse(each) for each in named.split(",")][-KEPT:]
    known = {each.month: each.kwh for each in used(session, of.account_mark or "", this_month, KEPT)}
    lines = [f"{months.words(each)}：{_energy_or_why(each, known, this_month)}" for each in wanted]
    total = (
        [f"合计{energy(sum(known.get(each, 0) for each in wanted))}。"] if len(known.keys() & set(wanted)) > 1 else []
    )
    text = "\n".join([f"户号尾号{_ending(of)}：", *lines, *total])
    return Say(text, [USAGE, FORECAST], text)


def _energy_or_why(month: int, known: Mapping[int, int], this_month: int) -> str:
    if month >= this_month:
        return "这个月还没过完" if month == this_month else "还没到"
    return energy(known[month]) if month in known else "营销系统没有这个月的数据"


def forecast(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """This year: what is known, and for each month that is not yet, as much as in the last known one."""
    found = _account(session, inbound, argument, "forecast")
    if isinstance(found, Say):
        return [found]
    this_month = months.month_of(local_day(scene.now))
    year, first = this_month // 12, this_month // 12 * 12
    known = used(session, found.account_mark or "", this_month, MONTHS)
    if not known:
        return [_nothing_yet(found)]
    text = _forecast(found, [each for each in known if each.month >= first], known[-1], year)
    return [Say(text, [USAGE, PACKAGES])]


def _forecast(of: Application, in_year: Sequence[UsedMonth], last: UsedMonth, year: int) -> str:
    sofar, missing = sum(each.kwh for each in in_year), MONTHS - len(in_year)
    whole = sofar + missing * last.kwh
    return (
        f"户号尾号{_ending(of)}，{year}年已有{len(in_year)}个月的数据，共{energy(sofar)}。\n"
        f"其余{missing}个月按{months.words(last.month)}的{energy(last.kwh)}估，全年约{energy(whole)}。\n"
        "这是估计，不作结算依据；生产有变化以实际为准。"
    )


def energy(kwh: int) -> str:
    """Energy as people read it: 52.3万千瓦时 from 10,000 kWh on, else whole kWh."""
    return f"{kwh / 10_000:,.1f}万千瓦时" if kwh >= 10_000 else f"{kwh:,}千瓦时"


def _account(
    session: Session, inbound: InboundMessage, argument: str, command: str, rest: str = ""
) -> Application | Say:
    mine = units(session, inbound.address.contact_id)
    found = chosen(mine, argument)
    if found is not None:
        return found
    if mine:
        return which(mine, command, rest)
    return Say("注册审核通过以后，这里能看用电量。现在可以先看进度。", [PROGRESS])


def _nothing_yet(of: Application) -> Say:
    return Say(f"户号尾号{_ending(of)}的用电量还没有从营销系统取到，明天再来看看。", [PROGRESS, PACKAGES])


def _ending(of: Application) -> str:
    return (of.value("account_number") or "")[-4:]


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "usage": usage,
    "forecast": forecast,
}
WORDS: Mapping[str, str] = {
    "我的用电量": "usage", "用电量": "usage", "历史用电量": "usage", "查用电量": "usage", "全年预计": "forecast",
}  # fmt: skip
