"""The base class of services. Generated code adds the typed parts; a person the handlers."""

from __future__ import annotations

import logging
from abc import ABC
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from mycelium.envelope import Envelope, current_envelope
from mycelium.errors import NotRunningError, UndeclaredPublishError
from mycelium.manifest import ServiceSpec
from mycelium.protocol.message import Message

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
Send = Callable[[Message], Awaitable[None]]

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Spawn(Protocol):
    """Starts a supervised task; a bus hands it to the service that it runs."""

    def __call__(
        self, coroutine: Coroutine[Any, Any, T], *, name: str | None = None
    ) -> asyncio.Task[T]:
        """The running task."""


class Service(ABC):
    """One service of a system.

    It can be built without a bus; only publishing and spawning need one. A crashed service is
    built anew, so what it must remember across a restart belongs into a store. The names of this
    class's attributes are not free for subclasses: SPEC, HANDLERS, settings, log, envelope, spawn,
    _publish, _attach_bus and _detach_bus.
    """

    SPEC: ClassVar[ServiceSpec]
    HANDLERS: ClassVar[Mapping[type[Message], str]] = _NOTHING
    """The method that handles each subscribed message."""

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.settings: Mapping[str, Any] = MappingProxyType(dict(settings or {}))
        self.log = logging.getLogger(f"mycelium.service.{self.SPEC.name}")
        self.__sends: Mapping[type[Message], Send] = _NOTHING
        self.__spawn: Spawn | None = None

    async def on_start(self) -> None:  # noqa: B027 - having nothing to start is usual
        """Called before the first message. May publish and spawn."""

    async def on_stop(self) -> None:  # noqa: B027 - having nothing to stop is usual
        """Called after the last message, also of a service that crashed after it had started.

        May no longer publish.
        """

    @property
    def envelope(self) -> Envelope:
        """Source, sequence, timestamp and ``retained`` of the message in hand.

        Raises:
            NoMessageInHandError: no message is being handled
        """
        return current_envelope()

    def spawn(
        self, coroutine: Coroutine[Any, Any, T], *, name: str | None = None
    ) -> asyncio.Task[T]:
        """Starts a background task. An exception in it is a crash of the service.

        Stopping cancels the task before mailboxes are drained.

        Raises:
            NotRunningError: no bus runs the service
        """
        if self.__spawn is None:
            coroutine.close()
            raise NotRunningError(f"{self.SPEC.name} spawns a task, but no bus runs it")
        return self.__spawn(coroutine, name=name)

    def _publish(self, message: Message) -> Awaitable[None]:
        """Sends a declared message; generated code wraps it with exact types.

        Raises:
            UndeclaredPublishError: the service's spec does not name the message
            NotRunningError: no bus runs the service, or it has been stopped
            MailboxFullError: a subscriber that says ``on_full: fail`` has no room
        """
        send = self.__sends.get(type(message))
        if send is None:
            raise _refusal(self.SPEC, message)
        return send(message)

    def _attach_bus(self, sends: Mapping[type[Message], Send], spawn: Spawn) -> None:
        """Gives the service its way to the bus."""
        self.__sends = sends
        self.__spawn = spawn

    def _detach_bus(self) -> None:
        """Takes away what `_attach_bus` gave: a stopped or crashed service is silent."""
        self.__sends = _NOTHING
        self.__spawn = None


def _refusal(spec: ServiceSpec, message: Message) -> UndeclaredPublishError | NotRunningError:
    name = type(message).__name__
    if type(message) not in spec.publishes:
        return UndeclaredPublishError(spec.name, name, [m.__name__ for m in spec.publishes])
    return NotRunningError(f"{spec.name} publishes {name}, but no bus runs it (any more)")
