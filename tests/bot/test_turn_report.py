"""The arithmetic of `./run bench turn`: which turns stand for one, what is late, how many times as good."""

from __future__ import annotations

import json

import pytest

from benchmarks.turn_models import default_config, key
from benchmarks.turn_report import NAMES, PARTS, Report, around, late, parts_of, times


def test_some_turns_around_stand_for_one() -> None:
    """None where the conversation was shorter."""
    talk = [(place, float(place)) for place in range(1, 101)]
    assert around(talk, 5) == [float(place) for place in range(1, 11)]
    assert around(talk, 50) == [float(place) for place in range(41, 61)]
    assert around(talk, 500) == []


def test_ninety_five_of_a_hundred_are_within() -> None:
    """Between the turns measured, not beyond them."""
    assert late([float(number) for number in range(1, 101)]) == pytest.approx(95.05)
    assert late([3.0]) == 3.0
    assert late([1.0, 2.0]) <= 2.0


def test_the_parts_leave_out_the_first_turns() -> None:
    """Rasa's first turns load what the later ones have; the median of the rest counts."""
    text = json.dumps({"understanding": [900.0, 2.0, 4.0, 3.0], "turn": [5.0]})
    assert parts_of(text, without=1) == {"understanding": 3.0, "turn": 5.0}


def _report() -> Report:
    """Ours takes a tenth of the time as shipped, a fifth with the same pipeline."""
    report = Report(training=1)
    for name, seconds in zip(NAMES, (0.1, 0.05, 0.01), strict=True):
        report.conversation[name] = [(place, seconds) for place in range(1, 511)]
        report.senders[name], report.at_once[name] = [seconds, 3 * seconds], [(80, 80 * seconds)]
        report.ready[name], report.memory[name] = seconds, [100, 101]
        report.parts = {**report.parts, name: dict.fromkeys(PARTS, seconds * 1000)}
    return report


def test_every_line_says_how_many_times(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole turn and each part, against both; and the table has a figure of each."""
    lines = _report().lines()
    assert len(lines) == 2 * (3 + len(PARTS))
    assert lines[0] == "the whole turn, new people: 20.00 ms against 200.00 ms, 10.0 x stock"
    assert all(line.endswith(("10.0 x stock", "5.0 x same pipeline")) for line in lines)
    _report().show()
    shown = capsys.readouterr().out
    assert "turn 500 of a conversation, p50 ms" in shown and "start to ready, s" in shown
    assert times(0.8, 0.1) == "8.0"


def test_the_door_is_measured_against_rest(capsys: pytest.CaptureFixture[str]) -> None:
    """From callback to reply, with all that the product does beside."""
    _report().door([0.04, 0.05, 0.06])
    assert "4.0 x stock" in capsys.readouterr().out


def test_the_default_pipeline_is_rasas_own() -> None:
    """As it comes, or trained for less where that was asked for; and each is a model of its own."""
    config = default_config(0)
    assert all(name in config for name in ("DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"))
    assert config.count("epochs: 100") == 4 and default_config(7).count("epochs: 7") == 4
    assert key(config) != key(default_config(7))
