"""The order of services: publishers before their subscribers, a cycle as one group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mycelium.manifest import ServiceSpec


def drain_order(specs: Iterable[ServiceSpec]) -> tuple[tuple[str, ...], ...]:
    """Groups of names, publishers first. Starting goes the other way round."""
    specs = list(specs)
    readers: dict[int, list[str]] = {}
    for spec in specs:
        for subscription in spec.subscribes:
            readers.setdefault(subscription.message.TYPE_ID, []).append(spec.name)
    edges = {
        spec.name: [name for m in spec.publishes for name in readers.get(m.TYPE_ID, ())]
        for spec in specs
    }
    return tuple(reversed(strong_components(edges)))


def strong_components(edges: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """The strongly connected components, each after all that it leads to (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    done: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in edges:
        if root in index:
            continue
        walk = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while walk:
            node, following = walk[-1]
            for child in following:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    walk.append((child, iter(edges[child])))
                    break
                if child not in done:
                    low[node] = min(low[node], index[child])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_component(stack, node, done))
    return found


def _component(stack: list[str], root: str, done: set[str]) -> tuple[str, ...]:
    at = stack.index(root)
    members = tuple(stack[at:])
    del stack[at:]
    done.update(members)
    return members
