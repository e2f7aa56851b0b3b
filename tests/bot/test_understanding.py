"""`./run understand`: who decides what a message is, with the true model of Rasa's side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.understanding import understood


def _file(folder: Path, *lines: dict[str, Any]) -> Path:
    file = folder / "heard.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    return file


def test_words_values_and_sentences_are_told_apart(tmp_path: Path) -> None:
    """A command word is compared, a bare value is read, a sentence is understood; in the order of the file."""
    found = understood(
        _file(
            tmp_path,
            {"text": "我们厂想注册，收不收费"},
            {"text": "续约"},
            {"text": "0530 1234 5678 9012", "context": {"asking": "account_number"}},
            {"text": "退订", "channel": "sms"},
        )
    )
    assert [line["decided_by"] for line in found] == ["rasa", "exact", "extractor", "exact"]
    assert [line["intent"] for line in found][1:] == ["renew", "inform", "stop_notices"]
    assert found[2]["entities"] == [{"kind": "account_number", "value": "0530123456789012"}]
    assert [intent for intent, _ in found[0]["wishes"]] == ["register", "rules_question"]


@pytest.mark.parametrize("line", ["no json", "[]", '{"txt": "你好"}'])
def test_a_line_that_is_no_message_is_named(tmp_path: Path, line: str) -> None:
    """By its number."""
    file = tmp_path / "heard.jsonl"
    file.write_text('{"text": "你好"}\n' + line)
    with pytest.raises(ValueError, match="line 2"):
        understood(file)
