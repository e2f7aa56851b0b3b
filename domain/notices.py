"""Notices: written in the transaction of the change that causes them, once per event and channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.applications import STAGE_NAMES, Application
from domain.messages import OutboundMessage
from domain.people import SMS, WECHAT, Address, address_of, reachable
from domain.settings import value
from domain.templates import SMS_TEMPLATES, shorten


def stage_changed(session: Session, event: str, application: Application, next_step: str, now: datetime) -> None:
    """Tell the contact that the application has moved: by SMS to the registered phone, by WeChat where they follow.

    `event` names the SMS template; `next_step` is what happens or what the person does next.
    """
    params = _params(application, event, next_step)
    key = f"{event}:{application.id}:{len(application.steps)}"
    phone = registered_phone(session, application)
    if phone is not None and phone.notices and value(session, "notify_by_sms"):
        _write(session, phone, application, event, f"{key}:sms", {"sms": event, "params": params}, now)
    follower = reachable(session, application.contact_id, WECHAT)
    if event == "submitted":
        return  # the chat in which it was submitted has just said so
    if follower is not None and follower.notices and value(session, "notify_by_wechat"):
        text = SMS_TEMPLATES[event].render({**params, **_unshortened(application, next_step)})
        body = {"text": text, "template": "progress", "fields": _fields(application, next_step)}
        _write(session, follower, application, event, f"{key}:wechat", body, now)


def registered_phone(session: Session, application: Application) -> Address | None:
    """The application's verified phone."""
    phone = application.value("phone")
    if phone is None or application.phone_verified_at is None:
        return None
    return address_of(session, SMS, phone, application.updated_at)


def send_code(session: Session, address: Address, application: Application, code: str, now: datetime) -> None:
    """Send a one-time code. The row's body is erased when it has gone out."""
    body = {"sms": "code", "params": {"code": code}}
    _write(session, address, application, "code", None, body, now)


def history(session: Session, application_id: int) -> list[OutboundMessage]:
    """What the desk sent about an application, oldest first."""
    return list(
        session.scalars(
            select(OutboundMessage).where(OutboundMessage.application_id == application_id).order_by(OutboundMessage.id)
        )
    )


def _write(
    session: Session,
    address: Address,
    application: Application,
    event: str,
    key: str | None,
    body: Mapping[str, Any],
    now: datetime,
) -> None:
    session.add(
        OutboundMessage(
            address_id=address.id,
            application_id=application.id,
            event=event,
            key=key,
            body=dict(body),
            due_at=now,
            created_at=now,
        )
    )


def _params(application: Application, event: str, next_step: str) -> dict[str, str]:
    known = {
        "company": application.value("name") or "贵单位",
        "number": application.number or "",
        "bureau": application.bureau.name if application.bureau is not None else "供电局",
        "next": next_step,
        "problem": next_step,
    }
    return {name: shorten(known[name]) for name in SMS_TEMPLATES[event].variables()}


def _unshortened(application: Application, next_step: str) -> dict[str, str]:
    return {"company": application.value("name") or "贵单位", "next": next_step, "problem": next_step}


def _fields(application: Application, next_step: str) -> dict[str, str]:
    return {
        "thing1": application.value("name") or "贵单位",
        "character_string2": application.number or "-",
        "phrase3": {"bureau_review": "供电审核", "centre_review": "中心审核", "returned": "已退回"}.get(
            application.stage, "审核通过"
        ),
        "thing4": next_step or STAGE_NAMES[application.stage],
    }
