"""What the API takes and gives, as pydantic models: the OpenAPI document and its page are made from them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.proxies.hooks import EVENTS
from domain.registration.applications import Stage

KINDS = Literal["owner", "tenant", "payer"]
ROLES = Literal["owner", "tenant"]
STAGES = Literal[tuple(stage.value for stage in Stage)]  # type: ignore[valid-type]
EVENT = Literal[tuple(EVENTS)]  # type: ignore[valid-type]
MOST_ID = 2**53 - 1
Number = Annotated[int, Field(ge=1, le=MOST_ID)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Taken(BaseModel):
    """What comes in: nothing that we do not know is passed over in silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PartyIn(Taken):
    """Another party of the registration: the owner for a tenant; the owner and the tenant for a payer."""

    role: ROLES
    name: Words | None = Field(None, description="单位全称")
    code: Words | None = Field(None, description="统一社会信用代码")
    contact: Words | None = Field(None, description="联系人姓名")
    phone: Words | None = Field(None, description="联系人手机")


class DocumentUse(Taken):
    """A document that was uploaded before; `party` says whose it is, where it is not the company's own."""

    id: Number
    party: Literal["", "owner", "tenant"] = ""


class RegistrationIn(Taken):
    """A registration to be. Only the account number is needed at first: what the sources know is never asked for."""

    account_number: Words = Field(description="户号：16位数字，05开头")
    kind: KINDS = Field("owner", description="owner 产权人，tenant 租户，payer 缴费人")
    code: Words | None = Field(None, description="统一社会信用代码，18位")
    name: Words | None = Field(None, description="单位全称，与营业执照一致")
    legal_person: Words | None = Field(None, description="法定代表人；不填按工商登记")
    address: Words | None = Field(None, description="住所；不填按工商登记")
    contact_name: Words | None = Field(None, description="用户联系人姓名")
    phone: Words | None = Field(None, description="用户联系人本人的手机，授权会发到这里")
    parties: list[PartyIn] = Field([], max_length=2, description="租户填产权人；缴费人填产权人和租户")
    documents: list[DocumentUse] = Field([], max_length=20, description="上传过的材料的编号")
    authorise: bool = Field(False, description="建好就请用户授权")


class RegistrationChange(Taken):
    """What is to be changed; what is left out stays as it is."""

    account_number: Words | None = None
    kind: KINDS | None = None
    code: Words | None = None
    name: Words | None = None
    legal_person: Words | None = None
    address: Words | None = None
    contact_name: Words | None = None
    phone: Words | None = None
    parties: list[PartyIn] = Field([], max_length=2, description="租户填产权人；缴费人填产权人和租户")
    documents: list[DocumentUse] = Field([], max_length=20, description="上传过的材料的编号")


class BatchIn(Taken):
    """Many registrations at once. Each is taken or refused for itself."""

    items: list[RegistrationIn] = Field(min_length=1, max_length=2000)


class HookIn(Taken):
    """An address that wants to be told of events."""

    url: str = Field(min_length=9, max_length=500, description="https 地址")
    events: list[EVENT] = Field(min_length=1, max_length=len(EVENTS))


class ListQuery(Taken):
    """Which registrations, and where to go on."""

    cursor: Number | None = Field(None, description="上一页的 next_cursor")
    limit: int = Field(20, ge=1, le=100)
    stage: STAGES | None = None
    account_number: str | None = Field(None, max_length=32)


class LogQuery(Taken):
    """Where to go on in the log."""

    cursor: Number | None = None
    limit: int = Field(20, ge=1, le=100)


class RepeatHeaders(BaseModel):
    """The same key with the same content acts once; see the page."""

    idempotency_key: str = Field(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="每个新请求一个新的，例如 UUID",
    )


class Finding(BaseModel):
    """One thing that is wrong, and what to do about it."""

    field: str
    problem: str
    suggestion: str
    severity: str
    rule: str


class Problem(BaseModel):
    """RFC 9457 problem details: `code` for programs, `title` and `detail` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    problems: list[Finding] = []


class Authorisation(BaseModel):
    """How far the user's yes is."""

    id: int
    state: Literal["asked", "given", "refused", "denied", "lapsed", "withdrawn", "expired"]
    title: str
    asked_at: str
    deadline: str
    until: str | None


class Document(BaseModel):
    """A document and how far its reading is."""

    id: int
    state: Literal["waiting", "read", "unreadable", "erased"]
    kind: str
    title: str
    party: str
    registration: int | None


class Supplement(BaseModel):
    """Something that is still owed."""

    title: str
    problem: str
    suggestion: str
    due: str | None
    state: str


class Unit(BaseModel):
    """By what the account is traded."""

    kind: str
    label: str


class Summary(BaseModel):
    """A registration as a list shows it."""

    id: int
    number: str | None
    kind: str
    stage: STAGES
    stage_title: str
    created_at: str
    updated_at: str
    submitted_at: str | None


class Trading(BaseModel):
    """Whether the unit may trade in this month; `why` says why not."""

    may_trade: bool
    why: str


class Registration(Summary):
    """A registration whole. `visible` is false once the user's yes is over: then nothing of what is in it is shown."""

    visible: bool
    authorisation: Authorisation | None
    next: str
    account_number: str | None = None
    code: str | None = None
    name: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    unit: Unit | None = None
    trading: Trading | None = None
    problems: list[Finding] = []
    documents: list[Document] = []
    supplements: list[Supplement] = []


class HandedIn(BaseModel):
    """What the rules say of a document that was handed in later, and the registration as it stands."""

    said: str
    registration: Registration


class Registrations(BaseModel):
    """One page, newest first; `next_cursor` is empty on the last one."""

    items: list[Summary]
    next_cursor: int | None


class BatchItem(BaseModel):
    """What became of one item; without a status nobody has worked on it yet."""

    place: int
    status: int | None
    registration: Registration | None = None
    problem: Problem | None = None


class Batch(BaseModel):
    """A batch and how far it is."""

    id: int
    state: Literal["working", "done"]
    total: int
    done: int
    succeeded: int
    failed: int
    created_at: str
    items: list[BatchItem]


class Hook(BaseModel):
    """An address that is told of events. The secret is in the answer to its making alone."""

    id: int
    url: str
    events: list[EVENT]
    created_at: str
    secret: str | None = None


class Hooks(BaseModel):
    """All addresses."""

    items: list[Hook]


class Delivery(BaseModel):
    """One event on its way to one address."""

    id: int
    hook: int
    event: str
    state: Literal["pending", "sending", "delivered", "dead"]
    attempts: int
    status: int | None
    error: str
    due_at: str
    delivered_at: str | None
    created_at: str


class Deliveries(BaseModel):
    """One page of the log, newest first."""

    items: list[Delivery]
    next_cursor: int | None


class Point(BaseModel):
    """One reason why points were taken."""

    fact: str
    title: str
    count: int
    cost: int
    how: str


class Conduct(BaseModel):
    """The score and what it is made of."""

    score: int
    state: Literal["well", "warned", "blocked"]
    since: str
    submitted: int
    points: list[Point]


class Me(BaseModel):
    """Who the key belongs to, what it may do, how the proxy stands."""

    name: str
    key: str
    scopes: list[Literal["read", "register", "batch", "hooks", "packages", "contracts"]]
    expires_at: str
    per_minute: int
    per_day: int
    conduct: Conduct
