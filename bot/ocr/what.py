"""Which document a page is, where it is no licence: told by its title and by the words that only such papers use."""

from __future__ import annotations

import re

from bot.ocr.prose import Prose

_MARKS = {
    "letter": re.compile(
        r"受托|被授权|被委托|代理人|特此委托|特此授权|兹委托|兹授权|现授权|现委托|(?:委托|授权)(?:事项|期限|范围|权限)|转委托|委托单位|授权单位"
        r"|委托人|委托方|本委托书|全权代表"
    ),
    "lease": re.compile(
        r"出租|承租|租金|租赁期|租赁物|租赁标的|租赁地址|押金|转租|租期|起租|租赁(?:合同|协议)|甲方|乙方"
    ),
}
_TITLES = {
    "letter": re.compile(r"(?:^|\n)[^，。：\n]{0,16}(?:委托书|授权书|委托函|授权委托)(?=\n|$)"),
    "lease": re.compile(
        r"(?:^|\n)[^，。：\n]{0,16}(?:租赁|租用|承租|出租|租房|租地)(?:合同|协议)书?(?:[（][^）]*[）])?(?=\n|$)"
    ),
}
_ENOUGH = 3  # different marks, where the title was not read
_WITH_TITLE = 1
_IDENTITY_LONGEST = 220  # characters on a card; a copy may carry a few more

# Papers that people send by mistake: a word for each, the first that fits.
_OTHERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("account_permit", re.compile(r"开户许可|基本存款账户")),
    ("permit", re.compile(r"许可证")),
    ("tax", re.compile(r"税务登记|纳税人名称")),
    ("bill", re.compile(r"通知单|账单|发票|电费")),
    ("property", re.compile(r"不动产权|房屋所有权|土地使用权")),
    ("promise", re.compile(r"承诺书|声明书|证明$")),
    ("vehicle", re.compile(r"行驶证|驾驶证")),
    ("report", re.compile(r"信用信息(?:公示|报告)|公示系统")),
    ("screenshot", re.compile(r"按住说话|发送$|微信号")),
    ("certificate", re.compile(r"登记证|资质证书|法人证书|代码证")),
)


def document_of(prose: Prose) -> str:
    """letter, lease, identity, or "" for anything else."""
    text = prose.text
    if _is_identity(text):
        return "identity"
    marks = {kind: len(set(pattern.findall(text))) for kind, pattern in _MARKS.items()}
    titled = [kind for kind, pattern in _TITLES.items() if pattern.search(text)]
    likely = [kind for kind in marks if marks[kind] >= (_WITH_TITLE if kind in titled else _ENOUGH)]
    return max(likely, key=lambda kind: (kind in titled, marks[kind]), default="")


def other_word(text: str) -> str:
    """A word for what else it is, "" where nothing tells."""
    return next((word for word, pattern in _OTHERS if pattern.search(text)), "")


def _is_identity(text: str) -> bool:
    front = "公民身份号码" in text or (
        "姓名" in text and "民族" in text and re.search(r"\d{17}[\dX]", text) is not None
    )
    back = "签发机关" in text and ("身份证" in text or "有效期限" in text)
    return (front or back) and len(text) <= _IDENTITY_LONGEST
