"""Monitors of invariants without a time: what comes before, and what never comes after."""

from __future__ import annotations

from collections.abc import Hashable

from mycelium.envelope import Envelope
from mycelium.monitors.findings import shown_key
from mycelium.monitors.memory import Memory
from mycelium.monitors.monitor import (
    FORGOTTEN,
    NOTHING,
    Findings,
    Keys,
    Monitor,
    Origins,
)
from mycelium.monitors.streams import Streams
from mycelium.promises import NeverAfter, Precedes


class PrecedenceMonitor(Monitor):
    """Remembers the keys of ``first``; each key of ``then`` is judged once.

    A restart changes nothing: what came before it has come before. A key that has not been seen is
    a breach only if nothing of the ``first`` message can have been missed.
    """

    __slots__ = ("_first", "_ref", "_seen", "_then")

    def __init__(
        self, promise: Precedes, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._ref = promise.first
        self._first = Keys((promise.first,))
        self._then = Keys(promise.then)
        self._seen: Memory[bool] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A key of ``then`` that ``first`` has not carried."""
        found = NOTHING
        for key in self._then.of(envelope.message):
            if key not in self._seen:
                found += self._missing(key, envelope)
        return found

    def take(self, envelope: Envelope) -> Findings:
        """Remembers the keys of both, so that each is told once."""
        message = envelope.message
        for key in self._first.of(message) + self._then.of(message):
            self._seen.put(key, True)
        return NOTHING

    def _missing(self, key: Hashable, envelope: Envelope) -> Findings:
        ref = self._ref
        if self._seen.forgotten(key):
            return (self.unknown(key, FORGOTTEN, envelope),)
        if all(self._streams.whole(s, ref.message) for s in self._origins[ref.message]):
            text = f"no {ref} {shown_key(key)} came before"
            return (self.breach(key, text, envelope, missing=(ref,)),)
        text = (
            f"no {ref} {shown_key(key)} was seen before, and not every {ref.message.__name__} was"
        )
        return (self.unknown(key, text, envelope),)


class NeverMonitor(Monitor):
    """Remembers the keys of ``after`` until their source restarts."""

    __slots__ = ("_after", "_ended", "_never", "_ref")

    def __init__(
        self, promise: NeverAfter, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._ref = promise.after
        self._after = Keys((promise.after,))
        self._never = Keys(promise.never)
        self._ended: Memory[Envelope] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A key of ``never`` that ``after`` has carried is a breach."""
        found = NOTHING
        for key in self._never.of(envelope.message):
            for source in self._origins[self._ref.message]:
                found += self._judge(key, source, envelope)
        return found

    def take(self, envelope: Envelope) -> Findings:
        """Remembers the first frame that ended a key."""
        for found in self._after.of(envelope.message):
            key = self.stamped(envelope.source, found)
            if key not in self._ended:
                self._ended.put(key, envelope)
        return NOTHING

    def _judge(self, found: Hashable, source: int, envelope: Envelope) -> Findings:
        key = self.stamped(source, found)
        end = self._ended.get(key)
        if end is not None:
            name = type(envelope.message).__name__
            text = f"{name} came after {self._ref} {shown_key(found)}"
            return (self.breach(found, text, end, envelope),)
        if self._ended.forgotten(key):
            return (self.unknown(found, FORGOTTEN, envelope),)
        return NOTHING
