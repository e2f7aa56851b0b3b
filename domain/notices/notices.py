"""Notices: written in the transaction of the change that causes them, once per event and channel.

The catalogue says who is told where; `tell` and `tell_staff` write the rows. A row's body holds what either channel
needs, so that the other one can take it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.figures import FIGURES
from domain.messages.messages import OutboundMessage
from domain.messages.templates import SMS_TEMPLATES
from domain.notices import merging
from domain.notices.catalogue import CATALOGUE, Event, Way
from domain.notices.times import after_quiet
from domain.people.authority import Authority
from domain.people.contacts import SMS, WECHAT, Address, address_of, reachable
from domain.people.staff import Staff
from domain.registration.applications import STAGE_NAMES, Application
from domain.settings import figure, value

# The word for the field "phrase", which holds five Han characters.
PHRASES = {
    "submitted": "已经提交",
    "bureau_passed": "中心审核",
    "bureau_passed_auto": "中心审核",
    "approved": "审核通过",
    "approved_auto": "自动通过",
    "returned": "已退回",
}


def tell(
    session: Session,
    event: str,
    contact_id: int,
    params: Mapping[str, str],
    now: datetime,
    *,
    key: str,
    text: str = "",
    at: Address | None = None,
    application: Application | None = None,
    fields: Mapping[str, str] | None = None,
) -> list[OutboundMessage]:
    """Tell a person of an event, by the catalogue: the rows that were written, none for a key that was told before.

    `params` fill the SMS template (what is too long is shortened when it is sent); `text` is what WeChat shows, by
    default the same words, and `fields` fill its template. `at` names one address, and the other channels are left out.
    KeyError: not in the catalogue.
    """
    known = CATALOGUE[event]
    if not _is_on(session, event):
        return []
    body = _body(known, params, text) | ({"fields": dict(fields)} if fields is not None else {})
    body |= {"only": True} if at is not None else {}  # nowhere else in its place
    places = [at] if at is not None else _places(session, known, contact_id, application)
    rows = [_write(session, place, event, f"{event}:{key}:{place.channel}", body, now, application) for place in places]
    return [row for row in rows if row is not None]


def tell_staff(
    session: Session,
    event: str,
    people: Iterable[Staff],
    params: Mapping[str, str],
    now: datetime,
    *,
    key: str,
    text: str = "",
    avoid: str = "",
    by: Sequence[str] = (WECHAT, SMS),
) -> list[Staff]:
    """Tell members of staff of an event: by WeChat where one is bound and follows, else by SMS. Who could be told.

    `avoid` names a channel that is down; `by` the channels that a setting leaves. Once for each person and `key`.
    """
    known = CATALOGUE[event]
    if not _is_on(session, event):
        return []
    told = []
    for staff in people:
        places = [each for each in _staff_places(session, staff, now) if each.channel in by]
        place = next((each for each in places if each.channel != avoid), places[0] if places else None)
        if place is None:
            continue
        body = {**_body(known, params, text), "staff": staff.id}
        _write(session, place, event, f"{event}:{key}:staff{staff.id}:{place.channel}", body, now)
        told.append(staff)
    return told


def stage_changed(session: Session, event: str, application: Application, next_step: str, now: datetime) -> None:
    """Tell that the application has moved: by SMS to the registered phone, by WeChat where they follow, and on WeChat
    whoever else may speak for the company. `next_step` is what happens or what the person does next."""
    if event == "submitted" and application.channel == merging.BATCH:
        return  # the whole file is told of once: domain.groups.batch_told
    key = f"{application.id}:{len(application.steps)}"
    params = _stage_params(application, event, next_step)
    tell_it = partial(
        tell, session, event, application=application, fields=_stage_fields(application, event, next_step)
    )
    tell_it(application.contact_id, params, now, key=key)
    if value(session, "notify_by_wechat") and CATALOGUE[event].way == Way.BOTH:
        for contact_id in _colleagues(session, application):
            at = reachable(session, contact_id, WECHAT)
            if at is not None:
                tell_it(contact_id, params, now, key=f"{key}:{contact_id}", at=at)


def registered_phone(session: Session, application: Application) -> Address | None:
    """The application's verified phone."""
    phone = application.value("phone")
    if phone is None or application.phone_verified_at is None:
        return None
    return address_of(session, SMS, phone, application.updated_at)


def stopped(session: Session, application: Application) -> str:
    """Who has stopped the notices to the application's phone: the person, or the provider; empty: nobody has."""
    phone = registered_phone(session, application)
    return phone.stopped_by if phone is not None and not phone.notices else ""


def staff_phone(session: Session, staff: Staff, now: datetime) -> Address | None:
    """The phone that a member of staff has on file."""
    return address_of(session, SMS, staff.phone, now) if staff.phone else None


def send_code(session: Session, address: Address, application: Application | None, code: str, now: datetime) -> None:
    """Send a one-time code. The row's body is erased when it has gone out, or is of no use any more."""
    row = OutboundMessage(
        address_id=address.id,
        application_id=application.id if application is not None else None,
        event="code",
        body={"text": "", "sms": "code", "params": {"code": code}},
        due_at=now,
        expires_at=now + timedelta(minutes=figure(session, "code_minutes")),
        created_at=now,
    )
    session.add(row)


def history(session: Session, application_id: int) -> list[OutboundMessage]:
    """What the desk sent about an application, oldest first."""
    return list(
        session.scalars(
            select(OutboundMessage).where(OutboundMessage.application_id == application_id).order_by(OutboundMessage.id)
        )
    )


def may_reach(session: Session, place: Address, event: str) -> bool:
    """Whether a notice may go to that address at all: it is reachable, and neither the person nor a switch stops it."""
    stage = CATALOGUE[event].merges
    switched_on = value(session, "notify_by_sms" if place.channel == SMS else "notify_by_wechat")
    return place.reachable and place.notices and (bool(switched_on) or not stage)


def _is_on(session: Session, event: str) -> bool:
    return f"notice_{event}" not in FIGURES or bool(value(session, f"notice_{event}"))


def _places(session: Session, event: Event, contact_id: int, application: Application | None) -> list[Address]:
    """Where the catalogue sends an event: SMS, WeChat, both, or the first of WeChat and SMS that is there."""
    phone = registered_phone(session, application) if application is not None else None
    sms = phone or reachable(session, contact_id, SMS)
    follower = reachable(session, contact_id, WECHAT)
    wanted = {Way.SMS: [sms], Way.BOTH: [sms, follower], Way.FIRST: [follower or sms], Way.HERE: []}[event.way]
    return [place for place in wanted if place is not None]


def _staff_places(session: Session, staff: Staff, now: datetime) -> list[Address]:
    follower = reachable(session, staff.contact_id, WECHAT) if staff.contact_id is not None else None
    found = (follower, staff_phone(session, staff, now))
    return [place for place in found if place is not None and place.reachable and place.notices]


def _colleagues(session: Session, application: Application) -> list[int]:
    if application.code_mark is None or not value(session, "notify_colleagues"):
        return []
    query = select(Authority.contact_id).where(
        Authority.company_mark == application.code_mark,
        Authority.ended_at.is_(None),
        Authority.contact_id != application.contact_id,
    )
    return sorted(set(session.scalars(query)))


def _body(event: Event, params: Mapping[str, str], text: str) -> dict[str, Any]:
    """What both channels need of a notice."""
    template = SMS_TEMPLATES[event.sms]
    words = text or template.render({name: params[name] for name in template.variables()})
    return {
        "text": words,
        "options": [],
        "sms": event.sms,
        "params": {name: params[name] for name in template.variables()},
        **({"template": event.wechat, "fields": {"thing1": event.title, "thing2": words}} if event.wechat else {}),
    }


def _write(
    session: Session,
    place: Address,
    event: str,
    key: str,
    body: Mapping[str, Any],
    now: datetime,
    application: Application | None = None,
) -> OutboundMessage | None:
    """One row, unless it was written before or may not be sent. It is due when quiet hours and merging let it go."""
    if not may_reach(session, place, event):
        return None
    if session.scalar(select(OutboundMessage.id).where(OutboundMessage.key == key)) is not None:
        return None
    known = CATALOGUE[event]
    row = OutboundMessage(
        address_id=place.id,
        application_id=application.id if application is not None else None,
        event=event,
        key=key,
        body=dict(body),
        due_at=after_quiet(session, now) if known.waits else now,
        expires_at=now + known.lasts if known.lasts else None,
        created_at=now,
    )
    if known.merges and application is not None:
        merging.join(session, row, place, application.id, now)
    if row.due_at > now:
        row.body = {**body, "planned": row.due_at.isoformat()}
    session.add(row)
    session.flush()
    return row


def _stage_params(application: Application, event: str, next_step: str) -> dict[str, str]:
    known = {
        "company": application.value("name") or "贵单位",
        "number": application.number or "",
        "bureau": application.bureau.name if application.bureau is not None else "供电局",
        "next": next_step,
        "problem": next_step,
    }
    return {name: known[name] for name in SMS_TEMPLATES[event].variables()}


def _stage_fields(application: Application, event: str, next_step: str) -> dict[str, str]:
    return {
        "thing1": application.value("name") or "贵单位",
        "character_string2": application.number or "-",
        "phrase3": PHRASES[event],
        "thing4": next_step or STAGE_NAMES[application.stage],
    }
