"""Documents that a proxy sends: kept as pictures like everybody's, read by the same reader, used when they are read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue.wording import PHOTO_TROUBLES
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, ProxyDocument
from domain.registration.applications import Application, Photo, Source, remark_identity
from domain.registration.filing import Finding
from domain.registration.licences import is_of_another, put_company, put_reading
from domain.registration.readings import DOCUMENT_NAMES, DocumentKind, Reading
from domain.sources.lookups import Facts
from domain.supplements import supplements

# What the first bytes of a picture are.
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
MOST = 10 * 1024 * 1024


def picture_type(content: bytes) -> str:
    """The media type of a picture by its first bytes, whatever it is called; empty for what we do not take."""
    return next((name for begin, name in PICTURES.items() if content.startswith(begin)), "")


def keep(session: Session, proxy: Proxy, file: str, now: datetime) -> ProxyDocument:
    """A picture came (its file lies in the photo store already); it waits to be read."""
    photo = Photo(contact_id=proxy.contact_id, application_id=None, inbound_id=None, file=file, received_at=now)
    session.add(photo)
    session.flush()
    made = ProxyDocument(proxy_id=proxy.id, photo_id=photo.id)
    session.add(made)
    session.flush()
    return made


def own(session: Session, proxy: Proxy, number: int) -> tuple[ProxyDocument, Photo] | None:
    """The proxy's document of that number with its picture; None for anybody else's."""
    row = session.scalar(select(ProxyDocument).where(ProxyDocument.id == number, ProxyDocument.proxy_id == proxy.id))
    return (row, session.get_one(Photo, row.photo_id)) if row is not None else None


def of_application(session: Session, application: Application) -> list[tuple[ProxyDocument, Photo]]:
    """The documents that were sent for a registration, oldest first."""
    rows = session.scalars(
        select(ProxyDocument).where(ProxyDocument.application_id == application.id).order_by(ProxyDocument.id)
    )
    return [(row, session.get_one(Photo, row.photo_id)) for row in rows]


def attach(
    session: Session, proxy: Proxy, application: Application, number: int, party: str, facts: Facts, now: datetime
) -> list[Finding]:
    """Let a document belong to a registration; what was read is taken over now, or as soon as it is read."""
    found = own(session, proxy, number)
    if found is None:
        return [Finding("documents", f"没有编号 {number} 的材料。", "请先上传，再用返回的编号。")]
    row, photo = found
    if row.application_id not in (None, application.id):
        return [Finding("documents", f"材料 {number} 已经用在另一份登记上。", "请为这份登记重新上传。")]
    row.application_id, row.party = application.id, party
    photo.application, photo.contact_id, photo.party = application, application.contact_id, party
    session.flush()
    return take_over(application, row, photo, facts, now)


def take_over(application: Application, row: ProxyDocument, photo: Photo, facts: Facts, now: datetime) -> list[Finding]:
    """Take what was read off a document over into its registration, once. A licence fills its fields in beside what was
    typed; what differs is the rules' and the reviewer's matter."""
    if photo.reading is None or row.taken:
        return []
    row.taken, reading = True, Reading.from_json(photo.reading)
    if reading.trouble:
        return [Finding("documents", f"材料 {row.id}：{_useless(reading.trouble)}", "请重新拍照上传。")]
    if reading.kind == DocumentKind.LICENCE and not row.party:
        code = application.value("code") or reading.code()
        if is_of_another(application, reading):
            return _another_company(row, photo)
        put_reading(application, reading, now)
        company, who = facts.company(code) if code else (None, "")
        if company is not None:
            application.facts = {
                **(application.facts or {}),
                "company": company.to_json() | {"status": company.status.value},
            }
            put_company(application, company, Source(who), now)
        application.licence_confirmed = application.value("code") is not None
    remark_identity(application)
    return []


def hand_in(session: Session, proxy: Proxy, application: Application, number: int, party: str, now: datetime) -> str:
    """Hand in, after the submission, a document that is owed; what the rules say of it. Refused: it is not there, not
    read yet, used elsewhere, or nothing of its kind is owed."""
    found = own(session, proxy, number)
    if found is None or found[0].application_id not in (None, application.id):
        raise Refused("not_found", f"没有可用的材料 {number}。请先上传，再用返回的编号。")
    row, photo = found
    if photo.reading is None or not photo.kind:
        raise Refused("incomplete", "这份材料还没有读出来，或者读不出是什么，请稍后再试或重新拍照上传。")
    photo.party = party
    said = supplements.handed_in(session, application, photo.kind, photo, now)
    if not said:
        raise Refused("wrong_stage", f"这份登记现在不缺{DOCUMENT_NAMES[photo.kind]}。")
    row.application_id, row.party, row.taken = application.id, party, True
    photo.contact_id = application.contact_id
    return said


def described(row: ProxyDocument, photo: Photo) -> tuple[str, str]:
    """How far the reading of a document is (waiting, read, unreadable), and what it is or why it is of no use."""
    if photo.reading is None:
        return ("erased", "") if photo.erased_at else ("waiting", "")
    reading = Reading.from_json(photo.reading)
    if reading.trouble:
        return "unreadable", _useless(reading.trouble)
    return "read", DOCUMENT_NAMES.get(reading.kind, "")


def _another_company(row: ProxyDocument, photo: Photo) -> list[Finding]:
    """A licence of another company than the one that was stated is not used: what the user was asked stays true."""
    row.application_id, row.taken, photo.application = None, False, None
    problem = f"材料 {row.id} 是另一家单位的执照，没有用上。"
    return [Finding("documents", problem, "请核对统一社会信用代码，或换成这家单位的执照。")]


def _useless(trouble: str) -> str:
    return PHOTO_TROUBLES.get(trouble, "没有读出内容。")
