"""What admitted accounts used is kept fresh: asked for once they are admitted, then until the last month is settled."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.usage import refresh_usage
from domain.market.months import month_of
from domain.registration.applications import Application, Stage
from domain.settings import SettingValue
from domain.sources.facts import MonthRecord
from domain.sources.lookups import Where
from domain.usage.months import UsageAsk, used
from domain.workdays import local_day
from tests.support.console import newest, submitted
from tests.support.orders import more_orders
from tests.support.world import ACCOUNT, START, World

NOW = month_of(local_day(START))
LAST = NOW - 1


def kept(world: World) -> dict[int, int]:
    refresh_usage(world.app)
    mark = newest(world).account_mark
    assert mark is not None
    with world.app.store.read() as session:
        return {each.month: each.kwh for each in used(session, mark, NOW + 12, 48)}


def admitted(world: World) -> World:
    submitted(world)
    with world.app.store.write() as session:
        session.get_one(Application, newest(world).id).stage = Stage.AWAITING_RETAILER
    world.sources.usages[ACCOUNT] = [MonthRecord(LAST - n, 1000 + n, settled=n > 0) for n in range(30)]
    return world


def test_nothing_is_asked_before_the_account_is_admitted(world: World) -> None:
    submitted(world)
    world.sources.usages[ACCOUNT] = [MonthRecord(LAST, 1000)]
    assert kept(world) == {}


def test_an_admitted_account_has_its_last_24_months(world: World) -> None:
    assert sorted(kept(admitted(world))) == list(range(LAST - 23, LAST + 1))


def test_a_month_is_asked_for_again_until_it_is_settled(world: World) -> None:
    admitted(world)
    kept(world)
    world.sources.usages[ACCOUNT] = [MonthRecord(LAST, 1234, settled=True)]
    world.wait(hours=1)
    assert kept(world)[LAST] == 1000
    world.wait(hours=20)
    assert kept(world)[LAST] == 1234
    world.sources.usages[ACCOUNT] = [MonthRecord(LAST, 9999, settled=True)]
    world.wait(hours=21)
    assert kept(world)[LAST] == 1234


def test_a_source_that_is_down_is_asked_again_as_soon_as_it_is_back(world: World) -> None:
    admitted(world).sources.down.add(Where.MARKETING)
    assert kept(world) == {}
    world.sources.down.clear()
    assert len(kept(world)) == 24


def test_no_more_accounts_are_asked_for_at_once_than_the_setting_allows(world: World) -> None:
    """Four in a minute are two in each half."""
    admitted(world)
    more_orders(world, 4)
    with world.app.store.write() as session:
        for application in session.scalars(select(Application)):
            application.stage = Stage.AWAITING_RETAILER
        session.merge(SettingValue(name="usage_per_minute", value=4))
    counts = []
    for _ in range(4):
        refresh_usage(world.app)
        with world.app.store.read() as session:
            counts.append(session.scalar(select(func.count()).select_from(UsageAsk)))
    assert counts == [2, 4, 5, 5]
