"""The house keeps its shape: who may import whom, who reads a clock, names on both sides of Rasa, guards on doors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.world import World

ROOT = Path(__file__).resolve().parents[1]

# Folder: what it may import of ours (itself included without saying). The table of docs/architecture.
MAY_IMPORT = {
    "domain": set(),
    "bot": {"domain"},
    "webhooks": {"bot", "domain"},
    "actions": {"bot", "domain"},
    "nlu": set(),
    "sandbox": set(),
}

# Library (top-level module): the only folder that may import it.
ONLY_IN = {
    **dict.fromkeys(("flask", "flask_login", "flask_wtf", "wtforms"), "webhooks"),
    **dict.fromkeys(("paddleocr", "paddlex", "rapidocr", "onnxruntime", "redis", "celery", "kombu"), "bot"),
    **dict.fromkeys(("aliyunsdkcore", "supervisor", "matplotlib"), "bot"),
    "rasa_sdk": "actions",
    "rasa": "nlu",
}

# Calls that read a clock or roll dice: a time, a day, a person and a token are arguments in domain/.
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
    *("time.monotonic", "time.localtime", "time.gmtime", "time.sleep", "func.now", "func.current_timestamp"),
    *("Random", "SystemRandom", "random.Random", "random.SystemRandom", "uuid4", "uuid.uuid4"),
}

LONGEST_FILE = 400


RASAS_OWN = {"action_listen", "action_session_start", "action_default_fallback", "action_extract_slots"}


def files_of(folder: str) -> list[Path]:
    """The Python files of a folder, its environment and its own tests left out."""
    found = (ROOT / folder).rglob("*.py")
    return sorted(path for path in found if not {".venv", "tests"} & set(path.relative_to(ROOT).parts))


FILES = [path for folder in MAY_IMPORT for path in files_of(folder)]
PLACES = [str(path.relative_to(ROOT)) for path in FILES]


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported module with its line, also inside functions; importlib and __import__ with a fixed name, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or "", node.lineno
        elif isinstance(node, ast.Call) and dotted(node.func) in {
            "importlib.import_module",
            "import_module",
            "__import__",
        }:
            yield from ((arg.value, node.lineno) for arg in node.args[:1] if isinstance(arg, ast.Constant))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute or name, the last two parts of longer ones included; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def strangers(folder: str, source: str) -> list[str]:
    """The imports in this source that a file of this folder must not have."""
    found = []
    for module, line in imports(ast.parse(source)):
        top = module.partition(".")[0]
        if top in MAY_IMPORT and top != folder and top not in MAY_IMPORT[folder]:
            found.append(f"line {line}: {folder}/ must not import {top}/")
        if ONLY_IN.get(top, folder) != folder:
            found.append(f"line {line}: only {ONLY_IN[top]}/ may import {top}")
        if top in {"tests", "benchmarks"}:
            found.append(f"line {line}: the product must not import {top}/")
    return found


def clocks(source: str) -> list[str]:
    """The places in this source that read a clock or roll dice."""
    tree = ast.parse(source)
    calls = [(dotted(node.func), node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    read = [f"line {line}: {name}()" for name, line in calls if ".".join(name.split(".")[-2:]) in CLOCKS]
    return read + [f"line {node.lineno}: {ast.unparse(node)}" for node in ast.walk(tree) if is_clock_import(node)]


def is_clock_import(node: ast.AST) -> bool:
    """`time`, and `random` except for the type of an argument (`from random import Random`)."""
    if isinstance(node, ast.Import):
        return any(alias.name in {"random", "time"} for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module == "random":
        return any(alias.name != "Random" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and node.module == "time"


@pytest.mark.parametrize("path", FILES, ids=PLACES)
def test_every_import_goes_in_the_allowed_direction(path: Path) -> None:
    """domain knows nobody, doors know bot and domain, and each library stands in one folder."""
    folder = path.relative_to(ROOT).parts[0]
    assert strangers(folder, path.read_text()) == []


@pytest.mark.parametrize("path", files_of("domain"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_reads_no_clock(path: Path) -> None:
    """Time, day and person are arguments, so that the sandbox and the tests can choose them."""
    assert clocks(path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=PLACES)
def test_a_file_is_a_room(path: Path) -> None:
    """Longer files are split."""
    lines = len(path.read_text().splitlines())
    assert lines <= LONGEST_FILE


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("domain", "from bot import settings"),
        ("domain", "def f():\n    import webhooks.app"),
        ("bot", "import webhooks.app"),
        ("sandbox", "from domain.identifiers import uscc"),
        ("sandbox", "importlib.import_module('bot.settings')"),
        ("nlu", "from actions import actions"),
        ("bot", "from flask import Flask"),
        ("webhooks", "import redis"),
        ("bot", "import rasa_sdk"),
        ("actions", "from rasa.core import run"),
        ("actions", "from aliyunsdkcore.client import AcsClient"),
    ],
)
def test_a_stranger_is_noticed(folder: str, source: str) -> None:
    """The guard itself works."""
    assert len(strangers(folder, source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "import random",
        "from random import SystemRandom",
        "from random import Random\nRandom(7)",
        "from time import time",
        "column(default=func.now())",
    ],
)
def test_a_clock_is_noticed(source: str) -> None:
    """The guard itself works."""
    assert clocks(source) != []


def actions_named_in_yaml() -> set[str]:
    """What the assistant's YAML files list under `actions:`."""
    documents = [yaml.safe_load(path.read_text()) for path in (ROOT / "nlu/assistant").rglob("*.yml")]
    return {name for document in documents for name in (document or {}).get("actions") or []}


def actions_used_in_rules() -> set[str]:
    """What rules and stories call; `utter_` answers aside."""
    steps = [
        step
        for path in (ROOT / "nlu/data").rglob("*.yml")
        for kind in ("rules", "stories")
        for talk in (yaml.safe_load(path.read_text()) or {}).get(kind) or []
        for step in talk["steps"]
    ]
    return {step["action"] for step in steps if step.get("action", "").startswith("action_")}


def actions_written_in_python() -> set[str]:
    """What the action server would offer: every concrete Action class in actions/, asked for its name."""
    from rasa_sdk import Action
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    assert Action.__subclasses__(), "actions/ holds no action"
    return set(executor.actions)


def test_rasa_and_python_name_the_same_actions() -> None:
    """A name on one side only would be an answer that never comes."""
    assert actions_named_in_yaml() == actions_written_in_python()
    assert actions_used_in_rules() - RASAS_OWN <= actions_named_in_yaml()


def test_every_door_has_a_guard(world: World) -> None:
    """Each view of the real application says who may pass (webhooks/guards.py); also the ones that libraries add."""
    app = world.web
    unguarded = sorted(
        f"{rule.rule} -> {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if not getattr(app.view_functions[rule.endpoint], "__guard__", None)
    )
    assert unguarded == []
