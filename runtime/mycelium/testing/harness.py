"""One service on a bus of its own, with the test as everybody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import msgspec

from mycelium.bus import Bus
from mycelium.clock import SYSTEM_CLOCK, Clock
from mycelium.deadletters import MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.loading import check_service
from mycelium.mailbox import DEFAULT_CAPACITY
from mycelium.manifest import Manifest, Restart, RestartStrategy, ServiceSpec
from mycelium.outlet import Publisher
from mycelium.protocol.message import Message
from mycelium.protocol.registry import Registry
from mycelium.service import Service
from mycelium.supervisor import Supervisor
from mycelium.transports import Put
from mycelium.worker import Worker

_HARNESS: Final = "harness"


class ServiceHarness:
    """Runs one service while the context manager is entered.

    ::

        async with ServiceHarness(FlashArbitrage, {"gas_price_gwei": 30}) as harness:
            await harness.feed(PoolStateUpdate(...))
            assert harness.published == [ArbitrageSignal(...)]

    ``published`` holds what the service has published, in order; ``service`` is the instance. What
    the service raises is raised to the test, once.

    Raises:
        ServiceLoadError: the class lacks handlers
    """

    def __init__(
        self,
        service: type[Service],
        settings: Mapping[str, Any] | None = None,
        *,
        build: Callable[[Mapping[str, Any]], Service] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        check_service(service.SPEC, service)
        self.dead_letters = MemoryDeadLetters()
        self._build = build if build is not None else service
        self._settings = settings if settings is not None else {}
        self._service: Service | None = None
        self._told = False
        spec = _unsupervised(service.SPEC)
        self.bus = Bus(_manifest(spec), dead_letters=self.dead_letters, clock=clock)
        self._collector = _Collector()
        for message in spec.publishes:
            self.bus.transport.subscribe(message, self._collector)
        self._publishers: dict[type[Message], Publisher[Message]] = {
            subscription.message: self.bus.publisher(subscription.message, service=_HARNESS)
            for subscription in spec.subscribes
        }
        self._worker = Worker(self.bus, spec, self._make, DEFAULT_CAPACITY)
        self._supervisor = Supervisor(self.bus, [self._worker])

    async def __aenter__(self) -> Self:
        await self._supervisor.start()
        if self._worker.given_up is not None:
            await self._supervisor.stop()
            self._raise_crash()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self._supervisor.stop()
        if kind is None:
            self._raise_crash()

    @property
    def service(self) -> Service:
        """The running instance."""
        assert self._service is not None, "the harness has not been entered"
        return self._service

    @property
    def envelopes(self) -> list[Envelope]:
        """What the service has published, with its sequences and timestamps."""
        return self._collector.envelopes

    @property
    def published(self) -> list[Message]:
        """The messages that the service has published since the start or the last `clear`."""
        return [envelope.message for envelope in self._collector.envelopes]

    def clear(self) -> None:
        """Forgets what has been published so far."""
        self._collector.envelopes.clear()

    async def feed(self, *messages: Message) -> None:
        """Publishes the messages to the service and waits until they are handled.

        Raises:
            KeyError: the service does not subscribe to a message
            Exception: whatever the service raised
        """
        for message in messages:
            await self._publishers[type(message)].publish(message)
        await self.bus.idle()
        self._raise_crash()

    async def finished(self) -> None:
        """Waits until the service's background tasks have ended and everything is handled.

        Raises:
            Exception: whatever the service raised
        """
        await self._supervisor.finished()
        self._raise_crash()

    def _make(self) -> Service:
        self._service = self._build(self._settings)
        return self._service

    def _raise_crash(self) -> None:
        crash = self._worker.given_up
        if crash is not None and not self._told:
            self._told = True
            raise crash


class _Collector:
    """A link that keeps what it gets."""

    subscriber = _HARNESS

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    def put(self, envelope: Envelope) -> Put:
        self.envelopes.append(envelope)
        return Put.TAKEN

    async def room(self) -> None:
        """There always is."""


def _unsupervised(spec: ServiceSpec) -> ServiceSpec:
    return msgspec.structs.replace(spec, restart=Restart(RestartStrategy.NEVER))


def _manifest(spec: ServiceSpec) -> Manifest:
    """The service's own part of the system, and the harness as all its publishers."""
    inputs = tuple(subscription.message for subscription in spec.subscribes)
    source = 1 if spec.source != 1 else 2
    harness = ServiceSpec(_HARNESS, source, inputs, (), Restart(), True, "")
    messages = dict.fromkeys((*inputs, *spec.publishes))
    return Manifest(spec.name, Registry(spec.name, messages), (spec, harness))
