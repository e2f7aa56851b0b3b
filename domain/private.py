"""Personal data at rest: sealed with a key that can be changed, found again by a keyed fingerprint."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


@dataclass(frozen=True, slots=True)
class _Keys:
    fernet: MultiFernet
    fingerprint: bytes


_keys: list[_Keys] = []  # set once by `use_keys`, at start


class NoKeys(RuntimeError):
    """`use_keys` was not called before personal data was read or written."""


def use_keys(data_key: str) -> None:
    """Take the data keys: one or more Fernet keys, newest first, separated by commas (a changed key keeps the
    old one behind it, so that what was sealed before can still be read). The fingerprint hangs on the LAST,
    the oldest: it must stay the same for ever."""
    keys = [part.strip() for part in data_key.split(",") if part.strip()]
    made = _Keys(
        fernet=MultiFernet([Fernet(key) for key in keys]),
        fingerprint=hashlib.sha256(b"fingerprint:" + keys[-1].encode()).digest(),
    )
    _keys[:] = [made]


def _current() -> _Keys:
    if not _keys:
        raise NoKeys
    return _keys[0]


def seal(text: str) -> str:
    """Encrypt a text."""
    return _current().fernet.encrypt(text.encode()).decode()


def open_sealed(sealed: str) -> str:
    """The text that was sealed; ValueError (without the content) when it was not sealed with our keys."""
    try:
        return _current().fernet.decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ValueError("a sealed value cannot be opened with DATA_KEY") from None


def seal_bytes(content: bytes) -> bytes:
    """Encrypt a file (a photo) at rest."""
    return _current().fernet.encrypt(content)


def open_bytes(sealed: bytes) -> bytes:
    """The file that was sealed; ValueError when it was not sealed with our keys."""
    try:
        return _current().fernet.decrypt(sealed)
    except InvalidToken:
        raise ValueError("a sealed file cannot be opened with DATA_KEY") from None


def fingerprint(kind: str, value: str) -> str:
    """The same for the same value, useless without the key: 64 hex digits to look a phone or an openid up by."""
    return hmac.new(_current().fingerprint, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
