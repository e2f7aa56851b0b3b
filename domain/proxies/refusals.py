"""Why a proxy may not do something now: a word for programs, a sentence for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """Nothing was changed. `code` is one of the words in docs/proxy-api.md; `more` is what goes with it (problems)."""

    def __init__(self, code: str, text: str, more: Sequence[Any] = ()) -> None:
        super().__init__(text)
        self.code, self.text, self.more = code, text, more
