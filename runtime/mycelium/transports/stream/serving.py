"""The publishers' end: what one other process needs of this one, and its connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mycelium.protocol.errors import DecodeError, EncodeError
from mycelium.transports import Joint, Port
from mycelium.transports.errors import ConnectionLostError, HandshakeError
from mycelium.transports.shared.offer import Needs, Offer
from mycelium.transports.stream import control
from mycelium.transports.stream.confirming import Sent
from mycelium.transports.stream.connection import Connection
from mycelium.transports.stream.cutting import Cutter
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.outbound import Outbound, StreamLink

_LOG: Final = logging.getLogger("mycelium.transports")
_UNREAD: Final = 64
"""So many wants in a row may come from who reads nothing: the answer to each takes memory."""


class Served(Connection[bytes]):
    """A connection that a subscribers' process has made. ``hello`` is done once it said who."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits, Cutter(limits.max_control))
        self.hello: asyncio.Future[control.Hello] = self.loop.create_future()
        self.subscriber: Subscriber | None = None

    def received(self, frames: list[bytes]) -> None:
        """Only controls are sent this way."""
        for data in frames:
            try:
                self._hear(control.decode(data))
            except HandshakeError as error:
                self.refuse(str(error))
                return
            except DecodeError as error:
                self.fail(error)
                return
        if self.cutter.error is not None:
            self.fail(self.cutter.error)

    def refuse(self, why: str) -> None:
        """Says why not, and ends the connection."""
        self.error = self.error or HandshakeError(why)
        self.say(control.Refuse(why))
        self.close()

    def lost(self) -> None:
        """Tells those who wait."""
        if not self.hello.done():
            error = self.error or ConnectionLostError("expected a handshake, found the end")
            self.hello.set_exception(error)
            self.hello.exception()  # somebody may have stopped waiting
        if self.subscriber is not None:
            self.subscriber.lost(self)

    def beat(self) -> None:
        """Goes between frames, and only if it would leave at once."""
        if self.subscriber is not None and not self.subscriber.outbound.paused:
            self.subscriber.outbound.write(control.encode(control.Beat()))

    def pause_writing(self) -> None:
        """Called by asyncio."""
        if self.subscriber is not None:
            self.subscriber.outbound.pause()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        if self.subscriber is not None:
            self.subscriber.outbound.resume()

    def _hear(self, said: control.Control) -> None:
        subscriber = self.subscriber
        if isinstance(said, control.Hello) and not self.hello.done():
            self.hello.set_result(said)
        elif subscriber is None:
            raise HandshakeError(f"expected a hello, found a {type(said).__name__.lower()}")
        elif isinstance(said, control.Want):
            subscriber.want(said)
        elif isinstance(said, control.Mark):
            subscriber.sent.confirm(said.handled)
        elif isinstance(said, control.Bye):
            subscriber.bye()
        elif not isinstance(said, control.Beat):
            raise HandshakeError(f"expected a want, found a {type(said).__name__.lower()}")


class Subscriber:
    """One other process that subscribes, over one class of connection.

    Frames wait for it for ``linger_secs`` when its connection is lost, so that a short cut loses
    only what was in the sockets; after that they are counted as dropped until it is back. Once
    ``stopping``, what it does not get is undelivered. ``changed`` is called when a subscription
    came or the process went.
    """

    def __init__(
        self,
        name: str,
        blocking: bool,
        port: Port,
        joint: Joint,
        limits: Limits,
        *,
        offer: Offer,
        changed: Callable[[], None],
    ) -> None:
        self.name = name
        self.outbound = Outbound(name, blocking, limits, self._count)
        self.connection: Served | None = None
        self.links: dict[int, StreamLink] = {}
        self.sent = Sent(self._given)
        self._port = port
        self._joint = joint
        self._limits = limits
        self._offer = offer
        self._changed = changed
        self._lingering: asyncio.TimerHandle | None = None
        self._unread = 0
        self._ended = False
        self._instance = ""
        self._unconfirmed: Mapping[int, int] = {}
        self.stopping = False

    def connect(self, connection: Served, hello: control.Hello, welcome: control.Welcome) -> None:
        """Goes on over this connection, in place of an older one."""
        old, self.connection = self.connection, connection
        if old is not None:
            self._unconfirmed = self.sent.unconfirmed(self.outbound.waiting)
            old.subscriber = None
            old.fail(ConnectionLostError(f"expected one connection of {self.name}, found another"))
            self.outbound.detach()
        if self._lingering is not None:
            self._lingering.cancel()
        if hello.instance != self._instance:  # else it finds out for itself what it has missed
            self._lose_unconfirmed()
        self._instance, self._unconfirmed, self._ended = hello.instance, {}, False
        connection.subscriber = self
        self._set(hello.needs)
        self.sent.begin(hello.needs, self.outbound.waiting)
        retained = self._retained(hello.needs)
        assert connection.transport is not None
        answer = control.Welcome(welcome.process, welcome.instance, len(retained))
        self.outbound.attach(connection.transport)  # first: last values may be too much at once
        connection.transport.write(control.encode(answer) + b"".join(retained))
        connection.accept()
        self._changed()

    def want(self, said: control.Want) -> None:
        """Changes what is sent from here on, and says so at this place of the stream.

        Raises:
            HandshakeError: something is not published here, or is read in another way there
        """
        self._offer.check(said.needs, said.schemas)
        self._unread = self._unread + 1 if self.outbound.paused else 0
        if self._unread > _UNREAD:
            raise HandshakeError(f"expected answers to be read, found {_UNREAD} wants without")
        fresh = [type_id for type_id in said.needs if type_id not in self.links]
        self._set(said.needs)
        self.sent.change(said.needs)
        retained = self._retained(fresh)
        have = control.encode(control.Have(said.number, len(retained)))
        self.outbound.write(have + b"".join(retained))
        self._changed()

    def bye(self) -> None:
        """The process stops: it gets what waits, and the end."""
        self._end()
        self.outbound.leave(self._loss)

    def lost(self, connection: Served) -> None:
        """The connection is gone; it may be re-made soon."""
        if connection is not self.connection:
            return
        self.connection = None
        self.outbound.detach()
        if connection.error is not None or not self._ended:
            self._unconfirmed = self.sent.unconfirmed(self.outbound.waiting)
        if self.stopping or self.outbound.away:
            self._forget()
            return
        _LOG.warning("%s: connection lost (%s)", self.name, connection.error or "it was closed")
        loop = asyncio.get_running_loop()
        self._lingering = loop.call_later(self._limits.linger_secs, self._forget)

    async def stop(self, secs: float) -> None:
        """Sends what waits and the end, for so many seconds; what is left then is given up."""
        self.stopping = True
        connection = self.connection
        if connection is not None:
            try:
                async with asyncio.timeout(secs):
                    await self.outbound.emptied()
                    self._end()
                    await asyncio.shield(connection.closed)
            except TimeoutError:
                _LOG.warning(
                    "%s did not confirm the end within %g s: what was on the way may be lost",
                    self.name,
                    secs,
                )
                connection.fail(ConnectionLostError("expected a confirmed end"))
        if self._lingering is not None:
            self._lingering.cancel()
        self._forget()
        self._set({})

    @property
    def _loss(self) -> str:
        """What a message counts as that the process does not get."""
        return "undelivered" if self.stopping else "dropped"

    def _forget(self) -> None:
        """The process is away; its links only count from here on."""
        self._lingering = None
        self._lose_unconfirmed()
        self.outbound.give_up(self._loss)
        self.outbound.leave(self._loss)
        self._changed()

    def _end(self) -> None:
        """Says that nothing follows."""
        self._ended = True
        self.outbound.write(control.encode(control.End()))

    def _lose_unconfirmed(self) -> None:
        """What the process had not handled died with it."""
        lost, self._unconfirmed = self._unconfirmed, {}
        for type_id, count in lost.items():
            self._count("unconfirmed", type_id, count)
        if lost:
            count = sum(lost.values())
            _LOG.warning("%s: up to %d messages are lost with it", self.name, count)

    def _given(self, type_id: int) -> int:
        """How many messages of a type it was ever given, those that wait included."""
        message, tally = self._offer.messages[type_id], self._port.counters.tally
        published = sum(
            tally(self._port.manifest.source_name(source), message.__name__).published
            for source in self._offer.by_message[message]
        )
        lost = tally(self.name, message.__name__)
        return published - lost.dropped - lost.undelivered

    def _set(self, needs: Needs) -> None:
        for type_id in self.links.keys() - needs.keys():
            self._joint.part(self._offer.messages[type_id], self.links.pop(type_id))
        for type_id, on_full in needs.items():
            link = self.links.get(type_id)
            if link is None:
                message = self._offer.messages[type_id]
                self.links[type_id] = link = StreamLink(self.outbound, message, on_full)
                self._joint.join(message, link)
            link.on_full = on_full

    def _retained(self, types: Iterable[int]) -> list[bytes]:
        """The frames of last values; what waits to be sent live is not among them."""
        waiting = set(self.outbound.frames)
        frames = []
        for type_id in types:
            for envelope in self._port.retained(self._offer.messages[type_id]):
                if envelope.source in self._offer.sources:
                    try:
                        frame = envelope.to_frame()
                    except EncodeError as error:
                        _LOG.error("a last value is not sent to %s: %s", self.name, error)
                        continue
                    if frame not in waiting:
                        frames.append(frame)
        return frames

    def _count(self, what: str, type_id: int, count: int) -> None:
        message = self._offer.messages[type_id]
        tally = self._port.counters.tally(self.name, message.__name__)
        setattr(tally, what, getattr(tally, what) + count)


async def stop_all(subscribers: Iterable[Subscriber], secs: float) -> None:
    """Stops them side by side."""
    await asyncio.gather(*(subscriber.stop(secs) for subscriber in subscribers))
