"""Numbers that name a company, a meter or a person: normalise, check, repair, mask.

Every `normalise_…` takes what a person typed or a camera read, gives back the one written form that is
stored, or raises `InvalidIdentifier` with a Chinese sentence that says what is wrong and what to do. No message repeats
the number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

import phonenumbers
from stdnum.cn.uscc import calc_check_digit
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2, mod_11_10

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_DEPARTMENTS = "123456789ANY"  # first character: the authority that registered the body
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
# GB/T 2260; 10 is the national authority itself
_PROVINCE_RANGES = ((10, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
_PROVINCES = {province for first, last in _PROVINCE_RANGES for province in range(first, last + 1)}
_MAX_FORCED = 8

# What print, a hand or a camera turns each character into. The first group holds letters that no code contains.
_LOOKALIKES = {
    "I": "1", "O": "0", "S": "58", "Z": "2", "V": "UY",
    "0": "DQ8", "1": "7LJT", "2": "7", "3": "8", "4": "A", "5": "36", "6": "8G5", "7": "12T", "8": "B36", "9": "Q8",
    "A": "4", "B": "83", "C": "G", "D": "0", "E": "F", "F": "EP", "G": "6C", "H": "NM", "J": "1", "K": "X",
    "L": "1", "M": "NH", "N": "MH", "P": "FR", "Q": "09", "R": "P", "T": "71", "U": "0", "W": "M", "X": "KY", "Y": "X",
}  # fmt: skip


class InvalidIdentifier(ValueError):
    """A number that cannot be right. `str()` is a Chinese sentence for the person, `reason` a word for the program."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Repair:
    """A code that was made right by exchanging look-alike characters.

    `unique`: no other exchange of as few characters passes both check digits. `forced`: only characters were exchanged
    which no code may contain (O, I, S, Z, V), so the reading itself proved that they were misread.
    """

    code: str
    unique: bool
    forced: bool


def compact(text: str) -> str:
    """Width and case made one, everything that people put between the characters removed."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-‐‑–—_·.,，。、:：\u200b-\u200f\ufeff]", "", folded)


def normalise_uscc(text: str) -> str:
    """A unified social credit code (统一社会信用代码), 18 characters, by GB 32100-2015.

    Both check digits must hold: the last one, and that of the organisation code inside (GB 11714, characters 9 to 17).
    python-stdnum checks only the first of them and refuses the authorities A, N and Y.
    """
    code = compact(text)
    if len(code) != 18:
        raise InvalidIdentifier(
            "length", f"统一社会信用代码应为18位，收到的是{len(code)}位，请对照营业执照核对后重发。"
        )
    if not set(code) <= set(USCC_ALPHABET):
        raise InvalidIdentifier(
            "character",
            "统一社会信用代码里只有数字和大写字母，且没有 I、O、S、V、Z，请核对后重发（例如数字0不要写成字母O）。",
        )
    if not _structure_holds(code):
        raise InvalidIdentifier("structure", "统一社会信用代码的开头几位不对，请对照营业执照核对前8位后重发。")
    if not _checks_hold(code):
        raise InvalidIdentifier(
            "check", "统一社会信用代码的校验位不符，可能有一位写错了，请对照营业执照逐位核对后重发。"
        )
    return code


def repair_uscc(text: str) -> Repair | None:
    """The code that was meant, if exchanging a few look-alike characters makes both check digits hold.

    Exchanged are all the characters that no code may contain, and at most two others. None where the length is wrong or
    nothing fits. A repair that is not `unique` is a guess, and one that is not `forced` little better: ask the person.
    """
    code = compact(text)
    if not re.fullmatch(r"[0-9A-Z]{18}", code):
        return None
    forced = [index for index, char in enumerate(code) if char not in USCC_ALPHABET]
    if len(forced) > _MAX_FORCED:
        return None
    free = [index for index in range(18) if index not in forced]
    for extra in (0, 1) if forced else (0, 1, 2):
        places = [(*forced, *more) for more in combinations(free, extra)]
        found = {candidate for each in places for candidate in _exchanged(code, each) if _is_uscc(candidate)}
        if found:
            return Repair(min(found), unique=len(found) == 1, forced=extra == 0)
    return None


def normalise_registration_number(text: str) -> str:
    """A 15-digit registration number (注册号) from before 2015: ISO 7064 MOD 11,10 over all digits (GS 15-2006)."""
    number = compact(text)
    if len(number) != 15 or not _digits(number):
        raise InvalidIdentifier("length", f"注册号应为15位数字，收到的是{len(number)}位，请对照营业执照核对后重发。")
    try:
        return mod_11_10.validate(number)
    except ValidationError:
        raise InvalidIdentifier("check", "注册号的校验位不符，可能有一位写错了，请对照营业执照核对后重发。") from None


def normalise_account_number(text: str) -> str:
    """An account number (户号) of the supply company: 16 digits beginning with 05."""
    number = compact(text)
    if not _digits(number):
        raise InvalidIdentifier("character", "户号是16位数字，请只发送数字（户号印在电费单的左上角）。")
    if len(number) != 16:
        raise InvalidIdentifier("length", f"户号应为16位数字，收到的是{len(number)}位，请对照电费单核对后重发。")
    if not number.startswith("05"):
        raise InvalidIdentifier("structure", "户号应以05开头，请对照电费单核对后重发。")
    return number


def normalise_phone(text: str) -> str:
    """A Chinese mobile number as 11 digits; +86, 0086, spaces, dashes and full-width digits are accepted."""
    number = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", compact(text).strip("()"))
    if re.fullmatch(r"1[3-9][0-9]{9}", number):
        return number
    if _digits(number) and len(number) != 11:
        raise InvalidIdentifier("length", f"手机号应为11位数字，收到的是{len(number)}位，请核对后重发。")
    raise InvalidIdentifier("structure", "这不像大陆手机号（以1开头的11位数字），请核对后重发。")


def is_unusual_phone(phone: str) -> bool:
    """True where the carriers' published ranges do not hold this normalised number.

    A hint to ask once more, never a refusal: new ranges appear before the library knows them.
    """
    parsed = phonenumbers.parse(phone, "CN")
    mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    return not (mobile and phonenumbers.is_valid_number(parsed))


def normalise_identity(text: str) -> str:
    """An 18-digit identity number (身份证, 居住证): a real birthday, and ISO 7064 MOD 11-2 (GB 11643).

    The county is not checked: lists lag behind, and the residence permits 81…, 82…, 83… are in none of them.
    """
    number = compact(text)
    if len(number) != 18 or not _digits(number[:17]) or not re.fullmatch(r"[0-9X]", number[17:]):
        raise InvalidIdentifier("length", "身份证号应为18位（最后一位可以是X），请核对后重发。")
    try:
        birthday = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        birthday = None
    if birthday is None or birthday.year < 1880:
        raise InvalidIdentifier("structure", "身份证号里的出生日期不对，请核对后重发。")
    try:
        return mod_11_2.validate(number)
    except ValidationError:
        raise InvalidIdentifier("check", "身份证号的校验位不符，可能有一位写错了，请核对后重发。") from None


def mask_phone(phone: str) -> str:
    """138****4321: enough to recognise one's own number. Anything shorter than a phone number is hidden wholly."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def mask_identity(number: str) -> str:
    """530***********1234: the province and the last four. Anything shorter is hidden wholly."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) >= 15 else "*" * len(number)


def mask_company(name: str) -> str:
    """昆明***有限公司: enough for whoever knows the company to recognise it, too little to learn it."""
    if len(name) <= 4:
        return f"{name[:1]}***"
    return f"{name[:2]}***{name[-4:] if len(name) > 9 else name[-1:]}"


def _digits(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+", text))


def _structure_holds(code: str) -> bool:
    return code[0] in _DEPARTMENTS and code[2:8].isdigit() and int(code[2:4]) in _PROVINCES


def _is_uscc(code: str) -> bool:
    return set(code) <= set(USCC_ALPHABET) and _structure_holds(code) and _checks_hold(code)


def _checks_hold(code: str) -> bool:
    return calc_check_digit(code[:17]) == code[17] and _organisation_check(code[8:16]) == code[16]


def _organisation_check(body: str) -> str:
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def _exchanged(code: str, places: tuple[int, ...]) -> list[str]:
    """Every text in which each of these places holds one of its look-alikes."""
    found = []
    for chars in product(*(_LOOKALIKES[code[place]] for place in places)):
        letters = list(code)
        for place, char in zip(places, chars, strict=True):
            letters[place] = char
        found.append("".join(letters))
    return found
