"""A process as a subscriber on NATS: what it takes, and from whom."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error

from mycelium.manifest import OnFull, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.topology import Nats, ProcessPlan
from mycelium.transports import Entrance, Joint, Port
from mycelium.transports.nats.control import Marks
from mycelium.transports.nats.feeds import Feed, LastValues
from mycelium.transports.nats.keeping import Keeping
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.reading import Reader
from mycelium.transports.nats.roster import Roster
from mycelium.transports.nats.sieve import Sieve, one_by_one
from mycelium.transports.nats.subjects import Subjects, last_token, token
from mycelium.transports.nats.tasks import end
from mycelium.transports.shared.offer import Needs
from mycelium.transports.shared.saying import Rarely

_LOG: Final = logging.getLogger("mycelium.transports")
_STRONGEST_FIRST = (OnFull.BLOCK, OnFull.DROP_OLDEST, OnFull.FAIL)


class Subscribing:
    """The feeds of one process, and by ``keeping`` what JetStream keeps for it.

    ``number`` counts the changes that the server knows of; ``changed`` is called after each.
    ``marked`` gets what publishers of other processes have to know: the process, and its marks.
    ``rivalled`` tells whether another process speaks in the name of this one.
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
        say: Callable[[str, bytes], None],
        changed: Callable[[], None],
        marked: Callable[[str, Marks], None],
        rivalled: Callable[[], bool],
    ) -> None:
        self.number = 0
        self.busy = False
        self._jetstream = nats.jetstream
        self._plan = plan
        self._roster = roster
        self._subjects = subjects
        self._port = port
        self._line = line
        self._limits = limits
        self._changed = changed
        self._marked = marked
        self._reader = Reader(port, limits.max_frame)
        self._sieve = Sieve(port)
        self._lasts = LastValues(port, self._reader)
        self._feeds: dict[tuple[type[Message], str], Feed] = {}
        self._needs: dict[type[Message], OnFull] = {}
        self._retired: list[Subscription] = []
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._rarely = Rarely(_LOG)
        self._speakers = {
            token(spec.name): spec for specs in roster.sources.values() for spec in specs
        }
        self.keeping = Keeping(
            plan,
            nats,
            roster,
            subjects,
            port,
            joint,
            line,
            limits,
            reader=self._reader,
            admit=self._sieve.once,
            say=say,
            rivalled=rivalled,
        )

    def want(self, message: type[Message]) -> None:
        """Subscriptions to the message have come or gone."""
        if message not in self._roster.sources or self._stopped:
            return
        others = self.keeping.sort(message)
        links = [link for link, _ in others]
        modes = [on_full for _, on_full in others]
        need = next((mode for mode in _STRONGEST_FIRST if mode in modes), None)
        if need is None:
            self._needs.pop(message, None)
        else:
            self._needs[message] = need
        for spec in self._roster.sources[message]:
            self._set_feed(message, spec, links, need)
        self._sync_soon()

    @property
    def needs(self) -> Needs:
        """What publishers have to take care of, by type."""
        return {message.TYPE_ID: on_full for message, on_full in self._needs.items()}

    @property
    def kept(self) -> tuple[int, ...]:
        """The types that come by way of JetStream."""
        return tuple(sorted({message.TYPE_ID for _, message in self.keeping.bound}))

    @property
    def messages(self) -> frozenset[type[Message]]:
        """All that is subscribed to."""
        return frozenset(self._needs).union(message for _, message in self.keeping.bound)

    @property
    def publishers(self) -> frozenset[str]:
        """The processes that it comes from."""
        sources = self._roster.sources
        return frozenset(self._roster.homes[s.name] for m in self.messages for s in sources[m])

    async def line_up(self, client: Client) -> None:
        """Subscribes to everything over a new connection."""
        last = self._subjects.last(self._plan.name, "*")
        self._lasts.subscription = await client.subscribe(last, cb=self._on_last)
        for feed in self._feeds.values():
            feed.subscription = None
        self.keeping.line_down()
        self._retired.clear()
        self.busy = True
        await self._sync(client)

    def report(self, process: str, type_id: int) -> None:
        """Tells a publishers' process how far its messages have come."""
        feeds = [
            feed
            for (message, service), feed in self._feeds.items()
            if type_id == message.TYPE_ID and self._roster.homes[service] == process
        ]
        marks = {feed.service.source: feed.sequence for feed in feeds if feed.sequence}
        self._marked(process, Marks(type_id, marks, idle=all(feed.idle for feed in feeds)))

    def handled(self, process: str) -> dict[int, dict[int, int]]:
        """By message type and source how far handlers have come since the last time."""
        found: dict[int, dict[int, int]] = {}
        for (message, service), feed in self._feeds.items():
            if self._roster.homes[service] == process and (sequence := feed.handled()):
                found.setdefault(message.TYPE_ID, {})[feed.service.source] = sequence
        return found

    async def quiet(self) -> None:
        """Takes nothing more; what is on its way comes in before it returns."""
        self._stopped = True
        for subscription in self.keeping.subscriptions:
            await _drain(subscription)
        for feed in tuple(self._feeds.values()):
            if feed.subscription is not None:
                await _drain(feed.subscription)
        for feed in tuple(self._feeds.values()):
            await feed.drained()

    async def close(self) -> None:
        """Takes nothing more; gives back what JetStream has given."""
        self._stopped = True
        await end(self._task)
        await self.keeping.close()
        for feed in self._feeds.values():
            left = await feed.close()
            for link in feed.links if left else ():
                self._port.counters.tally(
                    link.subscriber, feed.message.__name__
                ).undelivered += left
        await self._lasts.close()

    async def _on_last(self, msg: Msg) -> None:
        service = self._speakers.get(last_token(msg.subject))
        if service is not None:
            self._lasts.take(msg, service)

    def _set_feed(
        self, message: type[Message], spec: ServiceSpec, links: list[Entrance], need: OnFull | None
    ) -> None:
        key = (message, spec.name)
        feed = self._feeds.get(key)
        if need is None:
            if feed is not None:
                del self._feeds[key]
                if feed.subscription is not None:
                    self._retired.append(feed.subscription)
            return
        if feed is None:
            feed = self._feeds[key] = Feed(
                message,
                spec,
                self._reader,
                self._lasts,
                self._limits,
                admit=self._sieve.unrepeated() if self._jetstream else self._sieve.judged,
                admit_all=one_by_one if self._jetstream else self._sieve.judged_all,
                marked=self._mark,
                lost=self._lost,
            )
        feed.links, feed.on_full = links, need

    def _lost(self, feed: Feed, count: int) -> None:
        name = feed.message.__name__
        for link in feed.links:
            self._port.counters.tally(link.subscriber, name).dropped += count
        publisher = feed.service.name
        self._rarely.warn(name, f"{publisher} sends {name} faster than it may: frames are dropped")

    def _mark(self, message: type[Message], service: ServiceSpec, sequence: int) -> None:
        home = self._roster.homes[service.name]
        self._marked(home, Marks(message.TYPE_ID, {service.source: sequence}))

    def _sync_soon(self) -> None:
        self.busy = True
        if self._task is None and self._line.client is not None:
            self._task = asyncio.create_task(self._follow(), name="transport subscribes")

    async def _follow(self) -> None:
        try:
            while self.busy and not self._stopped and (client := self._line.client) is not None:
                await self._sync(client)
                self._changed()
        except Error:  # the next connection subscribes anew
            return
        finally:
            self._task = None

    async def _sync(self, client: Client) -> None:
        """Lets the server know what has changed."""
        while self.busy or self._unknown():
            self.busy = False
            retired, self._retired = self._retired, []
            for subscription in retired:
                await subscription.unsubscribe()
            for feed in self._unknown():
                subject = self._subjects.message(feed.message, feed.service.name)
                feed.subscription = await client.subscribe(subject, cb=feed.on_message)
            await self.keeping.sync(client)
            self.number += 1

    def _unknown(self) -> Iterable[Feed]:
        return [feed for feed in self._feeds.values() if feed.subscription is None]


async def _drain(subscription: Subscription) -> None:
    """Takes what is on its way, and no more."""
    with contextlib.suppress(Error):  # the connection is gone, and that with it
        await subscription.drain()  # type: ignore[no-untyped-call]
