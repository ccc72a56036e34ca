"""The behaviour that every service has to show, without a call of its handlers."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from typing import ClassVar

import msgspec
import pytest

from mycelium.errors import UndeclaredPublishError
from mycelium.manifest import ServiceSpec
from mycelium.protocol.message import Message
from mycelium.protocol.registry import Registry
from mycelium.service import Service


class ServiceContract:
    """Inherit and fill in; every test below then runs for the service of ``SPEC``."""

    TEST_KIND: ClassVar = "contract"
    REGISTRY: ClassVar[Registry]
    SPEC: ClassVar[ServiceSpec]
    BASE: ClassVar[type[Service]]

    def test_its_class_is_there(self) -> None:
        """The class stands where the manifest says, derives from its base, and is complete."""
        found = self._implementation()
        assert issubclass(found, self.BASE)
        missing = sorted(getattr(found, "__abstractmethods__", ()))
        assert not missing, f"{self.SPEC.implementation} lacks {', '.join(missing)}"

    def test_its_handlers_are_there(self) -> None:
        """Each subscribed message has a coroutine method that takes the message."""
        found = self._implementation()
        for message, name in self.BASE.HANDLERS.items():
            handler = getattr(found, name)
            assert inspect.iscoroutinefunction(handler), f"{name} has to be an async method"
            inspect.signature(handler).bind(object(), message)

    def test_an_undeclared_publish_is_refused(self) -> None:
        """What the spec does not name cannot be published, whatever the type checker saw."""
        service = _stub_of(self.BASE)
        declared = set(self.SPEC.publishes)
        known: list[type[Message]] = [*self.REGISTRY.messages.values(), Message]
        for message in [m for m in known if m not in declared]:
            with pytest.raises(UndeclaredPublishError, match=self.SPEC.name):
                asyncio.run(_publish(service, message))

    def _implementation(self) -> type[Service]:
        module, _, name = self.SPEC.implementation.partition(":")
        found: type[Service] = getattr(importlib.import_module(module), name)
        return found


def _stub_of(base: type[Service]) -> Service:
    """An instance of the base class whose handlers do nothing."""

    async def nothing(self: Service, message: Message) -> None:
        raise AssertionError("a contract test never calls a handler")

    handlers = dict.fromkeys(base.HANDLERS.values(), nothing)
    stub: type[Service] = type(f"Stub{base.__name__}", (base,), handlers)
    return stub()


async def _publish(service: Service, message: type[Message]) -> None:
    await service._publish(_blank(message))


def _blank(message: type[Message]) -> Message:
    """An instance without sensible values: only its class matters here."""
    required = (f.name for f in msgspec.structs.fields(message) if f.required)
    return message(**dict.fromkeys(required))
