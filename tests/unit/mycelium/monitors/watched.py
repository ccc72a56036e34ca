"""Frames of a small system, and a monitor that is told of them."""

from __future__ import annotations

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest
from mycelium.monitors.building import monitor_of
from mycelium.monitors.findings import Breach, Finding, Unknown
from mycelium.monitors.memory import DEFAULT_LIMIT
from mycelium.monitors.monitor import Monitor
from mycelium.monitors.streams import Streams
from mycelium.promises import Promise
from mycelium.protocol import Message
from tests.unit.mycelium.helpers import BRAIN, FEED, RELAY, Echo, Meta, Pair, Signal, Tick
from tests.unit.mycelium.helpers import manifest as _manifest

MS = 10**6
START = 10**18
SOURCES: dict[type[Message], int] = {Tick: 1, Meta: 1, Signal: 2, Echo: 3}


class Watched:
    """One promise of a service, and what its monitor says."""

    def __init__(
        self,
        promise: Promise,
        *,
        by: str,
        limit: int = DEFAULT_LIMIT,
        born: bool = True,
        manifest: Manifest | None = None,
    ) -> None:
        system = manifest or _manifest(FEED, BRAIN, RELAY)
        self.streams = Streams()
        if born:
            for spec in system.services:
                self.streams.born(spec.source)
        self.monitor: Monitor = monitor_of(
            promise, system.service(by), system, self.streams, limit=limit
        )
        self._sequences: dict[tuple[int, type[Message]], int] = {}
        self._now = START

    def see(
        self,
        message: Pair,
        *,
        at: int | None = None,
        source: int | None = None,
        sequence: int | None = None,
    ) -> list[Finding]:
        """What is found when the message comes, ``at`` ns after the start; 1 ns after the last."""
        kind = type(message)
        source = SOURCES[kind] if source is None else source
        stream = (source, kind)
        number = self._sequences.get(stream, 0) + 1 if sequence is None else sequence
        self._sequences[stream] = number
        self._now = self._now + 1 if at is None else START + at
        envelope = Envelope(message, source, number, self._now)
        self.streams.take(envelope)
        return [*self.monitor.observe(envelope), *self.monitor.expire(envelope.timestamp)]


def breaches(findings: list[Finding]) -> list[str]:
    """The texts of the breaches, which are all that was found."""
    assert all(isinstance(finding, Breach) for finding in findings), findings
    return [finding.text for finding in findings]


def unknowns(findings: list[Finding]) -> list[str]:
    """The texts of the unknowns, which are all that was found."""
    assert all(isinstance(finding, Unknown) for finding in findings), findings
    return [finding.text for finding in findings]


def kinds(findings: list[Finding]) -> set[str]:
    """The kinds of what was found."""
    return {type(finding).__name__ for finding in findings}
