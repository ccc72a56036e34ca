"""A recording through one service: what it publishes now, beside what it published then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest
from mycelium.protocol.errors import DecodeError, UnknownTypeError
from mycelium.protocol.message import Message
from mycelium.recording import read_recording
from mycelium.service import Service
from mycelium.testing.clock import START
from mycelium.testing.harness import run_service
from mycelium.testing.outbox import shown
from mycelium.testing.virtual import VirtualClock

S = TypeVar("S", bound=Service)


class ReplayedService(NamedTuple):
    """What became of a recording.

    ``published`` is what the service published now, ``recorded`` what the recording has from it.
    ``fed`` messages were given to it; ``unreadable`` frames could not be. ``skipped_bytes`` are no
    frame, and ``damage`` is what ended a compressed recording early.
    """

    published: tuple[Envelope, ...]
    recorded: tuple[Envelope, ...]
    fed: int
    unreadable: int
    skipped_bytes: int
    damage: Exception | None

    def assert_same(self) -> None:
        """Says that the service published the recorded messages, value for value and in order.

        Raises:
            AssertionError: it did not; the text shows the first difference. Or the recording is
                not whole, so that nobody can tell
        """
        __tracebackhide__ = True
        if self.skipped_bytes or self.damage is not None:
            end = f", and it ends early: {self.damage}" if self.damage is not None else ""
            raise AssertionError(
                "expected a whole recording, "
                f"found one with {self.skipped_bytes} bytes that are no frame{end}"
            )
        pairs = zip_longest(self.recorded, self.published)
        for number, (then, now) in enumerate(pairs, 1):
            difference = _difference(then, now)
            if difference:
                counts = f"{len(self.recorded)} recorded, {len(self.published)} published now"
                raise AssertionError(
                    f"message {number} is not what was recorded ({counts})\n{difference}"
                )


async def replay_service(
    service: type[S],
    recording: Path,
    settings: Mapping[str, Any] | None = None,
    *,
    build: Callable[[Mapping[str, Any]], S] | None = None,
    manifest: Manifest | None = None,
) -> ReplayedService:
    """Feeds a recording's messages to a service, in order, and keeps what it publishes.

    The time is the recording's: it goes on to each frame's timestamp before that is fed. ``build``
    and ``manifest`` are those of `run_service`.

    Raises:
        OSError: the recording cannot be read
        Exception: what the service raised
    """
    first = next(iter(read_recording(recording)), None)
    clock = VirtualClock(first.header.timestamp if first is not None else START)
    spec = service.SPEC
    inputs = {subscription.message for subscription in spec.subscribes}
    recorded: list[Envelope] = []
    fed = unreadable = 0
    run = run_service(service, settings, build=build, manifest=manifest, clock=clock)
    async with run as running:
        decode = running.bus.manifest.registry.decode_frame
        reading = read_recording(recording)
        for raw in reading:
            header = raw.header
            try:
                messages = decode(raw.data, max_frame=len(raw.data)).messages
            except UnknownTypeError:
                continue  # nothing to this service
            except DecodeError:
                unreadable += 1
                continue
            for message in messages:
                sent = (header.source, header.sequence, header.timestamp, False, raw.data)
                envelope = Envelope(message, *sent)
                if header.source == spec.source:
                    recorded.append(envelope)
                elif type(message) in inputs:
                    await clock.reach(header.timestamp)
                    await running.deliver(envelope)
                    fed += 1
        published = tuple(running.envelopes)
    return ReplayedService(
        published, tuple(recorded), fed, unreadable, reading.skipped_bytes, reading.damage
    )


def _difference(then: Envelope | None, now: Envelope | None) -> str:
    """In what two messages differ, in words; nothing when they do not."""
    if then is not None and now is not None and _same(then.message, now.message):
        return ""
    if then is None or now is None or type(then.message) is not type(now.message):
        return f"  recorded: {_named(then)}\n  now:      {_named(now)}"
    lines = [f"  {_named(then, short=True)}"]
    for name, before, after in _fields(then.message, now.message):
        lines.append(f"  {name}: recorded {shown(before)}, now {shown(after)}")
    return "\n".join(lines)


def _same(then: Message, now: Message) -> bool:
    if then == now:
        return True
    # a NaN equals nothing, not even itself
    return type(then) is type(now) and then.to_tlv() == now.to_tlv()


def _fields(then: Message, now: Message) -> Iterator[tuple[str, Any, Any]]:
    for field in msgspec.structs.fields(type(then)):
        before, after = (getattr(one, field.name) for one in (then, now))
        if before != after:
            yield field.name, before, after


def _named(envelope: Envelope | None, *, short: bool = False) -> str:
    if envelope is None:
        return "nothing"
    kind = type(envelope.message).__name__
    text = kind if short else shown(envelope.message)
    return f"{text}, its sequence {envelope.sequence}"
