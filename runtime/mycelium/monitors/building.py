"""From promises to their monitors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from mycelium.manifest import Manifest, ServiceSpec
from mycelium.monitors.deadlines import AwaitingMonitor, OneOfEachMonitor, WithinMonitor
from mycelium.monitors.invariants import NeverMonitor, PrecedenceMonitor
from mycelium.monitors.memory import DEFAULT_LIMIT
from mycelium.monitors.monitor import Monitor, origins_of
from mycelium.monitors.orderings import OnceMonitor, SequenceMonitor
from mycelium.monitors.streams import Streams
from mycelium.promises import (
    AtMostOncePer,
    NeverAfter,
    OneOfEach,
    Precedes,
    Promise,
    SequentialPer,
    Within,
)


def monitors_of(
    manifest: Manifest, streams: Streams, *, limit: int = DEFAULT_LIMIT
) -> tuple[Monitor, ...]:
    """A monitor for each promise of each active service; each remembers ``limit`` keys."""
    return tuple(
        monitor_of(promise, spec, manifest, streams, limit=limit)
        for spec in manifest.services
        if spec.active
        for promise in spec.promises
    )


def monitor_of(
    promise: Promise,
    spec: ServiceSpec,
    manifest: Manifest,
    streams: Streams,
    *,
    limit: int = DEFAULT_LIMIT,
) -> Monitor:
    """The monitor of one promise of a service."""
    origins = origins_of(promise, spec, manifest)
    match promise:
        case SequentialPer():
            return SequenceMonitor(promise, spec.name, origins, streams, limit)
        case AtMostOncePer():
            return OnceMonitor(promise, spec.name, origins, streams, limit)
        case Precedes():
            return PrecedenceMonitor(promise, spec.name, origins, streams, limit)
        case Within():
            return WithinMonitor(promise, spec.name, origins, streams, limit)
        case NeverAfter():
            return NeverMonitor(promise, spec.name, origins, streams, limit)
        case OneOfEach():
            return OneOfEachMonitor(promise, spec.name, origins, streams, limit)
    assert_never(promise)


def by_message(monitors: Iterable[Monitor]) -> dict[type, tuple[Monitor, ...]]:
    """The monitors that each message has to be given to."""
    found: dict[type, tuple[Monitor, ...]] = {}
    for monitor in monitors:
        for message in monitor.messages:
            found[message] = (*found.get(message, ()), monitor)
    return found


def timed(monitors: Iterable[Monitor]) -> tuple[Monitor, ...]:
    """The monitors that wait for something within a time."""
    return tuple(m for m in monitors if isinstance(m, AwaitingMonitor) and m.timed)
