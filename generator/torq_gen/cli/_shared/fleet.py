"""Every process of a topology on this machine under one parent."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mycelium.manifest import Restart, RestartStrategy
from mycelium.restart import RestartBudget
from mycelium.runner import ExitCode, stop_signals

if TYPE_CHECKING:
    from torq_gen.cli._shared.child import Child

_LOG: Final = logging.getLogger("torq_gen.run")
RESTARTS: Final = Restart(RestartStrategy.ONE_FOR_ONE, max_restarts=5, window_secs=60)
"""Of each process, as long as it ends in a way that calls for it: like systemd's on-failure."""


class Fleet:
    """Starts processes, starts those again that ask for it, and stops all of them in order.

    ``steps`` has the processes in the order of starting, subscribers first; those of one step
    start together. ``grace_secs`` is how long one may take to stop before it is killed. With
    ``finite`` the run is over when all of these have ended cleanly.
    """

    def __init__(
        self,
        steps: Sequence[Sequence[Child]],
        *,
        grace_secs: float,
        finite: frozenset[str] = frozenset(),
    ) -> None:
        self.children: Mapping[str, Child] = {c.name: c for step in steps for c in step}
        self.state = "starting"
        self._steps = steps
        self._grace_secs = grace_secs
        self._unfinished = set(finite)
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._over = asyncio.Event()
        self._causes: list[int] = []
        self._killed: list[str] = []

    async def run(self, tell: Callable[[], None]) -> int:
        """Run until a signal or a process says that it is over; the exit code.

        ``tell`` is called when the state has changed.
        """
        with stop_signals(self._on_signal):
            try:
                await self._start()
                if not self._over.is_set():
                    self._become("running", tell)
                await self._over.wait()
            finally:
                self._become("stopping", tell)
                await self._stop()
        code = self._code()
        self._become("stopped" if code == ExitCode.CLEAN else "ended uncleanly", tell)
        return code

    def state_of(self, child: Child) -> str:
        """How a process is, in a word."""
        life = self._lives.get(child.name)
        if life is None:
            return "waiting"
        if child.alive:
            return "running" if child.ready.is_set() else "starting"
        if not life.done():
            return "restarting"
        return "stopped" if child.code == ExitCode.CLEAN else "failed"

    def _become(self, state: str, tell: Callable[[], None]) -> None:
        self.state = state
        tell()

    def _on_signal(self, _: signal.Signals) -> None:
        if self._over.is_set():
            for child in self.children.values():
                child.stop()  # a second time: what still waits is given up
        self._over.set()

    async def _start(self) -> None:
        for step in self._steps:
            for child in step:
                life = asyncio.create_task(self._live(child), name=child.name)
                self._lives[child.name] = life
            for child in step:
                await _first(child.ready.wait(), self._over.wait(), self._ended(child))
            if self._over.is_set():
                return

    async def _ended(self, child: Child) -> None:
        await asyncio.wait([self._lives[child.name]])

    async def _live(self, child: Child) -> None:
        """Keep one process alive until the run is over or it may not start again."""
        budget = RestartBudget(RESTARTS)
        clock = asyncio.get_running_loop().time
        while True:
            code = await _lived(child)
            if self._over.is_set():
                return
            delay = budget.after_crash(clock()) if calls_for_restart(code) else None
            if delay is None:
                self._end(child, code)
                return
            _LOG.error("%s %s, restart in %.1f s", child.name, ended(code), delay)
            child.restarts += 1
            await _first(asyncio.sleep(delay), self._over.wait())
            if self._over.is_set():
                return

    def _end(self, child: Child, code: int) -> None:
        """One process is not started again: the run is over, unless others are to finish."""
        if code == ExitCode.CLEAN and child.name in self._unfinished:
            self._unfinished.remove(child.name)
            if self._unfinished:
                return
            _LOG.info("all have finished")
        else:
            _LOG.log(
                logging.INFO if code == ExitCode.CLEAN else logging.ERROR,
                "%s %s: all others stop",
                child.name,
                ended(code),
            )
            self._causes.append(ExitCode.ESCALATED if calls_for_restart(code) else code)
        self._over.set()

    async def _stop(self) -> None:
        """Publishers' processes first, so that subscribers still get what they send."""
        self._over.set()
        for step in reversed(self._steps):
            lives = [self._lives[child.name] for child in step if child.name in self._lives]
            for child in step:
                child.stop()
            if not lives:
                continue
            _, late = await asyncio.wait(lives, timeout=self._grace_secs)
            for child in step if late else ():
                if child.alive:
                    _LOG.error("%s did not end in %g s: killed", child.name, self._grace_secs)
                    self._killed.append(child.name)
                    child.kill()
            if late:
                await asyncio.wait(late)

    def _code(self) -> int:
        """What ended the run, or else whether all ended cleanly."""
        if self._causes and self._causes[0] != ExitCode.CLEAN:
            return self._causes[0]
        # one that had only just been started knew no better way to stop
        fine = (None, ExitCode.CLEAN, -signal.SIGTERM)
        unclean = [c.name for c in self.children.values() if c.code not in fine]
        return ExitCode.UNCLEAN if unclean or self._killed else ExitCode.CLEAN


async def _lived(child: Child) -> int:
    """Its exit code; one that the system has no room for may start when tried again."""
    try:
        return await child.live(os.environ)
    except OSError as error:
        _LOG.error("%s cannot be started: %s", child.name, error)
        return ExitCode.ESCALATED


def calls_for_restart(code: int) -> bool:
    """Whether a process manager should start it again: it escalated, or was killed."""
    return code == ExitCode.ESCALATED or code < 0


def ended(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return "ended" if code == ExitCode.CLEAN else f"ended with exit code {code}"


async def _first(*waits: object) -> None:
    """Wait for the first to end, and cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]  # type: ignore[call-overload]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
