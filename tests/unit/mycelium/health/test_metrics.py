"""What Prometheus gets to see."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mycelium.bus import Bus
from mycelium.deadletters import MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.health.heartbeat import Heartbeat
from mycelium.health.latency import Latencies
from mycelium.health.pages import pages_of
from mycelium.health.vitals import Vitals
from mycelium.service import Service
from mycelium.supervisor import Supervisor
from mycelium.worker import Worker
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    Feed,
    Meta,
    Tick,
    asynchronous,
    collecting,
    manifest,
    recorder,
    settle,
)


class Samples:
    """The samples of a page."""

    def __init__(self, vitals: Vitals, latencies: Latencies) -> None:
        answer = pages_of(vitals, latencies)["/metrics"]({})
        assert answer.status == 200
        self.type = answer.type
        self.all = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(answer.body.decode())
            for sample in family.samples
        }

    def of(self, name: str, **labels: str) -> float | None:
        return self.all.get((f"mycelium_{name}", tuple(sorted(labels.items()))))


def process(*services: tuple[Any, Any]) -> tuple[Vitals, Latencies]:
    bus = Bus(manifest(FEED, BRAIN))
    latencies = Latencies()
    bus.around = latencies.around
    workers = [
        Worker(bus, spec, lambda build=build: build({}), 10)  # type: ignore[misc]
        for spec, build in services
    ]
    return Vitals("main", bus, Supervisor(bus, workers), Heartbeat()), latencies


@asynchronous
async def test_what_a_service_has_handled_and_what_it_never_saw_have_samples() -> None:
    vitals, latencies = process((BRAIN, collecting(BRAIN, [])))
    await vitals.supervisor.start()
    for sequence in (1, 2, 2, 5):
        await vitals.bus.receive(Envelope(Tick(1), 1, sequence, sequence))
    await vitals.bus.idle()
    samples = Samples(vitals, latencies)
    received = {"service": "feed", "message": "Tick"}
    assert samples.of("received_total", **received) == 3
    assert samples.of("published_total", **received) is None
    assert samples.of("sequence_repeats_total", **received) == 1
    assert samples.of("sequence_gaps_total", **received) == 1
    assert samples.of("sequence_missed_total", **received) == 2
    assert samples.of("refused_total", **received) == 0
    assert samples.of("handled_total", service="brain", message="Tick") == 3
    assert samples.of("handled_total", service="brain", message="Meta") == 0
    assert samples.of("failed_total", service="brain", message="Tick") == 0
    assert samples.of("published_total", service="brain", message="Signal") == 0
    assert samples.of("handled_total", service="brain", message="Signal") is None
    assert samples.of("mailbox_depth", service="brain") == 0
    assert samples.of("mailbox_capacity", service="brain") == 10
    assert samples.of("service_up", service="brain") == 1
    assert samples.of("ready") == 1
    assert samples.type.startswith("text/plain")
    await vitals.supervisor.stop()


def test_of_a_process_that_subscribes_it_is_told_what_it_did_not_get() -> None:
    vitals, latencies = process((FEED, Feed))
    vitals.bus.counters.tally("trading", "Tick").unconfirmed += 2
    vitals.bus.refuse("source 9", "Tick", b"", "source 9 may not publish Tick")
    samples = Samples(vitals, latencies)
    row = {"service": "trading", "message": "Tick"}
    assert samples.of("unconfirmed_total", **row) == 2
    assert samples.of("dropped_total", **row) == 0  # so that a first loss is seen as one
    assert samples.of("received_total", **row) is None
    assert samples.of("refused_total", **row) is None
    assert samples.of("refused_total", service="source 9", message="Tick") == 1
    assert samples.of("dropped_total", service="source 9", message="Tick") is None


@asynchronous
async def test_handlers_that_return_and_that_raise_are_in_the_histogram() -> None:
    class Brain(recorder(BRAIN)):  # type: ignore[misc]
        async def keep(self, message: Tick | Meta, /) -> None:
            if message.value == 13:
                raise ValueError("unlucky")

    vitals, latencies = process((BRAIN, Brain))
    await vitals.supervisor.start()
    for sequence, value in enumerate((1, 13), 1):
        await vitals.bus.receive(Envelope(Tick(1, value), 1, sequence, sequence))
    await vitals.bus.idle()
    samples = Samples(vitals, latencies)
    row = {"service": "brain", "message": "Tick"}
    assert samples.of("handler_seconds_count", **row) == 2
    assert samples.of("handler_seconds_bucket", **row, le="+Inf") == 2
    assert 0 < (samples.of("handler_seconds_sum", **row) or 0) < 5
    assert samples.of("handler_seconds_bucket", service="brain", message="Meta", le="0.001") == 0
    assert samples.of("failed_total", **row) == 1
    assert samples.of("service_crashes_total", service="brain") == 1
    assert samples.of("service_restarts_total", service="brain") == 1
    assert samples.of("dead_letters_total", outcome="kept") == 1
    await vitals.supervisor.stop()


@asynchronous
async def test_what_a_service_publishes_is_published_not_received() -> None:
    feeds: list[Feed] = []

    def build(settings: Mapping[str, Any]) -> Service:
        feeds.append(Feed(settings))
        return feeds[0]

    vitals, latencies = process((FEED, build))
    await vitals.supervisor.start()
    await feeds[0].publish(Tick(1))
    await settle()
    samples = Samples(vitals, latencies)
    row = {"service": "feed", "message": "Tick"}
    assert samples.of("published_total", **row) == 1
    assert samples.of("received_total", **row) is None
    await vitals.supervisor.stop()


@asynchronous
async def test_connections_and_lost_letters_have_samples() -> None:
    class Full(MemoryDeadLetters):
        lost = 4

    vitals, latencies = process((FEED, Feed))

    class Joined(type(vitals.bus.transport)):  # type: ignore[misc]
        def missing(self) -> tuple[str, ...]:
            return ("adapters",)

        def counts(self) -> Mapping[str, Mapping[str, int]]:
            return {"strategies": {"connects": 2}}

    vitals.bus.transport, vitals.bus.dead_letters = Joined(), Full()
    samples = Samples(vitals, latencies)
    assert samples.of("processes_missing") == 1
    row = {"process": "strategies", "event": "connects"}
    assert samples.of("connection_events_total", **row) == 2
    assert samples.of("dead_letters_total", outcome="lost") == 4
    assert samples.of("ready") == 0


@asynchronous
async def test_metrics_that_services_make_themselves_are_served_too() -> None:
    from prometheus_client import Counter

    own = Counter("test_metrics_own", "Made by a service")
    own.inc(3)
    vitals, latencies = process()
    page = pages_of(vitals, latencies)["/metrics"]
    assert b"test_metrics_own_total 3.0\n" in page({}).body
    openmetrics = page({"accept": "application/openmetrics-text; version=1.0.0"})
    assert openmetrics.type.startswith("application/openmetrics-text")
    assert openmetrics.body.endswith(b"# EOF\n")


@asynchronous
async def test_without_prometheus_client_the_page_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("mycelium.health.metrics"):
            raise ModuleNotFoundError("No module named 'prometheus_client'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    vitals, latencies = process()
    pages = pages_of(vitals, latencies)
    answer = pages["/metrics"]({})
    assert answer.status == 501
    assert answer.body == (
        b"/metrics: expected prometheus-client, found none: pip install 'torq-gen[ops]'\n"
    )
    assert pages["/health"]({}).status == 200
