"""What the services of one test share, and the ways they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from mycelium.manifest import Manifest, Restart, RestartStrategy, ServiceSpec
from mycelium.protocol import Message
from mycelium.runner import Process
from mycelium.service import Service
from mycelium.testing import ManualClock
from mycelium.topology import Topology
from tests.unit.mycelium.helpers import (
    Pair,
)

Build = Callable[[Mapping[str, Any]], Service]
NEVER = Restart(RestartStrategy.NEVER)
SYSTEMD = Restart(RestartStrategy.SYSTEMD)


class World:
    """What the services of one test share: a diary, and what to do with a message."""

    def __init__(self) -> None:
        self.diary: list[object] = []
        self.on_message: Callable[[Service, Message], Any] | None = None
        self.on_start: Callable[[Service], Any] | None = None
        self.on_stop: Callable[[Service], Any] | None = None

    def service(self, of: ServiceSpec) -> Build:
        world = self

        class Told(Service):
            SPEC: ClassVar[ServiceSpec] = of
            HANDLERS: ClassVar[Mapping[type[Message], str]] = {
                subscription.message: "handle" for subscription in of.subscribes
            }

            async def on_start(self) -> None:
                world.diary.append(f"{of.name} starts")
                await _maybe(world.on_start, self)

            async def on_stop(self) -> None:
                world.diary.append(f"{of.name} stops")
                await _maybe(world.on_stop, self)

            async def handle(self, message: Message) -> None:
                world.diary.append((of.name, message, self.envelope.retained))
                await _maybe(world.on_message, self, message)

        return Told

    def process(
        self, system: Manifest, *names: str, clock: ManualClock | None = None, **parts: Any
    ) -> Process:
        topology = Topology.of(system, services=names, **{"drain_secs": 5.0, **parts})
        builds = {name: self.service(system.service(name)) for name in names}
        return Process(system, topology, builds, clock=clock or ManualClock())

    def handled(self) -> list[int]:
        return [m[1].value for m in self.diary if isinstance(m, tuple)]


async def _maybe(action: Callable[..., Any] | None, *args: object) -> None:
    if action is not None:
        result = action(*args)
        if result is not None:
            await result


def fail_on(number: int) -> Callable[[Service, Message], None]:
    def check(service: Service, message: Message) -> None:
        if isinstance(message, Pair) and message.value == number:
            raise ValueError(f"no {number}")

    return check


async def give_time(clock: ManualClock, seconds: float) -> None:
    """Waits until somebody sleeps, then lets the time pass."""
    await clock.asleep()
    clock.advance(seconds)
