"""An application to register: its stage, where each value comes from, its documents and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, SealedJson, UtcDateTime
from domain.people.contacts import Contact
from domain.people.staff import Organisation, Staff
from domain.private import fingerprint
from domain.proxies.tables import Proxy
from domain.registration.readings import DocumentKind


class Stage(StrEnum):
    """Where an application stands; `STAGE_NAMES` has the words that people read."""

    FILLING = "filling"
    RETURNED = "returned"
    BUREAU_REVIEW = "bureau_review"
    CENTRE_REVIEW = "centre_review"
    AWAITING_MARKET = "awaiting_market"
    AWAITING_RETAILER = "awaiting_retailer"
    AWAITING_CERTIFICATE = "awaiting_certificate"
    REGISTERED = "registered"  # bound to a retail company, or with certificate and seal: it may trade
    SUSPENDED = "suspended"  # what was to be handed in later did not come in time; see `domain.supplements.supplements`
    CANCELLED = "cancelled"


STAGE_NAMES: Mapping[str, str] = {
    Stage.FILLING: "填写中，尚未提交",
    Stage.RETURNED: "已退回，待您修改",
    Stage.BUREAU_REVIEW: "供电局审核",
    Stage.CENTRE_REVIEW: "交易中心审核",
    Stage.AWAITING_MARKET: "审核通过，待选择批发或零售市场",
    Stage.AWAITING_RETAILER: "零售市场待选取售电公司",
    Stage.AWAITING_CERTIFICATE: "批发市场待办理数字证书",
    Stage.REGISTERED: "注册完毕",
    Stage.SUSPENDED: "已暂停，待您补齐材料",
    Stage.CANCELLED: "已取消",
}
EDITABLE = (Stage.FILLING, Stage.RETURNED)
UNDER_REVIEW = (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW)


class Source(StrEnum):
    """Who said a value."""

    TYPED = "typed"
    REGISTRY = "registry"
    MARKETING = "marketing"
    TIANYANCHA = "tianyancha"
    OCR = "ocr"


SOURCE_NAMES: Mapping[str, str] = {
    Source.TYPED: "您的填写",
    Source.REGISTRY: "工商登记",
    Source.MARKETING: "营销系统",
    Source.TIANYANCHA: "天眼查",
    Source.OCR: "照片识别",
}
# Data first: what an interface knows, then what was read off a picture, then what was typed. What a person decided on
# (`decided`, see `domain.registration.provenance`) comes before all of them.
PRIORITY = (Source.REGISTRY, Source.MARKETING, Source.TIANYANCHA, Source.OCR, Source.TYPED)

FIELD_NAMES: Mapping[str, str] = {
    "code": "统一社会信用代码",
    "name": "名称",
    "type": "类型",
    "legal_person": "法定代表人",
    "capital": "注册资本",
    "established": "成立日期",
    "term": "营业期限",
    "address": "住所",
    "scope": "经营范围",
    "account_number": "户号",
    "account_name": "户名",
    "account_address": "用电地址",
    "capacity_kva": "受电容量",
    "bureau_name": "供电单位",
    "contact_name": "联系人",
    "phone": "联系电话",
    "owner_name": "产权人单位",
    "owner_code": "产权人代码",
    "owner_contact": "产权人联系人",
    "owner_phone": "产权人电话",
    "tenant_name": "租户单位",
    "tenant_code": "租户代码",
    "tenant_contact": "租户联系人",
    "tenant_phone": "租户电话",
}
LICENCE_FIELDS = ("code", "name", "type", "legal_person", "capital", "established", "term", "address", "scope")


class Application(Base):
    """One company's application for one account."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_queue", "stage", "bureau_id", "stage_since"),
        # All that the console's queue counts by, so that counting reads no row.
        Index("ix_applications_desk", "stage", "bureau_id", "kind", "channel", "stage_since", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(unique=True)  # the work order's number, from the first submission on
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    kind: Mapped[str] = mapped_column(default="owner")  # `domain.registration.kinds.Kind`
    kind_said: Mapped[bool] = mapped_column(default=False)  # the person said so; else it is what the archive suggests
    later: Mapped[list[str]] = mapped_column(JSON, default=list)  # documents that they hand in later: letter:owner
    stage: Mapped[str] = mapped_column(default=Stage.FILLING)
    stage_since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    asking: Mapped[str] = mapped_column(default="")  # the field that a bare answer would mean
    trail: Mapped[list[str]] = mapped_column(JSON, default=list)  # what was asked before, for 返回
    paused: Mapped[bool] = mapped_column(default=False)
    decided: Mapped[dict[str, str]] = mapped_column(MutableDict.as_mutable(JSON), default=dict)  # field → source
    licence_confirmed: Mapped[bool] = mapped_column(default=False)
    phone_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the sources said, see domain.registration.registration.
    facts: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    missing_facts: Mapped[list[str]] = mapped_column(JSON, default=list)  # sources that were down when they were asked
    code_mark: Mapped[str | None] = mapped_column(index=True)
    account_mark: Mapped[str | None] = mapped_column(index=True)
    phone_mark: Mapped[str | None] = mapped_column(index=True)  # finds a phone that many companies name
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    channel: Mapped[str] = mapped_column(default="")  # by which way it was handed in: wechat, sms, batch, api
    # The registration whose licence counts for this one, too (典型注册户): same code, same group.
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    proxy_id: Mapped[int | None] = mapped_column(ForeignKey("proxies.id"), index=True)  # who files it for the user
    values: Mapped[list[FieldValue]] = relationship(
        back_populates="application", cascade="all, delete-orphan", order_by="FieldValue.id"
    )
    photos: Mapped[list[Photo]] = relationship(back_populates="application", order_by="Photo.id")
    steps: Mapped[list[StageStep]] = relationship(back_populates="application", order_by="StageStep.id")
    bureau: Mapped[Organisation | None] = relationship()
    contact: Mapped[Contact] = relationship()
    representative: Mapped[Application | None] = relationship(remote_side="Application.id")
    proxy: Mapped[Proxy | None] = relationship()

    def papers(self, kind: str, party: str = "") -> list[Photo]:
        """The pictures that were read as a kind of document, of one party ("" is the company itself), oldest first; one
        that was erased on schedule still counts. A licence may be the representative registration's."""
        own = [each for each in self.photos if each.kind == kind and each.party == party]
        if not own and kind == DocumentKind.LICENCE and not party and self.representative is not None:
            return self.representative.papers(kind) if self.is_lent_to else []
        return own

    @property
    def is_lent_to(self) -> bool:
        """Whether the representative registration's licence counts for this one: while that one is suspended, only for
        what was admitted before."""
        first = self.representative
        undecided = self.stage in (*EDITABLE, *UNDER_REVIEW)
        return first is not None and not (undecided and first.stage == Stage.SUSPENDED)

    @property
    def is_filed(self) -> bool:
        """Whether it is a draft that a spreadsheet or a proxy fills in: the chat does not ask about it."""
        return self.stage == Stage.FILLING and self.channel in ("batch", "api")

    def has_licence_photo(self) -> bool:
        """Whether a picture came that was read as the company's licence."""
        return bool(self.papers(DocumentKind.LICENCE))

    def value(self, name: str) -> str | None:
        """The value that counts for a field: the decided source's, else the first source that knows it."""
        known = {row.source: row.value for row in self.values if row.name == name}
        decided = self.decided.get(name)
        if decided in known:
            return known[decided]
        return next((known[source] for source in PRIORITY if source in known), None)

    def source(self, name: str) -> str | None:
        """Where the value that counts comes from."""
        known = [row.source for row in self.values if row.name == name]
        decided = self.decided.get(name)
        if decided in known:
            return decided
        return next((source for source in PRIORITY if source in known), None)

    def said_by(self, name: str, source: Source) -> FieldValue | None:
        """What one source said of a field."""
        return next((row for row in self.values if row.name == name and row.source == source), None)


class FieldValue(Base):
    """What one source said of one field; the newest word of each source is kept."""

    __tablename__ = "field_values"
    __table_args__ = (UniqueConstraint("application_id", "name", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    name: Mapped[str]
    source: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed)
    confidence: Mapped[float] = mapped_column(default=1.0)
    doubts: Mapped[list[str]] = mapped_column(JSON, default=list)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    application: Mapped[Application] = relationship(back_populates="values")


class Photo(Base):
    """A picture that a person sent; the file itself lies sealed outside of the database."""

    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    # The message that brought it; None for one that came with a batch, through the API or from the console.
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"), unique=True)
    file: Mapped[str]  # the name in the photo store; empty once erased
    # `domain.registration.readings.DocumentKind`; empty while unread or of no use.
    kind: Mapped[str] = mapped_column(default="")
    party: Mapped[str] = mapped_column(default="")  # whose document: empty the company's own, else owner or tenant
    reading: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    application: Mapped[Application | None] = relationship(back_populates="photos")


class StageStep(Base):
    """One stage of one application: when it began and ended, which organisation and person, what was decided."""

    __tablename__ = "stage_steps"
    __table_args__ = (Index("ix_stage_steps_mode", "mode", "left_at", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    stage: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(default="")
    mode: Mapped[str] = mapped_column(default="")  # while it runs, the mode it came under; then how it was decided
    for_person: Mapped[str | None] = mapped_column(Sealed)  # why the automatic review left it to a person
    remark: Mapped[str] = mapped_column(Sealed, default="")
    problems: Mapped[list[dict[str, str]]] = mapped_column(SealedJson, default=list)
    application: Mapped[Application] = relationship(back_populates="steps")
    organisation: Mapped[Organisation | None] = relationship()
    staff: Mapped[Staff | None] = relationship()


_left = StageStep.for_person.is_not(None) & StageStep.left_at.is_(None)
Index("ix_stage_steps_for_person", StageStep.application_id, sqlite_where=_left, postgresql_where=_left)


def put(application: Application, name: str, source: Source, value: str, now: datetime) -> None:
    """Keep what a source says of a field, in place of what it said before."""
    row = application.said_by(name, source)
    if row is None:
        row = FieldValue(name=name, source=source)
        application.values.append(row)
    row.value, row.confidence, row.doubts, row.at = value, 1.0, [], now
    application.updated_at = now


def replace(
    application: Application, names: tuple[str, ...], source: Source, values: Mapping[str, str], now: datetime
) -> None:
    """Keep what a source says now of these fields, and forget what it said before of those that it leaves out."""
    drop(application, tuple(name for name in names if name not in values), (source,))
    for name, text in values.items():
        put(application, name, source, text, now)


def drop(application: Application, names: tuple[str, ...], sources: tuple[Source, ...]) -> None:
    """Forget what some sources said of some fields (another photo, another account)."""
    for row in [row for row in application.values if row.name in names and row.source in sources]:
        application.values.remove(row)
    for name in names:
        if application.decided.get(name) in sources:
            del application.decided[name]


def remark_identity(application: Application) -> None:
    """Bring the searchable marks in line with the values that count."""
    code, account = application.value("code"), application.value("account_number")
    application.code_mark = fingerprint("code", code) if code else None
    application.account_mark = fingerprint("account", account) if account else None
    phone = application.value("phone")
    application.phone_mark = fingerprint("sms", phone) if phone else None


def editable(session: Session, contact_id: int) -> list[Application]:
    """The applications that the contact is filling in or must mend, newest first."""
    return [each for each in of_contact(session, contact_id) if each.stage in EDITABLE and not each.is_filed]


def current(session: Session, contact_id: int) -> Application | None:
    """The application that is meant: the only one that can be changed, or the one in focus. None also where several
    can be changed and nobody has said which: see `domain.dialogue.focus`."""
    found = editable(session, contact_id)
    if len(found) <= 1:
        return found[0] if found else None
    focus_id = session.get_one(Contact, contact_id).focus_id
    return next((each for each in found if each.id == focus_id), None)


def asked_now(application: Application | None) -> str:
    """The field that an application waits for; empty where it waits for none, or rests."""
    return application.asking if application is not None and not application.paused else ""


def focus_on(application: Application) -> None:
    """What is said next means this application."""
    application.contact.focus_id = application.id


def unfocus(application: Application) -> None:
    """The application came back by itself: what is said next may mean it or another one, so nothing is assumed."""
    if application.contact.focus_id != application.id:
        application.contact.focus_id = None


def begin(session: Session, contact_id: int, now: datetime, another: bool = False) -> Application:
    """The application being filled in; a new one, in focus, when there is none or `another` is wanted. One in which
    nothing was filled in yet serves for another one as well."""
    found = current(session, contact_id)
    if found is not None and not (another and found.values):
        found.paused = False
        return found
    contact = session.get_one(Contact, contact_id)
    made = Application(contact=contact, stage_since=now, created_at=now, updated_at=now, decided={}, trail=[])
    session.add(made)
    session.flush()
    focus_on(made)
    return made


def of_contact(session: Session, contact_id: int) -> list[Application]:
    """Every application of a contact that was not cancelled, newest first."""
    return list(
        session.scalars(
            select(Application)
            .where(Application.contact_id == contact_id, Application.stage != Stage.CANCELLED)
            .order_by(Application.id.desc())
        )
    )
