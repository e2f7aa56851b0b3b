"""The model is trained anew exactly where something that shapes it has changed."""

from pathlib import Path

import train


def test_every_input_counts_and_nothing_else(tmp_path: Path) -> None:
    """Contents and names of YAML and Python files, not those of caches."""
    folder = train.HERE / "data"
    assert train.fingerprint((folder,)) == train.fingerprint((folder,))
    assert train.fingerprint((folder,)) != train.fingerprint((train.HERE / "assistant",))


def test_a_model_without_its_hash_or_with_an_old_one_is_not_current(tmp_path: Path) -> None:
    """So that a broken training run is repeated."""
    model = tmp_path / "desk.tar.gz"
    assert not train.is_current(model)
    model.write_bytes(b"model")
    assert not train.is_current(model)
    model.with_suffix(".sha256").write_text("old\n")
    assert not train.is_current(model)
    model.with_suffix(".sha256").write_text(train.fingerprint() + "\n")
    assert train.is_current(model)
