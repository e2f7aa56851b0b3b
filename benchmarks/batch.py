"""A spreadsheet of many accounts through the real doors: `./run bench batch --rows 2000`.

Starts a product of its own (every process, its Redis, its store, the sandbox as the outside world), registers and
admits a representative registration by a talk, and uploads a drawn file on the page of the link that the chat gives.
One row in ten is wrong, in ten named ways. The page's bar is watched; in the middle every worker process is killed
with -9. Then the person agrees in the chat, and the orders are counted in the store: each right account once.

The named peer reads the same file with openpyxl and makes the same source requests bare with httpx, ten side by side,
in the same run; it judges nothing and keeps nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random

import httpx
import openpyxl
from sqlalchemy import func, select

from benchmarks.batch_sheet import CODE, WRONG, Sheet, move_in
from bot.database import Store
from domain.evidence import broken_at
from domain.private import fingerprint, use_keys
from domain.registration.applications import Application
from sandbox.talk_chat import Chat
from tests.support.product import ROOT, Product, running_product

WHO = "王会计"
PATIENCE = 1800
Tell = Callable[[str], object]


@dataclass
class Watch:
    """What the page's bar said and when, and the most memory that a worker had."""

    began: float = field(default_factory=time.monotonic)
    seen: list[tuple[float, int]] = field(default_factory=list)
    memory: int = 0  # megabytes

    def note(self, done: int, product: Product) -> None:
        """One look at the bar."""
        self.seen.append((time.monotonic() - self.began, done))
        self.memory = max([self.memory, *(_megabytes(pid) for pid in product.pids("-Q default"))])

    def stood_still(self, after: float) -> float:
        """For how long nothing moved from a moment on."""
        at = max((done for moment, done in self.seen if moment <= after + 1), default=0)
        return next((moment for moment, done in self.seen if done > at and moment > after), after) - after


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the file through and print what came of it; 1 when a single count is not what it must be."""
    words = argparse.ArgumentParser(prog="./run bench batch", description=__doc__.split("\n")[0] if __doc__ else "")
    words.add_argument("--rows", type=int, default=2000)
    words.add_argument("--seed", type=int, default=2026)
    given = words.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        sheet = move_in(root, given.rows, Random(given.seed))
        with running_product(root) as product:
            right = through(product, sheet, given.rows, lambda text: print(text, end="", flush=True))
    return 0 if right else 1


def through(product: Product, sheet: Sheet, rows: int, tell: Tell) -> bool:
    """The representative registration, the file, the answer, the orders, the peer."""
    tell(f"Load average at the beginning: {os.getloadavg()[0]:.1f}. Registering {WHO}'s first account …\n")
    talk = product.talk(ROOT / "sandbox/talks/registration.yml")
    said, _ = talk.communicate()
    if talk.returncode:
        tell(said)
        return False
    with httpx.Client(base_url=product.sandbox, trust_env=False, timeout=60) as http:
        chat = Chat(http, 120, lambda _: None)
        page = _link(chat)
        with httpx.Client(trust_env=False, timeout=60, follow_redirects=True) as browser:
            spent = _checked(browser, page, product, sheet, rows, tell)
            problems = _problems(browser, page)
            _submitted(browser, page, chat, product, len(sheet.good), tell)
    peer = _peer(product, sheet, tell)
    tell(f"checking {rows} rows: {spent:.1f} s, {spent / peer:.1f} x peer; load average {os.getloadavg()[0]:.1f}\n")
    return _counted(product, sheet, problems, tell)


def _link(chat: Chat) -> str:
    chat.do(WHO, "text", content="批量注册")

    def links() -> list[str]:
        return [each for m in chat.from_service(WHO, "wechat") for each in re.findall(r"https?://\S+/l/\w+", m["text"])]

    found: list[str] = chat.until(links)
    return found[-1]


def _checked(browser: httpx.Client, page: str, product: Product, sheet: Sheet, rows: int, tell: Tell) -> float:
    """Upload the file, kill the workers in the middle, wait until every row was looked at; the seconds without the
    time in which nobody worked."""
    began = time.monotonic()
    answer = browser.post(page, files={"file": ("集团户号.xlsx", sheet.content)})
    answer.raise_for_status()
    tell(f"uploaded {rows} rows ({len(sheet.content) // 1024} KB) in {time.monotonic() - began:.2f} s\n")
    watch, killed = Watch(), 0.0
    while "正在核对" in (text := browser.get(page).text):
        watch.note(_bar(text), product)
        if not killed and _bar(text) > rows * 2 // 5:
            killed = time.monotonic() - watch.began
            _kill(product, tell, _bar(text))
        _not_too_long(watch)
        time.sleep(0.5)
    seconds = time.monotonic() - watch.began
    lost = watch.stood_still(killed) if killed else 0.0
    tell(f"checked in {seconds:.1f} s, of which nobody worked for {lost:.1f} s after the kill: ")
    tell(f"{rows / (seconds - lost):.1f} rows a second; most memory of a worker process {watch.memory} MB\n")
    return seconds - lost


def _kill(product: Product, tell: Tell, done: int) -> None:
    pids = product.pids("-Q default")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    tell(f"kill -9 of {len(pids)} worker processes at row {done}\n")


def _submitted(browser: httpx.Client, page: str, chat: Chat, product: Product, good: int, tell: Tell) -> None:
    """The person agrees to the question in the chat; wait until every order is there."""
    chat.expect(WHO, "wechat", ["户吗"], seconds=300)
    watch = Watch()
    chat.do(WHO, "text", content="确认提交")
    chat.expect(WHO, "wechat", ["正在提交"], seconds=60)
    while "已办完" not in (text := browser.get(page).text):
        watch.note(_bar(text), product)
        _not_too_long(watch)
        time.sleep(0.5)
    seconds = time.monotonic() - watch.began
    tell(f"submitted {good} in {seconds:.1f} s: {good / seconds:.1f} orders a second; ")
    tell(f"most memory of a worker process {watch.memory} MB\n")


def _problems(browser: httpx.Client, page: str) -> dict[int, tuple[str, str]]:
    """Of each line of the result that a person downloads: its state and the words of its problem."""
    link = re.findall(r"/l/\w+/result-\d+\.xlsx", browser.get(page).text)[-1]
    book = openpyxl.load_workbook(BytesIO(browser.get(str(httpx.URL(page).join(link))).content), read_only=True)
    lines = list(book.active.iter_rows(min_row=2, values_only=True)) if book.active is not None else []
    return {line: (str(row[-4]), str(row[-3])) for line, row in enumerate(lines, start=2)}


def _counted(product: Product, sheet: Sheet, problems: dict[int, tuple[str, str]], tell: Tell) -> bool:
    """Each wrong row was told with its words, each right account has one order, the chain of evidence is whole."""
    told = Counter(
        kind
        for line, kind in sheet.planted.items()
        if problems[line][0] == "有问题" and WRONG[kind] in problems[line][1]
    )
    figures = {f"told: {kind}": (told[kind], count) for kind, count in sheet.by_kind.items()}
    figures["rows that may be submitted"] = (sum(state == "可提交" for state, _ in problems.values()), len(sheet.good))
    use_keys(product.environment["DATA_KEY"])
    store = Store(f"sqlite:///{product.place.var / 'desk.db'}")
    with store.read() as session:
        orders = select(Application.account_mark, func.count()).where(Application.number.is_not(None))
        rows = session.execute(orders.group_by(Application.account_mark)).all()
        found: dict[str | None, int] = dict(rows)
        broken = broken_at(session)
    store.close()
    marks = {fingerprint("account", each) for each in sheet.good}
    figures["right accounts with an order"] = (sum(mark in found for mark in marks), len(marks))
    figures["accounts with two orders"] = (sum(count > 1 for count in found.values()), 0)
    figures["orders of wrong rows"] = (len(set(found) - marks) - 1, 0)  # but for the representative registration
    figures["breaks in the chain of evidence"] = (0 if broken is None else 1, 0)
    for name, (count, wanted) in figures.items():
        tell(f"{'ok ' if count == wanted else 'NOT'} {name}: {count} of {wanted}\n")
    return all(count == wanted for count, wanted in figures.values())


def _peer(product: Product, sheet: Sheet, tell: Tell) -> float:
    """The seconds of the peer: openpyxl reads the file, httpx asks the same of the same sources, bare."""
    began = time.monotonic()
    book = openpyxl.load_workbook(BytesIO(sheet.content), read_only=True, data_only=True)
    rows = list(book.active.iter_rows(values_only=True)) if book.active is not None else []
    base, token = product.environment["MARKETING_URL"], product.environment["MARKETING_TOKEN"]
    registry = {"Authorization": f"Bearer {product.environment['REGISTRY_TOKEN']}"}
    with (
        httpx.Client(base_url=base, trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client,
        ThreadPoolExecutor(10) as threads,
    ):
        list(threads.map(lambda number: client.get(f"/marketing/accounts/{number}").status_code, sheet.asked))
        client.get(f"/registry/companies/{CODE}", headers=registry)
    seconds = time.monotonic() - began
    tell(f"peer (openpyxl and bare httpx, {len(rows) - 1} rows, judges and keeps nothing): {seconds:.1f} s\n")
    return seconds


def _bar(text: str) -> int:
    found = re.search(r'<progress max="\d+" value="(\d+)"', text)
    return int(found.group(1)) if found else 0


def _megabytes(pid: int) -> int:
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found.group(1)) // 1024 if found else 0


def _not_too_long(watch: Watch) -> None:
    if time.monotonic() - watch.began > PATIENCE:
        raise TimeoutError(f"not done within {PATIENCE} s")


if __name__ == "__main__":
    sys.exit(main())
