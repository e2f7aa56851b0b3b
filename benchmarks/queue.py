"""The console's queue with many orders: `./run bench queue --orders 100000`.

Fills a store of its own, then asks the real pages over Flask's own client (server time, no network): the first page,
each filter, searches, and a batch approval of 200 with its preview. Beside each stands the same written by hand in SQL
(`benchmarks.queue_hand`), on the same store in the same run, and the ratio of the two."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count, getloadavg
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import select

from benchmarks import queue_hand
from benchmarks.queue_town import fill
from domain.people.contacts import SMS
from domain.people.staff import Role
from domain.private import fingerprint
from domain.queue.name_marks import marks_of
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
        "owes": ("/?show=all&owes=late", "id in (select application_id from supplements where state = 'overdue')"),
        "who decided: rules": (
            "/?show=all&mode=automatic",
            "id in (select application_id from stage_steps where mode = 'automatic' and left_at is not null)",
        ),
        "who has taken it": ("/?taken=free", f"{MINE} and id not in (select application_id from claims)"),
        "page 200": ("/?show=all&page=200", "1"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of each run: on the clock, and of this process's own work, which no neighbour lengthens."""

    clock: list[float]
    work: list[float]


def timed(act: Callable[[], object], times: int, warm: bool = True) -> Took:
    """Run it so many times, after once that warms."""
    took = Took([], [])
    for number in range(times + warm):
        begun = perf_counter(), process_time()
        act()
        if number or not warm:
            took.clock.append((perf_counter() - begun[0]) * 1000)
            took.work.append((process_time() - begun[1]) * 1000)
    return took


def line(name: str, found: int, product: Took, hand: Took) -> str:
    """One row of the table."""
    work, theirs = median(product.work), median(hand.work)
    return f"{name:<24}{found:>8}{median(product.clock):>10.1f}{work:>10.1f}{theirs:>10.1f}{work / theirs:>8.1f}"


def measure(world: World, visitor: Visitor, times: int) -> None:
    """Print the table of pages."""
    connection = opened(world)
    print(f"{'question':<24}{'orders':>8}{'clock ms':>10}{'work ms':>10}{'by hand':>10}{'ratio':>8}")
    asked = questions(world) | {
        name: (f"/?show=all&q={text}", condition) for name, (text, condition) in searches().items()
    }
    for name, (path, condition) in asked.items():
        page = int(path.partition("page=")[2] or 1)
        found, known = total(visitor.get(path)), queue_hand.page(connection, condition, page)
        more = name.startswith("search") and found < known  # a hand that goes by marks alone finds a few too many
        assert found == known or more, f"{name}: {found} on the page, {known} by hand"
        took = timed(lambda path=path: visitor.get(path), times)
        hand = timed(lambda c=condition, p=page: queue_hand.page(connection, c, p), times)
        print(line(name, found, took, hand), flush=True)
    connection.close()


def opened(world: World) -> sqlite3.Connection:
    """A connection of a hand's own, with the product's pragmas."""
    connection = sqlite3.connect(str(world.app.store.engine.url.database), isolation_level=None)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def searches() -> dict[str, tuple[str, str]]:
    """What is looked for: the words, and the condition that a hand would write."""
    named = "id in (select application_id from name_marks where mark = {})"
    return {
        "search: a name": ("昆明滇", " and ".join(named.format(mark) for mark in marks_of(["昆明滇"]))),
        "search: two characters": ("曲靖", named.format(*marks_of(["曲靖"]))),
        "search: last digits": ("000123", "number like '%000123'"),
        "search: a number": ("ZC20261", "number between 'ZC20261' and 'ZC20261Z'"),
        "search: an account": ("0530000000012345", f"account_mark = '{fingerprint('account', '0530000000012345')}'"),
        "search: a phone": (
            "13900000123",
            f"contact_id in (select contact_id from addresses where fingerprint = '{fingerprint(SMS, '13900000123')}')",
        ),
    }


def total(page: str) -> int:
    """How many orders a page of the queue says there are."""
    found = re.search(r"共 <b>(\d+)</b> 份", page)
    return int(found.group(1)) if found else 0


def approve(world: World, visitor: Visitor) -> None:
    """Tick 200 orders, look at the preview, agree; a hand does so with 200 others."""
    ids: list[str] = []
    while len(ids) < BATCH:
        ids += re.findall(r'name="order" value="(\d+)"', visitor.get(f"/?page={len(ids) // 50 + 1}"))
    connection = opened(world)
    others = "select id from applications where stage = 'centre_review' order by stage_since desc limit ?"
    theirs = [row[0] for row in connection.execute(others, (BATCH,))]
    preview = timed(lambda: visitor.post("/batch", order=ids[:BATCH]), 1, warm=False)
    agreed = re.search(r'action="/console(/batch/\d+/approve)"', visitor.last)
    assert agreed is not None, "the preview offers no approval"
    before = passed(connection)
    done = timed(lambda: visitor.post(agreed.group(1)), 1, warm=False)
    approved = passed(connection) - before
    looked_at = timed(lambda: queue_hand.preview(connection, theirs, NOW), 1, warm=False)
    print(line("batch: preview", BATCH, preview, looked_at))
    moved = timed(lambda: queue_hand.approve(connection, theirs[:approved], NOW), 1, warm=False)
    print(line("batch: approval", approved, done, moved))
    connection.close()


def passed(connection: sqlite3.Connection) -> int:
    """How many approvals the chain of evidence knows."""
    found: int = connection.execute("select count(*) from evidence where what = 'approved'").fetchone()[0]
    return found


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
        print(f"{given.orders} orders filled in {perf_counter() - begun:.0f} s", flush=True)
        flask = create(world.app)
        visitor = Visitor(flask).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
        print(f"load {getloadavg()[0]:.1f} on {cpu_count()} cores, {given.times} times each, the batch once")
        measure(world, visitor, given.times)
        approve(world, visitor)
        flask.extensions["desk"].close()
        world.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
