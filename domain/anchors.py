"""The end of the chain of evidence, day by day: what was shown outside on a day cannot be rewritten afterwards.

Whoever can write to the database could compute the whole chain anew. So the end of each day goes where that does not
reach: a file that is only added to (`bot.anchoring`), and by a setting the phones of the administrators.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.contracts.tables import Consent, Request
from domain.evidence import START, Evidence, digest_of, mark_of
from domain.notices.notices import tell_staff
from domain.notices.overdue import administrators
from domain.settings import value
from domain.workdays import local_day

MOST = 50  # faults that are named; one change of the chain is one fault, a cut is one for each of its anchors


class Anchor(Base):
    """The last fact of a day, and its mark."""

    __tablename__ = "evidence_anchors"

    day: Mapped[date] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    mark: Mapped[str]
    numbers: Mapped[str]  # SHA-256 of the ids of the rows since the anchor before, in order, by commas
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def line(self) -> str:
        """As it stands in the file outside: day, number, mark, numbers."""
        return f"{self.day.isoformat()} {self.evidence_id} {self.mark} {self.numbers}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: which row (None where it is gone), which day, and what, in Chinese."""

    row: int | None
    day: date | None
    words: str


def anchors(session: Session) -> list[Anchor]:
    """Every anchor, the oldest first."""
    return list(session.scalars(select(Anchor).order_by(Anchor.day)))


def keep(session: Session, now: datetime) -> list[Anchor]:
    """Keep the chain's end of each day that is over and has none yet; days without a fact have none. What was kept."""
    today, made = local_day(now), []
    last = session.scalar(select(Anchor).order_by(Anchor.day.desc()).limit(1))
    floor = last.day if last is not None else date.min
    columns = select(Evidence.id, Evidence.at, Evidence.mark).where(Evidence.id > (last.evidence_id if last else 0))
    held: list[tuple[int, date, str]] = []
    for number, at, mark in session.execute(columns.order_by(Evidence.id)):
        day = local_day(at)
        if day >= today:
            break
        if held and day > held[-1][1] > floor:
            made.append(_anchor(session, held, floor, now))
            floor, held = made[-1].day, []
        held.append((number, max(day, held[-1][1]) if held else day, mark))
    if held and held[-1][1] > floor:
        made.append(_anchor(session, held, floor, now))
    return made


def _anchor(session: Session, held: Sequence[tuple[int, date, str]], floor: date, now: datetime) -> Anchor:
    number, day, mark = held[-1]
    made = Anchor(day=day, evidence_id=number, mark=mark, numbers=_numbers(each[0] for each in held), at=now)
    session.add(made)
    session.flush()
    return made


def tell(session: Session, made: Sequence[Anchor], now: datetime) -> None:
    """Tell the administrators the newest of these, where the setting says so: mark first, as WeChat shows 20 signs."""
    if not made or not value(session, "anchor_told"):
        return
    last = made[-1]
    text = f"{last.mark[:16]}，{last.day:%m%d}证据第{last.evidence_id}条"
    tell_staff(session, "evidence_anchor", administrators(session), {"text": text}, now, key=last.day.isoformat())


def verify(session: Session, lines: Iterable[str]) -> list[Fault]:
    """Walk the whole chain beside the anchors of the database and the lines of the file outside: what is not as it was
    written. Found are a change of any column, a row that is gone or put in, and an end that was cut off behind an
    anchor. What is of today, and not anchored yet, may be cut off unnoticed."""
    known = anchors(session)
    marks = {each.evidence_id: each for each in known}
    faults, seen, since, before = [], set(), [], START
    for row in session.scalars(select(Evidence).order_by(Evidence.id)).yield_per(500):
        if row.before != before:
            faults.append(_fault(row, "接不上前一条：前面有记录被改动、删除或插入"))
        elif row.mark != mark_of(row.before, digest_of(row)):
            faults.append(_fault(row, "内容与校验值不符：这一条被改动过"))
        before = row.mark
        since.append(row.id)
        if (anchor := marks.get(row.id)) is not None:
            seen.add(row.id)
            faults += _against(anchor, row, since)
            since = []
        session.expunge(row)
    gone = [each for each in known if each.evidence_id not in seen]
    faults += [Fault(None, each.day, f"{each.day}的锚指向第{each.evidence_id}条，这一条不见了") for each in gone]
    return [*faults, *_outside(known, lines), *_consents(session)][:MOST]


def _against(anchor: Anchor, row: Evidence, since: Sequence[int]) -> Iterator[Fault]:
    if anchor.mark != row.mark:
        yield Fault(row.id, anchor.day, f"第{row.id}条与{anchor.day}的锚不符：这一天或以前的记录被改写过")
    elif anchor.numbers != _numbers(since):
        yield Fault(row.id, anchor.day, f"{anchor.day}的锚所记的序号不符：第{since[0]}至{row.id}条的序号被改过")


def _outside(known: Sequence[Anchor], lines: Iterable[str]) -> Iterator[Fault]:
    """The anchors of the database beside those that were written outside of it, day by day."""
    here, written = {each.day.isoformat(): each for each in known}, dict[str, str]()
    for line in filter(None, (each.strip() for each in lines)):
        day = line.split(" ")[0]
        if written.setdefault(day, line) != line:
            yield Fault(None, None, f"锚文件里{day}有两行，内容不同：锚文件被改过")
    for day, line in written.items():
        if day not in here:
            yield Fault(None, None, f"锚文件里有{day}，数据库里没有这一天的锚：锚被删除")
        elif here[day].line != line:
            it = here[day]
            yield Fault(it.evidence_id, it.day, f"{day}的锚与锚文件不符（第{it.evidence_id}条）：数据库被改写过")
    for day in sorted(here.keys() - written.keys()):
        yield Fault(here[day].evidence_id, here[day].day, f"锚文件里没有{day}：没有写成，或锚文件被改过")


def _consents(session: Session) -> Iterator[Fault]:
    """Each contract's consent points at the fact that proves it: also before the day is anchored it must be there."""
    fact = (Evidence.id == Consent.evidence_id) & (Evidence.about_kind == "contract_request")
    lost = (
        select(Consent.evidence_id, Request.number)
        .join(Request, Consent.request_id == Request.id)
        .outerjoin(Evidence, fact & (Evidence.about_id == Consent.request_id))
        .where(Consent.evidence_id.is_not(None), Evidence.id.is_(None))
    )
    for number, request in session.execute(lost.order_by(Consent.id)):
        yield Fault(number, None, f"合同事项{request}的答复应由第{number}条证明，这一条不见了或不是它的")


def _fault(row: Evidence, words: str) -> Fault:
    day = local_day(row.at)
    return Fault(row.id, day, f"第{row.id}条（{day}）{words}")


def _numbers(ids: Iterable[int]) -> str:
    return hashlib.sha256(",".join(str(each) for each in ids).encode()).hexdigest()
