"""Commands of tenants and payers: saying what they are, putting a paper off, and what is still owed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from domain.dialogue import asking, owing
from domain.dialogue.asking_kinds import ask_kind
from domain.dialogue.paper_corrected import wrong
from domain.dialogue.paper_later import may_be_later, put_off
from domain.dialogue.paper_pictures import chosen
from domain.dialogue.thread import resumed, told, with_thread
from domain.dialogue.topics import PROGRESS, REGISTER
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Option, Say
from domain.questions.words import fold
from domain.registration.applications import Application, begin, current, of_contact
from domain.registration.kinds import Kind
from domain.registration.kinds_chosen import choose
from domain.registration.papers import UNKNOWN, paper_name
from domain.registration.readings import DocumentKind
from domain.registration.registration import PAPER_STEPS, Scene, next_step

_SAID = {"own": Kind.OWNER, "tenant": Kind.TENANT, "payer": Kind.PAYER}
_OPEN_TO_ALL = (
    "租用场地的、只代缴电费的，都能在这里注册：租户加租赁协议和产权人的授权委托书，代缴的再加租户的授权委托书。"
)


def said_kind(session: Session, application: Application, answer: str, scene: Scene) -> list[Say]:
    """The applicant said what they are to the meter; the next question follows from it."""
    said = choose(session, application, _SAID[answer], scene.now)
    return told(said, asking.prompt(session, application, scene))


def letter_given_by(session: Session, application: Application, role: str, scene: Scene) -> list[Say]:
    """It was said who gave the letter that named nobody plainly."""
    for photo in application.papers(DocumentKind.LETTER, UNKNOWN):
        photo.party = role
    return told([f"好的，记作{paper_name(DocumentKind.LETTER, role)}。"], asking.prompt(session, application, scene))


def letter_dropped(session: Session, application: Application) -> list[Say]:
    """The letter is neither party's: it stays with the application and counts for nobody."""
    for photo in application.papers(DocumentKind.LETTER, UNKNOWN):
        photo.party = "other"
    text = "好的，这张不用。请拍产权人或租户出的授权委托书发给我。前面的都还在。"
    return [Say(text, page=LinkPurpose.PHOTO)]


def _say_kind(answer: str) -> Callable[[Session, InboundMessage, str, Scene], list[Say]]:
    def said(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
        contact_id = inbound.address.contact_id
        draft = current(session, contact_id)
        if draft is None and of_contact(session, contact_id):
            again = Option("再登记一个户号", "cmd:register:another")
            return [Say("您的申请已经提交，身份不能直接改；如被退回，改好可以重新提交。", [PROGRESS, again])]
        application = begin(session, contact_id, scene.now)
        return said_kind(session, application, answer, scene)

    return said


def _ask_kind(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“厂房是租的能办吗”: yes, and what it takes; where something is being filled in, the question which it is."""
    application = current(session, inbound.address.contact_id)
    if application is None or application.paused:
        options = [Option("我们是租的", "cmd:kind_tenant"), Option("我们只代缴", "cmd:kind_payer"), REGISTER]
        return [Say(_OPEN_TO_ALL, options)]
    return [ask_kind(session, application, scene)]


def _put_off(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    application = current(session, inbound.address.contact_id)
    step = next_step(application) if application is not None and not application.paused else None
    if application is None or step not in PAPER_STEPS:
        thread = resumed(session, inbound.address.contact_id, scene)
        return with_thread(Say("现在没有可以以后补的材料。", [PROGRESS]), thread)
    if not may_be_later(session, application, step, scene.now):
        why = "，前面那份已经放到以后补，两份至少要有一份" if application.later else ""
        text = f"{paper_name(*_split(step))}是提交前必须有的{why}，不能以后补。没有的话可以先放着，填过的都留着。"
        return told([text], asking.prompt(session, application, scene))
    said = put_off(session, application, step, scene.now)
    return told([said], asking.prompt(session, application, scene))


def supplement(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“补材料”: what is owed after a submission; where nothing is, the form that is being filled in."""
    found = owing.missing(session, inbound, argument, scene)
    if found is not None:
        return found
    contact_id = inbound.address.contact_id
    application = current(session, contact_id)
    if application is not None:
        application.paused = False
        return [asking.prompt(session, application, scene)]
    if of_contact(session, contact_id):
        return [Say("现在不欠材料，审核人员要补的时候会通知您。", [PROGRESS])]
    return [Say("您还没有注册申请。", [REGISTER])]


def _split(step: str) -> tuple[str, str]:
    kind, _, party = step.partition(":")
    return kind, party


_WORDS: Mapping[str, tuple[str, ...]] = {
    "kind_tenant": ("租户", "我们是租的", "租的", "我是租户", "我们是租户", "厂房是租的", "场地是租的", "房子是租的"),
    "kind_payer": ("代缴", "代缴电费", "代缴户", "缴费人", "我们只代缴"),
    "kind_owner": ("产权人", "我们是产权人", "电表是我们的"),
    "kind": ("改类型", "改身份"),
    "paper_later": ("以后补", "后补", "下次补", "先不传", "没有这个"),
    "paper_wrong": ("读得不对", "读错了"),
    "letter_help": ("委托书怎么写",),
    "owing": ("补材料", "补交材料", "还差什么", "还缺什么", "还差哪些"),
}
# The words as they are compared, with the command that each of them is.
WORDS: Mapping[str, str] = {fold(word): name for name, words in _WORDS.items() for word in words}

COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "kind": _ask_kind,
    "tenant_or_payer": _ask_kind,
    "kind_tenant": _say_kind("tenant"),
    "kind_payer": _say_kind("payer"),
    "kind_owner": _say_kind("own"),
    "paper_later": _put_off,
    "paper_wrong": wrong,
    "paper_for": chosen,
    "owing": supplement,
}
