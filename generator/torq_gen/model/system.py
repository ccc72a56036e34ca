"""The whole system as one frozen value, and the questions that one asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from itertools import pairwise

from torq_gen.immutable import immutable
from torq_gen.model.lock import Lock
from torq_gen.model.messages import Domain, Message
from torq_gen.model.services import External, Service, Store
from torq_gen.model.types import AliasType, EnumType, NamedType, StructType


@immutable
class Reserved:
    """Type ids and message names that must not be used again."""

    types: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


@immutable
class System:
    """Everything that system.yaml and the schemas declare.

    Mappings are keyed by name and hold the order of declaration; ``types`` are in an order in which
    every type comes after those that it mentions.
    """

    name: str
    package: str
    domains: Mapping[str, Domain] = field(default_factory=dict)
    types: Mapping[str, NamedType] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    stores: Mapping[str, Store] = field(default_factory=dict)
    externals: Mapping[str, External] = field(default_factory=dict)
    reserved: Reserved = Reserved()
    exports: tuple[str, ...] = ()
    lock: Lock = field(default_factory=Lock)

    def messages_of(self, domain: str) -> tuple[Message, ...]:
        """The domain's messages by type id."""
        found = (m for m in self.messages.values() if m.domain == domain)
        return tuple(sorted(found, key=lambda m: m.type_id))

    def publishers_of(self, message: str) -> tuple[Service, ...]:
        """The services that publish a message, planned ones included."""
        return tuple(
            s for s in self.services.values() if any(p.message == message for p in s.publishes)
        )

    def subscribers_of(self, message: str) -> tuple[Service, ...]:
        """The services that subscribe a message, planned ones included."""
        return tuple(
            s for s in self.services.values() if any(p.message == message for p in s.subscribes)
        )

    def active_services(self) -> tuple[Service, ...]:
        """The services that have code."""
        return tuple(s for s in self.services.values() if s.active)

    def free_types(self, domain: str) -> tuple[range, ...]:
        """The type ids that a domain still has free, as ranges."""
        found = self.domains[domain]
        used = {m.type_id for m in self.messages.values()} | set(self.reserved.types)
        taken = sorted(t for t in used if found.holds(t))
        edges = [found.first_type - 1, *taken, found.last_type + 1]
        gaps = (range(a + 1, b) for a, b in pairwise(edges))
        return tuple(gap for gap in gaps if gap)

    def aliases(self) -> tuple[AliasType, ...]:
        """The named types that only name another type."""
        return tuple(t for t in self.types.values() if isinstance(t, AliasType))

    def enums(self) -> tuple[EnumType, ...]:
        """The named enums."""
        return tuple(t for t in self.types.values() if isinstance(t, EnumType))

    def structs(self) -> tuple[StructType, ...]:
        """The named structs."""
        return tuple(t for t in self.types.values() if isinstance(t, StructType))
