"""Aliyun's error codes in our words: what a failed send is worth trying again.

Codes: help.aliyun.com, SMS service, API error codes. A business error comes inside an HTTP 200; gateway errors as 4xx.
"""

from __future__ import annotations

import re

from bot.channels.base import SendError

# "*" at the end stands for any ending; the longest fitting entry counts.
RETRY = {
    # The other side stumbled and took nothing.
    "isp.SYSTEM_ERROR": "soon",
    "isp.GATEWAY_ERROR": "soon",
    "Throttling*": "soon",
    "InternalError": "soon",
    "ServiceUnavailable*": "soon",
    # A limit that frees itself: per minute, hour or day of a phone; our own day or month limit.
    "isv.BUSINESS_LIMIT_CONTROL": "later",
    "isv.DAY_LIMIT_CONTROL": "later",
    "isv.MONTH_LIMIT_CONTROL": "later",
    # Nobody knows whether it was taken: SendSms is not idempotent, so ask for the report first.
    "SDK.*": "ask",
    # This message, or this recipient, will never go.
    "isv.MOBILE_NUMBER_ILLEGAL": "never",
    "isv.MOBILE_COUNT_OVER_LIMIT": "never",
    "isv.TEMPLATE_MISSING_PARAMETERS": "never",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "never",
    "isv.INVALID_JSON_PARAM": "never",
    "isv.PARAM_LENGTH_LIMIT": "never",
    "isv.PARAM_NOT_SUPPORT_URL": "never",
    "isv.SMS_CONTENT_ILLEGAL": "never",
    "isv.UNSUPPORTED_CONTENT": "never",
    "isv.BLACK_KEY_CONTROL_LIMIT": "never",
    "isv.CUSTOMER_REFUSED": "never",
    # Our keys, account, signature, template or network: every message would fail, a person has to act.
    "SignatureDoesNotMatch": "alarm",
    "SignatureNonceUsed": "alarm",
    "InvalidAccessKey*": "alarm",  # InvalidAccessKeyId.NotFound …; the SDK's own InvalidAccessKeySecret
    "InvalidTimeStamp*": "alarm",
    "isp.RAM_PERMISSION_DENY": "alarm",
    "isv.OUT_OF_SERVICE": "alarm",
    "isv.AMOUNT_NOT_ENOUGH": "alarm",
    "isv.ACCOUNT_*": "alarm",
    "isv.PRODUCT_UN*": "alarm",
    "isv.SMS_SIGNATURE_ILLEGAL": "alarm",
    "isv.SMS_SIGN_ILLEGAL": "alarm",
    "isv.SIGN_STATE_ILLEGAL": "alarm",
    "isv.SMS_TEMPLATE_ILLEGAL": "alarm",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": "alarm",
    "isv.EXTEND_CODE_ERROR": "alarm",
    "isv.DENY_IP_RANGE": "alarm",
    # Refused with a word that nobody has told us: an unregistered signature fails with arbitrary ones (ALI:101346).
    "*": "alarm",
}


def send_error(code: object) -> SendError:
    """Their code as a SendError. A code that is no code (it could hold anything) is named "unreadable"."""
    name = code if isinstance(code, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{1,79}", code) else "unreadable"
    return SendError(name, retry=RETRY[_entry(name)])


def _entry(name: str) -> str:
    if name in RETRY:
        return name
    endings = [key for key in RETRY if key.endswith("*") and name.startswith(key[:-1])]
    return max(endings, key=len)
