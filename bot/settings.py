"""The settings, read once from the environment and checked at start. A secret may lie in a file, named by NAME_FILE."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that differs between one installation and another. Rule figures are in `domain.settings`."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    wechat_app_id: str
    wechat_app_secret: str = Field(repr=False)
    wechat_token: str = Field(repr=False)
    wechat_encoding_aes_key: str = Field(repr=False, min_length=43, max_length=43)
    wechat_original_id: str = ""
    wechat_api_base_url: str = "https://api.weixin.qq.com"
    wechat_oauth_base_url: str = "https://open.weixin.qq.com"

    aliyun_access_key_id: str = Field(repr=False)
    aliyun_access_key_secret: str = Field(repr=False)
    aliyun_sms_sign_name: str
    aliyun_sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    sms_callback_secret: str = Field(repr=False, min_length=16)

    marketing_url: str
    marketing_token: str = Field(repr=False)
    registry_url: str
    registry_token: str = Field(repr=False)
    tianyancha_url: str = "http://open.api.tianyancha.com"
    tianyancha_token: str = Field(repr=False)
    telecom_url: str
    telecom_token: str = Field(repr=False)

    var_dir: Path = Path("var")
    anchor_file: Path | None = None  # where the ends of the evidence's days stand; None: anchors.log in var/
    database_url: str = ""  # empty: SQLite in var/
    redis_url: str = ""  # empty: the private server on var/redis.sock
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_channel_secret: str = Field(repr=False)
    actions_url: str = "http://127.0.0.1:5055/webhook"
    public_url: str = "http://127.0.0.1:8000"
    clock_offset_file: Path | None = None

    data_key: str = Field(repr=False)
    session_secret: str = Field(repr=False, min_length=16)
    ocr_threads: int = 2
    hooks_allow_private: bool = False  # a proxy's hook may lead to this machine: for a laptop alone

    @model_validator(mode="before")
    @classmethod
    def _from_files(cls, given: Any) -> Any:
        """NAME_FILE holds the path of a file with NAME's value; NAME itself wins."""
        for name in cls.model_fields:
            path = os.environ.get(f"{name.upper()}_FILE")
            if path and name not in given:
                given[name] = Path(path).read_text().strip()
        return given

    @field_validator("data_key")
    @classmethod
    def _real_keys(cls, keys: str) -> str:
        for key in keys.split(","):
            try:
                Fernet(key.strip())
            except ValueError:
                raise ValueError("DATA_KEY takes Fernet keys, separated by commas") from None
        return keys

    @property
    def database(self) -> str:
        """The database's address: DATABASE_URL, or SQLite in var/."""
        return self.database_url or f"sqlite:///{self.var_dir.resolve() / 'desk.db'}"

    @property
    def redis(self) -> str:
        """Redis' address as redis-py takes it: REDIS_URL, or the private server's socket."""
        return self.redis_url or f"unix://{self.var_dir.resolve() / 'redis.sock'}"

    @property
    def broker(self) -> str:
        """Redis' address as Celery takes it."""
        return self.redis.replace("unix://", "redis+socket://", 1)


def read_settings() -> Settings:
    """The settings of this process. A mistake ends it with one line per setting, without the values."""
    from pydantic import ValidationError

    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors(include_input=False)]
        raise SystemExit("The settings are not right:\n" + "\n".join(wrong)) from None
