"""Shared by the tests of Rasa's side: the trained model (trained anew where its inputs changed), and a served one."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import served
from served import HERE, ActionServer, Desk

sys.path.insert(0, str(HERE))
os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model, current with its inputs."""
    import train

    if not train.is_current():
        train.train()
    return train.MODEL


@pytest.fixture(scope="session")
def session_actions() -> Iterator[ActionServer]:
    """The stand-in for the action server, listening for the whole session."""
    with served.running_actions() as server:
        yield server


@pytest.fixture
def actions(session_actions: ActionServer) -> ActionServer:
    """The stand-in, friendly again and with an empty memory."""
    session_actions.status, session_actions.delay, session_actions.drops = 200, 0.0, 0
    session_actions.requests = []
    return session_actions


@pytest.fixture(scope="session")
def desk(model: Path, session_actions: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Rasa, served."""
    with served.running_desk(model, session_actions, tmp_path_factory.mktemp("rasa") / "log") as found:
        yield found
