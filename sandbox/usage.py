"""What the sample accounts used, month by month: invented, plausible, and the same whenever it is asked for.

A month's energy hangs on the capacity, the kind of account, the season and a hash of account and month. A month is
settled from the 6th of the next one on; before that it is provisional, and the running month is not known at all.
"""

from datetime import date
from typing import Any
from zlib import crc32

SETTLED_ON = 6  # the day of the next month
METERED_FROM_KVA = 100  # from here on the parts of the day are metered
# How busy a month is, in per cent of the account's own usual: spring festival is quiet, autumn is not.
BUSY = (88, 72, 101, 103, 104, 98, 96, 99, 106, 108, 112, 110)


def months_between(first: str, last: str) -> list[tuple[int, int]]:
    """The months from one to the other, each as year and number. ValueError for what is no month."""
    begin, end = (_month(text) for text in (first, last))
    if end - begin > 120:
        raise ValueError("too many months")
    return [(each // 12, each % 12 + 1) for each in range(begin, end + 1)]


def month_of(account: dict[str, Any], year: int, number: int, today: date) -> dict[str, Any] | None:
    """What an account used in a month; None where the month is not over."""
    over = date(year + number // 12, number % 12 + 1, 1)
    if today < over:
        return None
    settled = today >= over.replace(day=SETTLED_ON)
    kwh = _kwh(account, year, number)
    known = {"month": f"{year:04d}-{number:02d}", "kwh": kwh if settled else kwh * 98 // 100}
    return {**known, **_parts(account, year, number, int(known["kwh"])), "settled": settled}


def _kwh(account: dict[str, Any], year: int, number: int) -> int:
    capacity = float(account["capacity_kva"] or 100)
    load = 18 + _dice(account, "load") % 25  # per cent of the capacity, all hours of the month
    noise = 93 + _dice(account, f"{year}-{number}") % 15
    return int(capacity * 720 * load / 100 * BUSY[number - 1] / 100 * noise / 100)


def _parts(account: dict[str, Any], year: int, number: int, kwh: int) -> dict[str, int]:
    if float(account["capacity_kva"] or 0) < METERED_FROM_KVA:
        return {}
    shift = _dice(account, f"parts {year}-{number}") % 5
    peak = kwh * (32 + _dice(account, "peak") % 12 + shift) // 100
    valley = kwh * (20 + _dice(account, "valley") % 14) // 100
    return {"peak": peak, "flat": kwh - peak - valley, "valley": valley}


def _dice(account: dict[str, Any], of: str) -> int:
    return crc32(f"{account['account_number']} {of}".encode())


def _month(text: str) -> int:
    day = date.fromisoformat(f"{text}-01")
    return day.year * 12 + day.month - 1
