"""A small system by hand: messages, services and ways to run them."""

from __future__ import annotations

import asyncio
import functools
import struct
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, ParamSpec, Self

from mycelium.bus import Bus
from mycelium.manifest import (
    Manifest,
    Restart,
    RestartStrategy,
    ServiceSpec,
    Subscription,
)
from mycelium.protocol import MalformedValueError, Message, Registry, encode_frame
from mycelium.protocol.errors import EncodeError
from mycelium.service import Service

P = ParamSpec("P")
_TLV = struct.Struct("<HBBI")
_PAIR = struct.Struct("<QQ")


class Pair(Message, frozen=True, gc=False):
    """Two u64: enough of a message for every test."""

    key: int
    value: int = 0

    def to_tlv(self) -> bytes:
        try:
            body = _PAIR.pack(self.key, self.value)
        except struct.error:
            raise EncodeError(type(self).__name__, "value", "a u64", repr(self.value)) from None
        return _TLV.pack(self.TYPE_ID, 1, 0, len(body)) + body

    def to_frame(self, *, source: int, sequence: int, timestamp: int) -> bytes:
        return encode_frame(
            self.to_tlv(),
            domain=self.DOMAIN,
            source=source,
            sequence=sequence,
            timestamp=timestamp,
        )

    @classmethod
    def _decode(cls, data: bytes, at: int, end: int, version: int) -> Self:
        if end - at != _PAIR.size:
            raise MalformedValueError(f"{_PAIR.size} bytes", str(end - at), at)
        return cls(*_PAIR.unpack_from(data, at))


class Tick(Pair, frozen=True, gc=False):
    TYPE_ID: ClassVar[int] = 16
    DOMAIN: ClassVar[int] = 1


class Meta(Pair, frozen=True, gc=False):
    TYPE_ID: ClassVar[int] = 17
    DOMAIN: ClassVar[int] = 1
    KEY: ClassVar[str | None] = "key"
    RETAIN: ClassVar[int] = 3


class Signal(Pair, frozen=True, gc=False):
    TYPE_ID: ClassVar[int] = 20
    DOMAIN: ClassVar[int] = 2


class Echo(Pair, frozen=True, gc=False):
    TYPE_ID: ClassVar[int] = 21
    DOMAIN: ClassVar[int] = 2


REGISTRY = Registry("sample", [Tick, Meta, Signal, Echo])
QUICK = Restart(RestartStrategy.ONE_FOR_ONE, max_restarts=3, window_secs=60)


def spec(
    name: str,
    source: int,
    publishes: tuple[type[Message], ...] = (),
    subscribes: tuple[type[Message] | Subscription, ...] = (),
    *,
    restart: Restart = QUICK,
    active: bool = True,
) -> ServiceSpec:
    subscriptions = tuple(s if isinstance(s, Subscription) else Subscription(s) for s in subscribes)
    path = f"services.{name}.service:{name.title()}"
    return ServiceSpec(name, source, publishes, subscriptions, restart, active, path)


FEED = spec("feed", 1, (Tick, Meta))
BRAIN = spec("brain", 2, (Signal,), (Tick, Meta))
RELAY = spec("relay", 3, (Echo,), (Signal,))


def manifest(*specs: ServiceSpec) -> Manifest:
    return Manifest("sample", REGISTRY, specs or (FEED, BRAIN, RELAY))


class Feed(Service):
    """Publishes what a test tells it to."""

    SPEC: ClassVar[ServiceSpec] = FEED

    async def publish(self, message: Tick | Meta, /) -> None:
        await self._publish(message)


class Recorder(Service):
    """Keeps what it handles, over restarts, in the list that its settings name."""

    async def keep(self, message: Message, /) -> None:
        self.settings["seen"].append((message, self.envelope))


def recorder(of: ServiceSpec) -> type[Recorder]:
    """A service of the spec whose handlers all append to ``settings["seen"]``."""
    handlers = {subscription.message: "keep" for subscription in of.subscribes}
    return type("Keeper", (Recorder,), {"SPEC": of, "HANDLERS": handlers})


def collecting(of: ServiceSpec, seen: list[Any]) -> Callable[[Any], Service]:
    """Builds services of the spec that append (message, envelope) to ``seen``."""
    kind = recorder(of)
    return lambda settings: kind({**settings, "seen": seen})


def asynchronous(
    test: Callable[P, Coroutine[Any, Any, None]],
) -> Callable[P, None]:
    """Runs a test in an event loop of its own; one that hangs fails."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def limited() -> None:
            async with asyncio.timeout(20):
                await test(*args, **kwargs)

        asyncio.run(limited())

    return run


async def settle() -> None:
    """Lets every task run until it waits for something that is not ready."""
    for _ in range(20):
        await asyncio.sleep(0)


async def values(bus: Bus, message: type[Pair], count: int, **options: Any) -> None:
    """Publishes 0, 1, 2, … of a message."""
    publisher = bus.publisher(message, **options)
    for number in range(count):
        await publisher.publish(message(number, number))
