"""Aliyun's RPC signature, version 1.0 (HMAC-SHA1), checked as the gateway does."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

SKEW = timedelta(minutes=15)


class GatewayError(Exception):
    """A refusal before the service sees the call: an HTTP status in the 400s with Code and Message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def string_to_sign(method: str, parameters: Mapping[str, str]) -> str:
    """METHOD&%2F&… over the sorted parameters of query and form, without the signature itself."""
    pairs = sorted((k, v) for k, v in parameters.items() if k != "Signature")
    canonical = "&".join(f"{_percent(k)}={_percent(v)}" for k, v in pairs)
    return f"{method}&{_percent('/')}&{_percent(canonical)}"


def sign(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """The signature in base64."""
    digest = hmac.new(f"{secret}&".encode(), string_to_sign(method, parameters).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def check(method: str, parameters: Mapping[str, str], key_id: str, secret: str, now: datetime) -> None:
    """Raise the GatewayError that the gateway answers for a wrong key, time or signature."""
    if not parameters.get("AccessKeyId"):
        raise GatewayError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")
    if parameters["AccessKeyId"] != key_id:
        raise GatewayError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    _check_time(parameters.get("Timestamp", ""), now)
    if parameters.get("SignatureMethod") != "HMAC-SHA1" or parameters.get("SignatureVersion") != "1.0":
        raise GatewayError(400, "InvalidParameter.SignatureMethod", "HMAC-SHA1 and version 1.0 are expected.")
    if not parameters.get("SignatureNonce"):
        raise GatewayError(400, "MissingSignatureNonce", "SignatureNonce is mandatory for this action.")
    if not hmac.compare_digest(sign(method, parameters, secret), parameters.get("Signature", "")):
        text = string_to_sign(method, parameters)
        raise GatewayError(
            400,
            "SignatureDoesNotMatch",
            f"Specified signature is not matched with our calculation. server string to sign is:{text}",
        )


def _check_time(stamp: str, now: datetime) -> None:
    try:
        moment = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        text = "Specified time stamp or date value is not well formatted."
        raise GatewayError(400, "InvalidTimeStamp.Format", text) from None
    if abs(now - moment) > SKEW:
        raise GatewayError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _percent(text: str) -> str:
    return quote(text, safe="-_.~")
