"""A process as a publisher on NATS: who subscribes, and how far they have come."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from mycelium.manifest import OnFull
from mycelium.protocol.errors import EncodeError
from mycelium.protocol.message import Message
from mycelium.transports import Joint, Port
from mycelium.transports.nats.control import SCHEMA_HEADER, Handled, Marks
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.links import NatsLink, Taker
from mycelium.transports.nats.outbox import Item, Outbox
from mycelium.transports.nats.peers import Peer
from mycelium.transports.nats.pipes import Pipes
from mycelium.transports.nats.reading import schema_header
from mycelium.transports.nats.roster import Roster
from mycelium.transports.nats.subjects import Subjects

_LOG: Final = logging.getLogger("mycelium.transports")


class Publishing:
    """The links of what the process publishes. ``stream`` is empty without JetStream."""

    def __init__(
        self,
        roster: Roster,
        subjects: Subjects,
        port: Port,
        joint: Joint,
        outbox: Outbox,
        line: Line,
        limits: NatsLimits,
        stream: str,
    ) -> None:
        self._roster = roster
        self._subjects = subjects
        self._port = port
        self._joint = joint
        self._outbox = outbox
        self._line = line
        self._limits = limits
        self._stream = stream
        self.links = {
            type_id: self._link(message) for type_id, message in roster.offer.messages.items()
        }
        self._joined: set[int] = set()
        for link in self.links.values():
            self._join(link)

    @property
    def stopping(self) -> bool:
        """Whether what others do not get from now on is undelivered."""
        return self._outbox.stopping

    def check(self, peer: Peer) -> None:
        """Looks at what a process needs.

        Raises:
            HandshakeError: something is not published here, or is read in another way there
        """
        here = peer.here
        if here is not None:
            needs = dict.fromkeys(here.kept, OnFull.BLOCK) | here.needs
            ours = {type_id: needs[type_id] for type_id in needs.keys() & self.links.keys()}
            self._roster.offer.check(ours, here.schemas)

    def serve(self, peer: Peer) -> None:
        """Sends the process what it needs from here on, last values first."""
        here = peer.here
        assert here is not None
        peer.subscribes = True
        for type_id, link in self.links.items():
            on_full = here.needs.get(type_id)
            taker = link.takers.get(peer.name)
            if on_full is None:
                if link.takers.pop(peer.name, None) is not None:
                    self._join(link)
                continue
            if taker is None:
                taker = link.takers[peer.name] = Taker(peer.name, on_full)
                self._join(link)
            if taker.away:
                taker.forget()
            taker.away, taker.on_full = "", on_full
        self._give(peer, here.retained)
        self.stir()

    def leave(self, peer: Peer) -> None:
        """The process gets nothing any more; what is for it is counted until it is back."""
        peer.subscribes = False
        for link in self.links.values():
            taker = link.takers.get(peer.name)
            if taker is not None:
                taker.away = "undelivered" if self.stopping else "dropped"
        self.stir()

    def mark(self, process: str, said: Marks) -> None:
        """So far a process has come."""
        link = self.links.get(said.type_id)
        taker = link.takers.get(process) if link is not None else None
        if link is None or taker is None:
            return
        taker.mark(said.sequences)
        if said.idle:
            taker.mark(taker.probed)
        link.stir()

    def handled(self, process: str, said: Handled) -> None:
        """So far a process has handled what it got."""
        for type_id, sequences in said.sequences.items():
            link = self.links.get(type_id)
            taker = link.takers.get(process) if link is not None else None
            if taker is not None:
                taker.handle(sequences)

    def died(self, process: str) -> None:
        """The process is gone, and with it what it had not handled, which is counted."""
        if count := sum(link.died(process) for link in self.links.values()):
            _LOG.warning("%s: up to %d messages are lost with it", process, count)

    def stuck(self) -> Iterable[tuple[str, int]]:
        """Processes that publishers wait for and that say nothing, and the message types."""
        for type_id, link in self.links.items():
            for taker in link.takers.values():
                if taker.probe():
                    yield taker.process, type_id

    def stir(self) -> None:
        """Lets publishers look again whether they have to wait."""
        for link in self.links.values():
            link.stir()

    async def emptied(self) -> None:
        """Returns once the server has everything that was published."""
        for link in self.links.values():
            if link.pipes is not None:
                await link.pipes.emptied()
        await self._outbox.emptied()

    async def close(self) -> None:
        """Publishes no more; what waits is lost, and counted."""
        for link in self.links.values():
            if link.pipes is not None:
                await link.pipes.close()
            link.takers.clear()
            link.stir()
            if link.message.TYPE_ID in self._joined:
                self._joined.discard(link.message.TYPE_ID)
                self._joint.part(link.message, link)

    def _link(self, message: type[Message]) -> NatsLink:
        def subject_of(source: int) -> str:
            return self._subjects.message(message, self._port.manifest.source_name(source))

        link = NatsLink(
            message,
            subject_of,
            {SCHEMA_HEADER: schema_header(message)},
            self._outbox,
            self._limits,
            self._port.counters,
        )
        if self._stream and self._roster.keeps(message):
            link.pipes = Pipes(self._line, self._stream, self._limits, link.not_accepted)
        return link

    def _join(self, link: NatsLink) -> None:
        """Publishes only what is of use to somebody."""
        type_id = link.message.TYPE_ID
        if link.wanted and type_id not in self._joined:
            self._joined.add(type_id)
            self._joint.join(link.message, link)
        elif not link.wanted and type_id in self._joined:
            self._joined.discard(type_id)
            self._joint.part(link.message, link)

    def _give(self, peer: Peer, types: Iterable[int]) -> None:
        for type_id in types:
            link = self.links.get(type_id)
            if link is None or type_id in peer.given:
                continue
            peer.given.add(type_id)
            for envelope in self._port.retained(link.message):
                if envelope.source not in self._roster.offer.sources:
                    continue
                try:
                    frame = envelope.to_frame()
                except EncodeError as error:
                    _LOG.error("a last value is not sent to %s: %s", peer.name, error)
                    continue
                service = self._port.manifest.source_name(envelope.source)
                subject = self._subjects.last(peer.name, service)
                self._outbox.frame(
                    Item(subject, frame, {SCHEMA_HEADER: schema_header(link.message)})
                )
