"""What the monitors found in a recording, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest
from mycelium.monitors.census import Census
from mycelium.monitors.findings import Finding, shown_key
from mycelium.monitors.tracing import Located, Reported, Trace
from mycelium.protocol.errors import EncodeError
from mycelium.recording import RecordingReader
from torq_gen.cli._shared.scalars import timestamp
from torq_gen.cli._shared.terminal import count


class Flow(NamedTuple):
    """A message of one publisher, and how many frames of it there are."""

    publisher: str
    message: str
    frames: int


@dataclass(frozen=True)
class Seen:
    """A recording and what was found in it."""

    file: Path
    manifest: Manifest
    census: Census
    recording: RecordingReader
    trace: Trace

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong with it; what is unknown is not wrong."""
        return not (
            self.breaches
            or self.undeclared
            or self.trace.unreadable_frames
            or self.recording.skipped_bytes
            or self.recording.damage
        )

    @property
    def breaches(self) -> int:
        """How many times a promise was broken."""
        return sum(tally.breaches for tally in self.trace.tallies)

    @property
    def unknown(self) -> int:
        """How many times nobody can tell."""
        return sum(tally.unknown for tally in self.trace.tallies)

    @cached_property
    def declared(self) -> tuple[Flow, ...]:
        """The flows of active services."""
        return tuple(
            Flow(spec.name, message.__name__, self.census.count(spec.source, message.TYPE_ID))
            for spec in self.manifest.services
            if spec.active
            for message in spec.publishes
        )

    @property
    def unseen(self) -> tuple[Flow, ...]:
        """The declared flows of which the recording has no frame."""
        return tuple(flow for flow in self.declared if not flow.frames)

    @cached_property
    def undeclared(self) -> tuple[Flow, ...]:
        """What was sent and is declared by nobody; types of another system are unreadable."""
        messages = self.manifest.registry.messages
        return tuple(
            Flow(
                self.manifest.source_name(source),
                messages[type_id].__name__,
                self.census.count(source, type_id),
            )
            for source, type_id in sorted(self.census.streams())
            if type_id in messages and not self.manifest.may_publish(source, type_id)
        )


def as_text(seen: Seen) -> str:
    """For a person: every finding with its frames, then the flows, then the sums."""
    return "\n".join(_lines(seen))


def as_json(seen: Seen) -> str:
    """One object on one line."""
    trace, recording = seen.trace, seen.recording
    content = {
        "file": str(seen.file),
        "breaches": [_breach(reported, seen.manifest) for reported in trace.breaches],
        "unknown": [_finding(finding, finding.frames, seen.manifest) for finding in trace.unknown],
        "promises": [
            {
                "service": tally.monitor.service,
                "promise": tally.monitor.promise.id,
                "form": _form(tally.monitor.promise),
                "text": tally.monitor.promise.text,
                "frames": tally.frames,
                "breaches": tally.breaches,
                "unknown": tally.unknown,
            }
            for tally in trace.tallies
        ],
        "never_observed": [
            {"publisher": flow.publisher, "message": flow.message} for flow in seen.unseen
        ],
        "undeclared": [flow._asdict() for flow in seen.undeclared],
        "unreadable": [
            {"offset": offset, "error": str(error)} for offset, error in trace.unreadable
        ],
        "summary": {
            "frames": seen.census.frames,
            "promises": len(trace.tallies),
            "breaches": seen.breaches,
            "unknown": seen.unknown,
            "repeats": trace.repeats,
            "unreadable": trace.unreadable_frames,
            "skipped_bytes": recording.skipped_bytes,
            "declared": len(seen.declared),
            "never_observed": len(seen.unseen),
        },
    }
    return json.dumps(content)


def _lines(seen: Seen) -> Iterator[str]:
    trace, recording, manifest = seen.trace, seen.recording, seen.manifest
    for reported in trace.breaches:
        yield from _told("breach", reported.finding, _frames_of(reported), manifest)
    if seen.breaches > len(trace.breaches):
        yield f"… and {count(seen.breaches - len(trace.breaches), 'breach', 'breaches')} more\n"
    for finding in trace.unknown:
        yield from _told("unknown", finding, finding.frames, manifest)
    if seen.unknown > len(trace.unknown):
        yield f"… and {seen.unknown - len(trace.unknown):,} unknown more\n"
    for flow in seen.undeclared:
        frames = count(flow.frames, "frame")
        yield f"undeclared: {flow.publisher} -> {flow.message} ({frames})"
    for flow in seen.unseen:
        yield f"never observed: {flow.publisher} -> {flow.message}"
    for offset, error in trace.unreadable:
        yield f"frame at byte {offset} cannot be read: {error}"
    if recording.skipped_bytes:
        yield f"{count(recording.skipped_bytes, 'byte')} skipped, which are no frame"
    if recording.damage is not None:
        yield f"the file ends early: {recording.damage}"
    yield (
        f"{seen.file}: {count(seen.census.frames, 'frame')}, "
        f"{count(len(trace.tallies), 'promise')}: "
        f"{count(seen.breaches, 'breach', 'breaches')}, {seen.unknown:,} unknown; "
        f"{len(seen.unseen):,} of {count(len(seen.declared), 'declared flow')} never observed"
    )


def _told(
    kind: str, finding: Finding, frames: tuple[Envelope, ...], manifest: Manifest
) -> Iterator[str]:
    promise = finding.promise
    yield f"{kind}: {finding.service} {promise.id}: {promise.text}"
    yield f"  {finding.text}"
    for envelope in frames:
        yield f"  {_place(envelope, manifest)}"
        for name, value in _fields(envelope).items():
            yield f"    {name} = {json.dumps(value, ensure_ascii=True)}"
    yield ""


def _place(envelope: Envelope, manifest: Manifest) -> str:
    at = f"frame at byte {envelope.offset}" if isinstance(envelope, Located) else "frame"
    return (
        f"{at}: {type(envelope.message).__name__} of {manifest.source_name(envelope.source)}, "
        f"sequence {envelope.sequence}, {timestamp(envelope.timestamp)}"
    )


def _breach(reported: Reported, manifest: Manifest) -> dict[str, Any]:
    return _finding(reported.finding, _frames_of(reported), manifest)


def _frames_of(reported: Reported) -> tuple[Envelope, ...]:
    later = () if reported.later is None else (reported.later,)
    return reported.finding.frames + later


def _finding(finding: Finding, frames: tuple[Envelope, ...], manifest: Manifest) -> dict[str, Any]:
    return {
        "service": finding.service,
        "promise": finding.promise.id,
        "form": _form(finding.promise),
        "text": finding.promise.text,
        "key": shown_key(finding.key),
        "found": finding.text,
        "frames": [_frame(envelope, manifest) for envelope in frames],
    }


def _frame(envelope: Envelope, manifest: Manifest) -> dict[str, Any]:
    return {
        "offset": envelope.offset if isinstance(envelope, Located) else None,
        "source": envelope.source,
        "service": manifest.source_name(envelope.source),
        "message": type(envelope.message).__name__,
        "sequence": envelope.sequence,
        "timestamp": envelope.timestamp,
        "fields": _fields(envelope),
    }


def _fields(envelope: Envelope) -> Mapping[str, Any]:
    """The fields in their JSON form, or their text where they have none."""
    try:
        found: dict[str, Any] = json.loads(envelope.message.to_json())
    except EncodeError:
        return {"message": repr(envelope.message)}
    return found


def _form(promise: object) -> str:
    """The key under which the spec states the promise."""
    return _FORMS[type(promise).__name__]


_FORMS = {
    "SequentialPer": "sequential_per",
    "AtMostOncePer": "at_most_once_per",
    "Precedes": "precedes",
    "Within": "within",
    "NeverAfter": "never_after",
    "OneOfEach": "one_of",
}
