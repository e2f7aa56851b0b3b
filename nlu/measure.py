"""Measures Rasa as it is served: start to ready, memory, turns a second. Prints one line each.

Run with nlu/.venv/bin/python nlu/measure.py [--turns N] on a machine that does nothing else."""

# ruff: noqa: T201

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "tests")]

import train  # noqa: E402
from served import Desk, running_actions, running_desk  # noqa: E402

MESSAGES = (
    "我的申请到哪了",
    "户号0530123456789012 电话13888881234",
    "法定代表人读错了一个字",
    "要多久",
    "是的",
    "停电了",
)


def _megabytes(pid: int, key: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(key))) // 1024


def _turns(desk: Desk, senders: Iterable[str]) -> str:
    times = []
    for number, sender in enumerate(senders):
        started = time.perf_counter()
        status, _ = desk.say(MESSAGES[number % len(MESSAGES)], sender=sender)
        times.append(time.perf_counter() - started)
        assert status == 200
    first, last = times[: len(times) // 4], times[-len(times) // 4 :]
    half = [statistics.median(part) * 1000 for part in (times, first, last)]
    quarters = f"first quarter {half[1]:.0f}, last quarter {half[2]:.0f}"
    return f"{len(times) / sum(times):.1f} turns/s, p50 {half[0]:.0f} ms ({quarters})"


def main() -> None:
    """Starts Rasa beside a stand-in for the action server and talks to it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=400)
    turns = parser.parse_args().turns
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_actions() as actions,
        running_desk(train.MODEL, actions, Path(folder) / "log") as desk,
    ):
        print(f"start to ready: {time.perf_counter() - started:.1f} s")
        print(f"memory when ready: {_megabytes(desk.pid, 'VmRSS')} MB")
        print(f"one sender: {_turns(desk, ['contact:1'] * turns)}")
        print(f"a new sender each turn: {_turns(desk, (f'contact:{number}' for number in range(turns)))}")
        print(f"memory afterwards: {_megabytes(desk.pid, 'VmRSS')} MB")


if __name__ == "__main__":
    main()
