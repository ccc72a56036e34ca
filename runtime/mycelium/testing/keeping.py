"""What every generated promise has to show: its monitor tells what keeps it from what breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest, ServiceSpec
from mycelium.monitors.building import monitor_of
from mycelium.monitors.findings import Breach, Finding
from mycelium.monitors.streams import Streams
from mycelium.protocol.message import Message

_START = 1_700_000_000 * 10**9


class Sent(NamedTuple):
    """A message of an example: the fields that matter, and when it is sent, in ns."""

    message: type[Message]
    fields: Mapping[str, Any]
    at: int
    sequence: int | None


def sent(
    message: type[Message], fields: Mapping[str, Any], *, at: int = 0, sequence: int | None = None
) -> Sent:
    """A message with these attributes; the others are those of its golden vector.

    Its ``sequence`` counts from 1 unless it is given.
    """
    return Sent(message, fields, at, sequence)


class PromiseContract:
    """Inherit and fill in; both tests below then run for the promise ``PROMISE`` of ``SPEC``."""

    TEST_KIND: ClassVar = "contract"
    MANIFEST: ClassVar[Manifest]
    SPEC: ClassVar[ServiceSpec]
    PROMISE: ClassVar[str]
    GOLDEN: ClassVar[Mapping[str, Any]]
    KEPT: ClassVar[Sequence[Sequence[Sent]]] = ()
    BROKEN: ClassVar[Sequence[Sequence[Sent]]] = ()

    def test_what_keeps_the_promise_passes(self) -> None:
        """Nothing is found in sequences that keep it."""
        for sequence in self.KEPT:
            found = [finding for findings in self._findings(sequence) for finding in findings]
            assert found == [], sequence

    def test_what_breaks_the_promise_is_found_at_once(self) -> None:
        """The last message of a sequence that breaks it shows a breach, and none before does."""
        for sequence in self.BROKEN:
            *before, last = self._findings(sequence)
            assert not any(before), sequence
            assert [type(finding) for finding in last] == [Breach], sequence
            assert last[0].promise.id == self.PROMISE
            assert last[0].service == self.SPEC.name

    def _findings(self, sequence: Iterable[Sent]) -> list[tuple[Finding, ...]]:
        """What the promise's monitor says to each message."""
        promise = next(p for p in self.SPEC.promises if p.id == self.PROMISE)
        streams = Streams()
        for service in self.MANIFEST.services:
            streams.born(service.source)  # all that is sent is seen
        monitor = monitor_of(promise, self.SPEC, self.MANIFEST, streams)
        found: list[tuple[Finding, ...]] = []
        for number, one in enumerate(sequence, 1):
            envelope = Envelope(
                self._message(one),
                monitor.sources(one.message)[0],
                number if one.sequence is None else one.sequence,
                _START + one.at,
            )
            found.append(monitor.observe(envelope) + monitor.expire(envelope.timestamp))
        return found

    def _message(self, one: Sent) -> Message:
        kind = one.message
        versions = self.GOLDEN[kind.__name__]["versions"]
        values = versions[str(kind.VERSION)]["vectors"][0]["values"]
        known = {f.attribute: f.kind.from_json(values[f.name]) for f in kind.FIELDS}
        return msgspec.structs.replace(kind(**known), **one.fields)
