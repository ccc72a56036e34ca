"""Hypothesis strategies for field types that Hypothesis has none for."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from mycelium.protocol.instrument import InstrumentId

T = TypeVar("T")


def instrument_ids() -> st.SearchStrategy[InstrumentId]:
    """Any instrument id."""
    asset = st.binary(min_size=20, max_size=20)
    return st.builds(InstrumentId, st.integers(0, 0xFFFF), st.integers(0, 0xFF), asset)


def tuples_of(
    items: st.SearchStrategy[T], length: int | None = None
) -> st.SearchStrategy[tuple[T, ...]]:
    """Tuples of ``length`` items, of up to five when it is None."""
    least, most = (0, 5) if length is None else (length, length)
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def repeated(items: st.SearchStrategy[T], length: int) -> st.SearchStrategy[tuple[T, ...]]:
    """Tuples of one item again and again, for arrays that would take too long to draw."""
    return items.map(lambda item: (item,) * length)
