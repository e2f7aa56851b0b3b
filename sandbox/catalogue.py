"""A list in a JSON file that another program writes: templates that the platforms have approved."""

import json
import logging
from pathlib import Path
from typing import Any

log = logging.getLogger("sandbox")


class Catalogue:
    """Reads the file when it is there, and again when it changes; without a file there is no list."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._read_at = 0.0
        self._items: dict[str, dict[str, str]] = {}
        if path and not path.exists():
            log.warning("%s is not there (yet): until it is, every template is taken", path.name)

    def items(self, key: str) -> dict[str, dict[str, Any]] | None:
        """The list by one of its fields; None without a file. A broken file is a ValueError."""
        if self._path is None or not self._path.exists():
            return None
        changed = self._path.stat().st_mtime
        if changed != self._read_at:
            self._items = {item[key]: item for item in json.loads(self._path.read_text("utf-8"))}
            self._read_at = changed
        return self._items
