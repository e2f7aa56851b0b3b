"""The console's queue with many orders: `./run bench queue --orders 100000`.

Fills a store of its own, then asks the real pages over Flask's own client (server time, no network): the first page,
each filter, a search, and a batch approval of 200 with its preview. Beside each stands the same question written by
hand in SQL, on the same store in the same run: the ids of the page, their count, and the sealed values of its rows."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter

from flask import Flask
from sqlalchemy import select

from benchmarks.queue_town import fill
from domain.people.staff import Role
from domain.private import open_sealed
from domain.rules.rules import Rule
from domain.settings import SettingValue
from tests.support.console import Visitor
from tests.support.world import World
from webhooks.app import create

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINE = "(stage = 'centre_review' or stage = 'bureau_review' and bureau_id is null)"
REVIEWED = "stage in ('bureau_review', 'centre_review')"
BATCH = 200


def questions(world: World) -> dict[str, tuple[str, str]]:
    """What is asked: the page's address, and the condition that a hand would write."""
    with world.app.store.read() as session:
        rule = session.scalar(select(Rule.name).where(Rule.severity == "hint").order_by(Rule.id)) or ""
    carried = "id in (select application_id from troubles where outcome = 'carried' and"
    return {
        "first page": ("/", MINE),
        "all": ("/?show=all", "1"),
        "stage: bureau": ("/?show=bureau", "stage = 'bureau_review'"),
        "colour: red": ("/?colour=red", f"{MINE} and {REVIEWED} and stage_since < '2026-11-11 16:00:00'"),
        "bureau": ("/?show=all&bureau=3", "bureau_id = 3"),
        "kind": ("/?show=all&kind=payer", "kind = 'payer'"),
        "channel": ("/?show=all&channel=api", "channel = 'api'"),
        "rule": (f"/?show=all&rule={rule}", f"{carried} rule = '{rule}')"),
        "severity": ("/?show=all&severity=supplementable", f"{carried} severity = 'supplementable')"),
        "needs a person": ("/?show=all&person=1", f"{carried} needs_person)"),
        "week": (
            "/?show=all&week=2026-10-12",
            "submitted_at >= '2026-10-11 16:00' and submitted_at < '2026-10-18 16:00'",
        ),
        "three at once": (
            "/?kind=tenant&channel=batch&bureau=3",
            f"{MINE} and kind = 'tenant' and channel = 'batch' and bureau_id = 3",
        ),
        "page 900": ("/?show=all&page=900", "1"),
    }  # fmt: skip


def by_hand(connection: sqlite3.Connection, condition: str, page: int = 1) -> int:
    """The rows of a page and their count, as somebody would write it who needs nothing else; how many there are."""
    where = f"submitted_at is not null and {condition}"
    ids = connection.execute(
        f"select id from applications where {where} order by stage_since, id limit 50 offset {50 * (page - 1)}"
    ).fetchall()
    marks = ",".join(str(row[0]) for row in ids)
    values = connection.execute(
        f"select v.value from applications a join field_values v on v.application_id = a.id and v.name in"
        f" ('name', 'account_number') where a.id in ({marks})"
    ).fetchall()
    for (value,) in values:
        open_sealed(value)
    found: int = connection.execute(f"select count(*) from applications where {where}").fetchone()[0]
    return found


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each run, after one that warms."""
    act()
    took = []
    for _ in range(times):
        begun = perf_counter()
        act()
        took.append((perf_counter() - begun) * 1000)
    return took


def line(name: str, page: list[float], hand: list[float] | None, found: int) -> str:
    """One row of the table."""
    late = quantiles(page, n=20)[18] if len(page) > 1 else page[0]
    words = f"{name:<22}{found:>8}{median(page):>10.1f}{late:>10.1f}"
    return words if hand is None else f"{words}{median(hand):>12.1f}{median(page) / median(hand):>8.1f}"


def measure(world: World, flask: Flask, visitor: Visitor, times: int) -> None:
    """Print the table of pages."""
    connection = sqlite3.connect(str(world.app.store.engine.url.database))
    print(f"{'question':<22}{'orders':>8}{'p50 ms':>10}{'p95 ms':>10}{'by hand ms':>12}{'ratio':>8}")
    for name, (path, condition) in questions(world).items():
        page = int(path.partition("page=")[2] or 1)
        found = total(visitor.get(path))
        assert found == by_hand(connection, condition, page), name
        took = timed(lambda path=path: visitor.get(path), times)
        print(line(name, took, timed(lambda c=condition, p=page: by_hand(connection, c, p), times), found), flush=True)
    for name, text in {
        "a name": "昆明滇",
        "two characters": "曲靖",
        "a number": "0123",
        "a phone": "13900000123",
    }.items():
        path = f"/?show=all&q={text}"
        print(line(f"search: {name}", timed(lambda path=path: visitor.get(path), times), None, total(visitor.last)))


def total(page: str) -> int:
    """How many orders a page of the queue says there are."""
    found = re.search(r"共 <b>(\d+)</b> 份", page)
    return int(found.group(1)) if found else 0


def approve(world: World, flask: Flask, visitor: Visitor) -> None:
    """Tick 200 orders, look at the preview, agree."""
    visitor.get("/")
    ids = re.findall(r'name="order" value="(\d+)"', visitor.last)
    for page in range(2, BATCH // 50 + 1):
        ids += re.findall(r'name="order" value="(\d+)"', visitor.get(f"/?page={page}"))
    begun = perf_counter()
    visitor.post("/batch", order=ids[:BATCH])
    preview = perf_counter()
    agreed = re.search(r'action="/console(/batch/\d+/approve)"', visitor.last)
    if agreed is None:
        print("batch: the preview offers no approval")
        return
    visitor.post(agreed.group(1))
    done = perf_counter()
    print(f"\nbatch of {len(ids[:BATCH])}: preview {preview - begun:.2f} s, approval {done - preview:.2f} s")


def main() -> int:
    """Fill, measure, print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--orders", type=int, default=100_000)
    words.add_argument("--times", type=int, default=20)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        begun = perf_counter()
        fill(world.app.store, given.orders, NOW, Random(7))
        with world.app.store.write() as session:  # nobody answers here for the sources
            session.add(SettingValue(name="recheck", value=False))
        with world.app.store.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        print(f"{given.orders} orders filled in {perf_counter() - begun:.0f} s")
        flask = create(world.app)
        visitor = Visitor(flask).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
        measure(world, flask, visitor, given.times)
        approve(world, flask, visitor)
        flask.extensions["desk"].close()
        world.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
