"""The sandbox's clock: the real one plus an offset, which the product reads from a file."""

import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sandbox.store import Store

CHINA = timezone(timedelta(hours=8))


class Clock:
    """Tells the moved time. The offset is kept in the store and written to the file the product reads."""

    def __init__(self, store: Store, offset_file: Path | None = None) -> None:
        self._store = store
        self._file = offset_file
        self._offset = 0.0
        self._move_to(float(store.get("clock", "offset") or 0))

    @property
    def offset(self) -> float:
        """Seconds ahead of the real clock."""
        return self._offset

    def now(self) -> float:
        """Seconds since 1970 on the moved clock."""
        return time.time() + self._offset

    def iso(self, at: float | None = None) -> str:
        """A moment (default: now) in China's time, with milliseconds."""
        return datetime.fromtimestamp(self.now() if at is None else at, CHINA).isoformat(timespec="milliseconds")

    def plain(self, at: float | None = None) -> str:
        """A moment as Aliyun writes it: YYYY-MM-DD HH:MM:SS in China's time."""
        return datetime.fromtimestamp(self.now() if at is None else at, CHINA).strftime("%Y-%m-%d %H:%M:%S")

    def day(self) -> str:
        """Today in China, for daily quotas."""
        return self.iso()[:10]

    def advance(self, seconds: float) -> None:
        """Move the clock by so many seconds (negative: back)."""
        self._move_to(self._offset + seconds)

    def set(self, iso: str) -> None:
        """Move to a moment; without a zone it is meant as China's time. A bad text is a ValueError."""
        moment = datetime.fromisoformat(iso)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=CHINA)
        self._move_to(moment.timestamp() - time.time())

    def reset(self) -> None:
        """Go back to the real time."""
        self._move_to(0)

    def _move_to(self, offset: float) -> None:
        if (back := offset - self._offset) < 0:
            self._store.move_pushes(back)
        self._offset = round(offset, 3)
        self._store.put("clock", "offset", self._offset)
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._file.with_name(self._file.name + ".new")
            fresh.write_text(f"{self._offset}\n")
            os.replace(fresh, self._file)
