"""What an understood message asks the desk to do: one command for each intent, with what the words name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from domain.dialogue.acts import Command
from domain.dialogue.stated import Stated, day, stated_months, yearly
from domain.messages.messages import Option
from domain.packages import offers

# Where intent and command bear two names. Several intents keep people's wishes apart although one answer serves them.
_COMMAND_OF: Mapping[str, str] = {
    "choose_market": "market",
    "choose_company": "companies",
    "list_companies": "companies",
    "list_packages": "packages",
    "change_package": "packages",
    "my_contract": "contract",
    "end_early": "end_contract",
    "register_tenant": "kind_tenant",
    "register_payer": "kind_payer",
    "register_group": "group",
    "hand_in": "owing",
    "my_identity": "whoami",
    "staff_queue": "todo",
    "staff_approve": "staff_decides",
    "staff_return": "staff_decides",
    "staff_urge": "staff_decides",
}
# These read the message itself: a company that it names, a question about the rules.
_READ_THE_WORDS = {"choose_company", "list_companies", "change_company", "rules_question"}

# What a guess is called when it is offered: words that mean the same when they are typed (domain.dialogue.dialogue).
_LABELS: Mapping[str, str] = {
    "register": "我要注册", "resume": "接着办", "progress": "我的进度", "how_long": "办理要多久",
    "which_documents": "需要什么材料", "how_to_photograph": "怎么拍执照", "help": "帮助", "human": "人工服务",
    "register_tenant": "我们是租的", "tenant_or_payer": "不是产权人", "register_payer": "我们只代缴",
    "register_group": "集团户号", "hand_in": "补材料", "my_identity": "我的身份", "cancel": "取消", "back": "返回",
    "choose_market": "选择市场", "to_retail": "转到零售市场", "to_wholesale": "转到批发市场",
    "leave_market": "退出市场", "recommend": "推荐套餐", "list_packages": "看套餐", "choose_package": "看套餐",
    "change_package": "换套餐", "compare_packages": "比较套餐", "list_companies": "售电公司",
    "choose_company": "售电公司", "change_company": "换售电公司", "my_contract": "我的合同", "renew": "续约",
    "not_renew": "到期不续约", "end_early": "提前终止", "usage": "我的用电量", "staff_queue": "待办",
    "stop_notices": "暂停通知", "start_notices": "恢复通知", "rules_question": "零售和批发",
}  # fmt: skip
MOST_GUESSES = 3
NOTHING: Stated = {}


def understood(intent: str, text: str, said: Stated = NOTHING) -> Command:
    """The command that an intent stands for. `text` is the whole message, `said` what it states: package codes, energy
    and days that matter to the wish become the argument."""
    if intent in _BY_CODE:
        return _BY_CODE[intent](offers.codes_in(text), yearly(text, said))
    if intent in _BY_NUMBER and (numbers := said.get("number")):
        return Command("by_number", numbers[0])
    if intent in _BY_DAY:
        return Command(_COMMAND_OF.get(intent, intent), f"/{found}" if (found := _BY_DAY[intent](text, said)) else "")
    return Command(_COMMAND_OF.get(intent, intent), text if intent in _READ_THE_WORDS else "")


def label_of(intent: str) -> str:
    """The words by which somebody would ask for this intent, or for this command; empty where it is nothing to be asked
    for (a yes, a value)."""
    return _LABELS.get(intent) or next((_LABELS[each] for each in _LABELS if _COMMAND_OF.get(each) == intent), "")


def guesses(ranking: Sequence[str]) -> list[Option]:
    """Two or three things that an unclear message may have meant, the likeliest first, to be tapped."""
    options = {label: understood(intent, "").name for intent in ranking if (label := label_of(intent))}
    return [Option(label, f"cmd:{name}") for label, name in list(options.items())[:MOST_GUESSES]]


def _packages(codes: list[str], year: str) -> Command:
    behind = f"//{year}" if year else ""
    return Command("package", codes[0] + behind) if codes else Command("packages", behind)


def _compare(codes: list[str], year: str) -> Command:
    if len(codes) > 1:
        return Command("compare", f"/{','.join(codes)}/{year}".rstrip("/"))
    return _recommend(codes, year)


def _recommend(codes: list[str], year: str) -> Command:
    return Command("recommend", f"/{year}" if year else "")


_BY_CODE: Mapping[str, Callable[[list[str], str], Command]] = {
    "list_packages": _packages,
    "choose_package": _packages,
    "change_package": _packages,
    "compare_packages": _compare,
    "recommend": _recommend,
}
_BY_NUMBER = frozenset({"progress", "my_contract"})
_BY_DAY: Mapping[str, Callable[[str, Stated], str]] = {
    "end_early": lambda text, said: day(said),
    "usage": stated_months,
}
