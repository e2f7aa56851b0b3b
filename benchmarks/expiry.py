"""The nightly search for contracts that end soon: `./run bench expiry --contracts 1000000`.

Fills a store of its own with 10,000, 100,000 … contracts of which 3 % end within the days that are told of (a third has
been told already), and asks `domain.contracts.expiry.due` what is to be done tonight. Beside it, on the same store in
the same run, stands one statement written by hand that finds the same contracts; the ids must agree. Then some of what
was found is really done, each in a transaction of its own. On SQLite, and on a private PostgreSQL where one is
installed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from os import cpu_count, getloadavg
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from cryptography.fernet import Fernet
from sqlalchemy import delete, insert, select, text

from bot.database import Store
from domain.contracts import expiry
from domain.contracts.tables import Contract, ContractNotice, ContractState
from domain.market import months
from domain.migrate import migrate
from domain.packages.tables import PackageVersion
from domain.people.contacts import SMS, address_of
from domain.private import use_keys
from domain.registration.applications import Application, Stage
from tests.support import postgres
from tests.support.market import approved, package, retailer
from tests.support.terms import written

NOW = datetime(2026, 10, 31, 1, 0, tzinfo=UTC)  # the day of the decisive notice for the end of November
TODAY = date(2026, 10, 31)
THIS = months.month_of(TODAY)
SHARE, TOLD = 0.03, 3  # so many end soon; every third of them was told already
USERS = 1000  # applications that the contracts belong to, in turn: the search reads none of them
AT_ONCE = 20_000
DONE = 300  # how many are really tended, to say what one costs
BY_HAND = f"""
SELECT id FROM (
  SELECT c.id, c.last_month FROM contracts c
  WHERE c.state = 'signed' AND c.last_month = {THIS + 1} AND c.renewal = ''
    AND NOT EXISTS (SELECT 1 FROM contract_notices n WHERE n.contract_id = c.id AND n.step = 'decisive')
  UNION ALL
  SELECT c.id, c.last_month FROM contracts c WHERE c.state = 'signed' AND c.last_month < {THIS}
  UNION ALL
  SELECT c.id, c.last_month FROM contracts c WHERE c.state = 'signed' AND c.last_month = {THIS} AND c.renewal = ''
) found ORDER BY last_month, id
"""


def main() -> None:
    """Measure each size on each store, and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--contracts", type=int, default=100_000, help="the largest number; tenths of it down to 10,000"
    )
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    use_keys(Fernet.generate_key().decode())
    print(f"{sys.version.split()[0]}, {cpu_count()} cores, load {getloadavg()[0]:.1f}; {SHARE:.0%} end soon")
    print(f"{'store':<12}{'contracts':>10}{'found':>8}{'clock ms':>10}{'work ms':>9}{'by hand':>9}{'ratio':>7}"
          f"{'peak MB':>9}{'one each ms':>13}")  # fmt: skip
    for name, place in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with place() as address:
            if address:
                measure(name, address, sizes(asked.contracts), asked.times)
            else:
                print(f"{name:<12} no server on this machine")


def sizes(most: int) -> list[int]:
    """10,000 and ten times that, up to the largest."""
    return [*[size for size in (10_000, 100_000, 1_000_000) if size < most], most]


def measure(name: str, address: str, wanted: list[int], times: int) -> None:
    """Fill up to each size, and print what the search costs there."""
    store, made = Store(address), 0
    migrate(store.engine)
    version_id = _market(store)
    for size in wanted:
        fill(store, made, size, version_id)
        made = size
        with store.read() as session:
            found, hand = expiry.due(session, TODAY), list(session.scalars(text(BY_HAND)))
            assert found == hand, f"{len(found)} found, {len(hand)} by hand"
            product = timed(lambda: expiry.due(session, TODAY), times)
            theirs = timed(lambda: list(session.scalars(text(BY_HAND))), times)
            peak = memory(lambda: expiry.due(session, TODAY))
        each = tended(store, found[:DONE])
        print(f"{name:<12}{size:>10,}{len(found):>8,}{product[0]:>10.1f}{product[1]:>9.1f}{theirs[0]:>9.1f}"
              f"{product[0] / theirs[0]:>7.1f}{peak:>9.1f}{each:>13.1f}", flush=True)  # fmt: skip
    store.close()


def timed(act: Callable[[], object], times: int) -> tuple[float, float]:
    """Milliseconds, the median of so many runs: on the clock, and of this process's own work."""
    clock, work = [], []
    for _ in range(times):
        began = perf_counter(), process_time()
        act()
        clock.append((perf_counter() - began[0]) * 1000)
        work.append((process_time() - began[1]) * 1000)
    return median(clock), median(work)


def memory(act: Callable[[], object]) -> float:
    """The most that Python held at a time during it, in MB."""
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def tended(store: Store, found: list[int]) -> float:
    """Milliseconds for one contract: told, in a transaction of its own. What was done is taken back afterwards."""
    began = perf_counter()
    for number in found:
        with store.write() as session:
            assert expiry.tend(session, number, NOW) == "told"
    took = (perf_counter() - began) * 1000 / max(1, len(found))
    with store.write() as session:
        session.execute(delete(ContractNotice).where(ContractNotice.contract_id.in_(found)))
    return took


def _market(store: Store) -> int:
    """One retail company with one package, and the applications."""
    with store.write() as session:
        address = address_of(session, SMS, "13887654321", NOW)
        address.verified_at = NOW
        of = package(session, retailer(session, NOW), NOW)
        version = approved(session, of, 1, TODAY, now=NOW, terms=written())
        session.flush()
        row = {
            "contact_id": address.contact_id,
            "stage": Stage.REGISTERED,
            "created_at": NOW,
            "updated_at": NOW,
            "stage_since": NOW,
        }
        more = [{**row, "number": f"ZC{number}", "code_mark": f"c{number}"} for number in range(USERS)]
        session.execute(insert(Application), more)
        return version.id


def fill(store: Store, made: int, size: int, version_id: int) -> None:
    """More contracts, up to this size: spread over the years behind and ahead, the share of them to the end of next
    month."""
    with store.read() as session:
        version = session.get_one(PackageVersion, version_id)
        terms, seller = version.terms, version.package.retailer_id
        users = list(session.scalars(select(Application.id).order_by(Application.id)))
    soon = round(1 / SHARE)
    for start in range(made, size, AT_ONCE):
        rows, notices = [], []
        for number in range(start, min(start + AT_ONCE, size)):
            last, over = _end(number, soon)
            rows.append(
                {
                    "id": number + 1,
                    "number": f"HT{number}",
                    "application_id": users[number % USERS],
                    "company_mark": f"c{number % USERS}",
                    "unit_kind": "account",
                    "unit_mark": f"unit {number}",
                    "retailer_id": seller,
                    "version_id": version_id,
                    "terms": terms,
                    "first_month": last - 11,
                    "last_month": last,
                    "state": ContractState.ENDED if over else ContractState.SIGNED,
                    "why_ended": "",
                    "renewal": "",
                    "signed_at": NOW - timedelta(days=400),
                }
            )
            if number % soon == 0 and number // soon % TOLD == 0:
                notices.append({"contract_id": number + 1, "step": "decisive", "shown": "told", "at": NOW})
        with store.write() as session:
            session.execute(insert(Contract), rows)
            session.execute(insert(ContractNotice), notices)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _end(number: int, soon: int) -> tuple[int, bool]:
    """The last month of a contract, and whether it is over."""
    if number % soon == 0:
        return THIS + 1, False
    away = number % 40
    return (THIS - 1 - away, True) if away < 20 else (THIS + 4 + away - 20, False)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'desk.db'}"


@contextmanager
def _postgresql() -> Iterator[str]:
    programs = postgres.programs()
    if programs is None:
        yield ""
        return
    with postgres.server(programs) as address:
        yield address


if __name__ == "__main__":
    main()
