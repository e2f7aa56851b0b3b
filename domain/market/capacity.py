"""The capacity of admitted users, read anew in the marketing system (C5). A change of it is kept with its evidence; one
that crosses the threshold opens a question, once: what was taken over is no change the next time it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.calendars import after
from domain.contracts.wishes import RETAIL
from domain.evidence import record
from domain.market import capacity_changes, changing
from domain.market.capacity_changes import CapacityChange, ChangeState
from domain.market.changing import CERTIFICATE, TO_RETAIL, TO_WHOLESALE, WHOLESALE, Asked
from domain.market.readiness import joins
from domain.questions.questions import withdraw
from domain.registration.applications import Application, Source, Stage, put
from domain.registration.registration import Scene
from domain.review import review
from domain.settings import figure, value
from domain.sources.facts import Account
from domain.sources.lookups import Lookup, Where
from domain.sources.rechecks import TRY_AGAIN, Recheck
from domain.workdays import CHINA, local_day

ADMITTED = (Stage.AWAITING_MARKET, *RETAIL, *WHOLESALE)


@dataclass(frozen=True, slots=True)
class Wish:
    """An admitted application whose account is to be read anew."""

    application_id: int
    lookup: Lookup


def due(session: Session, now: datetime) -> list[Wish]:
    """The admitted applications whose accounts were not read within the hours of the setting, the longest unread first;
    no more than the setting allows the marketing system to be asked in half a minute."""
    query = (
        select(Application)
        .outerjoin(Recheck, Recheck.application_id == Application.id)
        .where(Application.stage.in_(ADMITTED), Application.account_mark.is_not(None))
        .where(or_(Recheck.application_id.is_(None), Recheck.next_at <= now))
        .order_by(Recheck.next_at.is_not(None), Recheck.next_at, Application.id)
        .limit(figure(session, "usage_per_minute") // 2)
    )
    numbers = [(each.id, each.value("account_number")) for each in session.scalars(query)]
    return [Wish(each, Lookup(Where.MARKETING, number)) for each, number in numbers if number]


def note(session: Session, wish: Wish, now: datetime, *, down: bool) -> None:
    """Remember when it was read, and when it is to be read again: soon where the marketing system was down."""
    pause = TRY_AGAIN if down else timedelta(hours=figure(session, "capacity_hours"))
    whose = Where.MARKETING.value if down else ""
    session.merge(Recheck(application_id=wish.application_id, checked_at=now, next_at=now + pause, down=whose))


def differs(application: Application, account: Account | None) -> bool:
    """Whether the archive says another capacity than the application has. An archive that says none says nothing."""
    if account is None or account.capacity_kva is None:
        return False
    return changing.capacity_of(application) != account.capacity_kva


def take(session: Session, application: Application, account: Account, scene: Scene) -> bool:
    """Take over a changed capacity (kVA) of an admitted user, with its evidence, and ask what follows from it. False,
    and nothing is done, where it is the same as before or the user is not admitted."""
    new, old = account.capacity_kva, changing.capacity_of(application)
    if new is None or not differs(application, account) or application.stage not in ADMITTED:
        return False
    put(application, "capacity_kva", Source.MARKETING, f"{new:f}", scene.now)
    application.decided = {**application.decided, "capacity_kva": Source.MARKETING}
    told = (application.facts or {}).get("account") or {}
    application.facts = {**(application.facts or {}), "account": {**told, "capacity_kva": f"{new:f}"}}
    data = {"old": f"{old:f}" if old is not None else "", "new": f"{new:f}", "source": Source.MARKETING}
    record(session, "capacity_changed", ("application", application.id), "system", data, scene.now)
    least = figure(session, "wholesale_from_kva")
    cross(session, application, (old, new), Source.MARKETING, scene, asks=old is None or (old < least) != (new < least))
    return True


def cross(
    session: Session,
    application: Application,
    values: tuple[Decimal | None, Decimal],
    source: str,
    scene: Scene,
    *,
    asks: bool,
) -> None:
    """Keep a change, and where the user came to stand on the other side of the threshold, ask what follows from it."""
    before, new = capacity_changes.open_of(session, application), values[1]
    row = capacity_changes.keep(session, application, values, source, scene.now)
    if not asks:
        return
    if before is not None:
        capacity_changes.settle(before, ChangeState.OVER, "", "system", scene.now)
    least = figure(session, "wholesale_from_kva")
    opens = _below if new < least else _reached
    if asked := opens(session, application, new, least, scene):
        put_to(session, row, asked, scene)


def put_to(session: Session, row: CapacityChange, asked: Asked, scene: Scene) -> None:
    """Ask those who may sign, and note it with the change."""
    places = changing.ask_signers(session, row.application, asked, scene)
    capacity_changes.asks(row, asked.to, asked.deadline, places)


def deadline_of(session: Session, day: date) -> datetime:
    """The end of the last day to answer: so many working days of the setting. A year whose calendar is not published
    counts from Monday to Friday; what is asked names the day."""
    last, _ = after(session, day, figure(session, "capacity_answer_days"))
    return datetime.combine(last, time(23, 59, 59), CHINA)


def again(session: Session, row: CapacityChange, now: datetime) -> Asked | None:
    """The question that a change has opened as it is to be put now. None: it is none any more, for the market or the
    capacity is another one."""
    application, least = row.application, figure(session, "wholesale_from_kva")
    new = changing.capacity_of(application)
    if new is None or not row.market or changing.why_not(session, application, row.market, now):
        return None
    if row.market == TO_WHOLESALE:
        return _risen(session, application, new, least, now)
    return _fallen(session, application, new, least, now) if new < least else None


def _below(session: Session, application: Application, new: Decimal, least: int, scene: Scene) -> Asked | None:
    """A wholesale user is asked: what. Who had the choice before them has it no more; retail users stay where they are,
    and a question whether to leave it is over."""
    if application.stage in WHOLESALE:
        return _fallen(session, application, new, least, scene.now)
    asked = changing.ask_no_more(session, application)
    if application.stage == Stage.AWAITING_MARKET:
        for contact_id in changing.signers(session, application):
            withdraw(session, contact_id, f"market:{application.id}")
        review.move(session, application, Stage.AWAITING_RETAILER, "capacity_fell", "system", scene.now)
        joins(session, application, scene.now)
        asked = changing.signers(session, application)
    bound = application.stage == Stage.REGISTERED
    following = "零售合同照常。" if bound else "下一步：回复“套餐”选售电公司。"
    what, brief = _words(session, application, new, least)
    for contact_id in asked:
        text = f"{what}，只能在零售市场。{following}"
        changing.news(session, application, contact_id, f"{brief}，只能在零售市场", text, scene.now)
    return None


def _reached(session: Session, application: Application, new: Decimal, least: int, scene: Scene) -> Asked | None:
    """A retail user is asked whether to go to wholesale: what; or told when they may. A wholesale user who was asked to
    leave stays."""
    what, brief = _words(session, application, new, least)
    before = changing.ask_no_more(session, application)
    if application.stage in WHOLESALE:
        for contact_id in before:
            text = f"{what}，可以留在批发市场，前面的问题不用再答。"
            changing.news(session, application, contact_id, "容量又够了，可以留在批发市场", text, scene.now)
    if application.stage not in RETAIL:
        return None
    if refused := changing.why_not(session, application, TO_WHOLESALE, scene.now):
        for contact_id in changing.signers(session, application):
            text = f"{what}。{refused}到时想转，回复“选择市场”。"
            changing.news(session, application, contact_id, f"{brief}，要先等零售合同结束", text, scene.now)
        return None
    return _risen(session, application, new, least, scene.now)


def _words(session: Session, application: Application, new: Decimal, least: int) -> tuple[str, str]:
    """What has changed, whole and for an SMS: the capacity, or the threshold."""
    what = f"{application.value('name')}（户号尾号{(application.value('account_number') or '')[-4:]}）的受电容量"
    if capacity_changes.is_by_threshold(session, application):
        enough = "现在不够" if new < least else "现在够了"
        what += f"是{new:f}千伏安，批发市场的最低容量改为{least}千伏安，{enough}"
        return what, f"批发最低容量改为{least}千伏安，您的{new:f}{'不够' if new < least else '够了'}"
    what += f"变为{new:f}千伏安，"
    if new < least:
        return f"{what}低于批发市场要求的{least}千伏安", f"受电容量降到{new:f}千伏安，低于批发的{least}千伏安"
    return f"{what}达到批发市场要求的{least}千伏安", f"受电容量升到{new:f}千伏安，可选批发市场"


def _fallen(session: Session, application: Application, new: Decimal, least: int, now: datetime) -> Asked:
    deadline = deadline_of(session, local_day(now))
    what, brief = _words(session, application, new, least)
    moves = value(session, "capacity_silence") == "转到零售市场"
    silence = "转到零售市场" if moves else "市场不变"
    text = (
        f"{what}。请选：\n"
        "转到零售市场：由售电公司代理，转过去后选一家售电公司、签好合同就能交易。\n"
        "留在批发市场：请先向交易中心确认容量不足时能否继续交易。\n"
        f"请在{deadline:%Y年%m月%d日}前答复；不答复：{silence}。"
    )
    short = f"{brief}，转到零售市场吗？\n{deadline:%m月%d日}前不答复：{silence}"
    return Asked(text, short, TO_RETAIL, deadline, TO_RETAIL if moves else "")


def _risen(session: Session, application: Application, new: Decimal, least: int, now: datetime) -> Asked:
    deadline = deadline_of(session, local_day(now))
    what, brief = _words(session, application, new, least)
    text = (
        f"{what}，可以转到批发市场，由您决定。\n"
        f"转之前请知道：{CERTIFICATE}；买电卖电、偏差都由自己负责。\n"
        f"请在{deadline:%Y年%m月%d日}前答复；不答复：留在零售市场。"
    )
    short = f"{brief}，要转吗？\n{CERTIFICATE}\n{deadline:%m月%d日}前不答复：留在零售"
    return Asked(text, short, TO_WHOLESALE, deadline)
