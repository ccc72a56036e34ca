"""What JetStream gives to a service: one message at a time, until it was handled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from mycelium.counters import Tally
from mycelium.envelope import IN_HAND, Envelope
from mycelium.manifest import ServiceSpec
from mycelium.protocol.message import Message
from mycelium.transports import Link, Port
from mycelium.transports.nats.reading import Reader, said_schema
from mycelium.transports.nats.sieve import Admit
from mycelium.transports.nats.window import Window, id_of

if TYPE_CHECKING:
    from mycelium.transports import Handler

ACK: Final = b"+ACK"
_WORKING: Final = b"+WPI"
_AGAIN: Final = b"-NAK"


class _InHand:
    """A message that the service has, its number in the stream, and where to say what became."""

    __slots__ = ("envelope", "number", "reply")

    def __init__(self, envelope: Envelope, number: int, reply: str) -> None:
        self.envelope = envelope
        self.number = number
        self.reply = reply


class Durable:
    """The way of one service's messages from its durable consumer to its mailbox.

    ``sources`` says by subject which service publishes what; ``link_of`` finds the service's
    mailbox; ``say`` writes to a subject.
    """

    def __init__(
        self,
        spec: ServiceSpec,
        port: Port,
        reader: Reader,
        window: Window,
        *,
        max_deliver: int,
        sources: Mapping[str, tuple[ServiceSpec, type[Message]]],
        link_of: Callable[[str, type[Message]], Link | None],
        admit: Admit,
        say: Callable[[str, bytes], None],
    ) -> None:
        self.spec = spec
        self.sources = sources
        self.subscription: Subscription | None = None
        self.received = 0
        self._port = port
        self._reader = reader
        self._window = window
        self._max_deliver = max_deliver
        self._link_of = link_of
        self._admit = admit
        self._say = say
        self._in_hand: _InHand | None = None
        self._done = 0
        self._free = asyncio.Event()
        self._free.set()

    @property
    def messages(self) -> frozenset[type[Message]]:
        """What it carries."""
        return frozenset(message for _, message in self.sources.values())

    async def on_message(self, msg: Msg) -> None:
        """Called by the library, one by one."""
        if not msg.reply:
            return
        self.received += 1
        if not self._take(msg):
            self._done = msg.metadata.sequence.stream
            self._say(msg.reply, ACK)

    def around(self, message: type[Message], handler: Handler) -> Handler:
        """The service's handler: once it has ended, what came from here is acknowledged.

        An error is a dead letter by then, since the bus makes one before anything else runs.
        """
        if message not in self.messages:
            return handler

        async def handle(message: Message) -> None:
            envelope = IN_HAND.get()
            try:
                await handler(message)
            finally:
                asyncio.get_running_loop().call_soon(self._ended, envelope)

        return handle

    def beat(self) -> None:
        """Says that the service still works on its message."""
        if self._in_hand is not None:
            self._say(self._in_hand.reply, _WORKING)

    def answer(self, number: int) -> bytes:
        """What to say of the message with this number in the stream, which is not in hand."""
        return ACK if number == self._done else _AGAIN

    @property
    def busy(self) -> bool:
        """Whether the service has a message of it."""
        return self._in_hand is not None

    async def idle(self) -> None:
        """Returns once the message in hand was handled."""
        await self._free.wait()

    def give_back(self) -> None:
        """The message in hand is for whoever comes next."""
        if self._in_hand is not None:
            self._say(self._in_hand.reply, _AGAIN)

    def _take(self, msg: Msg) -> bool:
        """Hands the message over; False when that is not to be, and it is done with."""
        found = self.sources.get(msg.subject)
        if found is None:
            return False
        envelope = self._reader.read(msg.data, said_schema(msg), *found)
        if envelope is None:
            return False
        number = id_of(envelope)
        if number in self._window:
            self._tally(envelope).repeats += 1
            return False
        if self._in_hand is not None and id_of(self._in_hand.envelope) == number:
            self._in_hand.reply = msg.reply
            return True
        metadata = msg.metadata
        if metadata.num_delivered > self._max_deliver:
            why = f"given {self._max_deliver} times, and each time the process died"
            self._port.give_up(self.spec.name, envelope, why)
            return False
        link = self._link_of(self.spec.name, found[1])
        if link is None or not self._admit(envelope):
            return False
        self._in_hand = _InHand(envelope, metadata.sequence.stream, msg.reply)
        self._free.clear()
        link.put(envelope)
        return True

    def _ended(self, envelope: Envelope | None) -> None:
        in_hand = self._in_hand
        if in_hand is None or envelope is not in_hand.envelope:
            return
        self._in_hand = None
        self._window.add(id_of(in_hand.envelope))
        self._done = in_hand.number
        self._say(in_hand.reply, ACK)
        self._free.set()

    def _tally(self, envelope: Envelope) -> Tally:
        publisher = self._port.manifest.source_name(envelope.source)
        return self._port.counters.tally(publisher, type(envelope.message).__name__)
