"""What an outside system knows, in our words: values that the domain decides on, wherever they came from.

`to_json` and `from_json` are for keeping a fact (as a JSON value) beside what was decided on it, or for a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

_FIGURES = ("capacity_kva", "voltage_kv")


class AccountStatus(StrEnum):
    """Whether the supply company still supplies the account."""

    ACTIVE = "active"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class CompanyStatus(StrEnum):
    """How a company stands in the register; the value is the register's own word, as people read it."""

    ACTIVE = "存续"
    CANCELLED = "注销"
    REVOKED = "吊销"
    MOVED = "迁出"
    UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class Account:
    """One account number (户号) as the marketing system (营销系统) has it."""

    number: str
    name: str
    uscc: str  # empty where the archive has none
    address: str
    capacity_kva: Decimal | None  # None where the archive has none
    voltage_kv: Decimal | None
    bureau_code: str
    bureau_name: str
    status: AccountStatus
    category: str = ""
    said_at: datetime | None = field(default=None, compare=False)  # when the archive was asked

    def to_json(self) -> dict[str, Any]:
        """The fact as a JSON value; figures as text, so that nothing is rounded."""
        figures = {name: _as_text(getattr(self, name)) for name in _FIGURES}
        return asdict(self) | figures | {"said_at": _as_moment(self.said_at)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The fact that `to_json` gave."""
        figures = {name: Decimal(kept[name]) if kept[name] is not None else None for name in _FIGURES}
        read = {"status": AccountStatus(kept["status"]), "said_at": moment_of(kept)}
        return cls(**{**kept, **figures, **read})


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """What an account used in one month, in whole kWh; the parts of the day are known all together or not at all."""

    month: int  # see `domain.market.months`
    kwh: int
    peak: int | None = None
    flat: int | None = None
    valley: int | None = None
    settled: bool = False  # a settled month does not change any more


@dataclass(frozen=True, slots=True)
class Company:
    """One company as a register has it. What a register leaves out is empty, or None for the date."""

    uscc: str
    name: str
    old_number: str = ""  # the 15-digit 注册号 from before 2015
    former_names: tuple[str, ...] = ()
    type: str = ""
    legal_person: str = ""
    legal_person_title: str = ""  # 法定代表人, 负责人, 经营者 or 执行事务合伙人
    capital: str = ""  # as written: 500万元人民币
    established: date | None = None
    term: str = ""  # as written: 长期, 2012-05-08至2032-05-07
    address: str = ""
    scope: str = ""
    status: CompanyStatus = CompanyStatus.UNKNOWN
    said_at: datetime | None = field(default=None, compare=False)  # when the register was asked

    def to_json(self) -> dict[str, Any]:
        """The fact as a JSON value."""
        established = self.established.isoformat() if self.established else None
        former_names, said_at = list(self.former_names), _as_moment(self.said_at)
        return asdict(self) | {"established": established, "former_names": former_names, "said_at": said_at}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The fact that `to_json` gave."""
        read = {
            "established": date.fromisoformat(kept["established"]) if kept["established"] else None,
            "former_names": tuple(kept["former_names"]),
            "status": CompanyStatus(kept["status"]),
            "said_at": moment_of(kept),
        }
        return cls(**{**kept, **read})


def _as_text(figure: Decimal | None) -> str | None:
    return None if figure is None else f"{figure:f}"


def moment_of(kept: Mapping[str, Any] | None) -> datetime | None:
    """When a source said what was kept of it; None for what was kept before moments were, or where nothing was."""
    text = (kept or {}).get("said_at")
    return datetime.fromisoformat(text) if text else None


def _as_moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
