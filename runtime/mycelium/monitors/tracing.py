"""Monitors over a recording: everything is known, so streams can be judged as a whole."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final, TypeAlias

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest
from mycelium.monitors.building import by_message, monitors_of, timed
from mycelium.monitors.census import Census
from mycelium.monitors.findings import Breach, Finding, Unknown
from mycelium.monitors.memory import DEFAULT_LIMIT
from mycelium.monitors.monitor import Keys, Monitor
from mycelium.monitors.streams import Streams
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.message import Message
from mycelium.protocol.stream import RawFrame
from mycelium.sequences import Verdict

DEFAULT_SHOWN: Final = 100

_Awaited: TypeAlias = tuple[str, str, Hashable]


class Located(Envelope, frozen=True, gc=False):
    """An envelope of a recording; ``offset`` is its frame's first byte."""

    offset: int = 0


class Reported:
    """A finding; ``later`` is what should have come before, or in time, and came after all."""

    __slots__ = ("finding", "later")

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.later: Envelope | None = None


class Tally:
    """What one monitor has found in so many frames."""

    __slots__ = ("breaches", "frames", "monitor", "unknown")

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self.frames = 0
        self.breaches = 0
        self.unknown = 0


class Trace:
    """Checks the frames of a recording against the promises of active services.

    ``census`` is that of the same recording. Each monitor remembers ``limit`` keys; the first
    ``shown`` breaches, unknowns and unreadable frames are kept, and all are counted.
    """

    def __init__(
        self,
        manifest: Manifest,
        census: Census,
        *,
        limit: int = DEFAULT_LIMIT,
        shown: int = DEFAULT_SHOWN,
    ) -> None:
        self.breaches: list[Reported] = []
        self.unknown: list[Unknown] = []
        self.unreadable: list[tuple[int, DecodeError]] = []
        self.unreadable_frames = 0
        self.repeats = 0
        self._shown = shown
        self._registry = manifest.registry
        self._streams = Streams(lambda source, message: census.whole(source, message.TYPE_ID))
        self._tallies = {m: Tally(m) for m in monitors_of(manifest, self._streams, limit=limit)}
        self._by_message = by_message(self._tallies)
        self._timed = timed(self._tallies)
        self._awaited: dict[_Awaited, Reported] = {}
        self._keys: dict[type[Message], list[tuple[str, str, Keys]]] = {}
        self._named: set[tuple[str, str]] = set()

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The counts of each monitor."""
        return tuple(self._tallies.values())

    def feed(self, frames: Iterable[RawFrame]) -> None:
        """Judges every frame, then what still waits at the end."""
        last = 0
        for raw in frames:
            last = max(last, raw.header.timestamp)
            self._take(raw)
        for monitor in self._tallies:
            self._record(monitor, monitor.expire(last) + monitor.finish())

    def _take(self, raw: RawFrame) -> None:
        header = raw.header
        try:
            messages = self._registry.decode_frame(raw.data, len(raw.data)).messages
        except DecodeError as error:
            self.unreadable_frames += 1
            if len(self.unreadable) < self._shown:
                self.unreadable.append((raw.offset, error))
            return
        for message in messages:
            self._observe(
                Located(
                    message,
                    header.source,
                    header.sequence,
                    header.timestamp,
                    offset=raw.offset,
                )
            )
        for monitor in self._timed:
            due = monitor.due
            if due is not None and due < header.timestamp:
                self._record(monitor, monitor.expire(header.timestamp))

    def _observe(self, envelope: Located) -> None:
        if self._streams.take(envelope) is Verdict.REPEAT:
            self.repeats += 1
            return
        self._attach(envelope)
        for monitor in self._by_message.get(type(envelope.message), ()):
            if monitor.concerns(envelope):
                self._tallies[monitor].frames += 1
                self._record(monitor, monitor.observe(envelope))

    def _record(self, monitor: Monitor, findings: Iterable[Finding]) -> None:
        tally = self._tallies[monitor]
        for finding in findings:
            if isinstance(finding, Unknown):
                tally.unknown += 1
                if len(self.unknown) < self._shown:
                    self.unknown.append(finding)
                continue
            tally.breaches += 1
            if len(self.breaches) < self._shown:
                self.breaches.append(reported := Reported(finding))
                self._await(finding, reported)

    def _await(self, breach: Breach, reported: Reported) -> None:
        """Looks out for what is missing: a person wants to see both frames."""
        if not breach.missing:
            return
        name = (breach.service, breach.promise.id)
        if name not in self._named:
            self._named.add(name)
            keys = Keys(breach.missing)
            for message in keys.messages:
                self._keys.setdefault(message, []).append((*name, keys))
        self._awaited.setdefault((*name, breach.key), reported)

    def _attach(self, envelope: Located) -> None:
        for service, promise, keys in self._keys.get(type(envelope.message), ()):
            for key in keys.of(envelope.message):
                reported = self._awaited.pop((service, promise, key), None)
                if reported is not None:
                    reported.later = envelope
