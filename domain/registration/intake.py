"""Values as people write them, made into the one form that is stored, or refused with a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from domain.identifiers import (
    InvalidIdentifier,
    compact,
    normalise_account_number,
    normalise_phone,
    normalise_registration_number,
    normalise_uscc,
)
from domain.names import seen, simple
from domain.registration.applications import FIELD_NAMES

LONGEST_NAME, LONGEST_PLACE = 100, 200  # of a company and of an address; the longest on licences have half of that
PERSON = re.compile(r"[\u3400-\u9fff·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}")
SMS_CODE = re.compile(r"\d{6}")
_CODE = re.compile(r"(?=.*\d)[0-9A-Z]{18}")  # eighteen letters without a figure are words
_MOBILE = r"(?:\+?86)?1[3-9]\d{9}"
# 普文山 13912340003. What has words around the name (名字写普文山，电话…), or none in front, is left to understanding.
_NO_NAME = "电话|手机|号码|联系|姓名|名字|老板|[的我你这请打是叫写填]"
_NAME_AND_PHONE = re.compile(rf"(?!.*(?:{_NO_NAME}))([\u3400-\u9fff]{{2,4}}|[\u3400-\u9fff·]{{2,16}})({_MOBILE})")


@dataclass(slots=True)
class Intake:
    """What one message brought: good values by field, and a sentence for each that cannot be right."""

    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    sms_code: str = ""


def take_in(raw: Mapping[str, str]) -> Intake:
    """Normalise and check each value; nothing is dropped silently. An unknown field is our own error (KeyError)."""
    intake = Intake()
    for name, text in raw.items():
        if name == "sms_code":
            intake.sms_code = text
            continue
        try:
            intake.values[name] = _NORMALISE.get(name, _words)(text)
        except InvalidIdentifier as refused:
            intake.problems.append(str(refused))
        except ValueError as refused:
            intake.problems.append(f"{FIELD_NAMES[name]}：{refused}")
    return intake


def bare_value(asking: str, text: str, *, awaits_code: bool = False) -> dict[str, str]:
    """The value that a bare answer to the field being asked plainly is; empty when it is not plain.

    Only forms that cannot mean anything else count: everything else is left to understanding.
    """
    folded = compact(text)
    role = asking.partition("_")[0] if asking.startswith(("owner_", "tenant_")) else ""
    phone = f"{role}_phone" if role else "phone"
    if asking.endswith(("_contact", "_phone", "contact_name")) and (both := _NAME_AND_PHONE.fullmatch(folded)):
        return {f"{role}_contact" if role else "contact_name": both[1], phone: both[2]}
    if awaits_code and SMS_CODE.fullmatch(folded):
        return {"sms_code": folded}
    if re.fullmatch(r"05\d{14}", folded):
        return {"account_number": folded}
    if asking == "account_number" and re.fullmatch(r"\d{12,20}", folded):
        return {"account_number": folded}
    if re.fullmatch(_MOBILE, folded):
        return {phone: folded}
    if asking == phone and re.fullmatch(r"\d{8,13}", folded):
        return {phone: folded}
    if asking == "tenant_name" and _CODE.fullmatch(folded):
        return {"tenant_code": folded}
    if _CODE.fullmatch(folded) and not folded.startswith("05"):
        return {"code": folded}
    return {}


def same(one: str | None, other: str | None) -> bool:
    """Whether two values say the same to a person: width, spaces, brackets, case, traditional writing do not count."""
    return _bare(one) == _bare(other)


def _bare(text: str | None) -> str:
    folded = simple(unicodedata.normalize("NFKC", text or "").casefold())
    return re.sub(r"[\s()（）\[\]【】〔〕,，。.、;；:：·\-—]", "", folded)


def _code(text: str) -> str:
    bare = compact(text)
    return normalise_registration_number(bare) if bare.isdigit() and len(bare) == 15 else normalise_uscc(bare)


def _person(text: str) -> str:
    name = unicodedata.normalize("NFKC", text).strip(" ，,。.：:")
    name = re.sub(r"(先生|女士|老师|会计)$", "", name) if len(name) > 3 else name
    if not PERSON.fullmatch(name):
        raise ValueError("请发送姓名，例如“张三”")
    return name


def _words(text: str) -> str:
    words = " ".join(seen(text).split())
    if not 1 <= len(words) <= 1000:
        raise ValueError("内容太长或为空，请重新发送")
    return words


def _company(text: str) -> str:
    words = _words(text)
    if not 4 <= len(words) <= LONGEST_NAME:
        raise ValueError("请发送执照上的全称")
    return words


def _place(text: str) -> str:
    words = _words(text)
    if not 6 <= len(words) <= LONGEST_PLACE:
        raise ValueError("请发送执照上的完整地址")
    return words


_PARTY: Mapping[str, Callable[[str], str]] = {
    "name": _company,
    "code": _code,
    "contact": _person,
    "phone": normalise_phone,
}
_NORMALISE: Mapping[str, Callable[[str], str]] = {
    "account_number": normalise_account_number,
    "code": _code,
    "phone": normalise_phone,
    "contact_name": _person,
    "legal_person": _person,
    "name": _company,
    "address": _place,
    **{f"{role}_{name}": check for role in ("owner", "tenant") for name, check in _PARTY.items()},
}
