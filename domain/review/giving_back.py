"""Returning an application with several points at once: what a reviewer ticks becomes what the user is led through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.people.staff import Staff
from domain.proxies import conduct
from domain.registration.applications import Application
from domain.review import replies, review
from domain.review.returns import Point, of_problem
from domain.rules import troubles
from domain.rules.rules import Problem, judge
from domain.workdays import local_day

MOST_POINTS = 20


@dataclass(frozen=True, slots=True)
class Ticked:
    """What the form of a return brought: names of rules, ids of standard replies, fields and papers, own words a line
    each, and whether papers are called false."""

    rules: Sequence[str] = ()
    replies: Sequence[int] = ()
    about: Sequence[str] = ()
    words: str = ""
    false_papers: bool = False


def give_back(session: Session, application: Application, staff: Staff, ticked: Ticked, now: datetime) -> list[Point]:
    """Return the application with everything that was ticked, in one go; the points as the user reads them. NotAllowed
    says why not."""
    problems = [each for each in judge(session, application, local_day(now)) if each.rule in ticked.rules]
    chosen = _chosen(session, ticked.replies)
    words = [line.strip() for line in ticked.words.splitlines() if line.strip()]
    points = list(_points(application, problems, chosen, ticked.about, words))
    if len(points) > MOST_POINTS:
        raise review.NotAllowed(f"一次最多退回{MOST_POINTS}处，请合并一些")
    review.send_back(session, application, staff, points, now)
    replies.used(session, [each.id for each in chosen], now)
    _count(session, application, problems, chosen, ticked, bool(words), now)
    if ticked.false_papers:
        conduct.mark_false(session, application, staff, "；".join(point.words() for point in points), now)
    return points


def _points(
    application: Application,
    problems: Sequence[Problem],
    chosen: Sequence[replies.StandardReply],
    about: Sequence[str],
    words: Sequence[str],
) -> Iterator[Point]:
    """The points in the order of the page. A field that a reply is about already is not named twice."""
    yield from map(of_problem, problems)
    for reply in chosen:
        yield _point(replies.filled(reply.text, application), reply.field)
    named = {reply.field for reply in chosen} | {problem.document for problem in problems}
    for name in about:
        if name in replies.ABOUT and name not in named:
            yield _point(f"{replies.ABOUT[name]}{'需要重新拍' if name in replies.PAPERS else '有误，请核对'}", name)
    yield from map(Point, words)


def _point(problem: str, about: str) -> Point:
    return Point(problem, document=about) if about in replies.PAPERS else Point(problem, field=about)


def _chosen(session: Session, ids: Sequence[int]) -> list[replies.StandardReply]:
    query = select(replies.StandardReply).where(replies.StandardReply.id.in_(ids))
    found = {row.id: row for row in session.scalars(query)}
    return [found[each] for each in ids if each in found]


def _count(
    session: Session,
    application: Application,
    problems: Sequence[Problem],
    chosen: Sequence[replies.StandardReply],
    ticked: Ticked,
    own_words: bool,
    now: datetime,
) -> None:
    """Count the reasons among what goes wrong most; typed words are counted, not kept there."""
    reasons = [reply.text for reply in chosen]
    reasons += [f"{replies.ABOUT[name]}有误" for name in ticked.about if name in replies.ABOUT]
    reasons += [troubles.OWN_WORDS] if own_words else []
    troubles.returned(session, application, now, problems=problems, reasons=reasons)
