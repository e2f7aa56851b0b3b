"""Personal data at rest: sealed, found again by a fingerprint, readable after a change of key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from domain.private import fingerprint, open_bytes, open_sealed, seal, seal_bytes, use_keys

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    use_keys(OLD)
    yield


def test_what_is_sealed_comes_back_and_shows_nothing() -> None:
    assert "13887654321" not in seal("13887654321")
    assert open_sealed(seal("13887654321")) == "13887654321"
    assert open_bytes(seal_bytes(b"a photo")) == b"a photo"


def test_after_a_change_of_key_the_old_is_still_read_and_found() -> None:
    sealed, mark = seal("王芳"), fingerprint("phone", "13887654321")
    use_keys(f"{NEW},{OLD}")
    assert open_sealed(sealed) == "王芳"
    assert fingerprint("phone", "13887654321") == mark


def test_another_key_opens_nothing_and_the_error_holds_nothing() -> None:
    sealed = seal("王芳")
    use_keys(NEW)
    with pytest.raises(ValueError, match="cannot be opened") as refused:
        open_sealed(sealed)
    assert sealed not in str(refused.value)


def test_fingerprints_of_different_kinds_and_keys_differ() -> None:
    mark = fingerprint("phone", "1")
    assert fingerprint("account", "1") != mark
    use_keys(NEW)
    assert fingerprint("phone", "1") != mark
