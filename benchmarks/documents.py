"""How well and how fast letters, leases and identity cards are read: `python -m benchmarks.documents --count 60`.

Draws pictures with the sandbox, four in ten of them traps (not sealed, cut off, by hand, a copy …), reads each with
ours and, in turn, with a bare RapidOCR call on the same models and threads, and prints tables.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.licences import bare_rapidocr, same
from bot.ocr.document import DocumentReading, read_document
from bot.ocr.engine import Reader
from sandbox.drawing.documents import pictures

MARKS = ("seal", "signature")


@dataclass
class Tally:
    """What was counted over all pictures."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcome: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    marks: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, truth: dict[str, Any], reading: DocumentReading) -> None:
        """Count one picture; the fields of a letter beside a licence are not looked for: the licence is read."""
        kind = truth["kind"]
        self.kinds[kind, reading.kind] += 1
        if kind == "licence" or reading.kind != kind:
            return
        for name, expected in truth["fields"].items():
            found = reading.fields[name]
            if name in MARKS:
                self.marks[kind, name, expected, str(found.value)] += 1
                continue
            outcome = _outcome(expected, found.value or "", bool(found.doubts))
            self.outcome[kind, name, outcome] += 1
            if outcome not in ("right", "nothing to read"):
                self.wrong.append(f"{truth['file']} {truth['trap']} {name} {outcome}: {expected} | {found.value}")


def _outcome(expected: str, read: str, doubted: bool) -> str:
    if same("", expected, read):
        return ("right but doubted" if doubted else "right") if expected else "nothing to read"
    if not read:
        return "missing"
    return "wrong but doubted" if doubted else "wrong"


def measure(count: int, seed: int, threads: int) -> Tally:
    """Draw and read, in turn with the other."""
    reader, rapid, tally = Reader(threads=threads), bare_rapidocr(threads), Tally()
    with tempfile.TemporaryDirectory() as folder:
        for number, (image, truth) in enumerate(pictures(count, seed), 1):
            content = io.BytesIO()
            image.convert("RGB").save(content, "JPEG", quality=90)
            path = Path(folder) / "picture.jpg"
            path.write_bytes(content.getvalue())
            start = time.perf_counter()
            reading = read_document(reader, content.getvalue())
            middle = time.perf_counter()
            rapid(path)
            tally.ours.append(middle - start)
            tally.bare.append(time.perf_counter() - middle)
            tally.add(truth, reading)
            print(f"\r{number}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tally


OUTCOMES = ("right", "right but doubted", "wrong but doubted", "missing", "wrong")


def report(tally: Tally) -> str:
    """The tables."""
    told = sum(count for (truth, read), count in tally.kinds.items() if truth == read)
    lines = [f"told which document: {told}/{sum(tally.kinds.values())}"]
    lines += [
        f"  {truth} taken for {read or 'nothing'}: {n}" for (truth, read), n in tally.kinds.items() if truth != read
    ]
    lines.append("\n" + f"{'field':24}" + "".join(f"{outcome:>19}" for outcome in OUTCOMES))
    for kind, name in dict.fromkeys((kind, name) for kind, name, _ in tally.outcome):
        lines.append(f"{kind + ' ' + name:24}" + "".join(f"{tally.outcome[kind, name, each]:>19}" for each in OUTCOMES))
    totals = (sum(n for (_, _, found), n in tally.outcome.items() if found == each) for each in OUTCOMES)
    lines.append(f"{'all':24}" + "".join(f"{total:>19}" for total in totals))
    lines.append("\nmark: it is → told")
    lines += [f"  {kind} {name}: {is_} → {told}: {n}" for (kind, name, is_, told), n in sorted(tally.marks.items())]
    for who, times in (("ours", tally.ours), ("bare RapidOCR", tally.bare)):
        lines.append(f"{who}: {median(times):.2f} s a picture (median)")
    lines.append(f"ratio ours to RapidOCR: {median(tally.ours) / median(tally.bare):.2f} (medians)")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="bench documents", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=60, help="how many pictures to draw (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same pictures")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for both (default 2)")
    parser.add_argument("--wrong", action="store_true", help="list what was read wrong, too")
    options = parser.parse_args()
    tally = measure(options.count, options.seed, options.threads)
    print(report(tally))
    if options.wrong:
        print("\n".join(tally.wrong))


if __name__ == "__main__":
    main()
