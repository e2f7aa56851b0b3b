"""What the queue can be narrowed to, and how many orders each choice holds. Every choice stands in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, and_, case, cast, false, func, not_, select
from sqlalchemy.orm import Session

from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration.applications import UNDER_REVIEW, Application, Stage, StageStep
from domain.review import claims
from domain.review.review import may_see
from domain.rules.troubles import Outcome, Trouble
from domain.supplements.supplements import Supplement, SupplementState
from domain.workdays import CHINA

PASSED = (Stage.AWAITING_MARKET, Stage.AWAITING_RETAILER, Stage.AWAITING_CERTIFICATE, Stage.REGISTERED)
SHOWS: Mapping[str, tuple[Stage, ...]] = {
    "bureau": (Stage.BUREAU_REVIEW,),
    "centre": (Stage.CENTRE_REVIEW,),
    "returned": (Stage.RETURNED,),
    "suspended": (Stage.SUSPENDED,),
    "passed": PASSED,
    "all": (),
}
COLOURS = ("orange", "red", "unknown")
OWES: Mapping[str, SupplementState] = {
    "open": SupplementState.OPEN,
    "late": SupplementState.OVERDUE,
    "came": SupplementState.HANDED_IN,
}
TAKEN = ("mine", "free", "others")  # who has taken it (“我来办”)
CHANNELS = ("wechat", "sms", "batch", "api")


@dataclass(frozen=True, slots=True)
class Limits:
    """The moments before which an application must have arrived to be late today; None where nothing can be."""

    orange: datetime | None = None
    red: datetime | None = None
    unknown: datetime | None = None  # the calendar of the days since is not published


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member of staff asked the queue for. `show` is "due" or a key of SHOWS; an empty choice is none."""

    show: str = "due"
    colour: str = ""
    bureau: int = 0
    kind: str = ""
    channel: str = ""
    rule: str = ""  # a problem with which it was handed in
    severity: str = ""
    person: bool = False  # a rule wants a person to look, or the automatic review left it to one
    owes: str = ""  # conditional admission: open, late, came (and waits for a person)
    mode: str = ""  # automatic, manual: who decided its last ended step
    proxy: int = 0
    week: date | None = None  # handed in in the week that begins on this Monday
    taken: str = ""  # one of TAKEN
    missing: str = ""  # a source that was down when it was asked, and still owes its answer
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Facets:
    """How many orders each choice would show, the other choices staying as they are; `total` as it is now."""

    total: int
    shows: Mapping[str, int]
    colours: Mapping[str, int]
    bureaus: Mapping[int, int]
    kinds: Mapping[str, int]
    channels: Mapping[str, int]


def colour_of(late: Limits) -> ColumnElement[str]:
    """The colour of an order, as `domain.review.review.colour` gives it."""
    before = (("unknown", late.unknown), ("red", late.red), ("orange", late.orange))
    reviewed, since = Application.stage.in_(UNDER_REVIEW), Application.stage_since
    rules = [(and_(reviewed, since < moment), name) for name, moment in before if moment is not None]
    return case(*rules, else_="") if rules else case((false(), ""), else_="")


def is_mine(staff: Staff) -> ColumnElement[bool]:
    """Whether an order waits for this member of staff: the query of `domain.review.review.is_due`."""
    if staff.organisation.kind == OrganisationKind.BUREAU:
        return Application.stage == Stage.BUREAU_REVIEW if staff.role in (Role.HANDLER, Role.PRINCIPAL) else false()
    if staff.role not in (Role.REVIEWER, Role.ADMINISTRATOR):
        return false()
    unrouted = and_(Application.stage == Stage.BUREAU_REVIEW, Application.bureau_id.is_(None))
    return (Application.stage == Stage.CENTRE_REVIEW) | unrouted


def chosen(wanted: Wanted, staff: Staff, late: Limits) -> list[ColumnElement[bool]]:
    """Everything that was chosen but the text, as conditions."""
    found: list[ColumnElement[bool]] = []
    if wanted.show == "due":
        found.append(is_mine(staff))
    elif SHOWS[wanted.show]:
        found.append(Application.stage.in_(SHOWS[wanted.show]))
    if wanted.colour:
        found.append(_tinted(wanted.colour, late))
    if wanted.bureau:
        found.append(Application.bureau_id == wanted.bureau)
    if wanted.kind:
        found.append(Application.kind == wanted.kind)
    if wanted.channel:
        found.append(Application.channel == wanted.channel)
    return found + _looked_up(wanted, staff)


def facets(
    session: Session, staff: Staff, wanted: Wanted, late: Limits, text: ColumnElement[bool] | None = None
) -> Facets:
    """Count every choice in one walk over an index (`ix_applications_desk`), in its order: nothing is sorted."""
    columns = (Application.stage, Application.bureau_id, Application.kind, Application.channel)
    tinted = [func.sum(case((_tinted(colour, late), 1), else_=0)) for colour in COLOURS]
    query = may_see(staff).where(*_looked_up(wanted, staff)).with_only_columns(*columns, func.count(), *tinted)
    if text is not None:
        query = query.where(text)
    rows = [cell for row in session.execute(query.group_by(*columns)) for cell in _cells(*row)]
    mine = _mine_in_words(staff)
    return Facets(
        total=sum(cell.count for cell in rows if _fits(cell, wanted, mine)),
        shows=_shows(rows, wanted, mine),
        colours=_by("colour", rows, wanted, mine),
        bureaus={key or 0: count for key, count in _by("bureau", rows, wanted, mine).items()},
        kinds=_by("kind", rows, wanted, mine),
        channels=_by("channel", rows, wanted, mine),
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    stage: str
    bureau: int | None
    kind: str
    channel: str
    colour: str
    count: int


def _cells(stage: str, bureau: int | None, kind: str, channel: str, count: int, *tinted: int) -> Iterator[_Cell]:
    """A counted group as one cell for each colour."""
    for colour, number in zip(("", *COLOURS), (count - sum(tinted), *tinted), strict=True):
        if number:
            yield _Cell(stage, bureau, kind, channel, colour, number)


def _mine_in_words(staff: Staff) -> frozenset[tuple[str, bool]]:
    """The pairs (stage, whether the bureau is known) that wait for this member of staff: `is_mine` for cells."""
    if staff.organisation.kind == OrganisationKind.BUREAU:
        if staff.role in (Role.HANDLER, Role.PRINCIPAL):
            return frozenset({(Stage.BUREAU_REVIEW, True), (Stage.BUREAU_REVIEW, False)})
    elif staff.role in (Role.REVIEWER, Role.ADMINISTRATOR):
        return frozenset({(Stage.CENTRE_REVIEW, True), (Stage.CENTRE_REVIEW, False), (Stage.BUREAU_REVIEW, False)})
    return frozenset()


def _fits(cell: _Cell, wanted: Wanted, mine: frozenset[tuple[str, bool]], but: str = "") -> bool:
    """Whether a cell is among what was chosen, one choice left aside."""
    if but != "show" and not _shown(cell, wanted.show, mine):
        return False
    names = ("colour", "bureau", "kind", "channel")
    return all(
        not getattr(wanted, name) or getattr(wanted, name) == getattr(cell, name) for name in names if name != but
    )


def _shown(cell: _Cell, show: str, mine: frozenset[tuple[str, bool]]) -> bool:
    if show == "due":
        return (cell.stage, cell.bureau is not None) in mine
    return not SHOWS[show] or cell.stage in SHOWS[show]


def _shows(rows: Iterable[_Cell], wanted: Wanted, mine: frozenset[tuple[str, bool]]) -> dict[str, int]:
    rows = [cell for cell in rows if _fits(cell, wanted, mine, "show")]
    return {show: sum(cell.count for cell in rows if _shown(cell, show, mine)) for show in ("due", *SHOWS)}


def _by(name: str, rows: Iterable[_Cell], wanted: Wanted, mine: frozenset[tuple[str, bool]]) -> Counter[Any]:
    counted: Counter[Any] = Counter()
    for cell in rows:
        if _fits(cell, wanted, mine, name):
            counted[getattr(cell, name)] += cell.count
    return counted


def _tinted(colour: str, late: Limits) -> ColumnElement[bool]:
    """The orders of a colour as a stretch of time, which an index can find."""
    begins = {"unknown": None, "red": late.unknown, "orange": late.red or late.unknown}[colour]
    ends = {"unknown": late.unknown, "red": late.red, "orange": late.orange}[colour]
    if ends is None:
        return false()
    stretch = [Application.stage_since < ends] + ([Application.stage_since >= begins] if begins is not None else [])
    return and_(Application.stage.in_(UNDER_REVIEW), *stretch)


def _looked_up(wanted: Wanted, staff: Staff) -> list[ColumnElement[bool]]:
    """The choices that other tables or other indexes answer."""
    found: list[ColumnElement[bool]] = []
    if wanted.rule or wanted.severity:
        found.append(Application.id.in_(_with_problem(wanted)))
    if wanted.person:
        found.append(Application.id.in_(_for_a_person()))
    if wanted.owes:
        found.append(Application.id.in_(select(Supplement.application_id).where(Supplement.state == OWES[wanted.owes])))
    if wanted.missing:
        owes = cast(Application.missing_facts, String).contains(f'"{wanted.missing}"', autoescape=True)
        found += [owes, Application.stage != Stage.CANCELLED]
    if wanted.taken == "mine":
        found.append(Application.id.in_(claims.of(staff)))
    elif wanted.taken:
        others = Application.id.in_(claims.of_others(staff))
        found.append(others if wanted.taken == "others" else not_(others | Application.id.in_(claims.of(staff))))
    if wanted.mode:
        by_rules = select(StageStep.application_id).where(StageStep.mode == "automatic", StageStep.left_at.is_not(None))
        automatic = Application.id.in_(by_rules)
        found.append(automatic if wanted.mode == "automatic" else not_(automatic))
    if wanted.proxy:
        found.append(Application.proxy_id == wanted.proxy)
    if wanted.week is not None:
        begin = datetime.combine(wanted.week, time(), CHINA).astimezone(UTC)
        found += [Application.submitted_at >= begin, Application.submitted_at < begin + timedelta(days=7)]
    return found


def _with_problem(wanted: Wanted) -> Select[int]:
    query = select(Trouble.application_id).where(Trouble.outcome == Outcome.CARRIED)
    if wanted.rule:
        query = query.where(Trouble.rule == wanted.rule)
    return query.where(Trouble.severity == wanted.severity) if wanted.severity else query


def _for_a_person() -> CompoundSelect[int]:
    """What an automatic review left to a person, and what a rule wants a person to look at."""
    left = select(StageStep.application_id).where(StageStep.for_person.is_not(None), StageStep.left_at.is_(None))
    ruled = select(Trouble.application_id).where(Trouble.outcome == Outcome.CARRIED, Trouble.needs_person.is_(True))
    return left.union_all(ruled)
