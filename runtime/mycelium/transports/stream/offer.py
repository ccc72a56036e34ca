"""What a process publishes, and whether another one can have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from mycelium.manifest import Manifest
from mycelium.protocol.message import Message
from mycelium.topology import ProcessPlan
from mycelium.transports.errors import HandshakeError
from mycelium.transports.stream.control import Needs, Schemas
from mycelium.transports.stream.schemas import misread


@dataclass(frozen=True, slots=True)
class Offer:
    """The messages that the services of one process publish, by type, and the services' ids."""

    process: str
    messages: Mapping[int, type[Message]]
    sources: frozenset[int]

    @classmethod
    def of(cls, plan: ProcessPlan, manifest: Manifest) -> Self:
        """What the process may say."""
        specs = [manifest.service(name) for name in plan.services]
        messages = {message.TYPE_ID: message for spec in specs for message in spec.publishes}
        return cls(plan.name, messages, frozenset(spec.source for spec in specs))

    def check(self, needs: Needs, schemas: Schemas) -> None:
        """Compares what another process needs with what there is.

        Raises:
            HandshakeError: something is not published here, or is read in another way there
        """
        if wrong := misread(self.messages, {t: schemas.get(t, ()) for t in needs}):
            raise HandshakeError(
                f"expected the schemas of {self.process}, found others of {', '.join(wrong)}"
            )


def needed(plan: ProcessPlan, manifest: Manifest) -> frozenset[int]:
    """The message types that the services of a process subscribe to."""
    return frozenset(
        subscription.message.TYPE_ID
        for name in plan.services
        for subscription in manifest.service(name).subscribes
    )
