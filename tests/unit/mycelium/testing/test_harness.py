from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from mycelium.envelope import Envelope
from mycelium.errors import ServiceLoadError, UndeclaredPublishError, UnknownServiceError
from mycelium.manifest import ServiceSpec
from mycelium.protocol import Message
from mycelium.service import Service
from mycelium.testing import ManualClock, StalledError, VirtualClock, run_service
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    Echo,
    Meta,
    Signal,
    Tick,
    asynchronous,
    manifest,
    spec,
)


class Brain(Service):
    """Adds to each tick what its settings say, after a pause if they say so."""

    SPEC: ClassVar[ServiceSpec] = BRAIN
    HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick", Meta: "on_meta"}
    stopped = False

    async def on_tick(self, message: Tick) -> None:
        if message.value == 13:
            raise ValueError("thirteen")
        await asyncio.sleep(self.settings.get("pause", 0))
        await self._publish(Signal(message.key, message.value + self.settings.get("add", 0)))

    async def on_meta(self, message: Meta) -> None:
        if self.envelope.retained:
            await self._publish(Signal(message.key, self.envelope.source))
        else:
            await self._publish(Tick(1))

    async def on_stop(self) -> None:
        self.stopped = True


class Feed(Service):
    SPEC: ClassVar[ServiceSpec] = FEED

    async def on_start(self) -> None:
        self.spawn(self.go(), name="feeding")

    async def go(self) -> None:
        await self._publish(Tick(1))
        if self.settings.get("fail"):
            raise OSError("feed lost")
        while self.settings.get("every"):
            await asyncio.sleep(self.settings["every"])
            await self._publish(Tick(1, round(asyncio.get_running_loop().time())))


@asynchronous
async def test_what_is_sent_is_handled_and_what_is_published_is_kept() -> None:
    async with run_service(Brain, {"add": 5}) as brain:
        await brain.send(Tick(1, 1), Tick(2, 2))
        assert brain.published() == [Signal(1, 6), Signal(2, 7)]
        assert brain.published(Signal) == brain.published()
        assert [e.sequence for e in brain.envelopes] == [1, 2]
        assert brain.envelopes[0].timestamp == brain.clock.timestamp()
        assert (brain.counts(Tick).handled, brain.counts(Signal).published) == (2, 2)
        brain.clear()
        assert brain.published() == []
        service = brain.service
        assert not service.stopped
    assert service.stopped


@asynchronous
async def test_expected_messages_are_taken_in_order_and_once() -> None:
    async with run_service(Brain) as brain:
        await brain.send(Tick(1, 1), Tick(1, 2), Tick(2, 3))
        assert await brain.expect(Signal, where=lambda s: s.key == 2) == Signal(2, 3)
        assert await brain.expect(Signal) == Signal(1, 1)
        assert await brain.expect(Signal) == Signal(1, 2)
        await brain.nothing_published()


@asynchronous
async def test_what_does_not_come_is_told_with_what_came_instead() -> None:
    async with run_service(Brain, {"pause": 2}) as brain:
        await brain.send(Tick(1, 1))
        await brain.advance(2)
        with pytest.raises(AssertionError) as refusal:
            await brain.expect(Signal, within=3, where=lambda s: s.value > 1)
        assert str(refusal.value) == (
            "expected Signal that `where` accepts within 3 s, found none\n"
            "published instead:\n"
            "  at 2.000 s  Signal(key=1, value=1)  <- refused by `where`\n"
            "brain: 1 handled, 0 failed, 0 waiting"
        )
        await brain.expect(Signal)
        with pytest.raises(AssertionError) as refusal:
            await brain.expect(Echo)
        assert str(refusal.value) == (
            "expected Echo, found none\n"
            "published instead: nothing (1 before were expected)\n"
            "brain: 1 handled, 0 failed, 0 waiting"
        )


@asynchronous
async def test_what_should_not_come_is_told() -> None:
    async with run_service(Brain) as brain:
        await brain.send(Tick(1, 1))
        await brain.nothing_published(Echo)
        with pytest.raises(AssertionError) as refusal:
            await brain.nothing_published()
        assert str(refusal.value) == (
            "expected no further message, found 1:\n  at 0.000 s  Signal(key=1, value=1)"
        )


@asynchronous
async def test_a_handler_that_pauses_goes_on_when_its_time_has_come() -> None:
    began = time.monotonic()
    async with run_service(Brain, {"pause": 3600}) as brain:
        await brain.send(Tick(1, 1), Tick(2, 2))
        await brain.nothing_published(within=3599)
        await brain.advance(1)
        assert brain.published() == [Signal(1, 1)]
        await brain.expect(Signal, within=3600, where=lambda s: s.key == 2)
        assert brain.clock.monotonic() == pytest.approx(7200)
    assert time.monotonic() - began < 5


@asynchronous
async def test_timers_of_a_service_go_off_in_their_order() -> None:
    async with run_service(Feed, {"every": 10}) as feed:
        assert len(feed.published(Tick)) == 1
        await feed.advance(9.9)
        assert len(feed.published(Tick)) == 1
        await feed.advance(20.2)
        assert len(feed.published(Tick)) == 4
        assert [e.timestamp - feed.envelopes[0].timestamp for e in feed.envelopes] == [
            0,
            10_000_000_000,
            20_000_000_000,
            30_000_000_000,
        ]


@asynchronous
async def test_what_comes_at_the_very_end_of_the_time_is_in_time() -> None:
    async with run_service(Feed, {"every": 10}) as feed:
        await feed.expect(Tick)
        await feed.expect(Tick, within=10)


@asynchronous
async def test_a_wait_that_cannot_end_fails_and_says_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mycelium.testing.virtual.PATIENCE_SECS", 0.01)
    with pytest.raises(StalledError, match=r"no timer is set; what waits:\n(.*\n)*.*test_a_wait"):
        async with run_service(Brain):
            await asyncio.Event().wait()


@asynchronous
async def test_what_a_handler_raises_is_raised_to_the_test_once() -> None:
    async with run_service(Brain) as brain:
        with pytest.raises(ValueError, match="thirteen"):
            await brain.send(Tick(1, 13))
        await brain.send(Tick(1, 14))
        assert brain.published() == []
        assert [letter.error for letter in brain.dead_letters][:1] == ["ValueError: thirteen"]
        assert (brain.given_up, brain.restarts, brain.counts(Tick).failed) == (True, 0, 1)


@asynchronous
async def test_an_undeclared_publish_is_raised_to_the_test() -> None:
    async with run_service(Brain) as brain:
        with pytest.raises(UndeclaredPublishError, match="brain publishes Tick"):
            await brain.send(Meta(1))


@asynchronous
async def test_a_crash_that_the_test_did_not_wait_for_is_raised_at_the_end() -> None:
    context = run_service(Feed, {"fail": True})
    await context.__aenter__()
    with pytest.raises(OSError, match="feed lost"):
        await context.__aexit__(None, None, None)


@asynchronous
async def test_a_crash_ends_the_wait_for_a_message() -> None:
    async with run_service(Brain, {"pause": 1}) as brain:
        await brain.send(Tick(1, 1), Tick(1, 13))
        with pytest.raises(ValueError, match="thirteen"):
            await brain.expect(Echo, within=60)
        assert brain.clock.monotonic() == pytest.approx(1)


@asynchronous
async def test_a_crashed_service_is_started_again_by_its_policy() -> None:
    store: list[int] = []

    class Keeping(Brain):
        async def on_start(self) -> None:
            store.append(len(store))

    async with run_service(Keeping, build=lambda s: Keeping(s), restart=True) as brain:
        first = brain.service
        await brain.crash()
        assert brain.service is not first
        assert store == [0, 1]
        await brain.send(Tick(1, 13))
        assert brain.restarts == 1
        await brain.advance(1)
        await brain.send(Tick(1, 1))
        assert brain.published() == [Signal(1, 1)]
        assert [str(c) for c in brain.crashes] == ["crashed by the test", "thirteen"]
        await brain.crash()
        await brain.crash()
        assert (brain.given_up, brain.restarts) == (True, 3)
        with pytest.raises(RuntimeError, match="expected brain to run, found it given up"):
            await brain.crash()


@asynchronous
async def test_without_restarts_a_crash_by_the_test_is_the_end() -> None:
    async with run_service(Brain) as brain:
        await brain.crash(OSError("gone"))
        assert brain.given_up
        assert [repr(c) for c in brain.crashes] == ["OSError('gone')"]


@asynchronous
async def test_messages_come_from_the_source_that_is_named() -> None:
    other = spec("other", 9, (Meta,))
    async with run_service(Brain, manifest=manifest(FEED, BRAIN, other)) as brain:
        await brain.send(Meta(1), retained=True)
        await brain.send(Meta(1), source="other", retained=True)
        await brain.send(Meta(1), source=9, retained=True)
        assert [m.value for m in brain.published(Signal)] == [1, 9, 9]
        with pytest.raises(ValueError, match=r"publisher of Tick \(feed \(1\)\), found 'other'"):
            await brain.send(Tick(1), source="other")
        with pytest.raises(ValueError, match=r"publisher of Tick \(feed \(1\)\), found 9"):
            await brain.send(Tick(1), source=9)
        with pytest.raises(UnknownServiceError):
            await brain.send(Tick(1), source="nobody")
        with pytest.raises(ValueError, match="expected a message that is retained, found Tick"):
            await brain.send(Tick(1), retained=True)


@asynchronous
async def test_without_the_system_messages_come_from_any_source() -> None:
    async with run_service(Brain) as brain:
        await brain.send(Meta(1), source=77, retained=True)
        assert brain.published() == [Signal(1, 77)]
        with pytest.raises(ValueError, match="found 2"):
            await brain.send(Tick(1), source=2)
        with pytest.raises(ValueError, match=r"expected manifest= .* that 'feed' has an id, found"):
            await brain.send(Tick(1), source="feed")


@asynchronous
async def test_what_comes_from_elsewhere_keeps_its_sequence_and_is_judged() -> None:
    async with run_service(Brain, manifest=manifest()) as brain:
        await brain.deliver(Envelope(Tick(1), 1, 1, 10), Envelope(Tick(2), 1, 1, 10))
        await brain.deliver(Envelope(Tick(3), 1, 4, 20))
        assert brain.published() == [Signal(1), Signal(3)]
        row = brain.bus.counts().of("feed", "Tick")
        assert (row.repeats, row.gaps, row.missed) == (1, 1, 2)


@asynchronous
async def test_background_tasks_can_be_waited_for() -> None:
    async with run_service(Feed) as feed:
        await feed.finished()
        assert feed.published() == [Tick(1)]


@asynchronous
async def test_background_tasks_that_do_not_end_are_named() -> None:
    async with run_service(Feed, {"every": 1}) as feed:
        with pytest.raises(
            AssertionError,
            match=r"expected feed to finish within 60 s, found background tasks: feeding",
        ):
            await feed.finished(within=60)


@asynchronous
async def test_what_a_background_task_raises_is_raised_to_the_test() -> None:
    async with run_service(Feed, {"fail": True}) as feed:
        with pytest.raises(OSError, match="feed lost"):
            await feed.finished()
        assert feed.published() == [Tick(1)]


@asynchronous
async def test_a_service_that_does_not_start_is_raised_to_the_test() -> None:
    def build(settings: Mapping[str, Any]) -> Brain:
        raise KeyError("gas_price")

    with pytest.raises(KeyError, match="gas_price"):
        async with run_service(Brain, build=build):
            pass


@asynchronous
async def test_a_message_that_is_not_subscribed_is_refused() -> None:
    async with run_service(Brain) as brain:
        with pytest.raises(
            ValueError,
            match=r"expected what brain subscribes to \((Tick|Meta), \w+\), found Signal",
        ):
            await brain.send(Signal(1))


@asynchronous
async def test_a_class_without_its_handlers_is_refused() -> None:
    class Half(Service):
        SPEC: ClassVar[ServiceSpec] = BRAIN
        HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick"}

    with pytest.raises(ServiceLoadError, match="a handler of Tick, a handler of Meta, found none"):
        async with run_service(Half):
            pass


@asynchronous
async def test_another_clock_leaves_the_loops_time_alone() -> None:
    clock = ManualClock()
    async with run_service(Brain, clock=clock) as brain:
        await brain.send(Tick(1, 1))
        assert brain.envelopes[0].timestamp == clock.timestamp()
        assert VirtualClock.running() is None
        with pytest.raises(TypeError, match="expected a VirtualClock to advance, found"):
            await brain.advance(1)


@asynchronous
async def test_two_services_share_the_time() -> None:
    async with run_service(Feed, {"every": 1}) as feed, run_service(Brain) as brain:
        assert brain.clock is feed.clock
        await brain.advance(3)
        assert len(feed.published()) == 4


@asynchronous
async def test_a_stop_does_not_wait_for_a_handler_that_hangs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        async with run_service(Brain, {"pause": 10**6}) as brain:
            await brain.send(Tick(1, 1))
    assert time.monotonic() - began < 5
