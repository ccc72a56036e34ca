from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mycelium.graph import drain_order, strong_components
from tests.unit.mycelium.helpers import BRAIN, FEED, RELAY, Echo, Signal, spec


def test_publishers_come_before_their_subscribers() -> None:
    assert drain_order([RELAY, BRAIN, FEED]) == (("feed",), ("brain",), ("relay",))


def test_a_cycle_is_one_group() -> None:
    ping, pong = spec("ping", 1, (Signal,), (Echo,)), spec("pong", 2, (Echo,), (Signal,))
    (group,) = drain_order([ping, pong])
    assert set(group) == {"ping", "pong"}


@given(
    edges=st.dictionaries(
        st.integers(0, 9).map(str), st.lists(st.integers(0, 9).map(str)), max_size=10
    )
)
def test_components_are_exactly_what_reaches_each_other_and_come_in_order(
    edges: dict[str, list[str]],
) -> None:
    edges = {node: [n for n in following if n in edges] for node, following in edges.items()}
    reach = {node: _reachable(edges, node) for node in edges}
    components = strong_components(edges)
    assert sorted(n for group in components for n in group) == sorted(edges)
    place = {node: i for i, group in enumerate(components) for node in group}
    for one in edges:
        for other in edges:
            together = one == other or (other in reach[one] and one in reach[other])
            assert (place[one] == place[other]) == together
            if other in reach[one]:
                assert place[other] <= place[one]


def _reachable(edges: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for node in edges[ahead.pop()]:
            if node not in found:
                found.add(node)
                ahead.append(node)
    return found
