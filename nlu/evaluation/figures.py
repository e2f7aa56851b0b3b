"""What a list of right and understood intents comes to: accuracy, confusion, calibration, and steps taken wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluation.messages import Message

FALLBACK = "nlu_fallback"
# Steps that bind, end or silence: what is taken for one of these and is none, is named.
CAREFUL = ("affirm", "deny", "cancel", "restart", "stop_notices", "leave_market", "end_early", "not_renew")
BINS = 10
FIRST = 3  # so many guesses are offered as taps


@dataclass(frozen=True)
class Answer:
    """A message and what was made of it; `guesses` are the likeliest intents, the first first."""

    message: Message
    intent: str
    confidence: float
    guesses: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether it was understood."""
        return self.intent == self.message.intent

    @property
    def asked_back(self) -> bool:
        """Whether the person is asked what they mean."""
        return self.intent == FALLBACK and not self.right


def summary(answers: Sequence[Answer]) -> str:
    """One line: how many, right, asked back (and with the right guess among the taps), wrong, in the first guesses."""
    back = [each for each in answers if each.asked_back]
    tapped = sum(each.message.intent in each.guesses[:FIRST] for each in back)
    right, count = sum(each.right for each in answers), len(answers) or 1
    wrong = len(answers) - right - len(back)
    return (
        f"{len(answers)} messages: {right / count:.1%} right, {len(back) / count:.1%} asked back "
        f"({tapped} of {len(back)} with the right guess to tap), {wrong / count:.1%} wrong; "
        f"right among the first three guesses {among_first(answers):.1%}"
    )


def among_first(answers: Sequence[Answer]) -> float:
    """The share of messages whose meaning is one of the first three guesses, asked back or not."""
    return sum(each.message.intent in each.guesses[:FIRST] for each in answers) / (len(answers) or 1)


def macro_f1(answers: Sequence[Answer]) -> float:
    """The mean over the intents of the harmonic mean of precision and recall."""
    scores = [f1 for _, _, _, f1, _ in by_intent(answers)]
    return sum(scores) / len(scores) if scores else 0.0


def by_intent(answers: Sequence[Answer]) -> list[tuple[str, float, float, float, int]]:
    """Intent, precision, recall, F1 and number of messages, the worst first."""
    said, meant = Counter(each.intent for each in answers), Counter(each.message.intent for each in answers)
    hits = Counter(each.intent for each in answers if each.right)
    rows = [
        (name, hits[name] / (said[name] or 1), hits[name] / count, 2 * hits[name] / (count + said[name]), count)
        for name, count in meant.items()
    ]
    return sorted(rows, key=lambda row: (row[3], row[0]))


def confusions(answers: Sequence[Answer]) -> list[tuple[str, str, list[str]]]:
    """Meant, understood, and the texts, the most frequent first."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for each in answers:
        if not each.right:
            pairs.setdefault((each.message.intent, each.intent), []).append(each.message.text)
    return sorted(((*pair, texts) for pair, texts in pairs.items()), key=lambda row: (-len(row[2]), row[0], row[1]))


def calibration(answers: Sequence[Answer]) -> tuple[list[tuple[float, int, float, float]], float]:
    """For each tenth of confidence that occurs: its lower end, how many, mean confidence, share right; and the expected
    calibration error, the mean distance of the last two. What is asked back claims nothing and is left out."""
    rows, error = [], 0.0
    claimed = [each for each in answers if each.intent != FALLBACK]
    for number in range(BINS):
        inside = [each for each in claimed if min(int(each.confidence * BINS), BINS - 1) == number]
        if inside:
            sure = sum(each.confidence for each in inside) / len(inside)
            right = sum(each.right for each in inside) / len(inside)
            rows.append((number / BINS, len(inside), sure, right))
            error += abs(sure - right) * len(inside) / len(claimed)
    return rows, error


def report(title: str, answers: Sequence[Answer]) -> Iterator[str]:
    """All of it, in lines."""
    yield f"## {title}\n\n{summary(answers)}; macro F1 {macro_f1(answers):.3f}"
    yield "\nintent, precision, recall, F1, messages (the worst first)"
    yield from (
        f"  {name:<22} {precision:6.1%} {recall:6.1%} {f1:6.3f} {count:4}"
        for name, precision, recall, f1, count in by_intent(answers)
    )
    yield from confusion_lines(answers)
    rows, error = calibration(answers)
    yield f"\nconfidence from, messages, mean confidence, right (expected calibration error {error:.3f})"
    yield from (f"  {low:.1f} {count:5} {sure:.2f} {right:6.1%}" for low, count, sure, right in rows)
    yield from careful_lines(answers)


def confusion_lines(answers: Sequence[Answer], most: int | None = None) -> Iterator[str]:
    """What was meant, what was understood, how often, and the texts; the most frequent ones, or all."""
    yield "\nmeant -> understood"
    for meant, said, texts in confusions(answers)[:most]:
        yield f"  {len(texts):3} {meant} -> {said}: {' | '.join(texts)}"


def careful_lines(answers: Sequence[Answer]) -> Iterator[str]:
    """The steps that bind, end or silence, and what was taken for one of them and is none."""
    yield "\nsteps that bind, end or silence: precision, and what was taken for one wrongly"
    for name in CAREFUL:
        taken = [each for each in answers if each.intent == name]
        false = [f"{each.message.text} ({each.message.intent})" for each in taken if not each.right]
        share = 1 - len(false) / len(taken) if taken else 1.0
        yield f"  {name:<14} {share:6.1%} of {len(taken)}  {' | '.join(false)}".rstrip()
