"""A picture of a letter, a lease or an identity card: which application it is for, whose it is, what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue import asking, owing, pending
from domain.dialogue.asking_problems import problems_told
from domain.dialogue.focus import labels
from domain.dialogue.thread import told
from domain.dialogue.topics import PROGRESS
from domain.evidence import record
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Option, Say
from domain.names import same_name
from domain.registration.applications import STAGE_NAMES, Application, Photo, Stage, begin, current, of_contact
from domain.registration.kinds import Kind
from domain.registration.kinds_chosen import settle
from domain.registration.paper_words import paper_in_short, paper_line
from domain.registration.papers import archive_name, key_of, paper_name, photo_of, whose
from domain.registration.readings import DOCUMENT_NAMES, DocumentKind, Reading
from domain.registration.registration import Scene
from domain.rules.rules import Severity, judge
from domain.workdays import local_day

WAITS = "paper"  # what is pending while it is asked which application a picture is for
NEW = "new"
_CLOSED = (
    Stage.CANCELLED,
    Stage.AWAITING_MARKET,
    Stage.AWAITING_RETAILER,
    Stage.AWAITING_CERTIFICATE,
    Stage.REGISTERED,
)


def take_paper(session: Session, inbound: InboundMessage, reading: Reading, scene: Scene) -> list[Say]:
    """Take in a picture that is no licence: for what is being filled in, for what is still owed, else it is asked."""
    contact_id = inbound.address.contact_id
    draft = current(session, contact_id)
    photo = _photo_of(session, inbound)
    if draft is not None and _is_wanted(draft, reading):
        return keep(session, draft, photo, reading, scene)
    owed = owing.applications(session, contact_id, reading.kind)
    if len(owed) == 1:
        return hand_in(session, owed[0], photo, reading, scene)
    if owed:
        return _ask_which(session, contact_id, owed, inbound, reading, scene)
    if draft is not None:
        return keep(session, draft, photo, reading, scene)
    known = [each for each in of_contact(session, contact_id) if each.stage not in _CLOSED]
    if known:
        return _ask_which(session, contact_id, known, inbound, reading, scene)
    return keep(session, begin(session, contact_id, scene.now), photo, reading, scene)


def keep(session: Session, application: Application, photo: Photo | None, reading: Reading, scene: Scene) -> list[Say]:
    """A paper of what is being filled in: kept whatever is asked just now; what was read is shown with how sure."""
    party = _add(application, photo, reading)
    noted = settle(session, application, scene.now)
    said = [f"读到{paper_line(application, reading.kind, party)}。"]
    if application.kind == Kind.OWNER and reading.kind != DocumentKind.IDENTITY:
        said = [f"{DOCUMENT_NAMES[reading.kind]}收到了，替您收着，用得上的时候不用再发。"]
    else:
        noted += _wrong_with(session, application, key_of(reading.kind, party), scene)
    say = asking.prompt(session, application, scene)
    if photo is not None and say.question_id is None:
        say = replace(say, options=[*say.options, Option("读得不对", f"cmd:paper_wrong:{photo.id}")])
    shown = told([*said, *noted], say)
    brief = paper_in_short(application, reading.kind, party)
    return [replace(each, short=each.short.replace(said[0], brief)) for each in shown]


def keep_owners_licence(session: Session, application: Application, photo: Photo, scene: Scene) -> list[Say]:
    """A tenant sent the owner's licence: it is the owner's paper, and the tenant's own stays what it was."""
    photo.application, photo.party = application, "owner"
    text = f"这是产权人{archive_name(application)}的执照，收在产权人的资料里；贵公司的执照没有变。"
    return told([text], asking.prompt(session, application, scene))


def is_owners_licence(application: Application | None, reading: Reading) -> bool:
    """Whether a licence is that of the owner whose meter a tenant or payer uses."""
    if application is None or application.kind == Kind.OWNER or not application.licence_confirmed:
        return False
    return bool(reading.name()) and same_name(reading.name(), archive_name(application))


def hand_in(
    session: Session, application: Application, photo: Photo | None, reading: Reading, scene: Scene
) -> list[Say]:
    """A paper for an application that was handed in: what was owed is judged again, anything else is put to it."""
    if photo is None:
        return [Say("照片没有收到，请再发一次。", page=LinkPurpose.PHOTO)]
    party = _add(application, photo, reading)
    settle(session, application, scene.now)
    read = f"读到{paper_line(application, reading.kind, party)}。"
    session.flush()
    if (answer := owing.handed_in(session, application, reading.kind, photo, scene.now)) is not None:
        return told([read], answer)
    data = {"photo": photo.id, "paper": key_of(reading.kind, party)}
    record(session, "paper_added", ("application", application.id), f"contact:{photo.contact_id}", data, scene.now)
    stage = STAGE_NAMES[application.stage]
    return told([read], Say(f"已加到“{application.value('name')}”的申请里（{stage}），审核时能看到。", [PROGRESS]))


def chosen(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """It was said which application the picture that waits is for."""
    contact_id = inbound.address.contact_id
    held = pending.waiting(session, contact_id, WAITS, scene.now)
    if held is None:
        return [Say("请再发一次照片。", [PROGRESS], page=LinkPurpose.PHOTO)]
    pending.drop(session, contact_id)
    photo = session.scalar(select(Photo).where(Photo.inbound_id == held["inbound"]))
    if photo is None or photo.reading is None:
        return [Say("请再发一次照片。", [PROGRESS], page=LinkPurpose.PHOTO)]
    reading = Reading.from_json(photo.reading)
    if argument == NEW:
        return keep(session, begin(session, contact_id, scene.now, another=True), photo, reading, scene)
    mine = next((each for each in of_contact(session, contact_id) if f"{each.id}" == argument), None)
    if mine is None:
        return [Say("这份申请不在了，照片替您留着。", [PROGRESS])]
    if mine.stage in (Stage.FILLING, Stage.RETURNED):
        return keep(session, mine, photo, reading, scene)
    return hand_in(session, mine, photo, reading, scene)


def retake(application: Application, photo_id: int) -> Say:
    """Another picture of a paper is wanted."""
    photo = photo_of(application, photo_id)
    name = paper_name(photo.kind, photo.party) if photo is not None else "材料"
    return Say(f"好的，请把{name}再拍一张发给我：放平、拍全、别反光。前面的都还在。", page=LinkPurpose.PHOTO)


def _wrong_with(session: Session, application: Application, key: str, scene: Scene) -> list[str]:
    """What the rules find wrong with a paper, told as soon as it is there: another picture may mend it at once."""
    problems = judge(session, application, local_day(scene.now))
    found = [each for each in problems if each.document == key and each.severity != Severity.HINT]
    return [problems_told(session, application, found, scene)] if found else []


def _ask_which(
    session: Session,
    contact_id: int,
    found: Sequence[Application],
    inbound: InboundMessage,
    reading: Reading,
    scene: Scene,
) -> list[Say]:
    pending.wait_for(session, contact_id, WAITS, scene.now, inbound=inbound.id)
    named = zip(labels(found[:8]), found[:8], strict=True)
    options = [Option(label, f"cmd:paper_for:{each.id}") for label, each in named]
    text = f"这份{DOCUMENT_NAMES[reading.kind]}您想用在哪一份申请？照片我先收着。"
    return [Say(text, [*options, Option("新办一份", f"cmd:paper_for:{NEW}")], text)]


def _add(application: Application, photo: Photo | None, reading: Reading) -> str:
    """Put a picture to an application; whose paper it is."""
    party = whose(application, reading) if reading.kind == DocumentKind.LETTER else ""
    if photo is not None:
        photo.kind, photo.party, photo.application = reading.kind, party, application
    application.later = [each for each in application.later if each != key_of(reading.kind, party)]
    return party


def _is_wanted(application: Application, reading: Reading) -> bool:
    """Whether what is being filled in still asks for such a paper, or has one of the kind that this may replace."""
    if application.paused or application.kind == Kind.OWNER:
        return application.asking in (reading.kind, "kind")
    return True


def _photo_of(session: Session, inbound: InboundMessage) -> Photo | None:
    return session.scalar(select(Photo).where(Photo.inbound_id == inbound.id))
