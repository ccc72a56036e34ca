"""What a process publishes, and whether another one can have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from mycelium.manifest import Manifest, OnFull
from mycelium.protocol.message import Message
from mycelium.topology import ProcessPlan
from mycelium.transports.errors import HandshakeError
from mycelium.transports.shared.schemas import Schemas, misread

_HELLO_SIZE: Final = 4096
_MESSAGE_SIZE: Final = 64
_VERSION_SIZE: Final = 24

Needs: TypeAlias = dict[int, OnFull]
"""Message types, and the strongest ``on_full`` of their subscriptions."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The messages that the services of one process publish, by type, and the services' ids.

    ``by_message`` has the ids of those that publish a message.
    """

    process: str
    messages: Mapping[int, type[Message]]
    sources: frozenset[int]
    by_message: Mapping[type[Message], tuple[int, ...]]

    @classmethod
    def of(cls, plan: ProcessPlan, manifest: Manifest) -> Self:
        """What the process may say."""
        specs = [manifest.service(name) for name in plan.services]
        messages = {message.TYPE_ID: message for spec in specs for message in spec.publishes}
        by_message = {
            message: tuple(spec.source for spec in specs if message in spec.publishes)
            for message in messages.values()
        }
        return cls(plan.name, messages, frozenset(spec.source for spec in specs), by_message)

    @property
    def hello_size(self) -> int:
        """Bytes that suffice for a handshake in which all of it is needed."""
        return _HELLO_SIZE + sum(
            _MESSAGE_SIZE + _VERSION_SIZE * message.VERSION for message in self.messages.values()
        )

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
