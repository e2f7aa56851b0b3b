"""Commands that SMS has for itself: words that stop and start notices, and a new link."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue.thread import resumed, with_thread
from domain.dialogue.topics import PROGRESS, topic
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Say
from domain.messages.stopping import StoppedBy, start, stop
from domain.people.contacts import SMS
from domain.questions.questions import open_questions, shown
from domain.questions.words import fold
from domain.registration.applications import current
from domain.registration.papers import paper_name
from domain.registration.registration import PAPER_STEPS, PHOTO_STEPS, Scene, next_step

# Aliyun leaves counting unsubscribes to us: a promotion says 回复R, older ones said T, TD or N.
_STOP = ("TD", "T", "R", "N", "退订", "退定", "退订TD", "TD退订", "拒收", "取消订阅", "停止通知", "不要再发", "别再发")
_START = ("START", "订阅", "恢复订阅", "重新订阅", "恢复通知", "开启通知")
WORDS: Mapping[str, str] = {
    **{fold(word): "stop_notices" for word in _STOP},
    **{fold(word): "start_notices" for word in _START},
}


def is_first(session: Session, inbound: InboundMessage) -> bool:
    """Whether this phone has never written before: it is welcomed, whatever it says."""
    row = InboundMessage
    earlier = select(row.id).where(row.address_id == inbound.address_id, row.id < inbound.id).limit(1)
    return inbound.channel == SMS and session.scalar(earlier) is None


def _stop(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """On SMS this phone, in WeChat all of the person's addresses."""
    here = [inbound.address] if inbound.channel == SMS else inbound.address.contact.addresses
    for address in here:
        stop(session, address, StoppedBy.PERSON, inbound.text, scene.now)
    return [topic("stop_notices")]


def _start(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    for address in inbound.address.contact.addresses:
        start(session, address, inbound.text, scene.now)
    return [topic("start_notices")]


def _link(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A new link for what is being done: the photo, the question that is open, else where the applications stand."""
    contact_id = inbound.address.contact_id
    if inbound.channel != SMS:
        here = Say("在微信里不用链接：照片直接发给我，选项直接点。", [PROGRESS])
        return with_thread(here, resumed(session, contact_id, scene))
    application = current(session, contact_id)
    wanted = next_step(application) if application is not None and not application.paused else None
    if wanted is not None and wanted in PAPER_STEPS:
        kind, _, party = wanted.partition(":")
        return [Say(f"请打开链接，拍{paper_name(kind, party)}", page=LinkPurpose.PHOTO)]
    if wanted in PHOTO_STEPS:
        return [Say("请打开链接，拍一张营业执照", page=LinkPurpose.PHOTO)]
    asked = [question for question in open_questions(session, contact_id, scene.now) if question.binding]
    if asked:
        say = shown(asked[-1])
        return [Say("请打开链接，核对后答复", say.options, question_id=say.question_id, page=LinkPurpose.QUESTION)]
    return [Say("请打开链接，查看申请进度", page=LinkPurpose.PROGRESS)]


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "stop_notices": _stop,
    "start_notices": _start,
    "link": _link,
}
