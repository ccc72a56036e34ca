"""One trace over the sockets between two processes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mycelium.envelope import Envelope
from mycelium.runner import Process, Services
from mycelium.topology import Mode, ProcessPlan, Topology, Tracing
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
from tests.unit.mycelium.tracing.test_spans import ORIGIN


class Brain(recorder(BRAIN)):  # type: ignore[misc]
    """Answers a tick with a signal."""

    async def keep(self, message: Tick | Meta, /) -> None:
        await self._publish(Signal(message.key))


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Gets the spans of the program's own provider."""
    found = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(found))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    return found


def test_a_trace_goes_on_in_another_process(exporter: InMemorySpanExporter) -> None:
    @asynchronous
    async def run(folder: Path) -> None:
        seen: list[Any] = []
        plans = tuple(
            ProcessPlan(name=name, services=(name,), unix=folder / name)
            for name in ("brain", "relay")
        )
        topology = Topology(
            mode=Mode.DISTRIBUTED, processes=plans, tracing=Tracing(export="program")
        )
        system = manifest(FEED, BRAIN, RELAY)
        services: Services = {"brain": Brain, "relay": collecting(RELAY, seen)}
        brain, relay = (Process(system, topology, services, name=p.name) for p in plans)
        async with asyncio.TaskGroup() as group:  # the one waits for the other
            group.create_task(brain.__aenter__())
            group.create_task(relay.__aenter__())
        frame = Envelope(Tick(1), 1, 1, 1, extra=ORIGIN.to_tlv()).to_frame()
        await brain.bus.receive(Envelope(Tick(1), 1, 1, 1, False, frame))
        await brain.__aexit__()  # which sends what waits, as the other takes what was sent
        await relay.__aexit__()

    with TemporaryDirectory() as folder:
        run(Path(folder))
    spans = {span.name: span for span in exporter.get_finished_spans()}
    tick, signal = spans["process Tick"], spans["process Signal"]
    assert tick.context is not None
    assert signal.context is not None
    assert signal.parent is not None
    assert tick.context.trace_id == signal.context.trace_id == ORIGIN.trace_id
    assert (signal.parent.span_id, signal.parent.is_remote) == (tick.context.span_id, True)
