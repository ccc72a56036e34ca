"""Dead letters given once more: each to its service alone, and told apart by what became of it."""

from __future__ import annotations

from typing import Any

from mycelium.deadletters import DeadLetter
from mycelium.envelope import Envelope
from mycelium.manifest import Restart, RestartStrategy
from mycelium.redelivery import Fate, Outcome, Redelivery
from mycelium.runner import Process, Services
from mycelium.topology import Topology
from tests.unit.mycelium.helpers import FEED, RELAY, Signal, Tick, asynchronous, recorder, spec
from tests.unit.mycelium.helpers import manifest as manifest_of


def letter(message: Tick | Signal, service: str = "brain") -> DeadLetter:
    return DeadLetter.of(service, Envelope(message, 1, 7, 9), "ValueError: then", 1000)


def process_of(seen: list[Any], *, strategy: RestartStrategy) -> tuple[Process, Redelivery]:
    brain = spec("brain", 2, (Signal,), (Tick,), restart=Restart(strategy, 1, 60))
    kind = recorder(brain)

    class Brain(kind):  # type: ignore[misc, valid-type]
        async def keep(self, message: Tick, /) -> None:
            if message.value == 13:
                raise ValueError("unlucky")
            await super().keep(message)
            await self._publish(Signal(message.key))

    manifest = manifest_of(FEED, brain, RELAY)
    topology = Topology.of(manifest, ["brain", "relay"])
    builds: Services = {
        "brain": lambda _: Brain({"seen": seen}),
        "relay": lambda _: recorder(RELAY)({"seen": seen}),
    }
    process = Process(manifest, topology, builds)
    return process, Redelivery(process.bus, process.supervisor.workers["brain"])


@asynchronous
async def test_a_letter_is_handled_with_the_source_sequence_and_time_that_it_had() -> None:
    seen: list[Any] = []
    process, redelivery = process_of(seen, strategy=RestartStrategy.NEVER)
    async with process:
        assert await redelivery.give(letter(Tick(1))) == Outcome(Fate.HANDLED)
        assert await redelivery.give(letter(Tick(1))) == Outcome(Fate.HANDLED)
    ticks = [envelope for message, envelope in seen if message == Tick(1)]
    assert [(e.source, e.sequence, e.timestamp, e.retained) for e in ticks] == [
        (1, 7, 9, False)
    ] * 2


@asynchronous
async def test_what_the_service_publishes_reaches_others() -> None:
    seen: list[Any] = []
    process, redelivery = process_of(seen, strategy=RestartStrategy.NEVER)
    async with process:
        await redelivery.give(letter(Tick(5)))
    assert [message for message, _ in seen] == [Tick(5), Signal(5)]


@asynchronous
async def test_a_letter_that_fails_again_tells_why_and_the_next_one_follows() -> None:
    seen: list[Any] = []
    process, redelivery = process_of(seen, strategy=RestartStrategy.ONE_FOR_ONE)
    async with process:
        failed = await redelivery.give(letter(Tick(1, 13)))
        assert failed == Outcome(Fate.FAILED, "ValueError: unlucky")
        assert await redelivery.give(letter(Tick(2))) == Outcome(Fate.HANDLED)
        assert await redelivery.give(letter(Tick(1, 13))) == failed
        given_up = Outcome(Fate.NOT_GIVEN, "brain was given up")
        assert await redelivery.give(letter(Tick(3))) == given_up
    assert [message for message, _ in seen if isinstance(message, Tick)] == [Tick(2)]


@asynchronous
async def test_what_cannot_be_given_says_why() -> None:
    process, redelivery = process_of([], strategy=RestartStrategy.NEVER)
    async with process:
        unreadable = DeadLetter("brain", "E", 1, "Tick", "", "Tick(key=…)")
        assert await redelivery.give(unreadable) == Outcome(Fate.UNREADABLE, "it has no frame")
        torn = DeadLetter("brain", "E", 1, "Tick", letter(Tick(1)).frame[:-2])
        why = "truncated at byte 32: expected 24 bytes of payload, found 23"
        assert await redelivery.give(torn) == Outcome(
            Fate.UNREADABLE, f"its frame cannot be read: {why}"
        )
        elsewhere = letter(Signal(1), "brain")
        assert await redelivery.give(elsewhere) == Outcome(
            Fate.UNREADABLE, "brain does not subscribe to it"
        )
