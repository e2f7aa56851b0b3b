"""Commands: what each one does and says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from domain.dialogue import (
    asking,
    by_number,
    choosing,
    companies_talk,
    comparing,
    contract_talk,
    focus,
    kind_commands,
    knowledge_talk,
    market_talk,
    offering,
    pending,
    staff_talk,
    topics,
    usage_talk,
)
from domain.dialogue.acts import Command, Picture, Values
from domain.dialogue.asking_kinds import ask_kind
from domain.dialogue.progress import progress
from domain.dialogue.thread import not_understood, resumed, told, with_thread
from domain.dialogue.topics import PROGRESS, REGISTER, TOPICS, topic
from domain.dialogue.understood import guesses
from domain.dialogue.values import picture, take
from domain.dialogue.wording import WELCOME, WELCOME_ON_SMS
from domain.groups import adding
from domain.messages import sms_commands
from domain.messages.messages import InboundMessage, Option, Say
from domain.people import answers, commands
from domain.proxies import talk as proxy_talk
from domain.questions import factor, questions
from domain.questions.replies import list_open
from domain.registration.applications import FIELD_NAMES, Stage, begin, current, of_contact
from domain.registration.registration import Scene, Step, ask_code
from domain.review import returns
from domain.talks import takeover

_AS_IT_WAS = re.compile("原来|原先|照旧|不改|不换|别改|不用改|没错")  # said of a value that was to be corrected


def command(session: Session, inbound: InboundMessage, act: Command, scene: Scene) -> list[Say]:
    """Do a command; an answer to a question about the rules takes the thread up again."""
    contact_id = inbound.address.contact_id
    if act.name == "unsure_what":
        return _unsure_what(session, inbound, act, scene)
    if act.name in _COMMANDS:
        return _COMMANDS[act.name](session, inbound, act.argument, scene)
    if act.name in TOPICS:
        return with_thread(topic(act.name), resumed(session, contact_id, scene))
    return not_understood(session, contact_id, scene)


def _greet(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    welcome = Say(WELCOME, [REGISTER, PROGRESS], WELCOME_ON_SMS)
    return with_thread(welcome, resumed(session, inbound.address.contact_id, scene))


def _register(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    draft = current(session, contact_id)
    if draft is None and argument != "another" and of_contact(session, contact_id):
        shown = progress(session, contact_id, scene.now)
        again = Option("再登记一个户号", "cmd:register:another")
        return [replace(shown, options=[*shown.options, again])]
    application = begin(session, contact_id, scene.now, another=argument == "another")
    intro = "好的，接着上次的填。" if application is draft and draft.values else "好的，大约5分钟填完，随时可停。"
    return told([intro], asking.prompt(session, application, scene))


def _another(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Another company or account: it is what is meant from now on, and what was being filled in is left as it is."""
    return _register(session, inbound, "another", scene)


def _focus(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The company that is meant was said: go on with what waited for that, or with the next question."""
    contact_id = inbound.address.contact_id
    held = focus.waiting_act(session, contact_id)
    pending.drop(session, contact_id)
    if argument == focus.NEW:
        begin(session, contact_id, scene.now, another=True)
    elif focus.choose(session, contact_id, argument) is None:
        return [progress(session, contact_id, scene.now)]
    if held is None:
        return _register(session, inbound, "", scene)
    act, first = held
    if isinstance(act, Values):
        return take(session, contact_id, act, scene)
    if isinstance(act, Picture):
        return picture(session, first, act.reading, scene)
    return command(session, first, act, scene) if isinstance(act, Command) else []


def _progress(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    return [progress(session, inbound.address.contact_id, scene.now)]


def _cancel(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None:
        return [Say("现在没有正在填写的申请。", [REGISTER, PROGRESS])]
    if application.asking.startswith(("correct:", "paper:")) and _AS_IT_WAS.search(inbound.text):
        return _keep(session, inbound, argument, scene)
    return [asking.ask_cancel(session, application, scene)]


def _pause(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is not None:
        application.paused = True
        questions.withdraw(session, application.contact_id, questions.form_slot(application.id))
    return [Say("好的，先放着，填过的都留着。想接着办，回复“我要注册”就行。")]


def _back(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None:
        return [Say("现在没有正在填写的申请。", [REGISTER, PROGRESS])]
    if application.asking.startswith(("correct:", "paper:")):
        application.asking = ""
        return [asking.prompt(session, application, scene)]
    while application.trail:
        *rest, last = application.trail
        application.trail = rest
        if last == Step.KIND:
            return [ask_kind(session, application, scene)]
        if last in FIELD_NAMES and application.value(last) is not None:
            return [asking.ask_value(session, application, last)]
        if last in (Step.LICENCE, Step.LICENCE_CHECK, Step.PHOTO):
            application.licence_confirmed = False
            application.asking = ""
            return [asking.prompt(session, application, scene)]
    return told(["已经是第一步了。"], asking.prompt(session, application, scene))


def _keep(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What was to be corrected stays as it is."""
    application = current(session, inbound.address.contact_id)
    if application is None or not application.asking.startswith(("correct:", "paper:")):
        return _consent_without_question(session, inbound, argument, scene)
    returns.leave(application, application.asking.removeprefix("correct:"))
    application.asking = ""
    return told(["好的，不改。"], asking.prompt(session, application, scene))


def _out_of_scope(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What is not ours; who is cross is not told of power cuts."""
    name = "cross" if topics.is_cross(inbound.text) else "out_of_scope"
    return with_thread(topic(name), resumed(session, inbound.address.contact_id, scene))


def _restart(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None:
        return _register(session, inbound, argument, scene)
    return [asking.ask_restart(session, application, scene)]


def _resend(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    if (again := factor.resend(session, inbound, scene)) is not None:
        return again
    application = current(session, inbound.address.contact_id)
    if application is None or application.value("phone") is None or application.phone_verified_at is not None:
        return [Say("现在不需要验证码。", [REGISTER, PROGRESS])]
    return told(ask_code(session, application, scene), asking.prompt(session, application, scene))


def _correct(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    return take(session, inbound.address.contact_id, Values(correcting=True, about=argument), scene)


def _returned_why(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    application = current(session, contact_id)
    if application is None or application.stage != Stage.RETURNED:
        return [progress(session, contact_id, scene.now)]
    application.paused = False
    shown = Say(returns.told(application), short=returns.told_in_short(application))
    if returns.next_open(application) is None:
        return [shown, asking.ask_which(session, application, scene)]
    return [shown, asking.prompt(session, application, scene)]


def _consent_without_question(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A yes or no in free words decides nothing: the open question is shown again with the answers that it takes."""
    thread = resumed(session, inbound.address.contact_id, scene)
    asked = questions.open_questions(session, inbound.address.contact_id, scene.now)
    if len(asked) > 1 or (asked and not thread):
        return [list_open(session, asked, "为免误会，请点选或回复下面的数字：", "为免误会，请回复一个数字")]
    if not thread:
        return [Say("现在没有等您确认的事。", [REGISTER, PROGRESS])]
    return [Say("为免误会，请点选或回复下面的数字。"), *thread] if thread[-1].options else thread


def _unsure_what(session: Session, inbound: InboundMessage, act: Command, scene: Scene) -> list[Say]:
    """Nothing was recognised for sure; it may still be the words that were asked for (an address, a name)."""
    if sms_commands.is_first(session, inbound):
        return _greet(session, inbound, "", scene)
    if answered := knowledge_talk.surely(session, inbound, act.argument, scene):
        return answered
    if topics.is_cross(act.argument):
        return _out_of_scope(session, inbound, "", scene)
    return take(session, inbound.address.contact_id, Values(text=act.argument), scene, guesses(act.guesses))


_COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "greet": _greet,
    "register": _register,
    "resume": _register,
    "progress": _progress,
    focus.FOCUS: _focus,
    "another": _another,
    "cancel": _cancel,
    "pause": _pause,
    "back": _back,
    "keep": _keep,
    "restart": _restart,
    "out_of_scope": _out_of_scope,
    "resend_code": _resend,
    "code_not_received": _resend,
    "correct": _correct,
    "returned_why": _returned_why,
    "affirm": _consent_without_question,
    "deny": _consent_without_question,
    **sms_commands.COMMANDS,
    "human": takeover.human,
    "bot": takeover.bot_again,
    "handover": takeover.handover,
    **knowledge_talk.COMMANDS,
    **market_talk.COMMANDS,
    **kind_commands.COMMANDS,
    "supplement": kind_commands.supplement,
    **adding.COMMANDS,
    **commands.COMMANDS,
    **proxy_talk.COMMANDS,
    **by_number.COMMANDS,
    **choosing.COMMANDS,
    **comparing.COMMANDS,
    **contract_talk.COMMANDS,
    **offering.COMMANDS,
    **companies_talk.COMMANDS,
    **usage_talk.COMMANDS,
    **staff_talk.COMMANDS,
    "staff_code": answers.staff_code,
}
