"""How old what a source said is, as people read it beside a value."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.registration.applications import SOURCE_NAMES, Application, Source
from domain.sources.facts import moment_of
from domain.sources.records import age

OLD = timedelta(days=1)  # younger than this, nobody needs to know
_KEPT_UNDER = {Source.MARKETING: "account", Source.REGISTRY: "company", Source.TIANYANCHA: "company"}


def said_at(application: Application, source: str) -> datetime | None:
    """When a source said what the application has of it; None for what a person or a picture said."""
    kept_under = _KEPT_UNDER.get(Source(source))
    if kept_under is None:
        return None
    return moment_of((application.facts or {}).get(kept_under))


def note(application: Application, source: str, now: datetime) -> str:
    """A note for whoever reads the data, where it is older than a day: 工商登记3天前的数据. Else empty."""
    at = said_at(application, source)
    if at is None or now - at < OLD:
        return ""
    return f"{SOURCE_NAMES[source]}{age(at, now)}的数据"


def notes(application: Application, now: datetime) -> list[str]:
    """The notes on all sources whose values count somewhere in the application."""
    counted = {application.source(row.name) for row in application.values}
    found = [note(application, source, now) for source in _KEPT_UNDER if source in counted]
    return [each for each in found if each]


def since(application: Application, source: str, now: datetime) -> str:
    """How old what a source said is, whatever its age: 3小时前. Empty where it has said nothing."""
    at = said_at(application, source)
    return age(at, now) if at is not None else ""
