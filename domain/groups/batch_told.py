"""What a person is told when every row of their file was looked at, or handed in: once, where they are reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.groups.batch_consent import ask_for, summary
from domain.groups.batches import Batch, RowState, counts
from domain.messages import links
from domain.messages.links import LinkPurpose
from domain.messages.messages import OutboundMessage, Say
from domain.messages.sms_texts import written
from domain.notices.catalogue import CATALOGUE
from domain.people.contacts import SMS, WECHAT, Address, phones_of, reachable
from domain.registration.registration import Scene
from domain.settings import figure

EVENT = "batch"


def tell(session: Session, batch: Batch, scene: Scene, host: str) -> None:
    """Write the result with its question, in WeChat where the person follows, else by SMS. `host` is the address that
    links begin with. Once for each state of a batch."""
    place = place_of(session, batch)
    key = f"{EVENT}:{batch.id}:{batch.state}:{place.channel}" if place is not None else ""
    if place is None or session.scalar(select(OutboundMessage.id).where(OutboundMessage.key == key)) is not None:
        return
    asked = ask_for(session, batch, scene)
    said = asked if asked is not None else Say(_result(session, batch), page=LinkPurpose.BATCH)
    write(session, batch, place, said, key, scene, host, scene.now)


def place_of(session: Session, batch: Batch) -> Address | None:
    """Where the person of a batch is told of it; None where they are reached nowhere."""
    return reachable(session, batch.contact_id, WECHAT) or next(iter(phones_of(session, batch.contact_id)[::-1]), None)


def write(
    session: Session, batch: Batch, place: Address, said: Say, key: str, scene: Scene, host: str, due_at: datetime
) -> None:
    """Write a message about a batch, with the link to its page."""
    shown = written(session, place, said, scene.random, scene.now) if place.channel == SMS else said
    if place.channel == WECHAT:
        shown = replace(shown, text=f"{_link(session, batch, place, scene, host)}\n\n{shown.text}")
    lasts = CATALOGUE[EVENT].lasts
    session.add(
        OutboundMessage(
            address_id=place.id,
            question_id=said.question_id,
            event=EVENT,
            key=key,
            body=shown.body(),
            due_at=due_at,
            expires_at=due_at + lasts if lasts else None,
            created_at=scene.now,
        )
    )


def _result(session: Session, batch: Batch) -> str:
    """What there is to say where nothing is to be agreed to."""
    found = counts(session, batch.id)
    lines = [summary(session, batch)]
    if found[RowState.PROBLEM]:
        days = figure(session, "batch_days")
        lines.append(f"有问题的行在页面上有原因和处理办法（保留{days}天），改好再传，办过的行会自动跳过。")
    if found[RowState.SUBMITTED]:
        lines.append("之后各户的进展每天合成一条告诉您，回复“集团”随时看。")
    return "\n".join(lines)


def _link(session: Session, batch: Batch, place: Address, scene: Scene, host: str) -> str:
    token = links.make(session, batch.contact_id, place.id, LinkPurpose.BATCH, scene.random, scene.now)
    return f"每一行的结果在页面上：{host.rstrip('/')}/l/{token}"
