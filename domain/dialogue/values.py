"""Values and pictures: under which field they belong, and what is said back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue import asking
from domain.dialogue.acts import Values
from domain.dialogue.asking_problems import ACCOUNT_FACTS, early_problems, problems_told
from domain.dialogue.paper_corrected import correct_paper
from domain.dialogue.paper_pictures import is_owners_licence, keep_owners_licence, take_paper
from domain.dialogue.thread import not_understood, resumed, told, with_thread
from domain.dialogue.topics import PROGRESS
from domain.dialogue.wording import PHOTO_TROUBLES
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Option, Say
from domain.registration.applications import STAGE_NAMES, Application, Photo, asked_now, begin, current, of_contact
from domain.registration.intake import take_in
from domain.registration.readings import DOCUMENT_NAMES, DocumentKind, Reading
from domain.registration.registration import PAPER_STEPS, Scene, Step, next_step, take_licence, take_values

# What was asked when the message itself may be the value, whatever words it is made of.
_LEGAL_PERSON = re.compile("法人|法定代表|经营者|执行事务合伙人")
_WORDS = ("contact_name", "owner_contact", "tenant_contact", "tenant_name")
_TAKES_WORDS = (
    *_WORDS,
    *(f"correct:{name}" for name in (*_WORDS, "legal_person", "name", "address")),
)
_MINE = re.compile("我的|我们的|本人|自己|我叫|我是")
# What is asked of a party takes the words that would otherwise be the applicant's own.
_OF_PARTY = {"person_name": "contact", "contact_name": "contact", "phone": "phone", "name": "name", "code": "code"}

_OPENING = {"code", "name", "account_number"}  # what a registration may begin with, where another one was handed in
_NO_PAPER = ("no_licence", "other_document", "no_text", "blurred")  # said of a licence, where another paper is wanted
_NEW_ONE = "这是新的一份申请，前面那份不受影响。"


def meant(application: Application | None, act: Values) -> Mapping[str, str]:
    """The values under the fields that they belong to: a name is the contact's unless another one is being corrected;
    where words are asked for and nothing was found in the message, the message itself is the value."""
    asked = asked_now(application)
    about = act.about or asked.removeprefix("correct:")
    role = about.partition("_")[0]
    if role in ("owner", "tenant") and not _MINE.search(act.text) and (raw := _of_party(role, act.raw)):
        return raw
    whose = about if about in ("legal_person", "name") else _whose_name(act, asked)
    raw = {(whose if name == "person_name" else name): text for name, text in act.raw.items()}
    if not act.correcting and (several := act.said.get("account_number")):
        raw["account_number"] = several[0]
    if not raw and act.text and not act.about and asked in _TAKES_WORDS:
        return {about: act.text}
    return raw


def _of_party(role: str, raw: Mapping[str, str]) -> dict[str, str]:
    """Values that came while a party's were asked for. The owner's company is never asked: the archive knows it."""
    takes = {"owner": ("contact", "phone"), "tenant": ("name", "code", "contact", "phone")}[role]
    return {(f"{role}_{_OF_PARTY[name]}" if _OF_PARTY.get(name) in takes else name): raw[name] for name in raw}


def _whose_name(act: Values, asked: str) -> str:
    """Whose name a person's name is: what is said in front of it counts, and on a licence there is only one."""
    if asked == Step.CONTACT or "联系人" in act.text:
        return "contact_name"
    shown = asked == Step.LICENCE_CHECK and act.correcting and not act.about
    return "legal_person" if shown or _LEGAL_PERSON.search(act.text) else "contact_name"


def take(session: Session, contact_id: int, act: Values, scene: Scene, guesses: Sequence[Option] = ()) -> list[Say]:
    """Take values in, or ask for the one that is called wrong. Nothing to take: `guesses` are offered."""
    draft = current(session, contact_id)
    if draft is not None and draft.asking.startswith("paper:") and not draft.paused:
        return correct_paper(session, draft, act, scene)
    raw = meant(draft, act)
    earlier = of_contact(session, contact_id) if draft is None else []
    if earlier and (act.correcting or (raw and not _OPENING & set(raw))):
        return [_not_now(earlier[0])]
    if not raw and (draft is None or not act.correcting):
        return not_understood(session, contact_id, scene, guesses)
    application = begin(session, contact_id, scene.now)
    if not raw:
        if act.about in asking.CORRECTABLE:
            return [asking.ask_value(session, application, act.about)]
        return [asking.ask_which(session, application, scene)]
    if application.asking.startswith("correct:"):
        application.asking = ""
    said = [_NEW_ONE] if earlier else []
    if not act.correcting and (several := act.said.get("account_number", ())):
        said.append(
            f"一次登记一个户号，先登记{several[0]}；其余{len(several) - 1}个等它审核通过，回复“批量注册”一次加上。"
        )
    said += _taken(session, application, raw, scene)
    return told(said, asking.prompt(session, application, scene))


def _taken(session: Session, application: Application, raw: Mapping[str, str], scene: Scene) -> list[str]:
    """Take the values in. What would stop an account's submission is said now, where the next question does not."""
    intake = take_in(raw)
    said = take_values(session, application, intake, scene)
    taken = intake.values.get("account_number") == application.value("account_number") is not None
    if not taken or next_step(application) not in (Step.LICENCE, Step.LICENCE_CHECK):
        return said
    problems = early_problems(session, application, ACCOUNT_FACTS, scene.now)
    return [*said, problems_told(session, application, problems, scene)] if problems else said


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
    if reading.kind != DocumentKind.LICENCE:
        return take_paper(session, inbound, reading, scene)
    said = [_NEW_ONE] if draft is None and of_contact(session, contact_id) else []
    application = begin(session, contact_id, scene.now)
    for photo in session.scalars(select(Photo).where(Photo.inbound_id == inbound.id)):
        if is_owners_licence(application, reading):
            return keep_owners_licence(session, application, photo, scene)
        photo.application = application
    heard = take_licence(application, reading, scene)
    return told([*said, heard] if heard else said, asking.prompt(session, application, scene))


def _useless_picture(session: Session, draft: Application | None, trouble: str, scene: Scene) -> list[Say]:
    """A picture that gave nothing. Who has shown a licence already is not asked for another one."""
    step = next_step(draft) if draft is not None and not draft.paused else Step.LICENCE
    if step in PAPER_STEPS and trouble in _NO_PAPER:
        wanted = DOCUMENT_NAMES[step.partition(":")[0]]
        useless = Say(f"这张里没有认出{wanted}，没有用上。请放平、拍全，光线亮一点再拍一张。", page=LinkPurpose.PHOTO)
        return with_thread(useless, resumed(session, draft.contact_id, scene)) if draft is not None else [useless]
    if draft is None or step in (Step.LICENCE, Step.PHOTO):
        return [Say(PHOTO_TROUBLES[trouble], [Option("怎么拍执照", "cmd:how_to_photograph")], page=LinkPurpose.PHOTO)]
    useless = Say("刚发的这张没有认出营业执照，没有用上；前面读到的不受影响。")
    return [useless, *resumed(session, draft.contact_id, scene)]
