"""The whole product, started as ./run starts it, on ports and in a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.start.environment import product_environment
from bot.start.place import Place
from tests.sandbox.harness import free_port

ROOT = Path(__file__).resolve().parents[2]
SHARED = (".venv", "nlu", "bot", "domain", "webhooks", "actions", "sandbox", "config.yml", "pyproject.toml")
START = "from pathlib import Path; from bot.start.__main__ import main; from bot.start.place import Place; import sys;"
READY_SECONDS = 400  # a slow machine trains Rasa's model first


@dataclass(frozen=True, slots=True)
class Product:
    """A running product and its sandbox."""

    place: Place
    environment: dict[str, str]

    @property
    def sandbox(self) -> str:
        """The sandbox's address."""
        return self.environment["SANDBOX_URL"]

    def talk(self, script: Path) -> subprocess.Popen[str]:
        """Begin to play a talk file."""
        command = [sys.executable, "-m", "sandbox.talk", str(script), "--wait", "90", "--url", self.sandbox]
        command += ["--product", self.environment["PUBLIC_URL"]]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def messages(self, person: str) -> list[dict[str, str]]:
        """Everything on a person's phone, both channels."""
        people = httpx.get(f"{self.sandbox}/sandbox/state").json()["people"]
        number = next(each["id"] for each in people if each["name"] == person)
        found: list[dict[str, str]] = httpx.get(f"{self.sandbox}/sandbox/people/{number}/messages?after=0").json()
        return found

    def pids(self, words: str) -> list[int]:
        """The processes of this product whose command line holds the words."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                here = os.path.realpath(folder / "cwd") == str(self.place.root)
            except OSError:
                continue
            if folder.name.isdecimal() and here and words in line:
                found.append(int(folder.name))
        return found


@contextmanager
def running_product(root: Path, **environment: str) -> Iterator[Product]:
    """The product in `root` on free ports, ready to be used; stopped at the end."""
    for name in SHARED:
        (root / name).symlink_to(ROOT / name)
    ports = {name: str(free_port()) for name in ("PORT", "SANDBOX_PORT", "RASA_PORT", "ACTIONS_PORT")}
    given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | ports
    given |= {"SANDBOX_SMS_REPORT_DELAY": "0.2"} | environment
    place = Place(root)
    command = [sys.executable, "-c", f"{START} sys.exit(main(['up'], Place(Path({str(root)!r}))))"]
    front = subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        _wait_until_ready(front)
        yield Product(place, product_environment(place, given))
    finally:
        front.send_signal(signal.SIGINT)
        front.wait(90)


def _wait_until_ready(front: subprocess.Popen[str]) -> None:
    said: list[str] = []
    until = time.monotonic() + READY_SECONDS
    assert front.stdout is not None
    for line in front.stdout:
        said.append(line)
        if line.startswith("Everything is running"):
            return
        assert time.monotonic() < until, "".join(said)
    raise AssertionError("the product did not start:\n" + "".join(said))
