"""Who registers users for them: the proxy, its keys, what users allowed it, what it was told, what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Sealed, SealedJson, UtcDateTime
from domain.people.staff import Organisation, Staff


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    REGISTER = "register"
    BATCH = "batch"
    HOOKS = "hooks"
    PACKAGES = "packages"
    CONTRACTS = "contracts"


SCOPE_NAMES: Mapping[str, str] = {
    Scope.READ: "查询",
    Scope.REGISTER: "代办注册",
    Scope.BATCH: "批量代办",
    Scope.HOOKS: "管理回调",
    Scope.PACKAGES: "维护套餐",
    Scope.CONTRACTS: "答复和提议合同",
}


class Proxy(Base):
    """A retail company or platform that registers users. Its conduct may block it: see `domain.proxies.conduct`."""

    __tablename__ = "proxies"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), unique=True)
    # Nobody's phone: what the proxy has filled in belongs to this contact until the user says yes.
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    active: Mapped[bool] = mapped_column(default=True)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # what was before counts no more
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.organisation.name


class ProxyKey(Base):
    """A key of the API. Only its keyed digest is kept; the prefix tells people which one it is."""

    __tablename__ = "proxy_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    mark: Mapped[str] = mapped_column(unique=True)  # fingerprint("proxy_key", key)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    networks: Mapped[list[str]] = mapped_column(JSON, default=list)  # where it may come from; none means anywhere
    per_minute: Mapped[int | None]  # None: the setting's
    per_day: Mapped[int | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("proxy_keys.id"))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proxy: Mapped[Proxy] = relationship(lazy="joined", innerjoin=True)


class Consent(StrEnum):
    """How far a user's authorisation of a proxy is."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    DENIED = "denied"  # “我没有委托”: refused, and a fact about the proxy's conduct
    LAPSED = "lapsed"  # nobody answered in time
    WITHDRAWN = "withdrawn"


CONSENT_NAMES: Mapping[str, str] = {
    Consent.ASKED: "等用户答复",
    Consent.GIVEN: "已授权",
    Consent.REFUSED: "用户不同意",
    Consent.DENIED: "用户说没有委托",
    Consent.LAPSED: "用户没有答复",
    Consent.WITHDRAWN: "用户已撤回",
}


class ProxyAuthorisation(Base):
    """What one company allows one proxy, until when, and who of the company said so; or what one member of a retail
    company's staff allows its program (`staff_id`, see `domain.proxies.permissions`)."""

    __tablename__ = "proxy_authorisations"
    __table_args__ = (Index("ix_proxy_authorisations_company", "company_mark", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"), index=True)
    company_mark: Mapped[str]  # as Application.code_mark; of a member of staff, who and which program
    company_name: Mapped[str] = mapped_column(Sealed)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)  # asked for which
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)  # in whose name
    program: Mapped[str] = mapped_column(default="", server_default="")  # the name of the key that may
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)  # who answered
    ground: Mapped[str]  # why they: speaker, phone_matches, phone_unknown, own_name
    state: Mapped[str] = mapped_column(default=Consent.ASKED)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proxy: Mapped[Proxy] = relationship(lazy="joined", innerjoin=True)
    staff: Mapped[Staff | None] = relationship()

    @property
    def about(self) -> tuple[str, int]:
        """What its evidence is about: a permission stands by itself, for the packs of the contracts under it."""
        return ("permission", self.id) if self.staff_id is not None else ("proxy", self.proxy_id)


class ProxyRequest(Base):
    """One POST under its Idempotency-Key. `status` is empty while somebody works on it; the answer is kept as it was
    given."""

    __tablename__ = "proxy_requests"
    __table_args__ = (UniqueConstraint("proxy_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"))
    key: Mapped[str]
    mark: Mapped[str]  # of method, path and body
    status: Mapped[int | None]
    body: Mapped[Any] = mapped_column(SealedJson, nullable=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ProxyDocument(Base):
    """A picture that a proxy has sent before or after its registration."""

    __tablename__ = "proxy_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"), index=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), unique=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)  # where it is used
    party: Mapped[str] = mapped_column(default="")
    taken: Mapped[bool] = mapped_column(default=False)  # what was read has been taken over into the registration


class ProxyBatch(Base):
    """Many registrations in one request, worked on one after the other."""

    __tablename__ = "proxy_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"), index=True)
    total: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProxyBatchItem(Base):
    """One registration of a batch: what was sent, and what became of it."""

    __tablename__ = "proxy_batch_items"
    __table_args__ = (UniqueConstraint("batch_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("proxy_batches.id"))
    place: Mapped[int]
    sent: Mapped[Any] = mapped_column(SealedJson)
    status: Mapped[int | None]  # as the single request would have been answered; None while it waits
    answer: Mapped[Any] = mapped_column(SealedJson, nullable=True)


class ProxyHook(Base):
    """An address of a proxy that is told of events."""

    __tablename__ = "proxy_hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"), index=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(Sealed)
    old_secret: Mapped[str | None] = mapped_column(Sealed)  # signs as well, until its time is over
    old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HookState(StrEnum):
    """How far the telling of one event is."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"


HOOK_STATE_NAMES: Mapping[str, str] = {
    HookState.PENDING: "待发送",
    HookState.SENDING: "发送中",
    HookState.DELIVERED: "已送达",
    HookState.DEAD: "不再重试",
}


class HookDelivery(Base):
    """One event on its way to one address. The payload holds no personal data."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (
        UniqueConstraint("hook_id", "key"),
        Index("ix_hook_deliveries_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("proxy_hooks.id"))
    event: Mapped[str]
    key: Mapped[str]  # what happened: the same event is told once
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default=HookState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]  # what the address answered
    error: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hook: Mapped[ProxyHook] = relationship(lazy="joined", innerjoin=True)


class MarkKind(StrEnum):
    """A fact that a person has stated about a proxy."""

    FALSE_DOCUMENT = "false_document"  # a reviewer: 材料虚假
    COMPLAINT = "complaint"  # a user: 投诉
    DENIED = "denied"  # a user: 我没有委托


MARK_NAMES: Mapping[str, str] = {
    MarkKind.FALSE_DOCUMENT: "材料虚假",
    MarkKind.COMPLAINT: "用户投诉",
    MarkKind.DENIED: "用户说没有委托",
}


class ProxyMark(Base):
    """One fact about a proxy's conduct, by whom, and what they said. One that was taken back does not count."""

    __tablename__ = "proxy_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("proxies.id"), index=True)
    kind: Mapped[str]
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    who: Mapped[str]  # contact:7, staff:3
    said: Mapped[str] = mapped_column(Sealed, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_why: Mapped[str] = mapped_column(Sealed, default="")
