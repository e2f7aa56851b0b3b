"""Starts Rasa for the product: one guarded channel, no API routes, quiet logs, no telemetry.

Run with nlu/.venv/bin/python nlu/serve.py. Environment: RASA_CHANNEL_SECRET (needed), ACTIONS_URL, RASA_PORT."""

import argparse
import os
import socket
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=HERE / "models" / "desk.tar.gz")
    parser.add_argument("--port", type=int, default=5005)
    return parser.parse_args()


def _environment() -> None:
    os.chdir(HERE)
    sys.path.insert(0, str(HERE))
    os.environ.setdefault("ACTIONS_URL", "http://127.0.0.1:5055/webhook")
    os.environ.setdefault("ACTIONS_TIMEOUT", "10")
    os.environ |= {
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SANIC_WORKERS": "1",
    }


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main() -> None:
    """Serves on 127.0.0.1 until it is told to stop; says in one sentence why where it cannot start."""
    arguments = _arguments()
    _environment()
    if not arguments.model.is_file():
        sys.exit(f"No trained model at {arguments.model}: run nlu/.venv/bin/python nlu/train.py first.")
    if len(os.environ.get("RASA_CHANNEL_SECRET", "")) < 16:
        sys.exit("RASA_CHANNEL_SECRET must be set, 16 characters or more.")
    if not _is_free(arguments.port):
        sys.exit(f"Port {arguments.port} is taken by another program: stop it, or give another one with --port.")
    from logs import quiet

    quiet()
    import patches

    patches.apply()
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    serve_application(
        str(arguments.model),
        interface="127.0.0.1",
        port=arguments.port,
        credentials="credentials.yml",
        endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"),
        enable_api=False,
    )


if __name__ == "__main__":
    main()
