"""Which company is meant where a person has several applications open: asked, never guessed; what was said waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue import pending
from domain.dialogue.acts import Act, Command, Picture, Values
from domain.messages.messages import InboundMessage, Option, Say
from domain.questions.questions import Match, Unclear
from domain.registration.applications import Application, Photo, Stage, current, editable, focus_on
from domain.registration.intake import same, take_in
from domain.registration.readings import Reading

# Commands that do something to the application that is meant.
CHANGES = {
    *("register", "resume", "supplement", "cancel", "pause", "back", "keep", "restart"),
    *("resend_code", "code_not_received", "correct", "returned_why"),
    *("kind", "kind_tenant", "kind_payer", "kind_owner", "paper_later", "paper_wrong"),
}
FOCUS = "focus"  # the command that says which one is meant
NEW = "new"  # in place of an application's id: none of those
WHICH = "您说的是哪家？刚才说的我先记着。"


def labels(applications: Sequence[Application]) -> list[str]:
    """What each application is called beside the others: its company, with the end of the account where need be."""
    names = [application.value("name") or "还没填名称的那份" for application in applications]
    return [
        _apart(name, each) if names.count(name) > 1 else name for name, each in zip(names, applications, strict=True)
    ]


def unclear(session: Session, inbound: InboundMessage, act: Act, now: datetime) -> list[Say] | None:
    """The question which company is meant, where the act would change one of several; the act waits for the answer.
    None where it is plain, or where it was said: what names a company means that one from now on."""
    contact_id = inbound.address.contact_id
    found = _candidates(session, contact_id, act)
    if len(found) < 2:
        if found and found[0] is not current(session, contact_id):
            focus_on(found[0])
        return None
    named = [each for each in found if _names(act, each)]
    if len(named) == 1:
        focus_on(named[0])
        return None
    if current(session, contact_id) in found:
        return None
    pending.wait_for(session, contact_id, "which", now, inbound=inbound.id, act=_kept(act))
    return [Say(WHICH, _options(found))]


def said(session: Session, contact_id: int, text: str, now: datetime) -> Command | None:
    """The company that was asked for, said in words: a part of its name that no other one has."""
    if pending.waiting(session, contact_id, "which", now) is None or len(text.strip()) < 2:
        return None
    found = editable(session, contact_id)
    named = [each for each, label in zip(found, labels(found), strict=True) if text.strip() in label]
    return Command(FOCUS, f"{named[0].id}") if len(named) == 1 else None


def choose(session: Session, contact_id: int, argument: str) -> Application | None:
    """Put an application of the contact's in focus; None where it can no longer be changed, or none is wanted."""
    found = next((each for each in editable(session, contact_id) if f"{each.id}" == argument), None)
    if found is not None:
        focus_on(found)
        found.paused = False
    return found


def waiting_act(session: Session, contact_id: int) -> tuple[Act, InboundMessage] | None:
    """What waits for the answer, with the message that said it."""
    held = pending.waiting(session, contact_id, "which")
    if held is None:
        return None
    inbound = session.get_one(InboundMessage, held["inbound"])
    act = _act(session, held["act"], inbound)
    return (act, inbound) if act is not None else None


def behind(session: Session, contact_id: int, act: Act) -> tuple[Act, Application | None]:
    """The act that will be done, and to which application: behind the choice of a company stands what waited for it."""
    if isinstance(act, Command) and act.name == FOCUS:
        held = waiting_act(session, contact_id)
        chosen = next((each for each in editable(session, contact_id) if f"{each.id}" == act.argument), None)
        return (held[0] if held is not None else act), chosen
    return act, current(session, contact_id)


def _candidates(session: Session, contact_id: int, act: Act) -> list[Application]:
    """The applications that the act could mean; none for an act that changes nothing or says itself what it means."""
    if isinstance(act, Match | Unclear) or (isinstance(act, Values) and not act.raw and not act.correcting):
        return []
    if isinstance(act, Picture) and act.reading.trouble:
        return []
    if isinstance(act, Command) and (act.name not in CHANGES or act.argument == "another"):
        return []
    found = editable(session, contact_id)
    if isinstance(act, Command) and act.name == "returned_why":
        return [each for each in found if each.stage == Stage.RETURNED]
    return found if len(found) > 1 else []


def _names(act: Act, application: Application) -> bool:
    """Whether what was said names this application's company or account."""
    said: Mapping[str, str] = {}
    if isinstance(act, Values):
        said = take_in(act.raw).values
    elif isinstance(act, Picture):
        said = {"code": act.reading.code(), "name": act.reading.name()}
    known = {name: application.value(name) for name in ("code", "account_number")}
    if any(said.get(name) and said[name] == value for name, value in known.items()):
        return True
    return bool(said.get("name")) and same(said["name"], application.value("name"))


def _options(found: Sequence[Application]) -> list[Option]:
    named = [Option(label, f"cmd:{FOCUS}:{each.id}") for each, label in zip(found[:8], labels(found[:8]), strict=True)]
    return [*named, Option("都不是，新办一份", f"cmd:{FOCUS}:{NEW}")]


def _apart(name: str, application: Application) -> str:
    account = application.value("account_number")
    return f"{name}（户号尾号{account[-4:]}）" if account else f"{name}（没填户号）"


def _kept(act: Act) -> dict[str, Any]:
    if isinstance(act, Values):
        return {"raw": dict(act.raw), "correcting": act.correcting, "about": act.about, "text": act.text}
    return {"name": act.name, "argument": act.argument} if isinstance(act, Command) else {"picture": True}


def _act(session: Session, kept: Mapping[str, Any], inbound: InboundMessage) -> Act | None:
    if "raw" in kept:
        return Values(**kept)
    if "name" in kept:
        return Command(kept["name"], kept["argument"])
    photo = session.scalar(select(Photo).where(Photo.inbound_id == inbound.id))
    return Picture(Reading.from_json(photo.reading)) if photo is not None and photo.reading else None
