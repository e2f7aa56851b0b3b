"""Terms of packages for tests."""

from __future__ import annotations

from typing import Any

from domain.packages.terms import KEYS, Kind, Terms

FIXED: dict[str, Any] = {
    "kind": "fixed",
    "prices": {"all": "385.50"},
    "months": 12,
    "reference": None,
    "share": 0,
    "green_percent": 0,
    "green_premium": "0",
    "leaving": "per_mwh",
    "leaving_fee": "20.00",
    "notice_days": 30,
}
PRICES = {
    Kind.FIXED: ["385.50"],
    Kind.SHARED: ["402.30"],
    Kind.TIME_OF_USE: ["571.13", "391.07", "214.99"],
    Kind.SEASONAL: ["282.41", "371.05", "463.77"],
    Kind.SEASONAL_TIME: ["401.11", "282.41", "171.03", "543.21", "371.05", "208.67", "688.89", "463.77", "251.13"],
}


def written(kind: Kind = Kind.FIXED, /, **changed: Any) -> dict[str, Any]:
    """Terms in the form in which a program writes them."""
    sharing = {"reference": "390.00", "share": 60} if kind == Kind.SHARED else {}
    prices = dict(zip(KEYS[kind], PRICES[kind], strict=True))
    return {**FIXED, "kind": str(kind), "prices": prices, **sharing, **changed}


def terms(kind: Kind = Kind.FIXED, /, **changed: Any) -> Terms:
    """Terms of a kind, with some fields changed."""
    return Terms.from_json(written(kind, **changed))
