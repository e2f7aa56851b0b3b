"""The one clock of the product. A file may move it (a sandbox writes one); without the file it is the real time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clock:
    """Call it for the moment now: aware, UTC."""

    offset_file: Path | None = None

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def _offset(self) -> timedelta:
        if self.offset_file is None:
            return timedelta()
        try:
            return timedelta(seconds=float(self.offset_file.read_text() or 0))
        except (FileNotFoundError, ValueError):
            return timedelta()
