"""NATS for one process: core, or JetStream for what services have to get."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from nats.aio.client import Client

from mycelium.manifest import Manifest, OnFull
from mycelium.protocol.message import Message
from mycelium.topology import Nats, Topology
from mycelium.transports import Joint, Port
from mycelium.transports.nats.client import check
from mycelium.transports.nats.control import Marks
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.outbox import Outbox
from mycelium.transports.nats.presence import Presence
from mycelium.transports.nats.publishing import Publishing
from mycelium.transports.nats.roster import Roster
from mycelium.transports.nats.streams import ensure
from mycelium.transports.nats.subjects import Subjects
from mycelium.transports.nats.subscribing import Subscribing
from mycelium.transports.nats.tasks import end

if TYPE_CHECKING:
    from mycelium.transports import Handler

_SERVER: Final = "nats"
_LAST_WORD_SECS: Final = 1.0


class NatsCarrier:
    """Joins one process to the others that its topology links to it by NATS.

    Raises:
        TransportError: the server would be reached without TLS, or a file cannot be used
    """

    def __init__(
        self,
        topology: Topology,
        process: str,
        manifest: Manifest,
        nats: Nats,
        limits: NatsLimits | None = None,
    ) -> None:
        check(nats, insecure=topology.insecure)
        self._nats = nats
        self._plan = topology.process(process)
        self._roster = Roster.of(topology, self._plan, manifest)
        self._subjects = Subjects(manifest.system)
        self._limits = limits or NatsLimits(retry_secs=topology.retry_secs)
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._news = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None
        self._left = False

    def attach(self, port: Port, joint: Joint) -> None:
        """Says whose carrier this is."""
        self._line = Line(
            self._nats,
            f"{port.manifest.system}.{self._plan.name}",
            self._limits,
            on_up=self._line_up,
            on_change=self._line_changed,
            counts=self._counts[_SERVER],
        )
        self._outbox = Outbox(self._line, self._limits)
        stream = self._nats.stream or port.manifest.system if self._nats.jetstream else ""
        self._publishing = Publishing(
            self._roster,
            self._subjects,
            port,
            joint,
            self._outbox,
            self._line,
            self._limits,
            stream,
        )
        self._subscribing = Subscribing(
            self._plan,
            self._nats,
            self._roster,
            self._subjects,
            port,
            joint,
            self._line,
            self._limits,
            say=self._outbox.say,
            changed=self._subscribed_anew,
            marked=self._mark,
            rivalled=lambda: self._presence.rivalled,
        )
        self._presence = Presence(
            self._plan.name,
            uuid.uuid4().hex,
            self._roster,
            self._subjects,
            self._publishing,
            self._subscribing,
            self._limits,
            say=self._outbox.say,
            changed=self._news.set,
            counts=self._counts,
        )
        if self._nats.jetstream:
            self._watch_handlers(port)

    def want(self, message: type[Message], on_full: OnFull | None) -> None:
        """Subscriptions here have come or gone."""
        self._subscribing.want(message)

    async def start(self) -> None:
        """Begins to connect."""
        self._line.start()
        self._outbox.start()
        self._subscribing.keeping.start()
        self._beating = asyncio.create_task(self._beat(), name="transport beats on NATS")

    async def ready(self) -> None:
        """Returns once the subscribers elsewhere that the topology names are connected."""
        while self.missing():
            await self._next_news()

    def missing(self) -> tuple[str, ...]:
        """What `ready` still waits for: the server, or processes and what they subscribe to."""
        missing = self._presence.missing()
        return ("the NATS server", *missing) if self._line.client is None else missing

    async def subscribed(self) -> None:
        """Returns once every publishers' process knows the subscriptions made so far."""
        while self._subscribing.busy or self._line.client is None or not self._presence.known:
            await self._next_news()

    async def quiet(self, secs: float) -> None:
        """Takes leave of publishers elsewhere; what is on its way comes in before it returns.

        What JetStream keeps comes in, too, when nobody is there who could publish more; else it
        waits for the next time.
        """
        self._left = True
        self._outbox.stopping = True
        self._presence.leave(gone=False)
        ends = asyncio.get_running_loop().time() + secs
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ends):
                while not self._presence.ended and self._line.client is not None:
                    await self._next_news()
                if self._presence.alone:
                    await self._subscribing.keeping.emptied()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ends + _LAST_WORD_SECS):
                await self._subscribing.quiet()

    async def stop(self, secs: float) -> None:
        """Sends what waits, then disconnects."""
        if not self._left:
            await self.quiet(secs)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(secs):
                await self._subscribing.keeping.handled()
                await self._publishing.emptied()
        await self._subscribing.close()
        await self._publishing.close()
        self._presence.leave(gone=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORD_SECS):
                await self._outbox.emptied()
        await end(self._beating)
        await self._outbox.close()
        await self._line.close()

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Connects and losses of the server, and of each other process; refusals of those."""
        return {name: dict(counter) for name, counter in self._counts.items()}

    def _watch_handlers(self, port: Port) -> None:
        inner = port.around

        def around(service: str, message: type[Message], handler: Handler) -> Handler:
            watched = inner(service, message, handler)
            return self._subscribing.keeping.around(service, message, watched)

        port.around = around

    async def _line_up(self, client: Client) -> None:
        await self._presence.line_up(client)
        if self._nats.jetstream:
            await ensure(client, self._nats, self._roster, self._subjects, self._limits)
        await self._subscribing.line_up(client)

    def _line_changed(self) -> None:
        self._outbox.line_changed()
        if self._line.client is not None and not self._left:
            self._presence.greet()
        self._news.set()

    def _subscribed_anew(self) -> None:
        self._presence.renew()
        self._news.set()

    def _mark(self, process: str, marks: Marks) -> None:
        self._presence.mark(process, marks)

    async def _beat(self) -> None:
        pause = min(self._limits.beat_secs, self._limits.ack_secs / 3)
        while True:
            await asyncio.sleep(pause)
            self._line.look()
            self._subscribing.keeping.beat()
            self._presence.beat()

    async def _next_news(self) -> None:
        self._news.clear()
        await self._news.wait()
