"""How long handlers take, as histograms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from time import perf_counter
from typing import Final

from mycelium.consumer import Handler
from mycelium.protocol.message import Message

BOUNDS: Final = (1e-5, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.5, 1.0, 5.0)
"""Upper bounds of the buckets in seconds; what takes longer goes into a last one."""


class Histogram:
    """``counts`` has one number for each bucket, ``total`` is the sum of all seconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0


class Latencies:
    """A histogram for each message of each service. The time that a handler waits is its own."""

    __slots__ = ("_histograms",)

    def __init__(self) -> None:
        self._histograms: dict[tuple[str, str], Histogram] = {}

    def around(self, service: str, message: type[Message], handler: Handler) -> Handler:
        """The handler, measured; one that raises is measured, too."""
        histogram = self._histograms.setdefault((service, message.__name__), Histogram())
        counts = histogram.counts

        async def measured(message: Message) -> None:
            start = perf_counter()
            try:
                await handler(message)
            finally:
                seconds = perf_counter() - start
                counts[bisect_left(BOUNDS, seconds)] += 1
                histogram.total += seconds

        return measured

    def histograms(self) -> Mapping[tuple[str, str], Histogram]:
        """By names of service and message; another thread may ask."""
        return self._histograms.copy()
