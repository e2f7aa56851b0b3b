"""Schemathesis holds the API to its own document: every door, made-up requests, each answer as described."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from domain.settings import SettingValue
from tests.support.market import retailer
from tests.support.proxies import NAME, Program, program
from tests.support.terms import written
from tests.support.world import World
from webhooks.api import ROUTES

EXAMPLES = 12  # for each door: found what there was to find, and stays within seconds
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
)
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
DOORS = [(method, re.sub("<[^>]*:([a-z_]+)>", r"{\1}", f"/api/v1{path}")) for path, _, method in ROUTES]
numbers = itertools.count()


@cache
def desk() -> tuple[World, Program]:
    """One product for all made-up requests, with something to find in it."""
    made = World(Path(tempfile.mkdtemp()))
    proxy = program(made)
    with made.app.store.write() as session:
        for name in ("proxy_per_minute", "proxy_per_day"):
            session.merge(SettingValue(name=name, value=1_000_000))
    proxy.submitted()
    with made.app.store.write() as session:
        retailer(session, made.now, "R001", NAME)
    proxy.post("/packages", {**written(), "name": "安心固定价", "offered_from": "2026-11-23"})
    proxy.post("/contract-requests", {"staff": "r1", "user": "HT1", "package": "P0001"})
    proxy.post("/hooks", {"url": "https://hooks.example.com/", "events": ["conduct.changed"]})
    return made, proxy


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    desk()[0].close()
    desk.cache_clear()


@pytest.mark.parametrize(("method", "path"), DOORS, ids=[f"{method} {path}" for method, path in DOORS])
def test_the_api_keeps_to_its_document(method: str, path: str) -> None:
    """Whatever comes, the answer is one that the document names, in the form that it names."""
    world, proxy = desk()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.door.application)
    door, key = schema[path][method], {"Authorization": f"Bearer {proxy.key}"}

    @SETTINGS
    @given(case=door.as_strategy() | door.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def hold(case: schemathesis.Case) -> None:
        if (case.headers or {}).get("Idempotency-Key"):
            case.headers["Idempotency-Key"] = f"{next(numbers)}"
        world.app.redis.counts.clear()  # type: ignore[attr-defined]  # wrong keys are tried, and slowed after some
        answer = case.call(headers=key)
        case.validate_response(answer, checks=CHECKS, headers=key)

    hold()
