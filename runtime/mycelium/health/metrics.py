"""Metrics for Prometheus, read from what is counted anyway when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import accumulate
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from mycelium.counters import Counts, Snapshot
from mycelium.health.http import Answer, Page
from mycelium.health.latency import BOUNDS, Histogram, Latencies
from mycelium.health.vitals import Vitals, steadily
from mycelium.manifest import Manifest, ServiceSpec

_HELP: Final = {
    "published": "Messages that services of this process published",
    "received": "Messages that came from other processes, by their publisher",
    "gaps": "Jumps in the sequence of what was received",
    "missed": "Messages that those jumps skipped",
    "repeats": "Messages that had been received before, not delivered again",
    "restarts": "Sequences that began anew: their publisher was started again",
    "lates": "Messages that came after a later one",
    "refused": "Messages whose source may not publish them, not delivered",
    "handled": "Messages whose handler returned",
    "failed": "Messages whose handler raised or was cancelled",
    "dropped": "Messages lost to a full mailbox, by on_full",
    "retained": "Last values given to a late or restarted subscriber",
    "dead": "Messages that became dead letters",
    "undelivered": "Messages that waited when their subscriber was stopped or given up",
    "unconfirmed": "Messages sent to a process that died: lost, or handled just before",
}
_LABELS: Final = ("service", "message")
_OF_SEQUENCES: Final = ("gaps", "missed", "repeats", "restarts", "lates")
_OF_THE_WIRE: Final = ("received", "refused", *_OF_SEQUENCES)
_OF_A_PROCESS: Final = ("dropped", "undelivered", "unconfirmed")
_OF_A_SUBSCRIBER: Final = ("handled", "failed", "dropped", "retained", "dead", "undelivered")


def exposition(vitals: Vitals, latencies: Latencies) -> Page:
    """The page of a process's metrics, and of those that its services made themselves."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ProcessMetrics(vitals, latencies))

    def page(headers: Mapping[str, str]) -> Answer:
        encode, kind = choose_encoder(headers.get("accept", ""))
        return Answer(HTTPStatus.OK, encode(registry), kind)

    return page


class ProcessMetrics(Collector):
    """Ours, then those of the library's own registry: Python, the process, services."""

    def __init__(self, vitals: Vitals, latencies: Latencies) -> None:
        self._vitals = vitals
        self._latencies = latencies

    def collect(self) -> Iterator[Metric]:
        """All families, once."""
        counts = self._vitals.bus.counts()
        yield from _of_messages(counts, self._vitals)
        yield from _of_services(counts, self._vitals)
        yield _of_handlers(self._latencies.histograms())
        yield from _of_process(self._vitals)
        yield from _of_externals()
        yield from REGISTRY.collect()

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that nothing is collected before it is asked for."""
        return ()


def _of_messages(counts: Snapshot, vitals: Vitals) -> Iterator[Metric]:
    """A counter for each thing that is counted.

    What a row can count has a sample from the start, so that a first increase is seen as one.
    """
    here = vitals.supervisor.workers
    families = {
        name: CounterMetricFamily(f"mycelium_{_name(name)}", _HELP.get(name, name), labels=_LABELS)
        for name in ("received", *Counts.__struct_fields__)
    }
    for (service, message), row in sorted(counts.rows.items()):
        can = (
            _countable(here[service].spec, message)
            if service in here
            else _countable_elsewhere(vitals.bus.manifest, service, message, row)
        )
        for name in Counts.__struct_fields__:
            value = getattr(row, name)
            shown = "received" if name == "published" and service not in here else name
            if value or shown in can:
                families[shown].add_metric([service, message], value)
    return iter(families.values())


def _countable(spec: ServiceSpec, message: str) -> tuple[str, ...]:
    """What can be counted of a message at a service of this process."""
    publishes = any(m.__name__ == message for m in spec.publishes)
    subscribes = any(s.message.__name__ == message for s in spec.subscribes)
    return ("published",) * publishes + _OF_A_SUBSCRIBER * subscribes


def _countable_elsewhere(
    manifest: Manifest, name: str, message: str, row: Counts
) -> tuple[str, ...]:
    """What can be counted of others: what came of a publisher, what a process did not get."""
    publishes = any(
        spec.name == name and any(m.__name__ == message for m in spec.publishes)
        for spec in manifest.services
    )
    return _OF_THE_WIRE if publishes or row.refused else _OF_A_PROCESS


def _name(count: str) -> str:
    """`restarts` alone would read as those of services."""
    return f"sequence_{count}" if count in _OF_SEQUENCES else count


def _of_services(counts: Snapshot, vitals: Vitals) -> Iterator[Metric]:
    label = ("service",)
    depth = GaugeMetricFamily("mycelium_mailbox_depth", "Messages that wait", labels=label)
    room = GaugeMetricFamily("mycelium_mailbox_capacity", "How many may wait", labels=label)
    up = GaugeMetricFamily(
        "mycelium_service_up", "1 while the service has started and is not given up", labels=label
    )
    crashes = CounterMetricFamily("mycelium_service_crashes", "Crashes", labels=label)
    restarts = CounterMetricFamily(
        "mycelium_service_restarts", "Restarts by the supervisor", labels=label
    )
    for name, worker in vitals.supervisor.workers.items():
        mailbox = worker.consumer.mailbox
        depth.add_metric([name], len(mailbox.items))
        room.add_metric([name], mailbox.capacity)
        up.add_metric([name], worker.ready.is_set() and worker.given_up is None)
        crashes.add_metric([name], counts.crashes.get(name, 0))
        restarts.add_metric([name], worker.restarts)
    return iter((depth, room, up, crashes, restarts))


def _of_handlers(histograms: Mapping[tuple[str, str], Histogram]) -> Metric:
    family = HistogramMetricFamily(
        "mycelium_handler_seconds", "How long handlers took, waits included", labels=_LABELS
    )
    bounds = [*map(str, BOUNDS), "+Inf"]
    for (service, message), histogram in sorted(histograms.items()):
        sums = accumulate(histogram.counts.copy())
        family.add_metric([service, message], list(zip(bounds, sums, strict=True)), histogram.total)
    return family


def _of_process(vitals: Vitals) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "mycelium_ready", "1 while /ready says so", value=float(vitals.ready().good)
    )
    yield GaugeMetricFamily(
        "mycelium_event_loop_lag_seconds", "How late the event loop is", value=vitals.heartbeat.lag
    )
    yield GaugeMetricFamily(
        "mycelium_processes_missing",
        "Other processes that ought to be connected and are not",
        value=len(vitals.missing()),
    )
    events = CounterMetricFamily(
        "mycelium_connection_events", "What happened to connections", labels=("process", "event")
    )
    for peer, row in steadily(vitals.bus.transport.counts).items():
        for event, number in row.items():
            events.add_metric([peer, event], number)
    yield events
    letters = CounterMetricFamily(
        "mycelium_dead_letters",
        "Dead letters: kept, lost (they could not be written), expired (dropped for newer ones)",
        labels=("outcome",),
    )
    for outcome in ("kept", "lost", "expired"):
        letters.add_metric([outcome], getattr(vitals.bus.dead_letters, outcome, 0))
    yield letters


def _of_externals() -> Iterator[Metric]:
    """Nothing where no service uses `mycelium.resilience`."""
    import sys

    module = sys.modules.get("mycelium.resilience.external")
    if module is None:
        return
    calls = CounterMetricFamily(
        "mycelium_external_calls", "Calls to externals", labels=("external", "outcome")
    )
    attempts = CounterMetricFamily(
        "mycelium_external_attempts", "Attempts of those calls", labels=("external",)
    )
    opened = GaugeMetricFamily(
        "mycelium_external_circuit_open", "1 while calls are refused", labels=("external",)
    )
    for external in module.externals():
        for outcome in ("succeeded", "failed", "refused"):
            calls.add_metric([external.name, outcome], getattr(external, outcome))
        attempts.add_metric([external.name], external.attempts)
        opened.add_metric([external.name], not external.closed)
    yield from (calls, attempts, opened)
