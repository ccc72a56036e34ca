"""Deep calls get memory for their frames once."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from torq_gen.lint.facts.stack import with_room

resource = pytest.importorskip("resource", reason="page faults are counted on Unix alone")


def fault_count(function: Callable[[], object]) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    function()
    found: int = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    return found


def climb(height: int) -> None:
    """Calls at every height of the stack, so that some stand at the edge of a chunk."""
    if height:
        for _ in range(50):
            down(5)
        climb(height - 1)


def down(depth: int) -> None:
    if depth:
        down(depth - 1)


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="of CPython's stack of frames")
def test_calls_across_the_edge_of_a_chunk_ask_for_no_memory() -> None:
    climb(400)  # what is allocated once is not of interest
    bare = fault_count(lambda: climb(400))
    roomy = fault_count(lambda: with_room(lambda: climb(400)))
    assert roomy * 5 < bare


def test_results_and_errors_come_through() -> None:
    def endless() -> None:
        endless()

    assert with_room(lambda: 7) == 7
    with pytest.raises(RecursionError):
        with_room(endless)
