"""Exact answers to open questions: what each one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from domain import asking, questions, review
from domain.applications import EDITABLE, STAGE_NAMES, Application, Source, Stage, begin
from domain.evidence import record
from domain.licences import COMPARED, decide
from domain.messages import InboundMessage, Say
from domain.people import SMS
from domain.progress import progress
from domain.questions import Match, Question
from domain.registration import Scene
from domain.topics import PROGRESS, REGISTER


def answered(session: Session, inbound: InboundMessage, match: Match, scene: Scene) -> list[Say]:
    """Let an exact answer act, once. A late one, or one on a way that can be forged, changes nothing and says so."""
    question = session.get_one(Question, match.question_id, with_for_update=True)
    if questions.is_late(question, inbound.received_at):
        return _late(session, question, scene)
    if question.binding and not inbound.bound:
        return [Say("这条消息没有经过加密校验，不能用来提交。请稍后在微信里再试一次。")]
    if question.binding and inbound.channel == SMS:  # a short line of what was shown in full in WeChat
        return [Say("短信里看不全，请到微信服务号里核对后提交。填过的都在。")]
    questions.close(question, match.answer, inbound.id, scene.now)
    if question.binding:
        _prove(session, inbound, question, scene)
    application = session.get_one(Application, question.application_id)
    act = _ANSWERS.get((question.purpose, match.answer), _fix_one)
    return act(session, application, match, scene)


def _prove(session: Session, inbound: InboundMessage, question: Question, scene: Scene) -> None:
    data = {
        **questions.as_proof(question, inbound.text),
        "answer": question.answer,
        "tapped": inbound.choice,
        "channel": inbound.channel,
        "message": inbound.channel_id,
    }
    about = ("application", question.application_id or 0)
    record(session, "consent", about, f"contact:{inbound.address.contact_id}", data, scene.now)


def _late(session: Session, question: Question, scene: Scene) -> list[Say]:
    application = session.get(Application, question.application_id) if question.application_id else None
    if application is not None and application.stage in EDITABLE and not application.paused:
        return [Say("刚才那个选项已经过期，什么都没有改变。"), asking.prompt(session, application, scene.now)]
    if question.state == questions.QuestionState.ANSWERED and application is not None:
        return [Say(f"这件事已经办过了，现在是：{STAGE_NAMES[application.stage]}。", [PROGRESS])]
    return [Say("这个选项已经过期，什么都没有改变。", [REGISTER, PROGRESS])]


def _confirm_licence(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    application.licence_confirmed = True
    return [asking.prompt(session, application, scene.now)]


def _trust_registry(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    for source in (Source.TIANYANCHA, Source.REGISTRY):
        decide(application, source, COMPARED)
    return _confirm_licence(session, application, match, scene)


def _trust_photo(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    decide(application, Source.OCR, COMPARED)
    return _confirm_licence(session, application, match, scene)


def _retake(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    return [Say("好的，请拍一张营业执照发给我。前面填的都还在。")]


def _which(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    return [asking.ask_which(session, application, scene.now)]


def _fix_one(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    return [asking.ask_value(session, application, match.answer)]


def _submit(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    try:
        problems = review.submit(session, application, f"contact:{application.contact_id}", scene.now)
    except review.NotReady as refused:
        told = f"还不能提交：\n{asking.problems_told(refused.problems)}"
        return [Say(told), asking.ask_which(session, application, scene.now)]
    except review.NotAllowed as refused:
        return [Say(str(refused)), progress(session, application.contact_id)]
    bureau = application.bureau.name if application.bureau is not None else "供电局"
    text = f"已提交，申请编号 {application.number}。现在由{bureau}审核，每一步都会通知您。"
    extra = [each for each in problems if each.severity == "supplementable"]
    if extra:
        text += f"\n{asking.problems_told(extra)}"
    return [Say(text, [PROGRESS])]


def _later(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    application.paused = True
    return [Say("好的，先不提交，填过的都留着。想接着办，回复“我要注册”就行。")]


def _drop(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    if application.stage == Stage.RETURNED:
        application.paused = True
        return [Say("这份申请提交过，不能删除，我先替您放着。需要撤回请联系审核的供电局。")]
    review.move(session, application, Stage.CANCELLED, "cancelled", f"contact:{application.contact_id}", scene.now)
    application.values.clear()
    application.facts = None
    return [Say("已删除，填过的内容都清掉了。想重新办，随时回复“我要注册”。", [REGISTER])]


def _go_on(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    return [asking.prompt(session, application, scene.now)]


def _restart(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    _drop(session, application, match, scene)
    fresh = begin(session, application.contact_id, scene.now)
    return [Say("已清空，我们从头来。"), asking.prompt(session, fresh, scene.now)]


def _market(session: Session, application: Application, match: Match, scene: Scene) -> list[Say]:
    if application.stage != Stage.AWAITING_MARKET:
        return [progress(session, application.contact_id)]
    stage = Stage.AWAITING_RETAILER if match.answer == "retail" else Stage.AWAITING_CERTIFICATE
    review.move(session, application, stage, f"chose_{match.answer}", f"contact:{application.contact_id}", scene.now)
    return [progress(session, application.contact_id)]


_ANSWERS: Mapping[tuple[str, str], Callable[[Session, Application, Match, Scene], list[Say]]] = {
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
    ("cancel", "keep"): _later,
    ("cancel", "drop"): _drop,
    ("cancel", "go_on"): _go_on,
    ("restart", "restart"): _restart,
    ("restart", "go_on"): _go_on,
    ("market", "retail"): _market,
    ("market", "wholesale"): _market,
}
