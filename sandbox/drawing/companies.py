"""Fictional company records, in the shape in which the sandbox's registry answers."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from sandbox.drawing import words
from sandbox.drawing.numbers import in_capitals, make_old_number, make_uscc

FORMS = ("company", "branch", "partnership", "sole_trader", "sole_proprietorship")
_WEIGHTS = (60, 12, 9, 13, 6)
_LAST_DAY = date(2025, 12, 31)


def sample_company(seed: int, form: str | None = None) -> dict[str, Any]:
    """Return the record of a fictional company; the same seed and form always give the same record.

    Without a form (one of FORMS) the seed picks one. Dates are ISO, `term` is 长期, `<date>至<date>` or "" where
    the licence carries none, `capital` is "" for forms that have none.
    """
    random = Random(f"company-{seed}-{form}")
    form = form or random.choices(FORMS, _WEIGHTS)[0]
    authority, province, city, district, roads = random.choice(words.PLACES)
    established = date(2001, 3, 1) + timedelta(days=random.randrange((_LAST_DAY - date(2001, 3, 1)).days))
    trade, topic = random.choice(words.TRADES)
    record: dict[str, Any] = {
        "uscc": make_uscc(random, "92" if form == "sole_trader" else "91", authority),
        "old_number": make_old_number(random, authority) if established < date(2015, 10, 1) else "",
        "former_names": [],
        "established": established.isoformat(),
        "term": _term(random, established),
        "address": _address(
            random, province, city, district, roads, words.SHOPS if form == "sole_trader" else words.SITES
        ),
        "scope": _scope(random, topic, established),
        "status": "存续",
    }
    place = random.choice((city.removesuffix("市"), district, province + city, province.removesuffix("省") or city))
    if "自治" in place:
        place = district
    record.update(_SHAPES[form](random, place, trade))
    return record


def _person(random: Random) -> str:
    if random.random() < 0.04:
        return random.choice(words.LONG_NAMES)
    return random.choice(words.SURNAMES) + "".join(random.sample(words.GIVEN, random.choice((1, 2, 2))))


def _capital(random: Random) -> str:
    amount = random.choice((10, 50, 100, 120, 200, 500, 508, 1000, 1680, 2000, 3050, 10_000, 20_800, 56_000))
    return random.choice(
        (
            f"{in_capitals(amount)}万元整"
            if amount < 10_000
            else f"{in_capitals(amount)}{'万' if amount % 10_000 else ''}元整",
            f"人民币{in_capitals(amount)}万元整" if amount < 10_000 else f"{amount}.000000万人民币",
            f"{amount}.000000万人民币",
            f"{amount}万元人民币",
            f"{amount}万人民币",
        )
    )


def _company(random: Random, place: str, trade: str) -> dict[str, Any]:
    brand, kind = random.choice(words.BRANDS), random.choice(words.COMPANY_TYPES)
    ending = "股份有限公司" if kind.startswith("股份") else "有限公司" if random.random() < 0.7 else "有限责任公司"
    style = random.random()
    if style < 0.15:
        name = f"{brand}{trade}（{place}）{ending}"
    elif style < 0.3:
        name = f"{place}{brand}{random.choice(words.BRANDS)}{trade}产业发展集团{ending}"
    else:
        name = f"{place}{brand}{trade}{ending}"
    return {
        "name": name,
        "type": kind,
        "legal_person": _person(random),
        "legal_person_title": "法定代表人",
        "capital": _capital(random),
    }


def _branch(random: Random, place: str, trade: str) -> dict[str, Any]:
    parent = _company(random, place, trade)
    own = random.choice(words.PLACES)[3][:2]
    kind = random.choice(
        ("有限责任公司分公司", "有限责任公司分公司（自然人投资或控股）", "股份有限公司分公司（非上市）")
    )
    if parent["type"].startswith("股份"):
        kind = "股份有限公司分公司（非上市）"
    return {
        "name": f"{parent['name']}{own}分公司",
        "type": kind,
        "legal_person": _person(random),
        "legal_person_title": "负责人",
        "capital": "",
    }


def _partnership(random: Random, place: str, trade: str) -> dict[str, Any]:
    brand, kind = random.choice(words.BRANDS), random.choice(("有限合伙企业", "普通合伙企业"))
    manager = _person(random)
    if random.random() < 0.4:
        manager = f"{place}{brand}投资管理有限公司（委派代表：{manager}）"
    name = f"{place}{brand}{trade}合伙企业（{kind[:2]}合伙）"
    return {
        "name": name,
        "type": kind,
        "legal_person": manager,
        "legal_person_title": "执行事务合伙人",
        "capital": _capital(random),
    }


def _sole_trader(random: Random, place: str, _trade: str) -> dict[str, Any]:
    owner = _person(random)
    brand = random.choice((*words.BRANDS, owner, "阿婆", "老街"))
    suffix = "（个体工商户）" if random.random() < 0.25 else ""
    return {
        "name": f"{place}{brand}{random.choice(words.SHOP_NAMES)}{suffix}",
        "type": "个体工商户",
        "legal_person": owner,
        "legal_person_title": "经营者",
        "capital": "",
        "composition": random.choice(("个人经营", "个人经营", "家庭经营")),
    }


def _sole_proprietorship(random: Random, place: str, trade: str) -> dict[str, Any]:
    name = f"{place}{random.choice(words.BRANDS)}{trade}{random.choice(('厂', '加工厂', '经营部', '中心（个人独资）'))}"
    return {
        "name": name,
        "type": "个人独资企业",
        "legal_person": _person(random),
        "legal_person_title": "投资人",
        "capital": "",
    }


_SHAPES: dict[str, Callable[[Random, str, str], dict[str, Any]]] = {
    "company": _company,
    "branch": _branch,
    "partnership": _partnership,
    "sole_trader": _sole_trader,
    "sole_proprietorship": _sole_proprietorship,
}


def _term(random: Random, established: date) -> str:
    if random.random() < (0.7 if established >= date(2022, 3, 1) else 0.1):
        return ""
    if random.random() < 0.45:
        return "长期"
    years = random.choice((10, 20, 30, 50))
    last = date(established.year + years, established.month, min(established.day, 28)) - timedelta(days=1)
    return f"{established.isoformat()}至{last.isoformat()}"


def _address(
    random: Random, province: str, city: str, district: str, roads: tuple[str, ...], sites: tuple[str, ...]
) -> str:
    road, road2 = random.choice(roads), random.choice(("环城东路", "科技路", "兴业路"))
    site = random.choice(sites).format(
        n=random.randint(1, 988),
        m=random.randint(1, 28),
        f=random.randint(1, 24),
        r=random.randint(101, 2608),
        road2=road2,
    )
    return f"{province}{city}{district}{road}{site}"


def _scope(random: Random, topic: str, established: date) -> str:
    own = list(words.SCOPES[topic])
    others = [item for key, items in words.SCOPES.items() if key != topic for item in items]
    chosen = random.sample(own, random.randint(2, len(own))) + random.sample(others, random.choice((0, 1, 3, 6, 12)))
    if established < date(2020, 6, 1):
        return random.choice(("、", "；")).join(chosen) + random.choice(("。", "")) + words.OLD_END
    licensed = random.sample(others, random.choice((0, 1, 2)))
    text = "一般项目：" + "；".join([words.TECHNICAL, *chosen]) + words.GENERAL_END
    return f"许可项目：{'；'.join(licensed)}{words.LICENSED_END}{text}" if licensed else text
