"""Standard replies: reasons for a return that reviewers choose from a list, the most used first; edited on the
console."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.evidence import record
from domain.identifiers import mask_phone
from domain.people.staff import Staff
from domain.registration.applications import FIELD_NAMES, Application, Stage

MOST = 200  # characters; the user reads it on a phone
STEPS: Mapping[str, str] = {"": "两个环节", Stage.BUREAU_REVIEW: "供电局审核", Stage.CENTRE_REVIEW: "交易中心审核"}
# Pictures by `domain.rules.rules.paper_of`'s words.
PAPERS: Mapping[str, str] = {
    "licence": "营业执照照片",
    "letter": "授权委托书照片",
    "letter:owner": "产权人的授权委托书照片",
    "letter:tenant": "租户的授权委托书照片",
    "lease": "租赁协议照片",
    "identity": "经办人身份证照片",
}
# What a reason may be about: the user is asked for exactly this.
ABOUT: Mapping[str, str] = {
    **{
        name: FIELD_NAMES[name]
        for name in ("name", "code", "legal_person", "address", "account_number", "contact_name", "phone")
    },
    **PAPERS,
}


class BadReply(ValueError):
    """A reply cannot be kept so; the text says in Chinese why."""


class StandardReply(Base):
    """One reason, in the words that users read."""

    __tablename__ = "standard_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    step: Mapped[str] = mapped_column(default="")  # the review that offers it; empty: both
    field: Mapped[str] = mapped_column(default="")  # what the user is asked for then, see `ABOUT`
    uses: Mapped[int] = mapped_column(default=0)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)


def offered(session: Session, stage: str) -> list[StandardReply]:
    """The replies that a review offers, the most used first."""
    query = select(StandardReply).where(StandardReply.active.is_(True), StandardReply.step.in_(("", stage)))
    return list(session.scalars(query.order_by(StandardReply.uses.desc(), StandardReply.id)))


def all_replies(session: Session) -> list[StandardReply]:
    """Every reply, those in use first, the most used first."""
    order = (StandardReply.active.desc(), StandardReply.uses.desc(), StandardReply.id)
    return list(session.scalars(select(StandardReply).order_by(*order)))


def save(
    session: Session, reply_id: int | None, text: str, step: str, field: str, active: bool, staff: Staff, now: datetime
) -> StandardReply:
    """Write a reply, or change one; with evidence. BadReply says what it takes."""
    text = " ".join(text.split())
    if not 4 <= len(text) <= MOST:
        raise BadReply(f"标准回复要有 4 到 {MOST} 个字")
    if step not in STEPS or (field and field not in ABOUT):
        raise BadReply("请从列表里选择环节和要改的内容")
    twin = session.scalar(select(StandardReply).where(StandardReply.text == text, StandardReply.id != (reply_id or 0)))
    if twin is not None:
        raise BadReply("已经有一条一样的回复")
    reply = session.get(StandardReply, reply_id) if reply_id else StandardReply(uses=0)
    if reply is None:
        raise BadReply("没有这条回复")
    reply.text, reply.step, reply.field, reply.active = text, step, field, active
    session.add(reply)
    session.flush()
    data = {"text": text, "step": step, "field": field, "active": active}
    record(session, "reply_saved", ("standard_reply", reply.id), f"staff:{staff.id}", data, now)
    return reply


def used(session: Session, ids: Iterable[int], now: datetime) -> None:
    """Count that these replies were sent; two reviewers at once count as two."""
    counted = update(StandardReply).where(StandardReply.id.in_(set(ids)))
    session.execute(counted.values(uses=StandardReply.uses + 1, last_used_at=now))


def filled(text: str, application: Application) -> str:
    """A reply with the facts of an application in place of {户号}, {名称} and so on; what is not known is a dash."""
    known = {label: application.value(name) or "—" for name, label in FIELD_NAMES.items()}
    phone = application.value("phone")
    known |= {"申请编号": application.number or "—", FIELD_NAMES["phone"]: mask_phone(phone) if phone else "—"}
    try:
        return text.format_map(defaultdict(lambda: "—", known))
    except (ValueError, IndexError, AttributeError, KeyError):
        return text  # a lone bracket: the words as they stand
