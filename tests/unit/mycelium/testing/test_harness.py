from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from mycelium.errors import ServiceLoadError, UndeclaredPublishError
from mycelium.manifest import ServiceSpec
from mycelium.protocol import Message
from mycelium.service import Service
from mycelium.testing import ManualClock, ServiceHarness
from tests.unit.mycelium.helpers import BRAIN, FEED, Meta, Signal, Tick, asynchronous


class Brain(Service):
    """Adds to each tick what its settings say."""

    SPEC: ClassVar[ServiceSpec] = BRAIN
    HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick", Meta: "on_meta"}
    stopped = False

    async def on_tick(self, message: Tick) -> None:
        if message.value == 13:
            raise ValueError("thirteen")
        await self._publish(Signal(message.key, message.value + self.settings.get("add", 0)))

    async def on_meta(self, message: Meta) -> None:
        await self._publish(Tick(1))

    async def on_stop(self) -> None:
        self.stopped = True


class Feed(Service):
    SPEC: ClassVar[ServiceSpec] = FEED

    async def on_start(self) -> None:
        self.spawn(self.go())

    async def go(self) -> None:
        await self._publish(Tick(1))
        if self.settings.get("fail"):
            raise OSError("feed lost")


@asynchronous
async def test_what_is_fed_is_handled_and_what_is_published_is_kept() -> None:
    clock = ManualClock()
    async with ServiceHarness(Brain, {"add": 5}, clock=clock) as harness:
        await harness.feed(Tick(1, 1), Tick(2, 2))
        assert harness.published == [Signal(1, 6), Signal(2, 7)]
        assert [e.sequence for e in harness.envelopes] == [1, 2]
        assert harness.envelopes[0].timestamp == clock.timestamp()
        harness.clear()
        assert harness.published == []
        service = harness.service
        assert isinstance(service, Brain)
        assert not service.stopped
    assert service.stopped


@asynchronous
async def test_what_a_handler_raises_is_raised_to_the_test_once() -> None:
    async with ServiceHarness(Brain) as harness:
        with pytest.raises(ValueError, match="thirteen"):
            await harness.feed(Tick(1, 13))
        await harness.feed(Tick(1, 14))
        assert harness.published == []
        assert [letter.error for letter in harness.dead_letters.letters] == ["ValueError: thirteen"]


@asynchronous
async def test_an_undeclared_publish_is_raised_to_the_test() -> None:
    async with ServiceHarness(Brain) as harness:
        with pytest.raises(UndeclaredPublishError, match="brain publishes Tick"):
            await harness.feed(Meta(1))


@asynchronous
async def test_a_crash_that_the_test_did_not_wait_for_is_raised_at_the_end() -> None:
    harness = ServiceHarness(Feed, {"fail": True})
    await harness.__aenter__()
    await harness.bus.idle()
    with pytest.raises(OSError, match="feed lost"):
        await harness.__aexit__(None)


@asynchronous
async def test_background_tasks_can_be_waited_for() -> None:
    async with ServiceHarness(Feed) as harness:
        await harness.finished()
        assert harness.published == [Tick(1)]


@asynchronous
async def test_what_a_background_task_raises_is_raised_to_the_test() -> None:
    async with ServiceHarness(Feed, {"fail": True}) as harness:
        with pytest.raises(OSError, match="feed lost"):
            await harness.finished()


@asynchronous
async def test_a_service_that_does_not_start_is_raised_to_the_test() -> None:
    def build(settings: Mapping[str, Any]) -> Service:
        raise KeyError("gas_price")

    with pytest.raises(KeyError, match="gas_price"):
        await ServiceHarness(Brain, build=build).__aenter__()


@asynchronous
async def test_a_message_that_is_not_subscribed_is_refused() -> None:
    async with ServiceHarness(Brain) as harness:
        with pytest.raises(KeyError):
            await harness.feed(Signal(1))


def test_a_class_without_its_handlers_is_refused() -> None:
    class Half(Service):
        SPEC: ClassVar[ServiceSpec] = BRAIN
        HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick"}

    with pytest.raises(ServiceLoadError, match="a handler of Tick, a handler of Meta, found none"):
        ServiceHarness(Half)
