"""Logs without what people wrote: warnings and errors only, of Rasa's two logging systems."""

import logging
import warnings


def quiet() -> None:
    """Sets Python's and structlog's level to WARNING; leaves out the deprecations of Rasa's own libraries, which nobody
    here can mend. To be called before anything else of Rasa is imported."""
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
