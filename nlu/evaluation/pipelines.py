"""Other pipelines on the same examples and the same test messages, each in a process of its own, so that its memory and
its start are its own."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

NLU = Path(__file__).resolve().parents[1]
PIPELINES = NLU / "pipelines"
HEADS = ("pipeline", "right", "asked back", "messages/s", "p50 ms", "p95 ms", "memory MB", "load s", "training s", "MB")


def table() -> Iterator[str]:
    """A Markdown table, a row a pipeline; the first row is ours."""
    yield "| " + " | ".join(HEADS) + " |"
    yield "|---" * len(HEADS) + "|"
    for config in (NLU.parent / "config.yml", *sorted(PIPELINES.glob("*.yml"))):
        for blind in (False, True) if config.parent == NLU.parent else (False,):
            yield _row(config, blind)


def _row(config: Path, blind: bool) -> str:
    name = "ours" if config.parent == NLU.parent else config.stem.replace("_", " ")
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        model = Path(_child("train", config, folder, blind)["model"])
        took = time.monotonic() - began
        found = _child("measure", config, str(model), blind)
        size = model.stat().st_size / 1e6
    figures = [f"{found['right']:.1%}", f"{found['back']:.1%}", f"{found['rate']:.0f}", f"{found['p50']:.1f}"]
    figures += [f"{found['p95']:.1f}", f"{found['memory']:.0f}", f"{found['load']:.1f}", f"{took:.0f}", f"{size:.1f}"]
    return f"| {name}{', without context' if blind else ''} | " + " | ".join(figures) + " |"


def _child(what: str, config: Path, at: str, blind: bool) -> Any:
    program = [sys.executable, "-m", "evaluation.pipelines", what, str(config), at, "blind" if blind else ""]
    done = subprocess.run(program, cwd=NLU, stdout=subprocess.PIPE, check=True, env={**os.environ, "PYTHONPATH": "."})
    return json.loads(done.stdout.decode().splitlines()[-1])


def _train(config: Path, folder: Path, blind: bool) -> dict[str, Any]:
    from evaluation import messages, training

    taught = [replace(each, context={}) if blind else each for each in messages.examples()]
    return {"model": str(training.trained(config, taught, folder))}


def _measure(model: Path, blind: bool) -> dict[str, Any]:
    import asyncio

    began = time.monotonic()
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    from evaluation import figures, messages, training

    agent: Any = Agent.load(str(model))
    asyncio.run(agent.processor.parse_message(UserMessage("你好")))
    load = time.monotonic() - began
    taught = messages.examples()
    known = messages.Neighbours([each.text for each in taught])
    rows = [each for name in messages.SPLITS for each in messages.without_near(messages.tests(name), known, taught)]
    rows = [replace(each, context={}) if blind else each for each in rows]
    began = time.monotonic()
    found = training.answers(model, rows)
    rate = len(rows) / (time.monotonic() - began)
    times = []
    for each in rows[:300]:
        began = time.perf_counter()
        asyncio.run(agent.processor.parse_message(UserMessage(each.text, metadata=dict(each.context))))
        times.append((time.perf_counter() - began) * 1000)
    back = sum(each.intent == figures.FALLBACK and not each.right for each in found)
    return {
        "right": sum(each.right for each in found) / len(found),
        "back": back / len(found),
        "rate": rate,
        "p50": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "load": load,
    }


def main() -> None:
    """One step for one pipeline; the last line of the output is JSON."""
    what, config, at, blind = sys.argv[1:]
    from logs import quiet

    quiet()
    done = _train(Path(config), Path(at), bool(blind)) if what == "train" else _measure(Path(at), bool(blind))
    sys.stdout.write("\n" + json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
