"""Settings: what an administrator may type, and that every change is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.figures import FIGURES, BadSetting
from domain.people.staff import Role
from domain.registration.applications import Stage
from domain.registration.market import after_approval
from domain.settings import change, changes, figure, value
from tests.support.world import World


def test_a_figure_that_nobody_changed_has_its_default(world: World) -> None:
    with world.app.store.read() as session:
        assert figure(session, "wholesale_from_kva") == 315


def test_a_change_holds_and_says_who_and_from_what(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        change(session, "wholesale_from_kva", " 400 ", administrator, world.now)
        change(session, "wholesale_from_kva", "400", administrator, world.now)
    with world.app.store.read() as session:
        kept = changes(session)
        assert figure(session, "wholesale_from_kva") == 400
        assert [(row.old, row.new, row.staff_id, row.at) for row in kept] == [(315, 400, administrator, world.now)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wholesale_from_kva", "很多"),
        ("wholesale_from_kva", "0"),
        ("code_minutes", "11"),
        ("notify_by_sms", "也许"),
        ("second_factor_for", "submit，所有"),
        ("wet_months", "6,13"),
        ("wet_months", "夏天"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_chinese(world: World, name: str, text: str) -> None:
    with world.app.store.write() as session, pytest.raises(BadSetting, match="[一-龥]"):
        change(session, name, text, 1, world.now)


def test_a_switch_takes_the_words_that_people_use(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        change(session, "notify_by_sms", "关", administrator, world.now)
        assert value(session, "notify_by_sms") is False


def test_months_are_typed_as_people_write_them(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        change(session, "wet_months", "7月、6月，7", administrator, world.now)
        assert value(session, "wet_months") == "6,7"


def test_the_threshold_decides_who_may_choose_the_market(world: World) -> None:
    """315 kVA itself is eligible; the figure is the administrator's."""
    assert after_approval(Decimal(315), 315) == Stage.AWAITING_MARKET
    assert after_approval(Decimal("314.999"), 315) == Stage.AWAITING_RETAILER
    assert after_approval(None, 315) == Stage.AWAITING_RETAILER


def test_every_figure_has_a_title_and_a_default_that_it_takes_itself() -> None:
    for figure_ in FIGURES.values():
        assert figure_.title
        assert figure_.parse("开" if figure_.default is True else str(figure_.default)) == figure_.default
