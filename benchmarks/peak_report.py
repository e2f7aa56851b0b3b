"""What the weekly peak has come to: Markdown tables that can be put into docs/measured.md, and the lines of proof."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.licences import bare_rapidocr
from benchmarks.peak_album import Album
from benchmarks.peak_faults import AWAY
from benchmarks.peak_people import Somebody
from benchmarks.peak_tally import Came, Tally, table

if TYPE_CHECKING:
    from benchmarks.peak import Week

SAMPLE = 20  # pictures that the peer reads
THREADS = 2
Tell = Callable[[str], object]


def report(week: Week, tally: Tally, album: Album, tell: Tell) -> bool:
    """Print everything; whether every figure is what it must be."""
    came = tally.came
    tell(f"\n{len(came)} applications, from the first message to the last decision: {_span(week.seconds)}.\n\n")
    tell(_ways(came))
    tell("\nReturned for:\n\n" + _counted("reason", (why for each in came for why in each.returned_for)))
    tell("\nDecided by a person, because of:\n\n" + _counted("reason", map(_plain, _left(came))))
    tell("\nCould not be handed in, and why:\n\n" + _counted("reason", map(_why_not, _not_handed_in(came))))
    tell("\nPlanted faults:\n\n")
    tell(table(("fault", "applications", "found by a rule that must find it"), tally.faults()))
    did = sum((each.did for each in week.reviewers), Counter[str]())
    tell("\nWhat the two people did:\n\n" + table(("", "orders"), sorted(did.items())))
    banners = sum(each.phone.banners for each in week.people if isinstance(each, Somebody))
    tell(f"\nWeChat showed {banners} times that the account cannot serve now; whoever saw it tried again.\n")
    tell("\n" + _answers(week) + "\n")
    refusals = [refused for each in week.reviewers for refused in each.refusals]
    figures = {
        **tally.figures(),
        "answers of the API that it must never give": (len(week.client.failures), 0),
        "orders that the console refused to decide": (len(refusals), 0),
    }
    for name, (found, wanted) in figures.items():
        tell(f"{'ok ' if found == wanted else 'NOT'} {name}: {found} of {wanted}\n")
    tell("".join(f"  {each}\n" for each in [*week.client.failures, *refusals][:20]))
    _explain(tally, tell)
    tell("\n" + _pictures(week, tally, album))
    return all(found == wanted for found, wanted in figures.values())


def _ways(came: list[Came]) -> str:
    head = ("way", "came", "handed in", "admitted by rules alone", "by people", "returned", "not handed in", "left off")
    rows = []
    for way in dict.fromkeys(each.it.way for each in came):
        rows.append((way, *_row([each for each in came if each.it.way == way])))
    return table(head, [*rows, ("**all**", *_row(came))])


def _row(came: list[Came]) -> tuple[int, ...]:
    handed_in, left_off = [each for each in came if each.handed_in], [each for each in came if each.ended == "stopped"]
    return (
        len(came),
        len(handed_in),
        sum(each.admitted and not each.by_people for each in handed_in),
        sum(each.admitted and bool(each.by_people) for each in handed_in),
        sum(bool(each.returned_for) for each in handed_in),
        len(came) - len(handed_in) - len(left_off),
        len(left_off),
    )


def _counted(what: str, reasons: Iterable[str]) -> str:
    return table((what, "times"), Counter(reasons).most_common(15))


def _left(came: list[Came]) -> Iterable[str]:
    return (part for each in came for why in each.left_for for part in why.split("；"))


def _not_handed_in(came: list[Came]) -> list[Came]:
    return [each for each in came if not each.handed_in and each.ended != "stopped"]


def _why_not(came: Came) -> str:
    planned = came.it.fault not in AWAY and not came.must_be_admitted()
    return came.it.fault if planned else f"NOT planned: {came.ended[:60]!r}"


def _plain(words: str) -> str:
    """A reason without what is one company's own: what stands in brackets or quotes, names, figures."""
    return re.sub(r"（[^）]*）|“[^”]*”|[：:].*$|\d{4}-\d{2}-\d{2}|\d+", "", words).rstrip("。")


def _answers(week: Week) -> str:
    rows = []
    for what, took in sorted(week.mail.took.items()):
        late = quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
        rows.append((what, len(took), f"{median(took):.2f} s", f"{late:.2f} s"))
    return table(("answer to", "messages", "median", "95 of 100 within"), rows)


def _pictures(week: Week, tally: Tally, album: Album) -> str:
    """How many pictures were read a minute while everything else went on, beside a bare call on a sample of them."""
    engine, sample = bare_rapidocr(THREADS), album.sample(SAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        for number, picture in enumerate(sample):
            file = Path(folder) / f"{number}.jpg"
            file.write_bytes(picture)
            engine(file)
        bare = 60 * len(sample) / (time.monotonic() - began)
    ours = tally.read_a_minute
    said = f"{tally.pictures} pictures were read, {ours:.1f} a minute while everything else went on"
    return f"{said}; a bare RapidOCR, alone afterwards: {bare:.1f} a minute ({ours / bare:.2f} x RapidOCR)\n"


def _explain(tally: Tally, tell: Tell) -> None:
    """Who did not end where they must, which fault was not seen, and what was said that nobody had planted."""
    for each in tally.came:
        if each.must_be_admitted() and not each.admitted:
            stage = each.application.stage if each.application is not None else "no application"
            tell(f"  {each.it.number} {each.it.way} ({each.it.fault}): {stage}; {each.ended[:200]!r}\n")
        elif not each.must_be_admitted() and each.handed_in:
            tell(f"  {each.it.number} {each.it.way} ({each.it.fault}) was handed in\n")
    for each in tally.unseen():
        tell(f"  not seen: {each.it.number} {each.it.way} ({each.it.fault}); rules: {sorted(each.rules)}\n")
    for rule, times in tally.unplanted(misread=False).items():
        tell(f"  nobody planted: {rule}, {times} times, e.g. {tally.example(rule)}\n")
    for rule, times in tally.unplanted(misread=True).items():
        tell(f"  misread: {rule}, {times} times, e.g. {tally.example(rule)}\n")


def _span(seconds: float) -> str:
    return f"{seconds / 60:.1f} minutes ({seconds:.0f} s)"
