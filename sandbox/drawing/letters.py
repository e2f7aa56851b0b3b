"""Letters of authority (授权委托书) as companies write them: five wordings of the same thing."""

from collections.abc import Callable, Mapping
from random import Random

from sandbox.drawing.deeds import Deed

Facts = Mapping[str, str]

_TITLES = {
    "form": ("授权委托书", "用电业务授权委托书", "电力市场注册授权委托书"),
    "legal_person": ("法定代表人授权委托书", "授权委托书"),
    "authorised": ("授权书", "企业授权书", "授权委托书"),
    "parties": ("委托书", "业务办理委托书"),
    "table": ("授权委托书", "业务办理授权委托书"),
}


def printed(iso: str) -> str:
    """2026-03-01 → 2026年3月1日."""
    year, month, day = (int(part) for part in iso.split("-"))
    return f"{year}年{month}月{day}日"


def period(facts: Facts) -> str:
    """How long the letter holds, in the words of its style."""
    start, end = facts.get("valid_from", ""), facts.get("valid_to", "")
    return {
        "from_to": lambda: f"自{printed(start)}起至{printed(end)}止",
        "dates": lambda: f"{printed(start)}至{printed(end)}",
        "until": lambda: f"本委托书有效期至{printed(end)}",
        "duration": lambda: f"自签署之日起{facts['years']}年内有效",
        "open": lambda: "自签署之日起至委托事项办理完毕之日止",
        "none": lambda: "",
    }[facts["period"]]()


def _form(deed: Deed, facts: Facts) -> None:
    grantee = "受托单位" if facts["grantee_code"] else "受托人"
    deed.field("grantor", "委托单位", facts["grantor"])
    deed.field("grantor_code", "统一社会信用代码", facts["grantor_code"])
    deed.field("", "法定代表人", facts["head"])
    deed.field("grantee", grantee, facts["grantee"])
    deed.field("grantee_id", *_number_of(facts))
    deed.field("matter", "委托事项", facts["matter"])
    if facts["period"] != "none":
        deed.field("period", "委托期限", period(facts))
    deed.text("", "受托人在上述权限和期限内办理的事项，我单位均予承认，由此产生的法律责任由我单位承担。")


def _legal_person(deed: Deed, facts: Facts) -> None:
    label, number = _number_of(facts)
    who = f"{facts['grantee']}（{label}：{number}）"
    deed.text(
        "opening",
        f"本人{facts['head']}系{facts['grantor']}（统一社会信用代码：{facts['grantor_code']}）的法定代表人，"
        f"现授权{who}为我公司代理人，以我公司名义办理{facts['matter']}。",
    )
    if facts["period"] != "none":
        deed.text("period", f"委托期限：{period(facts)}。" if facts["period"] != "until" else f"{period(facts)}。")
    deed.text("", "代理人无转委托权，特此委托。")


def _authorised(deed: Deed, facts: Facts) -> None:
    label, number = _number_of(facts)
    kind = "被授权单位" if facts["grantee_code"] else "被授权人"
    deed.text("", deed.random.choice(("致：昆明电力交易中心", "致：供电局")), indent=False)
    deed.text(
        "opening",
        f"兹授权{facts['grantee']}（{label}：{number}）作为我单位的{kind}，"
        f"全权代表我单位办理{facts['matter']}，其在授权范围内签署的文件我单位均予认可。",
    )
    if facts["period"] != "none":
        deed.text("period", f"授权期限：{period(facts)}。")
    deed.text("", "特此授权。")
    deed.field("grantor", "授权方", facts["grantor"])
    deed.field("grantor_code", "统一社会信用代码", facts["grantor_code"])


def _parties(deed: Deed, facts: Facts) -> None:
    deed.field("grantor", "委托方（甲方）", facts["grantor"])
    deed.field("grantor_code", "统一社会信用代码", facts["grantor_code"])
    deed.field("grantee", "受托方（乙方）", facts["grantee"])
    deed.field("grantee_id", *_number_of(facts))
    deed.text("matter", f"甲方因工作需要，委托乙方代为办理{facts['matter']}。")
    if facts["period"] != "none":
        deed.text("period", f"委托期限{period(facts)}。" if facts["period"] != "until" else f"{period(facts)}。")
    deed.text("", "乙方应当如实提供资料，不得转委托第三人。")


def _table(deed: Deed, facts: Facts) -> None:
    rows = [
        ("grantor", "委托人", facts["grantor"]),
        ("grantor_code", "信用代码", facts["grantor_code"]),
        ("grantee", "受托人", facts["grantee"]),
        ("grantee_id", _number_of(facts)[0], _number_of(facts)[1]),
        ("matter", "委托事项", facts["matter"]),
        ("period", "委托期限", period(facts)),
    ]
    deed.rows([row for row in rows if row[2]])
    deed.text("", "以上内容真实有效，如有虚假，委托人愿承担一切后果。")


WORDINGS: Mapping[str, Callable[[Deed, Facts], None]] = {
    "form": _form,
    "legal_person": _legal_person,
    "authorised": _authorised,
    "parties": _parties,
    "table": _table,
}
_SEAL_LABELS = {
    "form": "委托单位（盖章）",
    "legal_person": "委托人（公章）",
    "authorised": "授权单位（盖章）",
    "parties": "委托方（盖章）",
    "table": "委托人（盖章）",
}


def draw(facts: Facts, wording: str, random: Random, hand: bool, seal: str, sign: str) -> Deed:
    """A letter in one of WORDINGS. `seal`: seal, seal_low (over the day) or blank. `sign`: sign, name or blank."""
    deed = Deed(random, hand)
    deed.title(random.choice(_TITLES[wording]))
    WORDINGS[wording](deed, facts)
    deed.y = max(deed.y + 50, random.randint(1250, 1330))
    label = random.choice(("法定代表人（签字）", "法定代表人（签字或盖章）", "法定代表人或负责人签名"))
    lines = [(seal, _SEAL_LABELS[wording], facts["grantor"]), (sign, label, facts["head"])]
    if not facts["grantee_code"] and wording in ("legal_person", "parties"):
        lines.append(("sign", "受托人（签字）" if wording == "parties" else "代理人（签字）", facts["grantee"]))
    x = random.choice((190, 520, 600))
    deed.foot(x, lines)
    deed.day(facts["signed_on"], x, random.choice(("", "日期：", "签署日期：")))
    return deed


def _number_of(facts: Facts) -> tuple[str, str]:
    """The label of the grantee's number, and the number: a company's code, a person's identity number."""
    return ("统一社会信用代码" if facts["grantee_code"] else "身份证号"), facts["grantee_id"]
