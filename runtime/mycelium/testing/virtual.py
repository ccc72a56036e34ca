"""A clock whose time passes only while a test waits for it, and the event loop that follows it.

While it runs, `asyncio.sleep`, `asyncio.timeout`, `call_later` and ``loop.time()`` of the running
loop go by it; `time.time` and `time.monotonic` do not. Nothing sleeps: when all tasks wait, the
time jumps to the next timer. Threads that the loop waits for (`asyncio.to_thread`) stop the time
until they are done. What another process or a socket sends is not waited for, unless no timer is
set.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heapify
from typing import Any, Final, Self
from weakref import WeakKeyDictionary

from mycelium.testing.clock import START
from mycelium.testing.stalls import StalledError, waiting_tasks

_TICK: Final = 1e-6
"""Seconds that are one moment: loop times are floats, exact enough for this after any uptime."""
PATIENCE_SECS: Final = 1.0
"""Real seconds to wait for the world outside before a stall is certain."""
THREAD_SECS: Final = 10.0
"""Real seconds after which a thread no longer stops the time."""
JUMPS: Final = 250_000
"""Timers that go off during one wait, after which it is taken to be endless."""

_RUNNING: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, VirtualClock]] = WeakKeyDictionary()


class VirtualClock:
    """An asynchronous context manager; within it, the running loop's time is the clock's.

    Timers that were set before wait until it is left, so a limit around a test does not go off in
    it. Entering it again within itself is fine. Timestamps are whole microseconds.

    Raises:
        StalledError: on leaving, when everything waited and nothing could come any more
        TypeError: on entering, when the loop is not asyncio's own, as uvloop's is not
    """

    def __init__(self, start: int = START) -> None:
        self._start = start
        # What is replaced of the loop is private to it, and the same since Python 3.4.
        self._loop: Any = None
        self._begin = 0.0
        self._elapsed = 0.0
        self._depth = 0
        self._jumps = 0
        self._threads = 0
        self._resting: list[asyncio.Future[None]] = []
        self._stall: str | None = None

    async def __aenter__(self) -> Self:
        if not self._depth:
            self._enter(asyncio.get_running_loop())
        self._depth += 1
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        self._depth -= 1
        if self._depth:
            return
        self._leave()
        if self._stall is not None:
            self._task.uncancel()
            raise StalledError(self._stall) from (None if kind is asyncio.CancelledError else error)

    @staticmethod
    def running() -> VirtualClock | None:
        """The one that the running loop follows, if it does."""
        return _RUNNING.get(asyncio.get_running_loop())

    def timestamp(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return self._start + round(self._elapsed * 1e6) * 1000

    def monotonic(self) -> float:
        """Seconds since the clock was entered for the first time."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Returns after ``seconds`` of its time."""
        await asyncio.sleep(seconds)

    async def rest(self) -> None:
        """Returns when all that can happen at this moment has happened; no time passes."""
        future = asyncio.get_running_loop().create_future()
        self._resting.append(future)
        await future
        self._jumps = 0

    async def advance(self, seconds: float) -> None:
        """Lets the time pass, and all that is due within it happen."""
        await asyncio.sleep(seconds)
        await self.rest()

    async def reach(self, timestamp: int) -> None:
        """Lets the time pass up to a timestamp, unless that has passed already."""
        seconds = (timestamp - self.timestamp()) / 1e9
        if seconds >= _TICK:
            await self.advance(seconds)

    def _enter(self, loop: asyncio.AbstractEventLoop) -> None:
        """Puts itself between the loop and its clock, its selector and its threads."""
        task = asyncio.current_task()
        if loop in _RUNNING:
            raise RuntimeError("expected one virtual clock in an event loop, found another one")
        if not isinstance(loop, asyncio.BaseEventLoop) or task is None:
            found = f"{type(loop).__module__}.{type(loop).__qualname__}"
            raise TypeError(f"expected an event loop of asyncio, found {found}")
        _RUNNING[loop] = self
        self._loop = loop
        self._task = task
        self._begin = loop.time() - self._elapsed
        self._jumps = 0
        self._stall = None
        self._kept = (self._loop._selector, self._loop._clock_resolution, self._loop._scheduled)
        self._loop._scheduled = []
        self._loop.time = lambda: self._begin + self._elapsed
        self._loop.run_in_executor = self._run_in_executor
        self._loop._clock_resolution = _TICK
        self._loop._selector = _Selector(self._kept[0], self._pass)

    def _leave(self) -> None:
        """Gives the loop its own time back; timers that are still set keep what is left."""
        loop = self._loop
        ahead = loop.time() - type(loop).time(loop)
        for timer in loop._scheduled:
            timer._when -= ahead
        timers = loop._scheduled
        loop._selector, loop._clock_resolution, loop._scheduled = self._kept
        loop._scheduled.extend(timers)
        heapify(loop._scheduled)
        del loop.time, loop.run_in_executor, _RUNNING[loop]

    def _pass(self, select: Callable[[float | None], Any], timeout: float | None) -> Any:
        """What the loop asks for once per turn; ``timeout`` is 0 while anything is ready."""
        events = select(0)
        if events or timeout == 0:
            return events
        if self._threads:
            events = select(THREAD_SECS)
            if events:
                return events
        if self._resting:
            self._wake()
        elif timeout is not None and self._jumps < JUMPS:
            self._jumps += 1
            self._elapsed += timeout
        elif timeout is not None:
            self._give_up(f"{JUMPS:,} timers went off while the test waited")
        elif not (events := select(PATIENCE_SECS)) and not self._threads:
            self._give_up("everything waits, and no timer is set")
        return events

    def _wake(self) -> None:
        resting, self._resting = self._resting, []
        for future in resting:
            if not future.done():
                future.set_result(None)

    def _give_up(self, why: str) -> None:
        if self._stall is not None:
            raise StalledError(self._stall)  # whoever was cancelled for it waits on
        self._stall = f"{why}; what waits:\n{waiting_tasks(self._loop)}"
        self._jumps = 0
        self._task.cancel()

    def _run_in_executor(self, *arguments: Any) -> Any:
        future = type(self._loop).run_in_executor(self._loop, *arguments)
        self._threads += 1
        future.add_done_callback(self._thread_is_done)
        return future

    def _thread_is_done(self, _: object) -> None:
        self._threads -= 1


class _Selector:
    """A loop's selector, whose waiting is left to a clock."""

    def __init__(self, real: Any, wait: Callable[[Callable[..., Any], float | None], Any]) -> None:
        self._real = real
        self._wait = wait

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def select(self, timeout: float | None = None) -> Any:
        """Events that are there, after as much waiting as the clock sees fit."""
        return self._wait(self._real.select, timeout)
