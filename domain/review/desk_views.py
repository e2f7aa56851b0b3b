"""What the console shows of an application, of messages and of the product's work: queries that change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.evidence import Evidence
from domain.jobs import JobRun
from domain.messages.messages import InboundMessage, InState, OutboundMessage, OutState
from domain.people.staff import OrganisationKind, Staff
from domain.registration.applications import FIELD_NAMES, LICENCE_FIELDS, Application, FieldValue, Source, Stage
from domain.registration.intake import same
from domain.registration.licences import COMPARED, SURE
from domain.review.review import may_see

OFFICIAL = (Source.REGISTRY, Source.TIANYANCHA, Source.MARKETING)
ACCOUNT_FIELDS = ("account_number", "account_name", "account_address", "capacity_kva", "bureau_name")


@dataclass(frozen=True, slots=True)
class Compared:
    """One field: what the picture said, what an interface said, what counts, and whether they agree."""

    name: str
    label: str
    photo: FieldValue | None
    official: FieldValue | None
    value: str | None
    source: str | None
    differs: bool
    doubted: bool  # the picture was not read surely

    @property
    def grave(self) -> bool:
        """A difference in a field that names the company."""
        return self.differs and self.name in COMPARED


def compared(application: Application, names: Sequence[str] = LICENCE_FIELDS) -> list[Compared]:
    """The fields side by side; one that nobody knows is left out, unless it names the company."""
    rows = [_compare(application, name) for name in names]
    return [row for row in rows if row.value is not None or row.name in COMPARED]


def _compare(application: Application, name: str) -> Compared:
    photo = application.said_by(name, Source.OCR)
    official = next((row for row in (application.said_by(name, source) for source in OFFICIAL) if row), None)
    value = application.value(name)
    said = [row.value for row in (photo, official) if row is not None] + ([value] if value is not None else [])
    return Compared(
        name=name,
        label=FIELD_NAMES[name],
        photo=photo,
        official=official,
        value=value,
        source=application.source(name),
        differs=any(not same(said[0], other) for other in said[1:]),
        doubted=photo is not None and (bool(photo.doubts) or photo.confidence < SURE),
    )


def evidence_of(session: Session, application_id: int) -> list[Evidence]:
    """What the chain holds about an application, oldest first."""
    query = select(Evidence).where(Evidence.about_kind == "application", Evidence.about_id == application_id)
    return list(session.scalars(query.order_by(Evidence.id)))


def names_of(session: Session, staff_ids: Iterable[int]) -> dict[int, str]:
    """The names of members of staff."""
    query = select(Staff.id, Staff.name).where(Staff.id.in_(set(staff_ids)))
    return dict(session.execute(query).all())


def message_seen(session: Session, staff: Staff, row_id: int) -> OutboundMessage | None:
    """One message, if this member of staff may see it; locked, for changing it."""
    query = messages_seen(staff).where(OutboundMessage.id == row_id).with_for_update()
    return session.scalar(query)


def messages_seen(staff: Staff) -> Select[OutboundMessage]:
    """The messages that a member of staff may look at: a bureau those about its own applications."""
    query = select(OutboundMessage)
    if staff.organisation.kind == OrganisationKind.BUREAU:
        query = query.where(OutboundMessage.application_id.in_(may_see(staff).with_only_columns(Application.id)))
    return query


def numbers_of(session: Session, application_ids: Iterable[int | None]) -> dict[int, str | None]:
    """The work orders' numbers of applications."""
    query = select(Application.id, Application.number).where(
        Application.id.in_({each for each in application_ids if each})
    )
    return dict(session.execute(query).all())


@dataclass(slots=True)
class Missing:
    """How many applications wait for a source: what was handed in can be looked at, a draft is its person's."""

    submitted: int = 0
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """How the product is doing, counted from the rows."""

    inbound: dict[str, int]
    outbound: dict[str, int]
    oldest_unanswered: datetime | None
    oldest_due: datetime | None
    owed: dict[str, Missing]  # source → applications that wait for it to come back
    jobs: list[JobRun]  # the last run of each job


def work(session: Session, now: datetime) -> Work:
    """Counts of messages by state, what waits longest, which sources owe answers, the last run of each job."""
    waits = select(func.min(InboundMessage.received_at)).where(InboundMessage.state != InState.DONE)
    due = select(func.min(OutboundMessage.due_at)).where(
        OutboundMessage.state == OutState.PENDING, OutboundMessage.due_at <= now
    )
    last = select(func.max(JobRun.id)).group_by(JobRun.name)
    return Work(
        inbound=_by(session, select(InboundMessage.state, func.count()).group_by(InboundMessage.state)),
        outbound=_by(session, select(OutboundMessage.state, func.count()).group_by(OutboundMessage.state)),
        oldest_unanswered=session.scalar(waits),
        oldest_due=session.scalar(due),
        owed=_owed(session),
        jobs=list(session.scalars(select(JobRun).where(JobRun.id.in_(last)).order_by(JobRun.name))),
    )


def _by(session: Session, query: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(query).all())


def _owed(session: Session) -> dict[str, Missing]:
    query = select(Application.missing_facts, Application.submitted_at).where(Application.stage != Stage.CANCELLED)
    found: dict[str, Missing] = {}
    for names, submitted_at in session.execute(query):
        for name in names or []:
            row = found.setdefault(name, Missing())
            row.submitted, row.drafts = row.submitted + bool(submitted_at), row.drafts + (not submitted_at)
    return found
