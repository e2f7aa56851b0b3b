"""Replaces a function of Rasa only where it is the one that was read when the replacement was written."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

RASA = "3.6.21"


class DoesNotFit(RuntimeError):
    """Rasa is not the one that a change was written for: read the function again before pinning it anew."""


def require(package: str, wanted: str) -> None:
    """DoesNotFit where another version of the package is installed."""
    if version(package) != wanted:
        raise DoesNotFit(f"nlu/patches is written for {package} {wanted}, this is {version(package)}.")


def fingerprint(function: Callable[..., Any]) -> str:
    """The first figures of a hash over the function's source."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


def replace(owner: type, name: str, new: Callable[..., Any], source: str) -> None:
    """Puts `new` in the place of the owner's function, whose source must have this fingerprint. Done once."""
    require("rasa", RASA)
    old = inspect.getattr_static(owner, name)
    if old is new:
        return
    if fingerprint(old) != source:
        raise DoesNotFit(f"{owner.__qualname__}.{name} is not the function that nlu/patches replaces.")
    setattr(owner, name, new)
