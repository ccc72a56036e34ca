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
        return self.check(envelope) + self.take(envelope)

    def concerns(self, envelope: Envelope) -> bool:
        """Whether the frame is of a source that counts."""
        return envelope.source in self._origins.get(type(envelope.message), ())

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


class Reader:
    """Reads the key of one reference."""

    __slots__ = ("_attribute", "_conditions", "ref")

    def __init__(self, ref: Ref) -> None:
        self.ref = ref
        self._attribute = attribute(ref.message, ref.field)
        self._conditions = tuple((attribute(ref.message, c.field), c.values) for c in ref.where)

    def key(self, message: Message) -> Hashable | None:
        """The message's key; None when it has none, is another message, or does not count."""
        if type(message) is not self.ref.message:
            return None
        for name, values in self._conditions:
            if getattr(message, name) not in values:
                return None
        found: Hashable = getattr(message, self._attribute)
        return found


def readers(refs: Iterable[Ref]) -> tuple[Reader, ...]:
    """A reader for each reference."""
    return tuple(map(Reader, refs))


def keys_of(readers: Iterable[Reader], message: Message) -> tuple[Hashable, ...]:
    """The distinct keys that the message has by any of the readers."""
    found = dict.fromkeys(reader.key(message) for reader in readers)
    found.pop(None, None)
    return tuple(found)


def attribute(message: type[Message], field: str) -> str:
    """The attribute that holds a field."""
    return next((f.attribute for f in message.FIELDS if f.name == field), field)


def origins_of(promise: Promise, spec: ServiceSpec, manifest: Manifest) -> Origins:
    """The sources that count, for each message of a promise."""
    return {
        message: (spec.source,)
        if message in spec.publishes
        else tuple(s.source for s in manifest.publishers(message) if s.active)
        for message in messages_of(promise)
    }
