"""Monitors of what has to come, within a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from mycelium.envelope import Envelope
from mycelium.monitors.findings import Finding, shown_key, shown_time
from mycelium.monitors.memory import Memory
from mycelium.monitors.monitor import (
    FORGOTTEN,
    NOTHING,
    Findings,
    Key,
    Keys,
    Monitor,
    Origins,
    same,
)
from mycelium.monitors.streams import Streams
from mycelium.promises import OneOfEach, Ref, Within


class _Open(NamedTuple):
    """What waits: its key, the frame that began it, and what had been missed by then."""

    key: Hashable
    begun: Envelope
    missed: int


class Deadlines:
    """What waits for an answer, the oldest first; at most ``limit`` of them."""

    __slots__ = ("_limit", "_open", "nanoseconds")

    def __init__(self, nanoseconds: int, limit: int) -> None:
        self.nanoseconds = nanoseconds
        self._limit = limit
        self._open: OrderedDict[Key, _Open] = OrderedDict()

    @property
    def due(self) -> int | None:
        """The first deadline."""
        for one in self._open.values():
            return one.begun.timestamp + self.nanoseconds
        return None

    def begin(self, key: Key, one: _Open) -> _Open | None:
        """Waits from now on, unless it does already; what is given up for it."""
        if key in self._open:
            return None
        self._open[key] = one
        return self._open.popitem(last=False)[1] if len(self._open) > self._limit else None

    def get(self, key: Key) -> _Open | None:
        """What waits under the key."""
        return self._open.get(key)

    def end(self, key: Key) -> None:
        """Waits no longer."""
        self._open.pop(key, None)

    def late(self, one: _Open, answer: Envelope) -> int:
        """By how many nanoseconds the answer is late; 0 or less when it is not."""
        return answer.timestamp - one.begun.timestamp - self.nanoseconds

    def overdue(self, now: int) -> Iterator[_Open]:
        """What has waited longer than it should; it waits no longer."""
        while (due := self.due) is not None and due < now:
            yield self._open.popitem(last=False)[1]

    def rest(self) -> Iterator[_Open]:
        """All that still waits; it waits no longer."""
        while self._open:
            yield self._open.popitem(last=False)[1]


class AwaitingMonitor(Monitor):
    """Waits for one of ``answers`` after each ``begins``.

    While one waits, another beginning with its key is the same one.
    """

    __slots__ = ("_answers", "_begins", "_deadlines", "_ref", "_refs")

    def __init__(
        self,
        promise: Within | OneOfEach,
        service: str,
        origins: Origins,
        streams: Streams,
        limit: int,
    ) -> None:
        super().__init__(promise, service, origins, streams)
        self._ref, self._refs = _parts(promise)
        self._begins = Keys((self._ref,))
        self._answers = Keys(self._refs)
        time = promise.nanoseconds
        self._deadlines = Deadlines(time, limit) if time is not None else None

    @property
    def timed(self) -> bool:
        """Whether the answer has to come within a time."""
        return self._deadlines is not None

    @property
    def due(self) -> int | None:
        """The first deadline."""
        return None if self._deadlines is None else self._deadlines.due

    def check(self, envelope: Envelope) -> Findings:
        """An answer that comes too late is a breach; nobody is served by refusing it."""
        deadlines = self._deadlines
        if deadlines is None:
            return NOTHING
        found: list[Finding] = []
        for key, place in self._places(envelope):
            one = deadlines.get(place)
            if one is not None and (late := deadlines.late(one, envelope)) > 0:
                after = shown_time(deadlines.nanoseconds + late)
                text = (
                    f"{self._named(key)} was answered after {after}, "
                    f"not within {shown_time(deadlines.nanoseconds)}"
                )
                found.append(self.breach(key, text, one.begun, envelope, refusable=False))
        return tuple(found)

    def take(self, envelope: Envelope) -> Findings:
        """Ends what the frame answers, then begins what it begins."""
        deadlines = self._deadlines
        if deadlines is None:
            return NOTHING
        for _, place in self._places(envelope):
            deadlines.end(place)
        source, found = envelope.source, NOTHING
        for key in self._begins.of(envelope.message):
            if self.may_begin(source, key):
                gone = deadlines.begin((source, key), _Open(key, envelope, self._missed()))
                if gone is not None:
                    found += (self.unknown(gone.key, FORGOTTEN, gone.begun),)
        return found

    def may_begin(self, source: int, key: Hashable) -> bool:
        """Whether the source's key waits for an answer of its own."""
        return True

    def expire(self, now: int) -> Findings:
        """What was not answered in time."""
        if self._deadlines is None:
            return NOTHING
        return tuple(map(self._unanswered, self._deadlines.overdue(now)))

    def finish(self) -> Findings:
        """What still waits for its answer."""
        if self._deadlines is None:
            return NOTHING
        text = "nothing was seen any more before its time was over"
        return tuple(self.unknown(o.key, text, o.begun) for o in self._deadlines.rest())

    def _places(self, envelope: Envelope) -> Iterator[tuple[Hashable, tuple[int, Hashable]]]:
        """What the frame may answer; also what was asked before the asking source restarted."""
        for key in self._answers.of(envelope.message):
            for source in self._origins[self._ref.message]:
                yield key, (source, key)

    def _unanswered(self, one: _Open) -> Finding:
        names = " or ".join(dict.fromkeys(ref.message.__name__ for ref in self._refs))
        if not self._all_visible() or self._missed() != one.missed:
            text = f"{self._named(one.key)}: not every {names} was seen"
            return self.unknown(one.key, text, one.begun)
        assert self._deadlines is not None, "without a time nothing is overdue"
        time = shown_time(self._deadlines.nanoseconds)
        text = f"{self._named(one.key)}: no {names} came within {time}"
        return self.breach(one.key, text, one.begun, missing=self._refs, refusable=False)

    def _named(self, key: Hashable) -> str:
        return f"{self._ref} {shown_key(key)}"

    def _missed(self) -> int:
        return sum(self._streams.missed(s, m) for m, s in self._sources())

    def _all_visible(self) -> bool:
        return all(self._streams.visible(s, m) for m, s in self._sources())

    def _sources(self) -> Iterator[tuple[type, int]]:
        for message in dict.fromkeys(ref.message for ref in self._refs):
            for source in self._origins[message]:
                yield message, source


class WithinMonitor(AwaitingMonitor):
    """Something follows within a time."""

    __slots__ = ()


class OneOfEachMonitor(AwaitingMonitor):
    """One answer each: within the time, if there is one, and no second one."""

    __slots__ = ("_asked",)

    def __init__(
        self, promise: OneOfEach, service: str, origins: Origins, streams: Streams, limit: int
    ) -> None:
        super().__init__(promise, service, origins, streams, limit)
        # what was asked: the asking frame, or the answering one and True
        self._asked: Memory[tuple[Envelope, bool]] = Memory(limit)

    def check(self, envelope: Envelope) -> Findings:
        """A second answer is a breach, and so is a late one."""
        found: list[Finding] = []
        for key, (source, _) in self._places(envelope):
            place = self.stamped(source, key)
            asked = self._asked.get(place)
            if asked is not None and asked[1] and not same(asked[0], envelope):
                text = f"{self._named(key)} was answered twice"
                found.append(self.breach(key, text, asked[0], envelope))
            elif self._asked.forgotten(place):
                found.append(self.unknown(key, FORGOTTEN, envelope))
        return (*found, *super().check(envelope))

    def take(self, envelope: Envelope) -> Findings:
        """Remembers questions and their first answers; answers that nobody asked for are let be."""
        for key, (source, _) in self._places(envelope):
            place = self.stamped(source, key)
            asked = self._asked.get(place)
            if asked is not None and not asked[1]:
                self._asked.put(place, (envelope, True))
        findings = super().take(envelope)
        for key in self._begins.of(envelope.message):
            if self.may_begin(envelope.source, key):
                self._asked.put(self.stamped(envelope.source, key), (envelope, False))
        return findings

    def may_begin(self, source: int, key: Hashable) -> bool:
        """Whether this is the first time that the source asks."""
        return self.stamped(source, key) not in self._asked


def _parts(promise: Within | OneOfEach) -> tuple[Ref, tuple[Ref, ...]]:
    if isinstance(promise, Within):
        return promise.after, promise.then
    return promise.each, promise.of
