"""Approving many at once: a preview that says which will pass and which will not, then exactly these and no others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.staff import Staff


class ReviewBatch(Base):
    """What one person looked at to approve together. Made by the preview, done once, taken back as a whole."""

    __tablename__ = "review_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    staff: Mapped[Staff] = relationship()
    items: Mapped[list[ReviewBatchItem]] = relationship(order_by="ReviewBatchItem.id")


class ReviewBatchItem(Base):
    """One application of a batch, as the preview saw it, and what came of it."""

    __tablename__ = "review_batch_items"
    __table_args__ = (UniqueConstraint("batch_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("review_batches.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    step_id: Mapped[int]  # the step that was running
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the application had changed last
    state: Mapped[str]  # would_pass, would_fail, approved, failed, undone
    why: Mapped[str | None] = mapped_column(Sealed)  # why not
