"""python -m sandbox: the outside world on this machine."""

import logging

import uvicorn

from sandbox.app import build_app
from sandbox.settings import Settings


def main() -> None:
    """Serve on 127.0.0.1 until a signal comes; open event streams do not delay the end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = Settings.from_env()
    uvicorn.run(
        build_app(settings),
        host="127.0.0.1",
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
