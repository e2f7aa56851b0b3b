"""All sources behind one call: the domain's lookups in, what was told (or who was down) out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

import structlog

from bot.settings import Settings
from bot.sources.base import SourceDown, open_client
from bot.sources.marketing import Marketing
from bot.sources.registry import Registry
from bot.sources.telecom import Telecom
from bot.sources.tianyancha import Tianyancha
from domain.sources.facts import MonthRecord
from domain.sources.lookups import Facts, Lookup, Told, Where

MOST_AT_ONCE = 16  # a batch is asked in turns: a source is not stormed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """The marketing system, the registry, Tianyancha and the telecom operators."""

    marketing: Marketing
    registry: Registry
    tianyancha: Tianyancha
    telecom: Telecom

    @classmethod
    def of(cls, settings: Settings) -> Sources:
        """The sources that the settings name. Opens no connection."""
        client = open_client()
        return cls(
            Marketing(client, settings.marketing_url, settings.marketing_token),
            Registry(client, settings.registry_url, settings.registry_token),
            Tianyancha(client, settings.tianyancha_url, settings.tianyancha_token),
            Telecom(client, settings.telecom_url, settings.telecom_token),
        )

    def ask(self, lookups: Sequence[Lookup], facts: Facts | None = None) -> Facts:
        """Ask everything that was not asked yet, side by side; a source that is down is noted, never guessed for."""
        facts = facts or Facts()
        missing = facts.missing(lookups)
        if not missing:
            return facts
        with ThreadPoolExecutor(max_workers=min(len(missing), MOST_AT_ONCE)) as threads:
            for lookup, (told, ms) in zip(missing, threads.map(self._try, missing), strict=True):
                if isinstance(told, SourceDown):
                    facts.down.add(lookup)
                else:
                    facts.told[lookup], facts.ms[lookup] = told, ms
        return facts

    def usage(self, number: str, first: int, last: int) -> list[MonthRecord] | None | SourceDown:
        """What an account used in these trading months; None where it is unknown, SourceDown where nobody answered."""
        try:
            return self.marketing.usage(number, first, last)
        except SourceDown as down:
            log.warning("source.down", source=down.source, why=down.why, alarm=down.alarm)
            return down

    def _try(self, lookup: Lookup) -> tuple[Told | SourceDown, int]:
        began = monotonic()
        try:
            return self._one(lookup), round((monotonic() - began) * 1000)
        except SourceDown as down:
            log.warning("source.down", source=down.source, why=down.why, alarm=down.alarm)
            return down, 0

    def _one(self, lookup: Lookup) -> Told:
        match lookup.where:
            case Where.MARKETING:
                return self.marketing.account(lookup.key)
            case Where.REGISTRY:
                return self.registry.company(lookup.key)
            case Where.REGISTRY_NAME:
                found = self.registry.by_name(lookup.key)
                return found[0] if len(found) == 1 else None
            case Where.TIANYANCHA:
                return self.tianyancha.company(lookup.key)
            case Where.TELECOM:
                phone, _, name = lookup.key.partition("|")
                return str(self.telecom.verify(phone, name))
