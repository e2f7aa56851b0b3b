"""Logs without what people wrote: warnings and errors only, of Rasa's two logging systems."""

import logging
import warnings


def quiet() -> None:
    """Sets Python's and structlog's level to WARNING; leaves out the deprecations of Rasa's own libraries, which nobody
    here can mend. To be called before anything else of Rasa is imported."""
    # Some of them reset the filters, so the warnings are not shown rather than filtered.
    warnings.showwarning = lambda *_, **__: None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
