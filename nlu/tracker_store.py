"""Rasa's memory, kept small: the store of the product remembers, Rasa only needs the turn at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class RecentTurns(TrackerStore):
    """Keeps the last `max_events` events of the `max_senders` senders heard last, in memory only. So a turn costs the
    same in a long talk as in a short one, and memory has a ceiling."""

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        max_events: int = 12,
        max_senders: int = 1000,
        **kwargs: Any,
    ) -> None:
        """`max_events` counts Rasa's events (about five a turn), `max_senders` conversations."""
        super().__init__(domain, event_broker, **kwargs)
        self._max_events = max_events
        self._max_senders = max_senders
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        if len(tracker.events) <= self._max_events:
            return tracker
        last = list(tracker.events)[-self._max_events :]
        return DialogueStateTracker.from_events(tracker.sender_id, last, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker's last events; the sender who was silent longest is forgotten where there are too many."""
        self._trackers[tracker.sender_id] = self._shortened(tracker)
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._max_senders:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The sender's tracker, or None."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """The senders known now."""
        return list(self._trackers)
