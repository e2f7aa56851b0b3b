"""The action server: rasa-sdk's application in one process, on this machine only.

`python -m rasa_sdk` would listen on every address and start a second process that needs its actions pickled.
"""

from __future__ import annotations

import argparse

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.acts import the_app


def application() -> Sanic:
    """rasa-sdk's application with our actions."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return create_app(executor, cors_origins=None)


def main() -> None:
    """Serve until a signal comes."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=5055)
    the_app()  # built now, so that the first person does not wait for it
    application().run(host="127.0.0.1", port=words.parse_args().port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
