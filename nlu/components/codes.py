"""Credit codes: what 18 letters and digits are, and the two slips of the hand that the code itself proves."""

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_ID_NUMBER = re.compile(r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dX]")
_SLIPS = str.maketrans("OI", "01")
_FIRST = "0123456789AINVYO"
_LEAST_DIGITS = 8
_FIGURES = 8  # all but the first of these are figures in every code: an L there shows that l is written for 1


def check_holds(code: str) -> bool:
    """Whether the last of 18 characters is the check character of GB 32100-2015, table 4: powers of 3, modulo 31."""
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return ALPHABET[-total % 31] == code[17]


def read_code(plain: str) -> tuple[str, str]:
    """Kind and plain form of 18 capitals and digits: a credit code, with O for 0, I and l for 1 made right where the check
    character then holds; what can be none as typed (`uscc_like`); an identity number; or neither (""). Figures alone are a
    code where they begin with 9 or the check character holds."""
    mended = plain.translate(_SLIPS)
    if _ID_NUMBER.fullmatch(plain):
        return "id_number", plain
    if "L" in mended[:_FIGURES]:
        mended = mended.replace("L", "1")
    digits = sum(char.isdigit() for char in mended)
    if plain.isdigit() and plain[0] != "9":
        return ("uscc" if plain[0] != "0" and check_holds(plain) else ""), plain
    if plain[0] not in _FIRST or digits < _LEAST_DIGITS:
        return "", plain
    if set(plain) <= set(ALPHABET) and "L" not in plain[:_FIGURES]:
        return "uscc", plain
    if set(mended) <= set(ALPHABET) and check_holds(mended):
        return "uscc", mended
    return "uscc_like", plain
