"""Other pipelines on the same examples and the same test messages, each in a process of its own, so that its memory and
its start are its own."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import train

from evaluation import figures, messages
from evaluation.figures import Answer
from evaluation.messages import Message

NLU = Path(__file__).resolve().parents[1]
PIPELINES = NLU / "pipelines"
OURS = NLU.parent / "config.yml"
HEADS = (
    *("pipeline", "right", "asked back", "in first 3", "macro F1", "messages/s", "p50 ms", "p95 ms"),
    *("memory MB", "load s", "training s", "MB"),
)


def table() -> Iterator[str]:
    """A Markdown table, a row a pipeline as soon as it is measured; the first row is ours. A row whose inputs have not
    changed since it was measured is taken from nlu/models."""
    yield "| " + " | ".join(HEADS) + " |"
    yield "|---" * len(HEADS) + "|"
    for config in (OURS, *sorted(PIPELINES.glob("*.yml"), key=_order)):
        for blind in (False, True) if config == OURS else (False,):
            yield _row(config, blind)


def _order(config: Path) -> tuple[bool, str]:
    """What trains for an hour comes last."""
    return "DIETClassifier" in config.read_text(), config.stem


def _row(config: Path, blind: bool) -> str:
    name = "ours" if config == OURS else config.stem.replace("_", " ")
    kept = NLU / "models" / f"compared-{train.fingerprint(inputs_of(config))[:16]}{'-blind' if blind else ''}.json"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(_measured(config, blind)))
    row = json.loads(kept.read_text())
    return f"| {name}{', without context' if blind else ''} | " + " | ".join(_cells(row)) + " |"


def inputs_of(config: Path) -> tuple[Path, ...]:
    """What a row depends on: the pipeline, the examples, the messages, the versions of all libraries; our components
    where the pipeline names one."""
    tests = [NLU / "tests" / f"{name}.yml" for name in messages.SPLITS]
    ours = [NLU / "components"] if "components." in config.read_text() else []
    return (config, NLU / "data" / "nlu", *tests, NLU / "uv.lock", *ours)


def _measured(config: Path, blind: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        model = Path(_child("train", config, folder, blind)["model"])
        took = time.monotonic() - began
        return {**_child("measure", config, str(model), blind), "training": took, "size": model.stat().st_size / 1e6}


def _cells(row: dict[str, Any]) -> Iterator[str]:
    yield from (f"{row[key]:.1%}" for key in ("right", "back", "first"))
    yield from (f"{row['macro_f1']:.3f}", f"{row['rate']:.0f}")
    yield from (f"{row[key]:.1f}" for key in ("p50", "p95"))
    yield from (f"{row['memory']:.0f}", f"{row['load']:.1f}", f"{row['training']:.0f}", f"{row['size']:.1f}")


def _child(what: str, config: Path, at: str, blind: bool) -> Any:
    program = [sys.executable, "-m", "evaluation.pipelines", what, str(config), at, "blind" if blind else ""]
    done = subprocess.run(program, cwd=NLU, stdout=subprocess.PIPE, check=True, env={**os.environ, "PYTHONPATH": "."})
    return json.loads(done.stdout.decode().splitlines()[-1])


def _train(config: Path, folder: Path, blind: bool) -> dict[str, Any]:
    from evaluation import training

    taught = [replace(each, context={}) if blind else each for each in messages.examples()]
    return {"model": str(training.trained(config, taught, folder))}


def _measure(model: Path, blind: bool) -> dict[str, Any]:
    began = time.monotonic()
    from rasa.core.agent import Agent

    agent: Any = Agent.load(str(model))
    asyncio.run(_timed(agent, [Message("你好", "greet")]))
    load = time.monotonic() - began
    tests = [each for name in messages.SPLITS for each in messages.tests(name)]
    answers, times = asyncio.run(_timed(agent, [replace(each, context={}) if blind else each for each in tests]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before the examples are read
    taught = messages.examples()
    kept = messages.without_near(tests, messages.Neighbours([each.text for each in taught]), taught)
    apart = set(map(id, kept))
    found = [answer for answer, each in zip(answers, tests, strict=True) if id(each) in apart]
    return {
        "right": sum(each.right for each in found) / len(found),
        "back": sum(each.asked_back for each in found) / len(found),
        "first": figures.among_first(found),
        "macro_f1": figures.macro_f1(found),
        "rate": 1000 * len(times) / sum(times),
        "p50": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "memory": memory,
        "load": load,
    }


async def _timed(agent: Any, rows: Sequence[Message]) -> tuple[list[Answer], list[float]]:
    """What one loaded model makes of the messages, one after the other, and the milliseconds of each."""
    from rasa.core.channels.channel import UserMessage

    from evaluation import training

    found, times = [], []
    for each in rows:
        began = time.perf_counter()
        parsed = await agent.processor.parse_message(UserMessage(each.text, metadata=dict(each.context)))
        times.append((time.perf_counter() - began) * 1000)
        found.append(training.answer_of(each, parsed))
    return found, times


def main() -> None:
    """One step for one pipeline; the last line of the output is JSON."""
    what, config, at, blind = sys.argv[1:]
    from logs import quiet

    quiet()
    done = _train(Path(config), Path(at), bool(blind)) if what == "train" else _measure(Path(at), bool(blind))
    sys.stdout.write("\n" + json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
