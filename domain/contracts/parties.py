"""Who must say yes to what, and why; who is only told. Nothing holds before each of these has said yes.

The cases follow what provincial markets ask for today (an early end needs both sides and takes effect with the next
month; a company is changed freely at the end of a term) and the rules of electricity switching elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.contracts.tables import RequestKind, Side


@dataclass(frozen=True, slots=True)
class Needed:
    """One side that must agree, and the reason as people read it."""

    side: Side
    why: str


_USER = Needed(Side.USER, "合同的一方")
_BOTH = (_USER, Needed(Side.OLD, "合同的另一方，改合同要双方同意"))
_AT_END = (_USER, Needed(Side.NEW, "接受后才算绑定"))

# What is asked for, and whether it begins inside the term of the contract in force.
NEEDED: Mapping[tuple[RequestKind, bool], tuple[Needed, ...]] = {
    (RequestKind.BIND, False): _AT_END,
    (RequestKind.PACKAGE, False): _BOTH,
    (RequestKind.PACKAGE, True): _BOTH,
    (RequestKind.COMPANY, False): _AT_END,  # the old one's term is over by then: it is told
    (RequestKind.COMPANY, True): (
        _USER,
        Needed(Side.OLD, "合同没到期，提前结束要双方同意"),
        Needed(Side.NEW, "接受后才算绑定"),
    ),
    (RequestKind.END, True): (_USER, Needed(Side.OLD, "合同没到期，提前结束要双方同意")),
}


def needed(kind: RequestKind, inside: bool) -> tuple[Needed, ...]:
    """Who must agree. KeyError for what cannot be asked for: an end outside of a term."""
    return NEEDED[(kind, inside)]
