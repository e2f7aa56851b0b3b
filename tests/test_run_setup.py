"""`./run` from bash: its words, and one clear sentence for each thing that keeps it from setting up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Printed by uv 0.13.9 behind a proxy that refuses, without name resolution, and on a full disk.
REFUSED = """\
error: Failed to fetch: `https://index.example/simple/opencv-contrib-python/`
  cause: tunnel error: failed to create underlying connection
  cause: tcp connect error
  cause: Connection refused (os error 111)"""
NO_NAMES = """\
  cause: error sending request for url (https://nowhere.invalid/simple/setuptools/)
  cause: client error (Connect)
  cause: dns error
  cause: failed to lookup address information: Name or service not known"""
FULL_DISK = "error: Failed to install: numpy\n  cause: failed to copy file: No space left on device (os error 28)"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What set-up needs of a clone, in a folder whose name has a space."""
    root = tmp_path / "my clone"
    for name in ("run", "bot/start/setup.sh", "pyproject.toml", "uv.lock", "nlu/pyproject.toml", "nlu/uv.lock"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


def program(folder: Path, name: str, text: str) -> None:
    """A small program on PATH that plays a part."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/bash\n" + text)
    (folder / name).chmod(0o755)


def run(clone: Path, *words: str, tools: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """./run with these words; `tools` stand in front on PATH, before the system's own folders."""
    path = f"{tools}:/usr/bin:/bin" if tools else os.environ["PATH"]
    environment = os.environ | {"PATH": path, "CI": "", **more}
    return subprocess.run([str(clone / "run"), *words], env=environment, capture_output=True, text=True, timeout=60)


def playing_uv(tmp_path: Path, sync: str) -> Path:
    """A uv that finds this Python and does `sync` when asked to make an environment."""
    tools = tmp_path / "tools"
    python = ROOT / ".venv/bin/python"
    calls = f'echo sync >>"{tmp_path}/calls"'
    answers = f'--version) echo "uv 0.13.9";; python) echo {python};; sync) {calls}; {sync};;'
    program(tools, "uv", f'case "$1" in {answers} esac')
    return tools


def test_help_lists_every_word(clone) -> None:
    """One line each."""
    listed = set(re.findall(r"^\./run ([\w-]+)", run(clone, "help").stdout, re.MULTILINE))
    cases = re.search(r"case \$word in(.*?)esac", (clone / "run").read_text(), re.DOTALL)
    assert cases
    words = {word for line in re.findall(r"^  ([\w| -]+)\)", cases[1], re.MULTILINE) for word in line.split(" | ")}
    assert listed == words - {"start", "-h", "--help"}
    assert {"test", "lint", "train", "bench", "talk", "licence", "console"} <= listed


def test_an_unknown_word_gets_the_list_and_a_status_of_its_own(clone) -> None:
    """2, as for every wrong use of a command."""
    answer = run(clone, "tset")
    assert answer.returncode == 2
    assert "./run test" in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (REFUSED, "no network: making the product's environment needs the package index once."),
        (NO_NAMES, "no network: making the product's environment needs the package index once."),
        (FULL_DISK, "the disk is full, so making the product's environment could not be finished"),
        ("error: something new", "making the product's environment did not work: error: something new."),
    ],
)
def test_a_set_up_that_cannot_be_finished_says_why_in_one_sentence(clone, tmp_path, printed, expected) -> None:
    """The package manager's own story stays in the log."""
    tools = playing_uv(tmp_path, f'cat >&2 <<"END"\n{printed}\nEND\nexit 2')
    answer = run(clone, "lint", tools=tools)
    said = [line for line in answer.stderr.splitlines() if line.startswith("run: ")]
    assert answer.returncode == 1
    assert len(said) == 1 and expected in said[0]
    assert answer.stderr.splitlines()[-1] == said[0]
    assert printed in (clone / "var/log/setup.log").read_text()


def test_a_folder_that_cannot_be_written_to_is_named(clone) -> None:
    """Somebody else's clone, a read-only disk."""
    (clone / "var").write_text("a file where the folder should be")
    answer = run(clone)
    assert answer.returncode == 1
    assert answer.stderr == (
        f"run: the folder {clone}/var cannot be written to (read-only, full or somebody else's): "
        "clone to a folder of your own and start again.\n"
    )


def test_a_second_time_nothing_is_set_up_until_an_input_changes(clone, tmp_path) -> None:
    """The stamp holds hashes of both locks and both pyprojects."""
    python = ROOT / ".venv/bin/python"
    program(tmp_path / "made", "python", f'exec "{python}" "$@"')
    make = f'mkdir -p "$3/.venv/bin"; cp "{tmp_path}/made/python" "$3/.venv/bin/"'
    tools, calls = playing_uv(tmp_path, make), tmp_path / "calls"

    def set_up() -> int:
        calls.write_text("")
        run(clone, "status", tools=tools)
        return len(calls.read_text().splitlines())

    assert set_up() == 2
    assert set_up() == 0
    (clone / "nlu/uv.lock").write_text("changed")
    assert set_up() == 2


def test_a_pyenv_shim_for_a_version_that_is_not_selected_is_passed_over(clone, tmp_path) -> None:
    """It stands on PATH like a program, and only complains."""
    tools = tmp_path / "tools"
    for name in ("uv", "python3", "python", "python3.11"):
        program(tools, name, "echo 'pyenv: command not found' >&2; exit 127")
    script = f'ROOT="{clone}"; . "$ROOT/bot/start/setup.sh"; any_python'
    path = f"{tools}:{os.environ['PATH']}"
    answer = subprocess.run(["bash", "-c", script], env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert answer.returncode == 0
    assert not answer.stdout.startswith(str(tools)) and answer.stdout not in ("python3", "python", "python3.11")


NO_LIBGL = "ImportError: libGL.so.1: cannot open shared object file: No such file or directory"


def without_libgl(tmp_path: Path) -> Path:
    """A uv whose environments load OpenCV only once apt has installed what it needs."""
    python = f"""
case "$*" in
  *cv2*) [ -e "{tmp_path}/libgl" ] || {{ echo "{NO_LIBGL}" >&2; exit 1; }} ;;
  *) echo "It does not run." >&2; exit 1 ;;
esac"""
    program(tmp_path / "made", "python", python)
    make = f'mkdir -p "$3/.venv/bin"; cp "{tmp_path}/made/python" "$3/.venv/bin/"'
    return playing_uv(tmp_path, make)


def test_a_missing_libgl_is_installed_where_it_may_be_with_the_reason(clone, tmp_path) -> None:
    """As root, or with a sudo that asks for no password."""
    tools = without_libgl(tmp_path)
    program(tools, "id", "echo 0")
    program(tools, "apt-get", f'case "$*" in *install*libgl1*) touch "{tmp_path}/libgl";; esac')
    answer = run(clone, "status", tools=tools)
    assert "Installing libgl1 libglib2.0-0 with apt: OpenCV, which reads the photos, needs libGL" in answer.stderr
    assert (tmp_path / "libgl").exists()
    assert (clone / "var/setup.stamp").exists()


def test_a_missing_libgl_is_named_where_nothing_may_be_installed(clone, tmp_path) -> None:
    """With the command that a person with the right to do so can type."""
    tools = without_libgl(tmp_path)
    program(tools, "id", "echo 1000")
    program(tools, "sudo", "exit 1")
    answer = run(clone, "status", tools=tools)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == (
        "run: OpenCV, which reads the photos, needs libGL and GLib: "
        "'sudo apt install libgl1 libglib2.0-0', and start again."
    )


def test_without_uv_it_is_installed_into_a_folder_of_ours(clone, tmp_path) -> None:
    """From any Python that can make an environment; the system stays as it is."""
    tools = playing_uv(tmp_path, "exit 3")
    (tools / "uv").rename(tmp_path / "uv")
    pip = f'[ "$*" = "-m pip install -q --disable-pip-version-check uv>=0.6" ] && cp "{tmp_path}/uv" "${{0%/*}}/uv"'
    program(tmp_path / "made", "python", pip)
    venv = f'case "$2" in venv) mkdir -p "$3/bin"; cp "{tmp_path}/made/python" "$3/bin/";; esac'
    program(tools, "python3", venv)
    answer = run(clone, "status", tools=tools, HOME=str(tmp_path))
    assert "Installing uv into var/tools: done" in answer.stderr
    assert (tmp_path / "calls").read_text() == "sync\n"


def test_without_uv_and_without_venv_both_ways_out_are_named(clone, tmp_path) -> None:
    """Debian's python3 comes without ensurepip."""
    tools = tmp_path / "tools"
    program(tools, "python3", '[ "$2" != venv ]')
    program(tools, "id", "echo 1000")
    program(tools, "sudo", "exit 1")
    answer = run(clone, "status", tools=tools, HOME=str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].startswith("run: uv is missing, and so is Python's venv to install it in:")


def test_without_python_3_11_one_sentence_says_how_to_get_it(clone, tmp_path) -> None:
    """When uv cannot download it either."""
    tools = tmp_path / "tools"
    program(tools, "uv", 'case "$1" in --version) echo "uv 0.13.9";; *) exit 2;; esac')
    script = f"""ROOT="{clone}"; . "$ROOT/bot/start/setup.sh"; room_to_write; UV=uv
    complete_python() {{ return 1; }}
    find_python"""
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path)}
    answer = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "'sudo apt install python3.11 python3.11-venv' or 'pyenv install 3.11'" in answer.stderr.splitlines()[-1]
