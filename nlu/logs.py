"""Logs without what people wrote: warnings and errors only, of Rasa's two logging systems."""

import logging
import warnings


def quiet() -> None:
    """Sets Python's and structlog's level to WARNING, and leaves out the deprecations of Rasa's own libraries."""
    warnings.simplefilter("ignore")
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.WARNING, None, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(logging.WARNING)
