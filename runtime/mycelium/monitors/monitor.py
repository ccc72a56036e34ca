"""What all monitors have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeAlias

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest, ServiceSpec
from mycelium.monitors.findings import Breach, Finding, Unknown
from mycelium.monitors.streams import Streams
from mycelium.promises import Promise, Ref, messages_of
from mycelium.protocol.message import Message

Findings: TypeAlias = tuple[Finding, ...]
Key: TypeAlias = tuple[Hashable, ...]
Origins: TypeAlias = Mapping[type[Message], tuple[int, ...]]

NOTHING: Findings = ()
FORGOTTEN = "the monitor has forgotten this key: more keys came than it remembers"


class Monitor(ABC):
    """Watches one promise of one service.

    Of messages that the service publishes only its own count, of others everybody's. It is a state
    machine: nothing but the frames that it is given, and what ``streams`` says of them, decides.
    ``due`` is the timestamp after which `expire` has something to tell, None when it has not.
    """

    __slots__ = ("_origins", "_service", "_streams", "promise")

    def __init__(self, promise: Promise, service: str, origins: Origins, streams: Streams) -> None:
        self.promise = promise
        self._service = service
        self._origins = origins
        self._streams = streams

    @property
    def service(self) -> str:
        """The service that gave the promise."""
        return self._service

    @property
    def messages(self) -> tuple[type[Message], ...]:
        """The messages that the monitor has to be given."""
        return tuple(self._origins)

    @property
    def due(self) -> int | None:
        """When to ask whether a time is over, ns since the Unix epoch."""
        return None

    def observe(self, envelope: Envelope) -> Findings:
        """Judges the frame and remembers it."""
        if not self.concerns(envelope):
            return NOTHING
        found = self.check(envelope)
        forced = self.take(envelope)
        return found + forced if forced else found

    def concerns(self, envelope: Envelope) -> bool:
        """Whether the frame is of a source that counts."""
        return envelope.source in self._origins.get(type(envelope.message), ())

    def sources(self, message: type[Message]) -> tuple[int, ...]:
        """The sources whose frames of the message count."""
        return self._origins[message]

    @abstractmethod
    def check(self, envelope: Envelope) -> Findings:
        """What the frame breaks; remembers nothing."""

    @abstractmethod
    def take(self, envelope: Envelope) -> Findings:
        """Remembers the frame; what had to be forgotten for it while it mattered."""

    def expire(self, now: int) -> Findings:
        """What did not come in time, when it is ``now``, ns since the Unix epoch."""
        return NOTHING

    def finish(self) -> Findings:
        """What still waits when no more is seen."""
        return NOTHING

    def breach(
        self,
        key: Hashable,
        text: str,
        *frames: Envelope,
        missing: tuple[Ref, ...] = (),
        refusable: bool = True,
    ) -> Breach:
        """A breach of the promise."""
        return Breach(
            service=self._service,
            promise=self.promise,
            key=key,
            text=text,
            frames=frames,
            missing=missing,
            refusable=refusable,
        )

    def unknown(self, key: Hashable, text: str, *frames: Envelope) -> Unknown:
        """That nobody can say."""
        return Unknown(
            service=self._service, promise=self.promise, key=key, text=text, frames=frames
        )

    def stamped(self, source: int, key: Hashable) -> Key:
        """The key of a source since its last restart: a restarted source begins anew."""
        return (source, self._streams.epoch(source), key)


class Keys:
    """Reads the keys that messages have by references."""

    __slots__ = ("_readers",)

    def __init__(self, refs: Iterable[Ref]) -> None:
        self._readers: dict[type[Message], tuple[_Reader, ...]] = {}
        for ref in refs:
            self._readers[ref.message] = (*self._readers.get(ref.message, ()), _Reader(ref))

    @property
    def messages(self) -> tuple[type[Message], ...]:
        """The messages that may have keys."""
        return tuple(self._readers)

    def of(self, message: Message) -> tuple[Hashable, ...]:
        """The distinct keys of the message; none when it has none, or does not count."""
        readers = self._readers.get(type(message))
        if readers is None:
            return ()
        if len(readers) == 1:
            key = readers[0].key(message)
            return () if key is None else (key,)
        found = dict.fromkeys([reader.key(message) for reader in readers])
        found.pop(None, None)
        return tuple(found)


class _Reader:
    """Reads the key of one reference's message."""

    __slots__ = ("_attribute", "_conditions")

    def __init__(self, ref: Ref) -> None:
        self._attribute = attribute(ref.message, ref.field)
        self._conditions = tuple((attribute(ref.message, c.field), c.values) for c in ref.where)

    def key(self, message: Message) -> Hashable | None:
        """The message's key, or None when it has none or a condition does not hold."""
        for name, values in self._conditions:
            if getattr(message, name) not in values:
                return None
        found: Hashable = getattr(message, self._attribute)
        return found


def same(one: Envelope, other: Envelope) -> bool:
    """Whether it is one frame that came twice."""
    return (one.source, one.sequence, one.timestamp) == (
        other.source,
        other.sequence,
        other.timestamp,
    )


def attribute(message: type[Message], field: str) -> str:
    """The attribute that holds a field."""
    return next((f.attribute for f in message.FIELDS if f.name == field), field)


def origins_of(promise: Promise, spec: ServiceSpec, manifest: Manifest) -> Origins:
    """The sources that count, for each message of a promise.

    They are those of the active publishers, or of the planned ones where no active one is.
    """
    found: dict[type[Message], tuple[int, ...]] = {}
    for message in messages_of(promise):
        publishers = manifest.publishers(message)
        active = tuple(publisher.source for publisher in publishers if publisher.active)
        every = active or tuple(publisher.source for publisher in publishers)
        found[message] = (spec.source,) if message in spec.publishes else every
    return found
