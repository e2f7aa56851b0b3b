"""The worker: Celery tasks that carry ids only. The rows are the truth, the queue is a doorbell."""

from __future__ import annotations

from functools import cache
from typing import Any

from celery.signals import setup_logging, worker_ready

from bot import batches, capacity, hooks, jobs, outbox, proxies, rechecks, takeover, turn, usage
from bot.app import App, build
from bot.doorbell import OCR, CeleryDoorbell, make_celery
from bot.logs import set_up_logs
from bot.processes import settle
from bot.reading import OcrReader
from bot.settings import read_settings

celery = make_celery(read_settings().broker)


@cache
def the_app() -> App:
    """The product's parts, built once per worker process."""
    return build(read_settings(), CeleryDoorbell(celery))


@cache
def the_reader() -> OcrReader:
    """The OCR models, loaded once per OCR worker."""
    settings = the_app().settings
    return OcrReader(settings.var_dir / "models", settings.ocr_threads)


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


@celery.task(name="batch")
def work_on_batch(batch_id: int) -> None:
    """Work on some rows of a batch."""
    batches.work(the_app(), batch_id)


@celery.task(name="sweep")
def sweep() -> None:
    """Find what a lost ring or a crash has left behind."""
    jobs.sweep(the_app())


@celery.task(name="tend")
def tend() -> None:
    """What is done every minute."""
    jobs.tend(the_app())


@celery.task(name="catch_up")
def catch_up() -> None:
    """Ask again for what a source that was down still owes."""
    jobs.catch_up(the_app())


@celery.task(name="recheck")
def recheck() -> None:
    """Ask the sources again about applications whose data has grown old."""
    rechecks.recheck_due(the_app())


@celery.task(name="usage")
def refresh_usage() -> None:
    """Keep what admitted accounts used fresh."""
    usage.refresh_usage(the_app())


@celery.task(name="capacity")
def read_capacities() -> None:
    """See whether the capacity of admitted accounts has changed."""
    capacity.read_capacities(the_app())


@celery.task(name="talks")
def watch_talks() -> None:
    """See that nobody waits for staff unnoticed."""
    takeover.watch_talks(the_app())


@celery.task(name="document")
def read_document(photo_id: int) -> None:
    """Read one document that a proxy has sent."""
    proxies.read_document(the_app(), photo_id, the_reader())


@celery.task(name="proxies")
def tend_proxies() -> None:
    """Every few seconds: what proxies wait for, and what they are to be told."""
    for batch_id in proxies.tend(the_app()):
        work_proxy_batch.delay(batch_id)
    for hook_id in hooks.due(the_app()):
        deliver_hook.delay(hook_id)


@celery.task(name="proxy_batch")
def work_proxy_batch(batch_id: int) -> None:
    """Work on one batch of a proxy."""
    proxies.work_batch(the_app(), batch_id)


@celery.task(name="hook")
def deliver_hook(hook_id: int) -> None:
    """Tell one address of a proxy what is due."""
    hooks.deliver(the_app(), hook_id)


@celery.task(name="daily")
def daily() -> None:
    """The work of each day, once; a day that was missed is made up."""
    jobs.daily(the_app())


@setup_logging.connect
def _our_logs(**_: Any) -> None:
    set_up_logs()


@worker_ready.connect
def _warm(sender: Any, **_: Any) -> None:
    """Build the parts, and load the OCR models, before the first message comes, not with it."""
    the_app()
    if any(queue.name == OCR for queue in sender.task_consumer.queues):
        the_reader()
    settle()
