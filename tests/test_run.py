"""The start: settings made once, one start at a time, and no child left behind, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.start.claim import CannotStart, Claim, Running, check_ports, ours, running, sweep
from bot.start.environment import MADE_ONCE, BadSetting, is_embedded, kept, port, product_environment
from bot.start.place import Place
from bot.start.processes import MARK, processes
from bot.start.supervisor import configuration

ROOT = Path(__file__).resolve().parents[1]

# A start of three small programs in place of the product's: the last one ignores every polite request to end.
FRONT = """
import signal, sys, time
from pathlib import Path
from bot.start import up
from bot.start.claim import Claim
from bot.start.place import Place
from bot.start.processes import MARK, Process

place = Place(Path(sys.argv[1]))
place.make()
claim = Claim(place)
claim.tell(address="http://127.0.0.1:1")
python = sys.executable
parent = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
table = [
    Process("redis", (python, "-uc", "print('here'); import time; time.sleep(600)"), says="here"),
    Process("parent", (python, "-uc", parent + "print('here'); time.sleep(600)"), says="here"),
    Process("deaf", (python, "-uc", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
                                    "print('here'); time.sleep(600)"), says="here", stop_seconds=1),
]
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
up._listen()
try:
    up.serve(place, table, {MARK: str(place.root)}, lambda start, late: up.say(f"all ready, late: {late}"))
except up.Asked:
    up.say("stopped")
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A clone's folder with a name that a shell and supervisord could stumble over."""
    root = tmp_path / "a clone, 100% 的"
    root.mkdir()
    made = Place(root)
    made.make()
    return made


@pytest.fixture
def front(place: Place) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts the small programs and returns the front process once all of them are ready."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", FRONT, str(place.root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("all ready"):
                assert line.strip() == "all ready, late: []"
                return process
        raise AssertionError("the front process ended before all were ready")

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout and process.stdout.close()
    sweep(place)


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Give slow machines a minute, and quick ones no second too much."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError(f"in a minute it did not come true that {what}")


def pid_of(place: Place, words: str) -> int:
    """The one child whose command line holds these words."""
    found = pids_of(place, words)
    assert len(found) == 1, found
    return found[0]


def pids_of(place: Place, words: str) -> list[int]:
    """The children with these words; one that ends while we look counts as gone."""
    found = []
    for pid in ours(place):
        with contextlib.suppress(OSError):
            if words in Path(f"/proc/{pid}/cmdline").read_text():
                found.append(pid)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_asking_stops_all_and_leaves_no_child(front, place, number) -> None:
    """Ctrl-C, kill, a closed terminal: grandchildren and a program that ignores SIGTERM go, too."""
    process = front()
    wait_until(lambda: len(ours(place)) == 5, "supervisord, the three programs and the grandchild are there")
    process.send_signal(number)
    assert process.wait(60) == 0
    assert ours(place) == []


def test_when_the_front_process_is_killed_its_children_end_too(front, place) -> None:
    """kill -9 gives no chance to tidy up; the kernel then tells supervisord."""
    process = front()
    process.kill()
    wait_until(lambda: ours(place) == [], "all children are gone")
    assert running(place) is None


def test_what_outlived_front_and_supervisor_is_swept_by_the_next_start(front, place) -> None:
    """The last resort: children of a supervisord that was itself killed with -9."""
    process = front()
    process.send_signal(signal.SIGSTOP)  # so that it cannot tidy up before it is killed
    os.kill(pid_of(place, "supervisord"), signal.SIGKILL)
    process.kill()
    process.wait()
    assert len(ours(place)) == 4
    assert sweep(place, patience=1) == 4
    assert ours(place) == []


def test_a_killed_process_is_started_again(front, place) -> None:
    """The supervisor notices kill -9."""
    front()
    before = pid_of(place, "SIG_IGN")
    time.sleep(5.5)  # until it counts as started, a death is a failed start, which is tried again more slowly
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: bool(set(pids_of(place, "SIG_IGN")) - {before}), "it is back")


def test_a_second_start_is_told_where_the_first_one_runs(place) -> None:
    """In one sentence, with the address and the way to stop it."""
    first = Claim(place)
    first.tell(address="http://127.0.0.1:8090")
    with pytest.raises(Running, match=r"runs already at http://127\.0\.0\.1:8090 .*'./run stop'"):
        Claim(place)
    assert running(place) == {"pid": os.getpid(), "address": "http://127.0.0.1:8090"}


def test_the_lock_is_free_once_its_holder_is_gone(place) -> None:
    """A lock that a kill -9 would leave behind would block every later start."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "from bot.start.claim import Claim; from bot.start.place import Place\n"
        "claim = Claim(Place(Path(sys.argv[1]))); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(place.root)], cwd=ROOT).returncode == 9
    assert running(place) is None
    Claim(place)


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    """The person learns what to type."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {taken} is taken .*'SANDBOX_PORT=\d+ \./run'"):
            check_ports({"SANDBOX_PORT": str(taken)}, ["SANDBOX_PORT"])
    check_ports({"SANDBOX_PORT": str(taken)}, ["SANDBOX_PORT"])


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "80 80", "８０"])
def test_a_port_that_is_none_is_refused_by_name(value) -> None:
    """Before anything is started."""
    with pytest.raises(BadSetting, match="RASA_PORT must be a port number"):
        port({"RASA_PORT": value}, "RASA_PORT")


def test_secrets_are_made_once_at_random_and_only_their_owner_reads_them(place, tmp_path) -> None:
    """The second start finds the first one's; another clone gets others."""
    first = kept(place)
    assert kept(place) == first
    assert stat.S_IMODE((place.var / "dev.env").stat().st_mode) == 0o600
    other = Place(tmp_path / "other")
    other.make()
    assert not set(first.values()) & set(kept(other).values())
    assert len(first["WECHAT_ENCODING_AES_KEY"]) == 43


def test_a_secret_that_a_newer_version_needs_is_added_and_the_others_stay(place) -> None:
    """dev.env of an older clone is completed."""
    first = kept(place)
    file = place.var / "dev.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in first.items() if name != "DATA_KEY"))
    second = kept(place)
    assert second.keys() == first.keys()
    assert {name for name in first if first[name] != second[name]} == {"DATA_KEY"}


def test_nothing_is_made_up_for_a_real_account(place) -> None:
    """With an official account configured there is no sandbox and no generated secret."""
    given = {"WECHAT_APP_ID": "wx0123456789abcdef"}
    environment = product_environment(place, given)
    assert not is_embedded(given)
    assert not (MADE_ONCE.keys() - given.keys()) & environment.keys()
    assert "SANDBOX_URL" not in environment
    assert not (place.var / "dev.env").exists()
    assert "sandbox" not in [process.name for process in processes(place, given, environment)]


def test_what_a_person_sets_wins(place) -> None:
    """Every default can be overridden from the environment, and an own Redis replaces the private one."""
    given = {"PORT": "9000", "REDIS_URL": "redis://elsewhere/1", "SESSION_SECRET": "mine"}
    environment = product_environment(place, given)
    assert environment["PUBLIC_URL"] == environment["CALLBACK_BASE_URL"] == "http://127.0.0.1:9000"
    assert environment["REDIS_URL"] == "redis://elsewhere/1"
    assert environment["SESSION_SECRET"] == "mine"
    assert "redis" not in [process.name for process in processes(place, given, environment)]


def test_rasa_and_the_sandbox_are_not_told_our_secrets(place) -> None:
    """Rasa sees the one secret of its own door; the outside world sees none that only we know."""
    environment = product_environment(place, {"PATH": "/bin"}) | {MARK: str(place.root)}
    lines = {process.name: process.line(environment) for process in processes(place, {}, environment)}
    secret = {name: environment[name] for name in MADE_ONCE}
    assert [name for name, value in secret.items() if value in lines["rasa"]] == ["RASA_CHANNEL_SECRET"]
    assert lines["rasa"].startswith("/usr/bin/env -i ")
    assert all(f"-u {name}" in lines["sandbox"] for name in ("DATA_KEY", "SESSION_SECRET", "DATABASE_URL"))


def test_the_supervisors_file_holds_no_secret_of_ours(place) -> None:
    """They reach the children through the environment."""
    environment = product_environment(place, {}) | {MARK: str(place.root)}
    text = configuration(place, processes(place, {}, environment), environment)
    assert [name for name in MADE_ONCE if environment[name] in text] == ["RASA_CHANNEL_SECRET"]
