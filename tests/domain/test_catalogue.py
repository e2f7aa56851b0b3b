"""The catalogue itself refuses a stranger, whatever door they came through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.packages import catalogue
from domain.packages.catalogue import Author, read_draft
from domain.review.review import NotAllowed
from tests.support.market import retailer
from tests.support.terms import written
from tests.support.world import World

DRAFT = read_draft({**written(), "name": "安心固定价", "offered_from": "2026-11-23"})


@pytest.mark.parametrize("act", [catalogue.submit, catalogue.take_back, catalogue.withdraw])
def test_nobody_acts_for_another_company(world: World, act: Callable[..., Any]) -> None:
    with world.app.store.write() as session:
        mine, other = retailer(session, world.now), retailer(session, world.now, "R002", "滇能售电有限公司")
        version = catalogue.write(session, Author("staff:1", mine), None, DRAFT, world.now)
        with pytest.raises(NotAllowed, match="不是贵公司的"):
            act(session, Author("staff:2", other), version, world.now)
        with pytest.raises(NotAllowed, match="不是贵公司的"):
            catalogue.write(session, Author("staff:2", other), version.package, DRAFT, world.now)


def test_a_draft_is_read_as_it_was_typed() -> None:
    assert (DRAFT.name, DRAFT.offered_from, DRAFT.offered_to) == ("安心固定价", date(2026, 11, 23), None)
