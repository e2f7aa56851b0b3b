"""Values and pictures: under which field they belong, and what is said back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import asking
from domain.acts import Values
from domain.applications import STAGE_NAMES, Application, Photo, begin, current, of_contact
from domain.intake import take_in
from domain.links import LinkPurpose
from domain.messages import InboundMessage, Option, Say
from domain.readings import Reading
from domain.registration import Scene, Step, next_step, take_licence, take_values
from domain.thread import not_understood, resumed, told
from domain.topics import PROGRESS
from domain.wording import PHOTO_TROUBLES

# What was asked when the message itself may be the value, whatever words it is made of.
_LEGAL_PERSON = re.compile("法人|法定代表|经营者|执行事务合伙人")
_TAKES_WORDS = ("contact_name", "correct:contact_name", "correct:legal_person", "correct:name", "correct:address")

_OPENING = {"code", "name", "account_number"}  # what a registration may begin with, where another one was handed in
_NEW_ONE = "这是新的一份申请，前面那份不受影响。"


def meant(application: Application | None, act: Values) -> Mapping[str, str]:
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


def take(session: Session, contact_id: int, act: Values, scene: Scene) -> list[Say]:
    """Take values in, or ask for the one that is called wrong."""
    draft = current(session, contact_id)
    raw = meant(draft, act)
    earlier = of_contact(session, contact_id) if draft is None else []
    if earlier and (act.correcting or (raw and not _OPENING & set(raw))):
        return [_not_now(earlier[0])]
    if not raw and (draft is None or not act.correcting):
        return not_understood(session, contact_id, scene)
    application = begin(session, contact_id, scene.now)
    if not raw:
        if act.about in asking.CORRECTABLE:
            return [asking.ask_value(session, application, act.about)]
        return [asking.ask_which(session, application, scene)]
    if application.asking.startswith("correct:"):
        application.asking = ""
    said = [_NEW_ONE] if earlier else []
    said += _taken(session, application, raw, scene)
    return told(said, asking.prompt(session, application, scene))


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


def picture(session: Session, inbound: InboundMessage, reading: Reading, scene: Scene) -> list[Say]:
    """Take in what was read off a picture."""
    contact_id = inbound.address.contact_id
    draft = current(session, contact_id)
    if reading.trouble:
        return _useless_picture(session, draft, reading.trouble, scene)
    said = [_NEW_ONE] if draft is None and of_contact(session, contact_id) else []
    application = begin(session, contact_id, scene.now)
    for photo in session.scalars(select(Photo).where(Photo.inbound_id == inbound.id)):
        photo.application = application
    heard = take_licence(application, reading, scene)
    return told([*said, heard] if heard else said, asking.prompt(session, application, scene))


def _useless_picture(session: Session, draft: Application | None, trouble: str, scene: Scene) -> list[Say]:
    """A picture that gave nothing. Who has shown a licence already is not asked for another one."""
    if draft is None or draft.paused or next_step(draft) in (Step.LICENCE, Step.PHOTO):
        return [Say(PHOTO_TROUBLES[trouble], [Option("怎么拍执照", "cmd:how_to_photograph")], page=LinkPurpose.PHOTO)]
    useless = Say("刚发的这张没有认出营业执照，没有用上；前面读到的不受影响。")
    return [useless, *resumed(session, draft.contact_id, scene)]
