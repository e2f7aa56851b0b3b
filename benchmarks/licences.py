"""How well and how fast business licences are read: `python -m benchmarks.licences --count 200`.

Draws pictures with the sandbox (which knows the truth of each), reads each with ours and, in turn, with a bare
RapidOCR call on the same models and threads, and prints a table. Progress goes to stderr. Times depend on the machine
and on what else it does: what compares is the ratio of the two, measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bot.ocr.engine import Reader
from bot.ocr.labels import FIELDS
from bot.ocr.licence import LicenceReading, read_licence

_OPEN_END = "至长期"


@dataclass
class Tally:
    """What was counted over all pictures."""

    present: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    doubted_right: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)  # a value that is wrong and carries no doubt
    kinds: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, truth: dict[str, Any], reading: LicenceReading) -> None:
        self.kinds[bool(truth["is_licence"]), reading.is_licence] += 1
        for name in FIELDS:
            expected, found = truth.get(name), reading.fields[name]
            self.present[name] += expected is not None
            if same(name, expected, found.value):
                self.right[name] += expected is not None
                self.doubted_right[name] += expected is not None and bool(found.doubts)
            else:
                silent = found.value is not None and not found.doubts
                self.silent[name] += silent
                self.wrong.append(
                    f"{truth['file']} {name} {'SILENT' if silent else found.doubts}: {expected} | {found.value}"
                )


def same(name: str, expected: str | None, read: str | None) -> bool:
    """Equal but for the width of brackets and marks; a term that is printed with its start may be told without it."""
    if expected is None or read is None:
        return expected is read
    expected, read = unicodedata.normalize("NFKC", expected), unicodedata.normalize("NFKC", read)
    return expected == read or (name == "term" and _OPEN_END in read and read.endswith(expected))


def bare_rapidocr(threads: int) -> Callable[[Path], object]:
    """RapidOCR as its documentation calls it, on the same models and as many threads."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "error",
        }
    )
    return lambda path: engine(str(path))


def measure(folder: Path, threads: int) -> Tally:
    """Read every picture of the folder twice, in turn, and count."""
    reader, rapid, tally = Reader(threads=threads), bare_rapidocr(threads), Tally()
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    for number, truth in enumerate(truths, 1):
        path = folder / truth["file"]
        start = time.perf_counter()
        reading = read_licence(reader.lines(path.read_bytes()))
        middle = time.perf_counter()
        rapid(path)
        tally.ours.append(middle - start)
        tally.bare.append(time.perf_counter() - middle)
        tally.add(truth, reading)
        print(f"\r{number}/{len(truths)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tally


def report(tally: Tally) -> str:
    """The table."""
    lines = ["field          right/present   right but doubted   wrong and not doubted"]
    for name in FIELDS:
        share = f"{tally.right[name]}/{tally.present[name]}"
        lines.append(f"{name:14} {share:>13} {tally.doubted_right[name]:>19} {tally.silent[name]:>23}")
    total = f"{sum(tally.right.values())}/{sum(tally.present.values())}"
    lines.append(f"{'all':14} {total:>13} {sum(tally.doubted_right.values()):>19} {sum(tally.silent.values()):>23}")
    told = sum(count for (truth, read), count in tally.kinds.items() if truth == read)
    licences = sum(count for (truth, _), count in tally.kinds.items() if truth)
    lines.append(f"told apart: {told}/{sum(tally.kinds.values())} ({licences} licences; " + _mistakes(tally) + ")")
    for who, times in (("ours", tally.ours), ("bare RapidOCR", tally.bare)):
        lines.append(f"{who}: {median(times):.2f} s a picture (median), {_p90(times):.2f} s (p90)")
    lines.append(f"ratio ours to RapidOCR: {median(tally.ours) / median(tally.bare):.2f} (medians)")
    return "\n".join(lines)


def _mistakes(tally: Tally) -> str:
    missed, taken = tally.kinds[True, False], tally.kinds[False, True]
    return f"{missed} taken for something else, {taken} taken for a licence"


def _p90(times: Sequence[float]) -> float:
    return quantiles(times, n=10)[-1] if len(times) > 1 else times[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench licences", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=200, help="how many pictures to draw (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same pictures")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for both (default 2)")
    parser.add_argument("--pictures", type=Path, help="a folder with pictures and truth.jsonl instead of drawn ones")
    parser.add_argument("--wrong", action="store_true", help="list what was read wrong, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as drawn:
        folder = options.pictures or Path(drawn)
        if not options.pictures:
            print(f"drawing {options.count} pictures …", file=sys.stderr)
            draw = ["--count", str(options.count), "--seed", str(options.seed), "--out", str(folder)]
            subprocess.run([sys.executable, "-m", "sandbox.drawing", *draw], check=True)
        tally = measure(folder, options.threads)
    print(report(tally))
    if options.wrong:
        print("\n".join(tally.wrong))


if __name__ == "__main__":
    main()
