"""Says how well messages are understood that nobody trained on: files of messages, folds of the examples, whole talks.

Run with `./run evaluate [--folds N] [--quick] [--pipelines]`."""

# ruff: noqa: T201

import argparse
import os
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / "config.yml"
MOST = 40  # pairs that are confused in the folds; where one text stands out, its label may be wrong


def _prepare() -> None:
    sys.path.insert(0, str(HERE))
    os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_MAX_CACHE_SIZE": "0"}
    from logs import quiet

    quiet()


def _files(model: Path) -> None:
    from evaluation import figures, messages, training

    taught = messages.examples()
    known = messages.Neighbours([each.text for each in taught])
    everything = []
    print(f"Left out is what an example of the same context resembles (Dice of bigrams {messages.NEAR} or more).")
    for name in messages.SPLITS:
        rows = messages.tests(name)
        kept = messages.without_near(rows, known, taught)
        found = training.answers(model, kept)
        print(f"{name}.yml: {figures.summary(found)}; {len(rows) - len(kept)} left out as near an example")
        everything += found
    print()
    print("\n".join(figures.report("All files together", everything)))


def _talks(model: Path) -> None:
    from evaluation import messages, training

    print("\n## Conversations that nobody trained on")
    talks = messages.talks()
    found = training.answers(model, [step for steps in talks.values() for step in steps])
    left = iter(found)
    for name, steps in talks.items():
        mine = [next(left) for _ in steps]
        wrong = [f"{each.message.text}: {each.message.intent} -> {each.intent}" for each in mine if not each.right]
        print(f"{name}: {len(mine) - len(wrong)} of {len(mine)}", *wrong, sep="\n    ")
    right = sum(each.right for each in found)
    print(f"{right} of {len(found)} steps, {right / len(found):.1%}")


def _folds(count: int) -> None:
    from evaluation import figures, messages, training

    taught = messages.examples()
    parts = training.cross_validated(CONFIG, taught, count)
    shares = [sum(each.right for each in part) / len(part) for part in parts]
    print(f"\n## {count} folds of {len(taught)} examples")
    spread = statistics.stdev(shares) if count > 1 else 0.0
    print(f"{statistics.mean(shares):.1%} right, standard deviation {spread:.1%},", end=" ")
    print(f"from {min(shares):.1%} to {max(shares):.1%}")
    together = [each for part in parts for each in part]
    print(figures.summary(together), *figures.confusion_lines(together, MOST), sep="\n")
    print("\n".join(figures.careful_lines(together)))


def main() -> None:
    """Prints what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5, help="parts of the cross-validation")
    parser.add_argument("--quick", action="store_true", help="without the cross-validation")
    parser.add_argument("--pipelines", action="store_true", help="compare the pipelines of nlu/pipelines instead")
    given = parser.parse_args()
    _prepare()
    if given.pipelines:
        from evaluation import pipelines

        for line in pipelines.table():
            print(line, flush=True)
        return
    import train

    if not train.is_current():
        train.train()
    _files(train.MODEL)
    _talks(train.MODEL)
    if not given.quick:
        _folds(given.folds)


if __name__ == "__main__":
    main()
