"""The threshold of the wholesale market moves: whom that concerns, counted before it is saved, and asked afterwards.

Each user is held against the new threshold when their capacity is read next, and once: what was read later than the
change of the setting was held against it already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from domain.contracts.wishes import RETAIL
from domain.evidence import record
from domain.market import capacity, changing
from domain.market.capacity_changes import THRESHOLD
from domain.market.changing import WHOLESALE
from domain.registration.applications import Application, Stage
from domain.registration.registration import Scene
from domain.settings import SettingChange, figure
from domain.sources.rechecks import Recheck

NAME = "wholesale_from_kva"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """How many admitted users another threshold would put on its other side: by what follows for them."""

    now: int
    then: int
    to_retail: int  # in wholesale, and asked whether to leave it
    to_wholesale: int  # in retail, and asked or told that they may go
    undecided: int  # have not chosen yet: the choice is theirs, or no more

    @property
    def users(self) -> int:
        """All of them."""
        return self.to_retail + self.to_wholesale + self.undecided


def preview(session: Session, then: int) -> Preview:
    """What another threshold would change, counted over all admitted users. Reads only."""
    now = figure(session, NAME)
    stages = [stage for stage, known in _admitted(session) if (known < now) != (known < then)]
    return Preview(
        now=now,
        then=then,
        to_retail=sum(each in WHOLESALE for each in stages) if then > now else 0,
        to_wholesale=sum(each in RETAIL for each in stages) if then < now else 0,
        undecided=sum(each == Stage.AWAITING_MARKET for each in stages),
    )


def moved(session: Session, application: Application) -> int | None:
    """The threshold that a user was held against last, where they stand on the other side of today's; else None."""
    read = session.get(Recheck, application.id)
    known = changing.capacity_of(application)
    if read is None or known is None or application.stage not in capacity.ADMITTED:
        return None
    later = select(SettingChange).where(SettingChange.name == NAME, SettingChange.at > read.checked_at)
    first = session.scalar(later.order_by(SettingChange.id).limit(1))
    if first is None:
        return None
    old = int(first.old)
    return old if (known < old) != (known < figure(session, NAME)) else None


def apply(session: Session, application: Application, scene: Scene) -> bool:
    """Put to a user what the moved threshold means for them, as a change of their capacity would. False, and nothing is
    done, where it means nothing, or was put to them already."""
    old, known = moved(session, application), changing.capacity_of(application)
    if old is None or known is None:
        return False
    data = {"old": f"{old}", "new": f"{figure(session, NAME)}", "source": THRESHOLD}
    record(session, "threshold_moved", ("application", application.id), "system", data, scene.now)
    capacity.cross(session, application, (known, known), THRESHOLD, scene, asks=True)
    session.get_one(Recheck, application.id).checked_at = scene.now
    return True


def _admitted(session: Session) -> Iterator[tuple[str, Decimal]]:
    """Stage and capacity of every admitted user whose capacity is known."""
    query = select(Application).where(Application.stage.in_(capacity.ADMITTED), Application.account_mark.is_not(None))
    rows = session.scalars(query.options(selectinload(Application.values)).execution_options(yield_per=_AT_ONCE))
    for row in rows:
        if (known := changing.capacity_of(row)) is not None:
            yield row.stage, known
