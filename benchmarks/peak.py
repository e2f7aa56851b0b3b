"""The weekly peak: `./run bench peak --applications 1000`.

Starts a product of its own (every process, its Redis, its store, the sandbox as the outside world) and lets a week's
applications come through the true doors: by WeChat (encrypted XML, taps, photos), by SMS (Aliyun's pushes, photos by
one-time links), accounts added to groups in the chat, spreadsheets by the page of a link, a retail company's program
over the API with the user's yes on the user's own phone. Pictures are drawn before the clock starts; they are really
read, what people write is really understood by Rasa. Two people review over the console's own pages: one at the
bureaus, one at the trading centre. Some applications have a planted fault (benchmarks/peak_faults.py); whoever can mend
it does so when told. The clock runs from the first message to the last decision.

The tables are Markdown. Lines that begin with ok or NOT are the proof: the exit code is 1 when there is a single NOT.
The named peer is a bare RapidOCR call on a sample of the same pictures in the same run: reading bounds the week.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread

import httpx
from sqlalchemy.orm import Session

from benchmarks.peak_album import Album
from benchmarks.peak_many import Clerk, Officer
from benchmarks.peak_office import Reviewer, Seat, make_key, set_modes
from benchmarks.peak_people import Somebody
from benchmarks.peak_platform import Client, User
from benchmarks.peak_report import report
from benchmarks.peak_tally import Tally, unsent, waiting
from benchmarks.peak_town import BUREAUS, Town
from benchmarks.peak_wire import Mail
from bot.database import Store
from domain.private import use_keys
from tests.support.product import ROOT, Product, running_product

CHINA = timezone(timedelta(hours=8))
PASSWORD = "a long enough word"  # of the logins that this town's bureaus get
# Who decides: one bureau's people, one's rules, two by the rules with certain cases left to people; so the centre.
MODES = {"昆明供电局": "manual", "053002": "automatic", "053003": "automatic_but", "053004": "automatic_but"}
CENTRE = {"交易中心": "automatic_but"}
CHATS, PROGRAMS = 24, 8  # so many talk at the same time
SAYS_EVERY = 30  # seconds
SETTLE = 180  # seconds that the last messages may take to leave

Living = Somebody | User


@dataclass
class Week:
    """What is going on, and how long it took."""

    people: list[Living]
    reviewers: list[Reviewer]
    mail: Mail
    client: Client
    seconds: float = 0.0

    def told(self) -> dict[int, str]:
        """What each applicant tells of the end, by the applicant's number."""
        found = {each.it.number: each.ended for each in self.people}
        for each in self.people:
            found |= each.results if isinstance(each, Officer) else {}
        return found

    def seen(self) -> dict[int, set[str]]:
        """What the desk said to each of what was wrong, by the applicant's number."""
        found = {each.it.number: each.seen for each in self.people}
        for each in self.people:
            found |= each.seen_of if isinstance(each, Officer) else {}
        return found

    def said(self) -> Iterator[str]:
        """How it stands, in a line."""
        ended = sum(bool(each.ended) for each in self.people)
        handed_in = sum(each.handed_in for each in self.people)
        did = sum((each.did for each in self.reviewers), Counter[str]())
        yield f"{ended} of {len(self.people)} people are through, {handed_in} times handed in by chat or program, "
        yield "; ".join(f"{name} {count}" for name, count in sorted(did.items())) or "nobody has reviewed yet"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the week and print what came of it."""
    words = argparse.ArgumentParser(prog="./run bench peak", description=__doc__.split("\n")[0] if __doc__ else "")
    words.add_argument("--applications", type=int, default=1000)
    words.add_argument("--seed", type=int, default=2026)
    words.add_argument("--minutes", type=float, default=60, help="whoever is not through by then is counted as such")
    words.add_argument("--log", type=Path, help="a file for what everybody said and heard")
    given = words.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        town = Town(given.applications, given.seed)
        town.move_in(root)
        monday = next_monday(datetime.now(UTC))
        album = _drawn(town, monday.date())
        with running_product(root) as product:
            week = play(product, town, album, monday, given.minutes * 60, _tell)
            tally = Tally(product, town, week.told(), week.seen())
            if given.log:
                given.log.write_text(_logs(week))
        return 0 if report(week, tally, album, _tell) else 1


def next_monday(now: datetime) -> datetime:
    """Nine o'clock on the next Monday in China: a week begins, and no quiet hours hold anything up."""
    here = now.astimezone(CHINA)
    day = here.date() + timedelta(days=7 - here.weekday())
    return datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)


def play(
    product: Product, town: Town, album: Album, monday: datetime, limit: float, tell: Callable[[str], object]
) -> Week:
    """Open the office, let everybody come, wait until everybody is through and every message has left."""
    with httpx.Client(base_url=product.sandbox, trust_env=False, timeout=120) as sandbox:
        sandbox.post("/sandbox/clock", json={"set": monday.isoformat()}).raise_for_status()
        desk, mail = product.environment["PUBLIC_URL"], Mail(sandbox)
        reviewers, key = _office(product, desk, sandbox)
        client = Client(desk, key)
        week = Week(_people(mail, town, album, client), reviewers, mail, client)
        over, began = Event(), time.monotonic()
        threads = [Thread(target=one, daemon=True) for one in _all_that_happens(week, over)]
        for thread in threads:
            thread.start()
        with _looked_at(product) as left:
            _watch(week, lambda: any(each.is_alive() for each in threads[:-2]) or left(waiting), began + limit, tell)
            week.seconds = time.monotonic() - began
            over.set()
            mail.close()
            for thread in threads:
                thread.join(60)
            _until(lambda: not left(unsent), SETTLE)
    return week


@contextmanager
def _looked_at(product: Product) -> Iterator[Callable[[Callable[[Session], int]], int]]:
    """Counts in the product's store, while it runs."""
    use_keys(product.environment["DATA_KEY"])
    store = Store(f"sqlite:///{product.place.var / 'desk.db'}")

    def count(of: Callable[[Session], int]) -> int:
        with store.read() as session:
            return of(session)

    yield count
    store.close()


def _office(product: Product, desk: str, sandbox: httpx.Client) -> tuple[list[Reviewer], str]:
    """Logins, ways of deciding, a key for the platform; the seats of the two people."""
    for code in list(BUREAUS)[1:]:
        words = ("user", f"h{code}", "--bureau", code, "--name", BUREAUS[code][:2] + "经办")
        command = [sys.executable, "-m", "bot.cli", *words]
        environment = {**os.environ, **product.environment}
        subprocess.run(command, cwd=ROOT, env=environment, input=PASSWORD, text=True, check=True, capture_output=True)
    admin = Seat(desk, "admin", product.environment["DEMO_ADMIN_PASSWORD"])
    set_modes(admin, MODES | CENTRE)

    def fill_in(account: str) -> None:
        record = sandbox.get(f"/sandbox/accounts/{account}").raise_for_status().json()
        sandbox.put(f"/sandbox/accounts/{account}", json={**record, "capacity_kva": "315"}).raise_for_status()

    seats = [Seat(desk, "handler", product.environment["DEMO_HANDLER_PASSWORD"])]
    seats += [Seat(desk, f"h{code}", PASSWORD) for code in list(BUREAUS)[1:]]
    seats += [Seat(desk, "reviewer", product.environment["DEMO_REVIEWER_PASSWORD"])]
    return [Reviewer(seat, fill_in) for seat in seats], make_key(admin)


def _people(mail: Mail, town: Town, album: Album, client: Client) -> list[Living]:
    found: list[Living] = [
        Somebody(mail, each, album, "sms" if each.way == "owner by SMS" else "wechat") for each in town.alone()
    ]
    leaders = [Officer(mail, group, album) for group in town.groups] + [
        Clerk(mail, group, album) for group in town.sheets
    ]
    programs = [User(client, mail, each, album) for each in town.applicants["platform"]]
    return [*leaders, *found, *programs]  # who brings many comes on Monday morning


def _all_that_happens(week: Week, over: Event) -> Iterator[Callable[[], object]]:
    chats, programs = BoundedSemaphore(CHATS), BoundedSemaphore(PROGRAMS)
    for each in week.people:
        if isinstance(each, User):
            yield lambda each=each: each.live(programs, over)  # type: ignore[misc]
        else:
            yield lambda each=each: each.live(chats)  # type: ignore[misc]
    for seats in (week.reviewers[:-1], week.reviewers[-1:]):  # one person at the bureaus, one at the centre
        yield lambda seats=seats: _works(seats, over)  # type: ignore[misc]


def _works(seats: Sequence[Reviewer], over: Event) -> None:
    while not over.is_set():
        found = 0
        for seat in seats:
            try:
                found += seat.once()
            except (httpx.HTTPError, RuntimeError) as trouble:  # said at the end: it must not be
                seat.refusals.append(f"{type(trouble).__name__}: {trouble}")
        if not found:
            over.wait(3)


def _watch(week: Week, goes_on: Callable[[], object], until: float, tell: Callable[[str], object]) -> None:
    """Until everybody is through and nothing waits for a decision; says now and then how it stands."""
    began = said = time.monotonic()
    while time.monotonic() < until and goes_on():
        time.sleep(0.5)
        if time.monotonic() - said >= SAYS_EVERY:
            said = time.monotonic()
            tell(f"{said - began:5.0f} s: {''.join(week.said())}\n")


def _until(is_so: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not is_so():
        time.sleep(1)


def _drawn(town: Town, today: date) -> Album:
    began = time.monotonic()
    album = Album(town, today)
    _tell(f"{len(list(town.everybody()))} applications to come; ")
    _tell(f"{len(album)} pictures drawn in {time.monotonic() - began:.0f} s\n")
    return album


def _logs(week: Week) -> str:
    parts = [
        f"===== {each.it.number} {each.it.way} | {each.it.fault} | {each.ended!r}\n" + "\n".join(each.log)
        for each in week.people
    ]
    return "\n".join(parts) + "\n".join(refused for each in week.reviewers for refused in each.refusals)


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
