"""Who talks to whom: messages that nobody sends or hears, and services that wait for each other."""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import pairwise
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.services import OnFull
from torq_gen.spec import rules
from torq_gen.spec.findings import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.model.services import Publication, Service, Subscription
    from torq_gen.spec.findings import Findings

Graph = dict[str, dict[str, str]]  # publisher to subscriber to one of the messages between them


def check_flow(
    services: Mapping[str, Service], findings: Findings, *, complete: bool = True
) -> None:
    """Reports what is wrong with the graph of all services, planned ones included.

    Unless the spec is ``complete``, a publisher or subscriber that nobody sees may still exist.
    """
    publishers: dict[str, list[tuple[Service, Publication]]] = defaultdict(list)
    subscribers: dict[str, list[tuple[Service, Subscription]]] = defaultdict(list)
    for service in services.values():
        for publication in service.publishes:
            publishers[publication.message].append((service, publication))
        for subscription in service.subscribes:
            subscribers[subscription.message].append((service, subscription))
    for message, receivers in subscribers.items():
        if complete and message not in publishers:
            for _, subscription in receivers:
                _unpublished(subscription, findings)
    for message, senders in publishers.items():
        if complete and message not in subscribers:
            for _, publication in senders:
                _unheard(publication, findings)
    for service in services.values():
        _hears_itself(service, findings)
    _check_cycles(services, _blocking(publishers, subscribers), findings)


def _unpublished(subscription: Subscription, findings: Findings) -> None:
    assert subscription.span is not None
    message = f"{subscription.message} is subscribed here and published by nobody"
    help = "let a service publish it; one that is not written yet may be status: planned"
    findings.add(rules.UNPUBLISHED_SUBSCRIPTION, subscription.span, message, help=help)


def _unheard(publication: Publication, findings: Findings) -> None:
    assert publication.span is not None
    message = f"{publication.message} is published here and subscribed by nobody"
    findings.add(rules.UNHEARD_PUBLICATION, publication.span, message)


def _hears_itself(service: Service, findings: Findings) -> None:
    sent = {p.message: p for p in service.publishes}
    for subscription in service.subscribes:
        publication = sent.get(subscription.message)
        if publication is None or subscription.span is None or publication.span is None:
            continue
        message = f"{service.name} subscribes {subscription.message}, which it publishes itself"
        help = "call the code directly, or split the service"
        related = (Related(publication.span, publication.message),)
        findings.add(
            rules.SELF_SUBSCRIPTION, subscription.span, message, help=help, related=related
        )


def _blocking(
    publishers: Mapping[str, list[tuple[Service, Publication]]],
    subscribers: Mapping[str, list[tuple[Service, Subscription]]],
) -> Graph:
    graph: Graph = defaultdict(dict)
    for message, senders in publishers.items():
        for receiver, subscription in subscribers.get(message, ()):
            if subscription.on_full is not OnFull.BLOCK:
                continue
            for sender, _ in senders:
                if sender.name != receiver.name:
                    graph[sender.name].setdefault(receiver.name, message)
    return graph


def _check_cycles(services: Mapping[str, Service], graph: Graph, findings: Findings) -> None:
    """One finding for each group of services that can wait for each other."""
    for group in _groups(graph):
        if len(group) < 2:
            continue
        start = min(group, key=list(services).index)
        cycle = _shortest_cycle(start, graph, group)
        steps = " → ".join(f"{a} ({graph[a][b]})" for a, b in pairwise(cycle))
        last = services[cycle[-2]]
        closing = graph[cycle[-2]][start]
        subscription = next(s for s in services[start].subscribes if s.message == closing)
        others = [services[n] for n in cycle[1:-1]]
        assert subscription.span is not None
        findings.add(
            rules.BLOCKING_CYCLE,
            subscription.span,
            f"each of these waits while the next one's mailbox is full: {steps} → {start}",
            help=f"let one edge not block, for example {start}'s: {{{closing}: "
            f"{{on_full: drop_oldest}}}} (from {last.name})",
            related=tuple(Related(s.span, s.name) for s in others if s.span is not None),
        )
        rest = sorted(set(group) - set(cycle))
        if rest:
            help = f"also caught up in this cycle: {listed(rest)}"
            known = findings.all.pop()
            findings.add(
                rules.BLOCKING_CYCLE,
                known.span,
                known.message,
                help=f"{known.help}; {help}",
                related=known.related,
            )


def _shortest_cycle(start: str, graph: Graph, group: list[str]) -> list[str]:
    """A shortest path from ``start`` back to it."""
    members = set(group)
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there in graph.get(here, ()):
            if there == start:
                path = [start, here]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1] if here != start else [start, start]
            if there in members and there not in came_from:
                came_from[there] = here
                waiting.append(there)
    raise AssertionError(f"{start} is in no cycle")


def _groups(graph: Graph) -> list[list[str]]:
    """Strongly connected components by Tarjan's algorithm, with an explicit stack."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    groups: list[list[str]] = []
    for root in list(graph):
        if root in index:
            continue
        work = [(root, iter(graph.get(root, {})))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, edges = work[-1]
            for there in edges:
                if there not in index:
                    index[there] = low[there] = len(index)
                    stack.append(there)
                    on_stack.add(there)
                    work.append((there, iter(graph.get(there, {}))))
                    break
                if there in on_stack:
                    low[node] = min(low[node], index[there])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    groups.append(stack[at:])
                    on_stack.difference_update(stack[at:])
                    del stack[at:]
    return groups
