"""The settings of an installation: read once, checked at start, secrets also from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.settings import Settings, read_settings

COMPLETE = {
    "WECHAT_APP_ID": "wx1",
    "WECHAT_APP_SECRET": "s",
    "WECHAT_TOKEN": "t",
    "WECHAT_ENCODING_AES_KEY": "A" * 43,
    "ALIYUN_ACCESS_KEY_ID": "a",
    "ALIYUN_ACCESS_KEY_SECRET": "b",
    "ALIYUN_SMS_SIGN_NAME": "服务台",
    "SMS_CALLBACK_SECRET": "c" * 24,
    "MARKETING_URL": "http://m",
    "MARKETING_TOKEN": "m",
    "REGISTRY_URL": "http://r",
    "REGISTRY_TOKEN": "r",
    "TIANYANCHA_TOKEN": "y",
    "TELECOM_URL": "http://t",
    "TELECOM_TOKEN": "t",
    "RASA_CHANNEL_SECRET": "d" * 24,
    "DATA_KEY": Fernet.generate_key().decode(),
    "SESSION_SECRET": "the session secret",
}


@pytest.fixture(autouse=True)
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that has everything, and nothing else of ours."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)


def test_a_complete_environment_is_taken() -> None:
    assert read_settings().wechat_api_base_url == "https://api.weixin.qq.com"


def test_what_is_missing_ends_the_start_with_a_line_per_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WECHAT_TOKEN")
    monkeypatch.setenv("WECHAT_ENCODING_AES_KEY", "too short, and secret")
    with pytest.raises(SystemExit) as refused:
        read_settings()
    assert "WECHAT_TOKEN: " in str(refused.value)
    assert "WECHAT_ENCODING_AES_KEY: " in str(refused.value)
    assert "too short" not in str(refused.value)


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    monkeypatch.delenv("WECHAT_TOKEN")
    monkeypatch.setenv("WECHAT_TOKEN_FILE", str(tmp_path / "token"))
    assert read_settings().wechat_token == "from a file"


def test_a_printed_settings_object_shows_no_secret() -> None:
    shown = repr(read_settings())
    assert COMPLETE["DATA_KEY"] not in shown
    assert COMPLETE["SESSION_SECRET"] not in shown


def test_without_addresses_store_and_redis_lie_in_var(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    settings = read_settings()
    assert settings.database == f"sqlite:///{tmp_path.resolve() / 'desk.db'}"
    assert settings.broker == f"redis+socket://{tmp_path.resolve() / 'redis.sock'}"
