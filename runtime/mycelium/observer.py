"""Subscribers that are not services."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mycelium.consumer import Consumer, Handler
from mycelium.deadletters import error_text
from mycelium.envelope import Envelope
from mycelium.mailbox import Inlet
from mycelium.manifest import OnFull
from mycelium.protocol.message import Message

if TYPE_CHECKING:
    from mycelium.bus import Bus

_LOG: Final = logging.getLogger("mycelium.observer")


class Observer:
    """One handler of one message; made by `Bus.subscribe`."""

    def __init__(
        self,
        bus: Bus,
        message: type[Message],
        handler: Handler,
        *,
        name: str,
        on_full: OnFull,
        capacity: int,
    ) -> None:
        self.name = name
        self._bus = bus
        self._message = message
        self._handler = handler
        self._consumer = Consumer(name, capacity, bus.counters, self._on_failure)
        self._inlet: Inlet | None = bus.inlet(self._consumer, message, on_full)
        self._task: asyncio.Task[None] | None = None

    def start(self, on_end: Callable[[Observer], None]) -> None:
        """Starts handling; ``on_end`` is called when it ends."""
        bus, consumer = self._bus, self._consumer
        consumer.prepare(bus.retained(self._message))
        bus.consumers.append(consumer)
        self._on_end = on_end
        self._task = asyncio.create_task(
            consumer.run({self._message: self._handler}), name=f"{self.name} observes"
        )

    async def close(self) -> None:
        """Subscribes no longer, then handles what still waits. Closing twice is fine."""
        self._unsubscribe()
        self._consumer.finish()
        if self._task is not None:
            await self._task
        await self.halt()

    async def halt(self) -> None:
        """Ends at once; what waits is counted as undelivered."""
        self._unsubscribe()
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        self._bus.abandon(self._consumer)
        self._bus.consumers.remove(self._consumer)
        self._on_end(self)

    def _unsubscribe(self) -> None:
        if self._inlet is not None:
            self._bus.transport.unsubscribe(self._message, self._inlet)
            self._inlet = None

    def _on_failure(self, envelope: Envelope, error: BaseException) -> bool:
        _LOG.error("%s failed on %s", self.name, envelope, exc_info=error)
        self._bus.give_up(self.name, envelope, error_text(error))
        return True
