"""What accounts used: kept as the source says it, and settled months stay."""

from __future__ import annotations

from domain.market.months import month
from domain.sources.facts import MonthRecord
from domain.usage.months import keep, used
from tests.support.world import World

NOW = month(2026, 11)


def kept(world: World, *records: MonthRecord, mark: str = "a") -> int:
    with world.app.store.write() as session:
        return keep(session, mark, records, world.now)


def kwh(world: World, months: int = 12, mark: str = "a") -> list[int]:
    with world.app.store.read() as session:
        return [each.kwh for each in used(session, mark, NOW, months)]


def test_the_months_before_are_given_oldest_first_and_only_as_many_as_asked_for(world: World) -> None:
    kept(world, *(MonthRecord(NOW - n, 100 + n) for n in range(30)))
    assert kwh(world) == [100 + n for n in range(12, 0, -1)]
    assert len(kwh(world, 24)) == 24
    assert kwh(world, mark="b") == []


def test_the_parts_of_the_day_are_kept(world: World) -> None:
    kept(world, MonthRecord(NOW - 1, 60, 30, 20, 10))
    with world.app.store.read() as session:
        (month_used,) = used(session, "a", NOW)
    assert (month_used.peak, month_used.flat, month_used.valley) == (30, 20, 10)


def test_a_month_changes_until_it_is_settled_and_then_never(world: World) -> None:
    assert kept(world, MonthRecord(NOW - 1, 100)) == 1
    assert kept(world, MonthRecord(NOW - 1, 100)) == 0
    assert kept(world, MonthRecord(NOW - 1, 110, settled=True)) == 1
    assert kept(world, MonthRecord(NOW - 1, 900, settled=True)) == 0
    assert kept(world, MonthRecord(NOW - 1, 901)) == 0
    assert kwh(world) == [110]
