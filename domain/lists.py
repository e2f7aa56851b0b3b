"""The console's lists as rows of a spreadsheet: messages, what is owed, proxies' conduct, the evidence of an order.
People are masked unless the setting says otherwise, as in the queue's export."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from domain.evidence import Evidence
from domain.identifiers import mask_phone
from domain.market.capacity_changes import CapacityChange
from domain.market.capacity_desk import ASKED
from domain.messages.messages import OutboundMessage
from domain.people.contacts import SMS, Address
from domain.people.staff import Staff
from domain.proxies import conduct
from domain.proxies import desk as proxy_desk
from domain.proxies.tables import Proxy
from domain.registration.applications import SOURCE_NAMES, STAGE_NAMES, Application, FieldValue
from domain.review import desk_views
from domain.settings import value
from domain.supplements.supplements import Supplement

AT_ONCE = 500
MESSAGE_HEADS = ("时间", "内容", "渠道", "收件人", "申请编号", "状态", "原因", "错误码", "已试次数")
OWED_HEADS = ("申请编号", "企业", "材料", "期限", "逾期后", "状态", "供电单位", "阶段", "联系人", "联系电话")
CAPACITY_HEADS = ("申请编号", "企业", "户号", "供电单位", "原容量", "新容量", "时间", "来源", "问的是", "答复期限",
                  "现在", "了结时间", "联系记录")  # fmt: skip
CONDUCT_HEADS = ("代办方", "代码", "信用分", "事实", "时间", "申请编号", "说明", "每件怎么扣")
EVIDENCE_HEADS = ("序号", "时间", "事情", "谁", "校验值", "上一条的校验值", "内容")


def message_rows(
    session: Session,
    ids: Sequence[int],
    events: Mapping[str, str],
    states: Mapping[str, str],
    why: Callable[[OutboundMessage], str],
) -> Iterator[tuple[Any, ...]]:
    """Messages in the order given: what they were about, to whom, and why they did not arrive; never their texts."""
    plain = bool(value(session, "export_personal"))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        query = select(OutboundMessage).where(OutboundMessage.id.in_(some))
        rows = {row.id: row for row in session.scalars(query.options(selectinload(OutboundMessage.address)))}
        numbers = desk_views.numbers_of(session, [row.application_id for row in rows.values()])
        for row in (rows[each] for each in some):
            channel = "短信" if row.address.channel == SMS else "微信"
            number = numbers.get(row.application_id or 0) or ""
            told = (events.get(row.event, row.event), channel, _to(row.address, plain), number)
            yield (row.created_at, *told, states.get(row.state, row.state), why(row), row.error, row.attempts)


def owed_rows(
    session: Session, ids: Sequence[int], due: Callable[[Supplement], str], states: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    """What is owed, in the order given, with whom to call."""
    plain = bool(value(session, "export_personal"))
    application = selectinload(Supplement.application)
    values = application.selectinload(Application.values.and_(FieldValue.name.in_(("name", "contact_name", "phone"))))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        query = (
            select(Supplement)
            .where(Supplement.id.in_(some))
            .options(values, application.joinedload(Application.bureau))
        )
        rows = {row.id: row for row in session.scalars(query)}
        for row in (rows[each] for each in some):
            it = row.application
            person, phone = it.value("contact_name") or "", it.value("phone") or ""
            yield (
                it.number or "",
                it.value("name") or "",
                row.title,
                due(row),
                row.consequence,
                states.get(row.state, row.state),
                it.bureau.name if it.bureau else "未确定",
                STAGE_NAMES.get(it.stage, it.stage),
                person if plain else person[:1] + "*" * len(person[1:]),
                phone if plain else mask_phone(phone) if phone else "",
            )
        session.expunge_all()


def capacity_rows(
    session: Session, ids: Sequence[int], became: Callable[[Session, CapacityChange, bool], str]
) -> Iterator[tuple[Any, ...]]:
    """Changes of capacity in the order given, and what became of each; people only where they may go out."""
    plain = bool(value(session, "export_personal"))
    for start in range(0, len(ids), AT_ONCE):
        query = select(CapacityChange).where(CapacityChange.id.in_(ids[start : start + AT_ONCE]))
        rows = {row.id: row for row in session.scalars(query.options(selectinload(CapacityChange.application)))}
        for row in (rows[each] for each in ids[start : start + AT_ONCE]):
            it = row.application
            whose = (it.number or "", it.value("name") or "", it.value("account_number") or "")
            what = (row.old_kva, row.new_kva, row.at, SOURCE_NAMES.get(row.source, row.source))
            how = row.told_how if plain else "有" * bool(row.told_how)
            bureau, asked = it.bureau.name if it.bureau else "未确定", ASKED.get(row.market, "没有问")
            yield (*whose, bureau, *what, asked, row.deadline, became(session, row, plain), row.settled_at, how)
        session.expunge_all()


def conduct_rows(session: Session, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Every fact behind every proxy's score; a proxy without any has one row with its score."""
    for proxy in session.scalars(select(Proxy).order_by(Proxy.id)).all():
        measured = conduct.measure(session, proxy, now)
        who = (proxy.name, proxy.organisation.code, measured.score)
        found = 0
        for point in measured.points:
            for fact in proxy_desk.facts(session, proxy, point.fact, now):
                number = (fact.application.number or "") if fact.application is not None else ""
                yield (*who, conduct.FACT_NAMES[point.fact], fact.at, number, fact.said, point.how)
                found += 1
        if not found:
            yield (*who, "", None, "", "没有扣分的事实", "")


def evidence_rows(
    session: Session,
    application: Application,
    words: Mapping[str, str],
    named: Callable[[Evidence, Mapping[int, str]], str],
) -> Iterator[tuple[Any, ...]]:
    """The evidence of one order with the marks of the chain; what a row holds only where personal data may go out."""
    plain = bool(value(session, "export_personal"))
    names = dict(session.execute(select(Staff.id, Staff.name)).all())
    for row in desk_views.evidence_of(session, application.id):
        data = json.dumps(row.data, ensure_ascii=False, sort_keys=True) if plain else "（含个人信息，未导出）"
        yield (row.id, row.at, words.get(row.what, row.what), named(row, names), row.mark, row.before, data)


def _to(address: Address, plain: bool) -> str:
    if address.channel != SMS:
        return "微信用户"
    return address.value if plain else mask_phone(address.value)
