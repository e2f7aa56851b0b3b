"""Working days, with the State Council's swaps."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.workdays import PUBLISHED, NotPublished, local_day


def test_a_sunday_that_was_swapped_is_a_working_day() -> None:
    """国务院办公厅关于2026年部分节假日安排的通知: 2026-01-04 (a Sunday) is worked."""
    assert PUBLISHED.is_workday(date(2026, 1, 4))
    assert not PUBLISHED.is_workday(date(2026, 1, 2))


def test_the_day_of_arrival_is_day_zero() -> None:
    """Friday to Monday is one working day."""
    assert PUBLISHED.workdays_since(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert PUBLISHED.workdays_since(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert PUBLISHED.workdays_since(date(2026, 11, 20), date(2026, 11, 27)) == 5


def test_a_year_that_is_not_published_is_not_guessed() -> None:
    with pytest.raises(NotPublished, match="2030年"):
        PUBLISHED.is_workday(date(2030, 1, 2))


def test_the_day_is_chinas() -> None:
    assert local_day(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)) == date(2026, 11, 24)
