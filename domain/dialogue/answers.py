"""Exact answers to open questions: what each one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from domain.contracts import asking as contract_asking
from domain.dialogue import asking, contract_talk, owing
from domain.dialogue.asking_kinds import ask_kind
from domain.dialogue.asking_problems import problems_told
from domain.dialogue.kind_commands import letter_dropped, letter_given_by, said_kind
from domain.dialogue.paper_corrected import about_paper
from domain.dialogue.progress import progress
from domain.dialogue.thread import resumed
from domain.dialogue.topics import PROGRESS, REGISTER
from domain.evidence import record
from domain.groups import batch_consent
from domain.groups.adding import ADD_ONE, MANY
from domain.market import changing
from domain.market.changing import PACKAGES
from domain.market.readiness import joins
from domain.messages.links import LinkPurpose
from domain.messages.messages import PAGE, InboundMessage, Say
from domain.people import answers
from domain.people.contacts import SMS
from domain.proxies import talk as proxy_talk
from domain.questions import factor, questions
from domain.questions.elsewhere import tell_elsewhere
from domain.questions.questions import Match, Question, QuestionState
from domain.questions.replies import closed
from domain.questions.rights import may_answer, tried
from domain.questions.shown import was_shown
from domain.registration import parties_told
from domain.registration.applications import EDITABLE, Application, Source, Stage, begin
from domain.registration.licences import COMPARED, decide
from domain.registration.registration import Scene
from domain.review import review
from domain.review.automatic import outcome


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that counts: to which question, which one, and who gave it (contact:7, or system where silence did)."""

    question: Question
    answer: str
    who: str


def answered(session: Session, inbound: InboundMessage, match: Match, scene: Scene) -> list[Say]:
    """Let an exact answer act, once. One that is late, may not be given, or has not been shown here, changes nothing
    and says so; one that needs a second factor waits for it."""
    question = session.get_one(Question, match.question_id, with_for_update=True)
    if questions.is_late(question, inbound.received_at):
        return _late(session, question, scene)
    if question.binds(match.answer) and (refused := _refused(session, inbound, question, match, scene)):
        return refused
    if match.code:
        if wrong := factor.check(session, inbound, question, match.code, scene):
            return [Say(wrong)]
    elif factor.is_needed(session, question, match.answer, inbound):
        return factor.send(session, inbound, question, match.answer, scene)
    first_id = question.answered_by if match.code else inbound.id
    if not questions.close(session, question, QuestionState.ANSWERED, match.answer, first_id, scene.now):
        return _late(session, question, scene)
    if question.binds(match.answer):
        _prove(session, inbound, question, match, scene)
    tell_elsewhere(session, question, inbound, scene)
    return act(session, Given(question, match.answer, f"contact:{question.contact_id}"), scene)


def act(session: Session, given: Given, scene: Scene) -> list[Say]:
    """Do what an answer does. The question is closed already."""
    question = given.question
    if question.purpose in _OTHERS:
        return _OTHERS[question.purpose](session, given, scene)
    application = session.get_one(Application, question.application_id)
    return _ANSWERS.get((question.purpose, given.answer), _fix_one)(session, application, given, scene)


def _refused(session: Session, inbound: InboundMessage, question: Question, match: Match, scene: Scene) -> list[Say]:
    """Why an answer with legal effect is not taken from this message; empty when it is."""
    if not inbound.bound:
        return [Say("这条消息没有经过加密校验，不能用来答复这件事。请稍后在微信里再试一次。")]
    if not may_answer(session, question, inbound.address.contact_id):
        tried(session, question, match.answer, inbound, scene.now)
        return [Say("这件事要由能代表贵单位签署的人答复，什么都没有改变。请联系单位里的管理人。")]
    if not was_shown(session, question, inbound):
        again = questions.shown(question)
        return [replace(again, text=f"这件事还没有在这里给您看过，请先看清再答复：\n{again.text}")]
    return []


def _prove(session: Session, inbound: InboundMessage, question: Question, match: Match, scene: Scene) -> None:
    """Keep what was consented to: the text as this channel showed it, the exact words, and the second factor."""
    first = session.get_one(InboundMessage, question.answered_by)
    by_sms = first.channel == SMS and first.kind != PAGE
    data = {
        "question": question.id,
        "purpose": question.purpose,
        "code": question.code,
        "shown": question.short if by_sms else question.text,
        "typed": first.text,
        "answer": question.answer,
        "label": question.label(question.answer),
        "tapped": first.choice,
        "channel": first.channel,
        "message": first.channel_id,
        "second_factor": {"channel": inbound.channel, "message": inbound.channel_id} if match.code else None,
    }
    about = ("application", question.application_id) if question.application_id else ("question", question.id)
    record(session, "consent", about, f"contact:{inbound.address.contact_id}", data, scene.now)


def _late(session: Session, question: Question, scene: Scene) -> list[Say]:
    """What became of the question; and where an application is being filled in, how it goes on."""
    told = closed(session, question)
    application = session.get(Application, question.application_id) if question.application_id else None
    if application is not None and application.stage in EDITABLE and not application.paused:
        return [Say(told[0].text, short=told[0].short), *resumed(session, question.contact_id, scene)]
    return told


def _confirm_licence(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    application.licence_confirmed = True
    return [asking.prompt(session, application, scene)]


def _trust_registry(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    for source in (Source.TIANYANCHA, Source.REGISTRY):
        decide(application, source, COMPARED)
    return _confirm_licence(session, application, given, scene)


def _trust_photo(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    decide(application, Source.OCR, COMPARED)
    return _confirm_licence(session, application, given, scene)


def _retake(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return [Say("好的，请拍一张营业执照发给我。前面填的都还在。", page=LinkPurpose.PHOTO)]


def _which(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return [asking.ask_which(session, application, scene)]


def _fix_one(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    if given.answer == "kind":
        return [ask_kind(session, application, scene)]
    if given.answer.startswith("paper:"):
        return [about_paper(session, application, given.answer, scene)]
    return [asking.ask_value(session, application, given.answer)]


def _kind(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return said_kind(session, application, given.answer, scene)


def _explain_kinds(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return [ask_kind(session, application, scene, explained=True)]


def _other_account(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return [asking.ask_value(session, application, "account_number")]


def _whose_letter(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return letter_given_by(session, application, given.answer, scene)


def _retake_letter(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return letter_dropped(session, application)


def _submit(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    try:
        review.submit(session, application, given.who, scene.now, channel=_channel(session, given))
    except review.NotReady as refused:
        told = f"还不能提交：\n{problems_told(session, application, refused.problems, scene)}"
        return [Say(told), asking.ask_which(session, application, scene)]
    except review.NotAllowed as refused:
        return [Say(str(refused)), progress(session, application.contact_id, scene.now)]
    text = f"已提交，申请编号 {application.number}。{outcome(application)}"
    if owed := owing.lines(session, application):
        text += "\n" + "\n".join(owed)
    more = [ADD_ONE, MANY] if application.representative_id is not None else []  # who adds one account adds others
    return [Say(text, [*more, PROGRESS])]


def _channel(session: Session, given: Given) -> str:
    """On which way the answer came."""
    answer = session.get(InboundMessage, given.question.answered_by) if given.question.answered_by else None
    return answer.channel if answer is not None else "wechat"


def _later(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    application.paused = True
    return [Say("好的，先不提交，填过的都留着。想接着办，回复“我要注册”就行。")]


def _drop(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    if application.stage == Stage.RETURNED:
        application.paused = True
        return [Say("这份申请提交过，不能删除，我先替您放着。需要撤回请联系审核的供电局。")]
    review.move(session, application, Stage.CANCELLED, "cancelled", given.who, scene.now)
    application.values.clear()
    application.facts = None
    return [Say("已删除，填过的内容都清掉了。想重新办，随时回复“我要注册”。", [REGISTER])]


def _go_on(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    return [asking.prompt(session, application, scene)]


def _restart(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    _drop(session, application, given, scene)
    fresh = begin(session, application.contact_id, scene.now)
    return [Say("已清空，我们从头来。"), asking.prompt(session, fresh, scene)]


def _market(session: Session, application: Application, given: Given, scene: Scene) -> list[Say]:
    if application.stage != Stage.AWAITING_MARKET:
        return [progress(session, application.contact_id, scene.now)]
    stage = Stage.AWAITING_RETAILER if given.answer == "retail" else Stage.AWAITING_CERTIFICATE
    review.move(session, application, stage, f"chose_{given.answer}", given.who, scene.now)
    joined = joins(session, application, scene.now)
    stands = progress(session, application.contact_id, scene.now)
    if given.answer == "retail" and not joined:  # what comes next is offered first, whatever else is going on
        rest = [each for each in stands.options if each.choice != PACKAGES.choice]
        stands = replace(stands, options=[PACKAGES, *rest])
    return [stands]


_ANSWERS: Mapping[tuple[str, str], Callable[[Session, Application, Given, Scene], list[Say]]] = {
    ("licence_check", "right"): _confirm_licence,
    ("licence_check", "registry"): _trust_registry,
    ("licence_check", "photo"): _trust_photo,
    ("licence_check", "fix"): _which,
    ("licence_check", "retake"): _retake,
    ("which_field", "retake"): _retake,
    ("submit", "yes"): _submit,
    ("submit", "fix"): _which,
    ("submit", "later"): _later,
    ("blocked", "fix"): _which,
    ("blocked", "later"): _later,
    ("kind", "own"): _kind,
    ("kind", "tenant"): _kind,
    ("kind", "payer"): _kind,
    ("kind", "wrong"): _other_account,
    ("kind", "unclear"): _explain_kinds,
    ("stuck", "account"): _other_account,
    ("stuck", "licence"): _retake,
    ("stuck", "later"): _later,
    ("whose_letter", "owner"): _whose_letter,
    ("whose_letter", "tenant"): _whose_letter,
    ("whose_letter", "retake"): _retake_letter,
    ("cancel", "keep"): _later,
    ("cancel", "drop"): _drop,
    ("cancel", "go_on"): _go_on,
    ("restart", "restart"): _restart,
    ("restart", "go_on"): _go_on,
    ("market", "retail"): _market,
    ("market", "wholesale"): _market,
}

# Answers to what is no matter of filling in an application: by purpose, as far as the answers themselves need no table.
_OTHERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {
    **answers.ANSWERS,
    **parties_told.ANSWERS,
    **proxy_talk.ANSWERS,
    **batch_consent.ANSWERS,
    **contract_asking.ANSWERS,
    **contract_talk.ANSWERS,
    **changing.ANSWERS,
}
