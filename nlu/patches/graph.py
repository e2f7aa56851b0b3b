"""Rasa plans its graph anew and hands it to dask for every message and every decision. The plan depends on the targets
only, so it is made once; the same nodes then run one after the other, as dask's synchronous scheduler runs them."""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

from patches.pinning import replace

Plan = list[tuple[str, GraphNode, tuple[str, ...]]]


def planned(runner: DaskGraphRunner, targets: tuple[str, ...]) -> Plan:
    """The nodes that the targets need, each after what it needs itself; the names of inputs are no nodes."""
    nodes, plan, seen = runner._graph_schema.nodes, [], set()

    def visit(name: str) -> None:
        if name in seen or name not in nodes:
            return
        seen.add(name)
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            visit(need)
        plan.append((name, runner._instantiated_nodes[name], needs))

    for target in targets:
        visit(target)
    return plan


def run(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """What the targets give for the inputs."""
    wanted = tuple(targets or self._graph_schema.target_names)
    plans: dict[tuple[str, ...], Plan] = self.__dict__.setdefault("_plans", {})
    if wanted not in plans:
        plans[wanted] = planned(self, wanted)
    found: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    for name in found:
        if name in self._graph_schema.nodes:
            raise GraphRunError(f"The input '{name}' has the name of a node.")
    try:
        for name, node, needs in plans[wanted]:
            found[name] = node(*(found.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(found[target] for target in wanted)


def apply() -> None:
    """Puts it in place of DaskGraphRunner.run."""
    replace(DaskGraphRunner, "run", run, "45f0f52f574f3aa9")
