"""Many orders like one that was handed in by chat: other accounts, same company, each through the real submission."""

from __future__ import annotations

from datetime import datetime

from domain.registration.applications import Application, FieldValue, Photo
from domain.review import review
from tests.support.console import newest
from tests.support.world import World

_COPIED = ("contact_id", "kind", "licence_confirmed", "phone_verified_at", "facts", "code_mark", "bureau_id", "decided")


def more_orders(world: World, count: int) -> list[int]:
    """So many more orders beside the newest one, a second apart; their ids."""
    pattern = newest(world)
    made = []
    with world.app.store.write() as session:
        for number in range(count):
            row = _copy(pattern, f"05300107{number:08d}", world.now)
            session.add(row)
            session.flush()
            review.submit(session, row, f"contact:{row.contact_id}", world.now)
            made.append(row.id)
    return made


def _copy(pattern: Application, account: str, now: datetime) -> Application:
    row = Application(**{name: getattr(pattern, name) for name in _COPIED})
    row.stage_since = row.created_at = row.updated_at = now
    row.trail, row.missing_facts = [], []
    facts = dict(pattern.facts or {})
    row.facts = {**facts, "account": {**facts["account"], "number": account}}
    row.account_mark = account
    row.values = [
        FieldValue(
            name=each.name,
            source=each.source,
            value=account if each.name == "account_number" else each.value,
            at=each.at,
            confidence=each.confidence,
            doubts=each.doubts,
        )
        for each in pattern.values
    ]
    row.photos = [
        Photo(contact_id=pattern.contact_id, file=each.file, kind=each.kind, reading=each.reading, received_at=now)
        for each in pattern.photos
    ]
    return row
