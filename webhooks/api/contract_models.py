"""What the API takes and gives of what is asked for about contracts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from domain.contracts.tables import RequestKind, RequestState, Side
from webhooks.api.models import Taken, Words

KIND = Literal[tuple(each.value for each in RequestKind)]  # type: ignore[valid-type]
STATE = Literal[tuple(each.value for each in RequestState)]  # type: ignore[valid-type]
SIDE = Literal[tuple(each.value for each in Side)]  # type: ignore[valid-type]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class AnswerIn(Taken):
    """The company's word, bound to exactly what was shown."""

    staff: Words = Field(description="以谁的名义：本公司经办人或负责人在审核台的登录名")
    answer: Literal["yes", "no"] = Field(description="yes 同意，no 不同意")
    digest: Digest = Field(description="核对过的原文（shown）的 digest，原样带回")


class OfferIn(Taken):
    """A package proposed to a user."""

    staff: Words = Field(description="以谁的名义：本公司经办人或负责人在审核台的登录名")
    user: Code = Field(description="用户：本公司的合同编号、申请编号或16位户号")
    package: Code = Field(description="本公司在售套餐的编号，例如 P0001")
    begins: Literal["now", "end"] | None = Field(
        None, description="用户已有合同时必填：now 从下月起，end 到期后；没有合同时从下月起"
    )


class PermissionIn(Taken):
    """Who is to be asked whether this program may sign in their name."""

    staff: Words = Field(description="请谁同意：本公司经办人或负责人在审核台的登录名")


class Permission(BaseModel):
    """How far a person's yes to a program is."""

    id: int
    staff: str
    program: str = Field(description="哪个程序：密钥的名称")
    state: Literal["asked", "given", "refused", "lapsed", "withdrawn", "expired"]
    title: str
    asked_at: str
    deadline: str
    until: str | None


class Permissions(BaseModel):
    """What the company's people have said to its programs."""

    items: list[Permission]


class SideOut(BaseModel):
    """One side that must agree, and whether it has answered."""

    side: SIDE
    title: str
    answer: Literal["", "yes", "no"]
    at: str | None


class ContractRequest(BaseModel):
    """What is asked for about a contract, as every side is shown it."""

    number: str
    kind: KIND
    kind_title: str
    state: STATE
    state_title: str
    company: str
    package: str | None
    first_month: str
    last_month: str
    shown: str
    digest: str
    deadline: str
    proposed_by: SIDE
    mine: SIDE
    waits_for_mine: bool
    sides: list[SideOut]
    closed_why: str
    said: str


class ContractRequests(BaseModel):
    """What waits for the company's word."""

    items: list[ContractRequest]
