"""Rasa imports TensorFlow (and matplotlib, to draw test results) wherever it is started: more than half of its start
and of its memory. Our pipeline uses neither. Serving imports names without content instead; who calls one is told."""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from patches.pinning import RASA, require

ABSENT = frozenset({"tensorflow", "tensorflow_hub", "tensorflow_text", "keras", "matplotlib"})


class NotLoaded(RuntimeError):
    """Something of a library that is left out was used: a pipeline that needs it cannot be served with the change."""


class Name(type):
    """A name of an absent library: may be written as a base class, a type or a default, and not be called."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(name, (), {})

    def __call__(cls, *given: Any, **named: Any) -> Any:
        raise NotLoaded(f"{cls.__module__}.{cls.__name__} was used, but nlu/patches leaves {sorted(ABSENT)} out.")


class _Absent(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(name, (), {"__module__": self.__name__})


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.split(".")[0] in ABSENT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def apply() -> None:
    """From now on these libraries are names only; DoesNotFit for another Rasa, which may want more of them."""
    require("rasa", RASA)
    if any(name in sys.modules and not isinstance(sys.modules[name], _Absent) for name in ABSENT):
        raise NotLoaded("nlu/patches must be applied before Rasa is imported.")
    if not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
