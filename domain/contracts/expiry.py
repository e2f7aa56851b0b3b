"""The end of a contract: told to both sides in time, renewed by silence, stopped by a word of either; and what becomes
of contracts whose retail company is gone. Found by one indexed query, done one at a time; twice changes nothing.

The decisive notice comes at least so many whole trading months (a setting, one) before the end: for a contract that
runs to the end of December, on the last day of November at the latest. One goes out before it, one shortly before the
end. Each says what silence does; silence renews on the terms that the contract has, for the same length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, select, union_all
from sqlalchemy.orm import Session

from domain.contracts import asking, contracts, describing, requests
from domain.contracts.contracts import RENEWED, STOPPED
from domain.contracts.sides import signers, staff_in
from domain.contracts.tables import SIDE_NAMES, Contract, ContractNotice, ContractState, RequestState, Side, Why
from domain.contracts.wishes import RETAIL
from domain.evidence import record
from domain.market import months
from domain.market.retailers import Retailer, RetailerState
from domain.notices.notices import tell, tell_staff
from domain.packages.terms import Terms, price_words, yuan
from domain.registration.applications import Stage
from domain.review import steps
from domain.settings import figure
from domain.workdays import in_words, local_day

LATE = "没有按期提前告知"
GONE = (RetailerState.LICENCE_LOST, RetailerState.LEFT)


@dataclass(frozen=True, slots=True)
class Days:
    """When a contract's end is told, and from when on its renewal can no longer be stopped."""

    before: date | None
    decisive: date
    last: date | None
    closes: date

    def step(self, today: date) -> str:
        """The notice whose day has come: of several that were missed, the latest alone. Empty: none yet."""
        named = (("last", self.last), ("decisive", self.decisive), ("before", self.before))
        return next((name for name, day in named if day is not None and today >= day), "")


def days_of(session: Session, last_month: int) -> Days:
    """The days for contracts that run to the end of this month."""
    end = months.last_day(last_month)
    decisive = months.last_day(last_month - figure(session, "contract_notice_months"))
    before, last = figure(session, "contract_notice_before"), figure(session, "contract_notice_last")
    return Days(
        before=decisive - timedelta(days=before) if before else None,
        decisive=decisive,
        last=end - timedelta(days=last) if last else None,
        closes=end - timedelta(days=figure(session, "contract_renew_days")),
    )


def due(session: Session, today: date) -> list[int]:
    """The contracts about which something is to be done today, those that end first before the others: one statement
    that goes by the index of what ends, whatever else is in the store."""
    known = select(Contract.id, Contract.last_month).where(Contract.state == ContractState.SIGNED)
    parts = [known.where(each) for each in _what_ends(session, today)]
    gone = known.join(Retailer, Contract.retailer_id == Retailer.id).where(Retailer.state.in_(GONE))
    found = union_all(*parts, gone.where(Contract.last_month > months.month_of(today))).subquery()
    query = select(found.c.id).order_by(found.c.last_month, found.c.id)
    return list(dict.fromkeys(session.scalars(query)))


def tend(session: Session, contract_id: int, now: datetime) -> str:
    """Do what is due about one contract; what was done, empty for nothing. A second time changes nothing."""
    row, today = session.get_one(Contract, contract_id, with_for_update=True), local_day(now)
    is_over = today > months.last_day(row.last_month)
    if row.state != ContractState.SIGNED:
        return ""
    if row.retailer.state in GONE and not is_over:
        return _retailer_gone(session, row, now)
    if row.renewal != "" or row.retailer.state in GONE:
        return _over(session, row, now) if is_over else ""
    days = days_of(session, row.last_month)
    if today >= days.closes and not _is_contested(session, row):
        return _renew(session, row, now)
    if is_over:
        return _over(session, row, now)
    step = days.step(today)
    return _told(session, row, step, days, now) if step and not _was_told(session, row, step) else ""


def not_renew(session: Session, row: Contract, side: Side, who: str, now: datetime) -> str:
    """One side's word that it does not go on after the term: it needs nobody's yes. The sentence for who said it."""
    end = months.words(row.last_month)
    if row.state != ContractState.SIGNED or row.renewal == RENEWED:
        return "这份合同已经续约或已经结束，没有再改变什么。"
    if local_day(now) >= days_of(session, row.last_month).closes:
        return "已经过了可以说“不续约”的日期，合同会按期续签。想提前终止，回复“提前终止”。"
    if row.renewal == STOPPED:
        return f"已经记过了：合同到{end}为止，不自动续约。"
    row.renewal = STOPPED
    record(session, "contract_not_renewed", ("contract", row.id), who, {"number": row.number, "side": side}, now)
    said = f"{_named(row)}到{end}为止，不自动续约（{SIDE_NAMES[side]}提出）。之后要有新合同才能交易。"
    brief = f"零售合同到{end}为止，不自动续约"
    _tell_both(session, row, "contract_news", {"text": brief}, f"{row.id}:not_renewed", said, now)
    return f"记下了：合同到{end}为止，不自动续约，已告诉对方。之后要有新合同才能交易，回复“套餐”可以选。"


def silence_words(session: Session, row: Contract) -> str:
    """What not answering does, as the notices say it."""
    length = Terms.from_json(row.terms).months
    new_end = months.words(row.last_month + length)
    return f"按现在的条款续签{length}个月，到{new_end}"


def _what_ends(session: Session, today: date) -> Iterator[ColumnElement[bool]]:
    """The contracts that are over; that silence renews from today on; whose notice has come and was not given yet."""
    this_month = months.month_of(today)
    yield Contract.last_month < this_month
    ahead = figure(session, "contract_notice_months") + -(-figure(session, "contract_notice_before") // 28) + 1
    for month in range(this_month, this_month + ahead + 1):
        ends = and_(Contract.last_month == month, Contract.renewal == "")
        days = days_of(session, month)
        if today >= days.closes:
            yield ends
        elif step := days.step(today):
            told = exists().where(ContractNotice.contract_id == Contract.id, ContractNotice.step == step)
            yield and_(ends, ~told)


def _is_contested(session: Session, row: Contract) -> bool:
    """Whether either side has asked for something else that is still open: silence is no answer then."""
    return any(each.contract_id == row.id for each in requests.open_of_unit(session, row.unit_mark))


def _told(session: Session, row: Contract, step: str, days: Days, now: datetime) -> str:
    """Tell what the day asks for. Where it is too late for silence to bind, say that, and that nothing is renewed."""
    if local_day(now) > days.decisive and not _was_told_in_time(session, row, days):
        return _not_by_silence(session, row, LATE, now)
    _tell(session, row, step, now)
    return "told"


def _renew(session: Session, row: Contract, now: datetime) -> str:
    """Silence renews: the same terms, the same length, from the month after. Whoever was not told in time is not bound
    by having said nothing."""
    if contracts.last(session, row.unit_mark, row.last_month + 1) is not None:
        row.renewal = STOPPED  # something else begins then
        return "stopped"
    if not _was_told_in_time(session, row, days_of(session, row.last_month)):
        return _not_by_silence(session, row, LATE, now)
    if row.application.stage not in RETAIL:
        return _not_by_silence(session, row, "用户已不在零售市场", now)
    first, length = row.last_month + 1, Terms.from_json(row.terms).months
    unit, term = (row.unit_kind, row.unit_mark), (first, first + length - 1)
    about = {"by": "silence", "notices": [each.step for each in _notices(session, row)]}
    made = contracts.make(
        session, row.application, unit, row.version, term, "system", now, terms=row.terms, renews=row, about=about
    )
    row.renewal = RENEWED
    term_words = f"{months.words(first)}到{months.words(made.last_month)}"
    said = f"{_named(row)}已按事先告知自动续签：{term_words}，编号{made.number}。"
    brief = f"零售合同已自动续签到{months.words(made.last_month)}"
    _tell_both(session, row, "contract_news", {"text": brief}, f"{row.id}:renewed", said, now)
    return "renewed"


def _was_told_in_time(session: Session, row: Contract, days: Days) -> bool:
    return any(local_day(each.at) <= days.decisive for each in _notices(session, row))


def _not_by_silence(session: Session, row: Contract, why: str, now: datetime) -> str:
    row.renewal = STOPPED
    data = {"number": row.number, "why": why}
    record(session, "contract_not_renewed", ("contract", row.id), "system", data, now)
    end = months.words(row.last_month)
    said = f"{_named(row)}到{end}为止。{why}，不自动续签；想接着用，请重新签：回复“套餐”。"
    brief = f"{why}，零售合同到{end}为止，不自动续约"
    _tell_both(session, row, "contract_news", {"text": brief}, f"{row.id}:not_told", said, now)
    return "stopped"


def _over(session: Session, row: Contract, now: datetime) -> str:
    """Its last month is over: renewed, followed by another one, or the end of trading until a new one."""
    following = contracts.holding(session, row.unit_mark, row.last_month + 1)
    row.state, row.ended_at = ContractState.ENDED, now
    after = Why.RENEWED if row.renewal == RENEWED else Why.CHANGED if following is not None else Why.TERM
    row.why_ended = row.why_ended or after
    data = {"number": row.number, "why": row.why_ended}
    record(session, "contract_over", ("contract", row.id), "system", data, now)
    if following is None and row.first_month <= row.last_month:
        _back_to_choosing(session, row, now)
    return "over"


def _retailer_gone(session: Session, row: Contract, now: datetime) -> str:
    """The company may not sell any more: its contracts end with the month, and the users choose another."""
    this_month = months.month_of(local_day(now))
    if row.last_month <= this_month:
        return ""
    contracts.end(session, row, this_month, Why.RETAILER_GONE, "system", now)
    for each in requests.open_of_unit(session, row.unit_mark):
        if each.contract_id == row.id:
            requests.close(session, each, RequestState.SUPERSEDED, "售电公司已退出市场", "system", now)
            asking.tell_closed(session, each, now)
    said = f"{row.retailer.name}已不能售电，合同到{months.words(this_month)}为止。请在月底前另选一家：回复“套餐”。"
    brief = f"售电公司已不能售电，合同到{months.words(this_month)}为止，请另选"
    _tell_both(session, row, "contract_news", {"text": brief}, f"{row.id}:gone", said, now)
    return "ended"


def _back_to_choosing(session: Session, row: Contract, now: datetime) -> None:
    """Without a contract nobody may trade: the applications of the unit choose a retail company again."""
    for application in contracts.members(session, row.application):
        if application.stage == Stage.REGISTERED:
            steps.enter(application, Stage.AWAITING_RETAILER, now, decision="unbound")
    said = f"{_named(row)}已到期，没有新合同，暂不能交易。请另选：回复“套餐”。"
    key = f"{row.id}:over"
    for contact_id in signers(session, row):
        brief = {"text": "零售合同已到期，没有新合同，请回复“套餐”另选"}
        tell(session, "contract_news", contact_id, brief, now, key=f"{key}:{contact_id}", text=said)


def _tell(session: Session, row: Contract, step: str, now: datetime) -> None:
    """Both sides hear that the contract ends, what it costs now and after a renewal, the energy, what silence does."""
    params, text = _words(session, row, now)
    session.add(ContractNotice(contract_id=row.id, step=step, shown=text, at=now))
    data = {"number": row.number, "step": step, "shown": text}
    record(session, "contract_expiry_told", ("contract", row.id), "system", data, now)
    _tell_both(session, row, "contract_expiry", params, f"{row.id}:{row.last_month}:{step}", text, now)


def _words(session: Session, row: Contract, now: datetime) -> tuple[dict[str, str], str]:
    terms = Terms.from_json(row.terms)
    counted = describing.cost(session, row.application.account_mark or "", terms, now)
    amount, known = counted or (Decimal(0), [])
    kwh = sum(each.kwh for each in known)
    name = row.application.value("name") or "贵单位"
    day = months.last_day(row.last_month)
    energy = f"最近{len(known)}个月用电{kwh:,}千瓦时" if known else "没有最近12个月的用电记录"
    costs = f"，电能量费约 {yuan(amount)} 元" if known else ""
    silence = silence_words(session, row)
    text = (
        f"{name}与{_named(row)}的零售合同（{row.number}）到{in_words(day)}到期。\n"
        f"现在的价格：{price_words(terms)}\n续约后的价格：{price_words(terms)}（不变）\n{energy}{costs}。\n"
        f"不答复：{silence}。\n不想续，最迟{_closing(session, row)}前回复“不续约”；想换套餐或公司，回复“我的合同”。"
    )
    return {"company": name, "day": f"{day.month}月{day.day}日", "what": energy, "next": silence}, text


def _closing(session: Session, row: Contract) -> str:
    day = days_of(session, row.last_month).closes
    return f"{day.month}月{day.day}日"


def _tell_both(
    session: Session, row: Contract, event: str, params: dict[str, str], key: str, text: str, now: datetime
) -> None:
    for contact_id in signers(session, row):
        tell(session, event, contact_id, params, now, key=f"{key}:{contact_id}", text=text)
    staff = staff_in(session, row.retailer)
    brief = params.get("text") or f"{params['company']}的零售合同{params['day']}到期，不答复即续签"
    tell_staff(session, "contract_staff", staff, {"text": brief}, now, key=key, text=text)


def _was_told(session: Session, row: Contract, step: str) -> bool:
    query = select(ContractNotice.id).where(ContractNotice.contract_id == row.id, ContractNotice.step == step)
    return session.scalar(query) is not None


def _notices(session: Session, row: Contract) -> list[ContractNotice]:
    query = select(ContractNotice).where(ContractNotice.contract_id == row.id).order_by(ContractNotice.id)
    return list(session.scalars(query))


def _named(row: Contract) -> str:
    return f"{row.version.package.retailer.name}“{row.version.package.name}”"
