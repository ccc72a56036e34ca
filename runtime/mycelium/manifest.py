"""Who may publish and subscribe what: the values that generated code builds."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

import msgspec

from mycelium.errors import InvalidManifestError, UnknownServiceError
from mycelium.promises import Promise
from mycelium.protocol.message import Message
from mycelium.protocol.registry import Registry

MAX_SOURCE: Final = 0xFFFF


class OnFull(Enum):
    """What happens to a publisher when a subscriber's mailbox is full."""

    BLOCK = "block"
    DROP_OLDEST = "drop_oldest"
    FAIL = "fail"


class RestartStrategy(Enum):
    """Who restarts a crashed service: its supervisor, the process manager, or nobody."""

    ONE_FOR_ONE = "one_for_one"
    SYSTEMD = "systemd"
    NEVER = "never"


class Restart(msgspec.Struct, frozen=True):
    """At most ``max_restarts`` within ``window_secs`` seconds; one more is escalated."""

    strategy: RestartStrategy = RestartStrategy.ONE_FOR_ONE
    max_restarts: int = 3
    window_secs: int = 60


class Subscription(msgspec.Struct, frozen=True):
    """A message that a service handles."""

    message: type[Message]
    on_full: OnFull = OnFull.BLOCK


class ServiceSpec(msgspec.Struct, frozen=True):
    """One service: ``source`` is its id in frame headers, 1 to 65535.

    ``implementation`` is where its class stands: ``package.module:Class``. A service that is not
    ``active`` has a reserved id and no code. Services of one ``bundle`` share a process where the
    topology says so.
    """

    name: str
    source: int
    publishes: tuple[type[Message], ...]
    subscribes: tuple[Subscription, ...]
    restart: Restart
    active: bool
    implementation: str
    promises: tuple[Promise, ...] = ()
    bundle: str = ""


class Manifest:
    """The services of one system and what they exchange. Immutable.

    Raises:
        InvalidManifestError: a name, id or promise is used twice, an id is out of range, or a
            message is not in the registry
    """

    __slots__ = ("_by_name", "_by_source", "_may_publish", "registry", "services", "system")

    def __init__(self, system: str, registry: Registry, services: Iterable[ServiceSpec]) -> None:
        self.system = system
        self.registry = registry
        self.services = tuple(services)
        self._by_name = _by_name(self.services)
        self._by_source = _by_source(self.services)
        self._may_publish = frozenset(
            (spec.source, message.TYPE_ID) for spec in self.services for message in spec.publishes
        )
        for spec in self.services:
            _check_messages(spec, registry)
            _check_promises(spec)

    def service(self, name: str) -> ServiceSpec:
        """The service of this name.

        Raises:
            UnknownServiceError
        """
        try:
            return self._by_name[name]
        except KeyError:
            known = ", ".join(sorted(self._by_name)) or "none"
            raise UnknownServiceError(
                f"expected a service of the system {self.system} ({known}), found {name!r}"
            ) from None

    def of_source(self, source: int) -> ServiceSpec | None:
        """The service whose frames carry ``source``, or None."""
        return self._by_source.get(source)

    def may_publish(self, source: int, type_id: int) -> bool:
        """Whether the service with the id ``source`` declares the message type."""
        return (source, type_id) in self._may_publish

    def publishers(self, message: type[Message]) -> tuple[ServiceSpec, ...]:
        """The services that declare to publish the message."""
        return tuple(s for s in self.services if message in s.publishes)

    def source_name(self, source: int) -> str:
        """The name of the service with this id, or ``source N`` when the system has none."""
        spec = self._by_source.get(source)
        return spec.name if spec is not None else f"source {source}"


def _by_name(services: Iterable[ServiceSpec]) -> dict[str, ServiceSpec]:
    found: dict[str, ServiceSpec] = {}
    for spec in services:
        if spec.name in found:
            raise InvalidManifestError(f"expected each service once, found {spec.name} twice")
        found[spec.name] = spec
    return found


def _by_source(services: Iterable[ServiceSpec]) -> dict[int, ServiceSpec]:
    found: dict[int, ServiceSpec] = {}
    for spec in services:
        if not 1 <= spec.source <= MAX_SOURCE:
            raise InvalidManifestError(
                f"{spec.name}: expected an id from 1 to {MAX_SOURCE}, found {spec.source}"
            )
        other = found.setdefault(spec.source, spec)
        if other is not spec:
            raise InvalidManifestError(
                f"expected an id of its own for {spec.name}, found {spec.source} of {other.name}"
            )
    return found


def _check_messages(spec: ServiceSpec, registry: Registry) -> None:
    for message in (*spec.publishes, *(s.message for s in spec.subscribes)):
        if registry.messages.get(message.TYPE_ID) is not message:
            raise InvalidManifestError(
                f"{spec.name}: expected messages of the system {registry.system}, "
                f"found {message.__name__} (type {message.TYPE_ID})"
            )


def _check_promises(spec: ServiceSpec) -> None:
    found: set[str] = set()
    for promise in spec.promises:
        if promise.id in found:
            raise InvalidManifestError(
                f"{spec.name}: expected each promise once, found {promise.id} twice"
            )
        found.add(promise.id)
