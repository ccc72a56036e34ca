"""Which messages a service has handled of late."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias

from mycelium.envelope import Envelope

MessageId: TypeAlias = tuple[int, int, int, int]
"""Source, message type, sequence, timestamp."""


def id_of(envelope: Envelope) -> MessageId:
    """The message's id: no two of a system are alike."""
    message = envelope.message
    return envelope.source, message.TYPE_ID, envelope.sequence, envelope.timestamp


class Window:
    """Remembers ids for some seconds, and at most so many."""

    __slots__ = ("_handled", "_limit", "_now", "_secs")

    def __init__(self, secs: float, limit: int, now: Callable[[], float] = time.monotonic) -> None:
        self._secs = secs
        self._limit = limit
        self._now = now
        self._handled: OrderedDict[MessageId, float] = OrderedDict()

    def __contains__(self, message: MessageId) -> bool:
        when = self._handled.get(message)
        return when is not None and self._now() - when <= self._secs

    def add(self, message: MessageId) -> None:
        """The message was handled now."""
        handled, now = self._handled, self._now()
        handled[message] = now
        handled.move_to_end(message)
        while len(handled) > self._limit or now - next(iter(handled.values())) > self._secs:
            handled.popitem(last=False)
