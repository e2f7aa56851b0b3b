"""Where photos lie: sealed files in a folder, named at random."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from domain.private import open_bytes, seal_bytes


@dataclass(frozen=True, slots=True)
class PhotoStore:
    """Keeps photos encrypted. The database knows only the file's name."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """Store a photo and return its name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{secrets.token_hex(16)}.sealed"
        part = self.folder / f"{name}.part"
        part.write_bytes(seal_bytes(content))
        part.rename(self.folder / name)
        return name

    def read(self, name: str) -> bytes:
        """The photo as it came. FileNotFoundError once it was erased."""
        return open_bytes((self.folder / name).read_bytes())

    def erase(self, name: str) -> None:
        """Delete a photo; nothing happens when it is gone already."""
        (self.folder / name).unlink(missing_ok=True)
