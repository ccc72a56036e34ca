"""What is sent, at which pace, and what the receiver notes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, Literal

import msgspec

Pace = Literal["bulk", "singly", "light"]
LIGHT_PAUSE = 0.001
_WARM_UP = 10  # the first tenth


class Load(msgspec.Struct, frozen=True):
    """One run.

    ``bulk`` sends as fast as it can; ``singly`` gives way after each message, so that each goes
    alone; ``light`` waits a millisecond after each. ``package`` is where the generated one lies.
    """

    contestant: str
    pace: Pace
    count: int
    address: str
    package: str
    loop: str = "asyncio"


class Figures(msgspec.Struct, frozen=True):
    """What came out: messages a second, or microseconds one way of each message.

    ``cpu`` is the microseconds of processor time that both ends took for a message.
    """

    rate: float = 0.0
    delays: tuple[float, ...] = ()
    cpu: float = 0.0


class Meter:
    """Counts the processor time of this process from the first message on."""

    began: float | None = None

    @classmethod
    def start(cls) -> None:
        """The first message is here."""
        cls.began = time.process_time()

    @classmethod
    def spent(cls, load: Load) -> float:
        """Microseconds a message."""
        began = cls.began if cls.began is not None else time.process_time()
        return (time.process_time() - began) / load.count * 1e6


class Gauge:
    """Notes what a receiver got; done once it got all.

    ``got`` is called with the moment, of the monotonic clock, at which each message was sent, and
    says whether it was the last. What it does is part of every row, so it does little.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._first = load.count - load.count // _WARM_UP
        self._began = 0
        self._delays: list[int] = []
        self.got = self._delayed() if load.pace == "light" else self._counted()

    def figures(self) -> Figures:
        """The result."""
        if self._load.pace == "light":
            warm = self._delays[len(self._delays) // _WARM_UP :]
            return Figures(delays=tuple(delay / 1e3 for delay in warm))
        return Figures(rate=self._first / (time.monotonic_ns() - self._began) * 1e9)

    def _delayed(self) -> Callable[[int], bool]:
        count, delays, now = self._load.count, self._delays, time.monotonic_ns

        def got(sent_at: int) -> bool:
            delays.append(now() - sent_at)
            if len(delays) == 1:
                Meter.start()
            return len(delays) == count

        return got

    def _counted(self) -> Callable[[int], bool]:
        left = count = self._load.count
        first = self._first

        def got(_: int) -> bool:
            nonlocal left
            left -= 1
            if left >= first:
                if left == count - 1:
                    Meter.start()
                if left == first:
                    self._began = time.monotonic_ns()
            return not left

        return got


def rest_of(load: Load) -> Callable[[], Awaitable[None]] | None:
    """What a sender with an event loop does after each message."""
    if load.pace == "bulk":
        return None
    return partial(asyncio.sleep, 0 if load.pace == "singly" else LIGHT_PAUSE)


def bench(module: str) -> Any:
    """A module of the generated package, which exists only while a benchmark runs."""
    return import_module(f"bench_contracts.{module}")


def messages(load: Load, quote: Any) -> Iterator[Any]:
    """The messages, built one by one as they are asked for."""
    Meter.start()
    now = time.monotonic_ns
    for number in range(load.count):
        yield quote(number, 10_000, 10_002, 5, 7, now())
