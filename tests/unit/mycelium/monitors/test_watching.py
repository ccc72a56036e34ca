"""Monitors on a bus: what is observed is delivered, what is enforced nobody gets."""

from __future__ import annotations

import logging

import pytest
from msgspec.structs import replace

from mycelium.bus import Bus
from mycelium.clock import SYSTEM_CLOCK, Clock
from mycelium.deadletters import MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.errors import BrokenPromiseError, InvalidManifestError, UnknownPromiseError
from mycelium.manifest import Manifest
from mycelium.monitors.watching import Mode, MonitorCounts, Monitors
from mycelium.promises import AtMostOncePer, Precedes, Promise, Ref, Within
from mycelium.protocol import EncodeError, read_header
from mycelium.testing import ManualClock
from tests.unit.mycelium.helpers import BRAIN, FEED, Meta, Pair, Signal, Tick, asynchronous, spec
from tests.unit.mycelium.helpers import manifest as _manifest

ONCE = AtMostOncePer(Tick, "key")
META_ONCE = AtMostOncePer(Meta, "key")
META_FIRST = Precedes("meta-first", "", Ref(Meta, "key"), (Ref(Tick, "key"),))
ENFORCE_ONCE = {("feed", ONCE.id): Mode.ENFORCE}


def manifest(*promises: Promise, brain: tuple[Promise, ...] = ()) -> Manifest:
    return _manifest(replace(FEED, promises=promises), replace(BRAIN, promises=brain))


class System:
    """A bus with monitors, and all that a subscriber of it gets."""

    def __init__(
        self,
        system: Manifest,
        mode: Mode = Mode.OBSERVE,
        *,
        modes: dict[tuple[str, str], Mode] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.monitors = Monitors(system, mode, modes=modes or {}, clock=clock)
        self.letters = MemoryDeadLetters()
        self.bus = Bus(system, dead_letters=self.letters, clock=clock, monitors=self.monitors)
        self.seen: list[Pair] = []

    def listen(self, *messages: type[Pair]) -> None:
        for message in messages:
            self.bus.subscribe(message, self._handle)

    async def _handle(self, message: Pair) -> None:
        self.seen.append(message)

    def counts(self, promise: Promise) -> MonitorCounts:
        return self.monitors.counts()["feed", promise.id]


@asynchronous
async def test_an_observed_breach_is_delivered_and_counted() -> None:
    system = System(manifest(ONCE, META_FIRST))
    async with system.bus as bus:
        system.listen(Tick)
        ticks = bus.publisher(Tick)
        await ticks.publish(Tick(1))
        await ticks.publish(Tick(1))
        await bus.idle()
    assert system.seen == [Tick(1), Tick(1)]
    assert system.counts(ONCE) == MonitorCounts(breaches=1)
    assert system.counts(META_FIRST) == MonitorCounts(breaches=1)


@asynchronous
async def test_what_is_logged_has_both_frames_and_comes_once_a_minute() -> None:
    clock = ManualClock(1000)
    system = System(manifest(ONCE), clock=clock)
    records: list[str] = []
    log = logging.getLogger("mycelium.monitors")
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    try:
        async with system.bus as bus:
            ticks = bus.publisher(Tick)
            for _ in range(4):
                await ticks.publish(Tick(1))
            clock.advance(60)
            await ticks.publish(Tick(1))
    finally:
        log.removeHandler(handler)
    first, second = records
    assert first.startswith("feed breaks Tick-at-most-once-per-key: key 1 came twice [")
    assert "sequence 1, timestamp 1000: Tick(key=1, value=0); source 1, sequence 2," in first
    assert "; 2 more since the last report [" in second
    assert system.counts(ONCE).breaches == 4


@asynchronous
async def test_an_enforced_breach_is_the_publishers_and_nobody_has_it() -> None:
    system = System(manifest(META_ONCE), Mode.ENFORCE)
    frames: list[bytes] = []
    async with system.bus as bus:
        system.listen(Meta)
        bus.tap(frames.append)
        metas = bus.publisher(Meta)
        await metas.publish(Meta(1, 1))
        with pytest.raises(BrokenPromiseError) as refused:
            await metas.publish(Meta(1, 2))
        await metas.publish(Meta(2, 3))
        await bus.idle()
        assert [e.message for e in bus.retained(Meta)] == [Meta(1, 1), Meta(2, 3)]
    assert str(refused.value) == (
        "feed publishes Meta, which breaks Meta-at-most-once-per-key: key 1 came twice"
    )
    assert system.seen == [Meta(1, 1), Meta(2, 3)]
    assert [read_header(frame).sequence for frame in frames] == [1, 2], "no sequence is lost"
    assert system.counts(META_ONCE) == MonitorCounts(breaches=1, refused=1)


@asynchronous
async def test_what_could_not_be_published_is_not_remembered() -> None:
    for mode in (Mode.OBSERVE, Mode.ENFORCE):
        system = System(manifest(ONCE), mode)
        async with system.bus as bus:
            bus.tap(lambda frame: None)
            ticks = bus.publisher(Tick)
            with pytest.raises(EncodeError):
                await ticks.publish(Tick(1, -1))
            await ticks.publish(Tick(1, 1))
        assert system.counts(ONCE) == MonitorCounts(), mode


@asynchronous
async def test_a_breach_from_another_process_becomes_a_dead_letter() -> None:
    system = System(manifest(ONCE), Mode.ENFORCE)
    async with system.bus as bus:
        system.listen(Tick)
        for sequence, value in ((1, 1), (2, 2), (3, 3)):
            key = 1 if sequence < 3 else 2
            await bus.receive(Envelope(Tick(key, value), 1, sequence, 1000 + sequence))
        await bus.idle()
    assert system.seen == [Tick(1, 1), Tick(2, 3)]
    (letter,) = system.letters.letters
    assert letter.type == "Tick"
    assert letter.error.endswith("breaks Tick-at-most-once-per-key: key 1 came twice")
    counts = bus.counts().of("feed", "Tick")
    assert (counts.refused, counts.gaps) == (1, 0)


@asynchronous
async def test_one_promise_can_be_enforced_or_left_alone() -> None:
    modes = {("feed", ONCE.id): Mode.ENFORCE, ("feed", "meta-first"): Mode.OFF}
    system = System(manifest(ONCE, META_FIRST, META_ONCE), modes=modes)
    async with system.bus as bus:
        ticks, metas = bus.publisher(Tick), bus.publisher(Meta)
        await ticks.publish(Tick(1))
        with pytest.raises(BrokenPromiseError):
            await ticks.publish(Tick(1))
        await metas.publish(Meta(1))
        await metas.publish(Meta(1))
    assert system.counts(META_ONCE).breaches == 1
    assert ("feed", "meta-first") not in system.monitors.counts()


@asynchronous
async def test_retained_messages_are_not_monitored() -> None:
    system = System(manifest(META_ONCE), Mode.ENFORCE)
    async with system.bus as bus:
        system.listen(Meta)
        await bus.receive(Envelope(Meta(1), 1, 1, 1001))
        bus.lane(1, Meta).take_retained(Envelope(Meta(1, 7), 1, 5, 1005))
        await bus.idle()
    assert system.seen == [Meta(1), Meta(1, 7)]
    assert system.counts(META_ONCE) == MonitorCounts()


@asynchronous
async def test_a_source_that_is_joined_late_breaks_nothing() -> None:
    system = System(manifest(META_FIRST), Mode.ENFORCE)
    async with system.bus as bus:
        system.listen(Tick)
        await bus.receive(Envelope(Tick(1), 1, 40, 1001))
        await bus.idle()
    assert system.seen == [Tick(1)]
    assert system.counts(META_FIRST) == MonitorCounts(unknown=1)


@asynchronous
async def test_what_does_not_come_in_time_is_found_when_others_come_or_at_the_end() -> None:
    quick = Within("quick", "", Ref(Tick, "key"), (Ref(Signal, "key"),), 10**9)
    clock = ManualClock(1000)
    system = System(manifest(brain=(quick,)), Mode.ENFORCE, clock=clock)
    found = ("brain", "quick")
    async with system.bus as bus:
        ticks, metas = bus.publisher(Tick), bus.publisher(Meta)
        bus.publisher(Signal)
        await ticks.publish(Tick(1))
        clock.advance(2)
        assert system.monitors.counts()[found] == MonitorCounts()
        await metas.publish(Meta(1))
        assert system.monitors.counts()[found] == MonitorCounts(breaches=1)
        await ticks.publish(Tick(2))
        clock.advance(2)
    assert system.monitors.counts()[found] == MonitorCounts(breaches=2)


def test_a_mode_for_a_promise_that_nobody_gave_is_refused() -> None:
    with pytest.raises(UnknownPromiseError) as refused:
        Monitors(manifest(ONCE), modes={("feed", "once"): Mode.ENFORCE})
    assert str(refused.value) == (
        "expected a promise of feed (Tick-at-most-once-per-key), found 'once'"
    )


def test_planned_services_are_not_watched() -> None:
    planned = spec("later", 9, (Tick,), active=False)
    assert Monitors(_manifest(replace(planned, promises=(ONCE,)))).counts() == {}


def test_a_promise_that_is_given_twice_is_refused() -> None:
    with pytest.raises(InvalidManifestError, match="feed: expected each promise once"):
        manifest(ONCE, ONCE)
