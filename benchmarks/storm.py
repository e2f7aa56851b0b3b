"""A storm of answers through the true callbacks: `./run bench storm --people 10000`.

Starts a product of its own (every process, its Redis, its store, the sandbox as the outside world) and opens one
question with legal effect for each person. Then everybody answers: so many by WeChat (encrypted XML, a tap), so many
by SMS (Aliyun's JSON pushes, one to ten replies in each), a tenth as many on both channels at once with opposite
answers. Every message is delivered three times, all deliveries shuffled. At the end the effects are counted in the
store, the answers where they arrived: in the callbacks' replies and in the sandbox. The last lines are the proof; the
exit code is 1 when a single figure is not what it must be.

The named peer is a Flask program with wechatpy's own encryption that answers every message and keeps nothing, under
the same server with the same number of processes and threads, in the same run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median, quantiles
from threading import Lock

import httpx

from benchmarks.storm_people import Crowd, invite
from benchmarks.storm_wire import Wire
from tests.sandbox.harness import free_port
from tests.support.product import ROOT, Product, running_product

TIMES = 3  # how often each message is delivered
CLIENTS = 24
SETTLE = 900  # seconds that the last answers may take to leave


@dataclass
class Heard:
    """What the callbacks answered, and how long each took (seconds)."""

    replies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # MsgId → the texts it was given
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lock: Lock = field(default_factory=Lock)

    def note(self, door: str, status: int, seconds: float, message: str = "", text: str = "") -> None:
        """One delivery and its answer."""
        with self.lock:
            self.statuses[door, status] += 1
            self.took[door].append(seconds)
            if text:
                self.replies[message].add(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the storm and print what came of it."""
    words = argparse.ArgumentParser(prog="./run bench storm", description=__doc__.split("\n")[0] if __doc__ else "")
    words.add_argument("--people", type=int, default=10_000, help="how many answer by WeChat, and how many by SMS")
    words.add_argument("--seed", type=int, default=2026)
    words.add_argument("--peer", type=int, default=3_000, help="messages for the peer; 0 leaves it out")
    given = words.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        crowd = Crowd(given.people, Random(given.seed))
        crowd.move_in(root)
        with running_product(root) as product:
            right = storm(product, crowd, Random(given.seed), sys.stdout.write)
    if given.peer:
        peer(given.peer)
    return 0 if right else 1


def storm(product: Product, crowd: Crowd, chance: Random, tell: Callable[[str], object]) -> bool:
    """Open the questions, let everybody answer, wait until nothing is owed, count. True when every figure is right."""
    tell("Opening the questions …\n")
    invite(product, crowd, chance)
    wire, heard = Wire(product.environment), Heard()
    deliveries = _deliveries(crowd, wire, chance)
    tell(f"{len(crowd.wechat)} by WeChat, {len(crowd.sms)} by SMS, {len(crowd.both)} by both; ")
    tell(f"{len(deliveries)} deliveries, shuffled …\n")
    began = time.monotonic()
    _send(product, deliveries, heard)
    sent = time.monotonic() - began
    crowd.wait_until_settled(product, SETTLE)
    _print_times(heard, len(deliveries), sent, time.monotonic() - began, tell)
    figures = crowd.count(product, heard.replies)
    statuses = {f"{door} answered {status}": count for (door, status), count in heard.statuses.items() if status != 200}
    for name, (found, wanted) in figures.items():
        tell(f"{'ok ' if found == wanted else 'NOT'} {name}: {found} of {wanted}\n")
    for name, count in statuses.items():
        tell(f"NOT {name}: {count}\n")
    return all(found == wanted for found, wanted in figures.values()) and not statuses


def _deliveries(crowd: Crowd, wire: Wire, chance: Random) -> list[Callable[[httpx.Client], tuple[str, ...]]]:
    """Every message three times, all in one shuffled row; SMS in batches of one to ten."""
    taps = [wire.tap(each) for each in (*crowd.wechat, *crowd.both)] * TIMES
    texts = [wire.reply(each) for each in (*crowd.sms, *crowd.both)] * TIMES
    chance.shuffle(texts)
    batches = []
    while texts:
        size = chance.randint(1, 10)
        batches.append(wire.batch(texts[:size]))
        texts = texts[size:]
    found = [*taps, *batches]
    chance.shuffle(found)
    return found


def _send(product: Product, deliveries: Sequence[Callable[..., tuple[str, ...]]], heard: Heard) -> None:
    def one(deliver: Callable[[httpx.Client], tuple[str, ...]]) -> None:
        began = time.monotonic()
        door, status, message, text = deliver(client)
        heard.note(door, int(status), time.monotonic() - began, message, text)

    base = product.environment["CALLBACK_BASE_URL"]
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    with (
        httpx.Client(base_url=base, trust_env=False, timeout=30, limits=limits) as client,
        ThreadPoolExecutor(CLIENTS) as threads,
    ):
        list(threads.map(one, deliveries))


def _print_times(heard: Heard, count: int, sent: float, settled: float, tell: Callable[[str], object]) -> None:
    tell(f"delivered in {sent:.1f} s ({count / sent:.0f} a second); everything answered after {settled:.1f} s\n")
    for door, took in sorted(heard.took.items()):
        late = quantiles(took, n=100)[98] if len(took) > 1 else took[0]
        tell(f"{door}: median {median(took) * 1000:.0f} ms, 99 of 100 within {late * 1000:.0f} ms, ")
        limit = 4.3 if door == "wechat" else 0.7
        tell(f"longest {max(took) * 1000:.0f} ms, {sum(each > limit for each in took)} above {limit} s\n")


def peer(messages: int) -> None:
    """The peer's figure: encrypted echo, nothing kept, same server, same clients."""
    with _echo() as wire, httpx.Client(base_url=wire.base, trust_env=False, timeout=30) as client:
        deliveries = [wire.words(f"o{number:027d}", f"{number}", "你好") for number in range(messages)]
        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as threads:
            list(threads.map(lambda deliver: deliver(client), deliveries))
        seconds = time.monotonic() - began
    sys.stdout.write(f"peer (Flask and wechatpy, echo, keeps nothing): {messages / seconds:.0f} a second\n")


@contextmanager
def _echo() -> Iterator[Wire]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "benchmarks.storm_peer:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "16", "--no-control-socket"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
        wire = Wire.of_the_peer(f"http://127.0.0.1:{port}")
        for _ in range(100):
            try:
                httpx.get(wire.base, trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        try:
            yield wire
        finally:
            running.terminate()


if __name__ == "__main__":
    sys.exit(main())
