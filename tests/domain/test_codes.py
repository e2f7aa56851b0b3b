"""One-time codes: hashed, bound, limited, used once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from domain.base import Base
from domain.people.codes import CodeLimits, OneTimeCode, Outcome, TooMany, Verdict, check, fold, forget, issue
from domain.private import use_keys

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PHONE, OTHER_PHONE = "a" * 64, "b" * 64
LIMITS = CodeLimits()


@pytest.fixture
def session() -> Iterator[Session]:
    use_keys(Fernet.generate_key().decode())
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[OneTimeCode.__table__])
    with Session(engine) as session:
        yield session


def make(session: Session, now: datetime = NOON, limits: CodeLimits = LIMITS, **who: object) -> str:
    asked = {"phone_hash": PHONE, "contact_id": 7, "purpose": "register:1"} | who
    return issue(session, now=now, random=Random(now.timestamp()), limits=limits, **asked)


def try_it(session: Session, text: str, now: datetime = NOON, **who: object) -> Outcome:
    asked = {"phone_hash": PHONE, "contact_id": 7, "purpose": "register:1"} | who
    return check(session, text=text, now=now, **asked)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_has_six_digits_and_is_right_once(session: Session) -> None:
    code = make(session)
    assert len(code) == 6 and code.isdigit()
    assert try_it(session, code) == Outcome(Verdict.RIGHT)
    assert try_it(session, code) == Outcome(Verdict.USED)


def test_a_small_number_keeps_its_leading_zeros(session: Session) -> None:
    class Low(Random):
        def randrange(self, *args: int, **kwargs: int) -> int:
            return 42

    made = issue(session, phone_hash=PHONE, contact_id=7, purpose="p", now=NOON, random=Low(), limits=LIMITS)
    assert made == "000042"


def test_the_code_is_nowhere_in_its_row_and_the_same_code_is_kept_differently(session: Session) -> None:
    class Same(Random):
        def randrange(self, *args: int, **kwargs: int) -> int:
            return 123456

    random = Same(1)
    for contact in (1, 2):
        issue(session, phone_hash=str(contact), contact_id=contact, purpose="p", now=NOON, random=random, limits=LIMITS)
    first, second = session.scalars(select(OneTimeCode))
    assert first.salt != second.salt and first.digest != second.digest
    assert not any("123456" in str(value) for value in vars(first).values())


def test_without_the_server_key_a_row_cannot_be_checked(session: Session) -> None:
    code = make(session)
    use_keys(Fernet.generate_key().decode())
    assert try_it(session, code).verdict is Verdict.WRONG


@pytest.mark.parametrize(
    "text",
    ["{0}", " {0} ", "{1}", "{2} {3}", "{2}-{3}", "{2}\u3000{3}", "{0}。"],
    ids=["plain", "blanks", "full width", "in two", "dash", "wide blank", "full stop"],
)
def test_a_code_is_understood_as_people_type_it(session: Session, text: str) -> None:
    code = make(session)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert try_it(session, text.format(code, wide, code[:3], code[3:])).verdict is Verdict.RIGHT


@pytest.mark.parametrize("text", ["", "等一下", "12345", "1234567", "12345a", "١٢٣٤٥٦", "1" * 100_000])
def test_what_is_no_code_costs_no_try(session: Session, text: str) -> None:
    make(session)
    assert fold(text) is None
    assert try_it(session, text) == Outcome(Verdict.WRONG, 5)


def test_the_fifth_wrong_try_ends_the_code(session: Session) -> None:
    code = make(session)
    left = [try_it(session, another(code)).tries_left for _ in range(6)]
    assert left == [4, 3, 2, 1, 0, 0]
    assert try_it(session, code) == Outcome(Verdict.WRONG, 0)


def test_brute_force_gets_five_tries_a_code_and_ten_codes_a_day(session: Session) -> None:
    """Whoever asks again as soon as it is allowed and never stops guessing has 50 chances in a million a day."""
    asked: list[datetime] = []
    now = NOON
    while now < NOON + timedelta(days=1):
        try:
            code = make(session, now)
        except TooMany as too_many:
            now = too_many.retry_at
            continue
        asked.append(now)
        guesses = [f"{number:06d}" for number in range(20) if f"{number:06d}" != code]
        assert [try_it(session, guess, now).verdict for guess in guesses] == [Verdict.WRONG] * len(guesses)
    assert session.scalars(select(OneTimeCode.tries_left)).all() == [0] * 10
    assert sum(moment < NOON + timedelta(hours=1) for moment in asked) == 5


def test_guesses_of_parallel_workers_share_the_same_tries(session: Session) -> None:
    """Two workers that both read the row before either wrote it still spend one try each."""
    code = make(session)
    session.commit()
    with Session(session.get_bind()) as second:
        second.scalars(select(OneTimeCode)).all()
        assert try_it(session, another(code)).tries_left == 4
        session.commit()
        assert try_it(second, another(code)).tries_left == 3


@pytest.mark.parametrize(
    "other",
    [{"purpose": "register:2"}, {"contact_id": 8}, {"phone_hash": OTHER_PHONE}],
    ids=["purpose", "person", "phone"],
)
def test_a_code_is_worth_nothing_for_something_else(session: Session, other: dict[str, object]) -> None:
    code = make(session)
    assert try_it(session, code, **other) == Outcome(Verdict.NONE)
    assert try_it(session, code).verdict is Verdict.RIGHT


@pytest.mark.parametrize("column", ["purpose", "contact_id", "phone_hash"])
def test_a_row_moved_to_something_else_does_not_fit(session: Session, column: str) -> None:
    """Whoever can write the table, but has no key, cannot turn a code for one thing into a code for another."""
    code = make(session)
    other = {"purpose": "leave:9", "contact_id": 9, "phone_hash": OTHER_PHONE}[column]
    row = session.scalars(select(OneTimeCode)).one()
    setattr(row, column, other)
    session.flush()
    assert try_it(session, code, **{column: other}).verdict is Verdict.WRONG


def test_a_code_expires_to_the_second(session: Session) -> None:
    code = make(session)
    assert try_it(session, another(code), NOON + timedelta(minutes=5, seconds=-1)).verdict is Verdict.WRONG
    assert try_it(session, code, NOON + timedelta(minutes=5)) == Outcome(Verdict.EXPIRED)


def test_a_new_code_replaces_the_old_one(session: Session) -> None:
    old = make(session)
    new = make(session, NOON + timedelta(minutes=1))
    assert old != new
    assert try_it(session, old, NOON + timedelta(minutes=1)).verdict is Verdict.WRONG
    assert try_it(session, new, NOON + timedelta(minutes=1)).verdict is Verdict.RIGHT


def test_a_refused_request_leaves_the_last_code_alone(session: Session) -> None:
    code = make(session)
    with pytest.raises(TooMany):
        make(session, NOON + timedelta(seconds=30))
    assert try_it(session, code, NOON + timedelta(seconds=31)).verdict is Verdict.RIGHT


@pytest.mark.parametrize("who", [{"contact_id": 8}, {"phone_hash": OTHER_PHONE}], ids=["same phone", "same person"])
def test_the_limits_hold_for_a_phone_and_for_a_person(session: Session, who: dict[str, object]) -> None:
    make(session)
    with pytest.raises(TooMany) as refused:
        make(session, NOON + timedelta(seconds=15), purpose="register:2", **who)
    assert refused.value.retry_at == NOON + timedelta(minutes=1)
    assert refused.value.message == "验证码发送得太频繁了，请45秒后再试。"
    make(session, NOON + timedelta(minutes=1), purpose="register:2", **who)


def test_five_an_hour_and_ten_a_day(session: Session) -> None:
    made: list[datetime] = []
    refused: list[TooMany] = []
    now = NOON
    while len(made) < 11:
        try:
            make(session, now)
            made.append(now)
        except TooMany as too_many:
            refused.append(too_many)
            assert too_many.retry_at > now
            now = too_many.retry_at
    assert made[5] == NOON + timedelta(hours=1)
    assert made[10] == NOON + timedelta(days=1)
    assert refused[-1].message == "验证码发送得太频繁了，请23小时后再试。"


def test_at_most_five_codes_can_be_used_at_once(session: Session) -> None:
    limits = replace(LIMITS, minutes=10, per_hour=30, per_day=30)
    for number in range(5):
        make(session, NOON + timedelta(minutes=number), limits, purpose=f"register:{number}")
    now = NOON + timedelta(minutes=6)
    with pytest.raises(TooMany) as refused:
        make(session, now, limits, purpose="register:5")
    assert refused.value.retry_at == NOON + timedelta(minutes=10)
    make(session, now, limits, purpose="register:4")  # takes the place of one of the five


def test_forgetting_deletes_only_what_is_old(session: Session) -> None:
    make(session)
    make(session, NOON + timedelta(days=2))
    assert forget(session, NOON + timedelta(days=1)) == 1
    assert session.scalars(select(OneTimeCode.created_at)).all() == [NOON + timedelta(days=2)]
