"""What JetStream keeps for the services of one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from nats.aio.client import Client
from nats.aio.subscription import Subscription

from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.topology import Nats, ProcessPlan
from mycelium.transports import Entrance, Joint, Link, Port
from mycelium.transports.nats.durables import Durable
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.reading import Reader
from mycelium.transports.nats.roster import Roster
from mycelium.transports.nats.sieve import Admit
from mycelium.transports.nats.subjects import Subjects, token
from mycelium.transports.nats.tasks import end
from mycelium.transports.nats.watch import Watch, left
from mycelium.transports.nats.window import Window

if TYPE_CHECKING:
    from mycelium.transports import Handler

_LOOK_SECS: Final = 0.02


class Keeping:
    """The durables of one process; none without JetStream.

    ``bound`` has what services and messages they deliver to now.
    """

    def __init__(
        self,
        plan: ProcessPlan,
        nats: Nats,
        roster: Roster,
        subjects: Subjects,
        port: Port,
        joint: Joint,
        line: Line,
        limits: NatsLimits,
        *,
        reader: Reader,
        admit: Admit,
        say: Callable[[str, bytes], None],
        rivalled: Callable[[], bool],
    ) -> None:
        self.bound: set[tuple[str, type[Message]]] = set()
        self._stream = nats.stream
        self._subjects = subjects
        self._joint = joint
        self._line = line
        self._stopped = False
        self._watching: asyncio.Task[None] | None = None
        self._durables = {
            name: Durable(
                port.manifest.service(name),
                port,
                reader,
                Window(nats.duplicate_window_secs, limits.window_ids),
                max_deliver=nats.max_deliver,
                sources={subjects.message(m, p.name): (p, m) for p, m in roster.kept[name]},
                link_of=self._link_of,
                admit=admit,
                say=say,
            )
            for name in plan.services
            if nats.jetstream and name in roster.kept
        }
        self._watch = Watch(
            self._durables.values(),
            line,
            nats.stream,
            limits.beat_secs,
            limits.ack_secs,
            self._bind_anew,
            rivalled,
        )

    def around(self, service: str, message: type[Message], handler: Handler) -> Handler:
        """The handler, watched where JetStream waits for its end."""
        durable = self._durables.get(service)
        return handler if durable is None else durable.around(message, handler)

    def sort(self, message: type[Message]) -> list[tuple[Entrance, OnFull]]:
        """Takes note of the services that get the message from here; the other subscriptions."""
        kept = {d.spec.name for d in self._durables.values() if message in d.messages}
        others = []
        self.bound = {(name, kind) for name, kind in self.bound if kind is not message}
        for link, on_full in self._joint.takers(message):
            if link.subscriber in kept and on_full is OnFull.BLOCK:
                self.bound.add((link.subscriber, message))
            else:
                others.append((link, on_full))
        return others

    @property
    def subscriptions(self) -> list[Subscription]:
        """Those of the present connection."""
        return [d.subscription for d in self._durables.values() if d.subscription is not None]

    def start(self) -> None:
        """Begins to look after the consumers."""
        if self._durables:
            self._watching = asyncio.create_task(
                self._watch.run(), name="transport watches consumers"
            )

    def line_down(self) -> None:
        """The connection is another one."""
        for durable in self._durables.values():
            durable.subscription = None

    async def sync(self, client: Client) -> None:
        """Takes what is kept for the services that are there."""
        for name in {name for name, _ in self.bound}:
            if self._durables[name].subscription is None:
                await self._bind(self._durables[name], client)
                self._watch.begin()

    def beat(self) -> None:
        """Says to JetStream which messages are being worked on."""
        for durable in self._durables.values():
            durable.beat()

    async def emptied(self) -> None:
        """Returns once nothing is kept for the services any more, or nobody can tell."""
        for name in {name for name, _ in self.bound}:
            while await left(self._line, self._stream, name):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(_LOOK_SECS)

    async def handled(self) -> None:
        """Returns once every message that was given was handled."""
        for durable in self._durables.values():
            await durable.idle()

    async def close(self) -> None:
        """Takes nothing more; gives back what was given and is not handled."""
        self._stopped = True
        self._watch.end()
        await end(self._watching)
        for durable in self._durables.values():
            durable.give_back()

    def _link_of(self, service: str, message: type[Message]) -> Link | None:
        takers = self._joint.takers(message)
        return next((link for link, _ in takers if link.subscriber == service), None)

    async def _bind(self, durable: Durable, client: Client) -> None:
        name = durable.spec.name
        durable.subscription = await client.subscribe(
            self._subjects.give(name), queue=token(name), cb=durable.on_message
        )

    async def _bind_anew(self, durable: Durable) -> None:
        client, old = self._line.client, durable.subscription
        if client is not None and old is not None and not self._stopped:
            await old.unsubscribe()
            await client.flush()
            await self._bind(durable, client)
