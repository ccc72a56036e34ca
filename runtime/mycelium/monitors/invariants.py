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
    Monitor,
    Origins,
    Reader,
    keys_of,
    readers,
)
from mycelium.monitors.streams import Streams
from mycelium.promises import NeverAfter, Precedes


class PrecedenceMonitor(Monitor):
    """Remembers the keys of ``first``; each key of ``then`` is judged once.

    A restart changes nothing: what came before it has come before. A key that has not been seen is
    a breach only if nothing of the ``first`` message can have been missed.
    """

    __slots__ = ("_first", "_seen", "_then")

    def __init__(
        self, promise: Precedes, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._first = Reader(promise.first)
        self._then = readers(promise.then)
        self._seen: Memory[bool] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A key of ``then`` that ``first`` has not carried."""
        keys = keys_of(self._then, envelope.message)
        return tuple(
            finding
            for key in keys
            if key not in self._seen
            for finding in self._missing(key, envelope)
        )

    def take(self, envelope: Envelope) -> Findings:
        """Remembers the keys of both, so that each is told once."""
        key = self._first.key(envelope.message)
        for found in ((key,) if key is not None else ()) + keys_of(self._then, envelope.message):
            if found in self._seen:
                self._seen.use(found)
            else:
                self._seen.put(found, True)
        return NOTHING

    def _missing(self, key: Hashable, envelope: Envelope) -> Findings:
        ref = self._first.ref
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

    __slots__ = ("_after", "_ended", "_never")

    def __init__(
        self, promise: NeverAfter, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._after = Reader(promise.after)
        self._never = readers(promise.never)
        self._ended: Memory[Envelope] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A key of ``never`` that ``after`` has carried is a breach."""
        found = (
            self._judge(key, source, envelope)
            for key in keys_of(self._never, envelope.message)
            for source in self._origins[self._after.ref.message]
        )
        return tuple(finding for findings in found for finding in findings)

    def take(self, envelope: Envelope) -> Findings:
        """Remembers the first frame that ended a key."""
        found = self._after.key(envelope.message)
        if found is not None:
            key = self.stamped(envelope.source, found)
            if key not in self._ended:
                self._ended.put(key, envelope)
        return NOTHING

    def _judge(self, found: Hashable, source: int, envelope: Envelope) -> Findings:
        key = self.stamped(source, found)
        end = self._ended.get(key)
        if end is not None:
            name = type(envelope.message).__name__
            text = f"{name} came after {self._after.ref} {shown_key(found)}"
            return (self.breach(found, text, end, envelope),)
        if self._ended.forgotten(key):
            return (self.unknown(found, FORGOTTEN, envelope),)
        return NOTHING
