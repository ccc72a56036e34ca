"""Monitors of orderings: in sequence, and at most once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from mycelium.envelope import Envelope
from mycelium.monitors.findings import shown_key
from mycelium.monitors.memory import Memory
from mycelium.monitors.monitor import (
    FORGOTTEN,
    NOTHING,
    Findings,
    Monitor,
    Origins,
    attribute,
    same,
)
from mycelium.monitors.streams import Streams
from mycelium.promises import AtMostOncePer, SequentialPer


class SequenceMonitor(Monitor):
    """Each frame is compared with the highest one of its key."""

    __slots__ = ("_by", "_by_name", "_highest", "_key", "_key_name")

    def __init__(
        self, promise: SequentialPer, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._key_name = promise.key
        self._key = attribute(promise.message, promise.key)
        self._by_name = promise.by or "sequence"
        self._by = None if promise.by is None else attribute(promise.message, promise.by)
        self._highest: Memory[Envelope] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A value that is lower than an earlier one of its key is a breach."""
        found: Hashable = getattr(envelope.message, self._key)
        key = self.stamped(envelope.source, found)
        highest = self._highest.get(key)
        if highest is None:
            unknown = self._highest.forgotten(key)
            return (self.unknown(found, FORGOTTEN, envelope),) if unknown else NOTHING
        now, before = self._value(envelope), self._value(highest)
        if now >= before:
            return NOTHING
        text = (
            f"{self._key_name} {shown_key(found)}: "
            f"{self._by_name} {shown_key(now)} came after {shown_key(before)}"
        )
        return (self.breach(found, text, highest, envelope),)

    def take(self, envelope: Envelope) -> Findings:
        """Remembers the frame if none of its key is higher."""
        key = self.stamped(envelope.source, getattr(envelope.message, self._key))
        highest = self._highest.get(key)
        if highest is None or self._value(envelope) >= self._value(highest):
            self._highest.put(key, envelope)
        return NOTHING

    def _value(self, envelope: Envelope) -> Any:
        return envelope.sequence if self._by is None else getattr(envelope.message, self._by)


class OnceMonitor(Monitor):
    """Remembers the first frame of each key."""

    __slots__ = ("_first", "_key", "_key_name")

    def __init__(
        self, promise: AtMostOncePer, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._key_name = promise.key
        self._key = attribute(promise.message, promise.key)
        self._first: Memory[Envelope] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A second frame of a key is a breach."""
        found: Hashable = getattr(envelope.message, self._key)
        key = self.stamped(envelope.source, found)
        first = self._first.get(key)
        if first is not None:
            if same(first, envelope):
                return NOTHING
            text = f"{self._key_name} {shown_key(found)} came twice"
            return (self.breach(found, text, first, envelope),)
        if self._first.forgotten(key):
            return (self.unknown(found, FORGOTTEN, envelope),)
        return NOTHING

    def take(self, envelope: Envelope) -> Findings:
        """Remembers the first of each key."""
        key = self.stamped(envelope.source, getattr(envelope.message, self._key))
        if key not in self._first:
            self._first.put(key, envelope)
        return NOTHING
