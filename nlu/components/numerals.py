"""Numbers as people write them: 1.2亿, 两千五百万, 六百三 (630), 一百六 (160), 六三零, 零点六三, 3千5百万, 伍万叁仟.

The patterns are bounded and begin at an edge, so that a flood of figures stays cheap."""

import re
from decimal import Decimal

_DIGIT_CHARS = "零〇一二三四五六七八九两"
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_AS_FIGURES = str.maketrans({char: str(number) for char, number in _DIGITS.items()})
_PLACES = {"十": 10, "百": 100, "千": 1000}
_UNITS = {"万": 10**4, "亿": 10**8}

# 壹万贰仟: only a run of these is a number, as 陆 and 伍 are surnames. One character becomes one character.
_FORMAL = str.maketrans("壹贰貳叁肆伍陆柒捌玖拾佰仟萬億", "一二二三四五六七八九十百千万亿")
_FORMAL_RUN = re.compile("[零壹贰貳叁肆伍陆柒捌玖拾佰仟万亿萬億]{2,}")

# Numbers that are read out digit by digit, in runs that only a code or a telephone has.
# 洞, 拐 and 勾 are how dispatchers say 0, 7 and 9; letters may stand between, as in a credit code.
_READ_OUT = str.maketrans(
    "零〇○洞一二三四五六七八九幺两拐勾壹贰貳叁肆伍陆柒捌玖", "0000" + "123456789" + "1279" + "1223456789"
)
_ONE = "\\d零〇○洞一二三四五六七八九幺两拐勾壹贰貳叁肆伍陆柒捌玖"
_LONG_RUN = re.compile(rf"(?<![{_ONE}])[{_ONE}](?:[ \t\n\r\-._·,、。/]{{0,2}}[{_ONE}a-z]){{7,}}")
_LEAST_RUN = 8

_WRITTEN = f"{_DIGIT_CHARS}十百千万亿"
_FIGURE = r"(?<![\d百千万亿])(?<!\d[.点])\d{1,12}(?:\.\d{1,4})?(?:[十百千万亿][\d" + _WRITTEN + r"]{0,12})?"
_SPOKEN = (
    rf"(?<![\d{_WRITTEN}])(?<![\d{_WRITTEN}][.点])[{_DIGIT_CHARS}十][{_WRITTEN}点]{{0,14}}"
    r"(?:(?<=[百千万亿])\d{1,4}[百千万亿]{0,2})?"
)
NUMBER = f"(?:{_FIGURE}|{_SPOKEN})"  # `number` decides whether it is one

_POINT = re.compile(rf"([\d{_DIGIT_CHARS}十百]+)点([\d{_DIGIT_CHARS}]+)(.*)")
_FIGURES = re.compile(r"\d+(?:\.\d+)?")
_SPELT = re.compile(rf"[\d{_DIGIT_CHARS}]+")
_TOKEN = re.compile(rf"\d+(?:\.\d+)?|[{_DIGIT_CHARS}十百千万亿]")


def plain_numerals(text: str) -> str:
    """`text` with 大写 numbers in everyday characters; the length stays the same."""
    return _FORMAL_RUN.sub(lambda found: found[0].translate(_FORMAL), text)


def read_out_digits(text: str) -> str:
    """`text` with runs of eight or more digits that are read out (幺三八 八八八八…) as figures; the length stays the same."""
    return _LONG_RUN.sub(_as_figures, text)


def _as_figures(run: re.Match[str]) -> str:
    figures = run[0].translate(_READ_OUT)
    return figures if sum(char.isdigit() for char in figures) >= _LEAST_RUN else run[0]


def number(text: str) -> Decimal | None:
    """The value of a number in plain numerals; None where the characters make none (十百, 五万千)."""
    if pointed := _POINT.fullmatch(text):
        whole = number(pointed[1])
        text = f"{whole}.{pointed[2].translate(_AS_FIGURES)}{pointed[3]}"
    if _FIGURES.fullmatch(text):
        return Decimal(text)
    if _SPELT.fullmatch(text):
        return Decimal(text.translate(_AS_FIGURES))
    tokens = _TOKEN.findall(text)
    return _Sum().of(tokens) if "".join(tokens) == text else None


class _Sum:
    """Adds the parts of a written-out number up, from left to right."""

    def __init__(self) -> None:
        self.total = self.section = Decimal(0)
        self.digit: Decimal | None = None
        self.place, self.unit, self.after_zero = 10**4, 10**12, False
        self.last = 10  # the place of the character before, for 六百三

    def of(self, tokens: list[str]) -> Decimal | None:
        """The sum, or None where the parts do not follow each other."""
        for token in tokens:
            took = self._take(token)
            if not took:
                return None
        self._close()
        return self.total + self.section

    def _take(self, token: str) -> bool:
        if token in _PLACES:
            return self._take_place(_PLACES[token])
        if token in _UNITS:
            return self._take_unit(_UNITS[token])
        if token in "零〇":
            self.after_zero = True
            return self.digit is None
        if self.digit is not None:
            return False
        self.digit = Decimal(_DIGITS.get(token, token))
        return True

    def _take_place(self, place: int) -> bool:
        fits = place < self.place and (self.digit is not None or place == 10)
        self.section += (Decimal(1) if self.digit is None else self.digit) * place
        self.digit, self.place, self.last, self.after_zero = None, place, place, False
        return fits

    def _take_unit(self, unit: int) -> bool:
        self._close()
        fits = unit < self.unit and self.section > 0
        self.total += self.section * unit
        self.section, self.place, self.unit, self.last, self.after_zero = Decimal(0), 10**4, unit, unit, False
        return fits

    def _close(self) -> None:
        """六百三 is 630, 一万五 is 15000; 六百零三 is 603, and 1万5000 what it says."""
        if self.digit is not None:
            short = self.digit < 10 and not self.after_zero
            self.section += self.digit * (max(self.last // 10, 1) if short else 1)
        self.digit = None
