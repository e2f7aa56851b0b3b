"""What each kind of process starts with: logs set up, settings read, parts built."""

from __future__ import annotations

import gc

from bot.app import App, build
from bot.doorbell import CeleryDoorbell, make_celery
from bot.logs import set_up_logs
from bot.settings import read_settings

GARBAGE = 20_000  # so many new objects before the collector of cycles looks; Python's own 700 are a part of one message


def process_app() -> App:
    """The product's parts for a process that is no worker: it rings the workers by Celery."""
    set_up_logs()
    settings = read_settings()
    app = build(settings, CeleryDoorbell(make_celery(settings.broker)))
    settle()
    return app


def settle() -> None:
    """What a process has built by now stays as long as it runs: the collector need not look through it again and again.
    What messages leave behind is still collected, in larger heaps."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
