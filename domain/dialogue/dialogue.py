"""What one message does: the act that it is, the change that it makes, the answers that it gets."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from domain.dialogue import (
    also,
    by_number,
    choosing,
    contract_talk,
    focus,
    kind_commands,
    knowledge_talk,
    offering,
    usage_talk,
)
from domain.dialogue.acts import Act, Command, Picture, Values
from domain.dialogue.answers import answered
from domain.dialogue.commands import command
from domain.dialogue.values import meant, picture, take
from domain.groups import adding
from domain.messages import sms_commands
from domain.messages.messages import InboundMessage, Say
from domain.packages import offers
from domain.people import dialogue
from domain.people.contacts import SMS
from domain.questions import match
from domain.questions.questions import Match, Unclear
from domain.questions.replies import unclear
from domain.questions.words import fold
from domain.registration.applications import asked_now, current
from domain.registration.intake import Intake, bare_value, take_in
from domain.registration.registration import Scene, awaits_code, wanted
from domain.sources.lookups import Lookup

# Words that are commands wherever they are said alone. Consent is not among them: it belongs to a question.
EXACT: Mapping[str, str] = {
    "我要注册": "register", "注册": "register", "我的进度": "progress", "进度": "progress", "查进度": "progress",
    "我填了什么": "progress", "填了什么": "progress", "看看填了什么": "progress", "记了什么": "progress",
    "帮助": "help", "?": "help", "人工": "human", "人工服务": "human", "取消": "cancel", "返回": "back",
    "上一步": "back", "重来": "restart", "重新开始": "restart", "修改": "returned_why",
    "重发验证码": "resend_code", "重发": "resend_code",
    "不改了": "keep", "不用改": "keep", "不改": "keep",
    "我的身份": "whoami", "我的绑定": "whoami", "身份": "whoami", "换手机号": "new_phone", "换手机": "new_phone",
    "解除绑定": "unbind", "解绑": "unbind", "我的同事": "colleagues", "邀请同事": "invite", "找回": "lost",
    "绑定微信": "bind_wechat",
    "再加一个户号": "add_account", "加户号": "add_account", "加一个户号": "add_account", "批量注册": "batch",
    "批量": "batch", "批量办理": "batch", "集团": "group", "集团户号": "group", "我的集团": "group",
    "登记另一家": "another", "再登记一家": "another", "再登记一个户号": "another",
    "怎么拍执照": "how_to_photograph", "需要什么材料": "which_documents", "办理要多久": "how_long",
    "不等了": "bot", "不等": "bot", "转回机器人": "bot", "结束人工": "bot",
    "不转了": "bot", "不转人工": "bot", "算了不转": "bot", "算了不转了": "bot", "不用人工": "bot", "不要人工": "bot",
    "不找人工": "bot", "算了不等了": "bot", "取消人工": "bot",
    "链接": "link", "发链接": "link", "打不开": "link",
    "选择市场": "market", "选市场": "market", "更换市场": "market", "换市场": "market", "零售和批发": "rules_question",
    "我的授权": "my_proxies", "撤回授权": "withdraw_proxy", "投诉": "complain",
    "暂停通知": "stop_notices", "恢复通知": "start_notices", **kind_commands.WORDS,
    **knowledge_talk.WORDS, **choosing.WORDS, **contract_talk.WORDS, **usage_talk.WORDS, "提议": "offer",
    "退出市场": "leave_market", "转到零售市场": "to_retail", "转到批发市场": "to_wholesale", "接着办": "resume",
    "不是产权人": "tenant_or_payer", "有哪些售电公司": "companies",
}  # fmt: skip

# The commands behind which the sources may be asked: an account is added, or an act waited for the company it is for.
_ASKING = {focus.FOCUS, *adding.ADDS}


def recognise(session: Session, inbound: InboundMessage) -> Act | None:
    """The act, where it is plain without understanding: a tap, an exact answer, a command word, a bare value."""
    contact_id = inbound.address.contact_id
    if inbound.kind == "click":
        return Command(inbound.text)
    found = inbound.choice if inbound.choice.startswith("cmd:") else match.exact(session, inbound)
    if isinstance(found, str):
        name, _, argument = found.removeprefix("cmd:").partition(":")
        return Command(name, argument)
    if found is not None:
        return found
    if (waited := dialogue.heard(session, inbound)) is not None:
        return waited
    if (said := by_words(inbound.text, inbound.channel)) is not None:
        return said
    if article := knowledge_talk.titled(session, inbound.text):
        return Command("knowledge", article)
    application = current(session, contact_id)
    asked = asked_now(application)
    if asked.startswith("paper:"):  # the right value of what was read off a paper: a date, a name, whatever it is
        return Values(text=inbound.text, correcting=True)
    if asked.startswith("correct:"):
        about = asked.removeprefix("correct:")
        bare = bare_value(about, inbound.text)
        return Values(bare, correcting=True, about=about) if about in bare else None
    bare = bare_value(asked, inbound.text, awaits_code=application is not None and awaits_code(application))
    return Values(bare) if bare else match.too_late(session, inbound)


def by_words(text: str, channel: str) -> Command | None:
    """The command that a text is, whoever says it: a command word, a proposal, package codes."""
    folded = fold(text)
    if word := EXACT.get(folded) or (sms_commands.WORDS.get(folded) if channel == SMS else None):
        return Command(word)
    if proposal := offering.spoken(text):
        return Command("offer", proposal)
    if offers.is_code(text):
        return Command("package", text.strip())
    codes = offers.named(text)
    return Command("compare", "/" + ",".join(codes)) if codes else None


def may_ask(act: Act) -> bool:
    """Whether `lookups` could name anything for such an act; for most commands it need not be asked."""
    return isinstance(act, Values | Picture) or (isinstance(act, Command) and act.name in _ASKING)


def lookups(session: Session, contact_id: int, act: Act) -> list[Lookup]:
    """What should be asked of the sources before `handle`; asking them takes time and happens outside."""
    if not may_ask(act):
        return []
    act, application = focus.behind(session, contact_id, act)
    if wanted_here := adding.lookups(adding.instead(session, contact_id, act)):
        return wanted_here
    if isinstance(act, Values):
        return wanted(application, take_in(meant(application, act)), None)
    if isinstance(act, Picture) and not act.reading.trouble:
        return wanted(application, Intake(), act.reading)
    return []


def handle(session: Session, inbound: InboundMessage, act: Act, scene: Scene) -> list[Say]:
    """Do what the act says, and answer. Runs in the transaction that also closes the inbound message."""

    def do(one: Act) -> list[Say]:
        return _handle(session, inbound, one, scene)

    alone = isinstance(act, Command) and act.also is None
    if alone and (article := knowledge_talk.rather(session, inbound, act, scene)):
        return article
    return also.with_second(act, do)


def _handle(session: Session, inbound: InboundMessage, act: Act, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    act = by_number.instead(session, contact_id, adding.instead(session, contact_id, act))
    if isinstance(act, Match):
        return answered(session, inbound, act, scene)
    if isinstance(act, Unclear):
        return unclear(session, inbound, act, scene)
    if (asked := focus.unclear(session, inbound, act, scene.now)) is not None:
        return asked
    if isinstance(act, Picture):
        return picture(session, inbound, act.reading, scene)
    if isinstance(act, Values):
        nothing = not (act.raw or act.correcting)
        answer = knowledge_talk.surely(session, inbound, act.text, scene) if nothing else []
        return answer or take(session, contact_id, act, scene)
    return command(session, inbound, act, scene)
