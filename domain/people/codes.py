"""One-time codes (短信验证码): six digits that prove that a phone is in somebody's hands, for one purpose, once.

Kept salted and keyed, never as typed: six digits are guessed in no time by whoever holds the hash but not the key.
Bound to what they were made for (OWASP ASVS 5.0); six digits, ten minutes at most, single use (NIST 800-63B-4). The
rolling windows are those that Aliyun sets for codes: 1 a minute, 5 an hour, 10 a day (ALI:2881383).
"""

from __future__ import annotations

import hmac
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy import ColumnElement, Index, and_, delete, not_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.private import fingerprint
from domain.settings import figure

DIGITS = 6
_SEPARATORS = re.compile(r"[\s\-‐‑–—_·.,、。\u200b-\u200f\ufeff]")


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """How long a code holds, how often it may be tried, how many may be made; the figures come from the settings."""

    minutes: int = 5
    tries: int = 5
    per_minute: int = 1
    per_hour: int = 5
    per_day: int = 10
    live: int = 5  # codes of one phone, and of one contact, that could still be used

    def windows(self) -> tuple[tuple[timedelta, int], ...]:
        """Each rolling window and how many codes it takes, for one phone and for one contact alike."""
        return (
            (timedelta(minutes=1), self.per_minute),
            (timedelta(hours=1), self.per_hour),
            (timedelta(days=1), self.per_day),
        )


def limits_set(session: Session) -> CodeLimits:
    """The limits as an administrator has set them."""
    names = ("minutes", "tries", "per_minute", "per_hour", "per_day")
    return CodeLimits(**{name: figure(session, f"code_{name}") for name in names})


class CodeState(StrEnum):
    """What became of a code; whether it has expired is a question of the time."""

    LIVE = "live"
    USED = "used"
    REPLACED = "replaced"


class OneTimeCode(Base):
    """A code that was sent. `digest` is keyed and salted, and covers phone, contact and purpose."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        Index("ix_one_time_codes_phone", "phone_hash", "created_at"),
        Index("ix_one_time_codes_contact", "contact_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str]
    contact_id: Mapped[int]
    purpose: Mapped[str]
    salt: Mapped[str]
    digest: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries_left: Mapped[int]
    state: Mapped[str] = mapped_column(default=CodeState.LIVE)


class TooMany(Exception):
    """No further code now. `retry_at` is when the next one may be made, `message` says so in Chinese."""

    def __init__(self, retry_at: datetime, now: datetime) -> None:
        self.retry_at = retry_at
        self.message = f"验证码发送得太频繁了，请{_in_words(retry_at - now)}后再试。"
        super().__init__(self.message)


class Verdict(StrEnum):
    """What a typed code was worth."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    NONE = "none"  # none was made for this, or it was for something or somebody else


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict, and after a wrong code how many tries are left (0: a new code is needed)."""

    verdict: Verdict
    tries_left: int = 0


def issue(
    session: Session,
    *,
    phone_hash: str,
    contact_id: int,
    purpose: str,
    now: datetime,
    random: Random,
    limits: CodeLimits,
) -> str:
    """Make a code for this phone, person and purpose, and hand it out to be sent; it is not kept as typed.

    An older one for the same purpose stops working. `random` must be a SystemRandom outside of tests. Raises TooMany.
    """
    mine = (OneTimeCode.phone_hash == phone_hash, OneTimeCode.contact_id == contact_id)
    older = and_(*mine, OneTimeCode.purpose == purpose, OneTimeCode.state == CodeState.LIVE)
    for whose in mine:
        _refuse_too_many(session, whose, older, now, limits)
    session.execute(update(OneTimeCode).where(older).values(state=CodeState.REPLACED))
    code = f"{random.randrange(10**DIGITS):0{DIGITS}d}"
    salt = random.randbytes(16).hex()
    session.add(
        OneTimeCode(
            phone_hash=phone_hash,
            contact_id=contact_id,
            purpose=purpose,
            salt=salt,
            digest=_digest(salt, phone_hash, contact_id, purpose, code),
            created_at=now,
            expires_at=now + timedelta(minutes=limits.minutes),
            tries_left=limits.tries,
        )
    )
    session.flush()
    return code


def check(session: Session, *, phone_hash: str, contact_id: int, purpose: str, text: str, now: datetime) -> Outcome:
    """Whether this is the code that was made for this phone, person and purpose. A right one is used up by it.

    A try is spent before the comparison, by one conditional UPDATE, so that parallel guesses get no more tries than
    the limit. The caller must commit after a wrong code too. A text that is no six digits costs no try.
    """
    row = session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.phone_hash == phone_hash,
            OneTimeCode.contact_id == contact_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.state != CodeState.REPLACED,
        )
        .order_by(OneTimeCode.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return Outcome(Verdict.NONE)
    if row.state == CodeState.USED:
        return Outcome(Verdict.USED)
    if now >= row.expires_at:
        return Outcome(Verdict.EXPIRED)
    code = fold(text)
    return Outcome(Verdict.WRONG, row.tries_left) if code is None else _try(session, row, code)


def fold(text: str) -> str | None:
    """The six digits in what a person typed (full-width digits, spaces and dashes made one), None if it is no code."""
    folded = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return folded if re.fullmatch(rf"[0-9]{{{DIGITS}}}", folded) else None


def forget(session: Session, before: datetime) -> int:
    """Delete codes made before that moment and say how many; keep at least a day, the limits are counted on them."""
    gone = session.execute(delete(OneTimeCode).where(OneTimeCode.created_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _try(session: Session, row: OneTimeCode, code: str) -> Outcome:
    """Spend a try, then compare; a right code is taken by whoever turns its state."""
    left = session.scalar(
        update(OneTimeCode)
        .where(OneTimeCode.id == row.id, OneTimeCode.state == CodeState.LIVE, OneTimeCode.tries_left > 0)
        .values(tries_left=OneTimeCode.tries_left - 1)
        .returning(OneTimeCode.tries_left)
    )
    if left is None:
        session.refresh(row)
        return Outcome(Verdict.USED if row.state == CodeState.USED else Verdict.WRONG)
    expected = _digest(row.salt, row.phone_hash, row.contact_id, row.purpose, code)
    if not hmac.compare_digest(row.digest, expected):
        return Outcome(Verdict.WRONG, left)
    row.state = CodeState.USED
    session.flush()
    return Outcome(Verdict.RIGHT)


def _digest(salt: str, phone_hash: str, contact_id: int, purpose: str, code: str) -> str:
    return fingerprint("code", "\n".join((salt, phone_hash, str(contact_id), purpose, code)))


def _refuse_too_many(
    session: Session, whose: ColumnElement[bool], older: ColumnElement[bool], now: datetime, limits: CodeLimits
) -> None:
    """Raise TooMany with the moment at which every limit has room again. `older`: what the new code will replace."""
    waits = []
    for lasts, most in limits.windows():
        nth = _nth_newest(session, OneTimeCode.created_at, most, whose, OneTimeCode.created_at > now - lasts)
        if nth is not None:
            waits.append(nth + lasts)
    usable = (OneTimeCode.state == CodeState.LIVE, OneTimeCode.expires_at > now, OneTimeCode.tries_left > 0)
    nth = _nth_newest(session, OneTimeCode.expires_at, limits.live, whose, not_(older), *usable)
    if nth is not None:
        waits.append(nth)
    if waits:
        raise TooMany(max(waits), now)


def _nth_newest(
    session: Session, column: InstrumentedAttribute[datetime], nth: int, *which: ColumnElement[bool]
) -> datetime | None:
    """The moment of the nth newest of these codes: when it leaves, there is room for one. None when there is room."""
    return session.scalar(select(column).where(*which).order_by(column.desc()).offset(nth - 1).limit(1))


def _in_words(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    if seconds <= 60:
        return f"{seconds}秒"
    minutes = math.ceil(seconds / 60)
    return f"{minutes}分钟" if minutes <= 60 else f"{math.ceil(minutes / 60)}小时"
