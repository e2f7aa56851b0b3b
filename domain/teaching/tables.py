"""The table of what Rasa was asked about: how it read each message, and what people said that it meant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Sealed, UtcDateTime

UNSURE = "unsure_what"
IGNORED = "ignored"  # stands as a label, and is no intent
BY_PERSON = "person"  # who labelled, where the person who wrote it tapped what was meant; else "staff:" and a number
# What came of it: guesses were offered, the person took one or none of them; or wanted a human at once.
OFFERED, TAPPED, NONE_OF_THEM, HUMAN = "offered", "tapped", "none", "human"


class Heard(Base):
    """One message that was given to Rasa. Only what is listed keeps its words: what it was unsure about, what no
    article answers, what was followed at once by 人工, and a sample."""

    __tablename__ = "heard"
    __table_args__ = (Index("ix_heard_listed", "listed", "same"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound_messages.id"), unique=True)
    channel: Mapped[str]
    role: Mapped[str]
    stage: Mapped[str]
    asking: Mapped[str]  # in the words that nlu/ has learnt
    intent: Mapped[str]  # as it was understood; UNSURE where it was not
    guesses: Mapped[list[Any]] = mapped_column(JSON)  # [intent, confidence], the likeliest first
    places: Mapped[list[Any]] = mapped_column(JSON)  # [mark, from, to]: where names stand in it
    listed: Mapped[bool] = mapped_column(default=False)
    unanswered: Mapped[bool] = mapped_column(default=False)  # a question about the rules that no article answers
    next: Mapped[str] = mapped_column(default="")  # one of the words above, or nothing of that
    text: Mapped[str] = mapped_column(Sealed, default="")
    masked: Mapped[str] = mapped_column(Sealed, default="")
    same: Mapped[str] = mapped_column(default="")  # one for equal masked words after the same question
    label: Mapped[str] = mapped_column(default="")
    label_by: Mapped[str] = mapped_column(default="")
    labelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    week: Mapped[date] = mapped_column(index=True)  # its Monday
