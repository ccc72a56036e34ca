"""What a graph is made of, and the graph of a whole system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from torq_gen.model import OnFull, Status

if TYPE_CHECKING:
    from torq_gen.model import Message, Service, System


class Kind(Enum):
    """What a node stands for."""

    SERVICE = "service"
    MESSAGE = "message"
    STORE = "store"
    EXTERNAL = "external"


class Hit(Enum):
    """What a change means to a node."""

    NONE = ""
    CHANGED = "changed"
    DIRECT = "direct"  # publishes or subscribes what is changed
    DOWNSTREAM = "downstream"  # depends on somebody who is hit


@dataclass(frozen=True, slots=True)
class Node:
    """A node; ``group`` is a service's bundle or a message's domain, ``note`` its id."""

    kind: Kind
    name: str
    group: str = ""
    note: str = ""
    planned: bool = False
    hit: Hit = Hit.NONE

    @property
    def id(self) -> str:
        """The node's name among those of all kinds."""
        return f"{self.kind.value}_{self.name}"


@dataclass(frozen=True, slots=True)
class Edge:
    """A direction in which data flows; ``weak`` where the receiver may miss some of it."""

    source: str
    target: str
    does: str
    note: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and the edges between them."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def whole(system: System, kinds: Iterable[Kind] = ()) -> Graph:
    """Every service and message; stores and externals too where ``kinds`` names them."""
    shown = {Kind.SERVICE, Kind.MESSAGE, *kinds}
    nodes = [_service(s) for s in system.services.values()]
    nodes += [_message(m) for m in system.messages.values()]
    nodes += [Node(Kind.STORE, s.name, note=s.kind) for s in system.stores.values()]
    nodes += [Node(Kind.EXTERNAL, e.name, note=e.protocol) for e in system.externals.values()]
    kept = tuple(node for node in nodes if node.kind in shown)
    edges = [edge for service in system.services.values() for edge in _edges(service)]
    return of_nodes(Graph(system.name, kept, tuple(edges)), kept)


def of_nodes(graph: Graph, nodes: Iterable[Node]) -> Graph:
    """The part of a graph that the nodes make, with the edges between them."""
    kept = tuple(nodes)
    ids = {node.id for node in kept}
    edges = tuple(e for e in graph.edges if e.source in ids and e.target in ids)
    return Graph(graph.name, kept, edges)


def _service(service: Service) -> Node:
    planned = service.status is Status.PLANNED
    return Node(Kind.SERVICE, service.name, service.bundle, f"id {service.id}", planned)


def _message(message: Message) -> Node:
    return Node(Kind.MESSAGE, message.name, message.domain, f"type {message.type_id}")


def _edges(service: Service) -> Iterator[Edge]:
    own = f"service_{service.name}"
    for publication in service.publishes:
        yield Edge(own, f"message_{publication.message}", "publishes")
    for subscription in service.subscribes:
        weak = subscription.on_full is not OnFull.BLOCK
        note = subscription.on_full.value if weak else ""
        yield Edge(f"message_{subscription.message}", own, "subscribes", note, weak)
    for access in service.stores:
        if access.authority.writes:
            yield Edge(own, f"store_{access.store}", "writes")
        if access.authority.reads:
            yield Edge(f"store_{access.store}", own, "reads")
    for external in service.externals:
        yield Edge(own, f"external_{external}", "calls")
