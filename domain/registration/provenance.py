"""Whose word counts for a value, and where it stands against what the others say (A2: interface, picture, hand)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.registration.applications import FIELD_NAMES, PRIORITY, Application, FieldValue, Source, put
from domain.registration.intake import same

INTERFACES = (Source.REGISTRY, Source.MARKETING, Source.TIANYANCHA)


def put_typed(application: Application, name: str, text: str, now: datetime) -> None:
    """Keep what a person typed. Who types another value than the one that counts has decided against it, and that
    holds; who types the same has confirmed it, and it stays the interface's or the picture's."""
    known = _best_of_others(application, name)
    put(application, name, Source.TYPED, text, now)
    if known is None or same(known.value, text):
        application.decided.pop(name, None)
    else:
        application.decided[name] = Source.TYPED


def against_interface(application: Application) -> list[str]:
    """The fields where the value that counts is a person's or a picture's, and an interface says otherwise."""
    found = []
    for name in dict.fromkeys(row.name for row in application.values):
        official = _said_by_interface(application, name)
        if official is not None and not same(official.value, application.value(name)):
            found.append(name)
    return found


def typed_otherwise(application: Application) -> list[str]:
    """The fields where something was typed that an interface contradicts, whichever of the two counts."""
    found = []
    for row in [row for row in application.values if row.source == Source.TYPED]:
        official = _said_by_interface(application, row.name)
        if official is not None and not same(official.value, row.value):
            found.append(row.name)
    return found


def others(application: Application, name: str) -> list[FieldValue]:
    """What the sources say of a field whose word does not count, the better ones first."""
    counts = application.source(name)
    rows = [application.said_by(name, source) for source in PRIORITY if source != counts]
    return [row for row in rows if row is not None]


def is_decided(application: Application, name: str) -> bool:
    """Whether the value that counts does so because a person said so."""
    return name in application.decided and application.decided[name] == application.source(name)


def facts(application: Application) -> Mapping[str, object]:
    """What a rule may ask: see `domain.rules.facts`."""
    typed = "、".join(FIELD_NAMES[name] for name in typed_otherwise(application))
    decided = "、".join(FIELD_NAMES[name] for name in against_interface(application))
    return {"typed_differs": typed or None, "decided_against": decided or None}


def _best_of_others(application: Application, name: str) -> FieldValue | None:
    rows = [application.said_by(name, source) for source in PRIORITY if source != Source.TYPED]
    return next((row for row in rows if row is not None), None)


def _said_by_interface(application: Application, name: str) -> FieldValue | None:
    rows = [application.said_by(name, source) for source in INTERFACES]
    return next((row for row in rows if row is not None), None)
