"""Who is there: what the processes of a system say to each other over NATS."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg

from mycelium.protocol.errors import DecodeError
from mycelium.transports.errors import HandshakeError
from mycelium.transports.nats import control
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.peers import BEATS_MISSED, Peer, lacking
from mycelium.transports.nats.publishing import Publishing
from mycelium.transports.nats.roster import Roster
from mycelium.transports.nats.subjects import Subjects, last_token, token
from mycelium.transports.nats.subscribing import Subscribing
from mycelium.transports.shared.saying import Rarely
from mycelium.transports.shared.schemas import schemas

_LOG: Final = logging.getLogger("mycelium.transports")


class Presence:
    """One process among the others. ``changed`` is called when something was learnt."""

    def __init__(
        self,
        process: str,
        instance: str,
        roster: Roster,
        subjects: Subjects,
        publishing: Publishing,
        subscribing: Subscribing,
        limits: NatsLimits,
        *,
        say: Callable[[str, bytes], None],
        changed: Callable[[], None],
        counts: defaultdict[str, Counter[str]],
    ) -> None:
        self._process = process
        self._instance = instance
        self._roster = roster
        self._subjects = subjects
        self._publishing = publishing
        self._subscribing = subscribing
        self._limits = limits
        self._say = say
        self._changed = changed
        self._counts = counts
        self._peers = {name: Peer(name) for name in roster.others}
        self._by_token = {token(name): peer for name, peer in self._peers.items()}
        self._rarely = Rarely(_LOG)
        self._rival_until = 0.0
        self._leaving = False

    async def line_up(self, client: Client) -> None:
        """Listens over a new connection."""
        for subject in (self._subjects.all("*"), self._subjects.one(self._process, "*")):
            await client.subscribe(subject, cb=self._on_message)

    def greet(self) -> None:
        """Says to all who is here, and asks who they are."""
        for peer in self._peers.values():
            peer.given.clear()
        self._to_all(self._here(asks=True))

    def renew(self) -> None:
        """Says to all what has changed here."""
        if not self._leaving:
            self._to_all(self._here())

    def mark(self, process: str, marks: control.Marks) -> None:
        """Tells a process how far its messages have come."""
        self._to_one(process, marks)

    def missing(self) -> tuple[str, ...]:
        """The processes that do not subscribe yet to what they should, and to what."""
        names = {t: m.__name__ for t, m in self._roster.offer.messages.items()}
        return lacking(self._roster.expected, self._peers, names)

    @property
    def known(self) -> bool:
        """Whether every process that publishes for this one knows what it subscribes to."""
        number = self._subscribing.number
        peers = [self._peers[name] for name in self._subscribing.publishers]
        return all(peer.here is not None and peer.knows == number for peer in peers)

    @property
    def ended(self) -> bool:
        """Whether every publisher that is there has said its last word."""
        peers = [self._peers[name] for name in self._subscribing.publishers]
        return all(peer.ended or peer.here is None for peer in peers)

    @property
    def alone(self) -> bool:
        """Whether none of the publishers is there."""
        return all(self._peers[name].here is None for name in self._subscribing.publishers)

    @property
    def rivalled(self) -> bool:
        """Whether another process speaks in the name of this one, as far as was heard."""
        return asyncio.get_running_loop().time() < self._rival_until

    def leave(self, *, gone: bool) -> None:
        """Says to all that it subscribes no longer, or that it is gone."""
        self._leaving = True
        for peer in self._peers.values():
            peer.ended = False
        self._to_all(control.Leave(self._instance, gone))

    def beat(self) -> None:
        """Says that it is there, looks who is not, and asks those that are waited for."""
        now = asyncio.get_running_loop().time()
        for peer in self._peers.values():
            if peer.is_lost(now, self._limits.beat_secs):
                self._counts[peer.name]["losses"] += 1
                _LOG.warning("%s: no sign of life over NATS", peer.name)
                self._publishing.died(peer.name)
                self._lose(peer)
        if self._leaving:
            return
        self._to_all(control.Beat(self._instance, self._subscribing.number))
        for name in self._subscribing.publishers:
            if handled := self._subscribing.handled(name):
                self._to_one(name, control.Handled(handled))
            peer = self._peers[name]
            if peer.here is not None and peer.knows != self._subscribing.number:
                self._to_one(name, self._here())
        for name, type_id in self._publishing.stuck():
            self._to_one(name, control.Probe(type_id))

    def _here(self, *, asks: bool = False) -> control.Here:
        ours = self._subscribing
        messages = ours.messages
        return control.Here(
            self._instance,
            ours.number,
            ours.needs,
            ours.kept,
            tuple(sorted(message.TYPE_ID for message in messages if message.RETAIN)),
            schemas(messages),
            asks,
        )

    def _to_all(self, what: control.Control) -> None:
        self._say(self._subjects.all(self._process), control.encode(what))

    def _to_one(self, process: str, what: control.Control) -> None:
        self._say(self._subjects.one(process, self._process), control.encode(what))

    async def _on_message(self, msg: Msg) -> None:
        """Called by the library."""
        speaker = last_token(msg.subject)
        peer = self._by_token.get(speaker)
        if peer is None and speaker != token(self._process):
            return
        try:
            said = control.decode(msg.data)
        except DecodeError as error:
            self._rarely.warn(speaker, f"{speaker} says over NATS what nobody understands: {error}")
            return
        if peer is not None:
            self._hear(peer, said)
        elif isinstance(said, control.Beat) and said.instance != self._instance:
            silence = BEATS_MISSED * self._limits.beat_secs
            self._rival_until = asyncio.get_running_loop().time() + silence
            self._rarely.warn(speaker, f"{self._process} runs twice: two speak on NATS in its name")

    def _hear(self, peer: Peer, said: control.Control) -> None:
        match said:
            case control.Here():
                self._meet(peer, said)
            case control.Ask():
                if not self._leaving:
                    self._to_one(peer.name, self._here())
            case control.Have(instance, number):
                if instance == self._instance:
                    peer.knows = number
            case control.Refuse(instance, _, why):
                if instance == self._instance:
                    self._rarely.warn(peer.name, f"{peer.name} refuses this process: {why}")
            case control.Beat(instance, number):
                self._heard(peer, instance, number)
            case control.Leave(instance, gone):
                self._part(peer, instance, gone=gone)
            case control.End(instance):
                peer.ended |= instance == self._instance
            case control.Probe(type_id):
                self._subscribing.report(peer.name, type_id)
            case control.Marks():
                self._publishing.mark(peer.name, said)
            case control.Handled():
                self._publishing.handled(peer.name, said)
        self._changed()

    def _meet(self, peer: Peer, here: control.Here) -> None:
        if peer.here is None:
            self._counts[peer.name]["connects"] += 1
        if peer.here is not None and here.instance != peer.instance:  # it died, and is back already
            self._publishing.died(peer.name)
        peer.meet(here, asyncio.get_running_loop().time())
        if here.asks:
            peer.given.clear()
            if not self._leaving:
                self._to_one(peer.name, self._here())
        try:
            self._publishing.check(peer)
        except HandshakeError as error:
            self._counts[peer.name]["refusals"] += 1
            peer.objection = str(error)
            self._rarely.warn(peer.name, f"{peer.name} is refused: {error}")
            self._publishing.leave(peer)
            self._to_one(peer.name, control.Refuse(here.instance, here.number, str(error)))
            return
        peer.objection = ""
        self._publishing.serve(peer)
        self._to_one(peer.name, control.Have(here.instance, here.number))

    def _heard(self, peer: Peer, instance: str, number: int) -> None:
        here = peer.here
        if here is not None and (here.instance, here.number) == (instance, number):
            peer.heard = asyncio.get_running_loop().time()
        else:
            self._to_one(peer.name, control.Ask())

    def _part(self, peer: Peer, instance: str, *, gone: bool) -> None:
        """An instance leaves; of two with one name, the other one goes on."""
        if instance == peer.instance and gone:
            self._lose(peer)
        elif instance == peer.instance:
            self._publishing.leave(peer)
        if not gone:
            self._to_one(peer.name, control.End(instance))

    def _lose(self, peer: Peer) -> None:
        self._publishing.leave(peer)
        peer.forget()
        self._changed()
