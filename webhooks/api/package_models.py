"""What the API takes and gives of packages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from domain.packages.kinds import KEYS, Kind, Leaving
from domain.packages.tables import VersionState
from webhooks.api.models import Taken, Words

KIND = Literal[tuple(each.value for each in Kind)]  # type: ignore[valid-type]
LEAVING = Literal[tuple(each.value for each in Leaving)]  # type: ignore[valid-type]
STATE = Literal[tuple(each.value for each in VersionState)]  # type: ignore[valid-type]
PRICE_KEYS = "；".join(f"{kind}：{'、'.join(keys)}" for kind, keys in KEYS.items())
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$")]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Whole = Annotated[int, Field(strict=True, ge=0, le=1000)]


class PackageIn(Taken):
    """A package, or a new version of one. Amounts are texts, so that nothing is rounded."""

    name: Words = Field(description="套餐名称，用户会看到；上架过的不能改名")
    kind: KIND = Field(
        description="fixed 固定价，shared 保底分成，time_of_use 峰谷平，seasonal 丰枯，seasonal_time 两者"
    )
    prices: dict[str, Amount] = Field(description=f"元/兆瓦时，最多两位小数。{PRICE_KEYS}")
    months: Whole = Field(description="期限，1 到 60 个月")
    reference: Amount | None = Field(None, description="保底分成的参考价，元/兆瓦时")
    share: Whole = Field(0, description="保底分成归用户的比例，1 到 100（%）")
    green_percent: Whole = Field(0, description="绿电比例（%）")
    green_premium: Amount = Field("0", description="绿电每兆瓦时加价（元）")
    leaving: LEAVING = Field(description="提前终止：none 不收，per_mwh 按剩余电量，sum 一次性")
    leaving_fee: Amount = Field("0", description="元/兆瓦时，或一笔多少元")
    notice_days: Whole = Field(0, description="提前几天提出，0 到 180")
    offered_from: Day = Field(description="从哪天起可以选，例如 2026-12-01")
    offered_to: Day | None = Field(None, description="最后可选的日期；不填长期")


class Version(BaseModel):
    """One version of a package with its terms."""

    code: str
    number: int
    state: STATE
    state_title: str
    kind: KIND
    prices: dict[str, str]
    months: int
    reference: str | None
    share: int
    green_percent: int
    green_premium: str
    leaving: LEAVING
    leaving_fee: str
    notice_days: int
    offered_from: str
    offered_to: str | None
    submitted_at: str | None
    decided_at: str | None
    refusal: str
    page: str | None


class Package(BaseModel):
    """A package with its versions, the oldest first."""

    id: int
    code: str
    name: str
    versions: list[Version]


class Packages(BaseModel):
    """All packages of the company."""

    items: list[Package]
