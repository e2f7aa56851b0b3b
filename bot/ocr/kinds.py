"""Is it a business licence, and if not, what is it?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.ocr.layout import Form

REASONS = {
    "no_text": "照片里没有读到文字，请在光线好的地方对准营业执照再拍一张。",
    "other_document": "这不是营业执照，请发送营业执照（正本或副本）的照片。",
    "several_documents": "照片里有不止一份证件，请只拍营业执照一份，再发一次。",
    "several_licences": "照片里有不止一份营业执照，请只拍一份，再发一次。",
    "no_licence": "没有认出营业执照，请把营业执照拍完整、拍清楚后再发一次。",
    "cut_off": "营业执照没有拍全，请把四个角都拍进照片后再发一次。",
}

_TITLE = re.compile(
    r"^(企业法人|企业|个体工商户|合伙企业|个人独资企业|农民专业合作社(法人)?|外国企业|分支机构|中华人民共和国)*(营业执照|营业执)[（(]?[副正]?本?[）)]?$"
)
_OTHER_TITLES = re.compile(
    r"许可证$|许可证[（(]?[副正]本|^开户许可|登记证书?$|登记证[（(]?[副正]本|代码证$|备案凭证|^居民身份证$|身份证$|承诺书$|委托书$|授权书$|合同书?$|证明$|机动车行驶证|驾驶证"
    r"|不动产权证|房屋所有权证|资质证书|法人证书$|信息公示系统$|信用信息报告|发票$|账单$"
)
_OTHER_MARKS = re.compile(
    r"^(主体业态|经营项目|许可证编号|有效期至|签发人|日常监督管理|公民身份号码|签发机关|有效期限|出生|民族|基本存款账户|账户性质|开户银行|开户行|核准号|投诉举报电话"
    r"|发票号码|购买方|许可范围|仓库地址|质量负责人|发动机号|车辆识别|准驾车型|纳税人识别号|微信号|按住说话|发送$)"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Whether the page is one business licence; `reason` is a key of REASONS where it is not."""

    is_licence: bool
    reason: str = ""


def kind_of(form: Form) -> Kind:
    """Judged by the title, by the labels of licences, and by what only other documents say."""
    texts = [(re.sub(r"[\s　]", "", piece.text), piece) for piece in form.pieces]
    if sum(len(text) for text, _ in texts) < 8:
        return Kind(False, "no_text")
    body = _body_height(form)
    titles = sum(bool(_TITLE.match(text)) and piece.height > 1.2 * body for text, piece in texts)
    titles = max(titles, int(_spread_title(form, body)))
    others = sum(
        bool(_OTHER_TITLES.search(text)) and len(text) <= 16 and piece.height > 1.3 * body for text, piece in texts
    )
    marks = len({found.group() for text, _ in texts if (found := _OTHER_MARKS.match(text))})
    fields = [label.field for label in form.labels if label.field]
    distinct = len(set(fields))
    if titles > 1:
        return Kind(False, "several_licences")
    if titles and (others or marks >= 2):
        return Kind(False, "several_documents")
    if others or marks >= 2:
        return Kind(False, "other_document")
    if titles and distinct >= 3:
        return Kind(True)
    if distinct >= 6 and {"code", "scope"} & set(fields):
        return Kind(True)  # the title lies in glare or outside the picture, the form is plain all the same
    if titles:
        return Kind(False, "cut_off")
    return Kind(False, "no_licence")


def _body_height(form: Form) -> float:
    heights = sorted(label.place.height for label in form.labels) or sorted(piece.height for piece in form.pieces)
    return heights[len(heights) // 2]


def _spread_title(form: Form, body: float) -> bool:
    """营 业 执 照 found as single large characters."""
    large = {piece.text.strip() for piece in form.pieces if piece.height > 1.5 * body and len(piece.text.strip()) <= 2}
    return len(set("".join(large)) & set("营业执照")) >= 3
