"""The worker: Celery tasks that carry ids only. The rows are the truth, the queue is a doorbell."""

from __future__ import annotations

from functools import cache
from typing import Any

import structlog
from celery import Celery
from celery.exceptions import OperationalError
from celery.signals import setup_logging, worker_ready
from redis.exceptions import RedisError

from bot import jobs, outbox, turn
from bot.app import App, build
from bot.logs import set_up_logs
from bot.reading import OcrLicenceReader
from bot.settings import read_settings

log = structlog.get_logger(__name__)


def make_celery(broker: str) -> Celery:
    """Celery on our Redis. Late acknowledgement: a task whose worker dies is given to another one."""
    celery = Celery("desk", broker=broker)
    celery.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 120, "socket_timeout": 5, "socket_connect_timeout": 2},
        task_default_queue="default",
        task_routes={"photo": {"queue": "ocr"}},
        task_serializer="json",
        accept_content=["json"],
        timezone="Asia/Shanghai",
        beat_schedule={
            "sweep": {"task": "sweep", "schedule": 3.0, "options": {"expires": 3}},
            "catch_up": {"task": "catch_up", "schedule": 30.0, "options": {"expires": 30}},
            "daily": {"task": "daily", "schedule": 60.0, "options": {"expires": 60}},
        },
    )
    return celery


class CeleryDoorbell:
    """Rings by Celery. When Redis is away the ring is lost, and the sweep does its work."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery

    def turn(self, inbound_id: int) -> None:
        """A message waits for its turn."""
        self._ring("turn", inbound_id)

    def photo(self, inbound_id: int) -> None:
        """A photo waits to be read."""
        self._ring("photo", inbound_id)

    def deliver(self, address_id: int) -> None:
        """Something is due for an address."""
        self._ring("deliver", address_id)

    def _ring(self, task: str, row_id: int) -> None:
        try:
            self._celery.send_task(task, args=[row_id], retry=False)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("doorbell.lost", task=task, error=type(error).__name__)


celery = make_celery(read_settings().broker)


@cache
def the_app() -> App:
    """The product's parts, built once per worker process."""
    return build(read_settings(), CeleryDoorbell(celery))


@cache
def the_reader() -> OcrLicenceReader:
    """The OCR models, loaded once per OCR worker."""
    settings = the_app().settings
    return OcrLicenceReader(settings.var_dir / "models", settings.ocr_threads)


@celery.task(name="turn")
def take_turn(inbound_id: int) -> None:
    """Work on one inbound message."""
    turn.take_turn(the_app(), inbound_id)


@celery.task(name="photo")
def read_photo(inbound_id: int) -> None:
    """Read one photo."""
    turn.read_photo(the_app(), inbound_id, the_reader())


@celery.task(name="deliver")
def deliver(address_id: int) -> None:
    """Send what is due for one address."""
    outbox.deliver(the_app(), address_id)


@celery.task(name="sweep")
def sweep() -> None:
    """Find what a lost ring or a crash has left behind."""
    jobs.sweep(the_app())


@celery.task(name="catch_up")
def catch_up() -> None:
    """Ask again for what a source that was down still owes."""
    jobs.catch_up(the_app())


@celery.task(name="daily")
def daily() -> None:
    """The work of each day, once; a day that was missed is made up."""
    jobs.daily(the_app())


@setup_logging.connect
def _our_logs(**_: Any) -> None:
    set_up_logs()


@worker_ready.connect
def _warm(sender: Any, **_: Any) -> None:
    """Load the OCR models before the first photo comes, not with it."""
    if any(queue.name == "ocr" for queue in sender.task_consumer.queues):
        the_reader()
