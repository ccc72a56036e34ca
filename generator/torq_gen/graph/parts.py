"""Parts of a graph: one domain, what is around a service, what a change hits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torq_gen.graph.elements import Graph, Hit, Kind, of_nodes
from torq_gen.model.types import named_types

if TYPE_CHECKING:
    from torq_gen.model import System


def of_domain(graph: Graph, domain: str) -> Graph:
    """The messages of a domain, and the services that publish or subscribe them."""
    own = {n.id for n in graph.nodes if n.kind is Kind.MESSAGE and n.group == domain}
    kept = own | _neighbours(graph, own)
    return of_nodes(graph, (n for n in graph.nodes if n.id in kept))


def around(graph: Graph, service: str, depth: int = 1) -> Graph:
    """A service, what it touches, and who else touches that; ``depth`` such steps."""
    found = {f"service_{service}"}
    for _ in range(depth):
        touched = found | _neighbours(graph, found)
        found = touched | _neighbours(graph, touched)
    return of_nodes(graph, (n for n in graph.nodes if n.id in found))


def hit_by(graph: Graph, system: System, name: str) -> Graph:
    """What a change of a message, a type or a service hits.

    Who publishes or subscribes a changed message is hit directly, and so is what a changed service
    publishes. Downstream lies what subscribers publish in turn, and who depends on that.
    """
    changed = _changed(system, name)
    front = _flow(graph, changed)
    direct = front if name in system.services else front | _sources(graph, changed)
    downstream: set[str] = set()
    while front := _flow(graph, front) - changed - direct - downstream:
        downstream |= front
    marks = {
        **dict.fromkeys(downstream, Hit.DOWNSTREAM),
        **dict.fromkeys(direct - changed, Hit.DIRECT),
        **dict.fromkeys(changed, Hit.CHANGED),
    }
    return of_nodes(graph, (replace(n, hit=marks[n.id]) for n in graph.nodes if n.id in marks))


def _changed(system: System, name: str) -> set[str]:
    """The nodes that the name stands for; of a type, the messages that hold it."""
    if name in system.services:
        return {f"service_{name}"}
    if name in system.messages:
        return {f"message_{name}"}
    return {
        f"message_{message.name}"
        for message in system.messages.values()
        if any(t.name == name for field in message.fields for t in named_types(field.type))
    }


def _flow(graph: Graph, nodes: set[str]) -> set[str]:
    """Where data of the nodes goes through services and messages."""
    known = {n.id for n in graph.nodes if n.kind in (Kind.SERVICE, Kind.MESSAGE)}
    return _targets(graph, nodes) & known


def _neighbours(graph: Graph, nodes: set[str]) -> set[str]:
    return _targets(graph, nodes) | _sources(graph, nodes)


def _targets(graph: Graph, nodes: set[str]) -> set[str]:
    return {e.target for e in graph.edges if e.source in nodes}


def _sources(graph: Graph, nodes: set[str]) -> set[str]:
    return {e.source for e in graph.edges if e.target in nodes}
