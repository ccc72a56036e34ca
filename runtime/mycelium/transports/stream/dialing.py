"""What this process needs of another one: which connections it makes, and makes again."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.transports.errors import ConnectionLostError, HandshakeError
from mycelium.transports.shared.offer import Needs
from mycelium.transports.shared.saying import Rarely
from mycelium.transports.shared.schemas import Schemas, schemas
from mycelium.transports.stream import control
from mycelium.transports.stream.inflow import Inflow
from mycelium.transports.stream.limits import Limits

_LOG: Final = logging.getLogger("mycelium.transports")
_NOT_THERE: Final = (ConnectionRefusedError, FileNotFoundError)

Hello = Callable[[bool, Needs, Schemas], control.Hello]
Connect = Callable[[Callable[[int], None], int], Awaitable[Inflow]]
"""Makes a connection: what to call when a want holds, and the number of the attempt."""


class Dialer:
    """One connection to another process's publishers: what blocks, or what does not.

    ``holds`` are the message types that may be sent over it now or still.
    """

    def __init__(
        self,
        process: str,
        blocking: bool,
        limits: Limits,
        *,
        hello: Hello,
        connect: Connect,
        changed: Callable[[], None],
        counts: Counter[str],
    ) -> None:
        self.process = process
        self.blocking = blocking
        self.needs: dict[type[Message], OnFull] = {}
        self.holds: set[type[Message]] = set()
        self.connection: Inflow | None = None
        self._limits = limits
        self._hello = hello
        self._connect = connect
        self._changed = changed
        self._counts = counts
        self._number = 0
        self._wanted: dict[int, dict[type[Message], OnFull]] = {}
        self._task: asyncio.Task[None] | None = None
        self._rarely = Rarely(_LOG)
        self._patient_until = 0.0
        self._leaving = False

    @property
    def settled(self) -> bool:
        """Whether the other process knows what is needed."""
        return (not self.needs and self._task is None) or (
            self.connection is not None and not self._wanted
        )

    def need(self, needs: dict[type[Message], OnFull]) -> None:
        """Changes what is needed; the first need makes the connection."""
        if needs == self.needs or self._leaving:
            return
        self.needs = needs
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"transport dials {self.process}")
        elif self.connection is not None:
            self._number += 1
            self._wanted[self._number] = needs
            self.holds |= needs.keys()
            self.connection.say(control.Want(self._number, _types(needs), schemas(needs)))

    async def leave(self, secs: float) -> None:
        """Asks for the end and reads until it comes, for so many seconds."""
        self._leaving = True
        task, connection = self._task, self.connection
        if task is None:
            return
        if connection is not None:
            connection.say(control.Bye())
            await asyncio.wait([connection.closed], timeout=secs)
            connection.fail(ConnectionLostError("expected the end in time"))
        task.cancel()
        await asyncio.wait([task])

    async def _run(self) -> None:
        pause, attempt = self._limits.first_retry_secs, 0
        loop = asyncio.get_running_loop()
        self._patient_until = loop.time() + self._limits.patience_secs
        while not self._leaving:
            began = loop.time()
            try:
                await self._attempt(attempt)
                error: Exception | None = None
            except (OSError, ValueError, HandshakeError, ConnectionLostError) as failure:
                error = failure
            if loop.time() - began > pause:
                pause = self._limits.first_retry_secs
            if isinstance(error, HandshakeError):
                pause = self._limits.retry_secs
            self._say(error, loop.time())
            attempt += 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, self._limits.retry_secs)

    async def _attempt(self, number: int) -> None:
        """One connection, from the first byte to the last.

        Raises:
            OSError, ValueError, HandshakeError, ConnectionLostError: why it failed or ended; a
                host's name that cannot be one is a ValueError
        """
        needs = self.needs
        connection: Inflow | None = None
        self.holds = set(needs)
        try:
            async with asyncio.timeout(self._limits.handshake_secs):
                connection = await self._connect(self._has, number)
                connection.say(self._hello(self.blocking, _types(needs), schemas(needs)))
                await connection.welcome
            await self._keep(connection, needs)
        finally:
            if connection is not None:
                connection.fail(ConnectionLostError("expected an answer in time"))
            self.connection = None
            self.holds.clear()
            self._wanted.clear()
            self._changed()
        if connection.error is not None:
            raise ConnectionLostError(str(connection.error))

    async def _keep(self, connection: Inflow, needs: dict[type[Message], OnFull]) -> None:
        self._counts["connects"] += 1
        self._rarely.forget(self.process)
        self._patient_until = 0.0
        self.connection = connection
        latest, self.needs = self.needs, needs
        self.need(latest)
        connection.accept()
        self._changed()
        await asyncio.shield(connection.closed)
        if connection.error is not None:
            self._counts["losses"] += 1
        else:
            self._patient_until = math.inf  # it has stopped, and said so

    def _has(self, number: int) -> None:
        """The other process says that a want holds."""
        holding = self._wanted.get(number, {})
        self._wanted = {n: needs for n, needs in self._wanted.items() if n > number}
        self.holds = set(holding).union(*self._wanted.values())
        self._changed()

    def _say(self, error: Exception | None, now: float) -> None:
        """Logs why there is no connection; that nobody is there is no warning at first.

        Subscribers start before their publishers, and stop after them.
        """
        if error is None:
            return
        reason = str(error) or f"no answer within {self._limits.handshake_secs:g} s"
        text = f"no connection to {self.process} for now: {reason}"
        if isinstance(error, _NOT_THERE) and now < self._patient_until:
            _LOG.debug("%s", text)
        else:
            self._rarely.warn(self.process, text)


class Publishers:
    """What this process needs of one other process.

    A message comes over one connection only: the one that blocks if a subscription here blocks. It
    changes over when it has left the other one, so that nothing comes twice or out of order.
    """

    def __init__(self, messages: Sequence[type[Message]], dialers: Sequence[Dialer]) -> None:
        self.messages = frozenset(messages)
        self.dialers = tuple(dialers)
        self._needs: dict[type[Message], OnFull] = {}

    @property
    def settled(self) -> bool:
        """Whether the other process knows what is needed."""
        return all(dialer.settled for dialer in self.dialers) and all(
            any(message in dialer.needs for dialer in self.dialers) for message in self._needs
        )

    def want(self, message: type[Message], on_full: OnFull | None) -> None:
        """Changes what is needed of one message."""
        if on_full is None:
            self._needs.pop(message, None)
        else:
            self._needs[message] = on_full

    def sort(self) -> None:
        """Tells each connection what to ask for."""
        for dialer in self.dialers:
            elsewhere = {m for other in self.dialers if other is not dialer for m in other.holds}
            dialer.need(
                {
                    message: on_full
                    for message, on_full in self._needs.items()
                    if (on_full is OnFull.BLOCK) is dialer.blocking and message not in elsewhere
                }
            )


def _types(needs: dict[type[Message], OnFull]) -> Needs:
    return {message.TYPE_ID: on_full for message, on_full in needs.items()}
