"""Which rules the list shows: the filters are in the address, so that a list can be sent and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.rules.rules import Rule, Severity


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; empty asks for nothing."""

    severity: str
    kind: str
    bureau: str
    state: str  # on, off
    hit: str  # yes, no: whether it met an application in the last thirty days
    words: str

    def without(self, name: str, value: str = "") -> dict[str, str]:
        """The address's arguments with one filter changed."""
        now = {each: str(getattr(self, each)) for each in ("severity", "kind", "bureau", "state", "hit")}
        return {each: said for each, said in ({**now, "q": self.words} | {name: value}).items() if said}


def chosen(arguments: Mapping[str, str]) -> Filters:
    """The filters in an address."""
    names = ("severity", "kind", "bureau", "state", "hit", "q")
    return Filters(*(arguments.get(name, "").strip()[:50] for name in names))


def listed(rules: Sequence[Rule], filters: Filters, hits: Mapping[int, int]) -> list[Rule]:
    """The rules that the filters leave: those in force first, the grave ones before the others."""
    order = [*Severity]
    found = [rule for rule in rules if _fits(rule, filters, hits)]
    return sorted(found, key=lambda rule: (not rule.active, order.index(Severity(rule.severity)), rule.id))


def _fits(rule: Rule, filters: Filters, hits: Mapping[int, int]) -> bool:
    text = f"{rule.name} {rule.problem} {rule.suggestion} {rule.condition}".casefold()
    return all(
        (
            not filters.severity or rule.severity == filters.severity,
            not filters.kind or not rule.kinds or filters.kind in rule.kinds,
            not filters.bureau or not rule.bureaus or filters.bureau in rule.bureaus,
            not filters.state or rule.active == (filters.state == "on"),
            not filters.hit or bool(hits.get(rule.id)) == (filters.hit == "yes"),
            filters.words.casefold() in text,
        )
    )
