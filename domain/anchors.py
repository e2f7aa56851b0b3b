"""The end of the chain of evidence, day by day: what was shown outside on a day cannot be rewritten afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, UtcDateTime


class Anchor(Base):
    """The last fact of a day, and its mark."""

    __tablename__ = "evidence_anchors"

    day: Mapped[date] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    mark: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
