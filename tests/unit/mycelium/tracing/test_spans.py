"""Spans of handlers: one trace from publisher to subscriber, over bytes and without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Sampler
from opentelemetry.trace import SpanKind, StatusCode

from mycelium.bus import Bus
from mycelium.envelope import Envelope
from mycelium.manifest import ServiceSpec
from mycelium.supervisor import Supervisor
from mycelium.tracing.context import TraceContext, of_frame
from mycelium.tracing.spans import Spans
from mycelium.worker import Build, Worker
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    RELAY,
    Meta,
    Signal,
    Tick,
    asynchronous,
    collecting,
    manifest,
    recorder,
)

ORIGIN = TraceContext(7, 9, 1)


class Brain(recorder(BRAIN)):  # type: ignore[misc]
    """Answers a tick with a signal; 13 is unlucky."""

    async def keep(self, message: Tick | Meta, /) -> None:
        if message.value == 13:
            raise ValueError("unlucky")
        await self._publish(Signal(message.key))


class System:
    """Brain and relay on one bus that is traced."""

    def __init__(self, sampler: Sampler | None = None) -> None:
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = provider.get_tracer("test")
        system = manifest(FEED, BRAIN, RELAY)
        self.bus = Bus(system)
        spans = Spans(self.tracer, system.source_name)
        self.bus.make_envelope, self.bus.around = spans.envelope, spans.around
        self.seen: list[Any] = []
        builds: dict[ServiceSpec, Build] = {
            BRAIN: lambda: Brain({}),
            RELAY: lambda: collecting(RELAY, self.seen)({}),
        }
        workers = [Worker(self.bus, spec, build, 10) for spec, build in builds.items()]
        self.supervisor = Supervisor(self.bus, workers)

    async def receive(self, message: Tick | Meta, sequence: int = 1, origin: bytes = b"") -> None:
        frame = Envelope(message, 1, sequence, sequence, extra=origin).to_frame()
        await self.bus.receive(Envelope(message, 1, sequence, sequence, False, frame))
        await self.bus.idle()

    def spans(self) -> Sequence[ReadableSpan]:
        return sorted(self.exporter.get_finished_spans(), key=lambda span: span.start_time or 0)


@asynchronous
async def test_a_handler_continues_the_trace_of_the_frame_and_passes_it_on() -> None:
    system = System()
    await system.supervisor.start()
    await system.receive(Tick(1), origin=ORIGIN.to_tlv())
    await system.supervisor.stop()
    tick, signal = system.spans()
    assert tick.name == "process Tick"
    assert tick.kind is SpanKind.CONSUMER
    assert tick.context is not None
    assert tick.parent is not None
    assert (tick.context.trace_id, tick.parent.span_id, tick.parent.is_remote) == (7, 9, True)
    assert dict(tick.attributes or {}) == {
        "messaging.system": "mycelium",
        "messaging.operation.type": "process",
        "messaging.destination.name": "Tick",
        "mycelium.service": "brain",
        "mycelium.message": "Tick",
        "mycelium.source": "feed",
        "mycelium.sequence": "1",
        "mycelium.retained": False,
    }
    assert signal.name == "process Signal"
    assert signal.context is not None
    assert signal.parent is not None
    assert (signal.context.trace_id, signal.parent.span_id) == (7, tick.context.span_id)
    (_, envelope) = system.seen[0]
    carried = of_frame(envelope.to_frame())
    assert carried == TraceContext(7, tick.context.span_id, 1)


@asynchronous
async def test_a_message_without_a_trace_begins_one() -> None:
    system = System()
    await system.supervisor.start()
    with system.tracer.start_as_current_span("about"):
        await system.receive(Tick(1))
        await system.receive(Tick(2), sequence=2)
    await system.supervisor.stop()
    ticks = [span for span in system.spans() if span.name == "process Tick"]
    assert [span.parent for span in ticks] == [None, None]
    assert len({span.context.trace_id for span in ticks if span.context}) == 2


@asynchronous
async def test_a_retained_value_begins_a_trace_that_is_linked_to_its_own() -> None:
    system = System()
    await system.supervisor.start()
    await system.receive(Meta(1), origin=ORIGIN.to_tlv())
    await system.receive(Tick(1, 13))  # after which a new brain gets the last value
    await system.supervisor.stop()
    live, again = (span for span in system.spans() if span.name == "process Meta")
    assert live.parent is not None
    assert (live.parent.span_id, live.links) == (9, ())
    assert again.parent is None
    assert [link.context.span_id for link in again.links] == [9]
    assert (again.attributes or {})["mycelium.retained"] is True


@asynchronous
async def test_a_handler_that_raises_marks_its_span(caplog: pytest.LogCaptureFixture) -> None:
    system = System()
    await system.supervisor.start()
    await system.receive(Tick(1, 13))
    await system.supervisor.stop()
    (tick,) = system.spans()
    assert tick.status.status_code is StatusCode.ERROR
    assert tick.status.description == "ValueError: unlucky"
    assert [event.name for event in tick.events] == ["exception"]


@asynchronous
async def test_what_is_not_sampled_is_carried_on_as_not_sampled() -> None:
    system = System(ALWAYS_OFF)
    await system.supervisor.start()
    await system.receive(Tick(1), origin=ORIGIN.to_tlv())
    await system.supervisor.stop()
    assert system.spans() == []
    carried = of_frame(system.seen[0][1].to_frame())
    assert carried is not None
    assert (carried.trace_id, carried.flags) == (7, 0)
