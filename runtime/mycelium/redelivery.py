"""Dead letters given once more to the service that did not handle them."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from mycelium.bus import Bus
from mycelium.consumer import Handler, until_idle
from mycelium.deadletters import DeadLetter, MemoryDeadLetters
from mycelium.envelope import Envelope, current_envelope
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.frame import DEFAULT_MAX_FRAME
from mycelium.protocol.message import Message
from mycelium.worker import Worker


class Fate(Enum):
    """What became of a letter."""

    HANDLED = "handled"
    FAILED = "failed"
    """Its handler raised once more."""
    UNREADABLE = "unreadable"
    """It has no frame, or none that the system of today reads, or nobody subscribes to it."""
    NOT_GIVEN = "not given"
    """The service was given up or is being stopped."""


class Outcome(NamedTuple):
    """What became of a letter, and why it was not handled."""

    fate: Fate
    reason: str = ""


class Redelivery:
    """Gives letters to one service of a bus, one by one; make it before the service starts.

    Nobody else gets them: other subscribers of the message have handled it, or have letters of
    their own.
    """

    __slots__ = ("_bus", "_expected", "_handled", "_letters", "_worker")

    def __init__(self, bus: Bus, worker: Worker) -> None:
        self._bus = bus
        self._worker = worker
        self._expected: Envelope | None = None
        self._handled = False
        self._letters = bus.dead_letters = MemoryDeadLetters(limit=1)
        bus.around = self._around

    async def give(self, letter: DeadLetter) -> Outcome:
        """Gives the letter and waits for its handler."""
        try:
            frame = bytes.fromhex(letter.frame)
            found = self._bus.manifest.registry.decode_frame(
                frame, max_frame=max(len(frame), DEFAULT_MAX_FRAME)
            )
        except (DecodeError, ValueError) as error:
            why = f"its frame cannot be read: {error}" if letter.frame else "it has no frame"
            return Outcome(Fate.UNREADABLE, why)
        envelope = Envelope(
            found.message, found.source, found.sequence, found.timestamp, False, frame
        )
        links = self._bus.transport.links(found.source, type(found.message))
        link = next((link for link in links if link.subscriber == letter.service), None)
        if link is None:
            return Outcome(Fate.UNREADABLE, f"{letter.service} does not subscribe to it")
        if self._worker.given_up is not None:
            return Outcome(Fate.NOT_GIVEN, f"{letter.service} was given up")
        self._expected, self._handled = envelope, False
        self._letters.letters.clear()
        link.put(envelope)
        await until_idle([self._worker.consumer])
        return self.outcome

    @property
    def outcome(self) -> Outcome:
        """What has become, by now, of the letter that was given last."""
        if self._handled:
            return Outcome(Fate.HANDLED)
        if self._letters.letters:
            return Outcome(Fate.FAILED, self._letters.letters[-1].error)
        return Outcome(Fate.NOT_GIVEN, "its service was stopped")

    def _around(self, service: str, message: type[Message], handler: Handler) -> Handler:
        if service != self._worker.spec.name:
            return handler

        async def watched(message: Message) -> None:
            await handler(message)
            if current_envelope() is self._expected:
                self._handled = True

        return watched
