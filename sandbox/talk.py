"""Replay a conversation from a file against a running sandbox and print it as a chat.

python -m sandbox.talk FILE…     The steps are described in docs/sandbox.md.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import yaml  # type: ignore[import-untyped,unused-ignore]

from sandbox.talk_chat import Chat, ExpectationFailed, TalkError
from sandbox.talk_steps import play

EXIT_FAILED, EXIT_WRONG = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Play the files; return 0, 1 when an expectation failed, 2 when a step could not be done."""
    parser = argparse.ArgumentParser(prog="talk", description="Replay a conversation file and print it as a chat.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--url",
        default=f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT') or 8090}",
        help="the sandbox (default: %(default)s)",
    )
    parser.add_argument(
        "--wait", type=float, default=60, metavar="S", help="how long an expectation waits (default: %(default)s)"
    )
    parser.add_argument(
        "--product",
        default=os.environ.get("CALLBACK_BASE_URL") or "http://127.0.0.1:8000",
        help="the product, for its console (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    with httpx.Client(base_url=options.url, trust_env=False, timeout=60) as http:
        return max(_play_file(path, http, options) for path in options.files)


def _play_file(path: Path, http: httpx.Client, options: argparse.Namespace) -> int:
    try:
        steps = read_steps(path)
        chat = Chat(http, options.wait, print)
        for number, step in enumerate(steps, 1):
            try:
                play(chat, step, options.product)
            except (TalkError, ExpectationFailed) as error:
                chat.settle(0.3)
                print(f"\n✗ {path.name}, step {number} ({step_name(step)}): {error}", flush=True)
                return EXIT_FAILED if isinstance(error, ExpectationFailed) else EXIT_WRONG
        chat.settle(1.0)
    except httpx.HTTPError as error:
        print(f"✗ the sandbox does not answer at {options.url} ({type(error).__name__}); is it running?")
        return EXIT_WRONG
    except (OSError, ValueError) as error:
        print(f"✗ {path}: {error}")
        return EXIT_WRONG
    print(f"\n✓ {path.name}: {len(steps)} steps, {chat.expectations} expectations met", flush=True)
    return 0


def read_steps(path: Path) -> list[dict[str, Any]]:
    """The steps of a talk file: a YAML list of one-key mappings; anything else is a ValueError."""
    try:
        steps = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"this is no YAML: {error}") from error
    if not isinstance(steps, list):
        raise ValueError("a talk file is a list of steps")
    for number, step in enumerate(steps, 1):
        if not isinstance(step, dict) or len(step) != 1:
            raise ValueError(f"step {number} must be one “key: value”")
    return steps


def step_name(step: dict[str, Any]) -> str:
    """The key of a step."""
    return str(next(iter(step)))


if __name__ == "__main__":
    sys.exit(main())
