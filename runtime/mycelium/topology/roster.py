"""What a topology has to know of a system: a manifest or a spec tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mycelium.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A service: its bundle ("" without one), the names of its messages, its promises' ids."""

    name: str
    active: bool
    bundle: str
    publishes: tuple[str, ...]
    subscribes: tuple[str, ...]
    promises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The services of a system, by name and in order."""

    system: str
    members: Mapping[str, Member]

    @classmethod
    def of(cls, manifest: Manifest) -> Roster:
        """The services of a manifest."""
        return cls(
            manifest.system,
            {
                spec.name: Member(
                    name=spec.name,
                    active=spec.active,
                    bundle=spec.bundle,
                    publishes=tuple(message.__name__ for message in spec.publishes),
                    subscribes=tuple(s.message.__name__ for s in spec.subscribes),
                    promises=tuple(promise.id for promise in spec.promises),
                )
                for spec in manifest.services
            },
        )

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the services that have code."""
        return tuple(member.name for member in self.members.values() if member.active)
