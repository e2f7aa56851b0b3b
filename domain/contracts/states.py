"""How a request and a contract move, as one table each: `docs/contracts.md` draws its diagrams from them, and the tests
of random lives (tests/domain/test_contract_life.py) hold every move that the code makes against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.contracts.contracts import RENEWED, STOPPED
from domain.contracts.parties import NEEDED
from domain.contracts.tables import (
    KIND_NAMES,
    REQUEST_STATES,
    SIDE_NAMES,
    Contract,
    ContractState,
    RequestState,
)

START = ""


@dataclass(frozen=True, slots=True)
class Move:
    """From one state to another, and by what."""

    before: str
    after: str
    by: str


REQUEST_MOVES: Sequence[Move] = (
    Move(START, RequestState.OPEN, "一方提出"),
    Move(RequestState.OPEN, RequestState.OPEN, "一方同意，还等别的方"),
    Move(RequestState.OPEN, RequestState.AGREED, "最后一方同意"),
    Move(RequestState.OPEN, RequestState.REFUSED, "有一方不同意"),
    Move(RequestState.OPEN, RequestState.WITHDRAWN, "提出方撤回"),
    Move(RequestState.OPEN, RequestState.LAPSED, "期限内没有都同意"),
    Move(RequestState.OPEN, RequestState.SUPERSEDED, "另一件先得到同意，或有一方已离开市场"),
)
CONTRACT_NAMES: Mapping[str, str] = {
    ContractState.SIGNED: "已签订",
    STOPPED: "到期不续",
    RENEWED: "已续签",
    ContractState.ENDED: "已结束",
}
CONTRACT_MOVES: Sequence[Move] = (
    Move(START, ContractState.SIGNED, "各方都同意，或上一份按告知续签"),
    Move(ContractState.SIGNED, RENEWED, "按期告知后没有答复"),
    Move(ContractState.SIGNED, STOPPED, "一方不续约、另签、提前终止、没有按期告知、售电公司离开"),
    Move(RENEWED, STOPPED, "续签后又提前终止、售电公司离开"),
    Move(STOPPED, ContractState.ENDED, "最后一个交易月过完"),
    Move(RENEWED, ContractState.ENDED, "最后一个交易月过完，下一份接上"),
    Move(ContractState.SIGNED, ContractState.ENDED, "最后一个交易月过完，变更还没有结果"),
)


def phase(row: Contract) -> str:
    """Where a contract is in its diagram: a key of `CONTRACT_NAMES`."""
    return row.state if row.state == ContractState.ENDED else row.renewal or ContractState.SIGNED


def diagram(moves: Sequence[Move], names: Mapping[str, str]) -> str:
    """The moves as a Mermaid state diagram."""
    lines = [f'    state "{names[state]}" as {state}' for state in dict.fromkeys(move.after for move in moves)]
    arrows = [f"    {move.before or '[*]'} --> {move.after}: {move.by}" for move in moves]
    left = {move.before for move in moves if move.before != move.after}
    last = [f"    {move} --> [*]" for move in dict.fromkeys(move.after for move in moves) if move not in left]
    return "\n".join(["stateDiagram-v2", *lines, *arrows, *last])


def requests_drawn() -> str:
    """The diagram of a request."""
    return diagram(REQUEST_MOVES, REQUEST_STATES)


def contracts_drawn() -> str:
    """The diagram of a contract."""
    return diagram(CONTRACT_MOVES, CONTRACT_NAMES)


def parties_table() -> str:
    """Who must agree to what, as a Markdown table."""
    rows = ["| 事项 | 何时生效 | 谁要同意，为什么 |", "|---|---|---|"]
    for (kind, inside), sides in NEEDED.items():
        who = "；".join(f"{SIDE_NAMES[each.side]}：{each.why}" for each in sides)
        rows.append(
            f"| {KIND_NAMES[kind]} | {'合同期内，下个交易月起' if inside else '没有合同，或合同到期后'} | {who} |"
        )
    return "\n".join(rows)
