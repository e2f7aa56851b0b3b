"""The anchors outside of the database: a file that is only added to, one line a day."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bot.app import App
from bot.settings import Settings
from domain import anchors
from domain.anchors import Fault


def file_of(settings: Settings) -> Path:
    """Where the lines stand: ANCHOR_FILE, or var/anchors.log."""
    return settings.anchor_file or settings.var_dir / "anchors.log"


def lines_of(settings: Settings) -> list[str]:
    """The lines that were written so far."""
    file = file_of(settings)
    return file.read_text().splitlines() if file.exists() else []


def anchor(app: App) -> Sequence[int]:
    """Keep the ends of the days that are over, write them outside, tell them. A line that a crash has left out is made
    up; one that is there is never written again."""
    with app.store.write() as session:
        made = anchors.keep(session, app.clock())
        anchors.tell(session, made, app.clock())
    with app.store.read() as session:
        kept = anchors.anchors(session)
    known = {line.split(" ")[0] for line in lines_of(app.settings)}
    last = max(known, default="")
    _add(file_of(app.settings), [each.line for each in kept if each.day.isoformat() > last])
    return len(made), len(made), 0


def check(app: App) -> list[Fault]:
    """What of the evidence is not as it was written; see `domain.anchors.verify`."""
    with app.store.read() as session:
        return anchors.verify(session, lines_of(app.settings))


def _add(file: Path, lines: Sequence[str]) -> None:
    if not lines:
        return
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as out:
        out.write("".join(f"{line}\n" for line in lines))
        out.flush()
        os.fsync(out.fileno())
