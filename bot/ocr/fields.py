"""From labels and their pieces to field values, and the reasons to doubt one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from statistics import median

from bot.ocr import values
from bot.ocr.codes import find_code
from bot.ocr.labelling import Label
from bot.ocr.labels import FIELDS, FOOTERS
from bot.ocr.layout import Form
from bot.ocr.level import Piece
from bot.ocr.page import Quad

DOUBTS = {
    "not_found": "没有读到这一项，请补充。",
    "empty": "找到了这一项的标题，但内容没有读出来，请补充。",
    "incomplete": "号码没有读全，请按营业执照填写。",
    "check_failed": "读到的号码通不过校验，可能有误读，请核对。",
    "repaired": "号码里有难辨认的字符，已按校验规则推断，请核对。",
    "ambiguous": "号码里有难辨认的字符，不能确定，请核对。",
    "several": "照片里有不止一个号码，请核对。",
    "low_score": "字迹不够清楚，请核对。",
    "gap": "中间可能有被遮挡的字，请核对。",
    "unlikely": "读到的内容不像这一项，请核对。",
    "unlabelled": "这一项的标题没有读到，内容按位置推断，请核对。",
    "order": "日期前后不一致，请核对。",
    "signing_day": "期限从签署之日算起，但签署日期没有读到，请核对。",
    "out_of_picture": "盖章、签字的地方不在照片里，看不到。",
    "no_colour": "是黑白复印件，章和签字分不清，请看原件。",
    "one_side": "只看到一方的。",
}
REQUIRED = ("code", "name", "type", "legal_person", "established", "address", "scope")
_LOW = {"scope": 0.8}
_LOW_DEFAULT = 0.88
_WEAK = {"scope": 0.25, "name": 0.65, "legal_person": 0.6}  # the least certain character of the value
_WEAK_DEFAULT = 0.4
_NOISE = 0.45  # pieces read worse than this are not text but seals, mosaics, background
_SINGLE = {"name", "type", "legal_person", "capital", "established", "term"}
_NAME_END = re.compile(
    r"(公司|厂|店|部|中心|社|院|所|场|馆|站|行|室|坊|园|吧|超市|合伙|（有限合伙）|（普通合伙）|（特殊普通合伙）|集团|户|队|处|铺|城|堂|轩|阁|楼|会|庄|庭|摊|点|苑|居|屋|家|网咖|银行|酒店|支行|办事处|学校|幼儿园|诊所|医院|工作室|事务所|合作社)$"
)
_TYPE = re.compile(  # GB/T 12402 and what registries print; a bracket may follow: （自然人投资或控股）
    r"^(其他|一人)?(有限责任公司|股份有限公司|有限公司|股份制|国有|全民所有制|集体所有制|股份合作制?|联营|个人独资企业"
    r"|(特殊的?)?普通合伙企业|有限合伙企业|合伙企业|个体(工商户)?|农民专业合作社(联合社)?|中外合资|中外合作|外商|港澳台|台港澳"
    r"|外国|内资|企业|非公司|事业单位|社会团体)[^（(、，]{0,14}([（(].+[）)])*$"
)
_CAPITAL = re.compile(
    r"^[（(]?(人民币|美元|港元|港币|欧元|日元|英镑)?[）)]?[:：]?"
    r"(\d[\d,]*(\.(\d{1,2}|\d{4}|\d{6}))?|[壹贰叁肆伍陆柒捌玖拾佰仟零〇一二三四五六七八九十百千]+)(?![\d.])[万亿元圆]"
)  # registries print no decimals or one, two, four or six
_PERSON = re.compile(r"^[\u3400-\u9fff·]{2,20}$|^[A-Z][A-Za-z .,\-]{2,60}$|（委派代表|委派代表|公司|合伙|[（(].+[）)]")


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field: the value (None where not found), confidence 0 to 1, doubts as keys of DOUBTS, and its places."""

    value: str | None
    confidence: float
    doubts: tuple[str, ...]
    quads: tuple[Quad, ...] = ()  # where it stands in the upright picture


def read_fields(form: Form) -> dict[str, FieldReading]:
    """Every field of FIELDS. What the licence does not carry is None without a doubt only where it may be absent."""
    code = find_code(form)
    doubts = (code.doubt,) if code.doubt else ()
    readings = {"code": FieldReading(code.code, round(code.score, 3), doubts, _where_code(form, code.code))}
    for field in FIELDS[1:]:
        readings[field] = _read(field, form)
    if readings["established"].value is None:
        readings["established"] = _unlabelled_date(form)
    return _cross_checked(readings)


def _where_code(form: Form, code: str | None) -> tuple[Quad, ...]:
    """Where a code like this stands; it may have been mended or put together, so the likest place counts."""
    places = [piece for piece in form.pieces if code and _alike(code, piece.text) >= 8]
    best = max(places, key=lambda piece: (_alike(str(code), piece.text), -len(piece.text)), default=None)
    if best is None:
        return ()
    start = max(re.sub(r"[0-9A-Za-z]", "0", best.text).find("0" * 6), 0)
    return _places([best.part(start)])


def _alike(code: str, text: str) -> int:
    return SequenceMatcher(None, code, text, autojunk=False).find_longest_match().size


def _unlabelled_date(form: Form) -> FieldReading:
    """The only whole date that stands alone above the authority's line, where its label was not found."""
    issued = min((label.place.y for label in form.labels if label.word == "登记机关"), default=float("inf"))
    terms = {
        piece for label, value in zip(form.labels, form.values, strict=True) if label.field == "term" for piece in value
    }
    alone = [piece for piece in form.pieces if values.is_date(piece.text) and piece.y < issued and piece not in terms]
    if len(alone) != 1:
        return FieldReading(None, 0.0, ("not_found",))
    return FieldReading(values.iso_date(alone[0].text), round(alone[0].score * 0.6, 3), ("unlabelled",), _places(alone))


def _read(field: str, form: Form) -> FieldReading:
    chosen = [
        (label, _clean(value)) for label, value in zip(form.labels, form.values, strict=True) if label.field == field
    ]
    if not chosen:
        return FieldReading(None, 0.0, ("not_found",) if field in REQUIRED else ())
    label, pieces = max(chosen, key=lambda found: sum(len(piece.text) for piece in found[1]))
    if field in _SINGLE:
        pieces = _first_lines(
            pieces, 2 if field in ("name", "type", "legal_person") else 1 if field == "established" else 2
        )
    text = values.join([piece.text for piece in pieces])
    value = _normalised(field, text)
    if not value:
        absent = field in ("capital", "term") and not re.search(r"[\u3400-\u9fff\d]", text)
        return FieldReading(None, 0.0, () if absent and pieces else ("empty",))
    score = _score(pieces)
    doubts = _doubts(field, value, pieces, score, label)
    return FieldReading(value, round(score * (0.6 if doubts else 1.0), 3), doubts, _places(pieces))


def _places(pieces: Sequence[Piece]) -> tuple[Quad, ...]:
    return tuple(piece.quad for piece in pieces if piece.quad is not None)


def _normalised(field: str, text: str) -> str | None:
    match field:
        case "established":
            return values.iso_date(text)
        case "term":
            return values.term(text)
        case "capital":
            return values.amount(text)
        case "legal_person":
            return values.person(text)
        case "name":
            return values.name(text)
        case "scope":
            return values.scope(text)
        case "address":
            return values.printed(text).replace("=", "-")  # a dash read double: B=23
        case _:
            return values.printed(text)


def _clean(pieces: Sequence[Piece]) -> list[Piece]:
    """Without footers and without what is too badly read to be text."""
    kept = [piece for piece in pieces if piece.score >= _NOISE and not FOOTERS.search(piece.text)]
    return [replace(piece, text=piece.text.lstrip(" :：")) for piece in kept if piece.text.strip(" :：")]


def _first_lines(pieces: Sequence[Piece], count: int) -> list[Piece]:
    kept: list[Piece] = []
    lines = 0
    for piece in pieces:
        if not kept or abs(piece.y - kept[-1].y) > 0.5 * piece.height:
            lines += 1
        if lines > count:
            break
        kept.append(piece)
    return kept


def _score(pieces: Sequence[Piece]) -> float:
    """Lines count by length; the worst line pulls the whole down."""
    total = sum(len(piece.text) for piece in pieces)
    mean = sum(piece.score * len(piece.text) for piece in pieces) / total
    return (mean + min(piece.score for piece in pieces)) / 2


def _doubts(field: str, value: str, pieces: Sequence[Piece], score: float, label: Label) -> tuple[str, ...]:
    doubts = []
    weak = min(piece.weakest for piece in pieces) < _WEAK.get(field, _WEAK_DEFAULT)
    if weak or score < _LOW.get(field, _LOW_DEFAULT):
        doubts.append("low_score")
    if field in ("name", "legal_person", "address", "type") and _has_gap(pieces):
        doubts.append("gap")
    if not _plausible(field, value):
        doubts.append("unlikely")
    return tuple(doubts)


def _has_gap(pieces: Sequence[Piece]) -> bool:
    """Two pieces on one line with more than a character between them: something in between was not read."""
    height = median(piece.height for piece in pieces)
    return any(
        abs(after.y - before.y) < 0.5 * height and after.left - before.right > 1.6 * height
        for before, after in zip(pieces, pieces[1:], strict=False)
    )


def _plausible(field: str, value: str) -> bool:
    match field:
        case "name":
            return len(value) >= 3 and bool(_NAME_END.search(value) or re.fullmatch(r"[A-Za-z0-9 .,&()\-']+", value))
        case "legal_person":
            return bool(_PERSON.search(value)) and not re.search(r"\d|[；，。]", value)
        case "capital":
            return bool(_CAPITAL.match(value))
        case "type":
            return bool(_TYPE.match(value))
        case "address":
            return len(value) >= 5 and "\u3400" <= value[0] <= "\u9fff"
        case "established":
            return value >= "1949-10-01"
        case "scope":
            return len(value) >= 4
    return True


def _cross_checked(readings: dict[str, FieldReading]) -> dict[str, FieldReading]:
    """What one field says against another: a term does not begin before the firm does (a day apart happens)."""
    if "公司" in (readings["type"].value or "") and "分公司" not in (readings["type"].value or ""):
        capital = readings["capital"]
        readings["capital"] = capital if capital.value or capital.doubts else replace(capital, doubts=("not_found",))
    established, term = readings["established"].value, readings["term"].value
    start = values.iso_date(term or "")
    if established and term and start and not term.startswith("至") and start < established[:4]:
        for field in ("established", "term"):
            reading = readings[field]
            readings[field] = replace(reading, doubts=(*reading.doubts, "order"), confidence=reading.confidence * 0.6)
    return readings
