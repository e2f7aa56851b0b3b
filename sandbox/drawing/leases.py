"""Leases (租赁协议) between the owner of a site and who uses it: three wordings, of one page or of two."""

from collections.abc import Callable, Mapping
from random import Random

from sandbox.drawing.deeds import Deed
from sandbox.drawing.letters import printed

Facts = Mapping[str, str]

_NUMERALS = "零一二三四五六七八九十"


def _contract(deed: Deed, facts: Facts) -> None:
    deed.title(deed.random.choice(("房屋租赁合同", "厂房租赁合同")))
    deed.field("lessor", "出租方（甲方）", facts["lessor"])
    deed.field("lessee", "承租方（乙方）", facts["lessee"])
    deed.text("", "甲乙双方经协商一致，订立本合同：")
    deed.text("address", f"第一条　甲方将位于{facts['address']}的厂房出租给乙方使用。", indent=False)
    period = f"自{printed(facts['valid_from'])}起至{printed(facts['valid_to'])}止"
    deed.text("period", f"第二条　租赁期限：{period}。", indent=False)
    _terms(deed, facts, 3)


def _agreement(deed: Deed, facts: Facts) -> None:
    deed.title(deed.random.choice(("租赁协议", "厂房租赁协议")))
    deed.field("lessor", "出租人", facts["lessor"])
    deed.field("lessee", "承租人", facts["lessee"])
    deed.text("", "一、租赁标的", indent=False)
    deed.text("address", f"出租人将坐落于{facts['address']}的房屋及附属用电设施租给承租人。")
    deed.text("", "二、租赁期限", indent=False)
    years = facts["years"]
    counted = _NUMERALS[int(years)] if deed.random.random() < 0.6 else years
    deed.text("period", f"租期{counted}年，自{printed(facts['valid_from'])}起计算。")
    _terms(deed, facts, 3, "{}、")


def _site(deed: Deed, facts: Facts) -> None:
    deed.title("场地租赁协议书")
    deed.text(
        "parties",
        f"甲方（出租方）：{facts['lessor']}",
        indent=False,
    )
    deed.text("lessee", f"乙方（承租方）：{facts['lessee']}", indent=False)
    deed.text("", "根据《中华人民共和国民法典》，甲乙双方就场地租赁事宜达成如下协议：")
    deed.text("address", f"1. 租赁地址：{facts['address']}。", indent=False)
    span = f"从{printed(facts['valid_from'])}至{printed(facts['valid_to'])}"
    deed.text("period", f"2. 租赁期限为{facts['years']}年，{span}。", indent=False)
    _terms(deed, facts, 3, "{}. ")


def _terms(deed: Deed, facts: Facts, first: int, head: str = "第{}条　") -> None:
    rent = deed.random.randint(20, 900) * 1000
    terms = (
        f"年租金为人民币{rent}元，乙方应于每季度首月10日前支付，逾期按日加收违约金。",
        "租赁期间的电费由乙方承担，甲方同意乙方以自己的名义参与电力市场交易。",
        "本协议一式两份，双方各执一份，自双方签字盖章之日起生效。",
    )
    for number, words in enumerate(terms, first):
        figure = _NUMERALS[number] if "第" in head or "、" in head else str(number)
        deed.text("", head.format(figure) + words, indent=False)


WORDINGS: Mapping[str, Callable[[Deed, Facts], None]] = {"contract": _contract, "agreement": _agreement, "site": _site}
_SIDES = {"contract": ("甲方", "乙方"), "agreement": ("出租人", "承租人"), "site": ("甲方", "乙方")}


def draw(facts: Facts, wording: str, random: Random, hand: bool, sealed: str, signed: str, page: str) -> Deed:
    """A lease in one of WORDINGS. `sealed` and `signed`: both, first or none. `page`: whole, first or second."""
    deed = Deed(random, hand)
    if page == "second":
        deed.text("", "七、乙方不得擅自转租；租赁期满，同等条件下乙方有优先承租权。", indent=False)
        deed.text("", "八、争议由双方协商解决，协商不成的，向租赁物所在地人民法院起诉。", indent=False)
        deed.text("", "（以下无正文，为租赁协议签署页）", indent=False)
    else:
        WORDINGS[wording](deed, facts)
    if page == "first":
        deed.text("", "双方的权利义务", indent=False)
        deed.text("", "甲方应当保证租赁物及其附属设施处于可以使用的状态，乙方应当爱护使用，损坏照价赔偿。" * 3)
        deed.sheet.line("", (707, 1930), "第 1 页 共 2 页", deed.face, 26, anchor="mm")
        return deed
    deed.y = max(deed.y + 60, random.randint(1330, 1400))
    sides = zip(
        (170, 730), _SIDES[wording], (facts["lessor"], facts["lessee"]), ("lessor_head", "lessee_head"), strict=True
    )
    for index, (x, side, name, head) in enumerate(sides):
        has_seal, has_sign = _has(sealed, index), _has(signed, index)
        label = random.choice(("法定代表人（签字）", "代表签字", "签字"))
        lines = [
            ("seal" if has_seal else "none", f"{side}（盖章）", name),
            ("sign" if has_sign else "blank", label, facts[head]),
        ]
        deed.foot(x, lines)
        if index == 0 or random.random() < 0.6:
            deed.day(facts["signed_on"], x, random.choice(("", "签订日期：", "日期：")))
    return deed


def _has(which: str, side: int) -> bool:
    return which == "both" or (which == "first" and side == 0)
