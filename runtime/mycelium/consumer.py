"""The subscriber's end of the bus: handles one message at a time, in order of arrival."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import repeat
from typing import Any, Final, TypeAlias

from mycelium.counters import Counters, Tally
from mycelium.envelope import IN_HAND, Envelope
from mycelium.errors import HandlerCancelledError, HandlerExitedError
from mycelium.mailbox import Mailbox
from mycelium.protocol.message import Message

Handler: TypeAlias = Callable[[Any], Awaitable[None]]
Around: TypeAlias = Callable[[str, type[Message], Handler], Handler]
"""What is put around a service's handler of a message: measuring, tracing."""
OnFailure: TypeAlias = Callable[[Envelope, BaseException], bool]

# A reader whose handlers never wait gives way to others after this many messages.
_TURN: Final = 256


class Consumer:
    """Reads one mailbox.

    ``on_failure`` is told of each message whose handler raised or was cancelled. If it says True,
    the next message follows; else the error ends `run`.
    """

    __slots__ = ("_backlog", "_counters", "_finishing", "_on_failure", "mailbox", "name")

    def __init__(self, name: str, capacity: int, counters: Counters, on_failure: OnFailure) -> None:
        self.name = name
        self.mailbox = Mailbox(capacity)
        self._backlog: deque[Envelope] = deque()
        self._counters = counters
        self._on_failure = on_failure
        self._finishing = False

    def prepare(self, retained: Iterable[Envelope]) -> None:
        """Puts retained values before everything that waits, in place of earlier ones."""
        self._backlog.clear()
        for envelope in retained:
            self._backlog.append(envelope.as_retained())
            self.tally(type(envelope.message)).retained += 1

    def finish(self) -> None:
        """Lets `run` return once everything that waits has been handled."""
        self._finishing = True
        self.mailbox.wake()

    async def run(self, handlers: Mapping[type[Message], Handler]) -> None:
        """Handles messages until `finish` was called and nothing is left."""
        table = {message: (handler, self.tally(message)) for message, handler in handlers.items()}
        mailbox = self.mailbox
        while True:
            await self._drain(self._backlog, table)
            await self._drain(mailbox.items, table)
            if mailbox.items:
                await asyncio.sleep(0)
            elif self._finishing:
                return
            else:
                await mailbox.sleep()

    def tally(self, message: type[Message]) -> Tally:
        """The counts of a message at this subscriber."""
        return self._counters.tally(self.name, message.__name__)

    async def _drain(
        self, items: deque[Envelope], table: Mapping[type[Message], tuple[Handler, Tally]]
    ) -> None:
        """Handles up to one turn of live messages, or the whole backlog."""
        mailbox = self.mailbox
        waiting, set_in_hand = mailbox.waiting, IN_HAND.set
        kind: type[Message] | None = None
        # repeat, unlike range, makes no number for each message
        for take in repeat(items.popleft, _TURN if items is mailbox.items else len(items)):
            try:
                envelope = take()
            except IndexError:  # dropped, or closed, while a handler waited
                return
            if waiting:
                mailbox.release()
            mailbox.in_hand = envelope
            message = envelope.message
            if type(message) is not kind:
                kind = type(message)
                handler, tally = table[kind]
            set_in_hand(envelope)
            try:
                await handler(message)
            except asyncio.CancelledError as error:
                tally.failed += 1
                if _is_cancelled():
                    self._on_failure(envelope, error)
                    raise
                # awaiting something that was cancelled is a failure like any other
                failure = HandlerCancelledError(f"{self.name}: a handler was cancelled from inside")
                if not self._on_failure(envelope, failure):
                    raise failure from error
            except SystemExit as error:
                tally.failed += 1
                exited = HandlerExitedError(f"{self.name}: a handler called exit({error.code!r})")
                if not self._on_failure(envelope, exited):
                    raise exited from error
            except Exception as error:
                tally.failed += 1
                if not self._on_failure(envelope, error):
                    raise
            else:
                tally.handled += 1


def nothing_around(service: str, message: type[Message], handler: Handler) -> Handler:
    """The handler as it is."""
    return handler


async def until_idle(consumers: Iterable[Consumer]) -> None:
    """Returns once all of them wait for messages at the same moment."""
    boxes = [consumer.mailbox for consumer in consumers]
    while busy := next((box for box in boxes if not box.idle), None):
        await busy.until_idle()


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
