"""What was not understood today is understood tomorrow: heard, labelled, taken away, trained with Rasa itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from domain.dialogue.acts import Command
from domain.people.staff import Role
from tests.support.console import Visitor
from tests.support.world import COMPANY, World

ROOT = Path(__file__).resolve().parents[2]
SAID = f"老倌，{COMPANY.name}的躺在哪个桌上了嘛"
LIKE_IT = "老倌，曲靖宏发建材有限公司的还躺在哪个桌上了嘛"
OTHERS = {"我的申请到哪一步了": "progress", "帮我转人工": "human", "今天天气怎么样": "out_of_scope"}

pytestmark = pytest.mark.timeout(600)


def run(nlu: Path, program: str, given: str = "") -> str:
    """A program of Rasa's side, in Rasa's environment."""
    command = [str(ROOT / "nlu/.venv/bin/python"), str(nlu / program)]
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True).stdout


def read_by(nlu: Path, *texts: str) -> list[dict[str, Any]]:
    """What the model of this folder makes of the texts."""
    given = "\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in texts)
    return [json.loads(line) for line in run(nlu, "understand.py", given).splitlines()]


def test_a_message_is_heard_labelled_exported_trained_and_then_understood(world: World, tmp_path: Path) -> None:
    """As docs/understanding.md says. Another company in the same words is understood, too; who wrote is in no file."""
    nlu = tmp_path / "nlu"
    [before] = read_by(ROOT / "nlu", SAID)
    assert before["intent"] == "nlu_fallback"

    guesses = tuple(intent for intent, _ in before["guesses"])
    world.rasa.taught[SAID] = Command("unsure_what", SAID, guesses=guesses)
    world.say(SAID)
    zhou = Visitor(world.web).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
    page = zhou.get("/heard")
    assert "【公司】的躺在哪个桌上了嘛" in page
    zhou.post("/heard/1/label", intent="progress")
    file = zhou.get("/heard/examples.yml")
    assert "intent: progress" in file and COMPANY.name[2:6] not in file

    shutil.copy(ROOT / "config.yml", tmp_path)
    shutil.copytree(ROOT / "nlu", nlu, ignore=shutil.ignore_patterns(".*", "__pycache__", "models", "tests"))
    (nlu / "data/nlu/from_talks.yml").write_text(file)
    assert run(nlu, "train.py").startswith("Trained")
    after, alike, *others = read_by(nlu, SAID, LIKE_IT, *OTHERS)
    assert (after["intent"], alike["intent"]) == ("progress", "progress")
    assert after["confidence"] > 0.5
    assert [each["intent"] for each in others] == list(OTHERS.values())
