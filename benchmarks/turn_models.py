"""The models of `benchmarks.turn`: ours, and one by Rasa's default pipeline, trained once for its inputs."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.support.product import ROOT

RASA = ROOT / "nlu/.venv/bin/rasa"
OURS = ROOT / "nlu/models/desk.tar.gz"
KEPT = ROOT / "var/bench"
_DEFAULT = "lib/python3.11/site-packages/rasa/engine/recipes/config_files/default_config.yml"
_DATA = (ROOT / "nlu/assistant", ROOT / "nlu/data")


def default_config(epochs: int) -> str:
    """What Rasa 3.6.21 takes where config.yml names no pipeline and no policies, as after `rasa init`. Its language
    stays English: its tokenizer refuses to start for Chinese. `epochs` 0 leaves the training as it comes (100)."""
    text = (ROOT / "nlu/.venv" / _DEFAULT).read_text()
    return re.sub(r"epochs: \d+", f"epochs: {epochs}", text) if epochs else text


def key(config: str) -> str:
    """A hash over all that shapes the model."""
    found = hashlib.sha256(config.encode() + (ROOT / "nlu/uv.lock").read_bytes())
    for folder in _DATA:
        for file in sorted(folder.rglob("*.yml")):
            found.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def as_shipped(epochs: int = 0) -> tuple[Path, float]:
    """The model of the default pipeline, and the seconds that its training took; trained where there is none yet."""
    config = default_config(epochs)
    model = KEPT / f"shipped-{key(config)}.tar.gz"
    took = model.with_suffix(".seconds")
    if not took.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        _train(config, model)
        took.write_text(f"{time.monotonic() - began:.0f}\n")
    return model, float(took.read_text())


def _train(config: str, model: Path) -> None:
    given = model.with_suffix(".yml")
    given.write_text(config)
    command = [str(RASA), "train", "--config", str(given), "--domain", str(_DATA[0]), "--data", str(_DATA[1])]
    command += ["--out", str(model.parent), "--fixed-model-name", model.name]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_MAX_CACHE_SIZE": "0"}
    with model.with_suffix(".log").open("wb") as log:
        done = subprocess.run(command, cwd=KEPT, env={**os.environ, **quiet}, stdout=log, stderr=log, check=False)
    if done.returncode or not model.exists():
        sys.exit(f"Rasa did not train its default pipeline: see {log.name}.")
