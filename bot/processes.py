"""What each kind of process starts with: logs set up, settings read, parts built."""

from __future__ import annotations

from bot.app import App, build
from bot.doorbell import CeleryDoorbell, make_celery
from bot.logs import set_up_logs
from bot.settings import read_settings


def process_app() -> App:
    """The product's parts for a process that is no worker: it rings the workers by Celery."""
    set_up_logs()
    settings = read_settings()
    return build(settings, CeleryDoorbell(make_celery(settings.broker)))
