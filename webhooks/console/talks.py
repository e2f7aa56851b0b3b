"""Talks with people who asked for a person: who waits, what was said on both channels, and answering."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.channels.wechat.text import TEXT_LIMIT, split
from bot.turn import ring
from domain.people.contacts import SMS, Address
from domain.people.roles import roles_of
from domain.people.staff import Organisation, Staff
from domain.registration.applications import Photo
from domain.registration.registration import Scene
from domain.review.review import NotAllowed
from domain.rules.rules import judge
from domain.settings import figure
from domain.sources.lookups import Facts
from domain.talks import desk as talk_desk
from domain.talks import views
from domain.talks.conversations import Conversation, ConversationState
from domain.talks.history import history
from domain.talks.words import STAFF, STANDARD_ANSWERS
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page, waiting_badge
from webhooks.console.photos import picture
from webhooks.guards import guarded

MOST = 2000  # characters of one answer
MOST_ON_SMS = 300
LATEST = 60  # messages of the history on a page


@guarded("staff")
def talks() -> str:
    """Everybody who talks with staff or waits for them, the longest waiting on top; below, what is over."""
    now = desk().clock()
    with desk().store.read() as session:
        rows = [_row(session, row) for row in views.listed(session, me())]
        ended = [_row(session, row) for row in views.ended(session, me())]
        minutes = figure(session, "takeover_alarm_minutes")
        return page("talks.html", rows=rows, ended=ended, minutes=minutes, now=now)


@guarded("staff")
def talk(conversation_id: int) -> str:
    """One talk: the history of both channels, what the bot knows, and the box to answer in."""
    with desk().store.read() as session:
        return page("talk.html", **_shown(session, _seen(session, conversation_id)))


@guarded("staff")
def talk_log(conversation_id: int) -> str:
    """The history alone, for the page that asks for it every few seconds."""
    with desk().store.read() as session:
        row = _seen(session, conversation_id)
        return page("talk_log.html", it=row, entries=history(session, row.contact_id, None, LATEST))


@guarded("staff")
def talks_waiting() -> str:
    """How many wait, for the number beside the menu word of every page."""
    return str(waiting_badge())


@guarded("staff")
def talk_photo(conversation_id: int, photo_id: int) -> Response:
    """A picture that the person of this talk has sent."""
    with desk().store.read() as session:
        row = _seen(session, conversation_id)
        found = session.get(Photo, photo_id)
        if found is None or found.contact_id != row.contact_id or not found.file:
            abort(404)
        name = found.file
    return picture(name)


@guarded("staff")
def talk_phones(conversation_id: int) -> str:
    """The same page with the whole phone numbers; that somebody looked is kept as evidence."""
    with desk().store.write() as session:
        shown = views.show_phones(session, _seen(session, conversation_id), me(), desk().clock())
    with desk().store.read() as session:
        return page("talk.html", phones=shown, **_shown(session, _seen(session, conversation_id)))


@guarded("staff")
def talk_take(conversation_id: int) -> ResponseReturnValue:
    """Take a talk that waits, or a colleague's by name."""
    instead_of = request.form.get("instead_of", type=int)
    return _do(conversation_id, lambda session, row, staff: talk_desk.take(session, row, staff, _scene(), instead_of))


@guarded("staff")
def talk_answer(conversation_id: int) -> ResponseReturnValue:
    """Say something to the person on the channel that was chosen."""
    text = request.form.get("text", "").strip()

    def say(session: Session, row: Conversation, staff: Staff) -> None:
        place = session.get(Address, request.form.get("place", 0, type=int))
        if place is None:
            raise NotAllowed("请选择用哪个渠道答复")
        key = request.form.get("once", "")[:40]
        talk_desk.answer(session, row, staff, place, _pieces(text, place.channel), key, _scene())

    return _do(conversation_id, say, unsent=text)


@guarded("staff")
def talk_by_sms(conversation_id: int, message_id: int) -> ResponseReturnValue:
    """What WeChat does not let through goes by SMS."""

    def send(session: Session, row: Conversation, staff: Staff) -> None:
        place = session.get(Address, request.form.get("place", 0, type=int))
        if place is None:
            raise NotAllowed("这位用户没有可用的手机号")
        talk_desk.by_sms(session, row, staff, message_id, place, _scene())

    return _do(conversation_id, send)


@guarded("staff")
def talk_pass_on(conversation_id: int) -> ResponseReturnValue:
    """Give the talk to a colleague or to an organisation."""

    def give(session: Session, row: Conversation, staff: Staff) -> None:
        kind, _, number = request.form.get("to", "").partition(":")
        known = [*views.colleagues(session, staff), *views.organisations(session, row)]
        table: type[Staff | Organisation] = Staff if kind == "staff" else Organisation
        to = next((each for each in known if isinstance(each, table) and str(each.id) == number), None)
        if to is None:
            raise NotAllowed("请选择转给谁")
        talk_desk.pass_on(session, row, staff, to, _scene())

    return _do(conversation_id, give, done="已转交。", stay=False)


@guarded("staff")
def talk_finish(conversation_id: int) -> ResponseReturnValue:
    """Hand the talk back to the bot (`how=back`), or end it."""

    def leave(session: Session, row: Conversation, staff: Staff) -> None:
        if request.form.get("how") == "back":
            talk_desk.hand_back(session, row, staff, _scene())
        else:
            talk_desk.close(session, row, staff, _scene())

    return _do(conversation_id, leave, done="会话已结束，机器人继续为这位用户服务。", stay=False)


def _do(conversation_id: int, act: Any, *, done: str = "", stay: bool = True, unsent: str = "") -> ResponseReturnValue:
    """One act in one transaction, then back to the talk (or the list). What was typed is not lost by a refusal."""
    app, now = desk(), _now()
    try:
        with app.store.write() as session:
            row = _seen(session, conversation_id, lock=True)
            act(session, row, session.get_one(Staff, me().id))
        ring(app, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
        with app.store.read() as session:
            return page("talk.html", unsent=unsent, **_shown(session, _seen(session, conversation_id)))
    if done:
        flash(done, "good")
    if not stay:
        return redirect(url_for("console.talks"))
    return redirect(url_for("console.talk", conversation_id=conversation_id, _anchor="end"))


def _now() -> datetime:
    return desk().clock()


def _scene() -> Scene:
    return Scene(_now(), Facts(), desk().random)


def _seen(session: Session, conversation_id: int, *, lock: bool = False) -> Conversation:
    row = views.seen(session, me(), conversation_id, lock=lock)
    if row is None:
        abort(404)
    return row


def _pieces(text: str, channel: str) -> list[str]:
    """The text as a channel takes it: WeChat in messages of 2048 bytes, SMS whole, as long as it is not too long."""
    if channel != SMS:
        return split(text[:MOST], TEXT_LIMIT - len(STAFF.encode()))
    if len(text) > MOST_ON_SMS:
        raise NotAllowed(f"短信一次最多{MOST_ON_SMS}字，请写短一些，或改用微信")
    return [text]


def _row(session: Session, row: Conversation) -> dict[str, Any]:
    applications = views.applications(session, me(), row.contact_id)
    company = next((name for each in applications if (name := each.value("name"))), "")
    late = views.is_late(session, row, _now())
    return {"it": row, "company": company, "late": late, "holder": row.staff.name if row.staff else ""}


def _shown(session: Session, row: Conversation) -> dict[str, Any]:
    now, staff = _now(), me()
    before = request.args.get("before", type=int)
    entries = history(session, row.contact_id, None, LATEST if before is None else min(before, 1000))
    mine = row.state == ConversationState.HELD and row.staff_id == staff.id
    applications = views.applications(session, staff, row.contact_id)
    return {
        "it": row,
        "entries": entries,
        "more": len(entries) + LATEST if before is None or before <= len(entries) else 0,
        "mine": mine,
        "holder": row.staff,
        "may_answer": mine or row.state == ConversationState.WAITING,
        "late": views.is_late(session, row, now),
        "places": views.places(session, row.contact_id, now),
        "applications": [
            {"it": each, "problems": judge(session, each, local_day(now)), "fields": _fields(each)}
            for each in applications
        ],
        "questions": views.open_questions(session, row.contact_id),
        "roles": roles_of(session, row.contact_id).lines(),
        "colleagues": views.colleagues(session, staff) if mine else [],
        "organisations": views.organisations(session, row) if mine else [],
        "standard": STANDARD_ANSWERS,
        "most": MOST,
        "once": secrets.token_urlsafe(12),
        "sms_sign": len(desk().settings.aliyun_sms_sign_name) + 2,
    }


def _fields(application: Any) -> list[tuple[str, str]]:
    names = (
        ("account_number", "户号"),
        ("code", "代码"),
        ("capacity_kva", "容量（千伏安）"),
        ("contact_name", "联系人"),
    )
    return [(label, value) for name, label in names if (value := application.value(name))]
