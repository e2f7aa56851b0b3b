"""What one message does: the act that it is, the change that it makes, the answers that it gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import asking, questions
from domain.applications import FIELD_NAMES, STAGE_NAMES, Application, Photo, Stage, begin, current, of_contact
from domain.dialogue_answers import answered
from domain.intake import Intake, bare_value, take_in
from domain.licences import Reading
from domain.lookups import Lookup
from domain.messages import InboundMessage, Option, Say, shown_choice
from domain.people import SMS
from domain.progress import progress
from domain.questions import Match
from domain.registration import Scene, Step, ask_code, awaits_code, next_step, take_licence, take_values, wanted
from domain.settings import figure
from domain.topics import PROGRESS, REGISTER, TOPICS, topic
from domain.wording import PHOTO_TROUBLES, WELCOME, WELCOME_ON_SMS


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person wants done, by a tap, an exact word or as Rasa understood it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """Values that a person gives; `about` is the field that they call wrong, when they do; `text` the whole message."""

    raw: Mapping[str, str] = field(default_factory=dict)
    correcting: bool = False
    about: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture was read."""

    reading: Reading


# What was asked when the message itself may be the value, whatever words it is made of.
_LEGAL_PERSON = re.compile("法人|法定代表|经营者|执行事务合伙人")
_TAKES_WORDS = ("contact_name", "correct:contact_name", "correct:legal_person", "correct:name", "correct:address")

_OPENING = {"code", "name", "account_number"}  # what a registration may begin with, where another one was handed in
_NEW_ONE = "这是新的一份申请，前面那份不受影响。"

Act = Command | Values | Picture | Match

# Words that are commands wherever they are said alone. Consent is not among them: it belongs to a question.
EXACT: Mapping[str, str] = {
    "我要注册": "register", "注册": "register", "我的进度": "progress", "进度": "progress", "查进度": "progress",
    "帮助": "help", "?": "help", "人工": "human", "人工服务": "human", "取消": "cancel", "返回": "back",
    "上一步": "back", "重来": "restart", "重新开始": "restart", "修改": "returned_why",
    "重发验证码": "resend_code", "重发": "resend_code",
    "不改了": "keep", "不用改": "keep", "不改": "keep",
    "怎么拍执照": "how_to_photograph", "需要什么材料": "which_documents", "办理要多久": "how_long",
    "零售和批发": "rules_question", "暂停通知": "stop_notices", "恢复通知": "start_notices",
}  # fmt: skip
EXACT_ON_SMS: Mapping[str, str] = dict.fromkeys(("td", "t", "退订", "r", "n"), "stop_notices")


def recognise(session: Session, inbound: InboundMessage) -> Act | None:
    """The act, where it is plain without understanding: a tap, an exact answer, a command word, a bare value."""
    contact_id = inbound.address.contact_id
    if inbound.kind == "click":
        return Command(inbound.text)
    folded = questions.fold(inbound.text)
    choice = inbound.choice or shown_choice(session, contact_id, folded)
    if choice.startswith("cmd:"):
        name, _, argument = choice.removeprefix("cmd:").partition(":")
        return Command(name, argument)
    found = questions.match(session, contact_id, inbound.text, choice)
    if found is not None:
        return found
    word = EXACT.get(folded) or (EXACT_ON_SMS.get(folded) if inbound.channel == SMS else None)
    if word is not None:
        return Command(word)
    application = current(session, contact_id)
    asked = application.asking if application is not None and not application.paused else ""
    if asked.startswith("correct:"):
        about = asked.removeprefix("correct:")
        bare = bare_value(about, inbound.text)
        return Values(bare, correcting=True, about=about) if about in bare else None
    bare = bare_value(asked, inbound.text, awaits_code=application is not None and awaits_code(application))
    return Values(bare) if bare else None


def lookups(session: Session, contact_id: int, act: Act) -> list[Lookup]:
    """What should be asked of the sources before `handle`; asking them takes time and happens outside."""
    application = current(session, contact_id)
    if isinstance(act, Values):
        return wanted(application, take_in(_meant(application, act)), None)
    if isinstance(act, Picture) and not act.reading.trouble:
        return wanted(application, Intake(), act.reading)
    return []


def handle(session: Session, inbound: InboundMessage, act: Act, scene: Scene) -> list[Say]:
    """Do what the act says, and answer. Runs in the transaction that also closes the inbound message."""
    contact_id = inbound.address.contact_id
    if isinstance(act, Match):
        return answered(session, inbound, act, scene)
    if isinstance(act, Picture):
        return _picture(session, inbound, act.reading, scene)
    if isinstance(act, Values):
        return _values(session, contact_id, act, scene)
    return _command(session, inbound, act, scene)


def _meant(application: Application | None, act: Values) -> Mapping[str, str]:
    """The values under the fields that they belong to: a name is the contact's unless another one is being corrected;
    where words are asked for and nothing was found in the message, the message itself is the value."""
    asked = application.asking if application is not None and not application.paused else ""
    about = act.about or asked.removeprefix("correct:")
    whose = about if about in ("legal_person", "name") else _whose_name(act, asked)
    raw = {(whose if name == "person_name" else name): text for name, text in act.raw.items()}
    if not raw and act.text and not act.about and asked in _TAKES_WORDS:
        return {about: act.text}
    return raw


def _whose_name(act: Values, asked: str) -> str:
    """Whose name a person's name is: what is said in front of it counts, and on a licence there is only one."""
    if asked == Step.CONTACT or "联系人" in act.text:
        return "contact_name"
    shown = asked == Step.LICENCE_CHECK and act.correcting and not act.about
    return "legal_person" if shown or _LEGAL_PERSON.search(act.text) else "contact_name"


def _values(session: Session, contact_id: int, act: Values, scene: Scene) -> list[Say]:
    draft = current(session, contact_id)
    raw = _meant(draft, act)
    earlier = of_contact(session, contact_id) if draft is None else []
    if earlier and (act.correcting or (raw and not _OPENING & set(raw))):
        return [_not_now(earlier[0])]
    if not raw and (draft is None or not act.correcting):
        return _not_understood(session, contact_id, scene)
    application = begin(session, contact_id, scene.now)
    if not raw:
        if act.about in asking.CORRECTABLE:
            return [asking.ask_value(session, application, act.about)]
        return [asking.ask_which(session, application, scene.now)]
    if application.asking.startswith("correct:"):
        application.asking = ""
    said = [_NEW_ONE] if earlier else []
    said += _taken(session, application, raw, scene)
    return _told(said, asking.prompt(session, application, scene.now))


def _taken(session: Session, application: Application, raw: Mapping[str, str], scene: Scene) -> list[str]:
    """Take the values in. What would stop an account's submission is said now, not when all the rest is filled in."""
    intake = take_in(raw)
    said = take_values(session, application, intake, scene)
    taken = intake.values.get("account_number") == application.value("account_number") is not None
    if not taken or next_step(application) == Step.SUBMIT:
        return said
    problems = asking.early_problems(session, application, asking.ACCOUNT_FACTS, scene.now)
    return [*said, asking.problems_told(problems)] if problems else said


def _not_now(application: Application) -> Say:
    """A value for an application that was handed in already: nothing is changed, and nothing begun in silence."""
    text = f"申请现在是“{STAGE_NAMES[application.stage]}”，内容不能直接改；如果被退回，改好可以重新提交。"
    return Say(text, [PROGRESS, Option("再登记一个户号", "cmd:register:another")])


def _picture(session: Session, inbound: InboundMessage, reading: Reading, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    draft = current(session, contact_id)
    if reading.trouble:
        return _useless_picture(session, draft, reading.trouble, scene)
    said = [_NEW_ONE] if draft is None and of_contact(session, contact_id) else []
    application = begin(session, contact_id, scene.now)
    for photo in session.scalars(select(Photo).where(Photo.inbound_id == inbound.id)):
        photo.application = application
    told = take_licence(application, reading, scene)
    return _told([*said, told] if told else said, asking.prompt(session, application, scene.now))


def _useless_picture(session: Session, draft: Application | None, trouble: str, scene: Scene) -> list[Say]:
    """A picture that gave nothing. Who has shown a licence already is not asked for another one."""
    if draft is None or draft.paused or next_step(draft) in (Step.LICENCE, Step.PHOTO):
        return [Say(PHOTO_TROUBLES[trouble], [Option("怎么拍执照", "cmd:how_to_photograph")])]
    told = Say("刚发的这张没有认出营业执照，没有用上；前面读到的不受影响。")
    return [told, *_resumed(session, draft.contact_id, scene)]


def _command(session: Session, inbound: InboundMessage, act: Command, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    if act.name in _COMMANDS:
        return _COMMANDS[act.name](session, inbound, act.argument, scene)
    if act.name in TOPICS:
        return _with_thread(topic(session, act.name), _resumed(session, contact_id, scene))
    return _not_understood(session, contact_id, scene)


def _resumed(session: Session, contact_id: int, scene: Scene) -> list[Say]:
    """The thread that was interrupted, taken up again."""
    application = current(session, contact_id)
    if application is None or application.paused or not application.asking:
        return []
    if application.asking.startswith("correct:"):
        return [asking.ask_value(session, application, application.asking.removeprefix("correct:"))]
    question = questions.open_question(session, contact_id)
    if question is not None and question.deadline >= scene.now:
        return [questions.remind(question)]
    say = asking.prompt(session, application, scene.now)
    return [Say(f"我们接着来：{say.text}", say.options, say.short)]


def _with_thread(say: Say, resumed: list[Say]) -> list[Say]:
    """An answer and the thread after it: one list of options under them, so that a number has one meaning."""
    return [Say(say.text, short=say.short), *resumed] if resumed else [say]


def _greet(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    welcome = Say(WELCOME, [REGISTER, PROGRESS], WELCOME_ON_SMS)
    return _with_thread(welcome, _resumed(session, inbound.address.contact_id, scene))


def _register(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    draft = current(session, contact_id)
    if draft is None and argument != "another" and of_contact(session, contact_id):
        shown = progress(session, contact_id)
        return [shown, Say("要再登记一个户号吗？", [Option("再登记一个户号", "cmd:register:another")])]
    application = begin(session, contact_id, scene.now)
    intro = "好的，接着上次的填。" if draft is not None and draft.values else "好的，大约5分钟填完，随时可停。"
    return _told([intro], asking.prompt(session, application, scene.now))


def _progress(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    return [progress(session, inbound.address.contact_id)]


def _cancel(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None:
        return [Say("现在没有正在填写的申请。", [REGISTER, PROGRESS])]
    return [asking.ask_cancel(session, application, scene.now)]


def _pause(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is not None:
        application.paused = True
        questions.withdraw(session, inbound.address.contact_id)
    return [Say("好的，先放着，填过的都留着。想接着办，回复“我要注册”就行。")]


def _back(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None:
        return [Say("现在没有正在填写的申请。", [REGISTER, PROGRESS])]
    if application.asking.startswith("correct:"):
        application.asking = ""
        return [asking.prompt(session, application, scene.now)]
    while application.trail:
        *rest, last = application.trail
        application.trail = rest
        if last in FIELD_NAMES and application.value(last) is not None:
            return [asking.ask_value(session, application, last)]
        if last in (Step.LICENCE, Step.LICENCE_CHECK, Step.PHOTO):
            application.licence_confirmed = False
            application.asking = ""
            return [asking.prompt(session, application, scene.now)]
    return _told(["已经是第一步了。"], asking.prompt(session, application, scene.now))


def _keep(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What was to be corrected stays as it is."""
    application = current(session, inbound.address.contact_id)
    if application is None or not application.asking.startswith("correct:"):
        return _consent_without_question(session, inbound, argument, scene)
    application.asking = ""
    return _told(["好的，不改。"], asking.prompt(session, application, scene.now))


def _restart(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None:
        return _register(session, inbound, argument, scene)
    return [asking.ask_restart(session, application, scene.now)]


def _resend(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    if application is None or application.value("phone") is None or application.phone_verified_at is not None:
        return [Say("现在不需要验证码。", [REGISTER, PROGRESS])]
    return _told(ask_code(session, application, scene), asking.prompt(session, application, scene.now))


def _correct(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    return _values(session, inbound.address.contact_id, Values(correcting=True, about=argument), scene)


def _returned_why(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    contact_id = inbound.address.contact_id
    application = current(session, contact_id)
    if application is None or application.stage != Stage.RETURNED:
        return [progress(session, contact_id)]
    reason = next((step.remark for step in reversed(application.steps) if step.decision == "returned"), "")
    application.paused = False
    return [Say(f"申请被退回，原因：{reason}。"), asking.ask_which(session, application, scene.now)]


def _consent_without_question(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A yes or no in free words decides nothing: the open question is shown again with the answers that it takes."""
    resumed = _resumed(session, inbound.address.contact_id, scene)
    if not resumed:
        return [Say("现在没有等您确认的事。", [REGISTER, PROGRESS])]
    return [Say("为免误会，请点选或回复下面的数字。"), *resumed] if resumed[-1].options else resumed


def _stop(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """On SMS this phone, in WeChat all of the person's addresses."""
    here = [inbound.address] if inbound.channel == SMS else inbound.address.contact.addresses
    for address in here:
        address.notices = False
    return [topic(session, "stop_notices")]


def _start(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    for address in inbound.address.contact.addresses:
        address.notices = True
    return [topic(session, "start_notices")]


def _unsure_what(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Nothing was recognised; it may still be the words that were asked for (an address, a name)."""
    return _values(session, inbound.address.contact_id, Values(text=argument), scene)


def _not_understood(session: Session, contact_id: int, scene: Scene) -> list[Say]:
    resumed = _resumed(session, contact_id, scene)
    told = Say("这句话我没看懂，换个说法试试？", [REGISTER, PROGRESS, Option("帮助", "cmd:help")])
    return _with_thread(told, resumed)


def _market(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    for application in of_contact(session, inbound.address.contact_id):
        if application.stage == Stage.AWAITING_MARKET:
            return [asking.ask_market(session, application, figure(session, "wholesale_from_kva"), scene.now)]
    return [progress(session, inbound.address.contact_id)]


def _told(said: Sequence[str], say: Say) -> list[Say]:
    """What was noted and what is asked next, as one message; on SMS the first line of each."""
    asked = say.short or say.text.split("\n")[0]
    return [Say("\n".join([*said, say.text]), say.options, "".join([*said[:1], asked]))]


_COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "greet": _greet,
    "register": _register,
    "resume": _register,
    "supplement": _register,
    "progress": _progress,
    "cancel": _cancel,
    "pause": _pause,
    "back": _back,
    "keep": _keep,
    "restart": _restart,
    "resend_code": _resend,
    "code_not_received": _resend,
    "correct": _correct,
    "returned_why": _returned_why,
    "affirm": _consent_without_question,
    "deny": _consent_without_question,
    "stop_notices": _stop,
    "start_notices": _start,
    "unsure_what": _unsure_what,
    "market": _market,
}
