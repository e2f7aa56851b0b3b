"""The page about contracts says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.contracts import states
from domain.contracts.tables import REQUEST_STATES, RequestState

PAGE = (Path(__file__).resolve().parents[2] / "docs/contracts.md").read_text()


@pytest.mark.parametrize("drawn", [states.requests_drawn, states.contracts_drawn, states.parties_table])
def test_the_page_draws_what_the_code_does(drawn) -> None:
    assert drawn() in PAGE


def test_every_state_has_its_place_and_its_words() -> None:
    assert {move.after for move in states.REQUEST_MOVES} == set(RequestState) == set(REQUEST_STATES)
    assert {move.after for move in states.CONTRACT_MOVES} == set(states.CONTRACT_NAMES)
