"""What a person still owes after a submission, as they hear it in the chat: 还差什么, by when, and handing it in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from domain.dialogue.topics import PROGRESS
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Option, Say
from domain.registration.applications import EDITABLE, Application, Photo, Stage, current, of_contact
from domain.registration.papers import paper_name
from domain.registration.readings import DocumentKind
from domain.registration.registration import PAPER_STEPS, Scene, next_step
from domain.supplements import supplements


def applications(session: Session, contact_id: int, kind: str = "") -> list[Application]:
    """The contact's applications that still owe something, newest first. Where a kind of document is named, those that
    it may be handed in for: one that has come back is filled in as before, and settles what is owed when it goes in."""
    found = [each for each in of_contact(session, contact_id) if each.submitted_at is not None]
    if kind:
        found = [each for each in found if each.stage not in EDITABLE]
    return [each for each in found if _owed(session, each, kind)]


def handed_in(session: Session, application: Application, kind: str, photo: Photo, now: datetime) -> Say | None:
    """What became of a paper that came for what is owed; None where it was not owed."""
    if not _owed(session, application, kind):
        return None
    said = supplements.handed_in(session, application, kind, photo, now)
    left = supplements.open_items(session, application.id)
    more = f"\n还差：\n{supplements.listed(left)}" if left else ""
    return Say(f"{said}{more}", [PROGRESS])


def missing(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say] | None:
    """What is owed, application by application, with the last day; None where nothing is."""
    found = applications(session, inbound.address.contact_id)
    if not found:
        return None
    parts = [
        f"{application.value('name')}（户号尾号{(application.value('account_number') or '')[-4:]}）还差：\n"
        f"{supplements.listed(supplements.open_items(session, application.id))}"
        for application in found
    ]
    text = "\n\n".join(parts)
    return [Say(f"{text}\n拍照发给我就行。", [PROGRESS, Option("人工服务", "cmd:human")], page=LinkPurpose.PHOTO)]


def picture_wanted(session: Session, contact_id: int) -> str:
    """The name of the paper whose picture is wanted of this person now; the licence where nothing else is."""
    draft = current(session, contact_id)
    step = next_step(draft) if draft is not None and not draft.paused else None
    if step is not None and step in PAPER_STEPS:
        kind, _, party = step.partition(":")
        return paper_name(kind, party)
    owed = applications(session, contact_id) if draft is None else []
    titles = [each.title for each in supplements.open_items(session, owed[0].id)] if owed else []
    return titles[0] if titles else paper_name(DocumentKind.LICENCE)


def lines(session: Session, application: Application) -> list[str]:
    """What an application owes, as its progress shows it; nothing where it was not handed in."""
    owed = supplements.open_items(session, application.id) if application.stage != Stage.FILLING else []
    return ["容缺受理，还差：", supplements.listed(owed)] if owed else []


def _owed(session: Session, application: Application, kind: str) -> bool:
    """Whether something is owed; of a named kind also what came already and waits to be looked at: a better picture."""
    found = supplements.unsettled if kind else supplements.open_items
    items = found(session, application.id)
    return any(not kind or each.document.partition(":")[0] == kind for each in items)
