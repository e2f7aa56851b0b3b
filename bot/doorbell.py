"""The doorbell by Celery: the queue holds ids only, the rows are the truth."""

from __future__ import annotations

import structlog
from celery import Celery
from celery.exceptions import OperationalError
from redis.exceptions import RedisError

QUEUE = "default"  # the workers' list in Redis
OCR = "ocr"  # the readers' list: pictures

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
        task_default_queue=QUEUE,
        task_routes={"photo": {"queue": OCR}, "document": {"queue": OCR}},
        task_serializer="json",
        accept_content=["json"],
        timezone="Asia/Shanghai",
        beat_schedule={
            "sweep": {"task": "sweep", "schedule": 3.0, "options": {"expires": 3}},
            "catch_up": {"task": "catch_up", "schedule": 30.0, "options": {"expires": 30}},
            "recheck": {"task": "recheck", "schedule": 30.0, "options": {"expires": 30}},
            "usage": {"task": "usage", "schedule": 30.0, "options": {"expires": 30}},
            "capacity": {"task": "capacity", "schedule": 30.0, "options": {"expires": 30}},
            "proxies": {"task": "proxies", "schedule": 5.0, "options": {"expires": 5}},
            "talks": {"task": "talks", "schedule": 60.0, "options": {"expires": 60}},
            "tend": {"task": "tend", "schedule": 60.0, "options": {"expires": 60}},
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

    def document(self, photo_id: int) -> None:
        """A document that came without a message waits to be read."""
        self._ring("document", photo_id)

    def proxy_batch(self, batch_id: int) -> None:
        """A proxy's batch waits to be worked on."""
        self._ring("proxy_batch", batch_id)

    def deliver(self, address_id: int) -> None:
        """Something is due for an address."""
        self._ring("deliver", address_id)

    def batch(self, batch_id: int) -> None:
        """A batch has rows to be worked on."""
        self._ring("batch", batch_id)

    def _ring(self, task: str, row_id: int) -> None:
        try:
            self._celery.send_task(task, args=[row_id], retry=False)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("doorbell.lost", task=task, error=type(error).__name__)
