"""Numbers printed on licences, made with their check digits."""

from collections.abc import Sequence
from random import Random

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "0123456789"


def _pick(random: Random, alphabet: str, count: int) -> str:
    return "".join(random.choice(alphabet) for _ in range(count))


def _weighted(text: str, weights: Sequence[int], alphabet: str) -> int:
    return sum(alphabet.index(character) * weight for character, weight in zip(text, weights, strict=True))


def make_uscc(random: Random, prefix: str, authority: str) -> str:
    """Return an 18-character USCC of a two-character prefix (91 enterprise, 92 sole trader) and an authority.

    Both checks hold: GB 32100-2015 for the whole and GB 11714 for the organisation code inside.
    """
    body = "MA" + _pick(random, USCC_ALPHABET, 6) if random.random() < 0.6 else _pick(random, _DIGITS, 8)
    remainder = 11 - _weighted(body, _ORGANISATION_WEIGHTS, _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ") % 11
    organisation = body + {10: "X", 11: "0"}.get(remainder, str(remainder))
    head = prefix + authority + organisation
    return head + USCC_ALPHABET[(31 - _weighted(head, _USCC_WEIGHTS, USCC_ALPHABET) % 31) % 31]


def make_old_number(random: Random, authority: str) -> str:
    """Return a 15-digit 注册号 (GS 15-2006): authority, eight digits of sequence, ISO 7064 MOD 11,10 check digit."""
    head = authority + random.choice("012") + _pick(random, _DIGITS, 7)
    product = 10
    for digit in head:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return head + str((11 - product) % 10)


def make_identity_number(random: Random, birth: str) -> str:
    """Return 18 characters like an identity number, of a region that does not exist: it can be nobody's."""
    return "539999" + birth + _pick(random, _DIGITS, 3) + random.choice(_DIGITS + "X")


def in_capitals(ten_thousands: int) -> str:
    """Return a sum of 1 to 99,999 万元 in the capital numerals of cheques and licences, e.g. 伍佰 for 500."""
    digits, units = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
    if ten_thousands >= 10_000:
        rest = ten_thousands % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return in_capitals(ten_thousands // 10_000) + "亿" + gap + (in_capitals(rest) if rest else "")
    text = ""
    for position, figure in enumerate(f"{ten_thousands:d}"):
        unit = units[len(str(ten_thousands)) - 1 - position]
        text += digits[0] if figure == "0" else digits[int(figure)] + unit
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.rstrip("零")
