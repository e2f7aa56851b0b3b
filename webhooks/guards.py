"""Every door says who may pass. `tests/test_structure.py` counts the doors that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])


def guarded(by: str, *, room: int = 0) -> Callable[[View], View]:
    """Mark a view with what guards it: "signature", "secret", "staff", "key", "public"; the mark itself guards nothing.
    `room`: how many bytes a form of the console may bring here, where it is more than usual (a file)."""

    def mark(view: View) -> View:
        view.__guard__ = by  # type: ignore[attr-defined]
        view.__room__ = room  # type: ignore[attr-defined]
        return view

    return mark


def mark_all(app: Flask, prefix: str, by: str) -> None:
    """Mark every view whose endpoint begins with `prefix`: for blueprints and libraries that guard all of theirs."""
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(prefix) and not hasattr(view, "__guard__"):
            getattr(view, "__func__", view).__guard__ = by
