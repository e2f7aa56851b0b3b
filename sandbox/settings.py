"""The sandbox's settings: read once from the environment, with values that let it start alone."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MODES = ("encrypted", "compatible", "plain")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Times are in seconds."""

    port: int = 8090
    directory: Path = Path("var/sandbox")
    callback_base_url: str = "http://127.0.0.1:8000"
    clock_offset_file: Path | None = None

    wechat_app_id: str = "wx5a7db0c0ffee0001"
    wechat_app_secret: str = "sandbox-wechat-secret"
    wechat_token: str = "sandboxtoken"
    wechat_encoding_aes_key: str = "sandboxsandboxsandboxsandboxsandboxsandbox0"
    wechat_original_id: str = "gh_5a7db0c0ffee"
    wechat_mode: str = "encrypted"
    wechat_templates: Path | None = None
    wechat_timeout: float = 5.0
    wechat_retries: int = 3
    wechat_quotas: Mapping[str, int] = field(default_factory=dict)

    aliyun_access_key_id: str = "sandbox-access-key"
    aliyun_access_key_secret: str = "sandbox-access-secret"
    aliyun_sign_name: str = "电力零售服务台"
    aliyun_templates: Path | None = None
    sms_callback_secret: str = "sandbox-sms-callback"
    sms_push_timeout: float = 0.7
    sms_report_delay: float = 1.0
    sms_retry_minutes: tuple[float, ...] = (1, 5, 10)

    source_tokens: Mapping[str, str] = field(
        default_factory=lambda: {
            "marketing": "sandbox-marketing",
            "registry": "sandbox-registry",
            "tianyancha": "sandbox-tianyancha",
            "telecom": "sandbox-telecom",
        }
    )
    public_url: str = ""

    def __post_init__(self) -> None:
        if self.wechat_mode not in MODES:
            raise ValueError(f"WECHAT_MODE is {self.wechat_mode!r}; it must be one of {', '.join(MODES)}")
        if len(self.wechat_encoding_aes_key) != 43:
            raise ValueError("WECHAT_ENCODING_AES_KEY must have 43 characters")

    @property
    def base_url(self) -> str:
        """The address under which others reach the sandbox."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment; an unset or empty variable keeps the default. A wrong value is a ValueError."""
        values: dict[str, object] = {}
        for name, (attribute, convert) in _VARIABLES.items():
            if text := env.get(name, "").strip():
                values[attribute] = convert(text)
        tokens = dict(cls().source_tokens)
        for system in tokens:
            tokens[system] = env.get(f"{system.upper()}_TOKEN", "").strip() or tokens[system]
        return cls(**values, source_tokens=tokens)  # type: ignore[arg-type]


def _minutes(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


_VARIABLES: dict[str, tuple[str, Callable[[str], object]]] = {
    "SANDBOX_PORT": ("port", int),
    "SANDBOX_DIR": ("directory", Path),
    "SANDBOX_PUBLIC_URL": ("public_url", str),
    "CALLBACK_BASE_URL": ("callback_base_url", lambda text: text.rstrip("/")),
    "CLOCK_OFFSET_FILE": ("clock_offset_file", Path),
    "WECHAT_APP_ID": ("wechat_app_id", str),
    "WECHAT_APP_SECRET": ("wechat_app_secret", str),
    "WECHAT_TOKEN": ("wechat_token", str),
    "WECHAT_ENCODING_AES_KEY": ("wechat_encoding_aes_key", str),
    "WECHAT_ORIGINAL_ID": ("wechat_original_id", str),
    "WECHAT_MODE": ("wechat_mode", str),
    "SANDBOX_WECHAT_TEMPLATES": ("wechat_templates", Path),
    "SANDBOX_WECHAT_TIMEOUT": ("wechat_timeout", float),
    "SANDBOX_WECHAT_RETRIES": ("wechat_retries", int),
    "ALIYUN_ACCESS_KEY_ID": ("aliyun_access_key_id", str),
    "ALIYUN_ACCESS_KEY_SECRET": ("aliyun_access_key_secret", str),
    "ALIYUN_SMS_SIGN_NAME": ("aliyun_sign_name", str),
    "SANDBOX_SMS_TEMPLATES": ("aliyun_templates", Path),
    "SMS_CALLBACK_SECRET": ("sms_callback_secret", str),
    "SANDBOX_SMS_PUSH_TIMEOUT": ("sms_push_timeout", float),
    "SANDBOX_SMS_REPORT_DELAY": ("sms_report_delay", float),
    "SANDBOX_SMS_RETRY_MINUTES": ("sms_retry_minutes", _minutes),
}
