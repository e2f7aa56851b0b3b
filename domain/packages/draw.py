"""The draw among equals: an order of packages that favours nobody, and that a user finds again within a month."""

from __future__ import annotations

from hashlib import sha256


def place(account_mark: str, month: int, code: str) -> bytes:
    """A package's lot in one account's draw of one trading month: the lower comes first. It hangs on nothing else, so
    neither the order of the catalogue nor who else takes part changes who of two comes first."""
    return sha256(f"{account_mark}|{month}|{code}".encode()).digest()
