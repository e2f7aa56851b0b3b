"""Trains the model where its inputs have changed, and says so in one line.

Run with nlu/.venv/bin/python nlu/train.py [--force]."""

import argparse
import contextlib
import hashlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL = HERE / "models" / "desk.tar.gz"
INPUTS = (HERE.parent / "config.yml", HERE / "assistant", HERE / "data", HERE / "components", HERE / "uv.lock")


def fingerprint(inputs: tuple[Path, ...] = INPUTS) -> str:
    """A hash over names and contents of all files that shape the model."""
    found = hashlib.sha256()
    for root in inputs:
        files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.suffix in {".yml", ".py"})
        for file in files:
            found.update(f"{file.relative_to(HERE.parent)}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()


def is_current(model: Path = MODEL) -> bool:
    """True where the model exists and was trained from the inputs as they are now."""
    beside = model.with_suffix(".sha256")
    return model.is_file() and beside.is_file() and beside.read_text().strip() == fingerprint()


def train(model: Path = MODEL) -> None:
    """Trains and puts the model and its hash in place; raises where Rasa refuses the data."""
    os.environ |= {
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_MAX_CACHE_SIZE": "0",
    }
    sys.path.insert(0, str(HERE))
    from logs import quiet

    quiet()
    import rasa

    model.parent.mkdir(parents=True, exist_ok=True)
    trained_from = fingerprint()
    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        os.environ["RASA_CACHE_DIRECTORY"] = folder
        with contextlib.redirect_stdout(io.StringIO()):
            result = rasa.train(
                domain=str(HERE / "assistant"),
                config=str(HERE.parent / "config.yml"),
                training_files=str(HERE / "data"),
                output=folder,
                force_training=True,
                fixed_model_name=model.name,
            )
        if result.code or not result.model:
            raise SystemExit("Rasa did not train a model.")
        os.replace(result.model, model)
    model.with_suffix(".sha256").write_text(trained_from + "\n")


def main() -> None:
    """Trains where needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train although nothing changed")
    force = parser.parse_args().force
    if is_current() and not force:
        print("The model is current.")
        return
    started = time.monotonic()
    train()
    size, seconds = MODEL.stat().st_size // 1024, time.monotonic() - started
    print(f"Trained {MODEL.relative_to(HERE.parent)} in {seconds:.0f} s ({size} KiB).")


if __name__ == "__main__":
    main()
