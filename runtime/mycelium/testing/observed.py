"""A service under test on a bus of its own, and what can be seen of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, overload

import msgspec

from mycelium.bus import Bus
from mycelium.clock import Clock
from mycelium.counters import Counts
from mycelium.deadletters import DeadLetter, MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.manifest import Manifest, Restart, RestartStrategy
from mycelium.protocol.message import Message
from mycelium.service import Service
from mycelium.supervisor import Supervisor
from mycelium.testing.living import WatchedWorker
from mycelium.testing.outbox import Outbox
from mycelium.testing.senders import Senders

M = TypeVar("M", bound=Message)
S = TypeVar("S", bound=Service)


class ObservedService(Generic[S]):
    """What a service has published, and what became of it.

    ``bus`` is what it runs on, ``clock`` what it takes the time from.
    """

    def __init__(
        self,
        service: type[S],
        build: Callable[[Mapping[str, Any]], S],
        settings: Mapping[str, Any],
        clock: Clock,
        manifest: Manifest | None,
        *,
        restart: bool,
    ) -> None:
        spec = service.SPEC
        self.clock = clock
        self._build = build
        self._settings = settings
        self._service: S | None = None
        self._dead = MemoryDeadLetters()
        self._senders = Senders(spec, manifest, clock.timestamp)
        self.bus = Bus(self._senders.manifest, dead_letters=self._dead, clock=clock)
        self._outbox = Outbox(clock.monotonic)
        for message in spec.publishes:
            self.bus.transport.subscribe(message, self._outbox)
        if not restart:
            spec = msgspec.structs.replace(spec, restart=Restart(RestartStrategy.NEVER))
        self._worker = WatchedWorker(self.bus, spec, self._make, self._outbox.news.set)
        self._supervisor = Supervisor(self.bus, [self._worker])

    @property
    def service(self) -> S:
        """The instance that runs; another one after a restart."""
        assert self._service is not None, "the service has not been built"
        return self._service

    @property
    def envelopes(self) -> list[Envelope]:
        """What it has published, with sequences and timestamps."""
        return [sent.envelope for sent in self._outbox.sent]

    @overload
    def published(self) -> list[Message]: ...
    @overload
    def published(self, kind: type[M]) -> list[M]: ...
    def published(self, kind: type[Message] = Message) -> list[Any]:
        """What it has published since the start or the last `clear`; of one type, if given."""
        return [e.message for e in self.envelopes if isinstance(e.message, kind)]

    @property
    def dead_letters(self) -> list[DeadLetter]:
        """The messages that it failed on, oldest first."""
        return list(self._dead.letters)

    @property
    def crashes(self) -> list[BaseException]:
        """What it has raised so far, in background tasks, too."""
        return self._worker.crashes

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return self._worker.restarts

    @property
    def given_up(self) -> bool:
        """Whether it crashed and is not started again."""
        return self._worker.given_up is not None

    def counts(self, kind: type[Message]) -> Counts:
        """What the bus has counted of a message at this service."""
        return self.bus.counts().of(self._worker.spec.name, kind.__name__)

    def clear(self) -> None:
        """Forgets what has been published so far."""
        self._outbox.clear()

    def _make(self) -> S:
        self._service = self._build(self._settings)
        return self._service

    def _state(self) -> str:
        """What it has done so far, in a line."""
        name = self._worker.spec.name
        rows = [row for (service, _), row in self.bus.counts().rows.items() if service == name]
        handled, failed = sum(r.handled for r in rows), sum(r.failed for r in rows)
        waiting = len(self._worker.consumer.mailbox.items)
        crashed = f", crashed: {self.crashes[-1]!r}" if self.crashes else ""
        return f"{name}: {handled} handled, {failed} failed, {waiting} waiting{crashed}"
