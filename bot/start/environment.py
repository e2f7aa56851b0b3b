"""The settings of a start: what the person gave, and on a laptop the rest made once at random.

Without WECHAT_APP_ID the outside world is the sandbox: product and sandbox get the same secrets, kept in var/dev.env.
With it, only what was given counts; nothing is made up for a real account.
"""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Callable, Mapping
from urllib.parse import quote

from bot.start.place import Place

LETTERS = string.ascii_letters + string.digits
PORTS = {"PORT": 8000, "SANDBOX_PORT": 8090, "RASA_PORT": 5005, "ACTIONS_PORT": 5055}


class BadSetting(ValueError):
    """A setting cannot be used; the text says which, and what it may be."""


def _word(length: int) -> Callable[[], str]:
    return lambda: "".join(secrets.choice(LETTERS) for _ in range(length))


def _encoding_aes_key() -> str:
    """43 letters and digits that are 32 bytes in base64 without the last "=", as WeChat's console makes them."""
    while not (key := base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")).isalnum():
        pass
    return key


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


MADE_ONCE: dict[str, Callable[[], str]] = {
    "WECHAT_APP_ID": lambda: "wx" + secrets.token_hex(8),
    "WECHAT_APP_SECRET": lambda: secrets.token_hex(16),
    "WECHAT_TOKEN": _word(24),
    "WECHAT_ENCODING_AES_KEY": _encoding_aes_key,
    "WECHAT_ORIGINAL_ID": lambda: "gh_" + secrets.token_hex(6),
    "ALIYUN_ACCESS_KEY_ID": lambda: "LTAI5t" + _word(18)(),
    "ALIYUN_ACCESS_KEY_SECRET": _word(30),
    "SMS_CALLBACK_SECRET": _word(24),
    "MARKETING_TOKEN": _word(32),
    "REGISTRY_TOKEN": _word(32),
    "TIANYANCHA_TOKEN": _word(32),
    "TELECOM_TOKEN": _word(32),
    "RASA_CHANNEL_SECRET": _word(32),
    "DATA_KEY": _fernet_key,
    "SESSION_SECRET": _word(43),
    "DEMO_PROXY_KEY": lambda: "dk_" + _word(48)(),
    "DEMO_HANDLER_PASSWORD": _word(10),
    "DEMO_PRINCIPAL_PASSWORD": _word(10),
    "DEMO_REVIEWER_PASSWORD": _word(10),
    "DEMO_ADMIN_PASSWORD": _word(10),
    "DEMO_RETAILER_PASSWORD": _word(10),
    "DEMO_RETAILER2_PASSWORD": _word(10),
}


def read(text: str) -> dict[str, str]:
    """NAME=value lines, as dev.env holds them; empty lines and # comments are skipped."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def kept(place: Place) -> dict[str, str]:
    """The secrets of this laptop: made at random the first time, the same ever after, readable by this user only."""
    path = place.var / "dev.env"
    known = read(path.read_text()) if path.exists() else {}
    missing = {name: make() for name, make in MADE_ONCE.items() if name not in known}
    if missing:
        known |= missing
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(
            "# Made at random for this laptop by ./run; the sandbox knows the same. Not for a real account.\n"
            + "".join(f"{name}={value}\n" for name, value in known.items())
        )
        new.replace(path)
    return known


def port(given: Mapping[str, str], name: str) -> int:
    """One of the four ports; BadSetting when it is not a port number."""
    value = given.get(name) or str(PORTS[name])
    if not (value.isascii() and value.isdecimal()) or not 0 < int(value) < 65536:
        raise BadSetting(f"{name} must be a port number between 1 and 65535, and is {value!r}.")
    return int(value)


def is_embedded(given: Mapping[str, str]) -> bool:
    """True on a laptop: no official account is configured, so the sandbox plays the outside world."""
    return not (given.get("WECHAT_APP_ID") or given.get("WECHAT_APP_ID_FILE"))


def _addresses(place: Place, given: Mapping[str, str]) -> dict[str, str]:
    """What the processes of one machine call each other; a person's own value wins."""
    return {
        **{name: str(port(given, name)) for name in PORTS},
        "PUBLIC_URL": f"http://127.0.0.1:{port(given, 'PORT')}",
        "RASA_URL": f"http://127.0.0.1:{port(given, 'RASA_PORT')}",
        "ACTIONS_URL": f"http://127.0.0.1:{port(given, 'ACTIONS_PORT')}/webhook",
        "VAR_DIR": str(place.var),
        "REDIS_URL": f"unix://{quote(str(place.redis_socket))}",
    }


def _sandbox(place: Place, given: Mapping[str, str]) -> dict[str, str]:
    """The outside world at the sandbox's address."""
    outside = f"http://127.0.0.1:{port(given, 'SANDBOX_PORT')}"
    return {
        "WECHAT_API_BASE_URL": outside,
        "WECHAT_OAUTH_BASE_URL": outside,
        "ALIYUN_SMS_ENDPOINT": outside,
        "ALIYUN_SMS_SIGN_NAME": "电力零售服务台",
        "MARKETING_URL": outside,
        "REGISTRY_URL": outside,
        "TIANYANCHA_URL": outside,
        "TELECOM_URL": outside,
        "HOOKS_ALLOW_PRIVATE": "1",
        "CALLBACK_BASE_URL": f"http://127.0.0.1:{port(given, 'PORT')}",
        "SANDBOX_URL": outside,
        "SANDBOX_DIR": str(place.var / "sandbox"),
        "SANDBOX_SMS_TEMPLATES": str(place.var / "sandbox" / "sms-templates.json"),
        "SANDBOX_WECHAT_TEMPLATES": str(place.var / "sandbox" / "wechat-templates.json"),
        "CLOCK_OFFSET_FILE": str(place.var / "sandbox" / "clock-offset"),
    }


def product_environment(place: Place, given: Mapping[str, str]) -> dict[str, str]:
    """Everything a process of ours may be told. `given` (the environment of the start) wins over every default."""
    settings = _addresses(place, given)
    if is_embedded(given):
        settings |= _sandbox(place, given) | kept(place)
    settings |= {name: value for name, value in given.items() if value}
    return settings | {name: _with_loopback(settings.get(name, "")) for name in ("NO_PROXY", "no_proxy")}


def _with_loopback(hosts: str) -> str:
    """Our processes speak to each other directly, also where the way out is a proxy."""
    return ",".join([host for host in (hosts, "127.0.0.1", "localhost") if host])
